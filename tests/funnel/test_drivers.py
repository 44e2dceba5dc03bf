"""What goes with dropping out: planted values found, what came later not looked at, chance left alone."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says

from csworkbook import estimates, language, open_shop
from csworkbook import events as engine
from csworkbook.errors import SettingError
from csworkbook.funnel import asked, odds, terms, traits
from csworkbook.funnel.drivers import drivers

from .logs import crowd, log

STEPS = ["cart", "payment", "paid"]
WORSE = crowd(
    {"mobile": [700, 600, 300], "desktop": [700, 600, 500], "tablet": [140, 120, 100]}, STEPS, days=60
)


def test_the_planted_value_is_found_with_its_odds():
    result = drivers(WORSE, STEPS, step="paid", within="1h")
    top = result.table.iloc[0]
    assert (top["column"], top["group"], top["verdict"]) == ("device", "mobile", "yes")
    assert top["share"] == pytest.approx(0.5, abs=0.005)
    assert top["odds"] == pytest.approx((300 / 300) / (120 / 600), rel=0.03)
    assert "device “mobile”: 50% do, against 17% of all others" in result.headline
    assert "not its cause" in result.text
    assert_says(result)


def test_without_a_step_it_is_where_most_can_be_won():
    assert drivers(WORSE, STEPS, within="1h").step == "paid"


def test_the_finding_says_that_it_is_no_cause():
    found = drivers(WORSE, STEPS, step="paid", within="1h").findings()
    assert len(found) == 1
    assert found[0].estimate.value == pytest.approx(0.5 - 120 / 720, abs=0.01)
    assert found[0].assumptions == ("what goes together need not be the cause",)
    assert found[0].certainty == "likely"


def seen(events, place=2, within="1D", **how):
    steps, window = asked.the_steps(events, STEPS), pd.Timedelta(within)
    followed = engine.follow(events, steps, within=window)
    return traits.seen(events, steps, place, followed, within=window, zone="Europe/Amsterdam", **how)


def frame_of(rows: str, **columns) -> pd.DataFrame:
    return pd.concat([log(rows, **columns), log("zz 5000 home")], ignore_index=True)  # all windows are over


LOOKS = frame_of(
    "ann 0 home; ann 5 search; ann 10 cart; ann 12 product;"
    "bob 0 product; bob 10 cart; bob 11 search; bob 12 payment;"
    "cas 10 cart; cas 11 payment"
)


@pytest.mark.parametrize(
    "way",
    [lambda f: f, lambda f: ibis.memtable(f.assign(at=f["at"].dt.tz_convert("UTC")))],
    ids=["frame", "engine"],
)
def test_only_what_was_seen_up_to_the_step_counts(way):
    found = seen(way(LOOKS)).frame.set_index("unit").sort_index()
    assert found["dropped"].tolist() == [True, False, False]
    assert found["first_page"].tolist() == ["home", "product", "cart"]
    assert found["searched"].tolist() == ["true", "false", "false"]  # bob searched after the cart


@pytest.mark.parametrize(
    "way",
    [lambda f: f, lambda f: ibis.memtable(f.assign(at=f["at"].dt.tz_convert("UTC")))],
    ids=["frame", "engine"],
)
def test_the_last_known_value_of_a_column(way):
    events = frame_of("ann 0 home; ann 5 home; ann 10 cart; ann 20 cart; bob 0 home; bob 1 cart")
    events["device"] = ["mobile", "tablet", None, "desktop", "desktop", None, None]
    found = seen(way(events)).frame.set_index("unit").sort_index()
    assert found["device"].tolist() == ["tablet", "desktop"]


def test_day_and_hour_are_the_shops():
    # 23:30 UTC on Sunday 1 March is half past twelve on Monday in Amsterdam
    events = pd.DataFrame(
        {
            "visitor_id": ["a", "b", "c"],
            "at": pd.to_datetime(["2026-03-01 23:30", "2026-03-04 17:30", "2026-03-20 00:00"], utc=True),
            "step": ["cart", "cart", "home"],
        }
    )
    found = seen(events).frame.set_index("unit")
    assert found.loc["a", ["weekday", "part_of_day"]].tolist() == ["mon", "night"]
    assert found.loc["b", ["weekday", "part_of_day"]].tolist() == ["wed", "evening"]


def test_the_category_of_the_product_looked_at_last():
    events = frame_of("ann 0 product; ann 1 product; ann 2 cart; bob 0 product; bob 3 cart")
    events["product_id"] = ["1", "2", None, "1", None, None]
    products = pd.DataFrame({"product_id": ["1", "2"], "category": ["towels", "plaids"]})
    found = seen(events, products=products).frame.set_index("unit").sort_index()
    assert found["category"].tolist() == ["plaids", "towels"]


def test_columns_of_too_many_values_are_left_out_and_said():
    n = WORSE["visitor_id"].nunique()
    address = dict(zip(WORSE["visitor_id"].unique(), [f"/page/{i}" for i in range(n)], strict=True))
    result = drivers(WORSE.assign(address=WORSE["visitor_id"].map(address)), STEPS, step="paid", within="1h")
    assert result.seen.crowded == ["address"]
    assert "Too many values, so left out: address." in result.method


def test_rare_values_are_taken_together_and_numbers_in_quarters():
    visitors = WORSE["visitor_id"].unique()
    rng = np.random.default_rng(0)
    rare = dict(
        zip(
            visitors,
            rng.choice([f"c{i}" for i in range(20)], len(visitors), p=[0.4, 0.3, *[0.3 / 18] * 18]),
            strict=True,
        )
    )
    price = dict(zip(visitors, rng.normal(50, 10, len(visitors)), strict=True))
    events = WORSE.assign(country=WORSE["visitor_id"].map(rare), price=WORSE["visitor_id"].map(price))
    found = seen(events, 3, "1h").frame
    assert found["country"].nunique() == traits.MOST + 1
    assert "other" in set(found["country"])
    assert found["price"].value_counts().tolist() == pytest.approx([len(found) / 4] * 4, abs=1)


def test_the_customers_id_is_not_looked_at():
    known = WORSE.assign(
        customer_id=np.where(
            WORSE["visitor_id"].isin(WORSE.loc[WORSE["step"] == "paid", "visitor_id"]), "k", None
        )
    )
    assert "customer_id" not in set(drivers(known, STEPS, step="paid", within="1h").table["column"])


def test_windows_that_are_not_over_are_left_out():
    result = drivers(log("ann 0 cart; bob 1430 cart; cas 2880 home"), STEPS, step="payment", within="1D")
    assert (len(result.seen.frame), result.seen.left_out) == (2, 0)
    result = drivers(log("ann 0 cart; bob 1441 cart; cas 2880 home"), STEPS, step="payment", within="1D")
    assert (len(result.seen.frame), result.seen.left_out) == (1, 1)
    assert "(1 left out: their time was not over.)" in result.text


def test_too_few_say_how_many():
    result = drivers(
        log("ann 0 cart; bob 0 cart; bob 1 payment; zz 9000 home"), STEPS, step="payment", within="1D"
    )
    assert result.headline.startswith(
        "Too few visitors to tell: 1 dropped out before payment and 1 went on; at least 30"
    )
    assert result.findings() == []


def test_shuffled_labels_are_5_per_cent_before_the_correction_and_fewer_after():
    rng = np.random.default_rng(0)
    columns = ["device", "country", "campaign"]
    dropped = np.repeat([True, False], 400)
    raw, any_found = [], 0
    for _time in range(80):
        shuffled = pd.DataFrame(rng.choice(list("abcd"), (800, 3)), columns=columns).assign(dropped=dropped)
        table = odds.of_values(shuffled, columns)
        raw += (table["odds_low"].gt(1) | table["odds_high"].lt(1)).tolist()
        any_found += bool((estimates.adjust(table["p"]) < 0.05).any())
    assert len(raw) == 80 * 12
    assert np.mean(raw) == pytest.approx(0.05, abs=0.02)
    assert any_found <= 8  # at most 4 are expected


def test_shuffled_devices_are_no_drivers():
    rng, found = np.random.default_rng(1), 0
    visitors = WORSE["visitor_id"].unique()
    for _time in range(8):
        device = dict(zip(visitors, rng.choice(["mobile", "desktop", "tablet"], len(visitors)), strict=True))
        found += len(
            drivers(
                WORSE.assign(device=WORSE["visitor_id"].map(device)), STEPS, step="paid", within="1h"
            ).sure
        )
    assert found <= 1


def test_the_planted_story_of_the_demo_shop():
    result = open_shop().call(drivers)
    assert result.step == "paid"
    assert result.sure.iloc[0][["column", "group"]].tolist() == ["device", "mobile"]
    # (.38 / .62) against what desktop and tablet lose, .09 and .10 of 510 and 124: an odds ratio of about 6
    assert (
        result.table.iloc[0]["odds_low"] < (0.38 / 0.62) / (0.092 / 0.908) < result.table.iloc[0]["odds_high"]
    )
    assert result.table.iloc[0]["adjusted_low"] > 1


def test_what_cannot_be_asked():
    with pytest.raises(SettingError, match="no step that visitors come to"):
        drivers(WORSE, STEPS, step="cart")


def test_days_of_the_week_are_written_as_in_the_language():
    with language.speaking("nl"):
        assert terms.said("fri") == "vrijdag"
    assert terms.said("fri") == "Friday"
