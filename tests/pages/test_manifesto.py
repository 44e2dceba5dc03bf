"""The manifesto builder without a browser: what it shows, saves and takes home."""

import io

import docx
import pytest

from csworkbook import visits
from csworkbook.errors import SettingError
from csworkbook.estimates import Estimate
from csworkbook.language import speaking
from csworkbook.manifesto import draft as drafts
from csworkbook.manifesto import statements
from csworkbook.manifesto.draft import Draft
from csworkbook.manifesto.promise import Promise
from csworkbook.pages.manifesto import manifesto_builder
from csworkbook.pages.page import Page, welcome
from csworkbook.pages.promised import judged, sentences
from csworkbook.pages.talking import seen
from csworkbook.shop import new_shop, open_shop
from csworkbook.visits import visit

REPLY = Promise("reply", "email", 1440).document()
VISIT = "ab" * 16


@pytest.fixture
def shop(tmp_path):
    return new_shop(tmp_path / "shop", name="Fietsen & Zn.", language="nl")


@pytest.fixture
def builder(shop):
    return manifesto_builder(shop)


@pytest.fixture
def on_demo(tmp_path, monkeypatch):
    """The builder on a served demo page, before a browser says hello."""
    monkeypatch.setenv("CSWORKBOOK_VISITS", str(tmp_path))
    demo = open_shop()
    welcome(demo)
    return manifesto_builder(demo)


def greet(builder, visit_id=VISIT):
    builder.page.visit._hello({"visit": visit_id, "stored": {}}, [])


def write(builder, part, text, *, base=None, again=False):
    box = builder.boxes[part]
    message = {"text": text, "base": box.text if base is None else base, "place": box.place, "again": again}
    return box._write(message, [])


def stored(shop):
    return drafts.read(open_shop(shop.folder).store)


def test_a_workbook_begins_with_the_form_and_its_own_name(builder):
    assert not builder.example
    assert not seen(builder.boxes["name"])
    assert builder.name == "Fietsen & Zn."
    assert "grow while you write" in builder._preview.value
    assert builder._preview.value.index("See an example") < builder._preview.value.index(
        "this shop is invented"
    )
    assert builder.boxes["brand"].frame.startswith("At Fietsen & Zn. we are convinced")
    assert all(box.place for box in builder.boxes.values())


def test_every_word_is_saved_shown_and_there_in_the_next_kernel(shop, builder):
    answer = write(builder, "brand", "Wij <b>repareren</b> 😀\n\nAltijd.")
    assert len(answer["saved"]) == 5
    assert stored(shop).text("brand") == "Wij <b>repareren</b> 😀\n\nAltijd."
    assert "Wij &lt;b&gt;repareren&lt;/b&gt; 😀" in builder._preview.value
    assert "What Fietsen &amp; Zn. stands for" in builder._preview.value
    again = manifesto_builder(open_shop(shop.folder))
    assert again.boxes["brand"].text == "Wij <b>repareren</b> 😀\n\nAltijd."


def test_the_strongest_are_at_most_two(shop, builder):
    for part in statements.VALUES:
        write(builder, part, f"Our {part}.")
    builder.strongest["price"].value = True
    builder.strongest["service"].value = True
    assert stored(shop).strongest == ("price", "service")
    assert [part for part, box in builder.strongest.items() if box.disabled] == ["product", "delivery"]
    assert "Our delivery." not in builder._preview.value
    builder.strongest["price"].value = False
    assert stored(shop).strongest == ("service",)
    assert not any(box.disabled for box in builder.strongest.values())


def test_the_language_of_the_text_is_the_owners(builder):
    write(builder, "price", "Eerlijk.")
    builder.spoken.value = "nl"
    assert "Onze prijzen" in builder._preview.value
    assert 'lang="nl"' in builder._preview.value
    assert builder.boxes["price"].spoken == "nl"
    assert builder.boxes["price"].label == "Price"


def test_two_pages_write_and_the_later_one_is_told(shop, builder):
    other = manifesto_builder(open_shop(shop.folder))
    write(builder, "brand", "Of the first")
    write(other, "price", "Of the second")
    assert other.boxes["brand"].text == "Of the first"
    assert "note" not in write(builder, "brand", "Of the first, longer")
    answer = write(other, "brand", "Of the second", base="Of the first")
    assert "changed on another page" in answer["note"]
    assert stored(shop).text("brand") == "Of the second"
    assert "Of the first, longer" in [one.draft.text("brand") for one in drafts.versions(shop.store)]


