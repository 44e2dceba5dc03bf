"""Tables as XLSX and CSV: numbers stay numbers, texts stay texts, nothing becomes a formula."""

from __future__ import annotations

import csv as reader
import io
from datetime import date, datetime

import numpy as np
import openpyxl
import pandas as pd
import pytest
from openpyxl.utils.escape import unescape

from csworkbook import language
from csworkbook.export import sheets

NASTY = [
    "=1+1", "+31 6 1234 5678", "@SUM(A1)", "-2", "-12,50", "=HYPERLINK(\"http://x\")", "\t=1", "\r=1", "\n=1", "  =1",
    "=cmd|' /C calc'!A0",
]  # fmt: skip
PLAIN = ["plain", "1+1", "a=b", "", "naïef €", "{=1}", "https://example.org/x", "mailto:a@b.nl"]


def book(frame, **more):
    return openpyxl.load_workbook(io.BytesIO(sheets.xlsx(frame, name="Effort", **more)))


def column(frame, **more):
    sheet = book(frame, **more).worksheets[0]
    return [sheet.cell(row, 1) for row in range(2, sheet.max_row + 1)]


def rows(frame):
    text = sheets.csv(frame).decode("utf-8-sig")
    return list(
        reader.reader(io.StringIO(text, newline=""), delimiter=";" if language.current() == "nl" else ",")
    )


# ---------------------------------------------------------------- XLSX
@pytest.mark.parametrize("text", NASTY)
def test_a_text_that_looks_like_a_formula_is_a_text_in_excel(text):
    (cell,) = column(pd.DataFrame({"comment": [text]}))
    assert cell.data_type == "s"
    assert unescape(cell.value).strip() == text.strip()


@pytest.mark.parametrize(
    "text", ["https://example.org/x", "mailto:a@b.nl", "internal:Sheet1!A1", "file:///etc/passwd"]
)
def test_no_address_is_a_live_link(text):
    (cell,) = column(pd.DataFrame({"comment": [text]}))
    assert cell.hyperlink is None
    assert cell.value == text


def test_heads_and_the_second_sheet_are_texts_too():
    opened = book(pd.DataFrame({"=1+1": [1]}), about=["=2+2", "A line"])
    assert opened.worksheets[0]["A1"].data_type == "s"
    assert [cell.value for cell in opened["About"]["A"]] == ["=2+2", "A line"]
    assert opened["About"]["A1"].data_type == "s"


@pytest.mark.parametrize(
    ("kind", "value", "written"),
    [("share", 1 / 3, "0.0%"), ("points", -0.16, "0.0%"), ("money", 12.5, "#,##0"), ("count", 7, "#,##0")],
)
def test_numbers_are_numbers_with_their_format(kind, value, written):
    (cell,) = column(pd.DataFrame({"x": [value]}), kinds={"x": kind})
    assert cell.data_type == "n"
    assert cell.value == pytest.approx(value)
    assert cell.number_format == written


@pytest.mark.parametrize(
    "value", [np.int64(5), np.float32(5), np.int8(5), 5], ids=lambda value: type(value).__name__
)
def test_numbers_among_texts_are_still_numbers(value):
    first, second = column(pd.DataFrame({"x": pd.Series([value, "text"], dtype=object)}))
    assert (first.data_type, first.value) == ("n", 5)
    assert (second.data_type, second.value) == ("s", "text")


@pytest.mark.parametrize(
    "values",
    [[None, "x"], [np.nan, 1.5], [pd.NaT, pd.Timestamp("2026-01-01")], pd.array([None, 1], dtype="Int8"),
     pd.array([None, True], dtype="boolean"), pd.Series([pd.NA, "x"], dtype="string"), pd.Categorical([None, "x"])],
)  # fmt: skip
def test_what_is_empty_is_an_empty_cell(values):
    cells = column(pd.DataFrame({"x": values}))
    assert cells[0].value is None
    assert cells[1].value is not None


def test_what_is_no_number_excel_knows_is_a_text():
    assert [cell.data_type for cell in column(pd.DataFrame({"x": [np.inf, -np.inf]}))] == ["s", "s"]


