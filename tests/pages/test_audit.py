"""An audit without a browser: what is saved, whose it is, and what follows on the page and in the report."""

import pytest

from csworkbook import audits, visits
from csworkbook.audits import rounds
from csworkbook.export.report import report
from csworkbook.language import speaking
from csworkbook.pages import take
from csworkbook.pages.audit import audit
from csworkbook.pages.page import Page, welcome
from csworkbook.pages.panel import panel
from csworkbook.pages.talking import seen
from csworkbook.shop import new_shop, open_shop
from csworkbook.visits import visit

VISIT, OTHER = "ab" * 16, "cd" * 16
LACK = "Customers have to make an account before they can buy."


@pytest.fixture
def shop(tmp_path):
    return new_shop(tmp_path / "shop", name="Fietsen & Zn.", language="nl")


@pytest.fixture
def form(shop):
    return audit(shop, "checkout")


@pytest.fixture
def on_demo(tmp_path, monkeypatch):
    """The form on a served demo page, before a browser says hello."""
    monkeypatch.setenv("CSWORKBOOK_VISITS", str(tmp_path))
    demo = open_shop()
    welcome(demo)
    return audit(demo, "checkout")


def greet(form, visit_id=VISIT):
    form.page.visit._hello({"visit": visit_id, "stored": {}}, [])


def say(form, item, answer=None, **more):
    said = {"item": item, "answer": answer, "place": form.asked.place, **more}
    return form.asked._answer({key: value for key, value in said.items() if value is not None}, [])


def stored(shop, checklist="checkout"):
    return rounds.latest(open_shop(shop.folder).store, checklist)


def test_every_answer_is_saved_and_there_in_the_next_kernel(shop, form):
    assert len(say(form, "guest", "no", by="Noor")["saved"]) == 5
    say(form, "guest", note="pas bij <b>betalen</b>")
    assert stored(shop).answer("guest").note == "pas bij <b>betalen</b>"
    again = audit(open_shop(shop.folder), "checkout")
    assert again.asked.answers == {"guest": {"answer": "no", "note": "pas bij <b>betalen</b>"}}
    assert again.asked.who == "Noor"
    assert again.result.points == 0


def test_points_and_what_to_mend_appear_with_the_first_answer(form):
    assert not seen(form._first)
    assert not seen(form.panel)
    assert form.panel.result is None
    say(form, "guest", "no")
    assert seen(form._first)
    assert seen(form.panel)
    assert LACK in form._mend.value
    assert form.asked.standing == "0 of 2 points (0%)"
    assert form.panel.result.answered == 1
    say(form, "guest", "yes")
    assert "nothing has to be mended" in form._mend.value
    say(form, "guest", "")
    assert not seen(form._first)
    assert form.panel.result is None


def test_what_is_typed_is_text_everywhere(form):
    say(form, "guest", "no", note="<img src=x onerror=alert(1)>", by="<b>Noor</b>")
    html = report(form.page.shop, take.shown(form.page), take.found(form.page), title="x")
    assert "<img src=x" not in form._mend.value + form._about.value + html
    assert "&lt;b&gt;Noor&lt;/b&gt;" in form._mend.value


def test_findings_stand_among_the_conclusions_and_in_the_report(shop, form):
    conclusions = take.conclusions(shop)
    say(form, "guest", "no", by="Noor")
    say(form, "trail", "partly")
    form.page._tell()
    assert LACK in conclusions.children[1].value
    assert "Noor answered “no”" in conclusions.children[1].value
    (name, _mime, content) = take.report(shop, "08_checkout").children[0].make()
    html = content.decode()
    assert name.endswith(".html")
    assert LACK in html
    assert "Audit: Fifteen questions about your checkout" in html
    assert LACK in [one.headline for one in audits.findings(shop)]


def test_two_audits_that_find_alike_say_it_once(shop):
    forms = [audit(shop, name) for name in ("ux", "checkout")]
    for form in forms:
        say(form, "guest", "no")
        form.panel.refresh()
    assert [one.headline for one in take.found(forms[0].page)] == [LACK]


def test_another_round_begins_empty_and_the_first_can_only_be_read(shop, form):
    say(form, "guest", "no")
    first = form.asked.place
    form._new.click()
    assert form.asked.place not in ("", first)
    assert form.asked.answers == {}
    assert form.asked.before["guest"].endswith(": no")
    say(form, "guest", "yes")
    assert form.result.earlier.answer("guest").answer == "no"
    assert "1 went up" in form.result.text
    form._choice.value = "1"
    assert form.asked.place == ""
    assert "look at only" in form._about.value
    assert form.asked.answers["guest"]["answer"] == "no"
    assert not seen(form._delete)
    form._choice.value = "2"
    assert form.asked.place
    assert "look at only" not in form._about.value


def test_a_round_is_deleted_only_after_a_second_question(shop, form):
    say(form, "guest", "no")
    form._delete.first.click()
    assert "Fifteen questions" in form._delete.question
    assert not stored(shop).empty
    form._delete.no.click()
    assert not stored(shop).empty
    form._delete.first.click()
    form._delete.yes.click()
    assert stored(shop).empty
    assert form.asked.answers == {}
    assert not seen(form._bar)


