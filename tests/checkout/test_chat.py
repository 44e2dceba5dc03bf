"""Chat in the cart: break-evens worked out by hand, carts and orders counted one by one."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says
from scipy.stats import chi2

from csworkbook import open_shop
from csworkbook.checkout.chat import chat
from csworkbook.checkout.lingering import credited, lingering
from csworkbook.demo import stories
from csworkbook.errors import DataError, SettingError

from .baskets import ZONE, orders

OPEN = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "09:00-17:00")
WHERE = {"opening_hours": OPEN, "zone": ZONE, "country": ""}
DAYS_14 = pd.Timedelta("14D")


def log(*rows) -> pd.DataFrame:
    """Events: (visitor, moment, step, seconds), between somebody who looks on a Monday and on a Friday."""
    ends = [("first", "2026-03-02 00:00", "home", 5), ("last", "2026-03-13 23:00", "home", 5)]
    events = pd.DataFrame([*ends, *rows], columns=["visitor_id", "at", "step", "seconds"])
    events["at"] = pd.to_datetime(events["at"], format="ISO8601").dt.tz_localize(ZONE)
    return events.assign(seconds=events["seconds"].astype(float))


SEEN = log(
    ("a", "2026-03-02 10:00", "cart", 61),
    ("a", "2026-03-02 11:00", "cart", 300),  # the same visitor on the same day
    ("a", "2026-03-03 10:00", "cart", 61),  # on another day
    ("a", "2026-03-04 09:00", "paid", 5),  # 23 hours later
    ("b", "2026-03-02 10:00", "cart", 60),  # not longer than a minute
    ("c", "2026-03-02 16:59:30", "cart", 90),  # closed when the minute is over
    ("d", "2026-03-02 08:59:30", "cart", 90),  # open when the minute is over
    ("e", "2026-03-07 12:00", "cart", 90),  # on a Saturday
    ("f", "2026-03-02 10:00", "product", 300),  # not in the cart
    ("g", "2026-03-13 16:00", "cart", 90),  # its day is not over when the data end
)


def contacts(rows, **columns) -> pd.DataFrame:
    """Contacts: (customer, days after 1 January 2025 12:00, channel, stage)."""
    frame = pd.DataFrame(rows, columns=["customer_id", "day", "channel", "stage"])
    at = pd.Timestamp("2025-01-01 12:00", tz=ZONE) + pd.to_timedelta(frame.pop("day"), "D")
    return frame.assign(contact_id=[f"k{i}" for i in range(len(frame))], opened_at=at, topic="x", **columns)


# ---------------------------------------------------------------- carts that linger
def test_lingering_carts_are_counted_once_a_visitor_a_day_and_in_opening_hours():
    found = lingering(SEEN, seconds=60, **WHERE)
    assert found.carts == 6  # a twice, c, d, e, g
    assert found.open == 4  # a twice, d, g
    assert (found.bought, found.finished) == (1, 3)  # a on the second day; the day of g is not over
    assert found.days == 10
    assert found.a_day.value == 0.4
    assert found.a_day.low == pytest.approx(chi2.ppf(0.025, 8) / 2 / 10)
    assert found.a_day.high == pytest.approx(chi2.ppf(0.975, 10) / 2 / 10)
    assert found.days_a_year == pytest.approx(365 / 7 * 5)


def test_events_may_be_a_file_or_a_table_of_an_engine(tmp_path):
    path = tmp_path / "events.parquet"
    SEEN.to_parquet(path)
    for events in (str(path), ibis.read_parquet(path)):
        found = lingering(events, seconds=60, **WHERE)
        assert (found.carts, found.open, found.bought, found.finished) == (6, 4, 1, 3)


def test_the_limit_can_be_another():
    assert lingering(SEEN, seconds=59, **WHERE).carts == 7
    assert lingering(SEEN, seconds=120, **WHERE).carts == 1


def test_holidays_are_closed():
    spring = SEEN.assign(at=SEEN["at"] + pd.Timedelta("56D"))  # 2 March becomes 27 April, King's Day
    assert lingering(spring, seconds=60, **WHERE).days == 10
    assert lingering(spring, seconds=60, **{**WHERE, "country": "NL"}).days == 9


def test_pages_without_seconds_tell_nothing():
    assert lingering(SEEN.drop(columns="seconds"), seconds=60, **WHERE) is None
    assert lingering(SEEN.assign(seconds=np.nan), seconds=60, **WHERE) is None


def test_a_shop_that_is_never_open_invites_nobody():
    found = lingering(SEEN, seconds=60, opening_hours={}, zone=ZONE, country="")
    assert (found.open, found.days) == (0, 0)
    assert_says(chat(SEEN, None, orders([50] * 40), opening_hours={}, country=""))


# ---------------------------------------------------------------- what is credited
def test_orders_after_a_chat_are_counted_by_hand():
    bought = orders([10] * 4, days=100)  # on days 0, 33.3, 66.7 and 100
    bought["customer_id"] = ["ann", "bob", "cas", "dee"]
    asked = contacts(
        [
            ("bob", 20, "chat", "before"),  # 13.3 days before
            ("cas", 50, "chat", "before"),  # 16.7 days before: too long
            ("ann", 0, "chat", "before"),  # at the same moment: not after
            ("dee", 87, "chat", "before"),  # the window is not over
            (None, 20, "chat", "before"),  # nobody known
            ("bob", 21, "email", "before"),
            ("bob", 21, "chat", "after"),
        ]
    )
    found = credited(asked, bought, within=DAYS_14)
    assert (found.share.value, found.share.n) == (1 / 3, 3)
    assert (found.others.value, found.others.n) == (1, 1)
    assert (found.open, found.unknown) == (1, 1)


def test_an_order_after_three_chats_is_credited_once():
    bought = orders([10] * 4, days=100)
    bought["customer_id"] = ["ann", "bob", "cas", "dee"]
    told = [("bob", day, "chat", "before") for day in (21, 25, 30)] + [("bob", 26, "email", "before")]
    found = credited(contacts(told), bought, within=DAYS_14)
    assert (found.share.value, found.share.n) == (1, 3)  # every one of them is followed by it
    assert (found.once.value, found.once.n) == (1 / 3, 3)
    assert (found.others.value, found.others.n) == (1, 1)


def test_contacts_without_a_stage_credit_nothing():
    asked = contacts([("ann", 1, "chat", "before")])
    assert credited(asked.drop(columns="stage"), orders([10]), within=DAYS_14) is None
    assert credited(asked.assign(channel="email"), orders([10]), within=DAYS_14) is None


# ---------------------------------------------------------------- the break-even
def test_the_break_even_by_hand():
    # 30 minutes at 40 an hour, two at once: 10 a chat; an order brings 40: one in four
    result = chat(minutes=30, hourly_cost=40, at_once=2, order_margin=40)
    assert result.needed.value == pytest.approx(0.25)
    assert result.table["per_chat"].tolist() == [10] * 3
    assert "at least 25 of 100 chats bring an order that would not have come otherwise" in result.headline
    assert "a chat costs €10.00, an order brings €40" in result.headline
    assert_says(result)


def test_chats_costs_and_orders_by_hand():
    terms = {"minutes": 30, "hourly_cost": 40, "at_once": 2, "order_margin": 40}
    result = chat(SEEN, accept_low=0.25, accept_high=0.75, **WHERE, **terms)
    row = result.table.set_index("accept").loc[0.5]
    assert (row["invited"], row["chats"]) == (0.4, 0.2)
    assert row["cost"] == pytest.approx(0.2 * 365 / 7 * 5 * 10)
    assert row["orders"] == pytest.approx(row["cost"] / 40)
    assert "0.4 carts a day (0.1 to 1.0) linger longer than 60 seconds" in result.text
    assert_says(result)


def test_people_who_do_only_this_cost_all_their_hours():
    # one person for 40 hours a week at 40 an hour, two weeks, for 4 × 0.5 chats: 3,200 ÷ 2 a chat
    terms = {"minutes": 30, "hourly_cost": 40, "at_once": 2, "order_margin": 40, "extra_people": True}
    result = chat(SEEN, accept_low=0.5, accept_high=0.5, **WHERE, **terms)
    assert result.table["per_chat"].tolist() == pytest.approx([1600])
    assert "cannot pay like this" in result.headline
    assert_says(result)


def test_how_many_may_have_bought_anyway_by_hand():
    # three in four chats are followed by an order; one in four is needed: pays while fewer than 2 in 3 would have
    people = [f"c{i}" for i in range(40)]
    bought = orders([100] * 40, days=0).assign(customer_id=people)
    bought["ordered_at"] = bought["ordered_at"] + pd.Timedelta("5D")
    last = orders([100], days=0).assign(
        ordered_at=bought["ordered_at"].max() + pd.Timedelta("60D"), order_id="z"
    )
    asked = contacts([(who if i < 30 else "nobody", 0, "chat", "before") for i, who in enumerate(people)])
    result = chat(
        None, asked.assign(handling_minutes=30.0), pd.concat([bought, last]),
        hourly_cost=50, at_once=1, margin=1.0, anyway=0.5,
    )  # fmt: skip
    assert result.taken.n == 40
    assert result.needed.value == pytest.approx(0.25)
    assert result.leads.share.value == 0.75
    assert result.most_anyway == pytest.approx(2 / 3)
    assert "pay while fewer than 67% of them would have bought anyway" in result.text
    assert_says(result)


def test_the_result_a_year_by_hand():
    bought = orders([100] * 41, days=60)
    # customer k orders on day 1.5 k: of forty chats twenty have an order of their own, a day later
    own = [(f"c{k}", 1.5 * k - 1, "chat", "before") for k in range(10, 30)]
    asked = contacts([*own, *[("zzz", 20, "chat", "before")] * 20])
    terms = {"minutes": 30, "hourly_cost": 40, "at_once": 2, "margin": 0.4, "anyway": 0.2}
    result = chat(SEEN, asked, bought, accept_low=0.5, accept_high=0.5, **WHERE, **terms)
    assert result.leads.share.value == 0.5
    row = result.table.iloc[0]
    assert row["value"] == pytest.approx(0.2 * 365 / 7 * 5 * (0.5 * 0.8 * 40 - 10))
    assert row["value_low"] < row["value"] < row["value_high"]
    # twenty chats before one order: one order of forty chats, not twenty
    again = contacts([("c20", 29, "chat", "before")] * 20 + [("zzz", 20, "chat", "before")] * 20)
    result = chat(SEEN, again, bought, accept_low=0.5, accept_high=0.5, **WHERE, **terms)
    assert result.table["value"].iloc[0] == pytest.approx(0.2 * 365 / 7 * 5 * (1 / 40 * 0.8 * 40 - 10))
    assert "an order after several chats counts once: 2.5 orders from 100 chats" in result.method


def test_a_mean_is_as_sure_as_its_data():
    rng = np.random.default_rng(1)
    few = chat(orders=orders(rng.lognormal(4, 1, 50)), minutes=10)
    many = chat(orders=orders(rng.lognormal(4, 1, 5000)), minutes=10)
    assert few.needed.high - few.needed.low > 3 * (many.needed.high - many.needed.low)
    with pytest.raises(DataError, match="what an order brings"):
        chat(orders=orders([100]), minutes=10)


def test_minutes_are_assumed_where_none_are_known():
    result = chat(order_margin=30)
    assert "A chat takes 10 minutes; that is assumed." in result.method
    assert "must tell how long a visitor stays in the cart" in result.text
    assert_says(result)


# ---------------------------------------------------------------- odd input
def test_nothing_that_tells_what_an_order_brings():
    with pytest.raises(DataError, match="what an order brings"):
        chat()
    with pytest.raises(DataError, match="bring no margin"):
        chat(orders=orders([10, 20, 30]), margin=0.0)
    with pytest.raises(DataError, match="what an order brings"):
        chat(orders=orders([]))


@pytest.mark.parametrize(
    "terms", [{"hourly_cost": 0}, {"accept_low": 0, "accept_high": 0}, {"anyway": 1}], ids=str
)
@pytest.mark.parametrize("extra", [False, True])
def test_edges_of_the_assumptions(terms, extra):
    assert_says(chat(SEEN, order_margin=40, extra_people=extra, **WHERE, **terms))


@pytest.mark.parametrize(
    "terms", [{"at_once": 0.5}, {"accept_high": 1.5}, {"minutes": -1}, {"anyway": -0.1}], ids=str
)
def test_assumptions_that_cannot_be_are_refused(terms):
    with pytest.raises(SettingError):
        chat(order_margin=40, **terms)


# ---------------------------------------------------------------- the demo shop
@pytest.fixture(scope="module")
def demo():
    return open_shop().call(chat)


def test_the_share_of_chats_followed_by_an_order_is_the_planted_one(demo):
    assert demo.leads.share.low <= stories.CONVERTS["chat"] <= demo.leads.share.high


def test_lingering_carts_of_the_shop_are_those_counted_otherwise(demo):
    shop = open_shop()
    long = shop.events[(shop.events["step"] == "cart") & (shop.events["seconds"] > 60)]
    days = long["at"].dt.tz_convert("UTC").dt.date
    assert demo.seen.carts == len(long.assign(day=days).drop_duplicates(["visitor_id", "day"]))


def test_claims_come_with_their_caveats_and_nothing_is_promised(demo):
    assert "7.5 times" in demo.method
    assert "A correlation, not shown to be a cause." in demo.method
    assert "credited to the chat, not shown to be its doing" in demo.text
    assert demo.findings()[0].certainty == "likely"
    for word in ("proves", "causes", "will "):
        assert word not in demo.text + demo.findings()[0].headline
    assert_says(demo)
