"""What does this text mean as a number, a yes or no, a word? Strict, and decided per column.

Every function takes a whole column and gives `Parsed`: typed values, which cells could not be
understood, and what was assumed. Nothing is guessed per cell: "2.000" is two thousand or two by what
the rest of its column looks like.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from csworkbook.intake import numbers, words
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd

_POINT = re.compile(r"^[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?$")
_COMMA = re.compile(r"^[-+]?(?:\d{1,3}(?:\.\d{3})+|\d+)?(?:,\d+)?$")
NOTHING = r"(?i)^\s*(?:[-–—]*|n/a|#n/a|n\.?v\.?t\.?|null|none|nan|nil|undefined|\(?not set\)?)\s*$"
_NOTHING = re.compile(NOTHING)
_CLEAN = re.compile(r"(?i)€|\$|£|\b(?:eur|usd|gbp|euro)\b|(?<=\d)['’\u00a0\u202f ](?=\d{3})|\s")


@dataclass(frozen=True)
class Parsed:
    """A column understood: typed values (missing where empty or bad), the bad cells, what was assumed.

    `decided` is how the column was read where that could have been otherwise ("comma" or "point", "day" or
    "month"); `unsure` says that nothing in the column told, so that the owner is asked.
    """

    values: pd.Series
    bad: np.ndarray
    note: str = ""
    decided: str = ""
    unsure: bool = False


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


def number(column: pd.Series | Distinct, *, whole: bool = False, decided: str = "") -> Parsed:
    """Numbers and money: currency signs, thousands, percentages (as a share), decimal comma or point.

    `decided` ("comma" or "point") says which sign parts the decimals; without it the whole column tells.

    >>> import pandas as pd
    >>> number(pd.Series(["€ 1.234,50", "12,00"])).values.tolist()
    [1234.5, 12.0]
    """
    plain = numbers.plain(column, decided) if not isinstance(column, Distinct) else None
    if plain is not None and not whole:
        return Parsed(*plain)
    cells = distinct(column)
    typed = [float(cell) if _is_number(cell) else None for cell in cells.cells]
    texts = [
        "" if value is not None else _bare(text_of(cell))
        for cell, value in zip(cells.cells, typed, strict=True)
    ]
    comma, note = (
        _decimal_comma([text for text in texts if text]) if not decided else (decided == "comma", "")
    )
    values = [
        value if value is not None else _value(text, comma) for value, text in zip(typed, texts, strict=True)
    ]
    if whole:
        values = [value if value is None or value == int(value) else None for value in values]
    empty = [isinstance(cell, str) and not cell.strip() for cell in cells.cells]
    bad = cells.where([value is None and not none for value, none in zip(values, empty, strict=True)])
    decided = "comma" if comma else "point"
    if whole:
        ints = cells.spread([None if v is None else int(v) for v in values], "Int64")
        return Parsed(ints, bad, note, decided)
    return Parsed(cells.spread(values, "Float64").astype("float64"), bad, note, decided)


def _is_number(cell: object) -> bool:
    from numbers import Real

    return isinstance(cell, Real) and not isinstance(cell, bool) and abs(cell) < 1e18


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


def whole(column: pd.Series | Distinct, *, decided: str = "") -> Parsed:
    """Whole numbers, also with words behind them.

    >>> import pandas as pd
    >>> whole(pd.Series(["10 – very likely", "7"])).values.tolist()
    [10, 7]
    """
    cells = distinct(column)
    values = [whole_of(cell) for cell in cells.cells]
    none = words.meaning("none")
    bad = [
        value is None and not _no_answer(cell, none) for value, cell in zip(values, cells.cells, strict=True)
    ]
    if any(bad) and not any(re.match(r"^\d{1,2}\s*[^\d.,\s]", text_of(cell)) for cell in cells.cells):
        return number(cells, whole=True, decided=decided)
    return Parsed(cells.spread(values, "Int64"), cells.where(bad))


def _no_answer(cell: object, none: dict[str, str]) -> bool:
    return (isinstance(cell, str) and words.fold(cell) in none) or not text_of(cell).strip("-–— .")


def whole_of(cell: object) -> int | None:
    """The whole number a cell is, or begins with when words follow."""
    if _is_number(cell):
        return int(cell) if float(cell).is_integer() else None
    found = re.match(
        r"^(\d{1,15})(?:[.,]0{1,2})?(?:\s*[-–—=:.)(]?\s*[^\W\d].*|\s*\(.*\))?$", text_of(cell), re.DOTALL
    )
    return int(found.group(1)) if found else None


def flag(column: pd.Series | Distinct, said: Mapping[str, str] | None = None) -> Parsed:
    """Yes and no in Dutch or English, true and false, 1 and 0; "maybe" counts as no answer.

    `said` holds further words and what they stand for ("yes", "no", "unsure").

    >>> import pandas as pd
    >>> flag(pd.Series(["Ja", "nee", ""])).values.tolist()
    [True, False, <NA>]
    """
    cells = distinct(column)
    meant, none = {**words.meaning("flag"), **_folded(said)}, words.meaning("none")
    values, bad = [], []
    for cell in cells.cells:
        word = "1" if cell is True else "0" if cell is False else words.fold(text_of(cell))
        word = word if word in meant else re.sub(r"^(yes|no|ja|nee|neen)\b.*", r"\1", word)
        values.append({"yes": True, "no": False}.get(meant.get(word)))
        bad.append(word not in meant and word not in none and bool(word))
    return Parsed(cells.spread(values, "boolean"), cells.where(bad))


def opinion(column: pd.Series, said: Mapping[str, str] | None = None) -> Parsed:
    """Satisfied or not: in words, as yes and no, or as 1–5, of which 4 and 5 are satisfied.

    >>> import pandas as pd
    >>> opinion(pd.Series(["5", "3", "4"])).values.tolist(), opinion(pd.Series(["Good", "slecht"])).values.tolist()
    ([True, False, True], [True, False])
    """
    cells = distinct(column)
    marks = [whole_of(cell) for cell in cells.cells]
    if marks and all(mark is not None and 1 <= mark <= 5 for mark in marks) and max(marks) > 1:
        note = _("Of the marks 1 to 5, 4 and 5 count as satisfied.")
        good = cells.spread([mark >= 4 for mark in marks], "boolean")
        return Parsed(good, cells.where([False] * len(marks)), note)
    return flag(cells, {**words.meaning("opinion"), **(said or {})})


def outcome(column: pd.Series | Distinct, said: Mapping[str, str] | None = None) -> Parsed:
    """Whether the customer gave up before he was answered: yes and no, or in the words of a phone system.

    >>> import pandas as pd
    >>> outcome(pd.Series(["Opgehangen", "Answered", "nee", "Voicemail"])).values.tolist()
    [True, False, False, <NA>]
    """
    return flag(column, {**words.meaning("outcome"), **(said or {})})


def word(
    column: pd.Series, name: str, allowed: tuple[str, ...] = (), said: Mapping[str, str] | None = None
) -> Parsed:
    """Words; where only some are allowed, also their Dutch and English synonyms.

    Parameters
    ----------
    name : str
        The canonical column, such as ``"sender"`` or ``"contacts.channel"``: its synonyms are in the word lists.
    allowed : tuple of str
        The words there are; none meaning any, and then a word without a known synonym stays as it is.
    said : mapping, optional
        Further words and what they stand for.
    """
    cells = distinct(column)
    texts = [text_of(cell) for cell in cells.cells]
    known = {**words.meaning(f"word.{name.split('.')[-1]}"), **words.meaning(f"word.{name}")}
    known |= {words.fold(value): value for value in allowed} | _folded(said)
    usual = {} if allowed else _usual(cells, texts)
    values = [
        _meant(text, known, None if _NOTHING.match(text) else usual.get(words.fold(text))) for text in texts
    ]
    bad = [value is None and not _NOTHING.match(text) for value, text in zip(values, texts, strict=True)]
    return Parsed(cells.spread(values, "str"), cells.where(bad))


def as_said(column: pd.Series, said: Mapping[str, str] | None = None) -> Parsed:
    """Words as they stand in the file, without outer blanks; a dash or "n/a" in the place of one is none.

    `said` holds words that stand for something else, and what for.

    >>> import pandas as pd
    >>> as_said(pd.Series([" Kassa", "kassa", "-"])).values.tolist()
    ['Kassa', 'kassa', nan]
    """
    cells = distinct(column)
    texts = [text_of(cell) for cell in cells.cells]
    meant = _folded(said)
    read = [None if _NOTHING.match(text) else meant.get(words.fold(text), text) for text in texts]
    return Parsed(cells.spread(read, "str"), cells.where([False] * len(read)))


def _usual(cells: Distinct, texts: list[str]) -> dict[str, str]:
    """Folded word → its commonest spelling: "retour" and "Retour" are one word.

    >>> import pandas as pd
    >>> word(pd.Series(["Retour", "retour", "retour", "ruil"]), "topic").values.tolist()
    ['retour', 'retour', 'retour', 'ruil']
    """
    import numpy as np

    counts = np.bincount(cells.codes[cells.codes >= 0], minlength=len(texts))
    usual: dict[str, str] = {}
    for place in np.argsort(-counts, kind="stable"):
        usual.setdefault(words.fold(texts[place]), texts[place])
    return usual


def _meant(text: str, known: Mapping[str, str], other: str | None) -> str | None:
    """What a word stands for, also where something stands in brackets behind it."""
    return known.get(words.fold(text)) or known.get(words.plain(text), other)


def _folded(said: Mapping[str, str] | None) -> dict[str, str]:
    return {words.fold(word): value for word, value in (said or {}).items() if words.fold(word)}


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
    """Identifiers: text without outer blanks or the apostrophe spreadsheets put before long numbers; a dash or
    "n/a" in the place of one is none."""
    import numpy as np
    import pandas as pd
    import pyarrow.compute as pc

    if isinstance(column.dtype, pd.StringDtype):
        cells = column.array.__arrow_array__()
        if pc.any(pc.match_substring_regex(cells, rf"^['\s]|\s$|{NOTHING}")).as_py():
            cells = pc.utf8_trim_whitespace(pc.utf8_ltrim(pc.utf8_trim_whitespace(cells), "'"))
            cells = pc.if_else(pc.match_substring_regex(cells, NOTHING), None, cells)
        values = pd.Series(pd.array(cells, dtype="str"), index=column.index)
        return Parsed(values, np.zeros(len(values), dtype=bool))
    cells = distinct(column)
    texts = [text_of(cell).lstrip("'").strip() for cell in cells.cells]
    values = [None if _NOTHING.match(text) else text for text in texts]
    return Parsed(cells.spread(values, "str"), cells.where([False] * len(values)))
