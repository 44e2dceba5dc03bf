"""What is known of each customer: counted by hand, against statsmodels and scipy, and with odd tables."""

from __future__ import annotations

import inspect
import json

import ibis
import numpy as np
import pandas as pd
import pytest

from csworkbook import open_shop
from csworkbook.errors import DataError, SettingError
from csworkbook.personas import blocks, dealing, large, measures
from csworkbook.personas.described import features, features_of
from csworkbook.personas.grouping import portraits
from csworkbook.personas.seen import seen
from csworkbook.purchases import less_returns, paid_orders, purchases

from .shops import ZONE, drawn, shuffled


@pytest.fixture(scope="module")
def demo():
    return open_shop()


def table(rows, **more) -> pd.DataFrame:
    """Orders: (customer, moment, revenue)."""
    orders = pd.DataFrame(rows, columns=["customer_id", "ordered_at", "revenue"])
    at = pd.to_datetime(orders["ordered_at"]).dt.tz_localize(ZONE)
    return orders.assign(ordered_at=at, order_id=[f"o{i}" for i in range(len(orders))], **more)


# Saturday 6 December, 20:00; Monday 5 January, 10:00; Tuesday 6 January, 23:30 on the shop's clock
THREE = table(
    [("b", "2025-12-06 20:00", 30.0), ("a", "2026-01-05 10:00", 60.0), ("b", "2026-01-06 23:30", 90.0)],
    discount=[3.0, None, 0.0],
    device=["mobile", "desktop", None],
)
LINES = pd.DataFrame(
    {
        "order_id": ["o0", "o0", "o2", "o1", "o1", "elsewhere"],
        "product_id": "p",
        "quantity": 1,
        "price": 15.0,
        "category": ["rugs", "rugs", "lamps", "lamps", "rugs", "beds"],
    }
)


def test_values_are_what_a_person_counts():
    contacts = pd.DataFrame(
        {
            "contact_id": ["1", "2", "3"],
            "customer_id": ["b", None, "stranger"],
            "order_id": [None, "o2", None],
            "opened_at": pd.Timestamp("2026-01-07", tz=ZONE),
            "channel": "chat",
            "topic": "x",
            "handling_minutes": [4.0, 8.0, 99.0],
        }
    )
    found = features_of(THREE, LINES, contacts).table.T
    a, b = found["a"], found["b"]
    assert (a["orders"], a["spent"], a["order_value"]) == (1, 60.0, 60.0)
    assert (b["orders"], b["spent"], b["order_value"], b["margin"]) == (2, 120.0, 60.0, pytest.approx(42.0))
    assert (b["discount"], a["discount"]) == (0.5, 0.0)
    assert (b["december"], b["weekend"], b["evening"]) == (0.5, 0.5, 1.0)
    assert (a["december"], a["weekend"], a["evening"]) == (0.0, 0.0, 0.0)
    assert b["device: mobile"] == 1.0  # of the one order that tells
    assert (b["category: rugs"], a["category: rugs"]) == (0.5, 0.5)
    assert (b["lines_per_order"], a["lines_per_order"]) == (1.5, 2.0)
    assert (b["contacts"], a["contacts"], b["minutes"]) == (1.0, 0.0, 6.0)
    assert np.isnan(a["minutes"])
    assert (b["days_since"], b["days_known"]) == (0.0, pytest.approx(31 + 3.5 / 24))
    assert not any("beds" in column for column in found.index)


def test_only_orders_of_known_customers_that_brought_something_count():
    rows = [(None, "2026-01-01", 10.0), ("  ", "2026-01-01", 10.0), ("a", "2026-01-02", 0.0)]
    rows += [("a", "2026-01-03", -5.0), ("a ", "2026-01-04", 20.0), ("a", "2026-01-05", 50.0)]
    orders = table(rows, refunded=[None, None, None, None, 5.0, 50.0])
    found = features_of(orders)
    assert found.table["spent"].to_dict() == {"a": 15.0}
    assert found.seen.left_out == {"no_customer": 2, "nothing_paid": 3}


