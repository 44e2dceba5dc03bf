"""What the chapter's parts share."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from csworkbook.effort import answers, segment_columns, splits

from .tables import orders, survey

FRAME = survey([1, None, 3], [2, None, 1], [None, None, 2], device="mobile", customer_id=["a", None, "zz"])


def test_the_most_effort_named_at_any_stage():
    assert answers.highest(FRAME).tolist() == pytest.approx([2, np.nan, 3], nan_ok=True)


def test_only_further_columns_split():
    assert segment_columns(FRAME) == ["device"]
    assert splits(FRAME) == [None, "device"]
    assert splits(FRAME.drop(columns="device")) == [None]


def test_the_same_customers_have_the_same_numbers_whatever_the_column_is_made_of():
    for kind in (object, "string", "category"):
        mine, theirs = answers.same_customers(
            FRAME.astype({"customer_id": kind}), orders(["zz", "b", "a"], [0, 1, 2])
        )
        assert mine.tolist() == [theirs[2], -1, theirs[0]]
        assert len(set(theirs)) == 3


@pytest.mark.parametrize("dtype", ["Int8", "Int64", "Float64", "float", "object", "category"])
def test_answers_are_floats_of_every_kind_of_column(dtype):
    column = pd.Series(pd.array([1, None, 3], dtype="Int8")).astype(object).where([True, False, True], np.nan)
    coded = answers.coded(pd.DataFrame({"x": column.astype(dtype)}), "x")
    assert coded.dtype == float
    assert coded.tolist() == pytest.approx([1, np.nan, 3], nan_ok=True)
