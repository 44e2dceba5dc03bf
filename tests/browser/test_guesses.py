"""A workshop as a facilitator runs it: blind guesses, a dead kernel, the reveal, the second round, the export."""

import io
import json
import re

import pandas as pd
import pytest
from serving import serving

from csworkbook.dimensions import NAMES
from csworkbook.language import gettext as _
from csworkbook.language import speaking
from csworkbook.shop import new_shop, open_shop

expect = pytest.importorskip("playwright.sync_api").expect
CHAPTER = "01_workshop.ipynb"
CELLS = ("import csworkbook as cs\nshop = cs.open_shop()\ncs.welcome(shop)", "cs.guesses(shop)")
SECRET = ("37.25", "zebra crossing", "giraffe")
MODELS = "jupyterapp.widgetManager.get_state().then(state => JSON.stringify(state))"


def write_notebook(path):
    cells = [{"cell_type": "markdown", "id": "c0", "metadata": {}, "source": "# Workshop"}]
    for place, source in enumerate(CELLS, 1):
        code = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
        cells.append({**code, "id": f"c{place}", "source": source})
    said = {"title": "Workshop", "question": "?", "minutes": 5, "needs": [], "helps": [], "app": True}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    content = {"cells": cells, "metadata": {"csworkbook": said, "kernelspec": kernel}}
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({**content, "nbformat": 4, "nbformat_minor": 5}))


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    """A folder of notebooks with the workshop screen and nothing else."""
    folder = tmp_path_factory.mktemp("notebooks")
    for spoken in ("en", "nl"):
        write_notebook(folder / spoken / CHAPTER)
    return folder


@pytest.fixture(scope="module")
def demo(notebook, tmp_path_factory):
    """The demo shop, served with that page."""
    log = tmp_path_factory.mktemp("log") / "log.txt"
    with serving(None, "--no-preheat", "--notebooks", notebook, log=log) as server:
        yield server


class Screen:
    """The page of a facilitator, in one language."""

    def __init__(self, page, server, spoken="en"):
        self.page, self.server, self.spoken = page, server, spoken
        self.open()

    def open(self):
        self.server.open(self.page, f"{self.spoken}/{CHAPTER}")
        expect(self.page.locator(".csw-guesses")).to_be_visible()

    def said(self, text):
        with speaking(self.spoken):
            return _(text)

    def button(self, text):
        return self.page.get_by_role("button", name=self.said(text), exact=True)

    def field(self, name):
        return self.page.locator(f".csw-control-{name} input")

    def begin(self, name="Team"):
        self.field("session_name").fill(name)
        self.button("Begin").click()
        self.counted(0)

    def counted(self, n):
        expect(self.page.locator(".csw-count")).to_have_text(re.compile(rf"^{n} "))

    def type(self, superior="", points=(), moment="", word=""):
        self.field("superior").fill(superior)
        for name, value in zip(NAMES, points, strict=False):
            self.field(f"points_{name}").fill(str(value))
        self.field("moment_1").fill(moment)
        self.field("word").fill(word)

    def keep(self, n, **typed):
        self.type(**typed)
        self.button("Keep this guess").click()
        self.counted(n)
        expect(self.field("superior")).to_have_value("")

    def reveal(self):
        self.button("Reveal").click()
        self.button("Yes, show them").click()
        self.shown()

    def shown(self):
        expect(self.page.locator(".csw-panel .js-plotly-plot .main-svg").first).to_be_visible()
        expect(self.page.locator(".csw-headline:visible")).to_have_count(3)

    def headline(self):
        return self.page.locator(".csw-headline:visible").first

    def kill(self):
        self.server.kill(self.page)

    def saved(self, text):
        with self.page.expect_download() as waiting:
            self.button(text).click()
        with open(waiting.value.path(), "rb") as file:
            return file.read()


def frames(page):
    """Every message that the server sends this page from now on, as it grows."""
    told = []
    page.on("websocket", lambda line: line.on("framereceived", lambda frame: told.append(str(frame))))
    return told


def test_a_workshop_from_the_first_guess_to_before_and_after(open_page, notebook, tmp_path):
    folder = new_shop(tmp_path / "shop", name="Fietsenwinkel", language="nl").folder
    with serving(folder, "--no-preheat", "--notebooks", notebook, log=tmp_path / "log.txt") as server:
        screen = Screen(open_page(), server)
        screen.begin()
        screen.keep(1, superior="37.25", points=(20,) * 5, moment="zebra crossing", word="giraffe")
        screen.keep(2, superior="80", moment=screen.said("Delivery"), word="bike")
        screen.type(superior="61")
        screen.field("word").focus()
        expect(screen.page.locator(".csw-guesses")).not_to_contain_text("zebra")
        remembered = 'Object.values(localStorage).some((one) => one.includes(\'"guess.superior":"61"\'))'
        screen.page.wait_for_function(remembered)
        screen.kill()
        told = frames(screen.page)
        screen.open()
        screen.counted(2)
        expect(screen.field("superior")).to_have_value("61")
        for where in (screen.page.content(), screen.page.evaluate(MODELS), "".join(told)):
            assert len(where) > 1000
            assert [secret for secret in SECRET if secret in where] == []
        assert screen.page.locator(".js-plotly-plot").count() == 0
        screen.field("superior").fill("")
        screen.reveal()
        expect(screen.headline()).to_contain_text("59%")  # the middle of 37.25 and 80
        expect(screen.page.locator("main")).to_contain_text("zebra crossing")
        _second_round(screen)
    _exported(open_page, notebook, folder, tmp_path)


