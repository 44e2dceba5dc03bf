"""Every figure of every week, counted by hand on fourteen contacts."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest

from csworkbook.errors import DataError, SettingError
from csworkbook.estimates import share
from csworkbook.kpis.definitions import DEFINITIONS
from csworkbook.kpis.tallies import COLUMNS, weekly

from .tables import MONTHS, OPEN, WEEKS, ZONE, contacts, figure, minutes_after, orders, survey

FIRST, SECOND, THIRD = "2026-01-05", "2026-01-12", "2026-01-19"


def told(frame=WEEKS, **more):
    return weekly(frame, more.pop("orders", None), more.pop("effort_survey", None), zone=ZONE, **more)


def test_the_columns_and_the_units():
    table = told()
    assert table.columns.tolist() == COLUMNS
    assert set(table["metric"]) <= set(DEFINITIONS)
    assert ((table["low"] <= table["value"] + 1e-9) & (table["value"] <= table["high"] + 1e-9)).all()


def test_contacts_by_channel():
    table = told()
    assert figure(table, "contacts", FIRST)["value"] == 7
    by = {name: figure(table, "contacts", FIRST, name)["value"] for name in ("chat", "email", "phone")}
    assert by == {"chat": 3, "email": 3, "phone": 1}
    assert figure(table, "contacts", SECOND, "phone")["value"] == 0
    # Garwood's exact interval of 7: 2.81 to 14.42
    assert figure(table, "contacts", FIRST)[["low", "high"]].tolist() == pytest.approx(
        [2.814, 14.423], abs=1e-3
    )


def test_the_share_of_customers_who_complain():
    """Known customers with an answered contact: ann, bob, dee, eva; bob complained. Cas had given up."""
    row = figure(told(), "complaining", FIRST)
    assert (row["count"], row["n"]) == (1, 4)
    whole = share(1, 4)
    assert (row["value"], row["low"], row["high"]) == pytest.approx((0.25, whole.low, whole.high))
    assert tuple(figure(told(), "complaining", FIRST, "email")[["count", "n"]]) == (1, 2)


def test_solved_at_once_per_contact_and_per_customer():
    """Answered, of somebody known about something: c0, c1, c2, c4. Again within 14 days: c1 and c4."""
    table = told()
    assert tuple(figure(table, "resolved", FIRST)[["count", "n"]]) == (2, 4)
    # customers: ann is helped; bob came back once, so he is not; dee is not
    assert tuple(figure(table, "first_contact", FIRST)[["count", "n"]]) == (1, 3)
    assert tuple(figure(table, "first_contact", FIRST, "chat")[["count", "n"]]) == (1, 2)


def test_the_next_question_avoided():
    """Of c0 and c2, which were solved, c2 was followed by another question (c7) on the fourth day."""
    assert tuple(figure(told(), "next_avoided", FIRST)[["count", "n"]]) == (1, 2)


def test_a_shorter_window():
    """Within ten days dee has not come back, and the third week is over too."""
    table = told(within="10D")
    assert tuple(figure(table, "resolved", FIRST)[["count", "n"]]) == (3, 4)
    assert THIRD in table.loc[table["metric"] == "resolved", "period"].astype(str).tolist()


def test_weeks_of_which_the_time_is_not_over_are_left_out():
    table = told()
    assert table.loc[table["metric"] == "resolved", "period"].astype(str).unique().tolist() == [FIRST, SECOND]
    assert table.loc[table["metric"] == "contacts", "period"].max() == pd.Timestamp("2026-02-02")


def test_a_contact_that_is_still_open_is_not_solved():
    frame = WEEKS.assign(resolved_at=minutes_after(WEEKS, [None, *[90] * 13]))
    assert tuple(figure(told(frame), "resolved", FIRST)[["count", "n"]]) == (1, 4)


def test_reply_times_in_the_middle_and_on_average():
    """Six replies: 1, 60, 30, 3, 2 and 60 minutes; the last one within half an hour of closing on Friday."""
    clock = {"hours": "clock", "opening_hours": OPEN}
    assert figure(told(**clock), "reply", FIRST)["value"] == pytest.approx((3 + 30) / 2)
    assert figure(told(middle="mean", **clock), "reply", FIRST)["value"] == pytest.approx(156 / 6)
    assert figure(told(middle="mean", opening_hours=OPEN), "reply", FIRST)["value"] == pytest.approx(126 / 6)
    assert figure(told(middle="mean"), "reply", FIRST)["value"] == pytest.approx(156 / 6)  # no opening hours
    assert figure(told(**clock), "reply", FIRST)["n"] == 6


def test_the_interval_of_a_median_holds_it_as_often_as_it_says():
    """A hundred weeks of 60 replies whose true median is 7.39 minutes."""
    weeks = pd.date_range("2024-01-01 10:00", periods=100, freq="7D", tz=ZONE)
    opened = weeks.repeat(60) + pd.to_timedelta(np.tile(np.arange(60) % 7, 100), unit="D")
    frame = pd.DataFrame({"opened_at": opened, "customer_id": "k", "channel": "chat", "topic": "size"})
    frame["contact_id"] = [f"c{n}" for n in range(len(frame))]
    frame["replied_at"] = minutes_after(
        frame, np.exp(np.random.default_rng(4).normal(2, 1, len(frame))).tolist()
    )
    rows = told(frame, hours="clock").query("metric == 'reply' and channel == ''")
    inside = (rows["low"] <= np.exp(2)) & (np.exp(2) <= rows["high"])
    assert len(rows) == 100
    assert 0.88 <= inside.mean() <= 1.0  # 95 % ± 3 standard errors


def test_ratings_by_hand():
    """Friendliness 5, 2, 5 and 4; six interactions were answered."""
    table = told()
    row = figure(table, "friendliness", FIRST)
    half = 3.1824463 * np.std([5, 2, 5, 4], ddof=1) / 2  # Student's t with three degrees of freedom
    assert (row["value"], row["high"] - row["value"], row["n"]) == pytest.approx((4.0, half, 4))
    assert figure(table, "knowledge", FIRST)["value"] == 3.0
    assert tuple(figure(table, "satisfied", FIRST)[["count", "n"]]) == (3, 4)


def test_very_friendly_of_all_or_of_those_rated():
    """The handbook's formula divides by all service interactions; the switch by those rated."""
    assert tuple(figure(told(), "very_friendly", FIRST)[["count", "n"]]) == (2, 6)
    assert tuple(figure(told(rated="rated"), "very_friendly", FIRST)[["count", "n"]]) == (2, 4)


