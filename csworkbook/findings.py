"""What does it mean, and what should be done first? Findings, and their order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from csworkbook import evidence
from csworkbook.estimates import Estimate
from csworkbook.language import gettext as _

Certainty = Literal["sure", "likely", "too few"]


@dataclass(frozen=True)
class Finding:
    """One thing an analysis found.

    Attributes
    ----------
    chapter : str
        The chapter's name, such as ``"03_effort_survey"``.
    headline : str
        One sentence.
    estimate : Estimate or None
        What was measured, with interval, n and unit; None where there are too few data.
    benchmark : str or None
        The id of the handbook's figure in the evidence register.
    action : str
        What to do.
    value : Estimate or None
        What doing it is worth per year, in money, with its interval.
    assumptions : tuple of str
        What `value` rests on; without a value, the estimate itself.
    enough : int or None
        Where there are too few data: the n that would do.
    weight : float
        Where money cannot be told: what acting on it could change, such as orders a year; the heavier
        goes first.
    """

    chapter: str
    headline: str
    estimate: Estimate | None = None
    benchmark: str | None = None
    action: str = ""
    value: Estimate | None = None
    assumptions: tuple[str, ...] = field(default_factory=tuple)
    enough: int | None = None
    weight: float = 0.0

    @property
    def certainty(self) -> Certainty:
        """ "sure", "likely" or "too few" (data).

        Sure is a value whose interval lies above zero, or a measurement that rests on no assumption.
        """
        if self.estimate is None:
            return "too few"
        if self.value is None:
            return "likely" if self.assumptions else "sure"
        return "sure" if self.value.low > 0 else "likely"

    @property
    def basis(self) -> str:
        """What the finding rests on, in words: own data, beside which figure of the handbook."""
        own = (
            _("your data: {estimate}").format(estimate=self.estimate) if self.estimate else _("too few data")
        )
        if self.benchmark is None:
            return own
        entry = evidence.get(self.benchmark)
        said = _("handbook: {claim} ({source}, {year})").format(
            claim=entry.claim.rstrip("."), source=entry.source, year=entry.year or _("year not stated")
        )
        return f"{own}; {said}"


def rank(findings: list[Finding]) -> list[Finding]:
    """Findings in the order to look at them.

    First those with a sure value, by that value; then the heaviest of which the money cannot be told, what
    is sure, and what is likely; those one can act on before mere facts; too few data last.
    """
    order = {"sure": 2, "likely": 3, "too few": 4}

    def key(finding: Finding) -> tuple[float, ...]:
        value, enough = finding.value, finding.certainty != "too few"
        place = order[finding.certainty]
        if value is not None and finding.certainty == "sure":
            place = 0
        elif value is None and enough and finding.weight:
            place = 1
        worth = (max(value.low, 0.0), value.value) if value else (0.0, 0.0)
        return (place, value is None, -worth[0], -worth[1], -finding.weight, not finding.action)

    return sorted(findings, key=key)


def not_to_add(findings: Iterable[Finding]) -> str:
    """That their amounts can overlap, beside those of other chapters; empty where none has an amount.

    >>> not_to_add([Finding("07_funnel", "Nothing is lost.")])
    ''
    """
    if all(finding.value is None for finding in findings):
        return ""
    return overlap()


def overlap() -> str:
    """That amounts of money are not to be added up, in a sentence."""
    return _("Amounts here and in other chapters can be about the same money: do not add them up.")
