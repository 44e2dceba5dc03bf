"""What do loyal customers of the demo shop answer to ten questions about themselves?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from csworkbook.demo import clock, stories
from csworkbook.demo.clock import DAY
from csworkbook.demo.draw import chance, lookup, words
from csworkbook.demo.texts import filled, sentences
from csworkbook.tables import LOYAL_QUESTIONS

_MORE = (0.5, 0.2)  # answers that name a second thing, and a third
_NOTHING = "geen"
_JOINTS = {", ": 0.6, " en ": 0.3, "; ": 0.1}


def loyal_survey(rng: np.random.Generator, found: pd.DataFrame, number: int) -> pd.DataFrame:
    """The canonical survey of about `number` loyal customers, still with row numbers for customers.

    As many of each loyal type were asked: those with at least three orders when the survey went out.
    """
    asked = _invited(rng, found, number)
    size, kind = len(asked), asked["kind"].map(lambda one: stories.TYPES[one].name).to_numpy(object)
    hours = rng.uniform(0, stories.LOYAL_DAYS, size) * DAY
    answers = {name: _question(rng, name, kind) for name in LOYAL_QUESTIONS}
    given = pd.DataFrame(answers, dtype=object).mask(rng.random((size, len(answers))) < stories.LOYAL_SKIPPED)
    moment = np.floor(stories.LOYAL_ASKED * DAY + hours)
    table = given.assign(answered_at=clock.stamp(moment), customer_id=asked["customer"].to_numpy())
    table = table[given.notna().any(axis=1)]
    return table.sort_values("answered_at", kind="stable", ignore_index=True)


def _invited(rng: np.random.Generator, found: pd.DataFrame, number: int) -> pd.DataFrame:
    """Customers of the loyal types who had ordered often enough when they were asked, as many of each type."""
    before = found[found["moment"] < stories.LOYAL_ASKED * DAY]
    orders = before.groupby("customer", sort=True).agg(kind=("kind", "first"), orders=("kind", "size"))
    often = orders[orders["orders"] >= stories.LOYAL_ORDERS].reset_index()
    names = [kind.name for kind in stories.TYPES]
    parts = []
    for name in stories.LOYAL_TYPES:
        mine = often[often["kind"] == names.index(name)]
        most = min(round(number / len(stories.LOYAL_TYPES)), len(mine))
        parts.append(mine.iloc[np.sort(rng.choice(len(mine), most, replace=False))])
    return pd.concat(parts, ignore_index=True)


def _question(rng: np.random.Generator, name: str, kind: np.ndarray) -> np.ndarray:
    """An answer per respondent; what is planted is named in its planted share."""
    book = sentences("loyal")
    if name == "ambition":
        return filled(rng, words(rng, stories.LOYAL_AMBITIONS, len(kind)), book["ambition"])
    return _typed(rng, _things(rng, book["things"][name], name, kind), book["typos"]["pairs"])


def _things(rng: np.random.Generator, weights: dict[str, float], name: str, kind: np.ndarray) -> np.ndarray:
    """One to three things in a row; the planted thing goes first where it is named."""
    size = len(kind)
    thing, shares = stories.LOYAL_THINGS.get(name, ("", {"elsewhere": 0.0}))
    first = np.where(chance(rng, lookup(kind, shares)), thing, words(rng, weights, size)).astype(object)
    text, named = first, first
    joint = words(rng, _JOINTS, size)
    for share in () if name == "phone" else _MORE:
        other = words(rng, weights, size)
        more = chance(rng, share, size) & (other != named) & (other != first)
        more &= (first != _NOTHING) & (other != _NOTHING)
        text = np.where(more, text + joint + other, text)
        named = other
    return text


def _typed(rng: np.random.Generator, text: np.ndarray, typos: list[list[str]]) -> np.ndarray:
    """As people type it: all small letters, all capitals, a typing error."""
    typed, size = pd.Series(text, dtype="str"), len(text)
    for right, wrong in typos:
        typed = typed.mask(chance(rng, 0.12, size), typed.str.replace(right, wrong, n=1, regex=False))
    typed = typed.mask(chance(rng, 0.25, size), typed.str.lower())
    return typed.mask(chance(rng, 0.04, size), typed.str.upper()).to_numpy(object)
