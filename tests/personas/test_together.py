"""What is bought together: counted by hand and by brute force, published figures, chance, the planted pair."""

from __future__ import annotations

import itertools

import ibis
import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says
from scipy import stats

from csworkbook import estimates, language, open_shop
from csworkbook.demo import stories
from csworkbook.errors import DataError, SettingError
from csworkbook.personas.baskets import held as baskets
from csworkbook.personas.baskets import pairs
from csworkbook.personas.baskets.together import together, whose_orders


def lines(*orders: str, **columns) -> pd.DataFrame:
    """Order lines of orders written as words: ``"tea cup"`` is one order of two products."""
    rows = [(f"o{n}", product) for n, order in enumerate(orders) for product in order.split()]
    frame = pd.DataFrame(rows, columns=["order_id", "product_id"])
    return frame.assign(quantity=1, price=5.0, **columns)


def orders(revenue, **columns) -> pd.DataFrame:
    at = pd.date_range("2026-01-01", periods=len(revenue), tz="UTC")
    made = {"order_id": [f"o{n}" for n in range(len(revenue))], "customer_id": "k", "ordered_at": at}
    return pd.DataFrame({**made, "revenue": revenue, **columns})


# ---------------------------------------------------------------- published figures
GROCERIES = lines(
    "milk onion nutmeg beans eggs yogurt", "dill onion nutmeg beans eggs yogurt", "milk apple beans eggs",
    "milk unicorn corn beans yogurt", "corn onion onion beans icecream eggs",
)  # fmt: skip
PUBLISHED = [  # the example of mlxtend's association_rules: pair, support, confidence both ways, lift
    ("eggs", "onion", 0.6, 0.75, 1.0, 1.25),
    ("beans", "eggs", 0.8, 0.8, 1.0, 1.0),
    ("beans", "milk", 0.6, 0.6, 1.0, 1.0),
    ("beans", "yogurt", 0.6, 0.6, 1.0, 1.0),
]


@pytest.mark.parametrize(("one", "other", "support", "confidence", "back", "lift"), PUBLISHED)
def test_the_published_example(one, other, support, confidence, back, lift):
    table = together(GROCERIES, min_support=0.6, at_least=1).table
    row = table[table[["first", "second"]].isin([one, other]).all(axis=1)].iloc[0]
    assert row[["support", "confidence", "back", "lift"]].tolist() == pytest.approx(
        [support, confidence, back, lift]
    )
    assert row["first"] == one


def test_the_published_example_has_these_pairs_and_no_other():
    table = together(GROCERIES, min_support=0.6, at_least=1).table
    assert {frozenset(pair) for pair in table[["first", "second"]].to_numpy()} == {
        frozenset(row[:2]) for row in PUBLISHED
    } | {frozenset(("onion", "beans"))}


# ---------------------------------------------------------------- by brute force
def random_lines(seed: int, n: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"order_id": rng.integers(0, n, 3 * n), "product_id": rng.integers(0, 30, 3 * n)})
    return frame.assign(quantity=rng.integers(1, 4, 3 * n), price=5.0)


def by_hand(frame: pd.DataFrame, least: int) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for order in frame.astype(str).groupby("order_id")["product_id"].agg(set):
        for pair in itertools.combinations(sorted(order), 2):
            found[pair] = found.get(pair, 0) + 1
    return {pair: n for pair, n in found.items() if n >= least}


WAYS = [lambda frame: frame, ibis.memtable]


@pytest.mark.parametrize("way", WAYS, ids=["frame", "engine"])
@pytest.mark.parametrize("seed", range(4))
def test_pairs_as_by_brute_force(way, seed):
    frame = random_lines(seed)
    found = baskets.tallies(way(frame), None, by="product", bounds=baskets.Bounds(0.005, 1))
    n = frame["order_id"].nunique()
    assert found.least == int(np.ceil(0.005 * n))
    assert {(a, b): n for a, b, n in found.pairs.itertuples(index=False)} == by_hand(frame, found.least)
    held = frame.drop_duplicates(["order_id", "product_id"]).astype(str)["product_id"].value_counts()
    assert found.items.to_dict() == held[held >= found.least].to_dict()
    sizes = frame.groupby("order_id")["product_id"].nunique()
    assert (found.orders, found.several) == (n, int((sizes > 1).sum()))


