"""Which foretells better who buys again: effort or recommendation? (Handbook 4.8: measure both, and see.)"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import engine, estimates, language
from csworkbook.errors import DataError
from csworkbook.kpis.areas import areas
from csworkbook.kpis.foretelling_result import GROUPS, Foretold, choices, labels
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.repeats import duration
from csworkbook.repurchase import ordered_again
from csworkbook.results import question
from csworkbook.tables import EFFORT_STAGES, require

if TYPE_CHECKING:
    import ibis

    from csworkbook.estimates import Estimate

    Table = pd.DataFrame | ibis.Table

_SCALES = {**dict.fromkeys(EFFORT_STAGES, (1, 3)), "recommend": (0, 10)}
_MAIN, _OTHER = "hardest", "recommend"  # the two that are compared first


@question(
    mark("Which foretells better who buys again: effort or recommendation?"), labels=labels, choices=choices
)
def predictors(effort_survey: pd.DataFrame, orders: Table, *, after: str = "90D") -> Foretold:
    """How well effort and the 0–10 recommendation tell who of the respondents really ordered again (handbook 4.8).

    Every measure puts the respondents in an order; the area under its ROC curve is the chance that, of a customer
    who ordered again and one who did not, it puts the first higher (a draw counts half; 50 % is a coin). The two
    that are compared are chosen beforehand: the hardest of the three answers and the 0–10 score, on the answers
    that have both. Several answers of one customer all count, and the intervals are those of clusters.

    Parameters
    ----------
    orders : DataFrame or ibis.Table
        The canonical table.
    after : str
        Ordered again = strictly later than the answer and at most so long after it, a pandas duration such as
        ``"90D"``. Answers whose time is not over at the last order are left out, and so are customers without orders.

    Returns
    -------
    Foretold
        table: measure (hardest, choosing, buying, after, recommend, groups), area, low, high (0–1; 95 %, DeLong
        on the logit scale), n (answers), customers, difference (area less that of the recommendation on the same
        answers, -1 to 1), difference_low, difference_high, compared (answers with both), p (the first comparison as it
        is; the others corrected by Holm), verdict ("better", "worse", "cannot tell yet" or ""). `shares`: measure, answer,
        count, n, share, low, high (Wilson's interval; customers with several answers count for less). `verdict`:
        "effort", "recommendation" or "cannot tell".

    Raises
    ------
    DataError
        When the answers name no customer with orders, no time is over, or all or none ordered again.

    >>> from csworkbook.shop import open_shop
    >>> open_shop().call(predictors).table["measure"].tolist()
    ['hardest', 'choosing', 'buying', 'after', 'recommend', 'groups']
    """
    require(effort_survey, "effort_survey")
    if isinstance(orders, pd.DataFrame):
        require(orders, "orders")
    within = duration(after)
    told, left_out = _answers(effort_survey, orders, within)
    scores = _scores(told)
    table = pd.DataFrame([_line(name, scores, told) for name in scores.columns])
    if table.empty:
        raise _all_alike()
    shares = pd.concat([_shares(name, told) for name in GROUPS if name in told], ignore_index=True)
    return Foretold(_corrected(table), shares, within.days, left_out, _said(told), _sides(told))


def _answers(
    survey: pd.DataFrame, orders: Table, within: pd.Timedelta
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Answers whose time is over, as numbers, with customer and again; and how many were left out, and why."""
    if "customer_id" not in survey:
        raise _no_customers()
    told = pd.DataFrame({name: _numbers(survey, name) for name in _SCALES if name in survey})
    told["said"] = _flags(survey["buy_again"]) if "buy_again" in survey else np.nan
    told["at"] = engine.times(survey["answered_at"], "effort_survey").to_numpy("datetime64[us]")
    found = ordered_again(survey, orders, within).reset_index(drop=True)
    told = pd.concat([told, found], axis=1)
    known = told[told["customer"] >= 0]
    twice = known.duplicated([name for name in told if name != "again"])
    known = known[~twice]
    if not len(known):
        raise _no_customers()
    left_out = {
        "no_customer": int((told["customer"] < 0).sum()),
        "twice": int(twice.sum()),
        "no_orders": int((~known["ours"]).sum()),
        "not_over": int((known["ours"] & ~known["over"]).sum()),
    }
    kept = known[known["over"]]
    _something_to_tell(kept, known, within)
    return _with_groups(kept), left_out


def _something_to_tell(kept: pd.DataFrame, known: pd.DataFrame, within: pd.Timedelta) -> None:
    """A DataError when nobody, or everybody, ordered again, or when that cannot be known yet."""
    if not known["ours"].any():
        raise DataError(
            _("None of the customers who answered can be found among the orders."),
            allowed=_("Answers and orders that name a customer in the same way."),
            next_step=_("Look which column was taken for the customer, in the survey and in the orders."),
        )
    days = language.duration(within.days, "days")
    if not len(kept):
        raise DataError(
            _("Of no answer have {days} passed yet.").format(days=days),
            next_step=_("Choose a shorter time, or bring later orders."),
        )
    if kept["again"].nunique() < 2:
        said = (
            _("All customers who answered ordered again within {days}: there is nothing to tell apart.")
            if kept["again"].iloc[0]
            else _("No customer who answered ordered again within {days}: there is nothing to tell apart.")
        )
        raise DataError(said.format(days=days), next_step=_("Choose another time, or bring later orders."))


def _with_groups(kept: pd.DataFrame) -> pd.DataFrame:
    """With the hardest answer, and promoters (3), passives (2) and detractors (1)."""
    kept = kept.assign(hardest=kept[list(EFFORT_STAGES)].max(axis=1))
    if "recommend" in kept:
        score = kept["recommend"]
        kept["groups"] = (1.0 + (score >= 7) + (score >= 9)).where(score.notna())
    return kept.reset_index(drop=True)


def _numbers(survey: pd.DataFrame, name: str) -> np.ndarray:
    """A column of answers as floats; what is on no scale is empty."""
    low, high = _SCALES[name]
    values = pd.to_numeric(survey[name].astype(object), errors="coerce").to_numpy(float, na_value=np.nan)
    return np.where((values >= low) & (values <= high), values, np.nan)


def _flags(values: pd.Series) -> np.ndarray:
    """Yes and no as 1 and 0."""
    return pd.to_numeric(values.astype(object), errors="coerce").to_numpy(float, na_value=np.nan)


def _scores(told: pd.DataFrame) -> pd.DataFrame:
    """The measures, higher where buying again is expected sooner; those with one answer only are left out."""
    effort = -told[["hardest", *EFFORT_STAGES]]
    rest = told[[name for name in ("recommend", "groups") if name in told]]
    scores = effort.join(rest)
    varied = [name for name in scores if _varied(scores[name], told["again"])]
    return scores[varied]


def _varied(score: pd.Series, again: pd.Series) -> bool:
    """Whether a measure differs between answers, among which some ordered again and some did not."""
    here = score.notna()
    return score[here].nunique() > 1 and again[here].nunique() > 1


def _line(name: str, scores: pd.DataFrame, told: pd.DataFrame) -> dict[str, object]:
    """One measure: its area, and how much more it tells than the recommendation does."""
    own = told[scores[name].notna()]
    area = _area(scores, told, [name]).area(0)
    line = {
        "measure": name, "area": area.value, "low": area.low, "high": area.high, "n": area.n,
        "customers": own["customer"].nunique(),
    }  # fmt: skip
    less = _difference(name, scores, told)
    if less is None:
        return line | {"difference": np.nan, "difference_low": np.nan, "difference_high": np.nan, "p": np.nan}
    ends = {"difference_low": less.low, "difference_high": less.high}
    return line | {"difference": less.value, **ends, "compared": less.n, "p": less.p}


def _difference(name: str, scores: pd.DataFrame, told: pd.DataFrame) -> Estimate | None:
    """The area of a measure less that of the recommendation, on the answers that have both; None where untold."""
    if name == _OTHER or _OTHER not in scores:
        return None
    both = scores[[name, _OTHER]].notna().all(axis=1)
    if told.loc[both, "again"].nunique() < 2:
        return None
    return _area(scores, told, [name, _OTHER]).difference(0, 1)


def _area(scores: pd.DataFrame, told: pd.DataFrame, names: list[str]):
    here = scores[names].notna().all(axis=1).to_numpy()
    return areas(
        scores.loc[here, names].to_numpy(float),
        told.loc[here, "again"].to_numpy() == 1,
        told.loc[here, "customer"].to_numpy(),
    )


def _corrected(table: pd.DataFrame) -> pd.DataFrame:
    """With corrected p and verdict: the comparison chosen beforehand stands alone, the others are a second look."""
    compared = table["compared"] if "compared" in table else pd.Series(0, index=table.index)
    table["compared"] = compared.fillna(0).astype(int)
    first = table["measure"] == _MAIN
    table["p"] = np.where(first, table["p"], estimates.adjust(table["p"].mask(first)))
    sure = table["p"] < 1 - estimates.LEVEL
    way = np.where(table["difference"] > 0, "better", "worse")
    table["verdict"] = np.where(table["p"].isna(), "", np.where(sure, way, "cannot tell yet"))
    return table


def _shares(name: str, told: pd.DataFrame) -> pd.DataFrame:
    """The share that ordered again, by answer."""
    told = told[told[name].notna()]
    grouped = told.groupby(name)["again"].agg(["sum", "count"]).reindex([1.0, 2.0, 3.0], fill_value=0)
    found = grouped.set_axis(["count", "n"], axis=1).astype(int).reset_index(drop=True)
    found = found.assign(measure=name, answer=[1, 2, 3])
    found["share"] = found["count"] / found["n"].where(found["n"] > 0)
    worth = [_effect(told[told[name] == answer]) for answer in found["answer"]]
    found["low"], found["high"] = estimates.shares(found["count"] / worth, found["n"] / worth)
    return found[["measure", "answer", "count", "n", "share", "low", "high"]]


def _effect(told: pd.DataFrame) -> float:
    """How many answers say as much as one would, were all of different customers (design effect, at least 1)."""
    rest = told["again"] - told["again"].mean()
    alone = float((rest**2).sum())
    return max(float((rest.groupby(told["customer"]).sum() ** 2).sum()) / alone, 1.0) if alone else 1.0


def _said(told: pd.DataFrame) -> dict[bool, Estimate]:
    """Of those who said they would buy again, and of those who would not: the share that did."""
    found = {}
    for says in (True, False):
        here = told[told["said"] == float(says)]
        if len(here):
            worth = _effect(here)
            low, high = estimates.shares(here["again"].sum() / worth, len(here) / worth)
            found[says] = estimates.Estimate(float(here["again"].mean()), float(low), float(high), len(here))
    return found


def _sides(told: pd.DataFrame) -> tuple[int, int]:
    """Customers who ordered again, and customers who did not (after one of their answers)."""
    did = told["again"] == 1
    return told.loc[did, "customer"].nunique(), told.loc[~did, "customer"].nunique()


def _no_customers() -> DataError:
    return DataError(
        _("The survey does not tell which customer gave an answer."),
        allowed=_("A column with the customer, written as in the orders."),
        next_step=_("Add the customer to the export of your survey, or say on this page which column it is."),
    )


def _all_alike() -> DataError:
    return DataError(
        _("All customers gave the same answers: there is nothing to tell them apart by."),
        next_step=_("Bring more answers."),
    )
