"""Is this a form about service with one row per respondent, and what does each of its columns ask?

A question gets the number in its header, else that of the question of the questionnaire it is most like, else
its place where there are exactly 22; what was taken by its place is asked about.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from csworkbook.intake import likert, service_headers, service_numbers, service_points, words
from csworkbook.intake.profile import look
from csworkbook.intake.service_headers import KINDS
from csworkbook.intake.service_items import Items
from csworkbook.intake.service_numbers import LEAST
from csworkbook.intake.values import text_of

if TYPE_CHECKING:
    import pandas as pd

    from csworkbook.intake.choices import Choices
    from csworkbook.intake.profile import Profile

_MANY, _STATEMENT = 10, 3  # so many headers of so many words may be statements of the questionnaire
_FEW = 20  # rows for a first look
_MOST = 0.8


@dataclass(frozen=True)
class Ask:
    """What one column asks: its kind, the item (or the dimension, of points), how sure, and why.

    `kind` is expectation, perception, weight, role, respondent_id, superior or score.
    """

    kind: str
    item: int = 0
    dimension: str = ""
    sure: float = 0.95
    why: str = ""


@dataclass(frozen=True)
class Form:
    """A form about service: what its columns ask.

    `guessed` holds what the file does not tell: "item" (the questions were taken in their order), "kinds" (which
    half is about expectations), "points" (the order of the five parts).
    """

    asks: dict[str, Ask] = field(default_factory=dict)
    items: Items = field(default_factory=Items.of)
    guessed: frozenset[str] = frozenset()
    order: str = ""
    role: str = ""

    def of(self, *kinds: str) -> dict[str, Ask]:
        """The columns that ask for this."""
        return {header: ask for header, ask in self.asks.items() if ask.kind in kinds}

    def header(self, kind: str) -> str | None:
        """The one column of this kind, if there is one."""
        return next(iter(self.of(kind)), None)

    @property
    def surveys(self) -> bool:
        """Whether there are questions about what is expected or got."""
        return bool(self.of(*KINDS))


def may_be(frame: pd.DataFrame, items: Items) -> bool:
    """Whether a closer look is worth while: enough headers with a code or words of such forms, or statements, and
    enough columns that begin with marks."""
    headers = list(frame.columns)
    told = [service_headers.said(header) for header in headers]
    coded = sum(bool(one.kind or (one.letters and one.number)) for one in told)
    numbered = sum(bool(one.number) for one in told)
    stated = sum(len(words.fold(header).split()) >= _STATEMENT for header in headers)
    if coded < LEAST and numbered < len(items.numbers) and stated < _MANY:
        return False
    first = [look(header, frame[header].head(_FEW)) for header in headers]
    return sum(map(likert.is_rated, first)) >= LEAST


def find(
    profiles: list[Profile], frame: pd.DataFrame, choices: Choices, items: Items, places: tuple[str, ...] = ()
) -> Form:
    """What the columns of a form ask; empty where it is no form about service.

    Parameters
    ----------
    profiles : list of Profile
    frame : DataFrame
        The rows, for points that make 100 together.
    choices : Choices
        What the owner said before.
    items : Items
        The questions of the questionnaire.
    places : tuple of str
        What the sheet, the part and the file are called, which may say who answered.
    """
    open_ = [profile for profile in profiles if not profile.personal and _is_open(profile, choices)]
    points, told = service_points.find(open_, frame, items)
    points = points if told or choices.fixed.get("points") != "none" else {}
    rated = [p for p in open_ if p.header not in points and likert.is_rated(p)]
    rated = [p for p in rated if not _is_superior(p) and p.time < _MOST]
    found = service_numbers.find([p.header for p in rated], choices, items)
    if not found.asks:
        return Form()
    rest = [p for p in open_ if p.header not in found.asks and p.header not in points]
    asks = {h: Ask(one.kind, one.item, "", one.sure, one.why) for h, one in found.asks.items()}
    asks |= {
        header: Ask("weight", 0, name, 0.9 if told else 0.5, "points") for header, name in points.items()
    }
    asks |= persons(rest, choices)
    guessed = found.guessed | ({"points"} if points and not told else set())
    return Form(
        asks, items, frozenset(guessed), found.order, who([profile.header for profile in profiles], places)
    )


def persons(profiles: list[Profile], choices: Choices) -> dict[str, Ask]:
    """The columns that tell who answers, that number the answers, and that ask whether the service is superior."""
    found: dict[str, Ask] = {}
    looks = {"role": _is_role, "respondent_id": _is_number, "superior": _is_superior}
    for kind, is_it in looks.items():
        free = [p for p in profiles if p.header not in found]
        said = [
            p
            for p in free
            if choices.mapping.get(p.header) in (kind, "score" if kind == "superior" else kind)
        ]
        one = next(iter(said), None) or next((p for p in free if is_it(p)), None)
        if one is not None and one.cells:
            column = "score" if kind == "superior" and one.flag < _MOST else kind
            found[one.header] = Ask(choices.mapping.get(one.header) or column, sure=1.0 if said else 0.9)
    return found


def _is_open(profile: Profile, choices: Choices) -> bool:
    """Whether the owner did not leave the column out."""
    return profile.header not in choices.mapping or choices.mapping[profile.header] is not None


def _is_role(profile: Profile) -> bool:
    """Whether the cells say customer or colleague; a header that asks for it needs fewer of them."""
    if not profile.cells or not profile.repeated:
        return False
    meant = words.meaning("word.role")
    known = sum(words.fold(text_of(cell)) in meant for cell in profile.cells) / len(profile.cells)
    asked = profile.plain in words.names("role") or service_headers.says(profile.header, "role")
    return known >= (0.5 if asked else 1.0)


def _is_number(profile: Profile) -> bool:
    """Whether a column numbers the answers: a name for that, and another cell in every row."""
    names = words.service()["respondent"]["names"]
    named = profile.header.strip() in names or profile.folded in {*names, *words.names("respondent_id")}
    return named and profile.filled == profile.different > 0 and profile.time < _MOST


def _is_superior(profile: Profile) -> bool:
    """Whether a column asks if the service is superior, and has answers to that."""
    asked = profile.folded in words.names("superior") or words.holds(profile.folded, ("superi",))
    return asked and (profile.flag >= _MOST or likert.is_rated(profile))


def who(headers: list[str], places: tuple[str, ...]) -> str:
    """Who answered, by questions about what "our customers" expect or by the names of the sheet and the file.

    >>> who(["E1"], ("Klanten", "team.xlsx")), who(["E1"], ("Medewerkers", "team.xlsx"))
    ('customer', 'company')
    """
    guess = sum("our customers" in words.fold(h) or "onze klanten" in words.fold(h) for h in headers)
    if guess >= LEAST:
        return "company"
    told = (role for place in places for role in ("company", "customer") if service_headers.says(place, role))
    return next(told, "customer")
