"""The measured funnel: logs a person can count, the stories planted in the demo shop, three answers."""

from __future__ import annotations

import csv
import re

import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says
from statsmodels.stats.proportion import proportion_confint

from csworkbook import estimates, language, open_shop
from csworkbook import events as engine
from csworkbook.errors import DataError, SettingError
from csworkbook.events import splits
from csworkbook.funnel import counting, units
from csworkbook.funnel.choices import excludable
from csworkbook.funnel.drops import drops
from csworkbook.funnel.measure import measure
from csworkbook.order_value import of_order
from csworkbook.paths import data_folder

from .visits import crowd, log

STEPS = ["product", "cart", "paid"]
FIVE = log(
    {
        "ann": "product 0, cart 4, paid 10",
        "bob": "product 0, cart 20",
        "cas": "product 0, product 30, cart 32, paid 90",
        "dan": "cart 0, product 5",
        "eve": "product 0, paid 5",
        "fay": "cart 1",
    },
    device={"ann": "mobile", "bob": "mobile", "cas": "desktop", "dan": "desktop"},
)
TRUTH = {row["id"]: row for row in csv.DictReader((data_folder() / "truth.csv").open(encoding="utf-8"))}


def column(result, name, **where):
    table = result.table
    for key, value in where.items():
        table = table[table[key] == value]
    return table[name].tolist()


# ------------------------------------------------------------------ counted by hand
def test_five_visitors():
    table = measure(FIVE, STEPS).table
    assert table["step"].tolist() == STEPS
    assert table["visitors"].tolist() == [5, 3, 2]  # dan and eve saw a product too; fay never did
    assert table["step_rate"].tolist() == [1, 3 / 5, 2 / 3]
    assert table["total_rate"].tolist() == [1, 3 / 5, 2 / 5]
    assert table["lost"].tolist() == [0, 2, 1]
    # to the cart: ann 4, bob 20, cas 2 (of her two beginnings the later one is the best)
    assert table["median_minutes"].tolist()[1] == 4
    # paid: ann after 10; cas from 30 to 90
    assert table["median_minutes"].tolist()[2] == 35


def test_the_window_holds_from_the_first_to_the_last_step():
    assert column(measure(FIVE, STEPS, within="60min"), "visitors") == [5, 3, 2]  # the edge counts
    assert column(measure(FIVE, STEPS, within="59min"), "visitors") == [5, 3, 1]
    assert column(measure(FIVE, STEPS, within="10min"), "visitors") == [5, 2, 1]


def test_intervals_are_wilsons():
    table = measure(FIVE, STEPS).table
    for row, (count, n) in zip(table.iloc[1:].itertuples(), [(3, 5), (2, 3)], strict=True):
        assert (row.low, row.high) == pytest.approx(proportion_confint(count, n, method="wilson"))
    low, high = proportion_confint(2, 5, method="wilson")
    assert table[["total_low", "total_high"]].iloc[2].tolist() == pytest.approx([low, high])
    assert table[["low", "high"]].iloc[0].tolist() == [1, 1]


def test_intervals_are_those_of_newcombe_1998(realdata):
    with (realdata / "known" / "wilson_intervals.csv").open(encoding="utf-8") as file:
        known = list(csv.DictReader(file))
    assert known
    for row in known:
        went, n = int(row["successes"]), int(row["n"])
        frame = log({**crowd(went, "a 0, b 1", "x"), **crowd(n - went, "a 0", "y")})
        found = measure(frame, ["a", "b"]).table.iloc[1]
        assert (found["low"], found["high"]) == pytest.approx(
            (float(row["lower"]), float(row["upper"])), abs=6e-5
        )


