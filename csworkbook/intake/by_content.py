"""Which column is it, where its name does not tell? What the cells look like: dates, money, 1–5, few distinct words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from csworkbook.intake import words
from csworkbook.intake.values import text_of
from csworkbook.tables import Column, Table

if TYPE_CHECKING:
    from csworkbook.intake.profile import Profile
    from csworkbook.intake.recognised import Recognised

_CLOCK = re.compile(r"^\d{1,2}:\d\d(?::\d\d)?$")
ALONE, AMONG = 0.55, 0.4
OUTCOME = 0.8
_MONEY = re.compile(r"[€$£]|[.,]\d\d$")
_HALF = 0.5


def take(found: Recognised, table: Table, profiles: list[Profile], *, most: int = 1) -> None:
    """Give required columns without a telling name to the columns whose cells fit, at most so many.

    Only where at least half of the others were found by name, so that not every file is taken for a table.
    """
    from csworkbook.intake.recognised import Match

    needed = [column for column in table.columns if column.required and not column.blank]
    open_ = [column for column in needed if column.name not in found.columns]
    unnamed = [column for column in open_ if column.name != table.key]
    if len(unnamed) > _HALF * len(needed) and most < len(needed):
        return
    for column in sorted(open_, key=lambda column: column.name == table.key)[:most]:
        fitting = [p for p in profiles if p.header not in found.matches and fits(p, column, table)]
        if fitting:
            found.matches[fitting[0].header] = Match(
                column.name, ALONE if len(fitting) == 1 else AMONG, "content"
            )


def take_outcome(found: Recognised, profiles: list[Profile]) -> None:
    """The column of a log of calls or chats that tells answered from given up, by its words ("Status", "Result").

    A log has waits or lengths; a ticket that is not answered yet was not given up.
    """
    from csworkbook.intake.recognised import Match

    timed = found.columns & {"waiting_seconds", "handling_minutes"}
    if found.table != "contacts" or "abandoned" in found.columns or not timed:
        return
    for profile in profiles:
        if profile.header not in found.matches and _is_outcome(profile):
            found.matches[profile.header] = Match("abandoned", OUTCOME, "content")
            return


def _is_outcome(profile: Profile) -> bool:
    """Whether all cells say how a call ended, some that the customer gave up and some that he was answered."""
    meant = words.meaning("outcome")
    said = [meant.get(words.fold(text_of(cell))) for cell in profile.cells]
    return None not in said and {"yes", "no"} <= set(said)


def fits(profile: Profile, column: Column, table: Table) -> bool:
    """Whether the cells could be this column.

    >>> from csworkbook.intake.profile import Profile
    >>> from csworkbook.tables import TABLES
    >>> orders = TABLES["orders"]
    >>> fits(Profile("x", ("12,50", "8,00"), 2, 2), orders["revenue"], orders)
    True
    """
    if not profile.cells or profile.personal:
        return False
    if column.kind == "money":
        return profile.number >= 0.95 and _share(profile, _MONEY) >= _HALF
    if column.kind == "key":
        return column.name == table.key and _identifies(profile)
    if column.kind == "word":
        return _is_word(profile) and (column.name != "channel" or _are_channels(profile))
    if column.kind == "whole" and column.low is not None and column.high is not None:
        return profile.whole >= 0.95 and _within(profile, column.low, column.high)
    return column.kind == "text" and profile.long


def _is_word(profile: Profile) -> bool:
    """Few distinct words that come back, and neither dates, numbers nor yes and no."""
    other = max(profile.number, profile.time, profile.flag)
    return profile.repeated and profile.different >= 2 and not profile.long and other < _HALF


def _are_channels(profile: Profile) -> bool:
    """Whether most cells are ways to reach a shop."""
    known = words.meaning("word.contacts.channel")
    cells = [words.fold(text_of(cell)) for cell in profile.cells]
    return sum(cell in known or words.plain(cell) in known for cell in cells) >= _HALF * len(cells)


def _share(profile: Profile, pattern: re.Pattern) -> float:
    return sum(bool(pattern.search(text_of(cell))) for cell in profile.cells) / len(profile.cells)


def _identifies(profile: Profile) -> bool:
    """Different in every row, and no date, amount or sentence."""
    return (
        profile.filled == profile.different >= 2
        and max(profile.time, _share(profile, _CLOCK)) < _HALF
        and not profile.long
        and _share(profile, _MONEY) < _HALF
    )


def _within(profile: Profile, low: float, high: float) -> bool:
    from csworkbook.intake import values

    numbers = [values.whole_of(cell) for cell in profile.cells]
    return all(number is None or low <= number <= high for number in numbers)
