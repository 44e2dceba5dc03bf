"""Bringing files: read, corrected, used or left, several at once; the card says what came of every row."""

import openpyxl
import pytest

from csworkbook.errors import DataError
from csworkbook.pages.bring import Bring
from csworkbook.pages.form import SPLIT_BY
from csworkbook.pages.talking import seen
from csworkbook.shop import new_shop, open_shop

SURVEY = "Datum;Kiezen;Kopen;Na aankoop;Welke kleur?\n" + "".join(
    f"{day:02}-02-2026;1;2;3;{('rood', 'blauw')[day % 2]}\n" for day in range(1, 25)
)
ORDERS = "Bestelnummer;Klantnummer;Besteldatum;Totaalbedrag\n" + "".join(
    f"B{n};K{n % 7};{n % 28 + 1:02}-01-2026;{n},50\n" for n in range(1, 41)
)
ODD = "Alfa;Beta\n" + "".join(f"zz{n};een zin die niets zegt over nummer {n}\n" for n in range(1, 29))


@pytest.fixture
def shop(tmp_path):
    return new_shop(tmp_path / "shop", name="Fietsenwinkel", language="nl")


@pytest.fixture
def arrive(tmp_path):
    """Drop a file on an upload: its name and its text."""

    def drop(bring, name, text):
        path = tmp_path / "arriving" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return bring._arrived(name, path)

    return drop


def words(card):
    """Everything a card says, as one text."""
    return " ".join(child.value for child in card._body.children if hasattr(child, "value"))


def choose(form, **columns):
    form.changed = {"columns": columns}


def test_a_file_is_read_shown_and_used(shop, arrive):
    bring = Bring(shop, "effort_survey")
    said = arrive(bring, "enquete.csv", SURVEY)
    assert "enquete.csv" in said
    card = bring.cards[0]
    assert "24 rows read, 24 rows can be used, 0 are set aside" in words(card)
    assert shop.tables() == []
    card.use()
    assert shop.tables() == ["effort_survey"]
    assert len(open_shop(shop.folder).effort_survey) == 24
    assert not card.waiting
    assert "24 rows are new" in words(card)
    assert not card.path.exists()


def test_the_same_file_again_adds_nothing_and_says_so(shop, arrive):
    bring = Bring(shop)
    for _time in range(2):
        arrive(bring, "bestellingen.csv", ORDERS)
        bring.cards[0].use()
    assert len(shop.orders) == 40
    assert "0 rows are new" in words(bring.cards[0])
    assert "40 rows were there already" in words(bring.cards[0])


def test_several_files_are_used_with_one_button(shop, arrive):
    bring = Bring(shop)
    arrive(bring, "enquete.csv", SURVEY)
    assert not seen(bring._several)
    arrive(bring, "bestellingen.csv", ORDERS)
    assert all(card.fine for card in bring.cards)
    assert "2" in bring._all.description
    assert seen(bring._several)
    bring.use_all()
    assert sorted(shop.tables()) == ["effort_survey", "orders"]
    assert bring.waiting == []
    assert not seen(bring._several)


def test_a_column_is_corrected_and_remembered(shop, arrive):
    bring = Bring(shop, "effort_survey")
    arrive(bring, "a.csv", SURVEY)
    card = bring.cards[0]
    choose(card._forms[0], Kiezen="after", **{"Na aankoop": "choosing"})
    card.use()
    assert shop.effort_survey["choosing"].tolist() == [3] * 24
    assert shop.effort_survey["after"].tolist() == [1] * 24
    arrive(bring, "b.csv", SURVEY)
    assert bring.cards[0].found[0].mapping["Kiezen"] == "after"


def test_two_columns_for_one_are_refused_in_words_and_nothing_changes(shop, arrive):
    bring = Bring(shop, "effort_survey")
    arrive(bring, "a.csv", SURVEY)
    card = bring.cards[0]
    before = card.found[0].mapping
    with pytest.raises(Exception, match="buying"):
        card._apply(card.found[0], _said(card, Kiezen="buying", Kopen="buying"))
    assert card.found[0].mapping == before


def _said(card, **columns):
    choose(card._forms[0], **columns)
    return card._forms[0].chosen()


