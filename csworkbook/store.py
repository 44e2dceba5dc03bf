"""What users type and choose, kept in the workbook: one small document store.

``workbook.sqlite`` in the workbook folder; any SQLAlchemy URL works too. Every save is its own
transaction, so a reload or a dead kernel loses nothing.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Engine, Table


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
        from sqlalchemy import select

        table = _documents()
        with _engine(self.url).connect() as connection:
            found = connection.execute(
                select(table.c.document).where(table.c.kind == kind, table.c.key == key)
            ).scalar_one_or_none()
        return None if found is None else json.loads(found)

    def put(self, kind: str, key: str, document: Any) -> None:
        """Keep a document (anything JSON can hold), in place of the one with this kind and key."""
        from sqlalchemy import delete, insert

        table = _documents()
        row = {"kind": kind, "key": key, "document": json.dumps(document), "saved_at": datetime.now(UTC)}
        with _engine(self.url).begin() as connection:
            connection.execute(delete(table).where(table.c.kind == kind, table.c.key == key))
            connection.execute(insert(table).values(row))

    def all(self, kind: str) -> dict[str, Any]:
        """Every document of a kind, by key."""
        from sqlalchemy import select

        table = _documents()
        with _engine(self.url).connect() as connection:
            rows = connection.execute(select(table.c.key, table.c.document).where(table.c.kind == kind))
            return {key: json.loads(document) for key, document in rows}


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
    from sqlalchemy.pool import StaticPool

    in_memory = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
    engine = create_engine(url, **(in_memory if url in ("sqlite://", "sqlite:///:memory:") else {}))
    _documents().metadata.create_all(engine)
    return engine
