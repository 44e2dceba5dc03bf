"""What does a known export say about one canonical column? A description in, cells out.

A description is the name of a header, a list of names (the first that exists), or a table that says how
the cells are made from one or more columns (either, coalesce, join, add, multiply, divide, margin, constant, equal,
param, item, id) and how they read (unit, epoch, utc, after, yes and no, above, words with others, pattern, like);
`when` takes them from some lines only. Columns that other descriptions speak of are made first, under `derive`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from csworkbook.intake import durations, values
from csworkbook.intake.systems_cells import Headers, all_hold, read, texts

if TYPE_CHECKING:
    import pandas as pd

_SHAPES = (
    *("either", "coalesce", "join", "add", "multiply", "divide", "margin"),
    *("constant", "equal", "param", "item", "id"),
)
_WHOLE = ("multiply", "divide", "margin", "equal")


@dataclass(frozen=True)
class Made:
    """Cells for a canonical column: those of a header as they are (`header`), or derived under a new name.

    `said` is the description they were made by, where it was more than a name.
    """

    cells: pd.Series
    name: str
    header: str | None = None
    said: Mapping[str, Any] = field(default_factory=dict)


def make(headers: Headers, spec: object, zone: str, unit: str, column: str) -> Made | None:
    """The cells this description gives, one per row of the file; None where the file has no such column.

    Parameters
    ----------
    spec : str, list or mapping
    zone : str
        The shop's time zone.
    unit : str
        The unit the canonical column needs ("minutes", "seconds" or "").
    column : str
        Its name: what a column is called that is made from nothing the file has.
    """
    if isinstance(spec, list) and not all(isinstance(one, str) for one in spec):
        return _first_with_cells([make(headers, one, zone, unit, column) for one in spec])
    if isinstance(spec, (str, list)):
        header = headers.find(spec)
        return None if header is None else Made(headers.frame[header], header, header)
    made = _either(headers, spec, zone, unit, column) if "either" in spec else _shaped(headers, spec, column)
    if made is None:
        return None
    unit_said = durations.bracketed(made.header or "")
    if "unit" in spec and unit_said:
        spec = {**spec, "unit": unit_said}
    cells = made.cells
    if "when" in spec:
        cells = cells.where(all_hold(headers, spec["when"]))
    cells = read(headers, cells, spec, zone, unit)
    if cells is made.cells:
        return replace(made, said=spec)
    return None if cells is None else Made(cells, _name(spec, made.name, column), said=spec)


def can_make(headers: Headers, spec: object) -> bool:
    """Whether the file has the columns that this description takes its cells from.

    >>> import pandas as pd
    >>> file = Headers(pd.DataFrame(columns=["Total", "Tax"]))
    >>> can_make(file, ["Amount", "total"]), can_make(file, {"multiply": ["Total", "Number"]})
    (True, False)
    """
    if isinstance(spec, str) or (isinstance(spec, list) and all(isinstance(one, str) for one in spec)):
        return headers.find(spec) is not None
    if isinstance(spec, list):
        return any(can_make(headers, one) for one in spec)
    if "constant" in spec:
        return True
    if "either" in spec:
        return can_make(headers, spec["either"])
    shape = next((name for name in _SHAPES if name in spec), "from")
    wanted = [spec["in"]] if "in" in spec else spec[shape] if shape != "from" else [spec["from"]]
    there = [headers.find(names) is not None for names in wanted]
    whole = all(there) if shape in _WHOLE else any(there)
    return whole and ("after" not in spec or headers.find(spec["after"]) is not None)


def _first_with_cells(tried: list[Made | None]) -> Made | None:
    """The first that has any cell filled; else the first there is."""
    there = [made for made in tried if made is not None]
    return next((made for made in there if made.cells.notna().any()), there[0] if there else None)


def _either(headers: Headers, spec: Mapping[str, Any], zone: str, unit: str, column: str) -> Made | None:
    """Of several descriptions the first that has a cell in the row."""
    tried = [make(headers, one, zone, unit, column) for one in spec["either"]]
    there = [made for made in tried if made is not None]
    if not there:
        return None
    cells = texts(there[0].cells)
    for made in there[1:]:
        cells = cells.fillna(texts(made.cells))
    return Made(cells, " / ".join(dict.fromkeys(made.name for made in there)))


def _name(spec: Mapping[str, Any], source: str, column: str) -> str:
    read = {"words", "yes", "when", "pattern", "after", "above", "like", "unit", "epoch", "utc"}
    return f"{source}: {column}" if set(spec) & read else source


def _shaped(headers: Headers, spec: Mapping[str, Any], column: str) -> Made | None:
    """The cells before they are read: those of one column, or of several taken together."""
    shape = next((name for name in _SHAPES if name in spec), "from")
    if shape == "constant":
        return _constant(headers, spec["constant"], column)
    if shape in ("param", "item"):
        return _nested(headers, spec, shape)
    wanted = spec[shape] if shape != "from" else [spec["from"]]
    found = [headers.find(names) for names in wanted]
    there = list(dict.fromkeys(header for header in found if header is not None))
    if not there or (shape in _WHOLE and None in found):
        return None
    if shape == "equal":
        return Made(_equal(headers, there, spec), " = ".join(there))
    if len(there) == 1 and shape not in ("add", "id"):
        return Made(headers.frame[there[0]], there[0], there[0])
    together, sign = _TOGETHER[shape]
    cells = together([headers.frame[header] for header in there])
    return Made(cells, sign.join(there) if len(there) > 1 else f"{there[0]}: {column}")


def _constant(headers: Headers, value: object, column: str) -> Made:
    import pandas as pd

    cells = pd.Series([value], dtype="str" if isinstance(value, str) else None)
    return Made(cells.take([0] * len(headers.frame)).set_axis(headers.frame.index), f"{column}: {value}")


def _coalesce(columns: list[pd.Series]) -> pd.Series:
    """The first cell of the row that is filled."""
    cells = values.key(columns[0]).values
    for column in columns[1:]:
        cells = cells.fillna(values.key(column).values)
    return cells


def _join(columns: list[pd.Series]) -> pd.Series:
    """The filled cells of the row, one after another."""
    cells = texts(columns[0])
    for column in columns[1:]:
        other = texts(column)
        cells = cells.str.cat(other, sep=" ").fillna(cells).fillna(other)
    return cells


def _add(columns: list[pd.Series]) -> pd.Series:
    """The numbers of the row added up; empty where none is filled."""
    numbers = [values.number(column).values for column in columns]
    total = sum(number.fillna(0) for number in numbers)
    empty = [number.isna() for number in numbers]
    return total.mask(sum(one.astype(int) for one in empty) == len(empty))


def _multiply(columns: list[pd.Series]) -> pd.Series:
    """The numbers of the row multiplied."""
    one, other = (values.number(column).values for column in columns)
    return (one * other).round(4)


def _divide(columns: list[pd.Series]) -> pd.Series:
    """The first number by the second; nothing by nothing is empty."""
    import numpy as np

    over, under = (values.number(column).values for column in columns)
    return (over / under.where(under != 0)).replace([np.inf, -np.inf], np.nan).round(4)


def _margin(columns: list[pd.Series]) -> pd.Series:
    """What is left of the price, as a share of it, when the cost is taken off."""
    price, cost = (values.number(column).values for column in columns)
    return (1 - cost / price.where(price > 0)).round(4)


def _id(columns: list[pd.Series]) -> pd.Series:
    """An identifier for rows that have none: the same for the same cells, and telling nothing."""
    import duckdb
    import pyarrow as pa

    together = _join(columns)
    with duckdb.connect() as engine:
        engine.register("lines", pa.table({"cell": pa.array(together, from_pandas=True)}))
        found = engine.sql("SELECT substr(sha256(cell), 1, 16) AS id FROM lines").to_arrow_table()["id"]
    return found.to_pandas().astype("str").set_axis(together.index)


_TOGETHER = {
    "coalesce": (_coalesce, " / "),
    "join": (_join, " "),
    "add": (_add, " + "),
    "multiply": (_multiply, " × "),
    "divide": (_divide, " : "),
    "margin": (_margin, " – "),
    "id": (_id, " "),
}


def _equal(headers: Headers, pair: list[str], spec: Mapping[str, Any]) -> pd.Series:
    """One word where two columns say the same, another where they do not (empty where the first is)."""
    import numpy as np
    import pandas as pd

    one, other = (texts(headers.frame[header]) for header in (pair[0], pair[-1]))
    same = (one == other).fillna(False).to_numpy(dtype=bool)
    told = pd.Series(np.where(same, spec["then"], spec["otherwise"]), index=one.index, dtype="str")
    return told.where(one.notna())


def _nested(headers: Headers, spec: Mapping[str, Any], shape: str) -> Made | None:
    """One value out of a column of JSON lists: of the entry with this `param` as its key, or an `item` of the first
    (of the first where a field is a certain word, with `where`)."""
    import duckdb
    import pyarrow as pa

    header = headers.find(spec["in"])
    if header is None:
        return None
    cells = _json(headers.frame[header])
    asked = [spec[shape]]
    if "where" in spec:
        asked = [*next(iter(spec["where"].items())), *asked]
        query = (
            "WITH read AS (SELECT from_json(try_cast(cell AS JSON), '[\"JSON\"]') AS entries FROM lists)"
            " SELECT json_extract_string(list_filter(entries, lambda one:"
            " json_extract_string(one, '$.' || ?) = ?)[1], '$.' || ?) AS value FROM read"
        )
    elif shape == "item":
        query = "SELECT json_extract_string(try_cast(cell AS JSON), '$[0].' || ?) AS value FROM lists"
    else:
        entry = '[{"key":"VARCHAR","value":{"string_value":"VARCHAR","int_value":"VARCHAR","double_value":"VARCHAR"}}]'
        query = (
            f"WITH read AS (SELECT from_json(try_cast(cell AS JSON), '{entry}') AS entries FROM lists),"
            " found AS (SELECT list_filter(entries, lambda one: one.key = ?)[1].value AS value FROM read)"
            " SELECT coalesce(value.string_value, value.int_value, value.double_value) AS value FROM found"
        )
    with duckdb.connect() as engine:
        engine.register("lists", pa.table({"cell": pa.array(cells, from_pandas=True)}))
        found = engine.sql(query, params=asked).to_arrow_table()["value"]
    return Made(found.to_pandas().astype("str").set_axis(cells.index), spec[shape])


def _json(column: pd.Series) -> pd.Series:
    """Lists as JSON text; text stays as it is."""
    import json

    import pandas as pd

    if isinstance(column.dtype, pd.StringDtype):
        return column
    filled = column.map(lambda cell: cell if isinstance(cell, str) else json.dumps(cell), na_action="ignore")
    return filled.astype("str")
