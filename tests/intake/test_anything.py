"""Whatever the bytes: a table with full account of its rows, or a DataError."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from csworkbook import intake
from csworkbook.errors import DataError
from csworkbook.tables import TABLES

EXPORTS = sorted(
    path
    for path in (Path(__file__).parents[2] / "data" / "exports").glob("*.*")
    if path.name != "expected.csv"
)
WHOLE = {path.name: path.read_bytes() for path in EXPORTS}
calm = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))

CELLS = st.one_of(
    st.sampled_from(
        [
            "",
            "1",
            "2",
            "3",
            "7",
            "nauwelijks",
            "veel te veel",
            "ja",
            "01-02-2024",
            "2024-02-30",
            "31/12/2024 10:00",
            "1.234,50",
            '"',
            '""',
            "a;b",
            "x\ny",
            "Totaal",
            "=1+1",
            "\x1e",
            "#",
            "jan@x.nl",
        ]
    ),
    st.text(max_size=12),
)
HEADERS = st.lists(
    st.one_of(
        st.sampled_from(["Datum", "Kiezen", "Kopen", "Na aankoop", "Opmerking", "E-mail", "", "Datum"]),
        st.text(max_size=10),
    ),
    min_size=1,
    max_size=8,
)


def outcome(data: bytes, **options) -> None:
    try:
        found = intake.read(data, **options)
    except DataError as error:
        assert str(error).strip()  # noqa: PT017
        return
    assert found.read == found.used + len(found.aside)
    assert found.used == len(found.frame)
    assert found.aside["reason"].str.len().gt(0).all()
    assert set(TABLES[found.table].required) <= set(found.frame.columns)


@calm
@given(st.binary(max_size=600))
def test_random_bytes(data):
    outcome(data)


@calm
@given(
    st.sampled_from(
        [
            b"PK\x03\x04",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            b"PAR1",
            b"\xff\xfe",
            b"\xef\xbb\xbf",
            b"sep=;\n",
            b"\x1f\x8b\x08",
            b"[{",
            b'{"orders": [{"id": 1',
            b'{"a": 1}\n',
            b"# ---\n# title\nday,users\n1,2\n\n# other\nday,orders\n",
        ]
    ),
    st.binary(max_size=300),
)
def test_random_bytes_behind_a_known_beginning(start, data):
    outcome(start + data)


@calm
@given(
    HEADERS,
    st.lists(st.lists(CELLS, max_size=9), max_size=12),
    st.sampled_from(";,\t|"),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
)
def test_random_tables(header, rows, sign, end, quoted):
    def line(cells):
        return sign.join('"' + cell.replace('"', '""') + '"' if quoted else cell for cell in cells)

    text = end.join(line(cells) for cells in [header, *rows])
    outcome(text.encode("utf-8", "replace"))


@calm
@given(st.lists(st.tuples(*[CELLS] * 5), min_size=1, max_size=25))
def test_random_answers_under_a_known_header(rows):
    lines = [
        "Datum;Kiezen;Kopen;Na aankoop;Opmerking",
        "01-02-2024;1;2;3;x",
        *(";".join(cells) for cells in rows),
    ]
    outcome("\n".join(lines).encode("utf-8", "replace"), table="effort_survey")


@calm
@given(st.data())
def test_damaged_exports(data):
    name = data.draw(st.sampled_from(sorted(WHOLE)))
    whole = bytearray(
        WHOLE[name][: data.draw(st.sampled_from([1000, 4000, 10_000]))]
        if not name.endswith("xlsx")
        else WHOLE[name]
    )
    for _damage in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, max(0, len(whole) - 1)))
        piece = data.draw(
            st.one_of(
                st.binary(max_size=8),
                st.sampled_from([b'"', b";", b"\n", b"\r", b"\0", b"\x1e", b",,,,", b"\xff\xfe", b"\xc3"]),
            )
        )
        whole[at : at + data.draw(st.integers(0, 40))] = piece
    outcome(bytes(whole))
