"""Which channels pay: counted by hand, beside scipy's bootstrap, and as planted in the demo shop."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says
from scipy.stats import bootstrap, chi2

from csworkbook.channels.drawn import MOST, draw, ends
from csworkbook.channels.pays import roi
from csworkbook.demo import stories
from csworkbook.errors import DataError, SettingError
from csworkbook.shop import open_shop

START = pd.Timestamp("2026-01-01 09:00", tz="Europe/Amsterdam")


def shop_of(**channels) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Channel = (contacts, how many of them buy for 100), every contact another customer's, two hours apart."""
    asked, bought = [], []
    for channel, (many, buyers) in channels.items():
        for n in range(many):
            asked.append((f"{channel}{n}", START + pd.Timedelta(hours=2 * n), channel))
            if n < buyers:
                bought.append((f"{channel}{n}", START + pd.Timedelta(hours=2 * n + 24), 100.0))
    bought.append(("zoe", START + pd.Timedelta(days=120), 1.0))
    contacts = pd.DataFrame(asked, columns=["customer_id", "opened_at", "channel"])
    contacts = contacts.assign(contact_id=[str(n) for n in range(len(asked))], topic="size")
    orders = pd.DataFrame(bought, columns=["customer_id", "ordered_at", "revenue"])
    return contacts, orders.assign(order_id=[f"o{n}" for n in range(len(orders))])


def costs(contacts, **each) -> pd.DataFrame:
    """Fixed costs per month, so much per contact."""
    months = contacts["opened_at"].dt.tz_localize(None).dt.to_period("M").astype(str)
    counts = contacts.groupby([months, "channel"]).size().rename("n").reset_index()
    fixed = counts["n"] * counts["channel"].map(each)
    return pd.DataFrame(
        {"month": counts["opened_at"], "channel": counts["channel"], "hours": 0.0, "fixed_cost": fixed}
    )


def row(result, channel="chat"):
    return result.table.set_index("channel").loc[channel]


ASKED, BOUGHT = shop_of(chat=(372, 186), phone=(372, 30))  # 31 days of 12 a day: January
COSTS = costs(ASKED, chat=10.0, phone=10.0)


# ---------------------------------------------------------------- by hand
def test_margin_of_the_credited_orders_less_the_cost():
    chat, phone = row(roi(ASKED, BOUGHT, COSTS)), row(roi(ASKED, BOUGHT, COSTS), "phone")
    assert (chat["contacts"], chat["orders"], chat["share"]) == (372, 186, 0.5)
    # half of them bring 35: 17.50 a contact, of which 10 are spent
    assert [chat["earned"], chat["cost"], chat["each"], chat["times"]] == pytest.approx([17.5, 10, 7.5, 0.75])
    assert chat["break_even"] == pytest.approx(1 - 10 / 17.5)
    assert (chat["verdict"], phone["verdict"]) == ("yes", "no")
    assert phone["break_even"] == 0.0
    days = (371 * 2) / 24
    assert chat["year"] == pytest.approx(7.5 * 372 * 365.25 / days)


def test_those_who_would_have_bought_anyway():
    at = roi(ASKED, BOUGHT, COSTS, anyway=1 - 10 / 17.5)
    assert row(at)["each"] == pytest.approx(0.0)
    assert row(at)["verdict"] == "cannot tell yet"
    assert row(at)["break_even"] == pytest.approx(1 - 10 / 17.5)  # which does not hang on the assumption
    assert row(roi(ASKED, BOUGHT, COSTS, anyway=1.0))["each"] == pytest.approx(-10.0)
    assert row(roi(ASKED, BOUGHT, COSTS, anyway=1.0))["verdict"] == "no"


def test_the_interval_is_that_of_a_bootstrap_over_customers():
    chat = row(roi(ASKED, BOUGHT, COSTS))
    each = np.repeat([35.0, 0.0], 186) - 10
    other = bootstrap((each,), np.mean, n_resamples=9999, method="percentile", rng=1).confidence_interval
    assert [chat["low"], chat["high"]] == pytest.approx([other.low, other.high], abs=0.35)


def test_customers_who_come_often_make_it_less_sure():
    often = ASKED.assign(customer_id=[f"{c[:-1]}" for c in ASKED["customer_id"]])
    bought = BOUGHT.assign(customer_id=[c[:-1] if c != "zoe" else c for c in BOUGHT["customer_id"]])
    alone, together = row(roi(ASKED, BOUGHT, COSTS)), row(roi(often, bought, COSTS))
    assert together["high"] - together["low"] > 1.5 * (alone["high"] - alone["low"])
    assert together["share_high"] - together["share_low"] > alone["share_high"] - alone["share_low"]


def test_a_channel_to_which_no_order_is_credited():
    asked, bought = shop_of(chat=(372, 186), mail=(300, 0))
    sure = row(roi(asked, bought, costs(asked, chat=10.0, mail=10.0)), "mail")
    # of 300 at most 1.26 % (Wilson) buy for 35: 0.44
    assert (sure["low"], sure["verdict"]) == (pytest.approx(-10, abs=0.02), "no")
    assert sure["high"] == pytest.approx(35 * 0.01264 - 10, abs=0.02)
    cheap = row(roi(asked, bought, costs(asked, chat=10.0, mail=0.2)), "mail")
    assert (cheap["each"], cheap["verdict"]) == (-0.2, "cannot tell yet")


