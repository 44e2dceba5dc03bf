"""What was brought to a shop, and when: every file's account is kept, with the rows that were set aside."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from csworkbook import additions
from csworkbook.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd

    from csworkbook.intake import Intake
    from csworkbook.store import Store

_TOLD = ("table", "system", "export", "filename", "part", "sheet", "read", "used", "fingerprint")
_COUNTS = ("read", "used", "aside", "added", "known", "changed")


def add(store: Store, tables: Path, intake: Intake) -> additions.Added:
    """Put the rows of a file to the tables in a folder, and keep its account."""
    when = datetime.now(UTC)
    id = f"{when:%Y%m%d-%H%M%S-%f}-{intake.table}"
    arriving = tables / f".{id}.parquet"
    try:
        additions.write(intake, arriving)
        digest = additions.digest(arriving)
        added = _joined(store, intake, arriving, tables / f"{intake.table}.parquet", digest)
    finally:
        arriving.unlink(missing_ok=True)
    if len(intake.aside):
        additions.write_frame(_without_people(intake), tables / "aside" / f"{id}.parquet")
    kept = {name: getattr(intake, name) for name in _TOLD}
    kept |= {"aside": intake.read - intake.used, "added": added.new, "known": added.known}
    kept |= {"changed": added.changed, "digest": digest, "brought_at": when.isoformat()}
    store.put("import", id, kept)
    return added


def _without_people(intake: Intake) -> pd.DataFrame:
    """The rows set aside as the workbook keeps them: without the columns and words that tell who somebody is.

    The file of rows set aside that the owner takes home has them all: it is his own.
    """
    from csworkbook.intake import personal

    told = intake.private
    private = [] if told is None else told.loc[told["what"] != "masked", "column"].tolist()
    kept = intake.aside.drop(columns=private, errors="ignore").astype("str")
    return kept.apply(lambda column: personal.masked(column)[0])


def _joined(store: Store, intake: Intake, arriving: Path, table: Path, digest: str) -> additions.Added:
    """The arriving rows put to the table; the same file twice adds nothing."""
    unmarked = _without_marks(intake.table)
    if unmarked and _seen(store, intake.table, digest):
        return additions.Added(0, intake.used, 0)
    return additions.merge(intake.table, arriving, table, append=unmarked)


def _without_marks(table: str) -> bool:
    """Whether rows of this table cannot be told apart: neither a key nor a time."""
    known = TABLES[table]
    return not known.same and not any(
        column.kind in ("key", "time") and column.required for column in known.columns
    )


def _seen(store: Store, table: str, digest: str) -> bool:
    return any(told["table"] == table and told["digest"] == digest for told in store.all("import").values())


def listed(store: Store, zone: str) -> pd.DataFrame:
    """Every import, the latest first: id, file, table, system, export, counts of rows, brought_at."""
    import pandas as pd

    kept = sorted(store.all("import").items(), reverse=True)
    rows = [{**told, "id": id, "file": told["part"] or told["filename"]} for id, told in kept]
    frame = pd.DataFrame(rows, columns=["id", "file", "table", "system", "export", *_COUNTS, "brought_at"])
    frame["brought_at"] = pd.to_datetime(frame["brought_at"], utc=True).dt.tz_convert(zone)
    return frame


def aside(tables: Path, name: str) -> pd.DataFrame | None:
    """The rows set aside at an import, by its id, or at the last one of a table, by its name; or None."""
    import pandas as pd

    paths = sorted((tables / "aside").glob(f"*-{name}.parquet")) or sorted(
        (tables / "aside").glob(f"{name}.parquet")
    )
    return pd.read_parquet(paths[-1]) if paths else None
