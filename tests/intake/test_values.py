"""Numbers, yes and no, words: strict, and decided by the whole column."""

import pandas as pd
import pytest

from csworkbook.intake import values
from csworkbook.language import speaking


def read(*cells, parse=values.number):
    parsed = parse(pd.Series(list(cells), dtype=object))
    return [None if pd.isna(value) else value for value in parsed.values], parsed.bad.tolist()


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["1.234,50", "12,00", "-3"], [1234.5, 12, -3]),
        (["1,234.50", "12.00", "-3"], [1234.5, 12, -3]),
        (["2.000", "1.250"], [2000, 1250]),  # no sign of a decimal comma, but money has no three decimals
        (["2,000", "1,250"], [2000, 1250]),
        (["2.000", "1.5"], [2, 1.5]),  # the column has decimal points, so 2.000 is two
        (["2.000", "1,5"], [2000, 1.5]),
        (["€ 12,50", "EUR 1.000,00", "$3,00"], [12.5, 1000, 3]),
        (["12,-", "1.234,-"], [12, 1234]),
        (["(12,50)", "12,50-", "−3,00"], [-12.5, -12.5, -3]),
        (["12,5%", "100 %"], [0.125, 1]),
        (["1\u00a0234,50", "1 234,50", "1'234,50"], [1234.5, 1234.5, 1234.5]),
        ([1.5, 2, "3,5"], [1.5, 2, 3.5]),
        (["", None, " "], [None, None, None]),
    ],
)
def test_numbers(cells, numbers):
    assert read(*cells)[0] == pytest.approx(numbers)
    assert not any(read(*cells)[1])


@pytest.mark.parametrize(
    "cell", ["1.5", "12.34.5", "1.23,4", "abc", "1,2,3", "--3", "1e5", "٣", "0x10", "nan", "inf", "1_000"]
)
def test_what_is_no_number_in_a_column_with_decimal_commas(cell):
    found, bad = read("1,50", "2.345,60", "3,25", cell)
    assert found == [1.5, 2345.6, 3.25, None]
    assert bad == [False, False, False, True]


def test_what_was_assumed_is_said_in_the_users_language():
    column = pd.Series(["2.000", "3.000"])
    assert "parts the thousands" in values.number(column).note
    with speaking("nl"):
        assert values.number(column).note


def test_whole_numbers():
    assert read("7", "10 - heel waarschijnlijk", "0 (zeker niet)", parse=values.whole)[0] == [7, 10, 0]
    assert read("1.000", "12", parse=values.whole)[0] == [1000, 12]
    assert read("7", "8,5", parse=values.whole) == ([7, None], [False, True])
    assert read(8.0, 7.5, parse=values.whole) == ([8, None], [False, True])


def test_yes_and_no():
    said = ["Ja", "nee", "YES", "no", True, 0, "n.v.t.", "misschien", "Nee, nooit meer", "zeker wel"]
    assert read(*said, parse=values.flag)[0] == [
        True,
        False,
        True,
        False,
        True,
        False,
        None,
        None,
        False,
        True,
    ]
    assert read("ja", "paars", parse=values.flag)[1] == [False, True]


def test_how_a_call_ended():
    said = ["Opgehangen", "Beantwoord", "missed call", "Answered", "Voicemail", "ja", "0", ""]
    assert read(*said, parse=values.outcome)[0] == [True, False, True, False, None, True, False, None]
    assert read("beantwoord", "paars", parse=values.outcome)[1] == [False, True]


def test_words_with_synonyms():
    found = values.word(pd.Series(["Klant", "medewerker", "robot"]), "sender", ("customer", "agent"))
    assert found.values.tolist()[:2] == ["customer", "agent"]
    assert found.bad.tolist() == [False, False, True]


def test_keys_keep_their_zeros_and_lose_the_spreadsheets_apostrophe():
    assert values.key(pd.Series(["007", "'8500000000101", " x "])).values.tolist() == [
        "007",
        "8500000000101",
        "x",
    ]
    assert values.key(pd.Series([15.0, 16], dtype=object)).values.tolist() == ["15", "16"]
