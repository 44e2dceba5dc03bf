"""How does a user's table become a canonical one? Every column typed, every row used or set aside with a reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from csworkbook.intake import answers, personal, times, values, words
from csworkbook.intake.raw import Raw
from csworkbook.intake.recognise import Recognised
from csworkbook.language import gettext as _
from csworkbook.language import ngettext, number
from csworkbook.tables import EFFORT_STAGES, TABLES, Column, Table, faults

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_AT_ONCE = 2


@dataclass
class Build:
    """A canonical frame in the making: its columns, the reasons per row, what was assumed."""

    raw: Raw
    zone: str
    key: bytes | None
    columns: dict[str, pd.Series] = field(default_factory=dict)
    reasons: dict[int, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def blame(self, rows: np.ndarray, reason: str) -> None:
        """Set these rows aside for this reason."""
        for row in rows.tolist():
            self.reasons.setdefault(row, []).append(reason)

    def blame_cells(self, header: str, bad: np.ndarray, allowed: str) -> None:
        """Set rows aside for a cell that cannot be understood."""
        import numpy as np

        rows = np.flatnonzero(bad)
        for row, cell in zip(rows.tolist(), self.raw.frame[header].take(rows).tolist(), strict=True):
            reason = _("“{column}”: “{value}” cannot be understood; allowed: {allowed}")
            text = reason.format(column=header, value=_short(values.text_of(cell)), allowed=allowed)
            self.reasons.setdefault(row, []).append(text)


def build(
    raw: Raw, found: Recognised, *, zone: str, key: bytes | None
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """The canonical frame, the rows set aside with reasons, and notes."""

    raw = _without_tail(raw)
    work = Build(raw, zone, key)
    idle = _blank_or_total(work)
    table = TABLES[found.table]
    sources: dict[str, list[str]] = {}
    for header, match in found.matches.items():
        if match.column:
            sources.setdefault(match.column, []).append(header)
    _columns(work, table, sources)
    _private_left_out(work, found)
    for row in idle:
        work.reasons[row] = idle[row]
    frame = _frame(work, table)
    frame = _kept(frame, list(work.reasons))
    told = faults(frame, found.table)
    work.reasons.update({row: [reason] for row, reason in told.items()})
    frame = _kept(frame, told.index)
    return frame.reset_index(drop=True), _aside(work), work.notes


def _kept(frame: pd.DataFrame, rows: list[int] | pd.Index) -> pd.DataFrame:
    """The frame without these rows."""
    return frame[~frame.index.isin(rows)] if len(rows) else frame


def _short(text: str, most: int = 60) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _without_tail(raw: Raw) -> Raw:
    """The table without the wholly empty rows below it."""
    from dataclasses import replace

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


def _blank_or_total(work: Build) -> dict[int, list[str]]:
    """Rows that are no answers: wholly empty ones, and totals among the last five."""
    import numpy as np

    frame = work.raw.frame
    rows: dict[int, list[str]] = {}
    empty = np.ones(len(frame), dtype=bool)
    for header in frame.columns:
        if not empty.any():
            break
        column = frame[header]
        empty &= column.isna().to_numpy()
    for row in np.flatnonzero(empty).tolist():
        rows[row] = [_("the line is empty")]
    totals = words.answers()["totals"]["words"]
    for row in range(max(0, len(frame) - 5), len(frame)):
        first = next(
            (values.text_of(cell) for cell in frame.iloc[row] if isinstance(cell, str) and cell.strip()), ""
        )
        folded = words.fold(first)
        if (
            any(folded == word or folded.startswith(word + " ") for word in totals)
            and frame.iloc[row].isna().any()
        ):
            rows[row] = [_("the line adds up the others (“{text}”)").format(text=_short(first))]
    return rows


def _stages(work: Build, sources: dict[str, list[str]]) -> None:
    """The three questions, on one scale."""
    import pandas as pd

    asked = {stage: sources[stage][0] for stage in EFFORT_STAGES if stage in sources}
    cells = {stage: values.distinct(work.raw.frame[header]) for stage, header in asked.items()}
    scale = answers.scale(" ".join(asked.values()), list(cells.values()))
    digits = False
    for stage, header in asked.items():
        parsed = answers.convert(cells[stage], scale)
        work.columns[stage] = parsed.values
        work.blame_cells(header, parsed.bad, answers.allowed(scale))
        digits = digits or any(answers.number_of(cell) for cell in cells[stage].cells)
    for stage in EFFORT_STAGES:
        if stage not in asked:
            work.columns[stage] = pd.Series(pd.NA, index=work.raw.frame.index, dtype="Int64")
            work.notes.append(
                _("No question about “{stage}” was found; that column stays empty.").format(stage=stage)
            )
    sentence = answers.note(scale, words_only=not digits)
    if sentence:
        work.notes.append(sentence)


def _columns(work: Build, table: Table, sources: dict[str, list[str]]) -> None:
    """Every canonical column: understood side by side, then taken in the order of the file."""
    from concurrent.futures import ThreadPoolExecutor
    from contextvars import copy_context

    asks = table.name == "effort_survey"
    columns = {
        name: table[name] if name in table else Column(name, "word")
        for name in sources
        if not (asks and name in EFFORT_STAGES)
    }
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        parsed = {
            name: pool.submit(copy_context().run, _understood, work, column, sources[name])
            for name, column in columns.items()
        }
        if asks:
            _stages(work, sources)
        for name, column in columns.items():
            _take(work, column, sources[name][0], *parsed[name].result())


def _understood(work: Build, column: Column, headers: list[str]) -> tuple[values.Parsed, list[str]]:
    """The cells of one column of the user's (comments: of several), and notes; `work` stays as it is."""
    from dataclasses import replace

    header = headers[0]
    if column.name == "customer_id":
        return _customer(work, header)
    if column.name in ("comment", "text"):
        return _free_text(work, headers)
    parsed = _parse(work.raw.frame[header], column, work.zone)
    notes = [f"{header}: {parsed.note}"] if parsed.note else []
    return replace(parsed, bad=parsed.bad | _beyond(parsed.values, column)), notes


