"""What all tests share."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from csworkbook import language

BROWSER = Path(__file__).parent / "browser"
MANY = "tests/intake/test_damaged.py"  # more than a thousand tests that need nothing of each other


def pytest_xdist_make_scheduler(config, log):
    """With several workers: a file's tests stay together, and so do all that share the browser."""
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            file = nodeid.split("::")[0]
            return "browser" if file.startswith("tests/browser/") else nodeid if file == MANY else file

    return Together(config, log)


def pytest_collection_modifyitems(config, items):
    """With several workers the browser starts first, because it takes longest; alone it goes last."""
    shared = hasattr(config, "workerinput")
    for item in items:
        if BROWSER in item.path.parents:
            item.add_marker(pytest.mark.browser)
    items.sort(key=lambda item: (BROWSER in item.path.parents) != shared)


@pytest.fixture(scope="session")
def realdata() -> Path:
    """The folder of real files for optional tests; skips where it is absent."""
    folder = Path(__file__).parents[2] / "shared" / "realdata"
    if not folder.is_dir():
        pytest.skip("the folder with real data is not beside this checkout")
    return folder


@pytest.fixture(autouse=True)
def _without_a_loop(request):
    """The driver of the browser leaves its event loop running in this thread: other tests do without."""
    if request.node.get_closest_marker("browser"):
        yield
        return
    running = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(running)


@pytest.fixture(autouse=True)
def _english():
    """Every test starts, and leaves, with English."""
    language.use("en")
    yield
    language.use("en")
