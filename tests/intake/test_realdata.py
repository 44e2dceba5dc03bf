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
    assert "RespondentID" in [match.header for match in error.value.columns]


def test_a_form_header_without_answers(realdata):
    with pytest.raises(DataError, match="has a header but no rows below it"):
        intake.read(realdata / "exports" / "google_forms_responses_header.csv")


def test_dutch_complaints_log(realdata):
    found = intake.read(realdata / "contacts" / "bpi2016_uwv_complaints.csv")
    assert (found.table, found.read, found.used) == ("contacts", 289, 289)
    assert found.frame["customer_id"].nunique() == 226
    assert int((found.frame["customer_id"].value_counts() > 1).sum()) == 46
    assert (found.frame["channel"] == "8").sum() == 196
    assert found.frame["topic"].nunique() == 70
    assert found.frame["topic"].value_counts().head(4).tolist() == [34, 25, 21, 20]


def test_dutch_order_export_gives_the_published_total(realdata):
    found = intake.read(realdata / "orders" / "cdnow_sample_dutch_locale_utf8bom.csv")
    assert (found.table, found.read, found.used) == ("orders", 6919, 6919)
    assert found.frame["order_id"].is_unique
    assert found.frame["customer_id"].nunique() == 2357
    assert found.frame["revenue"].sum() == pytest.approx(244091.94)


def test_the_same_orders_as_published_without_a_header(realdata):
    path = realdata / "orders" / "CDNOW_sample.txt"
    with pytest.raises(intake.NotRecognised) as error:
        intake.read(path)
    headers = [match.header for match in error.value.columns]
    told = dict(zip(headers, [None, "customer_id", "ordered_at", None, "revenue"], strict=True))
    found = intake.read(path, table="orders", mapping=told)
    dutch = intake.read(realdata / "orders" / "cdnow_sample_dutch_locale_utf8bom.csv")
    assert (found.used, found.frame["customer_id"].nunique()) == (6919, 2357)
    assert found.frame["revenue"].tolist() == dutch.frame["revenue"].tolist()
    assert found.frame["ordered_at"].tolist() == dutch.frame["ordered_at"].tolist()


def test_all_orders_as_published(realdata):
    found = intake.read(realdata / "orders" / "CDNOW_master.txt.gz")
    assert (found.table, found.used) == ("orders", 69659)
    assert found.frame["customer_id"].nunique() == 23570
    assert found.frame["revenue"].sum() == pytest.approx(2500315.63)


def test_shop_orders_export_is_orders_and_their_lines(realdata):
    orders, lines = intake.read_all(realdata / "exports" / "shopify_orders_export_2026_masked.csv")
    assert (orders.table, lines.table) == ("orders", "order_lines")
    assert (orders.system, orders.used, lines.used) == ("Shopify", 5, 6)
    assert (
        orders.frame["customer_id"].nunique() == 5
    )  # by telephone: the masked file has no e-mail address left
    assert set(lines.frame["order_id"]) == set(orders.frame["order_id"])
    assert (
        not orders.frame.astype("str").apply(lambda column: column.str.contains("Klant|880000")).any().any()
    )


def test_a_report_of_totals_is_no_visits(realdata):
    with pytest.raises(DataError) as error:
        intake.read(realdata / "exports" / "ga4_report_snapshot_export.csv")
    assert error.value.next_step


def test_every_export_is_tables_with_a_full_account_or_a_clear_error(realdata):
    for path in sorted((realdata / "exports").rglob("*.csv")):
        found, error = _tables(path)
        assert found or error.next_step
        assert all(one.read == one.used + len(one.aside) and one.used for one in found)


def _tables(path):
    try:
        return intake.read_all(path), None
    except DataError as error:
        return [], error
