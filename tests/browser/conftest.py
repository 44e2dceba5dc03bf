"""What every browser test needs: a browser, a running server, pages that tell on outside requests."""

import contextlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from install import find
from serving import ALIVE, serving

from csworkbook.paths import notebooks_folder

HARMLESS = "setData is not a function"  # plotly's renderer keeps a PNG, which Voila has no place for
LONG = 60_000  # ms: what a busy machine may take for anything; nobody waits longer than it lasts
# what Voila asks when a page is left; a browser that is closed at once does not get round to it
END = """async () => {
    const { baseUrl, kernelId } = JSON.parse(document.getElementById("jupyter-config-data").textContent);
    const body = new FormData();
    body.append("_xsrf", document.cookie.match(/\\b_xsrf=([^;]*)/)?.[1] ?? "");
    const signal = AbortSignal.timeout(500); // that it was asked is enough
    await fetch(`${baseUrl}voila/api/shutdown/${kernelId}`, { method: "POST", body, signal });
}"""
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


def browser_required():
    return os.environ.get("CI") == "true" or os.environ.get("CSWORKBOOK_REQUIRE_BROWSER") == "1"


@pytest.fixture(scope="session")
def chromium():
    """The path of a Chrome or Chromium; without one the test skips, or fails where one is required."""
    found = find()
    if found is None:
        (pytest.fail if browser_required() else pytest.skip)("no Chrome or Chromium found on this machine")
    return found


@pytest.fixture(scope="session")
def browser(chromium):
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=LONG)
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(scope="session")
def notebooks():
    """The folder of the shipped notebooks."""
    return notebooks_folder()


@pytest.fixture(scope="session")
def server(notebooks, tmp_path_factory):
    """The demo shop, served as an owner would: on localhost, kernels kept warm."""
    with serving(None, log=tmp_path_factory.mktemp("server") / "log.txt") as running:
        yield running


@dataclass
class Outside:
    """Requests that left the page's own host. They fail at once, or hang unanswered."""

    hang: bool = False
    asked: list = field(default_factory=list)

    def watch(self, context):
        context.route(self._is_outside, self._stop)

    @staticmethod
    def _is_outside(url):
        return (
            urlsplit(url).scheme in ("http", "https", "ws", "wss") and urlsplit(url).hostname != "localhost"
        )

    def _stop(self, route):
        self.asked.append(route.request.url)
        if not self.hang:
            route.abort()


@pytest.fixture
def open_page(browser):
    """Make pages: ``open_page(width=390, hang=True)`` gives a page with its `outside` requests.

    A page also has `mistakes`: what it wrote to the console as an error.
    """
    contexts = []

    def make(*, width=1280, hang=False, language=None):
        size = NARROW if width < 600 else WIDE
        context = browser.new_context(viewport=size, locale=language, accept_downloads=True)
        context.set_default_timeout(LONG)
        context.add_init_script(ALIVE)
        contexts.append(context)
        outside = Outside(hang=hang)
        outside.watch(context)
        page = context.new_page()
        page.outside, page.mistakes = outside, []
        page.on("pageerror", lambda error: HARMLESS in str(error) or page.mistakes.append(str(error)))
        page.on("console", lambda said: said.type == "error" and page.mistakes.append(said.text))
        return page

    yield make
    for context in contexts:
        leave(context)


def leave(context):
    """Close pages as people do: the kernels behind them end, and do not go on working beside the next test."""
    for page in context.pages:
        with contextlib.suppress(Exception):
            page.evaluate(END)
    context.close()


@pytest.fixture
def wide(open_page):
    """A page on a laptop."""
    return open_page(width=1280)


@pytest.fixture
def narrow(open_page):
    """A page on a phone."""
    return open_page(width=390)


@pytest.fixture(scope="session")
def serious():
    """What axe finds seriously wrong with a page, as readable lines."""
    from axe_playwright_python.sync_playwright import Axe

    def find(page):
        found = Axe().run(page).response["violations"]
        bad = [one for one in found if one["impact"] in ("serious", "critical")]
        return [f"{one['id']}: {[node['target'] for node in one['nodes']]}" for one in bad]

    return find


@pytest.fixture(scope="session")
def screenshots():
    """Where pictures of pages are kept when $CSWORKBOOK_SCREENSHOTS names a folder, else None."""
    folder = os.environ.get("CSWORKBOOK_SCREENSHOTS")
    return Path(folder) if folder else None
