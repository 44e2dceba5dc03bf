"""What does an engine keep while it is looked at, and when does it let go?"""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis

_GONE: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()  # engine → names that it can let go of
_DROPPING = ("duckdb", "postgres")  # what ibis 12 caches these cannot drop with sqlglot 30


def opened(memory: str = "4GB", folder: str | Path | None = None) -> object:
    """A DuckDB of its own for tables larger than memory.

    Parameters
    ----------
    memory : str
        The most it holds in memory.
    folder : str or Path, optional
        Where it writes what does not fit; without one in the system's temporary folder.

    Returns
    -------
    ibis.backends.duckdb.Backend
        Hand ``opened().read_parquet("events/*.parquet")`` to whatever takes an Ibis table.
    """
    import tempfile

    import ibis

    return ibis.duckdb.connect(memory_limit=memory, temp_directory=str(folder or tempfile.gettempdir()))


def kept(table: ibis.Table) -> ibis.Table:
    """The table worked out once.

    When nobody looks at it any more its engine lets go of it, at the next call: not at once, because the
    engine may be in the middle of something.
    """
    import ibis

    engine = ibis.get_backend(table)
    gone = _GONE.setdefault(engine, [])
    while gone:
        _dropped(engine, gone.pop())
    found = _worked_out(engine, table)
    if engine.name in _DROPPING:
        weakref.finalize(found.op(), gone.append, found.op().name)
    return found


@contextlib.contextmanager
def held(table: ibis.Table) -> Iterator[ibis.Table]:
    """The table worked out once and kept by its engine inside the ``with`` block."""
    import ibis

    engine = ibis.get_backend(table)
    found = _worked_out(engine, table)
    try:
        yield found
    finally:
        if engine.name in _DROPPING:
            _dropped(engine, found.op().name)


def _worked_out(engine: object, table: ibis.Table) -> ibis.Table:
    import ibis

    if engine.name not in _DROPPING:
        engine._run_pre_execute_hooks(table)  # ibis 12 caches without bringing small tables over first
        return table.cache()
    name = ibis.util.gen_name("kept")
    engine.create_table(name, table, temp=True)
    return engine.table(name)


def _dropped(engine: object, name: str) -> None:
    with contextlib.suppress(Exception):  # the connection may be gone, and the table with it
        done = engine.raw_sql(f'DROP TABLE IF EXISTS "{name}"')
        done.close() if engine.name == "postgres" else done.fetchall()
