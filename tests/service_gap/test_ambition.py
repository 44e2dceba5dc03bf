"""What a level costs and can bring: hours by hand, a difference that is one of means, odd shops."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says, orders

from csworkbook import open_shop, queueing
from csworkbook.errors import DataError, SettingError
from csworkbook.estimates import rough
from csworkbook.language import money, percent
from csworkbook.service_gap import demand
from csworkbook.service_gap.ambition import ambition
from csworkbook.service_gap.benefit import buying_again

from .arrivals import NINE_TO_FIVE, ZONE, contacts

HERE = {"opening_hours": NINE_TO_FIVE, "zone": ZONE, "country": ""}
LIMITS = demand.Limits(phone=30, chat=20, social=60, email=24)


def calls(weeks: int = 10, a_day: int = 4, **columns) -> pd.DataFrame:
    """Every working day a call at 10:00, 10:15, … of six minutes, answered after ten seconds."""
    days = [7 * w + d + k / 96 for w in range(weeks) for d in range(5) for k in range(a_day)]
    given = {"channel": "phone", "handling_minutes": 6.0, "waiting_seconds": 10.0, **columns}
    return contacts([f"k{i}" for i in range(len(days))], days, **given)


def letters(n: int, minutes: float, *, after: float = 30.0, every: float = 1.0, **columns) -> pd.DataFrame:
    """Letters one `every` days apart from Monday 10:00, answered `after` minutes."""
    asked = contacts([f"k{i}" for i in range(n)], np.arange(n) * every, handling_minutes=minutes, **columns)
    return asked.assign(replied_at=asked["opened_at"] + pd.Timedelta(minutes=after))


def level(result, name):
    return result.table.set_index("level").loc[name]


# opening hours


def test_the_four_opening_hours():
    assert demand.opened(NINE_TO_FIVE, "now") == NINE_TO_FIVE
    assert demand.opened({"monday": "09:00-17:00", "sunday": "12:00-17:00"}, "evenings") == {
        "monday": "09:00-21:00",
        "sunday": "12:00-17:00",
    }
    assert demand.opened({"monday": "09:00-22:30", "friday": "9:00-00:00"}, "evenings") == {
        "monday": "09:00-22:30",
        "friday": "9:00-00:00",
    }
    assert demand.opened({"saturday": "09:00-12:00"}, "weekend") == {
        "saturday": "09:00-12:00",
        "sunday": "10:00-17:00",
    }
    assert len(demand.opened({}, "always")) == 7
    with pytest.raises(SettingError, match="evenings"):
        demand.opened({}, "sometimes")


def test_hours_a_week_when_one_person_is_enough():
    # 4 calls of 6 minutes in one hour of the day: .4 erlang, and one person in each of 40 open hours
    result = ambition(calls(), **HERE)
    assert level(result, "0.5")["hours"] == 40
    least = float(queueing.answered_within(0.4, 1, handling_seconds=360, within_seconds=30))
    assert level(result, "0.5")["kept"] == pytest.approx(least)


def test_a_higher_level_takes_the_agent_hours_of_erlang():
    # 80 % asks for a second person in the one hour of the day with calls
    first, second = (
        float(queueing.answered_within(0.4, n, handling_seconds=360, within_seconds=30)) for n in (1, 2)
    )
    assert first < 0.7 < 0.9 < second
    result = ambition(calls(), **HERE)
    assert level(result, "0.9")["hours"] == 45
    assert level(result, "0.9")["kept"] == pytest.approx(second)


def test_cost_is_work_and_the_waiting_that_is_not_used():
    # 40 hours on duty a week, 2 of them talking: 20 calls of 6 minutes
    for used in (0.0, 0.25, 1.0):
        result = ambition(calls(), hourly_cost=30.0, other_work=used, **HERE)
        paid = 2 + (1 - used) * (40 - 2)
        assert level(result, "0.5")["cost"] == pytest.approx(paid * 365 / 7 * 30)


def test_longer_opening_hours_cost_a_person_in_each():
    for opening, hours in (("now", 40), ("evenings", 60), ("weekend", 54), ("always", 168)):
        assert level(ambition(calls(), opening=opening, **HERE), "0.5")["hours"] == hours


def test_calls_outside_the_opening_hours_are_never_answered_in_time():
    early = contacts([f"n{i}" for i in range(50)], [7 * w + d - 0.4 for w in range(10) for d in range(5)],
                     channel="phone", handling_minutes=6.0, waiting_seconds=10.0)  # fmt: skip
    both = pd.concat([calls(), early], ignore_index=True)
    now, always = (level(ambition(both, opening=o, **HERE), "0.95")["kept"] for o in ("now", "always"))
    assert now == pytest.approx(0.8 * 0.97, abs=0.03)  # 200 of 250
    assert always > 0.95


# letters


def test_letters_are_answered_between_the_calls():
    # calls keep one person on duty for 40 hours a week; 5 letters of ten minutes a week fit in
    both = pd.concat([calls(), letters(50, 10.0, every=1.4)], ignore_index=True)
    assert level(ambition(both, **HERE), "0.5")["hours"] == 40


def test_letters_alone_take_the_capacity_of_the_line():
    # one letter of 60 minutes every day at 10:00, 24 hours to answer: from 10:00 to 17:00 and 9:00 to 10:00 are 8
    # open hours, so an eighth of a person will do, except on Fridays and weekends
    asked = letters(70, 60.0)
    weeks = 69 / 7
    result = ambition(asked, **HERE)
    found = demand.of(asked, LIMITS, zone=ZONE, country="").within(NINE_TO_FIVE, LIMITS)
    one = found.letters["email"]
    assert one.allowed[:7].tolist() == [480, 480, 480, 480, 420, 0, 60]
    assert one.reached == pytest.approx(6 / 7)  # a letter of Saturday 10:00 is late on Sunday 10:00
    people, kept = one.at(0.5)
    assert people == pytest.approx(queueing.least_capacity(one.opened, one.work, one.allowed, share=3 / 7))
    assert kept == pytest.approx(3 / 7)
    assert level(result, "0.5")["hours"] == pytest.approx(max(people * 40, 70 / weeks))


def test_targets_go_by_the_name_of_the_channel():
    named = pd.Series(["phone", "chat", "social", "whatsapp", "email", "form"], dtype="category")
    assert LIMITS.minutes(named).tolist() == [0.5, 20 / 60, 60, 60, 1440, 1440]


# today


def test_today_is_what_is_kept_by_the_clock():
    asked = letters(40, 5.0, after=60 * 23)
    asked.loc[:9, "replied_at"] += pd.Timedelta(hours=2)
    assert level(ambition(asked, **HERE), "today")["kept"] == 0.75
    assert level(ambition(asked, email=48, **HERE), "today")["kept"] == 1


def test_who_waits_longer_than_the_target_or_gave_up_was_not_answered_in_time():
    asked = letters(5, 5.0, abandoned=pd.array([False, True, False, False, False], dtype="boolean"))
    asked.loc[1:, "replied_at"] = pd.NaT
    # the first was answered, the second left, the third waits two days, the others have a day or less behind them
    found = demand.in_time(asked, LIMITS)
    assert found[:3].tolist() == [1, 0, 0]  # nobody knows when the second left: not answered, in any case
    assert np.isnan(found[3:]).all()


def test_who_gave_up_before_the_target_is_left_out_as_in_the_check_of_a_promise():
    left = pd.array([False, True, True], dtype="boolean")
    asked = calls(weeks=5).head(3).assign(waiting_seconds=[10.0, 20.0, 40.0], abandoned=left)
    np.testing.assert_array_equal(demand.in_time(asked, LIMITS), [1, np.nan, 0])  # the target is 30 seconds


def test_a_channel_without_any_reply_on_record_is_left_out_and_named():
    asked = letters(40, 5.0, after=60 * 23)
    asked.loc[:9, "replied_at"] += pd.Timedelta(hours=2)
    silent = contacts([f"p{i}" for i in range(40)], range(40), channel="phone", handling_minutes=5.0)
    result = ambition(pd.concat([asked, silent], ignore_index=True), **HERE)
    assert level(result, "today")["kept"] == 0.75
    assert "Today 75% of all contacts are answered within these targets, leaving out phone" in result.text
    assert "leaving out" not in ambition(asked, **HERE).text
    assert_says(result)


def test_without_replies_today_is_not_known_but_the_cost_is():
    result = ambition(letters(60, 5.0).drop(columns="replied_at"), **HERE)
    assert "today" not in result.table["level"].tolist()
    assert result.table["cost"].gt(0).all()
    assert "do not say how many" in result.text
    assert_says(result)


# what it brings


def bought_again(in_time: int, late: int, n: int = 200, every: float = 0.25):
    """Contacts of 200 customers answered in time and 200 late; so many of each buy in the weeks after."""
    asked = letters(2 * n, 5.0, every=every)
    asked.loc[1::2, "replied_at"] += pd.Timedelta(days=3)
    who = asked["customer_id"].to_numpy()
    again = [*who[0::2][:in_time], *who[1::2][:late]]
    days = 4 + np.array([int(one[1:]) for one in again]) * every + 10
    return asked, orders(["first", *again, "last"], [0, *days, 2 * n * every + 300], 50.0)


def test_the_difference_is_one_of_two_means_with_its_robust_error():
    asked, bought = bought_again(120, 60)
    found, error = buying_again(asked, bought, demand.in_time(asked, LIMITS), within=pd.Timedelta("90D"))
    assert found.value == pytest.approx(0.6 - 0.3)
    assert error == pytest.approx((0.6 * 0.4 / 200 + 0.3 * 0.7 / 200) ** 0.5, rel=0.02)
    assert found.n == 400


def test_groups_that_differ_anyway_are_not_compared_with_each_other():
    # all e-mails late, all social in time, and social buys more: no difference within a channel
    rng = np.random.default_rng(4)
    n = 400
    social, kept = np.arange(n) % 2 == 0, rng.random(n)
    in_time = np.where(social, kept < 0.9, kept < 0.1).astype(float)
    asked = contacts([f"k{i}" for i in range(n)], range(n), channel=np.where(social, "social", "email"))
    again = np.flatnonzero(rng.random(n) < np.where(social, 0.8, 0.2))
    bought = orders(["first", *(f"k{i}" for i in again), "last"], [0, *(again + 10), 900])
    found, _error = buying_again(asked, bought, in_time, within=pd.Timedelta("90D"))
    assert found.low < 0 < found.high
    naive = np.isin(np.arange(n), again)
    assert naive[in_time == 1].mean() - naive[in_time == 0].mean() > 0.3


@pytest.mark.parametrize(
    ("in_time", "late", "verdict"), [(180, 20, "yes"), (100, 100, "cannot tell yet"), (20, 180, "no")]
)
def test_more_answers_in_time_pay_when_customers_buy_more(in_time, late, verdict):
    asked, bought = bought_again(in_time, late)
    # a customer brings 5,000, and letters of a minute cost next to nothing
    result = ambition(
        asked.assign(handling_minutes=1.0), bought, value_per_customer=5000.0, other_work=1.0, **HERE
    )
    assert level(result, "today")["kept"] == 0.5
    assert level(result, "0.8")["kept"] > 0.55
    assert level(result, "0.8")["verdict"] == verdict
    assert_says(result)


def test_what_it_can_bring_is_a_product():
    asked, bought = bought_again(180, 20)
    result = ambition(asked, bought, value_per_customer=100.0, **HERE)
    assert result.gain.customers == 400  # in 100 days, not made a year
    assert "the 99 days of your contacts" in result.text
    more = level(result, "0.9")["kept"] - 0.5
    middle = more * 0.8 * result.gain.customers * 100
    low, high = level(result, "0.9")[["value_low", "value_high"]]
    assert low < middle < high
    assert (low + high) / 2 == pytest.approx(middle, rel=0.03)


def test_below_today_it_brings_less():
    asked, bought = bought_again(180, 20)
    asked["replied_at"] = asked["opened_at"] + pd.Timedelta(minutes=10)
    asked.loc[::8, "replied_at"] += pd.Timedelta(days=3)
    result = ambition(asked, bought, **HERE)
    assert level(result, "today")["kept"] == pytest.approx(7 / 8)
    assert level(result, "0.5")["value_high"] <= 0 or result.gain.difference.low < 0


def test_doing_better_than_promised_brings_no_more():
    asked, bought = bought_again(180, 20)
    result = ambition(asked, bought, extras=2.0, **HERE)
    for better in ("faster", "extra"):
        assert level(result, better)[["value_low", "value_high"]].tolist() == pytest.approx(
            level(result, "0.95")[["value_low", "value_high"]].tolist()
        )
    a_year = (bought["ordered_at"] > bought["ordered_at"].max() - pd.Timedelta("365D")).sum()
    assert level(result, "extra")["cost"] - level(result, "0.95")["cost"] == pytest.approx(2 * a_year)
    assert level(result, "faster")["cost"] >= level(result, "0.95")["cost"]


def test_contacts_before_the_first_order_cannot_be_seen_to_buy():
    asked, bought = bought_again(120, 60)
    late = bought[bought["ordered_at"] >= asked["opened_at"].iloc[200]]
    told = demand.in_time(asked, LIMITS)
    found, _error = buying_again(asked, late, told, within=pd.Timedelta("20D"))
    here = (asked["opened_at"] >= late["ordered_at"].min()).to_numpy()
    assert found.n == here.sum() < 400


def test_less_than_a_year_never_tells_that_it_does_not_pay():
    # what it brings is counted over 100 days, what it costs over a year
    asked, bought = bought_again(120, 100)
    result = ambition(asked.assign(handling_minutes=45.0), bought, value_per_customer=20.0, **HERE)
    table = result.table
    assert ((table["value_high"] < table["extra"]) & (table["value_high"] > 0)).any()
    assert not ((table["verdict"] == "no") & (table["value_high"] > 0)).any()
    assert result.turn is None
    assert "costs more than it can bring" not in result.text
    assert_says(result)


def test_the_margin_of_few_orders_is_said_to_be_of_so_many_days():
    asked, bought = bought_again(120, 100, every=1.0)
    few = bought[bought["ordered_at"] < bought["ordered_at"].min() + pd.Timedelta(days=200)]
    result = ambition(asked, few, **HERE)
    assert result.gain.each.days < 200
    for said in (result.text, result.method):
        assert f"counted over the {result.gain.each.days} days of your orders" in said
    assert "counted over the" not in ambition(asked, bought, **HERE).text


def test_all_percentages_told_are_of_all_contacts():
    asked, bought = bought_again(120, 100, every=1.0)
    result = ambition(asked.assign(handling_minutes=45.0), bought, value_per_customer=20.0, **HERE)
    place = result.ladder["level"].tolist().index(result.turn)
    here, there = (percent(result.ladder["kept"].iloc[one]) for one in (place - 1, place))
    assert there != percent(float(result.turn))  # of what can be answered in time
    assert f"The step from {here} to {there} of all contacts costs" in result.text
    without = ambition(asked.drop(columns="replied_at"), **HERE)
    assert f"Answering {percent(level(without, '0.8')['kept'])} of all contacts in time takes" in without.text


def test_the_turn_is_the_first_step_that_costs_more_than_it_can_bring():
    asked, bought = bought_again(120, 100, every=1.0)
    result = ambition(asked.assign(handling_minutes=45.0), bought, value_per_customer=20.0, **HERE)
    steps = result.ladder[["cost", "value_high"]].diff()
    dear = (steps["cost"] > steps["value_high"].clip(lower=0)).to_numpy()
    assert dear.any()
    assert result.turn == result.ladder["level"][dear.argmax()]
    assert "costs more than it can bring" in result.headline


def test_the_step_that_is_told_is_the_difference_of_two_levels():
    asked, bought = bought_again(120, 100, every=1.0)
    result = ambition(asked.assign(handling_minutes=45.0), bought, value_per_customer=20.0, **HERE)
    place = result.ladder["level"].tolist().index(result.turn)
    before, after = result.ladder["cost"].iloc[place - 1], result.ladder["cost"].iloc[place]
    assert f"costs {money(rough(after - before))} a year, and can bring" in result.text


# odd shops


def test_without_orders_there_is_a_cost_and_no_benefit():
    result = ambition(letters(60, 5.0), **HERE)
    assert result.gain is None
    assert result.table["value_low"].isna().all()
    assert result.findings()[0].certainty == "too few"
    assert_says(result)


def test_unknown_customers_bring_nothing_that_can_be_told():
    asked, bought = bought_again(100, 50)
    assert ambition(asked.assign(customer_id=None), bought, **HERE).gain is None
    assert ambition(asked, bought.assign(customer_id=None), **HERE).gain is None


@pytest.mark.parametrize("n", [0, 1])
def test_no_contacts_and_one(n):
    with pytest.raises(DataError, match="28 days"):
        ambition(letters(60, 5.0).head(n), **HERE)


def test_no_handling_minutes():
    for bare in (
        letters(60, 5.0).drop(columns="handling_minutes"),
        letters(60, 5.0).assign(handling_minutes=np.nan),
    ):
        with pytest.raises(DataError, match=r"how long they took.*minutes per contact"):
            ambition(bare, **HERE)
        assert_says(ambition(bare, minutes=5.0, **HERE))
    typed, noted = ambition(letters(60, 9.0), minutes=5.0, **HERE), ambition(letters(60, 5.0), **HERE)
    pd.testing.assert_frame_equal(typed.table, noted.table)


def test_no_opening_hours():
    closed = {**HERE, "opening_hours": {"monday": ""}}
    with pytest.raises(SettingError, match="round the clock"):
        ambition(letters(60, 5.0), **closed)
    result = ambition(letters(60, 5.0), opening="always", **closed)
    assert "today" not in result.table["level"].tolist()
    assert_says(result)


@pytest.mark.parametrize(
    "wrong",
    [{"phone": -1}, {"hourly_cost": float("nan")}, {"extras": -2}, {"other_work": 1.5}, {"within": "soon"}],
)
def test_choices_that_cannot_be(wrong):
    with pytest.raises(SettingError):
        ambition(letters(60, 5.0), **{**HERE, **wrong})


def test_holidays_are_closed():
    # 2026-04-06 is Easter Monday in the Netherlands: a letter of 11:00 (summer time) has until the next
    asked = letters(70, 5.0, start="2026-03-02 10:00")
    found = [demand.of(asked, LIMITS, zone=ZONE, country=c).within(NINE_TO_FIVE, LIMITS) for c in ("", "NL")]
    assert [one.letters["email"].allowed[35] for one in found] == [480, 120]


def test_everything_is_said_and_drawn():
    asked, bought = bought_again(120, 80)
    both = pd.concat([calls(), asked], ignore_index=True)
    for opening in ("now", "always"):
        result = ambition(both, bought, opening=opening, extras=1.0, currency="GBP", **HERE)
        assert_says(result)
        assert "£" in " ".join(result.cells()[1])
        cost = next(trace for trace in result.plot().data if trace.name == "extra cost a year")
        assert len(cost.x) == 6


def test_nothing_is_changed_and_kinds_of_columns_do_not_matter():
    asked, bought = bought_again(120, 80)
    before = asked.copy(deep=True)
    one = ambition(asked, bought, **HERE)
    pd.testing.assert_frame_equal(asked, before)
    other = asked.astype({"channel": "category", "customer_id": "category"}).sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(one.table, ambition(other, bought, **HERE).table)


def test_the_demo_shop():
    # planted: the share kept of chat, phone, e-mail and social media; 9% of the callers give up, after 8 seconds and
    # 70 more on average, and those who do so within the 30 seconds are left out
    shop = open_shop()
    year = shop.contacts[shop.contacts["opened_at"] > shop.contacts["opened_at"].max() - pd.Timedelta("365D")]
    result = shop.call(ambition)
    counts = year["channel"].value_counts().astype(float)
    early = 0.09 * (1 - np.exp(-22 / 70))
    counts["phone"] *= 1 - early
    kept = {"chat": 0.72, "phone": 0.71 * 0.91 / (1 - early), "email": 0.63, "social": 0.52}
    planted = sum(counts[one] * share for one, share in kept.items()) / counts.sum()
    assert level(result, "today")["kept"] == pytest.approx(planted, abs=0.02)
    assert level(result, "0.5")["hours"] >= 54  # open Monday to Saturday from nine to six
    assert result.gain.difference.low < 0 < result.gain.difference.high  # nothing is planted
    assert_says(result)


def test_a_channel_that_does_not_tell_counts_as_the_others():
    asked = letters(40, 5.0, after=60 * 23)
    asked.loc[:9, "replied_at"] += pd.Timedelta(hours=2)
    post = contacts(["p1", "p2"], [39, 39.1], channel="post", handling_minutes=5.0)
    result = ambition(pd.concat([asked, post], ignore_index=True), **HERE)
    assert level(result, "today")["kept"] == pytest.approx(0.75)
    assert result.untold == 2
    assert "Of 2 contacts it cannot be told" in result.method


@pytest.mark.parametrize("hours", ["from nine", "09:00", "25:00-26:00", "17:00-09:00"])
@pytest.mark.parametrize("opening", ["now", "evenings", "weekend"])
def test_opening_hours_that_cannot_be_read(hours, opening):
    with pytest.raises(SettingError, match="09:00-17:30"):
        ambition(letters(60, 5.0), opening=opening, **{**HERE, "opening_hours": {"monday": hours}})