@pytest.mark.parametrize("customers", [1, 2, 8])
def test_a_handful_of_customers_who_ask_all_the_time_tell_nothing_sure(customers):
    names = [f"k{n % customers}" for n in range(60)]
    asked, bought = shop_of(chat=(60, 60))
    asked = asked.assign(customer_id=names)
    bought = bought.assign(customer_id=[*names, "zoe"])
    result = roi(asked, bought, costs(asked, chat=1.0))
    assert row(result)["people"] == pytest.approx(customers, rel=0.05)
    assert row(result)["verdict"] == "cannot tell yet"
    assert np.isnan(row(result)["low"])
    assert result.text.startswith("Cannot be told: chat. ")
    assert "Best placed" not in result.text
    assert "Not tested, since hardly more than 10 customers" in result.method
    assert_says(result)


@pytest.mark.parametrize("orders", [1, 2, 5])
def test_a_few_orders_could_have_been_many_more(orders):
    asked, bought = shop_of(chat=(372, orders))
    exact = chi2.ppf(0.975, 2 * orders + 2) / 2 * 35 / 372  # orders by Poisson (Garwood 1936), each of 35
    at = roi(asked, bought, costs(asked, chat=1.0))
    cost = row(at)["cost"]
    assert row(at)["high"] + cost == pytest.approx(exact, rel=0.1)
    # a little below what the orders could have brought: not sure that it does not pay
    near = roi(asked, bought, costs(asked, chat=0.9 * exact))
    assert (row(near)["each"] < 0, row(near)["verdict"]) == (True, "cannot tell yet")
    far = roi(asked, bought, costs(asked, chat=1.5 * exact))
    assert row(far)["verdict"] == "no"


def test_orders_that_lose_money_never_break_even():
    chat = row(roi(ASKED, BOUGHT.assign(margin=-5.0), COSTS))
    assert [chat["break_even"], chat["break_even_low"], chat["break_even_high"]] == [0, 0, 0]
    assert (chat["earned"], chat["verdict"]) == (-2.5, "no")


def test_what_costs_nothing_has_no_return_on_it():
    chat = row(roi(ASKED, BOUGHT, costs(ASKED, chat=0.0, phone=10.0)))
    assert np.isnan([chat["times"], chat["times_low"], chat["times_high"]]).all()
    assert (chat["break_even"], chat["verdict"]) == (1.0, "yes")


def test_all_orders_came_before_the_contacts():
    early = BOUGHT["ordered_at"].where(
        BOUGHT["customer_id"] == "zoe", BOUGHT["ordered_at"] - pd.Timedelta("60D")
    )
    chat = row(roi(ASKED, BOUGHT.assign(ordered_at=early), COSTS))
    assert (chat["orders"], chat["each"], chat["verdict"]) == (0, -10.0, "no")
    # of 372 at most 1.02 % (Wilson) bought; an order brings (216 × 35 + 0.35) ÷ 217
    assert chat["high"] == pytest.approx(0.010221 * (216 * 35 + 0.35) / 217 - 10, abs=0.01)


def test_whose_order_it_is_can_turn_the_answer():
    asked, bought = shop_of(phone=(372, 186))
    chats = asked.assign(
        channel="chat",
        contact_id="c" + asked["contact_id"],
        opened_at=asked["opened_at"] + pd.Timedelta(hours=1),
    )
    both = pd.concat([asked, chats], ignore_index=True)
    spent = costs(both, phone=10.0, chat=10.0)
    last, first = (roi(both, bought, spent, rule=rule) for rule in ("last", "first"))
    assert [row(last)["verdict"], row(last, "phone")["verdict"]] == ["yes", "no"]
    assert [row(first)["verdict"], row(first, "phone")["verdict"]] == ["no", "yes"]
    assert last.changed == ["chat", "phone"]
    assert "hangs on which contact" in last.text
    equal = roi(both, bought, spent, rule="equal")
    assert row(equal)["earned"] == row(equal, "phone")["earned"] == pytest.approx(8.75)


def test_calls_that_were_given_up_cost_and_are_credited_with_nothing():
    gone = ASKED.assign(abandoned=ASKED["channel"].eq("phone") & ASKED["customer_id"].str.endswith("1"))
    phone = row(roi(gone, BOUGHT, COSTS), "phone")
    assert (phone["contacts"], phone["answered"]) == (372, 372 - 38)
    assert phone["orders"] == 30 - 3
    assert phone["cost"] == pytest.approx(10.0)


