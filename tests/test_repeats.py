"""Repeat contacts: a table a person can count, and the same count made another way."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from csworkbook.errors import DataError, SettingError
from csworkbook.repeats import duration, known_customers, repeated


def contacts(rows, **columns) -> pd.DataFrame:
    """Contacts of (customer, day in January 2026, topic)."""
    who, day, topic = zip(*rows, strict=True) if rows else ((), (), ())
    at = pd.Timestamp("2026-01-01 12:00", tz="Europe/Amsterdam") + pd.to_timedelta(list(day), "D")
    named = {"contact_id": [str(i) for i in range(len(rows))], "customer_id": list(who)}
    return pd.DataFrame({**named, "opened_at": at, "channel": "email", "topic": list(topic), **columns})


SEVEN = contacts(
    [
        ("ann", 0, "refund"),  # ann again on day 14, exactly within
        ("ann", 3, "invoice"),  # about the refund, not the invoice
        ("ann", 14, "refund"),
        ("bob", 0, "refund"),  # day 15 is a day late
        ("bob", 15, "refund"),
        (None, 1, "refund"),
        ("eve", 30, "refund"),  # the last contact: its window is not over
    ]
)


def test_seven_rows_by_hand():
    found = repeated(SEVEN)
    assert found["known"].tolist() == [True] * 5 + [False, True]
    assert found["again"].tolist() == [True, False, False, False, False, False, False]
    assert found["finished"].tolist() == [True, True, True, True, True, False, False]
    assert found["at"].iloc[0] == SEVEN["opened_at"].iloc[2]
    assert found["at"].iloc[1:].isna().all()


def test_any_topic_counts_more():
    found = repeated(SEVEN, same_topic=False)
    assert found["again"].tolist() == [True, True, False, False, False, False, False]
    assert found["at"].iloc[:2].tolist() == SEVEN["opened_at"].iloc[[1, 2]].tolist()


def test_a_longer_window_finds_more_and_finishes_fewer():
    found = repeated(SEVEN, within="16D")
    assert found["again"].sum() == 2
    assert found["finished"].tolist() == [True, True, True, True, False, False, False]


def test_a_window_that_ends_with_the_last_contact_is_over():
    found = repeated(contacts([("ann", 0, "refund"), ("bob", 14, "refund"), ("cid", 0.001, "refund")]))
    assert found["finished"].tolist() == [True, False, False]


def test_the_same_moment_is_no_coming_back():
    twice = contacts([("ann", 0, "refund"), ("ann", 0, "refund"), ("ann", 5, "refund"), ("bob", 40, "x")])
    assert repeated(twice)["again"].tolist() == [True, True, False, False]


def test_a_contact_without_a_topic_can_be_told_about_any_topic_only():
    blank = contacts([("ann", 0, None), ("ann", 2, None), ("ann", 3, " "), ("bob", 40, "x")])
    assert repeated(blank)["known"].tolist() == [False, False, False, True]
    assert not repeated(blank)["again"].any()
    assert repeated(blank, same_topic=False)["again"].tolist() == [True, True, False, False]


@pytest.mark.parametrize("nobody", [None, "", "  ", np.nan, pd.NA])
def test_guests_are_not_one_customer(nobody):
    found = repeated(contacts([(nobody, 0, "refund"), (nobody, 1, "refund"), ("ann", 40, "refund")]))
    assert found["known"].tolist() == [False, False, True]
    assert not found["again"].any()


def test_the_answer_stands_on_the_tables_own_index_whatever_that_is():
    odd = SEVEN.iloc[::-1].set_axis([5, 5, 3, 3, 1, 1, 0])
    found = repeated(odd)
    assert found.index.tolist() == odd.index.tolist()
    assert found["again"].tolist()[::-1] == repeated(SEVEN)["again"].tolist()


def test_one_contact_none_and_no_known_customer():
    one = repeated(contacts([("ann", 0, "refund")]))
    assert one[["known", "finished", "again"]].to_numpy().tolist() == [[True, False, False]]
    assert repeated(SEVEN.head(0)).shape == (0, 4)
    nobody = repeated(SEVEN.assign(customer_id=None))
    assert not nobody[["known", "finished", "again"]].any(axis=None)


def test_nothing_is_changed():
    before = SEVEN.copy(deep=True)
    repeated(SEVEN)
    pd.testing.assert_frame_equal(SEVEN, before)


def test_the_same_as_comparing_every_pair():
    rng = np.random.default_rng(3)
    many = contacts(list(zip(rng.integers(0, 40, 600).astype(str), rng.integers(0, 120, 600),
                             rng.choice(["a", "b", "c"], 600), strict=True)))  # fmt: skip
    many = many.astype({"topic": "category", "customer_id": "category"})
    pairs = many.reset_index().merge(many.reset_index(), on=["customer_id", "topic"], suffixes=("", "_next"))
    wait = pairs["opened_at_next"] - pairs["opened_at"]
    later = pairs[(wait > pd.Timedelta(0)) & (wait <= pd.Timedelta("14D"))]
    expected = later.groupby("index")["opened_at_next"].min().reindex(many.index)
    pd.testing.assert_series_equal(repeated(many)["at"], expected, check_names=False)


@pytest.mark.parametrize("wrong", ["soon", "", "12h", "-3D", "0D"])
def test_lengths_of_time_that_cannot_be(wrong):
    with pytest.raises(SettingError, match="90D"):
        repeated(SEVEN, within=wrong)


def test_a_missing_column_is_named():
    with pytest.raises(DataError, match="customer_id"):
        repeated(SEVEN.drop(columns="customer_id"))


def test_small_helpers():
    assert duration("90D").days == 90
    assert known_customers(SEVEN).isna().sum() == 1
