"""Two languages: nothing missing, nothing stale, numbers as people write them."""

import re
from datetime import date

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from csworkbook import language
from csworkbook.errors import SettingError

PO = language.LOCALE_FOLDER / "nl" / "LC_MESSAGES" / "csworkbook.po"


@pytest.fixture(scope="module")
def dutch():
    return read_po(PO.open("rb"), locale="nl")


def first(message):
    return message.id if isinstance(message.id, str) else message.id[0]


def ids(catalogue):
    return {first(message) for message in catalogue if message.id}


def strings(message):
    return tuple(message.string) if isinstance(message.string, (tuple, list)) else (message.string,)


def test_every_message_of_the_code_is_in_the_dutch_catalogue_and_no_other(dutch):
    assert ids(language.extract()) == ids(dutch)


def test_every_message_is_translated(dutch):
    assert [m.id for m in dutch if m.id and (not all(strings(m)) or m.fuzzy)] == []


def test_the_compiled_catalogue_is_that_of_the_text(dutch):
    compiled = read_mo(PO.with_suffix(".mo").open("rb"))
    told = [{first(m): tuple(strings(m)) for m in catalogue if m.id} for catalogue in (compiled, dutch)]
    assert told[0] == told[1]


def test_translations_keep_the_places_for_values(dutch):
    def places(text):
        return set(re.findall(r"(?<!\{)\{(\w+)[^{}]*\}(?!\})", text))

    for message in dutch:
        if message.id:
            source = message.id if isinstance(message.id, str) else message.id[1]
            for text in strings(message):
                assert places(text) <= places(source), message.id
            assert set().union(*map(places, strings(message))) == places(source), message.id


def test_dutch_addresses_people_as_je(dutch):
    formal = re.compile(r"\b(u|uw)\b", re.I)
    assert [m.string for m in dutch if any(formal.search(text) for text in strings(m))] == []


@pytest.mark.parametrize(
    ("spoken", "expected"),
    [
        ("nl", ["1.234,5", "27,4%", "€ 1.235", "22 november 2026"]),
        ("en", ["1,234.5", "27.4%", "€1,235", "22 November 2026"]),
    ],
)
def test_numbers_money_and_dates(spoken, expected):
    with language.speaking(spoken):
        said = [
            language.number(1234.5, 1),
            language.percent(0.274, 1),
            language.money(1234.6),
            language.day(date(2026, 11, 22)),
        ]
    assert [text.replace("\u00a0", " ") for text in said] == expected


def test_nothing_is_written_as_a_dash():
    assert [language.number(None), language.percent(float("nan")), language.money(None)] == ["–"] * 3


def test_speaking_is_over_after_the_block():
    with language.speaking("nl"):
        assert language.current() == "nl"
    assert language.current() == "en"


def test_an_unknown_language_is_refused():
    with pytest.raises(SettingError, match="fr"):
        language.use("fr")


def test_no_amount_is_less_than_nothing_by_rounding():
    assert language.money(-0.4) == "€0"
    assert language.money(-0.4, decimals=2) == "-€0.40"
