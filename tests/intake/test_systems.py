# ruff: noqa: E501
"""Exports of shop systems: known by their headers, folded to rows; the rules of the descriptions themselves."""

import tomllib

import numpy as np
import pandas as pd
import pytest
from exported import columns, fed, left, raw_of

from csworkbook import language
from csworkbook.intake import files, systems
from csworkbook.intake.raw import Raw, no_broken
from csworkbook.intake.systems_cells import plain
from csworkbook.tables import TABLES

SHOPIFY = """\
Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Phone,Cancelled at,Payment Method,Refunded Amount,Source
#1001,An@example.nl,paid,2026-01-05 10:01:00 +0100,EUR,65.00,4.95,12.14,69.95,0.00,2026-01-05 10:00:00 +0100,2,Mok - rood,15.00,MOK-R,,,iDEAL,10.00,web
#1001,An@example.nl,,,,,,,,,2026-01-05 10:00:00 +0100,1,Dienblad,35.00,,,,,,
#1002,,paid,2026-01-06 11:01:00 +0100,EUR,20.00,0.00,3.47,20.00,5.00,2026-01-06 11:00:00 +0100,1,Vaas,25.00,VAAS,+31600000001,,iDEAL,0.00,pos
#1003,bo@example.nl,voided,,EUR,30.00,4.95,5.21,34.95,0.00,2026-01-07 12:00:00 +0100,3,Kom,10.00,KOM,,2026-01-07 13:00:00 +0100,iDEAL,0.00,web
#1003,bo@example.nl,,,,,,,,,2026-01-07 12:00:00 +0100,1,Lepel,0.00,LEPEL,,,,,
"""


def test_shopify_orders_stand_on_several_lines():
    which, feeds = fed(SHOPIFY)
    assert which == ("Shopify", "orders")
    orders = columns(feeds["orders"])
    assert orders["order_id"].tolist() == ["#1001", "#1002", "#1003"]
    assert orders["revenue"].tolist() == ["69.95", "20.00", "34.95"]
    assert orders["customer_id"].tolist() == ["An@example.nl", "+31600000001", "bo@example.nl"]
    assert orders["channel"].tolist() == ["web", "pos", "web"]
    assert orders["refunded"].tolist() == ["10.00", "0.00", "0.00"]
    assert left(feeds["orders"]) == {2: "the order was cancelled"}
    assert feeds["orders"].raw.lines.tolist() == [2, 4, 5]


def test_shopify_lines_know_that_their_order_was_cancelled():
    lines = fed(SHOPIFY)[1]["order_lines"]
    table = columns(lines)
    assert table["product_id"].tolist() == ["MOK-R", "Dienblad", "VAAS", "KOM", "LEPEL"]
    assert table["quantity"].tolist() == ["2", "1", "1", "3", "1"]
    assert set(left(lines)) == {3, 4}
    assert lines.raw.lines.tolist() == [2, 3, 4, 5, 6]


def test_derived_columns_are_named_and_stand_last():
    feed = fed(SHOPIFY)[1]["orders"]
    assert feed.raw.made == ("Email / Billing Phone",)
    assert feed.raw.frame.columns[-1] == "Email / Billing Phone"
    assert set(feed.mapping) == set(feed.raw.frame.columns)


def test_column_order_case_and_missing_optional_columns_do_not_matter():
    rows = [line.split(",") for line in SHOPIFY.splitlines()]
    keep = [n for n, name in enumerate(rows[0]) if name not in ("Refunded Amount", "Taxes", "Paid at")]
    text = "\n".join(",".join(row[n] for n in reversed(keep)) for row in rows)
    which, feeds = fed(text.replace("Lineitem quantity", "LINEITEM_QUANTITY"))
    assert which == ("Shopify", "orders")
    assert "refunded" not in columns(feeds["orders"])
    assert columns(feeds["orders"])["revenue"].tolist() == ["69.95", "20.00", "34.95"]


