"""Which five columns divide 100 points over the parts of the service, and which part is each?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csworkbook.intake import service_headers, values, words

if TYPE_CHECKING:
    import pandas as pd

    from csworkbook.intake.profile import Profile
    from csworkbook.intake.service_items import Items

TOGETHER = 100
_MOST = 0.8
_NAMED = 10  # a dimension called by its name counts as so many words for it


def find(profiles: list[Profile], frame: pd.DataFrame, items: Items) -> tuple[dict[str, str], bool]:
    """Header → dimension of the columns of points, one a dimension, and whether their headers tell which is which.

    Nothing where no five columns speak of points and no five beside each other make 100 in most rows.
    """
    names = list(dict.fromkeys(items.dimension.values()))
    numbers = [p for p in profiles if p.cells and p.number >= _MOST and not p.time]
    about = [p for p in numbers if any(_spoken(p.header, name) for name in names)]
    spoken = [p for p in about if service_headers.says(p.header, "weight")]
    beside = (numbers[at : at + len(names)] for at in range(len(numbers) - len(names) + 1))
    for some in (spoken, about, *beside):
        headers = [profile.header for profile in some]
        if len(some) == len(names) and (some is spoken or makes_hundred(frame[headers]).mean() >= _MOST):
            return _dimensions(headers, names)
    return {}, True


def _spoken(header: str, dimension: str) -> int:
    """How much a header speaks of a dimension: by its name, or by words for it."""
    named = f" {words.fold(dimension)} " in f" {words.fold(header)} "
    return _NAMED * named + service_headers.dimension_words(header).get(dimension, 0)


def plain(column: pd.Series) -> pd.Series:
    """Points as text, without a sign for per cent.

    >>> import pandas as pd
    >>> plain(pd.Series(["30 %", "20"])).tolist()
    ['30', '20']
    """
    return values.text(column).values.str.rstrip("% ")


def makes_hundred(frame: pd.DataFrame) -> pd.Series:
    """Whether the points of each row that has any add up to 100.

    >>> import pandas as pd
    >>> makes_hundred(pd.DataFrame({"a": ["60", "20"], "b": ["40", "20"]})).tolist()
    [True, False]
    """
    points = frame.apply(lambda column: values.number(plain(column)).values).dropna(how="all")
    return (points.sum(axis=1) - TOGETHER).abs() < 1


def _dimensions(headers: list[str], names: list[str]) -> tuple[dict[str, str], bool]:
    """Each of the headers with another dimension: by its words, or all by their place."""
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    counts = np.array([[_spoken(header, name) for name in names] for header in headers])
    rows, columns = linear_sum_assignment(counts, maximize=True)
    if not (counts[rows, columns] > 0).all():
        return dict(zip(headers, names, strict=True)), False
    return {headers[row]: names[column] for row, column in zip(rows, columns, strict=True)}, True
