"""What does one person guess: the share of customers who are content, what weighs most, what goes wrong?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from csworkbook import dimensions
from csworkbook.errors import DataError
from csworkbook.language import gettext as _
from csworkbook.language import number

POINTS = 100
MOST_MOMENTS = 3
_LONGEST = 120  # letters of a moment
_LEAST_POINT = 0.01


@dataclass(frozen=True)
class Answers:
    """One person's guess; what was left empty is None or empty.

    Attributes
    ----------
    superior : float or None
        The share of customers, 0–1, who would call the service superior.
    weights : dict
        100 points over the five dimensions of `dimensions.NAMES`; empty when not answered.
    moments : tuple of str
        At most three moments at which customers have it worst: names of `stages` or own words.
    """

    superior: float | None = None
    weights: dict[str, float] = field(default_factory=dict)
    moments: tuple[str, ...] = ()

    @classmethod
    def of(cls, given: Answers | Mapping[str, Any]) -> Answers:
        """Answers from a form or from the store, checked.

        Parameters
        ----------
        given : Answers or mapping
            `superior` (0–1 or None), `weights` (dimension → points) and `moments` (texts).

        Raises
        ------
        DataError
            When a guess cannot be what it says, or holds nothing at all.

        >>> Answers.of({"superior": 0.8, "moments": ["return", " late parcels "]}).moments
        ('return', 'late parcels')
        """
        given = vars(given) if isinstance(given, Answers) else given
        share, points = given.get("superior"), given.get("weights") or {}
        made = cls(_share(share), _points(points), _moments(given.get("moments") or ()))
        if made == cls():
            raise DataError(
                _("This guess is still empty."), next_step=_("Answer at least one of the three questions.")
            )
        return made

    def document(self) -> dict[str, Any]:
        """As it is kept in the store."""
        return {"superior": self.superior, "weights": self.weights, "moments": list(self.moments)}


def stages() -> dict[str, str]:
    """The moments that can be picked, and what each is called in the language spoken now."""
    return {
        "searching": _("Finding the right product"),
        "ordering": _("Ordering and paying"),
        "delivery": _("Delivery"),
        "product": _("The product is not as expected"),
        "asking": _("Asking a question"),
        "waiting": _("Waiting for an answer"),
        "return": _("Sending something back"),
        "refund": _("Getting money back"),
        "complaint": _("Complaining"),
    }


def _share(given: Any) -> float | None:
    if given is None:
        return None
    if not _is_number(given) or not 0 <= given <= 1:
        raise DataError(
            _("A share of customers cannot be “{typed}”.").format(typed=given),
            allowed=_("A percentage from 0 to 100."),
        )
    return round(float(given), 4)


def _points(given: Mapping[str, Any]) -> dict[str, float]:
    """Points for each dimension; those not named get none."""
    points = {name: given.get(name) or 0 for name in dimensions.NAMES}
    wrong = [one for one in given if one not in points] or [
        points[name] for name in points if not _is_number(points[name]) or points[name] < 0
    ]
    if wrong:
        raise DataError(
            _("“{typed}” cannot be points.").format(typed=wrong[0]), allowed=_("Numbers from 0 to 100.")
        )
    total = sum(points.values())
    if total == 0:
        return {}
    if abs(total - POINTS) > _LEAST_POINT:
        raise DataError(
            _("The points add up to {total}.").format(total=number(total, 0 if total == round(total) else 1)),
            allowed=_("Together they must be 100."),
            next_step=_("Give or take points until none are left, or leave all of them empty."),
        )
    return {name: float(value) for name, value in points.items()}


def _moments(given: Sequence[Any]) -> tuple[str, ...]:
    """Each moment once, without what tells who somebody is, on one line."""
    from csworkbook.intake.masking import mask

    said = [mask(" ".join(str(one).split()))[:_LONGEST].strip() for one in given if one is not None]
    once = tuple({moment_key(one): stage_of(one) for one in said if moment_key(one)}.values())
    if len(once) > MOST_MOMENTS:
        raise DataError(
            _("{n} moments were named.").format(n=number(len(once))),
            allowed=_("Three at most: the worst ones."),
        )
    return once


def stage_of(text: str) -> str:
    """The name of a stage for the stage as it is said, in either language; any other text unchanged."""
    from csworkbook.language import LANGUAGES, speaking

    if text in stages():
        return text
    for spoken in LANGUAGES:
        with speaking(spoken):
            for name, said in stages().items():
                if said.casefold() == text.casefold():
                    return name
    return text


def moment_key(text: str) -> str:
    """What two spellings of one moment share: small letters and digits.

    >>> moment_key("Late  parcels!") == moment_key("late parcels")
    True
    """
    words = "".join(letter if letter.isalnum() else " " for letter in stage_of(text).casefold())
    return " ".join(words.split())


def _is_number(given: Any) -> bool:
    return isinstance(given, (int, float)) and not isinstance(given, bool) and isfinite(given)
