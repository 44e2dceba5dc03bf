"""Channels and staffing as an owner meets them: own tickets, a bar clicked, the plan changed and taken home."""

import csv
import io
import random
import re
from collections import Counter
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest
from babel.messages.pofile import read_po
from serving import serving

from csworkbook import channels, language, staffing
from csworkbook.pages import limits
from csworkbook.shop import new_shop, open_shop

expect = pytest.importorskip("playwright.sync_api").expect
CHAPTER = "09_channels.ipynb"
LONG = 90_000  # ms: some twenty panels, on a busy machine
BEYOND = "(e) => e.getBoundingClientRect().right > innerWidth + 1"
LOW = "(e) => e.getBoundingClientRect().height < 40"  # too low for a finger
# as Freshdesk exports tickets
HEADS = [
    "Ticket ID", "Subject", "Status", "Priority", "Source", "Type", "Agent", "Group", "Created time", "Resolved time",
    "Last update time", "Initial response time", "Time tracked", "First response time (in hrs)",
    "Resolution time (in hrs)", "Agent interactions", "Customer interactions", "Resolution status",
    "First response status", "Tags", "Survey results", "Full name", "Email", "Contact ID",
]  # fmt: skip
# tickets, minutes of work, hours until the first reply
SOURCES = {"Phone": (260, 6, 0.005), "Chat": (190, 9, 0.006), "Email": (150, 12, 5.0)}
TYPES = ("Delivery", "Return", "Size and fit")
FIRST, WEEKS = date(2026, 3, 2), 10  # a Monday; summer time begins in between


def tickets():
    """Six hundred tickets on the workdays of ten weeks, one dictionary each."""
    draw, made = random.Random(9), []
    for source, (count, minutes, hours) in SOURCES.items():
        for n in range(count):
            day = FIRST + timedelta(weeks=draw.randrange(WEEKS), days=draw.randrange(5))
            at = datetime.combine(day, time(9)) + timedelta(minutes=draw.randrange(8 * 60))
            replied = at + timedelta(hours=hours * draw.uniform(0.2, 1.8))
            solved = replied + timedelta(minutes=minutes)
            told = {
                "Created time": at, "Initial response time": replied, "Resolved time": solved,
                "Last update time": solved,
            }  # fmt: skip
            row = dict.fromkeys(HEADS, "") | {
                name: f"{moment:%Y-%m-%d %H:%M:%S}" for name, moment in told.items()
            }
            row |= {"Ticket ID": len(made) + 1, "Subject": "Vraag", "Status": "Closed", "Priority": "Low"}
            row |= {"Source": source, "Type": TYPES[n % 3], "Agent": ("Ada", "Bo", "Cleo")[n % 3]}
            row |= {
                "Time tracked": f"{minutes * draw.uniform(0.5, 1.5) / 60:.4f}",
                "Contact ID": draw.randrange(400),
            }
            made.append(row | {"Agent interactions": 1, "Customer interactions": 1})
    return made


TICKETS = tickets()


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    """The tickets as the file that the helpdesk gives."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADS)
    writer.writeheader()
    writer.writerows(TICKETS)
    path = tmp_path_factory.mktemp("export") / "tickets.csv"
    path.write_text(out.getvalue(), "utf-8")
    return path


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A workbook with nothing in it yet."""
    return new_shop(tmp_path_factory.mktemp("shop") / "shop", name="Fietsen & Zn.", language="en")


@pytest.fixture(scope="module")
def own(chromium, shop, tmp_path_factory):
    log = tmp_path_factory.mktemp("own") / "log.txt"
    with serving(shop.folder, log=log, cwd=log.parent) as running:
        yield running


def opened(page, running, spoken="en"):
    """The chapter, once no panel is waiting any more."""
    running.open(page, f"{spoken}/{CHAPTER}")
    expect(page.locator(".csw-upload input[type=file]")).to_be_attached(timeout=LONG)
    settled(page)
    return page


def settled(page):
    expect(page.locator(".csw-panel.csw-shown, .csw-panel.csw-empty").first).to_be_visible(timeout=LONG)
    expect(page.locator(".csw-panel.csw-waiting")).to_have_count(0, timeout=LONG)


