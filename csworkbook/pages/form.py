"""How does an owner say what his file holds: which table, which column is what, what a word means?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import traitlets

from csworkbook.errors import DataError
from csworkbook.language import gettext as _
from csworkbook.language import ngettext, number, percent
from csworkbook.naming import column_name, table_name
from csworkbook.pages.talking import Talking, script
from csworkbook.tables import TABLES

if TYPE_CHECKING:
    from csworkbook.intake import ColumnMatch
    from csworkbook.intake.choices import Choices, Question

SURE = 0.7
LEAVE_OUT, SPLIT_BY = "", "=split"


class Form(Talking):
    """The questions and columns of one table of a file, each with a drop-down.

    Parameters
    ----------
    table : str
        The canonical table it is taken for.
    columns : sequence of ColumnMatch
    questions : sequence of Question
    choices : Choices
        With which the file was read.
    on_apply : callable
        Called with the changed `Choices`; the sentence it returns is shown, so is that of an error.
    opened : bool
        Whether the columns are unfolded at once.
    focus : bool
        Whether the keyboard goes on here, because a form that had it was replaced by this one.
    """

    _esm = script("form.js")
    _questions = ("apply", "table")
    tables = traitlets.List().tag(sync=True)
    table = traitlets.Unicode().tag(sync=True)
    rows = traitlets.List().tag(sync=True)
    options = traitlets.List().tag(sync=True)
    asked = traitlets.List().tag(sync=True)
    summary = traitlets.Unicode().tag(sync=True)
    opened = traitlets.Bool().tag(sync=True)
    always = traitlets.Bool().tag(sync=True)
    focus = traitlets.Bool().tag(sync=True)
    changed = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        table: str,
        columns: Sequence[ColumnMatch],
        questions: Sequence[Question],
        choices: Choices,
        on_apply: Callable[[Choices], str | None],
        *,
        opened: bool = False,
        focus: bool = False,
    ) -> None:
        self.columns, self.questions, self.choices, self.on_apply = columns, questions, choices, on_apply
        super().__init__(
            labels=_labels(),
            tables=[_option(name, table_name(name)) for name in TABLES],
            table=table,
            rows=[_row(match, table) for match in columns],
            options=column_options(table),
            asked=[_asked(question) for question in questions],
            summary=_summary(columns, questions),
            opened=opened,
            always=opened,
            focus=focus,
        )

    def chosen(self) -> Choices:
        """The choices the file was read with, and what was changed since."""
        mapping = dict(self.choices.mapping)
        matches = {match.header: match for match in self.columns}
        for header, value in dict(self.changed.get("columns") or {}).items():
            if header in matches:
                mapping[header] = self._column(matches[header], value)
        said = replace(self.choices, table=self.table, mapping=mapping)
        for place, value in dict(self.changed.get("answers") or {}).items():
            said = _answered(said, self.questions, place, value)
        return said

    def _column(self, match: ColumnMatch, value: Any) -> str | None:
        """What a drop-down says: a column, None, or for a segment the name it has or would get."""
        if value == SPLIT_BY:
            kept = match.column if match.column and match.column not in TABLES[self.table] else None
            return kept or match.header
        return value if value in TABLES[self.table] else None

    def _apply(self, message: dict, _buffers: list) -> dict:
        self.changed = message.get("changed") if isinstance(message.get("changed"), dict) else {}
        return {"done": self.on_apply(self.chosen()) or ""}

    def _table(self, message: dict, _buffers: list) -> dict:
        if message.get("table") not in TABLES:
            raise DataError(_("There is no such table."))
        return {"done": self.on_apply(replace(self.choices, table=message["table"], mapping={})) or ""}


def _answered(choices: Choices, questions: Sequence[Question], place: str, value: Any) -> Choices:
    """One answer more, where it is one that was offered."""
    question = questions[int(place)] if str(place).isdigit() and int(place) < len(questions) else None
    offered = question is not None and value in [one for _label, one in question.options]
    return choices.answered(question, value) if offered and question.kind != "column" else choices


def column_options(table: str) -> list[dict[str, str]]:
    """What a column of a file can be used as, in the language spoken now."""
    options = [_option(LEAVE_OUT, _("leave out"))]
    options += [_option(column.name, column_name(column.name)) for column in TABLES[table].columns]
    return [*options, *([_option(SPLIT_BY, _("split results by it"))] if TABLES[table].segments else [])]


def doubtful(match: ColumnMatch) -> bool:
    """Whether the owner had better look at this column himself."""
    return bool(match.column) and match.confidence < SURE


def _option(value: str, label: str) -> dict[str, str]:
    return {"value": value, "label": label}


def _row(match: ColumnMatch, table: str) -> dict[str, Any]:
    """One column of the user's file: its head, examples, how sure, and what it is used as."""
    known = match.column in TABLES[table] if match.column else False
    sure = _("{share} sure.").format(share=percent(match.confidence)) if match.column else ""
    check = _("Please check.") if doubtful(match) else ""
    return {
        "header": match.header,
        "examples": _examples(match.examples),
        "note": " · ".join(part for part in (match.note, f"{sure} {check}".strip()) if part),
        "doubt": doubtful(match),
        "value": match.column if known else SPLIT_BY if match.column else LEAVE_OUT,
    }


def _asked(question: Question) -> dict[str, Any]:
    return {
        "kind": question.kind,
        "header": question.header,
        "text": question.text,
        "options": [_option(value, label) for label, value in question.options],
        "chosen": question.chosen,
        "examples": _examples(question.examples),
    }


def _examples(examples: Sequence[str]) -> str:
    return ", ".join(str(one)[:40] for one in examples[:3])


def _summary(columns: Sequence[ColumnMatch], questions: Sequence[Question]) -> str:
    n, checks = len(columns), sum(map(doubtful, columns)) + len(questions)
    said = ngettext("How your column is used", "How your {n} columns are used", n).format(n=number(n))
    look = ngettext("{n} thing to check", "{n} things to check", checks).format(n=number(checks))
    return f"{said} ({look})" if checks else said


def _labels() -> dict[str, str]:
    return {
        "table": _("What this file holds"),
        "questions": _("Please answer"),
        "columns": _("How your columns are used"),
        "used": _("is used as"),
        "apply": _("Apply the changes"),
        "busy": _("Being read again…"),
        "lost": _("The connection was lost. Reload the page and try again."),
        "more": _("The other columns of this file are not shown; they are used as they were recognised."),
    }