ODD = pd.DataFrame(
    [
        ("1", "a", 1, "Ash", "x"), ("1", "b", 2, "Box", "y"), ("1", "a", 5, "Ash", "x"), (" 1 ", "c", 1, None, None),
        ("2", "a", 1, "Ash", "x"), ("2", "b", -1, "Box", "y"), ("3", "a", 1, "Aah", "x"), ("3", "b", np.nan, "Box", "y"),
        ("3", None, 1, None, "y"), (None, "a", 1, "Ash", "x"), ("4", "  ", 1, None, "x"), ("5", "b", 0, "Box", "y"),
        ("6", "a", 1, "Ash", "x"), ("6", "b", 1, "Box", "y"),
    ],
    columns=["order_id", "product_id", "quantity", "product", "category"],
).assign(price=5.0)  # fmt: skip
REFUNDED = pd.DataFrame(
    {
        "order_id": ["1", "2", "3", "6", "6", "9"],
        "customer_id": ["ann", None, "bob", "ann", "ann", ""],
        "ordered_at": "2026-01-01",
        "revenue": [10.0, 10.0, 10.0, 10.0, 10.0, 0.0],
        "refunded": [None, 2.0, None, 10.0, 10.0, None],
    }
)


@pytest.mark.parametrize("way", WAYS, ids=["frame", "engine"])
@pytest.mark.parametrize("other", WAYS, ids=["orders frame", "orders engine"])
def test_lines_that_do_not_count_by_hand(way, other):
    # order 1 holds a, b and c; 2 holds a (b came back); 3 holds a and b; 6 was paid back
    found = baskets.tallies(way(ODD), other(REFUNDED), by="product", bounds=baskets.Bounds())
    assert found.items.to_dict() == {"a": 3, "b": 2, "c": 1}
    assert {(a, b): n for a, b, n in found.pairs.itertuples(index=False)} == {
        ("a", "b"): 2,
        ("a", "c"): 1,
        ("b", "c"): 1,
    }
    assert (found.orders, found.several) == (3, 2)
    assert found.left_out == {"no_item": 3, "not_bought": 2, "nothing_paid": 1, "too_large": 0}
    assert found.names == {"a": "Aah", "b": "Box"}
    anns = baskets.tallies(
        way(ODD), other(REFUNDED), by="product", bounds=baskets.Bounds(), customers=["ann"]
    )
    assert (anns.orders, anns.items.to_dict()) == (1, {"a": 1, "b": 1, "c": 1})
    words = baskets.tallies(way(ODD), other(REFUNDED), by="category", bounds=baskets.Bounds())
    assert (words.orders, words.items.to_dict(), words.names) == (4, {"x": 4, "y": 2}, {})


@pytest.mark.parametrize("way", WAYS, ids=["frame", "engine"])
def test_a_wholesale_order_is_left_out_and_said(way):
    wholesale = lines(" ".join(f"p{n}" for n in range(101)), "p1 p2", "p1 p2", "p3")
    result = together(way(wholesale), at_least=1)
    assert len(result.table) == 1
    assert result.tallies.orders == 3
    assert "1 order of very many different products" in result.method
    assert together(way(wholesale), at_least=1, largest=101).looked_at == 101 * 100 / 2


# ---------------------------------------------------------------- chance
def test_p_is_fishers():
    for both, first, second, n in [(8, 20, 25, 100), (2, 20, 25, 100), (381, 914, 430, 12626)]:
        table = [[both, first - both], [second - both, n - first - second + both]]
        mine = pairs.by_chance(np.array([both]), np.array([first]), np.array([second]), n)[0]
        assert mine == pytest.approx(
            stats.fisher_exact(table, alternative="greater").pvalue, rel=1e-9, abs=1e-300
        )


