"""Files as owners bring them, made on the spot."""

from __future__ import annotations

import io

import pytest

from csworkbook import intake
from csworkbook.errors import DataError

HEADER = "Datum;Kiezen;Kopen;Na aankoop;Opmerking"
ROWS = ("01-02-2024 10:00;nauwelijks;enige;veel te veel;Kon de maat niet vinden", "13-02-2024 11:30;1;2;3;")


@pytest.fixture
def survey():
    """A Dutch survey as bytes, with further rows and another encoding where asked."""

    def make(*rows: str, header: str = HEADER, encoding: str = "utf-8", end: str = "\n") -> bytes:
        return (end.join([header, *(rows or ROWS)]) + end).encode(encoding)

    return make


@pytest.fixture
def refused():
    """Reads what cannot be read and gives the message."""

    def read(data: bytes, filename: str = "answers.csv", **options) -> str:
        with pytest.raises(DataError) as error:
            intake.read(data, filename=filename, **options)
        return str(error.value)

    return read


@pytest.fixture
def workbook():
    """An XLSX file as bytes: sheet name → rows of cells; `merge` merges a range of the last sheet."""

    def make(merge: str = "", **sheets: list[list[object]]) -> bytes:
        import openpyxl

        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        if merge:
            sheet.merge_cells(merge)
        file = io.BytesIO()
        book.save(file)
        return file.getvalue()

    return make