def test_an_answer_that_got_lost_is_no_change_of_another_page(builder):
    write(builder, "brand", "One")
    assert "note" not in write(builder, "brand", "One two", base="")


def test_what_comes_again_after_a_reload_is_taken_unless_it_had_arrived(shop, builder):
    write(builder, "brand", "One")
    again = manifesto_builder(open_shop(shop.folder))
    assert write(again, "brand", "One and a half", base="One", again=True)["text"] == "One and a half"
    write(builder, "brand", "Two", base="One and a half")
    late = manifesto_builder(open_shop(shop.folder))
    assert write(late, "brand", "One and a half", base="One", again=True)["text"] == "Two"
    assert stored(shop).text("brand") == "Two"


def test_going_back_shows_the_earlier_texts_and_keeps_the_later(shop, builder):
    write(builder, "brand", "The first idea, in many words")
    write(builder, "brand", "Another")
    history = builder.history
    assert [label.split(" · ")[1] for label, _key in history.choice.options[1:]] == ["1 word", "6 words"]
    history.choice.index = 2
    assert "The first idea, in many words" in history._texts.value
    history.back.click()
    assert builder.boxes["brand"].text == stored(shop).text("brand") == "The first idea, in many words"
    assert "gone back to" in history.choice.options[1][0]
    assert len(history.choice.options) == 4
    assert history.choice.value == ""


def test_the_three_files_hold_what_the_page_shows(builder):
    write(builder, "brand", "Wij repareren & <b>")
    builder.spoken.value = "nl"
    made = {name: button.make() for name, button in builder.downloads.items()}
    assert [name for name, _mime, _content in made.values()] == [
        "fietsen-zn-servicemanifest.html",
        "fietsen-zn-servicemanifest.md",
        "fietsen-zn-servicemanifest.docx",
    ]
    assert "Wij repareren &amp; &lt;b&gt;" in made["html"][2].decode()
    assert "Wij repareren & \\<b\\>" in made["md"][2].decode()
    paragraphs = docx.Document(io.BytesIO(made["docx"][2])).paragraphs
    assert "Wij repareren & <b>" in [paragraph.text for paragraph in paragraphs]


def test_an_empty_manifesto_is_not_published(builder, monkeypatch):
    sent = []
    button = builder.downloads["html"]
    monkeypatch.setattr(button, "send", lambda content, buffers=None: sent.append(content))
    button._handle_custom_msg({"kind": "make", "ask": "q"}, [])
    assert "nothing to publish yet" in sent[0]["failed"]


@pytest.mark.parametrize("spoken", ["en", "nl"])
def test_the_demo_shows_an_example_in_the_language_of_the_page(spoken):
    with speaking(spoken):
        builder = manifesto_builder(open_shop())
        assert builder.example
        assert statements.example(spoken)["statements"]["ambition"].split(".")[0] in builder._preview.value
        assert statements.published(spoken)["example"] in builder._preview.value
        assert "Merel &amp; Mos" in builder._preview.value
    assert not seen(builder._form)
    assert builder._kept.value.count("<li>") == 3
    assert all(box.text == "" for box in builder.boxes.values())


def test_the_demo_itself_is_never_written(on_demo):
    greet(on_demo)
    on_demo.start()
    write(on_demo, "brand", "Mine")
    assert drafts.read(on_demo.page.served.store) is None
    assert drafts.read(visit(VISIT).store).text("brand") == "Mine"


def test_nothing_is_asked_of_a_store_before_it_is_known_whose(on_demo, tmp_path):
    assert on_demo.example
    assert list(tmp_path.iterdir()) == []
    assert {box.place for box in on_demo.boxes.values()} == {""}
    greet(on_demo)
    assert on_demo.boxes["brand"].place == "visit:brand"
    assert on_demo.example


def test_a_visitor_finds_his_own_again_and_names_his_shop(on_demo):
    greet(on_demo)
    on_demo._begin.click()
    assert not on_demo.example
    assert seen(on_demo.boxes["name"])
    assert write(on_demo, "name", " Tuin\n& Zn. ")["text"] == "Tuin & Zn."
    assert on_demo.boxes["brand"].frame.startswith("At Tuin & Zn. we")
    write(on_demo, "brand", "Wij planten")
    later = open_shop()
    welcome(later)
    again = manifesto_builder(later)
    greet(again)
    assert again.boxes["brand"].text == "Wij planten"
    assert again.composed().title == "What Tuin & Zn. stands for"


