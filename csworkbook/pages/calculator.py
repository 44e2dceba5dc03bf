"""What does a funnel bring, by figures that somebody types? Rows of steps, a total, and funnels to keep."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import ipywidgets

from csworkbook.errors import DataError, MissingTable, WorkbookError
from csworkbook.funnel import rates
from csworkbook.funnel.rates import Rates
from csworkbook.language import gettext as _
from csworkbook.language import percent
from csworkbook.pages import saved_funnels, typed_steps
from csworkbook.pages.controls import control
from csworkbook.pages.filecard import press
from csworkbook.pages.keeping import Keeping
from csworkbook.pages.page import Page, soon
from csworkbook.pages.panel import Panel
from csworkbook.pages.saved_funnels import Draft
from csworkbook.pages.step_rows import Steps
from csworkbook.pages.sure import Sure
from csworkbook.pages.talking import markup, see, seen, sentence, shared, titled
from csworkbook.pages.typed_steps import Row
from csworkbook.pages.widgets import Download, Upload

if TYPE_CHECKING:
    from csworkbook.shop import Shop

_REST = 0.3  # seconds without a change until the picture follows
_FILE_MB = 1


def calculator(shop: Shop) -> Calculator:
    """The step calculator: type steps with counts or rates, see the total, keep, compare and share funnels.

    It begins with the example of the handbook (section 4.2). What is typed goes to the store of the
    shop that is open; on the page of the demo shop to the visitor's own.
    """
    return Calculator(shop)


@dataclass(frozen=True, eq=False)
class Example(Rates):
    """The handbook's example: nobody's figures, so no conclusions and no part of a report."""

    is_example: ClassVar[bool] = True


@dataclass(frozen=True, eq=False)
class Own(Rates):
    """A funnel that the reader typed, on the demo page too."""

    is_own: ClassVar[bool] = True


class Calculator(ipywidgets.VBox):
    """What `calculator` makes; `draft` is what stands in it, `result` the last funnel that could be."""

    def __init__(self, shop: Shop) -> None:
        self.page = Page.of(shop)
        self.draft = Draft()
        self.result: Rates | None = None
        self._stored, self._asked, self._planned = False, "", None
        self._trouble = ipywidgets.VBox()
        self.steps = Steps(self._typed)
        self._make_saving()
        self._make_sharing()
        head = [titled(_("The step calculator")), markup(f'<p class="csw csw-soft">{escape(_about())}</p>')]
        parts = [*head, self.steps, self._saving, self._trouble, self._sharing, self._shared_one]
        form = ipywidgets.VBox(parts)
        for name in ("csw-panel", "csw-calculator"):
            form.add_class(name)
        self.keeping = Keeping(self.page, self.refresh)
        self.refresh()
        self.panel = Panel(self.page.served, self.told, _("The funnel you typed"), {})
        super().__init__([form, self.panel], layout=shared(ipywidgets.Layout))

    def refresh(self) -> None:
        """Show what was typed for the shop that is open now; the example where nobody typed."""
        store = self.keeping.store
        stored = saved_funnels.draft(store) if store else None
        self._stored = stored is not None
        self.draft = stored or Draft(tuple(typed_steps.example()))
        self._name.value, self.result = self.draft.name, None
        self._show()

    def told(self, shop: Shop) -> Rates:
        """The funnel for the panel: the last one that could be, beside the saved one that was chosen."""
        if self.result is None:
            raise MissingTable(_("Here the funnel appears once every step has a name and a number."))
        return self.result

    def _show(self) -> None:
        """Put the draft in every part of the form."""
        self.steps.show(self.draft.rows, self._work_out(), self._place())
        self._offer()
        see(self._undo, self.draft.previous)

    def _place(self) -> str:
        return f"{self.keeping.place}:calculator" if self.keeping.place else ""

    def _typed(self, rows: list[Row]) -> dict[str, Any]:
        """Keep what was typed, and say how it was read."""
        if not typed_steps.same(rows, self.draft.rows):
            stored = saved_funnels.draft(self.keeping.reach())
            elsewhere = stored is not None and not typed_steps.same(stored.rows, self.draft.rows)
            previous = stored.rows if elsewhere else self.draft.previous  # typed on another page: not wiped
            self._keep(replace(self.draft, rows=tuple(rows), previous=previous))
            self._trouble.children = ()  # it was said of other steps
            see(self._undo, self.draft.previous)
        answer = self._work_out()
        self.steps.read, self.steps.total, self.steps.wrong = (
            answer[key] for key in ("read", "total", "wrong")
        )
        self._follow()
        return {**answer, "saved": self._kept(answer["wrong"])}

    def _kept(self, wrong: str) -> str:
        """That what was typed is saved; where it is no funnel yet, that it is only kept as it was typed."""
        if wrong:
            return _("kept as you typed it")
        return _("saved at {time}").format(time=self.keeping.now())

    def _keep(self, made: Draft) -> None:
        self.draft, self._stored = made, True
        saved_funnels.keep(self.keeping.reach(), made)

    def _work_out(self) -> dict[str, Any]:
        """How the rows were read, the total, and what is wrong; the result when nothing is."""
        try:
            made = typed_steps.funnel(self.draft.rows, against=self._against(), name=self.draft.name)
        except DataError as error:
            read = typed_steps.as_read(self.draft.rows, None)
            return {"read": read, "total": "–", "wrong": str(error)}
        self.result = _as(Own if self._stored else Example, made)
        read = typed_steps.as_read(self.draft.rows, made)
        return {"read": read, "total": percent(made.total, 1), "wrong": ""}

    def _against(self) -> Rates | None:
        """The saved funnel to compare with, if it is still there."""
        store = self.keeping.store
        if not self.draft.against or store is None:
            return None
        try:
            return saved_funnels.find(store, self.draft.against)[0]
        except WorkbookError:
            return None

    def _follow(self) -> None:
        """The picture follows, once typing rests."""
        if self._planned is not None:
            self._planned.cancel()
        self._planned = soon(_REST, self.panel.refresh)

    def save(self) -> None:
        """Keep this funnel under the name that was typed; pressed twice it takes the place of another one."""
        made = self._made()
        name = self._name.value
        again, self._asked = self._asked == name, ""
        try:
            name = saved_funnels.save(self.keeping.reach(), name, made, self.draft.rows, replace=again)
        except saved_funnels.Taken:
            self._asked = name
            raise
        self._keep(replace(self.draft, name=name))
        self._offer()
        self._trouble.children = (sentence(_("Saved: “{name}”.").format(name=name), "done"),)

    def _made(self, name: str = "") -> Rates:
        """The funnel that stands in the form; what is wrong with it stands there already."""
        if self.steps.wrong:
            raise DataError(_("Not yet: mend the steps first."))
        return typed_steps.funnel(self.draft.rows, name=name)

    def reopen(self) -> None:
        """Put the saved funnel that is chosen in the form."""
        made, rows = saved_funnels.find(self.keeping.reach(), self._choice.value)
        self._put(rows, made.name)

    def delete(self) -> None:
        """Keep the saved funnel that is chosen no longer."""
        name = self._choice.value
        saved_funnels.remove(self.keeping.reach(), name)
        if self.draft.against == name:
            self._keep(replace(self.draft, against=""))
        self._again()

    def undo(self) -> None:
        """Go back to what stood in the form before another funnel was opened."""
        self._keep(replace(self.draft, rows=self.draft.previous, previous=self.draft.rows, name=""))
        self._again()

    def take(self, name: str, path: Path) -> str:
        """Put a shared file in the form; returns what was done.

        Raises
        ------
        DataError
            When it is no such file.
        """
        self._shared(rates.read(path))
        return _("“{name}” was opened: its steps stand above.").format(name=name)

    def paste(self) -> None:
        """Put the pasted text of a shared file in the form."""
        self._shared(rates.read(self._pasted.value))
        self._pasted.value = ""
        see(self._shared_one, False)

    def _shared(self, made: Rates) -> None:
        self._put(typed_steps.typed(made), made.name)

    def _put(self, rows: Sequence[Row], name: str) -> None:
        """Other rows in the form; those that stood there can be had back."""
        self._keep(replace(self.draft, rows=tuple(rows), name=name, previous=self.draft.rows))
        self._name.value = name
        self._again()

    def _again(self) -> None:
        self._show()
        self._follow()

    def _offer(self) -> None:
        """The saved funnels to open and to compare with."""
        store = self.keeping.store
        kept = saved_funnels.names(store) if store else []
        self._offering = True  # choosing here is no choice of the visitor's
        _choose(self._choice, [(name, name) for name in kept], self.draft.name)
        _choose(self._beside, [(_("nothing"), ""), *((name, name) for name in kept)], self.draft.against)
        self._offering = False
        for part in (self._choice, self._open, self._delete, self._beside):
            see(part, kept)
        self._delete.question = _("Delete the saved funnel? This cannot be undone.")

    def _set_beside(self, change: Any) -> None:
        if not self._offering:
            self._keep(replace(self.draft, against=change.new or ""))
            self._again()

    def _make_saving(self) -> None:
        self._name = control("funnel_name", "", _("Name"))
        self._save = press(_("Save"), self.save, self._trouble)
        self._choice = control("funnel", ipywidgets.Dropdown(options=[]), _("Saved funnels"))
        self._open = press(_("Open"), self.reopen, self._trouble, quiet=True)
        self._delete = Sure(_("Delete"), self.delete, self._trouble, yes=_("Yes, delete it"))
        self._beside = control(
            "against", ipywidgets.Dropdown(options=[(_("nothing"), "")]), _("Compare with")
        )
        self._undo = press(_("Back to what stood here before"), self.undo, self._trouble, quiet=True)
        self._offering = False
        self._beside.observe(self._set_beside, "value")
        for box in (self._name, self._choice, self._beside):
            box.layout = ipywidgets.Layout(width="auto", flex="1 1 12rem", min_width="0")
        rows = [
            [self._name, self._save],
            [self._choice, self._open, self._delete, self._beside],
        ]
        self._saving = ipywidgets.VBox([_line(row) for row in rows])

    def _make_sharing(self) -> None:
        self._pasted = control("pasted", ipywidgets.Textarea(rows=4), _("Or paste its text"))
        hint = _("A funnel that was shared with you ({ending})").format(ending=".funnel.json")
        put = press(_("Open this text"), self.paste, self._trouble, quiet=True)
        bring = Upload((".json",), _FILE_MB, self.take, hint)
        self._shared_one = ipywidgets.VBox([bring, _line([self._pasted, put])])
        unfold = press(_("Open a shared file"), self._unfold, self._trouble, quiet=True)
        self._sharing = ipywidgets.Box([Download(_("Share as a file"), self._file), unfold, self._undo])
        self._sharing.add_class("csw-actions")
        see(self._shared_one, False)

    def _unfold(self) -> None:
        see(self._shared_one, not seen(self._shared_one))

    def _file(self) -> tuple[str, str, bytes]:
        made = self._made(self.draft.name)
        stem = re.sub(r"\W+", "-", (self.draft.name or _("funnel")).lower()).strip("-")[:60]
        return f"{stem or 'funnel'}.funnel.json", "application/json", made.to_json().encode("utf-8")


def _choose(box: ipywidgets.Dropdown, options: list[tuple[str, str]], chosen: str) -> None:
    """Offer these options, with the chosen one, else what was chosen before, else the first."""
    before = box.value
    if list(box.options) != options:
        box.options = options
    values = [value for _label, value in options]
    box.value = next((one for one in (chosen, before, *values) if one in values), None)


def _as(kind: type[Rates], made: Rates) -> Rates:
    return kind(**{one.name: getattr(made, one.name) for one in fields(made)})


def _line(children: list[ipywidgets.Widget]) -> ipywidgets.Box:
    box = ipywidgets.Box(children)
    for name in ("csw-controls", "csw-line"):
        box.add_class(name)
    return box


def _about() -> str:
    return _(
        "How many of your visitors reach the end? Name the steps, and type a number of visitors or a rate at each: "
        "66%, 0.66 and 660 all do. It begins with the example of the handbook; type over it."
    )
