"""Where are the shipped notebooks and the demo shop, in a checkout or an installed package?"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def _shipped(name: str) -> Path:
    installed = _PACKAGE / "_shipped" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


def data_folder() -> Path:
    """The demo shop: shop/, csv/, exports/ and README.md."""
    return _shipped("data")


def notebooks_folder() -> Path:
    """The guided notebooks: en/ and nl/."""
    return _shipped("notebooks")
