"""Audits and the step calculator as an owner uses them: on a phone, while kernels die, and to take home."""

import contextlib
import json
import re
import sqlite3

import pytest
from serving import serving

from csworkbook import audits
from csworkbook.audits import rounds
from csworkbook.language import speaking
from csworkbook.pages import saved_funnels
from csworkbook.shop import new_shop, open_shop

expect = pytest.importorskip("playwright.sync_api").expect
CHAPTER = "07_funnel.ipynb"
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
CELLS = (
    "import csworkbook as cs\nfrom csworkbook.pages.audit import audit\n"
    "from csworkbook.pages.calculator import calculator\n\nshop = cs.open_shop()\ncs.welcome(shop)",
    "calculator(shop)",
    'audit(shop, "ux")',
    "cs.conclusions(shop)",
    'cs.report(shop, "07_funnel")',
)
BEYOND = "(e) => e.getBoundingClientRect().right > innerWidth + 1"
LOW = "(e) => e.getBoundingClientRect().height < 40"  # too low for a finger
SAVED = re.compile(r"\d\d:\d\d")


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    """A folder with a chapter that holds both forms and nothing else, in both languages."""
    root = tmp_path_factory.mktemp("chapters")
    for spoken, title in (("nl", "Trechter"), ("en", "Funnel")):
        cells = [{"cell_type": "markdown", "id": "c0", "metadata": {}, "source": f"# {title}"}]
        for n, source in enumerate(CELLS, 1):
            code = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
            cells.append({**code, "id": f"c{n}", "source": source})
        about = {"title": title, "question": "?", "minutes": 15, "needs": [], "app": True}
        meta = {**KERNEL, "csworkbook": about}
        book = {"nbformat": 4, "nbformat_minor": 5, "metadata": meta, "cells": cells}
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
    return new_shop(tmp_path_factory.mktemp("shop") / "shop", name="Fietsen & Zn.", language="nl")


@pytest.fixture(scope="module")
def own(books, chromium, shop, tmp_path_factory):
    log = tmp_path_factory.mktemp("own") / "log.txt"
    with serving(shop.folder, "--notebooks", books, log=log, cwd=log.parent) as running:
        yield running


@pytest.fixture
def fresh(shop):
    """Begin with no answers and the calculator as it comes."""
    with contextlib.closing(sqlite3.connect(shop.folder / "workbook.sqlite")) as database:
        rounds.latest(shop.store, "ux")  # makes the table where there is none yet
        database.execute("delete from documents")
        database.commit()
    return shop


def opened(page, server, spoken="nl"):
    server.open(page, f"{spoken}/{CHAPTER}")
    expect(page.locator(".csw-ask").first.locator("input").first).to_be_enabled()
    expect(page.locator(".csw-calc-row input").first).to_be_editable()
    return page


def question(page, item, spoken="nl"):
    asked = audits.checklist("ux", language=spoken).item(item).question
    return page.locator(".csw-ask", has_text=asked)


def choose(page, item, answer, spoken="nl"):
    question(page, item, spoken).locator(f"label:has(input[value={answer}])").click()


def is_saved(page):
    expect(page.locator(".csw-ask-saved")).to_have_text(SAVED)


def stored(shop):
    return rounds.latest(open_shop(shop.folder).store, "ux")


def steps(page):
    return [
        (row.locator("input").nth(0).input_value(), row.locator("input").nth(1).input_value())
        for row in page.locator(".csw-calc-row").all()
    ]


def becomes(page, wanted, part=1):
    """Wait until the steps have these names (part 0) or are typed like this (part 1)."""
    for _turn in range(600):
        if [step[part] for step in steps(page)] == wanted:
            return
        page.wait_for_timeout(100)
    assert [step[part] for step in steps(page)] == wanted


def kept_in_the_browser(page):
    keys = "Object.keys(sessionStorage).filter((key) => /audit|calculator/.test(key))"
    return page.evaluate(keys)


