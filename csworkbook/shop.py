"""One web shop: its tables, its settings, and what it remembers.

A workbook is a folder: ``workbook.toml`` (settings), ``data/`` (canonical Parquet and the rows set
aside), ``workbook.sqlite`` (what was typed and chosen), ``workbook.key`` (the secret for hashed
customer ids). Without a folder `open_shop` opens the demo shop, which nothing can change.
"""

from __future__ import annotations

import atexit
import inspect
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csworkbook import imports
from csworkbook.errors import MissingTable, SettingError
from csworkbook.language import LANGUAGES
from csworkbook.language import gettext as _
from csworkbook.naming import table_name
from csworkbook.paths import data_folder
from csworkbook.settings import Settings, read_settings, require, save_settings
from csworkbook.store import Store
from csworkbook.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd

    from csworkbook.findings import Finding
    from csworkbook.intake import Choices, Intake, Source

_HANDED = (
    "currency",
    "zone",
    "margin",
    "hourly_cost",
    "opening_hours",
    "targets",
    "country",
    "service_items",
    "service_texts",
)


class Shop:
    """The tables and settings of one web shop; each table is an attribute, read when first used.

    A table that is not there is None. Make one with `open_shop` or `new_shop`.
    """

    def __init__(self, folder: Path | None, tables: Path, settings: Settings) -> None:
        self.folder, self.settings, self._tables = folder, settings, tables
        self._frames: dict[str, pd.DataFrame | None] = {}
        self._key = secrets.token_bytes(32) if folder is None else _read_key(folder)

    def __repr__(self) -> str:
        return f"<Shop {self.name!r}: {', '.join(self.tables()) or 'no tables yet'}>"

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *TABLES]

    def __getattr__(self, name: str) -> pd.DataFrame | None:
        if name not in TABLES:
            raise AttributeError(name)
        if name not in self._frames:
            self._frames[name] = self._read(name)
        return self._frames[name]

    def _read(self, name: str) -> pd.DataFrame | None:
        from csworkbook.additions import read_frame

        path = self._tables / f"{name}.parquet"
        return read_frame(path, self.settings.zone) if path.exists() else None

    @property
    def name(self) -> str:
        """The shop's name; what a visitor of the demo brought has none of its own."""
        return self.settings.name or _("Your own data")

    @property
    def is_demo(self) -> bool:
        """Whether this is the shop that ships with csworkbook."""
        return self.folder is None

    @property
    def key(self) -> bytes:
        """The secret that turns customers' e-mail addresses into pseudonyms."""
        return self._key

    @cached_property
    def store(self) -> Store:
        """What was typed and chosen (in memory only for the demo shop)."""
        return Store("sqlite://" if self.is_demo else f"sqlite:///{self.folder / 'workbook.sqlite'}")

    def tables(self) -> list[str]:
        """The names of the tables that are there."""
        return [name for name in TABLES if (self._tables / f"{name}.parquet").exists()]

    def stamp(self) -> float:
        """When the tables last changed (seconds since 1970)."""
        return max((path.stat().st_mtime for path in self._tables.glob("*.parquet")), default=0.0)

    def range(self, name: str) -> tuple[pd.Timestamp, pd.Timestamp] | None:
        """The first and last moment in a table; None without the table or where it tells no time."""
        times = [column.name for column in TABLES[name].columns if column.required and column.kind == "time"]
        frame = getattr(self, name) if times else None
        return None if frame is None or frame.empty else (frame[times[0]].min(), frame[times[0]].max())

    def forget_frames(self) -> None:
        """Read every table anew when it is next used (another process may have changed it)."""
        self._frames.clear()

    def remember(self, intake: Intake) -> None:
        """Keep what the owner said of a file, for the next file of that shape."""
        if intake.choices != type(intake.choices)():
            self.store.put("choices", intake.fingerprint, intake.choices.document())

    def remembered(self, fingerprint: str) -> Choices | None:
        """What the owner said of a file of this shape before, or None."""
        from csworkbook.intake import Choices

        kept = self.store.get("choices", fingerprint)
        return None if kept is None else Choices.of(kept)

    def read(
        self,
        source: Source,
        *,
        filename: str | None = None,
        choices: Choices | Callable[[str], Choices | None] | None = None,
    ) -> list[Intake]:
        """Every table in a file, read as this shop's own: its key, its zone, what was said of such files before.

        Parameters as `intake.read_all`.
        """
        from csworkbook import intake

        items = intake.Items.of(self.settings.service_items, self.settings.service_texts)
        shop = {"key": self.key, "zone": self.settings.zone, "choices": choices or self.remembered}
        return intake.read_all(source, filename=filename, items=items, **shop)

    def add(self, intake: Intake) -> Shop:
        """The shop with the rows a user brought.

        New rows join the table; of rows that are there already the newer stay, and both are counted
        (see `imports`). The table as it was is kept in ``data/earlier``. The demo shop itself never
        changes: it gives a `visit`, a new shop that holds only what the user brought, so that invented
        and real figures never mix.
        """
        shop = visit() if self.is_demo else self
        _keep_earlier(shop._tables / f"{intake.table}.parquet")
        imports.add(shop.store, shop._tables, intake)
        shop._frames.pop(intake.table, None)
        return shop

    def imports(self) -> pd.DataFrame:
        """What was brought, the latest first.

        Returns
        -------
        DataFrame
            id, file, table, system, export, read, used, aside, added, known, changed (rows), brought_at.
        """
        return imports.listed(self.store, self.settings.zone)

    def aside(self, name: str) -> pd.DataFrame | None:
        """The rows set aside at an import, by its id, or at the last one of a table, by its name; or None."""
        return imports.aside(self._tables, name)

    def keep_original(self, path: Path, filename: str) -> Path:
        """Keep the file as it was brought, in ``data/originals``; it may hold personal data, so only when asked."""
        kept = self._tables / "originals" / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{Path(filename).name}"
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, kept)
        return kept

    @property
    def inbox(self) -> Path:
        """The folder for files that are too large for a page; what stands there is read by ``csworkbook add``."""
        return self._tables.parent / "inbox"

    def save(self, settings: Settings) -> None:
        """Keep other settings, from now on.

        Raises
        ------
        SettingError
            When one of them cannot be, or this is the demo shop, which nobody can change.
        """
        if self.folder is None:
            raise SettingError(
                _("The demo shop cannot be changed."), next_step=_("Make a workbook of your own first.")
            )
        require(settings)
        save_settings(self.folder, settings)
        self.settings = settings
        self._frames.clear()

    def call(self, function: Callable, **options: Any) -> Any:
        """Call a chapter function with the tables and settings of this shop.

        Positional parameters are tables by name; keyword parameters named as a setting take the
        shop's value unless given in `options`.

        Raises
        ------
        DataError
            When a table without which the function cannot work is not there.
        """
        parameters = inspect.signature(function).parameters.values()
        given = [self._table_for(p) for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
        settings = {name: getattr(self.settings, name) for name in _HANDED}
        wanted = {
            p.name: settings[p.name] for p in parameters if p.kind is p.KEYWORD_ONLY and p.name in settings
        }
        return function(*given, **{**wanted, **options})

    def _table_for(self, parameter: inspect.Parameter) -> pd.DataFrame | None:
        frame = getattr(self, parameter.name)
        if frame is None and parameter.default is parameter.empty:
            raise missing_table(parameter.name)
        return frame

    def findings(self) -> list[Finding]:
        """What every chapter finds in this shop, most valuable first."""
        from csworkbook.chapters import findings

        return findings(self)


def missing_table(name: str) -> MissingTable:
    """The error that says a table is needed, and how to bring it."""
    return MissingTable(
        _("This needs the table “{table}”, which this shop does not have yet.").format(
            table=table_name(name)
        ),
        next_step=_(
            "Drop an export that holds it on this page, or see what a file holds with: csworkbook check FILE"
        ),
    )


def open_shop(path: str | Path | None = None) -> Shop:
    """Open a workbook folder, the one named in $CSWORKBOOK, or else the demo shop.

    Parameters
    ----------
    path : str or Path, optional
        A folder made by `new_shop` or ``csworkbook new``.

    Raises
    ------
    SettingError
        When the folder is not there, is no workbook, or its settings cannot be read.
    """
    path = path or os.environ.get("CSWORKBOOK") or None
    if path is None:
        return Shop(None, data_folder() / "shop", read_settings(data_folder() / "shop" / "workbook.toml"))
    folder = Path(path).expanduser().resolve()
    if not (folder / "workbook.toml").is_file():
        raise SettingError(
            _("The folder {folder} is not a workbook.").format(folder=folder),
            allowed=_("A workbook is a folder with a file workbook.toml in it."),
            next_step=_("Make one with: csworkbook new FOLDER --name “My shop” --lang nl"),
        )
    return Shop(folder, folder / "data", read_settings(folder / "workbook.toml"))


def new_shop(folder: str | Path, *, name: str, language: str = "nl") -> Shop:
    """Make a workbook folder and open it.

    Raises
    ------
    SettingError
        When there is a workbook already, the language is unknown, or the folder cannot be made.
    """
    folder = Path(folder).expanduser().resolve()
    if language not in LANGUAGES:
        raise SettingError(_("“{language}” is not a language of this workbook.").format(language=language))
    if (folder / "workbook.toml").exists():
        raise SettingError(
            _("There is a workbook in {folder} already.").format(folder=folder),
            next_step=_("Open it with: csworkbook serve FOLDER, or choose another folder."),
        )
    try:
        (folder / "data").mkdir(parents=True, exist_ok=True)
        (folder / "inbox").mkdir(exist_ok=True)
        _write_private(folder / "workbook.key", secrets.token_bytes(32))
        save_settings(folder, Settings(name=name, language=language))
    except OSError as error:
        raise unwritable(folder, error) from error
    return open_shop(folder)


def unwritable(folder: Path, error: OSError) -> SettingError:
    """The error for a folder that nothing can be written to."""
    return SettingError(
        _("The folder {folder} cannot be written: {reason}.").format(folder=folder, reason=error.strerror),
        next_step=_("Choose a folder that is yours."),
    )


def visit(visit_id: str = "") -> Shop:
    """A shop for one visitor of the demo, holding only what he brought himself.

    It lives in the server's own runtime folder ($CSWORKBOOK_VISITS, in memory where the system has
    that, wiped when the server stops), so that a reload with the same `visit_id` finds it again.
    Without a server it goes with the process.
    """
    folder = _visit_folder(visit_id) or _passing_folder()
    return open_shop(folder) if (folder / "workbook.toml").exists() else _own(folder)


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
    from csworkbook.language import current

    return new_shop(folder, name="", language=current())


def _keep_earlier(path: Path) -> None:
    """Keep the table as it was before a file is added to it, in place of the one kept before."""
    if path.exists():
        earlier = path.parent / "earlier" / path.name
        earlier.parent.mkdir(exist_ok=True)
        shutil.copy2(path, earlier)


def _write_private(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)


def _read_key(folder: Path) -> bytes:
    path = folder / "workbook.key"
    if not path.exists():
        _write_private(path, secrets.token_bytes(32))
    return path.read_bytes()
