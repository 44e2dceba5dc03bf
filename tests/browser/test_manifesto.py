"""The manifesto builder as an owner uses it: writing while kernels die, going back, taking it home."""

import contextlib
import io
import json
import re
import sqlite3
import sys
import time
import unicodedata

import docx
import mistune
import pytest
import tinyhtml5
from serving import serving

from csworkbook.language import speaking
from csworkbook.manifesto import draft as drafts
from csworkbook.manifesto import statements, wording
from csworkbook.pages.talking import STATIC
from csworkbook.shop import new_shop, open_shop

expect = pytest.importorskip("playwright.sync_api").expect
SAVED = re.compile(r"\d\d:\d\d")
CHAPTER = "02_manifesto.ipynb"
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
CELLS = (
    "import csworkbook as cs\n\nshop = cs.open_shop()\ncs.welcome(shop)",
    "cs.manifesto_builder(shop)",
)
FIRST = "Bij Fietsen & Zn. vinden we dat één ‘echte’ fiets méér is dan vijf halve. 🚲👨‍👩‍👧 Café’s"
MORE = " in de regen, naïef of niet,\nen daarom <b>rep"


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    """A folder with a chapter that holds the builder and nothing else, in both languages."""
    root = tmp_path_factory.mktemp("chapters")
    for spoken, title in (("nl", "Servicemanifest"), ("en", "Service manifesto")):
        cells = [{"cell_type": "markdown", "id": "c0", "metadata": {}, "source": f"# {title}"}]
        for n, source in enumerate(CELLS, 1):
            code = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
            cells.append({**code, "id": f"c{n}", "source": source})
        about = {"title": title, "question": "?", "minutes": 15, "needs": [], "app": True}
        book = {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {**KERNEL, "csworkbook": about},
            "cells": cells,
        }
        (root / spoken).mkdir()
        (root / spoken / CHAPTER).write_text(json.dumps(book))
    return root


def served(books, folder, log):
    return serving(folder, "--notebooks", books, log=log, cwd=log.parent)


@pytest.fixture(scope="module")
def demo(books, chromium, tmp_path_factory):
    with served(books, None, tmp_path_factory.mktemp("demo") / "log.txt") as running:
        yield running


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return new_shop(tmp_path_factory.mktemp("shop") / "shop", name="Fietsen & Zn.", language="nl")


@pytest.fixture(scope="module")
def own(books, chromium, shop, tmp_path_factory):
    """A workbook, served; all tests write in it, each in another part or after `fresh`."""
    with served(books, shop.folder, tmp_path_factory.mktemp("own") / "log.txt") as running:
        yield running


@pytest.fixture
def fresh(shop):
    """Begin with an empty manifesto and no versions."""
    with contextlib.closing(sqlite3.connect(shop.folder / "workbook.sqlite")) as database:
        drafts.read(shop.store)  # makes the table where there is none yet
        database.execute("delete from documents")
        database.commit()
    return shop


def opened(page, server, spoken="nl"):
    server.open(page, f"{spoken}/{CHAPTER}")
    expect(page.locator(".csw-manifesto").first).to_be_visible()
    expect(page.locator(".csw-writing-box")).to_have_count(7)
    return page


def box(page, part, spoken="nl"):
    return page.get_by_role("textbox", name=statements.parts(spoken)[part].title, exact=True)


def at_work(page, server, spoken="nl"):
    """The page with the form, ready for typing."""
    opened(page, server, spoken)
    expect(page.locator(".csw-invitation:visible, .csw-writing-box:visible").first).to_be_visible()
    begin = page.locator(".csw-manifesto .csw-press:visible").first
    if page.locator(".csw-invitation").is_visible():
        begin.click()
    expect(box(page, "brand", spoken)).to_be_editable()
    return page


def written(page, part, text, spoken="nl"):
    """Fill a box and wait until it is saved."""
    box(page, part, spoken).fill(text)
    expect(state(page, part, spoken)).to_have_text(SAVED)


def state(page, part, spoken="nl"):
    return page.locator(".csw-writing", has=box(page, part, spoken)).locator(".csw-writing-state")


def stored(shop, part="brand"):
    draft = drafts.read(open_shop(shop.folder).store)
    return draft and draft.text(part)


def comes(shop, part, text):
    """Wait until that text is stored."""
    until = time.monotonic() + 60
    while stored(shop, part) != text and time.monotonic() < until:
        time.sleep(0.1)
    assert stored(shop, part) == text


