"""The raw exports that come with the project are read right the first time, with nothing mapped by hand."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from csworkbook import intake

FOLDER = Path(__file__).parents[2] / "data" / "exports"


def expected():
    """File → (table, rows, used, aside, {(stage, answer): count}), written down by the demo's own maker."""
    files, counts = {}, defaultdict(dict)
    with (FOLDER / "expected.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            files[row["file"]] = (row["table"], int(row["rows"]), int(row["used"]), int(row["aside"]))
            if row["stage"]:
                counts[row["file"]][row["stage"], int(row["answer"])] = int(row["count"])
    return [(name, *what, counts[name]) for name, what in files.items()]


@pytest.mark.parametrize(
    ("name", "table", "rows", "used", "aside", "counts"),
    expected(),
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_exports_are_read_right_at_first_sight(name, table, rows, used, aside, counts):
    found = intake.read(FOLDER / name)
    assert (found.table, found.read, found.used, len(found.aside)) == (table, rows, used, aside)
    assert {at: int((found.frame[at[0]] == at[1]).sum()) for at in counts} == counts
    assert (found.aside["reason"].str.len() > 10).all()
    assert not found.frame.astype("str").apply(lambda column: column.str.contains("@example").any()).any()


def test_there_are_exports_to_read():
    assert sum(len(counts) == 9 for *_rest, counts in expected()) >= 5
