"""Which table is this, and which of its columns is which?

Pure: profiles of the columns in, matches with a confidence out. Names in Dutch and English go first
(``content/intake_columns.toml``), the cells must agree, and what has no telling name is known by its cells.
"""

from __future__ import annotations

from collections.abc import Mapping

from csworkbook.intake import answers, by_content, own_questions, personal, webpages, words
from csworkbook.intake.own_questions import OWN, segment_name
from csworkbook.intake.profile import Profile
from csworkbook.intake.recognised import SURE, Match, Recognised
from csworkbook.intake.values import text_of
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
_LESS = 0.7  # a header with a word that makes it less likely, such as net beside gross
# words that hold for a whole file where no column says so
_USUALLY = {
    ("contacts", "channel"): "other",
    ("perception", "role"): "customer",
    ("service_survey", "role"): "customer",
}
_NUMBERED = ("orders", "contacts", "reviews")  # tables whose rows can be numbered where the file does not


def recognise(
    profiles: list[Profile],
    *,
    table: str | None = None,
    told: Mapping[str, Match] | None = None,
    place: str = "",
) -> Recognised:
    """The table that explains most of these columns.

    Parameters
    ----------
    profiles : list of Profile
    table : str, optional
        Look for this table only.
    told : mapping, optional
        Header → what it is, as the user or a known export says; it stands.
    place : str
        The names of the file and sheet, which may tell of the whole.

    Returns
    -------
    Recognised
        Complete where `missing` is empty; otherwise the nearest there is.
    """
    names = [table] if table else list(TABLES)
    tried = [columns_of(profiles, name, told or {}, sure=bool(table), place=place) for name in names]
    complete = own_questions.one_survey([one for one in tried if one.complete or (table and not one.missing)])
    return max(complete or tried, key=lambda one: (-0.5 * len(one.missing) + one.weight, one.confidence))


def columns_of(
    profiles: list[Profile], name: str, told: Mapping[str, Match], *, sure: bool = False, place: str = ""
) -> Recognised:
    """The columns of one table among these; with `sure` it is this table, so that more may be guessed."""
    table = TABLES[name]
    known = {p.header: told[p.header] for p in profiles if p.header in told}
    found = Recognised(name, {header: match for header, match in known.items() if _is_of(match, table)})
    open_ = [p for p in profiles if p.header not in found.matches]
    if name == "effort_survey":
        _take_stages(found, open_)
    _take_named(found, table, open_)
    _take_time(found, table, open_)
    _take_customer(found, table, open_)
    _take_visit(found)
    by_content.take_outcome(found, open_)
    by_content.take(found, table, open_, most=len(table.required) if sure else 1)
    if table.segments:
        _take_comment(found, open_)
        _take_segments(found, open_)
        own_questions.take(found, open_)
    _take_for_granted(found, table, " ".join([place, *(p.header for p in profiles)]))
    for profile in open_:
        found.matches.setdefault(
            profile.header, Match(None, 0.9 if profile.personal else 0.5, _why_not(profile))
        )
    found.matches = {profile.header: found.matches[profile.header] for profile in profiles}
    return found


def _is_of(match: Match, table: Table) -> bool:
    """Whether what was told of a column can hold for this table."""
    return match.column is None or match.column in table or (table.segments and match.why == "chosen")


def _take_for_granted(found: Recognised, table: Table, said: str) -> None:
    """What the file as a whole says, or what can be made, where the rest of the table is there."""
    for column in table.columns:
        usual = _USUALLY.get((table.name, column.name))
        if usual and column.name not in found.columns:
            found.fixed[column.name] = _hinted(said) or usual if column.name == "channel" else usual
    if found.missing == [table.key] and table.name in _NUMBERED:
        found.made_key = True


def _hinted(said: str) -> str:
    """The channel that the headers and the name of a file speak of most, or ""."""
    spoken = words.fold(said).split()
    hints = words.columns()["hints"]
    counts = {name: sum(word in hint["words"] for word in spoken) for name, hint in hints.items()}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else ""


def _why_not(profile: Profile) -> str:
    return "personal" if profile.personal else "" if profile.filled else "empty"


