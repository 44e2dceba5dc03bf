"""The landing page and what surrounds every chapter, in a real browser."""

import json

import pytest
from playwright.sync_api import expect
from serving import serving

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
WORDS = {
    "nl": ("Moeite van klanten", "Waar kost het klanten te veel moeite?", "Wat wil je weten?"),
    "en": ("Customer effort", "Where do customers have to try too hard?", "What do you want to know?"),
}
CONTROLS = """
import ipywidgets
box, said = ipywidgets.Dropdown(options=["a", "b"], description="by"), ipywidgets.HTML("<p id=said>chosen a</p>")
box.observe(lambda change: setattr(said, "value", f"<p id=said>chosen {change.new}</p>"), "value")
ipywidgets.VBox([box, said])
"""
PICTURE = """
import plotly.graph_objects as go
out = ipywidgets.Output()
out.append_display_data(go.Figure(go.Bar(x=["a", "b"], y=[1, 3]), layout={"height": 300}))
out
"""


WATCHED = """
window.moved = 0;
window.waited = "";
new PerformanceObserver((list) => list.getEntries().forEach((one) => { moved += one.value; }))
  .observe({ type: "layout-shift", buffered: true });
new MutationObserver(() => { waited ||= document.querySelector("[role=status]")?.innerText ?? ""; })
  .observe(document, { childList: true, subtree: true });
"""


def write(path, title, question, needs, *sources):
    cells = [{"cell_type": "markdown", "id": "c0", "metadata": {}, "source": f"# {title}\n\n{question}"}]
    for number, source in enumerate(sources, 1):
        code = {
            "cell_type": "code",
            "id": f"c{number}",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
        }
        cells.append({**code, "source": source})
    about = {"title": title, "question": question, "minutes": 15, "needs": needs, "app": True}
    path.parent.mkdir(parents=True, exist_ok=True)
    book = {"nbformat": 4, "nbformat_minor": 5, "metadata": {**KERNEL, "csworkbook": about}, "cells": cells}
    path.write_text(json.dumps(book))


@pytest.fixture(scope="module")
def chapters(tmp_path_factory):
    root = tmp_path_factory.mktemp("chapters")
    for code, (title, question, _heading) in WORDS.items():
        write(root / code / "03_effort.ipynb", title, question, [], CONTROLS, PICTURE)
        write(root / code / "04_locked.ipynb", f"{title} 2", question, ["service_survey"], "1")
    return root


@pytest.fixture(scope="module")
def own(chapters, chromium, tmp_path_factory):
    """A server with an empty workbook and chapters of our own, so that what it shows is known."""
    from csworkbook.shop import new_shop

    shop = new_shop(tmp_path_factory.mktemp("shop") / "shop", name="Fietsenwinkel", language="nl")
    log = tmp_path_factory.mktemp("log") / "log.txt"
    with serving(shop.folder, "--no-preheat", "--notebooks", chapters, log=log) as running:
        yield running


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("width", [1280, 390])
def test_landing(own, open_page, serious, screenshots, language, width):
    page, (title, question, heading) = open_page(width=width), WORDS[language]
    page.goto(f"{own.url}?lang={language}")
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    expect(page.get_by_role("heading", level=2)).to_have_text([title, f"{title} 2"])
    expect(page.locator(".csw-card").first).to_contain_text(question)
    expect(page.locator(".csw-card").first.locator(".csw-good")).to_be_visible()
    missing = {"nl": "Ontbreekt: ", "en": "Missing: service survey"}[language]
    expect(page.locator(".csw-card").last).to_contain_text(missing)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert serious(page) == []
    assert page.outside.asked == []
    assert page.mistakes == []
    if screenshots:
        page.screenshot(path=screenshots / f"landing-{language}-{width}.png", full_page=True)


def test_the_language_is_switched_and_kept_and_the_card_opens(own, wide):
    wide.goto(own.url)
    expect(wide.get_by_role("heading", level=1)).to_have_text(WORDS["nl"][2])
    wide.get_by_role("link", name="English").click()
    expect(wide.get_by_role("heading", level=1)).to_have_text(WORDS["en"][2])
    wide.goto(own.url)
    expect(wide.get_by_role("heading", level=1)).to_have_text(WORDS["en"][2])
    wide.get_by_role("link", name=WORDS["en"][0], exact=True).click()
    expect(wide.get_by_role("heading", level=1)).to_have_text(WORDS["en"][0])
    wide.get_by_role("link", name="Nederlands").click()
    expect(wide.get_by_role("heading", level=1)).to_have_text(WORDS["nl"][0])
    wide.get_by_role("link", name="Alle hoofdstukken").click()
    expect(wide.get_by_role("heading", level=1)).to_have_text(WORDS["nl"][2])


