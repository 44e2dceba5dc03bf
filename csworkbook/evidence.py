"""Where does a figure of the handbook come from, how far can it be trusted, and what speaks against it?

The register is ``content/evidence.csv``: one row per figure, claims and caveats in both languages.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from csworkbook import language
from csworkbook.errors import SettingError
from csworkbook.language import gettext as _
from csworkbook.language import ngettext

if TYPE_CHECKING:
    import pandas as pd

_REGISTER = Path(__file__).parent / "content" / "evidence.csv"


@dataclass(frozen=True)
class Entry:
    """One figure: what is claimed, of what, by whom, when, its caveat and what speaks against it.

    `value`, `low` and `high` are in `unit` (shares 0–1; "relative": 0.55 is 55 % more, -0.25 is
    25 % less). `low` and `high` are the ends of a stated range; `low` alone means "more than", `high`
    alone "up to". `year` is "" where the text states none. `contradicts` are the ids of other entries.
    """

    id: str
    claim: str
    value: float
    low: float | None
    high: float | None
    unit: str
    kind: str
    measured_on: str
    source: str
    year: str
    section: str
    where: str
    topic: str
    caveat: str
    contradicts: tuple[str, ...]

    def line(self) -> str:
        """Value, source and year in one line, for beside a picture."""
        return _("{value} ({source}, {year})").format(value=self.say(), source=self.source, year=self.when())

    def briefly(self) -> str:
        """Value and place in one breath, for where another entry points at this one."""
        return f"{self.say()} ({self.where.split('; ')[0]})"

    def against(self) -> list[Entry]:
        """The entries that speak against this one."""
        return [get(id) for id in self.contradicts]

    def when(self) -> str:
        """The year, or that none is stated."""
        return self.year or _("year not stated")

    def say(self) -> str:
        """The value as people write it here, with its unit; of a range both ends.

        >>> get("churn-profit").say(), get("chat-response-70-s").say()
        ('25%–80%', '1 minute and 10 seconds')
        """
        if self.low is not None and self.high is not None:
            return f"{_numeral(self.low, self.unit)}–{self._full(self.high)}"
        if self.low is not None:
            return _("more than {value}").format(value=self._full(self.low))
        if self.high is not None:
            return _("up to {value}").format(value=self._full(self.high))
        return self._full(self.value)

    def _full(self, value: float) -> str:
        if self.unit in _DURATIONS:
            return _duration(value, self.unit)
        if self.unit in _CURRENCIES:
            return language.money(value, _CURRENCIES[self.unit], 2 if value % 1 else 0)
        frame = _frames().get(self.unit, "{number}")
        if self.unit == "relative":
            frame = _("{number} less") if value < 0 else _("{number} more")
        return frame.format(number=_numeral(abs(value), self.unit))


def get(id: str) -> Entry:
    """One entry of the register, in the language spoken now.

    Raises
    ------
    SettingError
        When there is no entry with this id.
    """
    try:
        return _entries(language.current())[id]
    except KeyError:
        raise SettingError(
            _("The evidence register has no entry “{id}”.").format(id=id),
            next_step=_("evidence.table() lists them all."),
        ) from None


def table(topic: str | None = None) -> pd.DataFrame:
    """The register as a table, all of it or one topic.

    Returns
    -------
    DataFrame
        id, claim, value, low, high, unit, kind, measured_on, source, year, section, where, topic,
        caveat, contradicts (ids, parted by spaces).
    """
    import pandas as pd

    rows = [{**vars(e), "contradicts": " ".join(e.contradicts)} for e in search(topic=topic)]
    return pd.DataFrame(rows, columns=[field.name for field in fields(Entry)])


def search(
    words: str = "",
    *,
    topic: str | None = None,
    since: int | None = None,
    until: int | None = None,
    dated: bool | None = None,
) -> list[Entry]:
    """The entries in which all of these words occur, in the order of the texts.

    Parameters
    ----------
    words : str
        Parts of words, in any order; capitals and accents do not matter.
    topic : str
        One of `topics`.
    since, until : int
        Years, both included; entries without a year are then left out.
    dated : bool
        Only entries with a year (True) or without one (False).

    >>> [entry.id for entry in search("friendly conversation")]
    ['one-conversation-84']
    """
    wanted = _plain(words).split()
    return [
        entry
        for entry in _entries(language.current()).values()
        if topic in (None, entry.topic)
        and _in_time(entry.year, since, until, dated)
        and all(word in _haystack(entry) for word in wanted)
    ]


def topics() -> dict[str, str]:
    """The topics that have entries, and what each is called in the language spoken now."""
    names = _topic_names()
    return {topic: names[topic] for topic in sorted({e.topic for e in search()}, key=names.__getitem__)}


def contradictions() -> list[tuple[Entry, Entry]]:
    """Every pair of entries that cannot both hold, each pair once."""
    return [(entry, get(other)) for entry in search() for other in entry.contradicts if entry.id < other]


_DURATIONS = ("seconds", "minutes", "hours", "days")
_LARGER = {"seconds": ("minutes", 60), "minutes": ("hours", 60)}
_CURRENCIES = {"euro": "EUR", "dollar": "USD"}


def _frames() -> dict[str, str]:
    return {"times": _("{number} times"), "people": _("{number} people"), "one in": _("1 in {number}")}


def _numeral(value: float, unit: str) -> str:
    """The bare number, with as many decimals (at most two) as it has."""
    shown = value * 100 if unit in ("share", "relative") else value
    decimals = next((d for d in (0, 1) if abs(shown - round(shown, d)) < 1e-6), 2)
    return language.number(shown, decimals) + ("%" if unit in ("share", "relative") else "")


def _duration(value: float, unit: str) -> str:
    """A duration in words: 70 seconds as one minute and ten seconds."""
    larger, size = _LARGER.get(unit, ("", 0))
    parts = [(value // size, larger), (value % size, unit)] if size and value > size else [(value, unit)]
    return language.join([_counted(number, of) for number, of in parts if number])


def _counted(n: float, unit: str) -> str:
    words = {
        "seconds": ngettext("{n} second", "{n} seconds", int(n)),
        "minutes": ngettext("{n} minute", "{n} minutes", int(n)),
        "hours": ngettext("{n} hour", "{n} hours", int(n)),
        "days": ngettext("{n} day", "{n} days", int(n)),
    }
    return words[unit].format(n=_numeral(n, unit))


def _in_time(year: str, since: int | None, until: int | None, dated: bool | None) -> bool:
    if not year:
        return since is None and until is None and dated is not True
    return dated is not False and (since or 0) <= int(year) <= (until or 9999)


@lru_cache(maxsize=1024)
def _haystack(entry: Entry) -> str:
    words = (entry.claim, entry.say(), entry.measured_on, entry.source, entry.when(), entry.where, entry.id)
    return _plain(" ".join([*words, entry.caveat, _topic_names().get(entry.topic, "")]))


def _plain(text: str) -> str:
    """Small letters without accents."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _topic_names() -> dict[str, str]:
    return {
        "channels": _("channels"),
        "chat": _("live chat"),
        "checkout": _("checkout"),
        "coaching": _("coaching"),
        "complaints": _("complaints"),
        "conversation": _("conversations"),
        "conversion": _("conversion"),
        "effort": _("effort"),
        "expectations": _("expectations"),
        "funnel": _("funnel"),
        "kpis": _("KPIs"),
        "loyalty": _("loyalty"),
        "manifesto": _("manifesto"),
        "personas": _("personas"),
        "resolution": _("solving in one contact"),
        "response": _("response times"),
        "reviews": _("reviews"),
        "satisfaction": _("satisfaction"),
        "self-service": _("self-service"),
        "staffing": _("staffing"),
    }


