"""What a file does not tell is asked, and what the owner says is used, also for the next file of that shape."""

import pytest

from csworkbook import intake, shop
from csworkbook.intake import Choices


def csv(text):
    return text.strip().replace("    ", "").encode()


def question(found, kind):
    (asked,) = [one for one in found.questions if one.kind == kind]
    return asked


DATES = csv("""
    Ordernummer;Klantnummer;Besteldatum;Totaal
    1;a;03-04-2025;10,00
    2;b;02-04-2025;20,00
    3;a;05-04-2025;30,00
""")


def test_dates_that_can_be_read_two_ways_are_asked_about():
    found = intake.read(DATES)
    asked = question(found, "date")
    assert (asked.header, asked.chosen, [value for _label, value in asked.options]) == (
        "Besteldatum",
        "day",
        ["day", "month"],
    )
    assert [label for label, _value in asked.options] == ["3 April 2025", "4 March 2025"]
    assert found.frame["ordered_at"].dt.month.tolist() == [4, 4, 4]
    again = intake.read(DATES, choices=found.choices.answered(asked, "month"))
    assert again.frame["ordered_at"].dt.month.tolist() == [3, 2, 5]
    assert again.frame["ordered_at"].dt.day.tolist() == [4, 4, 4]


def test_one_telling_date_answers_for_the_whole_column():
    found = intake.read(DATES.replace(b"05-04", b"25-04"))
    assert found.questions == ()
    assert found.frame["ordered_at"].dt.month.tolist() == [4, 4, 4]


SCALE = csv("""
    Datum;Kiezen;Kopen;Na aankoop
    13-01-2025;5;1;4
    14-01-2025;4;2;5
    15-01-2025;1;5;2
""")


def test_a_scale_without_a_direction_is_asked_about_and_can_be_turned():
    found = intake.read(SCALE)
    asked = question(found, "scale")
    assert found.frame["choosing"].tolist() == [3, 3, 1]
    turned = intake.read(SCALE, choices=Choices().answered(asked, "ease"))
    assert turned.frame["choosing"].tolist() == [1, 1, 3]
    assert turned.questions == ()


def test_words_that_stand_for_nothing_known_can_be_explained():
    data = csv("""
        ticket_id;sent_at;sender;text
        1;2025-01-13 10:00;klant;Waar blijft het?
        1;2025-01-13 10:05;Robbie;Onderweg
        2;2025-01-14 10:00;klant;Dank
    """)
    found = next(one for one in intake.read_all(data) if one.table == "messages")
    asked = question(found, "word")
    assert (asked.header, asked.cell, found.used, len(found.aside)) == ("sender", "Robbie", 2, 1)
    told = intake.read(data, table="messages", choices=Choices().answered(asked, "agent"))
    assert told.frame["sender"].tolist() == ["customer", "agent", "customer"]
    assert [one for one in told.questions if one.kind == "word"] == []


@pytest.mark.parametrize(
    ("name", "guess"), [("chatgesprekken.csv", "chat"), ("belcentrale.csv", "phone"), ("lijst.csv", "other")]
)
def test_a_channel_that_no_column_tells_is_guessed_from_the_file_and_asked(name, guess):
    data = csv("""
        Nummer;Datum;Klantnummer;Onderwerp;Medewerker
        1;13-01-2025 10:00;a;levering;Sanne
        2;14-01-2025 11:00;b;retour;Bram
    """)
    found = intake.read(data, filename=name)
    asked = question(found, "fixed")
    assert (found.table, asked.chosen, found.frame["channel"].tolist()) == ("contacts", guess, [guess] * 2)
    told = intake.read(data, filename=name, choices=Choices().answered(asked, "email"))
    assert told.frame["channel"].tolist() == ["email"] * 2


def test_a_column_known_by_its_cells_only_is_asked_about():
    data = csv("""
        Ordernummer;Klantnummer;Besteldatum;xyz
        1;a;13-04-2025;€ 10,00
        2;b;14-04-2025;€ 20,50
    """)
    asked = question(intake.read(data), "column")
    assert (asked.header, asked.chosen) == ("xyz", "revenue")
    assert "€ 10,00" in asked.examples


def test_what_the_owner_said_holds_for_the_next_file_of_that_shape(tmp_path):
    own = shop.new_shop(tmp_path / "own", name="x")
    (found,) = own.read(DATES)
    (told,) = own.read(DATES, choices=found.choices.answered(question(found, "date"), "month"))
    own.add(told)
    own.remember(told)
    (later,) = shop.open_shop(own.folder).read(DATES.replace(b"\n1;", b"\n9;"))
    assert later.frame["ordered_at"].dt.month.tolist() == [3, 2, 5]
    assert later.questions == ()


def test_choices_survive_json():
    import json

    said = Choices("orders", {"A": None}, {"B": "day"}, "ease", {"C": {"x": "agent"}}, {"channel": "chat"})
    assert Choices.of(json.loads(json.dumps(said.document()))) == said
