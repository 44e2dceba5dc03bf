"""What was worked out for these very tables, kept as long as they are there."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable, Sequence
from threading import RLock
from typing import Any

MOST = 12  # results kept

_KEPT: list[tuple[tuple, Hashable, Any]] = []
_LOCK = RLock()


def remembered(tables: Sequence[Any], key: Hashable, made: Callable[[], Any]) -> Any:
    """The result kept for these objects and this key, or what `made` gives (kept from then on).

    Tables are known by being the same object, not by what they hold.

    >>> from csworkbook.errors import DataError as Any_class
    >>> remembered([Any_class], "k", lambda: 1), remembered([Any_class], "k", lambda: 2)
    (1, 1)
    """
    with _LOCK:
        for known, name, result in _KEPT:
            if name == key and len(known) == len(tables) and _same(known, tables):
                return result
    result = made()
    with _LOCK:
        _KEPT.append((tuple(None if one is None else weakref.ref(one) for one in tables), key, result))
        alive = [one for one in _KEPT if all(ref is None or ref() is not None for ref in one[0])]
        _KEPT[:] = alive[-MOST:]
    return result


def _same(known: tuple, tables: Sequence[Any]) -> bool:
    return all(
        (ref is None and table is None) or (ref is not None and ref() is table)
        for ref, table in zip(known, tables, strict=True)
    )
