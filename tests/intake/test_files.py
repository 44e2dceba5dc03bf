"""Nasty files: each gives a table with full account, or a sentence that says what is wrong and what to do."""

from pathlib import Path

import pytest

from csworkbook import intake
from csworkbook.errors import DataError, SettingError
from csworkbook.intake import files

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20
FILES = Path(__file__).with_name("files")
GOOD = [["Datum", "Kiezen", "Kopen", "Na"], ["2024-02-01", 1, 2, 3], ["2024-02-02", 3, 3, 1]]


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "a.csv", "a.csv is empty."),
        (b"\xef\xbb\xbf\r\n\r\n", "a.csv", "a.csv is empty."),
        (b"Datum;Kiezen;Kopen;Na\r\n", "a.csv", "a.csv has a header but no rows below it."),
        (PNG, "answers.csv", "answers.csv is a picture (PNG), not a table."),
        (b"%PDF-1.7 ...", "a.csv", "a.csv is a PDF document, not a table."),
        (bytes(range(256)) * 40, "a.csv", "a.csv is no text but binary data, not a table."),
        (b"<html><table><tr><td>Datum</td></tr></table>", "a.xls", "a.xls is a web page, not a spreadsheet"),
        (b"\xef\xbb\xbf\n <TABLE><TR>", "a.xls", "a.xls is a web page, not a spreadsheet"),
        (b'[{"Datum": "2024-01-01"}]', "a.csv", "The records in a.csv have fewer than two fields"),
        (b'[{"Datum": "2024-01-01", "Kie', "a.csv", "a.csv is a JSON file that is damaged or cut off."),
        (b"\x1f\x8b\x08\x00rest", "a.csv.gz", "a.csv.gz cannot be opened: it is damaged"),
        (b"Rar!\x1a\x07\x00rest", "a.rar", "a.rar is a compressed file (RAR), not a table."),
        (b"{\\rtf1 text", "a.doc", "a.doc is a text document (RTF), not a table."),
        (b"just one line of words", "a.csv", "Only one column was found in a.csv."),
        (b"Datum:Kiezen:Kopen\n1-1-2024:1:2\n", "a.csv", "Only one column was found in a.csv."),
        (b"PK\x03\x04 and then nothing", "a.xlsx", "a.xlsx cannot be opened: it is damaged"),
        (b"PAR1 and then nothing", "a.parquet", "a.parquet cannot be opened: it is damaged"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and then nothing",
            "a.xls",
            "a.xls cannot be opened: it is damaged",
        ),
    ],
)
def test_what_is_no_table(refused, data, name, said):
    message = refused(data, name)
    assert message.startswith(said)
    assert message.count(".") >= 2  # and what to do


def test_a_locked_workbook_is_named_so(refused):
    ole = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le") + bytes(500)
    )
    assert "is protected with a password" in refused(ole, "a.xlsx")
    assert "take the password off" in refused(ole, "a.xlsx")


def test_refusals_say_what_can_be_read(refused):
    message = refused(PNG, "answers.csv")
    assert (
        "CSV, TSV, XLSX, XLS, ODS, JSON and Parquet files can be read, and a ZIP or folder of those."
        in message
    )


def test_a_file_that_is_not_there():
    with pytest.raises(DataError, match="cannot be opened"):
        intake.read("/no/such/file.csv")


def test_a_file_that_is_too_large(monkeypatch, refused):
    monkeypatch.setattr(files, "MOST_BYTES", 100 << 20)
    monkeypatch.setattr(files, "_bytes", lambda source, name: (files._require_size(101 << 20, name), b"")[1])
    assert "is larger than 100 MB" in refused(b"x")


def test_messages_are_in_the_users_language(refused):
    from csworkbook import language

    with language.speaking("nl"):
        message = refused(b"", "a.csv")
    assert "a.csv" in message


def test_sixty_columns_are_read(survey):
    extra = [f"veld {n}" for n in range(56)]
    header = "Datum;Kiezen;Kopen;Na aankoop;" + ";".join(extra)
    rows = [f"{day:02d}-02-2024;1;2;3;" + ";".join(f"{n}-{day}" for n in range(56)) for day in range(1, 29)]
    found = intake.read(survey(*rows, header=header))
    assert found.used == 28
    assert len(found.columns) == 60


