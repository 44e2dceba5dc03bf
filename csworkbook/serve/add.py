"""How do files come into a workbook without a page? ``csworkbook add FILE…``, or what stands in its inbox."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from csworkbook.errors import DataError, SettingError
from csworkbook.language import gettext as _
from csworkbook.language import ngettext, number
from csworkbook.naming import table_name
from csworkbook.serve.progress import progress
from csworkbook.shop import Shop, open_shop

if TYPE_CHECKING:
    from csworkbook.intake import Choices, Intake, Question


def add(files: Sequence[Path], folder: Path | None, *, assume: bool = False) -> tuple[list[str], bool]:
    """Add files to a workbook, or what stands in its inbox when none is named.

    Parameters
    ----------
    assume : bool
        Take what is most probable where a file leaves a question open, instead of asking.

    Returns
    -------
    lines : list of str
        What became of every file.
    good : bool
        Whether all of them came in.

    Raises
    ------
    SettingError
        When there is no workbook or no file.
    """
    shop = open_shop(folder)
    if shop.is_demo:
        raise SettingError(
            _("The demo shop cannot be changed."),
            next_step=_("Say which workbook: csworkbook add FILE --workbook FOLDER"),
        )
    files = list(files) or waiting(shop)
    if not files:
        return [_("Nothing waits in {folder}.").format(folder=shop.inbox)], True
    lines, good = [], True
    for file in files:
        try:
            lines += _added(shop, file, assume)
        except DataError as error:
            lines.append(str(error))
            good = False
    return lines, good


def waiting(shop: Shop) -> list[Path]:
    """The files in the inbox that were not added yet as they are."""
    shop.inbox.mkdir(exist_ok=True)
    seen = shop.store.all("inbox")
    files = sorted(path for path in shop.inbox.iterdir() if path.is_file() and not path.name.startswith("."))
    return [path for path in files if seen.get(path.name) != _state(path)]


def _state(path: Path) -> list[int]:
    about = path.stat()
    return [about.st_size, about.st_mtime_ns]


def _added(shop: Shop, file: Path, assume: bool) -> list[str]:
    """One file read, asked about where needed, and added."""
    if not file.exists():
        raise SettingError(_("There is no file {file}.").format(file=file))
    with progress(_("Reading {file} …").format(file=file.name)):
        found = shop.read(file)
    found = found if assume else _asked(shop, file, found)
    for intake in found:
        shop.add(intake)
        shop.remember(intake)
    lines = [_line(one) for one in reversed(list(shop.imports().head(len(found)).itertuples()))]
    if file.parent.resolve() == shop.inbox.resolve():
        shop.store.put("inbox", file.name, _state(file))
        lines.append(
            _(
                "{file} stays in the inbox as it is, with all it holds of people: delete it when you can."
            ).format(file=file.name)
        )
    return lines


def _line(one) -> str:
    """What became of one table of a file."""
    said = _(
        "{file} → {table}: {read} rows read, {used} used, {aside} set aside; {added} new, {known} known."
    )
    counts = {name: number(getattr(one, name)) for name in ("read", "used", "aside", "added", "known")}
    return said.format(file=one.file, table=table_name(one.table), **counts)


def _asked(shop: Shop, file: Path, found: list[Intake]) -> list[Intake]:
    """The tables, read again with the answers where a file left questions open."""
    told: dict[str, Choices] = {}
    for intake in found:
        for question in intake.questions:
            if not sys.stdin.isatty():
                raise _open(file, intake)
            choices = told.get(intake.fingerprint, intake.choices)
            told[intake.fingerprint] = choices.answered(question, _answer(question))
    return shop.read(file, choices=lambda mark: told.get(mark) or shop.remembered(mark)) if told else found


def _open(file: Path, intake: Intake) -> DataError:
    """The error for a file with open questions where nobody can be asked."""
    count = len(intake.questions)
    said = ngettext(
        "{file} leaves {count} question open, for one: {question}",
        "{file} leaves {count} questions open, for one: {question}",
        count,
    )
    return DataError(
        said.format(file=file.name, count=number(count), question=intake.questions[0].text),
        next_step=_("Bring it on the start page, or add it with --assume to take what is most probable."),
    )


def _answer(question: Question) -> str:
    """What the user says to one question."""
    print(question.text, "·", ", ".join(question.examples))
    for place, (label, value) in enumerate(question.options, 1):
        print(f"  {place}. {label}" + (" *" if value == question.chosen else ""))
    while True:
        said = input(_("Number (Enter for *): ")).strip()
        if not said:
            return question.chosen
        if said.isdigit() and 0 < int(said) <= len(question.options):
            return question.options[int(said) - 1][1]