@pytest.mark.parametrize("how", ["frame", "engine", "sampled in an engine"])
def test_what_the_returns_tell_was_paid_back_is_taken_off(how, monkeypatch):
    """b's first order was paid back as a whole, in two amounts; a's for a third, and that is sent back too."""
    returns = pd.DataFrame({"order_id": ["o0", "o0", "o1"], "product_id": "p", "amount": [19.9, 10.1, 20.0]})
    returns["returned_at"] = pd.Timestamp("2026-01-10", tz=ZONE)
    tables = [THREE, LINES, None, returns]
    if how != "frame":
        tables = [None if one is None else ibis.memtable(one) for one in tables]
    if "sampled" in how:
        monkeypatch.setattr(large, "SAMPLE", 1)
    found = features_of(*tables).table
    assert found["spent"].to_dict() == pytest.approx({"a": 40.0, "b": 90.0})
    assert found["margin"].to_dict() == pytest.approx({"a": 14.0, "b": 31.5})
    assert found["orders"].to_dict() == {"a": 1, "b": 1}
    if "sampled" not in how:
        assert found["returned"].to_dict() == {"a": 1.0, "b": 0.0}
    before = features_of(*tables, until=pd.Timestamp("2026-01-09", tz=ZONE)).table
    assert before["spent"].to_dict() == pytest.approx({"a": 60.0, "b": 120.0})


def test_the_last_bit_of_a_number_is_no_purchase():
    amounts = [0.7, 0.1]  # together a little less than .8
    assert 0.8 - sum(amounts) > 0
    orders = THREE.assign(revenue=[0.8, 60.0, 90.0])
    at = THREE["ordered_at"].iloc[0]
    returns = pd.DataFrame({"order_id": "o0", "product_id": "p", "returned_at": at, "amount": amounts})
    assert features_of(orders, None, None, returns).seen.left_out["nothing_paid"] == 1


def test_tables_are_no_shop():
    with pytest.raises(SettingError, match="features_of"):
        features(THREE)
    with pytest.raises(SettingError):
        features(None)


def odd_orders() -> pd.DataFrame:
    """Every way in which an order may be no purchase, and some that look odd and are one."""
    rows = [
        ("a", "2026-01-01", 20.0, None, None),
        (" a ", "2026-01-02", 30.0, 10.0, 12.0),
        ("b", "2026-01-03", 0.0, -5.0, None),  # paid twice
        ("b", "2026-01-04", 0.0, None, None),
        ("c", "2026-01-05", -5.0, None, None),
        ("c", "2026-01-06", 50.0, 50.0, 9.0),
        ("d", "2026-01-07", 50.0, 60.0, 9.0),
        (None, "2026-01-08", 10.0, None, None),
        ("  ", "2026-01-09", 10.0, None, None),
        ("e", None, 10.0, None, None),
        ("f", "2026-01-10", None, None, 5.0),
        ("f", "2026-01-11", 80.0, float("nan"), float("nan")),
        ("g", "2026-01-12", 1e7, 0.0, -3.0),
    ]
    names = ["customer_id", "ordered_at", "revenue", "refunded", "margin"]
    orders = pd.DataFrame(rows * 3, columns=names).astype({"revenue": float, "refunded": float})
    at = pd.to_datetime(orders["ordered_at"])
    orders["ordered_at"] = at + pd.to_timedelta(np.repeat([0, 400, 800], len(rows)), "D")
    return orders.assign(order_id=[f"o{i}" for i in range(len(orders))]).set_index(np.zeros(len(orders), int))


@pytest.mark.parametrize("how", ["frame", "text", "engine", "sampled in an engine"])
def test_the_same_orders_are_purchases_as_everywhere_else(how, monkeypatch):
    orders = odd_orders()
    paid = paid_orders(orders, margin=0.35, zone=ZONE)
    by_hand = {"a": (6, 120.0), "b": (3, 15.0), "f": (3, 240.0), "g": (3, 3e7)}
    if how == "text":
        orders = orders.assign(
            **{n: orders[n].map(str).where(orders[n].notna(), None) for n in ("revenue", "refunded")}
        )
    if "engine" in how:
        orders = ibis.memtable(orders.reset_index(drop=True))
    if "sampled" in how:
        monkeypatch.setattr(large, "SAMPLE", 2)
    found = features_of(orders)
    assert {w: (row.orders, row.spent) for w, row in found.table.iterrows()} == by_hand
    margin = paid.groupby("customer_id", observed=True)["margin"].sum()
    assert found.table["margin"].to_dict() == pytest.approx(margin.to_dict())
    if "sampled" not in how:
        assert found.seen.left_out == paid.attrs["left_out"]
        assert found.seen.left_out == {"no_customer": 6, "no_time": 3, "nothing_paid": 15}


