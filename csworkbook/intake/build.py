"""How does a user's table become a canonical one? Every column typed, every row used or set aside with a reason."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from csworkbook.intake import answers, checks, values, words
from csworkbook.intake.cells import How, Understood, allowed_in, beyond, understand
from csworkbook.intake.faults import Faults, short
from csworkbook.intake.raw import Raw
from csworkbook.intake.recognised import Recognised
from csworkbook.language import gettext as _
from csworkbook.language import ngettext, number
from csworkbook.naming import column_name
from csworkbook.tables import EFFORT_STAGES, TABLES, Column, Table
from csworkbook.tables import faults as schema_faults

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_AT_ONCE = 2


@dataclass
class Built:
    """A canonical frame in the making, and what was noticed on the way.

    `decided` says how columns were read that could have been read otherwise, `unsure` which of them the
    owner should be asked about, `unknown` the words of a column that stand for nothing known, most
    frequent first, `private` the personal data met: header, kind, what was done, cells.
    """

    raw: Raw
    how: How
    faults: Faults
    headers: dict[str, str] = field(default_factory=dict)
    columns: dict[str, pd.Series] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    decided: dict[str, str] = field(default_factory=dict)
    unsure: list[str] = field(default_factory=list)
    unknown: dict[str, list[str]] = field(default_factory=dict)
    private: list[tuple[str, str, str, int]] = field(default_factory=list)
    scale: answers.Scale | None = None
    frame: pd.DataFrame | None = None


def build(raw: Raw, found: Recognised, how: How, left: list[tuple[np.ndarray, str, str]] = ()) -> Built:
    """The canonical frame, the rows set aside with reasons, and notes.

    Parameters
    ----------
    left : list of (positions, problem, reason)
        Rows that are no rows of the table, such as cancelled orders.
    """
    raw, table = without_tail(raw), TABLES[found.table]
    work = Built(raw, how, Faults(raw))
    sources = _sources(found)
    work.headers = {column: headers[0] for column, headers in sources.items()}
    _columns(work, table, sources)
    _constants(work, found.fixed)
    if found.made_key:
        _made_key(work, table.key)
    _absent(work, table)
    for rows, problem, reason in [*left, *blank_or_total(raw)]:
        work.faults.instead(rows[rows < len(raw.frame)], problem, reason)
    frame = _frame(work, table)
    _checked(work, frame[~work.faults.mask], found.table)
    work.frame = frame[~work.faults.mask].reset_index(drop=True)
    _left_out(work, found)
    return work


def _sources(found: Recognised) -> dict[str, list[str]]:
    """Canonical column → the headers it comes from."""
    sources: dict[str, list[str]] = {}
    for header, match in found.matches.items():
        if match.column:
            sources.setdefault(match.column, []).append(header)
    return sources


def without_tail(raw: Raw) -> Raw:
    """The table without the wholly empty rows below it."""
    import numpy as np

    frame = raw.frame
    last = len(frame)
    while last and _empty_cells(frame.iloc[last - 1]):
        last -= 1
    if last == len(frame):
        return raw
    end = raw.lines[last - 1] if last else 0
    broken = raw.broken[(raw.broken["row"] <= end) | (raw.broken["text"] != "")] if last else raw.broken
    return replace(
        raw, frame=frame.iloc[:last].reset_index(drop=True), lines=np.asarray(raw.lines[:last]), broken=broken
    )


def _empty_cells(row: pd.Series) -> bool:
    return not any(
        (isinstance(cell, str) and cell.strip())
        or (not isinstance(cell, str) and cell == cell and cell is not None)
        for cell in row
    )


def blank_or_total(raw: Raw) -> list[tuple[np.ndarray, str, str]]:
    """Rows that are no data: wholly empty ones, and totals among the last five."""
    import numpy as np

    frame = raw.frame.drop(columns=list(raw.made), errors="ignore")
    empty = np.ones(len(frame), dtype=bool)
    for header in frame.columns:
        if not empty.any():
            break
        empty &= frame[header].isna().to_numpy()
    found = [(np.flatnonzero(empty), "broken_line", _("the line is empty"))] if empty.any() else []
    for row in range(max(0, len(frame) - 5), len(frame)):
        first = _total(frame.iloc[row])
        if first and not empty[row]:
            said = _("the line adds up the others (“{text}”)").format(text=short(first))
            found.append((np.array([row]), "total", said))
    return found


def _total(row: pd.Series) -> str:
    """The first word of a line that adds up the others, or ""."""
    if not row.isna().any():
        return ""
    first = next((values.text_of(cell) for cell in row if isinstance(cell, str) and cell.strip()), "")
    folded = words.fold(first)
    totals = words.answers()["totals"]["words"]
    return first if any(folded == word or folded.startswith(word + " ") for word in totals) else ""


def _columns(work: Built, table: Table, sources: dict[str, list[str]]) -> None:
    """Every canonical column: understood side by side, then taken in the order of the file."""
    from concurrent.futures import ThreadPoolExecutor
    from contextvars import copy_context

    asks = table.name == "effort_survey"
    own = "text" if table.name == "loyal_survey" else "word"
    columns = {
        name: table[name] if name in table else Column(name, own)
        for name in sources
        if not (asks and name in EFFORT_STAGES)
    }
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = {
            name: pool.submit(
                copy_context().run, understand, work.raw, table.name, column, sources[name], work.how
            )
            for name, column in columns.items()
        }
        if asks:
            _stages(work, sources)
        for name, column in columns.items():
            _take(work, column, sources[name][0], found[name].result())


def _take(work: Built, column: Column, header: str, found: Understood) -> None:
    """One canonical column, and the cells that set rows aside."""
    parsed = found.parsed
    work.columns[column.name] = parsed.values
    work.notes += found.notes
    work.private += found.private
    if parsed.decided:
        work.decided[column.name] = parsed.decided
    if parsed.unsure:
        work.unsure.append(header)
    word = column.kind in ("word", "flag")
    if word and parsed.bad.any():
        work.unknown[header] = _frequent(work.raw.frame[header], parsed.bad)
    low, high = beyond(parsed.values, column)
    allowed = allowed_in(column)
    work.faults.cells(header, parsed.bad, "word" if word else "not_understood", allowed)
    work.faults.cells(header, low, "below", allowed)
    work.faults.cells(header, high, "above", allowed)
    if column.kind == "time":
        _not_in_future(work, header, parsed.values)
    _not_empty(work, column, header, parsed.values)


def _frequent(cells: pd.Series, bad: np.ndarray) -> list[str]:
    return [values.text_of(cell) for cell in cells[bad].value_counts().index[:8]]


def _not_in_future(work: Built, header: str, parsed: pd.Series) -> None:
    import pandas as pd

    late = (parsed > pd.Timestamp.now(tz=work.how.zone) + pd.Timedelta(days=1)).to_numpy(dtype=bool)
    work.faults.cells(header, late, "future", _("a date that is not in the future"))


def _not_empty(work: Built, column: Column, header: str, parsed: pd.Series) -> None:
    import numpy as np

    empty = parsed.isna().to_numpy()
    if column.required and not column.blank:
        rows = np.flatnonzero(empty & ~work.faults.mask)
        work.faults.rows(rows, "empty", _("“{column}” is empty").format(column=header), header)
    elif column.name == "customer_id" and column.blank and empty.any():
        count = int(empty.sum())
        said = ngettext(
            "{count} row names no customer: it counts in totals, not per customer.",
            "{count} rows name no customer: they count in totals, not per customer.",
            count,
        )
        work.notes.append(said.format(count=number(count)))


def _stages(work: Built, sources: dict[str, list[str]]) -> None:
    """The three questions, on one scale."""
    import pandas as pd

    asked = {stage: sources[stage][0] for stage in EFFORT_STAGES if stage in sources}
    cells = {stage: values.distinct(work.raw.frame[header]) for stage, header in asked.items()}
    scale = answers.scale(" ".join(asked.values()), list(cells.values()), work.how.choices.scale)
    for stage, header in asked.items():
        parsed = answers.convert(cells[stage], scale, work.how.said(stage, header))
        work.columns[stage] = parsed.values
        if parsed.bad.any():
            work.unknown[header] = _frequent(work.raw.frame[header], parsed.bad)
        work.faults.cells(header, parsed.bad, "word", answers.allowed(scale))
    for stage in EFFORT_STAGES:
        if stage not in asked:
            work.columns[stage] = pd.Series(pd.NA, index=work.raw.frame.index, dtype="Int64")
            said = _("No question about “{stage}” was found; that column stays empty.")
            work.notes.append(said.format(stage=column_name(stage)))
    digits = any(answers.number_of(cell) for found in cells.values() for cell in found.cells)
    sentence = answers.note(scale, words_only=not digits)
    work.scale = scale if sentence else None
    if sentence:
        work.notes.append(sentence)


def _made_key(work: Built, key: str) -> None:
    """A number for every row, made from what it says; rows that say the same get one each."""
    import pandas as pd

    cells = work.raw.frame.astype("str").apply(lambda column: column.str.strip().fillna(""))
    sums = pd.util.hash_pandas_object(cells, index=False)
    again = sums.groupby(sums).cumcount()
    work.columns[key] = (sums.map("{:016x}".format) + again.map(lambda n: f"-{n + 1}" if n else "")).astype(
        "str"
    )
    said = _("The file has no column for “{column}”; every row got one made from what it says.")
    work.notes.append(said.format(column=column_name(key)))


def _constants(work: Built, fixed: dict[str, str]) -> None:
    """Columns of which every cell is the same word, because the file as a whole says it."""
    import pandas as pd

    for name, word in fixed.items():
        if name not in work.columns:
            work.columns[name] = pd.Series(word, index=work.raw.frame.index, dtype="str")


def _absent(work: Built, table: Table) -> None:
    """Columns that must be there but may be empty, where the file has none."""
    import pandas as pd

    for column in table.columns:
        if column.required and column.blank and column.name not in work.columns:
            work.columns[column.name] = pd.Series(pd.NA, index=work.raw.frame.index, dtype="str")
            said = _("The file has no column for “{column}”; it stays empty.")
            work.notes.append(said.format(column=column_name(column.name)))


def _checked(work: Built, frame: pd.DataFrame, name: str) -> None:
    """Rows that are there twice or contradict themselves, and whatever the schema still finds."""
    index = frame.index.to_numpy()
    again, first = checks.duplicates(frame, name)
    if again.any():
        _twice(work, frame, name, again, first)
    for mask, columns, sentence in checks.contradictory(frame, name):
        work.faults.rows(
            index[mask], "contradictory", sentence, " / ".join(_header_of(work, c) for c in columns)
        )
    rest = frame[~work.faults.mask[index]]
    work.notes += [told.sentence for told in checks.odd(rest, name)]
    for_schema = schema_faults(rest, name)
    rows, problem = for_schema.index.to_numpy(dtype="int64"), "not_understood"
    header = ""
    if name == "effort_survey":  # all the schema can still find there is that nothing was answered
        problem, header = "empty", " / ".join(work.headers[s] for s in EFFORT_STAGES if s in work.headers)
    work.faults.rows(rows, problem, for_schema.tolist(), header)


def _twice(work: Built, frame: pd.DataFrame, name: str, again: np.ndarray, first: np.ndarray) -> None:
    """Rows with a number that is there already: the first stays, the others say where it is and what differs."""
    import numpy as np

    rows, index = np.flatnonzero(again), frame.index.to_numpy()
    header = _header_of(work, TABLES[name].key)
    said = _("“{column}” {value} is on line {line} already: {difference}")
    keys = frame[TABLES[name].key].iloc[rows]
    lines = work.raw.lines[index[first[rows]]]
    differ = checks.differences(frame, again, first)[rows]
    told = [
        said.format(column=header, value=key, line=line, difference=difference)
        for key, line, difference in zip(keys, lines, differ, strict=True)
    ]
    work.faults.rows(index[rows], "duplicate", told, header)


def _header_of(work: Built, column: str | None) -> str:
    return work.headers.get(column, column or "")


def _frame(work: Built, table: Table) -> pd.DataFrame:
    """The columns in the order of the table, segments last."""
    import pandas as pd

    order = [column.name for column in table.columns if column.name in work.columns]
    order += [name for name in work.columns if name not in order]
    return pd.DataFrame({name: work.columns[name] for name in order}, index=work.raw.frame.index, copy=False)


def _left_out(work: Built, found: Recognised) -> None:
    """The columns with personal data that are in no canonical column."""
    for header, match in found.matches.items():
        if match.column is None and match.why == "personal":
            cells = int(work.raw.frame[header].notna().sum())
            work.private.append((header, work.how.private.get(header, "name"), "left out", cells))
