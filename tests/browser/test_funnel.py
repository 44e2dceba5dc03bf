"""The funnel and the checkout as an owner walks through them: own log, own steps, wrong file, reload, phone."""

import datetime as dt
import re

import pytest
from babel.messages.pofile import read_po

from csworkbook import language
from csworkbook.funnel import measure
from csworkbook.language import speaking
from csworkbook.shop import open_shop

expect = pytest.importorskip("playwright.sync_api").expect
SECONDS = 1000
LONG = 90 * SECONDS
FUNNEL, CHECKOUT = "07_funnel.ipynb", "08_checkout.ipynb"
# how many visitors of the own log come so far, in its own words
REACHED = {"bekijkt fiets": 60, "legt in mandje": 36, "adres ingevuld": 18, "klaar ermee": 9}
OWN = ["Kijken", "In de mand", "Klaar"]
MOVE = {"nl": "een stap naar voren", "en": "one step earlier"}


def opened(page, server, spoken="nl", chapter=FUNNEL):
    """A chapter whose first panel and form of steps are there."""
    page.goto(server.chapter(f"{spoken}/{chapter}"), timeout=LONG)
    page.wait_for_selector(".csw-panel .main-svg", state="attached", timeout=LONG)
    page.wait_for_selector(".csw-upload input[type=file]", state="attached", timeout=LONG)
    expect(page.locator(".csw-steps-summary")).to_contain_text("→", timeout=LONG)
    return page


def settled(page):
    """Wait until no panel of the page waits for its turn any more."""
    page.wait_for_function("!document.querySelector('.csw-panel.csw-waiting')", timeout=2 * LONG)
    return page


def log(tmp_path, name="bezoeken.csv"):
    """Visits as a Dutch shop keeps them: semicolons, day first, its own words, saved by Windows."""
    start = dt.datetime(2026, 3, 2, 9)
    rows = [
        f"b{visitor};{start + dt.timedelta(hours=visitor, minutes=place):%d-%m-%Y %H:%M:%S};{step};mobiel"
        for place, (step, reached) in enumerate(REACHED.items())
        for visitor in range(reached)
    ]
    path = tmp_path / name
    path.write_bytes("\r\n".join(["Bezoeker;Tijdstip;Stap;Apparaat", *rows, ""]).encode("cp1252"))
    return path


def drop(page, file):
    page.set_input_files(".csw-upload input[type=file]", str(file))


def use(page):
    page.locator(".csw-file button.csw-press").first.click(timeout=LONG)
    page.wait_for_selector(".csw-bring >> text=/own|eigen/", timeout=LONG)


def brought(page, server, tmp_path, spoken="nl"):
    """The page with the own log in use."""
    opened(page, server, spoken)
    drop(page, log(tmp_path))
    use(page)
    expect(page.locator(".csw-steps-summary")).to_contain_text("bekijkt fiets", timeout=LONG)
    return page


def form(page):
    """The form of steps, unfolded."""
    details = page.locator(".csw-steps details.csw-form").first
    if details.get_attribute("open") is None:
        details.locator("summary").first.click()
    return details


def tool(page, step, place):
    """Button of a step's card: 0 earlier, 1 later, 2 out."""
    return page.locator(".csw-steps-card").nth(step).locator(".csw-steps-tool").nth(place)


def save(page):
    page.locator(".csw-steps .csw-button:not(.csw-button-quiet)").click()
    expect(page.locator(".csw-steps .csw-actions .csw-button-words")).to_have_text(
        re.compile("Bewaard|Saved"), timeout=LONG
    )


def counted(page):
    """Step and visitors of the first panel."""
    rows = page.locator(".csw-panel .csw-table").first.locator("tbody tr").all_inner_texts()
    return [tuple(cell.strip() for cell in row.split("\t")[:2]) for row in rows]


def awaits(page, wanted):
    """Wait until the first panel counts so."""
    page.wait_for_function(
        """wanted => {
            const rows = [...document.querySelector('.csw-panel .csw-table').querySelectorAll('tbody tr')];
            const told = rows.map(row => [...row.cells].slice(0, 2).map(cell => cell.innerText.trim()));
            return JSON.stringify(told) === JSON.stringify(wanted);
        }""",
        arg=[list(pair) for pair in wanted],
        timeout=LONG,
    )


def kept(page, text):
    """Wait until the browser has kept this for the next visit."""
    held = "text => [localStorage, sessionStorage].some(held => Object.values(held).some(one => one.includes(text)))"
    page.wait_for_function(held, arg=text, timeout=LONG)


