"""When was a return handled? The column is found beside the date of the return, and never instead of it."""

import pandas as pd
import pytest

from csworkbook import intake


def read(tmp_path, text, name="retouren.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return intake.read_all(path)[0]


def lines(*columns, rows=12):
    """Rows of a returns export; a number stands for that day in March 2026, later by a day each row."""
    made = []
    for row in range(rows):
        cells = [
            f"{cell + row:02}-03-2026" if isinstance(cell, int) else cell.format(n=row) for cell in columns
        ]
        made.append(";".join([str(1000 + row), f"SKU{row}", *cells]))
    return "\n".join(made)


@pytest.mark.parametrize(
    ("head", "cells", "handled"),
    [
        ("Retourdatum;Terugbetaald op;Terugbetaald", (1, 5, "{n},95"), "Terugbetaald op"),
        ("Afgehandeld op;Retour ontvangen;Bedrag", (5, 1, "{n},95"), "Afgehandeld op"),
        ("Returned at;Refunded at;Refund amount", (1, 5, "{n},95"), "Refunded at"),
        ("Refund date;Return date;Refunded", (5, 1, "{n},95"), "Refund date"),
        ("Ontvangen op;Ruiling verzonden op;Reden", (1, 5, "te klein"), "Ruiling verzonden op"),
        ("Date received;Exchange sent;Reason", (1, 5, "too small"), "Exchange sent"),
    ],
)
def test_the_day_of_handling_is_found_wherever_it_stands(tmp_path, head, cells, handled):
    found = read(tmp_path, f"Ordernummer;Artikelcode;{head}\n{lines(*cells)}\n")
    assert found.table == "returns"
    assert found.mapping[handled] == "handled_at"
    assert len(found.frame) == 12
    assert ((found.frame["handled_at"] - found.frame["returned_at"]) == pd.Timedelta("4D")).all()


@pytest.mark.parametrize(
    "head", ["Refund date", "Terugbetaald op", "Verwerkt op", "Processed at", "Creditdatum"]
)
def test_alone_it_stands_for_the_date_of_the_return_as_before(tmp_path, head):
    found = read(tmp_path, f"Ordernummer;Artikelcode;{head};Reden\n{lines(5, 'te klein')}\n")
    assert (found.table, found.mapping[head]) == ("returns", "returned_at")


@pytest.mark.parametrize("head", ["Terugbetaald;Terugbetaald op", "Refunded;Refund date"])
def test_what_orders_paid_back_is_an_amount_still(tmp_path, head):
    rows = "\n".join(
        f"{1000 + n};K{n};{1 + n:02}-03-2026;{50 + n},00;{n},00;{3 + n:02}-03-2026" for n in range(12)
    )
    found = read(tmp_path, f"Ordernummer;Klantnummer;Besteldatum;Totaal;{head}\n{rows}\n", "orders.csv")
    assert found.table == "orders"
    assert found.frame["refunded"].tolist() == [float(n) for n in range(12)]


def test_handled_before_it_came_back_is_set_aside_with_the_reason(tmp_path):
    rows = lines(10, 14, "te klein") + "\n2000;SKU99;20-03-2026;18-03-2026;te klein"
    found = read(tmp_path, f"Ordernummer;Artikelcode;Retourdatum;Terugbetaald op;Reden\n{rows}\n")
    assert (len(found.frame), len(found.aside)) == (12, 1)
    assert "lies before" in found.aside["reason"].iloc[0]


def test_on_the_same_day_is_not_before(tmp_path):
    rows = "\n".join(f"{n};S{n};{1 + n:02}-03-2026 15:00;{1 + n:02}-03-2026" for n in range(9))
    found = read(tmp_path, f"Ordernummer;Artikelcode;Retourdatum;Terugbetaald op\n{rows}\n")
    assert (len(found.frame), len(found.aside)) == (9, 0)


def test_the_export_of_a_marketplace_tells_it_too(tmp_path):
    head = "Retournummer;Bestelnummer;EAN;Titel;Aantal;Retourdatum;Retourreden;Verwerkt op"
    rows = "\n".join(
        f"R{n};A{n};87110001{n:05};Lamp;1;{1 + n:02}-03-2026;Defect;{4 + n:02}-03-2026" for n in range(9)
    )
    found = read(tmp_path, f"{head}\n{rows}\n", "bol.csv")
    assert (found.table, found.mapping["Verwerkt op"]) == ("returns", "handled_at")
