"""What matters most to our customers, do we think, and what do they say?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from csworkbook import dimensions, estimates, language
from csworkbook.estimates import SMALL, Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import mark, ngettext
from csworkbook.results import Result, Vocabulary, question
from csworkbook.workshop import middle
from csworkbook.workshop.sessions import ROUNDS, guesses, latest
from csworkbook.workshop.superior import CHAPTER

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from csworkbook.shop import Shop
    from csworkbook.store import Store

NAMES = list(dimensions.NAMES)


@question(mark("What matters most to our customers?"))
def weights(shop: Shop, *, session: str = "", store: Store | None = None) -> Weights:
    """The points a workshop divided over the five dimensions beside those of customers.

    Parameters
    ----------
    shop : Shop
        Whose customers are meant (table service_survey with weights, if it is there).
    session, store
        As `superior.superior`.

    Returns
    -------
    Weights
        table: dimension, before, after (mean points guessed), customers (mean points), low, high
        (t interval of the customers' mean), n (customers), gap (latest guess minus customers).
        Columns nobody filled are left out.

    Raises
    ------
    SettingError
        When nothing was revealed yet.
    """
    kept = shop.store if store is None else store
    said = guesses(kept, session or latest(kept).id)
    return compare(said, shop.service_survey, service_items=shop.settings.service_items)


def compare(
    guesses: pd.DataFrame,
    service_survey: pd.DataFrame | None,
    *,
    service_items: Mapping[str, str] | None = None,
) -> Weights:
    """The same from a frame as `sessions.guesses` gives it and the table service_survey."""
    import pandas as pd

    said = guesses[guesses[NAMES].notna().all(axis=1)]
    table = pd.DataFrame({"dimension": NAMES})
    for one, part in middle.rounds(said):
        table[one] = part[NAMES].mean().to_numpy()
    found = _divided(service_survey, service_items)
    theirs = _means(found)
    if theirs:
        for column in ("value", "low", "high", "n"):
            name = "customers" if column == "value" else column
            table[name] = [getattr(theirs[one], column) for one in NAMES]
        if len(said):
            table["gap"] = table[middle.last(said)] - table["customers"]
    others = found is None and _weighed(service_survey) is not None
    return Weights(table, said, theirs, others, found)


def customers(
    service_survey: pd.DataFrame | None, service_items: Mapping[str, str] | None = None
) -> dict[str, Estimate]:
    """The mean points customers gave each dimension; empty where they were not asked, or about other ones.

    Each customer counts once, with points that sum to 100 (`dimensions.points`).
    """
    return _means(_divided(service_survey, service_items))


def _divided(
    service_survey: pd.DataFrame | None, service_items: Mapping[str, str] | None
) -> dimensions.Points | None:
    """How customers divided their points over the five; None where nobody did, or over other dimensions."""
    mine = _weighed(service_survey)
    if mine is None:
        return None
    belongs = dimensions.of_items(service_items)
    items = [item for item in belongs if (mine["item"] == item).any()]
    if {belongs[item] for item in items} != set(NAMES):
        return None
    once = mine.dropna(subset=["respondent_id"]).drop_duplicates(["respondent_id", "item"], keep="last")
    wide = once.pivot(index="respondent_id", columns="item", values="weight").reindex(columns=items)
    places = [[at for at, item in enumerate(items) if belongs[item] == name] for name in NAMES]
    return dimensions.points(wide.to_numpy(dtype=float, na_value=float("nan")), places)


def _means(found: dimensions.Points | None) -> dict[str, Estimate]:
    """The mean points of each dimension with their intervals; empty without points of use."""
    if found is None or found.each.size == 0 or (found.each != found.each).all():
        return {}
    columns = zip(NAMES, found.each.T, strict=True)
    return {name: _within(estimates.mean(column, "points of 100")) for name, column in columns}


def _weighed(service_survey: pd.DataFrame | None) -> pd.DataFrame | None:
    """The rows of customers, when any of them divided points; None where nobody did."""
    if service_survey is None or "weight" not in service_survey:
        return None
    mine = service_survey[(service_survey["role"] == "customer").to_numpy(dtype=bool, na_value=False)]
    return mine if mine["weight"].notna().any() else None


def _within(mean: Estimate) -> Estimate:
    """A mean of points with its interval kept between 0 and 100."""
    return Estimate(mean.value, max(mean.low, 0.0), min(mean.high, 100.0), mean.n, mean.unit)


def _heads() -> dict[str, str]:
    return {
        "dimension": _("Dimension"),
        "before": _("We guessed (points)"),
        "after": _("Second time (points)"),
        "customers": _("Customers (points)"),
        "gap": _("We minus customers"),
    }


_KINDS = dict.fromkeys(("before", "after", "customers", "low", "high", "gap"), "number")


@dataclass(frozen=True)
class Weights(Result):
    """Points guessed beside customers' points; `guesses` holds the single ones.

    `others` says that customers divided points over other dimensions than these five; `points` is how
    each customer divided his.
    """

    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=_heads, words=dimensions.said, kinds=_KINDS, wordy=("dimension",)
    )
    guesses: pd.DataFrame
    customers: dict[str, Estimate]
    others: bool = False
    points: dimensions.Points | None = None

    @property
    def _misjudged(self) -> pd.Series | None:
        """The dimension whose guess lies farthest outside the customers' interval, or None."""
        if "gap" not in self.table or self.table["n"].min() < SMALL:
            return None
        said = self.table[middle.last(self.guesses)]
        off = (self.table["low"] - said).clip(lower=0) + (said - self.table["high"]).clip(lower=0)
        return self.table.loc[off.idxmax()] if off.max() > 0 else None

    @property
    def text(self) -> str:
        """What we put first, what customers put first, where we are farthest off, what moved."""
        if self.guesses.empty:
            return _("Nobody divided the points.")
        parts = [self._first(), self._theirs()]
        if {"before", "after"} <= set(self.table.columns):
            parts.append(self._moved())
        return " ".join(parts)

    def _first(self) -> str:
        shown, n = middle.last(self.guesses), len(next(iter(self._round("before", "after"))))
        top = self.table.loc[self.table[shown].idxmax()]
        said = ngettext(
            "One of us divided the points, and put {dimension} first ({points}).",
            "The {n} of us put {dimension} first ({points} of 100 points on average).",
            n,
        )
        return said.format(n=language.number(n), **_in_words(top, shown))

    def _round(self, *names: str) -> list[pd.DataFrame]:
        """The guesses of the latest of these rounds that holds any."""
        found = [self.guesses[self.guesses["round"] == one] for one in reversed(names)]
        return [part for part in found if len(part)]

    def _theirs(self) -> str:
        if self.others:
            return _("The service survey asks customers about other dimensions, so they cannot be compared.")
        if not self.customers:
            return _("What matters to customers is not known yet: ask them in the service survey.")
        top = self.table.loc[self.table["customers"].idxmax()]
        said = _("Customers put {dimension} first ({points} points, n = {n}).").format(
            n=language.number(top["n"]), **_in_words(top, "customers")
        )
        off = self._misjudged
        if off is None:
            return f"{said} {self._no_gap()}"
        more = (
            _("We make {dimension} too heavy, by {points} points.")
            if off["gap"] > 0
            else _("We make {dimension} too light, by {points} points.")
        )
        name, points = str(self.vocabulary.word(off["dimension"])), language.number(abs(off["gap"]))
        return f"{said} {more.format(dimension=name, points=points)}"

    def _no_gap(self) -> str:
        if self.table["n"].min() < SMALL:
            return _("That is few customers: {n} would tell more.").format(n=language.number(SMALL))
        return _("Our guesses lie within what customers say.")

    def _moved(self) -> str:
        shift = self.table["after"].round() - self.table["before"].round()
        top = self.table.loc[shift.abs().idxmax()]
        points = shift[top.name]
        if points == 0:
            return _("The second time nothing moved by a point.")
        said = _("The second time {dimension} went from {before} to {after} points.")
        words = {name: language.number(top[name]) for name in ROUNDS}
        return said.format(dimension=self.vocabulary.word(top["dimension"]), **words)

    @property
    def method(self) -> str:
        """Whose mean it is, the intervals, and points that did not add up to 100."""
        said = _(
            "Everybody divided 100 points. Shown are means, which add up to 100; dots are single guesses. Customers: "
            "their points in the service survey, each customer once, with a 95% interval (t)."
        )
        more = dimensions.about_points(self.points.scaled, self.points.pointless) if self.points else ""
        return f"{said} {more}".strip()

    def plot(self) -> go.Figure:
        """Guesses as dots per dimension, customers' means with their intervals."""
        from csworkbook.workshop.pictures import per_dimension

        return per_dimension(self.guesses, self.customers)

    def findings(self) -> list[Finding]:
        """The dimension we misjudge most, where that is sure."""
        off = self._misjudged if len(self.guesses) else None
        if off is None:
            return []
        theirs = self.customers[off["dimension"]]
        said, name = off[middle.last(self.guesses)], self.vocabulary.word(off["dimension"])
        low, high = (said - theirs.high) / 100, (said - theirs.low) / 100
        gap = Estimate(off["gap"] / 100, low, high, theirs.n, "points")
        if gap.value < 0:
            headline = _("Customers find this more important than we think: {dimension}.")
            advice = _("Look at its items in the survey first when you choose what to improve.")
        else:
            headline = _("Customers find this less important than we think: {dimension}.")
            advice = _("Do not put more effort into it before what customers find more important is right.")
        return [Finding(CHAPTER, headline.format(dimension=name), gap, None, advice)]


def _in_words(row: pd.Series, column: str) -> dict[str, str]:
    name = Weights.vocabulary.word(row["dimension"])
    return {"dimension": str(name), "points": language.number(row[column])}
