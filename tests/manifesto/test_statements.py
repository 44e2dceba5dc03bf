"""The statements and their prompts: complete in both languages, from the right section, short enough."""

import re

import pytest

from csworkbook import language
from csworkbook.errors import SettingError
from csworkbook.language import speaking
from csworkbook.manifesto import draft, statements, wording
from csworkbook.manifesto.promise import Promise

BOTH = pytest.mark.parametrize("spoken", ["en", "nl"])


@BOTH
def test_the_handbook_asks_for_six_statements_in_three_steps(spoken):
    found = statements.parts(spoken)
    assert [(part.id, part.step) for part in found.values()] == [
        ("brand", "brand"),
        ("price", "value"),
        ("product", "value"),
        ("service", "value"),
        ("delivery", "value"),
        ("ambition", "ambition"),
    ]
    assert {part.section for part in found.values()} == {"2.2"}


@BOTH
def test_every_part_helps_to_write(spoken):
    found = statements.parts(spoken)
    assert len(found["brand"].questions) == 3
    assert len(found["ambition"].directions) == 6
    for part in found.values():
        assert part.title
        assert part.heading
        assert part.ask.endswith(("?", "."))
        assert all(question.strip() for question in part.questions)
        assert statements.gaps(part.frame) >= 1
        assert wording.count(part.frame) < 12


def test_both_languages_say_the_same_things_in_other_words():
    english, dutch = statements.parts("en"), statements.parts("nl")
    for name in statements.PARTS:
        assert len(english[name].questions) == len(dutch[name].questions)
        assert len(english[name].directions) == len(dutch[name].directions)
        assert statements.gaps(english[name].frame) == statements.gaps(dutch[name].frame)
        assert english[name].ask != dutch[name].ask


def test_the_dutch_is_informal():
    text = " ".join(
        " ".join((part.ask, part.frame, *part.questions, *part.directions))
        for part in statements.parts("nl").values()
    )
    text += " ".join(statements.example("nl")["statements"].values())
    assert not re.search(r"\b(u|uw)\b", text, re.IGNORECASE)


def test_the_language_is_that_of_the_page_unless_asked():
    with speaking("nl"):
        assert statements.parts()["price"].title == "Prijs"
        assert statements.parts("en")["price"].title == "Price"
        assert statements.published()["promises"] == "Dit beloven we je"


@pytest.mark.parametrize("read", [statements.parts, statements.example, statements.published])
def test_another_language_is_an_error(read):
    with pytest.raises(SettingError, match="“fr” is not a language"):
        read("fr")


@pytest.mark.parametrize(
    ("text", "gaps"),
    [
        ("At Kade 9 we are convinced that … That is why we …", 2),
        ("… is with you", 1),
        ("Sent today, or …. Really, …, yes", 2),
        ("And so on…", 0),
        ("and … so", 1),
        ("", 0),
        ("three dots ... are no gap", 0),
    ],
)
def test_gaps_stand_alone(text, gaps):
    assert statements.gaps(text) == gaps


def test_a_frame_has_the_name_of_the_shop_in_it():
    brand = statements.parts("nl")["brand"]
    assert brand.framed("Kade 9").startswith("Bij Kade 9 vinden")
    assert brand.framed("").startswith("Bij … vinden")
    assert brand.framed("{shop}") == brand.frame


@BOTH
def test_the_example_keeps_to_its_own_rules(spoken):
    example = draft.example(spoken)
    assert set(example.statements) == set(statements.PARTS)
    assert all(0 < wording.count(text) <= 50 for text in example.statements.values())
    assert all(statements.gaps(text) == 0 for text in example.statements.values())
    assert 1 <= len(example.strongest) <= 2
    assert "Merel & Mos" in example.text("brand")
    assert [Promise.of(one).document() for one in example.promises]
    assert example.spoken == spoken
    assert language.current() == "en"
