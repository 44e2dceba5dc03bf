"""What does it cost to solve a question? Not one contact: all that it took, over all channels.

A contact that is cheap and does not solve anything is followed by others. Cost to resolution is what they cost
together (handbook 4.8: cost of a contact × contacts it takes).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from csworkbook import contact_costs, engine, estimates
from csworkbook.channels import resolution_words
from csworkbook.channels.solving_result import Solving
from csworkbook.contacts import facts, left_out
from csworkbook.contacts.kept import remembered
from csworkbook.errors import DataError, SettingError
from csworkbook.estimates import SMALL
from csworkbook.language import gettext as _
from csworkbook.language import join, mark
from csworkbook.results import question

if TYPE_CHECKING:
    import ibis

    Frame = pd.DataFrame | ibis.Table

BY = ("channel", "topic")
DRAWS = 999
PARTS = 1000  # groups of customers that are drawn together, so that ten million contacts are a small table
_COUNTED = ("issues", "solved", "contacts", "cost", "back")
_BENCHMARKS = {"email": "mails-per-answer-2-4", "phone": "calls-per-answer-1-7"}


@question(
    mark("What does it cost to solve a question?"),
    labels=resolution_words.labels,
    choices=resolution_words.choices,
)
def cost_to_resolution(
    contacts: Frame,
    channel_costs: Frame | None = None,
    returns: Frame | None = None,
    orders: Frame | None = None,
    *,
    by: Literal["channel", "topic"] = "channel",
    within: str = "14D",
    refunds: bool = False,
    refund_days: int = 30,
    hourly_cost: float = 32.0,
    margin: float = 0.35,
    currency: str = "EUR",
    zone: str = "UTC",
    seed: int = 0,
) -> Solving:
    """What a solved question costs: all contacts it took, through all channels, at what a contact costs there.

    A question (issue) is a chain of contacts of one customer about one topic, each within `within` of the one
    before. It counts when nobody can add to it any more, under the channel of its first contact; it is solved when
    its last contact was handled and, where the table tells, resolved. What unsolved questions cost is spread over
    the solved ones. A contact costs what one costs in its channel (`contact_costs.per_channel`), more when it took
    more minutes than others there.

    Parameters
    ----------
    channel_costs : DataFrame or ibis.Table, optional
        What channels cost a month; without it handling minutes × `hourly_cost`.
    returns, orders : DataFrame or ibis.Table, optional
        For `refunds`.
    by : str
        Split by channel or topic.
    refunds : bool
        Add what was paid back, at its margin, to the last contact about its order in the `refund_days` before;
        then questions count whose refund window is over too.
    margin : float
        Share of revenue (0–1) that a refund costs: goods that come back are sold again.

    Returns
    -------
    Solving
        table: `by` ("all" first, then the dearest), issues (finished), solved, contacts_each (contacts ÷ solved),
        plain (one contact, money), cost (one solution, money), low, high (95 %, bootstrap over customers), formula
        (plain × contacts_each), paid_back (part of cost, money), benchmark (the handbook's contacts per answer),
        difference, p (cost beside all others; Holm), verdict, small.

    Raises
    ------
    DataError
        When nothing tells what a contact costs, no known customer asked a question that is finished, or orders are
        missing for `refunds`.
    SettingError
        When a setting is none of those above.

    >>> contacts = pd.DataFrame({"contact_id": ["1", "2", "3"], "customer_id": ["ann", "ann", "bob"],
    ...     "opened_at": pd.to_datetime(["2026-01-01", "2026-01-09", "2026-03-01"], utc=True),
    ...     "channel": "email", "topic": ["refund", "refund", "size"], "handling_minutes": [15.0, 15.0, 15.0]})
    >>> found = cost_to_resolution(contacts, hourly_cost=20).table.iloc[0]
    >>> float(found["plain"]), float(found["contacts_each"]), float(found["cost"])
    (5.0, 2.0, 10.0)
    """
    _require(by, refund_days, refunds, orders)
    rows = facts(contacts, within=within, zone=zone)
    prices = contact_costs.per_channel(contacts, channel_costs, hourly_cost=hourly_cost, zone=zone)
    if not prices["cost_per_contact"].gt(0).any():
        raise DataError(
            _("Nothing tells what a contact costs."),
            allowed=_("Handling minutes in your contacts, or a table with hours per channel and month."),
            next_step=_("Bring one of these on the start page."),
        )
    rows = _costed(rows, prices)
    rows = (
        _paid_back(rows, contacts, orders, returns, margin, refund_days) if refunds else _nothing_back(rows)
    )
    parts = _parts(_issues(rows, by, "resolved_at" in contacts.columns), by)
    if not parts["issues"].sum():
        raise DataError(
            _("None of these questions is finished."),
            allowed=_(
                "Contacts of known customers, with a topic, over more time than a customer has to come back."
            ),
            next_step=_("Leave refunds out, or bring orders and returns over the same time as the contacts.")
            if refunds
            else _("Bring contacts over a longer time, or choose a shorter one for coming back."),
        )
    table = _table(parts, by, prices, seed)
    return Solving(table, by, prices, within, refunds, refund_days, margin, currency, left_out(contacts))


def _require(by: str, refund_days: int, refunds: bool, orders: Frame | None) -> None:
    if by not in BY:
        raise SettingError(_("“{value}” cannot be chosen here.").format(value=by), allowed=join(list(BY)))
    if not 1 <= refund_days <= 3660:
        raise SettingError(
            _("{days} days is no window that can be used here.").format(days=refund_days),
            allowed=_("Between 1 and {most} days.").format(most=3660),
        )
    if refunds and orders is None:
        raise DataError(
            _("What was paid back cannot be counted without orders."),
            next_step=_("Bring your orders first, or leave refunds out."),
        )


# ---------------------------------------------------------------- contacts
def _costed(rows: ibis.Table, prices: pd.DataFrame) -> ibis.Table:
    """`rows` with cost: the price of the channel × the minutes beside the mean of the channel.

    A contact that was given up without minutes took none; one without minutes otherwise took the mean.
    """
    import ibis

    each = prices["cost_per_contact"]
    usual = prices["cost"].sum() / prices.loc[each.notna(), "contacts"].sum()
    usually = _usually(rows).assign(price=each).fillna({"price": usual})
    told = usually.astype("float64").rename_axis("priced").reset_index()
    priced = ibis.memtable(told.astype({"priced": "str"}))
    rows = rows.left_join(priced, rows.channel.fill_null("") == priced.priced).drop("priced")
    spent = rows.handling_minutes.coalesce(rows.given_up.ifelse(0.0, rows.mean))
    weight = (rows.usually > 0).fill_null(False).ifelse(spent / rows.usually, 1.0)
    return rows.mutate(cost=rows.price * weight.fill_null(1.0)).drop("price", "mean", "usually")


def _usually(rows: ibis.Table) -> pd.DataFrame:
    """Index channel ("" = unknown): mean (minutes, of those that are told), usually (of all contacts; NaN = not told)."""
    minutes = rows.handling_minutes
    sums = rows.group_by(channel=rows.channel.fill_null("")).agg(
        n=rows.count(),
        idle=(minutes.isnull() & rows.given_up).sum(),
        told=minutes.count(),
        minutes=minutes.sum(),
    )
    sums = sums.to_pandas().set_index("channel").astype("float64")
    mean = sums["minutes"] / sums["told"].where(sums["told"] > 0)
    rest = ((sums["n"] - sums["told"] - sums["idle"]) * mean).fillna(0.0)
    known = sums["n"].where(mean.notna(), sums["idle"])
    usually = (sums["minutes"].fillna(0.0) + rest) / known.where(known > 0)
    return pd.DataFrame({"mean": mean, "usually": usually})


def _nothing_back(rows: ibis.Table) -> ibis.Table:
    import ibis

    return rows.mutate(back=ibis.literal(0.0), back_over=ibis.literal(True))


def _paid_back(
    rows: ibis.Table, contacts: Frame, orders: Frame, returns: Frame | None, margin: float, days: int
) -> ibis.Table:
    """`rows` with back (margin of what was paid back, as the ledger credits it) and back_over (its window is over)."""
    others = [None if table is None else remembered(table, "same", object) for table in (orders, returns)]
    key = ("paid back", *others, days)
    back, until = remembered(contacts, key, lambda: _refunds(rows, orders, returns, days))
    rows = rows.left_join(back, rows.contact_id == back.credited_id).drop("credited_id")
    return rows.mutate(back=rows.refunded.fill_null(0.0) * margin, back_over=rows.second <= until)


def _refunds(rows: ibis.Table, orders: Frame, returns: Frame | None, days: int) -> tuple[ibis.Table, int]:
    """credited_id, refunded (money); and until which second of a contact its refunds are all known."""
    import ibis

    from csworkbook.ledger import costs, links

    terms = costs.Terms(0.0, 1.0, 1, days, 1)
    with links.looked_up(orders) as known:
        refunds = costs.paid_back(orders, returns, known, terms)
        if refunds is None:
            raise DataError(
                _("Nothing tells what was paid back."),
                allowed=_("Returns with an amount, or orders with what was refunded."),
                next_step=_("Bring one of these on the start page, or leave refunds out."),
            )
        asked = rows.select(
            "contact_id", "second", "order_id", customer_id="customer", email_hash=ibis.null("string")
        )
        linked = links.link(asked, known)
        back = costs.credited(linked, refunds, days)
        back = engine.kept(back.group_by("credited_id").agg(refunded=back.refunded.sum()))
        return back, costs.span(linked, refunds, days).refunds_until


# ---------------------------------------------------------------- questions
def _issues(rows: ibis.Table, by: str, tells: bool) -> ibis.Table:
    """One row a finished question: customer, `by` (of its first contact), contacts, cost, back, solved."""
    rows = rows.filter(rows.known & rows.topic.notnull())
    done = rows.handled & rows.resolved if tells else rows.handled
    rows = rows.mutate(solved=done & ~rows.again, over=rows.finished & rows.back_over)
    # most questions are one contact: only the others are put together
    return _alone(rows.filter(~rows.chained), by).union(_chains(rows.filter(rows.chained), by))


def _alone(rows: ibis.Table, by: str) -> ibis.Table:
    """Finished questions of one contact."""
    import ibis

    one = ibis.literal(1, "int64")
    return rows.filter(rows.over).select("customer", by, "cost", "back", "solved", contacts=one)


def _chains(rows: ibis.Table, by: str) -> ibis.Table:
    """The same of several contacts."""
    issues = rows.group_by("issue").agg(
        customer=rows.customer.max(),
        **{by: rows[by].max(where=rows.contact_id == rows.issue)},
        contacts=rows.count(),
        cost=rows.cost.sum(),
        back=rows.back.sum(),
        solved=rows.solved.max(),
        over=rows.over.min(),
    )
    return issues.filter(issues.over).select("customer", by, "cost", "back", "solved", "contacts")


def _parts(issues: ibis.Table, by: str) -> pd.DataFrame:
    """part (of the customers, by chance), `by`: issues, solved, contacts, cost, back."""
    issues = issues.mutate(part=issues.customer.hash() % PARTS)
    sums = issues.group_by("part", by).agg(
        issues=issues.count(),
        solved=issues.solved.sum(),
        contacts=issues.contacts.sum(),
        cost=issues.cost.sum(),
        back=issues.back.sum(),
    )
    return sums.to_pandas().sort_values(["part", by], ignore_index=True)


# ---------------------------------------------------------------- what comes out
def _table(parts: pd.DataFrame, by: str, prices: pd.DataFrame, seed: int) -> pd.DataFrame:
    groups = sorted(parts[by].dropna().unique())
    sums = _cube(parts, by, groups)  # customers' parts × (groups, all) × what is counted
    whole, drawn = sums.sum(axis=0), _drawn(sums, seed)
    issues, solved, contacts, cost, back = whole.T
    table = pd.DataFrame({by: [*groups, "all"], "issues": issues.astype(int), "solved": solved.astype(int)})
    table["contacts_each"] = _ratio(contacts, solved)
    table["plain"] = _plain(table[by], by, prices, _ratio(cost, contacts))
    table["cost"] = _ratio(cost + back, solved)
    each = _ratio(drawn[..., 3] + drawn[..., 4], drawn[..., 1])
    table["low"], table["high"] = _interval(each)
    table["formula"] = table["plain"] * table["contacts_each"]
    table["paid_back"] = _ratio(back, solved)
    table["benchmark"] = _handbook(table[by]) if by == "channel" else np.nan
    table["small"] = table["solved"] < SMALL
    table = table.assign(**_beside(whole, drawn, table["small"].to_numpy()))
    order = np.lexsort((table[by], -table["cost"].fillna(-1), table[by] != "all"))
    return table.iloc[order].reset_index(drop=True)


def _cube(parts: pd.DataFrame, by: str, groups: list[str]) -> np.ndarray:
    """parts × (groups, all) × `_COUNTED`."""
    names, part = np.unique(parts["part"].to_numpy(), return_inverse=True)
    place = parts[by].map({group: at for at, group in enumerate(groups)})
    values = parts[list(_COUNTED)].to_numpy(float)
    sums = np.zeros((len(names), len(groups) + 1, len(_COUNTED)))
    np.add.at(sums, (part, np.full(len(part), len(groups))), values)
    known = place.notna().to_numpy()
    np.add.at(sums, (part[known], place[known].to_numpy(int)), values[known])
    return sums


def _drawn(sums: np.ndarray, seed: int) -> np.ndarray:
    """draws × (groups, all) × `_COUNTED`: parts of the customers drawn again, as often as there are."""
    n = len(sums)
    often = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=DRAWS)
    return np.tensordot(often.astype(float), sums, axes=1)


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.divide(above, below, out=np.full(np.shape(above), np.nan), where=below > 0)


def _interval(drawn: np.ndarray) -> np.ndarray:
    """2.5 and 97.5 % of every group; NaN where next to nothing could be drawn."""
    ends = np.full((2, drawn.shape[1]), np.nan)
    enough = (~np.isnan(drawn)).mean(axis=0) > estimates.LEVEL
    tail = (1 - estimates.LEVEL) / 2
    ends[:, enough] = np.nanquantile(drawn[:, enough], [tail, 1 - tail], axis=0)
    return ends


def _plain(groups: pd.Series, by: str, prices: pd.DataFrame, mean: np.ndarray) -> np.ndarray:
    """What one contact costs: in the channel; of a topic and of all, the mean of the contacts counted."""
    if by != "channel":
        return mean
    known = groups.map(prices["cost_per_contact"]).to_numpy(float)
    return np.where(np.isnan(known), mean, known)


def _handbook(channels: pd.Series) -> pd.Series:
    from csworkbook import evidence

    known = {channel: evidence.get(name).value for channel, name in _BENCHMARKS.items()}
    return channels.map(known).astype(float)


def _beside(whole: np.ndarray, drawn: np.ndarray, small: np.ndarray) -> dict[str, np.ndarray]:
    """Every group beside all others: difference of the cost, p (corrected by Holm), verdict."""
    from scipy.stats import norm

    def each(sums: np.ndarray) -> np.ndarray:
        others = sums[..., -1:, :] - sums[..., :-1, :]
        own = _ratio(sums[..., :-1, 3] + sums[..., :-1, 4], sums[..., :-1, 1])
        return own - _ratio(others[..., 3] + others[..., 4], others[..., 1])

    found, spread = each(whole), np.full(whole.shape[0] - 1, np.nan)
    apart = each(drawn)
    usable = ~small[:-1] & ~np.isnan(apart).any(axis=0) & ~np.isnan(found)
    spread[usable] = apart[:, usable].std(axis=0, ddof=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        p = 2 * norm.sf(np.abs(found / np.where(spread > 0, spread, np.nan)))
    p = np.append(estimates.adjust(p), np.nan)
    verdict = np.where(p < 1 - estimates.LEVEL, "yes", "cannot tell yet").astype(object)
    verdict[-1] = None
    return {"difference": np.append(found, np.nan), "p": p, "verdict": verdict}
