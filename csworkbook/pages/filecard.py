"""What did one file turn out to be, is that right, and shall it be used?"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets

from csworkbook.errors import WorkbookError
from csworkbook.intake.choices import Choices
from csworkbook.language import gettext as _
from csworkbook.language import join
from csworkbook.naming import table_name
from csworkbook.pages.account import account, outcome
from csworkbook.pages.form import SURE, Form, doubtful
from csworkbook.pages.page import Page, explained
from csworkbook.pages.talking import sentence, titled

if TYPE_CHECKING:
    import pandas as pd

    from csworkbook.intake import Intake, NotRecognised


class FileCard(ipywidgets.VBox):
    """One file: what each of its tables was recognised as, a form to correct that, and use or leave.

    Parameters
    ----------
    page : Page
    name : str
        The user's own name for the file.
    path : Path
        Where it arrived; it is moved to a private folder that goes with the card.
    table : str, optional
        The table the page asks for, in case the file is not recognised.
    on_change : callable
        Called when the card no longer waits for an answer.

    Raises
    ------
    DataError
        When the file cannot be read at all.
    """

    def __init__(
        self, page: Page, name: str, path: Path, *, table: str | None = None, on_change: Callable[[], object]
    ) -> None:
        self.page, self.name, self.table, self.on_change = page, name, table, on_change
        self.found: list[Intake] = []
        self.unknown: NotRecognised | None = None
        self.keep_original: Callable[[], bool] = lambda: False
        self._forms: list[Form] = []
        self._again = False
        self._said: dict[str, Choices] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="csworkbook-upload-")
        self._trouble, self._body = ipywidgets.VBox(), ipywidgets.VBox()
        self.path = Path(self._folder.name) / Path(name).name
        shutil.move(path, self.path)
        try:
            self.read()
            self._prefer()
        except Exception:
            self._folder.cleanup()
            raise
        super().__init__([titled(name, "h3"), self._body, self._trouble])
        self.add_class("csw-panel")
        self.add_class("csw-file")
        self._ask()

    @property
    def waiting(self) -> bool:
        """Whether the card still waits for a yes or a no."""
        return bool(self.found or self.unknown)

    @property
    def fine(self) -> bool:
        """Whether it can be used without a further look."""
        return bool(self.found) and all(map(_is_fine, self.found))

    def read(self) -> None:
        """Read the file, with what the owner said of it; a file nobody knows is kept as `unknown`."""
        from csworkbook import intake

        try:
            self.found, self.unknown = self._read(), None
        except intake.NotRecognised as error:
            self.found, self.unknown = [], error

    def _read(self) -> list[Intake]:
        return self.page.target.read(self.path, filename=self.name, choices=self._known)

    def _known(self, fingerprint: str) -> Choices | None:
        """What the owner said of a table of this shape, now or about an earlier file."""
        return self._said.get(fingerprint) or self.page.target.remembered(fingerprint)

    def _prefer(self) -> None:
        """A file that nobody knows is asked about as the table of this page."""
        if self.unknown is not None and self.table not in (None, self.unknown.nearest):
            self._said[self.unknown.fingerprint] = Choices(table=self.table)
            self.read()

    def _ask(self) -> None:
        """Show what was recognised, and ask whether it is right."""
        self._forms, parts = [], []
        for found in self.found:
            parts += [*_part_title(found, several=len(self.found) > 1), *account(found), *self._adds(found)]
            parts.append(self._form(found, found.table, found.questions, found.choices))
        if self.unknown is not None:
            parts.append(sentence(str(self.unknown), "error"))
            said = self._said.get(self.unknown.fingerprint) or Choices(table=self.unknown.nearest)
            parts.append(self._form(self.unknown, self.unknown.nearest, (), said))
        self._body.children = (*parts, self._buttons())

    def _form(self, found: Intake | NotRecognised, table: str, questions: tuple, choices: Choices) -> Form:
        opened = found is self.unknown or bool(questions) or any(map(doubtful, found.columns))

        def apply(said: Choices) -> str:
            return self._apply(found, said)

        focus, self._again = self._again, False
        form = Form(table, found.columns, questions, choices, apply, opened=opened, focus=focus)
        form.found = found
        self._forms.append(form)
        return form

    def _buttons(self) -> ipywidgets.Box:
        use = press(_("Use these data"), self.use, self._trouble)
        leave = press(_("Do not use this file"), self.leave, self._trouble, quiet=True)
        box = ipywidgets.Box([use, leave] if self.found else [leave])
        box.add_class("csw-actions")
        return box

    def _adds(self, found: Intake) -> list[ipywidgets.Widget]:
        """That there is such a table already, to which this file adds."""
        if found.table not in self.page.target.tables():
            return []
        said = _(
            "You brought {table} before: rows that are new are added, rows that are known are brought up to date."
        )
        return [sentence(said.format(table=table_name(found.table)))]

    def _apply(self, found: Intake | NotRecognised, said: Choices) -> str:
        """Read the file again with what the owner said now; the card shows what came of it."""
        self._take(found, said)
        self._again = True
        self._ask()
        self.on_change()
        return _("Read again: see above.")

    def _take(self, found: Intake | NotRecognised, said: Choices) -> None:
        """Read with these choices; when that fails, all stays as it was.

        Of a file that feeds several tables no single one is meant, unless the owner chose it.
        """
        before = dict(self._said)
        alike = [one for one in self.found if one.fingerprint == found.fingerprint]
        if len(alike) > 1 and said.table == found.table:
            said = replace(said, table=None)
        self._said[found.fingerprint] = said
        try:
            self.read()
        except WorkbookError:
            self._said = before
            raise

    def _settle(self) -> None:
        """Take in what was changed in a form and not applied yet."""
        for form in [form for form in self._forms if form.changed]:
            self._take(form.found, form.chosen())

    def use(self) -> None:
        """Add what was found to the shop and show it on the page."""
        self._settle()
        if self.found:
            self.page.bring(*self.found)
            self._after()
            self.on_change()
        else:
            self._ask()

    def _after(self) -> None:
        """Remember how it was read, keep the original if the owner wants that, and say what was added."""
        shop = self.page.shop
        for intake in self.found:
            shop.remember(intake)
        if self.keep_original():
            shop.keep_original(self.path, self.name)
        said = [outcome(intake, _imported(shop.imports(), intake, self.name)) for intake in self.found]
        tables = join([table_name(intake.table) for intake in self.found])
        done = _("Done: every page now shows your own data ({table}).").format(table=tables)
        self.forget()
        self._body.children = (sentence(" ".join([done, *said]), "done"),)

    def leave(self) -> None:
        """Do not use this file; nothing of it is kept."""
        self.forget()
        said = _("“{name}” was not used; nothing of it was kept.").format(name=self.name)
        self._body.children = (sentence(said),)
        self.on_change()

    def forget(self) -> None:
        """Delete the private copy; the card waits no longer."""
        self.found, self.unknown, self._forms = [], None, []
        self._folder.cleanup()


def _is_fine(found: Intake) -> bool:
    sure = found.confidence >= SURE and not any(map(doubtful, found.columns))
    return sure and not found.questions


def _part_title(found: Intake, *, several: bool) -> list[ipywidgets.Widget]:
    """Which part of a file this is, where it has several: a sheet, or a file in a ZIP."""
    where = found.part or found.sheet or ""
    return [titled(where, "h4")] if several and where else []


def _imported(imports: pd.DataFrame, found: Intake, name: str) -> pd.Series | None:
    """What the shop keeps about the last time this table of this file was brought."""
    mine = imports[imports["file"].isin([name, found.part]) & (imports["table"] == found.table)]
    return None if mine.empty else mine.iloc[0]


def press(
    label: str, function: Callable, trouble: ipywidgets.VBox, *, quiet: bool = False
) -> ipywidgets.Button:
    """A button; errors of its function appear as a sentence in `trouble`."""
    button = ipywidgets.Button(description=label, layout=ipywidgets.Layout(width="auto", height="auto"))
    button.add_class("csw-press")
    if quiet:
        button.add_class("csw-press-quiet")
    button.on_click(lambda _button: explained(function, trouble)())
    return button
