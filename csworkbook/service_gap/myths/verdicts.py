"""Does a myth hold here? One verdict for all four, and how it is said.

The verdict is about the myth itself: "supported" means that the shop's own data side with the myth,
"not supported" that they speak against it; everything else is "not enough data".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from csworkbook import language
from csworkbook.errors import MissingTable
from csworkbook.estimates import LEVEL, Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.results import Result, Vocabulary

CHAPTER = "01_service_gap"
MYTHS = ("satisfaction", "exceeding", "leaving", "service_result")
Supported = Literal["supported", "not supported", "not enough data"]
_SURE = 1 - LEVEL


@dataclass(frozen=True)
class Precise(Estimate):
    """An estimate that is said with two decimals: a correlation, or how many times as likely."""

    def say(self, value: float | None = None) -> str:
        """A value, the estimate itself by default, with two decimals."""
        value = self.value if value is None else value
        return language.number(value, 2)


@dataclass(frozen=True)
class Sides:
    """How far the data are on either side of a myth.

    Attributes
    ----------
    value, low, high : float
        The estimate and its interval, turned so that more is for the myth and zero is neither.
    slight : float
        Up to here it would be too little to matter: wholly below this speaks against the myth.
    p_for, p_against : float
        Of "nothing is for the myth" and of "what is for it matters".
    """

    value: float
    low: float
    high: float
    slight: float
    p_for: float
    p_against: float

    @property
    def verdict(self) -> Supported:
        """What the data say of the myth.

        >>> Sides(0.02, -0.01, 0.05, 0.1, 0.2, 0.001).verdict
        'not supported'
        """
        if self.p_against < _SURE:
            return "not supported"
        return "supported" if self.p_for < _SURE else "not enough data"

    @property
    def p(self) -> float:
        """The p-value of the verdict, or of the one that is nearest."""
        if self.verdict == "not supported":
            return self.p_against
        return min(self.p_for, self.p_against)


NOTHING = Sides(*[float("nan")] * 6)


def sides(value: float, error: float, slight: float) -> Sides:
    """The sides of a myth from an estimate and its standard error, by the normal distribution.

    Both p-values are two-sided, so that they agree with the 95 % interval.
    """
    from scipy.stats import norm

    if not error > 0:
        return NOTHING
    half = norm.ppf(0.5 + LEVEL / 2) * error
    p_for = 2 * norm.sf(value / error) if value > 0 else 1.0
    p_against = 2 * norm.sf((slight - value) / error) if value < slight else 1.0
    return Sides(value, value - half, value + half, slight, float(p_for), float(p_against))


def heads() -> dict[str, str]:
    """What the columns of the myths are called, in the language spoken now."""
    return {
        "myth": _("Myth"),
        "said": _("What your own data say"),
        "verdict": _("Does the myth hold here?"),
        "score": _("Score"),
        "group": _("Expectation"),
        "outcome": _("Afterwards"),
        "customers": _("Customers"),
        "again": _("Bought again"),
        "contacts": _("Contacts"),
        "comparable": _("Comparable customers"),
        "times": _("Times as likely"),
        "anyway": _("Would have bought anyway"),
        "credited": _("Credited to service a year"),
        "cost": _("Cost of service a year"),
        "result": _("Result a year"),
    }


def words() -> dict[object, str]:
    """What the myths put in tables, in the language spoken now."""
    return {
        "satisfaction": _("The more satisfied customers are, the more loyal they are"),
        "exceeding": _("Exceeding expectations makes customers loyal"),
        "leaving": _("Service is there to make customers loyal"),
        "service_result": _("Customer service only costs money"),
        "supported": _("supported"),
        "not supported": _("not supported"),
        "not enough data": _("not enough data"),
        "leaves": _("leaves"),
        "loyal": _("becomes loyal"),
        "both": _("leaving against becoming loyal"),
        "missed": _("not met"),
        "met": _("met"),
        "exceeded": _("exceeded"),
        "unsatisfied": _("not satisfied"),
        "satisfied": _("satisfied"),
    }


VOCABULARY = Vocabulary(
    heads=heads,
    words=words,
    kinds={
        "customers": "count",
        "again": "count",
        "contacts": "count",
        "comparable": "share",
        "times": "score",
        "anyway": "share",
        "credited": "money",
        "cost": "money",
        "result": "money",
    },
    wordy=("myth", "group", "outcome", "verdict", "score"),
)


def bounds(kind: str) -> Vocabulary:
    """The vocabulary of a table whose `low` and `high` are of this kind."""
    return replace(VOCABULARY, kinds={**VOCABULARY.kinds, "low": kind, "high": kind})


@dataclass(frozen=True)
class Tested(Result):
    """What the four myths share: an estimate, the sides of the myth, and the verdict on it."""

    estimate: Estimate | None = None
    sides: Sides = NOTHING
    myth: ClassVar[str] = ""
    benchmark: ClassVar[str | None] = None
    vocabulary: ClassVar[Vocabulary] = VOCABULARY

    @property
    def verdict(self) -> Supported:
        """Whether the myth is supported by the shop's own data."""
        return self.sides.verdict

    @property
    def needed(self) -> int:
        """How many observations are enough for this test; what is counted the method says."""
        raise NotImplementedError

    @property
    def counted(self) -> str:
        """What `needed` counts, in words."""
        raise NotImplementedError

    @property
    def seen(self) -> int:
        """How many of them there are."""
        return self.estimate.n

    @property
    def close(self) -> bool:
        """Whether there is no verdict although there are enough data: both sides remain possible."""
        known = self.verdict == "not enough data" and self.sides is not NOTHING
        return known and self.seen >= self.needed

    @property
    def action(self) -> str:
        """What to do, given the verdict."""
        raise NotImplementedError

    @property
    def value(self) -> Estimate | None:
        """What it is worth a year in money, where that can be told."""
        return None

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What it rests on."""
        return ()

    @property
    def enough(self) -> int | None:
        """How many would be needed for a verdict: where it is close, as many as make the interval half as wide."""
        return 4 * self.seen if self.close else self.needed

    def judged(self) -> str:
        """The verdict as a sentence."""
        return judged(self.verdict, self.needed, self.counted, self.close)

    def findings(self) -> list[Finding]:
        """One finding: the verdict on the myth, with what to do."""
        told = headline(self.myth, self.verdict)
        if self.verdict == "not enough data":
            return [Finding(CHAPTER, told, None, self.benchmark, wait(), enough=self.enough)]
        return [
            Finding(CHAPTER, told, self.estimate, self.benchmark, self.action, self.value, self.assumptions)
        ]


def wait() -> str:
    """What to do where the data cannot tell."""
    return _("Bring a longer period, and do not steer by it until then.")


def without() -> MissingTable:
    """The error that says what the first two myths cannot do without."""
    return MissingTable(
        _("This needs contacts, or an effort survey, beside the orders."),
        next_step=_("Bring one of them on this page."),
    )


def left_out(unfinished: int, never: int, unknown: int) -> str:
    """What the first two myths leave out, as a sentence."""
    return _(
        "Left out: {open} whose window is not over, {never} without an order before, {unknown} of nobody in the orders."
    ).format(open=language.number(unfinished), never=language.number(never), unknown=language.number(unknown))


def judged(verdict: Supported, needed: int, counted: str, close: bool = False) -> str:
    """A verdict on the myth as a sentence that leaves no doubt which side it is on."""
    if verdict == "supported":
        return _("The myth is supported: your own data side with it, against the handbook.")
    if verdict == "not supported":
        return _("The myth is not supported: your own data speak against it.")
    if close:
        return _(
            "It is too close to call: the interval allows both sides, so there is not enough data for a verdict on the myth."
        )
    return _(
        "There is not enough data to say whether the myth holds here; about {n} {what} would do."
    ).format(n=language.number(needed), what=counted)


def headline(myth: str, verdict: Supported) -> str:
    """The myth and the verdict on it in one sentence, for a list of findings."""
    named = words()[myth]
    if verdict == "supported":
        return _("“{myth}”: your own data support this.").format(myth=named)
    if verdict == "not supported":
        return _("“{myth}”: your own data speak against this.").format(myth=named)
    return _("“{myth}”: there is not enough data to tell.").format(myth=named)
