"""What does the corpus expect of a file, and how far is what was read from it?

Beside every file of `corpus/` stands `<file>.expected.json` (tables, columns, rows) and for each table
`<file>.<table>.csv`, the canonical frame written down by whoever made the file. See README.md.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

from csworkbook import intake
from csworkbook.errors import DataError
from csworkbook.events.proposed import role_of
from csworkbook.tables import TABLES

OPEN = Path(__file__).parent / "corpus"
HELD = OPEN / "held"
FRESH = OPEN / "fresh"
KEY = b"the key of the corpus, 32 bytes.."


@dataclass
class Outcome:
    """How a file came in: right and all, for the table, its columns, its values and its rows."""

    name: str
    system: str
    table: bool = False
    columns: list[bool] = field(default_factory=list)
    values: list[bool] = field(default_factory=list)
    rows: list[bool] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def right(self) -> bool:
        """Whether everything came in right at first sight."""
        return self.table and all(self.columns) and all(self.values) and all(self.rows)


def files(folder: Path = OPEN) -> list[Path]:
    """The files of the corpus, or of the part held back, in order of name."""
    told = sorted(folder.glob("*.expected.json"))
    return [path.with_name(path.name.removesuffix(".expected.json")) for path in told]


def document(path: Path) -> dict:
    return json.loads(path.with_name(path.name + ".expected.json").read_text("utf-8"))


def rows(path: Path, table: str) -> list[dict[str, str]]:
    with path.with_name(f"{path.name}.{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def judge(path: Path) -> Outcome:
    """Read a file as a user would bring it, and hold it against what is expected."""
    told = document(path)
    outcome = Outcome(path.name, told["system"])
    try:
        found = intake.read_all(path, key=KEY)
    except DataError as error:
        return _refused(error, told, outcome)
    except Exception as error:
        return _nothing(told, path, outcome, f"raised {type(error).__name__}: {str(error)[:120]}")
    if "refused" in told:
        outcome.faults.append(f"was read as {_names(found)}, where it must be refused")
        return outcome
    return hold(found, told, path, outcome)


def _refused(error: DataError, told: dict, outcome: Outcome) -> Outcome:
    said = str(error)
    if "refused" not in told:
        return _nothing(told, None, outcome, f"was refused: {said[:150]}")
    knows = any(word.casefold() in said.casefold() for word in told["refused"])
    outcome.table = knows and bool(error.next_step)
    if not outcome.table:
        outcome.faults.append(f"refused, but does not say what it is or what to do: {said[:150]}")
    return outcome


def _nothing(told: dict, path: Path | None, outcome: Outcome, why: str) -> Outcome:
    """Nothing came in: every column, value and row that should have is wrong."""
    outcome.faults.append(why)
    for table in told["tables"].values():
        outcome.columns += [False] * sum(_wanted(table, header) != [None] for header in told["headers"])
        outcome.values += [False] * len(_judged(table))
        outcome.rows.append(False)
    return outcome


def _judged(table: dict) -> set[str]:
    """The canonical columns a file must give, whatever else it gives."""
    wanted = {column for header in table["columns"] for column in _wanted(table, header)}
    return wanted - {None, "segment"} - set(table.get("free", ())) - set(table.get("optional", ()))


def _names(found: list) -> str:
    return ", ".join(sorted({one.table for one in found}))


def hold(found: list, told: dict, path: Path, outcome: Outcome) -> Outcome:
    """Hold every expected table against the intakes of that table, several files of a ZIP together."""
    surplus = {one.table for one in found} - set(told["tables"]) - set(told.get("may", ()))
    lacking = set(told["tables"]) - {one.table for one in found}
    outcome.table = not surplus and not lacking
    if not outcome.table:
        outcome.faults.append(f"read as {_names(found)}; expected {', '.join(told['tables'])}")
    for name, table in told["tables"].items():
        mine = [one for one in found if one.table == name]
        if not mine:
            _nothing({"tables": {name: table}, "headers": told["headers"]}, path, outcome, f"no {name}")
            continue
        one = mine[0] if len(mine) == 1 else _together(mine)
        _columns(one, name, table, told["headers"], outcome)
        _counts(one, name, table, outcome)
        values(one, name, table, rows(path, name), outcome)
    return outcome


def _together(found: list) -> SimpleNamespace:
    import pandas as pd

    return SimpleNamespace(
        frame=pd.concat([one.frame for one in found], ignore_index=True),
        aside=pd.concat([one.aside for one in found], ignore_index=True),
        mapping={header: column for one in found for header, column in one.mapping.items()},
        read=sum(one.read for one in found),
        used=sum(one.used for one in found),
    )


def _wanted(table: dict, header: str) -> list:
    want = table["columns"].get(header)
    return want if isinstance(want, list) else [want]


def _folded(header: str) -> str:
    return " ".join(str(header).split()).casefold()


def _headings(headers: list[str], mapping: dict) -> dict[str, str]:
    """Header of the file → header of the mapping: the same, else the end of a path, else part of it.

    A grid of questions or a nested record may be named a little differently by the reader; every header of
    the mapping stands for one header of the file.
    """
    found: dict[str, str] = {}
    ways = (
        lambda mine, theirs: mine == theirs,
        lambda mine, theirs: theirs.endswith("." + mine) or mine.endswith("." + theirs),
        lambda mine, theirs: len(mine) > 4 and mine in theirs,
    )
    for way in ways:
        for header in headers:
            free = [name for name in mapping if name not in found.values()]
            hit = next((name for name in free if way(_folded(header), _folded(name))), None)
            if header not in found and hit is not None:
                found[header] = hit
    return found


def _columns(one, name: str, table: dict, headers: list[str], outcome: Outcome) -> None:
    """Every header must be taken for what it is; a column that we derived may take its place.

    Counted are the headers that should be used and those that were.
    """
    mapping = dict(one.mapping)
    names = _headings(list(dict.fromkeys(headers)), mapping)
    derived = {column for header, column in mapping.items() if header not in names.values() and column}
    canonical = {column.name for column in TABLES[name].columns}
    for header in dict.fromkeys(headers):
        want, got = _wanted(table, header), mapping.get(names.get(header))
        segment = "segment" in want and got is not None and got not in canonical
        right = got in want or segment or (got is None and bool(derived & set(want)))
        if got is not None or want != [None]:
            outcome.columns.append(right)
        if not right:
            wish = " or ".join(str(word or "left out") for word in want)
            outcome.faults.append(f"{name}: “{header}” became {got or 'left out'}, expected {wish}")


def _counts(one, name: str, table: dict, outcome: Outcome) -> None:
    """Rows read, used and set aside as expected, and no row without account."""
    counted = {"read": one.read, "used": one.used, "aside": len(one.aside)}
    wrong = [
        f"{what} {number}, expected {table[what]}"
        for what, number in counted.items()
        if number not in (table[what] if isinstance(table[what], list) else [table[what]])
    ]
    if one.read != one.used + len(one.aside) or one.used != len(one.frame):
        wrong.append(f"read {one.read} is not used {one.used} + aside {len(one.aside)}")
    outcome.rows.append(not wrong)
    outcome.faults += [f"{name}: {fault}" for fault in wrong]


def values(one, name: str, table: dict, expected: list[dict], outcome: Outcome) -> None:
    """Every canonical column: its type, and all of its cells."""
    free, optional = set(table.get("free", ())), set(table.get("optional", ()))
    frame = one.frame.reset_index(drop=True)
    order = _order(frame, name, expected, free)
    for column in [column.name for column in TABLES[name].columns]:
        told = [row.get(column, "") for row in expected]
        if column in free or (column not in frame and (column in optional or not any(told))):
            continue
        if column in frame and column not in expected[0] and frame[column].isna().all():
            continue
        fault = _column(frame, column, name, told, order, column in table.get("consistent", ()))
        if fault and column not in expected[0] and column in optional:
            continue
        outcome.values.append(not fault)
        if fault:
            outcome.faults.append(f"{name}.{column}: {fault}")


def _order(frame, name: str, expected: list[dict], free: set) -> list[int] | None:
    """For each expected row the position of its row in the frame; none where the numbers differ."""
    if len(frame) != len(expected):
        return None
    key = TABLES[name].key
    if key and key not in free and key in frame and key in expected[0]:
        places = {_id(cell): place for place, cell in enumerate(frame[key])}
        found = [next((places[a] for a in _ids(row[key]) if a in places), None) for row in expected]
        if None not in found and len(set(found)) == len(found):
            return found
    told = [column for column in expected[0] if column not in free and column in frame]
    by = [
        c
        for c in told
        if TABLES[name][c].kind in ("key", "time") and not any(row[c] == "*" for row in expected)
    ]
    mine = sorted(range(len(frame)), key=lambda i: [_plain(frame[c].iloc[i]) for c in by])
    theirs = sorted(range(len(expected)), key=lambda i: [_told(expected[i][c], name, c) for c in by])
    order = [0] * len(mine)
    for here, there in zip(theirs, mine, strict=True):
        order[here] = there
    return order


def _plain(value: object) -> str:
    if _empty(value):
        return ""
    return f"{value.timestamp():020.3f}" if hasattr(value, "timestamp") else _id(value)


def _told(cell: str, name: str, column: str) -> str:
    """As `_plain`, of the first of the answers that are expected."""
    first = resolved(cell.split("||")[0])
    return (
        _plain(datetime.fromisoformat(first)) if first and TABLES[name][column].kind == "time" else _id(first)
    )


def _id(value: object) -> str:
    return str(value).strip().lstrip("'#")


def _ids(cell: str) -> list[str]:
    return [_id(resolved(part)) for part in cell.split("||")]


def resolved(cell: str) -> str:
    """An expected cell; `email:jan@example.com`, `id:06 12345678` become what the workbook's key makes of them."""
    kind, colon, private = cell.strip().partition(":")
    if not colon or kind not in ("email", "id"):
        return cell.strip()
    return hmac.new(KEY, private.strip().lower().encode(), hashlib.sha256).hexdigest()[:24]


