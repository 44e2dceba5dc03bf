"""How does somebody type the steps of a funnel, add, take away, rename and move them?

The browser keeps what was typed until this half says that it is saved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import traitlets

from csworkbook.errors import DataError
from csworkbook.language import gettext as _
from csworkbook.pages import typed_steps
from csworkbook.pages.talking import STATIC, Talking, script
from csworkbook.pages.typed_steps import MOST, Row


class Steps(Talking):
    """Rows of a name and a number, to add, take away, rename and move.

    Parameters
    ----------
    on_rows : callable
        Called with the rows as they stand; returns a dict: `read` (for each row `said` and `wrong`),
        `total`, `wrong` (a sentence about all of them) and `saved` (a sentence: that it is, and
        since when).
    """

    _esm = script("calculator.js")
    _css = (STATIC / "calculator.css").read_text("utf-8")
    _questions = ("rows",)
    rows = traitlets.List().tag(sync=True)
    read = traitlets.List().tag(sync=True)
    total = traitlets.Unicode().tag(sync=True)
    wrong = traitlets.Unicode().tag(sync=True)
    place = traitlets.Unicode().tag(sync=True)

    def __init__(self, on_rows: Callable[[list[Row]], dict[str, Any]]) -> None:
        self.on_rows = on_rows
        super().__init__(labels=_labels())

    def show(self, rows: Sequence[Row], read: dict[str, Any], place: str) -> None:
        """Show rows and how they were read; what was typed and not saved yet stays."""
        with self.hold_sync():
            self.read, self.total, self.wrong = read["read"], read["total"], read["wrong"]
            self.rows, self.place = [row.document() for row in rows], place

    def _rows(self, message: dict, _buffers: list) -> dict:
        if not self.place or message.get("place") != self.place:
            raise DataError(
                _("These steps belong to another shop than the one that is open."),
                next_step=_("Open that shop again; the browser keeps the steps meanwhile."),
            )
        rows = typed_steps.rows_of(message.get("rows"))
        answer = self.on_rows(rows)
        self.rows = [row.document() for row in rows]
        return answer


def _labels() -> dict[str, str]:
    return {
        "steps": _("Steps"),
        "name": _("Name of step {n}"),
        "number": _("Visitors or rate of step {n}"),
        "named": _("Step"),
        "numbered": _("Visitors or rate"),
        "up": _("Move “{name}” up"),
        "down": _("Move “{name}” down"),
        "away": _("Take “{name}” away"),
        "add": _("Add a step"),
        "most": str(MOST),
        "nameless": _("step {n}"),
        "total": _("Total conversion"),
        "typing": _("not saved yet"),
        "saved": "{time}",  # the sentence comes with the answer
        "unsent": _(
            "not saved yet: there is no connection. This browser keeps the steps and sends them as soon as it can"
        ),
        "moved": _("“{name}” is now step {n}"),
    }
