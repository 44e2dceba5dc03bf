"""Which division of work solves most within everybody's hours?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from csworkbook.errors import SettingError
from csworkbook.language import gettext as _


@dataclass(frozen=True, eq=False)
class Work:
    """What is to be divided; every array has the shape (people, kinds of work).

    Attributes
    ----------
    now : ndarray
        Contacts a week.
    minutes : ndarray
        Minutes one contact takes that person, above 0.
    worth : ndarray
        What one contact brings with that person: a share solved, or minutes below zero.
    known : ndarray of bool
        Whether enough is known of that person at that kind of work to give more of it.
    """

    now: np.ndarray
    minutes: np.ndarray
    worth: np.ndarray
    known: np.ndarray

    @property
    def hours(self) -> np.ndarray:
        """Hours a week everybody spends on contacts now, shape (people,)."""
        return (self.now * self.minutes).sum(axis=1) / 60


def divided(work: Work, *, hours: np.ndarray, least: float, keep: float = 0.0) -> np.ndarray:
    """The change of the division that brings most (linear programme, HiGHS).

    Every kind of work is done as often as now, nobody gets more hours than `hours`, nobody gets more of
    what he hardly did, and a contact only moves when that brings `least` or more.

    Parameters
    ----------
    hours : ndarray, shape (people,)
        The most everybody can spend on contacts in a week.
    least : float
        What a moved contact must bring, in the unit of `work.worth`; above 0, so that nothing moves for
        nothing.
    keep : float
        The part of everybody's present work that stays with him, 0–1.

    Returns
    -------
    ndarray, shape (people, kinds)
        Contacts a week more or fewer; its columns add up to 0.

    Raises
    ------
    SettingError
        When the hours are not enough for the work.

    >>> even = np.array([[10.0, 10.0], [10.0, 10.0]])
    >>> work = Work(even, np.full((2, 2), 6.0), np.array([[0.9, 0.6], [0.6, 0.9]]), even > 0)
    >>> divided(work, hours=work.hours, least=0.02).tolist()
    [[10.0, -10.0], [-10.0, 10.0]]
    """
    from scipy.optimize import linprog

    people, kinds = work.now.shape
    pairs = np.arange(people * kinds)
    conserve = _matrix(pairs % kinds, kinds)
    spent = _matrix(pairs // kinds, people, work.minutes.ravel() / 60)
    up = np.where(work.known, work.now.sum(axis=0) - work.now, 0.0).ravel()
    down = ((1 - keep) * work.now).ravel()
    found = linprog(
        np.concatenate([least - work.worth.ravel(), work.worth.ravel()]),
        A_ub=_both(spent),
        b_ub=hours - work.hours + 1e-7,
        A_eq=_both(conserve),
        b_eq=np.zeros(kinds),
        bounds=np.column_stack([np.zeros(2 * len(pairs)), np.concatenate([up, down])]),
        method="highs",
    )
    if found.x is None:
        raise SettingError(
            _("These hours are not enough for the work: it takes {n} hours a week now.").format(
                n=round(float(work.hours.sum()), 1)
            ),
            allowed=_("Hours for everybody who can do what is asked, together at least that."),
        )
    change = found.x[: len(pairs)] - found.x[len(pairs) :]
    return np.where(np.abs(change) < 1e-6, 0.0, change).reshape(people, kinds)


def _matrix(row: np.ndarray, rows: int, value: np.ndarray | float = 1.0):
    """A sparse matrix with one entry per pair of a person and a kind of work."""
    from scipy.sparse import csr_array

    n = len(row)
    return csr_array((np.broadcast_to(value, n), (row, np.arange(n))), shape=(rows, n))


def _both(matrix):
    """The same for what goes up and, with the other sign, for what goes down."""
    from scipy.sparse import hstack

    return hstack([matrix, -matrix])


def moved(change: np.ndarray) -> float:
    """How many contacts change hands in a week.

    >>> moved(np.array([[1.0, -2.0], [-1.0, 2.0]]))
    3.0
    """
    return float(change[change > 0].sum())
