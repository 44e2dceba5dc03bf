"""What matters to customers and falls short: where should we begin?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import language
from csworkbook.errors import DataError, SettingError
from csworkbook.estimates import SMALL, Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.results import Result, Vocabulary, question
from csworkbook.service_gap import pictures, resample
from csworkbook.service_gap.answers import CHAPTER, SCORED, Answers, answers, left_out, score
from csworkbook.service_gap.draws import Drawn, drawn
from csworkbook.service_gap.items import item_set
from csworkbook.service_gap.servqual import action, method, nothing

if TYPE_CHECKING:
    import plotly.graph_objects as go

_LEVELS = ("dimension", "item")
_QUADRANTS = np.array(["first", "keep", "later", "enough"])
_SAME = 1e-4  # means of draws are worked out in 32 bits
CERTAIN = 0.95  # a row that falls in its quadrant this often is there for sure


def _labels() -> dict[str, str]:
    return {"level": _("Show")}


def _choices() -> dict[tuple[str, object], str]:
    return {("level", "dimension"): _("dimensions"), ("level", "item"): _("statements")}


@question(mark("What is important and falls short?"), labels=_labels, choices=_choices)
def priorities(
    service_survey: pd.DataFrame,
    *,
    level: str = "dimension",
    service_items: Mapping[str, str] | None = None,
    service_texts: Mapping[str, str] | None = None,
    draws: int = resample.DRAWS,
    seed: int = 0,
) -> Priorities:
    """Importance against gap, in four fields (importance-performance analysis, Martilla & James 1977).

    Importance is the points of 100 customers gave (an item has its dimension's, shared evenly), or the
    expectation where nobody gave points. The lines that part the fields stand at the means.

    Parameters
    ----------
    level : {"dimension", "item"}
    service_survey, service_items, service_texts, draws : see `servqual`.

    Returns
    -------
    Priorities
        table: rank, dimension (or item, text, dimension), importance, gap, low, high, quadrant (first: important
        and short; keep: important and good; later: short, less important; enough: neither), sure (share
        of the draws in that field, 0–1), n. Where only perceptions were asked, gap is the score.

    Raises
    ------
    DataError
        When what customers get was not asked.
    SettingError
        When `level` is something else.
    """
    if level not in _LEVELS:
        raise SettingError(
            _("“{value}” cannot be chosen here.").format(value=level),
            allowed=_("Possible: {columns}.").format(columns=language.join(list(_LEVELS))),
        )
    asked = answers(service_survey, item_set(service_items, service_texts))
    found = drawn(asked, draws, seed)
    _require(asked, _pointed(found))
    importance, scores = _plane(found, level)
    field, cross = _fields(importance, scores)
    low, high = found.limits(scores, found.by_item if level == "item" else found.by_dimension)
    table = _names(asked, level).assign(
        importance=importance[0],
        gap=scores[0],
        low=low,
        high=high,
        quadrant=_QUADRANTS[field[0]],
        sure=(field[1:] == field[0]).mean(axis=0) if draws and len(field) > 1 else np.nan,
    )
    table = table.iloc[_order(importance[0], scores[0], found.gaps)]
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    return Priorities(table.reset_index(drop=True), asked, level, cross, _pointed(found))


def _require(asked: Answers, pointed: bool) -> None:
    """Raise a DataError when the survey lacks what customers get, or what is important to them."""
    if asked.mode == "expectation":
        raise DataError(
            _("This survey does not say what customers get, only what they expect."),
            next_step=_("Ask the same statements about your own shop; the questionnaire below does."),
        )
    if asked.mode == "perception" and not pointed:
        raise DataError(
            _("This survey does not say what is important to customers."),
            allowed=_("Their expectations, or 100 points divided over the dimensions."),
            next_step=_("Use the questionnaire below, which asks both."),
        )


def _pointed(found: Drawn) -> bool:
    """Whether anybody divided points, so that every dimension has some."""
    return found.points.shape[1] > 0 and bool(np.isfinite(found.points[0]).all())


def _order(importance: np.ndarray, scores: np.ndarray, gaps: bool) -> np.ndarray:
    """Rows by importance × how far they stay below what is expected, or below the best where that is more."""
    below = scores - np.nanmax(scores, initial=0.0 if gaps else 1.0)
    return np.argsort(np.nan_to_num(importance * below, nan=np.inf), kind="stable")


def _names(asked: Answers, level: str) -> pd.DataFrame:
    if level == "dimension":
        return pd.DataFrame({"dimension": list(asked.items.dimensions), "n": asked.answered()})
    items = list(asked.items.dimension)
    n = (~np.isnan(asked.perception)).sum(axis=0)
    columns = {"item": items, "text": [asked.items.label(item) for item in items]}
    return pd.DataFrame({**columns, "dimension": list(asked.items.dimension.values()), "n": n})


def _plane(found: Drawn, level: str) -> tuple[np.ndarray, np.ndarray]:
    """Importance and score of every row, in the survey and in every draw."""
    asked = found.asked
    given = _pointed(found)
    if level == "dimension":
        return found.points if given else asked.by_dimension(found.expectation), found.dimensions
    if not given:
        return found.expectation, found.scores
    shared = np.empty_like(found.scores)
    for column, place in enumerate(asked.places):
        shared[:, place] = found.points[:, [column]] / len(place)
    return shared, found.scores


def _fields(importance: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, tuple[float, float]]:
    """Which of the four fields every row falls in, per draw, and where the lines stand."""
    middle, level = (resample.mean_of(values)[:, None] for values in (importance, scores))
    important = np.nan_to_num(importance - middle) > _SAME
    short = np.nan_to_num(scores - level) < -_SAME
    return np.where(important, np.where(short, 0, 1), np.where(short, 2, 3)), (
        float(middle[0, 0]),
        float(level[0, 0]),
    )


@dataclass(frozen=True)
class Priorities(Result):
    """The rows by what is lost on them; `cross` is where the two lines stand."""

    asked: Answers
    level: str = "dimension"
    cross: tuple[float, float] = (0.0, 0.0)
    pointed: bool = False
    vocabulary: ClassVar[Vocabulary] = SCORED

    @property
    def _first(self) -> pd.DataFrame:
        """What to begin with, of the rows that enough people answered; of all when none was."""
        many = self.table[self.table["n"] >= SMALL]
        rows = self.table if many.empty else many
        return rows[rows["quadrant"] == "first"]

    @property
    def _alike(self) -> bool:
        """Whether everything is as important as the rest."""
        known = self.table["importance"].dropna()
        return len(known) > 1 and bool(np.ptp(known) < _SAME)

    def _name(self, row: pd.Series) -> str:
        return str(row["text"]) if self.level == "item" else str(SCORED.word(row["dimension"]))

    @property
    def text(self) -> str:
        """What to begin with, how sure that is, what importance is."""
        if self.table.empty or self.table["gap"].isna().all():
            return " ".join([nothing(), left_out(self.asked)]).strip()
        said = [self._begin(), self._certain(), self._important(), left_out(self.asked)]
        return " ".join(one for one in said if one)

    def _begin(self) -> str:
        if self._alike:
            return _(
                "Everything is equally important to customers, so no part comes first by its importance."
            )
        if self._first.empty:
            return _("Nothing stands out: no part is both more important and further behind than average.")
        row = self._first.iloc[0]
        frame = _frame(self.asked.mode, self.pointed, row["gap"])
        importance = language.number(row["importance"], 1)
        return frame.format(name=self._name(row), importance=importance, gap=score(row["gap"]))

    def _certain(self) -> str:
        if self.table["n"].max() < SMALL:
            return _("That is few answers: read it as a start of a conversation, not as a measurement.")
        if self._first.empty:
            return ""
        sure = self._first["sure"].iloc[0]
        if sure >= CERTAIN:
            return _(
                "Other customers would have put it there too: it stands there in {sure} of the samples drawn."
            ).format(sure=language.percent(sure))
        return _("That is not sure yet: it stands there in {sure} of the samples drawn.").format(
            sure=language.percent(sure)
        )

    def _important(self) -> str:
        if self.pointed:
            return ""
        return _("Nobody divided points, so importance is what customers expect.")

    @property
    def method(self) -> str:
        """How the fields are made."""
        return (
            method(self.asked)
            + " "
            + _(
                "The lines stand at the means of both. A statement's importance is that of its dimension, shared evenly. "
                "Rank: importance × how far it stays below the best part, or below no gap at all if that is further."
            )
        )

    def plot(self) -> go.Figure:
        """The four fields."""
        across = _("Importance (points of 100)") if self.pointed else _("Importance (what customers expect)")
        up = _("Score") if self.asked.mode == "perception" else _("Gap")
        known = self.table[self.table["gap"].notna() & self.table["importance"].notna()]
        return pictures.quadrant(known, cross=self.cross, names=(across, up))

    def findings(self) -> list[Finding]:
        """The first of what is important and falls short, when it surely is."""
        sure = self._first[(self._first["sure"] >= CERTAIN) & (self._first["n"] >= SMALL)]
        if sure.empty or self.level == "item":
            return []
        row = sure.iloc[0]
        found = Estimate(row["gap"], row["low"], row["high"], int(row["n"]), "score")
        headline = _("Important to customers and behind the rest of the service: {name}.")
        if self.asked.mode != "perception" and row["high"] < 0:
            headline = _("Important to customers and short of what they expect: {name}.")
        name = self._name(row)
        return [Finding(CHAPTER, headline.format(name=name), found, None, action(row["dimension"]))]


def _frame(mode: str, pointed: bool, gap: float) -> str:
    """The sentence for what to begin with: short of what is expected, or only behind the rest."""
    if mode == "perception":
        return _("Begin with {name}: important to customers, and scored below average ({gap} of 7).")
    if pointed and gap < 0:
        return _(
            "Begin with {name}: important to customers ({importance} of 100 points), with a gap above average ({gap})."
        )
    if pointed:
        return _(
            "Begin with {name}: important to customers ({importance} of 100 points). It does not fall short ({gap}), but "
            "is behind the average."
        )
    if gap < 0:
        return _(
            "Begin with {name}: more expected than average ({importance} of 7), with a gap above average ({gap})."
        )
    return _(
        "Begin with {name}: more expected than average ({importance} of 7). It does not fall short ({gap}), but is behind "
        "the average."
    )