def test_the_share_between_customers_is_that_of_the_analysis_of_variance():
    import statsmodels.api as sm
    from statsmodels.formula.api import ols

    rng = np.random.default_rng(4)
    codes = np.repeat(np.arange(80), 3)
    values = rng.normal(size=80)[codes] + rng.normal(size=240)
    frame = pd.DataFrame({"who": codes, "value": values})
    squares = sm.stats.anova_lm(ols("value ~ C(who)", frame).fit())["mean_sq"]
    between, within = squares.iloc[0], squares.iloc[1]
    counted = blocks.summed(codes, values[:, None], 80)
    found = blocks.alikeness(*counted, float((values**2).sum()))
    assert found == pytest.approx((between - within) / (between + 2 * within))


def test_what_chance_explains_is_the_posterior_mean_of_a_beta():
    # a beta prior of mean .3 worth 4 orders, 3 of 6 orders with a discount: (1.2 + 3) / (4 + 6)
    sums, seen_times = np.array([[3.0]]), np.array([6.0])
    found = blocks.evened(seen_times, sums, np.array([0.3]), 1.0, 1 / 5)
    assert found[0, 0] == pytest.approx((1.2 + 3) / 10 - 0.3)


def test_counts_vary_beyond_poisson_as_much_as_was_drawn():
    rng = np.random.default_rng(2)
    orders = rng.integers(1, 5, 40_000).astype(float)
    rate = rng.gamma(2, 0.25, len(orders))  # mean .5, variance .125
    found = measures.poisson("contacts", orders, rng.poisson(rate * orders).astype(float))
    assert found.alike == pytest.approx(0.125 / (0.5 + 0.125), abs=0.01)


def test_what_says_nothing_is_left_out_and_said():
    shop = drawn(3)
    orders = shop.orders.assign(discount=1.0)
    found = features_of(orders, shop.lines, shop.contacts)
    assert found.left_out["discount"] == "no variation"
    assert found.left_out["weekend"] == "chance"
    assert found.left_out["orders"] == "shown only"
    assert not set(found.left_out) & set(found.scaled.columns)


def test_the_same_thing_twice_is_measured_once():
    shop = drawn(3, kinds=3)
    device = np.where(shop.orders["discount"] > 0, "mobile", "desktop")
    found = features_of(shop.orders.assign(device=device), shop.lines)
    assert found.left_out["device: desktop"] == "the same as discount"
    assert "discount" in found.scaled


def test_a_wholesale_order_lies_on_the_edge_and_is_counted():
    shop = drawn(5, kinds=3)
    orders = shop.orders.copy()
    orders.loc[7, "revenue"] = 4_000_000.0
    found = features_of(orders, shop.lines)
    without = features_of(shop.orders, shop.lines)
    assert found.recipe["capped"]["order_value"] == without.recipe["capped"]["order_value"] + 1
    assert found.scaled["order_value"].abs().max() < 6
    assert found.table["spent"].max() >= 4_000_000


def test_rows_in_another_order_change_nothing():
    shop = drawn(6, 400, kinds=3)
    first, second = features_of(*shop.tables), features_of(*map(shuffled, shop.tables))
    pd.testing.assert_frame_equal(first.table, second.table, check_exact=True)
    pd.testing.assert_frame_equal(first.scaled, second.scaled, check_exact=True)
    rng = [np.random.default_rng(1) for _turn in range(2)]
    dealt = [
        dealing.scaled(dealing.dealt(f.seen, r), f.recipe) for f, r in zip((first, second), rng, strict=True)
    ]
    assert np.array_equal(*dealt)


