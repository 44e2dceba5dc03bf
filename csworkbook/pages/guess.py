"""How does one person type a guess: a share, 100 points, three moments, a word of his own?"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import ipywidgets

from csworkbook import dimensions, workshop
from csworkbook.errors import DataError
from csworkbook.language import gettext as _
from csworkbook.language import ngettext, number
from csworkbook.pages.controls import control
from csworkbook.pages.settings import number_typed
from csworkbook.pages.talking import markup, shared

_MOMENTS = tuple(f"moment_{place}" for place in (1, 2, 3))


class GuessForm(ipywidgets.VBox):
    """The three questions of a guess; `fields` are its controls by name.

    Parameters
    ----------
    keep : Button
        Stands below the questions.
    """

    def __init__(self, keep: ipywidgets.Button) -> None:
        self.fields, self._left = fields(), markup()
        for name in dimensions.NAMES:
            self.fields[f"weights.{name}"].observe(self._tell_left, "value")
        self._tell_left()
        super().__init__(self._questions(keep), layout=shared(ipywidgets.Layout))

    @property
    def word(self) -> str:
        """The word of his own that somebody typed."""
        return self.fields["word"].value

    def answers(self) -> workshop.Answers:
        """The guess that was typed, checked; errors as `read`."""
        return read({name: box.value for name, box in self.fields.items()})

    def clear(self) -> None:
        """Empty every field."""
        for box in self.fields.values():
            box.value = ""

    def start(self) -> None:
        """Let the keyboard go on in the first field."""
        self.fields["superior"].focus()

    def _questions(self, keep: ipywidgets.Button) -> list[ipywidgets.Widget]:
        """The three questions of a guess, and the button that keeps it."""
        points = row([self.fields[f"weights.{name}"] for name in dimensions.NAMES])
        points.add_class("csw-points")
        few = _("From a list or in your own words; at most three.")
        return [
            _heading("1", _("What share of our customers would call our service superior?")),
            short([self.fields["superior"]]),
            _heading("2", _("What matters most to them? Divide 100 points.")),
            points,
            self._left,
            _heading("3", _("At which moments do they have it worst?"), few),
            row([self.fields[name] for name in _MOMENTS]),
            markup(f'<p class="csw csw-soft">{escape(_why_a_word())}</p>'),
            short([self.fields["word"]]),
            actions([keep]),
        ]

    def _tell_left(self, _change: Any = None) -> None:
        said, kind = left([self.fields[f"weights.{name}"].value for name in dimensions.NAMES])
        self._left.value = f'<p class="csw csw-left csw-left-{kind}" aria-live="polite">{escape(said)}</p>'


def fields() -> dict[str, ipywidgets.Widget]:
    """An empty control for every part of a guess."""
    said, about = dimensions.said(), dimensions.explained()
    points = {
        name: control(f"points_{name}", "", f"{escape(said[name])} <i>{escape(about[name])}</i>")
        for name in dimensions.NAMES
    }
    for box in points.values():
        box.description_allow_html = box.continuous_update = True
    listed = list(workshop.stages().values())
    moments = {
        name: control(
            name,
            ipywidgets.Combobox(options=listed, ensure_option=False),
            _("Moment {n}").format(n=number(place)),
        )
        for place, name in enumerate(_MOMENTS, 1)
    }
    return {
        "superior": control("superior", "", _("Percentage of customers")),
        **{f"weights.{name}": box for name, box in points.items()},
        **moments,
        "word": control("word", "", _("A word of your own (if you like)")),
    }


def read(typed: Mapping[str, str]) -> workshop.Answers:
    """The guess somebody typed, checked.

    Raises
    ------
    DataError
        Naming the first field that cannot be read, and what can.
    """
    share = typed["superior"].strip()
    points = {name: typed[f"weights.{name}"].strip() for name in dimensions.NAMES}
    return workshop.Answers.of(
        {
            "superior": None if not share else _number(share) / 100,
            "weights": {name: _number(text) for name, text in points.items() if text},
            "moments": [typed[name] for name in _MOMENTS],
        }
    )


def _number(text: str) -> float:
    value = number_typed(text)
    if value is None or value > 100:
        raise DataError(
            _("“{typed}” cannot be used here.").format(typed=text), allowed=_("A number from 0 to 100.")
        )
    return value


def left(typed: list[str]) -> tuple[str, str]:
    """How many of the 100 points are left, in words, and whether that is "open", "right" or "wrong".

    >>> left(["60", "30", "", "", ""])
    ('10 points left', 'open')
    """
    rest = round(100 - sum(number_typed(text) or 0 for text in typed), 1)
    shown = number(abs(rest), 0 if rest == round(rest) else 1)
    if rest == 0:
        return _("All 100 points are given."), "right"
    if rest < 0:
        return ngettext("{n} point too many", "{n} points too many", round(-rest)).format(n=shown), "wrong"
    return ngettext("{n} point left", "{n} points left", round(rest)).format(n=shown), "open"


def _why_a_word() -> str:
    return _(
        "With a word of your own you can change your guess until the reveal, and your first and second guess can be "
        "compared. The word is not kept: it only makes a number."
    )


def _heading(place: str, text: str, hint: str = "") -> ipywidgets.HTML:
    below = f'<p class="csw csw-soft">{escape(hint)}</p>' if hint else ""
    return markup(f'<h3 class="csw">{place}. {escape(text)}</h3>{below}')


def row(children: list[ipywidgets.Widget]) -> ipywidgets.Box:
    """Controls beside each other, as far as there is room."""
    box = ipywidgets.Box(children, layout=shared(ipywidgets.Layout))
    box.add_class("csw-controls")
    box.add_class("csw-line")
    return box


def short(children: list[ipywidgets.Widget]) -> ipywidgets.Box:
    """A control for a few letters."""
    box = row(children)
    box.add_class("csw-short")
    return box


def actions(children: list[ipywidgets.Widget]) -> ipywidgets.Box:
    """Buttons beside each other."""
    box = ipywidgets.Box(children, layout=shared(ipywidgets.Layout))
    box.add_class("csw-actions")
    return box
