"""Does each channel pay for itself with the orders that are credited to it?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import contact_costs, estimates, order_credit
from csworkbook.channels import credit_words
from csworkbook.channels.drawn import DRAWS, draw, ends
from csworkbook.channels.pays_result import Roi
from csworkbook.contacts.kept import remembered
from csworkbook.errors import SettingError
from csworkbook.estimates import LEVEL, SMALL
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.results import question

if TYPE_CHECKING:
    import ibis

    from csworkbook.order_credit import Frame, Rule

_PEOPLE = 200_000  # with more contacts than this, customers are put into groups where the contacts are
_GROUPS = 4096
_COUNTS = ("contacts", "answered", "bought")
MEASURES = (*_COUNTS, *(f"{name}_{rule}" for rule in order_credit.RULES for name in ("orders", "earned")))
_DAY = 86_400
YEAR = 365.25  # days


@question(
    mark("Which channels pay for themselves?"), labels=credit_words.labels, choices=credit_words.choices
)
def roi(
    contacts: Frame,
    orders: Frame,
    channel_costs: pd.DataFrame | None = None,
    *,
    within: str = "14D",
    rule: Rule = "last",
    stage: str | None = None,
    anyway: float = 0.0,
    margin: float = 0.35,
    hourly_cost: float = 32.0,
    currency: str = "EUR",
    zone: str = "Europe/Amsterdam",
    seed: int = 0,
) -> Roi:
    """The margin of the orders credited to each channel, less what its contacts cost. Credited is not caused.

    Parameters
    ----------
    channel_costs : DataFrame, optional
        What each channel cost a month; without it handling minutes × `hourly_cost` (see `contact_costs`).
    within : str
        How long after a contact an order is credited to it.
    rule : str
        Whose an order is when several contacts came before it: the "last", the "first", all in "equal" parts,
        or "every" one's whole.
    stage : str, optional
        Only contacts "before" or "after" buying; None = all.
    anyway : float
        The share of the credited orders (0–1) that is taken to have come without the contact.
    margin : float
        Share of revenue (0–1) for orders without a margin of their own.

    Returns
    -------
    Roi
        table, the best first: channel, contacts (of known customers, window over), share, share_low, share_high (of
        those answered, followed by an order within the window), orders (credited), earned (their margin per contact,
        less `anyway`), cost (per contact), each, low, high (what a contact brings more than it costs), year,
        year_low, year_high (the same for a year of contacts), times, times_low, times_high (earned less cost, in
        parts of the cost), break_even, break_even_low, break_even_high (the share of orders that may come anyway
        before it no longer pays), p (Holm), verdict ("yes", "no", "cannot tell yet"), basis (of the cost).
        `rules`: channel, rule, each, low, high, verdict for every way of crediting.

    Raises
    ------
    DataError
        When there are no contacts, or a required column is missing.
    SettingError
        When the window, the rule, the stage or a share is none.

    >>> from csworkbook.shop import open_shop
    >>> open_shop().call(roi).table[["channel", "verdict"]].values.tolist()[0]
    ['chat', 'yes']
    """
    _require(anyway, rule)
    asked = {"within": within, "stage": stage, "margin": margin, "zone": zone}
    rows = order_credit.by_every_rule(contacts, orders, **asked)
    left = order_credit.left_out(contacts, orders, within=within, stage=stage, zone=zone)
    found = _kept(contacts, orders, rows, tuple(asked.values()), seed)
    costs = contact_costs.per_channel(contacts, channel_costs, hourly_cost=hourly_cost, zone=zone)
    costs = costs.reindex(found.channels)
    rules = {name: _reckoned(found, costs, name, anyway, seed) for name in order_credit.RULES}
    table = rules[rule].sort_values(["each", "channel"], ascending=[False, True], ignore_index=True)
    others = pd.concat([one.assign(rule=name) for name, one in rules.items()], ignore_index=True)
    others = others[["channel", "rule", "each", "low", "high", "verdict"]]
    return Roi(table, others, left, found.days, within, rule, stage, anyway, currency)


def _require(anyway: float, rule: str) -> None:
    order_credit.require_rule(rule)
    if not 0 <= anyway <= 1:
        raise SettingError(
            _("{value} is no share of the orders.").format(value=anyway),
            allowed=_("Between 0 and 1 (0.25 is a quarter)."),
        )


# ---------------------------------------------------------------- customers
@dataclass(frozen=True, eq=False)
class Found:
    """What the customers of each channel did: sums (channels × `MEASURES`), the same drawn anew, days seen."""

    channels: list[str]
    sums: np.ndarray
    drawn: np.ndarray
    days: float
    order: float  # what a credited order brings, the mean of all channels

    def of(self, name: str) -> np.ndarray:
        """A measure per channel."""
        return self.sums[:, MEASURES.index(name)]

    def draws_of(self, name: str) -> np.ndarray:
        """A measure per draw and channel."""
        return self.drawn[:, :, MEASURES.index(name)]


def _kept(contacts: Frame, orders: Frame, rows: ibis.Table, key: tuple, seed: int) -> Found:
    return remembered(contacts, ("roi", key, seed, order_credit.known(orders)), lambda: _found(rows, seed))


def _found(rows: ibis.Table, seed: int) -> Found:
    ends = rows.aggregate(n=rows.count(), first=rows.second.min(), last=rows.second.max()).to_pandas().iloc[0]
    each = _people(rows, int(ends["n"])).to_pandas().sort_values(["channel", "person"], ignore_index=True)
    person, people = pd.factorize(each["person"])
    channel, channels = pd.factorize(each["channel"])
    cube = np.zeros((len(people), len(channels), len(MEASURES)))
    cube[person, channel] = each[list(MEASURES)].to_numpy(float)
    flat = cube.reshape(len(people), len(channels) * len(MEASURES))
    drawn = draw(flat, seed=seed) if len(people) else np.zeros((DRAWS, 0))
    drawn = drawn.reshape(DRAWS, len(channels), len(MEASURES))
    sums = cube.sum(axis=0)
    bought = sums[:, MEASURES.index("orders_every")].sum()
    worth = sums[:, MEASURES.index("earned_every")].sum() / bought if bought else np.nan
    days = max((ends["last"] - ends["first"]) / _DAY, 1.0) if ends["n"] else np.nan
    return Found([str(name) for name in channels], sums, drawn, float(days), float(worth))


def _people(rows: ibis.Table, n: int) -> ibis.Table:
    """person, channel and `MEASURES`; of very many contacts, groups of customers instead of customers."""
    person = rows.customer if n <= _PEOPLE else (rows.customer.hash() % _GROUPS).abs()
    answered = ~rows.given_up
    sums = {name: rows[name].sum() for name in MEASURES[len(_COUNTS) :]}
    return rows.group_by(person=person, channel=rows.channel).agg(
        contacts=rows.count(),
        answered=answered.cast("int64").sum(),
        bought=(answered & rows.bought).cast("int64").sum(),
        **sums,
    )


# ---------------------------------------------------------------- money
def _reckoned(found: Found, costs: pd.DataFrame, rule: str, anyway: float, seed: int) -> pd.DataFrame:
    """The table of one way of crediting, in the order of the channels."""
    n, cost = found.of("contacts"), costs["cost_per_contact"].to_numpy(float)
    raw = found.of(f"earned_{rule}") / n
    raw_drawn = _at_least_one(found, rule)
    earned, drawn = raw * (1 - anyway), raw_drawn * (1 - anyway)
    cost_drawn = _costs_drawn(costs, seed)
    each, each_drawn = earned - cost, drawn - cost_drawn
    table = pd.DataFrame(
        {
            "channel": found.channels,
            "contacts": n.astype(int),
            **_followed(found),
            "orders": found.of(f"orders_{rule}"),
            "earned": earned,
            "cost": cost,
            **_with_ends("each", each, each_drawn, ("low", "high")),
        }
    )
    with np.errstate(all="ignore"):
        times = _with_ends("times", earned / cost - 1, drawn / cost_drawn - 1)
        lost = _with_ends("break_even", 1 - cost / raw, 1 - cost_drawn / raw_drawn)
    a_year = n * YEAR / found.days
    year = {"year": each * a_year, "year_low": table["low"] * a_year, "year_high": table["high"] * a_year}
    lost = {name: np.clip(np.nan_to_num(value, nan=np.nan, neginf=0.0), 0, 1) for name, value in lost.items()}
    table = table.assign(**year, **times, **lost, basis=costs["basis"].fillna("none").to_numpy())
    return table.assign(**_verdict(table, each_drawn, found, rule, anyway))


def _at_least_one(found: Found, rule: str) -> np.ndarray:
    """The margin per contact, drawn; where no order is credited, from none up to what so many contacts leave possible."""
    n, orders = found.draws_of("contacts"), found.of(f"orders_{rule}")
    drawn = found.draws_of(f"earned_{rule}") / np.maximum(n, 1)
    none = np.flatnonzero(orders == 0)
    if len(none):
        most = estimates.shares(np.zeros(len(none)), found.of("contacts")[none])[1] * found.order
        drawn[:, none] = np.linspace(0, 1, len(drawn))[:, None] * most / ((1 + LEVEL) / 2)
    return drawn


def _costs_drawn(costs: pd.DataFrame, seed: int) -> np.ndarray:
    """The cost of a contact, drawn where it rests on minutes; what stands on the books is no sample."""
    cost = costs["cost_per_contact"].to_numpy(float)
    error = np.where(costs["basis"] == "minutes", (costs["high"] - costs["cost_per_contact"]) / 1.96, 0.0)
    error = np.where(np.isfinite(error), error, 0.0)
    normal = np.random.default_rng(seed + 1).standard_normal((DRAWS, len(cost)))
    return np.maximum(cost + error * normal, cost * 0.01)


def _with_ends(
    name: str, value: np.ndarray, drawn: np.ndarray, called: tuple[str, str] | None = None
) -> dict:
    low, high = called or (f"{name}_low", f"{name}_high")
    lowest, highest = ends(drawn)
    return {name: value, low: lowest, high: highest}


def _followed(found: Found) -> dict[str, np.ndarray]:
    """The share of answered contacts followed by an order; customers who ask often make it less sure."""
    n, bought = found.of("answered"), found.of("bought")
    share = np.divide(bought, n, out=np.full(len(n), np.nan), where=n > 0)
    again = found.draws_of("bought") / np.maximum(found.draws_of("answered"), 1)
    plain = np.nan_to_num(share * (1 - share)) / np.maximum(n, 1)
    wider = np.maximum(np.divide(again.var(axis=0), plain, out=np.ones(len(n)), where=plain > 0), 1.0)
    low, high = estimates.shares(bought / wider, n / wider)
    return {"answered": n.astype(int), "share": share, "share_low": low, "share_high": high}


def _verdict(
    table: pd.DataFrame, drawn: np.ndarray, found: Found, rule: str, anyway: float
) -> dict[str, np.ndarray]:
    """Whether a contact brings more than it costs: p by Holm over the channels with contacts enough."""
    from scipy.stats import norm

    each = table["each"].to_numpy(float)
    with np.errstate(all="ignore"):
        p = 2 * norm.sf(np.abs(each) / drawn.std(axis=0))
        worth = found.order * (1 - anyway)
        never = (1 - np.clip(table["cost"] / worth, 0, 1)) ** table["contacts"]
    nothing = (table["orders"] == 0).to_numpy()
    p = np.where(nothing, never.fillna(0.0) if worth == worth else 1.0, p)
    p = np.where((table["contacts"] < SMALL) | np.isnan(each), np.nan, p)
    p = estimates.adjust(p)
    told = np.where(each > 0, "yes", "no")
    return {"p": p, "verdict": np.where(p < 1 - LEVEL, told, "cannot tell yet")}
