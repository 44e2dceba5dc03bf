"""Orders a person can count, a brute-force count of random ones, the published CDNOW summary, and every kind of table."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import ibis
import numpy as np
import pandas as pd
import pytest

from csworkbook import open_shop
from csworkbook.errors import DataError, SettingError
from csworkbook.order_value import margins
from csworkbook.purchases import account, counted, day_of, left_out_said, less_returns, paid_orders, purchases

ZONE = "Europe/Amsterdam"


def orders(rows, **columns) -> pd.DataFrame:
    """Orders from (customer, moment in UTC, revenue)."""
    frame = pd.DataFrame(rows, columns=["customer_id", "ordered_at", "revenue"])
    at = pd.to_datetime(frame["ordered_at"], utc=True, format="ISO8601")
    return frame.assign(order_id=[f"o{i}" for i in range(len(frame))], ordered_at=at, **columns)


BY_HAND = orders(
    [
        ("bob", "2026-01-01 10:00", 20.0),
        ("ann", "2026-01-01 09:00", 10.0),
        ("ann", "2026-01-01 17:00", 5.0),  # the same day: one purchase
        ("ann", "2026-01-22 12:00", 40.0),
        ("ann", "2026-02-19 12:00", 20.0),
        ("cas", "2026-02-26 12:00", 7.0),
    ]
)


def random_orders(seed: int, n: int = 400) -> pd.DataFrame:
    """Orders with everything that is odd: no customer, no time, nothing paid, refunds, own margins."""
    rng = np.random.default_rng(seed)
    at = pd.Timestamp("2025-10-20", tz="UTC") + pd.to_timedelta(rng.integers(0, 200 * 86_400, n), "s")
    return pd.DataFrame(
        {
            "order_id": np.arange(n),
            "customer_id": rng.choice(["ann", " ann", "bob", "cas", "dee", "", None, "  "], n),
            "ordered_at": pd.Series(at).mask(rng.random(n) < 0.05),
            "revenue": np.where(rng.random(n) < 0.1, np.nan, rng.integers(-20, 100, n)),
            "margin": np.where(rng.random(n) < 0.5, np.nan, rng.integers(0, 40, n)),
            "refunded": np.where(rng.random(n) < 0.5, np.nan, rng.integers(0, 60, n)),
        }
    )


def brute(frame: pd.DataFrame, zone: str) -> dict[str, dict]:
    """What every customer bought, one order after the other."""
    found: dict[str, dict] = {}
    for row, earned in zip(frame.itertuples(), margins(frame, 0.35), strict=True):
        who = str(row.customer_id or "").strip() if isinstance(row.customer_id, str) else ""
        net = row.revenue - (0.0 if np.isnan(row.refunded) else row.refunded)
        if not who or row.ordered_at is pd.NaT or not net > 0:
            continue
        day = row.ordered_at.to_pydatetime().astimezone(ZoneInfo(zone)).date()
        one = found.setdefault(who, {"days": {}, "orders": 0, "margin": 0.0})
        one["days"][day] = one["days"].get(day, 0.0) + net
        one["orders"] += 1
        one["margin"] += earned
    return found


# ---------------------------------------------------------------- by hand
def test_every_column_by_hand():
    found = purchases(BY_HAND)
    assert found.index.tolist() == ["ann", "bob", "cas"]
    ann = found.loc["ann"]
    assert (ann["x"], ann["t_x"], ann["T"], ann["orders"]) == (2, 7.0, 8.0, 4)  # weeks: 49 and 56 days
    assert (ann["spent"], ann["mean"], ann["repeat_mean"]) == (75.0, 25.0, 30.0)
    assert (ann["first_at"], ann["last_at"]) == (
        pd.Timestamp("2026-01-01", tz="UTC"),
        pd.Timestamp("2026-02-19", tz="UTC"),
    )
    assert found.loc["cas", ["x", "t_x", "T", "repeat_mean"]].tolist() == [0, 0, 0, 0]
    assert found["margin"].isna().all()
    assert found.attrs["left_out"] == {"no_customer": 0, "no_time": 0, "nothing_paid": 0}
    assert found.attrs["until"] == pd.Timestamp("2026-02-26", tz="UTC")


def test_days_and_units():
    found = purchases(BY_HAND, unit="1D", since="2026-01-01", until="2026-01-22")
    assert found.loc["ann", ["x", "t_x", "T", "spent"]].tolist() == [1, 21, 21, 55]
    assert "cas" not in found.index
    later = purchases(BY_HAND, unit="1D", since="2026-01-02", until="2026-03-31")
    assert later.loc["ann", ["x", "t_x", "T"]].tolist() == [1, 28, 68]


def test_what_does_not_count_is_counted():
    frame = orders(
        [("a", "2026-01-01", 10), ("a", "2026-01-05", -10), ("a", "2026-01-06", 0), (None, "2026-01-07", 10),
         (" ", "2026-01-08", 10), ("a", "2026-01-09", np.nan), ("b", None, 5), ("a", "2026-02-10", 30)],
        refunded=[None, None, None, None, None, None, None, 30],
    )  # fmt: skip
    found = purchases(frame)
    assert found.index.tolist() == ["a"]
    assert found.attrs["left_out"] == {"no_customer": 2, "no_time": 1, "nothing_paid": 4}
    assert found.loc["a", "T"] == 40 / 7  # the last order of all says when now is, paid or not
    assert left_out_said(found.attrs["left_out"]).startswith(
        "Left out: 2 orders without a customer, 4 orders"
    )
    assert left_out_said({}) == ""
    assert purchases(frame, free=True).loc["a", "x"] == 1  # 6 January, for nothing


def test_margin_is_that_of_every_chapter():
    frame = BY_HAND.assign(margin=[None, 4.0, None, None, None, None], refunded=[0, 0, 0, 20.0, 0, 0])
    found = purchases(frame, margin=0.5)
    assert found.loc["ann", "margin"] == 4 + 2.5 + 10 + 10
    assert found["margin"].sum() == margins(frame, 0.5).sum()


@pytest.mark.parametrize("zone", ["UTC", ZONE, "Australia/Lord_Howe", "America/New_York"])
def test_a_day_is_the_zones_day(zone):
    for moments in (("2026-03-28 22:30", "2026-03-28 23:30"), ("2026-03-29 21:30", "2026-03-29 22:30")):
        frame = orders([("a", moment, 5.0) for moment in moments] + [("b", "2025-07-01 12:00", 1.0)])
        days = {pd.Timestamp(moment, tz="UTC").tz_convert(zone).date() for moment in moments}
        assert purchases(frame, zone=zone).loc["a", "x"] == len(days) - 1
        assert purchases(ibis.memtable(frame), zone=zone).loc["a", "x"] == len(days) - 1


# ---------------------------------------------------------------- against others
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("zone", ["UTC", ZONE])
def test_against_brute_force(seed, zone):
    frame = random_orders(seed)
    expected, last = brute(frame, zone), frame["ordered_at"].max().tz_convert(zone).date()
    for source in (frame, ibis.memtable(frame)):
        found = purchases(source, unit="1D", margin=0.35, zone=zone)
        assert found.index.tolist() == sorted(expected)
        for who, one in expected.items():
            days = sorted(one["days"])
            row = found.loc[who]
            assert (row["x"], row["t_x"], row["T"]) == (
                len(days) - 1, (days[-1] - days[0]) / timedelta(1), (last - days[0]) / timedelta(1),
            )  # fmt: skip
            assert row["spent"] == pytest.approx(sum(one["days"].values()))
            assert (row["orders"], row["margin"]) == (one["orders"], pytest.approx(one["margin"]))
            rest = [one["days"][day] for day in days[1:]]
            assert row["repeat_mean"] == pytest.approx(np.mean(rest) if rest else 0.0)


def test_frame_and_engine_are_equal_on_the_demo():
    frame = open_shop().orders
    for zone in ("UTC", ZONE):
        one = purchases(frame, margin=0.35, zone=zone)
        other = purchases(ibis.memtable(frame), margin=0.35, zone=zone)
        pd.testing.assert_frame_equal(one, other)
        assert one.attrs == other.attrs


def test_counted_says_the_same():
    frame = random_orders(3)
    one = purchases(frame, margin=0.35, since="2025-11-01", until="2026-02-01")
    other = (
        counted(frame, margin=0.35, since="2025-11-01", until="2026-02-01")
        .to_pandas()
        .set_index("customer_id")
    )
    other = other.sort_index()
    for column in ("x", "t_x", "T", "orders", "spent", "margin", "mean", "repeat_mean"):
        np.testing.assert_allclose(one[column], other[column])
    assert (day_of(other["first_day"]) == one["first_at"]).all()


def test_rows_are_the_same_in_an_engine():
    frame = random_orders(4)
    one = paid_orders(frame, margin=0.35)
    other = paid_orders(ibis.memtable(frame), margin=0.35).to_pandas()
    columns = ["customer_id", "day", "spent", "margin"]
    pd.testing.assert_frame_equal(
        one.astype({"customer_id": "str"}).sort_values(columns, ignore_index=True),
        other.sort_values(columns, ignore_index=True), check_dtype=False,
    )  # fmt: skip
    assert account(ibis.memtable(frame)) == account(frame) == (one.attrs["left_out"], one.attrs["until"])
    assert set(one.index) <= set(frame.index)


def test_the_published_summary_of_cdnow(realdata):
    folder = realdata / "orders"
    names = ["master", "customer_id", "ordered_at", "quantity", "revenue"]
    rows = pd.read_csv(
        folder / "CDNOW_sample.txt", sep=r"\s+", names=names, dtype={"customer_id": str, "ordered_at": str}
    )
    frame = rows.assign(order_id=rows.index, ordered_at=pd.to_datetime(rows["ordered_at"]))
    published = pd.read_csv(folder / "cdnow_customers_summary.csv")
    found = purchases(frame, until="1997-09-30", free=True)
    assert found["x"].tolist() == published["frequency"].tolist()
    np.testing.assert_allclose(found["t_x"], published["recency"], atol=0.006)
    np.testing.assert_allclose(found["T"], published["T"], atol=0.006)


# ---------------------------------------------------------------- every kind of table
@pytest.mark.parametrize(
    "change",
    [
        lambda f: f.sample(frac=1, random_state=1),
        lambda f: f.set_axis([0] * len(f)),
        lambda f: f.assign(customer_id=f["customer_id"].astype("category")),
        lambda f: f.assign(customer_id=f["customer_id"].astype(object)),
        lambda f: f.assign(ordered_at=f["ordered_at"].dt.tz_localize(None)),
        lambda f: f.assign(ordered_at=f["ordered_at"].dt.tz_convert("Asia/Tokyo")),
        lambda f: f.assign(ordered_at=f["ordered_at"].dt.strftime("%Y-%m-%dT%H:%M:%S+00:00")),
        lambda f: f.assign(revenue=f["revenue"].astype(str)),
        lambda f: f.assign(revenue=f["revenue"].astype("Int64")),
        lambda f: f.assign(refunded=None, margin=None, more="x"),
    ],
)
def test_the_same_orders_in_another_form(change):
    expected = purchases(BY_HAND)
    for source in (change(BY_HAND), ibis.memtable(change(BY_HAND).reset_index(drop=True))):
        pd.testing.assert_frame_equal(purchases(source), expected)


def test_numbers_as_customers():
    for numbers in ([7, 7, 8], [7.0, 7.0, 8.0], ["7", " 7", "8 "]):
        frame = orders([(who, f"2026-01-0{i + 1}", 5.0) for i, who in enumerate(numbers)])
        assert purchases(frame)["x"].to_dict() == {"7": 1, "8": 0}
        assert purchases(ibis.memtable(frame))["x"].to_dict() == {"7": 1, "8": 0}


def test_no_number_in_a_file_is_no_revenue(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    frame = orders([("a", "2026-01-01", 5.0), ("b", "2026-01-02", 5.0)])
    table = pa.Table.from_pandas(frame.drop(columns="revenue"))
    table = table.append_column("revenue", pa.array(np.array([np.nan, 5.0]), from_pandas=False))
    table = table.append_column("refunded", pa.array(np.array([1.0, np.nan]), from_pandas=False))
    pq.write_table(table, tmp_path / "orders.parquet")
    found = purchases(ibis.read_parquet(tmp_path / "orders.parquet"))
    assert found["spent"].to_dict() == {"b": 5.0}


def test_the_order_of_the_rows_changes_nothing_at_all():
    frame = random_orders(5)
    assert purchases(frame, margin=0.35).equals(purchases(frame.sample(frac=1, random_state=2), margin=0.35))


def test_nothing_was_changed_on_the_way():
    frame = random_orders(1)
    before = frame.copy(deep=True)
    purchases(frame, margin=0.2)
    pd.testing.assert_frame_equal(frame, before)


# ---------------------------------------------------------------- refused
def test_no_purchase_is_an_error():
    for frame in (BY_HAND.iloc[:0], BY_HAND.assign(revenue=-1.0), BY_HAND.assign(customer_id=None)):
        for source in (frame, ibis.memtable(frame.astype({"customer_id": "str"}))):
            with pytest.raises(DataError, match="purchase"):
                purchases(source)
    with pytest.raises(DataError, match="customer_id"):
        purchases(BY_HAND.drop(columns="customer_id"))
    with pytest.raises(DataError, match="abc"):
        purchases(BY_HAND.assign(revenue="abc"))
    with pytest.raises(DataError, match="ordered_at"):
        purchases(BY_HAND.assign(ordered_at=5))


@pytest.mark.parametrize(
    "wrong",
    [{"since": "2026-03-01", "until": "2026-02-01"}, {"until": "soon"}, {"unit": "1h"}, {"margin": 1.2}, {"unit": "x"}],
)  # fmt: skip
def test_settings_that_cannot_be(wrong):
    for source in (BY_HAND, ibis.memtable(BY_HAND)):
        with pytest.raises(SettingError):
            purchases(source, **wrong)


# ---------------------------------------------------------------- what was paid back
RETURNS = pd.DataFrame(
    {
        "order_id": ["o3", "o3", "o4", "gone"],
        "product_id": "p",
        "returned_at": pd.Timestamp("2026-03-01", tz="UTC"),
    }
).assign(amount=[5.0, 10.0, 20.0, 99.0])


def test_returns_are_taken_off_where_orders_do_not_tell():
    for frame in (BY_HAND, BY_HAND.assign(refunded=None)):
        for source, back in (
            (frame, RETURNS), (ibis.memtable(frame.drop(columns="refunded", errors="ignore")), ibis.memtable(RETURNS)),
            (frame, ibis.memtable(RETURNS)), (ibis.memtable(frame), RETURNS),
        ):  # fmt: skip
            found = purchases(less_returns(source, back))
            assert found.loc["ann", "spent"] == 75 - 15 - 20
            assert found.attrs["left_out"]["nothing_paid"] == 1  # the whole of 19 February came back


def test_orders_that_tell_are_believed():
    told = BY_HAND.assign(refunded=[0.0, 0, 0, 1.0, 0, 0])
    assert less_returns(told, RETURNS) is told
    assert less_returns(BY_HAND, RETURNS.drop(columns="amount")) is BY_HAND
    assert less_returns(BY_HAND, None) is BY_HAND
    lazy = ibis.memtable(told)
    assert less_returns(lazy, RETURNS) is lazy


# ---------------------------------------------------------------- amounts without end
@pytest.mark.parametrize("column", ["revenue", "margin", "refunded"])
@pytest.mark.parametrize("kind", [float, object])
def test_an_amount_without_end_is_not_told(column, kind):
    frame = random_orders(3)
    endless, untold = frame.copy(), frame.copy()
    endless.loc[:20, column], untold.loc[:20, column] = [np.inf, -np.inf, np.inf] * 7, np.nan
    expected = purchases(untold, margin=0.35, zone=ZONE)
    given = endless.astype({column: kind})
    sources = (given, ibis.memtable(endless))
    for source in sources:
        found = purchases(source, margin=0.35, zone=ZONE)
        pd.testing.assert_frame_equal(found, expected, check_dtype=False)
        assert found.attrs == expected.attrs
        assert np.isfinite(found[["spent", "margin"]]).all(axis=None)


def test_a_return_without_end_is_not_told():
    shop = BY_HAND.assign(order_id=[f"o{i}" for i in range(6)])
    back = pd.DataFrame({"order_id": ["o0", "o3", "o3"], "amount": [np.inf, 4.0, -np.inf]})
    back = back.assign(product_id="p", returned_at="2026-03-01")
    for orders_, returns in (
        (shop, back),
        (ibis.memtable(shop), ibis.memtable(back)),
        (ibis.memtable(shop), back),
    ):
        found = purchases(less_returns(orders_, returns))
        assert found["spent"].to_dict() == {"ann": 71.0, "bob": 20.0, "cas": 7.0}