def _take(work: Build, column: Column, header: str, parsed: values.Parsed, notes: list[str]) -> None:
    """One canonical column, and the rows it sets aside."""
    import numpy as np

    work.columns[column.name] = parsed.values
    work.blame_cells(header, parsed.bad, allowed_in(column))
    work.notes += notes
    if column.kind == "time":
        _not_in_future(work, header, parsed.values)
    if column.required and column.name not in EFFORT_STAGES:
        empty = parsed.values.isna().to_numpy() & ~_already(work, len(parsed.values))
        work.blame(np.flatnonzero(empty), _("“{column}” is empty").format(column=header))


def _already(work: Build, size: int) -> np.ndarray:
    import numpy as np

    blamed = np.zeros(size, dtype=bool)
    blamed[list(work.reasons)] = True
    return blamed


def _parse(cells: pd.Series, column: Column, zone: str) -> values.Parsed:
    if column.kind == "time":
        return times.parse(cells, zone)
    if column.kind == "date":
        parsed = times.parse(cells, zone)
        return values.Parsed(parsed.values.dt.tz_localize(None).dt.normalize(), parsed.bad, parsed.note)
    if column.kind in ("money", "number"):
        return values.number(cells)
    if column.kind == "whole":
        return values.whole(cells)
    if column.kind == "flag":
        return values.flag(cells)
    if column.kind == "word":
        return values.word(cells, column.name, column.allowed)
    return values.key(cells) if column.kind == "key" else values.text(cells)


def _beyond(parsed: pd.Series, column: Column) -> np.ndarray:
    """Cells outside the limits of their column."""
    import numpy as np

    bad = np.zeros(len(parsed), dtype=bool)
    if column.low is not None:
        bad |= (parsed < column.low).fillna(False).to_numpy(dtype=bool)
    if column.high is not None:
        bad |= (parsed > column.high).fillna(False).to_numpy(dtype=bool)
    return bad


