"""How does a figure look week after week, drawn small enough for a line of a report?

A picture of a few lines of SVG: it needs no script, prints, and is a few hundred bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from xml.etree import ElementTree

import numpy as np

from csworkbook.figures import ACCENT, ALERT, LINE, SOFT

WIDTH, HEIGHT = 240, 52  # of the drawing; the page may stretch it
_ROOM = 5  # on every side, so that no dot is cut off


def spark(
    values: Sequence[float],
    *,
    low: Sequence[float] | None = None,
    high: Sequence[float] | None = None,
    marked: Sequence[bool] | None = None,
    target: float | None = None,
    said: str = "",
) -> str:
    """A line through the values in order of time, as SVG.

    Parameters
    ----------
    values : sequence of float
        One per period, in any unit; the line is broken where one is not known (NaN).
    low, high : sequence of float, optional
        The limits within which each value is chance: drawn as a band.
    marked : sequence of bool, optional
        The values that are a signal: drawn as dots.
    target : float, optional
        Drawn as a dashed line.
    said : str
        What a screen reader reads.

    >>> spark([1, 2, float("nan"), 3]).count("<polyline")
    2
    """
    values = np.asarray(values, dtype=float)
    none = np.full(len(values), np.nan)
    low, high = (none if one is None else np.asarray(one, dtype=float) for one in (low, high))
    across, up = _scales(
        np.concatenate([values, low, high, [np.nan if target is None else target]]), len(values)
    )
    drawn = _element(
        "svg", viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", **{"aria-label": said, "class": "spark"}
    )
    _band(drawn, across, up(low), up(high))
    if target is not None:
        y = _short(up(target))
        line = {"x1": "0", "x2": str(WIDTH), "y1": y, "y2": y, "stroke": SOFT, "stroke-dasharray": "4 3"}
        drawn.append(_element("line", **line))
    for run in _runs(values):
        points = _points(across[run], up(values)[run])
        drawn.append(
            _element("polyline", points=points, fill="none", stroke=ACCENT, **{"stroke-width": "1.6"})
        )
    _dots(
        drawn, across, up(values), np.zeros(len(values), bool) if marked is None else np.asarray(marked, bool)
    )
    return ElementTree.tostring(drawn, encoding="unicode")


def _scales(shown: np.ndarray, n: int):
    """Where each period stands across, and the function that gives the height of a value."""
    known = shown[np.isfinite(shown)]
    least, most = (known.min(), known.max()) if len(known) else (0.0, 1.0)
    span = most - least or 1.0
    across = _ROOM + np.linspace(0, 1, n) * (WIDTH - 2 * _ROOM) if n > 1 else np.full(n, WIDTH / 2)

    def up(value):
        return HEIGHT - _ROOM - (value - least) / span * (HEIGHT - 2 * _ROOM)

    return across, up


def _band(drawn: ElementTree.Element, across: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
    """The room between the limits, wherever both are known."""
    for run in _runs(low + high):
        back = run[::-1]
        points = f"{_points(across[run], high[run])} {_points(across[back], low[back])}"
        drawn.append(_element("polygon", points=points, fill=LINE, opacity=".55"))


def _dots(drawn: ElementTree.Element, across: np.ndarray, y: np.ndarray, marked: np.ndarray) -> None:
    """A dot at every signal, and at the last value that is known."""
    known = np.flatnonzero(np.isfinite(y))
    for place in known[marked[known]]:
        drawn.append(_dot(across[place], y[place], "3.6", ALERT))
    if len(known) and not marked[known[-1]]:
        drawn.append(_dot(across[known[-1]], y[known[-1]], "2.8", ACCENT))


def _dot(x: float, y: float, radius: str, colour: str) -> ElementTree.Element:
    return _element("circle", cx=_short(x), cy=_short(y), r=radius, fill=colour)


def _runs(values: np.ndarray) -> list[np.ndarray]:
    """The places of values that are known, one array for every unbroken row of them.

    >>> [run.tolist() for run in _runs(np.array([np.nan, 1, 2, np.nan, 3]))]
    [[1, 2], [4]]
    """
    known = np.isfinite(values)
    rows = groupby(range(len(values)), key=lambda place: bool(known[place]))
    return [np.array(list(places)) for there, places in rows if there]


def _points(x: np.ndarray, y: np.ndarray) -> str:
    return " ".join(f"{_short(a)},{_short(b)}" for a, b in zip(x, y, strict=True))


def _short(value: float) -> str:
    return f"{value:.1f}"


def _element(name: str, **attributes: str) -> ElementTree.Element:
    return ElementTree.Element(name, attributes)
