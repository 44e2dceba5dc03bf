"""Key figures as an owner meets them: targets typed and there after a reload, a goal chosen, the week taken home."""

import json
import re

import pytest
from serving import serving

from csworkbook.shop import new_shop, open_shop

expect = pytest.importorskip("playwright.sync_api").expect
CHAPTER = "10_kpis.ipynb"
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
CELLS = (
    "import csworkbook as cs\nfrom csworkbook.kpis.metrics import key_figures\n"
    "from csworkbook.kpis.tree import goal_tree\n\n"
    'shop = cs.open_shop()\ncs.welcome(shop, "contacts")',
    'cs.panel(shop, key_figures, period=["week", "month"])',
    "cs.kpi_targets(shop)",
    'cs.panel(shop, goal_tree, goal=["keep", "sell", "convert", "compete", "less"])',
    "cs.week_report(shop)",
)
SAVED = re.compile(r"\d\d:\d\d")
BEYOND = "(e) => e.getBoundingClientRect().right > innerWidth + 1"
LOW = "(e) => e.getBoundingClientRect().height < 40"  # too low for a finger


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    """A folder with a chapter that holds what is tested here and nothing else, in both languages."""
    root = tmp_path_factory.mktemp("chapters")
    for spoken, title in (("nl", "KPI’s"), ("en", "KPIs")):
        cells = [{"cell_type": "markdown", "id": "c0", "metadata": {}, "source": f"# {title}"}]
        code = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
        cells += [{**code, "id": f"c{n}", "source": source} for n, source in enumerate(CELLS, 1)]
        about = {"title": title, "question": "?", "minutes": 15, "needs": ["contacts"], "app": True}
        book = {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {**KERNEL, "csworkbook": about},
            "cells": cells,
        }
        (root / spoken).mkdir()
        (root / spoken / CHAPTER).write_text(json.dumps(book))
    return root