def test_odd_kinds_of_columns_say_the_same():
    shop = drawn(7, 200)
    plain = features_of(shop.orders, shop.lines).table
    odd = shop.orders.assign(
        customer_id=shop.orders["customer_id"].astype("category"),
        device=shop.orders["device"].astype(object),
        ordered_at=shop.orders["ordered_at"].dt.tz_convert("UTC").dt.tz_localize(None),
        more="x",
    ).set_axis(np.zeros(len(shop.orders), int))
    pd.testing.assert_frame_equal(features_of(odd, shop.lines).table, plain)


def test_categories_of_pandas_and_columns_in_another_order_change_nothing():
    shop = drawn(7, 300, kinds=3)
    plain = features_of(*shop.tables)
    odd = []
    for table in shop.tables:
        text = [name for name in table if table[name].dtype.kind not in "fiM"]
        kinds = {name: ("category", object)[place % 2] for place, name in enumerate(text)}
        odd.append(shuffled(table[table.columns[::-1]].astype(kinds)))
    odd[1]["category"] = odd[1]["category"].astype("category").cat.add_categories(["nobody buys this"])
    found = features_of(*odd)
    pd.testing.assert_frame_equal(found.table, plain.table, check_exact=True)
    pd.testing.assert_frame_equal(found.scaled, plain.scaled, check_exact=True)
    assert found.recipe == plain.recipe


class Own:
    """A shop that holds these tables."""

    def __init__(self, **tables) -> None:
        self.tables = tables

    def call(self, function):
        names = inspect.signature(function).parameters
        return function(**{n: t for n, t in self.tables.items() if n in names}, margin=0.35, zone=ZONE)


def test_every_panel_and_the_search_measure_by_one_recipe():
    """Also where visits would tell the device and orders do not: panels do not get visits."""
    shop = drawn(4, 600, kinds=3)
    orders = shop.orders.drop(columns="device")
    visits = pd.DataFrame(
        {
            "visitor_id": orders["customer_id"],
            "customer_id": orders["customer_id"],
            "at": orders["ordered_at"],
            "step": "product",
            "device": np.where(shop.kinds.loc[orders["customer_id"]] == 0, "mobile", "desktop"),
        }
    )
    own = Own(orders=orders, order_lines=shop.lines, contacts=shop.contacts, events=visits)
    found, shown = features(own), portraits(orders, shop.lines, shop.contacts)
    assert found.recipe == shown.features.recipe
    pd.testing.assert_frame_equal(found.scaled, shown.features.scaled)
    told = features_of(orders, shop.lines, shop.contacts, events=visits)
    assert "device: desktop" in told.scaled  # whoever hands visits himself


SETS = ["orders", "device", "lines", "contacts", "everything"]


def tables_of(shop, which: str) -> list[pd.DataFrame | None]:
    orders = shop.orders if which in ("device", "everything") else shop.orders.drop(columns="device")
    lines = shop.lines if which in ("lines", "everything") else None
    return [orders, lines, shop.contacts if which in ("contacts", "everything") else None]


@pytest.mark.parametrize("later", SETS)
@pytest.mark.parametrize("before", SETS)
def test_a_recipe_measures_whatever_tables_are_there_later(before, later, monkeypatch):
    shop = drawn(5, 400, kinds=3)
    recipe = features_of(*tables_of(shop, before)).recipe
    tables = tables_of(shop, later)
    found = features_of(*tables, recipe=recipe)
    assert list(found.scaled) == recipe["columns"]
    assert found.scaled.notna().all().all()
    both = set(features_of(*tables).table) & set(found.table)
    assert both == set(found.table)
    if before == later:
        return
    monkeypatch.setattr(large, "SAMPLE", 300)
    lazy = features_of(*[one if one is None else ibis.memtable(one) for one in tables], recipe=recipe)
    pd.testing.assert_frame_equal(lazy.scaled, found.scaled, check_dtype=False)


