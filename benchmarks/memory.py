"""How much memory does the kernel of a chapter's page need, above an empty kernel?

    python benchmarks/memory.py [NOTEBOOK]

The dashboard's cells (those not tagged ``teach``) run in a kernel of their own on the demo shop; every panel
is worked out. Both kernels get the environment that `csworkbook serve` gives its kernels. Printed are the resident
memory, which counts libraries that all kernels share in full, and the memory that is each kernel's alone (measured
while a third kernel with the same libraries runs), each beside that of a kernel that ran ``1``.
"""

from __future__ import annotations

import os
import sys

import nbformat
import psutil
from nbclient import NotebookClient

from csworkbook.paths import notebooks_folder
from csworkbook.serve.application import SMALL

# a browser says hello, and the panels take their turns
VISIT = """import asyncio
from csworkbook.pages.page import Page
Page.of(shop).greet()
await asyncio.sleep(15)
assert all(panel.result is not None for panel in Page.of(shop).panels)"""


def memory(cells: list, folder: str) -> tuple[float, float]:
    """Megabytes of a kernel after these cells: resident, and its own alone."""
    client = NotebookClient(nbformat.v4.new_notebook(cells=cells), resources={"metadata": {"path": folder}})
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    with client.setup_kernel(env={**SMALL, **os.environ}):
        for place, cell in enumerate(client.nb.cells):
            client.execute_cell(cell, place)
        mine = [p for p in psutil.Process().children(recursive=True) if p.pid not in before]
        found = [p.memory_full_info() for p in mine if "ipykernel" in " ".join(p.cmdline())]
        return sum(one.rss for one in found) / 2**20, sum(one.uss for one in found) / 2**20


def main(name: str = "nl/03_effort_survey.ipynb") -> None:
    path = notebooks_folder() / name
    cells = [c for c in nbformat.read(path, 4).cells if "teach" not in c.metadata.get("tags", [])]
    code = nbformat.v4.new_code_cell
    other = NotebookClient(
        nbformat.v4.new_notebook(cells=[*cells, code(VISIT)]),
        resources={"metadata": {"path": str(path.parent)}},
    )
    with other.setup_kernel(env={**SMALL, **os.environ}):
        for place, cell in enumerate(other.nb.cells):
            other.execute_cell(cell, place)
        empty = memory([code("1")], str(path.parent))
        chapter = memory([*cells, code(VISIT)], str(path.parent))
    for kind, small, large in zip(("resident", "its own"), empty, chapter, strict=True):
        print(
            f"{kind}: empty kernel {small:.0f} MB, {name} {large:.0f} MB, {large - small:.0f} MB more (limit 120)"
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
