"""What do visitors of the demo shop's pages do, from the home page to paid?

Every order of the last ten weeks is a visitor who paid. How many others got as far as each step
follows from the planted rates, so that the step rates per visitor are exactly those of `stories`.
Steps: home, search (some), product (one or more), cart, checkout, delivery, payment, paid.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from csworkbook.demo import clock, stories
from csworkbook.demo.clock import DAY
from csworkbook.demo.draw import begins, chance

STEPS = ("home", "search", "product", "cart", "checkout", "delivery", "payment", "paid")
_CODE = {name: number for number, name in enumerate(STEPS)}
_SECONDS = np.array([20, 25, 32, 24, 40, 45, 50, 15])  # mean time on each page
_CART, _PAYMENT = (stories.STEP_NAMES.index(name) for name in ("cart", "payment"))


def events(
    rng: np.random.Generator, found: pd.DataFrame, leading: np.ndarray, goods: pd.DataFrame
) -> pd.DataFrame:
    """The canonical events, with row numbers of visitors, sessions, customers and products for ids."""
    visitors = _visitors(rng, found, leading, goods)
    pages = pd.concat([_pages(rng, visitors), _earlier_carts(rng, visitors)], ignore_index=True)
    pages = _timed(rng, pages, visitors)
    number = pages["visitor"].to_numpy()
    random = rng.choice(len(goods), len(pages), p=(goods["weight"] / goods["weight"].sum()).to_numpy())
    shown = np.where(pages["wanted"], visitors["wanted"].to_numpy()[number], random)
    about = np.isin(pages["step"], (_CODE["product"], _CODE["cart"]))
    made = pd.DataFrame(
        {
            "visitor_id": number,
            "at": clock.stamp(pages["moment"]),
            "step": pd.Categorical.from_codes(pages["step"], categories=list(STEPS)),
            "session_id": 2 * number + ~pages["early"],
            "customer_id": visitors["customer"].to_numpy()[number],
            "product_id": np.where(about, shown, np.nan),
            "device": pd.Categorical.from_codes(pages["device"], categories=list(stories.DEVICES)),
            "seconds": pages["seconds"].astype(float),
        }
    )
    return made.iloc[np.argsort(pages["moment"].to_numpy(), kind="stable")].reset_index(drop=True)


def _visitors(
    rng: np.random.Generator, found: pd.DataFrame, leading: np.ndarray, goods: pd.DataFrame
) -> pd.DataFrame:
    """One row per visitor: device, furthest step, moment (of paying, or of coming), customer, product wanted."""
    bought = found[found["moment"] >= stories.EVENTS_SINCE * DAY]
    paid = pd.DataFrame(
        {
            "device": bought["device"].map({name: n for n, name in enumerate(stories.DEVICES)}).astype(int),
            "reach": len(stories.STEP_NAMES) - 1,
            "moment": np.floor(bought["moment"]),
            "customer": bought["customer"].astype(float),
            "wanted": leading[bought.index],
        }
    )
    others = pd.concat(
        [_dropped_out(rng, n, int((paid["device"] == n).sum())) for n in range(len(stories.DEVICES))]
    )
    size, days = len(others), stories.DAYS - stories.EVENTS_SINCE
    others["moment"] = (
        (stories.EVENTS_SINCE + rng.integers(0, days, size)) * DAY + clock.time_of_day(rng, size) - 1800
    )
    known = found["customer"].to_numpy()[rng.integers(0, max(len(found), 1), size)]
    others["customer"] = np.where(chance(rng, 0.06, size), known, np.nan)
    others["wanted"] = rng.choice(len(goods), size, p=(goods["weight"] / goods["weight"].sum()).to_numpy())
    visitors = pd.concat([paid, others], ignore_index=True)
    return visitors.iloc[rng.permutation(len(visitors))].reset_index(drop=True)


def _dropped_out(rng: np.random.Generator, device: int, paid: int) -> pd.DataFrame:
    """How far everybody else on a device came, so that the step rates hold given how many paid."""
    reached, furthest = paid, []
    for step in range(len(stories.STEP_NAMES) - 2, -1, -1):
        rate = stories.STEP_RATES[stories.DEVICES[device]][step]
        lost = int(rng.negative_binomial(reached, rate)) if reached else 0
        furthest.append(np.full(lost, step))
        reached += lost
    return pd.DataFrame({"reach": np.concatenate(furthest)}).assign(device=device)


def _pages(rng: np.random.Generator, visitors: pd.DataFrame) -> pd.DataFrame:
    """The pages of every visitor's own visit, in order within the visitor."""
    reach = visitors["reach"].to_numpy()
    views = np.where(reach >= 1, 1 + rng.poisson(0.7, len(reach)), 0)
    slots = [
        (_CODE["home"], np.ones(len(reach), int)),
        (_CODE["search"], chance(rng, stories.SEARCHED, len(reach)).astype(int)),
        (_CODE["product"], views),
    ]
    slots += [
        (_CODE[name], (reach >= n).astype(int)) for n, name in enumerate(stories.STEP_NAMES) if n >= _CART
    ]
    gave_up = reach == _PAYMENT
    slots += [
        (_CODE["payment"], (gave_up & chance(rng, 0.5, len(reach))).astype(int)),
        (_CODE["cart"], (gave_up & chance(rng, 0.3, len(reach))).astype(int)),
    ]
    pages = _laid_out(slots)
    pages["device"] = visitors["device"].to_numpy()[pages["visitor"]]
    return pages.assign(early=False, seconds=_durations(rng, pages, reach))