def test_a_segment_keeps_its_own_header_on_the_page(shop, arrive):
    bring = Bring(shop, "effort_survey")
    arrive(bring, "a.csv", SURVEY)
    row = next(row for row in bring.cards[0]._forms[0].rows if row["header"] == "Welke kleur?")
    assert row["value"] == SPLIT_BY
    bring.cards[0].use()
    tidy = [name for name in shop.effort_survey.columns if name.startswith("welk")]
    assert [bring.page.header(name) for name in tidy] == ["Welke kleur?"]


def test_a_file_nobody_knows_can_be_told(shop, arrive):
    bring = Bring(shop)
    assert "not recognised" in arrive(bring, "raar.csv", ODD)
    card = bring.cards[0]
    assert (card.waiting, card.fine, card.found) == (True, False, [])
    form = card._forms[0]
    assert form.opened
    assert [row["header"] for row in form.rows] == ["Alfa", "Beta"]
    form._table({"table": "products"}, [])
    assert card.unknown.nearest == "products"
    card._apply(card.unknown, _said(card, Alfa="product_id", Beta="name"))
    assert (card.unknown, card.found[0].table) == (None, "products")
    card.use()
    assert shop.products["product_id"].tolist() == [f"zz{n}" for n in range(1, 29)]


def test_a_chapter_asks_about_its_own_table(shop, arrive):
    bring = Bring(shop, "effort_survey")
    arrive(bring, "raar.csv", ODD)
    assert bring.cards[0].unknown.nearest == "effort_survey"
    assert bring.cards[0]._forms[0].table == "effort_survey"


def test_a_broken_file_is_a_sentence_and_leaves_no_card(shop, arrive):
    bring = Bring(shop)
    with pytest.raises(DataError, match=r"stuk\.xlsx"):
        arrive(bring, "stuk.xlsx", b"PK\x03\x04nothing")
    assert bring.cards == []


def test_leaving_a_file_keeps_nothing(shop, arrive):
    bring = Bring(shop)
    arrive(bring, "bestellingen.csv", ORDERS)
    card = bring.cards[0]
    card.leave()
    assert (shop.tables(), card.waiting, card.path.exists()) == ([], False, False)


def test_the_original_is_kept_only_when_ticked(shop, arrive):
    bring = Bring(shop)
    arrive(bring, "bestellingen.csv", ORDERS)
    bring.cards[0].use()
    assert not (shop.folder / "data" / "originals").exists()
    bring._original.value = True
    arrive(bring, "bestellingen2.csv", ORDERS)
    bring.cards[0].use()
    (kept,) = (shop.folder / "data" / "originals").iterdir()
    assert kept.read_text() == ORDERS


def test_a_file_with_the_same_name_takes_the_place_of_the_one_that_waits(shop, arrive):
    bring = Bring(shop)
    for _time in range(2):
        arrive(bring, "bestellingen.csv", ORDERS)
    assert len(bring.cards) == 1


def test_rows_set_aside_go_home_with_their_reason(shop, arrive, tmp_path):
    bring = Bring(shop, "effort_survey")
    arrive(bring, "a.csv", SURVEY + "geen datum;1;1;1;rood\n")
    card = bring.cards[0]
    assert "1 is set aside" in words(card)
    from csworkbook.pages.account import aside_file

    name, _mime, content = aside_file(card.found[0])
    path = tmp_path / name
    path.write_bytes(content)
    rows = list(openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True))
    sheet = dict(zip(rows[0], rows[1], strict=True))
    assert sheet["Datum"] == "geen datum"
    assert sheet["row in your file"] == 26
    assert "cannot be understood" in sheet["why it was set aside"]


def test_the_demo_stays_as_it_is(arrive, monkeypatch, tmp_path):
    monkeypatch.setenv("CSWORKBOOK_VISITS", str(tmp_path / "visits"))
    demo = open_shop()
    bring = Bring(demo)
    bring.page.visit.visit_id = "c" * 32
    arrive(bring, "bestellingen.csv", ORDERS)
    bring.cards[0].use()
    assert bring.page.shop.tables() == ["orders"]
    assert len(demo.orders) > 1000
    assert bring.page.visit.shop == "Your own data"
