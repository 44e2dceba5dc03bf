"""Themes in comments are counted by hand, topics found among the rest, few are listed, words stay people's own."""

from __future__ import annotations

import subprocess
import sys

import pandas as pd
import pytest

from csworkbook import effort, language
from csworkbook.effort.comments import stop_words, touches
from csworkbook.errors import DataError

from .tables import assert_says, survey

# 14 comments on delivery, 10 on returns and refund, 8 on search, of which 4 also on the product
DELIVERY = [
    "Het pakket kwam veel te laat, bezorger nergens te zien",
    "pakket weer te laat bezorgd door de bezorger",
] * 7
RETURNS = [
    "retourlabel ontbrak en de terugbetaling duurde weken",
    "lang wachten op terugbetaling, geen retourlabel",
] * 5
SEARCH = ["search filters useless, all the fabrics mixed up", "the filters did nothing, search useless"] * 4
PLANTED = DELIVERY + RETURNS + SEARCH
COUNTS = {"delivery": 14, "returns": 10, "refund": 10, "search": 8, "product": 4}
# two groups that no theme knows; 12 and 10 comments
CARDS = ["het kaartje had een vreemde geur", "vreemde geur aan het kaartje"] * 6
MUSIC = ["the music frightened our hamster", "our hamster hated that music"] * 5


def hard(texts, stage="after"):
    stages = {"choosing": [1] * len(texts), "buying": [1] * len(texts), "after": [1] * len(texts)}
    return survey(**(stages | {stage: [3] * len(texts)}), comment=texts)


def flagged(text):
    touched = touches(pd.Series([text])).loc[0]
    return set(touched.index[touched])


def test_planted_themes_are_found_with_their_sizes_and_a_quote_of_their_own():
    table = effort.comments(hard(PLANTED)).table
    assert list(table.columns) == ["topic", "words", "count", "n", "share", "low", "high", "quote"]
    assert dict(zip(table["topic"], table["count"], strict=True)) == COUNTS
    assert table["count"].is_monotonic_decreasing
    assert table["n"].tolist() == [32] * 5
    assert table["share"].tolist() == [count / 32 for count in table["count"]]
    quotes = table.set_index("topic")["quote"]
    assert quotes["delivery"] in DELIVERY
    assert quotes["refund"] in RETURNS
    assert quotes["search"] == SEARCH[1]  # the one on nothing else


# what people write, and the themes a person gave it
WRITTEN = {
    "Thuisbezorging ging mis": "delivery",
    "de pakketbezorger belde niet aan": "delivery",
    "track-and-trace deed niets": "delivery",
    "koerier vertrok zonder aan te bellen": "delivery",
    "Koerier gooide het over de schutting": "delivery",
    "The courier left it with a neighbour": "delivery",
    "my parcels never arrived": "delivery",
    "het retourlabel was onvindbaar": "returns",
    "retourneeren is een drama": "returns",
    "ik wou omruilen voor een ander": "returns",
    "How do I send it back?": "returns",
    "waar blijft mijn geld": "refund",
    "nobody knows when I get my refund": "refund",
    "BETALEN LUKTE NIET": "payment",
    "the payment was declined": "payment",
    "wachtwoord vergeten en dan begint het": "checkout",
    "the check-out sent me round in circles": "checkout",
    "Zoekfunctie vindt niks": "search",
    "couldn't sort anything, filters missing": "search",
    "maten vallen anders uit dan de maattabel": "product",
    "foto's veel te donker": "product",
    "the colour was not as shown": "product",
    "uitverkocht, alweer": "stock",
    "out-of-stock after I had chosen": "stock",
    "de verzendkosten zijn belachelijk": "price",
    "bezorgkosten van acht euro": "price",
    "free delivery only above 50": "price",
    "alles kapot of beschadigd": "damaged",
    "wrong item, again": "damaged",
    "medewerkster was onvriendelijk": "service",
    "klantenservice nam niet op": "service",
    "20 minutes on hold": "service",
    "onbegrijpelijke handleiding": "packaging",
    "so much plastic packaging": "packaging",
    "site loopt vast": "website",
    "I got an error message": "website",
    "vertalen van de tekst ging mis": "",
    "wat een rare maatregel van de maatschappij": "",
    "not ideal": "",
    "het is op zich wel leuk": "",
    "vlekkeloos": "",
    "the stainless tracksuit for the bruiloft in Stockholm": "",
    "manually entering things": "",
    "Pakketje te laat, en de klantenservice reageert niet": "delivery service",
    "teruggestuurd maar nog geen geld terug": "returns refund",
}