def test_a_split_has_a_block_of_rows_per_value():
    result = measure(FIVE, STEPS, by="device")
    table = result.table
    assert table.columns[0] == "device"
    assert table["device"].tolist() == ["desktop"] * 3 + ["mobile"] * 3 + [""] * 3  # eve's is not known
    assert column(result, "visitors", device="mobile") == [2, 2, 1]
    assert column(result, "visitors", device="desktop") == [2, 1, 1]
    assert column(result, "visitors", device="") == [1, 0, 0]
    assert table["small"].all()
    assert table.groupby("step", sort=False)["visitors"].sum().tolist() == [5, 3, 2]
    assert "not known" in [row[0] for row in result.cells()]
    assert_says(result)


def test_the_usual_steps_and_conditions():
    assert column(measure(FIVE), "step") == STEPS
    result = measure(
        FIVE, [{"step": "product", "device": "mobile", "name": "On the phone"}, ["cart", "basket"]]
    )
    assert column(result, "step") == ["On the phone", "cart / basket"]
    assert column(result, "visitors") == [2, 2]
    assert_says(result)


def test_a_step_may_come_twice():
    frame = log({"ann": "product 0, product 5", "bob": "product 0"})
    result = measure(frame, ["product", "product"])
    assert column(result, "visitors") == [2, 1]
    assert column(result, "step") == ["product", "product (2)"]
    assert_says(result)


def test_visits_and_customers_are_counted_and_named():
    frame = log({"ann": "product 0, cart 5, product 300, paid 310", "bob": "product 0, cart 5, paid 9"},
                customer_id={"ann": "k1"})  # fmt: skip
    visits = measure(frame, STEPS, per="session")
    assert column(visits, "visitors") == [3, 2, 1]
    assert "Of 3 visits at" in visits.text
    assert "Visits" in visits.heads()
    customers = measure(frame, STEPS, per="customer")
    assert column(customers, "visitors") == [1, 1, 1]
    assert "3 have no known customer" in customers.method
    for result in (visits, customers):
        assert_says(result)


def test_days_are_the_shops():
    frame = log({"ann": "product 0, cart 1, paid 2"}, start="2026-03-29 00:30")  # 28 March, 23:30 in UTC
    assert column(measure(frame, STEPS, since="2026-03-29", zone="Europe/Amsterdam"), "visitors") == [1, 1, 1]
    assert column(measure(frame, STEPS, since="2026-03-29", zone="UTC"), "visitors") == [0, 0, 0]
    assert column(measure(frame, STEPS, until="2026-03-28", zone="Europe/Amsterdam"), "visitors") == [0, 0, 0]
    assert column(measure(frame, STEPS, until="2026-03-28", zone="UTC"), "visitors") == [1, 1, 1]
    assert "3 are outside the days" in measure(frame, STEPS, until="2026-03-27").method


def test_the_days_and_what_was_left_out_stand_in_the_answer():
    frame = log({"ann": "product 0, search 1, cart 2, paid 3", "bob": "product 1440, cart 1441, paid 1442"})
    day = frame["at"].min().date()
    for since, until, said in (
        (day, day, f"({day:%-d %b %Y} – {day:%-d %b %Y})"),
        (day, None, f"(from {day:%-d %b %Y})"),
        (None, day, f"(up to {day:%-d %b %Y})"),
    ):
        result = measure(frame, STEPS, since=since, until=until, within="1D")
        assert f"came to “paid” within 1 day {said}: " in result.text
        assert "Of the days in your log (" in result.method
    without = measure(frame, STEPS, exclude="search")
    assert column(without, "visitors") == [2, 1, 1]
    assert "1 came to “paid” without “search” on the way: 50.0%" in without.text
    assert "Who saw “search” between the first step and the last" in without.method
    assert_says(without)


def test_a_period_without_visits_says_which_days_there_are():
    frame = log({"ann": "product 0, cart 1, paid 2"}, start="2026-03-29 10:00")
    text = measure(frame, STEPS, since="2026-04-01", until="2026-04-30").text
    assert "Nobody came to the first step, “product page”." in text
    assert "(29 Mar 2026 – 29 Mar 2026) these count: 1 Apr 2026 – 30 Apr 2026" in text


