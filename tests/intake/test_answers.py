"""How much effort: words, scales, directions."""

import pandas as pd
import pytest

from csworkbook.intake import answers
from csworkbook.intake.answers import Scale, convert, direction, note, scale


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("Hardly any", 1), ("some effort", 2), ("FAR TOO MUCH", 3), ("Nauwelijks", 1), ("enige moeite", 2),
        ("Veel te veel moeite!", 3), ("géén moeite", 1), ("1 - nauwelijks", 1), ("3 = veel te veel", 3), ("2. some", 2),
        ("very easy", 1), ("zeer moeilijk", 3), ("niet makkelijk, niet moeilijk", 2), (2.0, 2), ("2,0", 2), (" 3 ", 3),
    ],
)  # fmt: skip
def test_words_and_numbers_on_three_points(said, answer):
    found = convert(pd.Series([said], dtype=object), Scale(3, ease=False))
    assert found.values.tolist() == [answer]


@pytest.mark.parametrize("said", ["4", "0", "-1", "2.5", "12", "zie onder", "blauw", "1-3"])
def test_what_is_no_answer_is_set_aside_not_guessed(said):
    found = convert(pd.Series(["1", said]), Scale(3, ease=False))
    assert found.bad.tolist() == [False, True]


@pytest.mark.parametrize("said", ["n.v.t.", "weet niet", "don't know", "-"])
def test_who_says_that_there_is_no_answer_gave_none(said):
    found = convert(pd.Series(["1", said]), Scale(3, ease=False))
    assert found.bad.tolist() == [False, False]
    assert found.values.isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("points", "ease", "expected"),
    [
        (7, True, [3, 3, 3, 2, 2, 1, 1]),
        (7, False, [1, 1, 2, 2, 3, 3, 3]),
        (5, True, [3, 3, 2, 1, 1]),
        (5, False, [1, 1, 2, 3, 3]),
        (3, True, [3, 2, 1]),
        (3, False, [1, 2, 3]),
    ],
)
def test_the_conversions(points, ease, expected):
    assert [Scale(points, ease).answer(number) for number in range(1, points + 1)] == expected
    assert Scale(points, ease).answer(0) is None
    assert Scale(points, ease).answer(points + 1) is None


@pytest.mark.parametrize(
    ("question", "way"),
    [
        ("The company made it easy for me to handle my issue", "ease"),
        ("How much effort did you personally have to put forth?", "effort"),
        ("Het bedrijf maakte het mij makkelijk", "ease"),
        ("Hoeveel moeite kostte het?", "effort"),
        ("Ging het moeiteloos?", "ease"),
        ("How easy or difficult was it?", ""),
        ("Kiezen", ""),
    ],
)
def test_the_question_tells_the_direction(question, way):
    assert direction(question) == way


def test_the_scale_is_that_of_all_questions_together():
    low, high = pd.Series(["1", "2", "3"] * 30), pd.Series(["5", "6", "7"] * 30)
    assert scale("How much effort", [low, high]) == Scale(7, ease=False)
    assert scale("How much effort", [low, low]) == Scale(3, ease=False)
    assert scale("Moeite (1 t/m 7)", [low, low]).points == 7
    assert scale("Makkelijk (1 = helemaal oneens, 5 = helemaal eens)", [low]).points == 5


def test_one_stray_number_does_not_turn_a_scale_of_three_into_seven():
    cells = pd.Series(["1", "2", "3"] * 100 + ["7"])
    found = scale("Moeite", [cells])
    assert found.points == 3
    assert convert(cells, found).bad.sum() == 1


def test_agreement_means_what_the_statement_says():
    said = pd.Series(["helemaal mee eens", "neutral", "Strongly disagree", "somewhat agree"])
    assert convert(said, Scale(7, ease=True)).values.tolist() == [1, 2, 3, 2]
    assert convert(said, Scale(7, ease=False)).values.tolist() == [3, 2, 1, 2]


def test_agreement_in_words_and_numbers_agree():
    words = [
        "strongly disagree",
        "disagree",
        "somewhat disagree",
        "neutral",
        "somewhat agree",
        "agree",
        "strongly agree",
    ]
    for ease in (True, False):
        same = convert(pd.Series([str(n) for n in range(1, 8)]), Scale(7, ease)).values
        said = convert(pd.Series(words), Scale(7, ease)).values
        # words have no seven steps on the side of much effort: 3 of 7 is "some" there, and somewhat disagree is "hardly any"
        differing = [] if ease else ["somewhat disagree", "somewhat agree"]
        assert [word for word, one, two in zip(words, same, said, strict=True) if one != two] == differing


def test_the_conversion_is_stated():
    assert note(Scale(7, ease=True), False).endswith("6–7 hardly any, 4–5 some, 1–3 far too much effort.")
    assert note(Scale(5, ease=False), False).endswith("1–2 hardly any, 3 some, 4–5 far too much effort.")
    assert note(Scale(3, ease=False), False) == ""
    assert "do not tell" in note(Scale(7, ease=False, told=False), False)
    assert note(Scale(7, ease=True), True) == ""


def test_vague_words_alone_are_no_survey():
    assert answers.is_vague("Low")
    assert not answers.is_vague("hardly any")