@pytest.mark.parametrize(
    "value",
    [date(2026, 3, 2), datetime(2026, 3, 2, 9, 30), pd.Timestamp("2026-03-02 09:30", tz="Europe/Amsterdam")],
    ids=["date", "datetime", "zoned"],
)
def test_times_are_dates_in_local_time(value):
    (cell,) = column(pd.DataFrame({"x": pd.Series([value], dtype=object)}))
    assert cell.is_date
    assert (cell.value.year, cell.value.month, cell.value.day) == (2026, 3, 2)
    assert cell.value.hour == getattr(value, "hour", 0)


def test_a_very_long_text_is_cut_where_excel_ends():
    (cell,) = column(pd.DataFrame({"x": ["a" * 40_000]}))
    assert len(cell.value) == 32_767


def test_a_table_without_rows_has_its_heads():
    sheet = book(pd.DataFrame({"Stage": [], "Share": []})).worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["Stage", "Share"]


@pytest.mark.parametrize(
    ("name", "title"), [("a/b:c?[d]*", "a b c  d"), ("", "1"), ("x" * 40, "x" * 31), ("'quoted'", "quoted")]
)
def test_any_name_makes_a_sheet(name, title):
    content = sheets.xlsx(pd.DataFrame({"x": [1]}), name=name)
    assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames == [title]


def test_two_heads_alike_keep_both_columns():
    frame = pd.DataFrame([["a", 1]], columns=["Stage", "Stage"])
    assert [cell.value for cell in book(frame).worksheets[0][2]] == ["a", 1]
    assert rows(frame) == [["Stage", "Stage"], ["a", "1"]]


# ---------------------------------------------------------------- CSV
def test_dutch_csv_opens_in_a_dutch_spreadsheet():
    frame = pd.DataFrame({"Fase": ["Na; “de” aankoop"], "Aandeel": [0.274], "n": [1757]})
    with language.speaking("nl"):
        assert sheets.csv(frame) == '\ufeffFase;Aandeel;n\r\n"Na; “de” aankoop";0,274;1757\r\n'.encode()


def test_english_csv_has_commas_and_points():
    frame = pd.DataFrame({"Stage": ["a, b"], "Share": [0.274]})
    assert sheets.csv(frame) == b'\xef\xbb\xbfStage,Share\r\n"a, b",0.274\r\n'


@pytest.mark.parametrize("spoken", ["en", "nl"])
@pytest.mark.parametrize("text", NASTY)
def test_a_text_that_looks_like_a_formula_gets_an_apostrophe(text, spoken):
    with language.speaking(spoken):
        heads, cells = rows(pd.DataFrame({text: [text]}))
    assert cells == ["'" + text]
    assert heads == ["'" + text]


@pytest.mark.parametrize("dtype", ["object", "string", "category"])
def test_texts_of_every_kind_are_made_harmless(dtype):
    frame = pd.DataFrame({"x": pd.Series(["=1", "fine", None], dtype=dtype), "y": 1})
    assert [row[0] for row in rows(frame)[1:]] == ["'=1", "fine", ""]


@pytest.mark.parametrize("text", [t for t in PLAIN if t])
def test_other_texts_are_left_alone(text):
    assert rows(pd.DataFrame({"x": [text]}))[1] == [text]


def test_negative_numbers_stay_numbers():
    assert rows(pd.DataFrame({"x": [-2.5], "y": [-3]}))[1] == ["-2.5", "-3"]


@pytest.mark.parametrize("value", [None, 3, 2.5, True, ["=1"]])
def test_what_is_no_text_is_harmless(value):
    assert sheets.harmless(value) is value


def test_nothing_is_changed_on_the_way_out():
    frame = pd.DataFrame({"x": ["=1", None], "n": [1, 2]})
    before = frame.copy(deep=True)
    sheets.csv(frame), sheets.xlsx(frame, name="x")
    pd.testing.assert_frame_equal(frame, before)
