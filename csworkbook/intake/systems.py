"""From which system does this file come, and which tables does it feed?

What is known of every export is data: one file per system in ``content/systems``, with the headers it is
known by, which header is which canonical column, how lines fold into rows and what is set aside. `find`
matches a file to an export by its headers, `feeds` folds its rows (`systems_fold`, `systems_columns` and
`systems_cells` say how). Words that several systems use stand in ``content/systems_words.toml``; a description
names them "@cancelled".
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from csworkbook.intake import words
from csworkbook.intake.systems_cells import Headers, holds, plain
from csworkbook.intake.systems_columns import can_make
from csworkbook.intake.systems_fold import as_form, fold_lines, folded, with_derived
from csworkbook.language import current
from csworkbook.tables import TABLES

if TYPE_CHECKING:
    import numpy as np

    from csworkbook.intake.raw import Raw

__all__ = ["Export", "Feed", "exports", "exports_for", "feeds", "find", "fold_lines"]

FOLDER = words.CONTENT / "systems"
SHARED = words.CONTENT / "systems_words.toml"
_SIGNATURE_WEIGHT = 3
_QUESTION_WORDS = 4
_NO_HEADERS = frozenset(
    (
        "words",
        "reason",
        "table",
        "constant",
        "pattern",
        "note",
        "is",
        "not",
        "yes",
        "no",
        "like",
        "others",
        "unit",
    )
)


@dataclass(frozen=True, eq=False)
class Export:
    """One export of one system.

    Attributes
    ----------
    system, name : str
        "Shopify" and "orders": what it is called in the file of the system.
    version, source : str
        Which version of the header is known, and where that header was documented.
    known : mapping
        The rest, as the file of the system has it.
    """

    system: str
    name: str
    version: str
    source: str
    known: Mapping[str, Any]

    @property
    def tables(self) -> tuple[str, ...]:
        """The canonical tables it feeds, in this order."""
        return tuple(dict.fromkeys(part["table"] for part in self.known.get("feed", ())))

    def title(self) -> str:
        """What the system calls it, in the language spoken now."""
        return self.known["title"][current()]

    def how(self) -> str:
        """Where to click to get it, in the language spoken now."""
        return self.known["how"][current()]

    def reason(self) -> str:
        """Why it feeds no table and what to export instead, in the language spoken now; "" when it does."""
        return self.known.get("reason", {}).get(current(), "")

    @cached_property
    def signature(self) -> tuple[frozenset[str], ...]:
        """Groups of folded headers; a file of this export has one of every group."""
        return tuple(
            frozenset(map(plain, [group] if isinstance(group, str) else group))
            for group in self.known["signature"]
        )

    @cached_property
    def headers(self) -> frozenset[str]:
        """Every folded header that is mentioned anywhere in the description."""
        parts = (self.known.get(name, ()) for name in ("signature", "known", "columns", "left_out", "feed"))
        return frozenset(map(plain, (text for part in parts for text in _mentioned(part))))


@dataclass(frozen=True)
class Feed:
    """What an export gives one table.

    Attributes
    ----------
    table : str or None
        The canonical table; None when the file itself must tell (the questions of a form), or when the
        export feeds none (then `complete`, and `notes` say why).
    raw : Raw
        Folded to the rows of that table; columns that we derived stand last and are named in `made`.
    mapping : dict
        Header → canonical column, or None for left out.
    words : dict
        Canonical column → (cell as it stands in the file → canonical word).
    complete : bool
        Whether `mapping` tells everything; False: headers it does not name are recognised as in any file.
    notes : list of str
        What was assumed, as sentences.
    left : list of (array of int, str)
        Positions in ``raw.frame`` of rows to set aside, and why.
    """

    table: str | None
    raw: Raw
    mapping: dict[str, str | None]
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    complete: bool = True
    notes: list[str] = field(default_factory=list)
    left: list[tuple[np.ndarray, str]] = field(default_factory=list)


@lru_cache
def exports() -> tuple[Export, ...]:
    """Every export that is known, by system."""
    shared, found = tomllib.loads(SHARED.read_text(encoding="utf-8")), []
    for path in sorted(FOLDER.glob("*.toml")):
        system = _resolved(tomllib.loads(path.read_text(encoding="utf-8")), shared)
        found += [
            Export(system["system"], known["name"], known["version"], known["source"], known)
            for known in system["export"]
        ]
    return tuple(found)


def _resolved(part: Any, shared: Mapping[str, Any]) -> Any:
    """A description with the words that several systems share ("@cancelled") filled in."""
    if isinstance(part, str):
        return shared.get(part[1:], part) if part[:1] == "@" else part
    if isinstance(part, dict):
        return {name: _resolved(value, shared) for name, value in part.items()}
    if isinstance(part, list):
        items = [(item, _resolved(item, shared)) for item in part]
        return [
            one for item, new in items for one in (new if isinstance(item, str) and item != new else [new])
        ]
    return part


def exports_for(table: str) -> list[Export]:
    """The exports that feed this table, for "how to get it from the usual systems".

    >>> sorted({export.system for export in exports_for("returns")})
    ['bol.com']
    """
    return [export for export in exports() if table in export.tables]


def find(raw: Raw) -> Export | None:
    """The export this file is, by its headers and a few cells; None where none fits well enough.

    Of several that fit, the one that knows most of the file's headers.
    """
    headers = Headers(raw.frame)
    fitting = [export for export in exports() if _fits(export, headers)]
    return max(fitting, key=lambda export: _score(export, headers), default=None)


def feeds(raw: Raw, export: Export, *, zone: str = "Europe/Amsterdam") -> list[Feed]:
    """What the file gives each table that its export feeds.

    Parameters
    ----------
    raw : Raw
    export : Export
        As `find` gave it.
    zone : str
        The shop's time zone, for moments that are reckoned from another (opened + 90 minutes).

    Returns
    -------
    list of Feed
        Lines that could not be read (``raw.broken``) stay with the first only, so that they count once.
    """
    raw = with_derived(raw, export.known.get("derive", {}), zone)
    headers = Headers(raw.frame)
    parts = [part for part in export.known.get("feed", ()) if _applies(headers, part)]
    if not parts:
        return [_no_table(raw, export, zone)]
    made = [
        _completed(Feed(part["table"], *folded(raw, part, zone, first=not at)), part, export)
        for at, part in enumerate(parts)
    ]
    return [feed for feed in made if len(feed.raw.frame) or len(made) == 1]


def _completed(feed: Feed, part: Mapping[str, Any], export: Export) -> Feed:
    """The feed with the columns of its description that this file calls something else, found as in any file."""
    made, frame = set(feed.raw.made), feed.raw.frame
    told = {
        header: column
        for header, column in feed.mapping.items()
        if column and not (header in made and frame[header].isna().all())
    }
    lacking = part["columns"].keys() - told.values()
    strange = [
        header
        for header, column in feed.mapping.items()
        if column is None and header not in made and plain(header) not in export.headers
    ]
    found = _sounding(feed, told, strange) if lacking else {}
    found = {header: column for header, column in found.items() if column in lacking}
    empty = {header for header, column in feed.mapping.items() if column in found.values()}
    return replace(feed, mapping={**feed.mapping, **dict.fromkeys(empty), **found}) if found else feed


def _sounding(feed: Feed, told: Mapping[str, str], strange: list[str]) -> dict[str, str]:
    """Strange headers that sound like a column of the table, and hold what it may hold."""
    from csworkbook.intake.profile import Profile, look
    from csworkbook.intake.recognise import Match, columns_of

    known = {header: Match(column, 0.98, "system") for header, column in told.items()}
    profiles = [Profile(header, (), 0, 0) for header in known]
    profiles += [look(header, feed.raw.frame[header]) for header in strange]
    found = columns_of(profiles, feed.table, known).matches
    sure = {header: found[header] for header in strange}
    return {header: one.column for header, one in sure.items() if one.column and one.why in ("", "email")}


def _applies(headers: Headers, part: Mapping[str, Any]) -> bool:
    """Whether the file has every column this part and its table need, and none it is not meant for."""
    there = [headers.find(names) is not None for names in part.get("needs", ())]
    strange = [headers.find(names) is not None for names in part.get("unless", ())]
    needed = [column.name for column in TABLES[part["table"]].columns if column.required and not column.blank]
    made = "unpivot" in part or all(can_make(headers, part["columns"][name]) for name in needed)
    return all(there) and not any(strange) and made


def _no_table(raw: Raw, export: Export, zone: str) -> Feed:
    """A form, whose questions the file tells itself, or an export that has nothing for any table."""
    if export.reason():
        return Feed(None, raw, dict.fromkeys(raw.frame.columns), notes=[export.reason()])
    columns, left_out = export.known.get("columns", {}), export.known.get("left_out", [])
    return Feed(None, *as_form(raw, columns, left_out, zone), complete=False)


def _fits(export: Export, headers: Headers) -> bool:
    """Whether the file has all that this export must have, and nothing it never has."""
    known = export.known
    return (
        all(not group.isdisjoint(headers.names) for group in export.signature)
        and not any(plain(name) in headers.names for name in known.get("unless", ()))
        and ("first" not in known or headers.first in set(map(plain, known["first"])))
        and _questions(headers) >= known.get("questions", 0)
        and all(_looks(headers, name, pattern) for name, pattern in known.get("cells", {}).items())
        and _feeds_any(export, headers)
    )


def _feeds_any(export: Export, headers: Headers) -> bool:
    """Whether the file has all the columns of at least one table of this export (or it feeds none)."""
    parts = export.known.get("feed", ())
    if not parts:
        return True
    made = {name for name, spec in export.known.get("derive", {}).items() if can_make(headers, spec)}
    known = Headers(headers.frame.head(0).assign(**dict.fromkeys(made, "")))
    return any(_applies(known, part) for part in parts)


def _score(export: Export, headers: Headers) -> tuple[int, int]:
    shared = len(export.headers & headers.names.keys())
    return _SIGNATURE_WEIGHT * len(export.signature) + shared, -len(export.headers)


def _questions(headers: Headers) -> int:
    """How many headers are questions rather than names of columns."""
    return sum(
        str(header).strip().endswith("?") or len(words.fold(header).split()) >= _QUESTION_WORDS
        for header in headers.frame.columns
    )


def _looks(headers: Headers, name: str, pattern: str) -> bool:
    """Whether most cells of the column look like this; a column that is not there, or empty, does."""
    header = headers.find(name)
    cells = headers.frame[header].dropna().head(50) if header else []
    return not len(cells) or holds(cells, {"like": pattern}).mean() > 0.5


def _mentioned(part: object) -> Iterator[str]:
    """The texts in a part of a description that are headers of a file, and a few that are not."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, Mapping):
        for name, value in part.items():
            if name not in _NO_HEADERS:
                yield from _mentioned(value)
    elif isinstance(part, (list, tuple)):
        for value in part:
            yield from _mentioned(value)


def system_names() -> list[str]:
    """The systems of which exports are known, each once, in alphabetical order.

    >>> "Shopify" in system_names()
    True
    """
    return sorted({export.system for export in exports()}, key=lambda name: re.sub(r"\W", "", name).lower())
