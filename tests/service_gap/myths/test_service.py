"""The result of service: counted by hand, costs both ways, a planted break-even, comparable customers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from csworkbook.errors import DataError, SettingError
from csworkbook.service_gap.myths import service_result
from csworkbook.service_gap.myths.costs import per_contact

from .tables import START, at, contacts, orders, people
from .test_leaving import MIDDLE

YEAR = 365.25


def costs(**columns):
    month = START.tz_localize(None).replace(day=1, hour=0)
    return pd.DataFrame({"month": month, "channel": "email", "hours": 2.0, **columns}, index=[0])


def test_counted_by_hand():
    # ann asks on day 1 and 5 and orders on day 6 (credited once, to day 5) and on day 30 (too late); bob asks on
    # day 3 and orders on day 17 (the fourteenth day, counts); a guest asks on day 4; cas asks on day 95: window open
    bought = orders(
        ["first", "ann", "ann", "bob", "end"],
        [0, 6, 30, 17, 100],
        [1, 100, 100, 50, 1],
        margin=[1, 40.0, 40, 20, 1],
    )
    asked = contacts(
        ["ann", "ann", "bob", None, "cas"], [1, 5, 3, 4, 95], handling_minutes=[15.0, 15, 15, 15, 60]
    )
    result = service_result(asked, bought, hourly_cost=40, anyway=0.25)
    a_year = YEAR / 85  # from day 1 to day 86, the last one with a window that is over
    row = result.table.set_index("anyway").loc[0.25]
    assert row["credited"] == pytest.approx(60 * 0.75 * a_year)
    assert row["cost"] == pytest.approx(30 * a_year)
    assert result.estimate.value == pytest.approx(15 * a_year)
    assert result.break_even.value == pytest.approx(1 - 30 / 60)
    assert (result.about.orders, result.about.open, result.about.people, result.about.unnamed) == (2, 1, 2, 1)
    assert result.verdict == "not enough data"


def test_contacts_of_nobody_known_are_no_loss():
    bought = orders(["ann", "end"], [0, 100])
    for who in (None, "  ", "stranger"):
        with pytest.raises(DataError, match="Not one contact is of a customer"):
            service_result(contacts([who] * 50, [5] * 50, handling_minutes=5.0), bought)


def test_who_asks_and_never_buys_costs_all_the_same():
    asked = contacts(["ann", "never", "never"], [1, 2, 33], handling_minutes=30.0)
    result = service_result(asked, orders(["first", "ann", "end"], [0, 2, 100]), hourly_cost=40)
    assert result.table["cost"][0] == pytest.approx(60 * YEAR / 32)


def test_margin_of_the_shop_where_an_order_has_none():
    bought = orders(["first", "ann", "end"], [0, 6, 100], [1, 100, 1])
    asked = contacts(["ann", "ann", "ann"], [1, 5, 41], handling_minutes=1.0)
    half, whole = (
        service_result(asked, bought, anyway=0.0, margin=m).table["credited"][0] for m in (0.5, 1.0)
    )
    assert whole == pytest.approx(2 * half) == pytest.approx(100 * YEAR / 40)


def test_costs_per_channel_are_divided_over_its_contacts():
    asked = contacts(
        list("abcd"),
        [-2, 2, 3, 56],
        channel=["email", "email", "phone", "email"],
        handling_minutes=[5, 5, 30, 5.0],
    )
    cost, source = per_contact(asked, costs(hourly_cost=30.0, fixed_cost=20.0), 60)
    # e-mail: (2 × 30 + 20) over the two contacts of that month, also for the one in March; phone: half an hour at 60
    assert cost.tolist() == [40, 40, 30, 40]
    assert source == "costs"


def test_of_a_month_at_the_edge_only_the_days_with_contacts_cost():
    # 28 days in February, contacts from the 15th to the last: half of 80; in March to the 31st: all of 62 for one
    asked = contacts(list("abc"), [12, 25, 56])
    months = pd.DataFrame(
        {"month": pd.to_datetime(["2025-02-01", "2025-03-01"]), "channel": "email", "hours": 0.0}
    )
    cost, _source = per_contact(asked, months.assign(fixed_cost=[80.0, 62.0]), 60)
    assert cost.sum() == pytest.approx(40 + 62)
    # until 10 March: 10 of its 31 days
    cost, _source = per_contact(
        contacts(list("abc"), [12, 25, 35]), months.assign(fixed_cost=[80.0, 62.0]), 60
    )
    assert cost.sum() == pytest.approx(40 + 20)


def test_without_costs_the_minutes_count():
    asked = contacts(
        list("abc"),
        [-2, 2, 25],
        handling_minutes=[10.0, None, None],
        abandoned=pd.array([False, False, True]),
    )
    cost, source = per_contact(asked, None, 60)
    assert cost.tolist() == [10, 10, 0]  # the mean of the channel, and nothing for who gave up
    assert source == "minutes"
    hours = costs().drop(columns="hours").assign(hours=1.0)
    assert per_contact(asked, hours, 60)[0].tolist() == [20, 20, 20]  # the shop's own hourly cost


def test_nothing_that_tells_the_cost_is_refused():
    with pytest.raises(DataError, match="what service costs"):
        service_result(contacts(["a"], [1]), orders(["a", "end"], [0, 100]))


def shop(asked: tuple[int, int], quiet: tuple[int, int], *, cost: float = 3.0, size: float = 10.0):
    """Everybody orders on the same day; so many of those who asked 2½ days later, and of the others, again on day 6.

    Somebody else's contact that costs nothing makes the contacts span a month.
    """
    who = people("asked", asked[1]) + people("quiet", quiet[1])
    back = people("asked", asked[0]) + people("quiet", quiet[0])
    days = [MIDDLE] * len(who) + [MIDDLE + 6] * len(back) + [MIDDLE + 100]
    bought = orders([*who, *back, "end"], days, size, margin=size)
    minutes = [cost] * asked[1] + [0.0]  # at 60 an hour
    names, moments = [*people("asked", asked[1]), "x"], [MIDDLE + 2.5] * asked[1] + [MIDDLE + 32.5]
    return contacts(names, moments, handling_minutes=minutes), bought


def test_comparable_customers_tell_the_share_that_would_have_bought_anyway():
    result = service_result(*shop((300, 500), (150, 500)), hourly_cost=60)
    assert result.own_share.value == pytest.approx(0.5)
    by_hand = np.sqrt(0.4 / 300 + 0.7 / 150)  # the error of the logarithm of .6 ÷ .3
    assert result.own_share.low == pytest.approx(0.5 * np.exp(-1.96 * by_hand), rel=0.02)
    assert result.anyway == result.own_share.value
    assert result.break_even.value == pytest.approx(1 - 3 / 6)
    assert result.verdict == "not enough data"  # just at break-even
    assert "breaks even when 50%" in result.text


def test_a_planted_profit_and_a_planted_loss_are_found():
    profit = service_result(*shop((300, 500), (75, 500), cost=2.0), hourly_cost=60)
    assert profit.verdict == "not supported"  # the myth says it only costs
    assert profit.findings()[0].value.low > 0
    loss = service_result(*shop((300, 500), (150, 500), cost=6.0), hourly_cost=60)
    assert loss.verdict == "supported"
    assert loss.findings()[0].value is None


def test_the_share_can_be_chosen_and_then_is_no_estimate():
    given = shop((300, 500), (150, 500))
    none, half, all_ = (service_result(*given, hourly_cost=60, anyway=a) for a in (0.0, 0.5, 1.0))
    assert half.estimate.value == pytest.approx(0)
    assert none.estimate.value > 0 > all_.estimate.value
    assert "your choice" in half.text
    cost = all_.table["cost"][0]
    assert all_.estimate.value == pytest.approx(-cost)
    assert (
        service_result(*given, hourly_cost=60).estimate.low < half.estimate.low
    )  # its own share is not sure


def test_nobody_to_compare_is_an_assumption_that_is_said():
    asked, bought = shop((300, 500), (150, 500))
    result = service_result(asked, bought[~bought["customer_id"].str.startswith("quiet")], hourly_cost=60)
    assert result.own_share is None
    assert result.anyway == 0.5
    assert "an assumption" in result.text


def alone(back: int, cost: float):
    """As `shop`, without anybody who can be compared."""
    asked, bought = shop((back, 500), (150, 500), cost=cost)
    return asked, bought[~bought["customer_id"].str.startswith("quiet")]


def test_an_assumption_gives_no_verdict():
    # credited 6 a contact, of which half 3: at a cost of 1 or 5 a sure profit or loss if half would have bought anyway
    for cost in (1.0, 5.0):
        result = service_result(*alone(300, cost), hourly_cost=60)
        assert not result.estimate.low <= 0 <= result.estimate.high
        assert result.verdict == "not enough data"
        assert "Nobody can be compared" in result.text
        (finding,) = result.findings()
        assert (finding.estimate, finding.enough) == (None, None)


def test_what_holds_whoever_would_have_bought_anyway_is_a_verdict_all_the_same():
    result = service_result(*alone(300, 9.0), hourly_cost=60)  # a loss even if nobody would have
    assert result.verdict == "supported"
    assert result.sides.value == pytest.approx(
        3 / 9 * result.table["cost"][0]
    )  # judged where the loss is least
    assert service_result(*alone(300, 5.0), hourly_cost=60, anyway=0.5).verdict == "supported"  # your choice


def test_a_break_even_that_may_be_above_zero_is_not_said_to_be_below_it():
    near = service_result(*alone(300, 6.1), hourly_cost=60)
    assert near.break_even.value < 0 < near.break_even.high
    assert "that is not sure" in near.text
    sure = service_result(*alone(300, 9.0), hourly_cost=60)
    assert sure.break_even.high < 0
    assert "Even if nobody would have bought anyway, it costs more" in sure.text


def test_a_few_days_are_no_year():
    asked, bought = shop((300, 500), (150, 500))
    with pytest.raises(DataError, match="too little time to speak of a year"):
        service_result(asked[:-1], bought, hourly_cost=60)
    late = contacts(["x"], [MIDDLE + 29.5], handling_minutes=0.0)  # 27 days
    with pytest.raises(DataError, match="28 days"):
        service_result(pd.concat([asked[:-1], late], ignore_index=True), bought, hourly_cost=60)


def test_contacts_that_mostly_name_nobody_give_no_verdict():
    asked, bought = shop((0, 500), (150, 500))
    assert service_result(asked, bought, hourly_cost=60).verdict == "supported"
    nobody = asked.assign(contact_id="n", customer_id=None)
    most = pd.concat([asked, nobody, nobody[:1]], ignore_index=True)
    result = service_result(most, bought, hourly_cost=60)
    assert result.verdict == "not enough data"
    assert "50% of the contacts name no customer" in result.text
    assert service_result(most[:-1], bought, hourly_cost=60).verdict == "supported"  # just half


def test_an_order_number_alone_is_no_name():
    asked, bought = shop((0, 500), (150, 500))
    first = bought.drop_duplicates("customer_id").set_index("customer_id")["order_id"]
    by_order = asked.assign(order_id=asked["customer_id"].map(first).fillna("?"), customer_id=None)
    result = service_result(by_order, bought, hourly_cost=60)
    assert result.verdict == "not enough data"
    assert "an order number alone is no name" in result.text
    mailed = by_order.assign(email_hash=[f"m{i}" for i in range(len(by_order))])
    assert service_result(mailed, bought, hourly_cost=60).verdict == "supported"


def test_the_interval_holds_the_truth_as_often_as_it_says():
    held = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        again = int(rng.binomial(400, 0.4))
        result = service_result(*shop((again, 400), (0, 50)), hourly_cost=60, anyway=0.25)
        a_year = result.table["cost"][0] / (3 * 400)
        held += result.estimate.low <= (0.4 * 10 * 0.75 - 3) * 400 * a_year <= result.estimate.high
    assert held >= 53


def test_the_picture_marks_zero_break_even_and_the_own_estimate():
    figure = service_result(*shop((300, 500), (100, 500)), hourly_cost=60).plot()
    diamond = next(t for t in figure.data if t.marker.symbol == "diamond-open")
    assert (diamond.x[0], diamond.y[0]) == (pytest.approx(0.5), 0)
    zone = next(s for s in figure.layout.shapes if s.type == "rect")
    assert zone.x0 < 1 / 3 < zone.x1
    assert figure.layout.yaxis.zeroline


def test_without_any_order_after_a_contact_it_only_costs():
    asked, bought = shop((0, 500), (150, 500))
    result = service_result(asked, bought, hourly_cost=60)
    assert result.verdict == "supported"
    assert "Nothing is credited" in result.text


def test_what_cannot_be_is_refused():
    given = shop((3, 5), (1, 5))
    with pytest.raises(SettingError, match="bought anyway"):
        service_result(*given, anyway=1.5)
    with pytest.raises(DataError, match="99 days"):
        service_result(*given, within="99D")


def test_the_days_of_the_year_are_those_of_the_finished_contacts():
    asked, bought = shop((3, 5), (1, 5))
    later = pd.concat([asked, contacts(["x"], [MIDDLE + 52.5], handling_minutes=3.0)], ignore_index=True)
    assert service_result(later, bought, hourly_cost=60).about.period == pytest.approx(50)
    assert at([0])[0] == START
