"""How many of us call our service superior, and how many of our customers do?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import estimates, evidence, language
from csworkbook.errors import SettingError
from csworkbook.estimates import SMALL, Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import mark, ngettext
from csworkbook.results import Result, Vocabulary, question
from csworkbook.service_gap import pictures
from csworkbook.service_gap.answers import CHAPTER, SHARED
from csworkbook.tables import require

if TYPE_CHECKING:
    import plotly.graph_objects as go

HANDBOOK = {"company": "company-superior-80", "customer": "customers-superior-8"}


def _labels() -> dict[str, str]:
    return {"top": _("On a scale of 1–5, superior is")}


def _choices() -> dict[tuple[str, object], str]:
    return {("top", 2): _("4 and 5"), ("top", 1): _("only 5")}


@question(mark("Do we and our customers think the same of our service?"), labels=_labels, choices=_choices)
def perception(perception: pd.DataFrame, *, top: int = 2) -> Perception:
    """Who calls the service superior: the share in the company and among customers (handbook 1.1).

    Parameters
    ----------
    perception : DataFrame
        The canonical table: role, and superior (yes or no) or score (1–5); where a row has both, superior.
    top : int
        How many of the highest scores count as superior: 2 (4 and 5, the usual top two of five) or 1.

    Returns
    -------
    Perception
        table: role (company, customer), count, n, share, low, high (shares 0–1, Wilson intervals);
        `gap` is the company's share minus the customers' (Newcombe's interval).

    Raises
    ------
    SettingError
        When `top` is something else.

    >>> import pandas as pd
    >>> asked = pd.DataFrame({"role": ["company"] * 3 + ["customer"] * 5, "score": [5, 4, 4, 1, 3, 4, 2, 3]})
    >>> perception(asked).table[["role", "count", "n"]].values.tolist()
    [['company', 3, 3], ['customer', 1, 5]]
    """
    require(perception, "perception")
    if top not in (1, 2):
        raise SettingError(
            _("Superior cannot be the top {top} of five scores.").format(top=top),
            allowed=_("1 (only the highest score) or 2 (the two highest)."),
        )
    said = _superior(perception, top)
    role = perception["role"].to_numpy(dtype=object)
    rows = []
    for one in HANDBOOK:
        mine = said[(role == one) & ~np.isnan(said)]
        rows.append({"role": one, "count": int(mine.sum()), "n": len(mine)})
    table = pd.DataFrame(rows).query("n > 0").reset_index(drop=True)
    table["share"] = table["count"] / table["n"]
    table["low"], table["high"] = estimates.shares(table["count"], table["n"])
    table = table[["role", "count", "share", "low", "high", "n"]]
    return Perception(table, top, _scored(perception), int(np.isnan(said).sum()))


def _superior(perception: pd.DataFrame, top: int) -> np.ndarray:
    """1 where the service is called superior, 0 where not, NaN where nothing was answered."""
    said, score = (
        perception[column].to_numpy(dtype=float, na_value=np.nan)
        if column in perception
        else np.full(len(perception), np.nan)
        for column in ("superior", "score")
    )
    scored = np.where(np.isnan(score), np.nan, score > 5 - top)
    return np.where(np.isnan(said), scored, said)


def _scored(perception: pd.DataFrame) -> bool:
    """Whether any answer is a score."""
    return "score" in perception and bool(perception["score"].notna().any())


@dataclass(frozen=True)
class Perception(Result):
    """The shares that call the service superior."""

    top: int = 2
    scored: bool = False
    empty: int = 0
    vocabulary: ClassVar[Vocabulary] = SHARED

    def _row(self, role: str) -> pd.Series | None:
        found = self.table[self.table["role"] == role]
        return None if found.empty else found.iloc[0]

    @cached_property
    def gap(self) -> Estimate | None:
        """The company's share minus the customers', in points; None where one of them was not asked."""
        us, them = self._row("company"), self._row("customer")
        if us is None or them is None:
            return None
        return estimates.difference(us["count"], us["n"], them["count"], them["n"])

    @property
    def text(self) -> str:
        """Both shares, the gap between them, and what few answers can tell."""
        if self.table.empty:
            return _("Nobody has said yet whether the service is superior.")
        if self.gap is None:
            return f"{self._one()} {self._missing()}"
        us, them = (self._row(role) for role in HANDBOOK)
        said = _(
            "{company} of the company and {customers} of the customers call the service superior."
        ).format(company=language.percent(us["share"]), customers=language.percent(them["share"]))
        return " ".join([said, self._gap(), *self._few()])

    def _gap(self) -> str:
        ends = (self.gap.low, self.gap.high) if self.gap.value >= 0 else (-self.gap.high, -self.gap.low)
        limits = dict(zip(("low", "high"), (language.number(end * 100) for end in ends), strict=True))
        size = language.number(abs(self.gap.value) * 100)
        if not self.gap.excludes_zero:
            return _("The difference of {gap} points ({low} to {high}) may still be chance.").format(
                gap=size, **limits
            )
        if self.gap.value < 0:
            return _("Customers think better of it than we do: {gap} points ({low} to {high}).").format(
                gap=size, **limits
            )
        return _("The gap is {gap} points ({low} to {high}); the handbook's is {handbook}.").format(
            gap=size, handbook=language.number(_handbook_gap() * 100), **limits
        )

    def _one(self) -> str:
        row = self.table.iloc[0]
        whole = {name: language.percent(row[name]) for name in ("share", "low", "high")}
        said = {
            "company": _("{share} of the company call the service superior ({low} to {high}, n = {n})."),
            "customer": _("{share} of the customers call the service superior ({low} to {high}, n = {n})."),
        }
        return said[row["role"]].format(**whole, n=language.number(row["n"]))

    def _missing(self) -> str:
        if self.table["role"].iloc[0] == "company":
            return _("Customers have not been asked yet: without their answers there is no gap to see.")
        return _("Nobody in the company has been asked yet: let everybody answer before they see this.")

    def _few(self) -> list[str]:
        """What few answers can and cannot tell."""
        us, them = (self._row(role) for role in HANDBOOK)
        said = []
        if us["n"] < SMALL:
            said.append(
                ngettext(
                    "From the company there is {n} answer: if that is everybody, it is simply what you think; "
                    "of a larger company the share may be anything from {low} to {high}.",
                    "From the company there are {n} answers: if that is everybody, it is simply what you think; "
                    "of a larger company the share may be anything from {low} to {high}.",
                    int(us["n"]),
                ).format(
                    n=language.number(us["n"]),
                    low=language.percent(us["low"]),
                    high=language.percent(us["high"]),
                )
            )
        if them["n"] < SMALL:
            said.append(
                _("{n} customers are few: {enough} would make it reliable to within 5 points.").format(
                    n=language.number(them["n"]), enough=language.number(estimates.needed())
                )
            )
        return said

    @property
    def method(self) -> str:
        """Formula, intervals, what counts as superior, and the caveats of the handbook's figures."""
        said = [
            _(
                "Share = who calls the service superior ÷ who answered. Intervals: Wilson, 95%; "
                "of the gap: Newcombe."
            )
        ]
        if self.scored:
            top = _choices()["top", self.top]
            usual = _(
                "Of scores from 1 to 5, {top} count as superior; the two highest of five is the usual count."
            )
            said.append(usual.format(top=top))
        if self.empty:
            said.append(
                ngettext(
                    "{n} row without an answer was left out.",
                    "{n} rows without an answer were left out.",
                    self.empty,
                ).format(n=language.number(self.empty))
            )
        return " ".join([*said, *(evidence.get(id).caveat for id in HANDBOOK.values())])

    def plot(self) -> go.Figure:
        """Two bars with the bracket between them, and the handbook's beside them."""
        return pictures.bars(self.table, self.gap, {role: evidence.get(id) for role, id in HANDBOOK.items()})

    def findings(self) -> list[Finding]:
        """The gap, or what is missing to see it."""
        if self.gap is None:
            headline = _("Company and customers have not both been asked yet what they think of the service.")
            return [Finding(CHAPTER, headline, enough=estimates.needed())]
        if not self.gap.excludes_zero:
            headline = _("Whether company and customers think differently of the service cannot be told yet.")
            return [Finding(CHAPTER, headline, enough=estimates.needed())]
        headline, action = _high() if self.gap.value > 0 else _modest()
        return [Finding(CHAPTER, headline, self.gap, None, action)]


def _high() -> tuple[str, str]:
    return (
        _("We think better of our service than our customers do."),
        _("Show everybody both bars; then look below at where customers get less than they expect."),
    )


def _modest() -> tuple[str, str]:
    return (
        _("Our customers think better of our service than we do."),
        _("Ask customers what they value so; say it in your manifesto and keep doing it."),
    )


def _handbook_gap() -> float:
    return evidence.get(HANDBOOK["company"]).value - evidence.get(HANDBOOK["customer"]).value