def choose_own(page):
    """Three steps of the four, with names of one's own."""
    form(page)
    order = page.locator(".csw-steps-card .csw-steps-name input")
    left = [order.nth(n).input_value() for n in range(order.count())]
    tool(page, left.index("adres ingevuld"), 2).click()
    for place, name in enumerate(OWN):
        order.nth(place).fill(name)
    page.locator(".csw-steps-role select").nth(1).select_option("cart")
    page.locator(".csw-steps-role select").nth(2).select_option("paid")


def test_own_words_become_own_steps_and_are_there_after_a_reload(open_page, server, tmp_path):
    page = brought(open_page(), server, tmp_path)
    awaits(page, [(step, str(reached)) for step, reached in REACHED.items()])
    choose_own(page)
    expect(page.locator(".csw-steps-unsaved")).not_to_be_empty()
    save(page)
    wanted = [("Kijken", "60"), ("In de mand", "36"), ("Klaar", "9")]
    awaits(page, wanted)
    expect(page.locator(".csw-steps-unsaved")).to_be_empty()
    opened(page, server)
    awaits(page, wanted)
    expect(page.locator(".csw-steps-summary")).to_have_text("Kijken → In de mand → Klaar", timeout=LONG)
    opened(page, server, chapter=CHECKOUT)  # the next chapter goes by them too
    expect(page.locator(".csw-steps-summary")).to_have_text("Kijken → In de mand → Klaar", timeout=LONG)


def test_the_checkout_goes_by_the_parts_the_owner_gave(open_page, server, tmp_path):
    page = brought(open_page(), server, tmp_path, "en")
    choose_own(page)
    save(page)
    opened(page, server, "en", CHECKOUT)
    said = page.locator(".csw-headline:visible").first
    expect(said).to_contain_text("75%", timeout=LONG)  # 27 of the 36 carts were not paid


def test_what_was_not_saved_is_there_after_a_reload(open_page, server, tmp_path):
    page = brought(open_page(), server, tmp_path)
    choose_own(page)
    kept(page, OWN[-1])
    opened(page, server)
    expect(page.locator(".csw-steps-card")).to_have_count(3, timeout=LONG)
    names = page.locator(".csw-steps-card .csw-steps-name input")
    for place, name in enumerate(OWN):
        expect(names.nth(place)).to_have_value(name, timeout=LONG)
    awaits(page, [(step, str(reached)) for step, reached in REACHED.items()])


def test_in_the_demo_shop_other_steps_can_be_tried(open_page, server):
    page = opened(open_page(), server, "en")
    before = counted(page)
    form(page)
    tool(page, 0, 2).click()
    save(page)
    page.wait_for_function(
        "n => document.querySelector('.csw-panel .csw-table').querySelectorAll('tbody tr').length == n",
        arg=len(before) - 1,
        timeout=LONG,
    )
    after = dict(counted(page))
    assert (
        after["Product page"] == dict(before)["product page"]
    )  # in this shop the way leads past the home page
    opened(page, server, "en")
    expect(page.locator(".csw-steps-card")).to_have_count(len(before) - 1, timeout=LONG)
    page.locator(".csw-steps details.csw-form > summary").first.click()
    page.get_by_role("button", name="Back to the proposal").click()
    awaits(page, before)


def test_a_step_that_cannot_be_is_said_and_nothing_changes(open_page, server, tmp_path):
    page = brought(open_page(), server, tmp_path)
    form(page)
    page.locator(".csw-steps-name input").nth(1).fill("bekijkt fiets")
    page.locator(".csw-steps .csw-button:not(.csw-button-quiet)").click()
    said = page.locator(".csw-steps .csw-actions .csw-error")
    expect(said).to_contain_text("Twee stappen heten", timeout=LONG)
    assert counted(page)[1] == ("legt in mandje", "36")


def test_steps_in_the_wrong_order_are_told(open_page, server, tmp_path):
    page = brought(open_page(), server, tmp_path)
    form(page)
    tool(page, 1, 0).click()
    expect(page.locator(".csw-steps-hints p")).to_contain_text("36", timeout=LONG)


