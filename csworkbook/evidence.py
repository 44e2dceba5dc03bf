"""Where does a figure of the handbook come from, and how far can it be trusted?

The register is ``content/evidence.csv``: one row per figure, claims and caveats in both languages.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from csworkbook import language
from csworkbook.errors import SettingError
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import pandas as pd

_REGISTER = Path(__file__).parent / "content" / "evidence.csv"


@dataclass(frozen=True)
class Entry:
    """One figure: what is claimed, of what, by whom, when, and its caveat.

    `value`, `low` and `high` are in `unit` (shares 0–1); `low` and `high` are the ends of a stated
    range, empty where the source states one figure. `year` is "" where the text states none.
    """

    id: str
    claim: str
    value: float
    low: float | None
    high: float | None
    unit: str
    measured_on: str
    source: str
    year: str
    section: str
    topic: str
    caveat: str

    def line(self) -> str:
        """Value, source and year in one line, for beside a picture."""
        return _("{value} ({source}, {year})").format(
            value=self.say(), source=self.source, year=self.year or _("year not stated")
        )

    def say(self) -> str:
        """The value as people write it here."""
        return language.percent(self.value) if self.unit == "share" else language.number(self.value)


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
        id, claim, value, low, high, unit, measured_on, source, year, section, topic, caveat.
    """
    import pandas as pd

    entries = [e for e in _entries(language.current()).values() if topic in (None, e.topic)]
    return pd.DataFrame([vars(e) for e in entries], columns=list(Entry.__dataclass_fields__))


@lru_cache
def _entries(spoken: str) -> dict[str, Entry]:
    with _REGISTER.open(encoding="utf-8", newline="") as file:
        return {row["id"]: _entry(row, spoken) for row in csv.DictReader(file)}


def _entry(row: dict[str, str], spoken: str) -> Entry:
    def figure(name: str) -> float | None:
        return float(row[name]) if row[name] else None

    plain = {name: row[name] for name in ("id", "unit", "source", "year", "section", "topic")}
    spoken_here = {name: row[f"{name}_{spoken}"] for name in ("claim", "measured_on", "caveat")}
    return Entry(**plain, **spoken_here, value=figure("value"), low=figure("low"), high=figure("high"))
