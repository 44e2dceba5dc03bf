"""From a changed control to the new picture, beside the bare round trip of a widget.

    python benchmarks/control.py [--runs N]

The bare page has a dropdown and a label that repeats it. Both pages are shown by Voila and visited with headless
Chromium; measured in the page is the time from the change event to the frame with the new text or picture.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parent))
from first_picture import chapter_server, chromium, free_port, running

BARE = """import ipywidgets as w
choice, said = w.Dropdown(options=["a", "b", "c"]), w.HTML("a")
choice.observe(lambda change: setattr(said, "value", change["new"] * 3), "value")
w.VBox([choice, said])"""
CHANGE = """([control, shown, index]) => new Promise(done => {
  const select = document.querySelector(control), place = document.querySelector(shown);
  const now = () => [...place.querySelectorAll("text")].map(t => t.textContent).join() || place.innerText;
  const before = now(), start = performance.now();
  select.selectedIndex = index;
  select.dispatchEvent(new Event("change", { bubbles: true }));
  const look = () => now() !== before && now() ? requestAnimationFrame(() => done(performance.now() - start))
    : performance.now() - start > 10000 ? done(null) : requestAnimationFrame(look);
  look();
})"""


def changes(page: Page, control: str, shown: str, runs: int) -> list[float]:
    """Milliseconds of so many changes; the first three warm up and do not count."""
    took = []
    for turn in range(runs + 3):
        took.append(page.evaluate(CHANGE, [control, shown, 1 + turn % 2]))
        page.wait_for_timeout(700)
    if None in took:
        raise RuntimeError("a change did not arrive within ten seconds")
    return took[3:]


def bare_notebook(folder: Path) -> Path:
    cell = {
        "cell_type": "code",
        "id": "one",
        "metadata": {},
        "source": BARE,
        "outputs": [],
        "execution_count": None,
    }
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path = folder / "bare.ipynb"
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": [cell]}))
    return path


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--notebook", default="nl/03_effort_survey.ipynb")
    parser.add_argument("--notebooks", default=None)
    options = parser.parse_args()
    with ExitStack() as stack:
        enter = stack.enter_context
        folder, port = Path(enter(tempfile.TemporaryDirectory())), free_port()
        command = [
            sys.executable,
            "-m",
            "voila",
            str(bare_notebook(folder)),
            f"--port={port}",
            "--no-browser",
        ]
        enter(running(command, f"http://localhost:{port}/voila/static/voila.js"))
        url = enter(chapter_server(options))
        browser = enter(sync_playwright()).chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        bare, chapter = browser.new_page(), browser.new_page(viewport={"width": 1280, "height": 900})
        bare.goto(f"http://localhost:{port}/")
        bare.wait_for_selector("select", timeout=60_000)
        chapter.goto(url)
        chapter.wait_for_selector(".csw-control-by select", timeout=60_000)
        chapter.wait_for_timeout(8000)
        times = {
            "bare widget": changes(bare, "select", ".widget-html-content", options.runs),
            "by → picture": changes(chapter, ".csw-control-by select", ".csw-figure", options.runs),
        }
        browser.close()
    for name, took in times.items():
        print(
            f"{name:14} median {statistics.median(took):5.0f} ms   min {min(took):5.0f}   max {max(took):5.0f}"
        )
    bare_ms, picture_ms = (statistics.median(took) for took in times.values())
    print(f"above the bare round trip: {picture_ms - bare_ms:.0f} ms (limit 150)")


if __name__ == "__main__":
    main()
