"""One file that feeds two tables; a date with its time beside it; orders that never became one."""

import pandas as pd

from csworkbook import intake
from csworkbook.intake import Choices


def csv(text):
    return "\n".join(line.strip() for line in text.strip().splitlines()).encode()


LINES = csv("""
    Bestelnummer;Datum;Klantnummer;Artikelnummer;Aantal;Prijs;Status
    1;13-01-2025;a;X;2;10,00;betaald
    1;13-01-2025;a;Y;1;5,50;betaald
    2;14-01-2025;b;X;1;10,00;geannuleerd
    3;15-01-2025;a;Z;3;1,00;betaald
""")


def test_lines_tell_of_their_orders_with_the_amounts_added_up():
    lines, orders = intake.read_all(LINES)
    assert (lines.table, lines.used, orders.table, orders.used) == ("order_lines", 3, "orders", 2)
    found = orders.frame.set_index("order_id")
    assert found["revenue"].to_dict() == {"1": 25.5, "3": 3.0}
    assert found["customer_id"].to_dict() == {"1": "a", "3": "a"}
    assert (orders.read, len(orders.aside)) == (3, 1)
    assert "geannuleerd" not in orders.frame.astype("str").to_string()
    assert lines.aside["row"].tolist() == [4]


def test_an_order_total_that_is_repeated_on_every_line_counts_once():
    data = csv("""
        Bestelnummer;Datum;Klantnummer;Artikelnummer;Aantal;Prijs;Totaalbedrag
        1;13-01-2025;a;X;2;10,00;29,45
        1;13-01-2025;a;Y;1;5,50;29,45
        2;14-01-2025;b;X;1;10,00;13,95
    """)
    _lines, orders = intake.read_all(data)
    assert orders.frame["revenue"].tolist() == [29.45, 13.95]
    assert orders.mapping["Totaalbedrag"] == "revenue"


def test_lines_that_name_neither_customer_nor_total_feed_no_orders():
    data = csv("""
        Bestelnummer;Datum;Artikelnummer;Aantal;Prijs
        1;13-01-2025;X;2;10,00
        1;13-01-2025;Y;1;5,50
    """)
    assert [one.table for one in intake.read_all(data)] == ["order_lines"]


def test_messages_tell_of_their_contacts():
    data = csv("""
        ticket_id;sent_at;sender;text;channel;customer_id
        7;2025-01-13 10:00;klant;Waar blijft het?;chat;a
        7;2025-01-13 10:05;medewerker;Onderweg;chat;a
        8;2025-01-14 09:00;klant;Is dit er nog?;mail;b
    """)
    tables = {one.table: one for one in intake.read_all(data)}
    assert set(tables) == {"messages", "contacts"}
    assert tables["messages"].used == 3
    found = tables["contacts"].frame
    assert found[["contact_id", "channel", "customer_id"]].values.tolist() == [
        ["7", "chat", "a"],
        ["8", "email", "b"],
    ]
    assert found["opened_at"].dt.strftime("%d %H:%M").tolist() == ["13 10:00", "14 09:00"]


def test_messages_that_begin_with_the_latest_open_their_contact_with_the_earliest():
    data = csv("""
        ticket_id;sent_at;sender;text;channel;customer_id
        8;2025-01-14 09:00;klant;Is dit er nog?;mail;b
        7;2025-01-13 10:05;medewerker;Onderweg;chat;a
        7;2025-01-13 10:00;klant;Waar blijft het?;chat;a
    """)
    found = next(one for one in intake.read_all(data) if one.table == "contacts").frame
    assert found["opened_at"].dt.strftime("%d %H:%M").tolist() == ["13 10:00", "14 09:00"]


def test_a_header_that_comes_back_is_no_row():
    head, *rows = LINES.splitlines()
    lines, orders = intake.read_all(b"\n".join([head, *rows[:2], head, *rows[2:]]))
    assert (lines.read, lines.used, orders.used) == (5, 3, 2)
    assert "repeats the header" in lines.aside.set_index("row")["reason"][4]