def test_shopify_products_have_a_row_per_variant_and_images_are_no_products():
    which, feeds = fed("""\
Handle,Title,Vendor,Product Category,Type,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Price,Cost per item,Image Src,Status
mok,Mok,Huis,Home & Garden > Mugs,Mokken,Kleur,Rood,MOK-R,4,15.00,6.00,a.jpg,active
mok,,,,,,Blauw,MOK-B,0,15.00,,,
mok,,,,,,,,,,,b.jpg,
vaas,Vaas,Huis,,Vazen,,,,2,25.00,10.00,,draft
""")
    assert which == ("Shopify", "products")
    table = columns(feeds["products"])
    assert table["product_id"].tolist() == ["MOK-R", "MOK-B", "vaas"]
    assert table["name"].tolist() == ["Mok", "Mok", "Vaas"]
    assert table["category"].tolist() == ["Home & Garden > Mugs", "Home & Garden > Mugs", "Vazen"]
    assert table["in_stock"].tolist() == [True, False, True]
    assert table["margin"].round(4).tolist()[::2] == [0.6, 0.6]
    assert np.isnan(table["margin"][1])


def test_a_list_of_customers_feeds_nothing_and_says_what_to_export():
    raw = raw_of(
        "Customer ID,First Name,Last Name,Email,Total Spent,Total Orders\n1,An,Jansen,an@example.nl,10,1\n"
    )
    export = systems.find(raw)
    (feed,) = systems.feeds(raw, export)
    assert (export.name, export.tables, feed.table, feed.complete) == ("customers", (), None, True)
    assert feed.notes == [export.reason()]
    with language.speaking("nl"):
        assert "bestellingen" in export.reason()


def test_woocommerce_analytics_has_refunds_and_customer_types():
    which, feeds = fed("""\
Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),Net Sales,Attribution
2026-02-01 09:00:00,501,€40,completed,An Jansen,new,2× Mok,2,,33.06,Organic: Google
2026-02-02 09:00:00,502,€20,cancelled,Bo Visser,returning,1× Vaas,1,,16.53,Direct
2026-02-03 09:00:00,501,€-20,refunded,An Jansen,returning,1× Mok,-1,,-16.53,Direct
""")
    assert which == ("WooCommerce", "analytics_orders")
    table = columns(feeds["orders"])
    assert table["revenue"].tolist() == ["33.06", "16.53", "-16.53"]
    assert table["first_order"].tolist() == [True, False, False]
    assert left(feeds["orders"]) == {
        1: "the order was cancelled or never paid",
        2: "a refund: no order of its own",
    }
    assert "name" in feeds["orders"].notes[0]


WOO_LINES = """\
Order Number,Order Status,Order Date,Email (Billing),Order Shipping Amount,Order Total Amount,SKU,Item #,Item Name,Quantity (- Refund),Item Cost
77,Completed,2026-03-01 10:00,an@example.nl,4.95,64.95,MOK,1,Mok,2,15.00
,,,,,,BORD,2,Bord,3,10.00
78,Failed,2026-03-02 10:00,bo@example.nl,0,25.00,VAAS,1,Vaas,1,25.00
"""


def test_woocommerce_plugin_leaves_the_order_out_on_further_lines():
    which, feeds = fed(WOO_LINES)
    assert which == ("WooCommerce", "order_export_lines")
    orders, lines = columns(feeds["orders"]), columns(feeds["order_lines"])
    assert orders[["order_id", "revenue", "shipping"]].to_numpy().tolist() == [
        ["77", "64.95", "4.95"],
        ["78", "25.00", "0"],
    ]
    assert lines["order_id"].tolist() == ["77", "77", "78"]
    assert lines["price"].tolist() == ["15.00", "10.00", "25.00"]
    assert (set(left(feeds["orders"])), set(left(feeds["order_lines"]))) == ({1}, {2})


def test_without_order_totals_the_lines_are_added_up():
    rows = [line.split(",") for line in WOO_LINES.splitlines()]
    text = "\n".join(",".join(row[:5] + row[6:]) for row in rows)
    orders = fed(text)[1]["orders"]
    assert columns(orders)["revenue"].tolist() == [60.0, 25.0]
    assert "added up" in orders.notes[0]


