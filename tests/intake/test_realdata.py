"""Genuine survey exports: their rows, headers and known answers, and a clear word that they are no effort survey."""

import pytest

from csworkbook import intake
from csworkbook.errors import DataError
from csworkbook.intake import files


def test_double_header_and_mac_letters(realdata):
    raw = files.read(realdata / "surveys" / "StarWars.csv")[0]
    assert len(raw.frame) == 1186
    assert len(raw.broken) == 0
    assert len(raw.frame.columns) == 38
    seen = [
        name
        for name in raw.frame.columns
        if name.startswith("Which of the following Star Wars films have you seen?")
    ]
    assert len(seen) == 6
    assert seen[0].endswith("– Star Wars: Episode I The Phantom Menace")
    assert int(raw.frame[seen].notna().any(axis=1).sum()) == 835
    assert int(raw.frame[seen].notna().all(axis=1).sum()) == 471


def test_single_header(realdata):
    raw = files.read(realdata / "surveys" / "flying-etiquette.csv")[0]
    assert len(raw.frame) == 1040
    flew = raw.frame["How often do you travel by plane?"]
    assert int((flew != "Never").sum()) == 874


@pytest.mark.parametrize("name", ["StarWars.csv", "flying-etiquette.csv"])
def test_other_surveys_are_refused_with_what_was_seen(realdata, name):
    with pytest.raises(DataError, match="was not recognised as a table") as error:
        intake.read(realdata / "surveys" / name)
    assert "RespondentID" in str(error.value)
    assert "effort" in str(error.value)


def test_a_form_header_without_answers(realdata):
    with pytest.raises(DataError, match="has a header but no rows below it"):
        intake.read(realdata / "exports" / "google_forms_responses_header.csv")


def test_dutch_complaints_log_keeps_its_rows(realdata):
    raw = files.read(realdata / "contacts" / "bpi2016_uwv_complaints.csv")[0]
    assert raw.frame.shape == (289, 18)
    assert raw.frame["CustomerID"].nunique() == 226


def test_dutch_order_export_gives_the_published_total(realdata):
    data = (
        (realdata / "orders" / "cdnow_sample_dutch_locale_utf8bom.csv")
        .read_bytes()
        .decode("utf-8-sig")
        .splitlines()
    )
    numbered = [f"Ordernummer;{data[0]}", *(f"{n};{line}" for n, line in enumerate(data[1:], 1))]
    found = intake.read("\r\n".join(numbered).encode("utf-8-sig"))
    assert found.table == "orders"
    assert found.used == 6919
    assert found.frame["customer_id"].nunique() == 2357
    assert found.frame["revenue"].sum() == pytest.approx(244091.94)


def test_shop_orders_export_is_orders_not_a_survey(realdata):
    data = (realdata / "exports" / "shopify_orders_export_2026_masked.csv").read_bytes()
    with pytest.raises(DataError, match="lacks columns for the table orders: customer_id"):
        intake.read(data, table="orders")  # the masked file has no e-mail address left
    found = intake.read(data.replace(b"\n#71733,,", b"\n#71733,klant@example.com,"))
    assert found.table == "orders"
    assert found.mapping["Email"] == "customer_id"
    assert found.read == found.used + len(found.aside) == 6
