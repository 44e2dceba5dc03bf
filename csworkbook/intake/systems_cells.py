"""How do the cells of a known export read? Headers and words found whatever their spelling, conditions on
rows, and cells as a canonical column needs them: moments, lengths of time, yes and no, canonical words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from csworkbook.intake import durations, times, values, words

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Names = str | Sequence[str]
_CODE = re.compile(r"^([a-z]{2,}|[A-Z]{2,})\. \S")
_UNIT = re.compile(r"\s*[\[(]([^\])]*)[\])]\s*$")
_EPOCHS = {"s": 1_000_000, "ms": 1_000, "us": 1}


def plain(text: str) -> str:
    """A text without what does not count in headers and words: case, accents, punctuation, blanks.

    >>> plain("Respondent ID") == plain("respondentId") == "respondentid"
    True
    """
    return words.fold(text).replace(" ", "")


def without_unit(header: str) -> str:
    """A header without the unit, currency or zone in brackets behind it.

    >>> without_unit("chat duration (s)"), without_unit("Grand Total (Base)")
    ('chat duration', 'Grand Total (Base)')
    """
    found = _UNIT.search(header)
    known = found and set(words.fold(found[1]).split()) <= set(words.columns()["units"]["words"])
    return header[: found.start()] if known else header


@dataclass(frozen=True)
class Headers:
    """The headers of a file, folded: case, accents, punctuation and blanks do not count.

    A header that is a code with its meaning in some language ("lastpage. Laatste pagina") is also found by
    its code, and one with a unit or zone in brackets behind it ("Start date (UTC)") without that.
    """

    frame: pd.DataFrame

    @cached_property
    def names(self) -> dict[str, str]:
        """Folded name → header; the first where two are alike."""
        found: dict[str, str] = {}
        for header in self.frame.columns:
            found.setdefault(plain(header), header)
        for header in self.frame.columns:
            code = _CODE.match(str(header))
            if code:
                found.setdefault(code[1].casefold(), header)
            found.setdefault(plain(without_unit(str(header))) or plain(header), header)
        return found

    @property
    def first(self) -> str:
        """The folded name of the first column."""
        return plain(self.frame.columns[0]) if len(self.frame.columns) else ""

    def find(self, names: Names) -> str | None:
        """The header called so, or the first of several names that is there; "" and "#" are nobody's.

        A name that starts with "~" is a pattern for folded names.
        """
        for name in [names] if isinstance(names, str) else names:
            if name in self.frame.columns:
                return name
            if name[:1] == "~":
                header = next((self.names[one] for one in self.names if re.search(name[1:], one)), None)
            else:
                header = self.names.get(plain(name)) if plain(name) else None
            if header is not None:
                return header
        return None


def all_hold(headers: Headers, tests: object) -> np.ndarray:
    """The rows for which every one of these conditions holds; a column that is not there excludes no row."""
    import numpy as np

    rows = np.ones(len(headers.frame), dtype=bool)
    for test in tests if isinstance(tests, list) else [tests]:
        header = headers.find(test["column"])
        if header is None:
            continue
        other = headers.find(test["other"]) if "other" in test else None
        if "other" in test and other is None:
            continue
        rows &= holds(headers.frame[header], test, headers.frame[other] if other else None)
    return rows


def holds(cells: pd.Series, test: Mapping[str, Any], other: pd.Series | None = None) -> np.ndarray:
    """The cells for which a condition holds: `filled`, `is`, `not`, `like`, `below`, `differs` from another column.

    >>> import pandas as pd
    >>> holds(pd.Series(["paid", "Voided", None]), {"is": ["voided"]}).tolist()
    [False, True, False]
    """
    if "filled" in test:
        return (texts(cells).notna() == test["filled"]).to_numpy(dtype=bool)
    if "below" in test:
        return (values.number(cells).values < test["below"]).to_numpy(dtype=bool)
    if other is not None:
        one, two = texts(cells), texts(other)
        return ((one != two).fillna(True) == test.get("differs", True)).to_numpy(dtype=bool)
    told = values.distinct(cells)
    if "like" in test:
        return told.where([re.search(test["like"], values.text_of(cell)) is not None for cell in told.cells])
    wanted = set(map(plain, test.get("is", test.get("not", ()))))
    flags = told.where([plain(values.text_of(cell)) in wanted for cell in told.cells])
    return flags if "is" in test else ~flags


def read(
    headers: Headers, cells: pd.Series, spec: Mapping[str, Any], zone: str, unit: str
) -> pd.Series | None:
    """The cells as the canonical column needs them."""
    if "pattern" in spec:
        cells = texts(cells).str.extract(f"({spec['pattern']})", expand=True).iloc[:, -1].astype("str")
    if "epoch" in spec:
        return _moments(cells, spec["epoch"])
    if "after" in spec:
        return _after(headers, cells, spec, zone)
    if "unit" in spec:
        return durations.parse(cells, spec["unit"], unit).values
    if spec.get("utc"):
        return times.parse(cells, "UTC").values
    if "above" in spec:
        number = values.number(cells).values
        return (number > spec["above"]).astype("boolean").where(number.notna())
    if "like" in spec:
        return _patterned(cells, spec["like"])
    if "yes" in spec:
        return _flags(cells, spec["yes"], spec.get("no", ()))
    if "others" in spec:
        return _worded(cells, spec["words"], spec["others"])
    return cells


def said(cells: pd.Series, meant: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Cell → canonical word, for the cells of a column that are among these words.

    >>> import pandas as pd
    >>> said(pd.Series(["Web Widget", "API"]), {"chat": ["web widget"]})
    {'Web Widget': 'chat'}
    """
    known = {plain(word): canonical for canonical, called in meant.items() for word in called}
    found = {values.text_of(cell): plain(values.text_of(cell)) for cell in values.distinct(cells).cells}
    return {cell: known[folded] for cell, folded in found.items() if folded in known}


