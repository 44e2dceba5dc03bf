"""The Python half of a text box: what it takes, refuses and answers."""

import json

import pytest

from csworkbook import language
from csworkbook.errors import DataError
from csworkbook.pages import talking
from csworkbook.pages.writing import Writing


class Browser:
    """Stands in for the browser half: asks the widget and returns its answer."""

    def __init__(self, widget, monkeypatch):
        self.widget, self.sent = widget, []
        monkeypatch.setattr(widget, "send", lambda content, buffers=None: self.sent.append(content))

    def write(self, text, **more):
        message = {"kind": "write", "ask": "q", "text": text, "base": "", "place": "shop:brand", **more}
        self.widget._handle_custom_msg(message, [])
        return self.sent[-1]


@pytest.fixture
def heard():
    return []


@pytest.fixture
def browser(monkeypatch, heard):
    def keep(text, **about):
        heard.append((text, about))
        return {"saved": "14:05", "text": text.strip()}

    box = Writing("Brand", keep, ask="Why?", questions=("One?",), directions=["So."], limit=50)
    box.show("", "shop:brand", "nl")
    return Browser(box, monkeypatch)


def test_a_text_is_kept_and_acknowledged_as_it_is_stored(browser, heard):
    answer = browser.write(" Café’s 😀\n<b> ")
    assert answer == {"re": "q", "saved": "14:05", "text": "Café’s 😀\n<b>"}
    assert browser.widget.text == "Café’s 😀\n<b>"
    assert heard == [(" Café’s 😀\n<b> ", {"base": "", "again": False})]


def test_what_it_was_written_upon_and_whether_it_comes_again_are_passed_on(browser, heard):
    browser.write("New", base="Old", again=True)
    browser.write("New", base=3, again="yes")
    assert [about for _text, about in heard] == [
        {"base": "Old", "again": True},
        {"base": "", "again": True},
    ]


@pytest.mark.parametrize("place", ["other:brand", "", None])
def test_a_text_of_another_shop_is_refused(browser, heard, place):
    assert "belongs to another shop" in browser.write("Mine", place=place)["failed"]
    assert heard == []


def test_nothing_is_taken_before_the_place_is_known(browser, heard):
    browser.widget.show("", "")
    assert "failed" in browser.write("Mine", place="")
    assert heard == []


@pytest.mark.parametrize("text", [None, 3, ["a"], {"a": 1}])
def test_what_is_no_text_is_refused(browser, heard, text):
    assert browser.write(text)["failed"] == "This text cannot be read."
    assert heard == []


def test_an_error_is_a_sentence_and_the_text_stays_as_it_was(browser):
    def refuse(text, **about):
        raise DataError("Too long.", next_step="Shorten it.")

    browser.widget.show("Before", "shop:brand")
    browser.widget.on_write = refuse
    assert browser.write("x")["failed"] == "Too long. Shorten it."
    assert browser.widget.text == "Before"


def test_all_three_arrive_in_the_browser_at_once(browser, monkeypatch):
    states = []
    monkeypatch.setattr(browser.widget, "send_state", lambda key=None: states.append(set(key or ())))
    browser.widget.show("Text", "there:brand", "en")
    assert {"text", "place", "spoken"} in states


def test_its_words_are_in_the_language_of_the_page():
    with language.speaking("nl"):
        box = Writing("Merk", lambda text, **about: {})
    assert box.lang == "nl"
    assert set(box.labels) == set(Writing("Brand", lambda text, **about: {}).labels)
    json.dumps(box.labels)


def test_the_script_asks_no_other_host_and_writes_no_markup():
    script = talking.script("writing.js")
    assert "http" not in script
    assert "innerHTML" not in script
    assert script.count("export default") == 1
