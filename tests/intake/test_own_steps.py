"""Steps in a shop's own words: two words of one part of a sale stay two steps, and the owner is told."""

from __future__ import annotations

import pandas as pd
import pytest

from csworkbook import funnel, intake, language
from csworkbook.events.proposed import roles, usual
from csworkbook.intake import batches, files
from csworkbook.intake.large import OnDisk
from csworkbook.intake.own_steps import steps

START = pd.Timestamp("2026-01-05 09:00:00")
OWN = ["mandje", "gegevens", "kassa", "bedankt"]
DEPTHS = [1] * 4 + [2] * 9 + [3] * 2 + [4] * 5  # of twenty visitors: how many of the steps each did


def lines(depths=DEPTHS, own=OWN):
    return [
        f"b{who};{START + pd.Timedelta(minutes=10 * who + place):%d-%m-%Y %H:%M:%S};{step}"
        for who, depth in enumerate(depths)
        for place, step in enumerate(own[:depth])
    ]


def read(tmp_path, rows, name="log.csv", head="bezoeker;tijdstip;stap"):
    path = tmp_path / name
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    (one,) = intake.read_all(path)
    assert (one.table, len(one.aside)) == ("events", 0)
    return one


def told(one):
    return [note for note in one.notes if "steps of their own" in note]


def test_two_words_for_the_checkout_come_in_apart_and_it_is_said(tmp_path):
    one = read(tmp_path, lines())
    # 20 in the basket, 16 fill in their details, 7 reach the till, 5 are thanked
    assert one.frame["step"].value_counts().to_dict() == {"cart": 20, "gegevens": 16, "kassa": 7, "paid": 5}
    assert told(one) == [
        "stap: “gegevens” and “kassa” stay steps of their own. Each of them can mean “checkout”, but as one step "
        "they could no longer be told apart."
    ]
    assert roles(one.frame) == {"cart": ("cart",), "checkout": ("gegevens", "kassa"), "paid": ("paid",)}


def test_the_broken_step_is_found_again(tmp_path):
    frame = read(tmp_path, lines()).frame
    assert [step.name for step in usual(frame)] == ["cart", "gegevens", "kassa", "paid"]
    found = funnel.measure(frame)
    assert found.table["visitors"].tolist() == [20, 16, 7, 5]


@pytest.mark.parametrize("own", ["afrekenen", "gegevens", "Kassa", "check out"])
def test_a_word_that_is_alone_in_its_part_gets_the_name_every_shop_has(tmp_path, own):
    one = read(tmp_path, lines(own=["mandje", own, "betalen", "bedankt"]))
    assert set(one.frame["step"]) == {"cart", "checkout", "payment", "paid"}
    assert told(one) == []


def test_spellings_of_one_word_are_one_step():
    assert steps({"Add to cart": 2, "add_to_cart": 5, "addtocart": 1}).names == dict.fromkeys(
        ["Add to cart", "add_to_cart", "addtocart"], "cart"
    )
    found = steps({"Kassa": 1, "kassa": 3, "/afrekenen": 2, "Uitleg": 1, "uitleg": 2})
    assert found.names == {
        "Kassa": "kassa", "kassa": "kassa", "/afrekenen": "/afrekenen", "Uitleg": "uitleg", "uitleg": "uitleg",
    }  # fmt: skip
    assert found.apart == {"checkout": ["kassa", "/afrekenen"]}


def test_what_stands_in_brackets_parts_words_too():
    assert set(steps({"Kassa (stap 1)": 3, "Kassa (stap 2)": 2}).names.values()) == {
        "Kassa (stap 1)",
        "Kassa (stap 2)",
    }


def test_names_without_letters_and_pages_that_look_alike_are_not_taken_together():
    apart = {"→": 1, "…": 1, "/product/1/2": 1, "/product/12": 1}
    assert steps(apart).names == {word: word for word in apart}


def test_what_the_owner_said_holds_and_takes_nothing_with_it():
    found = steps({"gegevens": 3, "kassa": 2}, owner={"gegevens": "checkout"})
    assert found.names == {"gegevens": "checkout", "kassa": "kassa"}
    both = steps({"gegevens": 3, "kassa": 2}, owner={"gegevens": "checkout", "kassa": "checkout"})
    assert set(both.names.values()) == {"checkout"}
    assert both.apart == {}


def test_words_of_a_known_system_stay_apart_as_well():
    system = {"add_to_cart": "cart", "view_cart": "cart", "begin_checkout": "checkout"}
    found = steps({"add_to_cart": 9, "view_cart": 5, "begin_checkout": 3, "scroll": 2}, system)
    assert list(found.names.values()) == ["add_to_cart", "view_cart", "checkout", "scroll"]


def test_ga4_with_two_events_of_the_cart(tmp_path):
    rows = [
        f"20260105,{1767603600000000 + 60000000 * n},{name},v1,s1"
        for n, name in enumerate(["view_item", "add_to_cart", "view_cart", "begin_checkout", "purchase"])
    ]
    one = read(tmp_path, rows, head="event_date,event_timestamp,event_name,user_pseudo_id,ga_session_id")
    assert one.system == "Google Analytics 4"
    assert one.frame["step"].tolist() == ["product", "add_to_cart", "view_cart", "checkout", "paid"]
    assert len(told(one)) == 1


def test_in_dutch_the_part_of_the_sale_has_its_dutch_name():
    with language.speaking("nl"):
        (said,) = steps({"gegevens": 2, "kassa": 1}).notes("stap")
    assert "“gegevens” en “kassa”" in said
    assert "“afrekenen”" in said


def test_of_many_words_a_few_are_listed():
    words = [
        "kassa",
        "gegevens",
        "afrekenen",
        "bestellen",
        "checkout",
        "naar kassa",
        "bestelproces",
        "afrekenpagina",
    ]
    (said,) = steps({word: 10 - place for place, word in enumerate(words)}).notes("stap")
    assert "“naar kassa” and 2 more" in said
    assert "bestelproces" not in said


def test_a_large_log_decides_over_the_whole_file(tmp_path, monkeypatch):
    """The second word for the checkout, and another spelling, come only after the head of the file."""
    early = lines([3] * 400, ["mandje", "Kassa", "bedankt"])
    late = lines([4] * 40, ["mandje", "gegevens", "kassa", "bedankt"])
    whole = read(tmp_path, [*early, *late], "whole.csv")
    real = batches.of_text
    monkeypatch.setattr(files, "LARGE", 0)
    monkeypatch.setattr(batches, "of_text", lambda path, name, rows=0: real(path, name, rows=100))
    monkeypatch.setattr(batches, "FIRST", 200)
    large = read(tmp_path, [*early, *late], "large.csv")
    assert isinstance(large.rows, OnDisk)
    assert large.frame["step"].value_counts().to_dict() == {
        "cart": 440,
        "Kassa": 440,
        "paid": 440,
        "gegevens": 40,
    }
    pd.testing.assert_frame_equal(large.frame, whole.frame)
    assert told(large) == told(whole)
    assert len(told(large)) == 1
