"""Large files in batches: the same rows, lines and broken lines as the reader of small files, twice if wanted."""

import csv
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from csworkbook.errors import DataError
from csworkbook.intake import batches as room
from csworkbook.intake import files, slices

calm = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
HEADER = "Ordernummer;Datum;Artikel;Bedrag"


def lines(count: int) -> list[str]:
    return [f"{n};{n % 28 + 1:02d}-01-2024;Jas crème nº {n};{n},50" for n in range(1, count + 1)]


def joined(found) -> tuple[pd.DataFrame, list[int], list[tuple]]:
    raws = list(found)
    frame = pd.concat([raw.frame for raw in raws], ignore_index=True)
    broken = [tuple(row) for raw in raws for row in raw.broken[["row", "text", "reason"]].to_numpy().tolist()]
    return frame, np.concatenate([raw.lines for raw in raws]).tolist(), broken


def same_as_small(path, rows: int) -> None:
    """The batches of a file hold exactly what the reader of small files finds in it."""
    (small,) = files.read(path)
    with files.batches(path, rows=rows) as found:
        frame, places, broken = joined(found)
        assert joined(found)[1] == places  # again
    assert frame.columns.tolist() == small.frame.columns.tolist()
    assert frame.fillna("").to_numpy().tolist() == small.frame.fillna("").to_numpy().tolist()
    assert places == small.lines.tolist()
    assert broken == [tuple(row) for row in small.broken[["row", "text", "reason"]].to_numpy().tolist()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "mac_roman"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_encoding_and_line_end(tmp_path, encoding, end):
    path = tmp_path / "orders.csv"
    path.write_bytes((end.join([HEADER, *lines(300)]) + end * 3).encode(encoding))
    same_as_small(path, 20)
    found = files.batches(path, rows=20)
    assert len(list(found)) > 5
    assert sum(len(raw.frame) for raw in found) == 300
    assert found.filename == "orders.csv"
    assert encoding.upper().split("-SIG")[0] in found.notes[0]


def test_untidy_lines_keep_their_numbers_across_batches(tmp_path):
    body = lines(200)
    body[30] = "kort;1"
    body[60] = '61;01-01-2024;"een\nartikel;met\n\nregels";1,00'
    body[61:61] = ["", ""]
    body[120] = '119;01-01-2024;"nooit dicht;1,00'
    path = tmp_path / "orders.csv"
    path.write_text("\n".join(["Export van vandaag", "# gemaakt door ons", HEADER, *body]), encoding="utf-8")
    same_as_small(path, 15)
    _frame, places, broken = joined(files.batches(path, rows=15))
    assert [row for row, _text, _reason in broken] == [34, 68, 69, 127]
    assert 64 in places


def test_two_encodings_and_zero_bytes_are_said(tmp_path):
    path = tmp_path / "orders.csv"
    good = "\n".join([HEADER, *lines(50)])
    path.write_bytes(good.encode() + "\n51;01-01-2024;crème\0;1".encode("cp1252"))
    same_as_small(path, 10)
    notes = files.batches(path).notes
    assert any("mixes two encodings" in note for note in notes)
    assert any("1 zero bytes" in note for note in notes)


def test_the_copy_on_disk_goes_with_the_batches(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_bytes("\n".join([HEADER, *lines(50)]).encode("cp1252"))
    found = files.batches(path)
    copy = found.copy
    assert copy.is_file()
    assert sum(raw.read for raw in files.batches(path, rows=10)) == 50  # not thrown away on the way
    del found
    assert not copy.exists()


def test_the_head_holds_the_beginning_and_some_of_everywhere(tmp_path, monkeypatch):
    monkeypatch.setattr(slices, "BLOCK", 1 << 14)
    monkeypatch.setattr(room, "FIRST", 100)
    monkeypatch.setattr(room, "_AT_EACH", 1 << 9)
    path = tmp_path / "orders.csv"
    body = lines(20_000)
    body[5] = "kort"
    path.write_text("\r\n".join([HEADER, *body]), encoding="utf-8", newline="")
    head = files.batches(path).head
    assert head.lines.tolist()[:5] == [2, 3, 4, 5, 6]
    assert head.broken["row"].tolist() == [7]
    assert len(head.frame) < 1000
    assert head.lines[-1] > 18_000
    assert (np.diff(head.lines) > 0).all()
    assert [int(number) + 1 for number in head.frame["Ordernummer"]] == head.lines.tolist()


def test_what_is_large_and_what_is_not(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "LARGE", 1000)
    text, small, json, picture = (tmp_path / name for name in ("a.csv", "b.csv", "c.jsonl", "d.csv"))
    text.write_text("\n".join([HEADER, *lines(100)]))
    small.write_text(HEADER)
    json.write_text('{"a": 1}\n' * 500)
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    assert [files.large(path) for path in (text, small, json, picture, tmp_path)] == [
        True,
        False,
        False,
        False,
        False,
    ]
    with pytest.raises(DataError, match="not read in parts"):
        files.batches(json)
    with pytest.raises(DataError, match="is a picture"):
        files.batches(picture)
    with pytest.raises(DataError, match="has a header but no rows"):
        files.batches(small)
    with pytest.raises(DataError, match="cannot be opened"):
        files.batches(tmp_path / "none.csv")


def test_parquet_in_batches(tmp_path):
    ids = pd.array([2**60 + n if n % 3 else None for n in range(90_000)], dtype="Int64")
    frame = pd.DataFrame({"id": ids, "n": range(90_000)})
    path = tmp_path / "orders.parquet"
    frame.to_parquet(path, row_group_size=5_000)
    found = files.batches(path, rows=7_000)
    for _twice in range(2):
        whole, places, broken = joined(found)
        assert places == list(range(1, 90_001))
        assert not broken
        assert whole["n"].tolist() == list(range(90_000))
        assert whole["id"].tolist()[1:3] == [2**60 + 1, 2**60 + 2]
    assert found.head.lines[19_999:20_001].tolist() == [20_000, 20_001]
    assert found.head.frame["n"].tolist() == [line - 1 for line in found.head.lines]
    assert found.head.lines[-1] > 85_000


def test_parquet_with_records_inside(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "orders.parquet"
    orders = [
        {
            "id": 2**60 + 1,
            "n": None,
            "lines": [{"sku": "a"}, {"sku": "b"}],
            "who": {"mail": "an@example.com"},
        },
        {"n": 2},
    ]
    pq.write_table(pa.Table.from_pylist(orders), path)
    (raw,) = files.read(path)
    assert raw.frame["lines.sku"].tolist()[:2] == ["a", "b"]
    assert str(raw.frame["id"].tolist()[0]) == str(2**60 + 1)
    assert raw.frame["who.mail"].tolist()[0] == "an@example.com"
    assert raw.lines.tolist() == [1, 1, 2]


@pytest.mark.parametrize("blank", [0, 1, 3])
def test_blank_lines_at_the_end_do_not_decide_how_cells_are_parted(tmp_path, blank):
    """Eight good rows and some odd ones, as parted by a comma nearly as by a semicolon."""
    path = tmp_path / "orders.csv"
    first = [f"{n};01-01-2024;Jas;{n},50" for n in range(8)]
    odd = ["1;;;", "1;;een", "twee;2,5", '1;";', '";', "a;", "kort", "1;;;", "1;;;"]
    path.write_text("\n".join([HEADER, *first, *odd]) + "\n" * blank)
    same_as_small(path, 1)
    assert files.read(path)[0].frame.columns.tolist() == HEADER.split(";")


CELLS = st.one_of(
    st.sampled_from(["", "1", "2,5", "3-1-2024", 'zei "ja"', "a;b", "een\ntwee", "x\n\ny;1\nz", "\n"]),
    st.text("abc é\"';\n", max_size=8),
)


@calm
@given(
    st.lists(st.tuples(st.integers(1, 99).map(str), CELLS, CELLS, CELLS), min_size=1, max_size=60),
    st.lists(st.tuples(st.integers(0, 60), st.sampled_from(["", "kort", "1;2", "1;2;3;4;5;6"])), max_size=6),
    st.integers(1, 30),
    st.sampled_from(["\n", "\r\n"]),
)
def test_tidy_quotes_and_wrong_lines_in_slices_of_any_size(tmp_path_factory, rows, wrong, size, end):
    written = []
    for row in rows:
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=";", lineterminator="").writerow(row)
        written.append(text.getvalue().replace("\n", end))
    for place, line in wrong:
        written.insert(min(place, len(written) - 1), line)
    path = tmp_path_factory.mktemp("batches") / "orders.csv"
    first = [f"{n};01-01-2024;Jas;{n},50" for n in range(8)]
    path.write_bytes((end.join([HEADER, *first, *written]) + end).encode())
    same_as_small(path, size)


@calm
@given(
    st.lists(st.sampled_from(['"', ";", "\n", "a", "1", '""', ";;", "\r", "é"]), max_size=120),
    st.integers(1, 9),
)
def test_wild_text_is_a_table_with_every_line_in_its_place_or_a_sentence(tmp_path_factory, pieces, size):
    path = tmp_path_factory.mktemp("batches") / "wild.csv"
    path.write_bytes(("\n".join([HEADER, *lines(10)]) + "\n" + "".join(pieces)).encode("cp1252"))
    try:
        found = files.batches(path, rows=size)
        raws = list(found)
    except DataError as error:
        assert str(error)  # noqa: PT017
        return
    places = [place for raw in raws for place in sorted([*raw.lines.tolist(), *raw.broken["row"].tolist()])]
    assert places == sorted(places)
    assert len(set(places)) == len(places)
    assert sum(raw.read for raw in raws) >= 10