def test_thousands_of_pages_can_be_searched_and_added_at_once(open_page, server, tmp_path):
    rows = [f"b{n % 400},2026-03-02 10:{n % 60:02}:00,https://x.nl/product/{n}?s={n}" for n in range(4900)]
    rows += [f"b{n},2026-03-02 12:00:00,https://x.nl/wagen" for n in range(100)]
    path = tmp_path / "paden.csv"
    path.write_text("\n".join(["visitor,time,page_url", *rows]) + "\n", "utf-8")
    page = opened(open_page(), server, "en")
    drop(page, path)
    use(page)
    expect(page.locator(".csw-steps-holds summary")).to_contain_text("4,901", timeout=LONG)
    form(page)
    while page.locator(".csw-steps-card").count():
        tool(page, 0, 2).click()
    page.locator(".csw-steps-holds summary").click()
    for text in ("/product/77", "wagen"):
        page.locator(".csw-steps-holds input").fill(text)
        entry = page.locator(".csw-steps-holds .csw-steps-entry", has_text=text).first
        entry.get_by_role("button").click(timeout=LONG)
    expect(page.locator(".csw-steps-card")).to_have_count(2)
    page.locator(".csw-steps-card").first.get_by_role("button", name="Count something else").click()
    page.locator(".csw-steps-card").first.get_by_role("searchbox").fill("/product/")
    page.get_by_role("button", name="Add all 4,900").click(timeout=LONG)
    expect(page.locator(".csw-steps-card").first).to_contain_text("and 4,888 more", timeout=LONG)
    names = page.locator(".csw-steps-card .csw-steps-name input")
    names.nth(0).fill("Product")
    names.nth(1).fill("Cart")
    save(page)
    awaits(page, [("Product", "400"), ("Cart", "100")])


@pytest.mark.parametrize("name", ["leeg.csv", "geen_bezoeken.csv", "binair.csv"])
def test_a_file_that_cannot_be_used_gives_a_sentence_and_the_page_lives_on(open_page, server, tmp_path, name):
    content = {
        "leeg.csv": b"",
        "binair.csv": bytes(range(256)) * 40,
        "geen_bezoeken.csv": b"naam;plaats\nJan;Delft\n",
    }
    path = tmp_path / name
    path.write_bytes(content[name])
    page = opened(open_page(), server)
    before = counted(page)
    drop(page, path)
    said = page.locator(".csw-bring .csw-error").first.inner_text(timeout=LONG)
    assert name in said
    assert not re.search(r"Traceback|Error|Exception", said)
    assert counted(page) == before
    form(page)
    tool(page, 0, 2).click()
    save(page)
    expect(page.locator(".csw-panel .csw-table").first.locator("tbody tr")).to_have_count(
        len(before) - 1, timeout=LONG
    )


def test_the_form_works_from_the_keyboard(open_page, server):
    page = opened(open_page(), server)
    page.locator(".csw-steps details.csw-form > summary").first.focus()
    page.keyboard.press("Enter")
    names = page.locator(".csw-steps-card .csw-steps-name input")
    expect(names.nth(1)).to_be_editable(timeout=LONG)
    second = names.nth(1).input_value()
    names.nth(1).focus()
    for _key in range(2):  # past the part, to the first button
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(names.nth(0)).to_have_value(second, timeout=LONG)
    expect(page.locator("*:focus")).to_have_attribute("aria-label", re.compile(re.escape(second)))
    page.keyboard.press(
        "Enter"
    )  # the keyboard stays with the step that moved; the button that is free: back again
    expect(names.nth(1)).to_have_value(second, timeout=LONG)


def first(page):
    """The first panel with controls."""
    return page.locator(".csw-panel:has(.csw-controls)").first


def shows(page, text):
    expect(first(page).locator(".csw-headline")).to_contain_text(text, timeout=LONG)


def test_a_month_is_typed_and_comes_back_after_a_reload(open_page, server):
    page = settled(opened(open_page(), server, "en"))
    first(page).locator(".csw-control-since input").focus()
    page.keyboard.type("05012026")  # with a year that is typed digit by digit
    shows(page, "(from 1 May 2026)")
    first(page).locator(".csw-control-until input").fill("2026-05-31")
    shows(page, "(1 May 2026 – 31 May 2026)")
    with speaking("en"):
        told = open_shop().call(measure, since="2026-05-01", until="2026-05-31").cells()
    awaits(page, [row[:2] for row in told])
    kept(page, "2026-05-31")
    settled(opened(page, server, "en"))
    awaits(page, [row[:2] for row in told])
    expect(first(page).locator(".csw-control-since input")).to_have_value("2026-05-01", timeout=LONG)


def test_a_period_that_cannot_be_is_a_sentence(open_page, server):
    page = settled(opened(open_page(), server, "en"))
    since, until = (first(page).locator(f".csw-control-{name} input") for name in ("since", "until"))
    since.fill("2026-05-10")
    shows(page, "(from 10 May 2026)")
    until.fill("2026-05-02")
    said = first(page).locator(".csw-error")
    expect(said).to_contain_text(
        "The last day (2 May 2026) comes before the first (10 May 2026).", timeout=LONG
    )
    until.fill("2031-05-02")  # beyond the log: not sent, and told when one goes on
    until.blur()
    expect(first(page).locator(".csw-control-until")).to_contain_text(
        "A day from 19 April 2026 to 30 June 2026"
    )
    expect(until).to_have_attribute("aria-invalid", "true")
    until.fill("")
    shows(page, "(from 10 May 2026)")