def _laid_out(slots: list[tuple[int, np.ndarray]]) -> pd.DataFrame:
    """Rows of visitor, step, and whether the page shows the product wanted, from the number of pages per slot."""
    visitor = np.concatenate([np.repeat(np.arange(len(n)), n) for _step, n in slots])
    step = np.concatenate([np.full(n.sum(), step) for step, n in slots])
    rank = np.concatenate([np.full(n.sum(), place) for place, (_step, n) in enumerate(slots)])
    order = np.argsort(visitor * len(slots) + rank, kind="stable")
    visitor, step = visitor[order], step[order].astype(np.int8)
    last = (begins(step[::-1]) | begins(visitor[::-1]))[::-1]
    return pd.DataFrame({"visitor": visitor, "step": step, "wanted": last})


def _durations(rng: np.random.Generator, pages: pd.DataFrame, reach: np.ndarray) -> np.ndarray:
    """Whole seconds on each page; lingering is planted, everybody else is quicker than the limits."""
    step, visitor = pages["step"].to_numpy(), pages["visitor"].to_numpy()
    limit = np.where(step == _CODE["product"], 118, np.where(step == _CODE["cart"], 58, 600))
    seconds = np.minimum(3 + np.floor(rng.exponential(_SECONDS[step])), limit)
    lingers = {
        "product": (reach == 1) & chance(rng, stories.LINGER_PRODUCT, len(reach)),
        "cart": (reach == _CART) & chance(rng, stories.LINGER_CART, len(reach)),
    }
    for name, least in (("product", 121), ("cart", 61)):
        mine = (step == _CODE[name]) & pages["wanted"].to_numpy() & lingers[name][visitor]
        seconds[mine] = least + np.floor(rng.exponential(70, int(mine.sum())))
    return seconds


def _earlier_carts(rng: np.random.Generator, visitors: pd.DataFrame) -> pd.DataFrame:
    """The visit before, with a cart left behind, of some who paid; some did that on their phone and paid on a desktop."""
    paid = (visitors["reach"] == len(stories.STEP_NAMES) - 1).to_numpy()
    early = np.flatnonzero(paid & chance(rng, stories.RETURNING_BUYERS, len(visitors)))
    pages = _laid_out([(_CODE[name], np.ones(len(early), int)) for name in ("home", "product", "cart")])
    device = visitors["device"].to_numpy()[early]
    device = np.where((device == 1) & chance(rng, stories.SWITCHED, len(early)), 0, device)[pages["visitor"]]
    pages["visitor"] = early[pages["visitor"]]
    return pages.assign(device=device, early=True, seconds=rng.integers(5, 55, len(pages)).astype(float))


def _timed(rng: np.random.Generator, pages: pd.DataFrame, visitors: pd.DataFrame) -> pd.DataFrame:
    """Add the moment of every page: one after the other, an earlier visit up to four days before."""
    visit = 2 * pages["visitor"].to_numpy() + ~pages["early"]
    pages = pages.iloc[np.argsort(visit, kind="stable")].reset_index(drop=True)
    visit = 2 * pages["visitor"].to_numpy() + ~pages["early"].to_numpy()
    seconds = pages["seconds"].to_numpy()
    passed = seconds.cumsum() - seconds
    starts = np.flatnonzero(begins(visit))
    lengths = np.diff(np.r_[starts, len(pages)])
    passed = passed - np.repeat(passed[starts], lengths)
    paid = (visitors["reach"] == len(stories.STEP_NAMES) - 1).to_numpy()[pages["visitor"]]
    until_paid = np.repeat(passed[starts + lengths - 1], lengths)
    before = np.repeat(np.floor(rng.uniform(0.2, 4, len(starts)) * DAY), lengths)
    moment = visitors["moment"].to_numpy()[pages["visitor"]] + passed
    return pages.assign(moment=moment - np.where(paid, until_paid, 0) - np.where(pages["early"], before, 0))
