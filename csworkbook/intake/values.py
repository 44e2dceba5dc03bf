"""What does this text mean as a number, a yes or no, a word? Strict, and decided per column.

Every function takes a whole column and gives `Parsed`: typed values, which cells could not be
understood, and what was assumed. Nothing is guessed per cell: "2.000" is two thousand or two by what
the rest of its column looks like.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from csworkbook.intake import words
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_POINT = re.compile(r"^[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?$")
_COMMA = re.compile(r"^[-+]?(?:\d{1,3}(?:\.\d{3})+|\d+)?(?:,\d+)?$")
_CLEAN = re.compile(r"(?i)€|\$|£|\b(?:eur|usd|gbp|euro)\b|(?<=\d)['’\u00a0\u202f ](?=\d{3})|\s")


@dataclass(frozen=True)
class Parsed:
    """A column understood: typed values (missing where empty or bad), the bad cells, what was assumed."""

    values: pd.Series
    bad: np.ndarray
    note: str = ""


@dataclass(frozen=True)
class Distinct:
    """A column as codes into its distinct cells; code −1 is empty."""

    codes: np.ndarray
    cells: list
    index: pd.Index

    def spread(self, values: list, dtype: str) -> pd.Series:
        """One value per distinct cell, back to one per row."""
        import numpy as np
        import pandas as pd

        return pd.Series(
            pd.array([*values, None], dtype=dtype).take(np.asarray(self.codes)), index=self.index
        )

    def where(self, flags: list[bool]) -> np.ndarray:
        """One flag per distinct cell, back to one per row; empty cells are never flagged."""
        import numpy as np

        return np.append(np.asarray(flags, dtype=bool), False)[self.codes]


def distinct(column: pd.Series | Distinct) -> Distinct:
    """The distinct cells of a column; blank text is empty. What is taken apart already stays as it is."""
    if isinstance(column, Distinct):
        return column
    import numpy as np
    import pandas as pd

    codes, cells = pd.factorize(column)
    cells = cells.tolist()
    blank = [place for place, cell in enumerate(cells) if isinstance(cell, str) and not cell.strip()]
    if blank:
        codes = np.where(np.isin(codes, blank), -1, codes)
    return Distinct(codes, cells, column.index)


def text_of(cell: object) -> str:
    """A cell as the text a person sees in it."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if hasattr(cell, "isoformat"):
        return (
            cell.isoformat(sep=" ") if hasattr(cell, "hour") and hasattr(cell, "year") else cell.isoformat()
        )
    return str(cell).strip()


def number(column: pd.Series, *, whole: bool = False) -> Parsed:
    """Numbers and money: currency signs, thousands, percentages (as a share), decimal comma or point.

    >>> import pandas as pd
    >>> number(pd.Series(["€ 1.234,50", "12,00"])).values.tolist()
    [1234.5, 12.0]
    """
    cells = distinct(column)
    typed = [float(cell) if _is_number(cell) else None for cell in cells.cells]
    texts = [
        "" if value is not None else _bare(text_of(cell))
        for cell, value in zip(cells.cells, typed, strict=True)
    ]
    comma, note = _decimal_comma([text for text in texts if text])
    values = [
        value if value is not None else _value(text, comma) for value, text in zip(typed, texts, strict=True)
    ]
    if whole:
        values = [value if value is None or value == int(value) else None for value in values]
    empty = [isinstance(cell, str) and not cell.strip() for cell in cells.cells]
    bad = cells.where([value is None and not none for value, none in zip(values, empty, strict=True)])
    if whole:
        return Parsed(cells.spread([None if v is None else int(v) for v in values], "Int64"), bad, note)
    return Parsed(cells.spread(values, "Float64").astype("float64"), bad, note)


def _is_number(cell: object) -> bool:
    import numbers

    return isinstance(cell, numbers.Real) and not isinstance(cell, bool) and abs(cell) < 1e18


def _bare(text: str) -> str:
    """Digits, signs and marks only: no currency, no thin spaces; 12,- and (12) and 12- as they are meant."""
    share = text.endswith("%")
    bare = _CLEAN.sub("", text.removesuffix("%").replace("−", "-"))
    bare = re.sub(r"[,.]-+$", "", bare)
    if re.fullmatch(r"\(.*\)|[^-]*\d-", bare):
        bare = "-" + bare.strip("()-")
    return bare + "%" * share


def _decimal_comma(texts: list[str]) -> tuple[bool, str]:
    """Whether the comma is the decimal sign of this column, and what was assumed."""
    marked = [text.removesuffix("%") for text in texts if "," in text or "." in text]
    comma = sum(_fits(_COMMA, text) and not _fits(_POINT, text) for text in marked)
    point = sum(_fits(_POINT, text) and not _fits(_COMMA, text) for text in marked)
    both = [text for text in marked if _fits(_POINT, text) and _fits(_COMMA, text)]
    if comma or point:
        return comma >= point, ""
    if not both:
        return False, ""
    dots = sum("." in text for text in both)
    sign = "." if dots * 2 >= len(both) else ","
    return sign == ".", _("“{text}” was read as {value}: the sign “{sign}” parts the thousands.").format(
        text=both[0], value=re.sub(r"[.,]", "", both[0]), sign=sign
    )


