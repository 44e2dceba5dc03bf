"""ZIP files, folders and GZ: every table in them by its own name, and nothing unpacked that does not fit."""

import gzip
import io
import json
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from csworkbook.errors import DataError
from csworkbook.intake import archive, files

MONTH = "Datum;Bedrag\n0{month}-01-2024;1,50\n0{month}-02-2024;2,50\n"
calm = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def zipped(**members: bytes | str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, content in members.items():
            folder.writestr(name, content)
    return file.getvalue()


def refusal(data: bytes, name: str = "export.zip") -> str:
    with pytest.raises(DataError) as error:
        files.read(data, filename=name)
    return str(error.value)


def test_a_zip_of_one_file_as_it_is_mailed():
    (raw,) = files.read(zipped(**{"orders_export_1.csv": MONTH.format(month=1)}), filename="orders.zip")
    assert (raw.filename, raw.part, len(raw.frame)) == ("orders.zip", "orders_export_1.csv", 2)


def test_months_in_folders_stay_apart_and_what_a_system_adds_is_not_read(workbook):
    data = zipped(
        **{
            "2024/01.csv": MONTH.format(month=1),
            "2024/02.csv": MONTH.format(month=2),
            "2024/chats.jsonl.gz": gzip.compress(b'{"id": 1, "t": "x"}\n{"id": 2, "t": "y"}'),
            "2024/book.xlsx": workbook(Een=[["a", "b"], [1, 2]], Twee=[["c", "d"], [3, 4]]),
            "__MACOSX/2024/._01.csv": b"\0\x05\x16\x07",
            "2024/.DS_Store": b"\0\0\0\1Bud1",
            "Thumbs.db": b"\xd0\xcf\x11\xe0",
            "leesmij.txt": "Dit is de export.",
            "logo.png": b"\x89PNG\r\n\x1a\n" + bytes(200),
        }
    )
    raws = files.read(data, filename="alles.zip")
    assert [(raw.part, raw.sheet, len(raw.frame)) for raw in raws] == [
        ("2024/01.csv", None, 2),
        ("2024/02.csv", None, 2),
        ("2024/chats.jsonl.gz", None, 2),
        ("2024/book.xlsx", "Een", 1),
        ("2024/book.xlsx", "Twee", 1),
    ]
    said = [note for note in raws[0].notes if note.startswith("Passed over")]
    assert len(said) == 2
    assert "leesmij.txt in alles.zip" in said[0]
    assert "logo.png in alles.zip is a picture (PNG)" in said[1]


def test_a_folder_is_read_like_a_zip(tmp_path):
    (tmp_path / "export" / "b").mkdir(parents=True)
    (tmp_path / "export" / "a.csv").write_text(MONTH.format(month=1))
    (tmp_path / "export" / "b" / "c.json").write_text(json.dumps([{"id": 1, "x": 2}]))
    (tmp_path / "export" / ".hidden.csv").write_text(MONTH.format(month=2))
    raws = files.read(tmp_path / "export")
    assert [(raw.filename, raw.part) for raw in raws] == [("export", "a.csv"), ("export", "b/c.json")]


def test_gz_of_one_file():
    (raw,) = files.read(gzip.compress(MONTH.format(month=1).encode()), filename="orders.csv.gz")
    assert (raw.filename, raw.part, len(raw.frame)) == ("orders.csv", None, 2)


def test_no_table_inside_is_said_with_its_names():
    one = zipped(**{"folder/logo.png": b"\x89PNG\r\n\x1a\n" + bytes(200)})
    assert refusal(one).startswith("folder/logo.png in export.zip is a picture (PNG), not a table.")
    two = zipped(**{"a.png": b"\x89PNG\r\n\x1a\n" + bytes(200), "b.txt": "hello"})
    assert refusal(two).startswith("export.zip holds no file that is a table. In it: “a.png” and “b.txt”.")
    assert refusal(zipped(**{"__MACOSX/x.csv": "a;b\n1;2\n"})).startswith("export.zip is empty.")


def test_what_would_not_fit_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(files, "MOST_BYTES", 1 << 20)
    large = zipped(**{"a.csv": "a;b\n" + "1;2\n" * 300_000})
    assert len(large) < 1 << 14
    assert "is larger than 1 MB when it is unpacked" in refusal(large)
    half = "a;b\n" + "1;2\n" * 150_000
    assert "is larger than 1 MB" in refusal(zipped(**{"a.csv": half, "b.csv": half}))
    assert "is larger than 1 MB" in refusal(gzip.compress(b"a;b\n" + b"1;2\n" * 300_000))
    inner = zipped(**{"a.csv": half})
    assert len(files.read(zipped(**{"a.zip": inner, "b.zip": inner}))) == 1  # the second has no room left


def test_archives_inside_archives_end_somewhere():
    data = zipped(**{"a.csv": "a;b\n1;2\n"})
    assert files.read(zipped(**{"in.zip": data}))[0].part == "in.zip – a.csv"
    for _depth in range(5):
        data = zipped(**{"in.zip": data})
    assert "is a compressed file inside compressed files" in refusal(data)
    data = b"a;b\n1;2\n"
    for _depth in range(9):
        data = gzip.compress(data)
    assert "is a compressed file inside compressed files" in refusal(data)


def test_too_many_files(monkeypatch):
    monkeypatch.setattr(archive, "MOST_FILES", 3)
    assert "holds 4 files" in refusal(zipped(**{f"{n}.csv": "a;b\n1;2\n" for n in range(4)}))


def test_a_zip_with_a_password():
    data = bytearray(zipped(**{"a.csv": "a;b\n1;2\n"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert "is protected with a password. Unpack it" in refusal(bytes(data))


def test_damaged_archives():
    whole = zipped(**{"a.csv": "a;b\n" + "".join(f"{n};{n * 7919}\n" for n in range(3000))})
    assert "cannot be opened: it is damaged" in refusal(whole[: len(whole) // 2])
    spoiled = bytearray(whole)
    spoiled[200:220] = bytes(20)
    assert "cannot be opened: it is damaged" in refusal(bytes(spoiled))
    packed = gzip.compress(b"a;b\n" + b"".join(b"%d;%d\n" % (n, n * 7919) for n in range(3000)))
    assert "cannot be opened: it is damaged" in refusal(packed[:-100], "a.csv.gz")


@calm
@given(st.data())
def test_bytes_changed_anywhere(data):
    whole = bytearray(zipped(**{"a.csv": MONTH.format(month=1), "b.jsonl": '{"a": 1, "b": 2}\n' * 3}))
    for _change in range(data.draw(st.integers(1, 5))):
        whole[data.draw(st.integers(4, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        raws = files.read(bytes(whole), filename="x.zip")
    except DataError as error:
        assert str(error)  # noqa: PT017
    else:
        assert all(raw.part and raw.read for raw in raws)