def _moments(cells: pd.Series, epoch: str) -> pd.Series:
    """Counts of seconds, milliseconds or microseconds since 1970, as moments."""
    import pandas as pd

    count = pd.to_numeric(texts(cells), errors="coerce").astype("Float64")
    micro = (count * _EPOCHS[epoch]).round().astype("Int64")
    return pd.Series(pd.to_datetime(micro, unit="us", utc=True), index=cells.index).astype(
        "datetime64[us, UTC]"
    )


def _after(headers: Headers, cells: pd.Series, spec: Mapping[str, Any], zone: str) -> pd.Series | None:
    """Moments so long after those of another column."""
    import pandas as pd

    header = headers.find(spec["after"])
    if header is None:
        return None
    long = durations.parse(cells, spec["unit"], "seconds").values
    start = times.parse_under(headers.frame[header], header, "UTC" if spec.get("utc") else zone).values
    return start + pd.to_timedelta(long, unit="s").astype("timedelta64[us]")


def _flags(cells: pd.Series, yes: Sequence[str], no: Sequence[str]) -> pd.Series:
    """Yes where the cell is one of these words, no where it is one of those (or anything else: "*")."""
    told = values.distinct(cells)
    yes, no = set(map(plain, yes)), set(map(plain, no) if "*" not in no else ())
    said = [plain(values.text_of(cell)) for cell in told.cells]
    flags = [True if word in yes else False if word in no or not no else None for word in said]
    return told.spread(flags, "boolean")


def _worded(cells: pd.Series, meant: Mapping[str, Sequence[str]], others: str) -> pd.Series:
    """Canonical words; `others` for every other word, "" for empty."""
    told = values.distinct(cells)
    known = {plain(word): canonical for canonical, called in meant.items() for word in called}
    return told.spread([known.get(plain(values.text_of(cell)), others) or None for cell in told.cells], "str")


def _patterned(cells: pd.Series, meant: Mapping[str, str]) -> pd.Series:
    """The canonical word whose pattern occurs in the cell; empty where none does."""
    told = values.distinct(cells)
    looks = {word: re.compile(pattern, re.IGNORECASE) for word, pattern in meant.items()}
    found = [
        next((word for word, look in looks.items() if look.search(values.text_of(cell))), None)
        for cell in told.cells
    ]
    return told.spread(found, "str")


def texts(column: pd.Series) -> pd.Series:
    """Cells as text, blank ones empty."""
    return values.text(column).values
