"""How much memory does the kernel of a chapter's page need, above an empty kernel?

    python benchmarks/memory.py [NOTEBOOK]

The dashboard's cells (those not tagged ``teach``) run in a kernel of their own on the demo shop; every panel
is worked out. Resident memory, beside that of a kernel that ran ``1``.
"""

from __future__ import annotations

import sys

import nbformat
import psutil
from nbclient import NotebookClient

from csworkbook.paths import notebooks_folder

WAIT = "import asyncio\nawait asyncio.sleep(15)"  # the panels take their turns after the last cell


def resident(cells: list, folder: str) -> float:
    """Megabytes of a kernel after these cells."""
    client = NotebookClient(nbformat.v4.new_notebook(cells=cells), resources={"metadata": {"path": folder}})
    with client.setup_kernel():
        for place, cell in enumerate(client.nb.cells):
            client.execute_cell(cell, place)
        found = [p for p in psutil.Process().children(recursive=True) if "ipykernel" in " ".join(p.cmdline())]
        return sum(p.memory_info().rss for p in found) / 2**20


def main(name: str = "nl/03_effort_survey.ipynb") -> None:
    path = notebooks_folder() / name
    cells = [c for c in nbformat.read(path, 4).cells if "teach" not in c.metadata.get("tags", [])]
    code = nbformat.v4.new_code_cell
    empty = resident([code("1")], str(path.parent))
    chapter = resident([*cells, code(WAIT)], str(path.parent))
    print(f"empty kernel {empty:.0f} MB, {name} {chapter:.0f} MB: {chapter - empty:.0f} MB more (limit 120)")


if __name__ == "__main__":
    main(*sys.argv[1:])
