"""Who somebody is stays out."""

import hmac
import time

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csworkbook import intake
from csworkbook.intake import personal

KEY = b"a secret of 32 bytes, more or less"


MASKED = [
    ("mail jan.de-vries+x@winkel.example.nl!", "mail [e-mail]!"),
    ("'jan@example.com'", "[e-mail]'"),
    ("bel 06-12345678 of +31 6 1234 5678.", "bel [phone] of [phone]."),
    ("0031 612345678 (020) 123 45 67", "[phone] [phone]"),
    ("Mijn nummer is 0612345678, bel gerust", "Mijn nummer is [phone], bel gerust"),
    ("tel: 020-1234567/06-12345678", "tel: [phone]/[phone]"),
    ("Gelieve te bellen op 0470 12 34 56 of 03/123.45.67", "Gelieve te bellen op [phone] of [phone]"),
    ("My number is +44 20 7946 0958.", "My number is [phone]."),
    ("Call me at 555 0123 456 tomorrow", "Call me at [phone] tomorrow"),
    ("bestelling 10234 06-12345678 2 stuks", "bestelling 10234 [phone] 2 stuks"),
    ("NL91 ABNA 0417 1643 00 graag", "[IBAN] graag"),
    ("NL91ABNA0417164300", "[IBAN]"),
    ("terug op BE68 5390 0754 7034 dank", "terug op [IBAN] dank"),
    ("rekening de89370400440532013000.", "rekening [IBAN]."),
    ("Sent from 192.0.2.17 yesterday", "Sent from [IP] yesterday"),
    ("inlog vanaf 2001:db8:85a3::8a2e:370:7334 mislukt", "inlog vanaf [IP] mislukt"),
    ("Ik woon op Kerkstraat 12-a in Utrecht", "Ik woon op [address] in Utrecht"),
    ("Stuur naar Kerkstraat 12, 1234 AB Utrecht graag", "Stuur naar [address] graag"),
    ("Kan het naar de Van der Helststraat 5 hs?", "Kan het naar de [address]?"),
    ("Burgemeester de Vlugtlaan 31 klopt niet", "[address] klopt niet"),
    ("verkeerd adres: kerkstraat 12", "verkeerd adres: [address]"),
    ("Mijn postcode is 1234 AB", "Mijn postcode is [address]"),
    ("adres is 1234ab 12", "adres is [address] 12"),
    ("1234 AB Den Haag", "[address]"),
    ("Postbus 1234, 3500 AB Utrecht", "[address]"),
    ("Bezorgen op Lindehof 8 lukt niet", "Bezorgen op [address] lukt niet"),
    (
        "Meir 12, 2000 Antwerpen was dicht; Veldstraat 3 bus 4, 9000 Gent ook",
        "Meir 12, 2000 Antwerpen was dicht; [address] ook",
    ),
    ("Hauptstraße 12, 10115 Berlin", "[address]"),
    ("I live at 12 Main Street, London SW1A 1AA.", "I live at [address]."),
    ("rue de la Loi 16, 1000 Bruxelles", "[address]"),
    ("Met vriendelijke groet,\nJan", "Met vriendelijke groet,\n[name]"),
    ("Graag reactie. Groeten, Jan de Vries", "Graag reactie. Groeten, [name]"),
    ("Groetjes Sanne", "Groetjes [name]"),
    ("groetjes sanne", "groetjes [name]"),
    ("mvg piet jansen", "mvg [name]"),
    ("Groeten Jan en Marie", "Groeten [name]"),
    ("Kind regards, Jane Doe\nSales", "Kind regards, [name]\nSales"),
    ("Thanks,\nPeter", "Thanks,\n[name]"),
    ("Hartelijk dank, Willem-Jan", "Hartelijk dank, [name]"),
    ("Mijn naam is Jan de Vries en ik wil ruilen", "Mijn naam is [name] en ik wil ruilen"),
    ("mijn naam is jan de vries en ik wil ruilen", "mijn naam is [name] en ik wil ruilen"),
    ("My name is Jane O'Neill.", "My name is [name]."),
    ("Hello, I'm Jane Doe and I ordered", "Hello, I'm [name] and I ordered"),
    ("Beste Jan,\nDank", "Beste [name],\nDank"),
    ("Hoi Sanne, waar blijft het?", "Hoi [name], waar blijft het?"),
    ("Hi Peter\nthanks", "Hi [name]\nthanks"),
    ("Dear Mr. Smith, I am", "Dear Mr. [name], I am"),
    ("Geachte mevrouw de Vries, uw", "Geachte mevrouw [name], uw"),
    ("Ik sprak met mevrouw Jansen aan de telefoon", "Ik sprak met mevrouw [name] aan de telefoon"),
    ("Bedankt Sanne voor je hulp!", "Bedankt [name] voor je hulp!"),
    ("Naam: Jan Jansen\nE-mail: jan@example.nl", "Naam: [name]\nE-mail: [e-mail]"),
    ("Pakket t.n.v. J. Jansen", "Pakket t.n.v. [name]"),
    ("Top!<br>Groeten,<br>Jan", "Top!<br>Groeten,<br>[name]"),
    (
        "Met vriendelijke groet, Sanne van de klantenservice",
        "Met vriendelijke groet, [name] van de klantenservice",
    ),
    ("06.12.34.56.78 of 06 - 12 34 56 78", "[phone] of [phone]"),
    ("+31(0)6-12 34 56 78 of +32 (0)470 12 34 56", "[phone] of [phone]"),
    ("hoi petra,\nwaar is het?", "hoi [name],\nwaar is het?"),
    ("Ik heb dhr. P. van den Heuvel gesproken", "Ik heb dhr. [name] gesproken"),
    ("Ship to 4 Elm St, please", "Ship to [address], please"),
    ("Fijne dag nog, Ilse", "Fijne dag nog, [name]"),
    ("ik woon op Achterpad 9, vandaar", "ik woon op [address], vandaar"),
]
STAYS = [
    "order 204117 van 12-03-2024 kostte 1.234,50",
    "op 03-04-2024 of 04/05/2024 10:30 besteld",
    "pakket 3SABCD123456789 kwam om 10:30",
    "<b>b@x</b>",
    "3 stuks @ 2,50 of 3@2.50",
    "Mijn bestelling #10234 is niet binnen",
    "bestelnummer 2024-00012345",
    "bestelling 1234 AB",
    "ordernummer: 4321 CD graag omruilen",
    "EAN 8712345678906 en ISBN 0201633612",
    "Track & trace 3SABCD1234567 en JVGL06123456789012345",
    "DPD 05212345678901 is zoek",
    "factuur 0123456789 klopt niet",
    "artikel 0012345678 besteld",
    "maat 38, 90x200, 1,80 m en 2 x 45 cm",
    "een SSD van 1500 GB en 2000 MB/s",
    "blikje van 1500 ML kostte € 1234,50",
    "tussen 09:00-17:00 en op 1-2-2024 13:45",
    "versie 2.1.0.4 van de app",
    "1.234.567.890 keer gezien om 10:30:00",
    "MAC 00:1A:2B:3C:4D:5E",
    "Het pakket is al onderweg 3 dagen",
    "De prijs steeg 10 euro",
    "Beste klantenservice, waar blijft mijn pakket?",
    "Beste Bol.com,\nwaar is het?",
    "Beste heer/mevrouw,",
    "Hallo allemaal, dank",
    "Hi there, I have a question",
    "Dear customer service, please help",
    "Beste koop ooit!",
    "Dag Ik heb een vraag",
    "Bedankt voor de snelle levering",
    "Thanks for nothing",
    "Bedankt PostNL!",
    "Groeten uit Zeeland",
    "groetjes en een fijne dag",
    "Met vriendelijke groet, Klantenservice Webshop",
    "Kind regards, The Customer Service Team",
    "mevrouw aan de telefoon was aardig",
    "Dear Sir or Madam,",
    "mijn naam is verkeerd gespeld",
    "The name is printed wrong, it is called Blue Ocean",
    "De productnaam: Tafel Oslo",
    "200 gr Boter en 100 gr suiker",
    "Ik ben Nederlander en tevreden",
    "I am Very Happy",
    "Rotterdam 2024 was leuk",
    "Kerst 2024 NL uitgave",
    "model 1080 HD, type 2000 XL",
    "beste prijs, snelle levering",
    "Ik wacht sinds 2023 op 12 stoelen",
    "saldo 0,95 1,20 en -12,50",
    "Tussen 1000 en 2000 mensen",
    "iPhone 15 Pro 256 GB voor 1099 EU",
    "Bestel nr 1000234567 en klantnr 20012345",
    "Samsung Galaxy S24 Ultra",
    "tel de dagen: 12345678 dus",
    "NL12 ABCD 1234 5678 90 is geen rekening",
    "pakket stond bij de buren op nummer 12",
    "Ik had op 12 maart 2024 1234 punten",
    "ordernummer 0612345678",
    "0900-1234 bellen kost geld",
    "Zending 1Z999AA10123456784 en JVGL06123456789012",
    "btw BE 0123.456.789, KvK 12345678, NL123456789B01",
    "Hoofdstuk 1.2.3.4 over abc::def om 10::30",
    "Namens Coolblue",
    "I am Dutch",
    "I AM MISSING CASH FROM MY ACCOUNT",
    "the 1405 New St to Lich",
    "Sent from my iPhone",
    "Levering 01-12-2024 tussen 08-12",
    "2024-01-05T10:30:00Z",
]


