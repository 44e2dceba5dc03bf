"""On which device do most give up before paying, at which page, and is that more than chance?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

import pandas as pd

from csworkbook import estimates
from csworkbook.checkout.carts import STAGES, Visits
from csworkbook.estimates import SMALL, Estimate


def page_of(found: Visits) -> str:
    """The last page before paying to which enough visits came on two devices; ``"cart"`` where there is none.

    >>> at = pd.to_datetime(["2026-03-02 10:00", "2026-03-02 10:05"], utc=True)
    >>> from csworkbook.checkout.carts import visits
    >>> page_of(visits(pd.DataFrame({"visitor_id": ["a", "a"], "at": at, "step": ["cart", "paid"]})))
    'cart'
    """
    later = [stage for stage in found.stages if stage != "cart"]
    for page in reversed(later):
        if (at_page(found, page)["reached"] >= SMALL).sum() > 1:
            return page
    return "cart"


def at_page(found: Visits, page: str) -> pd.DataFrame:
    """Per device: visits that came to a page of the checkout, and the share of them that did not pay.

    Returns
    -------
    DataFrame
        device, reached, gave_up, gave_up_low, gave_up_high (0–1, Wilson).
    """
    mine = found.carts[found.carts["over"] & (found.carts["stage"] > STAGES.index(page))]
    table = mine.groupby("cart_device")["left"].agg(["size", "sum"]).reset_index()
    table.columns = ["device", "reached", "lost"]
    low, high = estimates.shares(table["lost"], table["reached"])
    share = table["lost"] / table["reached"]
    return table.assign(gave_up=share, gave_up_low=low, gave_up_high=high).drop(columns="lost")


@dataclass(frozen=True)
class Gap:
    """The device on which most give up, beside the best one.

    Attributes
    ----------
    page : str
        Where that was measured; at ``"cart"`` these are the carts left per person.
    worst, best : str
        The devices.
    share : Estimate
        Who gives up on the worst one; its n came to the page.
    beside : float
        The share on the best one.
    difference : Estimate
        In points; p corrected for every two devices (Holm).
    bounded : bool
        Whether it stands when unknown people paid elsewhere as often as known ones; True where that
        need not, or cannot, be told.
    told : bool
        Whether it could be told how many pay elsewhere.
    """

    page: str
    worst: str
    best: str
    share: Estimate
    beside: float
    difference: Estimate
    bounded: bool = True
    told: bool = True

    @property
    def reached(self) -> int:
        """How many came to the page on the worst device."""
        return self.share.n

    @property
    def is_sure(self) -> bool:
        """Whether it can hardly be chance, nor only people who pay on another device."""
        return self.bounded and self.beyond_chance

    @property
    def beyond_chance(self) -> bool:
        """Whether it can hardly be chance."""
        return bool(self.difference.p < 1 - estimates.LEVEL and self.difference.low > 0)


def gap_of(table: pd.DataFrame, page: str) -> Gap | None:
    """The largest gap between devices at a page, of the table of `devices`; None without two with enough visits."""
    rows = _counted(table, page)
    rows = rows[rows["n"] >= SMALL].sort_values("share", kind="stable")
    if len(rows) < 2:
        return None
    each = [row for _index, row in rows.iterrows()]
    found = [_apart(worse, better) for better, worse in combinations(each, 2)]  # every pair is looked at
    p = estimates.adjust([one.p for one in found])
    best, worst, place = each[0], each[-1], len(each) - 2
    least = worst["least"]
    told = bool(least == least)
    bounded = not told or _apart(worst, best, least).low > 0
    share = Estimate(worst["share"], worst["low"], worst["high"], int(worst["n"]))
    difference = replace(found[place], p=float(p[place]))
    return Gap(page, worst["device"], best["device"], share, float(best["share"]), difference, bounded, told)


def _counted(table: pd.DataFrame, page: str) -> pd.DataFrame:
    """device, n, share, low, high and least (what is sure when some pay elsewhere; only at the cart)."""
    if page == "cart":
        return table[["device", "n", "share", "low", "high", "least"]]
    named = {"reached": "n", "gave_up": "share", "gave_up_low": "low", "gave_up_high": "high"}
    return table[["device", *named]].rename(columns=named).assign(least=lambda rows: rows["share"])


def _apart(worse: pd.Series, better: pd.Series, share: float | None = None) -> Estimate:
    """Worse minus better in points; `share` instead of the worse one's own."""
    lost = (worse["share"] if share is None else share, better["share"])
    counts = [round(one * row["n"]) for one, row in zip(lost, (worse, better), strict=True)]
    return estimates.difference(counts[0], worse["n"], counts[1], better["n"])