def _column(frame, column: str, name: str, told: list[str], order, consistent: bool) -> str:
    """What is wrong with a column, or ""."""
    if column not in frame:
        return "is missing"
    if not told or column not in TABLES[name]:
        return ""
    kind = TABLES[name][column].kind
    if not _typed(frame[column], kind):
        return f"has type {frame[column].dtype}, not {kind}"
    if order is None:
        return f"has {len(frame)} rows, expected {len(told)}"
    cells = [frame[column].iloc[place] for place in order]
    if consistent:
        return _paired(cells, told)
    wrong = [
        (at, cell, want)
        for at, (cell, want) in enumerate(zip(cells, told, strict=True))
        if not (same(kind, cell, want) or (column == "step" and same(kind, _part(cell), want)))
    ]
    if not wrong:
        return ""
    at, cell, want = wrong[0]
    return f"{len(wrong)} of {len(told)} cells; row {at + 1} is {str(cell)[:60]!r}, expected {want[:60]!r}"


def _part(step: object) -> object:
    """The part of a sale that the word of a step plays, which may be all that is expected of it."""
    return role_of(str(step)) or step


def _paired(cells: list, told: list[str]) -> str:
    """Names may be kept or replaced, but one for one."""
    pairs = {(str(want), "" if _empty(cell) else str(cell)) for cell, want in zip(cells, told, strict=True)}
    lefts, rights = {a for a, _b in pairs}, {b for _a, b in pairs}
    return "" if len(pairs) == len(lefts) == len(rights) else "does not tell the same people apart"


