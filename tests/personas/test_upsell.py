"""Price steps: who buys dearer when he comes back, counted by hand and by brute force, and what a step could bring."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says

from csworkbook import estimates, open_shop
from csworkbook.errors import DataError, SettingError
from csworkbook.personas.baskets.price_steps import banded
from csworkbook.personas.baskets.upsell import price_categories, upsell

PRICES = {"low": 10.0, "mid": 20.0, "top": 40.0}


def shop(*rows: tuple[str, int, str], **columns) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Order lines and orders of (customer, day, product): one order a row, all lamps."""
    frame = pd.DataFrame(rows, columns=["customer_id", "day", "product_id"])
    frame["order_id"] = [f"o{n}" for n in range(len(frame))]
    at = pd.Timestamp("2025-01-01", tz="UTC") + pd.to_timedelta(frame["day"], "D")
    lines = frame[["order_id", "product_id"]].assign(
        quantity=1,
        price=frame["product_id"].map(PRICES),
        category="lamps",
        product=frame["product_id"] + " lamp",
    )
    orders = frame[["order_id", "customer_id"]].assign(ordered_at=at, revenue=lines["price"], **columns)
    return lines, orders


# ann 10 → 20 (and 40 later, which does not count), bob 10 → 10, cas 20 → 10, dan 40, eve 10 too late to tell
SMALL_SHOP = shop(
    ("ann", 0, "low"), ("ann", 50, "mid"), ("ann", 90, "top"), ("bob", 0, "low"), ("bob", 99, "low"),
    ("cas", 5, "mid"), ("cas", 60, "low"), ("dan", 10, "top"), ("eve", 250, "low"), ("fay", 20, "low"),
    ("fay", 121, "top"), ("end", 300, "mid"), (None, 30, "top"),
)  # fmt: skip
WAYS = [lambda frame: frame, ibis.memtable]


@pytest.mark.parametrize("way", WAYS, ids=["lines frame", "lines engine"])
@pytest.mark.parametrize("other", WAYS, ids=["orders frame", "orders engine"])
def test_who_came_back_for_what_by_hand(way, other):
    lines, orders = SMALL_SHOP
    result = upsell(way(lines), other(orders), within="100D")
    # fay came back after 101 days: not in time; eve and end began within 100 days of the last order
    rows = result.table.set_index("price")
    assert rows["n"].to_dict() == {10.0: 3, 20.0: 1, 40.0: 1}
    assert rows["again"].to_dict() == {10.0: 2, 20.0: 1, 40.0: 0}
    assert rows["dearer"].to_dict() == {10.0: 1, 20.0: 0, 40.0: 0}
    assert rows.loc[[10.0, 20.0], "share"].tolist() == [0.5, 0.0]
    assert rows.loc[[10.0, 20.0], "cheaper"].tolist() == [0.0, 1.0]
    assert rows.loc[[10.0, 20.0], "step"].tolist() == [10.0, 20.0]
    assert rows["pieces"].to_dict() == {10.0: 6, 20.0: 3, 40.0: 4}
    assert rows.loc[[10.0, 20.0], "next"].tolist() == ["mid lamp", "top lamp"]
    assert np.isnan(rows.loc[40.0, "step"])
    assert result.bought.unfinished == 2
    assert "2 beginnings are left out" in result.method


def test_what_the_next_step_could_bring_by_hand():
    lines, orders = SMALL_SHOP
    result = upsell(lines, orders, within="100D", part=0.2, margin=0.5)
    # 6 pieces of 10 in 300 days: 7.3 a year; a fifth of them 10 dearer, at a margin of half
    row = result.table.set_index("price").loc[10.0]
    assert row["worth"] == pytest.approx(0.2 * 6 * 365 / 300 * 10 * 0.5)
    assert row["worth_low"] == pytest.approx(row["worth"] * (1 - 1.96 / 6**0.5))
    own = upsell(lines, orders.assign(margin=orders["revenue"] / 4), within="100D", part=0.2)
    assert own.table.set_index("price").loc[10.0, "worth"] == pytest.approx(row["worth"] / 2)


def test_two_lines_of_a_day_are_one_purchase_at_the_dearest():
    lines, orders = shop(("ann", 0, "low"), ("ann", 0, "top"), ("ann", 10, "mid"), ("end", 400, "mid"))
    row = upsell(lines, orders).table.set_index("price")
    assert row["n"].to_dict() == {10.0: 0, 20.0: 0, 40.0: 1}
    assert row.loc[40.0, "cheaper"] == 1.0


def test_orders_paid_back_do_not_count():
    lines, orders = SMALL_SHOP
    back = orders.assign(refunded=np.where(orders["customer_id"] == "bob", orders["revenue"], np.nan))
    for way in WAYS:
        rows = upsell(way(lines), way(back), within="100D").table.set_index("price")
        assert (rows.loc[10.0, "n"], rows.loc[10.0, "pieces"]) == (2, 4)


