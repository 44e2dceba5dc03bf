"""How long does each panel of each chapter compute on the demo shop?

    python benchmarks/panels.py [CHAPTER]

Processor time, warm, the median of five: the function, its text, its table as people read it and its picture.
The libraries it loads when it is first used are left out.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import csworkbook as cs
from csworkbook import chapters
from csworkbook.shop import Shop

RUNS, LIMIT = 5, 0.5
# what a page shows beside the analyses that find something
BESIDE = {
    "01_service_gap": ("satisfaction", "exceeding", "leaving", "service_result", "questionnaire"),
    "02_manifesto": ("reply", "solved", "returned", "available"),
}


def seconds(shop: Shop, function: Callable) -> float:
    """Processor time of one panel's work, in seconds."""
    start = time.process_time()
    result = shop.call(function)
    result.text, result.method, result.cells(), result.plot()
    return time.process_time() - start


def functions(chapter: str) -> list[Callable]:
    """Every analysis of a chapter that its page shows."""
    module = getattr(cs, chapter.split("_", 1)[1], None)
    return [*chapters.by_chapter()[chapter], *(getattr(module, name) for name in BESIDE.get(chapter, ()))]


def main(*asked: str) -> None:
    shop = cs.open_shop()
    print(f"| panel | seconds (limit {LIMIT}) |\n|---|---|")
    for chapter in asked or chapters.by_chapter():
        for function in functions(chapter):
            seconds(shop, function)
            took = statistics.median(seconds(shop, function) for _run in range(RUNS))
            print(f"| {chapter}: {function.__name__} | {took:.2f}{' !' if took > LIMIT else ''} |")


if __name__ == "__main__":
    main(*sys.argv[1:])
