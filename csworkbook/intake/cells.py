"""What do the cells of one canonical column say? The user's cells in, typed values out, with what was noticed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from csworkbook.intake import durations, personal, times, values, webpages, words
from csworkbook.intake.choices import Choices
from csworkbook.intake.raw import Raw
from csworkbook.language import gettext as _
from csworkbook.tables import Column

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

FREE_TEXT = ("comment", "text")
_NUMBER = re.compile(r"^[A-Za-z]{0,6}[-_ ]?\d{1,14}$|^[0-9a-f]{8}-[0-9a-f-]{27}$|^[0-9a-f]{16,40}$")


@dataclass(frozen=True)
class How:
    """How the cells of a table are to be read.

    Attributes
    ----------
    zone : str
        The shop's time zone.
    key : bytes or None
        The workbook's secret, for ids made from e-mail addresses.
    choices : Choices
        What the owner said.
    words : mapping
        Canonical column → (word in this system's export → canonical word).
    decided : mapping
        Canonical column → how an earlier part of the file was read ("comma", "month", …).
    private : mapping
        Header → kind of personal data, of every such column of the file.
    """

    zone: str
    key: bytes | None = None
    choices: Choices = field(default_factory=Choices)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    decided: Mapping[str, str] = field(default_factory=dict)
    private: Mapping[str, str] = field(default_factory=dict)

    def said(self, column: str, header: str) -> dict[str, str]:
        """Words of this column and what they stand for; the owner's own word goes last."""
        return {**self.words.get(column, {}), **self.choices.words.get(header, {})}


@dataclass(frozen=True)
class Understood:
    """One canonical column: its values, sentences about it, and the personal data met (header, kind, what, cells)."""

    parsed: values.Parsed
    notes: tuple[str, ...] = ()
    private: tuple[tuple[str, str, str, int], ...] = ()


def understand(raw: Raw, table: str, column: Column, headers: list[str], how: How) -> Understood:
    """The cells of one column of the user's (free text: of several)."""
    header = headers[0]
    if column.name in ("customer_id", "email_hash"):
        return _customer(raw, header, column, how)
    if column.name in FREE_TEXT or (table == "loyal_survey" and column.kind == "text"):
        return _free_text(raw, headers, how)
    parsed = _parse(raw.frame[header], table, column, header, how)
    if column.name == "agent":
        parsed = replace(parsed, values=personal.agents(parsed.values))
    notes = (f"{header}: {parsed.note}",) if parsed.note else ()
    return Understood(parsed, notes)


def _parse(cells: pd.Series, table: str, column: Column, header: str, how: How) -> values.Parsed:
    decided, said = how.decided.get(column.name, ""), how.said(column.name, header)
    if column.kind == "date":
        return _days(times.parse(times.months(cells), how.zone, how.choices.dates.get(header, "") or decided))
    if column.kind == "time":
        return times.parse_under(cells, header, how.zone, how.choices.dates.get(header, "") or decided)
    if column.unit in ("minutes", "seconds"):
        return durations.parse(cells, header, column.unit, decided=decided)
    if column.kind in ("money", "number"):
        return values.number(cells, decided=decided)
    if column.kind == "whole":
        return values.whole(cells, decided=decided)
    if column.name == "satisfied":
        return values.opinion(cells, said)
    if column.name == "abandoned":
        return values.outcome(cells, said)
    if column.kind == "flag":
        return values.flag(cells, said)
    if (table, column.name) == ("events", "step"):
        return _step(cells, how.choices.words.get(header, {}))
    if column.kind == "word":
        return values.word(cells, f"{table}.{column.name}", column.allowed, said)
    return values.key(cells) if column.kind == "key" else values.text(cells)


def _step(cells: pd.Series, said: Mapping[str, str]) -> values.Parsed:
    """Steps of visits in the log's own words, the same in every file; the address of a page is that page.

    `said` is what the owner said of a word. What part of a sale it plays, `csworkbook.events.roles` knows.
    """
    read, addresses = webpages.pages(cells)
    told = _("of an address only the page is kept, not the domain or what follows the question mark")
    return replace(values.as_said(read, said), note=told if addresses else "")


def _days(parsed: values.Parsed) -> values.Parsed:
    return replace(parsed, values=parsed.values.dt.tz_localize(None).dt.normalize())


def beyond(parsed: pd.Series, column: Column) -> tuple[np.ndarray, np.ndarray]:
    """Cells below and above the limits of their column."""
    import numpy as np

    nothing = np.zeros(len(parsed), dtype=bool)
    low, high = (
        nothing if limit is None else compare(limit).fillna(False).to_numpy(dtype=bool)
        for limit, compare in ((column.low, parsed.lt), (column.high, parsed.gt))
    )
    return low, high


def allowed_in(column: Column) -> str:
    """What a column may hold, for messages."""
    if column.allowed:
        return ", ".join(column.allowed)
    if column.kind in ("time", "date"):
        return _("a date such as 31-12-2024, or 31-12-2024 14:30")
    if column.kind == "flag":
        return _("yes or no")
    if column.low is not None and column.high is not None:
        return _("{low} to {high}").format(low=f"{column.low:g}", high=f"{column.high:g}")
    if column.low is not None:
        return _("a number from {low} up").format(low=f"{column.low:g}")
    return _("a number")


def _customer(raw: Raw, header: str, column: Column, how: How) -> Understood:
    """Ids as they are, or keyed hashes where they say who somebody is."""
    import numpy as np

    cells, nothing = _somebody(raw.frame[header]), np.zeros(len(raw.frame), dtype=bool)
    sample = cells.dropna().head(300).tolist()
    private = how.private.get(header) in personal.KINDS or personal.is_private(sample)
    private = private or personal.by_header(header) in personal.KINDS
    if column.name == "customer_id" and not private:
        return Understood(values.key(cells))
    ids = personal.hashed(values.key(cells).values, how.key or personal.new_key())
    hashed = int(ids.notna().sum())
    if header in raw.made:  # of several columns, of which some may be numbers
        own = _numbers_of_customers(cells)
        ids, hashed = ids.where(own.isna(), own), hashed - int(own.notna().sum())
    if not hashed:
        return Understood(values.Parsed(ids, nothing))
    told = _("“{column}” tells who somebody is; customers got an id made from it that cannot be read back.")
    notes = [told.format(column=header)]
    if how.key is None:
        alone = _("Customer ids compare within this file only: no key was given to make them with.")
        notes.insert(0, alone)
    kind = how.private.get(header) or personal.by_content(sample[:100]) or "name"
    met = ((header, kind, "made into an id", hashed),)
    return Understood(values.Parsed(ids, nothing), tuple(notes), met)


def _somebody(cells: pd.Series) -> pd.Series:
    """The cells without "Visitor", "gast" and the like, which would make one customer of many people."""
    import pandas as pd
    import pyarrow.compute as pc

    if not isinstance(cells.dtype, pd.StringDtype):
        cells = values.text(cells).values
    nobody = "|".join(word.replace(" ", r"\W+") for word in words.answers()["nobody"]["words"])
    rows = pc.match_substring_regex(cells.array.__arrow_array__(), rf"(?i)^\W*(?:{nobody})\W*$")
    rows = pc.fill_null(rows, False).to_numpy()
    return cells.mask(rows) if rows.any() else cells


def _numbers_of_customers(cells: pd.Series) -> pd.Series:
    """The cells that are numbers or codes of customers, not addresses, names or telephone numbers."""
    some = values.distinct(values.key(cells).values)
    own = [_NUMBER.match(cell) and not personal.by_content([cell]) for cell in some.cells]
    return some.spread([cell if good else None for cell, good in zip(some.cells, own, strict=True)], "str")


def _free_text(raw: Raw, headers: list[str], how: How) -> Understood:
    """Texts of several columns joined, with what tells who somebody is masked."""
    parts = [values.text(raw.frame[header]) for header in headers]
    joined = parts[0].values
    for part in parts[1:]:
        joined = joined.str.cat(part.values, sep="\n").fillna(joined).fillna(part.values)
    others = [header for header in how.private if header not in headers]
    names = tuple(raw.frame[header] for header in others if how.private[header] == "name")
    masked, counts = personal.masked(joined, names)
    met = tuple((headers[0], kind, "masked", count) for kind, count in counts.items() if count)
    return Understood(values.Parsed(masked, parts[0].bad), (), met)
