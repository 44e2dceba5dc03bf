"""What table do these JSON records make? One row a record, or one for each line inside it.

Fields of objects inside a record get a name with dots (``customer.email``). The list that holds its lines (order
lines, messages; see ``content/nested_lists.toml``) gives a row each, with the fields of the record repeated; other
lists are kept as text. Long numbers, such as ids, keep all their digits.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from csworkbook.errors import DataError
from csworkbook.intake import words
from csworkbook.intake.encoding import Text
from csworkbook.intake.head import require_columns, short
from csworkbook.intake.header import unique
from csworkbook.intake.raw import Raw, no_broken
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_EXACT = 1 << 53
_CHUNK = 5_000
_DEEPEST = 4


def read(content: Text, filename: str) -> list[Raw]:
    """The tables in a JSON or JSON Lines file, one for each list of records."""
    text = content.data.decode("utf-8", "replace").rstrip()
    try:
        return _tables(_decoded(text), filename)
    except json.JSONDecodeError as error:
        if _by_line(text):
            return [_lines(text, filename)]
        raise _damaged(filename, error.lineno) from error
    except RecursionError as error:
        raise _damaged(filename, 1) from error


def plain(records: list[dict]) -> list[dict]:
    """Records of typed cells as JSON has them: times as text, long whole numbers with all their digits."""
    return _decoded(json.dumps(records, default=str))


def _decoded(text: str):
    """JSON as Python has it; whole numbers and amounts too long for a float are kept as text."""
    return json.loads(text, parse_int=_whole, parse_float=_fraction, parse_constant=lambda _name: None)


def _whole(text: str) -> int | str:
    return int(text) if len(text) < 16 else text


def _fraction(text: str) -> float | str:
    value = float(text)
    return value if abs(value) < _EXACT else text


def _by_line(text: str) -> bool:
    """Whether at least half of the first lines are a record of their own."""
    lines = [line for line in text.split("\n", 40)[:40] if line.strip()]
    return len(lines) > 1 and sum(_record(line) is not None for line in lines) >= len(lines) / 2


def _record(line: str) -> dict | None:
    try:
        found = _decoded(line)
    except (json.JSONDecodeError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _lines(text: str, filename: str) -> Raw:
    """JSON Lines: a record a line; the lines that are none are listed."""
    lines = text.split("\n")
    return _table([_record(line) for line in lines], lines, filename, _("JSON Lines file."))


def _table(items: list, texts: list, filename: str, said: str, part: str | None = None) -> Raw:
    """The table of the items that are records; the others are broken, with their text."""
    import numpy as np
    import pandas as pd

    lines = np.array(
        [number for number, item in enumerate(items, 1) if isinstance(item, dict)], dtype="int64"
    )
    raw = flat([item for item in items if isinstance(item, dict)], lines, filename, said=(said,), part=part)
    if len(lines) == len(items):
        return raw
    others = [number for number, item in enumerate(items, 1) if not isinstance(item, dict)]
    texts = [short(str(texts[number - 1] or ""), 1000) for number in others]
    reasons = [
        _("the line is no whole JSON record") if text.strip() else _("the line is empty") for text in texts
    ]
    return replace(
        raw,
        broken=pd.DataFrame({"row": others, "text": texts, "reason": reasons}, dtype=object).astype(
            {"row": "int64"}
        ),
    )


def _tables(document: object, filename: str) -> list[Raw]:
    """A table for each list of records in a JSON file; their lines are their numbers in that list."""
    if isinstance(document, list) and document and all(isinstance(row, list) for row in document):
        from csworkbook.intake import sheets

        return [sheets.table(document, filename, None)]
    found = _lists(document, (), 0)
    if not found:
        raise DataError(
            _("{file} is JSON, but holds no list of records.").format(file=filename),
            allowed=_("Wanted is a list of records, by itself or under a name such as “orders”."),
            next_step=_("Export the orders, contacts or answers themselves, as JSON, CSV or XLSX."),
        )
    tables, refused = [], []
    for path, held in found:
        part = ".".join(path) if len(found) > 1 else None
        try:
            tables.append(_table(held, held, filename, _("JSON file."), part))
        except DataError as error:
            refused.append(error)
    if not tables:
        raise refused[0]
    return tables


def _lists(document: object, path: tuple[str, ...], depth: int) -> list[tuple[tuple[str, ...], list]]:
    """The lists of records in a document: itself, or those inside the objects around them."""
    if isinstance(document, list):
        records = [_node(item) if isinstance(item, dict) else item for item in document]
        return [(path, records)] if _holds_records(records) else []
    if not isinstance(document, dict) or depth > _DEEPEST:
        return []
    if not _is_one(document):
        inner = [
            (_is_one(value) if isinstance(value, dict) else False, found)
            for name, value in document.items()
            for found in _lists(value, (*path, name), depth + 1)
        ]
        if inner:
            return [found for single, found in inner if not single] or [found for _single, found in inner]
    holds = any(value not in (None, "", [], {}) for value in document.values())
    return [(path, [document])] if holds and (depth == 0 or _is_one(document)) else []


def _node(item: dict) -> dict:
    """A record out of the wrapper that GraphQL puts around each."""
    inner = item.get("node")
    return inner if isinstance(inner, dict) and set(item) <= {"node", "cursor"} else item


def _is_one(document: dict) -> bool:
    """Whether this object is one record, not a wrapper around many."""
    return any(words.fold(name) in _names("ids") for name, value in document.items() if _is_cell(value))


def _is_cell(value: object) -> bool:
    return value is not None and not isinstance(value, (dict, list))


@lru_cache
def _names(section: str) -> tuple[str, ...]:
    lists = tomllib.loads((words.CONTENT / "nested_lists.toml").read_text(encoding="utf-8"))
    return tuple(words.fold(name) for name in lists[section])


def flat(
    records: list[dict],
    lines: np.ndarray,
    filename: str,
    *,
    said: tuple[str, ...] = (),
    part: str | None = None,
) -> Raw:
    """The table of these records, of which each stands on its line; DataError where it has no rows or columns.

    >>> flat([{"id": 1, "lines": [{"sku": "a"}, {"sku": "b"}]}], [7], "x").frame.to_dict("list")
    {'id': [1, 1], 'lines.sku': ['a', 'b']}
    """
    import numpy as np
    import pandas as pd

    frames = _frames(records, filename)
    chosen = _with_lines(frames)
    done = [_unfolded(frame, chosen) for frame in frames]
    frame = pd.concat([one for one, _parents in done]) if done else pd.DataFrame()
    if frame.empty:
        raise _without_fields(filename)
    frame = _tidied(frame)
    _require_fields(tuple(frame.columns), filename)
    starts = np.arange(len(done)) * _CHUNK
    parents = np.concatenate([start + mine for start, (_one, mine) in zip(starts, done, strict=True)])
    if chosen:
        said = (
            *said,
            _("One row for each of “{list}”; the fields around it are repeated.").format(list=chosen),
        )
    return Raw(frame, np.asarray(lines)[parents], no_broken(), said, filename, part=part)


def _frames(records: list[dict], filename: str) -> list[pd.DataFrame]:
    """Objects inside records flattened, some thousands at a time so that too many columns are seen early."""
    import pandas as pd

    frames, names = [], {}
    for at in range(0, len(records), _CHUNK):
        frame = pd.json_normalize(records[at : at + _CHUNK])
        frame.columns = unique([str(name).strip() for name in frame.columns])
        names.update(dict.fromkeys(frame.columns))
        if len(names) > 1:
            require_columns(tuple(names), filename)
        frames.append(frame)
    return frames


def _with_lines(frames: list[pd.DataFrame]) -> str | None:
    """The column with the lists that give a row for each of their records: by its name, else the longest."""
    sizes: dict[str, int] = {}
    for frame in frames:
        for name in _loose(frame):
            held = sum(len(cell) for cell in frame[name] if isinstance(cell, list) and _holds_records(cell))
            sizes[name] = sizes.get(name, 0) + held
    last = {name: words.fold(name.rsplit(".", 1)[-1]) for name, size in sizes.items() if size}
    for word in _names("lines"):
        for name, folded in last.items():
            if folded == word:
                return name
    return max(
        (name for name in last if last[name] not in _names("aside")), key=sizes.__getitem__, default=None
    )


def _loose(frame: pd.DataFrame) -> list[str]:
    """The columns whose cells may be anything: lists, objects, or a mixture."""
    from pandas.api.types import is_object_dtype

    return [name for name, dtype in frame.dtypes.items() if is_object_dtype(dtype)]


def _holds_records(cell: list) -> bool:
    return any(isinstance(item, dict) for item in cell)


def _unfolded(frame: pd.DataFrame, chosen: str | None) -> tuple[pd.DataFrame, np.ndarray]:
    """The frame with a row for each line, lists as text, and the place of the record that each row is of."""
    import pandas as pd

    for name in _loose(frame):
        if name != chosen:
            frame[name] = pd.Series([_cell(cell) for cell in frame[name]], index=frame.index, dtype=object)
    if chosen not in frame.columns:
        return frame, frame.index.to_numpy()
    frame = frame.explode(chosen)
    held = [cell if isinstance(cell, dict) else _alone(cell) for cell in frame.pop(chosen)]
    inner = pd.json_normalize(held).add_prefix(f"{chosen}.")
    for name in _loose(inner):
        inner[name] = pd.Series([_cell(cell) for cell in inner[name]], dtype=object)
    parents = frame.index.to_numpy()
    both = pd.concat([frame.reset_index(drop=True), inner.reset_index(drop=True)], axis=1)
    both.columns = unique(list(both.columns))
    return both, parents


def _alone(cell: object) -> dict:
    """A member of a list of records that is none itself."""
    return {} if _cell(cell) is None else {"value": _cell(cell)}


def _cell(cell: object) -> object:
    """A cell: none for empty, lists of words joined, other lists and objects as JSON."""
    if isinstance(cell, list):
        simple = all(_is_cell(item) or item is None for item in cell)
        text = ", ".join(str(item) for item in cell if item is not None) if simple else _json(cell)
        return (text if cell else None) or None
    if isinstance(cell, dict):
        return _json(cell) if cell else None
    return None if cell is None or cell == "" or cell != cell else cell


def _json(cell: object) -> str:
    return json.dumps(cell, ensure_ascii=False, default=str)


def _tidied(frame: pd.DataFrame) -> pd.DataFrame:
    """Whole numbers without a decimal point, nothing for empty, no column for an object that is nowhere filled."""
    import pandas as pd

    frame = frame.reset_index(drop=True)
    heads = {name.rsplit(".", depth)[0] for name in frame.columns for depth in range(1, name.count(".") + 1)}
    frame = frame[[name for name in frame.columns if name not in heads or frame[name].notna().any()]]
    columns = {}
    for name in frame.columns:
        column = frame[name]
        if pd.api.types.is_float_dtype(column) and (column.dropna() % 1 == 0).all():
            column = column.astype("Int64").astype(object)
        if column.dtype == object:
            column = column.where(column.notna(), None)
        elif pd.api.types.is_string_dtype(column):
            column = column.mask(column == "")
        columns[name] = column
    return pd.DataFrame(columns)


def _require_fields(names: tuple[str, ...], filename: str) -> None:
    """As `require_columns`, with other words for records of one field."""
    if len(names) < 2:
        raise _without_fields(filename)
    require_columns(names, filename)


def _without_fields(filename: str) -> DataError:
    return DataError(
        _("The records in {file} have fewer than two fields with anything in them.").format(file=filename),
        next_step=_("Export the orders, contacts or answers with all their fields, and bring that file."),
    )


def _damaged(filename: str, line: int) -> DataError:
    return DataError(
        _("{file} is a JSON file that is damaged or cut off.").format(file=filename),
        where=_("It goes wrong at line {line}.").format(line=line),
        next_step=_("Export it again, or export it as CSV or XLSX, and bring that file."),
    )
