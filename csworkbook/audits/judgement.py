"""What to mend first, in somebody's judgement: the findings of an audit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from csworkbook import evidence
from csworkbook.audits import told
from csworkbook.findings import Certainty, Finding
from csworkbook.language import gettext as _
from csworkbook.language import percent

if TYPE_CHECKING:
    from csworkbook.audits.checklists import Item
    from csworkbook.audits.scored import Audit

# how much a figure behind a question tells, most first; a question without one comes last
_STRENGTH = ("experiment", "observation", "survey", "benchmark", "example", "rule of thumb", "opinion", "")


@dataclass(frozen=True)
class Judgement(Finding):
    """A finding that somebody's judgement stands for instead of a measurement; never sure.

    Attributes
    ----------
    judged : str
        Who judged what and when, in words.
    """

    judged: str = ""

    @property
    def certainty(self) -> Certainty:
        """ "likely": an answer was given, and nothing was measured."""
        return "likely"

    @property
    def basis(self) -> str:
        """Who judged it, and the handbook's figure beside it."""
        if self.benchmark is None:
            return self.judged
        entry = evidence.get(self.benchmark)
        said = _("handbook: {claim} ({source}, {year})").format(
            claim=entry.claim.rstrip("."), source=entry.source, year=entry.when()
        )
        return f"{self.judged}; {said}"


def judgements(audit: Audit) -> list[Judgement]:
    """What is not in order: the most points first, then what the better evidence speaks for."""
    lost = [
        (item.weight - points, item)
        for item in audit.checklist.items
        if (points := item.points(audit.round.answer(item.id).answer)) is not None and points < item.weight
    ]
    lost.sort(key=lambda one: (-one[0], _strength(one[1]), one[1].number))
    return [_judged(audit, item) for _points, item in lost]


def _strength(item: Item) -> int:
    return _STRENGTH.index(evidence.get(item.evidence).kind if item.evidence else "")


def _judged(audit: Audit, item: Item) -> Judgement:
    given = audit.round.answer(item.id)
    whole = item.points(given.answer) == 0
    return Judgement(
        audit.checklist.chapter,
        item.lack if whole and item.lack else told.replied(item.question, given.answer),
        benchmark=item.evidence or None,
        action=item.action or item.good,
        judged=told.basis(audit, given),
    )


def standing(audit: Audit) -> str:
    """The points as a line: "5.5 of 7 points (79%)"; empty while nothing that counts was answered."""
    if not audit.counted:
        return ""
    return _("{points} of {most} points ({share})").format(
        points=told.points(audit.points),
        most=told.points(audit.most),
        share=percent(audit.points / audit.most),
    )
