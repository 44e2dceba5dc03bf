"""Words as a reader counts them; every count here was made by hand."""

import pytest

from csworkbook.manifesto import wording


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("", 0),
        ("   \n\t ", 0),
        ("één", 1),
        ("We bakken brood.", 3),
        ("e-mail", 1),
        ("24/7 bereikbaar", 2),
        ("50", 1),
        ("binnen 1 à 2 dagen", 5),
        ("snel – echt waar", 3),
        ("snel - echt waar", 3),
        ("snel—echt", 1),
        ("😀", 0),
        ("Hallo 😀 daar 👨‍👩‍👧‍👦!", 2),
        ("Hallo😀", 1),
        ("’s avonds", 2),
        ("café’s, zo'n 100%", 3),
        ("“Zo”, zei ze (lachend).", 4),
        ("€ 3,95", 1),
        ("€3,95", 1),
        ("www.kade9.nl", 1),
        ("eerste\n\ntweede\r\nderde", 3),
        ("a\u00a0b\u2009c\u3000d", 4),
        ("… & * + … ?!", 0),
        ("cafe\u0301", 1),
        ("\u0301", 0),
        ("①", 1),
        ("日本語 です", 2),
        ("a\u200bb", 1),
    ],
)
def test_pieces_with_a_letter_or_digit_are_words(text, n):
    assert wording.count(text) == n


def test_the_limit_is_the_handbooks():
    assert wording.limit() == 50


def test_the_limit_warns_from_the_next_word_on_and_cuts_nothing():
    fifty = " ".join(["woord"] * 50)
    assert wording.too_many(fifty) == 0
    assert wording.too_many(f"{fifty} – 😀") == 0
    assert wording.too_many(f"{fifty} meer en nog meer") == 4
    assert wording.words(f"{fifty} meer")[-1] == "meer"
