"""How does the report of a week get written every Monday without anybody at the keyboard?"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from csworkbook import language
from csworkbook.errors import SettingError
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    from csworkbook.shop import Shop

FOLDER = "reports"  # of a workbook
ENDINGS = (".html", ".htm")


def write(
    folder: Path | None, *, week: date | None = None, out: Path | None = None, speak: str | None = None
) -> Path:
    """Write the report of one week; the file it stands in.

    Parameters
    ----------
    folder : Path or None
        A workbook; the demo shop when None.
    week : date, optional
        A day in the week to report on; the last finished week of the data by default.
    out : Path, optional
        The file to write, or the folder to write it in; ``reports`` in the workbook by default. A report
        that stands there already is replaced, whole or not at all; any other file is left alone.
    speak : str, optional
        ``"nl"`` or ``"en"``; the language of the workbook by default.

    Raises
    ------
    DataError
        When the workbook lacks what a report needs.
    SettingError
        When the folder is no workbook, the week is not in the data, or the file cannot be written there.
    """
    from csworkbook.kpis import week_report
    from csworkbook.shop import open_shop

    shop = open_shop(folder)
    place = _require_place(out)
    with language.speaking(speak or shop.settings.language):
        made = week_report.report(shop, week)
    path = _path(shop, place, made.filename)
    _write(path, made.html)
    return path


def day_of(text: str) -> date:
    """The Monday of an ISO week; a ValueError where it is none.

    >>> day_of("2026-W25"), day_of("2026w1")
    (datetime.date(2026, 6, 15), datetime.date(2025, 12, 29))
    """
    found = re.fullmatch(r"(\d{4})-?W(\d{1,2})", text.strip(), re.IGNORECASE | re.ASCII)
    if not found:
        raise ValueError(text)
    return date.fromisocalendar(int(found[1]), int(found[2]), 1)


def _require_place(out: Path | None) -> Path | None:
    """Where to write, when that can be: asked before anything is worked out."""
    if out is None or out.is_dir():
        return out
    if out.suffix.lower() not in ENDINGS:
        raise SettingError(
            _("The report cannot be written to “{file}”.").format(file=out),
            allowed=_("A folder that is there, or a file whose name ends in .html."),
        )
    if not out.parent.is_dir():
        raise SettingError(
            _("The folder {folder} is not there.").format(folder=out.parent),
            next_step=_("Make it first, or look whether the drive is connected."),
        )
    _require_ours(out)
    return out


def _path(shop: Shop, out: Path | None, filename: str) -> Path:
    """The file to write; the folder of the workbook's own reports is made when it is not there."""
    if out is not None and not out.is_dir():
        return out
    folder = out
    if folder is None:
        folder = Path.cwd() if shop.folder is None else shop.folder / FOLDER
        folder.mkdir(exist_ok=True)
    _require_ours(folder / filename)
    return folder / filename


def _require_ours(path: Path) -> None:
    """Raise a SettingError for a file that is there and is no report of ours."""
    from csworkbook.kpis.week_report import MARK

    if not path.exists():
        return
    if path.is_file():
        with path.open("rb") as file:
            if MARK.encode() in file.read(2000):
                return
    raise SettingError(
        _("There is a file {file} already, and it is no report of a week.").format(file=path),
        next_step=_("Choose another name with --out, or remove it yourself."),
    )


def _write(path: Path, html: str) -> None:
    """Write the report whole or not at all; others may read it as they could the one before."""
    from csworkbook.settings import write_atomically

    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    write_atomically(path, html.encode("utf-8"))
    path.chmod(mode)
