"""What sets each persona apart?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import estimates, language
from csworkbook.estimates import LEVEL, SMALL
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.personas import feature_words, grouping
from csworkbook.personas.likeness import drawn
from csworkbook.personas.likeness import words as likeness_words
from csworkbook.personas.likeness.differences import left_out, strongest_first
from csworkbook.purchases import left_out_said
from csworkbook.results import Result, Vocabulary, question

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from csworkbook.personas.rows import Frame
    from csworkbook.personas.saved import Saved

CLEAR = 0.2  # spreads; Cohen (1988) calls that a small difference, and less is not worth telling
_DOUBLE = ("margin", "days_known")  # say what spent and days_since say
_ROWS = 16  # in the picture


@question(mark("What sets each persona apart?"), labels=likeness_words.labels)
def apart(
    orders: Frame,
    order_lines: Frame | None = None,
    contacts: Frame | None = None,
    returns: Frame | None = None,
    *,
    personas: Saved | None = None,
    margin: float = 0.35,
    currency: str = "EUR",
    zone: str = "Europe/Amsterdam",
) -> Apart:
    """How far the customers of each persona lie from all others, feature by feature.

    The distance is the difference of the means in standard deviations within the two groups (Hedges' g, with
    its large-sample interval), of logarithms for amounts, counts and minutes, so that a few large buyers do not
    make it. Tested by Welch's t, corrected by Holm over all personas and features.

    Parameters
    ----------
    personas : Saved, optional
        The personas that were saved; without, they are found.

    Returns
    -------
    Apart
        table: persona (1..k), name, feature, column, mean, other_mean (as people read them: money, shares 0–1,
        counts), n, other_n (customers of whom it is known), apart, apart_low, apart_high (standard deviations), p
        (corrected), used (whether it made the personas); of each persona the three farthest that are clear, then
        three more of each, and so on.

    Raises
    ------
    DataError
        When there are no personas.
    """
    options = {"personas": personas, "margin": margin, "currency": currency, "zone": zone}
    found = grouping.found(orders, order_lines, contacts, returns, **options)
    values = found.features.table.drop(columns=[c for c in _DOUBLE if c in found.features.table])
    table = distances(values.loc[:, values.nunique() > 1], found.labels)
    table = table.assign(
        name=[found.names[persona - 1] for persona in table["persona"]],
        feature=[feature_words.name(column) for column in table["column"]],
        used=table["column"].isin(found.features.scaled.columns),
    )
    table = strongest_first(table, _clear(table) & ~_follows(table), table["apart"].abs())
    return Apart(table, currency, list(found.names), left_out(found))


def _clear(table: pd.DataFrame) -> pd.Series:
    """Which rows surely differ, by enough to be worth telling."""
    return (table["apart"].abs() >= CLEAR) & (table["p"] < 1 - LEVEL) & (table["n"] >= SMALL)


def _follows(table: pd.DataFrame) -> pd.Series:
    """Which rows only follow from others: less of one category where there is more of another."""
    return table["column"].str.contains(": ", regex=False) & (table["apart"] < 0)


def distances(values: pd.DataFrame, labels: pd.Series) -> pd.DataFrame:
    """Standardised differences of each group from all others.

    Parameters
    ----------
    values : DataFrame
        One row per customer, the features as people read them; NaN = not known.
    labels : Series
        customer_id → group.

    Returns
    -------
    DataFrame
        persona, column, mean, other_mean, n, other_n, apart, apart_low, apart_high, p; a feature that does not
        vary, or of which fewer than two on either side are known, has NaN.

    >>> values = pd.DataFrame({"discount": [0.0, 1, 0, 1, 1, 1]}, list("abcdef"))
    >>> found = distances(values, pd.Series([1, 1, 1, 2, 2, 2], list("abcdef")))
    >>> found[["mean", "other_mean", "apart"]].round(3).values.tolist()
    [[0.333, 1.0, -1.306], [1.0, 0.333, 1.306]]
    """
    group = labels.reindex(values.index)
    values, group = values[group.notna()], group.dropna().astype(int)
    plain, measured = _Moments.of(values, group), _Moments.of(_measured(values), group)
    others = plain.others()
    cells = {
        "mean": plain.mean,
        "other_mean": others.mean,
        "n": plain.n,
        "other_n": others.n,
        **_compared(measured, measured.others()),
    }
    index = pd.MultiIndex.from_product([sorted(group.unique()), values.columns], names=["persona", "column"])
    table = pd.DataFrame({name: cell.ravel() for name, cell in cells.items()}, index).reset_index()
    table = table.astype({"n": int, "other_n": int})
    table["p"] = estimates.adjust(table["p"])
    far = table["apart"].abs().fillna(-1)
    order = np.lexsort([table["column"], -far, table["persona"]])
    return table.iloc[order].reset_index(drop=True)


def _measured(values: pd.DataFrame) -> pd.DataFrame:
    """Logarithms of what is not a share, since amounts and counts have long tails."""
    skewed = [column for column in values if feature_words.kind(column) != "share"]
    return values.astype(float).assign(
        **{column: np.log1p(values[column].clip(lower=0)) for column in skewed}
    )


@dataclass(frozen=True)
class _Moments:
    """Per group (rows) and feature (columns): how many are known, their sum and sum of squares about `middle`."""

    n: np.ndarray
    sums: np.ndarray
    squares: np.ndarray
    middle: np.ndarray

    @classmethod
    def of(cls, values: pd.DataFrame, group: pd.Series) -> _Moments:
        middle = values.mean()
        centred = (values - middle).fillna(0.0)
        parts = (values.notna(), centred, centred**2)
        return cls(*(part.groupby(group).sum().to_numpy(float) for part in parts), middle.to_numpy(float))

    def others(self) -> _Moments:
        """Of every group all customers but its own."""
        parts = (one.sum(axis=0) - one for one in (self.n, self.sums, self.squares))
        return _Moments(*parts, self.middle)

    @property
    def mean(self) -> np.ndarray:
        return self.middle + self.sums / np.where(self.n > 0, self.n, np.nan)

    @property
    def deviation(self) -> np.ndarray:
        """The standard deviation; 0 where only rounding is left."""
        with np.errstate(all="ignore"):
            variance = ((self.squares - self.sums**2 / self.n) / (self.n - 1)).clip(0)
        return np.sqrt(np.where(variance < 1e-12 * self.squares, 0.0, variance))


def _compared(mine: _Moments, others: _Moments) -> dict[str, np.ndarray]:
    """Hedges' g with its interval, and Welch's p; NaN where either side has fewer than two or nothing varies."""
    from scipy.stats import norm, ttest_ind_from_stats
    from statsmodels.stats.meta_analysis import effectsize_smd

    sides = (mine.mean, mine.deviation, mine.n, others.mean, others.deviation, others.n)
    with np.errstate(all="ignore"):
        g, variance = effectsize_smd(*sides)
        p = ttest_ind_from_stats(*sides, equal_var=False).pvalue
    can = (mine.n > 1) & (others.n > 1) & np.isfinite(g)
    g, p, variance = (np.where(can, one, np.nan) for one in (g, p, variance))
    half = norm.ppf((1 + LEVEL) / 2) * np.sqrt(variance)
    return {"apart": g, "apart_low": g - half, "apart_high": g + half, "p": p}


@dataclass(frozen=True)
class Apart(Result):
    """How far each persona lies from the others, feature by feature."""

    currency: str = "EUR"
    names: list[str] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    shown: ClassVar[tuple[str, ...]] = (
        "name",
        "feature",
        "mean",
        "other_mean",
        "apart",
        "apart_low",
        "apart_high",
        "p",
        "n",
        "used",
    )
    spare: ClassVar[tuple[str, ...]] = ("apart_low", "apart_high", "p", "n", "used")
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=likeness_words.heads, words=likeness_words.words, kinds=likeness_words.KINDS
    )

    @property
    def clear(self) -> pd.DataFrame:
        """The rows that surely differ, by enough to be worth telling, the farthest of each persona first."""
        return self.table[_clear(self.table)]

    def of(self, persona: int, most: int = 3) -> pd.DataFrame:
        """What sets one persona apart most; that it buys less of something only follows from buying more of another."""
        rows = self.clear[self.clear["persona"] == persona]
        return rows[~_follows(rows)].head(most)

    def said(self, rows: pd.DataFrame) -> list[str]:
        """Rows in words: "orders in December: 45% against 12%"."""
        each = _("{what}: {mean} against {other}")
        return [
            each.format(
                what=row.feature,
                mean=feature_words.value(row.column, row.mean, self.currency),
                other=feature_words.value(row.column, row.other_mean, self.currency),
            )
            for row in rows.itertuples()
        ]

    @property
    def text(self) -> str:
        """Of each persona what sets it apart most."""
        first = self.clear.drop_duplicates("persona")
        if first.empty:
            return _("Nothing sets these personas apart by enough to be worth telling.")
        farthest = first.loc[first["apart"].abs().idxmax()]
        said = _("“{name}” stands apart most: {what}, the mean of its customers against that of all others.")
        one = said.format(name=farthest["name"], what=self.said(first.loc[[farthest.name]])[0])
        rest = first[first["persona"] != farthest["persona"]]
        if rest.empty:
            return one
        each = [
            _("“{name}” {what}").format(name=name, what=what)
            for name, what in zip(rest["name"], self.said(rest), strict=True)
        ]
        return f"{one} " + _("Of the other personas: {list}.").format(list=language.join(each))

    @property
    def method(self) -> str:
        """How it was measured, and what it does not say."""
        n = int(self.table["p"].notna().sum())
        said = _(
            "Means per customer, each persona beside all others. How far apart: the difference in standard deviations "
            "within the two (Hedges' g; amounts, counts and minutes as logarithms), with its 95% interval; p by Welch's "
            "t, corrected by Holm for {n} comparisons; told from {least} on. Personas are made of most of these "
            "features (“made the personas”), so that they differ in them is no surprise and p says little there; it counts for "
            "the others."
        ).format(n=language.number(n), least=language.number(CLEAR, 1))
        return " ".join(filter(None, (said, left_out_said(self.left_out))))

    def cells(self) -> list[list[str]]:
        """The shown cells as people read them, means in the unit of their feature."""
        rows = self.table[["column", *self.columns]].itertuples(index=False)
        return [
            [self._cell(row[0], c, v) for c, v in zip(self.columns, row[1:], strict=True)] for row in rows
        ]

    def _cell(self, feature: str, column: str, value: object) -> str:
        if column in ("mean", "other_mean"):
            return feature_words.value(feature, value, self.currency)
        return self.cell(column, value)

    def plot(self) -> go.Figure:
        """Features × personas: orange lies above the others, blue below; in the cell the persona's mean."""
        table = self.table.assign(
            note=[feature_words.value(c, v, self.currency) for c, v in self.table[["column", "mean"]].values],
            hover=[self._hover(row) for row in self.table.itertuples()],
        )
        far = table.groupby("feature")["apart"].agg(lambda values: values.abs().max())
        features = list(far.dropna().sort_values(ascending=False, kind="stable").index[:_ROWS])

        def spread(column: str) -> pd.DataFrame:
            wide = table.pivot(index="feature", columns="persona", values=column)
            return wide.reindex(features, columns=range(1, len(self.names) + 1)).set_axis(self.names, axis=1)

        return drawn.field(spread("apart"), spread("note"), spread("hover"), full=2.0)

    def _hover(self, row: object) -> str:
        return _("{mean}, the others {other}; apart {apart} ({low} to {high}); {n} customers").format(
            mean=feature_words.value(row.column, row.mean, self.currency),
            other=feature_words.value(row.column, row.other_mean, self.currency),
            apart=language.number(row.apart, 2),
            low=language.number(row.apart_low, 2),
            high=language.number(row.apart_high, 2),
            n=language.number(row.n),
        )

    def findings(self) -> list[Finding]:
        """None: what to do about a difference is told where it is used (rules, questions, habits)."""
        return []