# ---------------------------------------------------------------- what it says
def test_it_says_who_pays_and_that_credited_is_not_caused():
    result = roi(ASKED, BOUGHT, COSTS, anyway=0.1)
    assert_says(result)
    assert result.headline.startswith(
        "Pays for itself with the orders credited to it: chat (€5.75 per contact"
    )
    assert "does not pay for itself: phone" in result.headline
    assert "fewer than 43%" in result.text
    assert "not caused" in result.text
    assert [finding.estimate.excludes_zero for finding in result.findings()] == [True, True]


def test_minutes_stand_in_for_costs_and_make_it_less_sure():
    asked = ASKED.assign(handling_minutes=np.tile([10.0, 30.0], 372))
    plain, minutes = row(roi(ASKED, BOUGHT, COSTS)), row(roi(asked, BOUGHT, hourly_cost=30.0))
    assert (minutes["cost"], minutes["basis"]) == (10.0, "minutes")
    assert minutes["high"] - minutes["low"] > plain["high"] - plain["low"]


def test_nothing_known_of_costs():
    result = roi(ASKED, BOUGHT)
    assert result.text.startswith("Which channels pay cannot be told: neither costs")
    assert set(result.table["verdict"]) == {"cannot tell yet"}
    assert_says(result)


def test_too_few_contacts_and_none_at_all():
    asked, bought = shop_of(chat=(29, 20))
    few = roi(asked, bought, costs(asked, chat=1.0))
    assert "29 contacts" in few.text
    assert row(few)["verdict"] == "cannot tell yet"
    assert_says(few)
    none = roi(asked.assign(customer_id=None), bought, costs(asked, chat=1.0))
    assert len(none.table) == 0
    assert "cannot be told" in none.text
    assert "29 of customers nobody knows" in none.method
    assert_says(none)


# ---------------------------------------------------------------- whatever comes in
def test_an_engine_and_other_orders_of_rows_give_the_same():
    plain = roi(ASKED, BOUGHT, COSTS).table
    mixed = roi(ASKED.sample(frac=1, random_state=1), BOUGHT.sample(frac=1, random_state=2), COSTS).table
    pd.testing.assert_frame_equal(mixed, plain)
    there = roi(ibis.memtable(ASKED), ibis.memtable(BOUGHT), COSTS).table
    pd.testing.assert_frame_equal(there, plain)


def test_what_cannot_be_is_refused_in_words():
    for terms in ({"anyway": 1.2}, {"rule": "best"}, {"stage": "never"}, {"within": "0D"}, {"margin": 2}):
        with pytest.raises(SettingError):
            roi(ASKED, BOUGHT, COSTS, **terms)
    with pytest.raises(DataError):
        roi(ASKED.iloc[:0], BOUGHT, COSTS)


# ---------------------------------------------------------------- draws
def test_draws_have_the_spread_of_sums_over_people():
    values = np.random.default_rng(3).gamma(1.0, 20.0, (3 * MOST, 1))  # more than are drawn one by one
    drawn = draw(values, draws=4000)
    assert drawn.mean() == pytest.approx(values.sum(), rel=0.002)
    assert drawn.std() == pytest.approx(np.sqrt((values**2).sum()), rel=0.05)
    again = draw(np.random.default_rng(4).permutation(values), draws=4000)
    np.testing.assert_allclose(drawn, again)


def test_an_interval_of_many_shops_holds_the_truth_as_often_as_it_says():
    rng, inside = np.random.default_rng(5), 0
    for turn in range(300):
        people = np.column_stack([np.ones(200), 35.0 * (rng.random(200) < 0.3)])
        drawn = draw(people, seed=turn, draws=400)
        low, high = ends(drawn[:, 1] / drawn[:, 0])
        inside += low <= 10.5 <= high
    assert 0.91 <= inside / 300 <= 0.98


# ---------------------------------------------------------------- the demo shop
@pytest.fixture(scope="module")
def shop():
    return open_shop()


@pytest.mark.parametrize("stage", [None, "before"])
def test_chat_pays_and_the_telephone_does_not(shop, stage):
    table = shop.call(roi, stage=stage).table.set_index("channel")
    assert (table.loc["chat", "verdict"], table.loc["phone", "verdict"]) == ("yes", "no")
    assert table.loc["chat", "low"] > 0 > table.loc["phone", "high"]


def test_the_demo_shop_loses_nothing_by_the_engine(shop):
    table = shop.call(roi, stage="before").table.set_index("channel")
    for channel, share in stories.CONVERTS.items():
        # planted, within what four channels and their customers leave open (99.9 %)
        spread = 1.68 * (table.loc[channel, "share_high"] - table.loc[channel, "share_low"]) / 2
        assert table.loc[channel, "share"] == pytest.approx(share, abs=spread)


def test_the_demo_shop_says_it_in_both_languages(shop):
    assert_says(shop.call(roi, anyway=0.2))


def test_a_stage_that_no_contact_tells_is_said():
    from csworkbook.shop import open_shop

    shop = open_shop()
    contacts = shop.contacts.drop(columns="stage")
    found = roi(contacts, shop.orders, shop.channel_costs, stage="before")
    assert "known that it came at that stage" in found.text
    assert found.findings()[0].certainty == "too few"