def test_all_possible_pairs_are_corrected_for():
    p = np.array([0.0001, 0.004, 0.03])
    padded = stats.false_discovery_control([*p, *np.ones(42)])  # ten products: 45 pairs
    assert pairs.corrected(p, 10) == pytest.approx(padded[:3])


def test_the_limits_of_lift_hold_it_in_95_of_100_shops():
    rng = np.random.default_rng(0)
    chances = np.array([0.012, 0.038, 0.048, 0.902])  # both, only the first, only the second, neither
    drawn = rng.multinomial(3000, chances, size=4000)
    both, first, second = drawn[:, 0], drawn[:, 0] + drawn[:, 1], drawn[:, 0] + drawn[:, 2]
    _lift, low, high = pairs.lifts(both, first, second, 3000)
    truth = 0.012 / (0.05 * 0.06)
    assert np.mean((low <= truth) & (truth <= high)) == pytest.approx(0.95, abs=0.012)


def test_products_dealt_at_random_make_no_pairs():
    found = 0
    for seed in range(20):
        frame = random_lines(seed, 1500)
        found += len(together(frame, at_least=5).sure) > 0
    assert found <= 3  # one shop in twenty is expected at most


def test_a_pair_among_chance_is_found():
    frame = random_lines(7, 1500)
    with_3 = frame.loc[frame["product_id"] == 3, "order_id"].unique()[::2]
    extra = pd.DataFrame({"order_id": with_3, "product_id": 99, "quantity": 1, "price": 5.0})
    result = together(pd.concat([frame, extra]))
    assert set(result.sure.iloc[0][["first", "second"]]) == {"3", "99"}
    assert len(result.sure) <= 2


# ---------------------------------------------------------------- however the rows come
def test_order_doubles_pieces_and_kinds_change_nothing():
    frame = random_lines(1)
    plain = together(frame, at_least=2).table
    shuffled = frame.sample(frac=1, random_state=0)
    shuffled.index = [0] * len(shuffled)
    as_category = frame.astype({"order_id": "category", "product_id": "category"})
    as_object = frame.assign(order_id=frame["order_id"].astype(float).astype(object), extra="x")
    doubled = pd.concat([frame, frame.assign(quantity=9)])
    for other in (shuffled, as_category, as_object, doubled):
        pd.testing.assert_frame_equal(plain, together(other, at_least=2).table)
    pd.testing.assert_frame_equal(plain, together(ibis.memtable(frame), at_least=2).table)


def test_nothing_that_comes_in_is_changed():
    frame, before = GROCERIES.copy(), GROCERIES.copy()
    together(frame, orders([1.0] * 5), at_least=1)
    pd.testing.assert_frame_equal(frame, before)


# ---------------------------------------------------------------- what is said
def test_few_pairs_are_said_plainly():
    one = together(lines("a b", "a", "b"), at_least=1)
    assert "Only one pair was bought often enough to be looked at." in one.text
    assert "possible pairs" not in one.text
    none = together(lines("a b", "b c", "a c"), at_least=1)
    assert "3 pairs were bought often enough to be looked at." in none.text
    two = together(lines(*["a b"] * 20, *["c d"] * 20, *["e"] * 60)).text
    assert "Then comes “" in two


def test_two_products_of_one_name_are_told_apart():
    named = lines("1 2", "1 2", "1 3").assign(product="Lamp")
    result = together(named, at_least=2)
    assert result.table.loc[0, ["first", "second"]].tolist() == ["Lamp (1)", "Lamp (2)"]


