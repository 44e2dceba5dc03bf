"""What was brought: the list of files, and what the tables say against each other."""

import pandas as pd

from csworkbook.pages.brought import brought
from csworkbook.shop import new_shop, open_shop

ORDERS = "Bestelnummer;Klantnummer;Besteldatum;Totaalbedrag\n" + "".join(
    f"B{n};K{n % 7};{n % 28 + 1:02}-01-2026;{n},50\n" for n in range(1, 41)
)
RETURNS = "Bestelnummer;Productnummer;Retourdatum\n" + "".join(
    f"{order};P{n};{day:02}-{month}-2026\n"
    for n, (order, day, month) in enumerate(
        [("B1", 3, "02"), ("B2", 4, "02"), ("X9", 5, "02"), ("B3", 1, "01")]
    )
)


def said(panel):
    return panel.children[1].value


def bring(shop, tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)
    for intake in shop.read(path):
        shop.add(intake)


def test_the_demo_shop_brought_nothing_and_contradicts_nothing():
    assert "<ul>" not in said(brought(open_shop()))


def test_rows_that_another_table_contradicts_are_counted(tmp_path):
    shop = new_shop(tmp_path / "shop", name="Fietsenwinkel", language="nl")
    bring(shop, tmp_path, "bestellingen.csv", ORDERS)
    assert "<ul>" not in said(brought(shop))
    bring(shop, tmp_path, "retouren.csv", RETURNS)
    assert len(shop.returns) == 4
    assert pd.Timestamp("2026-01-04", tz="Europe/Amsterdam") in set(shop.orders["ordered_at"])  # B3
    listed = said(brought(shop))
    assert "Returns from an order that is not there: 1." in listed
    assert "Products returned before they were ordered: 1." in listed
