"""Topics in comments: planted ones are found, few are listed, people's words stay people's words."""

from __future__ import annotations

import pytest

from csworkbook import effort, language
from csworkbook.effort.comments import stop_words
from csworkbook.errors import DataError

from .tables import assert_says, survey

# three topics that share no word; 14, 10 and 8 comments
DELIVERY = [
    "Het pakket kwam veel te laat, bezorger nergens te zien",
    "pakket weer te laat bezorgd door de bezorger",
] * 7
RETURNS = [
    "retourlabel ontbrak en de terugbetaling duurde weken",
    "lang wachten op terugbetaling, geen retourlabel",
] * 5
SEARCH = ["search filters broken on the colour page", "colour filters did nothing, search useless"] * 4
PLANTED = DELIVERY + RETURNS + SEARCH


def hard(texts, stage="after"):
    stages = {"choosing": [1] * len(texts), "buying": [1] * len(texts), "after": [1] * len(texts)}
    return survey(**(stages | {stage: [3] * len(texts)}), comment=texts)


def test_planted_topics_are_found_with_their_sizes_and_a_quote_of_their_own():
    table = effort.comments(hard(PLANTED)).table
    assert list(table.columns) == ["topic", "words", "count", "n", "share", "low", "high", "quote"]
    assert table["count"].tolist() == [14, 10, 8]
    assert table["n"].tolist() == [32] * 3
    assert table["share"].tolist() == [14 / 32, 10 / 32, 8 / 32]
    for row, texts, word in zip(
        table.itertuples(), (DELIVERY, RETURNS, SEARCH), ("pakket", "retourlabel", "filters"), strict=True
    ):
        assert word in row.words
        assert row.quote in texts


def test_only_comments_on_far_too_much_at_the_stage_asked_for():
    frame = hard(PLANTED)
    assert effort.comments(frame, stage="after").everything == 32
    nobody = effort.comments(frame, stage="buying")
    assert nobody.everything == 0
    assert nobody.text.startswith("Nobody who found it far too much effort (buying)")


def test_fewer_than_twenty_are_all_listed():
    texts = ["late", "late again", "broken"]
    result = effort.comments(hard(texts))
    assert result.table["quote"].tolist() == texts
    assert "3 comments" in result.text
    assert result.findings() == []
    assert "Too few" in result.plot().layout.annotations[0].text


@pytest.mark.parametrize("text", ["the and of it", "de het een niet", "laat", "!!! ???", "12345"])
def test_comments_that_share_no_word_worth_naming_are_all_listed(text):
    result = effort.comments(hard([text] * 25))
    assert result.table["quote"].tolist() == [text] * 25
    assert "here they all are" in result.text
    assert_says(result)


def test_one_comment_is_one_row():
    assert effort.comments(hard(["slow"])).table["quote"].tolist() == ["slow"]


def test_blank_comments_do_not_count():
    assert effort.comments(hard(["late", "  ", "", None])).everything == 1


@pytest.mark.parametrize("frame", [hard(["x"]).drop(columns="comment"), hard(["x"]).assign(comment=None)])
def test_a_survey_without_comments_says_what_to_do(frame):
    with pytest.raises(DataError, match=r"no comments.*open question"):
        effort.comments(frame)


def test_a_sample_is_said_and_the_same_every_time():
    frame = hard(PLANTED * 4)
    one, two = (effort.comments(frame, sample=60, seed=3) for _time in range(2))
    assert one.table["n"].unique().tolist() == [60]
    assert "A random sample of 60 out of 128" in one.method
    assert one.table.equals(two.table)
    assert "sample" not in effort.comments(frame).method


def test_no_more_topics_than_asked_for():
    assert len(effort.comments(hard(PLANTED * 4), topics=2).table) <= 2


def test_a_long_quote_is_cut():
    texts = [f"pakket {text} " + "heel erg vervelend " * 20 for text in DELIVERY[:12] + RETURNS * 2]
    assert effort.comments(hard(texts)).table["quote"].str.len().le(220).all()


def test_stop_words_of_both_languages_are_left_out():
    assert {"the", "and", "het", "een"} <= set(stop_words())
    words = ", ".join(effort.comments(hard(PLANTED)).table["words"]).split(", ")
    assert not set(words) & set(stop_words())


def test_the_picture_shows_the_shares():
    result = effort.comments(hard(PLANTED))
    assert list(result.plot().data[0].x) == result.table["share"].tolist()


def test_words_and_quote_stay_as_typed_in_a_dutch_sentence():
    with language.speaking("nl"):
        result = effort.comments(hard(PLANTED))
        assert result.table["quote"][0] in result.text