def test_woocommerce_suite_and_products():
    which, feeds = fed("""\
order_id,order_number,order_date,status,shipping_total,discount_total,order_total,billing_email,customer_user
9,1009,2026-03-01 10:00:00,completed,4.95,0,54.95,an@example.nl,4
10,1010,2026-03-02 10:00:00,wc-pending,0,0,20,bo@example.nl,
""")
    assert which == ("WooCommerce", "order_export_suite")
    assert columns(feeds["orders"])["order_id"].tolist() == ["1009", "1010"]
    assert set(left(feeds["orders"])) == {1}
    which, feeds = fed("""\
ID,Type,SKU,Naam,Gepubliceerd,Op voorraad?,Voorraad,Reguliere prijs,Categorieën
1,simple,MOK,Mok,1,1,4,15,"Keuken > Mokken, Actie"
2,simple,,Vaas,1,0,0,25,Wonen
""")
    assert which == ("WooCommerce", "products")
    table = columns(feeds["products"])
    assert table["product_id"].tolist() == ["MOK", "2"]
    assert table["category"].str.strip().tolist() == ["Keuken", "Wonen"]
    assert table["in_stock"].tolist() == [True, False]


def test_magento_grid_and_items():
    which, feeds = fed("""\
ID,"Purchase Point","Purchase Date","Bill-to Name","Grand Total (Base)","Grand Total (Purchased)",Status,"Customer Email","Shipping and Handling","Total Refunded"
000000012,"Main Website","Jan 05, 2026, 10:00:00","An Jansen",€60.50,€60.50,Complete,an@example.nl,€4.95,€0.00
000000013,"Main Website","Jan 06, 2026, 11:00:00","Bo Visser",€20.00,€20.00,Canceled,bo@example.nl,€0.00,€0.00
""")
    assert which == ("Magento 2", "order_grid")
    assert columns(feeds["orders"])["order_id"].tolist() == ["000000012", "000000013"]
    assert set(left(feeds["orders"])) == {1}
    which, feeds = fed("""\
increment_id,created_at,customer_email,grand_total,item_id,parent_item_id,sku,name,qty_ordered,price_incl_tax
12,2026-01-05 10:00:00,an@example.nl,60.50,1,,MOK,Mok,2,15.00
12,2026-01-05 10:00:00,an@example.nl,60.50,2,1,MOK,Mok rood,2,0
12,2026-01-05 10:00:00,an@example.nl,60.50,3,,BORD,Bord,1,25.55
""")
    assert which == ("Magento 2", "order_items")
    assert columns(feeds["orders"])["revenue"].tolist() == ["60.50"]
    assert columns(feeds["order_lines"])["product_id"].tolist() == ["MOK", "BORD"]


def test_lightspeed_in_dutch():
    which, feeds = fed("""\
Ordernummer;Aangemaakt op;Status;Betaalstatus;Verzendstatus;E-mail;Prijs excl. btw;Prijs incl. btw;Verzendkosten incl.;Artikelcode;Producttitel;Aantal;Productprijs incl.
ORD00012;05-01-2026 10:00;completed;paid;shipped;an@example.nl;50,00;60,50;4,95;MOK;Mok;2;15,00
ORD00012;05-01-2026 10:00;completed;paid;shipped;an@example.nl;50,00;60,50;4,95;BORD;Bord;1;25,55
ORD00013;06-01-2026 11:00;geannuleerd;niet betaald;niet verzonden;bo@example.nl;20,00;24,20;0,00;VAAS;Vaas;1;24,20
""")
    assert which == ("Lightspeed", "orders")
    assert columns(feeds["orders"])["revenue"].tolist() == ["60,50", "24,20"]
    assert columns(feeds["order_lines"])["product_id"].tolist() == ["MOK", "BORD", "VAAS"]
    assert (set(left(feeds["orders"])), set(left(feeds["order_lines"]))) == ({1}, {2})


