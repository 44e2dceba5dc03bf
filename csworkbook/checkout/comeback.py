"""Who left a cart, when did they come back, and when did they buy?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from csworkbook import estimates
from csworkbook.checkout.carts import PAYMENTS, Visits
from csworkbook.checkout.incidence import at, estimate, incidence
from csworkbook.estimates import Estimate

DAY = pd.Timedelta(days=1)


def left_carts(visits: Visits, within: pd.Timedelta) -> pd.DataFrame:
    """One row per person who left a cart: their first one, and what came after it.

    A person is a known customer, or else a visitor. The clock starts at the cart; coming back is another
    visit that begins later, buying any payment in another visit.

    Returns
    -------
    DataFrame
        person, start, device, known (the visit itself named a customer), customer, seen (days until the
        end of the data, at most `within`), back and bought (days, NaN when not within `seen`),
        paid_device, at_once (bought in the first visit back).
    """
    first = visits.carts[visits.carts["left"] & visits.carts["over"]]
    first = first.sort_values(["cart_at", "visitor", "session"]).drop_duplicates("person")
    first = first.reset_index(drop=True)
    after = _after(first, visits.frame)
    seen = np.minimum((visits.end - first["cart_at"]) / DAY, within / DAY)
    told = first[["person", "customer", "known"]].assign(
        start=first["cart_at"], device=first["cart_device"], seen=seen
    )
    told = told.join(after, on="person")
    told["bought"] = told["bought"].where(told["bought"] <= seen)
    told["back"] = told[["back", "bought"]].min(axis=1)
    told["back"] = told["back"].where(told["back"] <= seen)
    at_once = told["bought"].notna() & (told["first_bought"] == told["first_back"])
    told["paid_device"] = told["paid_device"].where(told["bought"].notna())
    return told.assign(at_once=at_once).drop(columns=["first_back", "first_bought"])


def _after(first: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """Per person: days until they were back and until they paid in another visit, and on which device."""
    mine = first[["person", "cart_at", "visitor", "session"]]
    pairs = frame.merge(mine, on="person", suffixes=("", "_left"))
    other = (pairs["visitor"] != pairs["visitor_left"]) | (pairs["session"] != pairs["session_left"])
    pairs = pairs[other]
    start = pairs["cart_at_left"]
    pays = pairs[PAYMENTS].apply(lambda moment: moment.where(moment > start))
    pairs = pairs.assign(
        pays=pays.min(axis=1), begins=pairs["first"].where(pairs["first"] > start), since=start
    )
    by_pay = pairs.dropna(subset=["pays"]).sort_values("pays").drop_duplicates("person").set_index("person")
    by_begin = pairs.dropna(subset=["begins"]).sort_values("begins").drop_duplicates("person")
    by_begin = by_begin.set_index("person")
    return pd.DataFrame(
        {
            "back": (by_begin["begins"] - by_begin["since"]) / DAY,
            "bought": (by_pay["pays"] - by_pay["since"]) / DAY,
            "first_back": by_begin["visitor"] + " " + by_begin["session"],
            "first_bought": by_pay["visitor"] + " " + by_pay["session"],
            "paid_device": by_pay["paid_device"],
        }
    )


@dataclass(frozen=True, eq=False)
class Fates:
    """What became of people who left a cart, on each day after it.

    Attributes
    ----------
    curve : DataFrame
        day, bought, back (came back, did not buy yet), away (0–1; together 1).
    bought, back, away : Estimate
        The same when the window ends.
    at_once : Estimate
        Bought in the first visit back, the other cause being a first visit back without buying.
    n, whole : int
        People, and those seen for the whole window.
    """

    curve: pd.DataFrame
    bought: Estimate
    back: Estimate
    away: Estimate
    at_once: Estimate
    n: int
    whole: int

    @property
    def unfinished(self) -> int:
        """People whose window was not over: they count for the days they were seen."""
        return self.n - self.whole


def fates(left: pd.DataFrame, window: pd.Timedelta) -> Fates:
    """Bought, came back without buying yet, or not back: the shares on each day since the cart.

    Coming back and buying are each worked out with everybody, for as long as they were seen; who came
    back and had not bought yet is the difference (Pepe 1991).
    """
    days, n = window / DAY, len(left)
    seen = left["seen"].to_numpy(float)
    whole = int((seen >= days).sum())
    curves = [_once(left[what].to_numpy(float), seen) for what in ("bought", "back")]
    bought, returned = (at(curve, days) for curve in curves)
    back = max(returned[0] - bought[0], 0.0)
    # as sure as the share who returned at all, of whom those who bought are a part
    spread = returned[1] * np.sqrt(back * (1 - back) / max(returned[0] * (1 - returned[0]), 1e-12))
    return Fates(
        _together(*curves, days),
        estimate(*bought, n, whole),
        estimate(back, float(spread), n, whole),
        estimate(1 - max(returned[0], bought[0]), returned[1], n, whole),
        estimate(*_at_once(left, seen, days), n, whole),
        n,
        whole,
    )


def _once(moments: np.ndarray, seen: np.ndarray) -> pd.DataFrame:
    happened = ~np.isnan(moments)
    return incidence(np.where(happened, moments, seen), happened.astype(int))


def _at_once(left: pd.DataFrame, seen: np.ndarray, days: float) -> tuple[float, float]:
    """Share and error of buying in the first visit back, which competes with coming back without buying."""
    back = left["back"].to_numpy(float)
    cause = np.where(np.isnan(back), 0, np.where(left["at_once"], 1, 2))
    return at(incidence(np.where(cause > 0, back, seen), cause), days)


def _together(bought: pd.DataFrame, returned: pd.DataFrame, days: float) -> pd.DataFrame:
    """Both curves on the same days, from 0 to the end of the window."""
    ticks = np.unique(np.concatenate([[0.0, days], bought["day"], returned["day"]]))
    ticks = ticks[ticks <= days]
    one, two = (_on(curve, ticks) for curve in (bought, returned))
    two = np.maximum(one, two)
    return pd.DataFrame({"day": ticks, "bought": one, "back": two - one, "away": 1 - two})


def _on(curve: pd.DataFrame, ticks: np.ndarray) -> np.ndarray:
    if "share_1" not in curve:
        return np.zeros(len(ticks))
    place = np.searchsorted(curve["day"].to_numpy(), ticks, side="right")
    return np.r_[0.0, curve["share_1"].to_numpy()][place]


def buyers(visits: Visits, within: pd.Timedelta) -> tuple[pd.DataFrame, int]:
    """Everybody's first payment that has `within` of data before it, and whether a cart was left before it.

    Returns
    -------
    (DataFrame, int)
        person, paid_at, paid_device, left_on (the device of the last cart left in the window before, in
        another visit), before (bool: there is one); and how many payments came too early in the data.
    """
    paid = visits.frame[visits.frame["paid_at"].notna()].sort_values(["paid_at", "visitor", "session"])
    late = paid["paid_at"] >= visits.begin + within
    early = paid["person"].nunique() - paid.loc[late, "person"].nunique()
    first = paid[late].drop_duplicates("person")[["person", "paid_at", "paid_device", "visitor", "session"]]
    left = visits.carts[visits.carts["left"]]
    left = left[["person", "cart_at", "cart_device", "visitor", "session"]]
    pairs = first.merge(left, on="person", suffixes=("", "_left"))
    other = (pairs["visitor"] != pairs["visitor_left"]) | (pairs["session"] != pairs["session_left"])
    before = (pairs["cart_at"] < pairs["paid_at"]) & (pairs["cart_at"] >= pairs["paid_at"] - within)
    last = pairs[other & before].sort_values("cart_at").drop_duplicates("person", keep="last")
    told = first.join(last.set_index("person")["cart_device"].rename("left_on"), on="person")
    told["before"] = told["person"].isin(last["person"])
    return told.reset_index(drop=True), int(early)


def first_visits(visits: Visits) -> Estimate:
    """The share of people who bought nothing in their first visit in the data."""
    return estimates.share(visits.persons - visits.bought_at_once, visits.persons)