def test_an_answer_for_another_place_or_question_is_refused(shop, form):
    failed = form.asked._hear
    sent = []
    form.asked.send = lambda message, buffers=None: sent.append(message)
    failed(None, {"kind": "answer", "ask": 1, "place": "elsewhere", "item": "guest", "answer": "no"}, [])
    failed(
        None, {"kind": "answer", "ask": 2, "place": form.asked.place, "item": "parking", "answer": "no"}, []
    )
    failed(None, {"kind": "answer", "ask": 3, "place": form.asked.place, "item": "guest", "answer": 3}, [])
    assert "another shop or round" in sent[0]["failed"]
    assert "no longer on the checklist" in sent[1]["failed"]
    assert stored(shop).empty


def test_the_demo_begins_empty_and_closed_until_a_browser_came(on_demo):
    assert on_demo.asked.place == ""
    assert on_demo.asked.answers == {}
    assert "no site to look at" in on_demo._about.value
    greet(on_demo)
    assert on_demo.asked.place == "visit:checkout:1"
    say(on_demo, "guest", "no")
    assert stored(visit(VISIT)).answer("guest").answer == "no"
    assert stored(visit(OTHER)).empty
    assert open_shop().store.all(rounds.KIND) == {}


def test_what_a_visitor_of_the_demo_answered_is_his_in_conclusions_and_report(on_demo):
    greet(on_demo)
    say(on_demo, "guest", "no")
    on_demo.panel.refresh()
    assert LACK in [one.headline for one in take.found(on_demo.page)]
    html = take.report(on_demo.page.served, "08_checkout").children[0].make()[2].decode()
    assert "invented. The audits and what was typed are your own." in html


def test_a_visitor_finds_his_answers_again_and_takes_them_into_a_workbook(on_demo, tmp_path, monkeypatch):
    greet(on_demo)
    say(on_demo, "guest", "no")
    demo = open_shop()
    welcome(demo)
    again = audit(demo, "checkout")
    greet(again)
    assert again.asked.answers["guest"]["answer"] == "no"
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("CSWORKBOOK_HOME", str(home))
    made = visits.make("Fietsen", VISIT)
    again.page.open(made)
    assert stored(made).answer("guest").answer == "no"
    assert "no site to look at" not in again._about.value
    assert again.asked.answers["guest"]["answer"] == "no"


def test_another_shop_has_other_answers(shop, form, tmp_path):
    say(form, "guest", "no")
    other = new_shop(tmp_path / "other", name="Tuin", language="nl")
    before = form.asked.place
    form.page.show(other)
    assert form.asked.answers == {}
    assert form.asked.place != before
    assert form.panel.result is None
    form.page.show(open_shop(shop.folder))
    assert form.asked.answers["guest"]["answer"] == "no"


def test_a_checklist_of_the_workbook_is_asked_and_a_faulty_one_is_explained(shop):
    (shop.folder / "checklists").mkdir()
    file = shop.folder / "checklists" / "bellen.toml"
    file.write_text('[nl]\ntitle = "Bellen"\n[[items]]\nid = "a"\n[items.nl]\nquestion = "Nemen we op?"\n')
    form = audit(shop, "bellen")
    assert [one["question"] for one in form.asked.items] == ["Nemen we op?"]
    say(form, "a", "partly")
    assert "Nemen we op? Partly." in form._mend.value
    file.write_text("items = 3")
    faulty = audit(open_shop(shop.folder), "bellen")
    assert "bellen.toml" in faulty._trouble.children[0].value
    assert not seen(faulty.asked)
    assert not seen(faulty._first)
    file.write_text('[nl]\ntitle = "Bellen"\n[[items]]\nid = "a"\n[items.nl]\nquestion = "Nemen we op?"\n')
    faulty.refresh()
    assert seen(faulty.asked)
    assert faulty.asked.answers["a"]["answer"] == "partly"
    assert "checkout" in audit(shop, "nothing")._trouble.children[0].value


@pytest.mark.parametrize("spoken", ["en", "nl"])
def test_files_to_take_along(shop, spoken):
    with speaking(spoken):
        form = audit(shop, "ux")
        say(form, "guest", "no", note="=2+2")
        made = [form._printed(), form.panel._xlsx(), form.panel._csv()]
        title = audits.checklist("ux").title
    assert [name.rsplit(".", 1)[1] for name, _mime, _content in made] == ["html", "xlsx", "csv"]
    assert title in made[0][2].decode()
    assert "Fietsen &amp; Zn." in made[0][2].decode()
    assert b"'=2+2" in made[2][2]


def test_widgets_are_made_once(form):
    before = form._form.children, form.children, form.asked
    say(form, "guest", "no")
    form.refresh()
    form._new.click()
    assert before == (form._form.children, form.children, form.asked)


def test_the_page_knows_the_parts_of_the_audit(form):
    assert Page.of(form.page.served).panels == [form.panel]


def test_an_analyst_puts_the_score_in_a_panel_of_his_own(shop):
    rounds.save(shop.store, "home", "1", "goal", answer="no")
    shown = panel(shop, audits.score, checklist=["ux", "home"])
    assert [label for label, _value in shown.controls["checklist"].options] == [
        audits.checklist(name).title for name in ("ux", "home")
    ]
    shown.controls["checklist"].value = "home"
    assert shown.result.points == 0
    assert shown.result.answered == 1
