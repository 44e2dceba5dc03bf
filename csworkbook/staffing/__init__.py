"""When do customers get in touch, how many will, how long do they wait, and how many people does that take?"""

from importlib import import_module
from typing import Any

_NAMES = {
    "agents": "calculating",
    "arrivals": "arriving",
    "channels": "counts",
    "forecast": "forecasting",
    "patience_of": "patience",
    "plan": "planning",
    "waiting": "waits",
    "weeks": "forecasting",
}
__all__ = sorted(_NAMES)


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(f"module 'csworkbook.staffing' has no attribute {name!r}")
    return getattr(import_module(f"csworkbook.staffing.{_NAMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