def test_a_week_in_which_nobody_was_asked_has_no_share_of_very_friendly():
    weeks = told().loc[lambda t: t["metric"] == "very_friendly", "period"]
    assert weeks.astype(str).unique().tolist() == [FIRST]


def test_cost_to_resolution_is_cost_per_contact_times_contacts_per_issue():
    """E-mail: c1 and c2, of which one was solved: 2 contacts an issue, 12 minutes each at 60 an hour: 24."""
    table = told(hourly_cost=60.0)
    assert figure(table, "cost_to_resolution", FIRST, "email")["value"] == pytest.approx(24.0)
    # chat: c0 and c4, one solved: 2 × 6; all: mean cost (2 × 12 + 2 × 6) ÷ 4 = 9, 4 contacts, 2 solved
    assert figure(table, "cost_to_resolution", FIRST, "chat")["value"] == pytest.approx(12.0)
    assert figure(table, "cost_to_resolution", FIRST)["value"] == pytest.approx(18.0)


BOUGHT = orders(
    ("ann", "2026-01-06 12:00"),  # a new customer, after c0
    ("bob", "2025-12-20 12:00"),  # bob is an existing customer
    ("bob", "2026-01-10 12:00"),  # after c2, his last contact before it
    ("dee", "2026-02-28 12:00"),  # too late after c4
    ("zoe", "2026-05-31 12:00"),  # the orders go on until then
)


def test_new_and_existing_customers_after_a_conversation():
    table = told(orders=BOUGHT)
    # six interactions; ann is new and bought; bob had bought before
    assert tuple(figure(table, "acquisition", FIRST)[["count", "n"]]) == (1, 6)
    assert tuple(figure(table, "retention", FIRST)[["count", "n"]]) == (1, 6)
    # with new visitors: ann, dee and eva (c0, c4, c6); with existing customers: c1 and c2
    rated = told(orders=BOUGHT, rated="rated")
    assert tuple(figure(rated, "acquisition", FIRST)[["count", "n"]]) == (1, 3)
    assert tuple(figure(rated, "retention", FIRST)[["count", "n"]]) == (1, 2)


