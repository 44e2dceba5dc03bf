"""What do owners really bring: exports of the demo shop in the shapes of the tools they came from?

Every survey file holds a known part of the effort survey, counted before it is written, and a few
rows nobody can use. ``expected.csv`` says what a reader must find in each file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from csworkbook.demo import shapes
from csworkbook.demo.survey import STAGES

if TYPE_CHECKING:
    import pandas as pd

_BAD_PLACES = (4, 31, 57, 90)


@dataclass(frozen=True)
class Export:
    """A raw file: its name, the canonical table and rows it holds, how it is made and written.

    `bad` gives, per unusable row, what is put in the columns by number; the rest of such a row is
    copied from its neighbour. An empty dict makes a row that is empty altogether.
    """

    file: str
    table: str
    first: int
    rows: int
    raw: Callable[[pd.DataFrame], pd.DataFrame]
    save: Callable[[pd.DataFrame, Path], None]
    bad: tuple[dict[int, str], ...] = ()


def write(folder: Path, tables: dict[str, pd.DataFrame]) -> Path:
    """Write all exports and ``expected.csv`` into `folder`."""
    import pandas as pd

    folder.mkdir(parents=True, exist_ok=True)
    expected = []
    for export in EXPORTS:
        part = tables[export.table].iloc[export.first : export.first + export.rows].reset_index(drop=True)
        expected += _expected(export, part)
        export.save(_with_bad(export.raw(part), export.bad), folder / export.file)
    columns = ["file", "table", "rows", "used", "aside", "stage", "answer", "count"]
    pd.DataFrame(expected, columns=columns).to_csv(folder / "expected.csv", index=False, lineterminator="\n")
    return folder


def _expected(export: Export, part: pd.DataFrame) -> list[tuple]:
    """What a reader must find, counted in the canonical rows before they are made raw."""
    head = (export.file, export.table, len(part) + len(export.bad), len(part), len(export.bad))
    if export.table != "effort_survey":
        return [(*head, "", "", "")]
    return [
        (*head, stage, answer, int((part[stage] == answer).sum())) for stage in STAGES for answer in (1, 2, 3)
    ]


def _with_bad(raw: pd.DataFrame, bad: tuple[dict[int, str], ...]) -> pd.DataFrame:
    import pandas as pd

    pieces, start = [], 0
    for place, cells in zip(_BAD_PLACES, bad, strict=False):
        row = raw.iloc[[place]].copy() if cells else pd.DataFrame([[""] * raw.shape[1]], columns=raw.columns)
        for number, text in cells.items():
            row.isetitem(number, [text])
        pieces += [raw.iloc[start:place], row]
        start = place
    return pd.concat([*pieces, raw.iloc[start:]], ignore_index=True)


# ---------------------------------------------------------------- the files themselves
def _csv(
    sep: str = ",",
    encoding: str = "utf-8",
    quoting: int = 0,
    lines: str = "\r\n",
    head: tuple[list[str], ...] = (),
) -> Callable:
    """A saver of delimited text; `head` are further lines under the header."""

    def save(raw: pd.DataFrame, path: Path) -> None:
        import pandas as pd

        body = pd.concat(
            [*(pd.DataFrame([line], columns=raw.columns) for line in head), raw], ignore_index=True
        )
        header = [name.strip() for name in raw.columns]
        body.to_csv(
            path,
            sep=sep,
            index=False,
            header=header,
            encoding=encoding,
            quoting=quoting,
            lineterminator=lines,
            errors="replace",
        )

    return save


def _xlsx(titles: tuple[str, ...] = (), sheet: str = "Blad1") -> Callable:
    """A saver of a workbook with title lines above the header."""

    def save(raw: pd.DataFrame, path: Path) -> None:
        import xlsxwriter

        options = {"strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(path, options) as book:
            book.set_properties({"created": datetime(2026, 7, 1)})
            page = book.add_worksheet(sheet)
            rows = [[title] for title in titles] + [list(raw.columns)] + raw.to_numpy(object).tolist()
            for number, cells in enumerate(rows):
                page.write_row(number, 0, cells)

    return save


EXPORTS = (
    Export(
        "formulier_antwoorden_google.csv",
        "effort_survey",
        0,
        420,
        shapes.google_form,
        _csv(encoding="utf-8-sig", quoting=1),
        ({2: "zie onder"}, {1: "", 2: "", 3: ""}, {0: "31-2-2026 10:15:00"}),
    ),
    Export(
        "enquete_webshop_puntkomma.csv",
        "effort_survey",
        300,
        520,
        shapes.dutch_shop,
        _csv(";", "cp1252"),
        ({}, {4: "anders"}, {6: "7"}, {0: "30-02-2026 12:00"}),
    ),
    Export(
        "effort_survey_excel.xlsx",
        "effort_survey",
        900,
        350,
        shapes.english_sheet,
        _xlsx(("Customer effort survey", "Exported 1 July 2026 by the service team")),
        ({4: "see below"}, {2: "", 3: "", 4: ""}, {0: "sometime in March"}),
    ),
    Export(
        "survey_double_header.csv",
        "effort_survey",
        1100,
        300,
        shapes.double_header,
        _csv(lines="\n", head=(shapes.SECOND_LINE,)),
        ({5: "see below"}, {4: "", 5: "", 6: ""}),
    ),
    Export(
        "klantmoeite_zeven_punten.csv",
        "effort_survey",
        600,
        400,
        shapes.seven_points,
        _csv(";", "utf-8"),
        ({2: "zie onder"}, {3: "9"}, {2: "", 3: "", 4: ""}),
    ),
    Export(
        "survey_tabs_utf16.txt",
        "effort_survey",
        1300,
        250,
        shapes.tab_separated,
        _csv("\t", "utf-16"),
        ({3: "zie onder"}, {1: "", 2: "", 3: ""}),
    ),
    Export(
        "bestellingen_nl.csv",
        "orders",
        4900,
        600,
        shapes.dutch_orders,
        _csv(";", "cp1252"),
        ({0: "299999", 3: "00-00-0000 00:00"},),
    ),
    Export(
        "tickets.xlsx",
        "contacts",
        6000,
        400,
        shapes.tickets,
        _xlsx(sheet="Tickets"),
        ({0: "99001", 4: ""}, {0: "99002", 4: "2025-13-32 10:00:00"}),
    ),
    Export("analytics_events.csv", "events", 20_000, 900, shapes.analytics, _csv(lines="\n")),
)