def test_bol_orders_have_no_customers_and_returns_are_returns():
    which, feeds = fed("""\
Bestelnummer;Bestelitemnummer;Besteldatum;EAN;Referentie;Producttitel;Aantal;Prijs;Status
1000000001;11;05-01-2026 10:00;8712345678906;MOK;Mok;2;15,00;Verzonden
1000000001;12;05-01-2026 10:00;8712345678913;;Bord;1;25,50;Verzonden
1000000002;13;06-01-2026 11:00;8712345678906;MOK;Mok;1;15,00;Geannuleerd
""")
    assert which == ("bol.com", "orders")
    orders = columns(feeds["orders"])
    assert orders["revenue"].tolist() == [55.5, 15.0]
    assert orders["customer_id"].isna().all()
    assert orders["channel"].tolist() == ["bol.com", "bol.com"]
    assert columns(feeds["order_lines"])["product_id"].tolist() == ["MOK", "8712345678913", "MOK"]
    which, feeds = fed("""\
Retournummer;Registratiedatum;Bestelnummer;EAN;Titel;Aantal;Retourreden
R1;12-01-2026 09:00;1000000001;8712345678906;Mok;1;Artikel is defect
""")
    assert which == ("bol.com", "returns")
    assert columns(feeds["returns"])[["order_id", "reason"]].to_numpy().tolist() == [
        ["1000000001", "Artikel is defect"]
    ]


def test_bol_orders_of_the_api():
    which, feeds = fed(
        '{"orders": [{"orderId": "A1", "orderPlacedDateTime": "2026-01-05T10:00:00+01:00", "orderItems": ['
        '{"orderItemId": "1", "ean": "8712345678906", "quantity": 2, "unitPrice": 15.0},'
        '{"orderItemId": "2", "ean": "8712345678913", "quantity": 1, "unitPrice": 20.5}]},'
        '{"orderId": "A2", "orderPlacedDateTime": "2026-01-06T10:00:00+01:00", "orderItems": ['
        '{"orderItemId": "3", "ean": "8712345678906", "quantity": 1, "unitPrice": 15.0}]}]}',
        "orders.json",
    )
    assert which == ("bol.com", "orders")
    assert columns(feeds["orders"])["revenue"].tolist() == [50.5, 15.0]
    assert len(feeds["order_lines"].raw.frame) == 3


def test_a_file_of_no_known_system_is_none():
    assert systems.find(raw_of("ordernummer;klant;datum;bedrag\n1;2;2026-01-01;10\n")) is None
    assert systems.find(raw_of("Timestamp,visitor,event\n2026-01-01,a,b\n2026-01-02,a,c\n")) is None


def mine(frame: dict, **options) -> Raw:
    table = pd.DataFrame(frame).astype("str")
    return Raw(table.mask(table == "nan"), np.arange(2, len(table) + 2), no_broken(), **options)


def test_lines_fold_to_orders_where_the_total_is_the_same_on_every_line():
    raw = mine(
        {
            "order": list("aabc"),
            "totaal": ["30", "30", "5", "7"],
            "sku": list("xyzx"),
            "datum": ["1", None, "2", "3"],
        }
    )
    found = systems.fold_lines(raw, {"order": "order_id", "totaal": "revenue", "datum": "ordered_at"})
    assert found.frame["totaal"].tolist() == ["30", "5", "7"]
    assert (found.lines.tolist(), found.made) == ([2, 4, 5], ())


def test_lines_fold_to_sums_where_the_amount_differs_between_lines():
    raw = mine(
        {
            "order": list("aab"),
            "prijs": ["10,50", "2,00", "7,25"],
            "aantal": ["2", "1", "4"],
            "bedrag": ["21,00", "2,00", "29,00"],
        }
    )
    mapping = {"order": "order_id", "prijs": "price", "aantal": "quantity", "bedrag": "revenue"}
    found = systems.fold_lines(raw, mapping)
    assert found.frame["revenue"].tolist() == [23.0, 29.0]
    assert found.made == ("revenue",)
    amounts = systems.fold_lines(raw, {"order": "order_id", "bedrag": "revenue"})
    assert amounts.frame["revenue"].tolist() == [23.0, 29.0]


def test_a_line_without_an_order_stays_on_its_own_and_the_first_filled_cell_counts():
    raw = mine(
        {"order": ["a", None, "a", None], "totaal": ["9", "1", "9", "2"], "klant": [None, "p", "q", "r"]}
    )
    found = systems.fold_lines(raw, {"order": "order_id", "totaal": "revenue", "klant": "customer_id"})
    assert found.frame["klant"].tolist() == ["q", "p", "r"]
    assert found.frame["totaal"].tolist() == ["9", "1", "2"]


def specs(value) -> list[dict]:
    if isinstance(value, list):
        return [spec for one in value for spec in specs(one)]
    return [value, *specs(value.get("either", []))] if isinstance(value, dict) else []


