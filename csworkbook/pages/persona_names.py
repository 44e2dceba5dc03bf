"""What does the owner call each persona? A text box for every one, saved while he types."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets

from csworkbook.language import current, percent
from csworkbook.language import gettext as _
from csworkbook.pages.talking import markup, see, titled
from csworkbook.pages.writing import Writing

if TYPE_CHECKING:
    from csworkbook.personas import Personas

Named = Callable[[int, str], dict[str, Any]]


class Names(ipywidgets.VBox):
    """The text boxes; `boxes` holds one per persona.

    Parameters
    ----------
    on_name : callable
        Called with the number of a persona (from 1) and what was typed; returns what a `Writing` answers.
    """

    def __init__(self, on_name: Named) -> None:
        self.on_name = on_name
        self.boxes: list[Writing] = []
        self._of = ""
        self._grid = ipywidgets.Box()
        self._grid.add_class("csw-personas-names")
        about = markup(f'<p class="csw csw-soft">{escape(_about())}</p>')
        super().__init__([titled(_("Give them names of your own")), about, self._grid])
        self.add_class("csw-panel")
        see(self, False)

    def show(self, found: Personas, names: list[str], of: str, place: str) -> None:
        """Show the names of these personas; boxes that are there already stay.

        Parameters
        ----------
        found : Personas
        names : list of str
            Those the owner gave; empty where he gave none.
        of : str
            What tells these personas from others.
        place : str
            Where the names belong; nothing can be typed while it is empty.
        """
        if self._of != of:
            self._of = of
            numbered = enumerate(zip(_proposed(found), found.table["share"], strict=True), 1)
            self.boxes = [self._box(n, *about) for n, about in numbered]
            self._grid.children = self.boxes
        for n, (box, name) in enumerate(zip(self.boxes, names, strict=True), 1):
            box.show(name, f"{place}:{of}:{n}" if place else "", current())
        see(self, True)

    def hide(self) -> None:
        """There is nothing to name."""
        see(self, False)

    def _box(self, persona: int, proposed: str, share: float) -> Writing:
        def write(text: str, *, base: str, again: bool) -> dict[str, Any]:
            return self.on_name(persona, text)

        label = _("Name of persona {n}").format(n=persona)
        said = _("“{name}”, {share} of your customers").format(name=proposed, share=percent(share))
        return Writing(label, write, ask=said, single=True)


def _proposed(found: Personas) -> list[str]:
    """What the personas are called where nobody named them."""
    unnamed = replace(found.saved, names=[""] * found.k)
    return replace(found, saved=unnamed).names


def _about() -> str:
    return _(
        "A name that your team remembers, such as “The kitchen planners”. It is saved while you type and "
        "appears everywhere on this page. Leave it empty, and the name that was proposed stays."
    )