def test_ten_thousand_columns_are_refused(refused):
    line = ";".join(f"c{n}" for n in range(10_000))
    assert "answers.csv has 10000 columns." in refused(f"{line}\n{line}\n".encode())


def test_no_usable_column(refused):
    message = refused(b"kleur,maat\nrood,xl\nblauw,s\n")
    assert "was not recognised as a table" in message
    assert "“kleur”, “maat”" in message


def test_a_survey_without_dates_says_which_column_to_add(refused):
    message = refused(b"Kiezen,Kopen,Na aankoop\nnauwelijks,enige,enige\nenige,enige,nauwelijks\n")
    assert "has no column with the date of each answer" in message
    assert "Timestamp" in message


def test_a_path_bytes_and_an_open_file_are_the_same(tmp_path, survey):
    path = tmp_path / "enquete.csv"
    path.write_bytes(survey())
    with path.open("rb") as file:
        found = [intake.read(path), intake.read(survey(), filename="enquete.csv"), intake.read(file)]
    assert {one.filename for one in found} == {"enquete.csv"}
    assert all(one.frame.equals(found[0].frame) for one in found)


# spreadsheets


def test_typed_cells_of_a_spreadsheet(workbook):
    import datetime

    rows = [
        ["Date", "Choosing", "Buying", "After", "Recommend"],
        [datetime.datetime(2024, 3, 5, 14, 30), 1, 2.0, "far too much", 9],
    ]
    found = intake.read(workbook(Sheet=[*rows, [datetime.date(2024, 3, 6), "some", 3, 1, None]]))
    assert found.frame["answered_at"].dt.strftime("%Y-%m-%d %H:%M").tolist() == [
        "2024-03-05 14:30",
        "2024-03-06 00:00",
    ]
    assert found.frame[["choosing", "buying", "after"]].to_numpy().tolist() == [[1, 2, 3], [2, 3, 1]]


def test_title_lines_blank_rows_and_totals_in_a_spreadsheet(workbook):
    rows = [["Klantonderzoek"], [], *GOOD, [None] * 4, ["2024-02-05", 2, 2, 2], ["Totaal", None, 9, 9]]
    found = intake.read(workbook(Blad1=rows))
    assert (found.read, found.used) == (5, 3)
    assert found.aside["row"].tolist() == [6, 8]
    assert found.aside["reason"].tolist() == ["the line is empty", "the line adds up the others (“Totaal”)"]


def test_the_most_probable_sheet_is_read_and_named(workbook):
    data = workbook(
        Toelichting=[["Lees dit", "eerst"], ["a", "b"]], Antwoorden=GOOD, Meer=[["x", "y"], [1, 2]]
    )
    found = intake.read(data)
    assert found.sheet == "Antwoorden"
    assert any("Sheet “Antwoorden” was read" in note and "“Meer”" in note for note in found.notes)


def test_a_sheet_can_be_asked_for(workbook):
    data = workbook(Een=GOOD, Twee=[*GOOD, ["2024-02-03", 1, 1, 1]])
    assert intake.read(data, sheet="Een").used == 2
    assert intake.read(data, sheet="Twee").used == 3
    assert [one.used for one in intake.read_all(data)] == [3, 2]
    with pytest.raises(SettingError, match="no sheet called “Drie”"):
        intake.read(data, sheet="Drie")


def test_merged_cells(workbook):
    head = [["Algemeen", None, "Moeite", None, None], ["Datum", "Apparaat", "Kiezen", "Kopen", "Na aankoop"]]
    rows = [[f"2024-02-0{n}", "mobiel" if n < 4 else "desktop", 1, 2, 3] for n in range(1, 8)]
    data = workbook(merge="C1:E1", Blad=[*head, *rows])
    assert intake.read(data).used == 7
    down = [["Datum", "Kiezen", "Kopen", "Na"], ["2024-02-01", 1, 1, 1], [None, 2, 2, 2], [None, 3, 3, 3]]
    found = intake.read(workbook(merge="A2:A4", Blad=down))
    assert found.frame["answered_at"].dt.day.tolist() == [1, 1, 1]