def test_a_text_that_comes_again_opens_the_form(on_demo):
    greet(on_demo)
    assert on_demo.example
    write(on_demo, "brand", "Typed before the server stopped", base="", again=True)
    assert not on_demo.example
    assert "Typed before" in on_demo._preview.value


def test_another_shop_opened_on_the_page_brings_its_own_manifesto(on_demo, shop, monkeypatch):
    drafts.Desk(shop.store).write("brand", "Van de werkplaats")
    greet(on_demo)
    write(on_demo, "brand", "Van de bezoeker")
    monkeypatch.setattr(visits, "choose", lambda *_more: None)
    on_demo.page.open(open_shop(shop.folder))
    assert on_demo.boxes["brand"].text == "Van de werkplaats"
    assert on_demo.boxes["brand"].place != "visit:brand"
    assert on_demo.name == "Fietsen & Zn."
    on_demo.page.open(None)
    assert on_demo.boxes["brand"].text == "Van de bezoeker"


def test_a_promise_is_measured_and_published(shop):
    builder = manifesto_builder(open_shop())
    builder.start()
    promised = builder.promised
    promised.fields["kind"].value = "available"
    promised.fields["channel"].value = "chat"
    assert "09:00 to 17:00" in promised._trial.value
    assert not seen(promised.fields["limit"])
    promised._add.click()
    assert builder.draft.promises[0]["kind"] == "available"
    assert "chat from 09:00 to 17:00" in builder._preview.value
    row = promised._chosen.children[0]
    assert "csw-kept-good" in row.children[0].value
    promised._add.click()
    assert "already" in promised._trouble.children[0].value
    row.children[1].click()
    assert builder.draft.promises == ()


def test_what_the_form_of_a_promise_says_is_the_promise(builder):
    fields = builder.promised.fields
    assert builder.promised.promise() == Promise("reply", "", 24 * 60)
    fields["channel"].value, fields["limit"].value, fields["unit"].value = "chat", 2, 1.0
    fields["clock"].value = "open"
    assert builder.promised.promise() == Promise("reply", "chat", 2, clock="open")
    fields["channel"].value, fields["limit"].value, fields["unit"].value = "chat", 20, 1 / 60
    assert "20 seconds" in builder.promised.promise().sentence()
    fields["kind"].value = "return"
    assert fields["limit"].description == "Within (days)"
    assert builder.promised.promise() == Promise("return", limit=14)
    fields["kind"].value, fields["days"].value = "available", "every"
    fields["since"].value = "late"
    with pytest.raises(SettingError):
        builder.promised.promise()
    assert "09:00-17:30" in builder.promised._trial.value


def test_a_promise_without_data_says_what_is_missing(builder):
    assert "“contacts”" in builder.promised._trial.value
    assert "%" not in builder.promised._trial.value


@pytest.mark.parametrize(
    ("estimate", "kind", "words"),
    [
        (Estimate(0.97, 0.96, 0.98, 3400), "good", "Kept in 97% (96% to 98%) of 3,400 contacts."),
        (Estimate(0.95, 0.94, 0.96, 3400), "nearly", "About one in 20 is disappointed."),
        (Estimate(0.63, 0.61, 0.65, 3400), "bad", "Do not promise this yet"),
        (Estimate(0.999, 0.997, 1.0, 3400), "good", "Kept in 99.9% (99.7% to 100.0%)"),
        (Estimate(1.0, 0.9, 1.0, 12), "unknown", "Too few cases"),
        (Estimate(0.8, 0.7, 0.9, 60), "nearly", "one in 5"),
    ],
)
def test_how_a_promise_is_kept_goes_by_its_interval(estimate, kind, words):
    said, verdict = judged(estimate)
    assert verdict == kind
    assert words in said


def test_returns_are_called_returns():
    assert "120 returns" in judged(Estimate(0.9, 0.85, 0.95, 120), returns=True)[0]


def test_a_promise_nobody_can_read_is_left_out():
    assert len(sentences([REPLY, {"kind": "luck"}, {}, {"kind": "reply", "limit": -1}], "en")) == 1


def test_the_page_stays_the_same_when_nothing_was_changed(shop, builder):
    write(builder, "brand", "One")
    before = drafts.versions(shop.store)
    builder.refresh()
    greet(builder)
    assert drafts.versions(shop.store) == before
    assert builder.draft == Draft({"brand": "One"})
    assert Page.of(shop) is builder.page
