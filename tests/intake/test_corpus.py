"""Files of the usual systems, as shops export them, come in right at first sight."""

import re
from types import SimpleNamespace

import pandas as pd
import pytest
from intake.expected import FRESH, HELD, OPEN, Outcome, document, files, hold, judge, rows, same, values
from intake.measure import shares, stated

from csworkbook.tables import TABLES

KNOWN: dict[str, str] = {}  # file → why it does not come in right yet
WITH_REASON = [
    pytest.param(
        path, marks=pytest.mark.xfail(strict=True, reason=KNOWN[path.name]) if path.name in KNOWN else ()
    )
    for path in [*files(), *files(HELD)]
]


@pytest.mark.parametrize("path", WITH_REASON, ids=lambda path: path.name)
def test_a_file_comes_in_right_at_first_sight(path):
    outcome = judge(path)
    if not outcome.right:
        pytest.fail("\n".join([path.name, *outcome.faults[:12]]), pytrace=False)


@pytest.mark.parametrize("part", ["files wholly right", "table", "columns", "values and types"])
def test_files_never_looked_at_come_in_as_often_as_the_page_says(part, fresh):
    """Says nothing of the files: who writes the recogniser must not know them."""
    right, every = fresh[part]
    said, of = stated(part, -1)
    assert right / every >= said / of - 0.005


@pytest.fixture(scope="module")
def fresh():
    return shares([judge(path) for path in files(FRESH)])


@pytest.mark.parametrize("folder", [OPEN, HELD, FRESH], ids=["open", "held", "fresh"])
def test_expectations_are_whole(folder):
    """Every expected column is a canonical one, every header is in the file, every time has an offset."""
    for path in files(folder):
        told = document(path)
        assert ("refused" in told) != bool(told["tables"])
        for name, table in told["tables"].items():
            expected, canonical = rows(path, name), {column.name for column in TABLES[name].columns}
            assert set(expected[0]) <= canonical
            assert len(expected) in _numbers(table["used"])
            assert set(table["columns"]) <= set(told["headers"])
            wanted = {
                one
                for want in table["columns"].values()
                for one in (want if isinstance(want, list) else [want])
            }
            assert wanted <= canonical | {None, "segment"}
            for column in (column for column in TABLES[name].columns if column.kind == "time"):
                cells = [row[column.name] for row in expected if row.get(column.name)]
                assert all(re.search(r"[+-]\d\d:\d\d$", cell) for cell in cells)


def _numbers(number: int | list[int]) -> list[int]:
    return number if isinstance(number, list) else [number]


def test_the_corpus_is_wide():
    both = files() + files(HELD)
    assert len(both) >= 66
    assert len(files(HELD)) >= len(both) // 3
    assert len({document(path)["system"] for path in both}) >= 20
    assert {path.suffix for path in both} >= {
        ".csv",
        ".tsv",
        ".xlsx",
        ".xls",
        ".ods",
        ".json",
        ".jsonl",
        ".parquet",
        ".zip",
    }


@pytest.fixture
def perfect():
    """The orders of one file as a reader without fault would give them, times and money typed."""
    path = OPEN / "orders eigen systeem.csv"
    frame = pd.DataFrame(rows(path, "orders"))
    frame["ordered_at"] = pd.to_datetime(frame["ordered_at"], utc=True).dt.tz_convert("Europe/Amsterdam")
    frame["first_order"] = frame["first_order"] == "true"
    for column in ("revenue", "margin", "shipping", "discount"):
        frame[column] = frame[column].astype(float)
    mapping = {
        header: document(path)["tables"]["orders"]["columns"].get(header)
        for header in document(path)["headers"]
    }

    def judged(change=None, mapping=mapping, aside=0):
        found = frame.copy()
        if change:
            change(found)
        one = SimpleNamespace(
            table="orders",
            frame=found,
            aside=pd.DataFrame(index=range(aside)),
            mapping=mapping,
            used=len(found),
            read=18,
        )
        return hold([one], document(path), path, Outcome(path.name, "own system"))

    judged.mapping = mapping
    return judged


def test_the_measure_calls_right_what_is_right(perfect):
    assert perfect().right

    def turned(frame):
        frame[:] = frame[::-1].to_numpy()

    assert perfect(turned).right


def test_the_measure_sees_every_kind_of_fault(perfect):
    def swap(frame):
        frame[["margin", "shipping"]] = frame[["shipping", "margin"]].to_numpy()

    def one_cell(frame):
        frame.loc[3, "revenue"] += 0.1

    def naive(frame):
        frame["ordered_at"] = frame["ordered_at"].dt.tz_localize(None)

    for change in (swap, one_cell, naive):
        outcome = perfect(change)
        assert not all(outcome.values)
        assert all(outcome.columns)
    wrong = {**perfect.mapping, "Marge": "shipping", "Opmerking intern": "channel"}
    assert perfect(mapping=wrong).columns.count(False) == 2
    assert perfect(aside=2).rows == [False]


@pytest.mark.parametrize(
    ("kind", "cell", "want", "right"),
    [
        ("money", 12.5, "12.50", True),
        ("money", 1250.0, "12.50", False),
        ("key", "0012", "12", False),
        ("key", "#1001", "1001", True),
        ("word", "Email", "email || e-mail", True),
        ("flag", False, "", False),
        ("text", "Call [phone] now", "Call [*] now", True),
        ("text", "Call 06-12345678 now", "Call [*] now", False),
    ],
)
def test_cells_are_compared_strictly(kind, cell, want, right):
    assert same(kind, cell, want) is right


@pytest.mark.parametrize(
    ("word", "want", "right"),
    [
        ("add_to_cart", "add_to_cart", True),
        ("add_to_cart", "cart", True),  # what is expected is the part of a sale that the word plays
        ("cart", "add_to_cart", False),  # not the word that stands in the file
        ("add_to_cart", "checkout", False),
        ("scroll", "", False),
    ],
)
def test_a_step_counts_by_its_word_or_by_the_part_it_plays(word, want, right):
    path = OPEN / "clickstream.jsonl"
    told = document(path)
    expected = [{**row, "step": want} for row in rows(path, "events")[:1]]
    frame = pd.DataFrame({"step": [word]}, dtype="str")
    outcome = Outcome(path.name, told["system"])
    values(SimpleNamespace(frame=frame), "events", {"free": set(expected[0]) - {"step"}}, expected, outcome)
    assert outcome.values == [right]
