"""Text files: encodings, delimiters, quotes, headers, and the lines that are no rows."""

import pytest

from csworkbook import intake
from csworkbook.intake import files
from csworkbook.intake.delimited import dialect
from csworkbook.intake.encoding import to_utf8
from csworkbook.intake.header import find

CAFE = "Eén café: €5, “mooi” naïef"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "mac_roman", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_encoding_and_line_end(survey, encoding, end):
    rows = [f"0{n}-02-2024;nauwelijks;enige;veel te veel;{CAFE}" for n in range(1, 8)]
    found = intake.read(survey(*rows, encoding=encoding, end=end))
    assert found.used == 7
    assert set(found.frame["comment"]) == {CAFE}


def test_cp850_of_an_old_till():
    assert (
        to_utf8("één;café;crème;coördinatie;patiënt".encode("cp850")).data.decode()
        == "één;café;crème;coördinatie;patiënt"
    )


def test_two_encodings_in_one_file_are_both_read_and_said(survey):
    rows = [f"0{n}-02-2024;1;1;1;geïnd" for n in range(1, 5)]
    data = survey(*rows) + "05-02-2024;1;1;1;geïrriteerd\n".encode("cp1252")
    found = intake.read(data)
    assert found.frame["comment"].tolist() == ["geïnd"] * 4 + ["geïrriteerd"]
    assert any("mixes two encodings" in note for note in found.notes)


def test_zero_bytes_are_left_out_and_said(survey):
    found = intake.read(survey("01-02-2024;1;1;1;a\0b", "02-02-2024;1;1;1;c" + "x" * 100))
    assert found.frame["comment"][0] == "ab"
    assert any("1 zero bytes" in note for note in found.notes)


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_delimiters(sign):
    text = f'Date{sign}Choosing{sign}Buying{sign}After{sign}Comment\n2024-02-01{sign}1{sign}2{sign}3{sign}"a, b; c\td|e"\n'
    found = intake.read(text.encode())
    assert found.frame["comment"].tolist() == ["a, b; c\td|e"]


def test_excels_sep_line(survey):
    assert intake.read(b"sep=;\r\n" + survey()).used == 2


def test_decimal_commas_do_not_make_a_comma_the_delimiter():
    assert dialect("prijs;aantal\n" + "1,50;2\n" * 9).delimiter == ";"


def test_backslash_and_single_quotes():
    text = b'Date,Choosing,Buying,After,Comment\n2024-02-01,1,2,3,"he said \\"no\\", twice"\n2024-02-02,1,2,3,"x"\n'
    assert intake.read(text).frame["comment"][0] == 'he said "no", twice'


def test_lines_that_are_no_rows_are_set_aside_with_their_line_and_text(survey):
    data = survey(
        "01-02-2024;1;1;1;goed",
        "",
        '02-02-2024;1;1;1;"twee\n\nregels"',
        "03-02-2024;1;1",
        "04-02-2024;1;1;1;te;veel",
        "05-02-2024;2;2;2;laatste",
        "",
        "",
    )
    found = intake.read(data)
    assert (found.read, found.used) == (6, 3)
    assert found.frame["comment"].tolist() == ["goed", "twee\n\nregels", "laatste"]
    assert found.aside["row"].tolist() == [3, 7, 8]
    assert found.aside["Datum"].tolist() == ["", "03-02-2024;1;1", "04-02-2024;1;1;1;te;veel"]
    assert found.aside["reason"].tolist() == [
        "the line is empty",
        "the line has 3 cells where the header has 5",
        "the line has 6 cells where the header has 5",
    ]


def test_an_open_quote_costs_its_own_line_only(survey):
    found = intake.read(
        survey(
            "01-02-2024;1;1;1;goed",
            '02-02-2024;1;1;1;"nooit dicht',
            *[f"{n:02d}-03-2024;2;2;2;x" for n in range(1, 31)],
        )
    )
    assert (found.read, found.used) == (32, 31)
    assert found.aside["row"].tolist() == [3]
    assert "opened and never closed" in found.aside["reason"][0]


def test_an_open_quote_that_closes_in_a_later_row_is_seen_too(survey):
    rows = [
        "01-02-2024;1;1;1;goed",
        '02-02-2024;1;1;1;"begin',
        "03-02-2024;2;2;2;midden",
        '04-02-2024;3;3;3;einde"',
        "05-02-2024;1;1;1;x",
    ]
    found = intake.read(survey(*rows))
    assert found.read == 5
    assert found.frame["answered_at"].dt.day.tolist() == [1, 3, 4, 5]
    assert found.aside["row"].tolist() == [3]


def test_rows_keep_their_line_below_titles_and_long_cells(survey):
    titles = b"Klantenonderzoek voorjaar\n\n# gemaakt op 1 maart\n"
    found = intake.read(titles + survey('01-02-2024;1;1;1;"a\nb\nc"', "nooit;1;1;1;x", "02-02-2024;1;1;1;y"))
    assert found.aside["row"].tolist() == [8]
    assert any("3 line(s) above the header" in note for note in found.notes)


def test_a_very_long_cell_emoji_and_right_to_left_text(survey):
    long, odd = "x" * 3_000_000, "שלום 👩‍👩‍👧 مرحبا"
    found = intake.read(survey(f"01-02-2024;1;1;1;{long}", f"02-02-2024;1;1;1;{odd}"))
    assert found.frame["comment"].tolist() == [long, odd]


def test_script_tags_are_data(survey):
    tag = "<script>alert('x')</script>"
    assert intake.read(survey(f"01-02-2024;1;1;1;{tag}")).frame["comment"].tolist() == [tag]


def test_duplicate_and_empty_headers():
    assert find([["Datum", "Cijfer", "", "Cijfer"], ["1-1-2024", "3", "x", "4"]]).names == (
        "Datum",
        "Cijfer",
        "#3",
        "Cijfer (2)",
    )


def test_a_trailing_delimiter_in_the_rows_only(survey):
    found = intake.read(survey("01-02-2024;1;1;1;a;", "02-02-2024;1;1;1;b;", "03-02-2024;1;1;1;c;"))
    assert found.used == 3


def test_no_header_is_seen(survey):
    raw = files.read(b"01-02-2024;1;2;3\n02-02-2024;3;2;1\n")[0]
    assert list(raw.frame.columns) == ["#1", "#2", "#3", "#4"]
    assert len(raw.frame) == 2


def test_a_header_over_two_rows_of_codes_and_questions():
    rows = [
        ["V1", "Q2", "Q3"],
        ["Submitted", "How easy was it to choose?", "Remarks"],
        ["2024-01-01", "some", "a"],
        ["2024-01-02", "none", "b"],
    ]
    assert find(rows).names == ("V1 – Submitted", "Q2 – How easy was it to choose?", "Q3 – Remarks")


def test_the_first_row_of_answers_is_not_taken_for_a_second_header():
    rows = [
        ["Datum", "Kiezen", "Opmerking"],
        ["", "nauwelijks", "geen datum"],
        ["2024-01-02", "enige", "b"],
        ["2024-01-03", "enige", "c"],
    ]
    assert find(rows).count == 1
