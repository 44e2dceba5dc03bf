"""Who is invited can be counted by hand: often, lately, not angry, the best first, every persona in turn."""

import ibis
import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says

from csworkbook import personas
from csworkbook.errors import DataError, SettingError
from csworkbook.personas.loyal.invited import invitation_list, whom
from csworkbook.shop import open_shop

KEY = b"k" * 32


def orders(rows: list[tuple[str | None, str, float]], **columns) -> pd.DataFrame:
    """(customer, day, revenue) per order."""
    customers, days, revenue = zip(*rows, strict=True)
    at = pd.to_datetime(pd.Series(days)).dt.tz_localize("UTC") + pd.Timedelta("12h")
    numbers = [f"o{i}" for i in range(len(rows))]
    return pd.DataFrame(
        {"order_id": numbers, "customer_id": customers, "ordered_at": at, "revenue": revenue, **columns}
    )


# ann: 3 days, 60; bob: 3 days (of 4 orders), 90; cas: 2 days; dan: 3 days, but long ago; eva: 3 days, 30, angry
ROWS = [
    ("ann", "2026-01-01", 20.0), ("ann", "2026-02-01", 20.0), ("ann", "2026-06-01", 20.0),
    ("bob", "2025-12-01", 30.0), ("bob", "2026-03-01", 20.0), ("bob", "2026-03-01", 10.0), ("bob", "2026-05-01", 30.0),
    ("cas", "2026-01-01", 500.0), ("cas", "2026-06-29", 500.0),
    ("dan", "2023-01-01", 70.0), ("dan", "2023-02-01", 70.0), ("dan", "2023-03-01", 70.0),
    ("eva", "2026-01-01", 10.0), ("eva", "2026-02-01", 10.0), ("eva", "2026-06-30", 10.0),
    (None, "2026-06-30", 99.0), ("ann", "2026-06-02", 0.0),
]  # fmt: skip
SHOP = orders(ROWS)
ANGRY = pd.DataFrame(
    {
        "contact_id": ["1", "2", "3"],
        "customer_id": ["eva", "bob", "ann"],
        "opened_at": pd.to_datetime(["2026-06-20", "2026-02-01", "2026-06-20"], utc=True),
        "channel": "email",
        "topic": "x",
        "kind": ["complaint", "complaint", "question"],
    }
)


def listed(result):
    return result.table[["customer_id", "days", "spent", "margin"]].values.tolist()


def test_often_and_lately_the_best_first():
    result = whom(SHOP, margin=0.5)
    assert listed(result) == [["bob", 3, 90.0, 45.0], ["ann", 3, 60.0, 30.0], ["eva", 3, 30.0, 15.0]]
    assert result.counts == {"loyal": 3, "customers": 5, "angry": 0}
    assert result.text.startswith(
        "3 of your 5 customers bought on 3 days or more and came back in the last 12 months."
    )
    assert "1 order without a customer" in result.method


def test_who_complained_lately_is_not_asked_now():
    result = whom(SHOP, contacts=ANGRY)
    assert result.table["customer_id"].tolist() == ["bob", "ann"]
    assert "complaint in the last 30 days: 1 customer." in result.method


def test_own_limits():
    assert whom(SHOP, least=2).table["customer_id"].tolist() == ["cas", "bob", "ann", "eva"]
    assert "dan" in set(whom(SHOP, within="2000D").table["customer_id"])
    assert whom(SHOP, invitations=1).table["customer_id"].tolist() == ["bob"]


def test_what_was_paid_back_is_off():
    back = pd.DataFrame(
        {
            "order_id": ["o3"],
            "product_id": ["p"],
            "returned_at": pd.to_datetime(["2025-12-20"], utc=True),
            "amount": [29.0],
        }
    )
    assert listed(whom(SHOP, returns=back, margin=0.5))[0] == ["bob", 3, 61.0, 30.5]


def test_how_many_answers_that_may_give_and_how_sure_they_are():
    rows = [(f"k{i}", day, 10.0) for i in range(100) for day in ("2026-01-01", "2026-02-01", "2026-03-01")]
    said = whom(orders(rows), response=0.5).text
    assert (
        "If 50% answers you have 50 answers, and know a share to within 14 points." in said
    )  # 98 / √50 = 13.9
    assert "That is few" not in said
    fewer = whom(orders(rows), response=0.2).text  # 20 answers
    assert "That is few" in fewer
    one = whom(orders(rows), response=0.01).text
    assert "you have 1 answer, and know" in one
    assert "So few would answer" in whom(orders(rows), response=0.001).text


def test_a_handful_is_asked_by_phone():
    said = whom(SHOP).text
    assert said.endswith("That is too few to ask a sample: ask them all by phone.")
    assert "answers and know" not in said
    assert whom(SHOP, invitations=1).text.endswith("invite more customers, or ask these by phone.")


