"""Which table, which column: by name in two languages, by the cells where names do not tell."""

import pytest

from csworkbook import intake
from csworkbook.errors import DataError, SettingError
from csworkbook.tables import TABLES

EFFORT = ["nauwelijks", "enige", "veel te veel", "nauwelijks"]


def csv(**columns) -> bytes:
    lines = [";".join(columns), *(";".join(map(str, row)) for row in zip(*columns.values(), strict=True))]
    return "\n".join(lines).encode()


def table(header: list[str], *columns: list) -> bytes:
    return "\n".join(
        ["\t".join(header), *("\t".join(map(str, row)) for row in zip(*columns, strict=True))]
    ).encode()


DATES = ["01-02-2024", "02-02-2024", "13-02-2024", "14-02-2024"]


@pytest.mark.parametrize(
    ("choosing", "buying", "after"),
    [
        ("choosing", "buying", "after"),
        ("Kiezen", "Kopen", "Na aankoop"),
        ("Before purchase", "During purchase", "After purchase"),
        ("Voor de aankoop", "Tijdens de aankoop", "Na de aankoop"),
        (
            "How much effort did it take to find what you wanted to buy?",
            "How much effort did ordering and paying take?",
            "How much effort did it take to get help after your order?",
        ),
        (
            "Hoeveel moeite kostte het om een keuze te maken?",
            "Hoeveel moeite kostte het om af te rekenen?",
            "Hoeveel moeite kostte de levering of een retour?",
        ),
        ("Q1 Effort - Choice", "Q2 Effort - Checkout", "Q3 Effort - Delivery and returns"),
        ("Moeite_kiezen", "Moeite_bestellen", "Moeite_nadien"),
    ],
)
@pytest.mark.parametrize("cells", [EFFORT, [1, 2, 3, 1]])
def test_the_three_questions_in_any_order(choosing, buying, after, cells):
    found = intake.read(table([after, "Datum", choosing, buying], cells, DATES, cells[::-1], cells))
    assert found.mapping == {after: "after", "Datum": "answered_at", choosing: "choosing", buying: "buying"}


def test_three_questions_that_do_not_tell_are_taken_in_order_with_low_confidence():
    found = intake.read(table(["When", "A", "B", "C"], DATES, EFFORT, EFFORT[::-1], EFFORT))
    assert found.mapping == {"When": "answered_at", "A": "choosing", "B": "buying", "C": "after"}
    assert found.confidence <= 0.6
    assert "by its place" in found.columns[1].note


def test_the_one_question_of_a_customer_effort_score_goes_to_after():
    question = "The company made it easy for me to handle my issue"
    found = intake.read(table(["Date", question], DATES, [7, 6, 4, 1]))
    assert found.mapping[question] == "after"
    assert found.frame["after"].tolist() == [1, 1, 2, 3]
    assert found.frame["choosing"].isna().all()
    assert any("scale of 1 to 7" in note for note in found.notes)
    assert any("“effort: choosing”" in note for note in found.notes)


def test_satisfaction_and_recommendation_are_no_effort():
    header = [
        "Datum",
        "Kiezen",
        "Kopen",
        "Na aankoop",
        "Hoe tevreden ben je over de levering?",
        "Zou je ons aanbevelen? (0-10)",
    ]
    found = intake.read(table(header, DATES, EFFORT, EFFORT, EFFORT, [5, 4, 3, 1], [10, 9, 0, 7]))
    assert found.mapping[header[4]] not in ("choosing", "buying", "after")
    assert found.mapping[header[5]] == "recommend"
    assert found.frame["recommend"].tolist() == [10, 9, 0, 7]


