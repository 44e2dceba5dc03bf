"""Every analysis of the chapter on odd surveys: an answer or a clear error, nothing changed, nothing odd said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from csworkbook import effort, language
from csworkbook.errors import DataError, SettingError, WorkbookError

from .tables import ZONE, assert_says, orders, survey

NONE = pd.array([None] * 3, dtype="Int8")
SURVEY = survey(
    [1, 2, 3], [3, 3, 3], [None, None, 1],
    customer_id=["a", "b", "c"], comment=["too late", None, "broken"],
    buy_again=pd.array([True, False, True], dtype="boolean"), spend_more=pd.array([True, False, None], dtype="boolean"),
    recommend=pd.array([1, None, 9], dtype="Int8"), device=pd.Categorical(["mobile", "desktop", "mobile"]),
)  # fmt: skip
ORDERS = orders(["a", "b", "c", "a"], [0, 1, 2, 300])
STAGES = ["choosing", "buying", "after"]

SURVEYS = {
    "three answers": SURVEY,
    "empty": SURVEY.head(0),
    "one answer": SURVEY.head(1),
    "no optional column": SURVEY[["answered_at", *STAGES]],
    "nobody answered one stage": SURVEY.assign(after=NONE),
    "nobody answered any stage": SURVEY.assign(choosing=NONE, buying=NONE, after=NONE),
    "all hardly any": SURVEY.assign(choosing=1, buying=1, after=1),
    "all far too much": SURVEY.assign(choosing=3, buying=3, after=3),
    "one group": SURVEY.assign(device="mobile"),
    "segment of NaN": SURVEY.assign(device=np.nan),
    "segment of None": SURVEY.assign(device=None),
    "segment of words and numbers": SURVEY.assign(device=["M", 38, 4.5]),
    "segment of flags": SURVEY.assign(device=pd.array([True, False, None], dtype="boolean")),
    "segment with mark-up": SURVEY.assign(device=["<b>x</b>", "=1+1", "50%"]),
    "everybody loyal": SURVEY.assign(buy_again=True),
    "nobody loyal": SURVEY.assign(buy_again=False),
    "loyalty never answered": SURVEY.assign(buy_again=pd.array([None] * 3, dtype="boolean")),
    "no comments": SURVEY.assign(comment=None),
    "one comment": SURVEY.assign(comment=["slow", None, None]),
    "empty comments": SURVEY.assign(comment=["", "  ", "\n"]),
    "no customers": SURVEY.assign(customer_id=None),
    "one customer": SURVEY.assign(customer_id="a"),
    "strange index": pd.concat([SURVEY, SURVEY, SURVEY]),
    "backwards": SURVEY[::-1],
    "all at once": SURVEY.assign(answered_at=pd.Timestamp("2026-01-05", tz=ZONE)),
    "over the clock change": survey([1, 3, 3], [1, 1, 3], [3, 3, 3], start="2026-03-28 12:00"),
}
ORDERS_ = {
    "orders": ORDERS,
    "no orders": ORDERS.head(0),
    "one order": ORDERS.head(1),
    "orders of one day": orders("abc", [0, 0, 0]),
    "none of the customers": orders("xyz", [0, 10, 400]),
}
ANALYSES = {
    "by_stage": lambda s, o: effort.by_stage(s),
    "by_stage by device": lambda s, o: effort.by_stage(s, by="device"),
    "compare": lambda s, o: effort.compare(s),
    "segments": lambda s, o: effort.segments(s),
    "over_time": lambda s, o: effort.over_time(s),
    "over_time by month": lambda s, o: effort.over_time(s, stage="buying", every="month"),
    "comments": lambda s, o: effort.comments(s),
    "comments on one stage": lambda s, o: effort.comments(s, stage="choosing"),
    "loyalty": lambda s, o: effort.loyalty(s),
    "loyalty with orders": effort.loyalty,
    "where_first": lambda s, o: effort.where_first(s),
    "where_first with orders": effort.where_first,
    "where_first by hand": lambda s, o: effort.where_first(
        s, customers_per_year=1000, value_per_customer=12.5
    ),
    "response": effort.response,
    "leaking_bucket": lambda s, o: effort.leaking_bucket(o),
}


def answer_or_error(analysis, frame, bought):
    try:
        return ANALYSES[analysis](frame, bought)
    except WorkbookError as error:
        refused = str(error)
    assert refused
    assert "{" not in refused
    return None


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("analysis", [a for a in ANALYSES if a != "leaking_bucket"])
@pytest.mark.parametrize("name", SURVEYS)
def test_an_odd_survey_is_answered_or_refused_in_a_sentence(name, analysis):
    frame, bought = SURVEYS[name].copy(), ORDERS.copy()
    result = answer_or_error(analysis, frame, bought)
    pd.testing.assert_frame_equal(frame, SURVEYS[name])
    pd.testing.assert_frame_equal(bought, ORDERS)
    if result is not None:
        assert_says(result)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "analysis", ["loyalty with orders", "where_first with orders", "response", "leaking_bucket"]
)
@pytest.mark.parametrize("name", ORDERS_)
def test_odd_orders_are_answered_or_refused_in_a_sentence(name, analysis):
    result = answer_or_error(analysis, SURVEY, ORDERS_[name])
    if result is not None:
        assert_says(result)


KINDS = {
    "object": lambda s: s.astype(object).where(s.notna(), None),
    "float": lambda s: pd.Series(s.to_numpy(dtype=float, na_value=np.nan), index=s.index),
    "Int64": lambda s: s.astype("Int64"),
    "category": lambda s: s.astype("category"),
    "pyarrow": lambda s: s.astype("int64[pyarrow]"),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("analysis", [a for a in ANALYSES if a != "leaking_bucket"])
def test_the_kind_of_column_makes_no_difference(kind, analysis):
    columns = [*STAGES, "buy_again", "spend_more", "recommend"]
    plain = SURVEY.assign(**{column: KINDS[kind](SURVEY[column]) for column in columns})
    plain["device"] = plain["device"].astype(object)
    expected, found = (answer_or_error(analysis, frame, ORDERS) for frame in (SURVEY, plain))
    pd.testing.assert_frame_equal(
        found.table, expected.table, check_dtype=False, check_categorical=False, check_column_type=False
    )
    assert found.text == expected.text


@pytest.mark.parametrize("analysis", ANALYSES)
def test_the_same_seed_gives_the_same_answer(analysis):
    one, two = (answer_or_error(analysis, SURVEY, ORDERS) for _time in range(2))
    assert (one is None) == (two is None)
    if one is not None:
        pd.testing.assert_frame_equal(one.table, two.table)
        assert one.text == two.text


def test_the_zone_of_the_clock_makes_no_difference_to_who_bought_again():
    abroad = SURVEY.assign(answered_at=SURVEY["answered_at"].dt.tz_convert("America/New_York"))
    first, second = (effort.loyalty(s, ORDERS).table for s in (SURVEY, abroad))
    pd.testing.assert_frame_equal(first, second)


@pytest.mark.parametrize("missing", ["answered_at", *STAGES])
def test_a_missing_column_is_named(missing):
    with pytest.raises(DataError, match=missing):
        effort.by_stage(SURVEY.drop(columns=missing))


@pytest.mark.parametrize("function", [effort.by_stage, effort.segments])
def test_a_split_that_is_not_there_names_what_is(function):
    with pytest.raises(SettingError, match=r"colour.*Device and Region|colour.*Device.*Region"):
        function(SURVEY.assign(Region="north"), by="colour")
    with pytest.raises(SettingError, match="colour"), language.speaking("nl"):
        function(SURVEY, by="colour")
    with pytest.raises(SettingError, match="none in this survey"):
        function(SURVEY.drop(columns="device"), by="colour")


@pytest.mark.parametrize(
    "call",
    [
        lambda: effort.over_time(SURVEY, stage="delivery"),
        lambda: effort.over_time(SURVEY, every="year"),
        lambda: effort.comments(SURVEY, stage="delivery"),
        lambda: effort.by_stage(SURVEY, by="choosing"),
        lambda: effort.questionnaire(language="fr"),
        lambda: effort.sample_size(within=0),
    ],
)
def test_a_choice_that_is_none_is_refused_in_a_sentence(call):
    with pytest.raises(SettingError, match=r"\w+ \w+"):
        call()
