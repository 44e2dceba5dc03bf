"""What does a workshop take home? Every guess that was revealed, as one sheet, without anybody's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csworkbook import dimensions
from csworkbook.language import gettext as _
from csworkbook.workshop.answers import stages
from csworkbook.workshop.sessions import guesses

if TYPE_CHECKING:
    import pandas as pd

    from csworkbook.store import Store


def sheet(store: Store, session: str) -> tuple[pd.DataFrame, dict[str, str]]:
    """The revealed guesses of a session for a spreadsheet, in the language spoken now.

    One row a guess: round, person (numbered by what was guessed, so that no order tells who it was;
    the same number in both rounds is the same person), the share, the points, the moments.

    Returns
    -------
    DataFrame, dict
        The table, and how each column is written (as `export.sheets.xlsx` takes it).

    Raises
    ------
    SettingError
        When nothing was revealed yet.
    """
    frame, heads, words = guesses(store, session), _heads(), stages()
    moments = [column for column in frame if column.startswith("moment_")]
    said = {column: frame[column].map(lambda one: words.get(one, one)) for column in moments}
    rounds = {"before": _("first round"), "after": _("second round")}
    made = frame.assign(**said, round=frame["round"].map(rounds)).rename(columns=heads)
    kinds = {heads["superior"]: "share", heads["pair"]: "count"}
    return made, kinds | {heads[name]: "number" for name in dimensions.NAMES}


def _heads() -> dict[str, str]:
    points = {
        name: _("{dimension} (points)").format(dimension=said) for name, said in dimensions.said().items()
    }
    places = {f"moment_{n}": _("Worst moment {n}").format(n=n) for n in (1, 2, 3)}
    return {
        "round": _("Round"),
        "pair": _("Person"),
        "superior": _("Share of customers guessed"),
        **points,
        **places,
    }


def about() -> str:
    """What the sheet holds, for its second page."""
    return _(
        "One row a guess. Persons are numbered by what they guessed, not by when: the order tells nothing. The same "
        "number in both rounds is the same person, where a word was used to tell that."
    )