def kinds() -> dict[str, str]:
    """The kinds of evidence, and what each is called in the language spoken now."""
    return {
        "survey": _("survey"),
        "experiment": _("experiment"),
        "observation": _("observation"),
        "benchmark": _("benchmark"),
        "example": _("example"),
        "rule of thumb": _("rule of thumb"),
        "opinion": _("opinion"),
    }


def units() -> dict[str, str]:
    """The units, and what each is called in the language spoken now."""
    return {
        "share": _("share, 0–1"),
        "relative": _("relative, 0.1 = 10% more"),
        "times": _("times"),
        "one in": _("one in so many"),
        "people": _("people"),
        "count": _("count"),
        "seconds": _("seconds"),
        "minutes": _("minutes"),
        "hours": _("hours"),
        "days": _("days"),
        "euro": _("euro"),
        "dollar": _("dollar"),
    }


def _texts() -> dict[str, str]:
    return {
        "Handbook": _("Handbook"),
        "Effort study": _("Effort study"),
        "Service basics": _("Service basics"),
        "Forward resolution article": _("Forward resolution article"),
        "Three principles article": _("Three principles article"),
    }


@lru_cache
def _entries(spoken: str) -> dict[str, Entry]:
    with language.speaking(spoken), _REGISTER.open(encoding="utf-8", newline="") as file:
        texts = _texts()
        return {entry.id: entry for entry in _read(csv.DictReader(file), spoken, texts)}


def _read(rows: csv.DictReader, spoken: str, texts: dict[str, str]) -> Iterator[Entry]:
    for row in rows:
        plain = {name: row[name] for name in ("id", "unit", "kind", "year", "topic")}
        here = {name: row[f"{name}_{spoken}"] for name in ("claim", "measured_on", "caveat")}
        figures = {name: float(row[name]) if row[name] else None for name in ("value", "low", "high")}
        placed = {name: _named(row[name], texts) for name in ("section", "where")}
        source = _("source not named") if row["source"] == "not named" else row["source"]
        against = tuple(row["contradicts"].split())
        yield Entry(**plain, **here, **figures, **placed, source=source, contradicts=against)


def _named(place: str, texts: dict[str, str]) -> str:
    """A place in the texts, their names as they are called here."""
    for name, called in texts.items():
        place = place.replace(name, called)
    return place
