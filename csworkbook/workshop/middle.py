"""What is the middle of a few guesses, did it move, and how much can so few people tell?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from csworkbook import language
from csworkbook.estimates import LEVEL, Estimate
from csworkbook.language import gettext as _
from csworkbook.language import ngettext
from csworkbook.workshop.sessions import ROUNDS

if TYPE_CHECKING:
    import pandas as pd

ENOUGH = 6  # with fewer values no pair of them encloses a median with 95 % certainty: 2 × 0.5⁵ > 0.05


def rounds(guesses: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """The rounds that hold guesses, in order, each with its own."""
    for one in ROUNDS:
        part = guesses[guesses["round"] == one]
        if len(part):
            yield one, part


def last(guesses: pd.DataFrame) -> str:
    """The latest round that holds guesses."""
    return next((one for one in reversed(ROUNDS) if (guesses["round"] == one).any()), ROUNDS[0])


def median(values: pd.Series, unit: str = "share") -> Estimate:
    """A median with its exact interval, which no assumption about the guesses is needed for.

    The interval are two of the values themselves (the sign test turned round; Conover 1999, *Practical
    Nonparametric Statistics*, 3.1–3.2). Fewer than six values give none: low and high are NaN.

    >>> import pandas as pd
    >>> median(pd.Series([0.2, 0.3, 0.4, 0.5, 0.6, 0.9])).high
    0.9
    """
    from scipy.stats import quantile_test

    values = values.dropna().astype(float)
    low = high = float("nan")
    if len(values) >= ENOUGH:
        low, high = map(float, quantile_test(values, p=0.5).confidence_interval(LEVEL))
    return Estimate(float(values.median()), low, high, len(values), unit)


def change(guesses: pd.DataFrame, column: str, unit: str) -> Estimate:
    """The middle change of those who guessed in both rounds; n counts them."""
    wide = guesses.pivot(index="pair", columns="round", values=column).reindex(columns=list(ROUNDS)).dropna()
    return median(wide["after"] - wide["before"], unit)


def say_change(moved: Estimate) -> str:
    """A change in words, with what so few people can tell."""
    if moved.n == 0:
        return _(
            "Nobody used a word of their own, so it cannot be told who changed: only the two middles compare."
        )
    n = language.number(moved.n)
    said = ngettext(
        "One person guessed twice, and changed by {change}.",
        "Of the {n} who guessed twice the middle change was {change}.",
        moved.n,
    ).format(n=n, change=_signed(moved.value))
    if moved.n < ENOUGH:
        few = ngettext(
            "One person can tell what one person thinks, no more: an interval takes {enough}.",
            "{n} people can tell what those {n} think, no more: an interval takes {enough}.",
            moved.n,
        )
        return f"{said} {few.format(n=n, enough=language.number(ENOUGH))}"
    sure = _("(95% interval {low} to {high}).").format(low=_sign(moved.low), high=_sign(moved.high))
    return f"{said.rstrip('.')} {sure}"


def _signed(change: float) -> str:
    """A change in points, with its sign and the word."""
    n = abs(round(change * 100))
    return ngettext("{points} point", "{points} points", n).format(points=_sign(change))


def _sign(change: float) -> str:
    """A change of a share as points, with its sign."""
    points = round(change * 100)
    return ("+" if points > 0 else "−" if points < 0 else "") + language.number(abs(points))


def method() -> str:
    """How intervals of guesses are worked out, and what they mean."""
    return _(
        "Intervals of a middle guess, and of the middle change of those who guessed twice, are exact and take six "
        "people (sign test). They would hold for colleagues like these; the room itself was asked completely."
    )