def test_answers_are_there_after_a_reload_and_a_dead_kernel(own, open_page, fresh):
    page = opened(open_page(width=390), own)
    page.get_by_label(re.compile("Wie|Who")).fill("Noor")
    choose(page, "structure", "yes")
    choose(page, "guest", "no")
    is_saved(page)
    noted = question(page, "guest")
    noted.locator("summary").click()
    noted.locator("textarea").press_sequentially("pas na het winkelwagentje", delay=5)
    is_saved(page)
    expect(page.locator(".csw-ask-top")).to_contain_text(re.compile(r"2 \w+ 11"))
    own.kill(page)
    choose(page, "costs", "partly")
    noted.locator("textarea").press_sequentially(", <b>jammer</b>", delay=5)
    page.reload()
    is_saved(page)
    expect(question(page, "costs").locator("input[value=partly]")).to_be_checked()
    expect(page.locator(".csw-ask-top")).to_contain_text(re.compile(r"3 \w+ 11"))
    assert {item: one.answer for item, one in stored(fresh).answers.items()} == {
        "structure": "yes", "guest": "no", "costs": "partly",
    }  # fmt: skip
    assert stored(fresh).answer("guest").note == "pas na het winkelwagentje, <b>jammer</b>"
    assert stored(fresh).answer("guest").by == "Noor"
    expect(page.get_by_label(re.compile("Wie|Who"))).to_have_value("Noor")
    assert kept_in_the_browser(page) == []
    expect(question(page, "guest").locator("summary")).to_contain_text("<b>jammer</b>")


def test_the_keyboard_chooses_and_takes_back(own, open_page, fresh):
    page = opened(open_page(), own)
    field = question(page, "structure")
    field.locator("input").first.focus()
    page.keyboard.press("Space")
    expect(field).to_have_attribute("data-state", "good")
    for _press in range(2):
        page.keyboard.press("ArrowRight")
    expect(field.locator("input[value=no]")).to_be_checked()
    expect(field.locator(".csw-ask-mend")).to_be_visible()
    is_saved(page)
    assert stored(fresh).answer("structure").answer == "no"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # take the answer back
    expect(field).to_have_attribute("data-state", "open")
    expect(field.locator("input").first).to_be_focused()
    expect(page.locator(".csw-ask-top")).to_contain_text(re.compile(r"0 \w+ 11"))
    is_saved(page)
    page.wait_for_timeout(500)
    assert stored(fresh).empty


def test_what_is_to_be_mended_shows_at_once_and_stands_in_the_report(
    own, open_page, fresh, tmp_path, serious
):
    page = opened(open_page(), own)
    lack = audits.checklist("ux", language="nl").item("guest").lack
    choose(page, "guest", "no")
    expect(page.locator(".csw-audit-page .csw-findings")).to_contain_text(lack)
    expect(page.locator(".csw-panel .csw-findings").last).to_contain_text(lack)
    expect(page.locator(".csw-audit-page .csw-figure .main-svg").first).to_be_visible()
    for button, words in ((reporting(page), lack), (printing(page), "☒")):
        with page.expect_download() as waiting:
            button.click()
        path = tmp_path / "file.html"
        waiting.value.save_as(path)
        text = path.read_text("utf-8")
        assert words in text
        assert lack in text
        alone = open_page(width=390)
        alone.goto(path.as_uri())
        assert serious(alone) == []
        assert alone.outside.asked == []
        assert alone.mistakes == []


def reporting(page):
    return page.get_by_role("button", name=re.compile("Rapport|Report"))


def printing(page):
    return page.locator(".csw-audit-page .csw-button", has_text=re.compile("HTML"))


def test_a_second_round_shows_what_was_answered_before(own, open_page, fresh):
    rounds.save(fresh.store, "ux", "1", "guest", answer="no", by="Noor")
    page = opened(open_page(), own)
    expect(question(page, "guest").locator("input[value=no]")).to_be_checked()
    page.locator(".csw-audit-rounds .csw-press:visible").first.click()
    expect(question(page, "guest").locator(".csw-ask-before")).not_to_have_text("")
    expect(question(page, "guest").locator("input:checked")).to_have_count(0)
    choose(page, "guest", "yes")
    is_saved(page)
    page.reload()
    expect(question(page, "guest").locator("input[value=yes]")).to_be_checked()
    page.locator(".csw-control-round select").select_option(index=1)
    expect(question(page, "guest").locator("input[value=no]")).to_be_checked()
    expect(question(page, "guest").locator("input[value=no]")).to_be_disabled()
    assert [one.answer("guest").answer for one in rounds.rounds(fresh.store, "ux")] == ["yes", "no"]


