"""From request to first picture: an empty Voila page against a chapter, in one run.

    python benchmarks/first_picture.py [NOTEBOOK] [--runs N] [--notebooks FOLDER]

Three servers stand side by side and are visited in turn, each visit in a new browser profile:
an empty page (one print, Voila's own template, no warm kernel), the chapter with a kernel that
still has to start, and the chapter with a warm one. Measured is the time from the start of the
navigation to the paint after the first text of the empty page, or the first plotly picture of
the chapter. Requests to other hosts fail at once, as they do without a network.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

DEFAULT = "nl/03_effort_survey.ipynb"
EMPTY_TEXT = ".jp-OutputArea-output pre"
PICTURE = ".js-plotly-plot .main-svg"
WATCH = """selector => new Promise(done => {
  const seen = () => {
    const node = document.querySelector(selector);
    const box = node?.getBoundingClientRect();
    if (!box || !box.height || !box.width || !node.checkVisibility()) return requestAnimationFrame(seen);
    requestAnimationFrame(() => setTimeout(() => done(performance.now())));
  };
  seen();
  setTimeout(() => done(null), 60000);
})"""


def main() -> None:
    options = read_options()
    rounds = measure(options)
    middle = {name: statistics.median(times) for name, times in rounds.items()}
    print(f"{'page':<16}{'median s':>10}{'min':>8}{'max':>8}{'ratio':>8}{'limit':>8}")
    limits = {"empty": "", "chapter, cold": "2.0", "chapter, warm": "1.3"}
    for name, times in rounds.items():
        ratio = middle[name] / middle["empty"]
        print(
            f"{name:<16}{middle[name]:>10.2f}{min(times):>8.2f}{max(times):>8.2f}{ratio:>8.2f}{limits[name]:>8}"
        )


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("notebook", nargs="?", default=DEFAULT)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--notebooks", default=None, help="the notebooks folder; the shipped one by default")
    return parser.parse_args()


def measure(options: argparse.Namespace) -> dict[str, list[float]]:
    """Visit the three pages in turn; the first round warms caches and does not count."""
    with ExitStack() as stack:
        enter = stack.enter_context
        folder = Path(enter(tempfile.TemporaryDirectory()))
        pages = {
            "empty": (enter(empty_server(folder)), EMPTY_TEXT),
            "chapter, cold": (enter(chapter_server(options, "--no-preheat")), PICTURE),
            "chapter, warm": (enter(chapter_server(options)), PICTURE),
        }
        browser = enter(sync_playwright()).chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        rounds = {name: [] for name in pages}
        for turn in range(options.runs + 1):
            for name, (url, selector) in pages.items():
                time.sleep(6)  # a warm kernel is started anew after every visit
                took = visit(browser, url, selector)
                rounds[name] += [took] if turn else []
        browser.close()
    return rounds


def visit(browser: Browser, url: str, selector: str) -> float:
    """Seconds from the start of the navigation until the first such element is painted."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    host = url.split("/")[2]
    context.route(lambda asked: asked.split("/")[2] != host, lambda route: route.abort())
    page = context.new_page()
    page.goto(url, wait_until="commit")
    took = page.evaluate(WATCH, selector)
    context.close()
    if took is None:
        raise RuntimeError(f"nothing appeared at {url} in a minute")
    return took / 1000


@contextmanager
def empty_server(folder: Path) -> Iterator[str]:
    """A notebook with one print, as Voila shows it out of the box."""
    cell = {"cell_type": "code", "id": "one", "metadata": {}, "source": "print('empty')"}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    book = {"nbformat": 4, "nbformat_minor": 5, "metadata": kernel}
    book["cells"] = [{**cell, "outputs": [], "execution_count": None}]
    (folder / "empty.ipynb").write_text(json.dumps(book))
    port = free_port()
    command = [sys.executable, "-m", "voila", str(folder / "empty.ipynb"), f"--port={port}", "--no-browser"]
    with running(command, f"http://localhost:{port}/voila/static/voila.js"):
        yield f"http://localhost:{port}/"


@contextmanager
def chapter_server(options: argparse.Namespace, *more: str) -> Iterator[str]:
    """The chapter, as `csworkbook serve` shows it."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "csworkbook.serve.command",
        "serve",
        "--no-browser",
        f"--port={port}",
        *more,
    ]
    command += ["--notebooks", options.notebooks] if options.notebooks else []
    with running(command, f"http://localhost:{port}/"):
        time.sleep(0 if more else 8)
        yield f"http://localhost:{port}/voila/render/{options.notebook}"


@contextmanager
def running(command: list[str], url: str) -> Iterator[None]:
    """The process, from when it answers until it is no longer needed."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ)
    try:
        wait_for(url, process)
        yield
    finally:
        process.terminate()
        process.wait(30)


def wait_for(url: str, process: subprocess.Popen, seconds: float = 40) -> None:
    """Wait until something answers at the address.

    Raises
    ------
    RuntimeError
        When the process ends or nothing answers in time.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"{' '.join(process.args)} does not answer at {url}")


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("localhost", 0))
        return trial.getsockname()[1]


def chromium() -> str | None:
    """The browser of this machine, or None for playwright's own."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return next((path for path in map(shutil.which, names) if path), None)


if __name__ == "__main__":
    main()
