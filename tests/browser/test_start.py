"""The start page as an owner walks through it: several exports, a correction, a chapter, a restart."""

import csv
import io
import random
import re
from datetime import datetime, timedelta

import openpyxl
import pytest
from babel.messages.pofile import read_po
from serving import serving

from csworkbook import language
from csworkbook.shop import new_shop, open_shop

expect = pytest.importorskip("playwright.sync_api").expect
SECONDS = 1000
START, CHAPTER = "00_start.ipynb", "03_effort_survey.ipynb"
HEADS = [
    "Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Currency",
    "Subtotal", "Shipping", "Taxes", "Total", "Discount Code", "Discount Amount",
    "Shipping Method", "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem sku",
    "Billing Name", "Cancelled at", "Refunded Amount", "Id",
]  # fmt: skip


def shopify(orders=40):
    """Orders as Shopify exports them: every second order has a second line, on which the order's own cells are blank."""
    rows, moment = [], datetime(2026, 1, 5, 9)
    for n in range(orders):
        moment += timedelta(hours=9)
        when, lines = f"{moment:%Y-%m-%d %H:%M:%S} +0100", 1 + n % 2
        for line in range(lines):
            row = dict.fromkeys(HEADS, "")
            row |= {"Name": f"#{1001 + n}", "Email": f"klant{n % 15}@example.com", "Lineitem quantity": 1}
            row |= {
                "Lineitem name": ("Mug", "Plate")[line],
                "Lineitem price": "10.00",
                "Lineitem sku": f"S-{line}",
            }
            if line == 0:
                row |= {
                    "Financial Status": "paid",
                    "Currency": "EUR",
                    "Subtotal": f"{lines * 10}.00",
                    "Id": 5000 + n,
                }
                row |= {
                    "Shipping": "3.95",
                    "Taxes": "0.00",
                    "Total": f"{lines * 10 + 3.95:.2f}",
                    "Created at": when,
                }
                row |= {
                    "Discount Amount": "0.00",
                    "Billing Name": "Anna Voorbeeld",
                    "Refunded Amount": "0.00",
                }
            rows.append(row)
    return _csv(HEADS, [list(row.values()) for row in rows])


def zendesk(tickets=30):
    heads = [
        "Id",
        "Requester",
        "Requester email",
        "Subject",
        "Channel",
        "Assignee",
        "Topic",
        "Created at",
        "Solved at",
    ]
    rows, moment = [], datetime(2026, 1, 6, 10)
    for n in range(tickets):
        moment += timedelta(hours=14)
        solved = moment + timedelta(hours=5)
        who = ["Anna Voorbeeld", f"klant{n % 15}@example.com"]
        times = [f"{moment:%Y-%m-%d %H:%M}", f"{solved:%Y-%m-%d %H:%M}"]
        rows.append(
            [7000 + n, *who, f"Order #{1001 + n}", "Email", "Bram", ("delivery", "size")[n % 2], *times]
        )
    return _csv(heads, rows)


def _csv(heads, rows):
    text = io.StringIO()
    csv.writer(text).writerows([heads, *rows])
    return text.getvalue().encode()


