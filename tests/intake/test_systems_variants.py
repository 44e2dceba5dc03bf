# ruff: noqa: E501
"""Other versions and languages of the same exports: older headers, Dutch headers, the API beside the CSV; what is alike."""

import json
import re
import tomllib

import pandas as pd
import pytest
from exported import columns, fed, left, raw_of

from csworkbook.intake import systems
from csworkbook.intake.systems_cells import Headers, plain


def shown(cells) -> list:
    """Cells, none for an empty one."""
    return [None if pd.isna(cell) else cell for cell in cells]


def clock(cells) -> list:
    """Moments as a clock in Amsterdam shows them."""
    return [
        None if pd.isna(cell) else f"{cell.tz_convert('Europe/Amsterdam'):%Y-%m-%d %H:%M}" for cell in cells
    ]


def row(feed, at: int = 0) -> dict:
    """One row under canonical names, as text."""
    found = columns(feed).iloc[at]
    return {name: None if pd.isna(cell) else str(cell) for name, cell in found.items()}


WOO = [
    {
        "id": 61, "number": "1061", "status": "completed", "date_created": "2026-07-01T12:00:00",
        "date_created_gmt": "2026-07-01T10:00:00", "discount_total": "5.00", "shipping_total": "4.95", "total": "44.95",
        "customer_id": 0, "billing": {"first_name": "An", "email": "an@example.nl"},
        "line_items": [
            {"id": 1, "name": "Mok", "product_id": 40, "variation_id": 0, "quantity": 2, "total": "30.00", "sku": "MOK", "price": 15},
            {"id": 2, "name": "Bord", "product_id": 41, "variation_id": 0, "quantity": 1, "total": "10.00", "sku": "", "price": 10},
        ],
    },
    {
        "id": 62, "number": "1062", "status": "failed", "date_created": "2026-07-02T12:00:00",
        "date_created_gmt": "2026-07-02T10:00:00", "discount_total": "0.00", "shipping_total": "0.00", "total": "25.00",
        "customer_id": 7, "billing": {"first_name": "Bo", "email": "bo@example.nl"},
        "line_items": [{"id": 3, "name": "Vaas", "product_id": 42, "variation_id": 420, "quantity": 1, "total": "25.00", "sku": "", "price": 25}],
    },
]  # fmt: skip


@pytest.mark.parametrize("lines", [True, False], ids=["lines", "list"])
def test_woocommerce_orders_of_the_rest_api(lines):
    text = "\n".join(map(json.dumps, WOO)) if lines else json.dumps(WOO)
    which, feeds = fed(text, "orders.json")
    assert which == ("WooCommerce", "orders_json")
    orders, articles = columns(feeds["orders"]), columns(feeds["order_lines"])
    assert orders["order_id"].astype(str).tolist() == ["1061", "1062"]
    assert orders["customer_id"].tolist() == ["an@example.nl", "7"], "customer 0 is a guest"
    assert clock(orders["ordered_at"]) == ["2026-07-01 12:00", "2026-07-02 12:00"]
    assert articles["product_id"].tolist() == ["MOK", "41", "420"]
    assert articles["order_id"].astype(str).tolist() == ["1061", "1061", "1062"]
    assert (set(left(feeds["orders"])), set(left(feeds["order_lines"]))) == ({1}, {2})


def test_woocommerce_plugin_with_dutch_headers():
    which, feeds = fed("""\
Bestelnummer;Bestelstatus;Besteldatum;Klantnotitie;E-mail (facturatie);Verzendkosten bestelling;Totaalbedrag bestelling;SKU;Artikelnaam;Aantal;Artikelprijs
77;Afgerond;01-03-2026 10:00;;an@example.nl;4,95;64,95;MOK;Mok;2;15,00
77;Afgerond;01-03-2026 10:00;;an@example.nl;4,95;64,95;BORD;Bord;3;10,00
78;Geannuleerd;02-03-2026 10:00;;bo@example.nl;0,00;25,00;VAAS;Vaas;1;25,00
""")
    assert which == ("WooCommerce", "order_export_lines")
    assert columns(feeds["orders"])["revenue"].tolist() == ["64,95", "25,00"]
    assert columns(feeds["order_lines"])["price"].tolist() == ["15,00", "10,00", "25,00"]
    assert (set(left(feeds["orders"])), set(left(feeds["order_lines"]))) == ({1}, {2})


