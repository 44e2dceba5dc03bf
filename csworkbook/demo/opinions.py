"""What do customers and the people of the demo shop say about its service, and about its products?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from csworkbook.demo import clock, stories
from csworkbook.demo.clock import DAY
from csworkbook.demo.draw import chance, words
from csworkbook.demo.texts import as_typed, filled, languages, sentences

_ITEM_DIMENSION = np.repeat(list(stories.DIMENSIONS), list(stories.DIMENSIONS.values()))
_COMPANY = 12


def perception(rng: np.random.Generator, customers: int, *, company: int = 0) -> pd.DataFrame:
    """Who calls the service superior: `company` people of the shop and `customers` customers."""
    inside = np.arange(company) < round(stories.SUPERIOR["company"] * company)
    outside = chance(rng, stories.SUPERIOR["customer"], customers)
    role = np.repeat(["company", "customer"], [company, customers])
    return pd.DataFrame({"role": role, "superior": np.concatenate([inside, outside])})


def service_survey(rng: np.random.Generator, respondents: np.ndarray, *, company: bool) -> pd.DataFrame:
    """The 22 SERVQUAL items: `respondents` are customer ids; twelve people of the shop where `company`.

    Expectation and perception keep within 1–7 without being cut off, so that the mean gaps are
    exactly the planted ones. `weight` is what the respondent gives the item's dimension, of 100 points.
    """
    gaps = np.array([-stories.GAPS[name] for name in _ITEM_DIMENSION])
    expectation = _points(rng, len(respondents), np.full(22, stories.EXPECTED - 5), 2) + 5
    perceived = expectation - _points(rng, len(respondents), gaps, 3)
    tables = [_long(rng, respondents, "customer", expectation, perceived)]
    if company:
        named = np.array([f"team{number}" for number in range(1, _COMPANY + 1)], object)
        lead = np.array(
            [
                stories.COMPANY_EXPECTS.get(name, stories.COMPANY_EXPECTS["elsewhere"])
                for name in _ITEM_DIMENSION
            ]
        )
        lowest = np.floor(lead - 1)
        thought = lowest + _points(rng, _COMPANY, lead - lowest, 2)
        tables.append(_long(rng, named, "company", thought, 5 + _points(rng, _COMPANY, np.full(22, 1.2), 2)))
    return pd.concat(tables, ignore_index=True)


def _points(rng: np.random.Generator, people: int, mean: np.ndarray, most: int) -> np.ndarray:
    """Whole points 0…most per person and item with these means; a person's items of a dimension go together."""
    centre = mean / most
    groups = pd.factorize(_ITEM_DIMENSION)[0]
    share = np.array([centre[groups == group][0] for group in range(groups.max() + 1)])
    leaning = rng.beta(4 * share, 4 * (1 - share), (people, len(share)))
    return rng.binomial(most, leaning[:, groups])


def _long(
    rng: np.random.Generator, people: np.ndarray, role: str, expectation: np.ndarray, perceived: np.ndarray
) -> pd.DataFrame:
    weights = 5 * rng.multinomial(20, list(stories.WEIGHTS.values()), len(people))
    return pd.DataFrame(
        {
            "respondent_id": np.repeat(people, 22),
            "role": role,
            "item": np.tile(np.arange(1, 23), len(people)),
            "expectation": expectation.ravel(),
            "perception": perceived.ravel(),
            "weight": weights[:, pd.factorize(_ITEM_DIMENSION)[0]].ravel(),
        }
    )


def reviews(rng: np.random.Generator, found: pd.DataFrame, leading: np.ndarray, size: int) -> pd.DataFrame:
    """Reviews 10–30 days after an order, low ones more often since the delivery problem; some get an answer."""
    order = rng.integers(0, len(found), 2 * size)
    moment = np.floor(found["moment"].to_numpy()[order] + rng.uniform(10, 30, 2 * size) * DAY)
    kept = np.flatnonzero(moment < clock.END)[:size]
    order, moment = order[kept], moment[kept]
    by_time = np.argsort(moment, kind="stable")
    order, moment = order[by_time], moment[by_time]
    share = np.where(
        moment >= stories.DELIVERY_SINCE * DAY, stories.REVIEW_LOW["since"], stories.REVIEW_LOW["before"]
    )
    low = chance(rng, share)
    rating = np.where(
        low,
        rng.choice([1, 2], len(low), p=[0.55, 0.45]),
        rng.choice([3, 4, 5], len(low), p=[0.12, 0.33, 0.55]),
    )
    replied = np.minimum(moment + np.floor(rng.exponential(2.5 * DAY, len(low))) + 600, clock.END - 1)
    return pd.DataFrame(
        {
            "review_id": np.arange(len(low)),
            "posted_at": clock.stamp(moment),
            "rating": rating,
            "product_id": leading[order],
            "text": _review_text(rng, low, moment),
            "replied_at": clock.stamp(
                np.where(chance(rng, stories.REVIEW_REPLIED, len(low)), replied, np.nan)
            ),
        }
    )


def _review_text(rng: np.random.Generator, low: np.ndarray, moment: np.ndarray) -> np.ndarray:
    """About delivery, damage, returns or colour for low ratings, praise for the others; None for four in ten."""
    book, language = sentences("comments"), languages(rng, len(low))
    themes = {"delivery": 0.3, "damaged": 0.25, "return": 0.15, "photo": 0.3}
    late = (moment >= stories.DELIVERY_SINCE * DAY) & chance(rng, 0.5, len(low))
    theme = np.where(low, np.where(late, "delivery", words(rng, themes, len(low))), "praise")
    cores = {f"{lang}:{name}": texts for lang in ("nl", "en") for name, texts in book[lang]["themes"].items()}
    mood = np.where(low, "hard", "praise").astype(object)
    openings = {f"{lang}:hard": book[lang]["hard"] for lang in ("nl", "en")}
    text = filled(rng, language + ":" + mood, openings) + filled(
        rng, language + ":" + theme.astype(object), cores
    )
    again = np.where(
        ~low & chance(rng, 0.4, len(low)), " " + filled(rng, language + ":" + theme.astype(object), cores), ""
    )
    return np.where(chance(rng, 0.6, len(low)), as_typed(rng, text + again, book["typos"]["pairs"]), None)