def test_the_landing_page_by_keyboard(own, wide):
    wide.goto(f"{own.url}?lang=en")
    for stop in ("Skip to the content", "Nederlands", WORDS["en"][0], f"{WORDS['en'][0]} 2"):
        wide.keyboard.press("Tab")
        expect(wide.locator(":focus")).to_have_text(stop)
    wide.keyboard.press("Enter")
    expect(wide.get_by_role("heading", level=1)).to_have_text(f"{WORDS['en'][0]} 2")


def test_the_demo_shop_says_that_it_is_one(chapters, open_page, chromium, tmp_path):
    with serving(None, "--no-preheat", "--notebooks", chapters, log=tmp_path / "log.txt") as demo:
        page = open_page(language="en-GB")
        page.goto(demo.url)
        expect(page.locator(".csw-note")).to_contain_text("invented")
        page = open_page(language="nl-NL")
        page.goto(demo.url)
        expect(page.locator(".csw-note")).to_contain_text("verzonnen")


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("width", [1280, 390])
def test_a_chapter_page(own, open_page, serious, screenshots, language, width):
    page = open_page(width=width)
    page.goto(own.chapter(f"{language}/03_effort.ipynb"))
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.get_by_role("heading", level=1)).to_have_text(WORDS[language][0])
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    expect(page.locator("#csw-waiting")).to_have_count(0)
    expect(page.locator("main select")).to_be_visible()
    page.select_option("main select", "b")
    expect(page.locator("#said")).to_have_text("chosen b")
    assert page.locator("main").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert serious(page) == []
    assert page.outside.asked == []
    assert page.mistakes == []
    if screenshots:
        page.screenshot(path=screenshots / f"frame-{language}-{width}.png", full_page=True)


def test_a_page_does_not_wait_for_hosts_that_never_answer(own, open_page):
    page = open_page(hang=True)
    page.goto(own.url)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto(own.chapter("nl/03_effort.ipynb"))
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    assert page.outside.asked == []


def test_the_scripts_come_as_one(own, wide):
    asked = []
    wide.on("request", lambda request: asked.append(request.url))
    wide.goto(own.chapter("nl/03_effort.ipynb"))
    expect(wide.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    single = [url for url in asked if "/static/" in url and url.endswith(".js") and "remoteEntry" not in url]
    assert len(single) <= 6, f"make csworkbook/serve/scripts.txt anew (see bundle.py): {single}"


@pytest.mark.slow
@pytest.mark.parametrize(("language", "sentence"), [("nl", "is gestopt"), ("en", "has stopped")])
def test_a_dead_kernel_is_said_and_a_reload_helps(own, wide, serious, screenshots, language, sentence):
    wide.goto(own.chapter(f"{language}/03_effort.ipynb"))
    expect(wide.locator("main select")).to_be_visible()
    expect(wide.get_by_role("alert")).to_have_count(0)
    own.kill(wide)
    expect(wide.get_by_role("alert")).to_contain_text(sentence)
    assert serious(wide) == []
    if screenshots:
        wide.screenshot(path=screenshots / f"lost-{language}.png")
    wide.get_by_role("alert").get_by_role("button").click()
    expect(wide.locator("main select")).to_be_visible()
    expect(wide.get_by_role("alert")).to_have_count(0)


def test_the_page_listens_to_its_heartbeat(own, wide):
    wide.goto(own.chapter("en/03_effort.ipynb"))
    expect(wide.locator("main select")).to_be_visible()
    wide.evaluate("document.dispatchEvent(new CustomEvent('csw:lost'))")
    expect(wide.get_by_role("alert")).to_contain_text("has stopped")
    wide.evaluate("document.dispatchEvent(new CustomEvent('csw:alive'))")
    expect(wide.get_by_role("alert")).to_have_count(0)


@pytest.mark.slow
def test_a_server_out_of_reach_is_said_and_the_page_recovers(own, wide):
    wide.goto(own.chapter("nl/03_effort.ipynb"))
    expect(wide.locator("main select")).to_be_visible()
    wide.context.set_offline(True)
    expect(wide.get_by_role("alert")).to_contain_text("antwoordt niet")
    wide.context.set_offline(False)
    expect(wide.get_by_role("alert")).to_have_count(0)
    wide.select_option("main select", "b")
    expect(wide.locator("#said")).to_have_text("chosen b")


def test_waiting_has_words_and_nothing_jumps(own, wide):
    wide.add_init_script(WATCHED)
    wide.goto(own.chapter("nl/03_effort.ipynb"), wait_until="commit")
    expect(wide.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    expect(wide.locator("main select")).to_be_visible()
    wide.wait_for_timeout(500)  # what still moves, moves now
    assert "Een ogenblik" in wide.evaluate("waited")
    assert wide.evaluate("moved") < 0.1
