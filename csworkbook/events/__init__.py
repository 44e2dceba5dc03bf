"""What did visitors do, in which order, and how far did they come? The engine for tables of events of any size.

A table of events may be a pandas frame, a file of Parquet or CSV, or an Ibis table in any engine that
Ibis knows (DuckDB, Spark, a warehouse). Counting is done where the events are; only small tables come
into this process.
"""

from __future__ import annotations

from csworkbook.engine import kept, opened
from csworkbook.events.asked import ORDERS, PER, TIES
from csworkbook.events.facts import Account
from csworkbook.events.followed import Followed, follow
from csworkbook.events.health import Health, health
from csworkbook.events.reading import read
from csworkbook.events.steps import Step, steps_of
from csworkbook.events.units import sessions

__all__ = [
    "ORDERS", "PER", "TIES", "Account", "Followed", "Health", "Step",
    "follow", "health", "kept", "opened", "read", "roles", "sessions", "splits", "steps_of", "usual",
]  # fmt: skip


_LATER = {"usual": "proposed", "roles": "proposed", "splits": "groups"}


def __getattr__(name: str) -> object:
    """What is read only when asked for: what most shops call their steps, and how events can be split."""
    if name not in _LATER:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(f"csworkbook.events.{_LATER[name]}"), name)