def panel(page, control):
    """The panel that has this control, which no other has."""
    return page.locator(".csw-panel", has=page.locator(f".csw-control-{control}")).first


def four(page):
    return panel(page, "hours")


def behind(page):
    return panel(page, "order")


def plan(page):
    return panel(page, "phone_share")


def told(panel):
    return panel.locator(".csw-headline")


def plain(text):
    """As a browser gives it: one blank for many."""
    return re.sub(r"\s+", " ", text)


def says(panel, result):
    """The panel says what the library says, and shows its rows."""
    with language.speaking("en"):
        expect(told(panel)).to_have_text(plain(result.text), timeout=LONG)
        rows = limits.shown(result).written
    for place, row in enumerate(rows[:5]):
        cells = panel.locator("tbody tr").nth(place).locator("td, th")
        expect(cells).to_have_text([plain(cell) for cell in row], timeout=LONG)


def picture(panel):
    return panel.locator(".csw-figure .main-svg").first


def click_bar(page, panel, place):
    """Press on a bar as a person does: come near, see what it says, press."""
    bar = panel.locator(".barlayer .trace.bars").first.locator(".point path").nth(place)
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    at = box["x"] + min(6, box["width"] / 2), box["y"] + box["height"] / 2
    page.mouse.move(at[0] + 1, at[1] + 1)
    page.mouse.move(*at)
    expect(panel.locator(".hoverlayer .hovertext").first).to_be_visible()
    page.mouse.click(*at)


def taken(panel, folder):
    """The table as an Excel workbook."""
    with panel.page.expect_download() as waiting:
        panel.get_by_role("button", name=re.compile("Excel")).first.click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return openpyxl.load_workbook(path).worksheets[0]


def drop(page, path):
    page.set_input_files(".csw-upload input[type=file]", str(path))


@pytest.fixture(scope="module")
def brought(own, browser, export, shop):
    """The workbook, once the tickets were brought on the page."""
    from serving import ALIVE

    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(ALIVE)
    page = opened(context.new_page(), own)
    drop(page, export)
    expect(page.locator(".csw-bring .csw-headline")).to_contain_text("600 rows read")
    page.locator(".csw-file button.csw-press:visible").first.click()
    expect(four(page).locator("tbody tr")).to_have_count(3, timeout=LONG)
    context.close()
    return open_shop(shop.folder)


def test_nothing_yet_is_said_and_a_broken_file_gives_words(server, open_page, tmp_path):
    page = opened(open_page(), server)
    before = told(four(page)).inner_text()
    broken = tmp_path / "tickets.xlsx"
    broken.write_bytes(b"PK\x03\x04 this is no workbook")
    drop(page, broken)
    trouble = page.locator(".csw-bring .csw-error").first
    expect(trouble).to_contain_text("tickets.xlsx")
    said = trouble.inner_text()
    assert len(said.split()) > 8
    assert not re.search(r"Traceback|Exception|zipfile", said)
    expect(told(four(page))).to_have_text(plain(before))
    four(page).locator(".csw-control-hours select").select_option(label="in opening hours")
    expect(told(four(page))).not_to_have_text(plain(before))
    assert page.mistakes == []


def test_own_tickets_come_in_as_they_are(brought):
    contacts = brought.contacts
    counted = Counter(row["Source"].lower() for row in TICKETS)
    assert contacts["channel"].value_counts().to_dict() == counted
    assert contacts["topic"].value_counts().to_dict() == Counter(row["Type"] for row in TICKETS)
    known = {str(row["Ticket ID"]): row["Created time"] for row in TICKETS}
    opened_at = contacts.set_index("contact_id")["opened_at"].dt.tz_convert("Europe/Amsterdam")
    assert opened_at.dt.strftime("%Y-%m-%d %H:%M:%S").to_dict() == known


def test_the_four_vs_are_those_of_the_own_channels(brought, own, open_page):
    page = opened(open_page(), own)
    says(four(page), brought.call(channels.four_vs, hours="clock"))
    names = four(page).locator("tbody tr td:first-child, tbody tr th:first-child")
    assert sorted(names.all_text_contents()) == ["chat", "e-mail", "phone"]
    four(page).locator(".csw-control-hours select").select_option(label="in opening hours")
    says(four(page), brought.call(channels.four_vs, hours="open"))
    assert page.mistakes == []


