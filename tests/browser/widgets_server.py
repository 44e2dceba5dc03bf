"""A Voila page with every widget on it, for test_widgets.py: `with served(folder) as (address, log)`."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from serving import running

ROOT = Path(__file__).parents[2]

CELLS = [
    """
import sys; sys.modules["rfc3987_syntax"] = None
import hashlib, os, random, time
import ipywidgets, pandas as pd, plotly.graph_objects as go
from csworkbook.errors import DataError
from csworkbook.pages import widgets as w
seen = ipywidgets.Label("-"); seen.add_class("t-seen")
hello = ipywidgets.Label("hello 0"); hello.add_class("t-hello")
""",
    """
def on_file(name, path):
    if name.startswith("boom"):
        raise RuntimeError("inner workings of the page")
    if name.startswith("bad"):
        raise DataError("This file holds no answers.", next_step="Choose <b>another</b>.")
    if name.startswith("slow"):
        seen.value = "reading"
        time.sleep(600)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    seen.value = f"{path} {oct(path.stat().st_mode & 0o777)}"
    return f"{name}: {path.stat().st_size} bytes, {digest}"
upload = w.Upload((".csv", ".xlsx"), 200, on_file)
""",
    """
rows = [[f"part {i}", i * 37 % 250 + .5, None if i == 3 else i % 7] for i in range(248)]
rows += [["<script>window.hacked = 1</script><img src=x onerror='window.hacked=1'>", -1000.0, 3], ["Ärger", None, 2]]
frame = pd.DataFrame(rows, columns=["what", "euro", "count"])
table = w.Table(frame, {"euro": lambda v: f"{v:,.1f}"}, heads={"what": "What", "euro": "Euro", "count": "<i>Count</i>"},
                hints={"euro": "Per year"}, caption="What it <b>costs</b>", on_row=lambda i: setattr(seen, "value", f"row {i}"))
fresh = ipywidgets.Button(description="other rows")
fresh.on_click(lambda _b: table.show(frame.head(4)))
""",
    """
content = random.Random(7).randbytes(3 * 2**20 + 17)
def broken():
    raise DataError("There is nothing to save.")
download = w.Download("Save the bytes", lambda: ("../my bytes.bin", "application/octet-stream", content))
failing = w.Download("Save nothing", broken)
figure = go.Figure(go.Bar(x=["a", "b", "c"], y=[3, 1, 2]))
figure.update_layout(autosize=True, title="Three bars", margin=dict(l=8, r=8), paper_bgcolor="#fff")
figure.update_xaxes(automargin=True)
data = {"application/vnd.plotly.v1+json": {**figure.to_plotly_json(), "config": {"responsive": True, "displaylogo": False}}}
import json
from plotly.utils import PlotlyJSONEncoder
data = json.loads(json.dumps(data, cls=PlotlyJSONEncoder))
out = ipywidgets.Output(outputs=({"output_type": "display_data", "data": data, "metadata": {}},))
out.add_class("csw-figure")
picture = w.Picture("Save the picture", "three bars")
""",
    """
visit = w.Visit("test/widgets")
where = w.control("where", ["one", None, "three"], "Where it is")
sort = w.control("sort", {"first option of this list": 1, "second option of this list": 2}, "Sort by")
typed = w.control("typed", "", "Name")
amount = w.control("amount", (0, 100, 5), "Amount")
for name, box in {"where": where, "sort": sort, "typed": typed, "amount": amount}.items():
    visit.keep(name, box)
visit.on_hello(lambda: setattr(hello, "value", f"hello {visit.visit_id}"))
work = ipywidgets.Button(description="work"); work.on_click(lambda _b: (time.sleep(30), setattr(seen, "value", "worked")))
controls = ipywidgets.Box([where, sort, typed, amount]); controls.add_class("csw-controls")
pid = ipywidgets.Label(str(os.getpid())); pid.add_class("t-pid")
empty = ipywidgets.Box([w.Picture("Save no picture", "none")]); empty.add_class("csw-panel")
saving = ipywidgets.Box([picture, download, failing], layout={"flex_flow": "row wrap", "overflow": "visible"})
panel = ipywidgets.VBox([controls, w.sentence("Bars & <b>more</b>", "headline"), out, saving, table, fresh])
panel.add_class("csw-panel")
ipywidgets.VBox([w.style(), visit, upload, panel, empty, work, seen, hello, pid])
""",
]


def write_notebook(folder: Path) -> Path:
    cells = [
        {
            "cell_type": "code",
            "id": f"c{i}",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
            "source": text.strip(),
        }
        for i, text in enumerate(CELLS)
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path = folder / "widgets.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}))
    return path


def environment() -> dict[str, str]:
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), "JUPYTER_PLATFORM_DIRS": "1"}


@contextlib.contextmanager
def served(folder: Path, *options: str) -> Iterator[tuple[str, Path]]:
    """Voila with the page of all widgets: its address and its log."""
    notebook, log = write_notebook(folder), folder / "server.log"
    command = [sys.executable, "-m", "voila", str(notebook), "--no-browser", "--Voila.ip=127.0.0.1", *options]
    with running(command, log, first="voila/static/voila.js", env=environment()) as (address, _process):
        yield address, log


@contextlib.contextmanager
def served_lab(folder: Path) -> Iterator[str]:
    """JupyterLab in the folder of the page of all widgets: its address."""
    write_notebook(folder)
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        "--IdentityProvider.token=",
    ]
    command += [f"--ServerApp.root_dir={folder}", "--ServerApp.ip=localhost"]
    with running(command, folder / "lab.log", first="lab", env=environment()) as (address, _process):
        yield address
