"""What went wrong, in words a shop owner can act on.

Both errors carry a whole message: what is wrong, where, what is allowed, what to do next.
Pages show the message and nothing else; a traceback never reaches an owner.
"""

from __future__ import annotations


class WorkbookError(Exception):
    """Anything csworkbook says to its user instead of an answer.

    Parameters
    ----------
    what : str
        What is wrong, one sentence, with the value.
    where : str
        File, sheet, row, column or setting; empty where `what` says it already.
    allowed : str
        What would have been right.
    next_step : str
        What the reader can do now.
    """

    def __init__(self, what: str, *, where: str = "", allowed: str = "", next_step: str = "") -> None:
        self.what, self.where, self.allowed, self.next_step = what, where, allowed, next_step
        super().__init__(" ".join(part for part in (what, where, allowed, next_step) if part))


class DataError(WorkbookError):
    """Data from a user that cannot be used."""


class MissingTable(DataError):
    """A table that was not brought yet."""


class SettingError(WorkbookError):
    """A choice, parameter or setting that cannot be used."""
