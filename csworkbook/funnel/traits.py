"""What was seen of every visitor who came to the step before: device, day, first page, whether he searched?

One row per visitor. Only what was seen up to the moment of that step counts: what happens later may
follow from dropping out, or from going on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import events as engine
from csworkbook.events.proposed import roles
from csworkbook.funnel import asked
from csworkbook.funnel.gaps import OTHER, UNKNOWN
from csworkbook.funnel.looks import looked_at

if TYPE_CHECKING:
    from csworkbook.events import Followed, Step

MOST = 8  # values of a column that are kept apart
_COVER = 0.5  # a column whose most frequent values are fewer visitors than this has too many values
_DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_PARTS = ["night", "morning", "afternoon", "evening"]
_LOOK_BACK = pd.Timedelta("30D")  # without a window
_MINUTE = 60_000_000


@dataclass(frozen=True, eq=False)
class Seen:
    """One row per visitor who came to the step before.

    `frame` has the columns unit, moment (microseconds), dropped, and those named in `columns`, as text;
    `crowded` are columns with too many values, `plain` those with only one; `left_out` is how many
    visitors began less than the window before the end of the data.
    """

    frame: pd.DataFrame
    columns: list[str] = field(default_factory=list)
    crowded: list[str] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)
    left_out: int = 0


def arrived(
    events, steps: Sequence[Step], place: int, within: pd.Timedelta | None, followed: Followed
) -> tuple[pd.DataFrame, int]:
    """The visitors who came to the step before number `place`, and how many were left out.

    Parameters
    ----------
    followed : Followed
        The visitors through all the steps, in the same window.

    Returns
    -------
    (DataFrame, int)
        unit, visitor_id, customer_id, moment (when that step was first reached, microseconds UTC) and
        dropped (did not reach the step). Left out: began less than `within` before the end of the data.
    """
    before = engine.follow(events, steps[: place - 1], within=within).frame()
    before = before[before["level"] == place - 1]
    through = followed.frame()
    start = _micros(before["start"])
    took = before[f"minutes_{place - 1}"].to_numpy(float) * _MINUTE if place > 2 else np.zeros(len(before))
    dropped = ~before["unit"].isin(through.loc[through["level"] >= place, "unit"])
    moment = start + np.round(took).astype("int64")
    found = before[["unit", "visitor_id", "customer_id"]].assign(moment=moment, dropped=dropped)
    if within is None:
        return found.reset_index(drop=True), 0
    end = (asked.span_of(events) or (0, 0))[1]
    over = start <= end - round(within.total_seconds() * 1e6)
    return found[over].reset_index(drop=True), int((~over).sum())


def _micros(times: pd.Series) -> pd.Series:
    return times.dt.as_unit("us").astype("int64")


def seen(
    events,
    steps: Sequence[Step],
    place: int,
    followed: Followed,
    *,
    within: pd.Timedelta | None,
    zone: str,
    products: pd.DataFrame | None = None,
    given: Sequence | None = None,
) -> Seen:
    """What was seen of the visitors who came to the step before number `place`, up to that moment."""
    visitors, left_out = arrived(events, steps, place, within, followed)
    extra = _extra(events)
    about = (
        ["product_id"]
        if products is not None and "category" in products and _has(events, "product_id")
        else []
    )
    search = roles(events, given).get("search", ())
    pages = looked_at(events, visitors, [*extra, *about], search, within or _LOOK_BACK)
    frame = visitors.merge(pages, on="visitor_id", how="left").assign(**_clock(visitors["moment"], zone))
    if about:
        named = products.drop_duplicates("product_id").set_index(products["product_id"].astype(str))[
            "category"
        ]
        frame["category"] = frame["product_id"].astype("string").map(named)
    columns = [
        name
        for name in (*extra, "category", "first_page", "searched", "weekday", "part_of_day")
        if name in frame
    ]
    return _sorted(frame, columns, left_out)


def _extra(events) -> list[str]:
    """The further columns of the events that hold words, numbers, or yes and no."""
    if isinstance(events, pd.DataFrame):
        return [name for name in asked.extra_columns(events) if events[name].dtype.kind not in "mM"]
    table = engine.read(events)
    return [name for name in asked.extra_columns(table) if not table[name].type().is_temporal()]


def _has(events, column: str) -> bool:
    return column in (events if hasattr(events, "columns") else engine.read(events)).columns


def _clock(moments: pd.Series, zone: str) -> dict[str, pd.Series]:
    """The day of the week and the part of the day, as the shop's clock has them."""
    at = pd.to_datetime(moments, unit="us", utc=True).dt.tz_convert(zone)
    return {
        "weekday": at.dt.day_of_week.map(dict(enumerate(_DAYS))),
        "part_of_day": (at.dt.hour // 6).map(dict(enumerate(_PARTS))),
    }


def _sorted(frame: pd.DataFrame, columns: list[str], left_out: int) -> Seen:
    """The columns as words, the rare ones together; those with one value or too many apart."""
    told, crowded, plain = {}, [], []
    for column in columns:
        values = _words(frame[column])
        counted = values[values != UNKNOWN].value_counts()
        counted = counted[counted > 0]
        if len(counted) < 2:
            plain.append(column)
        elif counted.head(MOST).sum() < _COVER * counted.sum():
            crowded.append(column)
        else:
            told[column] = _together(values, [*counted.index[:MOST], UNKNOWN])
    return Seen(frame[["unit", "moment", "dropped"]].assign(**told), list(told), crowded, plain, left_out)


def _words(values: pd.Series) -> pd.Series:
    """Values as categories of text, numbers of many values in quarters; what is not known as ""."""
    numbers = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if numbers and values.nunique() > MOST:
        values = pd.qcut(values, 4, duplicates="drop")
    coded = pd.Categorical(values)
    words = np.array([*map(_word, coded.categories), UNKNOWN], dtype=object)
    names, place = np.unique(words, return_inverse=True)
    return pd.Series(pd.Categorical.from_codes(place[coded.codes], names), index=values.index)


def _word(value: object) -> str:
    if isinstance(value, pd.Interval):
        return f"{value.left:g}–{value.right:g}"
    return str(value).lower() if isinstance(value, bool | np.bool_) else str(value).strip()


def _together(values: pd.Series, kept: list[str]) -> pd.Series:
    """The values with all others than `kept` as one."""
    rare = ~values.isin(kept)
    if rare.any():
        values = values.cat.add_categories([OTHER] if OTHER not in values.cat.categories else []).mask(
            rare, OTHER
        )
    return values.cat.remove_unused_categories()