@pytest.mark.parametrize(("text", "masked"), MASKED)
def test_who_somebody_is_is_masked(text, masked):
    assert personal.mask(text) == masked
    column, counts = personal.masked(pd.Series([text, None, "niets", text], dtype="str"))
    assert column.tolist()[:1] == [masked]
    assert column[3] == masked
    assert column[2] == "niets"
    assert pd.isna(column[1])
    assert counts
    assert set(counts.values()) == {2}


@pytest.mark.parametrize("text", STAYS)
def test_what_says_nothing_about_anybody_stays(text):
    assert personal.mask(text) == text
    column, counts = personal.masked(pd.Series([text, None], dtype="str"))
    assert column[0] == text
    assert counts == {}


def test_counts_are_cells_per_kind():
    texts = [
        "a@example.com en b@example.com",
        "06-12345678, a@example.com",
        "Groeten, Jan",
        "",
        "niets",
        "Groeten, Jan",
    ]
    column, counts = personal.masked(pd.Series(texts, dtype="str", index=[5, 6, 7, 8, 9, 10]))
    assert counts == {"email": 2, "phone": 1, "name": 2}
    assert column.loc[7] == "Groeten, [name]"
    assert column.index.tolist() == [5, 6, 7, 8, 9, 10]


def test_a_column_without_text_and_one_of_other_cells():
    empty, counts = personal.masked(pd.Series([None, None], dtype="str"))
    assert empty.isna().all()
    assert counts == {}
    mixed, counts = personal.masked(pd.Series([12, "mail a@example.com", None], dtype=object))
    assert mixed.tolist()[:2] == ["12", "mail [e-mail]"]
    assert counts == {"email": 1}


