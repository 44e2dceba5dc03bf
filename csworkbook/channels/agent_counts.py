"""How many contacts did everybody handle, of which kind, and how well?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook.contacts import facts
from csworkbook.contacts.kept import remembered
from csworkbook.errors import DataError, SettingError
from csworkbook.language import gettext as _
from csworkbook.language import join

if TYPE_CHECKING:
    import ibis

MEASURES = ("solved", "minutes", "satisfied", "friendly")
BY = {"channel": ["channel"], "topic": ["topic"], "both": ["channel", "topic"]}
_WEEK = 7 * 86_400  # seconds
_KEYS = ("agent", "channel", "topic")


@dataclass(frozen=True, eq=False)
class Counted:
    """What everybody handled.

    Attributes
    ----------
    cells : DataFrame
        One row per agent, channel, topic and half (0, 1: even and odd weeks): handled (contacts), and
        for each measure its number, sum and sum of squares: ``solved_n``, ``solved``, …, ``minutes_n``,
        ``minutes`` and ``minutes_2`` (of the natural logarithm), ``spent`` (minutes).
    weeks : float
        From the first contact to the last one.
    nobody : int
        Handled contacts of which the table does not tell who did it.
    kept : dict
        What was worked out of them before.
    """

    cells: pd.DataFrame
    weeks: float
    nobody: int
    kept: dict = field(default_factory=dict)

    def of(self, measure: str, *, half: int | None = None, by: str = "both") -> pd.DataFrame:
        """Per agent, channel and topic: n, total and squares of one measure; blank kinds left out.

        Columns not in `by` are kept: they make people comparable.
        """
        cells = self.cells if half is None else self.cells[self.cells["half"] == half]
        told = cells[list(BY[by])].ne("").all(axis=1) & (cells["agent"] != "")
        square = f"{measure}_2" if measure == "minutes" else measure
        names = {"n": f"{measure}_n", "total": measure, "squares": square}
        parts = {to: cells.loc[told, name] for to, name in names.items()}
        found = cells.loc[told, list(_KEYS)].assign(**parts)
        found = found.groupby(list(_KEYS), sort=True, as_index=False).sum()
        return found[found["n"] > 0].reset_index(drop=True)

    def work(self, by: str) -> pd.DataFrame:
        """Per agent and kind: contacts handled, and the minutes known of how many of them."""
        cells = self.cells[self.cells[BY[by]].ne("").all(axis=1) & (self.cells["agent"] != "")]
        columns = ["handled", "minutes_n", "spent"]
        return cells.groupby(["agent", *BY[by]], sort=True, as_index=False)[columns].sum()


def counted(contacts: pd.DataFrame | ibis.Table, *, within: str, zone: str) -> Counted:
    """Count once what all questions about people need (see `Counted`).

    Raises
    ------
    DataError
        When the table does not tell who handled a contact, or fewer than two people did.
    """
    if "agent" not in contacts.columns:
        raise _nobody()
    return remembered(contacts, ("agents", within, zone), lambda: _counted(contacts, within, zone))


def require_measure(measure: str, by: str) -> None:
    """Raise a SettingError for a measure or a split that there is not."""
    for asked, known in ((measure, MEASURES), (by, tuple(BY))):
        if asked not in known:
            raise SettingError(
                _("People cannot be compared by “{value}”.").format(value=asked),
                allowed=_("Possible: {columns}.").format(columns=join(list(known))),
            )


def _counted(contacts: pd.DataFrame | ibis.Table, within: str, zone: str) -> Counted:
    known = facts(contacts, within=within, zone=zone)
    ends = known.aggregate(first=known.second.min(), last=known.second.max()).to_pyarrow().to_pylist()[0]
    cells = _in_engine(known).to_pandas()
    cells[list(_KEYS)] = cells[list(_KEYS)].astype(object).fillna("").astype(str)
    cells = cells.fillna(0.0).sort_values([*_KEYS, "half"], ignore_index=True)
    people = cells.loc[cells["agent"] != "", "agent"].nunique()
    if not people:
        raise _nobody()
    if people == 1:
        raise DataError(
            _("All contacts were handled by one person, so there is nobody to compare with."),
            next_step=_("Bring an export in which every contact names who handled it."),
        )
    nobody = int(cells.loc[cells["agent"] == "", "handled"].sum())
    return Counted(cells, max((ends["last"] - ends["first"]) / _WEEK, 1.0), nobody)


def _in_engine(known: ibis.Table) -> ibis.Table:
    """One row per agent, channel, topic and half, counted where the contacts are."""
    import ibis

    first = known.handled & known.finished & ~known.follow_up & known.again.notnull()
    solved = first & ~known.again & ~known.transferred.fill_null(False)
    timed = known.handled & (known.handling_minutes > 0)
    rated, graded = known.handled & known.satisfied.notnull(), known.handled & known.friendliness.notnull()
    log = ibis.ifelse(timed, known.handling_minutes, 1.0).ln()
    marks = {"handled": known.handled, "solved_n": first, "solved": solved, "minutes_n": timed,
             "satisfied_n": rated, "satisfied": rated & known.satisfied.fill_null(False),
             "friendly_n": graded, "friendly": graded & (known.friendliness == 5)}  # fmt: skip
    sums = {name: mark.ifelse(1, 0).sum() for name, mark in marks.items()}
    sums |= {"minutes": log.sum(), "minutes_2": (log * log).sum()}
    sums["spent"] = known.handling_minutes.sum(where=timed)
    half = (known.second // _WEEK) % 2
    return known.filter(known.handled).group_by([*_KEYS, half.name("half")]).aggregate(**sums)


def _nobody() -> DataError:
    return DataError(
        _("These contacts do not tell who handled them."),
        allowed=_("A column with the agent: a name, a number or initials."),
        next_step=_("Add the agent to your export, or look on this page which column was taken for it."),
    )


def compared(cells: pd.DataFrame, by: str, *, shares: bool) -> pd.DataFrame:
    """Everybody beside the colleagues who did the same kind of work.

    Within every channel and topic a person's mean is set against that of all others, and these
    differences are put together with the weights n·m ÷ (n + m) (Mantel & Haenszel 1959, JNCI 22:719–748;
    for means: inverse variance). So who does the hard topics is compared with who does them too.

    Parameters
    ----------
    cells : DataFrame
        From `Counted.of`.
    by : {"channel", "topic", "both"}
        The kinds of work.
    shares : bool
        Whether the values are 0 and 1.

    Returns
    -------
    DataFrame
        agent, the columns of `by`, n, plain (mean), others (of how many it is compared with), whole (mean of the
        kind, all people), part (of the kind that this person did, 0–1), difference, variance (NaN where
        nobody else did that kind).

    >>> cells = pd.DataFrame({"agent": ["a", "b"], "channel": "chat", "topic": "x", "n": [10, 10],
    ...                       "total": [8, 6], "squares": [8, 6]})
    >>> compared(cells, "channel", shares=True)["difference"].round(3).tolist()
    [0.2, -0.2]
    """
    kind = cells.groupby(["channel", "topic"])[["n", "total", "squares"]].transform("sum")
    rest = kind - cells[["n", "total", "squares"]]
    weight = cells["n"] * rest["n"] / kind["n"]
    apart = cells["total"] / cells["n"] - rest["total"] / rest["n"].where(rest["n"] > 0)
    spread = _spread(kind, shares=shares)
    told = cells.assign(
        weight=weight, pulled=(weight * apart).fillna(0), noise=weight * spread, others=rest["n"]
    )
    columns = ["agent", *BY[by]]
    found = told.groupby(columns, as_index=False)[["n", "total", "weight", "pulled", "noise", "others"]].sum()
    whole = found.groupby(BY[by])[["n", "total"]].transform("sum")
    weight = found["weight"].where(found["weight"] > 0)
    return found[[*columns, "n", "others"]].assign(
        plain=found["total"] / found["n"],
        whole=whole["total"] / whole["n"],
        part=found["n"] / whole["n"],
        difference=found["pulled"] / weight,
        variance=found["noise"] / weight**2,
    )


def _spread(kind: pd.DataFrame, *, shares: bool) -> pd.Series:
    """The variance of one contact within its channel and topic."""
    if shares:
        share = (kind["total"] + 0.5) / (kind["n"] + 1)
        return share * (1 - share)
    within = (kind["squares"] - kind["total"] ** 2 / kind["n"]).clip(lower=0.0)
    pooled = within.sum() / max((kind["n"] - 1).sum(), 1.0)
    own = within / (kind["n"] - 1).clip(lower=1)
    return pd.Series(np.where(kind["n"] >= 10, own, pooled), kind.index).clip(lower=1e-9)
