"""Who somebody is stays out."""

import hmac

import pandas as pd
import pytest

from csworkbook import intake
from csworkbook.intake import personal

KEY = b"a secret of 32 bytes, more or less"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("mail jan.de-vries+x@winkel.example.nl!", "mail [e-mail]!"),
        ("bel 06-12345678 of +31 6 1234 5678.", "bel [phone] of [phone]."),
        ("0031 612345678 (020) 123 45 67", "[phone] [phone]"),
        ("NL91 ABNA 0417 1643 00 graag", "[IBAN] graag"),
        ("NL91ABNA0417164300", "[IBAN]"),
        ("order 204117 van 12-03-2024 kostte 1.234,50", "order 204117 van 12-03-2024 kostte 1.234,50"),
        ("op 03-04-2024 of 04/05/2024 10:30 besteld", "op 03-04-2024 of 04/05/2024 10:30 besteld"),
        ("pakket 3SABCD123456789 kwam om 10:30", "pakket 3SABCD123456789 kwam om 10:30"),
        ("<b>b@x</b>", "<b>b@x</b>"),
    ],
)
def test_masks(text, masked):
    assert personal.mask(text) == masked
    column, count = personal.masked(pd.Series([text, None, "niets"], dtype="str"))
    assert column[0] == masked
    assert count == (text != masked)


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
        ("Postcode", "address"),
        ("IP-adres", "address_of_computer"),
        ("Geboortedatum", "birth"),
        ("IBAN", "bank"),
        ("Productnaam", ""),
        ("Datum", ""),
    ],
)
def test_headers(header, kind):
    assert personal.by_header(header) == kind


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
    assert any("In 19 comments" in note for note in found.notes)
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
