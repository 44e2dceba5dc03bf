"""Texts are grouped by the words they share: groups a person can count, quotes that are somebody's own words."""

import pandas as pd
import pyarrow as pa
import pytest

from csworkbook import topics

CARDS = ["het kaartje had een vreemde geur", "vreemde geur aan het kaartje"] * 6
MUSIC = ["the music frightened our hamster", "our hamster hated that music"] * 5
STOPS = topics.stop_words()


def grouped(texts, most=3, **more):
    return topics.grouped(pd.Series(texts), most, stops=STOPS, **more)


def by_word(texts, most=5):
    return topics.by_word(pd.Series(texts), most, stops=STOPS)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Géén idee!", " geen idee "),
        ("track-and-trace", " track and trace "),
        ("  ", " "),
        ("foto’s", " foto s "),
    ],
)
def test_words_are_folded_with_a_space_around_each(text, folded):
    assert topics.plain(pa.array([text])).to_pylist() == [folded]


def test_groups_of_a_size_that_was_counted_beforehand():
    found = grouped(CARDS + MUSIC, 2)
    assert [(topic.topic, topic.count) for topic in found] == [("topic 1", 12), ("topic 2", 10)]
    assert set(found[0].words.split(", ")) <= {"kaartje", "vreemde", "geur"}
    assert {"music", "hamster"} <= set(found[1].words.split(", "))
    assert found[0].quote in CARDS
    assert found[1].quote in MUSIC


def test_the_same_seed_gives_the_same_groups():
    assert grouped(CARDS + MUSIC, seed=7) == grouped(CARDS + MUSIC, seed=7)


@pytest.mark.parametrize("make", [grouped, by_word])
@pytest.mark.parametrize("texts", [["the and of it"] * 5, ["a b", "c d"], ["one two three"], ["!!!", "123"]])
def test_texts_that_share_no_word_worth_naming_give_no_group(make, texts):
    assert make(texts) == []


# moestuin is in 5, of which 2 also in reis; reis in 4
STORIES = [
    "een moestuin met kippen", "een moestuin en kippen erbij", "moestuin, kippen en rust",
    "op reis en daarna een moestuin", "een moestuin na de reis", "nog één reis", "een verre reis", "rijk worden",
]  # fmt: skip


def test_words_are_counted_in_every_text_that_has_them():
    found = by_word(STORIES)
    assert [(topic.words, topic.count) for topic in found] == [("moestuin, kippen", 5), ("reis", 4)]
    assert found[0].quote in STORIES[:3]


def test_a_word_counts_only_where_two_texts_have_none_of_those_before():
    told = ["aarde water", "aarde water", "aarde water", "water alleen", "wind"]
    assert [topic.words for topic in by_word(told)] == ["water, aarde"]


def test_no_more_words_than_asked_for():
    assert len(by_word(STORIES, 1)) == 1


def test_the_order_of_texts_changes_no_count():
    there, back = by_word(STORIES), by_word(STORIES[::-1])
    assert [(one.words, one.count) for one in there] == [(one.words, one.count) for one in back]


def test_further_words_can_be_stopped():
    assert "hamster" in topics.stop_words(("hamster",))
    assert "hamster" not in topics.stop_words()
    stops = topics.stop_words(("hamster", "music", "frightened", "hated"))
    assert topics.by_word(pd.Series(MUSIC), 5, stops=stops) == []


def test_a_long_text_is_cut_in_a_quote_and_a_readable_one_preferred():
    texts = pd.Series(["kort", "een zin van een lengte die men leest", "lang " * 80])
    assert topics.quote(texts, pd.Series([3.0, 1.0, 2.0])) == texts[1]
    assert len(topics.quote(texts[2:], pd.Series([1.0], index=[2]))) <= 220