def test_the_account_adds_up():
    frame = pd.concat([FIVE, log({"": "product 0"}), log({"ann": "search 3"})], ignore_index=True)
    account = measure(frame, STEPS).query.followed.account
    assert account.read == len(frame) == 16
    assert (account.used, account.other, account.without_visitor) == (14, 1, 1)
    said = measure(frame, STEPS).method
    assert "Of 16 events: 14 are steps, 1 is another page and 1 names no visitor." in said


def test_unfinished_windows_are_counted_and_said():
    frame = log({"ann": "product 0, cart 1, paid 2", "bob": "product 1000", "cas": "product 1439"})
    result = measure(frame, STEPS, within="1D")
    assert column(result, "visitors") == [3, 1, 1]
    assert result.query.followed.unfinished == 3
    assert "3 visitors began less than 1 day before the end of the data" in result.method
    assert "before the end of the data" not in measure(frame, STEPS).method


def test_nothing_given_is_changed():
    frame, orders = FIVE.copy(), bought(3)
    before = orders.copy()
    measure(frame, STEPS, orders, by="device", within="1D", without_bots=True)
    pd.testing.assert_frame_equal(frame, FIVE)
    pd.testing.assert_frame_equal(orders, before)


# ------------------------------------------------------------------ little or nothing
@pytest.mark.parametrize("visitors", [0, 1, 2, 29])
def test_few_visitors_make_sense(visitors):
    frame = log({**crowd(visitors, "product 0, cart 1", "v"), "zoe": "search 0"})
    for by in (None, "visitor_type"):
        result = measure(frame.assign(visitor_type="new"), STEPS, by=by)
        assert_says(result)
        assert (result.text.startswith("Nobody came to the first step")) == (visitors == 0)
        assert result.findings()[0].enough > 0
        if visitors:
            assert "too few to say" in result.text


def test_an_empty_log():
    empty = FIVE.head(0)
    result = measure(empty, STEPS)
    assert column(result, "visitors") == [0, 0, 0]
    assert_says(result)
    assert_says(measure(empty, STEPS, by="device"))
    with pytest.raises(DataError, match="no step yet"):
        measure(empty)
    with pytest.raises(DataError, match="visitor_id"):
        measure(pd.DataFrame())


def test_one_step_is_a_count():
    result = measure(FIVE, ["product"])
    assert column(result, "visitors") == [5]
    assert "a second step makes it a funnel" in result.text
    assert_says(result)


@pytest.mark.parametrize(
    ("choice", "says"),
    [
        ({"by": "colour"}, "cannot be split by “colour”. Possible: Device"),
        ({"by": "step"}, "cannot be split by “step”"),
        ({"by": "visitor_id"}, "cannot be split"),
        ({"per": "household"}, "“household” cannot be chosen here"),
        ({"order": "backwards"}, "backwards"),
        ({"ties": "never"}, "never"),
        ({"within": "soon"}, "“soon”"),
        ({"since": "soon"}, "“soon” is no date"),
        (
            {"since": "2026-02-01", "until": "2026-01-31"},
            "(31 January 2026) comes before the first (1 February 2026)",
        ),
        ({"margin": 7}, "no share of the revenue"),
    ],
)
def test_what_cannot_be_chosen_is_refused_in_words(choice, says):
    with pytest.raises((SettingError, DataError), match=re.escape(says)):
        measure(FIVE, STEPS, **choice)


# ------------------------------------------------------------------ three answers
def bought(n, revenue=100.0) -> pd.DataFrame:
    at = pd.date_range("2026-01-05 12:00", periods=n, freq="h", tz="Europe/Amsterdam")
    return pd.DataFrame({"order_id": range(n), "customer_id": "k", "ordered_at": at, "revenue": revenue})


