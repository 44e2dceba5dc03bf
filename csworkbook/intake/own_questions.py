"""Which questions did the owner ask that no table knows, and which survey is it when a file could be two?

A survey of loyal customers may ask anything: its open questions are kept under their own name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csworkbook.intake import words
from csworkbook.intake.recognised import Match, Recognised
from csworkbook.tables import EFFORT_STAGES, LOYAL_QUESTIONS, TABLES

if TYPE_CHECKING:
    from csworkbook.intake.profile import Profile

OWN = "loyal_survey"
_QUESTION = 4  # words of a header that is a question, not the name of a column


def take(found: Recognised, profiles: list[Profile]) -> None:
    """Open questions of the owner's own, in a survey that may ask anything; they keep their own name."""
    if found.table != OWN or not found.enough:
        return
    for place, profile in enumerate(profiles):
        asks = profile.header.strip().endswith("?") or len(profile.folded.split()) >= _QUESTION
        machinery = profile.folded in words.names("left_out") or profile.time >= 0.6
        if profile.header in found.matches or not (asks and profile.cells) or profile.personal or machinery:
            continue
        found.matches[profile.header] = Match(segment_name(profile.header, found, place), 0.7, "segment")


def segment_name(header: str, found: Recognised, place: int = 0) -> str:
    """A tidy name for a segment column: a fixed one where it is known, else the header's own words.

    >>> segment_name("Apparaat", Recognised("effort_survey"))
    'device'
    """
    folded = words.fold(header)
    known = words.columns()["segments"]
    name = next((name for name, called in known.items() if folded in map(words.fold, called)), "")
    name = name or "_".join(folded.split())[:40].strip("_")
    if name[:1].isdigit():
        name = f"segment_{name}"
    if not name.isidentifier():
        name = f"segment_{place + 1}"
    unique, number = name, 2
    while unique in found.columns or unique in TABLES[found.table] or unique in ("row", "reason"):
        unique, number = f"{name}_{number}", number + 1
    return unique


def one_survey(tried: list[Recognised]) -> list[Recognised]:
    """Of two surveys in one file the one of which more of the questions are there."""
    parts = {
        one.table: len(one.columns & set(asked)) / len(asked)
        for one in tried
        if (asked := {"effort_survey": EFFORT_STAGES, OWN: LOYAL_QUESTIONS}.get(one.table))
    }
    most = max(parts.values(), default=0.0)
    return [one for one in tried if parts.get(one.table, most) == most]