def _fits(pattern: re.Pattern, text: str) -> bool:
    return bool(text) and any(letter.isdigit() for letter in text) and pattern.match(text) is not None


def _value(text: str, comma: bool) -> float | None:
    share = text.endswith("%")
    text = text.removesuffix("%")
    if len(text) > 40 or not text.isascii() or not _fits(_COMMA if comma else _POINT, text):
        return None
    plain = text.replace(".", "").replace(",", ".") if comma else text.replace(",", "")
    return float(plain) / (100 if share else 1)


def whole(column: pd.Series) -> Parsed:
    """Whole numbers, also with words behind them.

    >>> import pandas as pd
    >>> whole(pd.Series(["10 – very likely", "7"])).values.tolist()
    [10, 7]
    """
    cells = distinct(column)
    values = [_leading(cell) for cell in cells.cells]
    none = words.meaning("none")
    bad = [
        value is None and not _no_answer(cell, none) for value, cell in zip(values, cells.cells, strict=True)
    ]
    if any(bad) and not any(re.match(r"^\d{1,2}\s*[^\d.,\s]", text_of(cell)) for cell in cells.cells):
        return number(column, whole=True)
    return Parsed(cells.spread(values, "Int64"), cells.where(bad))


def _no_answer(cell: object, none: dict[str, str]) -> bool:
    return (isinstance(cell, str) and words.fold(cell) in none) or not text_of(cell).strip("-–— .")


def _leading(cell: object) -> int | None:
    """The whole number a cell is, or begins with when words follow."""
    if _is_number(cell):
        return int(cell) if float(cell).is_integer() else None
    found = re.match(
        r"^(\d{1,15})(?:[.,]0{1,2})?(?:\s*[-–—=:.)(]?\s*[^\W\d].*|\s*\(.*\))?$", text_of(cell), re.DOTALL
    )
    return int(found.group(1)) if found else None


def flag(column: pd.Series) -> Parsed:
    """Yes and no in Dutch or English, true and false, 1 and 0; "maybe" counts as no answer.

    >>> import pandas as pd
    >>> flag(pd.Series(["Ja", "nee", ""])).values.tolist()
    [True, False, <NA>]
    """
    cells = distinct(column)
    meant, none = words.meaning("flag"), words.meaning("none")
    values, bad = [], []
    for cell in cells.cells:
        word = "1" if cell is True else "0" if cell is False else words.fold(text_of(cell))
        word = word if word in meant else re.sub(r"^(yes|no|ja|nee|neen)\b.*", r"\1", word)
        said = meant.get(word)
        values.append({"yes": True, "no": False}.get(said))
        bad.append(said is None and word not in none and bool(word))
    return Parsed(cells.spread(values, "boolean"), cells.where(bad))


def word(column: pd.Series, name: str, allowed: tuple[str, ...] = ()) -> Parsed:
    """Words; where only some are allowed, also their Dutch and English synonyms."""
    cells = distinct(column)
    texts = [text_of(cell) for cell in cells.cells]
    if not allowed:
        return Parsed(cells.spread(texts, "str"), cells.where([False] * len(texts)))
    known = {**words.meaning(f"word.{name}"), **{words.fold(value): value for value in allowed}}
    values = [known.get(words.fold(text)) for text in texts]
    bad = [value is None and bool(text) for value, text in zip(values, texts, strict=True)]
    return Parsed(cells.spread(values, "str"), cells.where(bad))


def text(column: pd.Series) -> Parsed:
    """Text as it is, blank as empty."""
    import numpy as np
    import pandas as pd
    import pyarrow.compute as pc

    bad = np.zeros(len(column), dtype=bool)
    if isinstance(column.dtype, pd.StringDtype):
        blank = pc.fill_null(pc.match_substring_regex(column.array.__arrow_array__(), r"^\s*$"), False)
        return Parsed(column.mask(blank.to_numpy()) if pc.any(blank).as_py() else column, bad)
    cells = distinct(column)
    return Parsed(cells.spread([text_of(cell) for cell in cells.cells], "str"), bad)


def key(column: pd.Series) -> Parsed:
    """Identifiers: text without outer blanks or the apostrophe spreadsheets put before long numbers."""
    cells = distinct(column)
    values = [text_of(cell).lstrip("'").strip() for cell in cells.cells]
    return Parsed(
        cells.spread([value or None for value in values], "str"), cells.where([False] * len(values))
    )