def test_customers_lost_count_once_a_period_by_their_last_purchase():
    bought = orders(
        ("ann", "2026-01-05 10:00"), ("ann", "2026-01-07 10:00"),  # comes back after 60 days
        ("ann", "2026-03-08 10:00"),
        ("bob", "2026-01-06 10:00"), ("bob", "2026-04-08 10:00"),  # after 92 days: lost
        ("cas", "2026-01-11 23:30"),  # never again: lost
        ("zoe", "2026-06-30 10:00"), ("zoe", "2025-12-31 10:00"),
    )  # fmt: skip
    table = told(orders=bought)
    assert tuple(figure(table, "churn", FIRST)[["count", "n"]]) == (2, 3)
    assert tuple(figure(told(orders=bought, after="30D"), "churn", FIRST)[["count", "n"]]) == (3, 3)
    month = told(MONTHS, orders=bought, period="month")
    assert tuple(figure(month, "churn", "2026-01-01")[["count", "n"]]) == (2, 3)


ANSWERS = survey(
    ("2026-01-01 10:00", 1, 1, 1, 10),
    ("2026-01-05 10:00", 1, 3, None, 10),
    ("2026-01-06 10:00", 2, 2, 1, 9),
    ("2026-01-07 10:00", None, None, None, 6),
    ("2026-01-11 23:30", 1, 1, 1, 7),
    ("2026-01-20 10:00", 1, 1, 1, 0),
)


def test_effort_and_recommendation():
    table = told(effort_survey=ANSWERS)
    assert tuple(figure(table, "effort", FIRST)[["count", "n"]]) == (1, 3)
    row = figure(table, "nps", FIRST)  # 10 and 9 recommend, 6 does not, 7 neither: (2 − 1) ÷ 4
    assert (row["value"], row["n"]) == (0.25, 4)
    half = 1.959964 * np.sqrt((3 / 4 - 0.25**2) / 4)
    assert row["high"] == pytest.approx(min(0.25 + half, 1.0))


def test_months():
    table = told(MONTHS, period="month")
    assert table["period"].astype(str).unique().tolist() == ["2026-01-01"]
    assert figure(table, "contacts", "2026-01-01")["n"] == 31


# ---------------------------------------------------------------- any engine, any order, any form
SWITCHES = [{}, {"rated": "rated", "middle": "mean", "hours": "clock"}, {"period": "month"}]


@pytest.mark.parametrize("how", SWITCHES)
def test_an_engine_counts_as_a_frame_does(how):
    inside = told(MONTHS, orders=BOUGHT, opening_hours=OPEN, **how)
    lazy = told(ibis.memtable(MONTHS), orders=ibis.memtable(BOUGHT), opening_hours=OPEN, **how)
    pd.testing.assert_frame_equal(inside, lazy)


def test_the_demo_shop_in_an_engine(tmp_path):
    from csworkbook.shop import open_shop

    shop = open_shop()
    shop.contacts.to_parquet(tmp_path / "contacts.parquet")
    shop.orders.to_parquet(tmp_path / "orders.parquet")
    files = [ibis.read_parquet(tmp_path / f"{name}.parquet") for name in ("contacts", "orders")]
    how = {"zone": ZONE, "opening_hours": shop.settings.opening_hours, "country": "NL"}
    inside, lazy = weekly(shop.contacts, shop.orders, **how), weekly(*files, **how)
    pd.testing.assert_frame_equal(inside, lazy)


def test_the_order_of_rows_and_their_index_do_not_matter():
    mixed = WEEKS.sample(frac=1, random_state=1).set_axis([0] * len(WEEKS))
    bought = BOUGHT.sample(frac=1, random_state=2)
    pd.testing.assert_frame_equal(told(orders=BOUGHT), told(mixed, orders=bought))


def test_other_forms_of_the_same_rows():
    odd = WEEKS.assign(
        channel=WEEKS["channel"].astype("category"),
        customer_id=WEEKS["customer_id"].astype(object).replace(" ", None),
        satisfied=WEEKS["satisfied"].astype(object).where(WEEKS["satisfied"].notna(), None),
        opened_at=WEEKS["opened_at"].dt.tz_convert("UTC").dt.tz_localize(None),
        replied_at=WEEKS["replied_at"].dt.tz_convert("UTC").dt.tz_localize(None),
        weather="sunny",
    )
    twice = pd.concat([odd, odd.iloc[[4]]])
    pd.testing.assert_frame_equal(told(), told(twice))