def shops(days=30) -> pd.DataFrame:
    """1,000 by phone, 1,000 by desktop: most are lost at the cart by both, at paying by phone only."""
    visits = {}
    for device, reached in {"phone": (300, 60), "desktop": (300, 240)}.items():
        cart, paid = reached
        pages = [
            (paid, "product 0, cart 1, paid 2"),
            (cart - paid, "product 0, cart 1"),
            (1000 - cart, "product 0"),
        ]
        for number, (n, seen) in enumerate(pages):
            visits |= crowd(n, seen, f"{device}{number}-", every=days * 1440 / n)
    frame = log(visits)
    return frame.assign(device=frame["visitor_id"].str.extract(r"^([a-z]+)")[0])


def test_the_biggest_drop_by_people_is_not_that_by_rate():
    result = measure(shops(), STEPS, bought(60), margin=0.5, zone="Europe/Amsterdam")
    people, rate, value = result.drops.people, result.drops.rate, result.drops.value
    assert (people["step"], people["lost"], people["entered"]) == ("cart", 1400, 2000)
    assert (rate["step"], rate["best"]) == ("paid", "desktop")
    assert rate["gap"] == pytest.approx(
        0.5 * (0.8 - 0.2), abs=0.01
    )  # half of those with a cart are 60 points behind
    # 300 phones at 80 instead of 20 %: 180 orders of 50 euro in 30 days or so
    assert value["step"] == "paid"
    assert value["value"] == pytest.approx(180 * 50 / (result.query.days / 365), rel=0.03)
    assert "between “product page” and “cart”, 1,400 of 2,000 (70%)" in result.text
    assert "20% of “phone” come on, 80% of “desktop”" in result.text
    assert "a year" in result.text
    assert_says(result)


def test_money_is_told_only_where_it_can_be():
    frame = shops()
    assert "a year" not in measure(frame, STEPS).text
    assert "more would reach “paid”" in measure(frame, STEPS).text
    assert "a year" not in measure(frame, STEPS[:2], bought(60)).text  # a cart is no order
    assert "a year" not in measure(shops(days=10), STEPS, bought(60)).text  # ten days are no year
    assert measure(frame, STEPS, value_per_order=50).drops.worth == of_order(None, typed=50)


def test_without_groups_there_is_no_best_one():
    result = measure(shops().drop(columns="device"), STEPS)
    assert result.drops.found is None
    assert "By number of visitors" in result.text
    assert "By rate" not in result.text
    assert_says(result)


def test_a_small_lucky_group_is_marked_and_evened_out():
    frame = pd.concat([shops(), log(crowd(3, "product 0, cart 1, paid 2", "t")).assign(device="tablet")])
    result = measure(frame, STEPS, by="device")
    tablet = result.table[result.table["device"] == "tablet"].set_index("step")
    assert tablet.loc["paid", "step_rate"] == 1
    assert tablet.loc["paid", "shrunk"] < 0.95
    assert tablet["small"].all()
    assert result.drops.rate["best"] == "desktop"


def test_a_step_is_behind_only_when_that_holds_after_looking_at_every_step():
    """Among three groups one does better at one of six steps, as happens by chance: six looks later nothing is sure."""
    reached = {
        "mobile": [1000, 480, 240, 120, 60, 30, 15],
        "desktop": [1000, 540, 270, 135, 68, 34, 17],
        "tablet": [1000, 500, 250, 125, 62, 31, 15],
    }
    rows = [(g, k, n) for g, r in reached.items() for k, n in enumerate(-np.diff([*r, 0]), start=1)]
    counts = pd.DataFrame(rows, columns=["by", "level", "units"])
    names = list("abcdefg")
    visitors = np.array([*reached.values()]).sum(axis=0)
    lost = -np.diff(visitors, prepend=visitors[0])
    whole = pd.DataFrame({"step": names, "visitors": visitors, "step_rate": 1.0, "lost": lost})
    found = drops(whole, counts, names, by="device", worth=None, days=10)
    first = found.found.whole.iloc[0]
    assert first["gap_low"] > 0  # on its own it would be called sure
    one = estimates.difference(540, 1000, 480 + 500, 2000).p
    assert first["p"] == pytest.approx(6 * 3 * one)  # three could have been the best, at six steps
    assert found.rate is None
    assert "By rate: no step stays surely behind your own best group." in found.sentences