@pytest.mark.parametrize(
    ("text", "names", "masked"),
    [
        ("JAN heeft gebeld, janneke niet", ("Jan", "de Vries"), "[name] heeft gebeld, janneke niet"),
        ("pakket voor jan de vries staat klaar", ("Jan", "de Vries"), "pakket voor [name] staat klaar"),
        ("Jan  de Vries-Smit", ("Jan de Vries",), "[name]"),
        (
            "Kees de Groot vroeg een grote maat, te groot",
            ("Kees", "de Groot"),
            "[name] vroeg een grote maat, te groot",
        ),
        ("volgens mevrouw Roos is de roos dood", ("Eva Roos",), "volgens mevrouw [name] is de roos dood"),
        ("de bakker was te laat", ("Jan Bakker",), "de bakker was te laat"),
        ("Al en Jo wachten", ("Al Jo",), "Al en Jo wachten"),
        ("van den heuvel belt", ("P. van den Heuvel",), "van den [name] belt"),
        ("niets over haar", ("Sanne",), "niets over haar"),
        ("sanne@example.nl is van Sanne", ("Sanne Visser",), "[e-mail] is van [name]"),
        ("(O'Neill) belde", ("Jane O'Neill",), "([name]) belde"),
        ("jan.", ("Jan",), "[name]."),
        ("x (y", ("(y", "x"), "x (y"),
    ],
)
def test_names_of_the_row_are_masked_in_its_text(text, names, masked):
    assert personal.mask(text, names) == masked
    columns = tuple(pd.Series([name, "Ander"], dtype="str") for name in names)
    column, counts = personal.masked(pd.Series([text, text], dtype="str"), columns)
    assert column[0] == masked
    assert column[1] == personal.mask(text)
    assert bool(counts) == (masked != text)