def named(profile: Profile, table: Table, column: Column) -> float:
    """How much the header sounds like this column, 0–1.

    >>> from csworkbook.intake.profile import Profile
    >>> orders = TABLES["orders"]
    >>> named(Profile("Klantnummer", (), 0, 0), orders, orders["customer_id"])
    0.95
    >>> named(Profile("Bedrag (EUR, incl. btw)", (), 0, 0), orders, orders["revenue"])
    0.94
    """
    section = (
        f"{table.name}.{column.name}" if column.name in words.columns().get(table.name, {}) else column.name
    )
    sound = _sound(profile, section, column)
    if sound < 1.0 and not words.listed(section, "less").isdisjoint(profile.folded.split()):
        return min(sound, max(_LESS, 0.8 * sound))
    return sound


def _sound(profile: Profile, section: str, column: Column) -> float:
    """How much a header sounds like the names of a section, 0–1."""
    name, kind = words.fold(column.name), "time" if column.kind == "date" else column.kind
    if profile.folded == name:
        return 1.0
    if profile.folded in words.names(section):
        return 0.95
    if profile.plain in words.names(section) or profile.plain == name:
        return 0.94
    if words.stem(profile.called or profile.header, kind) in words.stems(section, kind):
        return 0.88
    if not words.listed(section, "never").isdisjoint(profile.folded.split()):
        return 0.0
    found = [len(group) for group in words.groups(section) if words.holds(profile.folded, group)]
    return min(0.9, 0.7 + 0.05 * max(found)) if found else 0.0


def fits(profile: Profile, column: Column) -> float:
    """How well the cells agree with the kind of this column, 0–1; 0 rules it out."""
    if not profile.cells:
        return 0.3
    share = {
        "time": lambda: max(profile.time, profile.day),
        "date": lambda: max(profile.time, 0.6 if profile.different > 1 else 0.0),
        "money": lambda: profile.number,
        "number": lambda: max(profile.number, profile.length if column.unit else 0.0),
        "whole": lambda: profile.whole,
        "flag": lambda: max(profile.flag, _worded(profile, column.name)),
        "key": lambda: 0.0 if profile.time > 0.8 else 1.0,
        "word": lambda: 0.0 if _wordy(profile, column) or profile.time > 0.8 else _known(profile, column),
        "text": lambda: 0.0 if profile.time > 0.8 or (profile.number > 0.9 and profile.filled > 3) else 1.0,
    }[column.kind]()
    return share if share >= ENOUGH else 0.0


def _worded(profile: Profile, name: str) -> float:
    """The share of cells that say yes or no in the words of this column."""
    return {"satisfied": lambda: profile.opinion, "abandoned": lambda: profile.outcome}.get(
        name, lambda: 0.0
    )()


def _wordy(profile: Profile, column: Column) -> bool:
    """Whether the cells are sentences; the long address of a page is a step all the same."""
    pages = column.name == "step" and all(webpages.is_address(text_of(cell)) for cell in profile.cells[:50])
    return profile.long and not pages


def _known(profile: Profile, column: Column) -> float:
    """The share of cells that are words this column allows; a column that must be there is asked about instead."""
    if not column.allowed:
        return 1.0
    meant = words.meaning(f"word.{column.name}").keys() | {words.fold(word) for word in column.allowed}
    cells = [words.fold(text_of(cell)) in meant for cell in profile.cells]
    share = sum(cells) / len(cells)
    return max(share, ENOUGH) if column.required else share


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
    if table.name == OWN and column.kind == "text":  # which phone they have, and who their heroes are
        return sound >= SURE and not personal.by_content(list(profile.cells[:100]))
    private = personal.by_content if table.name == "products" else personal.is_private
    return sound >= 0.95 and not private(list(profile.cells[:100])) and column.kind in ("key", "text", "word")


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
    """A column of e-mail addresses tells customers apart; beside a column of ids it goes with them."""
    free = [
        column for column in ("customer_id", "email_hash") if column in table and column not in found.columns
    ]
    addresses = [
        p for p in profiles if p.header not in found.matches and p.personal == "email" and p.cells and p.email
    ]
    if free and addresses:
        found.matches[addresses[0].header] = Match(free[0], 0.8, "email")


def _take_visit(found: Recognised) -> None:
    """In a log that names visits and no visitors, every visit is a visitor."""
    if found.table != "events" or "visitor_id" in found.columns:
        return
    visit = next((header for header, match in found.matches.items() if match.column == "session_id"), None)
    if visit is not None:
        found.matches[visit] = Match("visitor_id", SURE, "visit")


def _take_comment(found: Recognised, profiles: list[Profile]) -> None:
    if "comment" in found.columns or "comment" not in TABLES[found.table]:
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