# ---------------------------------------------------------------- steps
def test_steps_hold_about_as_many_and_never_part_a_price():
    products = pd.DataFrame(
        {
            "category": "x",
            "product_id": list("abcdef"),
            "price": [1.0, 2, 2, 3, 4, 5],
            "lines": [10, 10, 10, 10, 10, 10],
        }
    )
    assert banded(products, 3)["band"].tolist() == [0, 1, 1, 1, 2, 2]
    assert banded(products, 2)["band"].tolist() == [0, 0, 0, 1, 1, 1]
    one = products.assign(price=7.0)
    assert banded(one, 3)["band"].tolist() == [0] * 6


def test_a_product_is_at_its_middle_price():
    lines = pd.DataFrame(
        {"order_id": list("12345"), "product_id": ["a", "a", "a", "b", "b"], "price": [10.0, 10, 99, 30, 30]}
    ).assign(quantity=1, category="x")
    orders = pd.DataFrame({"order_id": list("12345"), "customer_id": list("12345"), "revenue": 10.0})
    table = upsell(lines, orders.assign(ordered_at=pd.Timestamp("2026-01-01", tz="UTC")), bands=2).table
    assert table["band"].tolist() == ["€10", "€30"]


def test_without_orders_it_asks_for_them():
    with pytest.raises(DataError, match=r"need your orders too.*Bring the export of your orders"):
        upsell(SMALL_SHOP[0])