def test_segments_keep_a_tidy_name_and_ids_and_long_text_do_not_become_one():
    header = [
        "Datum",
        "Kiezen",
        "Kopen",
        "Na",
        "Apparaat",
        "Klanttype",
        "Regio NL",
        "Response ID",
        "Nr",
        "Verhaal",
    ]
    long = ["een heel verhaal over de bestelling nummer " + word for word in ("een", "twee", "drie", "vier")]
    cells = (
        DATES,
        EFFORT,
        EFFORT,
        EFFORT,
        ["m", "d", "m", "d"],
        ["nieuw"] * 4,
        ["N", "N", "Z", "Z"],
        [1, 2, 3, 4],
        [1, 2, 3, 4],
        long,
    )
    found = intake.read(table(header, *cells))
    kept = {
        header: column for header, column in found.mapping.items() if column not in TABLES["effort_survey"]
    }
    assert kept == {
        "Apparaat": "device",
        "Klanttype": "customer_type",
        "Regio NL": "regio_nl",
        "Response ID": None,
        "Nr": None,
    }
    assert found.mapping["Verhaal"] == "comment"


def test_several_comments_are_joined():
    header = ["Datum", "Kiezen", "Opmerking kiezen", "Opmerking na"]
    found = intake.read(table(header, DATES, EFFORT, ["a", "", "c", ""], ["", "b", "d", ""]))
    assert found.frame["comment"].fillna("").tolist() == ["a", "b", "c\nd", ""]


def test_the_end_date_goes_before_the_start_date():
    found = intake.read(
        table(["Start Date", "End Date", "choosing", "buying", "after"], DATES, DATES, EFFORT, EFFORT, EFFORT)
    )
    assert found.mapping["End Date"] == "answered_at"
    assert found.mapping["Start Date"] is None


@pytest.mark.parametrize(
    ("name", "header", "row"),
    [
        (
            "orders",
            "Ordernummer;Klantnummer;Besteldatum;Omzet;Korting;Kanaal",
            "1001;K7;13-02-2024;1.234,50;0,00;ads",
        ),
        ("order_lines", "order_id;sku;quantity;price;category", "1001;A-1;2;9,95;bed"),
        (
            "returns",
            "Ordernummer;Artikelnummer;Retourdatum;Reden;Bedrag",
            "1001;A-1;20-02-2024;te klein;9,95",
        ),
        (
            "contacts",
            "Ticket ID;Klantnummer;Aangemaakt op;Kanaal;Onderwerp;Behandeltijd;Medewerker",
            "77;K7;14-02-2024 09:30;chat;levering;12,5;a1",
        ),
        (
            "messages",
            "ticket_id;sent_at;sender;text",
            "77;2024-02-14T09:30:00Z;klant;Waar blijft mijn pakket?",
        ),
        (
            "events",
            "visitor_id;timestamp;event_name;session_id;device",
            "v1;2024-02-14 09:30:00;cart;s1;mobile",
        ),
        ("service_survey", "respondent_id;role;item;expectation;perception", "r1;klant;22;7;5"),
        ("perception", "rol;superieur", "bedrijf;ja"),
        ("channel_costs", "maand;kanaal;uren;uurkosten", "01-02-2024;chat;120,5;31,00"),
        ("reviews", "review_id;datum;sterren;tekst", "r9;14-02-2024;5;Fijn dekbed"),
        ("products", "product_id;naam;categorie;op voorraad", "A-1;Dekbed;bed;ja"),
    ],
)
def test_every_canonical_table_by_its_column_names(name, header, row):
    found = intake.read(f"{header}\n{row}\n".encode())
    assert found.table == name
    assert (found.read, found.used) == (1, 1)
    assert set(TABLES[name].required) <= set(found.frame.columns)
    assert None not in [column for head, column in found.mapping.items() if head not in ("session_id",)]


