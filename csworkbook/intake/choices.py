"""What is asked of the owner about his file, and what did he say?

A `Question` is asked where the file itself does not tell enough; a `Choices` holds every answer, is kept in
the workbook under the file's fingerprint, and is used for the next file of that shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal


@dataclass(frozen=True)
class Question:
    """Something the file does not tell.

    `kind` is what it is about: which canonical column a header is ("column"), day or month first ("date"),
    what a high number means ("scale"), which word holds for the whole file ("fixed", `header` being the
    canonical column), what a word stands for ("word", of the cell `cell`). `options` are (label, value)
    pairs, `chosen` is the value that is assumed until somebody answers.
    """

    kind: Literal["column", "date", "scale", "fixed", "word"]
    header: str
    text: str
    options: tuple[tuple[str, str], ...]
    chosen: str = ""
    cell: str = ""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choices:
    """What the owner said of a file of this shape; empty where he said nothing.

    Attributes
    ----------
    table : str or None
        The canonical table it is.
    mapping : dict
        Header → canonical column, name of a segment to keep, or None for left out.
    dates : dict
        Header → "day" or "month": which comes first in its dates.
    scale : str
        "effort" or "ease": what a high number of the effort questions means.
    words : dict
        Header → (cell → what it stands for).
    fixed : dict
        Canonical column → the word that every row of the file has there.
    """

    table: str | None = None
    mapping: dict[str, str | None] = field(default_factory=dict)
    dates: dict[str, str] = field(default_factory=dict)
    scale: str = ""
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    fixed: dict[str, str] = field(default_factory=dict)

    def answered(self, question: Question, value: str) -> Choices:
        """These choices with one question answered.

        >>> Choices().answered(Question("date", "Datum", "?", ()), "month").dates
        {'Datum': 'month'}
        """
        if question.kind == "column":
            return replace(self, mapping={**self.mapping, question.header: value or None})
        if question.kind == "date":
            return replace(self, dates={**self.dates, question.header: value})
        if question.kind == "scale":
            return replace(self, scale=value)
        if question.kind == "fixed":
            return replace(self, fixed={**self.fixed, question.header: value})
        said = {**self.words.get(question.header, {}), question.cell: value}
        said = {word: meant for word, meant in said.items() if meant}
        return replace(self, words={**self.words, question.header: said})

    def document(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)

    @classmethod
    def of(cls, document: Mapping[str, Any] | None) -> Choices:
        """From what JSON kept; what is not known here is passed over.

        >>> Choices.of(Choices(table="orders").document()).table
        'orders'
        """
        names = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in (document or {}).items() if name in names})
