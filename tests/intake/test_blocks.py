"""Several tables in one text file, and the stray blank lines that do not make two of one."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from csworkbook.intake import files

calm = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
REPORT = """# ----------------------------------------
# Report CSV Export
# Account: winkel
# ----------------------------------------
#
# Start date: 20240101
# End date: 20240103
Nth day,Users
0000,10
0001,12
0002,9

# Start date: 20240101
# End date: 20240103
Nth day,New users
0000,3

0001,4,5
0002,2

# How much do you sell?
# Start date: 20240101
Nth day,Total revenue

# Where do your new users come from?
First user channel,New users
Direct,7
Organic Search,2
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_report_of_blocks(end):
    raws = files.read(REPORT.replace("\n", end).encode(), filename="data-export.csv")
    assert [raw.part for raw in raws] == [
        "Report CSV Export",
        "Nth day, New users",
        "Where do your new users come from?",
    ]
    first, second, third = raws
    assert first.frame.to_dict("list") == {"Nth day": ["0000", "0001", "0002"], "Users": ["10", "12", "9"]}
    assert first.lines.tolist() == [9, 10, 11]
    assert second.frame["New users"].tolist() == ["3", "2"]
    assert second.lines.tolist() == [16, 19]
    assert second.broken["row"].tolist() == [17, 18]  # a block accounts for its own rows
    assert third.lines.tolist() == [27, 28]
    assert all(raw.filename == "data-export.csv" for raw in raws)
    assert any(
        "How much do you sell? in data-export.csv has a header but no rows" in note for note in first.notes
    )


def test_the_genuine_report(realdata):
    raws = files.read(realdata / "exports" / "ga4_report_snapshot_export.csv")
    users = {raw.frame.columns[1]: raw for raw in raws if raw.frame.columns[0] == "Nth day"}
    assert len(users["Users"].frame) == 28
    assert list(users["30 days"].frame.columns) == ["Nth day", "30 days", "7 days", "1 day"]
    assert all(len(raw.broken) == 0 for raw in raws)


def test_tables_with_a_title_line_and_blank_lines_between():
    text = "Omzet per dag\nDag;Omzet\n1-1-2024;10,50\n2-1-2024;11,00\n\n\nTop artikelen\nArtikel;Stuks;Omzet\nTrui;3;30\n"
    raws = files.read(text.encode())
    assert [raw.part for raw in raws] == ["Omzet per dag", "Top artikelen"]
    assert raws[1].lines.tolist() == [9]


def test_the_same_header_again_is_the_next_table():
    month = "Datum;Bedrag\n01-0{n}-2024;1\n02-0{n}-2024;2\n"
    raws = files.read("\n".join(month.format(n=n) for n in (1, 2, 3)).encode())
    assert [raw.frame["Datum"].tolist()[0] for raw in raws] == ["01-01-2024", "01-02-2024", "01-03-2024"]
    assert len({raw.part for raw in raws}) == 3


@pytest.mark.parametrize(
    ("text", "rows", "broken"),
    [
        ("Datum;Keus;Tekst\n1-1-2024;3;a\n\n2-1-2024;2;b\n\n\n3-1-2024;1;c\n", 3, 3),
        ("Datum;Keus;Tekst\n1-1-2024;enige;a\n\nonbekend;enige;b\n3-1-2024;geen;c\n", 3, 1),
        ('Datum;Keus;Tekst\n1-1-2024;3;"goed\n\nNaam;Score;Punt\n1;2;3\n"\n2-1-2024;2;b\n', 2, 0),
        (
            "Rapport;Bestellingen\nVan;01-01-2024\nTot;31-01-2024\n\nDatum;Keus;Tekst;X\n1-1-2024;3;a;x\n2-1-2024;3;b;y\n",
            2,
            0,
        ),
        ("Klantonderzoek\n\n# gemaakt op 1 maart\n\nDatum;Keus;Tekst\n1-1-2024;3;a\n", 1, 0),
        ("Name,Email,Total\n#1001,an@example.com,12.50\n#1001,,\n#1002,bo@example.com,8.00\n", 3, 0),
        ("#;Datum;Keus\n1;1-1-2024;3\n2;2-1-2024;3\n", 2, 0),
        ("// made by a tool, version 2, for you\nDate,Score,Text\n2024-01-01,3,a\n2024-01-02,3,b\n", 2, 0),
        ("Datum;Keus;Bedrag\n1-1-2024;3;10\n2-1-2024;4;20\n\nTotaal;;30\n", 3, 1),
        ("Datum;Keus;Bedrag\n1-1-2024;3;10\n;;\n2-1-2024;4;20\n", 3, 0),
    ],
)
def test_one_table_stays_one(text, rows, broken):
    raws = files.read(text.encode())
    assert [(len(raw.frame), len(raw.broken), raw.part) for raw in raws] == [(rows, broken, None)]


@pytest.mark.parametrize("sign", ["^", "~", "\x01", "\x1f"])
def test_rare_delimiters(sign):
    text = "\n".join(
        [sign.join(["Datum", "Keus", "Tekst"]), *(sign.join(["1-1-2024", "3", "a, b"]) for _n in range(9))]
    )
    assert files.read(text.encode())[0].frame["Tekst"].tolist() == ["a, b"] * 9


def test_columns_parted_by_spaces():
    text = " customer_id  date number  value\n 00001 19970101  1   11.77\n 00002 19970112  1   12.00\n 00002 19970112\n"
    raw = files.read((text + " 00003 19970102  2   20.76\n" * 40).encode())[0]
    assert list(raw.frame.columns) == ["customer_id", "date", "number", "value"]
    assert raw.frame["value"].tolist()[:3] == ["11.77", "12.00", "20.76"]
    assert raw.broken["row"].tolist() == [4]
    assert raw.lines.tolist()[:3] == [2, 3, 5]


def test_orders_parted_by_spaces_give_the_published_figures(realdata):
    raw = files.read(realdata / "orders" / "CDNOW_master.txt.gz")[0]
    assert (len(raw.frame), len(raw.broken)) == (69_659, 0)
    assert raw.frame["customer_id"].nunique() == 23_570
    assert raw.frame["dollar_value"].astype(float).sum() == pytest.approx(2_500_315.63)


CELLS = st.sampled_from(["1", "2,5", "3-1-2024", "rood", "blauw", "x"])


@calm
@given(
    st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=20),
    st.lists(st.integers(1, 20), max_size=4),
)
def test_blank_lines_anywhere_between_rows(rows, places):
    lines = [";".join(["9-9-2024", *row]) for row in rows]
    for place in sorted(places, reverse=True):
        lines.insert(min(place, len(lines) - 1), "")
    raws = files.read("\n".join(["Datum;A;B;C", *lines]).encode())
    assert len(raws) == 1
    assert len(raws[0].frame) == len(rows)
    assert raws[0].lines.tolist() == [n for n, line in enumerate(lines, 2) if line]