def test_woocommerce_plugins_with_a_row_per_order():
    which, feeds = fed("""\
Order ID,Order Date,Order Status,Order Total,Shipping Cost,Customer User ID,Customer Account Email Address,Payment Method Title
91,2026-03-01 10:00:00,wc-completed,64.95,4.95,0,an@example.nl,iDEAL
92,2026-03-02 10:00:00,wc-cancelled,25.00,0,12,bo@example.nl,iDEAL
""")
    assert which == ("WooCommerce", "order_export_orders")
    assert columns(feeds["orders"])["customer_id"].tolist() == ["an@example.nl", "12"]
    assert set(left(feeds["orders"])) == {1}


def test_woocommerce_suite_with_a_row_per_item():
    which, feeds = fed("""\
order_id,order_number,date,status,shipping_total,order_total,billing_email,item_sku,item_name,item_quantity,item_total
9,1009,2026-03-01 10:00:00,completed,4.95,44.95,an@example.nl,MOK,Mok,2,30
9,1009,2026-03-01 10:00:00,completed,4.95,44.95,an@example.nl,BORD,Bord,1,10
""")
    assert which == ("WooCommerce", "order_export_suite")
    assert columns(feeds["orders"])["revenue"].tolist() == ["44.95"]
    assert columns(feeds["order_lines"])["price"].tolist() == [15.0, 10.0]


def test_shopify_orders_of_the_api_with_their_lines():
    order = {
        "id": 4501, "name": "#1001", "order_number": 1001, "created_at": "2026-01-05T10:00:00+01:00", "total_price": "69.95",
        "total_discounts": "0.00", "financial_status": "paid", "cancelled_at": None, "test": False, "source_name": "web",
        "email": "an@example.nl", "customer": {"id": 88, "email": "an@example.nl"},
        "line_items": [{"id": 1, "sku": "MOK", "title": "Mok", "name": "Mok", "quantity": 2, "price": "15.00", "product_id": 5, "variant_id": 6},
                       {"id": 2, "sku": "", "title": "Bord", "name": "Bord", "quantity": 1, "price": "35.00", "product_id": 7, "variant_id": 8}],
    }  # fmt: skip
    test = {**order, "id": 4502, "name": "#1002", "test": True}
    which, feeds = fed(json.dumps({"orders": [order, test]}), "orders.json")
    assert which == ("Shopify", "orders_json")
    orders = columns(feeds["orders"])
    assert orders["channel"].tolist() == ["web", "web"], "what Shopify calls it stays"
    assert orders["customer_id"].astype(str).tolist() == ["88", "88"]
    assert columns(feeds["order_lines"])["product_id"].astype(str).tolist() == ["MOK", "8"] * 2
    assert left(feeds["orders"]) == {1: "a test order"}
    assert set(left(feeds["order_lines"])) == {2, 3}


def test_lightspeed_without_payment_status_and_with_products_only():
    which, feeds = fed("""\
Order ID;Ordernummer;Datum aangemaakt;Status;Klant ID;E-mail;Totaal excl.;Totaal incl.;Verzendkosten incl.;Korting incl.
1;ORD1;14-04-2026 10:36:50;Afgehandeld;50148;an@example.nl;57,79;69,92;0,00;0,00
2;ORD2;15-04-2026 10:36:50;Geannuleerd;;bo@example.nl;41,26;49,92;4,95;0,00
""")
    assert which == ("Lightspeed", "orders")
    assert columns(feeds["orders"])["customer_id"].tolist() == ["50148", "bo@example.nl"]
    assert left(feeds["orders"]) == {1: "the order was cancelled"}
    which, feeds = fed("""\
Order number,Product title,Variant title,Article code,EAN,Quantity ordered,Price incl.
ORD1,Mug,Red,MUG-R,8712345678906,2,15.00
ORD1,Plate,,PLATE,,1,39.92
""")
    assert which == ("Lightspeed", "order_products")
    assert set(feeds) == {"order_lines"}
    assert columns(feeds["order_lines"])["product_id"].tolist() == ["MUG-R", "PLATE"]


def test_lightspeed_retail_sales_history_has_three_kinds_of_lines():
    which, feeds = fed("""\
Date,Receipt Number,Line Type,Customer Code,Customer Name,Note,Quantity,Subtotal,Sales Tax,Discount,Total,Details,Register,Status,Sku
2026-01-05 10:00:00,501,Sale,C7,An Jansen,,3,33.06,6.94,0,40.00,,Counter,closed,
2026-01-05 10:00:00,501,Sale Line,C7,An Jansen,,2,24.79,5.21,0,30.00,Mug,Counter,,MUG
2026-01-05 10:00:00,501,Sale Line,C7,An Jansen,,1,8.26,1.74,0,10.00,Plate,Counter,,PLATE
2026-01-05 10:00:00,501,Payment,C7,An Jansen,,,,,,40.00,Card,Counter,,
2026-01-05 11:00:00,502,Sale,,,,-1,-8.26,-1.74,0,-10.00,,Counter,closed,
2026-01-05 11:00:00,502,Sale Line,,,,-1,-8.26,-1.74,0,-10.00,Plate,Counter,,PLATE
""")
    assert which == ("Lightspeed", "sales_history")
    assert columns(feeds["orders"])["revenue"].tolist() == ["40.00", "-10.00"]
    assert columns(feeds["order_lines"])["price"].tolist() == [15.0, 10.0, 10.0]
    assert (set(left(feeds["orders"])), set(left(feeds["order_lines"]))) == ({1}, {2})