def _second_round(screen):
    screen.button("Ask again").click()
    screen.counted(0)
    screen.keep(1, superior="10.5", moment="pangolin", word="Giraffe")
    screen.keep(2, superior="20", word="bike")
    assert "pangolin" not in screen.page.content() + screen.page.evaluate(MODELS)
    screen.kill()
    screen.open()
    screen.counted(2)
    screen.button("Reveal").click()
    screen.button("Yes, show them").click()
    before_after = screen.headline()
    expect(before_after).to_contain_text("15%")
    # 10.5 − 37.25 and 20 − 80: the middle of −26.75 and −60 is −43.4
    expect(before_after).to_contain_text("−43")


def _exported(open_page, notebook, folder, tmp_path):
    """After a restart of everything: both rounds, read back by programs of others."""
    with serving(folder, "--no-preheat", "--notebooks", notebook, log=tmp_path / "again.txt") as server:
        screen = Screen(open_page(), server)
        screen.shown()
        expect(screen.headline()).to_contain_text("15%")
        book = pd.read_excel(io.BytesIO(screen.saved("All guesses (Excel)")), engine="calamine")
        text = pd.read_csv(io.BytesIO(screen.saved("All guesses (CSV)")), encoding="utf-8-sig")
        assert screen.page.mistakes == []
    for back in (book, text):
        assert back.iloc[:, 1].tolist() == [1, 2, 1, 2]
        assert back.iloc[:, 2].tolist() == [0.3725, 0.8, 0.105, 0.2]
        assert back.iloc[0, 3:8].tolist() == [20] * 5
        assert back.iloc[0, 8] == "zebra crossing"
    kept = open_shop(folder).store
    assert "giraffe" not in json.dumps(kept.all("guess")) + json.dumps(kept.all("workshop"))


def test_a_visitor_of_the_demo_keeps_his_session_and_nobody_else_sees_it(open_page, demo):
    screen = Screen(open_page(), demo)
    screen.begin("Visit")
    screen.keep(1, superior="80")
    screen.open()
    screen.counted(1)
    screen.reveal()
    expect(screen.headline()).to_contain_text("n = 400")
    other = Screen(open_page(), demo)
    expect(other.field("session_name")).to_be_visible()
    expect(other.page.locator(".csw-guesses")).not_to_contain_text("Visit")


def test_a_guess_from_the_keyboard_alone(open_page, demo):
    screen = Screen(open_page(), demo)
    keyboard = screen.page.keyboard
    screen.field("session_name").focus()
    keyboard.type("Team")
    keyboard.press("Tab")
    expect(screen.button("Begin")).to_be_focused()
    keyboard.press("Enter")
    screen.counted(0)
    for last in (screen.field("word"), screen.button("Keep this guess")):  # the keys go from field to field
        expect(last).to_be_visible()
    screen.field("superior").focus()
    typed = {"superior": "70", **{f"points_{name}": "20" for name in NAMES}, "moment_1": "Zebra"}
    for name in (
        *typed,
        "moment_2",
        "moment_3",
        "word",
    ):  # a word that is listed opens a list that takes a key
        expect(screen.field(name)).to_be_focused()
        keyboard.type(typed.get(name, ""))
        keyboard.press("Tab")
        expect(screen.field(name)).to_have_value(typed.get(name, ""))
    expect(screen.button("Keep this guess")).to_be_focused()
    keyboard.press("Enter")
    screen.counted(1)
    expect(screen.field("superior")).to_be_focused()
    screen.button("Reveal").focus()
    keyboard.press("Enter")
    expect(screen.button("No, not now")).to_be_focused()
    keyboard.press("Shift+Tab")
    expect(screen.button("Yes, show them")).to_be_focused()
    keyboard.press("Enter")
    screen.shown()


def test_what_was_typed_last_counts_however_busy_the_kernel_is(open_page, demo):
    screen = Screen(open_page(), demo)
    screen.begin()
    with demo.asleep(screen.page):
        screen.field("superior").fill("70")
        for name in NAMES:
            screen.field(f"points_{name}").press_sequentially("20")
        screen.button("Keep this guess").click()
    screen.counted(1)
    expect(screen.field("superior")).to_have_value("")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("spoken", ["nl", "en"])
def test_everybody_can_use_the_page(open_page, demo, serious, screenshots, spoken, width):
    screen = Screen(open_page(width=width), demo, spoken)
    page = screen.page
    screen.begin("Een heel lange naam voor een sessie van het hele team van de winkel")
    screen.type("70", (30, 30, 20, 10, 10), "<img src=x onerror=window.hacked=1>", "fiets")
    expect(page.locator(".csw-left-right")).to_be_visible()
    _fits(page, serious, width)
    if screenshots:
        page.screenshot(path=screenshots / f"guesses-{spoken}-{width}.png", full_page=True)
    screen.button("Keep this guess").click()
    screen.counted(1)
    screen.keep(2, superior="40", points=(10, 20, 30, 20, 20), moment=screen.said("Delivery"))
    screen.reveal()
    page.wait_for_function("document.querySelectorAll('.js-plotly-plot .main-svg').length >= 3")
    expect(page.locator("main")).to_contain_text("<img")
    assert page.evaluate("window.hacked") is None
    _fits(page, serious, width)
    if screenshots:
        page.screenshot(path=screenshots / f"revealed-{spoken}-{width}.png", full_page=True)
    assert page.outside.asked == []
    assert page.mistakes == []


def _fits(page, serious, width):
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    boxes = "[...document.querySelectorAll('.csw-panel, .csw-guesses input')].map(p => p.getBoundingClientRect().right)"
    assert max(page.evaluate(boxes)) <= width + 1
    assert serious(page) == []
