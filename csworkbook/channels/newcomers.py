"""Does service win new customers, and does it bring existing ones back to buy?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import estimates, order_credit
from csworkbook.channels import newcomers_words
from csworkbook.channels.newcomers_result import Acquisition
from csworkbook.contacts.kept import remembered
from csworkbook.errors import DataError, SettingError
from csworkbook.estimates import LEVEL, SMALL
from csworkbook.language import gettext as _
from csworkbook.language import join, mark
from csworkbook.results import question

if TYPE_CHECKING:
    import ibis

    from csworkbook.order_credit import Frame

KINDS = ("new", "existing")
_BY = (None, "channel", "agent")
_COUNTS = ["n", "count", "new_buyers", "revenue", "earned"]
_SQUARES = ["nn", "bn", "bb"]
_DAY = 86_400
YEAR = 365.25  # days


@question(
    mark("Does service win new customers and keep existing ones?"),
    labels=newcomers_words.labels,
    choices=newcomers_words.choices,
)
def acquisition(
    contacts: Frame,
    orders: Frame,
    *,
    within: str = "14D",
    stage: str | None = None,
    by: str | None = None,
    margin: float = 0.35,
    currency: str = "EUR",
    zone: str = "Europe/Amsterdam",
) -> Acquisition:
    """Conversations after which somebody bought: new customers (acquisition) beside existing ones (retention).

    A conversation is a contact that was not given up; its customer is new when he had no order before it. It
    converts when an order follows within the window. Money is that of the orders credited to the last conversation
    before them. (Handbook 4.8, which shows both shares per shop and per agent.)

    Parameters
    ----------
    within : str
        How soon the order must follow.
    stage : str, optional
        Only contacts "before" or "after" buying; None = all.
    by : str, optional
        Split by "channel" or by "agent"; small groups are drawn towards the whole (empirical Bayes).
    margin : float
        Share of revenue (0–1) for orders without a margin of their own.

    Returns
    -------
    Acquisition
        table: group (channel or agent; "" for all), kind ("new", "existing"), n (conversations), count (followed by
        an order), plain (count ÷ n), share, low, high (without `by` the same with its interval, evened out with it),
        revenue, earned (credited, money a year), difference (from all others of that kind, in points; NaN without
        `by`), p (Holm), verdict, small. `won`: of all conversations, those that brought in a new customer.

    Raises
    ------
    DataError
        When the table does not tell who answered (by="agent"), or a required column is missing.
    SettingError
        When the window, the stage, or what to split by is none.

    >>> from csworkbook.shop import open_shop
    >>> open_shop().call(acquisition).table["kind"].tolist()
    ['new', 'existing']
    """
    _require(contacts, by)
    asked = {"within": within, "stage": stage, "margin": margin, "zone": zone}
    rows = order_credit.credited(contacts, orders, **asked)
    key = ("acquisition", *asked.values(), order_credit.known(orders))
    every, days, _nobody = remembered(contacts, (*key, None), lambda: _counted(rows, None))
    each, _days, nobody = remembered(contacts, (*key, by), lambda: _counted(rows, by))
    ever = remembered(contacts, (*key, "ever"), lambda: _ever(rows, orders))
    left = order_credit.left_out(contacts, orders, within=within, stage=stage, zone=zone)
    if by == "agent" and not len(each) and nobody:
        raise _no_agent()
    return Acquisition(
        _table(each, by, days), _wholes(every), _won(every), left, days, nobody, within, by, currency, ever
    )


def _require(contacts: Frame, by: str | None) -> None:
    if by not in _BY:
        raise SettingError(
            _("“{value}” is no column to split by here.").format(value=by),
            allowed=join([str(one) for one in _BY[1:]]),
        )
    if by == "agent" and "agent" not in contacts.columns:
        raise _no_agent()


def _no_agent() -> DataError:
    return DataError(
        _("These contacts do not tell who handled them."),
        allowed=_("A column with the agent: a name, a number or initials."),
        next_step=_("Add the agent to your export, or look on this page which column was taken for it."),
    )


# ---------------------------------------------------------------- counted where the contacts are
def _counted(rows: ibis.Table, by: str | None) -> tuple[pd.DataFrame, float, int]:
    """Sums per group and kind, the days seen, and how many conversations nobody is known to have had."""
    import ibis

    rows = rows.filter(~rows.given_up)
    group = ibis.literal("") if by is None else rows[by]
    bought = rows.bought.cast("int64")
    rows = rows.mutate(
        group=group,
        kind=rows.new_customer.ifelse("new", "existing"),
        hit=bought,
        # the first order of a new customer counts once, at the conversation it is credited to
        newly=(rows.new_customer & (rows.orders > 0)).cast("int64"),
    )
    ends = rows.aggregate(
        first=rows.second.min(), last=rows.second.max(), nobody=rows.group.isnull().cast("int64").sum()
    ).to_pandas().iloc[0]  # fmt: skip
    people = rows.filter(rows.group.notnull()).group_by("group", "kind", "customer").agg(
        n=lambda t: t.count(), b=lambda t: t.hit.sum(), new_buyers=lambda t: t.newly.sum(),
        revenue=lambda t: t.revenue.sum(), earned=lambda t: t.earned.sum(),
    )  # fmt: skip
    sums = {name: people[name].sum() for name in ("n", "new_buyers", "revenue", "earned")}
    squares = {
        "nn": (people.n * people.n).sum(),
        "bn": (people.b * people.n).sum(),
        "bb": (people.b * people.b).sum(),
    }
    found = people.group_by("group", "kind").agg(count=people.b.sum(), **sums, **squares).to_pandas()
    found = found.astype(dict.fromkeys([*_COUNTS, *_SQUARES], float))
    days = 1.0 if ends[["first", "last"]].isna().any() else max((ends["last"] - ends["first"]) / _DAY, 1.0)
    return found, float(days), 0 if pd.isna(ends["nobody"]) else int(ends["nobody"])


def _ever(rows: ibis.Table, orders: Frame) -> float:
    """Of the conversations with new customers, those of customers who bought sooner or later (0–1; NaN of none).

    Where that is nearly all, who never buys has no number here.
    """
    buyers = order_credit.known(orders).bought.select(buyer="customer").distinct()
    new = rows.filter(~rows.given_up & rows.new_customer)
    found = new.semi_join(buyers, new.customer == buyers.buyer).count().to_pandas()
    n = new.count().to_pandas()
    return float(found / n) if n else float("nan")


def _wholes(every: pd.DataFrame) -> dict[str, estimates.Estimate]:
    """Per kind of customers the share of all conversations after which they bought."""
    rows = pd.concat([_kind(every[every["kind"] == kind], kind, None) for kind in KINDS])
    ends = ("share", "low", "high", "n")
    return {
        row["kind"]: estimates.Estimate(*(row[end] for end in ends[:3]), int(row["n"]))
        for _i, row in rows.iterrows()
    }


def _won(each: pd.DataFrame) -> estimates.Estimate:
    """Of all conversations, those that brought in a new customer: the handbook's key figure."""
    new = each[each["kind"] == "new"]
    return estimates.share(int(new["new_buyers"].sum()), int(each["n"].sum()))