def test_magento_in_dutch_and_through_the_api():
    which, feeds = fed("""\
ID,Aankooppunt,Aankoopdatum,Factuurnaam,Eindtotaal (Basis),Eindtotaal (Gekocht),Status,E-mail klant,Verzending en afhandeling,Totaal terugbetaald
000000012,Hoofdwebsite,5 jan. 2026 10:00:00,An Jansen,"€ 60,50","€ 60,50",Voltooid,an@example.nl,"€ 4,95","€ 0,00"
000000013,Hoofdwebsite,6 jan. 2026 11:00:00,Bo Visser,"€ 20,00","€ 20,00",In afwachting van betaling,bo@example.nl,"€ 0,00","€ 0,00"
""")
    assert which == ("Magento 2", "order_grid")
    assert row(feeds["orders"])["revenue"] == "€ 60,50"
    assert set(left(feeds["orders"])) == {1}
    order = {
        "increment_id": "000000012", "entity_id": 12, "created_at": "2026-01-05 09:00:00", "status": "complete", "grand_total": 60.5,
        "customer_email": "an@example.nl", "shipping_incl_tax": 4.95,
        "items": [{"item_id": 1, "sku": "MOK-R", "name": "Mok", "qty_ordered": 2, "price_incl_tax": 15},
                  {"item_id": 2, "parent_item_id": 1, "sku": "MOK-R", "name": "Mok rood", "qty_ordered": 2, "price_incl_tax": 0},
                  {"item_id": 3, "sku": "BORD", "name": "Bord", "qty_ordered": 1, "price_incl_tax": 25.55}],
    }  # fmt: skip
    which, feeds = fed(
        json.dumps({"items": [order, {**order, "increment_id": "000000013", "status": "canceled"}]}),
        "orders.json",
    )
    assert which == ("Magento 2", "orders_json")
    assert clock(columns(feeds["orders"])["ordered_at"]) == ["2026-01-05 10:00"] * 2
    assert columns(feeds["order_lines"])["product_id"].tolist() == ["MOK-R", "BORD"] * 2
    assert set(left(feeds["order_lines"])) == {2, 3}


def test_bol_in_other_words():
    which, feeds = fed("""\
Ordernummer;Orderdatum;EAN;Productnaam;Aantal stuks;Verkoopprijs;Offer reference;Orderstatus
A1;05-01-2026;8712345678906;Mok;2;15,00;x;Verzonden
A2;06-01-2026;8712345678906;Mok;1;15,00;x;Geannuleerd door klant
""")
    assert which == ("bol.com", "orders")
    assert columns(feeds["orders"])["revenue"].tolist() == [30.0, 15.0]
    assert set(left(feeds["orders"])) == {1}
    returned = {"returnId": "1", "registrationDateTime": "2026-01-12T09:00:00+01:00", "returnItems": [
        {"rmaId": "r1", "orderId": "A1", "ean": "8712345678906", "expectedQuantity": 1, "returnReason": {"mainReason": "Defect"}}]}  # fmt: skip
    which, feeds = fed(json.dumps({"returns": [returned, {**returned, "returnId": "2"}]}), "returns.json")
    assert which == ("bol.com", "returns")
    assert row(feeds["returns"])["reason"] == "Defect"


def test_matomo_actions_in_a_flat_table():
    which, feeds = fed("""\
visitorId,idVisit,serverTimePretty,type,eventCategory,eventAction,url,deviceType,timeSpent
aa,100,2026-09-15 19:24:54,event,shop,zoom,https://example.nl/,Tablet,49
aa,100,2026-09-15 19:25:44,action,,,https://example.nl/winkelwagen,Tablet,99
aa,100,2026-09-15 19:27:44,ecommerceOrder,,,,Tablet,
""")
    assert which == ("Matomo", "actions_table")
    events = columns(feeds["events"])
    assert events["step"].tolist() == ["zoom", "cart", "paid"]
    assert shown(events["seconds"]) == [49.0, 99.0, None]
    assert events["device"].tolist() == ["tablet"] * 3


