"""Steps in a shop's own words: they stay as the shop wrote them, in every file, and are known for what they are."""

from __future__ import annotations

import pandas as pd
import pytest

from csworkbook import events as engine
from csworkbook import funnel, intake
from csworkbook.events.proposed import role_of, usual
from csworkbook.intake import Choices, batches, files
from csworkbook.intake.large import OnDisk
from csworkbook.shop import new_shop, open_shop

START = pd.Timestamp("2026-01-05 09:00:00")
OWN = ["mandje", "gegevens", "kassa", "bedankt"]
DEPTHS = [1] * 4 + [2] * 9 + [3] * 2 + [4] * 5  # of twenty visitors: how many of the steps each did


def lines(depths=DEPTHS, own=OWN, first=0):
    """Visitors b`first` and on, each as many of the steps as his depth says."""
    return [
        f"b{who};{START + pd.Timedelta(minutes=10 * who + place):%d-%m-%Y %H:%M:%S};{step}"
        for who, depth in enumerate(depths, first)
        for place, step in enumerate(own[:depth])
    ]


def written(tmp_path, rows, name="log.csv", head="bezoeker;tijdstip;stap"):
    path = tmp_path / name
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def read(tmp_path, rows, name="log.csv", head="bezoeker;tijdstip;stap", **options):
    (one,) = intake.read_all(written(tmp_path, rows, name, head), **options)
    assert (one.table, len(one.aside)) == ("events", 0)
    return one


@pytest.fixture
def in_batches(monkeypatch):
    """Every file is read as one too large for memory: a hundred rows at a time, after a head of two hundred."""
    real = batches.of_text
    monkeypatch.setattr(files, "LARGE", 0)
    monkeypatch.setattr(batches, "of_text", lambda path, name, rows=0: real(path, name, rows=100))
    monkeypatch.setattr(batches, "FIRST", 200)


def test_words_come_in_as_they_are_and_the_broken_step_is_found(tmp_path):
    frame = read(tmp_path, lines()).frame
    # 20 in the basket, 16 fill in their details, 7 reach the till, 5 are thanked
    assert frame["step"].value_counts().to_dict() == {"mandje": 20, "gegevens": 16, "kassa": 7, "bedankt": 5}
    assert engine.roles(frame) == {
        "cart": ("mandje",), "checkout": ("gegevens", "kassa"), "paid": ("bedankt",),
    }  # fmt: skip
    assert [step.name for step in usual(frame)] == ["cart", "gegevens", "kassa", "paid"]
    assert funnel.measure(frame).table["visitors"].tolist() == [20, 16, 7, 5]


SPELT = {
    "Kassa": "checkout", "KASSA": "checkout", "/kassa": "checkout", "Kassa (gast)": "checkout", "check out": "checkout",
    "checkout_started": "checkout", "begin_checkout": "checkout", "Gegevens invullen": "checkout",
    "Add to cart": "cart", "add_to_cart": "cart", "addToCart": "cart", "In winkelmandje": "cart", "ecommerceCart": "cart",
    "view_item": "product", "Product Viewed": "product", "Artikel bekeken": "product",
    "view_search_results": "search", "Zoekresultaten": "search", "session_start": "home", "Startpagina": "home",
    "add_shipping_info": "delivery", "Bezorgopties": "delivery", "add_payment_info": "payment", "Betaalmethode": "payment",
    "purchase": "paid", "in_app_purchase": "paid", "Bedankt": "paid", "Order Completed": "paid",
    "Uitleg": "", "→": "", "/product/1/2": "", "/product/12": "",
}  # fmt: skip


def test_every_spelling_in_every_language_keeps_its_word_and_has_its_role(tmp_path):
    rows = [
        f"b1;{START + pd.Timedelta(minutes=n):%d-%m-%Y %H:%M:%S};  {word} " for n, word in enumerate(SPELT)
    ]
    one = read(tmp_path, rows)
    assert one.frame["step"].tolist() == list(SPELT)
    assert {word: role_of(word) for word in SPELT} == SPELT


@pytest.mark.parametrize("large", [False, True])
def test_of_two_files_of_one_shop_every_visit_counts_once(tmp_path, large, request):
    """The shop had one page of the checkout, and then two; the second file begins before the first one ends."""
    if large:
        request.getfixturevalue("in_batches")
    shop = new_shop(tmp_path / "shop", name="Fietsenwinkel")
    early = lines([3, 2], ["mandje", "kassa", "bedankt"])  # b0 pays, b1 leaves the till
    late = [*early[3:], *lines([4, 3, 2], first=2)]  # b1 once more, and b2, b3, b4
    for name, rows in {"januari.csv": early, "winter.csv": late}.items():
        (found,) = shop.read(written(tmp_path, rows, name))
        assert isinstance(found.rows, OnDisk) == large
        shop = shop.add(found)
    account = shop.imports().set_index("file")
    assert account.loc["winter.csv", ["read", "added", "known"]].tolist() == [11, 9, 2]
    events = open_shop(shop.folder).events
    assert events["step"].value_counts().to_dict() == {"mandje": 5, "kassa": 4, "gegevens": 3, "bedankt": 2}
    table = funnel.measure(events).table  # half of those at the till came by the details: one step
    assert table["step"].tolist() == ["cart", "checkout", "paid"]
    assert table["visitors"].tolist() == [5, 5, 2]


@pytest.mark.parametrize("large", [False, True])
def test_what_the_owner_said_of_a_word_holds_in_every_file_and_takes_no_other_with_it(
    tmp_path, large, request
):
    if large:
        request.getfixturevalue("in_batches")
    said = Choices(words={"stap": {"gegevens": "checkout"}})
    alone = read(tmp_path, lines([2], ["mandje", "Gegevens"]), choices=said)
    both = read(tmp_path, lines([4]), "both.csv", choices=said)
    assert alone.frame["step"].tolist() == ["mandje", "checkout"]
    assert both.frame["step"].tolist() == ["mandje", "checkout", "kassa", "bedankt"]


def test_ga4_keeps_the_names_of_its_events(tmp_path):
    names = ["view_item", "add_to_cart", "view_cart", "begin_checkout", "purchase"]
    rows = [f"20260105,{1767603600000000 + 60000000 * n},{name},v1,s1" for n, name in enumerate(names)]
    one = read(tmp_path, rows, head="event_date,event_timestamp,event_name,user_pseudo_id,ga_session_id")
    assert one.system == "Google Analytics 4"
    assert one.frame["step"].tolist() == names
    assert [role_of(name) for name in names] == ["product", "cart", "cart", "checkout", "paid"]


def test_a_large_log_comes_in_as_a_small_one(tmp_path, request):
    """The second word for the checkout, and another spelling, come only after the head of the file."""
    rows = [*lines([3] * 400, ["mandje", "Kassa", "bedankt"]), *lines([4] * 40)]
    whole = read(tmp_path, rows, "whole.csv")
    request.getfixturevalue("in_batches")
    large = read(tmp_path, rows, "large.csv")
    assert isinstance(large.rows, OnDisk)
    assert large.frame["step"].value_counts().to_dict() == {
        "mandje": 440, "bedankt": 440, "Kassa": 400, "kassa": 40, "gegevens": 40,
    }  # fmt: skip
    pd.testing.assert_frame_equal(large.frame, whole.frame)
    assert large.notes == whole.notes
