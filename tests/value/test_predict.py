"""What customers will bring: published figures, drawn shops whose future is known, small and odd ones."""

from __future__ import annotations

import io
from dataclasses import replace

import ibis
import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says
from openpyxl import load_workbook
from scipy import integrate

from csworkbook import open_shop
from csworkbook.errors import DataError, SettingError
from csworkbook.export import sheets
from csworkbook.value import btyd, forecast, segments
from csworkbook.value.predict import predict

from .shops import ODD, orders, random_shop
from .simulated import START, counted, moments, shop, some

CUT = START + pd.Timedelta(weeks=78)


def split(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Orders up to 78 weeks, and those of the half year after."""
    past = frame["ordered_at"] < CUT
    return frame[past], frame[~past & (frame["ordered_at"] < CUT + pd.Timedelta(weeks=26))]


@pytest.fixture(scope="module")
def drawn() -> pd.DataFrame:
    return shop(4000, seed=4)


def test_published_parameters_from_the_orders_themselves(realdata):
    columns = ["master", "customer_id", "day", "discs", "revenue"]
    sales = pd.read_fwf(realdata / "orders" / "CDNOW_sample.txt", header=None, names=columns, dtype=str)
    sales = sales.assign(
        order_id=np.arange(len(sales)).astype(str),
        ordered_at=pd.to_datetime(sales["day"]),
        revenue=sales["revenue"].astype(float),
    )
    result = predict(sales[sales["ordered_at"] <= "1997-09-30"], horizon="273D")
    published = {"r": 0.2426, "alpha": 4.4135, "a": 0.7929, "b": 2.4258, "p": 6.25, "q": 3.74, "v": 15.45}
    assert {name: result.parameters[name] for name in published} == pytest.approx(published, abs=0.008)
    assert result.log_likelihood == pytest.approx(-9582.4, abs=0.05)
    assert result.fallback is None
    first = result.table.set_index("customer_id").loc["0001"]
    assert first["expected_orders"] == pytest.approx(1.226, abs=0.001)
    assert first["alive"] == pytest.approx(0.7266, abs=0.0002)


def test_ranges_hold_what_then_happened():
    """Forty shops whose customers are as the models say: a total falls out of its 95% range in two of them."""
    held, shops = np.zeros(2), 40
    for seed in range(shops):
        past, future = split(shop(400, seed=100 + seed))
        result = predict(past, horizon="182D", margin=1.0, discount_rate=0.0, seed=seed)
        known = future[future["customer_id"].isin(set(past["customer_id"]))]
        found = [(result.orders, len(known)), (result.value, known["revenue"].sum())]
        held += [total.low <= seen <= total.high for total, seen in found]
    assert (held >= shops - 7).all()  # more than seven: once in two thousand times


def fading(seed: int, customers: int = 1500) -> pd.DataFrame:
    """A shop the model does not fit: from week 40 on repeat orders fade away, for everybody."""
    frame, rng = shop(customers, seed=seed), np.random.default_rng(seed)
    week = (frame["ordered_at"] - START).dt.total_seconds().to_numpy() / 604_800
    first = ~frame.sort_values("ordered_at").duplicated("customer_id").reindex(frame.index)
    return frame[first | (rng.random(len(frame)) < np.exp(-np.maximum(week - 40, 0) / 50))]


def test_where_the_past_was_foretold_wrongly_the_range_is_wider():
    """Of shops that fade nearly no model's own range holds what came; with what the mirror saw nearly all do."""
    alone = wider = 0
    for seed in range(12):
        past, future = split(fading(200 + seed))
        result = predict(past, horizon="182D", margin=1.0, discount_rate=0.0, seed=seed)
        seen = future.loc[future["customer_id"].isin(set(past["customer_id"])), "revenue"].sum()
        assert result.mirror.predicted.value > result.mirror.seen
        assert result.value.low < result.alone.low < result.alone.high < result.value.high
        assert result.value.value == result.alone.value
        alone += result.alone.low <= seen <= result.alone.high
        wider += result.value.low <= seen <= result.value.high
    assert alone <= 2
    assert wider >= 9


def test_a_shop_foretold_wrongly_is_said_first():
    result = predict(split(fading(7))[0])
    first, second = result.text.split(". ")[:2]
    assert first == result.headline.rstrip(".")
    assert "may bring" in first
    assert "but that is not sure" in first
    assert "too many" in second
    assert "wider than the" in result.text
    finding = result.findings()[0]
    assert finding.certainty == "likely"
    assert "but that is not sure" in finding.headline
    assert "too many" in finding.headline
    spread = result.mirror.beyond(365)[1]
    assert f"{spread:.0%} of the margin as a standard deviation" in result.method
    assert result.value.high - result.value.low > 3 * (result.alone.high - result.alone.low)
    assert (result.tenths["high"] - result.tenths["low"]).sum() > result.value.high - result.value.low
    assert_says(replace(result, table=result.table.head(300)))


def test_a_shop_foretold_well_keeps_its_range(drawn):
    result = predict(drawn)
    assert result.mirror.held
    assert not result.doubt
    assert "are likely to bring" in result.headline
    assert "not sure" not in result.text
    assert "wider" not in result.text
    assert max(result.mirror.beyond(365)) < 0.1
    quiet = replace(
        result.mirror, seen=round(result.mirror.predicted.value), spent=result.mirror.revenue.value
    )
    assert "no further off than that" in replace(result, mirror=quiet).method


def test_few_shops_that_the_model_fits_are_doubted():
    """Two totals of which each falls out of its range once in twenty times."""
    results = [predict(split(shop(400, seed=300 + seed))[0]) for seed in range(20)]
    assert sum(result.mirror.held for result in results) >= 15
    width = [
        (one.value.high - one.value.low) / (one.alone.high - one.alone.low) if one.alone else 1.0
        for one in results
    ]
    assert np.median(width) < 1.1


def test_who_orders_again_is_as_many_as_then_did(drawn):
    past, future = split(drawn)
    result = predict(past, horizon="182D")
    more = past.groupby("customer_id").size()
    again = more.index[more > 1].isin(set(future["customer_id"]))
    assert result.gone.n == len(again)
    assert result.gone.low <= 1 - again.mean() <= result.gone.high
    assert "are not expected to order again within 182 days" in result.findings()[1].headline
    assert "the model holds" not in " ".join(result.findings()[0].assumptions)


def test_a_past_too_short_to_check_is_an_assumption():
    quick = shop(400, seed=5, r=3.0, alpha=4.0, weeks=10.0, begin=0.5)
    result = predict(quick, horizon="30D")
    assert result.mirror is None
    assert "which your own past is too short to check" in " ".join(result.findings()[0].assumptions)
    assert result.alone is None


def test_customers_keep_to_their_own_ranges(drawn):
    past, future = split(drawn)
    table = predict(past, horizon="182D", margin=1.0, discount_rate=0.0).table.set_index("customer_id")
    seen = future.groupby("customer_id")["revenue"].agg(["size", "sum"]).reindex(table.index, fill_value=0)
    assert ((seen["size"] >= table["low"]) & (seen["size"] <= table["high"])).mean() >= 0.95
    assert ((seen["sum"] >= table["value_low"]) & (seen["sum"] <= table["value_high"])).mean() >= 0.95
    assert (seen["size"] > 0).mean() == pytest.approx(table["back"].mean(), abs=0.03)
    assert ((table["low"] <= table["expected_orders"]) & (table["expected_orders"] <= table["high"])).all()
    assert (
        (table["value_low"] <= table["expected_value"]) & (table["expected_value"] <= table["value_high"])
    ).all()


def test_totals_are_sums_of_customers_and_the_most_valuable_come_first(drawn):
    result = predict(drawn)
    assert result.orders.value == pytest.approx(result.table["expected_orders"].sum())
    assert result.value.value == pytest.approx(result.table["expected_value"].sum())
    assert result.table["expected_value"].is_monotonic_decreasing
    assert result.tenths["value"].sum() == pytest.approx(result.value.value)
    assert result.tenths["customers"].sum() == len(result.table) == drawn["customer_id"].nunique()


def test_later_money_counts_less():
    """Against the integral of the rate of purchases times 1.1 to the power of minus the years."""
    model = btyd.CDNOW
    bought = pd.DataFrame({"x": [0, 2, 9], "t_x": [0.0, 30.0, 38.0], "T": [30.0, 38.86, 39.0]})
    found = forecast.Forecast.make(model, bought, 52.0)
    rate = np.log(1.1) * 7 / 365.25
    for row, got in zip(bought.itertuples(), found.discounted(rate)[found.of], strict=True):
        known = (row.x, row.t_x, row.T)

        def later(at, known=known):
            slope = (model.expected(at + 1e-4, *known) - model.expected(at - 1e-4, *known)) / 2e-4
            return slope * np.exp(-rate * at)

        assert got == pytest.approx(integrate.quad(later, 2e-4, 52)[0], rel=1e-3)
    assert found.discounted(0.0) == pytest.approx(found.expected)


def test_margin_and_discount_are_settings_and_are_shown(drawn):
    half, whole = predict(drawn, margin=0.5, discount_rate=0.0), predict(drawn, margin=1.0, discount_rate=0.0)
    assert 2 * half.value.value == pytest.approx(whole.value.value)
    assert predict(drawn, margin=0.5).value.value < half.value.value
    assert (
        "Margin: 50.0% of what was spent; what comes a year later counts 10% less"
        in predict(drawn, margin=0.5).method
    )
    own = predict(drawn.assign(margin=drawn["revenue"] * 0.2), margin=0.5, discount_rate=0.0)
    assert own.value.value == pytest.approx(0.4 * half.value.value)


def test_paid_back_counts_for_less_and_voucher_orders_count():
    table = orders([("a", "2026-01-01", 50.0), ("a", "2026-02-01", 0.0), ("b", "2026-03-01", 10.0)])
    assert predict(table).table.set_index("customer_id")["orders"].to_dict() == {"a": 2, "b": 1}
    back = predict(table.assign(refunded=[50.0, None, None])).table
    assert back.set_index("customer_id")["orders"].to_dict() == {"a": 1, "b": 1}
    assert "An order of 0 of which nothing was paid back" in predict(table).method


def test_the_modified_model_is_taken_where_customers_leave_after_their_first_order():
    plain, modified = shop(3000, seed=8), shop(3000, seed=8, first=1)
    assert (predict(plain).model.first, predict(modified).model.first) == (0, 1)
    assert "MBG/NBD" in predict(modified).method
    assert "whoever ordered once counts as still a customer" in predict(plain).method


def test_a_small_shop_falls_back_on_everybodys_own_pace():
    """Two customers seen 70 and 7 days, one repeat order: rates (½ + x) / (½ · 11 weeks / 1½ + T)."""
    table = orders([("a", "2026-01-01", 20.0), ("a", "2026-02-01", 40.0), ("b", "2026-03-05", 30.0),
                    ("c", "2026-03-12", 30.0)])  # fmt: skip
    result = predict(table, horizon="70D", margin=1.0, discount_rate=0.0)
    rows = result.table.set_index("customer_id")
    alpha = 0.5 * (10 + 1) / 1.5
    assert rows.loc["a", "expected_orders"] == pytest.approx(1.5 * 10 / (alpha + 10))
    assert rows.loc["b", "expected_orders"] == pytest.approx(0.5 * 10 / (alpha + 1))
    assert rows["alive"].isna().all()
    assert "There are too few customers to learn who stays" in result.fallback
    assert "(there are too few customers)" in result.fallback
    assert result.fallback.split(". ")[0] in result.text
    assert result.parameters == {}
    assert result.mirror is None
    assert_says(result)


def test_too_few_customers_are_not_too_few_who_came_back():
    """Three who all came back are too few customers; of forty, one who came back is too few of those."""
    all_back = [(who, f"2025-{month:02d}-05", 20.0) for who, n in (("a", 2), ("b", 4), ("c", 4))
                for month in range(1, n + 1)]  # fmt: skip
    result = predict(orders(all_back))
    assert "There are too few customers to learn who stays" in result.text
    assert "came back" not in result.text
    assert "bought again" not in result.text + result.method
    seldom = [(f"c{i}", f"2025-{i % 12 + 1:02d}-05", 20.0) for i in range(40)] + [("c0", "2025-12-20", 20.0)]
    result = predict(orders(seldom))
    assert "Too few customers bought again" in result.text
    assert "(too few bought again)" in result.fallback


def test_where_everybody_bought_once_there_is_nothing_to_foretell_from():
    once = [
        (f"c{i:03d}", str(day.date()), 20.0) for i, day in enumerate(pd.date_range("2024-01-01", periods=400))
    ]
    result = predict(orders(once))
    assert "Nobody came back in these orders, so there is nothing to foretell from." in result.text
    assert "foretold" not in result.text
    assert result.mirror is None
    assert result.table["expected_orders"].isna().all()
    assert result.findings()[0].enough
    assert_says(replace(result, table=result.table.head(300)))
    text = segments(orders(once), value="expected").text
    assert text.startswith("What these customers will bring cannot be told yet")
    assert "again to learn" not in text


def test_one_is_said_as_one():
    one = predict(orders(ODD["one customer"]))
    assert one.headline.startswith("The one customer you have now is likely to bring")
    few = replace(one, orders=replace(one.orders, value=1.02))
    assert few.headline.endswith(", with 1 order.")
    assert replace(few, orders=replace(one.orders, value=0.3)).headline.endswith("with less than one order.")
    assert one.plot().data[0].hovertext[0].startswith("1 customer:")


def test_what_is_not_taken_off_is_said():
    table = random_shop(1)
    table["order_id"] = table["order_id"].astype(str)
    back = pd.DataFrame({"order_id": table["order_id"].head(3), "amount": 1.0})
    for one in (table, ibis.memtable(table)):
        assert "What was paid back is not taken off" in predict(one).method
        assert "What was paid back is taken off." in predict(one, back).method
    assert "What was paid back is taken off." in predict(table.assign(refunded=0.0)).method


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_an_amount_without_end_is_not_told():
    table = random_shop(1, customers=200).reset_index(drop=True)
    endless, untold = table.copy(), table.copy()
    endless.loc[[3, 4], "revenue"] = [np.inf, -np.inf]
    untold.loc[[3, 4], "revenue"] = np.nan
    result = predict(endless)
    assert result.text == predict(untold).text == predict(ibis.memtable(endless)).text
    assert np.isfinite(result.value.value)
    assert result.left_out["nothing_paid"] == 2


def test_steady_rates_hold_what_then_happened():
    """Thirty shops of forty customers, too few for the model."""
    held = 0
    for seed in range(30):
        past, future = split(shop(40, seed=seed, r=0.5, alpha=25.0, a=0.3, b=6.0))
        result = predict(past, horizon="182D", seed=seed)
        seen = future["customer_id"].isin(set(past["customer_id"])).sum()
        held += result.orders.low <= seen <= result.orders.high
    assert held >= 24


@pytest.mark.parametrize("name", ODD)
def test_odd_shops_get_an_answer_in_words(name):
    result = predict(orders(ODD[name]))
    assert result.fallback
    assert_says(result)


def test_one_day_of_orders_cannot_tell():
    result = predict(orders(ODD["all the same"]))
    assert "cannot be told yet" in result.text
    assert result.table["expected_orders"].isna().all()
    assert result.findings()[0].enough


def test_a_negative_margin_is_a_loss(drawn):
    result = predict(drawn.assign(margin=-drawn["revenue"]))
    assert result.value.low < result.value.value < result.value.high < 0
    assert (result.table["value_low"] <= result.table["expected_value"]).all()


def test_raw_frames_say_the_same(drawn):
    few = some(drawn)
    odd = few.assign(
        customer_id=few["customer_id"].astype("category"),
        ordered_at=few["ordered_at"].dt.tz_localize(None),
        revenue=few["revenue"].astype(object),
        colour="red",
    )
    odd = odd.sample(frac=1, random_state=3).set_index(np.zeros(len(odd)))
    pd.testing.assert_frame_equal(predict(odd).table, predict(few).table)
    assert predict(odd).text == predict(few).text


def test_an_engines_table_gives_the_same(drawn):
    few = some(drawn)
    pd.testing.assert_frame_equal(predict(ibis.memtable(few)).table, predict(few).table, check_dtype=False)


def test_orders_without_customer_or_payment_are_counted_out():
    table = random_shop(1).reset_index(drop=True)
    table.loc[:4, "customer_id"] = np.nan
    table.loc[5:7, "revenue"] = -3.0
    result = predict(table)
    assert result.left_out["no_customer"] == 5
    assert result.left_out["nothing_paid"] == 3
    assert "Left out: 5 orders without a customer and 3 orders for which nothing was paid" in result.method


@pytest.mark.parametrize(
    "options",
    [{"horizon": "soon"}, {"margin": 1.5}, {"discount_rate": -0.1}, {"discount_rate": float("nan")}],
)
def test_settings_that_cannot_be_are_refused(options):
    with pytest.raises(SettingError):
        predict(random_shop(1), **options)


def test_no_purchase_at_all_is_refused():
    with pytest.raises(DataError):
        predict(orders([]))
    with pytest.raises(DataError):
        predict(orders([("", "2026-01-01", 10.0), ("b", "2026-01-01", -10.0)]))


def test_the_same_seed_gives_the_same_and_another_horizon_more(drawn):
    assert predict(drawn, seed=3).orders == predict(drawn, seed=3).orders
    assert predict(drawn, horizon="730D").orders.value > predict(drawn, horizon="365D").orders.value
    assert "further ahead than your orders go back" in predict(drawn, horizon="730D").text


def test_chance_of_another_order_is_that_of_the_model():
    known = counted(*moments(500, seed=1), until=104.0)
    model = btyd.fit(known["x"], known["t_x"], known["T"])
    back = model.back(26, known["x"], known["t_x"], known["T"])
    stays = ((model.alpha + known["T"]) / (model.alpha + known["T"] + 26)) ** (model.r + known["x"])
    assert back == pytest.approx(model.alive(known["x"], known["t_x"], known["T"]) * (1 - stays))


def test_the_demo_shop_is_foretold_nearer_than_by_guessing():
    result = open_shop().call(predict)
    assert result.fallback is None
    assert result.mirror.better == "yes"
    assert result.doubt
    assert "may bring some" in result.headline
    assert ("At the limit of what is tried: r;" in result.method) == (result.parameters["r"] > 148.4)
    customers = len(result.table)
    assert customers == result.table["customer_id"].nunique() > 7000
    assert len(result.cells()) == len(result.sortable()) == 300
    assert [row[0] for row in result.cells()] == result.table["customer_id"].head(300).tolist()
    page = f"The page shows the 300 most valuable of these {customers:,} customers; the downloads hold all."
    assert result.text.endswith(page)


def test_downloads_hold_all_customers():
    result = open_shop().call(predict)
    lines = sheets.csv(result.sheet()).decode("utf-8-sig").splitlines()
    assert len(lines) - 1 == len(result.table)
    assert [line.split(lines[0][len("Customer")])[0] for line in lines[1:]] == result.table[
        "customer_id"
    ].tolist()
    book = load_workbook(io.BytesIO(sheets.xlsx(result.sheet(), name="x", about=[], kinds=result.kinds())))
    assert max(sheet.max_row for sheet in book) - 1 >= len(result.table)


def test_the_demo_shop_tells_what_is_sure():
    result = open_shop().call(predict)
    assert [finding.certainty for finding in result.findings()] == ["likely", "likely"]