def test_the_sentence_in_figures():
    # 40 orders of a, 20 of them with b; 60 of others: chance would have 8 of the 40
    frame = lines(*["a b"] * 20, *["a"] * 20, *["c"] * 60)
    result = together(frame)
    assert result.headline == (
        "Of the orders with “a”, 50% (35% to 65%) also hold “b”: 2.5 times as often as chance would have it; the other "
        "way round it is 100%."
    )
    assert "Of 3 possible pairs, 1 is surely together" in result.text
    assert "20% of 100 orders hold more than one product." in result.text
    assert result.table.loc[0, "confidence_low"] == pytest.approx(estimates.share(20, 40).low)
    finding = result.findings()[0]
    assert finding.certainty == "likely"
    assert "Show “b” on the page of “a”" in finding.action
    assert_says(result)


def test_a_pair_that_may_be_chance_is_not_claimed():
    result = together(lines("a b", "a", "b", "c", "c"), at_least=1)
    assert result.table.loc[0, "verdict"] == "cannot tell yet"
    assert result.headline.startswith("No two products are surely bought together")
    assert result.findings()[0].enough >= 40
    assert_says(result)


def test_no_pair_at_all():
    result = together(lines("a", "b", "c"))
    assert result.table.empty
    assert_says(result)


def test_products_that_shun_each_other():
    result = together(lines(*["a"] * 200, *["b"] * 200, *["a b"] * 10, *["c"] * 5))
    assert result.table.loc[0, "verdict"] == "no"


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (GROCERIES.head(0), "No order line names an order and a product"),
        (GROCERIES.assign(product_id=None), "No order line names an order and a product"),
        (GROCERIES.drop(columns="product_id"), "lacks the column"),
    ],
    ids=["empty", "no product", "no column"],
)
def test_what_cannot_be_counted_is_said(frame, said):
    with pytest.raises(DataError, match=said):
        together(frame)


def test_what_cannot_be_asked():
    with pytest.raises(DataError, match="do not say to which category"):
        together(GROCERIES, by="category")
    for wrong in ({"by": "colour"}, {"min_support": 2}, {"at_least": 0}, {"largest": 1}):
        with pytest.raises(SettingError):
            together(GROCERIES, **wrong)
    with pytest.raises(DataError, match="Whose an order is stands in the orders"):
        together(GROCERIES, persona=1)


# ---------------------------------------------------------------- the demo shop
@pytest.fixture(scope="module")
def demo():
    shop = open_shop()
    return together(shop.order_lines, shop.orders)


def test_the_planted_pair_is_found_with_its_size(demo):
    first, second, share = stories.PAIR
    row = demo.table.iloc[0]
    assert row[["first", "second", "verdict"]].tolist() == [first, second, "yes"]
    assert row["confidence_low"] <= share <= row["confidence_high"]
    assert row["lift_low"] > 10
    assert_says(demo)
    with language.speaking("nl"):
        assert f"“{second}”" in demo.headline


def test_the_demo_shop_as_an_engine_counts_it(demo):
    shop = open_shop()
    pd.testing.assert_frame_equal(demo.table, together(shop.lazy("order_lines"), shop.orders).table)


def test_the_orders_of_one_persona():
    from csworkbook.personas import grouping

    shop = open_shop()
    tables = shop.orders, shop.order_lines, shop.contacts, shop.returns
    found = grouping.found(*tables)
    rest = shop.order_lines, shop.orders, shop.contacts, shop.returns
    number = next(n for n, name in enumerate(found.names, 1) if "bed and bath" in name)
    result = together(*rest, personas=found.saved, persona=number)
    theirs = shop.orders[shop.orders["customer_id"].isin(found.labels.index[found.labels == number])]
    mine = shop.order_lines[shop.order_lines["order_id"].isin(theirs["order_id"])]
    assert result.tallies.orders == mine["order_id"].nunique()
    assert result.table.loc[0, ["first", "second"]].tolist() == list(stories.PAIR[:2])
    assert found.names[number - 1] in result.headline
    assert whose_orders(personas=found.saved) == [None, *range(1, found.k + 1)]
    assert whose_orders() == []
    assert_says(result)
    with pytest.raises(SettingError, match="none of your personas"):
        together(*rest, personas=found.saved, persona="nobody")
