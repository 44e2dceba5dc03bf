"""What is in order and what is not? One round of an audit as a result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from csworkbook.audits import pictures, rounds, told
from csworkbook.audits.checklists import Checklist, Item, checklist, names
from csworkbook.audits.judgement import Judgement, judgements
from csworkbook.audits.rounds import Round
from csworkbook.errors import DataError
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.results import Result, Vocabulary, question

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from csworkbook.shop import Shop


def heads() -> dict[str, str]:
    """The heads of an audit's table."""
    return {
        "part": _("Part"),
        "question": _("Question"),
        "reply": _("Answer"),
        "points": _("Points"),
        "weight": _("At most"),
        "note": _("Note"),
        "by": _("By"),
        "before": _("Earlier answer"),
    }


ENOUGH = 0.8  # of the questions of a part must be answered before its points say something of that part


@dataclass(frozen=True)
class Audit(Result):
    """One round of an audit.

    Attributes
    ----------
    table : DataFrame
        One row a question: part, question, reply (yes, partly, no, na or None), points (None where it
        does not count), weight (the most points), note, by, before (the reply of the earlier round),
        item (its id).
    checklist : Checklist
    round : Round
    earlier : Round or None
        The round it is compared with.
    zone : str
        For the days in the text.
    """

    checklist: Checklist
    round: Round
    earlier: Round | None = None
    zone: str = "Europe/Amsterdam"
    is_own: ClassVar[bool] = True  # on the demo page too these are the reader's own answers
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads, told.words, {"points": "number", "weight": "number"}, ("reply", "before")
    )

    @property
    def columns(self) -> list[str]:
        """What is shown: parts only where there are some, the earlier answer only where there is one."""
        there = ["part"] if self.checklist.groups else []
        before = ["before"] if self.earlier is not None else []
        who = ["by"] if self.table["by"].any() else []
        return [*there, "question", "reply", *before, "points", "weight", "note", *who]

    @property
    def points(self) -> float:
        """The points of the answered questions that apply."""
        return float(self.table["points"].sum())

    @property
    def most(self) -> float:
        """The points those questions could have brought."""
        return float(self.table.loc[self.table["points"].notna(), "weight"].sum())

    @property
    def answered(self) -> int:
        """How many questions were answered, also with "does not apply"."""
        return int(self.table["reply"].notna().sum())

    @property
    def counted(self) -> int:
        """How many answered questions count: n."""
        return int(self.table["points"].notna().sum())

    def cell(self, column: str, value: object) -> str:
        """One cell as people read it; points without needless decimals."""
        known = column in ("points", "weight") and value == value and value is not None
        return told.points(value) if known else super().cell(column, value)

    def parts(self) -> dict[str, float | None]:
        """Per part of the checklist the share of its points that were scored (0–1).

        None where fewer than four in five of its questions were answered, or none of them applies.
        """
        found = self.table.assign(group=[item.group for item in self.checklist.items])
        enough = found["reply"].notna().groupby(found["group"]).mean() >= ENOUGH
        counted = found[found["points"].notna()].groupby("group")[["points", "weight"]].sum()
        share = (counted["points"] / counted["weight"]).to_dict()
        return {group: share.get(group) if enough[group] else None for group in self.checklist.groups}

    def state(self, item: Item) -> str:
        """Of one question: "good", "partly", "bad", "na" or "open"."""
        return state(item, self.round.answer(item.id).answer)

    @property
    def text(self) -> str:
        """What is in order, what first to mend, what changed."""
        return told.text(self)

    @property
    def method(self) -> str:
        """How points are given, what does not count, and that it is an opinion."""
        return told.method(self)

    def plot(self) -> go.Figure:
        """What is in order and what is not, part by part."""
        return pictures.parts(self)

    def findings(self) -> list[Judgement]:
        """What to mend, the weightiest first."""
        return judgements(self)


def state(item: Item, answer: str) -> str:
    """What an answer to a question means: "good", "partly", "bad", "na" or "open"."""
    if answer in ("", "na"):
        return answer or "open"
    return "partly" if answer == "partly" else "good" if answer == item.good_answer else "bad"


def scored(
    questions: Checklist, round: Round, earlier: Round | None = None, *, zone: str = "Europe/Amsterdam"
) -> Audit:
    """The points and findings of one round.

    Parameters
    ----------
    questions : Checklist
    round : Round
    earlier : Round, optional
        To see what changed since.

    Returns
    -------
    Audit
        Yes brings the whole weight of a question, partly half, no nothing; where no is the good answer
        the other way round. What does not apply or was not answered does not count.

    >>> from csworkbook.audits.rounds import Answer, Round
    >>> answers = {"guest": Answer("yes"), "trail": Answer("partly"), "twice": Answer("yes"), "chat": Answer("na")}
    >>> made = scored(checklist("checkout"), Round("1", "2026-03-02T09:00:00+00:00", answers=answers))
    >>> made.points, made.most, made.answered
    (2.5, 4.0, 4)
    """
    import pandas as pd

    rows = [_row(questions, item, round, earlier) for item in questions.items]
    return Audit(pd.DataFrame(rows), questions, round, earlier, zone)


def _titles() -> dict[tuple[str, object], str]:
    """Our checklists as a control offers them."""
    return {("checklist", name): _known(name).title for name in names()}


@question(
    mark("What did we find when we looked ourselves?"),
    labels=lambda: {"checklist": _("Checklist")},
    choices=_titles,
)
def score(shop: Shop, checklist: str = "ux") -> Audit:
    """The latest round of an audit in the workbook of a shop, beside the one before it.

    Parameters
    ----------
    shop : Shop
    checklist : str
        The name of the checklist.

    Raises
    ------
    SettingError
        When there is no such checklist.

    >>> from csworkbook.shop import open_shop
    >>> score(open_shop(), "ux").answered
    0
    """
    questions = _known(checklist, shop)
    found = rounds.rounds(shop.store, checklist) or [rounds.latest(shop.store, checklist)]
    return scored(questions, found[0], _before(found), zone=shop.settings.zone)


def findings(shop: Shop) -> list[Judgement]:
    """What every audit in the workbook of a shop says must be mended; each checklist by its latest round.

    A checklist that lost its file, or has a fault in it, is left out.
    """
    return [one for name in names(shop) for one in _found(shop, name)]


def _found(shop: Shop, name: str) -> list[Judgement]:
    if not shop.store.keys(rounds.KIND, f"{name}/"):
        return []
    try:
        return score(shop, name).findings()
    except DataError:
        return []


_known = checklist  # `score` has a parameter of that name


def _before(found: list[Round]) -> Round | None:
    return found[1] if len(found) > 1 else None


def _row(questions: Checklist, item: Item, round: Round, earlier: Round | None) -> dict[str, object]:
    given = round.answer(item.id)
    before = earlier.answer(item.id).answer if earlier else ""
    return {
        "part": questions.groups.get(item.group, ""),
        "question": item.question,
        "reply": given.answer or None,
        "points": item.points(given.answer),
        "weight": item.weight,
        "note": given.note,
        "by": given.by,
        "before": before or None,
        "item": item.id,
    }
