"""However a file is damaged: tables with an account of every row, or an error that says what to do."""

import random
from pathlib import Path

import pytest
from intake.damage import DAMAGES, Damage
from intake.expected import KEY, document, files
from intake.grid import Whole

from csworkbook import intake
from csworkbook.errors import DataError

FILES = {path.name: path for path in files()}
PAIRS = [
    (name, way.name)
    for name, path in FILES.items()
    for way in DAMAGES.values()
    if path.suffix.lower() in way.suits
    and not (way.name == "shuffled_rows" and len(document(path)["tables"]) != 1)
]
KNOWN = {  # pair → what is still wrong with it
    (
        "postvak in.csv",
        "cells_padded",
    ): "mails have no number: the one made from what they say changes with blanks inside",
    (
        "transcripts.tsv",
        "totals_row",
    ): "addresses of agents beside a total make a table of contacts that is not there otherwise",
}
SAMPLE = sorted(random.Random(3).sample(PAIRS, 150))
# what cannot be read the same: rows that lean on the one above, two header rows of which one names several columns
LEANING = {
    "shuffled_rows": ("SurveyMonkey", "Shopify", "WooCommerce"),
    "shuffled_columns": ("SurveyMonkey",),
}


def _pair(name: str, way: str):
    known = KNOWN.get((name, way))
    return pytest.param(name, way, marks=pytest.mark.xfail(strict=True, reason=known) if known else ())


def whole(path: Path) -> Whole:
    return Whole(path.read_bytes(), path.name, tuple(document(path)["headers"]))


def read(data: bytes, name: str) -> list | DataError:
    try:
        return intake.read_all(data, filename=name, key=KEY)
    except DataError as error:
        return error


def frames(found: list) -> dict[str, list[str]]:
    """Table → its rows as text, columns and rows in order of the alphabet, blanks made one."""
    told: dict[str, list[str]] = {}
    for one in found:
        cells = one.frame[sorted(one.frame.columns)].astype(object).to_dict("split")["data"]
        told[one.table] = sorted(
            told.get(one.table, [])
            + ["\x1f".join(" ".join(str(cell).split()) for cell in row) for row in cells]
        )
    return told


def counts(path: Path) -> set[int] | None:
    """The rows of the file, where it is one table with a row to a line; written down by hand."""
    told = document(path)
    if (
        len(told["tables"]) != 1
        or told["system"] in LEANING["shuffled_rows"]
        or path.suffix not in {".csv", ".tsv", ".xlsx"}
    ):
        return None
    number = next(iter(told["tables"].values()))["read"]
    return set(number) if isinstance(number, list) else {number}


def _difference(before: dict[str, list[str]], after: dict[str, list[str]]) -> str:
    """The first row that is not the same, or ""."""
    if set(before) != set(after):
        return f"{sorted(after)} where it was {sorted(before)}"
    for table, rows in before.items():
        for row, now in zip([*rows, ""], [*after[table], ""], strict=False):
            if row != now:
                return f"{table}: {now[:200]!r} where it was {row[:200]!r}"
    return ""


def check(name: str, way: Damage) -> None:
    path = FILES[name]
    data, filename = way.apply(whole(path))
    found = read(data, filename)
    if isinstance(found, DataError):
        assert found.what
        assert found.next_step, f"says nothing to do next: {found}"
        assert "Traceback" not in str(found)
        return
    for one in found:
        assert one.read == one.used + len(one.aside), f"{one.table}: read is not used + aside"
        assert one.used == len(one.frame)
        assert (one.aside["reason"].astype("str").str.len() > 0).all()
    if way.counted and (rows := counts(path)) and len(found) == 1:
        allowed = {number for n in rows for number in way.counted(n)}
        assert found[0].read in allowed, (
            f"{found[0].read} rows accounted for; {sorted(allowed)} can be counted"
        )
    if way.same and document(path)["system"] not in LEANING.get(way.name, ()):
        before = read(path.read_bytes(), path.name)
        if not isinstance(before, DataError):
            difference = _difference(frames(before), frames(found))
            assert not difference, f"read without a word, as something else: {difference}"


def test_there_are_ways_enough():
    assert len(DAMAGES) >= 30
    assert sum(way.same for way in DAMAGES.values()) >= 12
    assert {way for _name, way in PAIRS} == set(DAMAGES)


@pytest.mark.parametrize(("name", "way"), SAMPLE)
def test_damaged(name, way):
    check(name, DAMAGES[way])


@pytest.mark.slow
@pytest.mark.parametrize(("name", "way"), [_pair(*pair) for pair in PAIRS if pair not in set(SAMPLE)])
def test_every_file_damaged_in_every_way(name, way):
    check(name, DAMAGES[way])
