"""Files read in batches give what the same files give when they are read whole."""

import numpy as np
import pandas as pd
import pytest

from csworkbook import intake, shop
from csworkbook.intake import batches, files


@pytest.fixture
def in_batches(monkeypatch):
    monkeypatch.setattr(files, "LARGE", 0)
    real = batches.of_text
    monkeypatch.setattr(batches, "of_text", lambda path, name, rows=0: real(path, name, rows=100))


def order_lines(count, *, seed=1):
    draw = np.random.default_rng(seed)
    orders = 1000 + np.sort(draw.integers(0, count // 3, count))
    when = pd.Timestamp("2024-03-01") + pd.to_timedelta(orders * 37, unit="min")
    cents = draw.integers(100, 250_000, count)
    return pd.DataFrame(
        {
            "Ordernummer": orders,
            "Besteldatum": when.strftime("%d-%m-%Y %H:%M"),
            "Klantnummer": [f"K{order % 40}" for order in orders],
            "Artikelnummer": draw.choice(["A-1", "A-2", "B-1"], count),
            "Aantal": draw.integers(1, 4, count),
            "Prijs": [f"{c // 100:,}".replace(",", ".") + f",{c % 100:02d}" for c in cents],
        }
    ), cents


def test_lines_and_orders_are_the_same_as_read_whole(tmp_path, in_batches, monkeypatch):
    frame, cents = order_lines(1500)
    path = tmp_path / "regels.csv"
    frame.to_csv(path, sep=";", index=False)
    lines, orders = intake.read_all(path)
    monkeypatch.setattr(files, "LARGE", 1 << 40)
    whole = {one.table: one for one in intake.read_all(path)}
    assert (lines.table, orders.table) == ("order_lines", "orders")
    assert (lines.read, lines.used) == (1500, 1500)
    pd.testing.assert_frame_equal(lines.frame, whole["order_lines"].frame)
    by_id = orders.frame.sort_values("order_id", ignore_index=True)
    pd.testing.assert_frame_equal(by_id, whole["orders"].frame.sort_values("order_id", ignore_index=True))
    assert orders.read == orders.used == frame["Ordernummer"].nunique()
    assert orders.frame["revenue"].sum() == pytest.approx((cents * frame["Aantal"]).sum() / 100)


def test_bad_rows_and_broken_lines_are_accounted_for(tmp_path, in_batches):
    frame, _cents = order_lines(1000)
    frame["Prijs"] = frame["Prijs"].where(frame.index % 100 != 7, "duur")
    text = frame.to_csv(sep=";", index=False).splitlines()
    text[500] = "a;b"
    path = tmp_path / "regels.csv"
    path.write_text("\n".join(text) + "\n")
    lines = next(one for one in intake.read_all(path) if one.table == "order_lines")
    assert (lines.read, lines.used, len(lines.aside)) == (1000, 989, 11)
    assert lines.aside["row"].tolist() == sorted([501, *(line * 100 + 9 for line in range(10))])
    problem = lines.problems.set_index("code")["count"]
    assert (problem["not_understood"], problem["broken_line"]) == (10, 1)


def test_a_number_that_comes_back_in_a_later_part_is_set_aside(tmp_path, in_batches):
    orders = pd.DataFrame(
        {
            "order_id": [*range(600), 3, 5],
            "customer_id": "k",
            "order_date": "2025-01-02",
            "revenue": [1.5] * 600 + [9.5] * 2,
        }
    )
    path = tmp_path / "orders.csv"
    orders.to_csv(path, index=False)
    found = intake.read(path)
    assert (found.table, found.read, found.used, len(found.aside)) == ("orders", 602, 600, 2)
    assert sorted(found.aside["order_id"]) == ["3", "5"]
    assert found.frame["revenue"].eq(1.5).all()


def test_rows_without_numbers_that_say_the_same_stay_apart(tmp_path, in_batches):
    orders = pd.DataFrame({"Klantnummer": ["a"] * 700, "Besteldatum": "01-02-2025", "Omzet": "5,00"})
    path = tmp_path / "orders.csv"
    orders.to_csv(path, sep=";", index=False)
    found = intake.read(path)
    assert (found.table, found.used) == ("orders", 700)
    assert found.frame["order_id"].is_unique


def test_a_large_file_comes_into_a_workbook(tmp_path, in_batches):
    frame, _cents = order_lines(900)
    path = tmp_path / "regels.csv"
    frame.to_csv(path, sep=";", index=False)
    own = shop.new_shop(tmp_path / "own", name="x")
    for one in own.read(path):
        own.add(one)
    for one in own.read(path):
        own.add(one)
    assert len(own.order_lines) == 900
    assert own.orders["order_id"].nunique() == len(own.orders) == frame["Ordernummer"].nunique()
    assert own.imports()["added"].tolist() == [0, 0, len(own.orders), 900]
    assert not list((own.folder / "data").glob(".*"))
