"""Which of the four myths about service hold here?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import estimates, language
from csworkbook.errors import DataError
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.naming import table_name
from csworkbook.results import Result, Vocabulary, question
from csworkbook.service_gap.myths import pictures
from csworkbook.service_gap.myths.exceeding import exceeding
from csworkbook.service_gap.myths.leaving import leaving
from csworkbook.service_gap.myths.satisfaction import satisfaction
from csworkbook.service_gap.myths.service import service_result
from csworkbook.service_gap.myths.verdicts import (
    CHAPTER,
    MYTHS,
    NOTHING,
    VOCABULARY,
    Tested,
    headline,
    heads,
    wait,
)

if TYPE_CHECKING:
    import plotly.graph_objects as go

_LEVEL = 1 - estimates.LEVEL
_VOCABULARY = replace(
    VOCABULARY,
    heads=lambda: {**heads(), "value": _("Estimate")},
    kinds={"value": "score", "low": "score", "high": "score"},
)


def _labels() -> dict[str, str]:
    return {"within": _("Buys again within")}


@question(mark("Which of the four myths about service hold here?"), labels=_labels)
def myths(
    orders: pd.DataFrame,
    contacts: pd.DataFrame | None = None,
    effort_survey: pd.DataFrame | None = None,
    channel_costs: pd.DataFrame | None = None,
    *,
    within: str = "180D",
    margin: float = 0.35,
    hourly_cost: float = 32.0,
    currency: str = "EUR",
    seed: int = 0,
) -> Myths:
    """The four myths of the handbook (1.3), each tested on the shop's own data.

    "Supported" means: the shop's own data support the myth itself (and so speak against the handbook).
    The four are tested by `satisfaction`, `exceeding`, `leaving` and `service_result` with their usual
    settings; the p-values are corrected for four looks (Holm), and a verdict stands when its p is then
    below .05.

    Parameters
    ----------
    within : str
        A pandas duration: the window for buying again, for leaving and for loyalty.
    margin, hourly_cost : float
        Share of revenue (0–1), money per hour; for the fourth.

    Returns
    -------
    Myths
        table: myth, said, value, low, high, unit (correlation, points, times or money), n, p (Holm), verdict
        (supported, not supported, not enough data). `tests` are the four results by name, where they
        could be made.

    >>> from csworkbook.shop import open_shop
    >>> open_shop().call(myths).table["verdict"][0]
    'not supported'
    """
    window, terms = {"within": within}, {"margin": margin, "hourly_cost": hourly_cost, "currency": currency}
    asked: dict[str, tuple[Callable, bool, dict]] = {
        "satisfaction": (lambda **more: satisfaction(orders, contacts, effort_survey, **more), False, {**window, "seed": seed}),
        "exceeding": (lambda **more: exceeding(orders, contacts, effort_survey, **more), False, window),
        "leaving": (lambda **more: leaving(contacts, orders, **more), True, window),
        "service_result": (
            lambda **more: service_result(contacts, orders, channel_costs, **more), True, {**terms, "seed": seed}
        ),
    }  # fmt: skip
    tests, lacks = {}, {}
    for name, (test, needs, options) in asked.items():
        try:
            if needs and contacts is None:
                raise DataError(_("This needs the table “{table}”.").format(table=table_name("contacts")))
            tests[name] = test(**options)
        except DataError as error:
            lacks[name] = error.what
    return Myths(_table(tests, lacks, currency), tests, currency)


def _table(tests: dict[str, Tested], lacks: dict[str, str], currency: str) -> pd.DataFrame:
    rows = [_row(name, tests.get(name), lacks.get(name, "")) for name in MYTHS]
    table = pd.DataFrame(rows)
    table["p"] = estimates.adjust(table["p"])
    table["verdict"] = np.where(table["p"] < _LEVEL, table["verdict"], "not enough data")
    return table[["myth", "said", "value", "low", "high", "unit", "n", "p", "verdict"]]


def _row(name: str, test: Tested | None, lack: str) -> dict[str, object]:
    nothing = {"value": np.nan, "low": np.nan, "high": np.nan, "unit": "", "n": 0}
    if test is None:
        return {"myth": name, "said": lack, **nothing, "p": np.nan, "verdict": "not enough data"}
    one = test.estimate
    known = (
        nothing
        if np.isnan(one.value)
        else {k: getattr(one, k) for k in ("value", "low", "high", "unit", "n")}
    )
    return {"myth": name, "said": test.headline, **known, "p": test.sides.p, "verdict": test.verdict}


@dataclass(frozen=True)
class Myths(Result):
    """The verdicts on the four myths."""

    tests: dict[str, Tested] = field(default_factory=dict)
    currency: str = "EUR"
    vocabulary: ClassVar[Vocabulary] = _VOCABULARY
    shown: ClassVar[tuple[str, ...]] = ("myth", "said", "value", "low", "high", "n", "p", "verdict")

    def cells(self) -> list[list[str]]:
        """The shown cells as people read them: every estimate in its own unit."""
        rows = super().cells()
        for row, told, said in zip(rows, self.table.to_dict("records"), self._told(), strict=True):
            row[1] = said
            row[2:5] = [_said(told[name], told["unit"], self.currency) for name in ("value", "low", "high")]
        return rows

    def _told(self) -> list[str]:
        """What the data say of each myth, in the language spoken now (what is lacking stays as it was said)."""
        return [
            self.tests[row.myth].headline if row.myth in self.tests else row.said
            for row in self.table.itertuples()
        ]

    def sheet(self) -> pd.DataFrame:
        """The table for a spreadsheet: numbers as numbers, with their unit in a column of its own."""
        units = {
            "": "–",
            "correlation": _("correlation"),
            "points": _("share, 0–1"),
            "times": _("times"),
            "money": self.currency,
        }
        sheet = super().sheet().assign(**{_("Unit"): [units[unit] for unit in self.table["unit"]]})
        return sheet.assign(**{self.vocabulary.head("said"): self._told()})

    def kinds(self) -> dict[str, str]:
        """How each head's cells are written in a spreadsheet."""
        return {**super().kinds(), _("Unit"): ""}

    def by_verdict(self, verdict: str) -> list[str]:
        """The myths with this verdict, as people say them, between quotation marks."""
        names = self.table.loc[self.table["verdict"] == verdict, "myth"]
        return [_("“{myth}”").format(myth=self.vocabulary.word(name)) for name in names]

    @property
    def text(self) -> str:
        """How many myths the data support, which they speak against, for which there are too few."""
        for_it, against, unknown = map(self.by_verdict, ("supported", "not supported", "not enough data"))
        if len(unknown) == len(self.table):
            return _("There is not enough data yet for a verdict on any of the four myths.")
        count = _("Your own data support {n} of the four myths about service.").format(n=len(for_it))
        parts = [count]
        if for_it:
            parts.append(_("Supported, against the handbook: {list}.").format(list=language.join(for_it)))
        if against:
            parts.append(_("Not supported: {list}.").format(list=language.join(against)))
        if unknown:
            parts.append(_("Not enough data: {list}.").format(list=language.join(unknown)))
        return " ".join(parts)

    @property
    def method(self) -> str:
        """What a verdict means, and what each test is."""
        return _(
            "The verdict is about the myth itself: “supported” = your own data side with the myth, “not supported” = they "
            "speak against it; everything else is “not enough data”. Each of the four is worked out, with its definitions, in "
            "a panel of its own. p corrected for four looks (Holm). What goes together need not be cause and effect."
        )

    def plot(self) -> go.Figure:
        """The four under each other: against the myth to the left, for it to the right."""
        rows = [
            {
                "myth": str(self.vocabulary.word(row.myth)),
                "sides": self.tests[row.myth].sides if row.myth in self.tests else NOTHING,
                "verdict": row.verdict,
                "judged": str(self.vocabulary.word(row.verdict)),
                "said": said,
            }
            for row, said in zip(self.table.itertuples(), self._told(), strict=True)
        ]
        return pictures.board(rows)

    def findings(self) -> list[Finding]:
        """One finding a myth; where the verdict does not stand among four, or there is none, what would do."""
        verdicts = dict(zip(self.table["myth"], self.table["verdict"], strict=True))
        found = []
        for name, verdict in verdicts.items():
            test = self.tests.get(name)
            if test is not None and verdict == test.verdict:
                found += test.findings()
            else:
                enough = None if test is None else test.enough
                found.append(
                    Finding(CHAPTER, headline(name, "not enough data"), action=wait(), enough=enough)
                )
        return found


def _said(value: float, unit: str, currency: str) -> str:
    """A number of the table in its own unit."""
    if not np.isfinite(value):
        return "–"
    if unit == "money":
        return language.money(estimates.rough(value), currency)
    if unit == "points":
        return _("{points} points").format(points=language.number(value * 100, 1))
    if unit == "times":
        return _("{times} times").format(times=language.number(value, 2))
    return language.number(value, 2)