def test_a_kernel_that_dies_in_the_middle_of_a_sentence_takes_nothing_with_it(own, open_page, fresh):
    page = at_work(open_page(), own)
    brand = box(page, "brand")
    brand.press_sequentially(FIRST, delay=5)
    expect(state(page, "brand")).to_have_text(SAVED)
    assert stored(fresh) == FIRST
    own.kill(page)
    for letter in MORE:
        brand.press("Enter") if letter == "\n" else brand.press_sequentially(letter, delay=5)
    page.reload()
    expect(box(page, "brand")).to_have_value(FIRST + MORE)
    expect(state(page, "brand")).to_have_text(SAVED)
    assert stored(fresh) == FIRST + MORE
    assert "<b>rep" in page.locator(".mf-lead").all_inner_texts()[-1]
    other = at_work(open_page(), own)
    expect(box(other, "brand")).to_have_value(FIRST + MORE)


def test_on_the_demo_page_too_and_nobody_else_sees_it(demo, open_page):
    page = at_work(open_page(), demo)
    page.get_by_label(re.compile("Naam van je winkel")).fill("Tuin & Zn.")
    box(page, "product").press_sequentially("Elke plant staat eerst bij ons: ", delay=5)
    expect(state(page, "product")).to_have_text(SAVED)
    expect(page.locator(".mf-title")).to_contain_text("Tuin & Zn.")
    demo.kill(page)
    box(page, "product").press_sequentially("één jaar 🌱", delay=5)
    page.reload()
    expect(box(page, "product")).to_have_value("Elke plant staat eerst bij ons: één jaar 🌱")
    expect(page.locator(".mf-title")).to_contain_text("Tuin & Zn.")
    expect(state(page, "product")).to_have_text(SAVED)
    page.reload()
    expect(box(page, "product")).to_have_value("Elke plant staat eerst bij ons: één jaar 🌱")
    other = opened(open_page(), demo)
    expect(other.locator(".csw-invitation")).to_be_visible()
    expect(other.locator(".mf-title")).to_contain_text("Merel & Mos")


def test_what_was_typed_a_moment_before_leaving_is_there(own, open_page, fresh):
    page = at_work(open_page(), own)
    box(page, "price").fill("Eerlijk")
    page.goto("about:blank")
    page.go_back()
    expect(box(page, "price")).to_have_value("Eerlijk")
    expect(state(page, "price")).not_to_have_text(re.compile("nog niet|not saved"))
    comes(fresh, "price", "Eerlijk")


@pytest.mark.slow
def test_without_an_answer_it_is_said_and_sent_afterwards(own, open_page, fresh):
    page = at_work(open_page(), own)
    written(page, "service", "Wij bellen")
    failure = page.locator(".csw-writing", has=box(page, "service")).locator(".csw-writing-failure")
    with own.asleep(page):
        box(page, "service").fill("Wij bellen altijd terug")
        expect(failure).not_to_have_text("")
        assert stored(fresh, "service") == "Wij bellen"
    expect(failure).to_have_text("")
    expect(state(page, "service")).to_have_text(SAVED)
    assert stored(fresh, "service") == "Wij bellen altijd terug"
    assert page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('csw:writing'))") == []


def test_one_goes_back_in_history_and_forward_again(own, open_page, fresh):
    page = at_work(open_page(), own)
    written(page, "brand", "Het eerste idee, met een lange zin.")
    written(page, "brand", "Iets heel anders.")
    versions = page.locator(".csw-control-version select")
    expect(versions.locator("option")).to_have_count(3)
    versions.select_option(index=2)
    expect(page.locator(".csw-history dd").first).to_have_text("Het eerste idee, met een lange zin.")
    page.locator(".csw-history .csw-press:visible").click()
    expect(box(page, "brand")).to_have_value("Het eerste idee, met een lange zin.")
    expect(page.locator(".mf-lead")).to_have_text("Het eerste idee, met een lange zin.")
    expect(versions.locator("option")).to_have_count(4)
    versions.select_option(index=2)
    expect(page.locator(".csw-history dd").first).to_have_text("Iets heel anders.")
    page.locator(".csw-history .csw-press:visible").click()
    expect(box(page, "brand")).to_have_value("Iets heel anders.")
    assert stored(fresh) == "Iets heel anders."