def allowed_in(column: Column) -> str:
    """What a column may hold, for messages."""
    if column.allowed:
        return ", ".join(column.allowed)
    if column.kind in ("time", "date"):
        return _("a date such as 31-12-2024, or 31-12-2024 14:30")
    if column.kind == "flag":
        return _("yes or no")
    if column.low is not None and column.high is not None:
        return _("{low} to {high}").format(low=f"{column.low:g}", high=f"{column.high:g}")
    if column.low is not None:
        return _("a number from {low} up").format(low=f"{column.low:g}")
    return _("a number")


def _not_in_future(work: Build, header: str, parsed: pd.Series) -> None:
    import pandas as pd

    late = (parsed > pd.Timestamp.now(tz=work.zone) + pd.Timedelta(days=1)).to_numpy(dtype=bool)
    work.blame_cells(header, late, _("a date that is not in the future"))


def _customer(work: Build, header: str) -> tuple[values.Parsed, list[str]]:
    """Ids as they are, or keyed hashes where they say who somebody is."""
    import numpy as np

    cells = work.raw.frame[header]
    sample = cells.dropna().head(300).tolist()
    if not personal.is_private(sample) and personal.by_header(header) not in ("email", "phone", "name"):
        return values.key(cells), []
    notes = []
    if work.key is None:
        notes.append(_("Customer ids compare within this file only: no key was given to make them with."))
    notes.append(
        _(
            "“{column}” tells who somebody is; customers got an id made from it that cannot be read back."
        ).format(column=header)
    )
    ids = personal.hashed(cells, work.key or personal.new_key())
    return values.Parsed(ids, np.zeros(len(cells), dtype=bool)), notes


def _free_text(work: Build, headers: list[str]) -> tuple[values.Parsed, list[str]]:
    """Comments joined, with what tells who somebody is masked."""
    parts = [values.text(work.raw.frame[header]) for header in headers]
    joined = parts[0].values
    for part in parts[1:]:
        joined = joined.str.cat(part.values, sep="\n").fillna(joined).fillna(part.values)
    joined, count = personal.masked(joined)
    note = ngettext(
        "In {count} comment an e-mail address, phone number or bank account was masked.",
        "In {count} comments e-mail addresses, phone numbers or bank accounts were masked.",
        count,
    ).format(count=number(count))
    return values.Parsed(joined, parts[0].bad), [note] if count else []


def _private_left_out(work: Build, found: Recognised) -> None:
    left = [
        header for header, match in found.matches.items() if match.column is None and match.why == "personal"
    ]
    if left:
        names = ", ".join(f"“{header}”" for header in left)
        work.notes.append(_("Left out because they tell who somebody is: {columns}.").format(columns=names))


def _frame(work: Build, table) -> pd.DataFrame:
    """The columns in the order of the table, segments last."""
    import pandas as pd

    order = [column.name for column in table.columns if column.name in work.columns]
    order += [name for name in work.columns if name not in order]
    return pd.DataFrame({name: work.columns[name] for name in order}, index=work.raw.frame.index, copy=False)


def _aside(work: Build) -> pd.DataFrame:
    """Rows that cannot be used: their line, the user's own columns, and why."""
    import pandas as pd

    rows = sorted(work.reasons)
    frame = work.raw.frame.iloc[rows].copy()
    frame.columns = [f"{name} (2)" if name in ("row", "reason") else name for name in frame.columns]
    frame.insert(0, "row", work.raw.lines[rows])
    frame["reason"] = pd.Series(
        ["; ".join(work.reasons[row]) for row in rows], index=frame.index, dtype="str"
    )
    if len(work.raw.broken):
        lines = work.raw.broken.rename(columns={"text": frame.columns[1]})
        frame = pd.concat([frame.astype({frame.columns[1]: object}), lines], ignore_index=True)
    return frame.sort_values("row", kind="stable").reset_index(drop=True)
