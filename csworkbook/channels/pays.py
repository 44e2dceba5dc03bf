"""Does each channel pay for itself with the orders that are credited to it?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import contact_costs, estimates, order_credit
from csworkbook.channels import credit_words
from csworkbook.channels.drawn import DRAWS, LEAST, RARE, draw, ends
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
        before it no longer pays), p (Holm), verdict ("yes", "no", "cannot tell yet"), basis (of the cost), people
        (customers, as many as would be as sure if all asked as often; with fewer than 10 no interval, no test).
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
    usual = order_credit.known(orders).mean(margin)
    found = _kept(contacts, orders, rows, tuple(asked.values()), usual, seed)
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
    order: (
        float  # what a credited order brings, the mean of all channels (of all orders where none is credited)
    )
    people: np.ndarray  # customers per channel, as many alike ones as they are worth (Kish 1965)

    def of(self, name: str) -> np.ndarray:
        """A measure per channel."""
        return self.sums[:, MEASURES.index(name)]

    def draws_of(self, name: str) -> np.ndarray:
        """A measure per draw and channel."""
        return self.drawn[:, :, MEASURES.index(name)]


def _kept(contacts: Frame, orders: Frame, rows: ibis.Table, key: tuple, usual: float, seed: int) -> Found:
    told = ("roi", key, seed, order_credit.known(orders))
    return remembered(contacts, told, lambda: _found(rows, usual, seed))


def _found(rows: ibis.Table, usual: float, seed: int) -> Found:
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
    worth = sums[:, MEASURES.index("earned_every")].sum() / bought if bought else usual
    days = max((ends["last"] - ends["first"]) / _DAY, 1.0) if ends["n"] else np.nan
    asked = cube[:, :, 0]
    alike = asked.sum(axis=0) ** 2 / np.maximum((asked**2).sum(axis=0), 1.0)
    return Found([str(name) for name in channels], sums, drawn, float(days), float(worth), alike)


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
    raw_drawn = np.where(found.people < LEAST, np.nan, _margins_drawn(found, rule))
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
    times = _with_ends("times", _ratio(each, cost), _ratio(each_drawn, cost_drawn))
    lost = _with_ends("break_even", _break_even(cost, raw), _break_even(cost_drawn, raw_drawn))
    a_year = n * YEAR / found.days
    year = {"year": each * a_year, "year_low": table["low"] * a_year, "year_high": table["high"] * a_year}
    table = table.assign(**year, **times, **lost, basis=costs["basis"].fillna("none").to_numpy())
    table = table.assign(people=found.people)
    return table.assign(**_verdict(table, each_drawn, found, anyway))


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.divide(above, below, out=np.full(np.shape(above), np.nan), where=below > 0)


def _break_even(cost: np.ndarray, raw: np.ndarray) -> np.ndarray:
    """The share of orders that may come anyway (0–1); none where the orders bring less than nothing."""
    kept = 1 - np.divide(cost, raw, out=np.where(np.isnan(raw + cost), np.nan, np.inf), where=raw > 0)
    return np.clip(kept, 0, 1)


def _margins_drawn(found: Found, rule: str) -> np.ndarray:
    """The margin per contact, drawn.

    Where few orders are credited, draws of them miss how many there could have been (of none they are always
    none); these reach as far at least as the interval of their share does (Wilson 1927).
    """
    from scipy.stats import norm

    n, orders = found.of("contacts"), found.of(f"orders_{rule}")
    drawn = found.draws_of(f"earned_{rule}") / np.maximum(found.draws_of("contacts"), 1)
    few = np.flatnonzero((orders < RARE) & (orders <= n))
    if not len(few):
        return drawn
    z = norm.ppf((np.arange(len(drawn)) + 0.5) / len(drawn))[:, None] / norm.ppf((1 + LEVEL) / 2)
    share, worth = orders[few] / n[few], _worth(found, rule)[few]
    low, high = estimates.shares(orders[few], n[few])
    told = np.maximum(share + np.where(z < 0, z * (share - low), z * (high - share)), 0.0)
    told, seen = np.sort(told * worth, axis=0), np.sort(drawn[:, few], axis=0)
    drawn[:, few] = np.where(z < 0, np.minimum(told, seen), np.maximum(told, seen))
    return drawn


def _worth(found: Found, rule: str) -> np.ndarray:
    """What a credited order brings in each channel; where none is credited, the mean."""
    orders = found.of(f"orders_{rule}")
    own = np.divide(found.of(f"earned_{rule}"), orders, out=np.full(len(orders), np.nan), where=orders > 0)
    return np.where(orders > 0, own, found.order)


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


def _verdict(table: pd.DataFrame, drawn: np.ndarray, found: Found, anyway: float) -> dict[str, np.ndarray]:
    """Whether a contact brings more than it costs: p by Holm over the channels with contacts and customers enough."""
    from scipy.stats import t

    each, orders = table["each"].to_numpy(float), table["orders"].to_numpy(float)
    with np.errstate(all="ignore"):
        p = 2 * t.sf(np.abs(each) / drawn.std(axis=0), np.maximum(found.people - 1, 1))
    by_number = _by_number(table, found, anyway)
    p = np.where(orders == 0, by_number, np.where(orders < RARE, np.fmax(p, by_number), p))
    few = (table["contacts"] < SMALL) | (found.people < LEAST) | np.isnan(each)
    p = estimates.adjust(np.where(few, np.nan, p))
    told = np.where(each > 0, "yes", "no")
    return {"p": p, "verdict": np.where(p < 1 - LEVEL, told, "cannot tell yet")}


def _by_number(table: pd.DataFrame, found: Found, anyway: float) -> np.ndarray:
    """p of so few (or so many) orders, if a contact brought just what it costs (Poisson)."""
    from scipy.stats import poisson

    orders, earned = table["orders"].to_numpy(float), table["earned"].to_numpy(float)
    worth = np.divide(earned * table["contacts"], orders, out=np.full(len(orders), found.order * (1 - anyway)),
                      where=orders > 0)  # fmt: skip
    need = np.divide(
        table["cost"] * table["contacts"], worth, out=np.full(len(orders), np.inf), where=worth > 0
    )
    below, above = poisson.cdf(np.floor(orders), need), poisson.sf(np.ceil(orders) - 1, need)
    return np.minimum(2 * np.where(table["each"] > 0, above, below), 1.0)
