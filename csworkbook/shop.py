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
import tomllib
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csworkbook.errors import MissingTable, SettingError
from csworkbook.language import LANGUAGES
from csworkbook.language import gettext as _
from csworkbook.paths import data_folder
from csworkbook.store import Store
from csworkbook.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd

    from csworkbook.findings import Finding
    from csworkbook.intake import Intake

_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Settings:
    """What a shop says about itself; `margin` is a share of revenue (0–1), costs are per hour."""

    name: str = "Demo"
    currency: str = "EUR"
    zone: str = "Europe/Amsterdam"
    language: str = "nl"
    margin: float = 0.35
    hourly_cost: float = 32.0
    opening_hours: dict[str, str] = field(default_factory=lambda: dict.fromkeys(_WEEK[:5], "09:00-17:00"))
    targets: dict[str, float] = field(default_factory=dict)


_HANDED = ("currency", "zone", "margin", "hourly_cost", "opening_hours", "targets")


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
        path = self._tables / f"{name}.parquet"
        if not path.exists():
            return None
        import pandas as pd

        return pd.read_parquet(path)

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

    def forget_frames(self) -> None:
        """Read every table anew when it is next used (another process may have changed it)."""
        self._frames.clear()

    def remember(self, fingerprint: str, mapping: dict[str, str | None]) -> None:
        """Keep how the columns of a file of this shape map, for the next file of that shape."""
        self.store.put("mapping", fingerprint, mapping)

    def remembered(self, fingerprint: str) -> dict[str, str | None] | None:
        """How the columns of a file of this shape were mapped before, or None."""
        return self.store.get("mapping", fingerprint)

    def add(self, intake: Intake) -> Shop:
        """The shop with the table a user brought.

        The table is written to the workbook's folder, and the one it replaces is kept in
        ``data/earlier``. The demo shop itself never changes: it gives a `visit`, a new shop that
        holds only what the user brought, so that invented and real figures never mix.
        """
        shop = visit() if self.is_demo else self
        _keep_earlier(shop._tables / f"{intake.table}.parquet")
        _write_frame(intake.frame, shop._tables / f"{intake.table}.parquet")
        _write_frame(intake.aside.astype(str), shop._tables / "aside" / f"{intake.table}.parquet")
        shop._frames.pop(intake.table, None)
        return shop

    def aside(self, table: str) -> pd.DataFrame | None:
        """The rows set aside when `table` was brought in, each with its reason, or None."""
        return self._read(f"aside/{table}")

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


def table_name(name: str) -> str:
    """The name of a canonical table as people say it."""
    return {
        "orders": _("orders"),
        "order_lines": _("order lines"),
        "returns": _("returns"),
        "contacts": _("customer contacts"),
        "messages": _("messages"),
        "events": _("visits (events)"),
        "effort_survey": _("effort survey"),
        "service_survey": _("service survey"),
        "perception": _("perception survey"),
        "channel_costs": _("channel costs"),
        "reviews": _("reviews"),
        "products": _("products"),
    }[name]


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
        return Shop(None, data_folder() / "shop", _read_settings(data_folder() / "shop" / "workbook.toml"))
    folder = Path(path).expanduser().resolve()
    if not (folder / "workbook.toml").is_file():
        raise SettingError(
            _("The folder {folder} is not a workbook.").format(folder=folder),
            allowed=_("A workbook is a folder with a file workbook.toml in it."),
            next_step=_("Make one with: csworkbook new FOLDER --name “My shop” --lang nl"),
        )
    return Shop(folder, folder / "data", _read_settings(folder / "workbook.toml"))


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
        _write_private(folder / "workbook.key", secrets.token_bytes(32))
        save_settings(folder, Settings(name=name, language=language))
    except OSError as error:
        raise SettingError(
            _("The folder {folder} cannot be written: {reason}.").format(
                folder=folder, reason=error.strerror
            ),
            next_step=_("Choose a folder that is yours."),
        ) from error
    return open_shop(folder)


def visit(visit_id: str = "") -> Shop:
    """A shop for one visitor of the demo, holding only what he brought himself.

    It lives in the server's own runtime folder ($CSWORKBOOK_VISITS, in memory where the system has
    that, wiped when the server stops), so that a reload with the same `visit_id` finds it again.
    Without a server it goes with the process.
    """
    folder = _visit_folder(visit_id) or _passing_folder()
    return open_shop(folder) if (folder / "workbook.toml").exists() else _own(folder)


def find_visit(visit_id: str) -> Shop | None:
    """What this visitor brought before, or None."""
    folder = _visit_folder(visit_id)
    if folder is None or not (folder / "workbook.toml").exists():
        return None
    found = open_shop(folder)
    return found if found.tables() else None


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


def save_settings(folder: Path, settings: Settings) -> None:
    """Write the settings of a workbook, whole or not at all."""
    import tomli_w

    write_atomically(folder / "workbook.toml", tomli_w.dumps(asdict(settings)).encode())


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that readers see the old or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _write_frame(frame: pd.DataFrame, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        frame.to_parquet(temporary, index=False)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _keep_earlier(path: Path) -> None:
    if path.exists():
        when = datetime.fromtimestamp(path.stat().st_mtime).strftime("%Y%m%d-%H%M%S-%f")
        earlier = path.parent / "earlier" / f"{path.stem}-{when}.parquet"
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


def _read_settings(path: Path) -> Settings:
    try:
        read = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError(
            _("The settings in {path} cannot be read: {reason}.").format(path=path, reason=error),
            next_step=_("Mend that line, or delete the file and make the workbook again."),
        ) from error
    known = vars(Settings())
    read = {name: value for name, value in read.items() if name in known}
    for name, value in read.items():
        if not _alike(value, known[name]):
            raise SettingError(
                _("The setting {name} in {path} cannot be {value}.").format(
                    name=name, path=path, value=value
                ),
                allowed=_("Something like: {example}.").format(example=known[name]),
                next_step=_("Mend that line, or delete the file and make the workbook again."),
            )
    return Settings(**read)


def _alike(value: object, default: object) -> bool:
    """Whether a setting is of the kind of its default; a whole number does for a number."""
    number = isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool)
    return number or isinstance(value, type(default))
