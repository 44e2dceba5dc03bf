"""The figures to steer by (handbook 4.8): ten metrics, four KPIs, each by its formula, over time, by agent.

The parts are imported when they are first used, so that a page starts fast.
"""

from __future__ import annotations

from importlib import import_module

_HOME = {
    "DEFINITIONS": "definitions",
    "Definition": "definitions",
    "GOALS": "goals",
    "METRICS": "agents",
    "by_agent": "agents",
    "goal_tree": "tree",
    "key_figures": "metrics",
    "over_time": "trend",
    "predictors": "foretelling",
    "weekly": "tallies",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return [*globals(), *_HOME]