def test_a_table_without_optional_columns():
    """Without replies every contact that was not given up counts as handled."""
    bare = WEEKS[["contact_id", "customer_id", "opened_at", "channel", "topic"]]
    table = told(bare)
    assert set(table["metric"]) == {"contacts", "resolved", "next_avoided", "first_contact"}
    assert tuple(figure(table, "resolved", FIRST)[["count", "n"]]) == (
        3,
        5,
    )  # cas too, who is not known to give up


def test_a_blank_channel_counts_in_the_whole_only():
    blank = WEEKS.assign(channel=WEEKS["channel"].where(WEEKS.index != 0, " "))
    table = told(blank)
    assert figure(table, "contacts", FIRST)["value"] == 7
    assert figure(table, "contacts", FIRST, "chat")["value"] == 2


def test_no_channel_at_all_leaves_the_whole():
    table = told(WEEKS.assign(channel=""))
    assert set(table["channel"]) == {""}
    assert figure(table, "contacts", FIRST)["value"] == 7


def test_weeks_and_months_of_answers_that_are_whole_count():
    """Answers on weekdays from Thursday 1 January up to Friday 30 January: January is whole, its last week too."""
    days = pd.bdate_range("2026-01-01", "2026-01-30")
    answers = survey(*[(f"{day:%Y-%m-%d} 12:00", 1, 1, 1, 9) for day in days])
    months = told(MONTHS, period="month", effort_survey=answers).query("metric == 'effort'")
    assert months["n"].tolist() == [22]
    weeks = told(effort_survey=answers).query("metric == 'effort'")["period"].astype(str).tolist()
    assert weeks == ["2026-01-05", "2026-01-12", "2026-01-19", "2026-01-26"]
    assert told(effort_survey=answers.head(0)).query("metric == 'effort'").empty


def test_a_week_begins_on_monday_by_the_clock_of_the_shop():
    """Sunday 23:30 in UTC is Monday 0:30 in Amsterdam; the clock goes forward on 29 March."""
    rows = [("a", "2026-03-23 00:30", "chat", "x"), ("b", "2026-03-29 23:30", "chat", "x")]
    frame = contacts(*rows, ("c", "2026-03-30 00:30", "chat", "x"), ("d", "2026-04-05 12:00", "chat", "x"))
    table = told(frame)
    assert figure(table, "contacts", "2026-03-23")["value"] == 2
    assert figure(table, "contacts", "2026-03-30")["value"] == 2
    utc = weekly(frame, zone="UTC")
    assert figure(utc, "contacts", "2026-03-23")["value"] == 2  # b and c; the week of a has only its end


def test_the_first_and_last_week_count_when_they_are_whole():
    rows = [("a", f"2026-01-{day:02} 10:00", "chat", "x") for day in (7, 8, 9, 12, 13, 14, 15, 16, 19, 20)]
    weeks = told(contacts(*rows))["period"].astype(str).unique().tolist()
    assert weeks == ["2026-01-12"]  # nothing on weekends, so Friday ends a week; the first lacks two days
    assert told(contacts(*rows[3:8]))["period"].astype(str).unique().tolist() == ["2026-01-12"]


def test_a_week_without_contacts_is_there():
    rows = [("a", f"2026-01-{day:02} 10:00", "chat", "x") for day in (5, 11, 19, 25)]
    table = told(contacts(*rows))
    assert figure(table, "contacts", "2026-01-12")["value"] == 0
    assert figure(table, "contacts", "2026-01-12")["high"] == pytest.approx(3.689, abs=1e-3)


def test_errors_in_words():
    with pytest.raises(DataError, match="no contact with a time"):
        told(WEEKS.head(0))
    with pytest.raises(DataError, match=r"lacks the column\(s\) topic"):
        told(WEEKS.drop(columns="topic"))
    with pytest.raises(SettingError, match="“day” cannot be chosen"):
        told(period="day")
    with pytest.raises(SettingError, match="“some” cannot be chosen"):
        told(rated="some")
    with pytest.raises(SettingError, match="no length of time"):
        told(within="soon")