# ---------------------------------------------------------------- by brute force
def random_shop(seed: int, n: int = 900) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    lines = pd.DataFrame({"order_id": rng.integers(0, n, 2 * n), "product_id": rng.integers(0, 12, 2 * n)})
    lines["price"] = 3.0 + 5 * (lines["product_id"] // 2)
    lines = lines.assign(
        quantity=rng.integers(0, 3, 2 * n), category=np.where(lines["product_id"] < 6, "x", "y")
    )
    at = pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 700 * 24, n), "h")
    orders = pd.DataFrame({"order_id": range(n), "customer_id": rng.integers(0, n // 3, n), "ordered_at": at})
    return lines, orders.assign(revenue=rng.choice([0.0, 20.0, -5.0, 30.0], n, p=[0.05, 0.5, 0.05, 0.4]))


def by_hand(lines: pd.DataFrame, orders: pd.DataFrame, within: int) -> dict:
    """(category, step) → customers, came back, dearer, cheaper."""
    paid = orders[orders["revenue"] > 0].set_index("order_id")
    last = orders["ordered_at"].max().normalize()
    sold = lines[
        (lines["quantity"] > 0) & ~lines["order_id"].isin(orders.loc[orders["revenue"] <= 0, "order_id"])
    ]
    steps = {}
    for category, part in sold.groupby("category"):
        counts, passed = part["price"].value_counts().sort_index(), 0
        for price, n in counts.items():
            steps[category, price] = int((passed + n / 2) / len(part) * 3)
            passed += n
    days: dict = {}
    for row in sold.itertuples():
        if row.order_id in paid.index:
            order = paid.loc[row.order_id]
            visits = days.setdefault((row.category, order["customer_id"]), {})
            day = order["ordered_at"].normalize()
            visits[day] = max(visits.get(day, 0), steps[row.category, row.price])
    found: dict = {}
    for (category, _customer), visits in days.items():
        first, *others = sorted(visits)
        if first + pd.Timedelta(within, "D") > last:
            continue
        counts = found.setdefault((category, visits[first]), [0, 0, 0, 0])
        counts[0] += 1
        if others and (others[0] - first).days <= within:
            then = visits[others[0]]
            counts[1] += 1
            counts[2] += then > visits[first]
            counts[3] += then < visits[first]
    return found


@pytest.mark.parametrize("way", WAYS, ids=["frame", "engine"])
@pytest.mark.parametrize("seed", range(3))
def test_as_by_brute_force(way, seed):
    lines, orders = random_shop(seed)
    table = upsell(way(lines), way(orders), within="200D").table
    place = table.groupby("category")["price"].rank().astype(int) - 1
    mine = {
        (row.category, at): [row.n, row.again, row.dearer, round(row.cheaper * row.again)]
        for row, at in zip(table.itertuples(), place, strict=True)
    }
    assert mine == by_hand(lines, orders, 200)


def test_however_the_rows_come():
    lines, orders = random_shop(5)
    plain = upsell(lines, orders).table
    mixed = [frame.sample(frac=1, random_state=1).set_axis([0] * len(frame)) for frame in (lines, orders)]
    pd.testing.assert_frame_equal(plain, upsell(*mixed).table, check_exact=True)
    kinds = (
        lines.astype({"product_id": "category", "category": "category"}),
        orders.astype({"customer_id": object}),
    )
    pd.testing.assert_frame_equal(plain, upsell(*kinds).table)


# ---------------------------------------------------------------- whether they keep to their price
def crowd(*, stay: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """300 customers begin at each step; when they come back they buy the same again, or whatever."""
    rows = []
    for n in range(900):
        first = list(PRICES)[n % 3]
        rows += [(f"c{n}", 0, first), (f"c{n}", 30, first if stay else list(PRICES)[(n // 3) % 3])]
    return shop(*rows, ("end", 500, "mid"))


def test_customers_who_keep_to_their_price():
    result = upsell(*crowd(stay=True))
    low, mid = result.table.iloc[0], result.table.iloc[1]
    assert (low["share"], low["others"], low["verdict"]) == (0.0, 1.0, "yes")
    assert (mid["share"], mid["others"], mid["verdict"]) == (0.0, 0.5, "yes")
    assert "customers keep to their price" in result.text
    assert_says(result)


def test_customers_who_buy_whatever():
    result = upsell(*crowd(stay=False))
    low = result.table.iloc[0]
    assert (low["share"], low["others"]) == pytest.approx((2 / 3, 2 / 3))
    assert low["low"] == pytest.approx(estimates.share(200, 300).low)
    assert set(result.table["verdict"].dropna()) == {"cannot tell yet"}
    assert "it does not show that customers keep to their price" in result.text
    finding = result.findings()[0]
    assert finding.certainty == "likely"
    assert finding.value is None  # what it could bring is an assumption
    assert_says(result)


def test_p_is_the_score_tests_corrected_by_holm():
    lines, orders = random_shop(2)
    table = upsell(lines, orders, within="200D").table
    told = table[table["step"].notna()]
    raw = []
    for row in told.itertuples():
        others = table[(table["category"] == row.category) & (table["band"] != row.band)]["again"].sum()
        raw.append(estimates.difference(row.dearer, row.again, round(row.others * others), others).p)
    assert told["p"].tolist() == pytest.approx(estimates.adjust(raw))
    assert table.loc[table["step"].isna(), ["p", "share", "low", "high"]].isna().all(axis=None)


# ---------------------------------------------------------------- what cannot be told
def test_one_price_has_no_next_step():
    lines, orders = shop(("ann", 0, "low"), ("ann", 9, "low"), ("end", 400, "low"))
    result = upsell(lines, orders)
    assert result.text == "No category has products of different prices, so there is no next step."
    assert result.findings() == []
    assert_says(result)


def test_over_less_than_a_month_nothing_is_said_of_a_year():
    result = upsell(*shop(("ann", 0, "low"), ("bob", 9, "top")), bands=2)
    assert result.table["worth"].isna().all()
    assert "The next step costs €30.00 more." in result.text
    assert_says(result)


def test_what_is_wrong_is_said():
    lines, orders = SMALL_SHOP
    with pytest.raises(DataError, match="do not say to which category"):
        upsell(lines.drop(columns="category"), orders)
    for nothing in (lines.head(0), lines.assign(category=None), lines.assign(price=0.0)):
        with pytest.raises(DataError, match="No order line names an order, a product, its category"):
            upsell(nothing, orders)
    for wrong in (
        {"bands": 1},
        {"bands": 7},
        {"bands": 2.5},
        {"part": 0},
        {"category": "hats"},
        {"within": "soon"},
    ):
        with pytest.raises(SettingError):
            upsell(lines, orders, **wrong)


def test_no_customer_is_known():
    lines, orders = SMALL_SHOP
    result = upsell(lines, orders.assign(customer_id=""))
    assert result.table["n"].sum() == 0
    assert_says(result)


# ---------------------------------------------------------------- the demo shop
def test_the_demo_shop():
    one = open_shop()
    result = one.call(upsell)
    assert set(result.table["category"]) == set(one.order_lines["category"].unique())
    assert result.table["pieces"].sum() == one.order_lines["quantity"].sum()
    assert "yes" not in set(result.table["verdict"])  # customers of the demo shop do not keep to a price
    assert_says(result)
    lazy = upsell(one.lazy("order_lines"), one.lazy("orders"))
    pd.testing.assert_frame_equal(result.table, lazy.table)
    only = one.call(upsell, category="lighting")
    assert set(only.table["category"]) == {"lighting"}
    assert price_categories(one.order_lines) == price_categories(one.lazy("order_lines"))
    assert price_categories(one.order_lines)[:2] == [None, "bed and bath"]
    assert price_categories(one.order_lines.drop(columns="category")) == []
