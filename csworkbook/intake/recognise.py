"""Which table is this, and which of its columns is which?

Pure: profiles of the columns in, matches with a confidence out. Names in Dutch and English go first
(``content/intake_columns.toml``), the cells must agree, and what has no telling name is known by its cells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from csworkbook.intake import answers, personal, words
from csworkbook.intake.profile import Profile
from csworkbook.tables import EFFORT_STAGES, TABLES, Column, Table

ENOUGH = 0.5
_NO_EFFORT = (
    "tevreden",
    "satisf",
    "rapportcijfer",
    "cijfer",
    "rating",
    "sterren",
    "stars",
    "recommend",
    "aanbevel",
)
_OFTEN = ("comment",)


@dataclass(frozen=True)
class Match:
    """What a column was taken for: a canonical column, a kept segment, or nothing (None)."""

    column: str | None
    confidence: float
    why: str = ""


@dataclass
class Recognised:
    """A table and what each header was taken for."""

    table: str
    matches: dict[str, Match] = field(default_factory=dict)

    @property
    def columns(self) -> set[str]:
        """The columns that were found."""
        return {match.column for match in self.matches.values() if match.column}

    @property
    def missing(self) -> list[str]:
        """Required columns that were not found."""
        table = TABLES[self.table]
        needed = [name for name in table.required if name not in self.columns]
        if self.table == "effort_survey" and self.columns & set(EFFORT_STAGES):
            needed = [name for name in needed if name not in EFFORT_STAGES]
        if self.table == "perception" and not self.columns & {"superior", "score"}:
            needed.append("superior")
        return needed

    @property
    def weight(self) -> float:
        """How much of the file this table explains: confidences of its canonical columns, added up."""
        known = TABLES[self.table]
        return sum(
            match.confidence for match in self.matches.values() if match.column and match.column in known
        )

    @property
    def confidence(self) -> float:
        """Mean confidence of the required columns that were found, 0–1."""
        table = TABLES[self.table]
        found = [match.confidence for match in self.matches.values() if match.column in table.required]
        return sum(found) / len(found) if found else 0.0


def recognise(
    profiles: list[Profile], *, table: str | None = None, mapping: Mapping[str, str | None] | None = None
) -> Recognised:
    """The table that explains most of these columns.

    Parameters
    ----------
    profiles : list of Profile
    table : str, optional
        Look for this table only.
    mapping : mapping, optional
        What the user said of some headers; it stands.

    Returns
    -------
    Recognised
        Complete where `missing` is empty; otherwise the nearest there is.
    """
    names = [table] if table else list(TABLES)
    tried = [columns_of(profiles, name, mapping or {}) for name in names]
    complete = [one for one in tried if not one.missing]
    return max(complete or tried, key=lambda one: (-0.5 * len(one.missing) + one.weight, one.confidence))


def columns_of(profiles: list[Profile], name: str, mapping: Mapping[str, str | None]) -> Recognised:
    """The columns of one table among these."""
    table = TABLES[name]
    found = Recognised(
        name, {p.header: Match(mapping[p.header], 1.0, "chosen") for p in profiles if p.header in mapping}
    )
    open_ = [p for p in profiles if p.header not in found.matches]
    if name == "effort_survey":
        _take_stages(found, open_)
    _take_named(found, table, open_)
    _take_time(found, table, open_)
    _take_customer(found, table, open_)
    if table.segments:
        _take_comment(found, open_)
        _take_segments(found, open_)
    for profile in open_:
        found.matches.setdefault(
            profile.header, Match(None, 0.9 if profile.personal else 0.5, _why_not(profile))
        )
    found.matches = {profile.header: found.matches[profile.header] for profile in profiles}
    return found


def _why_not(profile: Profile) -> str:
    return "personal" if profile.personal else "" if profile.filled else "empty"


def named(profile: Profile, table: Table, column: Column) -> float:
    """How much the header sounds like this column, 0–1.

    >>> from csworkbook.intake.profile import Profile
    >>> named(Profile("Klantnummer", (), 0, 0), TABLES["orders"], TABLES["orders"]["customer_id"])
    0.95
    """
    header = profile.folded
    section = (
        f"{table.name}.{column.name}" if column.name in words.columns().get(table.name, {}) else column.name
    )
    if header == words.fold(column.name):
        return 1.0
    if header in words.names(section):
        return 0.95
    best = max((len(group) for group in words.groups(section) if words.holds(header, group)), default=0)
    return min(0.9, 0.7 + 0.05 * best) if best else 0.0


def fits(profile: Profile, column: Column) -> float:
    """How well the cells agree with the kind of this column, 0–1; 0 rules it out."""
    if not profile.cells:
        return 0.3
    share = {
        "time": lambda: profile.time,
        "date": lambda: max(profile.time, 0.6 if profile.different > 1 else 0.0),
        "money": lambda: profile.number,
        "number": lambda: profile.number,
        "whole": lambda: profile.whole,
        "flag": lambda: profile.flag,
        "key": lambda: 0.0 if profile.time > 0.8 else 1.0,
        "word": lambda: 0.0 if profile.long or profile.time > 0.8 else 1.0,
        "text": lambda: 0.0 if profile.time > 0.8 or (profile.number > 0.9 and profile.filled > 3) else 1.0,
    }[column.kind]()
    return share if share >= ENOUGH else 0.0


def _take_named(found: Recognised, table: Table, profiles: list[Profile]) -> None:
    """Give every column to the header that sounds most like it and whose cells agree."""
    scores = []
    for place, profile in enumerate(profiles):
        if profile.header in found.matches:
            continue
        for column in table.columns:
            sound = named(profile, table, column)
            if sound and _may(profile, column, sound, table) and fits(profile, column):
                scores.append((round(sound * fits(profile, column), 3), -place, profile, column.name))
    taken = set(found.columns)
    for score, _place, profile, name in sorted(scores, key=lambda item: item[:2], reverse=True):
        if profile.header not in found.matches and (name not in taken or name in _OFTEN):
            found.matches[profile.header] = Match(name, score)
            taken.add(name)


def _may(profile: Profile, column: Column, sound: float, table: Table) -> bool:
    """Personal data goes nowhere but to a customer's id or into free text, unless the name is a column's own."""
    if table.segments and profile.folded in words.names("left_out") and column.kind == "time":
        return False
    if not profile.personal or column.name in ("customer_id", "comment", "text"):
        return True
    return (
        sound >= 0.95
        and not personal.is_private(list(profile.cells[:100]))
        and column.kind in ("key", "text", "word")
    )


def _take_time(found: Recognised, table: Table, profiles: list[Profile]) -> None:
    """The first column of dates, where the table needs one and no name told."""
    needed = [column.name for column in table.columns if column.required and column.kind == "time"]
    if not needed or needed[0] in found.columns:
        return
    dates = [p for p in profiles if p.header not in found.matches and p.time >= 0.8 and p.personal != "birth"]
    dates.sort(key=lambda profile: profile.folded in words.names("left_out"))
    if dates:
        found.matches[dates[0].header] = Match(needed[0], 0.6, "content")


def _take_customer(found: Recognised, table: Table, profiles: list[Profile]) -> None:
    """A column of e-mail addresses tells customers apart where no column of ids does."""
    if "customer_id" not in table or "customer_id" in found.columns:
        return
    for profile in profiles:
        if profile.header not in found.matches and profile.personal == "email" and profile.cells:
            found.matches[profile.header] = Match("customer_id", 0.8, "email")
            return


def _take_comment(found: Recognised, profiles: list[Profile]) -> None:
    if "comment" in found.columns:
        return
    for profile in profiles:
        if (
            profile.header not in found.matches
            and profile.long
            and not profile.personal
            and profile.filled < 4 * profile.different
        ):
            found.matches[profile.header] = Match("comment", 0.6, "content")
            return


def _take_segments(found: Recognised, profiles: list[Profile]) -> None:
    """Columns with few words that come back split results; they keep their own name."""
    for place, profile in enumerate(profiles):
        if (
            profile.header in found.matches
            or profile.personal
            or not profile.repeated
            or profile.long
            or _is_effort(profile)
        ):
            continue
        if profile.folded in words.names("left_out") or profile.time >= 0.6:
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


def stages(header: str) -> dict[str, int]:
    """How much a question is about each of the three moments, the first named first.

    >>> max(stages("Hoeveel moeite kostte het na je aankoop?").items(), key=lambda item: item[1])
    ('after', 4)
    """
    weights: dict[str, int] = {}
    lists = words.columns()["effort"]
    for word in words.fold(header).split():
        for stage in EFFORT_STAGES:
            fitting = [
                weight
                for stem, weight in lists[stage].items()
                if word == stem or (len(stem) > 3 and word.startswith(stem))
            ]
            if fitting:
                weights[stage] = weights.get(stage, 0) + max(fitting)
    return weights


def _is_effort(profile: Profile) -> bool:
    """Whether a column holds answers about effort, by its header and its cells."""
    if profile.effort < ENOUGH or profile.personal:
        return False
    if profile.effort_words or profile.folded in EFFORT_STAGES:
        return True
    if any(part in profile.folded for part in _NO_EFFORT) or _sounds_otherwise(profile):
        return False
    told = bool(answers.direction(profile.header)) or "effort" in profile.folded or "moeite" in profile.folded
    return told or (bool(stages(profile.header)) and len(profile.folded.split()) <= 4)


def _sounds_otherwise(profile: Profile) -> bool:
    table = TABLES["effort_survey"]
    return any(
        named(profile, table, table[name]) >= 0.7
        for name in ("buy_again", "spend_more", "recommend", "customer_id")
    )


def _take_stages(found: Recognised, profiles: list[Profile]) -> None:
    """The three questions: by what they ask; those that do not tell take the free places in order, one alone is after."""
    asked = [profile for profile in profiles if profile.header not in found.matches and _is_effort(profile)]
    free = [stage for stage in EFFORT_STAGES if stage not in found.columns]
    scores = [
        (-weight, order, place, stage, profile)
        for place, profile in enumerate(asked)
        for order, (stage, weight) in enumerate(_strongest(profile))
    ]
    for _weight, _order, _place, stage, profile in sorted(scores, key=lambda item: item[:3]):
        if stage in free and profile.header not in found.matches:
            found.matches[profile.header] = Match(stage, _stage_confidence(profile, stage))
            free.remove(stage)
    rest = [profile for profile in asked if profile.header not in found.matches]
    if len(free) == 3 and len(rest) == 1:
        found.matches[rest[0].header] = Match("after", 0.5, "alone")
    elif len(free) == len(rest):
        for stage, profile in zip(free, rest, strict=True):
            found.matches[profile.header] = Match(stage, 0.5, "order")


def _strongest(profile: Profile) -> list[tuple[str, int]]:
    """The moment a question is most about; of two as strong the one named first."""
    if profile.folded in EFFORT_STAGES:
        return [(profile.folded, 99)]
    weights = stages(profile.header)
    return [max(weights.items(), key=lambda item: item[1])] if weights else []


def _stage_confidence(profile: Profile, stage: str) -> float:
    if profile.folded == stage:
        return 1.0
    sure = profile.effort_words or bool(answers.direction(profile.header))
    return round((0.95 if sure else 0.75) * (0.5 + 0.5 * profile.effort), 2)
