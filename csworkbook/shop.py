"""One web shop: its tables, its settings, and what it remembers.

A workbook is a folder: ``workbook.toml`` (settings), ``data/`` (canonical Parquet and the rows set
aside), ``workbook.sqlite`` (what was typed and chosen), ``workbook.key`` (the secret for hashed
customer ids). Without a folder `open_shop` opens the demo shop, which nothing can change.
"""

from __future__ import annotations

import inspect
import os
import secrets
import shutil
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
    import ibis
    import pandas as pd

    from csworkbook.findings import Finding
    from csworkbook.intake import Choices, Intake, Source
    from csworkbook.personas.saved import Saved

_HANDED = (
    "currency",
    "zone",
    "margin",
    "hourly_cost",
    "discount_rate",
    "opening_hours",
    "targets",
    "country",
    "service_items",
    "service_texts",
)
_LARGE = 2_000_000  # rows; a larger table stays in its file and goes to chapter functions as an Ibis table


class Shop:
    """The tables and settings of one web shop; each table is an attribute, read when first used.

    A table that is not there is None. Make one with `open_shop` or `new_shop`.
    """

    def __init__(self, folder: Path | None, tables: Path, settings: Settings) -> None:
        self.folder, self.settings, self._tables = folder, settings, tables
        self._frames: dict[str, pd.DataFrame | None] = {}
        self._lazy: dict[str, ibis.Table] = {}
        self._lines: tuple | None = None  # order lines, products, and the lines told by the products
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
        if times and self.is_large(name):
            return self._ends(name, times[0])
        frame = getattr(self, name) if times else None
        return None if frame is None or frame.empty else (frame[times[0]].min(), frame[times[0]].max())

    def lazy(self, name: str) -> ibis.Table | None:
        """A table as it lies in its Parquet file, for DuckDB to read when it is needed; None where it is absent.

        Times are UTC; nothing is in memory before something is asked of it.
        """
        import ibis

        path = self._tables / f"{name}.parquet"
        if name not in self._lazy and path.exists():
            self._lazy[name] = ibis.read_parquet(path)  # one object, by which what was worked out is known
        return self._lazy.get(name)

    def is_large(self, name: str) -> bool:
        """Whether a table stays in its file because it has too many rows to hold."""
        import pyarrow.parquet as pq

        path = self._tables / f"{name}.parquet"
        return name not in self._frames and path.exists() and pq.read_metadata(path).num_rows > _LARGE

    def _ends(self, name: str, time: str) -> tuple[pd.Timestamp, pd.Timestamp]:
        """The first and last moment of a table that stays in its file, in the shop's zone."""
        import pandas as pd

        table = self.lazy(name)
        ends = table.aggregate(first=table[time].min(), last=table[time].max()).to_pandas().iloc[0]
        zoned = [pd.Timestamp(end) for end in ends]
        zoned = [end.tz_localize("UTC") if end.tz is None else end for end in zoned]
        return tuple(end.tz_convert(self.settings.zone) for end in zoned)

    def forget_frames(self) -> None:
        """Read every table anew when it is next used (another process may have changed it)."""
        self._frames.clear()
        self._lazy.clear()

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
        from csworkbook.visits import visit

        shop = visit() if self.is_demo else self
        _keep_earlier(shop._tables / f"{intake.table}.parquet")
        imports.add(shop.store, shop._tables, intake)
        shop._frames.pop(intake.table, None)
        shop._lazy.pop(intake.table, None)
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
        self.forget_frames()

    def call(self, function: Callable, **options: Any) -> Any:
        """Call a chapter function with the tables and settings of this shop.

        Parameters named as a table get that table: a pandas frame, or an Ibis table on its Parquet
        file when it has more than two million rows. Order lines come with what only the products tell.
        Parameters named as a setting take the shop's value unless given in `options`; `steps` are those
        chosen for the funnel, None when none are; `personas` are those found and kept, None when none are;
        ``audit_<name>`` is what that audit scored, part by part, None before it was answered.

        Raises
        ------
        DataError
            When a table without which the function cannot work is not there.
        """
        parameters = inspect.signature(function).parameters
        tables = {name: self._table_for(p) for name, p in parameters.items() if name in TABLES}
        settings = {name: getattr(self.settings, name) for name in _HANDED if name in parameters}
        if "steps" in parameters:
            settings["steps"] = self.settings.funnel_steps or None
        if "personas" in parameters:
            settings["personas"] = self._personas()
        settings |= {name: self._audited(name) for name in parameters if name.startswith("audit_")}
        return function(**{**tables, **settings, **options})

    def _personas(self) -> Saved | None:
        from csworkbook.personas.saved import Saved

        return Saved.read(self.store.get("personas", "found"))

    def _audited(self, parameter: str) -> dict[str, float | None] | None:
        from csworkbook import audits

        found = audits.score(self, parameter.removeprefix("audit_"))
        return found.parts() if found.answered else None

    def _table_for(self, parameter: inspect.Parameter) -> pd.DataFrame | ibis.Table | None:
        large = self.is_large(parameter.name)
        frame = self.lazy(parameter.name) if large else getattr(self, parameter.name)
        if frame is not None and parameter.name == "order_lines":
            return self._told_lines(frame)
        if frame is None and parameter.default is parameter.empty:
            raise missing_table(parameter.name)
        return frame

    def _told_lines(self, lines: pd.DataFrame | ibis.Table) -> pd.DataFrame | ibis.Table:
        """The order lines with what only the products tell; one object as long as both tables stay."""
        from csworkbook.assortment import with_products

        before = self._lines
        if before is None or before[0] is not lines or before[1] is not self.products:
            self._lines = lines, self.products, with_products(lines, self.products)
        return self._lines[2]

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