def survey(answers=60):
    """Sixty answers: of those after the purchase one in four is “far too much”."""
    book = openpyxl.Workbook()
    book.active.append(
        ["Datum", "Moeite bij kiezen", "Moeite bij kopen", "Moeite na aankoop", "Welke kleur wil je?"]
    )
    words = ("Nauwelijks moeite", "Een beetje moeite", "Veel te veel moeite")
    for n in range(answers):
        colour = random.Random(n).choice(["rood", "blauw"])
        said = [words[0], words[n % 8 == 0], words[2 * (n % 4 == 0)]]
        book.active.append([datetime(2026, 1, 5, 9) + timedelta(hours=7 * n), *said, colour])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Three exports of one invented shop, and a broken file."""
    folder = tmp_path_factory.mktemp("exports")
    contents = {"orders_export.csv": shopify(), "tickets.csv": zendesk(), "enquete.xlsx": survey()}
    for name, content in {**contents, "stuk.xlsx": b"PK\x03\x04no book"}.items():
        (folder / name).write_bytes(content)
    return folder


THREE = ("orders_export.csv", "tickets.csv", "enquete.xlsx")


def opened(page, server, spoken="en"):
    server.open(page, f"{spoken}/{START}")
    expect(page.locator(".csw-upload input[type=file]")).to_be_attached()
    expect(page.locator(".csw-ready-list li").first).to_be_attached()
    return page


def drop(page, folder, *names):
    page.set_input_files(".csw-upload input[type=file]", [str(folder / name) for name in names])


def card(page, name):
    return page.locator(".csw-file").filter(has=page.get_by_role("heading", name=name, exact=True))


def bring_three(page, files):
    drop(page, files, *THREE)
    for name in THREE:
        expect(card(page, name).locator(".csw-headline").first).to_be_visible()


def use(page, name):
    card(page, name).locator("button.csw-press").first.click()
    expect(card(page, name).locator(".csw-done")).to_be_visible()


def in_chapter(page, server):
    """What chapter 03 says first."""
    server.open(page, f"en/{CHAPTER}")
    line = page.locator(".csw-headline:visible").first
    expect(line).to_be_visible()
    return line


@pytest.fixture
def workbook(tmp_path):
    return new_shop(tmp_path / "shop", name="Fietsenwinkel", language="nl")


@pytest.mark.slow
def test_three_files_a_correction_a_chapter_and_a_restart(open_page, workbook, files, tmp_path):
    with serving(workbook.folder, "--no-preheat", log=tmp_path / "log.txt") as server:
        page = opened(open_page(), server)
        bring_three(page, files)
        orders = card(page, "orders_export.csv").locator(".csw-headline")
        expect(orders).to_have_text(
            [re.compile("40 rows read, 40 rows can"), re.compile("60 rows read, 60 rows")]
        )
        tickets = card(page, "tickets.csv")
        tickets.locator("details.csw-form summary").click()
        tickets.locator('select[data-header="Assignee"]').select_option("")
        tickets.get_by_role("button", name="Apply the changes").click()
        expect(tickets.locator('select[data-header="Assignee"]')).to_have_count(0)
        for name in THREE:
            use(page, name)
        expect(page.locator(".csw-table").get_by_text("enquete.xlsx")).to_be_visible()
        expect(in_chapter(page, server)).to_have_text(re.compile("After purchase: 25% say"))
        page.get_by_role("link", name="All chapters").click()
        expect(page.locator(".csw-note-own")).to_contain_text("Fietsenwinkel")
    _still_there(open_page, workbook, tmp_path)


def _still_there(open_page, workbook, tmp_path):
    """After a restart: the same files, the same tables, the same headline, the correction."""
    shop = open_shop(workbook.folder)
    assert sorted(shop.tables()) == ["contacts", "effort_survey", "order_lines", "orders"]
    assert (len(shop.orders), len(shop.order_lines), len(shop.contacts)) == (40, 60, 30)
    assert "agent" not in shop.contacts.columns
    assert "@" not in "".join(map(str, shop.orders["customer_id"]))
    with serving(workbook.folder, "--no-preheat", log=tmp_path / "again.txt") as server:
        page = opened(open_page(), server)
        for name in THREE:
            expect(page.locator(".csw-table").get_by_text(name).first).to_be_visible()
        expect(page.locator(".csw-headline", has_text="can run now")).to_be_visible()
        expect(in_chapter(page, server)).to_have_text(re.compile("After purchase: 25% say"))


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """Served without a workbook, in a folder of its own."""
    home = tmp_path_factory.mktemp("home")
    with serving(None, "--no-preheat", log=tmp_path_factory.mktemp("log") / "log.txt", cwd=home) as server:
        server.home = home
        yield server


def test_the_choice_of_a_shop_holds_for_every_page_of_the_tab(open_page, demo, files):
    page = opened(open_page(), demo)
    drop(page, files, "enquete.xlsx")
    use(page, "enquete.xlsx")
    page.goto(f"{demo.url}?lang=en")
    expect(page.locator(".csw-bar .csw-shop")).to_have_text("Your own data")
    expect(page.locator(".csw-landing")).not_to_contain_text("demo")
    page.get_by_role("link", name="Bring more, or open another shop").click()
    page.get_by_label("Name of your shop").fill("Fietsen & Zn.")
    page.get_by_role("button", name="Make a workbook").click()
    expect(page.locator(".csw-bar .csw-shop")).to_have_text("Fietsen & Zn.")
    assert open_shop(demo.home / "fietsen-zn").tables() == ["effort_survey"]
    expect(in_chapter(page, demo)).to_have_text(re.compile("After purchase: 25% say"))
    page.goto(f"{demo.url}?lang=en")
    expect(page.locator(".csw-bar .csw-shop")).to_have_text("Fietsen & Zn.")
    opened(page, demo)
    page.get_by_role("button", name="Show the demo shop").click()
    expect(page.locator(".csw-banner")).to_contain_text("invented")
    page.goto(f"{demo.url}?lang=en")
    expect(page.locator(".csw-note")).to_contain_text("invented")
    other = open_page()
    other.goto(f"{demo.url}?lang=en")
    expect(other.locator(".csw-note")).to_contain_text("invented")


def test_several_files_that_are_fine_need_one_button(open_page, demo, files):
    page = opened(open_page(), demo)
    bring_three(page, files)
    page.get_by_role("button", name=re.compile("Use all")).press("Enter")
    expect(card(page, "orders_export.csv").locator(".csw-done")).to_contain_text("40 rows are new")
    drop(page, files, "orders_export.csv")
    first = page.locator(".csw-file").first
    expect(first.get_by_role("heading", name="orders_export.csv")).to_be_visible()
    expect(first.locator(".csw-headline").first).to_contain_text("40 rows read")
    first.locator("button.csw-press").first.click()
    expect(first.locator(".csw-done")).to_contain_text("40 rows were there already")


def test_a_broken_file_is_a_sentence_and_the_others_come_in(open_page, demo, files):
    page = opened(open_page(), demo)
    drop(page, files, "stuk.xlsx", "enquete.xlsx")
    said = page.locator(".csw-upload-outcomes .csw-error")
    expect(said).to_contain_text("stuk.xlsx")
    expect(card(page, "enquete.xlsx").locator(".csw-headline")).to_contain_text("60 rows read")
    assert not re.search(r"Traceback|Error|Exception", page.locator("main").inner_text())


def test_a_file_nobody_knows_is_told_by_keyboard(open_page, demo, tmp_path):
    rows = "".join(f"zz{n};a sentence that says nothing about number {n}\n" for n in range(1, 29))
    (tmp_path / "odd.csv").write_text("Alpha;Beta\n" + rows)
    page = opened(open_page(), demo)
    drop(page, tmp_path, "odd.csv")
    table = card(page, "odd.csv").get_by_label("What this file holds")
    table.focus()
    table.select_option("products")
    column = card(page, "odd.csv").locator('select[data-header="Alpha"]')
    expect(column.locator('option[value="product_id"]')).to_have_count(1)
    column.select_option("product_id")
    card(page, "odd.csv").locator('select[data-header="Beta"]').select_option("name")
    card(page, "odd.csv").get_by_role("button", name="Apply the changes").press("Enter")
    expect(card(page, "odd.csv").locator(".csw-headline")).to_contain_text("28 rows can be used")
    use(page, "odd.csv")


def test_settings_are_checked_saved_and_there_after_a_reload(open_page, workbook, tmp_path):
    with serving(workbook.folder, "--no-preheat", log=tmp_path / "log.txt") as server:
        page = opened(open_page(), server)
        form = page.locator(".csw-settings")
        margin = form.locator(".csw-control-margin input")
        margin.fill("135")
        form.get_by_role("button", name="Save").click()
        expect(form.get_by_role("alert")).to_contain_text("135")
        margin.fill("42,5")
        form.get_by_role("button", name="Save").press("Enter")
        expect(form.locator(".csw-done")).to_be_visible()
        opened(page, server)
        expect(page.locator(".csw-settings .csw-control-margin input")).to_have_value("42.5")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("spoken", ["nl", "en"])
def test_everybody_can_use_the_page(open_page, demo, files, serious, screenshots, spoken, width):
    page = opened(open_page(width=width), demo, spoken)
    bring_three(page, files)
    card(page, "tickets.csv").locator("details.csw-form summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    right = "Math.max(...[...document.querySelectorAll('.csw-panel, .csw-form')].map(p => p.getBoundingClientRect().right))"
    assert page.evaluate(right) <= width + 1
    assert page.locator(".csw-ready-list").is_visible() == (width == 390)
    assert serious(page) == []
    assert page.outside.asked == []
    assert page.mistakes == []
    if screenshots:
        page.screenshot(path=screenshots / f"start-{spoken}-{width}.png", full_page=True)


def test_there_is_no_english_on_the_dutch_page(open_page, demo, files):
    page = opened(open_page(), demo, "nl")
    bring_three(page, files)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    page.wait_for_timeout(2 * SECONDS)
    text = page.locator("body").inner_text()
    dutch = read_po((language.LOCALE_FOLDER / "nl/LC_MESSAGES/csworkbook.po").open("rb"))
    parts = {piece.strip() for m in dutch if isinstance(m.id, str) for piece in re.split(r"\{[^}]*\}", m.id)}
    english = {part for part in parts if len(re.findall("[a-z]{2,}", part)) >= 3}
    assert english
    assert [part for part in english if part in text] == []