def test_a_click_on_a_bar_shows_the_contacts_behind_it(brought, own, open_page):
    page = opened(open_page(), own)
    expect(picture(four(page))).to_be_visible()
    expect(four(page)).to_have_class(re.compile("csw-clickable"))
    order = brought.call(channels.four_vs).table["channel"].tolist()
    for place in (0, 2):  # the lowest bar is the last row
        channel = order[::-1][place]
        said = {"email": "e-mail"}.get(channel, channel)
        click_bar(page, four(page), place)
        expect(behind(page).locator(".csw-control-channel select option:checked")).to_have_text(
            said, ignore_case=True
        )
        expect(behind(page).locator(".csw-title")).to_be_in_viewport()
        found = brought.call(channels.contacts_behind, channel=channel, order="newest")
        says(behind(page), found)
        numbers = {str(row["Ticket ID"]) for row in TICKETS if row["Source"].lower() == channel}
        first = behind(page).locator("tbody tr")
        assert {row.locator("td, th").first.inner_text() for row in first.all()[:20]} <= numbers
    assert page.mistakes == []


def test_the_plan_changes_with_what_is_promised_and_goes_home_as_a_spreadsheet(
    brought, own, open_page, tmp_path
):
    page = opened(open_page(), own)
    usual, strict = (brought.call(staffing.plan, phone_share=share) for share in (0.8, 0.95))
    says(plan(page), usual)
    assert usual.hours.value < strict.hours.value  # what is promised more takes more
    plan(page).locator(".csw-control-phone_share select").select_option(label="95%")
    says(plan(page), strict)
    rows = list(taken(plan(page), tmp_path).iter_rows(values_only=True))
    with language.speaking("en"):
        assert list(rows[0]) == strict.heads()
    whole = strict.table.astype(object).where(strict.table.notna(), None)
    assert [list(row) for row in rows[1:]] == whole.to_numpy().tolist()
    people = sum(cell for row in rows[1:] for cell in row[1:] if cell)
    assert people / 2 == pytest.approx(strict.table.drop(columns="time").sum().sum() / 2)
    assert page.mistakes == []


@pytest.mark.parametrize("spoken", ["nl", "en"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_and_can_be_used_on_a_phone(server, open_page, serious, screenshots, width, spoken):
    page = opened(open_page(width=width), server, spoken)
    expect(plan(page).locator("tbody tr").first).to_be_visible()
    if screenshots:
        page.screenshot(path=screenshots / f"channels-{spoken}-{width}.png", full_page=True)
    inside = page.locator(":is(.csw-panel, .csw-press, .csw-button, input, select, p):visible")
    outside = inside.evaluate_all(f"(all) => all.filter({BEYOND}).map((e) => e.outerHTML.slice(0, 200))")
    assert outside == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if width < 600:
        fingers = page.locator(":is(.csw-press, .csw-button, .csw-control select):visible")
        assert fingers.evaluate_all(f"(all) => all.filter({LOW}).map((e) => e.outerHTML.slice(0, 200))") == []
    assert serious(page) == []
    assert page.outside.asked == []
    assert page.mistakes == []


def test_there_is_no_english_on_the_dutch_page(server, open_page):
    page = opened(open_page(), server, "nl")
    cells = behind(page).locator("tbody td:last-child")  # what customers wrote, some of them in English
    expect(cells.first).to_be_visible()
    cells.evaluate_all("(all) => all.forEach((cell) => cell.remove())")
    text = page.locator("body").inner_text()
    dutch = read_po((language.LOCALE_FOLDER / "nl/LC_MESSAGES/csworkbook.po").open("rb"))
    ids = [one for m in dutch for one in (m.id if isinstance(m.id, tuple) else (m.id,))]
    parts = {piece.strip() for one in ids for piece in re.split(r"\{[^}]*\}", one)}
    english = {part for part in parts if len(re.findall("[a-z]{2,}", part)) >= 3}
    assert english
    assert [part for part in english if part in text] == []