@pytest.mark.parametrize(
    "spoken", ["submitdate. Datum ingestuurd", "submitdate. Abgeschickt am", "submitdate"]
)
def test_limesurvey_headings_are_known_by_their_code(spoken):
    last = spoken.replace("submitdate", "lastpage").replace("Datum ingestuurd", "Laatste pagina")
    raw = raw_of(
        f'"id. Respons-ID";"{spoken}";"{last}";"seed";"Q1. Hoeveel moeite kostte het kiezen?"\n1;2026-04-07 18:20:57;2;100;weinig\n'
    )
    export = systems.find(raw)
    (feed,) = systems.feeds(raw, export)
    assert export.system == "LimeSurvey"
    assert feed.mapping == {"id. Respons-ID": None, spoken: "answered_at", last: None, "seed": None}


def test_a_code_counts_only_where_no_header_is_called_so():
    headers = Headers(pd.DataFrame(columns=["lastpage. Laatste pagina", "lastpage", "Prijs. incl"]))
    assert headers.find("lastpage") == "lastpage"
    assert headers.find("prijs") is None, "a code is written small"
    assert headers.find(["nothing", "~laatste"]) == "lastpage. Laatste pagina"


def test_a_file_without_what_a_table_needs_is_not_that_export():
    text = "Ticket ID,Source,Created time,Resolved time,Agent interactions\n1,Email,2026-01-05 09:00:00,,2\n"
    assert systems.find(raw_of(text)).system == "Freshdesk"
    assert systems.find(raw_of(text.replace("Source", "Colour"))) is None


def test_what_a_file_calls_otherwise_is_found_by_its_name():
    feed = fed("""\
Ticketnummer;Kanaaltype;Contactnaam;Aangemaakt op;Gesloten op;Behandeld door
1;CHAT;An Jansen;05-01-2026 09:00:00;05-01-2026 12:00:00;Kim
2;EMAIL;Bo Visser;06-01-2026 09:00:00;06-01-2026 12:00:00;Lee
""")[1]["contacts"]
    assert feed.mapping["Behandeld door"] == "agent"
    assert feed.complete


def test_exports_that_are_alike_are_told_apart():
    assert fed(json.dumps(WOO), "o.json")[0] == ("WooCommerce", "orders_json")
    plugin = "Order Number,Order Status,Order Date,Order Total Amount,Email (Billing)\n1,Completed,2026-01-05,20.00,an@example.nl\n"
    assert fed(plugin)[0] == ("WooCommerce", "order_export_orders")
    assert fed(
        plugin.replace("Email (Billing)\n", "Email (Billing),Item Name,Quantity,Item Cost\n").replace(
            "nl\n", "nl,Mok,1,20.00\n"
        )
    )[0] == ("WooCommerce", "order_export_lines")
    bol = "Bestelnummer;Besteldatum;EAN;Aantal;Prijs;Verzendmethode\n1;05-01-2026;8712345678906;1;20,00;PostNL\n"
    assert fed(bol)[0] == ("bol.com", "orders")
    light = "Bestelnummer;Besteldatum;Totaal incl. btw;Totaal excl. btw;Betaalstatus;Verzendmethode\n1;05-01-2026;24,20;20,00;Betaald;PostNL\n"
    assert fed(light)[0] == ("Lightspeed", "orders")


def every(part):
    """All texts of a description."""
    if isinstance(part, str):
        return [part]
    parts = part.values() if isinstance(part, dict) else part if isinstance(part, list) else []
    return [text for one in parts for text in every(one)]


def test_shared_words_are_filled_in_and_mean_one_thing():
    texts = [text for export in systems.exports() for text in every(export.known)]
    assert [text for text in texts if re.fullmatch(r"@[a-z]+", text)] == []
    assert "geannuleerd" in texts
    shared = tomllib.loads(systems.SHARED.read_text("utf-8"))
    words = [word for called in shared["channel"].values() for word in {plain(one) for one in called}]
    assert len(words) == len(set(words)), "a word says one channel"
    assert not set(map(plain, shared["good"])) & set(map(plain, shared["bad"]))


def test_patterns_of_headers_can_be_read():
    texts = [text for export in systems.exports() for text in every(export.known)]
    patterns = [re.compile(text[1:]) for text in texts if text[:1] == "~"]
    assert any(pattern.search("ticketfieldcontactreason") for pattern in patterns)


def test_matomo_moments_without_a_count_of_seconds():
    which, feeds = fed("""\
idVisit,visitorId,deviceType,type (actionDetails 0),url (actionDetails 0),serverTimePretty (actionDetails 0)
1,aa,Smartphone,action,https://example.nl/,"Jan 5, 2026 10:00:00"
""")
    assert which == ("Matomo", "visits_log_csv")
    assert columns(feeds["events"])["at"].tolist() == ["Jan 5, 2026 10:00:00"]
