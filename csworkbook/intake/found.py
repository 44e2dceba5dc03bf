"""What was found in a file: one table, with every row and column accounted for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from csworkbook.errors import DataError
from csworkbook.intake.choices import Choices, Question

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class ColumnMatch:
    """What one column of the file was taken for.

    `column` is a canonical column, a kept segment or None (left out); `confidence` 0–1; `kind` that of the
    canonical column, or segment, personal, empty, other; `examples` a few of its cells; `note` why.
    """

    header: str
    column: str | None
    confidence: float
    kind: str
    examples: tuple[str, ...]
    note: str


class Rows(Protocol):
    """The rows of a table, used and set aside, wherever they are kept."""

    @property
    def frame(self) -> pd.DataFrame:
        """The rows that are used."""

    @property
    def aside(self) -> pd.DataFrame:
        """The rows set aside, each with its reason."""


@dataclass(frozen=True)
class InMemory:
    """Rows kept in memory, as those of most files are."""

    frame: pd.DataFrame
    aside: pd.DataFrame


@dataclass(frozen=True)
class Intake:
    """One table of a file, understood.

    Attributes
    ----------
    table : str
        The canonical table it was recognised as.
    frame : DataFrame
        That table, typed: times in the shop's zone, answers 1–3, yes and no as booleans.
    aside : DataFrame
        Rows that cannot be used: `row` (line in the file), the user's columns untouched, `reason`.
    mapping : dict
        Header → canonical column, name of a kept segment, or None for left out.
    columns : tuple of ColumnMatch
    notes : list of str
        What was found out and assumed, as sentences in the language spoken now.
    read, used : int
        Rows of this table in the file and rows in `frame`; ``read == used + len(aside)``.
    confidence : float
        How sure the table is, 0–1.
    fingerprint : str
        The same for every file with these headers: the key to remember the owner's choices under.
    filename, sheet, part : str
        Where it stood: the file, the sheet of a spreadsheet, the file inside a ZIP or folder.
    system, export : str
        The system whose export this is and the name of that export, or "".
    questions : tuple of Question
        What the file does not tell.
    choices : Choices
        What the owner said before.
    problems : DataFrame
        What is wrong, grouped: column, problem, count, lines, what_to_do.
    private : DataFrame
        Personal data met: column, kind, what (left out, made into an id, masked), cells.
    """

    table: str
    rows: Rows = field(repr=False)
    mapping: dict[str, str | None]
    columns: tuple[ColumnMatch, ...] = field(repr=False)
    notes: list[str]
    read: int
    used: int
    confidence: float
    fingerprint: str
    filename: str
    sheet: str | None = None
    part: str | None = None
    system: str = ""
    export: str = ""
    questions: tuple[Question, ...] = ()
    choices: Choices = field(default_factory=Choices)
    problems: pd.DataFrame | None = field(default=None, repr=False)
    private: pd.DataFrame | None = field(default=None, repr=False)

    @property
    def frame(self) -> pd.DataFrame:
        """The rows that are used, as the canonical table."""
        return self.rows.frame

    @property
    def aside(self) -> pd.DataFrame:
        """The rows that cannot be used, each with its reason."""
        return self.rows.aside


class NotRecognised(DataError):
    """A file whose columns are no table of this workbook as they stand; the owner may say which are which.

    Attributes
    ----------
    columns : tuple of ColumnMatch
        The columns of the file.
    nearest : str
        The canonical table it looks most like.
    missing : list of str
        The columns that table still needs.
    fingerprint : str
        The key to remember the owner's choices under.
    """

    def __init__(
        self,
        what: str,
        *,
        columns: tuple[ColumnMatch, ...],
        nearest: str,
        missing: list[str],
        fingerprint: str,
        **more: str,
    ) -> None:
        super().__init__(what, **more)
        self.columns, self.nearest, self.missing = columns, nearest, missing
        self.fingerprint = fingerprint