SHOPIFY = csv("""
    Name,Email,Financial Status,Created at,Total,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Vendor,Location
    #1,jan@example.com,paid,2025-01-13 10:00:00 +0100,25.50,2,Cup,10.00,C1,Acme,Delft
    #1,,,,,1,Mug,5.50,M1,Acme,
    #2,piet@example.com,paid,2025-01-14 10:00:00 +0100,10.00,1,Cup,10.00,C1,Bol,Breda
""")


def test_a_column_of_either_table_of_a_known_export_can_be_corrected():
    said = Choices(mapping={"Vendor": "category", "Location": "channel"})
    tables = {one.table: one for one in intake.read_all(SHOPIFY, choices=said)}
    assert tables["order_lines"].frame["category"].tolist() == ["Acme", "Acme", "Bol"]
    assert tables["orders"].frame["channel"].tolist() == ["Delft", "Breda"]
    assert "category" not in tables["orders"].frame
    assert tables["orders"].frame["revenue"].tolist() == [25.5, 10.0]


def test_what_the_owner_says_goes_before_what_the_export_says():
    told = {
        one.table: one for one in intake.read_all(SHOPIFY, choices=Choices(mapping={"Vendor": "product"}))
    }
    assert told["order_lines"].frame["product"].tolist() == ["Acme", "Acme", "Bol"]
    assert told["order_lines"].mapping["Lineitem name"] != "product"


def test_a_column_of_the_orders_in_a_file_of_lines_can_be_corrected():
    data = (
        LINES.replace(b"Status", b"Afrekening").replace(b"betaald", b"12,34").replace(b"geannuleerd", b"9,99")
    )
    tables = {
        one.table: one for one in intake.read_all(data, choices=Choices(mapping={"Afrekening": "revenue"}))
    }
    assert tables["orders"].frame["revenue"].tolist() == [12.34, 9.99, 12.34]
    assert tables["order_lines"].used == 4


def test_a_date_and_the_time_beside_it_are_one_moment():
    data = csv("""
        Belnummer;Datum;Tijd;Klantnummer;Onderwerp
        1;13-01-2025;09:15;a;levering
        2;29-01-2025;16:40;b;retour
    """)
    found = intake.read(data)
    assert found.frame["opened_at"].dt.strftime("%d-%m %H:%M").tolist() == ["13-01 09:15", "29-01 16:40"]
    assert found.mapping["Datum"] is None
    assert "Datum + Tijd" not in found.aside.columns


def test_a_zip_of_several_tables(tmp_path):
    import zipfile

    path = tmp_path / "alles.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("regels.csv", LINES)
        file.writestr("reviews.csv", "review_id;datum;sterren\n1;13-01-2025;5\n")
        file.writestr("leesmij.txt", "Beste lezer")
    tables = {(one.part, one.table): one.used for one in intake.read_all(path)}
    assert tables == {
        ("regels.csv", "order_lines"): 3,
        ("regels.csv", "orders"): 2,
        ("reviews.csv", "reviews"): 1,
    }


def test_a_sheet_that_is_no_table_is_not_passed_over_in_silence(tmp_path):
    path = tmp_path / "twee.xlsx"
    with pd.ExcelWriter(path) as book:
        pd.DataFrame({"review_id": ["1"], "datum": ["13-01-2025"], "sterren": [5]}).to_excel(
            book, sheet_name="Reviews", index=False
        )
        pd.DataFrame({"kleur": ["rood", "blauw"], "maat": ["M", "L"]}).to_excel(
            book, sheet_name="Kleuren", index=False
        )
    (found,) = intake.read_all(path)
    assert found.table == "reviews"
    assert any("“Kleuren” (2 rows) was not recognised" in note for note in found.notes)


def test_orders_and_answers_of_one_person_get_one_id():
    key = b"k" * 32
    orders = intake.read(csv("order;email;date;total\n1;Jan@Example.com ;2025-01-13;5.50"), key=key)
    survey = intake.read(csv("Datum;Kiezen;Kopen;Na;E-mail\n13-01-2025;1;1;1;jan@example.com"), key=key)
    assert orders.frame["customer_id"].tolist() == survey.frame["customer_id"].tolist()
    assert not pd.concat([orders.frame, survey.frame]).astype("str").to_string().count("xample")
