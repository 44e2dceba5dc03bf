"""Every question about the service survey on odd surveys: an answer or a clear error, nothing changed, nothing odd said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says

from csworkbook.errors import DataError, SettingError, WorkbookError
from csworkbook.service_gap.byitem import by_item
from csworkbook.service_gap.priorities import priorities
from csworkbook.service_gap.second import second_gap
from csworkbook.service_gap.servqual import servqual

from .surveys import survey, wide

RNG = np.random.default_rng(0)
FEW = survey([{5: (7, 4, 60), 6: (7, 6, 60), 10: (6, 6, 40)}, {5: (6, 6, 50), 6: (6, 4, 50), 10: (7, 4, 50)}])
COMPANY = survey([{5: (5, 6), 10: (6, 7)}, {5: (6, 6), 10: (5, 7)}], role="company")
MANY = wide(RNG.integers(5, 8, (40, 22)), RNG.integers(3, 8, (40, 22)), np.full((40, 22), 20.0))
SURVEYS = {
    "two customers": FEW,
    "customers and company": pd.concat([FEW, COMPANY], ignore_index=True),
    "only the company": COMPANY,
    "many": MANY,
    "empty": FEW.head(0),
    "one row": FEW.head(1),
    "one respondent": FEW[FEW["respondent_id"] == "customer1"],
    "only expectations": FEW.drop(columns="perception"),
    "only perceptions": FEW.drop(columns="expectation"),
    "only perceptions, no points": FEW.drop(columns=["expectation", "weight"]),
    "no answers at all": FEW.assign(expectation=None, perception=None),
    "no weights": FEW.drop(columns="weight"),
    "weights of nothing": FEW.assign(weight=0.0),
    "weights that make 90": FEW.assign(weight=45.0),
    "one weight missing": FEW.assign(weight=FEW["weight"].where(FEW["item"] != 10)),
    "all the same": MANY.assign(expectation=6.0, perception=6.0),
    "all the same gap": MANY.assign(expectation=6.0, perception=4.0),
    "one item each": pd.concat([survey([{i: (7, 4)}], start=i) for i in (1, 5, 10)], ignore_index=True),
    "unknown items": FEW.assign(item=[99, 98, 97] * 2),
    "an unknown item": FEW.assign(item=[5, 6, 40] * 2),
    "no role": FEW.assign(role=None),
    "another role": FEW.assign(role="supplier"),
    "no respondent": FEW.assign(respondent_id=None),
    "strange index": pd.concat([FEW, FEW, FEW]),
    "numbers of respondents": FEW.assign(respondent_id=[1, 1, 1, 2, 2, 2]),
    "backwards": FEW[::-1],
    "categories": FEW.astype({"role": "category", "respondent_id": "category"}),
    "objects": FEW.astype(object).where(FEW.notna(), None),
}
ANALYSES = {
    "servqual": servqual,
    "by_item": by_item,
    "priorities": priorities,
    "priorities of items": lambda s: priorities(s, level="item"),
    "second_gap": second_gap,
    "own items": lambda s: servqual(
        s, service_items={"5": "<b>price</b>", "6": "speed"}, service_texts={"5": "=1+1"}
    ),
    "own statements": lambda s: by_item(
        s, service_items={"5": "price", "6": "speed"}, service_texts={"5": "<i>cheap</i>"}
    ),
}


def answer_or_error(analysis, frame):
    try:
        return ANALYSES[analysis](frame)
    except WorkbookError as error:
        refused = str(error)
    assert refused
    assert "{" not in refused
    return None


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("analysis", ANALYSES)
@pytest.mark.parametrize("name", SURVEYS)
def test_an_odd_survey_is_answered_or_refused_in_a_sentence(name, analysis):
    frame = SURVEYS[name].copy()
    result = answer_or_error(analysis, frame)
    pd.testing.assert_frame_equal(frame, SURVEYS[name])
    if result is not None:
        assert_says(result)


KINDS = {
    "float": lambda s: pd.Series(s.to_numpy(dtype=float, na_value=np.nan), index=s.index),
    "Int64": lambda s: s.astype("Int64"),
    "pyarrow": lambda s: s.astype("int64[pyarrow]"),
    "object": lambda s: s.astype(object),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("analysis", ["servqual", "by_item", "priorities", "second_gap"])
def test_the_kind_of_column_makes_no_difference(kind, analysis):
    base = SURVEYS["customers and company"]
    made = base.assign(**{c: KINDS[kind](base[c]) for c in ("item", "expectation", "perception")})
    expected, found = ANALYSES[analysis](base), ANALYSES[analysis](made)
    pd.testing.assert_frame_equal(found.table, expected.table, check_dtype=False)
    assert found.text == expected.text


@pytest.mark.parametrize("column", ["respondent_id", "role", "item"])
@pytest.mark.parametrize("analysis", ["servqual", "by_item", "priorities", "second_gap"])
def test_a_missing_column_is_named(analysis, column):
    with pytest.raises(DataError, match=column):
        ANALYSES[analysis](FEW.drop(columns=column))


def test_what_cannot_be_chosen_is_refused():
    with pytest.raises(SettingError, match=r"country.*dimension and item"):
        priorities(MANY, level="country")
    with pytest.raises(SettingError, match="no number of an item"):
        servqual(MANY, service_items={"seven": "price"})


def test_expectations_alone_have_no_fields_and_it_says_what_would_help():
    with pytest.raises(DataError, match=r"does not say what customers get.*questionnaire"):
        priorities(SURVEYS["only expectations"])
    with pytest.raises(DataError, match=r"what is important"):
        priorities(SURVEYS["only perceptions, no points"])