def _typed(series, kind: str) -> bool:
    import pandas as pd

    dtype = series.dtype
    if kind == "time":
        return isinstance(dtype, pd.DatetimeTZDtype)
    if kind in ("money", "number", "whole"):
        return pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype)
    if kind == "flag":
        return pd.api.types.is_bool_dtype(dtype) or set(series.dropna().map(type)) <= {bool}
    return not pd.api.types.is_numeric_dtype(dtype)


def _empty(cell: object) -> bool:
    import pandas as pd

    return cell is None or cell is pd.NaT or cell is pd.NA or cell != cell or cell == ""


def same(kind: str, cell: object, want: str) -> bool:
    """Whether a cell is what is expected, or one of what is defensible."""
    return any(_same(kind, cell, resolved(part)) for part in want.split("||"))


def _same(kind: str, cell: object, want: str) -> bool:
    if want == "*":
        return True
    if _empty(cell) or not want:
        return _empty(cell) and not want
    if kind == "time":
        return cell == datetime.fromisoformat(want)
    if kind == "date":
        return str(cell)[:10] == want[:10]
    if kind in ("money", "number", "whole"):
        return abs(float(cell) - float(want)) < 0.006
    if kind == "flag":
        return str(bool(cell)).lower() == want
    if kind == "text":
        return _text(want) in _text(str(cell))
    return _id(cell).casefold() == _id(want).casefold()


def _text(text: str) -> str:
    return " ".join(re.sub(r"\[[^\]]+\]", "[*]", text).split())