def test_formula_cells_without_a_kept_value_are_empty_and_text_with_a_formula_is_text(workbook):
    rows = [["Datum", "Kiezen", "Kopen", "Na", "Opmerking"], ["2024-02-01", 1, 1, "=1+1", "x"]]
    data = workbook(Blad=rows)
    assert intake.read(data).frame["after"].isna().all()
    text = b"Datum;Kiezen;Kopen;Na;Opmerking\n1-2-2024;1;1;1;=HYPERLINK(0)\n2-2-2024;1;1;1;+31 is a code\n"
    assert intake.read(text).frame["comment"].tolist() == ["=HYPERLINK(0)", "+31 is a code"]


@pytest.mark.parametrize("name", ["old.xls", "libreoffice.ods"])
def test_other_spreadsheets(name):
    found = intake.read(FILES / name)
    assert (found.read, found.used) == (3, 3)
    assert found.frame["after"].tolist() == [3, 3, 1]
    assert found.frame["comment"].dropna().tolist() == ["te laat", "prima"]


def test_a_workbook_with_a_real_password():
    with pytest.raises(DataError, match="password"):
        intake.read(FILES / "password.xlsx")


def test_parquet_keeps_its_types():
    import pandas as pd

    frame = pd.DataFrame(
        {
            "answered_at": pd.to_datetime(["2024-07-01 12:00", "2024-01-01 12:00"]),
            "choosing": [1, 2],
            "buying": [3, None],
            "after": [1.0, 2.0],
        }
    )
    found = intake.read(frame.to_parquet())
    assert [str(moment.utcoffset()) for moment in found.frame["answered_at"]] == ["2:00:00", "1:00:00"]
    assert found.frame["buying"].tolist()[0] == 3
    assert found.frame["buying"].isna().tolist() == [False, True]


def test_every_kind_of_cell_comes_out_as_it_is():
    import datetime
    import io

    import xlsxwriter

    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("Blad1")
        formats = ("dd-mm-yyyy", "dd-mm-yyyy hh:mm", "hh:mm", "[h]:mm:ss", "0%", "General", "General", "@")
        sheet.write_row(0, 0, ["dag", "moment", "tijd", "duur", "deel", "fout", "ja", "nummer"])
        values = [45293, 45293.5, 0.4375, 1.25, 0.21, "#N/A", "TRUE", "00123"]
        for column, (form, value) in enumerate(zip(formats, values, strict=True)):
            cell = book.add_format({"num_format": form})
            sheet.write_formula(
                1, column, "=ANY()", cell, value
            )  # a formula in every cell, with what it gave
        sheet.write_row(2, 0, ["onbekend", "", "", "", 1, "", "", "x"])
    (raw,) = files.read(file.getvalue())
    row = raw.frame.iloc[0]
    assert row["dag"] == datetime.datetime(2024, 1, 2)
    assert row["moment"] == datetime.datetime(2024, 1, 2, 12)
    assert row["tijd"] == datetime.time(10, 30)
    assert row["duur"] == datetime.timedelta(hours=30)
    assert row["deel"] == 0.21
    assert row["fout"] is None
    assert row["nummer"] == "00123"
    assert raw.frame["deel"].tolist()[1] == 1


def test_hidden_and_empty_sheets(workbook):
    import io

    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(workbook(Leeg=[], Lijst=[["a", "b"], [1, 2]], Data=GOOD)))
    book["Lijst"].sheet_state = "hidden"
    file = io.BytesIO()
    book.save(file)
    raws = files.read(file.getvalue())
    assert [raw.sheet for raw in raws] == ["Data"]
    assert any("Hidden sheets were passed over: “Lijst”." in note for note in raws[0].notes)
    assert files.read(file.getvalue(), sheet="Lijst")[0].frame.to_dict("list") == {"a": [1], "b": [2]}


def test_a_sheet_of_formulas_that_were_never_worked_out(refused, workbook):
    message = refused(workbook(Blad=[["=A1", "=B1"], ["=1", "=2"]]), "a.xlsx")
    assert message.startswith("a.xlsx is empty.")
    assert "open it in Excel and save it" in message


def test_a_sheet_with_colour_down_to_its_last_row_costs_nothing():
    import io
    import time

    import xlsxwriter

    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        red = book.add_format({"bg_color": "red"})
        for place, row in enumerate(GOOD):
            sheet.write_row(place, 0, row)
        sheet.write_blank(1_048_575, 16_383, None, red)
        sheet.set_column(0, 16_383, 12, red)
    began = time.perf_counter()
    assert len(files.read(file.getvalue())[0].frame) == 2
    assert time.perf_counter() - began < 5