# ------------------------------------------------------------------ the demo shop
def test_the_broken_payment_on_the_phone_is_found():
    shop = open_shop()
    result = shop.call(measure, by="device", within="7D")
    paid = result.table[result.table["step"] == "paid"].set_index("device")
    for device in ("mobile", "desktop", "tablet"):
        truth = TRUTH[f"funnel.payment.{device}"]
        low, high, value = (float(truth[name]) for name in ("low", "high", "value"))
        assert low <= paid.loc[device, "step_rate"] <= high
        assert paid.loc[device, "low"] <= value <= paid.loc[device, "high"]
    assert result.drops.rate["step"] == "paid"
    assert (result.drops.rate["best"], result.drops.furthest(result.drops.rate)["segment"]) == (
        "desktop",
        "mobile",
    )
    assert not result.notes
    assert_says(result)


def test_carts_on_the_desktop_are_as_planted():
    result = open_shop().call(measure, by="device")
    cart = result.table[(result.table["step"] == "cart") & (result.table["device"] == "desktop")].iloc[0]
    assert cart["low"] <= float(TRUTH["funnel.cart"]["value"]) <= cart["high"]


def test_a_file_and_an_engine_say_the_same(tmp_path):
    events = open_shop().events
    path = tmp_path / "events.parquet"
    events.assign(at=events["at"].dt.tz_convert("UTC")).to_parquet(path)
    here = measure(events, within="1D", by="device")
    there = measure(path, within="1D", by="device")
    pd.testing.assert_frame_equal(here.table, there.table, check_dtype=False)
    assert here.text == there.text
    assert column(measure(engine.read(path), within="1D"), "visitors") == column(
        measure(events, within="1D"), "visitors"
    )


def test_what_a_page_can_choose():
    events = open_shop().events
    assert splits(events) == [None, "device"]
    assert excludable(events) == [None, "search"]


def test_customers_can_be_counted_only_where_the_log_names_one():
    frame = log(crowd(2, "product 0, cart 1", "v"))
    assert units(frame) == ["visitor", "session"]
    assert units(frame.assign(customer_id=None)) == ["visitor", "session"]
    assert units(frame.assign(customer_id=[" ", "", None, " "])) == ["visitor", "session"]
    assert units(frame.assign(customer_id=[None, None, "k", None])) == ["visitor", "session", "customer"]
    assert units(open_shop().events) == ["visitor", "session", "customer"]


@pytest.mark.parametrize(
    ("per", "who"), [("visitor", "visitors"), ("session", "visits"), ("customer", "customers")]
)
def test_what_is_counted_is_what_is_said(per, who):
    frame = log(crowd(40, "product 0, cart 1", "v"))
    frame = pd.concat([frame, log(crowd(20, "product 0", "w"))]).assign(
        customer_id=lambda all_: all_["visitor_id"]
    )
    result = measure(frame, ["product", "cart"], per=per)
    assert f"By number of {who}: most are lost" in result.text
    assert result.findings()[-1].headline.startswith(f"Most {who} are lost")
    assert f"cart: 40 {who}," in result.plot().to_json()
    few = measure(frame.head(4), ["product", "cart"], per=per).findings()
    assert few[0].headline == f"There are too few {who} to say where they drop out."


def test_dutch_says_it_too():
    result = measure(shops(), STEPS, bought(60))
    with language.speaking("nl"):
        assert not re.search(
            r"\b(the|of|visitors|between)\b", result.text + result.method + " ".join(result.heads())
        )


# ------------------------------------------------------------------ the arithmetic
def test_quantiles_are_numpys():
    rng = np.random.default_rng(0)
    for n in (1, 2, 3, 10, 57):
        values, often = rng.choice(1000, n, replace=False), rng.integers(1, 9, n)
        every = np.repeat(values, often)
        at = [0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0]
        assert counting.quantiles(values, often, at) == pytest.approx(np.quantile(every, at).tolist())
