"""Which shop does one visitor look at: the demo, what he brought himself, or a workbook of his own?

The server keeps a folder for visits ($CSWORKBOOK_VISITS) and may say where workbooks are made and
found ($CSWORKBOOK_HOME; only where nobody but this computer can reach it). A visit is known by an id
that lives in one browser tab. What it chose stands beside its folder and goes when the server stops.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from csworkbook.errors import SettingError
from csworkbook.language import current
from csworkbook.language import gettext as _
from csworkbook.settings import save_settings, write_atomically
from csworkbook.shop import Shop, new_shop, open_shop, unwritable

DEMO, OWN = "demo", "own"
_MOST = 200


def home() -> Path | None:
    """The folder in which workbooks can be made and opened from a page, or None."""
    folder = os.environ.get("CSWORKBOOK_HOME")
    return Path(folder) if folder and Path(folder).is_dir() else None


def workbooks() -> list[Shop]:
    """The workbooks that stand directly in `home`, by name; those that cannot be read are left out."""
    base = home()
    if base is None:
        return []
    folders = sorted(path.parent for path in base.glob("*/workbook.toml"))[:_MOST]
    shops = [shop for folder in folders if (shop := _opened(folder)) is not None]
    return sorted(shops, key=lambda shop: shop.name.casefold())


def opened(visit_id: str) -> Shop | None:
    """The shop this visit looks at; None for the demo.

    What it chose; else what it brought, if anything.
    """
    chosen = _chosen(visit_id)
    if chosen == DEMO:
        return None
    if chosen not in (OWN, ""):
        return _opened(Path(chosen)) if _is_here(Path(chosen)) else None
    return find_visit(visit_id)


def visit(visit_id: str = "") -> Shop:
    """A shop for one visitor of the demo, holding only what he brought himself.

    It lives in the server's own runtime folder ($CSWORKBOOK_VISITS, in memory where the system has
    that, wiped when the server stops), so that a reload with the same `visit_id` finds it again.
    Without a server it goes with the process.
    """
    folder = _visit_folder(visit_id) or _passing_folder()
    return open_shop(folder) if (folder / "workbook.toml").exists() else _own(folder)


def adopt(shop: Shop, visit_id: str) -> Shop:
    """The shop of a visitor who brought or typed something before his browser had said who it is.

    What he has is moved to the visit's own place, so that a reload finds it; where a visit already has
    something there, that is his shop.
    """
    folder = _visit_folder(visit_id)
    if folder is None or folder == shop.folder or not shop.folder.exists():
        return shop  # it may have become a workbook
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(shop.folder, folder)
    return visit(visit_id)


def find_visit(visit_id: str, *, typed: bool = False) -> Shop | None:
    """What this visitor brought before, or None; with `typed` also where he only typed something."""
    folder = _visit_folder(visit_id)
    if folder is None or not (folder / "workbook.toml").exists():
        return None
    found = open_shop(folder)
    return found if found.tables() or (typed and (folder / "workbook.sqlite").exists()) else None


def _visit_folder(visit_id: str) -> Path | None:
    base = os.environ.get("CSWORKBOOK_VISITS")
    visit_id = "".join(c for c in visit_id if c.isalnum())[:64]
    return Path(base) / visit_id if base and visit_id else None


def _passing_folder() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="csworkbook-visit-")
    atexit.register(folder.cleanup)
    return Path(folder.name) / "own"


def _own(folder: Path) -> Shop:
    return new_shop(folder, name="", language=current())


def choose(visit_id: str, shop: Shop | None) -> None:
    """Keep which shop this visit looks at, for every page of its browser tab; None is the demo."""
    path = _pointer(visit_id)
    if path is None:
        return
    folder = shop.folder if shop is not None else None
    own = folder is not None and folder == path.with_suffix("").resolve()
    write_atomically(path, (OWN if own else str(folder or DEMO)).encode())


def make(name: str, visit_id: str = "") -> Shop:
    """Make a workbook in `home`; what this visit brought or typed is moved into it.

    Parameters
    ----------
    name : str
        The name of the shop; its folder is called after it.

    Raises
    ------
    SettingError
        When there is no name, no place for workbooks, or a workbook of that name already.
    """
    base, name = home(), name.strip()
    if base is None:
        raise SettingError(
            _("A workbook cannot be made from this page."),
            next_step=_("Make one with: csworkbook new FOLDER --name “My shop” --lang nl"),
        )
    folder = base / folder_name(name)
    brought = find_visit(visit_id, typed=True)
    shop = (
        new_shop(folder, name=name, language=current()) if brought is None else _moved(brought, folder, name)
    )
    choose(visit_id, shop)
    return shop


def folder_name(name: str) -> str:
    """A folder named for a shop: its letters and digits, joined by hyphens.

    >>> folder_name("Müller & Zn. (fietsen)")
    'müller-zn-fietsen'
    """
    words = "".join(letter if letter.isalnum() else " " for letter in name.casefold()).split()
    if not words:
        raise SettingError(
            _("A shop needs a name."), allowed=_("A name with at least one letter or digit in it.")
        )
    return "-".join(words)[:60].strip("-")


def _moved(brought: Shop, folder: Path, name: str) -> Shop:
    """The tables, memory and key of a visit as a workbook: whole or not at all."""
    if folder.exists():
        raise SettingError(
            _("There is a folder {folder} already.").format(folder=folder),
            next_step=_("Choose another name."),
        )
    try:
        making = Path(tempfile.mkdtemp(prefix=".csworkbook-", dir=folder.parent))
        try:
            shutil.copytree(brought.folder, making, dirs_exist_ok=True)
            save_settings(making, replace(brought.settings, name=name, language=current()))
            making.rename(folder)
        except BaseException:
            shutil.rmtree(making, ignore_errors=True)
            raise
    except OSError as error:
        raise unwritable(folder, error) from error
    shutil.rmtree(brought.folder, ignore_errors=True)
    return open_shop(folder)


def _pointer(visit_id: str) -> Path | None:
    """Where the choice of a visit stands: beside its folder."""
    base = os.environ.get("CSWORKBOOK_VISITS")
    visit_id = "".join(c for c in visit_id if c.isalnum())[:64]
    return Path(base) / f"{visit_id}.open" if base and visit_id else None


def _chosen(visit_id: str) -> str:
    path = _pointer(visit_id)
    return path.read_text("utf-8").strip() if path is not None and path.is_file() else ""


def _is_here(folder: Path) -> bool:
    """Whether a folder is one of those a page may open."""
    return home() is not None and folder.resolve().parent == home().resolve()


def _opened(folder: Path) -> Shop | None:
    try:
        return open_shop(folder)
    except SettingError:
        return None
