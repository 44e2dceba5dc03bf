"""What all tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from csworkbook import language


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Browser tests go last: the driver of the browser leaves its event loop running in this thread."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def realdata() -> Path:
    """The folder of real files for optional tests; skips where it is absent."""
    folder = Path(__file__).parents[2] / "shared" / "realdata"
    if not folder.is_dir():
        pytest.skip("the folder with real data is not beside this checkout")
    return folder


@pytest.fixture(autouse=True)
def _english():
    """Every test starts, and leaves, with English."""
    language.use("en")
    yield
    language.use("en")
