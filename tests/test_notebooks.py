"""The guided notebooks: the same code in both languages, small cells, nothing stored that should not be."""

import json
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "notebooks"
PAIRS = sorted(path.name for path in (FOLDER / "en").glob("*.ipynb"))


def cells(language, name):
    return json.loads((FOLDER / language / name).read_text("utf-8"))["cells"]


def code(language, name):
    return ["".join(c["source"]) for c in cells(language, name) if c["cell_type"] == "code"]


def test_there_are_as_many_in_dutch():
    assert PAIRS
    assert sorted(path.name for path in (FOLDER / "nl").glob("*.ipynb")) == PAIRS


@pytest.mark.parametrize("name", PAIRS)
def test_code_is_the_same_and_prose_is_not(name):
    assert code("en", name) == code("nl", name)
    prose = [
        ["".join(c["source"]) for c in cells(spoken, name) if c["cell_type"] == "markdown"]
        for spoken in ("en", "nl")
    ]
    assert len(prose[0]) == len(prose[1])
    assert all(one != other for one, other in zip(*prose, strict=True))


@pytest.mark.parametrize("name", PAIRS)
def test_code_cells_are_at_most_five_lines_and_hold_no_def_or_loop(name):
    for source in code("en", name):
        assert len(source.splitlines()) <= 5
        assert not any(line.startswith(("def ", "for ", "while ")) for line in source.splitlines())


@pytest.mark.parametrize("spoken", ["en", "nl"])
@pytest.mark.parametrize("name", PAIRS)
def test_only_compared_cells_keep_their_output(name, spoken):
    for cell in cells(spoken, name):
        compared = "nbval-check-output" in cell["metadata"].get("tags", [])
        assert bool(cell.get("outputs")) == compared


@pytest.mark.parametrize("name", PAIRS)
def test_the_dashboard_needs_no_cell_that_it_leaves_out(name):
    taught = [
        c for c in cells("en", name) if "teach" in c["metadata"].get("tags", []) and c["cell_type"] == "code"
    ]
    made = {
        line.split(" = ")[0].split(",")[0]
        for c in taught
        for line in c["source"]
        if " = " in line and line[0] != " "
    }
    shown = [
        "".join(c["source"])
        for c in cells("en", name)
        if "teach" not in c["metadata"].get("tags", []) and c["cell_type"] == "code"
    ]
    assert not [
        name
        for name in made
        for source in shown
        if name in source.replace("(", " ").replace(".", " ").split()
    ]
