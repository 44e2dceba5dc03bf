"""What users type and choose, kept in the workbook: one small document store.

``workbook.sqlite`` in the workbook folder; any SQLAlchemy URL works too. Every save is its own
transaction, so a reload or a dead kernel loses nothing. Several pages, phones and programs may write
at once: each waits for its turn, at most `PATIENCE` seconds. (SQLite's write-ahead log would let them
read meanwhile, but keeps what was saved in a second file, which a copied or synchronised folder loses.)
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Table

PATIENCE = 20  # seconds to wait while others write
_IN_MEMORY = ("sqlite://", "sqlite:///:memory:")


class Store:
    """Documents by kind and key, with the time each was saved.

    Parameters
    ----------
    url : str
        A SQLAlchemy URL, such as ``sqlite:///workbook.sqlite``.
    """

    def __init__(self, url: str) -> None:
        self.url = url

    def get(self, kind: str, key: str) -> Any:
        """The document, or None."""
        with self._reading() as documents:
            return documents.get(kind, key)

    def put(self, kind: str, key: str, document: Any) -> None:
        """Keep a document (anything JSON can hold), in place of the one with this kind and key."""
        with self.together() as documents:
            documents.put(kind, key, document)

    def all(self, kind: str, start: str = "") -> dict[str, Any]:
        """Every document of a kind whose key starts so, by key."""
        with self._reading() as documents:
            return documents.all(kind, start)

    def keys(self, kind: str, start: str = "") -> list[str]:
        """The keys of a kind that start so; their documents are not read."""
        with self._reading() as documents:
            return documents.keys(kind, start)

    def remove(self, kind: str, key: str) -> None:
        """Keep this document no longer, if it is there."""
        with self.together() as documents:
            documents.remove(kind, key)

    @contextmanager
    def together(self) -> Iterator[Documents]:
        """Several reads and writes as one: all of them or none, and nobody writes in between.

        >>> store = Store("sqlite://")
        >>> with store.together() as documents:
        ...     documents.put("count", "visits", (documents.get("count", "visits") or 0) + 1)
        >>> store.get("count", "visits")
        1
        """
        engine = _engine(self.url)
        with _turn(self.url), engine.begin() as connection:
            if engine.dialect.name == "sqlite":  # else it would ask for its turn only when it writes
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield Documents(connection, changing=True)

    @contextmanager
    def _reading(self) -> Iterator[Documents]:
        with _turn(self.url), _engine(self.url).connect() as connection:
            yield Documents(connection)


class Documents:
    """The documents of a store inside one transaction."""

    def __init__(self, connection: Connection, *, changing: bool = False) -> None:
        self._connection, self._changing = connection, changing

    def get(self, kind: str, key: str) -> Any:
        """As `Store.get`."""
        from sqlalchemy import select

        table = _documents()
        asked = select(table.c.document).where(table.c.kind == kind, table.c.key == key)
        # where the database locks rows and not the whole file, this one is ours from here on
        asked = asked.with_for_update() if self._changing else asked
        found = self._connection.execute(asked).scalar_one_or_none()
        return None if found is None else json.loads(found)

    def put(self, kind: str, key: str, document: Any, *, saved_at: datetime | None = None) -> None:
        """As `Store.put`; `saved_at` is now unless given (where the time itself would tell too much)."""
        from sqlalchemy import insert

        written = json.dumps(document)
        self.remove(kind, key)
        row = {"kind": kind, "key": key, "document": written, "saved_at": saved_at or datetime.now(UTC)}
        self._connection.execute(insert(_documents()).values(row))

    def all(self, kind: str, start: str = "") -> dict[str, Any]:
        """As `Store.all`."""
        from sqlalchemy import select

        table = _documents()
        asked = select(table.c.key, table.c.document).where(*_starting(table, kind, start))
        return {key: json.loads(document) for key, document in self._connection.execute(asked)}

    def keys(self, kind: str, start: str = "") -> list[str]:
        """As `Store.keys`."""
        from sqlalchemy import select

        table = _documents()
        return list(
            self._connection.execute(select(table.c.key).where(*_starting(table, kind, start))).scalars()
        )

    def remove(self, kind: str, key: str) -> None:
        """As `Store.remove`."""
        from sqlalchemy import delete

        table = _documents()
        self._connection.execute(delete(table).where(table.c.kind == kind, table.c.key == key))


def _starting(table: Table, kind: str, start: str) -> list[Any]:
    """The conditions for a kind and, if any, the start of its keys (LIKE would not tell capitals apart)."""
    from sqlalchemy import func

    mine = [func.substr(table.c.key, 1, len(start)) == start] if start else []
    return [table.c.kind == kind, *mine]


@lru_cache
def _turn(url: str) -> AbstractContextManager:
    """One at a time where all threads share one connection; a file sees to that itself."""
    return Lock() if url in _IN_MEMORY else nullcontext()


@lru_cache
def _documents() -> Table:
    from sqlalchemy import Column, DateTime, MetaData, String, Table, Text

    return Table(
        "documents",
        MetaData(),
        Column("kind", String(40), primary_key=True),
        Column("key", String(200), primary_key=True),
        Column("document", Text, nullable=False),
        Column("saved_at", DateTime(timezone=True), nullable=False),
    )


@lru_cache
def _engine(url: str) -> Engine:
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool, StaticPool

    if not url.startswith("sqlite"):
        engine = create_engine(url)
        _documents().metadata.create_all(engine)
        return engine
    # a connection that stays open would go on writing to a file that was moved or wiped
    pool = {"poolclass": StaticPool} if url in _IN_MEMORY else {"poolclass": NullPool}
    engine = create_engine(url, **pool, connect_args={"check_same_thread": False, "timeout": PATIENCE})
    _make_table_when_connected(engine)
    return engine


def _make_table_when_connected(engine: Engine) -> None:
    from sqlalchemy import event
    from sqlalchemy.schema import CreateTable

    statement = str(CreateTable(_documents(), if_not_exists=True).compile(dialect=engine.dialect))

    @event.listens_for(engine, "connect")
    def made(connection: Any, _record: Any) -> None:
        connection.execute(statement)
