"""What exactly is to be counted, checked before anything is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from csworkbook.errors import SettingError
from csworkbook.events.steps import Step, steps_of
from csworkbook.language import gettext as _
from csworkbook.language import join

if TYPE_CHECKING:
    pass

SECOND = 1_000_000  # microseconds
PER = ("visitor", "session", "customer")
ORDERS = ("ordered", "strict", "any")
TIES = ("later", "allow")


@dataclass(frozen=True)
class Asked:
    """What `follow` is asked; spans and moments in whole microseconds (since 1970 UTC)."""

    steps: tuple[Step, ...]
    within: int | None
    per: str
    order: str
    ties: str
    exclude: tuple[Step, ...]
    since: int | None
    until: int | None
    gap: int
    by: str | None

    @classmethod
    def of(
        cls, steps: Sequence, within: object, per: str, order: str, ties: str, exclude: object,
        since: object, until: object, gap: object, by: str | None,
    ) -> Asked:  # fmt: skip
        """The same checked.

        Raises
        ------
        SettingError
            When a choice is not one of those there are, or one event could be two steps where it must not.
        """
        for value, allowed in ((per, PER), (order, ORDERS), (ties, TIES)):
            _one_of(value, allowed)
        asked = cls(
            steps_of(steps), None if within is None else micros(within), per, order, ties,
            () if exclude is None else steps_of(exclude), instant(since), instant(until), micros(gap), by,
        )  # fmt: skip
        if asked.order == "any" or asked.ties == "allow":
            _parted(asked.steps)
        return asked


def micros(span: object) -> int:
    """Whole microseconds of a span such as ``"7D"``.

    Raises
    ------
    SettingError
        When it is not a span of time, or not above zero.

    Examples
    --------
    >>> micros("30min") // 1_000_000
    1800
    """
    import pandas as pd

    try:
        found = pd.Timedelta(span).as_unit("us")
    except (ValueError, TypeError, OverflowError):
        found = pd.NaT
    if pd.isna(found) or found <= pd.Timedelta(0):
        raise SettingError(
            _("“{span}” is not a length of time.").format(span=str(span)[:60]),
            allowed=_("For example 30min, 1D or 7D."),
            next_step=_("Give a number with a unit."),
        )
    return int(found.to_timedelta64().astype("int64"))


def instant(moment: object) -> int | None:
    """Microseconds since 1970 UTC of a moment; without a zone it is in UTC.

    Raises
    ------
    SettingError
        When it is not a moment.

    Examples
    --------
    >>> instant("1970-01-02 00:00:01") // 1_000_000
    86401
    """
    import pandas as pd

    if moment is None:
        return None
    try:
        found = pd.Timestamp(moment)
    except (ValueError, TypeError, OverflowError):
        found = pd.NaT
    if pd.isna(found):
        raise SettingError(
            _("“{moment}” is not a date or time.").format(moment=str(moment)[:60]),
            allowed=_("For example 2026-03-02 or 2026-03-02 14:00."),
            next_step=_("Give a day, or leave it empty."),
        )
    found = found.tz_localize("UTC") if found.tzinfo is None else found
    return int(found.as_unit("us").to_datetime64().astype("int64"))


def _one_of(value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise SettingError(
            _("“{value}” is not one of the choices.").format(value=str(value)[:60]),
            allowed=_("Choices: {choices}.").format(choices=join(list(allowed))),
            next_step=_("Choose one of these."),
        )


def _parted(steps: tuple[Step, ...]) -> None:
    """Where events of one moment, or in any order, make a chain, none may be two steps of it."""
    for place, step in enumerate(steps):
        for other in steps[:place]:
            if step.overlaps(other):
                raise SettingError(
                    _("One event can be both “{one}” and “{other}”.").format(one=other.name, other=step.name),
                    allowed=_(
                        "Steps that share no event, or steps in order, each later than the one before."
                    ),
                    next_step=_("Leave out one of the two, or count the steps in order."),
                )
