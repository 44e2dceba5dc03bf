"""How is a frame that somebody made himself turned into features?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from csworkbook.errors import DataError
from csworkbook.language import gettext as _
from csworkbook.personas.described import SAME, Features

SKEWED = 0.75  # from this skewness on, a column is bent until it is even (Yeo and Johnson 2000)
ENOUGH = 50_000  # customers, to see how a column is spread
FIRST = 5_000  # customers looked at first, where all take long
FEW = 12  # a column of so few different values is dealt as it is to make data without groups
FAR = 5.0  # standard deviations: what lies further is capped


def features(frame: pd.DataFrame) -> Features:
    """Features of a frame with one row per customer (its index says who).

    Raises
    ------
    DataError
        When it has no rows, or a column holds neither numbers nor words.

    >>> features(pd.DataFrame({"a": [1.0, 3.0], "b": 5})).left_out
    {'b': 'no variation'}
    """
    if not len(frame):
        raise DataError(_("There are no customers here."), next_step=_("Bring orders first."))
    table = frame.set_axis(_as_text(frame.index), axis=0)
    table = table if table.index.is_monotonic_increasing else table.sort_index(kind="stable")
    if table.index.has_duplicates:
        table = table.sort_values(list(table.columns)).sort_index(kind="stable")
    if frame.attrs.get("as_it_is"):
        return Features(table, table.astype(float), {}, {})
    columns, recipe, left_out = {}, {}, {}
    for name, values in _numbers(table).items():
        how = _how(values)
        if how["spread"] == 0:
            left_out[name] = "no variation"
            continue
        column = _scaled(values, how)
        twin = next((n for n, other in columns.items() if _same(column, other)), None)
        if twin is not None:
            left_out[name] = f"the same as {twin}"
            continue
        columns[name], recipe[name] = column, how
    scaled = pd.DataFrame(columns, table.index)
    whole = {"frame": recipe, "columns": list(columns), "few": _few(scaled)}
    return Features(table, scaled, left_out, whole)


def again(frame: pd.DataFrame, recipe: dict) -> pd.DataFrame:
    """Later customers measured as `recipe` says."""
    numbers = _numbers(frame)
    nothing = np.zeros(len(frame))
    return pd.DataFrame(
        {
            name: _scaled(numbers[name], how) if name in numbers else nothing
            for name, how in recipe["frame"].items()
        },
        _as_text(frame.index),
    )


def _same(column: np.ndarray, other: np.ndarray) -> bool:
    """Whether two columns say one thing; of many customers some are looked at first."""
    some = slice(None, None, -(-len(column) // FIRST))
    if (
        np.ptp(column[some])
        and np.ptp(other[some])
        and abs(np.corrcoef(column[some], other[some])[0, 1]) < 0.9
    ):
        return False
    return bool(abs(np.corrcoef(column, other)[0, 1]) > SAME)


def _as_text(index: pd.Index) -> pd.Index:
    """Who everybody is, as text."""
    return index if isinstance(index.dtype, pd.StringDtype) else pd.Index(index.map(str).astype("str"))


def _few(scaled: pd.DataFrame) -> list[list[str]]:
    """The columns of few values: those of one word column together, any other by itself."""
    together: dict[str, list[str]] = {}
    for name in scaled:
        some = scaled[name].iloc[:ENOUGH]
        if some.nunique() <= FEW and scaled[name].nunique() <= FEW:
            together.setdefault(str(name).partition(": ")[0], []).append(str(name))
    return list(together.values())


def _numbers(table: pd.DataFrame) -> dict[str, np.ndarray]:
    """Every column as numbers: words as one column of 0 and 1 each."""
    found = {}
    for name in table:
        values = table[name]
        if pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
            found[str(name)] = values.to_numpy(float, na_value=np.nan)
        elif values.dtype.kind == "M":
            raise DataError(
                _("The column “{column}” is a moment; customers are compared by numbers and words.").format(
                    column=name
                ),
                next_step=_("Make days of it first, such as days since the last order."),
            )
        else:
            for word in sorted(values.dropna().map(str).unique()):
                found[f"{name}: {word}"] = (values.map(str) == word).to_numpy(float)
    return found


def _how(values: np.ndarray) -> dict:
    """How a column is measured: its unit, how it is bent (1 = not), its middle and its spread."""
    from scipy.stats import skew, yeojohnson, yeojohnson_normmax

    known = values[~np.isnan(values)]
    known = known[:: -(-len(known) // ENOUGH) or 1]
    how = {"unit": 1.0, "power": 1.0, "middle": 0.0, "spread": 0.0}
    if not len(known) or np.ptp(known) == 0:
        return how
    how["unit"] = float(np.median(np.abs(known)) or np.abs(known).max())
    if abs(skew(known)) > SKEWED and len(np.unique(known)) > FEW:
        how["power"] = float(yeojohnson_normmax(known / how["unit"]))
    bent = known / how["unit"] if how["power"] == 1 else yeojohnson(known / how["unit"], how["power"])
    return how | {"middle": float(bent.mean()), "spread": float(bent.std())}


def _scaled(values: np.ndarray, how: dict) -> np.ndarray:
    """In standard deviations, capped, the unknown in the middle."""
    from scipy.stats import yeojohnson

    bent = values / how["unit"]
    bent = bent if how["power"] == 1 else yeojohnson(bent, how["power"])
    return np.nan_to_num((bent - how["middle"]) / how["spread"]).clip(-FAR, FAR)