def test_a_named_table_that_is_not_there_says_what_is_missing():
    with pytest.raises(DataError, match=r"lacks columns for the table “reviews”: “") as error:
        intake.read(csv(datum=["1-2-2024"], tekst=["goed"]), table="reviews")
    assert "“datum”, “tekst”" in str(error.value)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"table": "ordres"}, "“ordres” is not a table"),
        ({"zone": "Europe/Adam"}, "“Europe/Adam” is not a time zone"),
        ({"mapping": {"Prijs": "comment"}}, "The file has no column “Prijs”"),
        (
            {"mapping": {"Kiezen": "choosing", "Kopen": "choosing"}},
            "Two columns of the file are mapped to “choosing”",
        ),
        (
            {"mapping": {"Kiezen": "colour"}, "table": "orders"},
            "“colour” is not a column of the table orders",
        ),
    ],
)
def test_settings_that_cannot_be(survey, options, said):
    with pytest.raises(SettingError, match=said):
        intake.read(survey(), **options)


def test_the_users_mapping_stands(survey):
    told = {"Kiezen": "after", "Na aankoop": "choosing", "Opmerking": "Mijn groep"}
    found = intake.read(survey(), mapping=told)
    assert found.mapping == {
        "Datum": "answered_at",
        "Kiezen": "after",
        "Kopen": "buying",
        "Na aankoop": "choosing",
        "Opmerking": "mijn_groep",
    }
    assert found.frame["choosing"].tolist() == [3, 3]
    assert intake.read(survey(), mapping={"Opmerking": None}).mapping["Opmerking"] is None
    assert found.columns[1].note == "chosen by you"


def test_a_mapping_helps_a_file_that_was_not_recognised():
    data = table(["t", "p", "q", "r"], DATES, [1, 2, 3, 1], [1, 1, 2, 2], [3, 3, 3, 3])
    with pytest.raises(DataError):
        intake.read(data)
    found = intake.read(data, mapping={"t": "answered_at", "p": "choosing", "q": "buying", "r": "after"})
    assert found.frame["after"].tolist() == [3] * 4


def test_the_fingerprint_is_of_the_headers_only(survey):
    one = intake.read(survey())
    assert one.fingerprint == intake.read(survey("05-02-2024;1;1;1;x")).fingerprint
    assert (
        one.fingerprint == intake.read(survey(header="DATUM;kiezen;Kopen;Na_aankoop;Opmerking")).fingerprint
    )
    assert (
        one.fingerprint != intake.read(survey(header="Datum;Kiezen;Kopen;Na aankoop;Toelichting")).fingerprint
    )


CALLS = ["Gesprek-ID", "Datum", "Wachttijd (sec)", "Onderwerp", "Status"]


@pytest.mark.parametrize(
    ("ends", "given_up"),
    [
        (["Opgehangen", "Beantwoord", "Beantwoord", "Opgehangen"], [True, False, False, True]),
        (["Answered", "Missed call", "Voicemail", "Answered"], [False, True, None, False]),
        (["Open", "Gesloten", "Open", "Gesloten"], None),  # of a ticket: not how a call ended
        (["Beantwoord"] * 4, None),  # nobody gave up, or this column does not tell it
    ],
)
def test_who_gave_up_is_told_by_the_words_of_a_phone_system(ends, given_up):
    waits = ["12", "30", "7", "55"]
    numbers = ["g1", "g2", "g3", "g4"]
    found = intake.read(table(CALLS, numbers, DATES, waits, ["retour"] * 4, ends), filename="belcentrale.tsv")
    assert found.table == "contacts"
    assert found.mapping["Status"] == ("abandoned" if given_up else None)
    if given_up:
        assert (
            found.frame["abandoned"].astype(object).where(found.frame["abandoned"].notna(), None).tolist()
            == given_up
        )


def test_a_ticket_without_an_answer_was_not_given_up():
    header = ["Ticket", "Datum", "Onderwerp", "Status"]
    ends = ["Beantwoord", "Onbeantwoord", "Beantwoord", "Onbeantwoord"]
    found = intake.read(table(header, ["t1", "t2", "t3", "t4"], DATES, ["retour"] * 4, ends))
    assert found.mapping["Status"] is None