def test_beginning_afresh_is_asked_twice(own, open_page, fresh):
    page = opened(open_page(), own)
    choose(page, "guest", "no")
    is_saved(page)
    sure = page.locator(".csw-audit-rounds .csw-sure")
    sure.locator(".csw-press:visible").click()
    expect(sure.get_by_role("alert")).to_be_visible()
    expect(sure.locator(".csw-press:visible").last).to_be_focused()
    assert not stored(fresh).empty
    sure.locator(".csw-press:visible").first.click()
    expect(question(page, "guest").locator("input:checked")).to_have_count(0)
    assert stored(fresh).empty


def test_two_tabs_do_not_wipe_each_other(own, open_page, fresh):
    one, two = opened(open_page(), own), opened(open_page(), own)
    choose(one, "guest", "no")
    is_saved(one)
    choose(two, "costs", "yes")
    is_saved(two)
    expect(question(two, "guest").locator("input[value=no]")).to_be_checked()
    assert len(stored(fresh).answers) == 2


def test_on_the_demo_page_it_is_the_visitors_own(demo, open_page, fresh):
    page = opened(open_page(), demo)
    choose(page, "guest", "no")
    is_saved(page)
    page.reload()
    expect(question(page, "guest").locator("input[value=no]")).to_be_checked()
    other = opened(open_page(), demo)
    other.wait_for_timeout(1000)
    expect(other.locator(".csw-ask input:checked")).to_have_count(0)
    assert stored(fresh).empty


@pytest.mark.slow
def test_without_an_answer_it_is_said_and_sent_afterwards(own, open_page, fresh):
    page = opened(open_page(), own)
    choose(page, "structure", "yes")
    is_saved(page)
    with own.asleep(page):
        choose(page, "guest", "no")
        expect(page.locator(".csw-ask-failure")).not_to_have_text("")
    expect(page.locator(".csw-ask-failure")).to_have_text("")
    is_saved(page)
    assert stored(fresh).answer("guest").answer == "no"


def fill(page, row, typed, part=1):
    page.locator(".csw-calc-row").nth(row).locator("input").nth(part).fill(typed)


def test_a_funnel_is_typed_saved_and_there_after_a_reload(own, open_page, fresh):
    page = opened(open_page(width=390), own)
    total = page.locator(".csw-calc-total")
    expect(total).to_have_text("7,6%")
    fill(page, 0, "2.000")
    fill(page, 1, "0,5")
    fill(page, 2, "33 %")
    expect(total).to_have_text("5,7%")  # .5 × .33 × .58 × .6 = .0574
    expect(page.locator(".csw-calc-read").nth(1)).to_contain_text("1.000")
    expect(page.locator(".csw-calc-saved")).to_have_text(SAVED)
    page.locator(".csw-control-funnel_name input").fill("Voorjaar")
    page.locator(".csw-control-funnel_name input").press("Tab")
    page.locator(".csw-calculator .csw-press:visible").first.click()
    expect(page.locator(".csw-calculator .csw-done")).to_contain_text("Voorjaar")
    page.reload()
    expect(page.locator(".csw-control-funnel select")).to_have_value(re.compile("."))
    expect(page.locator(".csw-calc-row")).to_have_count(5)
    expect(page.locator(".csw-calc-row input").first).to_be_editable()
    becomes(page, ["2.000", "0,5", "33 %", "58%", "60%"])
    assert saved_funnels.find(fresh.store, "voorjaar")[0].total == pytest.approx(0.0574, abs=5e-5)


def test_nothing_typed_is_lost_by_a_dead_kernel_or_another_part_of_the_page(own, open_page, fresh):
    page = opened(open_page(), own)
    fill(page, 1, "50%")
    expect(page.locator(".csw-calc-total")).to_have_text("5,7%")
    name = page.locator(".csw-calc-row").nth(1).locator("input").first
    name.fill("")
    choose(page, "guest", "no")
    name.press_sequentially("Doorgeklikt 🚲 <b>", delay=20)
    own.kill(page)
    fill(page, 2, "40%")
    page.reload()
    expect(page.locator(".csw-calc-total")).to_have_text("7,0%")  # .5 × .4 × .58 × .6 = .0696
    assert steps(page)[1:3] == [("Doorgeklikt 🚲 <b>", "50%"), (steps(page)[2][0], "40%")]
    assert kept_in_the_browser(page) == []