def test_two_tabs_do_not_wipe_each_other(own, open_page, fresh):
    one, two = at_work(open_page(), own), at_work(open_page(), own)
    written(one, "brand", "Van het eerste tabblad")
    written(two, "delivery", "Van het tweede tabblad")
    expect(box(two, "brand")).to_have_value("Van het eerste tabblad")
    written(one, "brand", "Van het eerste tabblad, langer")
    expect(box(one, "delivery")).to_have_value("Van het tweede tabblad")
    box(two, "brand").fill("Nee: van het tweede")
    note = two.locator(".csw-writing", has=box(two, "brand")).get_by_role("alert")
    expect(note).not_to_have_text("")
    assert stored(fresh) == "Nee: van het tweede"
    kept = [version.draft.text("brand") for version in drafts.versions(fresh.store)]
    assert "Van het eerste tabblad, langer" in kept


def test_words_are_counted_in_the_browser_as_in_python(wide):
    source = (STATIC / "writing.js").read_text("utf-8")
    piece = source[source.index("const SPACE") : source.index("/** What was typed and not saved yet")]
    wide.goto("about:blank")
    codes = [n for n in range(sys.maxunicode + 1) if unicodedata.category(chr(n)) not in ("Cn", "Cs")]
    ran = f"""(codes) => {{ {piece}; return JSON.parse(codes)
        .map((n) => String.fromCodePoint(n)).map((c) => `${{countWords(c)}}${{countWords(`a${{c}}b`)}}`).join(" "); }}"""
    here = [f"{wording.count(c)}{wording.count(f'a{c}b')}" for c in map(chr, codes)]
    assert sum(one.startswith("1") for one in here) > 130_000
    assert wide.evaluate(ran, json.dumps(codes)).split(" ") == here
    ran = f"(texts) => {{ {piece}; return texts.map(countWords); }}"
    texts = ["e-mail 24/7 – 50 😀", "a\u00a0b\r\nc\u2028d\ufeffe", "… “Zo” & ’s avonds", ""]
    assert wide.evaluate(ran, texts) == [3, 4, 3, 0]


def test_the_count_warns_and_cuts_nothing(own, open_page, fresh):
    page = at_work(open_page(), own)
    long = " ".join(["woord"] * 53) + " – 😀"
    written(page, "ambition", long)
    foot = page.locator(".csw-writing", has=box(page, "ambition"))
    expect(foot.locator(".csw-writing-count")).to_contain_text("53")
    expect(foot.locator(".csw-writing-warning")).to_contain_text("3")
    expect(foot).to_have_class(re.compile("csw-writing-over"))
    assert stored(fresh, "ambition") == long
    written(page, "ambition", "Kort en … klaar")
    expect(foot).not_to_have_class(re.compile("csw-writing-over"))
    expect(foot.locator(".csw-writing-warning")).to_contain_text("…")


def test_a_frame_is_put_in_by_keyboard_and_its_gap_is_typed_over(own, open_page, fresh):
    page = at_work(open_page(), own)
    frame = page.locator(".csw-writing", has=box(page, "brand")).locator(".csw-writing-starter").first
    frame.press("Enter")
    expect(box(page, "brand")).to_be_focused()
    page.keyboard.type("brood van gisteren ook brood is.")
    expect(box(page, "brand")).to_have_value(
        "Bij Fietsen & Zn. vinden we dat brood van gisteren ook brood is. Daarom …"
    )
    expect(frame).to_be_hidden()
    page.keyboard.press("Shift+Tab")
    expect(box(page, "brand")).not_to_be_focused()


def test_a_word_that_is_being_composed_is_not_sent_in_half(own, open_page, fresh):
    page = at_work(open_page(), own)
    written(page, "brand", "Wij zeggen ")
    box(page, "brand").focus()
    page.keyboard.press("Control+End")
    keys = page.context.new_cdp_session(page)
    keys.send("Input.imeSetComposition", {"text": "にほん", "selectionStart": 3, "selectionEnd": 3})
    page.wait_for_timeout(1200)
    assert stored(fresh) == "Wij zeggen "
    keys.send("Input.insertText", {"text": "日本"})
    expect(page.locator(".mf-lead")).to_have_text("Wij zeggen 日本")
    expect(box(page, "brand")).to_have_value("Wij zeggen 日本")
    assert stored(fresh) == "Wij zeggen 日本"