@pytest.mark.parametrize("make", [ibis.memtable], ids=["engine"])
def test_a_table_in_an_engine_gives_the_same(make):
    there = whom(make(SHOP), contacts=make(ANGRY), margin=0.5)
    pd.testing.assert_frame_equal(
        there.table, whom(SHOP, contacts=ANGRY, margin=0.5).table, check_dtype=False
    )


def test_rows_in_any_order_invite_the_same():
    mixed = SHOP.iloc[np.random.default_rng(3).permutation(len(SHOP))].set_axis([1] * len(SHOP))
    pd.testing.assert_frame_equal(whom(mixed).table, whom(SHOP).table)


def test_nobody_loyal_is_said_with_what_to_do():
    with pytest.raises(DataError, match=r"Nobody bought on 9 days.*fewer days"):
        whom(SHOP, least=9)
    with pytest.raises(DataError):
        whom(SHOP.head(0))


@pytest.mark.parametrize("asked", [{"invitations": 0}, {"least": 0}, {"response": 0}, {"response": 1.2}])
def test_what_cannot_be_planned_is_refused(asked):
    with pytest.raises(SettingError, match="cannot be planned"):
        whom(SHOP, **asked)


# ---------------------------------------------------------------- the list
def test_the_list_has_own_ids_or_codes_that_only_the_key_makes():
    result = whom(SHOP)
    own, coded = invitation_list(result), invitation_list(result, ids="hashed", key=KEY)
    assert own.iloc[:, 0].tolist() == ["bob", "ann", "eva"]
    assert set(coded.iloc[:, 0]).isdisjoint({"bob", "ann", "eva"})
    assert coded.iloc[:, 0].tolist() == invitation_list(result, ids="hashed", key=KEY).iloc[:, 0].tolist()
    assert (
        coded.iloc[:, 0].tolist() != invitation_list(result, ids="hashed", key=b"z" * 32).iloc[:, 0].tolist()
    )
    assert own.attrs["kinds"]["Margin"] == "money"
    assert own["Number of the last order"].tolist() == [
        "o6",
        "o2",
        "o14",
    ]  # of ann's on 2 June nothing was paid
    assert "Number of the last order" not in coded
    engine = invitation_list(whom(ibis.memtable(SHOP)))
    assert engine["Number of the last order"].tolist() == ["o6", "o2", "o14"]


@pytest.mark.parametrize("asked", [{"ids": "name"}, {"ids": "hashed"}])
def test_other_ids_and_no_key_are_refused(asked):
    with pytest.raises(SettingError, match="cannot be chosen"):
        invitation_list(whom(SHOP), **asked)


def test_a_customer_number_that_looks_like_a_formula_stays_text_in_a_file():
    from csworkbook.export import sheets

    rows = [("=1+1", day, 10.0) for day in ("2026-01-01", "2026-02-01", "2026-03-01")]
    assert b"'=1+1" in sheets.csv(invitation_list(whom(orders(rows))))


# ---------------------------------------------------------------- the demo shop
def test_the_demo_says_itself_and_is_counted_again():
    shop = open_shop()
    result = shop.call(whom)
    assert_says(result)
    back = shop.orders["order_id"].map(shop.returns.groupby("order_id")["amount"].sum()).fillna(0)
    sales = shop.orders[shop.orders["revenue"] - back > 0]
    local = sales["ordered_at"].dt.tz_convert(shop.settings.zone)
    days = sales.assign(day=local.dt.date).groupby("customer_id")["day"].agg(["nunique", "max"])
    recent = days["max"] >= local.max().date() - pd.Timedelta(days=365)
    assert result.counts["loyal"] == int(((days["nunique"] >= 3) & recent).sum())


def test_every_persona_gives_its_best_in_turn():
    shop = open_shop()
    found = personas.find(personas.features(shop), k=4, seed=0)
    table = shop.call(whom, personas=found.saved, invitations=40).table
    assert table["persona"].value_counts().max() <= 11
    assert table["persona"].nunique() == 4
    for _name, mine in table.groupby("persona"):
        assert mine["margin"].is_monotonic_decreasing


@pytest.mark.parametrize("form", [lambda table: table, ibis.memtable], ids=["frame", "engine"])
def test_a_complaint_that_only_names_an_order_is_of_who_placed_it(form):
    angry = ANGRY.assign(customer_id=[None, "bob", "ann"], order_id=[SHOP["order_id"].iloc[14], None, None])
    result = whom(form(SHOP), contacts=form(angry))
    assert result.table["customer_id"].tolist() == ["bob", "ann"]