def test_steps_are_added_moved_and_taken_away_by_keyboard(own, open_page, fresh):
    page = opened(open_page(), own)
    names = [name for name, _typed in steps(page)]
    page.locator(".csw-calc-foot .csw-button").press("Enter")
    page.keyboard.type("Bedankt")
    page.keyboard.press("Tab")
    page.keyboard.type("veel")
    expect(page.locator(".csw-calc-bad").last).not_to_have_text("")
    expect(page.locator(".csw-calc-total")).to_have_text("–")
    page.keyboard.press("Control+A")
    page.keyboard.type("50%")
    expect(page.locator(".csw-calc-total")).to_have_text("3,8%")
    up = page.locator(".csw-calc-row").last.locator("button").first
    up.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".csw-calc-row").nth(4).locator("button").first).to_be_focused()
    becomes(page, [*names[:4], "Bedankt", names[4]], part=0)
    page.locator(".csw-calc-row").nth(1).locator("button").last.press("Enter")
    expect(page.locator(".csw-calc-saved")).to_have_text(SAVED)
    page.reload()
    expect(page.locator(".csw-calc-row")).to_have_count(5)
    expect(page.locator(".csw-calc-row input").first).to_be_editable()
    becomes(page, [names[0], *names[2:4], "Bedankt", names[4]], part=0)


def test_a_funnel_goes_to_a_colleague_as_a_file_and_a_wrong_file_is_explained(
    own, demo, open_page, fresh, tmp_path
):
    page = opened(open_page(), own)
    fill(page, 1, "50%")
    expect(page.locator(".csw-calc-total")).to_have_text("5,7%")
    with page.expect_download() as waiting:
        page.locator(".csw-calculator .csw-button", has_text=re.compile("bestand|file")).first.click()
    shared = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(shared)
    assert shared.name.endswith(".funnel.json")
    other = opened(open_page(), demo, "en")
    other.locator(".csw-calculator .csw-press", has_text="shared").click()
    (tmp_path / "wrong.json").write_text('{"orders": []}')
    chooser = other.locator(".csw-calculator input[type=file]")
    chooser.set_input_files(tmp_path / "wrong.json")
    expect(other.locator(".csw-calculator .csw-upload-outcomes")).to_contain_text("no funnel")
    assert len(steps(other)) == 5
    chooser.set_input_files(shared)
    expect(other.locator(".csw-calc-total")).to_have_text("5.7%")
    becomes(other, ["1,000", "50%", "33%", "58%", "60%"])


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("spoken", ["nl", "en"])
def test_everybody_can_use_the_page(demo, open_page, serious, screenshots, spoken, width):
    page = opened(open_page(width=width), demo, spoken)
    for item, answer in (("structure", "no"), ("back", "yes"), ("filter", "partly"), ("colours", "na")):
        choose(page, item, answer, spoken)
    fill(page, 3, "many")
    with speaking(spoken):
        lack = audits.checklist("ux").item("structure").lack
    expect(page.locator(".csw-audit-page .csw-findings")).to_contain_text(lack)
    expect(page.locator(".csw-audit-page .csw-figure .main-svg").first).to_be_visible()
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.locator(".csw-calculator .csw-press:visible").last.click()
    page.wait_for_timeout(1000)
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    inside = ".csw-panel *:not(.csw-table-scroll *, .csw-figure *)"
    assert page.evaluate(f"[...document.querySelectorAll('{inside}')].filter({BEYOND}).length") == 0
    assert (
        page.evaluate(
            f"[...document.querySelectorAll('.csw-ask-answer, .csw-calc-button')].filter({LOW}).length"
        )
        == 0
    )
    if screenshots:
        page.screenshot(path=screenshots / f"audit-{spoken}-{width}.png", full_page=True)
    assert page.outside.asked == []
    assert page.mistakes == []