@pytest.mark.parametrize("text", WRITTEN)
def test_a_comment_touches_the_themes_a_person_gives_it(text):
    assert flagged(text) == set(WRITTEN[text].split())
    assert flagged(f"({text.upper()})...\n") == set(WRITTEN[text].split())


@pytest.mark.parametrize(
    "text", ["", ".*", "(", "[a-z]+", "\\", "|", "^$", "a|b (?i) \\b", "😀", "\u0000", " \n\t"]
)
def test_signs_of_regular_expressions_are_just_signs(text):
    assert flagged(text) == set()
    assert flagged(f"{text} retour {text}") == {"returns"}


def test_letters_with_accents_are_letters():
    assert flagged("éretour") == set()
    assert flagged("categorieën en één filter") == {"search"}


def test_comments_outside_the_themes_are_grouped_by_their_words():
    result = effort.comments(hard(DELIVERY + CARDS + MUSIC))
    assert result.table["topic"].tolist() == ["delivery", "topic 1", "topic 2"]
    assert result.table["count"].tolist() == [14, 12, 10]
    assert set(result.table["words"][1].split(", ")) <= {"kaartje", "vreemde", "geur"}
    assert {"music", "hamster"} <= set(result.table["words"][2].split(", "))
    assert result.table["quote"][1] in CARDS
    assert "0% of the comments are in no theme" in result.method


def test_what_is_in_no_theme_or_group_is_said():
    result = effort.comments(hard([*DELIVERY, "zzz", "yyy", "xxx", "www", "vvv", "uuu"]))
    assert result.table["topic"].tolist() == ["delivery"]
    assert result.outside == 6 / 20
    assert "30% of the comments are in no theme or group" in result.method
    with language.speaking("nl"):
        assert "30%" in result.method


def test_a_theme_of_one_comment_is_left_out():
    result = effort.comments(hard([*DELIVERY, *SEARCH, "koortsachtige kortingscode"]))
    assert "price" not in set(result.table["topic"])
    assert result.outside == 1 / 23


def test_names_are_said_in_the_language_spoken():
    for spoken, name in {"en": "delivery", "nl": "bezorging"}.items():
        with language.speaking(spoken):
            result = effort.comments(hard(PLANTED))
            assert result.table["words"][0] == name
            assert name in result.headline
            assert all(name in said for said in (result.findings()[0].headline, result.findings()[0].action))


def test_mark_up_in_a_comment_stays_text():
    result = effort.comments(
        hard(["<script>alert('pakket')</script> te laat", "=1+1 <b>pakket</b> te laat"] * 12)
    )
    assert result.table["count"].tolist() == [24]
    assert "<script>" not in result._repr_html_()
    assert "&lt;script&gt;" in result._repr_html_()
    assert_says(result)


def test_nothing_heavy_is_loaded_where_themes_say_it_all():
    code = (
        "import sys; from csworkbook import effort; from csworkbook.shop import open_shop;"
        "effort.comments(open_shop().effort_survey); print('sklearn' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"


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
    frame = hard((PLANTED + CARDS + MUSIC) * 4)
    one, two = (effort.comments(frame, sample=60, seed=3) for _time in range(2))
    assert one.table["n"].unique().tolist() == [60]
    assert "A random sample of 60 out of 216" in one.method
    assert one.table.equals(two.table)
    assert "random sample" not in effort.comments(frame).method


@pytest.mark.parametrize("topics", [0, 1, 2])
def test_no_more_topics_than_asked_for(topics):
    table = effort.comments(hard(DELIVERY + CARDS + MUSIC), topics=topics).table
    assert table["topic"].str.startswith("topic").sum() == topics
    assert "delivery" in set(table["topic"])


def test_a_long_quote_is_cut():
    texts = [f"pakket {text} " + "heel erg vervelend " * 20 for text in DELIVERY[:12] + RETURNS * 2]
    assert effort.comments(hard(texts)).table["quote"].str.len().le(220).all()


def test_stop_words_and_words_of_feeling_name_no_topic():
    assert {"the", "and", "het", "een", "jammer", "volgende", "really", "shame"} <= set(stop_words())
    closing = [f"{text}, echt jammer, volgende keer kijk ik ergens anders" for text in CARDS + MUSIC]
    words = ", ".join(effort.comments(hard(closing)).table["words"]).split(", ")
    assert {"kaartje", "hamster"} <= set(words)
    assert not set(words) & set(stop_words())


def test_the_picture_shows_the_shares():
    result = effort.comments(hard(PLANTED))
    assert list(result.plot().data[0].x) == result.table["share"].tolist()


def test_words_and_quote_stay_as_typed_in_a_dutch_sentence():
    with language.speaking("nl"):
        result = effort.comments(hard(PLANTED))
        assert result.table["quote"][0] in result.text