def test_at_most_two_can_be_the_strongest_and_only_they_are_published(own, open_page, fresh):
    page = at_work(open_page(), own)
    for part in statements.VALUES:
        written(page, part, f"Onze {part}")
    expect(page.locator(".mf-value")).to_have_count(4)
    page.locator(".csw-control-strongest_price input").check()
    page.locator(".csw-control-strongest_delivery input").check()
    expect(page.locator(".mf-value")).to_have_count(2)
    expect(page.locator(".csw-control-strongest_product input")).to_be_disabled()
    page.locator(".csw-control-strongest_price input").uncheck()
    expect(page.locator(".mf-value .mf-heading")).to_have_text(["Onze levering"])
    page.reload()
    expect(page.locator(".csw-control-strongest_delivery input")).to_be_checked()


def saved(page, ending):
    """The file behind one of the three buttons: its name and its bytes."""
    button = page.locator(".csw-manifesto").get_by_role("button", name=re.compile(ending))
    with page.expect_download() as waiting:
        button.click()
    with open(waiting.value.path(), "rb") as file:
        return waiting.value.suggested_filename, file.read()


@pytest.fixture
def exports(own, open_page, fresh):
    """What the three buttons give for a manifesto with nasty characters in it."""
    page = at_work(open_page(), own)
    written(page, "brand", f"{FIRST}{MORE}\n\n# geen kop")
    written(page, "product", "Goed & <script>alert(1)</script> *sterk*")
    written(page, "ambition", "We bellen terug.")
    return {ending: saved(page, ending) for ending in ("HTML", "Markdown", "DOCX")}


def test_each_format_opens_in_a_reader_of_its_own(exports, open_page, serious, tmp_path):
    names = [name for name, _content in exports.values()]
    assert names == [f"fietsen-zn-servicemanifest.{end}" for end in ("html", "md", "docx")]
    html = exports["HTML"][1].decode()
    parser = tinyhtml5.parser.HTMLParser()
    tree = parser.parse(html)
    assert parser.errors == []
    assert tree.get("lang") == "nl"
    text = "".join(tree.itertext())
    assert "Goed & <script>alert(1)</script> *sterk*" in text
    shown = mistune.html(exports["Markdown"][1].decode())
    assert "<h1>Waar Fietsen &amp; Zn. voor staat</h1>" in shown
    assert "<p># geen kop</p>" in shown
    assert "*sterk*" in shown
    word = docx.Document(io.BytesIO(exports["DOCX"][1]))
    assert [p.text for p in word.paragraphs if p.style.name == "Heading 1"] == [
        "Onze producten",
        "Wat je van ons mag verwachten",
    ]
    assert f"{FIRST}{MORE}" in [p.text for p in word.paragraphs]
    assert word.core_properties.language == "nl"
    published(html, open_page, serious, tmp_path)


def published(html, open_page, serious, tmp_path):
    """The page on its own, wide, narrow and printed."""
    path = tmp_path / "manifest.html"
    path.write_text(html, encoding="utf-8")
    for width in (1280, 390):
        page = open_page(width=width)
        page.goto(path.as_uri())
        assert serious(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.outside.asked == []
        assert page.mistakes == []
    page.emulate_media(media="print")
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.mf-ambition')).color") == "rgb(31, 38, 35)"
    )


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("spoken", ["nl", "en"])
def test_everybody_can_use_the_page(demo, open_page, serious, screenshots, spoken, width):
    page = opened(open_page(width=width), demo, spoken)
    expect(page.locator(".csw-promises li")).to_have_count(3)
    with speaking(spoken):
        assert statements.example()["statements"]["brand"] in page.locator(".mf-lead").inner_text()
    for name in ("example", "form"):
        assert serious(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        wide = "[...document.querySelectorAll('.csw-panel *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1)"
        assert page.evaluate(f"{wide}.length") == 0
        if screenshots:
            page.screenshot(path=screenshots / f"manifesto-{name}-{spoken}-{width}.png", full_page=True)
        if name == "example":
            at_work(page, demo, spoken)
            written(page, "brand", "woord " * 60, spoken)
            page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.outside.asked == []
    assert page.mistakes == []


def test_a_promise_is_tested_before_and_after_it_is_chosen(demo, open_page):
    page = at_work(open_page(), demo)
    expect(page.locator(".csw-trial .csw-kept")).to_contain_text("%")
    page.locator(".csw-promised > .csw-press").click()
    expect(page.locator(".csw-promise .csw-kept")).to_contain_text("10.165")
    expect(page.locator(".mf-promises li")).to_have_count(1)
    page.reload()
    expect(page.locator(".csw-promise .csw-kept")).to_contain_text("%")
    page.locator(".csw-promise .csw-press").click()
    expect(page.locator(".mf-promises")).to_have_count(0)