def test_names_are_looked_for_in_their_own_row_only():
    texts = pd.Series(["Sanne en Piet", "Sanne en Piet", None], dtype="str")
    names = pd.Series(["Sanne Visser", None, "Piet"], dtype="str")
    column, counts = personal.masked(texts, (names,))
    assert column.tolist()[:2] == ["[name] en Piet", "Sanne en Piet"]
    assert counts == {"name": 1}


@settings(max_examples=150, deadline=None)
@given(st.text())
def test_any_text_comes_through_and_twice_is_once(text):
    once = personal.mask(text)
    assert personal.mask(once) == once
    assert "@" in text or "[e-mail]" not in once.replace(text, "")


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.one_of(st.none(), st.text(max_size=40), st.sampled_from([text for text, _ in MASKED])), max_size=8
    )
)
def test_a_column_is_masked_as_its_texts_are(texts):
    column, counts = personal.masked(pd.Series(texts, dtype="str"))
    for before, after in zip(texts, column.tolist(), strict=True):
        assert pd.isna(after) if before is None else after == personal.mask(before)
    changed = sum(text is not None and personal.mask(text) != text for text in texts)
    assert max(counts.values(), default=0) <= changed <= sum(counts.values())


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["06", "020", "0031 6", "+31 6", "+32 470"]),
    st.text("0123456789", min_size=8, max_size=8),
    st.sampled_from(["", " ", "-"]),
)
def test_phone_numbers_however_written(start, digits, gap):
    size = 10 - len(start) if start in ("06", "020") else 8 if "31" in start else 6
    number = start + gap + digits[:size]
    assert personal.mask(f"bel {number} terug") == "bel [phone] terug"


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["ABNA", "INGB", "RABO", "TRIO"]), st.integers(0, 10**10 - 1), st.booleans())
def test_account_numbers_with_good_check_digits_only(bank, number, apart):
    body = f"{bank}{number:010d}"
    digits = "".join(str(ord(letter) - 55) if letter.isalpha() else letter for letter in body + "NL")
    check = 98 - int(digits + "00") % 97
    iban = f"NL{check:02d}{body}"
    wrong = f"NL{(check + 1) % 100:02d}{body}"
    spaced = " ".join(iban[place : place + 4] for place in range(0, len(iban), 4)) if apart else iban
    assert personal.mask(f"op {spaced} graag") == "op [IBAN] graag"
    assert "[IBAN]" not in personal.mask(f"op {wrong} graag")


@settings(max_examples=100, deadline=None)
@given(
    st.dates(),
    st.sampled_from(["%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y", "%d-%m-%y", "%d-%m-%Y %H:%M"]),
)
def test_dates_stay(day, pattern):
    if day.year >= 1000:
        text = f"geleverd op {day.strftime(pattern)}."
        assert personal.mask(text) == text


def test_long_texts_take_no_time():
    for piece in (
        "a",
        "Jan ",
        "0 ",
        "12 ",
        "\n",
        "Groet ",
        "1234 ",
        ". ",
        "A.",
        "NL91",
        "0:",
        "x@",
        "A-",
        "a-",
        "a.",
    ):
        text = piece * (40_000 // len(piece))
        start = time.perf_counter()
        personal.mask(text)
        assert time.perf_counter() - start < 5, piece


def test_hashes_are_hmac_the_same_for_the_same_person_and_need_the_key():
    column = pd.Series(["Jan@X.nl", "jan@x.nl", None, "b@x.nl"], dtype="str")
    hashes = personal.hashed(column, KEY)
    assert hashes[0] == hashes[1] == hmac.new(KEY, b"jan@x.nl", "sha256").hexdigest()[:24]
    assert hashes[3] != hashes[0]
    assert pd.isna(hashes[2])
    assert personal.hashed(column, b"another")[0] != hashes[0]
    long = b"k" * 100
    assert personal.hashed(column, long)[3] == hmac.new(long, b"b@x.nl", "sha256").hexdigest()[:24]


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("E-mail", "email"),
        ("Jouw e-mailadres", "email"),
        ("Voornaam", "name"),
        ("Telefoonnummer", "phone"),
        ("Postcode", "postal"),
        ("IP-adres", "ip"),
        ("Billing Address1", "postal"),
        ("Factuuradres", "postal"),
        ("Bezorgadres", "postal"),
        ("Verzendadres postcode", "postal"),
        ("Voornaam klant", "name"),
        ("Tel. nr", "phone"),
        ("Requester name", "name"),
        ("Submitter", "name"),
        ("From: (Name)", "name"),
        ("Afzendernaam", "name"),
        ("Shipping Zip", "postal"),
        ("customer.first_name", "name"),
        ("Browser IP", "ip"),
        ("Shipping Country", ""),
        ("Shipping Method", ""),
        ("Accepts Email Marketing", ""),
        ("Phone case", ""),
        ("Lineitem name", ""),
        ("Naam product", ""),
        ("Geboortedatum", "birth"),
        ("IBAN", "bank"),
        ("Productnaam", ""),
        ("Datum", ""),
    ],
)
def test_headers(header, kind):
    assert personal.by_header(header) == kind


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["jan@example.com", "b@example.nl", "geen"], "email"),
        (["06-12345678", "+31 6 12345678"], "phone"),
        (["0612345678", "0687654321"], "phone"),
        (["0123456789", "0201234567"], ""),
        (["NL91ABNA0417164300", "BE68 5390 0754 7034"], "bank"),
        (["NL92ABNA0417164300"], ""),
        (["1234 AB", "9411kl"], "postal"),
        (["Kerkstraat 12", "Van der Helststraat 5 hs"], "postal"),
        (["192.0.2.1", "2001:db8::1"], "ip"),
        (["12-03-2024", "2024-03-12 10:30"], ""),
        (["#10234", "2024-00012345"], ""),
        (["8712345678906", "3SABCD1234567"], ""),
        (["1.234,50", "12,00"], ""),
        (["10:30:00", "09:15:00"], ""),
        (["maat 38", "90x200"], ""),
        ([], ""),
    ],
)
def test_cells(cells, kind):
    assert personal.by_content(cells) == kind


