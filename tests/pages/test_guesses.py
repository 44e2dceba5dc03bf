"""The workshop screen without a browser: what is typed, kept, hidden, revealed and asked again."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from csworkbook import dimensions, service_gap, workshop
from csworkbook.errors import DataError
from csworkbook.language import speaking
from csworkbook.pages import guess as form
from csworkbook.pages import guesses as page
from csworkbook.pages.panel import Panel
from csworkbook.pages.sure import Sure
from csworkbook.pages.take import conclusions, report
from csworkbook.pages.talking import seen
from csworkbook.shop import new_shop, open_shop

EMPTY = dict.fromkeys(form.fields(), "")


@pytest.fixture
def shop(tmp_path):
    return new_shop(tmp_path / "shop", name="Fietsenwinkel", language="nl")


@pytest.fixture
def screen(shop):
    """The screen with a session that was just begun."""
    made = page.guesses(shop)
    made._name.value = "Team"
    made._begin.click()
    return made


def put(screen, **typed):
    for name, text in typed.items():
        screen._form.fields[name.replace("__", ".")].value = text
    screen._keep.click()


def trouble(screen):
    return " ".join(one.value for one in screen._trouble.children)


def reveal(screen):
    screen._reveal.first.click()
    screen._reveal.yes.click()


def shown(widget):
    """Every text of a widget and of all in it."""
    mine = [str(value) for value in widget.get_state().values()]
    return " ".join([*mine, *(shown(child) for child in getattr(widget, "children", ()))])


def test_a_guess_is_kept_counted_and_cleared(screen):
    put(screen, superior="70 %", weights__empathy="100", moment_1="Delivery", word="bike")
    assert "1 guess in" in screen._count.value
    assert {box.value for box in screen._form.fields.values()} == {""}
    assert trouble(screen) == ""
    assert workshop.counted(screen.store, screen.session.id, "before") == 1


def test_nothing_of_it_stands_anywhere_before_the_reveal(screen):
    put(screen, superior="37.25", moment_1="zebra crossing", word="giraffe")
    told = shown(screen) + str(screen.page.visit.get_state())
    assert "zebra" not in told
    assert "giraffe" not in told
    assert "37.25" not in told
    assert "0.3725" not in told
    assert screen._results.children == ()
    assert not any(isinstance(one, Panel) for one in screen.page.panels)
    reveal(screen)
    assert "zebra" in shown(screen)
    assert "37%" in shown(screen)


def test_the_reveal_asks_first_and_no_changes_nothing(screen):
    assert not seen(screen._reveal)
    put(screen, superior="50")
    screen._reveal.first.click()
    assert "Show the one guess?" in screen._reveal._words.value
    assert "everybody can tell whose" in screen._reveal._words.value
    screen._reveal.no.click()
    assert screen.session.revealed == ()
    assert seen(screen._reveal.first)
    reveal(screen)
    assert screen.session.revealed == ("before",)
    assert [panel.result is None for panel in screen._panels] == [False] * 3


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "still empty"),
        ({"superior": "lots"}, "“lots” cannot be used"),
        ({"superior": "101"}, "from 0 to 100"),
        ({"weights__empathy": "60"}, "add up to 60"),
        ({"weights__empathy": "a bit"}, "“a bit” cannot be used"),
    ],
)
def test_what_cannot_be_is_said_and_stays_in_its_field(screen, typed, said):
    put(screen, **typed)
    assert said in trouble(screen)
    assert 'role="alert"' in trouble(screen)
    for name, text in typed.items():
        assert screen._form.fields[name.replace("__", ".")].value == text
    assert workshop.counted(screen.store, screen.session.id, "before") == 0


def test_the_points_that_are_left_are_said_while_typing(screen):
    screen._form.fields["weights.tangibles"].value = "60"
    assert "40 points left" in screen._form._left.value
    screen._form.fields["weights.empathy"].value = "41"
    assert "1 point too many" in screen._form._left.value
    screen._form.fields["weights.empathy"].value = "40"
    assert "All 100 points are given." in screen._form._left.value


def test_a_word_that_is_taken_is_asked_about_once(screen):
    put(screen, superior="50", word="bike")
    put(screen, superior="60", word="Bike")
    assert "guess with this word already" in trouble(screen)
    assert screen._form.fields["superior"].value == "60"
    screen._keep.click()
    assert "1 guess in" in screen._count.value
    reveal(screen)
    assert workshop.guesses(screen.store, screen.session.id)["superior"].tolist() == [0.6]


def test_asking_again_shows_before_and_after(screen):
    put(screen, superior="80", word="bike")
    reveal(screen)
    screen._ask.click()
    assert "0 guesses in" in screen._count.value
    assert "80%" in screen._panels[0].result.text
    put(screen, superior="20", word="bike")
    assert "20%" not in shown(screen)
    reveal(screen)
    assert screen._panels[0].result.table["who"].tolist() == ["before", "after"]
    assert "changed by −60 points" in screen._panels[0].result.text
    assert screen._ask not in [c for box in screen._body.children for c in getattr(box, "children", ())]


def test_a_reload_finds_everything_again(shop, screen):
    put(screen, superior="80")
    again = page.guesses(open_shop(shop.folder))
    assert again.session == screen.session
    assert "1 guess in" in again._count.value
    reveal(again)
    third = page.guesses(open_shop(shop.folder))
    assert "80%" in third._panels[0].result.text


def test_another_session_hides_what_the_first_showed(screen):
    put(screen, superior="80")
    reveal(screen)
    first = screen.session
    screen._new.click()
    screen._name.value = "Board"
    screen._begin.click()
    assert screen._results.children == ()
    assert all(panel.result is None for panel in screen._panels)
    screen._chosen.value = first.id
    assert "80%" in screen._panels[0].result.text
    screen._remove.first.click()
    assert "Team" in screen._remove.question
    screen._remove.yes.click()
    assert [one.name for one in workshop.sessions(screen.store)] == ["Board"]
    assert screen.session.name == "Board"


def test_a_closed_session_takes_no_guess_and_can_go_on(screen):
    put(screen, superior="80")
    screen._close.click()
    assert screen._form not in screen._body.children
    assert "Go on" in screen._close.description
    screen._close.click()
    assert screen._form in screen._body.children


def test_others_who_guess_are_counted_along(screen):
    workshop.guess(screen.store, screen.session.id, screen.session.participant(), "before", {"superior": 0.1})
    screen._look()
    assert "1 guess in" in screen._count.value
    workshop.reveal(screen.store, screen.session.id, "before")
    screen._look()
    assert "10%" in screen._panels[0].result.text


def test_a_session_that_somebody_deleted_is_said_in_a_sentence(screen):
    workshop.remove(screen.store, screen.session.id)
    put(screen, superior="50")
    assert "not there any more" in trouble(screen)


def test_on_the_demo_page_guesses_go_to_the_visitor_beside_the_demos_customers(tmp_path, monkeypatch):
    monkeypatch.setenv("CSWORKBOOK_VISITS", str(tmp_path))
    screen = page.guesses(open_shop())
    assert list(tmp_path.iterdir()) == []
    screen.page.visit._hello({"visit": "a" * 32, "stored": {}}, [])
    screen._name.value = "Team"
    screen._begin.click()
    put(screen, superior="80")
    reveal(screen)
    assert screen._panels[0].result.customers.n == 400
    assert (tmp_path / ("a" * 32) / "workbook.sqlite").exists()
    other = page.guesses(open_shop())
    other.page.visit._hello({"visit": "b" * 32, "stored": {}}, [])
    assert other.session is None
    again = page.guesses(open_shop())
    again.page.visit._hello({"visit": "a" * 32, "stored": {}}, [])
    assert "80%" in again._panels[0].result.text


def test_a_session_begun_before_the_browser_said_who_it_is_comes_back_too(tmp_path, monkeypatch):
    monkeypatch.setenv("CSWORKBOOK_VISITS", str(tmp_path))
    screen = page.guesses(open_shop())
    screen._name.value = "Early"
    screen._begin.click()
    screen.page.visit._hello({"visit": "c" * 32, "stored": {}}, [])
    assert screen.session.name == "Early"
    put(screen, superior="80")
    again = page.guesses(open_shop())
    again.page.visit._hello({"visit": "c" * 32, "stored": {}}, [])
    assert again.session.name == "Early"
    assert "1 guess in" in again._count.value


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_files_hold_every_guess(screen, kind):
    put(screen, superior="80", weights__empathy="100", moment_1="=1+1")
    put(screen, superior="40", moment_1="Delivery")
    reveal(screen)
    name, _mime, content = screen._file(kind)
    assert name == f"fietsenwinkel-team.{kind}"
    if kind == "xlsx":
        back = pd.read_excel(io.BytesIO(content), engine="calamine")
    else:
        back = pd.read_csv(io.BytesIO(content), encoding="utf-8-sig")
    assert back["Share of customers guessed"].tolist() == [0.4, 0.8]
    assert back["Worst moment 1"].str.strip("'").tolist() == ["Delivery", "=1+1"]


@pytest.mark.parametrize(("spoken", "typed"), [("en", "12.5"), ("nl", "12,5 %")])
def test_numbers_as_people_type_them(spoken, typed):
    with speaking(spoken):
        assert form.read({**EMPTY, "superior": typed}).superior == 0.125


def test_points_of_a_dimension_left_empty_are_none():
    said = form.read({**EMPTY, "weights.empathy": "30", "weights.assurance": "70"})
    assert said.weights == {**dict.fromkeys(dimensions.NAMES, 0.0), "empathy": 30, "assurance": 70}
    with pytest.raises(DataError):
        form.read({**EMPTY, "weights.empathy": "130", "weights.assurance": "-30"})


def test_a_sure_button_says_what_goes_wrong():
    import ipywidgets

    place, done = ipywidgets.VBox(), []

    def fail():
        done.append(1)
        raise DataError("It did not work.")

    button = Sure("Go", fail, place, yes="Yes")
    button.question = "Sure, <b>?"
    button.first.click()
    assert "&lt;b&gt;" in button._words.value
    assert done == []
    button.yes.click()
    assert "It did not work." in place.children[0].value
    assert seen(button.first)


def test_the_figures_of_the_page_are_hidden_while_the_first_round_is_open(shop):
    figures = Panel(shop, service_gap.perception, "", {})
    listed, file = conclusions(shop), report(shop, "01_service_gap")
    screen = page.guesses(shop)
    assert all(map(seen, (figures, listed, file)))
    screen._name.value = "Team"
    screen._begin.click()
    later = Panel(shop, service_gap.perception, "", {})
    assert not any(map(seen, (figures, listed, file, later)))
    figures.refresh()
    assert not seen(figures)  # whatever it shows meanwhile
    put(screen, superior="70 %", weights__empathy="100")
    reveal(screen)
    assert all(map(seen, (figures, listed, file, later)))
    screen.ask_again()
    assert seen(figures)  # everybody has seen them by now


def test_a_session_that_is_closed_gives_the_figures_back(screen, shop):
    figures = Panel(shop, service_gap.perception, "", {})
    assert not seen(figures)
    screen._close.click()
    assert seen(figures)


@pytest.mark.parametrize("begun", [False, True])
def test_showing_it_again_draws_nothing_anew(shop, begun):
    """A browser that says hello while somebody types must not take the box away from under his hands."""
    made = page.guesses(shop)
    if begun:
        made._name.value = "Team"
        made._begin.click()
    drawn = []
    for box in (made._body, made._sessions):
        box.observe(drawn.append, "children")
    made.refresh()
    assert drawn == []


def test_hidden_figures_are_not_in_the_page_at_all(shop, screen, monkeypatch):
    monkeypatch.setattr(type(shop), "perception", open_shop().perception, raising=False)
    figures = Panel(shop, service_gap.perception, "", {})
    listed = conclusions(shop)
    assert figures.result is None
    assert "18%" not in shown(figures) + shown(listed)
    put(screen, superior="70 %", weights__empathy="100")
    reveal(screen)
    assert "18% of the customers" in shown(figures)
    assert "better" in shown(listed)
    screen._name.value = "Second"
    screen._begin.click()
    assert figures.result is None
    assert "18%" not in shown(figures) + shown(listed)
