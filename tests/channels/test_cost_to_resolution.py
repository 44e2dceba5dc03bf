"""What a solved question costs: by hand, against scipy's bootstrap, planted in the demo, and in an engine."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from csworkbook import contact_costs, demo, language
from csworkbook.channels import cost_to_resolution
from csworkbook.errors import DataError, SettingError
from csworkbook.shop import open_shop

START = pd.Timestamp("2026-01-01 12:00", tz="Europe/Amsterdam")
T, F = True, False
# id, customer, day, channel, topic, minutes, resolved, abandoned
ROWS = [
    ("q1", "ann", 0, "email", "refund", 10, T, F),
    ("q2", "ann", 5, "phone", "refund", 20, T, F),  # the same question, now by phone
    ("q3", "bob", 1, "email", "size", 10, T, F),
    ("q4", "cat", 2, "phone", "parcel", 30, F, F),  # never solved
    ("q5", "dan", 3, "phone", "parcel", None, F, T),  # given up: no minutes
    ("q6", "eva", 4, "phone", "parcel", None, T, F),  # the mean of the phone: 25
    ("q7", None, 4, "email", "parcel", 10, T, F),  # nobody known
    ("zz", "zed", 60, "phone", "size", 25, T, F),  # not finished
]


def asked(rows=ROWS) -> pd.DataFrame:
    names = [
        "contact_id",
        "customer_id",
        "day",
        "channel",
        "topic",
        "handling_minutes",
        "resolved",
        "abandoned",
    ]
    frame = pd.DataFrame(rows, columns=names)
    opened = START + pd.to_timedelta(frame.pop("day"), "D")
    resolved = (opened + pd.Timedelta(hours=2)).where(frame.pop("resolved"))
    return frame.assign(
        opened_at=opened, resolved_at=resolved, handling_minutes=frame["handling_minutes"].astype(float)
    )


HAND = asked()
EURO_A_MINUTE = {"hourly_cost": 60.0}


def row(result, group="all") -> pd.Series:
    return result.table.set_index(result.by).loc[group]


def test_by_hand():
    result = cost_to_resolution(HAND, **EURO_A_MINUTE)
    email, phone, every = (row(result, name) for name in ("email", "phone", "all"))
    # e-mail: ann's question took 10 + 20 (by phone, under e-mail where it began), bob's 10
    assert email[["issues", "solved", "contacts_each", "cost"]].tolist() == [2, 2, 1.5, 20]
    assert email["plain"] == pytest.approx(10)
    assert email["formula"] == pytest.approx(15)  # cost of a contact × contacts: as if all were mails
    # phone: 30 for nothing, 0 given up, 25 solved
    assert phone[["issues", "solved", "contacts_each"]].tolist() == [3, 1, 3]
    assert phone["cost"] == pytest.approx(55)
    assert phone["plain"] == pytest.approx((20 + 30 + 0 + 25 + 25) / 5)
    assert every[["issues", "solved", "contacts_each"]].tolist() == [5, 3, 2]
    assert every["cost"] == pytest.approx(95 / 3)
    assert list(result.table["channel"]) == ["all", "phone", "email"]


def test_by_topic_by_hand():
    result = cost_to_resolution(HAND, by="topic", **EURO_A_MINUTE)
    assert row(result, "refund")["cost"] == pytest.approx(30)
    assert row(result, "size")[["cost", "plain"]].tolist() == pytest.approx([10, 10])
    assert row(result, "parcel")["cost"] == pytest.approx(55)
    assert row(result, "parcel")["plain"] == pytest.approx(55 / 3)


def test_costs_on_the_books_by_hand():
    # January: six calls and mails of the first week count; February is not there. Phone 200, e-mail 90 for three mails.
    spent = pd.DataFrame(
        {"month": ["2026-01-01"] * 2, "channel": ["phone", "email"], "hours": [3.0, 1.0], "hourly_cost": 60.0,
         "fixed_cost": [20.0, 30.0]}
    )  # fmt: skip
    prices = contact_costs.per_channel(HAND, spent, hourly_cost=1, zone="Europe/Amsterdam")[
        "cost_per_contact"
    ]
    assert prices.to_dict() == pytest.approx({"phone": 200 / 4, "email": 90 / 3})
    result = cost_to_resolution(HAND, spent, zone="Europe/Amsterdam")
    # a mail takes 10 minutes like every other: 30. A call of 20 minutes, where they take 20 on average: 50
    assert row(result, "email")["cost"] == pytest.approx((30 + 50 + 30) / 2)
    assert row(result, "phone")["cost"] == pytest.approx(50 * (30 + 0 + 25) / 20)
    assert row(result, "email")["plain"] == pytest.approx(30)


def test_without_minutes_every_contact_of_a_channel_costs_the_same():
    spent = pd.DataFrame({"month": ["2026-01-01"], "channel": ["phone"], "hours": [4.0], "hourly_cost": 50.0})
    result = cost_to_resolution(HAND.drop(columns="handling_minutes"), spent, zone="Europe/Amsterdam")
    assert row(result, "phone")["cost"] == pytest.approx(
        50 * 3
    )  # 200 for four calls; cat's, dan's and eva's, one solved
    assert "Nothing tells what e-mail costs" in result.method


def test_shorter_windows_cut_a_question_in_two():
    result = cost_to_resolution(HAND, within="4D", **EURO_A_MINUTE)
    assert row(result, "email")[["issues", "contacts_each", "cost"]].tolist() == [2, 1, 10]
    assert row(result, "phone")[["issues", "solved"]].tolist() == [4, 2]


def test_nothing_says_resolved_then_handled_is_enough():
    result = cost_to_resolution(HAND.drop(columns="resolved_at"), **EURO_A_MINUTE)
    # cat too, since somebody worked on it; nothing tells that anybody worked for eva
    assert row(result)["solved"] == 3


ORDERS = pd.DataFrame(
    {
        "order_id": ["1", "2", "3"],
        "customer_id": ["ann", "bob", "zed"],
        "ordered_at": START - pd.Timedelta(days=3),
        "revenue": 100.0,
    }
)
BACK = pd.DataFrame(
    {
        "order_id": ["1", "1", "2", "3"],
        "product_id": "p",
        "returned_at": START + pd.to_timedelta([4.0, 34.0, 40.0, 200.0], "D"),
        "amount": [8.0, 20.0, 60.0, 1.0],
    }
)


def test_refunds_by_hand():
    mine = HAND.assign(order_id=["1", "1", "2", None, None, None, None, None])
    result = cost_to_resolution(mine, returns=BACK, orders=ORDERS, refunds=True, margin=0.5, **EURO_A_MINUTE)
    # ann's 8 after her mail and 20 after her call, both within 30 days; bob's 60 came 39 days after he asked
    assert row(result, "email")["paid_back"] == pytest.approx(0.5 * 28 / 2)
    assert row(result, "email")["cost"] == pytest.approx(20 + 7)
    assert row(result, "phone")["paid_back"] == 0
    assert "€7.00" in " ".join(result.cells()[-1])
    longer = cost_to_resolution(
        mine, returns=BACK, orders=ORDERS, refunds=True, refund_days=40, margin=0.5, **EURO_A_MINUTE
    )
    assert row(longer, "email")["paid_back"] == pytest.approx(0.5 * 88 / 2)


def test_questions_whose_refund_window_is_open_are_left_out():
    mine = HAND.assign(order_id=["1", "1", "2", None, None, None, None, None])
    soon = BACK[
        BACK["returned_at"] < START + pd.Timedelta(days=34.5)
    ]  # refunds are known until day 34: contacts until day 4
    result = cost_to_resolution(mine, returns=soon, orders=ORDERS, refunds=True, **EURO_A_MINUTE)
    assert row(result)["issues"] == 4  # ann's second contact is on day 5


def test_refunds_need_orders_and_something_that_tells_of_them():
    with pytest.raises(DataError):
        cost_to_resolution(HAND, refunds=True)
    with pytest.raises(DataError):
        cost_to_resolution(HAND, orders=ORDERS, refunds=True)


def shop(seed: int, customers: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n = customers * 2
    opened = START + pd.to_timedelta(rng.integers(0, 200 * 24, n), "h")
    return pd.DataFrame(
        {
            "contact_id": [f"k{i}" for i in range(n)],
            "customer_id": [f"c{i}" for i in rng.integers(0, customers, n)],
            "opened_at": opened,
            "resolved_at": (opened + pd.Timedelta(hours=3)).where(rng.random(n) < 0.8),
            "channel": rng.choice(["email", "phone"], n, p=[0.7, 0.3]),
            "topic": rng.choice(["size", "refund"], n),
            "handling_minutes": rng.gamma(2, 5, n).round(2),
            "abandoned": False,
        }
    )


def questions(frame: pd.DataFrame, days: int = 14) -> pd.DataFrame:
    """Finished questions, chained contact by contact: customer, channel, contacts, cost (a euro a minute), solved."""
    found, last = [], frame["opened_at"].max()
    for (who, _topic), rows in frame.sort_values("opened_at").groupby(["customer_id", "topic"]):
        chain = None
        for one in rows.to_dict("records"):
            if chain is None or one["opened_at"] - chain["until"] > pd.Timedelta(days=days):
                chain = {"customer": who, "channel": one["channel"], "contacts": 0, "cost": 0.0}
                found.append(chain)
            chain["contacts"] += 1
            chain["cost"] += one["handling_minutes"]
            chain["until"], chain["solved"] = one["opened_at"], not pd.isna(one["resolved_at"])
    table = pd.DataFrame(found)
    return table[table["until"] + pd.Timedelta(days=days) <= last]


@pytest.mark.parametrize("seed", range(3))
def test_against_questions_chained_one_by_one_and_scipys_bootstrap(seed):
    frame = shop(seed)
    result, peer = cost_to_resolution(frame, **EURO_A_MINUTE), questions(frame)
    for channel in ("email", "phone"):
        rows, mine = peer[peer["channel"] == channel], row(result, channel)
        assert mine["issues"] == len(rows)
        assert mine["solved"] == rows["solved"].sum()
        assert mine["cost"] == pytest.approx(rows["cost"].sum() / rows["solved"].sum())
        each = rows.groupby("customer")[["cost", "solved"]].sum().to_numpy(float)
        drawn = stats.bootstrap(
            (each[:, 0], each[:, 1]), lambda c, s, axis: c.sum(axis=axis) / s.sum(axis=axis), paired=True, vectorized=True,
            n_resamples=2000, method="percentile", rng=np.random.default_rng(1),
        )  # fmt: skip
        width = drawn.confidence_interval.high - drawn.confidence_interval.low
        assert mine["low"] == pytest.approx(drawn.confidence_interval.low, abs=0.2 * width)
        assert mine["high"] == pytest.approx(drawn.confidence_interval.high, abs=0.2 * width)


@pytest.mark.parametrize("by", ["channel", "topic"])
def test_an_engine_counts_the_same(by):
    frame = shop(8)
    there = ibis.duckdb.connect().create_table("contacts", ibis.memtable(frame))
    here, far = cost_to_resolution(frame, by=by), cost_to_resolution(there, by=by)
    pd.testing.assert_frame_equal(here.table, far.table)
    assert here.text == far.text


def test_the_order_of_rows_and_copies_change_nothing():
    frame = shop(9)
    usual = cost_to_resolution(frame).table
    mixed = pd.concat([frame, frame.head(20)]).sample(frac=1, random_state=2).assign(extra=1)
    pd.testing.assert_frame_equal(cost_to_resolution(mixed).table, usual)


def test_channels_that_do_not_differ_are_hardly_ever_told_apart():
    sure = 0
    for seed in range(40):
        sure += (cost_to_resolution(shop(100 + seed, 120), **EURO_A_MINUTE).table["verdict"] == "yes").any()
    assert sure <= 6  # 5 % of 40 is 2; more than 6 has a chance below 1 %


def test_what_is_planted_is_found():
    result, truth = open_shop().call(cost_to_resolution), demo.truth().set_index("id")
    for channel in ("chat", "phone", "email", "social"):
        one = row(result, channel)
        low, high = truth.loc[f"channels.cost.{channel}", ["low", "high"]]
        assert low <= one["plain"] <= high
        assert one["cost"] > one["plain"]  # no channel solves everything the first time
    assert list(result.table["channel"].iloc[[1, -1]]) == ["phone", "chat"]
    assert result.findings()[0].benchmark == "calls-per-answer-1-7"


def test_the_text_says_when_a_cheap_contact_makes_a_dear_solution():
    # a mail costs 6 and is followed by two more, a call costs 10 and solves it
    rows = []
    for i in range(60):
        rows += [(f"m{i}{j}", f"m{i}", j, "email", "size", 6, T, F) for j in range(3)]
        rows.append((f"c{i}", f"c{i}", 1, "phone", "size", 10, T, F))
    rows.append(("zz", "zed", 60, "phone", "size", 10, T, F))
    result = cost_to_resolution(asked(rows), **EURO_A_MINUTE)
    assert row(result, "email")["cost"] == pytest.approx(18)
    assert "One contact is cheaper with e-mail than with phone, one solution is dearer." in result.text
    assert row(result, "phone")["low"] == row(result, "phone")["high"] == pytest.approx(10)


def test_too_few_say_so():
    result = cost_to_resolution(HAND, **EURO_A_MINUTE)
    assert "only 3 questions" in result.text
    assert result.findings()[0].certainty == "too few"
    assert result.plot().to_json()


@pytest.mark.parametrize("by", ["channel", "topic"])
@pytest.mark.parametrize("refunds", [False, True])
def test_dutch_says_all_of_it(by, refunds):
    result = open_shop().call(cost_to_resolution, by=by, refunds=refunds)
    with language.speaking("nl"):
        assert result.text
        assert result.method
        assert result.plot().to_json()
    assert ("paid_back" in result.columns) == refunds


def test_settings_and_tables_that_cannot_be_used():
    with pytest.raises(SettingError):
        cost_to_resolution(HAND, by="agent")
    with pytest.raises(SettingError):
        cost_to_resolution(HAND, refunds=True, orders=ORDERS, refund_days=0)
    with pytest.raises(DataError, match="costs"):
        cost_to_resolution(HAND.drop(columns="handling_minutes"))
    with pytest.raises(DataError, match="finished"):
        cost_to_resolution(HAND.assign(customer_id=None))
    with pytest.raises(DataError):
        cost_to_resolution(HAND.head(0))