def test_colleagues_go_by_first_name_and_a_letter():
    told = [
        "Sanne de Vries",
        "de Vries, Sanne",
        "sanne.bakker@winkel.example",
        "Sanne",
        "Team Retouren",
        "agent-12",
        None,
    ]
    short = personal.agents(pd.Series(told, dtype="str"))
    assert short.tolist()[:6] == ["Sanne V.", "Sanne V.", "Sanne B.", "Sanne", "Team Retouren", "agent-12"]
    assert pd.isna(short[6])


def test_nothing_personal_gets_into_the_frame(survey):
    header = "Datum;Naam;E-mailadres;Telefoon;Woonplaats;Kiezen;Kopen;Na aankoop;Opmerking"
    rows = [
        f"{n:02d}-02-2024;Jan Jansen;jan{n}@x.nl;06-1234567{n % 10};Utrecht;1;2;3;bel 06-12345678"
        for n in range(1, 20)
    ]
    found = intake.read(survey(*rows, header=header), key=KEY)
    assert list(found.frame.columns) == [
        "answered_at",
        "choosing",
        "buying",
        "after",
        "customer_id",
        "comment",
    ]
    assert found.frame["comment"].unique().tolist() == ["bel [phone]"]
    everything = found.frame.to_csv()
    assert not any(word in everything for word in ("Jan", "jan", "@", "123456", "Utrecht"))
    assert any("“Naam”, “Telefoon”, “Woonplaats”" in note for note in found.notes)
    masked = found.private[found.private["what"] == "masked"]
    assert masked[["column", "kind", "cells"]].values.tolist() == [["Opmerking", "phone", 19]]
    assert "jan" not in str([column.examples for column in found.columns if column.kind == "personal"])


def test_ids_that_are_names_or_addresses_are_hashed_and_plain_ids_are_not(survey):
    header = "Datum;Klant;Kiezen;Kopen;Na aankoop"
    for cell, kept in (("K-1001", True), ("Jan Jansen", False), ("jan@x.nl", False)):
        found = intake.read(
            survey(f"01-02-2024;{cell};1;2;3", f"02-02-2024;{cell};1;2;3", header=header), key=KEY
        )
        assert (found.frame["customer_id"][0] == cell) == kept


def test_without_a_key_ids_hold_within_the_file_only_and_that_is_said(survey):
    data = survey(
        "01-02-2024;a@x.nl;1;2;3", "02-02-2024;a@x.nl;1;2;3", header="Datum;E-mail;Kiezen;Kopen;Na aankoop"
    )
    one, two = intake.read(data), intake.read(data)
    assert one.frame["customer_id"].nunique() == 1
    assert one.frame["customer_id"][0] != two.frame["customer_id"][0]
    assert any("within this file only" in note for note in one.notes)
