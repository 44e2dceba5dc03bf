"""What all tests share."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from spark import spark  # noqa: F401 one for all tests of a run

from csworkbook import language

BROWSER = Path(__file__).parent / "browser"
MANY = "tests/intake/test_damaged.py"  # more than a thousand tests that need nothing of each other


def pytest_xdist_make_scheduler(config, log):
    """With several workers the tests of a file stay together, and so do all that need Spark."""
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            file = nodeid.split("::")[0]
            if file.endswith("/test_spark.py"):
                return "Spark"
            return nodeid if file == MANY else file

    return Together(config, log)


def pytest_collection_modifyitems(items):
    """Browser tests go last."""
    for item in items:
        if BROWSER in item.path.parents:
            item.add_marker(pytest.mark.browser)
    items.sort(key=lambda item: BROWSER in item.path.parents)


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
