"""Where do the controls stand that are used less often?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape
from typing import Any

import ipywidgets

from csworkbook import language
from csworkbook.language import gettext as _
from csworkbook.pages.day import Day
from csworkbook.pages.talking import markup, shared


class Fold(ipywidgets.Box):
    """Controls behind a line that opens them; while it is closed it tells which of them were changed.

    The browser opens and closes it, without the kernel: a ``details`` element, and a style that shows what
    follows an open one.
    """

    def __init__(self) -> None:
        said = escape(_("More choices"))
        line = f'<details class="csw csw-fold"><summary>{said}</summary></details>'
        self._changed = markup()
        self._changed.add_class("csw-changed")
        self._box = ipywidgets.Box(layout=shared(ipywidgets.Layout))
        self._box.add_class("csw-controls")
        self._starts: list[Any] = []
        super().__init__([markup(line), self._changed, self._box], layout=shared(ipywidgets.Layout))
        self.add_class("csw-more")

    def hold(self, controls: Sequence[ipywidgets.Widget]) -> None:
        """Hold these controls; as they stand now they are not changed."""
        self._box.children = tuple(controls)
        self._starts = [control.value for control in controls]
        for control in controls:
            control.observe(self._tell, "value")

    def _tell(self, _change: Any = None) -> None:
        """Say which controls do not stand as they did at the start."""
        pairs = zip(self._box.children, self._starts, strict=True)
        told = [chosen(control) for control, start in pairs if control.value != start]
        self._changed.value = f'<span class="csw csw-soft">{escape("; ".join(told))}</span>' if told else ""


def chosen(control: ipywidgets.Widget) -> str:
    """What a control is called and what is chosen in it.

    >>> chosen(ipywidgets.Dropdown(options=[("visit", "session")], description="Counted per"))
    'Counted per: visit'
    """
    value = control.value
    if isinstance(value, bool):
        value = _("yes") if value else _("no")
    elif isinstance(control, Day):
        value = language.day(date.fromisoformat(value), "d MMM yyyy") if value else "–"
    elif isinstance(value, (int, float)) and not hasattr(control, "label"):
        value = language.number(value, 0 if value == round(value) else 2)
    return f"{control.description}: {getattr(control, 'label', value)}"