# ---------------------------------------------------------------- the table
def _table(each: pd.DataFrame, by: str | None, days: float) -> pd.DataFrame:
    parts = [_kind(each[each["kind"] == kind], kind, by) for kind in KINDS]
    table = pd.concat(parts, ignore_index=True)
    tested = np.where(table["small"], np.nan, table.pop("raw_p").to_numpy(float))
    p = estimates.adjust(tested)
    above = np.where(table["difference"] > 0, "yes", "no")
    verdict = np.where(p < 1 - LEVEL, above, "cannot tell yet")
    money = {name: table[name] * YEAR / days for name in ("revenue", "earned")}
    columns = [
        "group",
        "kind",
        "n",
        "count",
        "plain",
        "share",
        "low",
        "high",
        "revenue",
        "earned",
        "difference",
    ]
    table = table.assign(**money, p=p, verdict=verdict).astype({"n": int, "count": int})
    return table[[*columns, "p", "verdict", "small"]]


def _kind(rows: pd.DataFrame, kind: str, by: str | None) -> pd.DataFrame:
    """One kind of customers: a row each group, the largest share first."""
    rows = rows.sort_values("group", ignore_index=True)
    if by is None and rows.empty:
        rows = pd.DataFrame([{"group": "", "kind": kind, **dict.fromkeys([*_COUNTS, *_SQUARES], 0.0)}])
    wider = _wider(rows)
    plain = rows["count"] / rows["n"].where(rows["n"] > 0)
    if by is None:
        low, high = estimates.shares(rows["count"] / wider, rows["n"] / wider)
        told = pd.DataFrame({"share": plain, "low": low, "high": high})
    elif rows.empty:
        told = pd.DataFrame(columns=["share", "low", "high"], dtype=float)
    else:
        told = estimates.shrink(rows["count"] / wider, rows["n"] / wider)
    rows = rows.assign(plain=plain, **told, small=rows["n"] < SMALL, **_against_others(rows, wider, by))
    return rows.sort_values(["share", "group"], ascending=[False, True], ignore_index=True)


def _wider(rows: pd.DataFrame) -> np.ndarray:
    """How much less sure a share is because customers come more than once (design effect, at least 1).

    Where all or none were followed by an order, nothing tells how alike the conversations of one customer are: they
    are taken to be the same (Kish 1965).
    """
    n = rows["n"].where(rows["n"] > 0, 1.0)
    share = rows["count"] / n
    apart = rows["bb"] - 2 * share * rows["bn"] + share**2 * rows["nn"]
    plain = n * share * (1 - share)
    return np.maximum((apart / plain.where(plain > 0)).fillna(rows["nn"] / n).to_numpy(), 1.0)


def _against_others(rows: pd.DataFrame, wider: np.ndarray, by: str | None) -> dict[str, np.ndarray]:
    """Each group's share less that of all other groups, and its p-value."""
    nothing = np.full(len(rows), np.nan)
    if by is None or len(rows) < 2:
        return {"difference": nothing, "raw_p": nothing}
    count, n = (rows["count"] / wider).to_numpy(), (rows["n"] / wider).to_numpy()
    found = [
        estimates.difference(count[i], n[i], count.sum() - count[i], n.sum() - n[i]) for i in range(len(rows))
    ]
    raw = (rows["count"] / rows["n"]).to_numpy()
    others = (rows["count"].sum() - rows["count"]) / (rows["n"].sum() - rows["n"])
    return {"difference": raw - others.to_numpy(), "raw_p": np.array([one.p for one in found])}