def test_contacts_that_name_only_their_order_count_in_an_engine_too(monkeypatch):
    shop = drawn(5, 400, kinds=3)
    contacts = shop.contacts.assign(
        order_id=shop.contacts["customer_id"].map(shop.orders.groupby("customer_id")["order_id"].first())
    )
    contacts.loc[::2, "customer_id"] = None
    contacts.loc[1::4, "customer_id"] = "a stranger"
    plain = features_of(shop.orders, shop.lines, contacts)
    assert plain.table["contacts"].sum() > 0
    monkeypatch.setattr(large, "SAMPLE", 100)
    lazy = features_of(ibis.memtable(shop.orders), ibis.memtable(shop.lines), ibis.memtable(contacts))
    assert lazy.table["contacts"].to_dict() == plain.table["contacts"].to_dict()


def test_nothing_after_a_moment():
    moment = pd.Timestamp("2026-01-05 12:00", tz=ZONE)
    found = features_of(THREE, until=moment).table
    assert found["orders"].to_dict() == {"a": 1, "b": 1}


def test_the_same_tables_are_measured_once():
    assert features_of(THREE, LINES) is features_of(THREE, LINES)
    assert features_of(THREE, LINES) is not features_of(THREE, LINES, margin=0.5)


def test_a_recipe_can_be_kept_and_measures_alike():
    shop = drawn(8, 300, kinds=3)
    found = features_of(*shop.tables)
    recipe = json.loads(json.dumps(found.recipe))
    again = features_of(*map(shuffled, shop.tables), recipe=recipe)
    pd.testing.assert_frame_equal(again.scaled, found.scaled)
    few = shop.orders["customer_id"] < "k00010"
    part = features_of(shop.orders[few], shop.lines, shop.contacts, recipe=recipe)
    pd.testing.assert_frame_equal(part.scaled, found.scaled.loc[part.scaled.index])


@pytest.mark.parametrize("rows", [[], [(None, "2026-01-01", 5.0)], [("a", "2026-01-01", -5.0)]])
def test_nobody_to_describe(rows):
    orders = table(rows) if rows else THREE.iloc[:0]
    with pytest.raises(DataError):
        features_of(orders)


def test_tables_in_an_engine_tell_the_same(demo, monkeypatch):
    frames = [getattr(demo, name) for name in ("orders", "order_lines", "contacts", "returns")]
    whole = features_of(*frames)
    lazy = features_of(ibis.memtable(frames[0]), ibis.memtable(frames[1]), *frames[2:])
    pd.testing.assert_frame_equal(lazy.table, whole.table, check_dtype=False)
    assert lazy.recipe == whole.recipe
    monkeypatch.setattr(large, "SAMPLE", 2_000)
    sampled = features_of(*[demo.lazy(name) for name in ("orders", "order_lines", "contacts", "returns")])
    assert sampled.seen.size == 2_000
    pd.testing.assert_frame_equal(
        sampled.table[sorted(sampled.table)], whole.table[sorted(sampled.table)], check_dtype=False
    )
    alike = features_of(*frames, recipe=sampled.recipe)
    pd.testing.assert_frame_equal(sampled.scaled, alike.scaled, check_dtype=False)


def test_dealing_keeps_what_everybody_has_and_loses_what_goes_together():
    shop = drawn(9, 2000, kinds=4)
    people = seen(*shop.tables)
    random = dealing.dealt(people, np.random.default_rng(0))
    assert np.array_equal(random.customer, people.customer)
    assert np.array_equal(np.sort(random.line_net), np.sort(people.line_net))
    assert np.array_equal(np.bincount(random.line_order), np.bincount(people.line_order))
    assert np.array_equal(np.bincount(random.category.codes), np.bincount(people.category.codes))
    made = {one.name: one.block() for one in measures.counted(random, measures.conventions(people))}
    assert made["category"].alike == made["discount"].alike == 0
    before = {one.name: one.block() for one in measures.counted(people, measures.conventions(people))}
    assert before["category"].alike > 0.4


def test_the_demo_shop(demo):
    found = features(demo)
    bought = purchases(less_returns(demo.orders, demo.returns))
    assert found.table.index.tolist() == sorted(bought.index)
    assert len(found) == 7312
    assert {"orders", "spent", "device: mobile", "category: decoration", "contacts", "returned"} <= set(
        found.table
    )
    assert found.scaled.notna().all().all()
    assert found.left_out["weekend"] == "chance"
