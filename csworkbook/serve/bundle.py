"""One script instead of ninety: what every chapter page loads, sent in one go.

Voila and the widgets come as many small files that ask for each other in turn, which costs most of
the waiting on a page. ``scripts.txt`` names those a chapter needs. The bundle holds the ones that
are installed, each unchanged; whatever is not in it is still loaded when it is asked for, so a
list that has grown old makes pages slower, not wrong. Make it anew with
``python -m csworkbook.serve.bundle URL_OF_A_CHAPTER`` (needs playwright).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

LIST = Path(__file__).with_name("scripts.txt")
OWN_FILE = 10**6  # bytes; a script larger than this is fetched beside the bundle, at the same time


def bundle(static: Sequence[str], extensions: Sequence[str]) -> bytes:
    """All listed scripts that are installed, as one script.

    Parameters
    ----------
    static, extensions : sequence of str
        The folders in which Voila's scripts and those of widgets are searched, in this order.
    """
    found = [path for _name, path in _installed(static, extensions) if path.stat().st_size <= OWN_FILE]
    return b"\n".join(b"(function(){" + path.read_bytes() + b"\n})();" for path in found)


def large(static: Sequence[str], extensions: Sequence[str]) -> list[str]:
    """The listed scripts that are too large for the bundle, as names below static or extensions."""
    return [name for name, path in _installed(static, extensions) if path.stat().st_size > OWN_FILE]


def _installed(static: Sequence[str], extensions: Sequence[str]) -> Iterable[tuple[str, Path]]:
    return _find(tuple(static), tuple(extensions))


@lru_cache
def _find(static: tuple[str, ...], extensions: tuple[str, ...]) -> list[tuple[str, Path]]:
    folders = {"static": static, "extensions": extensions}
    found = []
    for name in LIST.read_text("utf-8").split():
        kind, _, rest = name.partition("/")
        places = (Path(folder) / rest for folder in folders.get(kind, ()))
        found += [(name, path) for path in places if path.is_file()][:1]
    return found


def requested(url: str) -> list[str]:
    """The scripts a chapter page asks for one by one, found by visiting it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page, asked = browser.new_page(), []
        page.on("request", lambda request: asked.append(request.url.split("?")[0]))
        page.route("**/bundle.js", lambda route: route.abort())
        page.goto(url)
        page.wait_for_selector(".js-plotly-plot .main-svg", timeout=60_000)
        page.wait_for_timeout(1500)
        browser.close()
    names = [address.partition("/csw/")[2].partition("/")[2] for address in asked]
    apart = ("remoteEntry", "static/voila.js", "bundle.js")
    return [name for name in names if name.endswith(".js") and not any(part in name for part in apart)]


if __name__ == "__main__":
    print(*dict.fromkeys(requested(sys.argv[1])), sep="\n")