@pytest.mark.parametrize("export", systems.exports(), ids=lambda e: f"{e.system} {e.name}")
def test_every_description_is_complete(export):
    known = export.known
    assert all(known[name].get(spoken) for name in ("title", "how") for spoken in ("en", "nl"))
    assert len(export.version) > 3
    assert (
        export.source.startswith("https://")
        or "general knowledge" in export.source
        or "public" in export.source
        or "column names" in export.source
    )
    assert known["signature"]
    assert export.tables or export.reason() or known.get("columns")
    for part in known.get("feed", ()):
        table = TABLES[part["table"]]
        assert set(part["columns"]) <= {column.name for column in table.columns}
        given = set(part["columns"]) | {column.name for column in table.columns if column.blank}
        assert set(table.required) <= given
        assert all(rule["reason"].get("en") and rule["reason"].get("nl") for rule in part.get("aside", ()))
        for name, value in part["columns"].items():
            for spec in specs(value):
                allowed = table[name].allowed
                assert not allowed or set(spec.get("words", ())) <= set(allowed)
                assert "unit" not in spec or table[name].unit or "after" in spec
    for name in known.get("columns", {}):
        assert name in TABLES["effort_survey"]


def test_every_system_asked_for_is_there_and_every_file_is_read():
    asked = {"Shopify", "WooCommerce", "Magento 2", "Lightspeed", "bol.com", "Zendesk", "Freshdesk", "Gorgias", "Zammad",
             "HubSpot", "Trengo", "LiveChat", "tawk.to", "Mailbox", "Google Analytics 4", "Matomo", "Google Forms",
             "Typeform", "SurveyMonkey", "Microsoft Forms", "LimeSurvey"}  # fmt: skip
    assert asked == set(systems.system_names())
    assert {
        tomllib.loads(path.read_text("utf-8"))["system"] for path in systems.FOLDER.glob("*.toml")
    } == asked
    names = [(export.system, export.name) for export in systems.exports()]
    assert len(names) == len(set(names))


def test_exports_say_how_to_get_a_table_in_both_languages():
    assert {"Zendesk", "Freshdesk", "tawk.to"} <= {
        export.system for export in systems.exports_for("contacts")
    }
    shopify = next(export for export in systems.exports_for("orders") if export.system == "Shopify")
    assert shopify.how().startswith("Shopify admin")
    with language.speaking("nl"):
        assert shopify.how().startswith("Shopify-beheer")
        assert shopify.title() == "Export van bestellingen"


def test_descriptions_are_told_apart_whatever_else_is_in_the_file():
    for export in systems.exports():
        first = [sorted(group)[0] for group in export.signature]
        assert all(plain(name) == name for name in first)
        assert len(set(first)) == len(first) or export.system == "Google Analytics 4"


def test_real_exports(realdata):
    folder = realdata / "exports"
    found = {}
    for path in sorted(folder.glob("*.csv")):
        if "header" not in path.name:
            raw = files.read(path)[0]
            export = systems.find(raw)
            found[path.name] = (
                export.system,
                export.name,
                [len(f.raw.frame) for f in systems.feeds(raw, export)],
            )
    assert found == {
        "ga4_bigquery_event_seed.csv": ("Google Analytics 4", "bigquery_csv", [6]),
        "ga4_report_snapshot_export.csv": ("Google Analytics 4", "report", [28]),
        "shopify_customers_export_2025_shape.csv": ("Shopify", "customers", [11]),
        "shopify_orders_export_2026_masked.csv": ("Shopify", "orders", [5, 6]),
        "typeform_responses_api_shape.csv": ("Typeform", "responses_api", [1]),
    }
    tickets = files.read(folder / "zendesk_api_tables" / "ticket_data.csv")[0]
    assert systems.find(tickets).name == "tickets_table"
    for name, system in (("StarWars.csv", "SurveyMonkey"), ("flying-etiquette.csv", "SurveyMonkey")):
        assert systems.find(files.read(realdata / "surveys" / name)[0]).system == system
    assert systems.find(files.read(realdata / "contacts" / "bpi2016_uwv_complaints.csv")[0]) is None
