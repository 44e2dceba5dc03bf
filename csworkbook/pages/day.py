"""How does somebody choose a day, or leave it open?"""

from __future__ import annotations

from datetime import date
from typing import Any

import traitlets

from csworkbook import language
from csworkbook.language import gettext as _
from csworkbook.pages.talking import Talking, script


class Day(Talking):
    """A day between two others, or none.

    A stock date picker sends every digit of a year that is typed and is corrected while somebody types;
    this one sends a day once it is whole and possible.

    Parameters
    ----------
    first, last : date
        The days of which may be chosen.

    Attributes
    ----------
    value : str
        The day as ``"2026-12-31"``; "" for none.
    """

    _esm = script("day.js")
    description = traitlets.Unicode().tag(sync=True)
    first = traitlets.Unicode().tag(sync=True)
    last = traitlets.Unicode().tag(sync=True)
    value = traitlets.Unicode().tag(sync=True)

    def __init__(self, first: date, last: date) -> None:
        super().__init__(first=first.isoformat(), last=last.isoformat(), labels=_labels(first, last))
        self.add_class("csw-day")

    def bound(self, first: date, last: date) -> None:
        """Other days may be chosen now; what no longer can be is left open."""
        with self.hold_sync():
            self.first, self.last, self.labels = first.isoformat(), last.isoformat(), _labels(first, last)
            if self.value and not self.first <= self.value <= self.last:
                self.value = ""

    @traitlets.validate("value")
    def _possible(self, proposal: Any) -> str:
        value = proposal["value"]
        if not value:
            return ""
        try:
            day = date.fromisoformat(value).isoformat()
        except ValueError as error:
            raise traitlets.TraitError(f"{value} is no day") from error
        if self.first <= day <= self.last:
            return day
        raise traitlets.TraitError(f"{value} is not between {self.first} and {self.last}")


def _labels(first: date, last: date) -> dict[str, str]:
    return {
        "outside": _("A day from {first} to {last}, or nothing.").format(
            first=language.day(first), last=language.day(last)
        )
    }