@pytest.fixture(scope="module")
def demo(books, chromium, tmp_path_factory):
    log = tmp_path_factory.mktemp("demo") / "log.txt"
    with serving(None, "--notebooks", books, log=log, cwd=log.parent) as running:
        yield running


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A workbook with the contacts and orders of the demo shop."""
    made = new_shop(tmp_path_factory.mktemp("shop") / "shop", name="Fietsen & Zn.", language="nl")
    for table in ("orders", "contacts"):
        getattr(open_shop(), table).to_parquet(made._tables / f"{table}.parquet", index=False)
    return open_shop(made.folder)


@pytest.fixture(scope="module")
def own(books, chromium, shop, tmp_path_factory):
    log = tmp_path_factory.mktemp("own") / "log.txt"
    with serving(shop.folder, "--notebooks", books, log=log, cwd=log.parent) as running:
        yield running


def opened(page, server, spoken="nl"):
    """The chapter, once both panels are there."""
    server.open(page, f"{spoken}/{CHAPTER}")
    there(page)
    return page


def there(page):
    expect(boxes(page).first).to_be_editable()
    expect(page.locator(".csw-panel.csw-shown")).to_have_count(2)
    expect(row(page, 0)).to_be_visible()


def boxes(page):
    return page.locator(".csw-writing input:visible")


def states(page):
    return page.locator(".csw-writing-state")


def row(page, n):
    """A line of the table of key figures: the KPIs are the first four."""
    return page.locator(".csw-panel.csw-shown").first.locator("tbody tr").nth(n)


def tree(page):
    return page.locator(".csw-panel.csw-shown").last


def kept(shop):
    return open_shop(shop.folder).settings.targets


def taken(page, folder):
    with page.expect_download() as waiting:
        page.locator(".csw-panel").last.locator(".csw-button").click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def test_a_target_is_kept_while_it_is_typed_and_there_after_a_reload(own, open_page, shop):
    page = opened(open_page(), own)
    expect(boxes(page)).to_have_count(13)
    boxes(page).nth(1).press_sequentially("99,5", delay=5)
    expect(states(page).nth(1)).to_have_text(SAVED)
    expect(row(page, 1)).to_contain_text("99,5%")
    expect(tree(page)).to_contain_text("99,5%")
    assert kept(shop) == {"first_contact": 0.995}
    page.reload()
    there(page)
    expect(boxes(page).nth(1)).to_have_value("99,5")
    expect(row(page, 1)).to_contain_text("99,5%")
    boxes(page).nth(1).fill("")
    expect(states(page).nth(1)).to_have_text(SAVED)
    expect(row(page, 1)).not_to_contain_text("99,5%")
    assert kept(shop) == {}
    assert page.mistakes == []


def test_what_can_be_no_target_is_explained_beside_the_box(own, open_page, shop):
    page = opened(open_page(), own, "en")
    boxes(page).nth(1).fill("lots")
    expect(page.locator(".csw-writing-failure").nth(1)).to_contain_text("0 to 100")
    expect(boxes(page).nth(1)).to_have_value("lots")
    assert kept(shop) == {}
    boxes(page).nth(1).fill("80")
    expect(page.locator(".csw-writing-failure").nth(1)).to_be_hidden()
    expect(row(page, 1)).to_contain_text("80.0%")
    boxes(page).nth(1).fill("")
    expect(row(page, 1)).not_to_contain_text("80.0%")
    assert kept(shop) == {}


def test_what_was_typed_while_the_kernel_died_is_not_lost(own, open_page, shop):
    page = opened(open_page(), own)
    own.kill(page)
    boxes(page).nth(2).fill("20")
    page.reload()
    there(page)
    expect(boxes(page).nth(2)).to_have_value("20")
    expect(states(page).nth(2)).to_have_text(SAVED)
    assert kept(shop) == {"very_friendly": 0.2}
    expect(row(page, 2)).to_contain_text("20,0%")
    boxes(page).nth(2).fill("")
    expect(row(page, 2)).not_to_contain_text("20,0%")


def test_another_goal_is_another_tree(own, open_page):
    page = opened(open_page(), own, "en")
    expect(tree(page)).to_contain_text("Keep customers")
    page.locator(".csw-control-goal select").select_option(label="Turn visitors into customers")
    expect(tree(page).locator(".csw-told")).to_contain_text("Turn visitors into customers")
    expect(tree(page).locator(".icicle").first).to_be_visible()
    assert page.mistakes == []


def test_on_the_demo_page_targets_are_the_visitors_own(demo, open_page):
    one, other = opened(open_page(), demo, "en"), opened(open_page(), demo, "en")
    boxes(one).nth(1).fill("99")
    expect(states(one).nth(1)).to_have_text(SAVED)
    expect(row(one, 1)).to_contain_text("99.0%")
    other.reload()
    there(other)
    expect(boxes(other).nth(1)).to_have_value("")
    expect(row(other, 1)).not_to_contain_text("99.0%")
    one.reload()
    there(one)
    expect(boxes(one).nth(1)).to_have_value("99")
    expect(row(one, 1)).to_contain_text("99.0%")
    assert open_shop().settings.targets == {}


@pytest.mark.parametrize("spoken", ["nl", "en"])
def test_the_week_is_taken_home_and_needs_no_server(demo, open_page, serious, screenshots, tmp_path, spoken):
    page = opened(open_page(), demo, spoken)
    boxes(page).nth(1).fill("99")
    expect(row(page, 1)).to_contain_text("99")
    weeks = page.locator(".csw-control-week select")
    offered = [one.replace("\xa0", " ") for one in weeks.locator("option").all_text_contents()]
    weeks.select_option(label=next(one for one in offered if one.startswith("Week 41: ")))
    path = taken(page, tmp_path)
    assert path.name == "merel-mos-2025-w41.html"
    for width in (390, 1280):
        alone = open_page(width=width, hang=True)
        alone.goto(path.as_uri())
        expect(alone.locator(".changed li")).to_have_count(1)  # the planted week
        expect(alone.locator(".changed li")).to_contain_text({"en": "32.7%", "nl": "32,7%"}[spoken])
        expect(alone.locator(".missed").first).to_contain_text("99")
        expect(alone.locator("svg.spark")).to_have_count(16)
        assert alone.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert serious(alone) == []
        assert (alone.outside.asked, alone.mistakes) == ([], [])
        if screenshots:
            alone.screenshot(path=screenshots / f"week-{spoken}-{width}.png", full_page=True)
    printed = alone.pdf(format="A4", prefer_css_page_size=True)
    pages = len(re.findall(rb"/Type\s*/Page\b", printed))
    assert 2 <= pages <= 5
    assert page.mistakes == []


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("spoken", ["nl", "en"])
def test_it_fits_and_can_be_used_on_a_phone(demo, open_page, serious, screenshots, width, spoken):
    page = opened(open_page(width=width), demo, spoken)
    expect(tree(page).locator("tbody tr").first).to_be_visible()
    if screenshots:
        page.screenshot(path=screenshots / f"kpis-{spoken}-{width}.png", full_page=True)
    inside = page.locator(":is(.csw-panel, .csw-press, .csw-button, input, select, p):visible")
    assert not any(inside.nth(n).evaluate(BEYOND) for n in range(inside.count()))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if width < 600:
        fingers = page.locator(":is(.csw-press, .csw-button, select, .csw-writing-box):visible")
        assert not any(fingers.nth(n).evaluate(LOW) for n in range(fingers.count()))
    assert serious(page) == []
    assert page.outside.asked == []
    assert page.mistakes == []
