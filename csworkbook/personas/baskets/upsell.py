"""Which customers could take the next price up?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import engine, estimates, language
from csworkbook.errors import DataError, SettingError
from csworkbook.estimates import LEVEL
from csworkbook.language import gettext as _
from csworkbook.language import join, mark
from csworkbook.personas.baskets import words as together_words
from csworkbook.personas.baskets.held import coded
from csworkbook.personas.baskets.price_steps import Bought, counted
from csworkbook.personas.baskets.together import no_category
from csworkbook.personas.baskets.upsell_result import Upsell
from csworkbook.repeats import duration
from csworkbook.results import question
from csworkbook.tables import require

if TYPE_CHECKING:
    import ibis

    Table = pd.DataFrame | ibis.Table

_MOST = 6
_COLUMNS = [
    "category", "band", "price", "pieces", "n", "again", "dearer", "share", "low", "high", "others", "p", "verdict",
    "cheaper", "cheaper_low", "cheaper_high", "step", "next", "worth", "worth_low", "worth_high",
]  # fmt: skip


@question(mark("Do customers go up in price?"), labels=together_words.labels, choices=together_words.choices)
def upsell(
    order_lines: Table,
    orders: Table | None = None,
    *,
    category: str | None = None,
    bands: int = 3,
    within: str = "365D",
    part: float = 0.1,
    margin: float = 0.35,
    currency: str = "EUR",
) -> Upsell:
    """Price steps within a category: who bought at one, does he buy dearer or cheaper when he comes back?

    Who began at the lowest price can only go up, so beside it stands how many of those who began elsewhere
    then bought above that price. What the next step could bring is a sum, not a forecast: it takes that a
    part of the pieces is replaced by one of the next step.

    Parameters
    ----------
    orders : DataFrame or ibis.Table
        Tells who bought when.
    category : str, optional
        One category; None = all, those with most to gain first.
    bands : int
        Into how many steps prices fall (2–6), each bought about equally often.
    within : str
        A customer comes back within this time, such as ``"365D"``; who began later than that is left out.
    part : float
        The share of the pieces (0–1) that would be of the next step; an assumption of yours.
    margin : float
        Gross margin (share of revenue, 0–1) of orders without one of their own.

    Returns
    -------
    Upsell
        table: category, band (its prices, as text), price (mean, money), pieces (in these orders), n (customers
        who began at this step and whose time was over), again (of these, customers who came back), dearer
        (customers), share (dearer of again; none at the dearest step), low, high, others (the same share of
        who began at another step), p (of the difference, corrected by Holm for all steps), verdict (do they
        keep to their price?), cheaper (share of again), cheaper_low, cheaper_high, step (money to the next
        step's mean price), next (the product bought most there), worth (margin a year), worth_low, worth_high.

    Raises
    ------
    DataError
        When there are no orders, the lines know no category, or none has a price.
    SettingError
        When a choice cannot be.

    >>> lines = pd.DataFrame({"order_id": ["1", "2"], "product_id": ["a", "b"], "quantity": 1, "price": [5.0, 20.0],
    ...     "category": "lamps"})
    >>> orders = pd.DataFrame({"order_id": ["1", "2", "3"], "customer_id": ["ann", "ann", "bob"], "revenue": 9.0,
    ...     "ordered_at": ["2025-01-01", "2025-03-01", "2026-03-01"]})
    >>> upsell(lines, orders, bands=2).table.loc[0, ["n", "again", "dearer", "step"]].tolist()
    [1.0, 1.0, 1.0, 15.0]
    """
    days = _require(order_lines, orders, bands, within, part)
    found = counted(order_lines, orders, bands=bands, within=days, margin=margin)
    if found.products.empty:
        raise DataError(
            _("No order line names an order, a product, its category and a price above zero."),
            next_step=_("Look on this page which columns of the order lines were taken for them."),
        )
    table = measured(found, part, currency)
    if category is not None:
        table = _only(table, category)
    return Upsell(_ordered(table), found, category, days, part, currency)


def _require(order_lines: Table, orders: Table | None, bands: int, within: str, part: float) -> int:
    """The time in days; raises where a choice cannot be."""
    require(order_lines, "order_lines")
    if orders is None:
        raise DataError(
            _("Price steps need your orders too: they tell who bought when."),
            next_step=_("Bring the export of your orders."),
        )
    require(orders, "orders")
    if "category" not in order_lines.columns:
        raise no_category()
    if bands not in range(2, _MOST + 1):
        raise SettingError(
            _("Prices cannot fall into {n} steps.").format(n=bands),
            allowed=_("2 to {most}.").format(most=_MOST),
        )
    if not 0 < part <= 1:
        raise SettingError(
            _("{value} is no share of the pieces.").format(value=part),
            allowed=_("Above 0, up to 1, such as 0.1."),
        )
    return max(duration(within).days, 1)


def measured(found: Bought, part: float, currency: str) -> pd.DataFrame:
    """Every step of every category: what it costs, who began there and what they bought next, the step up."""
    table = _sold(found, currency)
    next_up = table.groupby("category")[["price", "most"]].shift(-1)
    step = next_up["price"] - table["price"]
    table = table.assign(step=step, next=next_up["most"].where(next_up["most"].notna(), None))
    table = pd.concat([table, _moved(found.next, table)], axis=1)
    worth = part * table["pieces"] * found.year * step * found.earned
    away = 1.96 / np.sqrt(table["lines"])
    return table.assign(worth=worth, worth_low=worth * (1 - away).clip(0), worth_high=worth * (1 + away))


def _sold(found: Bought, currency: str) -> pd.DataFrame:
    """Per category and step: its prices, pieces and lines, and the product bought most."""
    products = found.products.assign(money=found.products["price"] * found.products["pieces"])
    grouped = products.groupby(["category", "band"])
    table = grouped.agg(
        least=("price", "min"),
        most=("price", "max"),
        money=("money", "sum"),
        pieces=("pieces", "sum"),
        lines=("lines", "sum"),
    ).reset_index()
    first = (
        products.sort_values(["lines", "product_id"], ascending=[False, True])
        .groupby(["category", "band"])
        .head(1)
    )
    called = first.assign(called=first["name"].fillna(first["product_id"])).set_index(["category", "band"])[
        "called"
    ]
    ends = zip(table["least"], table["most"], strict=True)
    said = [_band(low, high, currency) for low, high in ends]
    price = table["money"] / table["pieces"]
    return table.assign(
        place=table["band"], band=said, price=price, most=called.reindex(grouped.size().index).to_numpy()
    )


def _band(low: float, high: float, currency: str) -> str:
    def say(value: float) -> str:
        return language.money(value, currency, 0 if value == round(value) else 2)

    return say(low) if low == high else f"{say(low)}–{say(high)}"


def _moved(then: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Per row of `table` how many began there, came back, and bought dearer or cheaper; beside who began elsewhere."""
    moved = _counts(then, table)
    highest = table["place"] == table.groupby("category")["place"].transform("max")
    again = moved["again"].where(moved["again"] > 0)
    up, down = (
        estimates.shares(moved["dearer"], moved["again"]),
        estimates.shares(moved["down"], moved["again"]),
    )
    share, others = moved["dearer"] / again, moved["above"] / moved["others"].where(moved["others"] > 0)
    p = estimates.adjust(_by_chance(moved).where(~highest))
    sure = p < 1 - LEVEL
    verdict = np.select([sure & (share < others), sure], ["yes", "no"], "cannot tell yet")
    known = again.notna()
    return moved[["n", "again", "dearer"]].assign(
        share=share.where(~highest),
        low=np.where(known & ~highest, up[0], np.nan),
        high=np.where(known & ~highest, up[1], np.nan),
        others=others.where(~highest),
        p=p,
        verdict=np.where(highest, None, verdict),
        cheaper=moved["down"] / again,
        cheaper_low=np.where(known, down[0], np.nan),
        cheaper_high=np.where(known, down[1], np.nan),
    )


def _counts(then: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Customers who began at a step (n), came back (again), bought dearer or cheaper (down) than it; of those who
    began at another step of the category, who came back (others) and bought above this one (above)."""
    each = table[["category", "place"]].reset_index(names="row").merge(then, on="category")
    here, back, up = each["band"] == each["place"], each["then"] >= 0, each["then"] > each["place"]
    which = {
        "n": here,
        "again": here & back,
        "dearer": here & up,
        "down": here & back & (each["then"] < each["place"]),
        "others": ~here & back,
        "above": ~here & up,
    }
    counts = pd.DataFrame({name: each["n"].where(counted, 0) for name, counted in which.items()})
    return counts.groupby(each["row"]).sum().reindex(table.index, fill_value=0).astype("int64")


def _by_chance(moved: pd.DataFrame) -> pd.Series:
    """The score test's p of every step: do fewer, or more, go above it than of those who began elsewhere?"""
    from statsmodels.stats.proportion import test_proportions_2indep

    both = moved[(moved["again"] > 0) & (moved["others"] > 0)]
    p = pd.Series(np.nan, index=moved.index)
    p[both.index] = 1.0
    above = both["dearer"] + both["above"]
    some = both[(above > 0) & (above < both["again"] + both["others"])]
    if len(some):
        counts = [some[name].to_numpy(float) for name in ("dearer", "again", "above", "others")]
        with np.errstate(all="ignore"):  # it also works out odds, which shares of 0 and 1 do not have
            p[some.index] = test_proportions_2indep(*counts, method="score").pvalue
    return p


def _only(table: pd.DataFrame, category: str) -> pd.DataFrame:
    known = sorted(table["category"].unique())
    if category not in known:
        raise SettingError(
            _("“{value}” is no category of your order lines.").format(value=category), allowed=join(known)
        )
    return table[table["category"] == category]


def _ordered(table: pd.DataFrame) -> pd.DataFrame:
    """The categories with most to gain in one step first; their steps from cheap to dear."""
    gain = (table["pieces"] * table["step"]).fillna(0.0)
    best = gain.groupby(table["category"]).transform("max")
    order = table.assign(best=-best).sort_values(["best", "category", "place"], kind="stable").index
    return table.loc[order, _COLUMNS].reset_index(drop=True)


def price_categories(order_lines: Table) -> list[str | None]:
    """What `upsell` can be asked of: all (None), and every category; nothing where the lines know none."""
    if "category" not in order_lines.columns:
        return []
    if isinstance(order_lines, pd.DataFrame):
        return [None, *coded(order_lines["category"])[1]]
    rows = engine.table(order_lines, "order_lines", ["category"])
    return [None, *sorted(rows.filter(rows.category.notnull()).distinct().to_pandas()["category"])]
