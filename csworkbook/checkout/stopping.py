"""At which page of the checkout do visits stop, and is it worse where the shipping costs show?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

import pandas as pd

from csworkbook import estimates
from csworkbook.checkout.carts import STAGES, Visits
from csworkbook.estimates import SMALL, Estimate


def pages_of(found: Visits) -> pd.DataFrame:
    """Per page of the checkout: visits that came to it, those that stopped there, and those that paid after it."""
    carts = found.carts[found.carts["over"]]
    rows = []
    for place, stage in enumerate(STAGES, start=1):
        if stage not in found.stages:
            continue
        reached = carts[(carts["stage"] >= place) | (~carts["left"] & (stage == "cart"))]
        stopped = int((reached["left"] & (reached["stage"] == place)).sum())
        paid = int((~reached["left"]).sum())
        rows.append({"stage": stage, "reached": len(reached), "stopped": stopped, "paid": paid})
    return pd.DataFrame(rows, columns=["stage", "reached", "stopped", "paid"]).set_index("stage")


def alike(pages: pd.DataFrame, within: float) -> bool:
    """Whether every two pages after the cart surely lose shares less than `within` (0–1) apart.

    False also where fewer than two of them have enough visits. Every pair has to pass, so no correction
    is needed (Berger 1982, Technometrics 24:295–300).

    >>> pages = pd.DataFrame({"stopped": [20, 22], "reached": [1000, 980]}, index=["checkout", "delivery"])
    >>> alike(pages, 0.05), alike(pages, 0.001)
    (True, False)
    """
    later = pages.drop(index="cart", errors="ignore")
    later = later[later["reached"] >= SMALL]
    each = [(row.stopped, row.reached) for row in later.itertuples()]
    apart = [estimates.difference(*one, *other) for one, other in combinations(each, 2)]
    return bool(apart) and all(-within < one.low and one.high < within for one in apart)


@dataclass(frozen=True)
class Costs:
    """Leaving where the shipping costs show, beside the best other page; `past` is the share that pays once past it."""

    share: Estimate
    best: str
    best_share: float
    difference: Estimate
    past: float


def costs_of(pages: pd.DataFrame, costs_at: str) -> Costs | None:
    """None where the page is not in the data, is the cart itself, or there is no other one to compare with."""
    others = pages.drop(index=["cart", costs_at], errors="ignore")
    others = others[others["reached"] >= SMALL]
    if costs_at == "cart" or costs_at not in pages.index or others.empty:
        return None
    mine = pages.loc[costs_at]
    if mine["reached"] < SMALL:
        return None
    best = (others["stopped"] / others["reached"]).idxmin()
    other = others.loc[best]
    apart = estimates.difference(mine["stopped"], mine["reached"], other["stopped"], other["reached"])
    apart = replace(apart, p=min(apart.p * len(others), 1.0))  # the best of several was looked for
    past = mine["reached"] - mine["stopped"]
    return Costs(
        estimates.share(int(mine["stopped"]), int(mine["reached"])),
        str(best),
        float(other["stopped"] / other["reached"]),
        apart,
        float(mine["paid"] / past) if past else 0.0,
    )