def test_choices_that_are_folded_away_open_from_the_keyboard_and_are_told(open_page, server):
    page = settled(opened(open_page(), server, "en"))
    exclude = first(page).locator(".csw-control-exclude select")
    expect(exclude).to_be_hidden()
    first(page).locator(".csw-fold summary").focus()
    page.keyboard.press("Enter")
    expect(exclude).to_be_visible()
    exclude.select_option(label="search")
    shows(page, "without “search” on the way")
    first(page).locator(".csw-fold summary").press("Enter")
    expect(exclude).to_be_hidden()
    expect(first(page).locator(".csw-changed")).to_have_text("Not by way of: search")


def test_last_month_is_laid_beside_the_month_before(open_page, server):
    page = settled(opened(open_page(), server, "en"))
    panel = page.locator(".csw-panel:has(.csw-control-periods)")
    panel.locator(".csw-control-periods select").select_option(label="last month against the month before")
    said = panel.locator(".csw-headline")
    for days in ("1 May 2026 – 31 May 2026", "1 Jun 2026 – 30 Jun 2026", "left out: their time was not over"):
        expect(said).to_contain_text(days, timeout=LONG)


@pytest.mark.parametrize("spoken", ["nl", "en"])
@pytest.mark.parametrize("chapter", [FUNNEL, CHECKOUT])
def test_no_table_needs_sideways_scrolling_on_a_laptop(open_page, server, chapter, spoken):
    page = settled(opened(open_page(), server, spoken, chapter))
    for panel in page.locator(".csw-panel:has(.csw-control-by)").all():
        split = panel.locator(".csw-control-by")
        device = split.locator("button, option").filter(has_text=re.compile("Device|Apparaat")).first
        if device.evaluate("one => one.tagName") == "BUTTON":
            device.click()
        else:
            split.locator("select").select_option(label=device.inner_text())
        told = panel.locator(".csw-table, .csw-headline").filter(has_text=re.compile("mobi", re.IGNORECASE))
        expect(told.first).to_be_visible(timeout=LONG)
    settled(page)
    wide = "[...document.querySelectorAll('.csw-table-scroll')].filter(t => t.scrollWidth > t.clientWidth)"
    assert page.locator(".csw-table-scroll:visible").count() > 5
    assert page.evaluate(f"{wide}.map(t => t.closest('.csw-panel').innerText.slice(0, 60))") == []


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("spoken", ["nl", "en"])
@pytest.mark.parametrize("chapter", [FUNNEL, CHECKOUT])
def test_everybody_can_use_the_page(open_page, server, serious, screenshots, chapter, spoken, width):
    page = settled(opened(open_page(width=width), server, spoken, chapter))
    for fold in page.locator(".csw-fold summary").all():
        fold.click()
    form(page)
    page.locator(".csw-steps-holds summary").click()
    page.locator(".csw-steps-holds .csw-steps-entry").first.wait_for(timeout=LONG)
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    wide = "[...document.querySelectorAll('.csw-panel')].filter(p => p.getBoundingClientRect().right > innerWidth + 1)"
    assert page.evaluate(f"{wide}.length") == 0
    if screenshots:
        page.screenshot(path=screenshots / f"{chapter.split('.')[0]}-{spoken}-{width}.png")


@pytest.mark.parametrize("chapter", [FUNNEL, CHECKOUT])
def test_there_is_no_english_on_the_dutch_page(open_page, server, chapter):
    page = settled(opened(open_page(), server, "nl", chapter))
    form(page)
    text = page.locator("body").inner_text()
    dutch = read_po((language.LOCALE_FOLDER / "nl/LC_MESSAGES/csworkbook.po").open("rb"))
    parts = {piece.strip() for m in dutch if isinstance(m.id, str) for piece in re.split(r"\{[^}]*\}", m.id)}
    english = {part for part in parts if len(re.findall("[a-z]{2,}", part)) >= 3}
    assert [part for part in english if part in text] == []


@pytest.mark.parametrize("chapter", [FUNNEL, CHECKOUT])
def test_the_page_asks_nothing_of_the_outside_and_makes_no_mistakes(open_page, server, chapter):
    page = settled(opened(open_page(), server, "nl", chapter))
    assert page.outside.asked == []
    assert page.mistakes == []
