"""What the chapter's parts share: the stages, answers as numbers, the columns to split by."""

from __future__ import annotations

import pandas as pd

from csworkbook.errors import DataError, SettingError
from csworkbook.language import gettext as _
from csworkbook.language import join
from csworkbook.repurchase import same_customers as same_customers
from csworkbook.results import word
from csworkbook.tables import EFFORT_STAGES, TABLES

CHAPTER = "03_effort_survey"
STAGES = EFFORT_STAGES
# names of columns in this chapter's own tables: a segment of that name could not stand beside them
_TAKEN = ("stage", "answer", "count", "n", "share", "low", "high", "net")


def coded(effort_survey: pd.DataFrame, column: str) -> pd.Series:
    """A column of answers as floats, empty as NaN, on the survey's index."""
    values = effort_survey[column]
    return pd.Series(values.to_numpy(dtype=float, na_value=float("nan")), index=values.index)


def highest(effort_survey: pd.DataFrame) -> pd.Series:
    """The most effort a customer named at any stage (1–3)."""
    return pd.concat([coded(effort_survey, stage) for stage in STAGES], axis=1).max(axis=1)


def segment_columns(effort_survey: pd.DataFrame) -> list[str]:
    """The columns of a survey that results can be split by (none that is named as a result's own column)."""
    names = [str(column) for column in effort_survey.columns]
    return [name for name in names if name not in TABLES["effort_survey"] and name not in _TAKEN]


def one_of(value: str, allowed: tuple[str, ...]) -> None:
    """A SettingError naming what is allowed, when `value` is something else."""
    if value not in allowed:
        raise SettingError(
            _("“{value}” cannot be chosen here.").format(value=value),
            allowed=_("Possible: {columns}.").format(columns=join(list(allowed))),
        )


def groups(effort_survey: pd.DataFrame, by: str | None) -> pd.Series | None:
    """The segment each answer belongs to, or None; a SettingError when `by` is no segment column."""
    if by is None:
        return None
    columns = segment_columns(effort_survey)
    if by not in columns:
        names = join([str(word(column)) for column in columns]) or _("none in this survey")
        raise SettingError(
            _("The survey cannot be split by “{by}”.").format(by=by),
            allowed=_("Possible: {columns}.").format(columns=names),
        )
    return effort_survey[by]


def no_segments() -> DataError:
    """The error that says the survey has nothing to split by."""
    return DataError(
        _("This survey has no column to split by."),
        next_step=_(
            "Add one to your export, such as device, customer type, channel or category, and bring it again."
        ),
    )


def splits(effort_survey: pd.DataFrame) -> list[str | None]:
    """What a picture can be split by: nothing (None), or a segment column."""
    return [None, *segment_columns(effort_survey)]
