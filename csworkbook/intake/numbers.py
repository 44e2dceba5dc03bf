"""Which numbers do these cells say, where they are all written plainly? Then Arrow reads a million at once.

Most columns of amounts are: 12,50 or 1.234,50 on every line. Other notations are left to `values`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

_COMMA = r"^[-+]?(?:\d{1,3}(?:\.\d{3})+|\d{1,15})(?:,\d{1,9})?$"
_POINT = r"^[-+]?(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d{1,9})?$"


def plain(column: pd.Series, decided: str = "") -> tuple[pd.Series, np.ndarray, str, str] | None:
    """Numbers, which cells are none, a note ("") and the decimal sign; None unless all are written plainly or are numbers.

    >>> import pandas as pd
    >>> plain(pd.Series(["1.234,50", "12,00", None]))[0].tolist()
    [1234.5, 12.0, nan]
    >>> plain(pd.Series(["EUR 5", "12,00"]))
    """
    import numpy as np
    import pandas as pd

    nothing = np.zeros(len(column), dtype=bool)
    if pd.api.types.is_float_dtype(column.dtype) or pd.api.types.is_integer_dtype(column.dtype):
        return column.astype("float64"), nothing, "", decided
    if not isinstance(column.dtype, pd.StringDtype):
        return None
    cells = column.array.__arrow_array__()
    decided = decided or _sign(cells)
    if not decided or not _all(cells, _COMMA if decided == "comma" else _POINT):
        return None
    values = pd.Series(_numbers(cells, decided), index=column.index)
    return values, nothing, "", decided


def _all(cells: pa.ChunkedArray, pattern: str) -> bool:
    import pyarrow.compute as pc

    return pc.all(pc.match_substring_regex(cells, pattern)).as_py() is not False


def _sign(cells: pa.ChunkedArray) -> str:
    """ "comma" or "point" where the cells tell and agree, else ""."""
    import pyarrow.compute as pc

    signs = {sign: pc.any(pc.match_substring(cells, sign)).as_py() for sign in ",."}
    if not signs[","] and not signs["."]:
        return "point"
    comma, point = (_all(cells, pattern) for pattern in (_COMMA, _POINT))
    return "" if comma == point else "comma" if comma else "point"


def _numbers(cells: pa.ChunkedArray, decided: str) -> np.ndarray:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    thousands, decimal = (".", ",") if decided == "comma" else (",", ".")
    if pc.any(pc.match_substring(cells, thousands)).as_py():
        cells = pc.replace_substring(cells, thousands, "")
    if decimal == "," and pc.any(pc.match_substring(cells, ",")).as_py():
        cells = pc.replace_substring(cells, ",", ".")
    if pc.any(pc.starts_with(cells, "+")).as_py():
        cells = pc.utf8_ltrim(cells, "+")
    return np.asarray(pc.cast(cells, pa.float64()).to_numpy(), dtype="float64")
