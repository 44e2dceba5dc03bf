"""Panels: what is chosen for a whole page reaches every function that asks for it."""

from __future__ import annotations

from datetime import date

import pandas as pd
import plotly.graph_objects as go
import pytest
from traitlets import TraitError

from csworkbook import shop as shops
from csworkbook.errors import SettingError
from csworkbook.pages import talking
from csworkbook.pages.page import Page
from csworkbook.pages.panel import panel
from csworkbook.results import Result, question


class Told(Result):
    @property
    def text(self):
        return "Told."

    def plot(self):
        return go.Figure()


@question("Which steps?")
def which(orders, *, steps=None, margin=0.0):
    return Told(pd.DataFrame({"said": [str(steps)], "value": [margin]}))


@question("Nothing?")
def nothing(orders):
    return Told(pd.DataFrame({"said": ["nothing"]}))


@pytest.fixture
def demo():
    return shops.open_shop()


def said(one):
    return one.result.table["said"].tolist()


def test_what_is_given_to_the_page_reaches_the_panels_that_ask_for_it(demo):
    panels = panel(demo, which), panel(demo, nothing)
    assert [said(one) for one in panels] == [["None"], ["nothing"]]
    Page.of(demo).give(steps=["cart", "paid"])
    assert [said(one) for one in panels] == [["['cart', 'paid']"], ["nothing"]]
    Page.of(demo).give(steps=None)
    assert said(panels[0]) == ["None"]


def test_a_list_of_choices_gets_what_was_given_to_the_page_too(demo):
    one = panel(demo, which, margin=lambda *, steps=None: [0.1 * len(step) for step in steps or []])
    assert list(one.controls) == []
    Page.of(demo).give(steps=["cart", "order"])
    assert [option for _said, option in one.controls["margin"].options] == [0.4, 0.5]


def test_a_number_to_choose_is_a_number_and_no_answer_of_a_survey(demo):
    assert [label for label, _number in panel(demo, which, steps=[3, 2, 1]).controls["steps"].options] == [
        "3",
        "2",
        "1",
    ]


def test_another_shop_begins_with_its_own_choices(demo, tmp_path):
    one = panel(demo, which)
    Page.of(demo).give(steps=["cart", "paid"])
    Page.of(demo).show(shops.new_shop(tmp_path / "own", name="Own"))
    assert one.result is None  # no orders yet
    assert Page.of(demo).given == {}


# ------------------------------------------------------------------ days, and controls that are folded away
@question("Which days?")
def spanned(orders, *, since=None, until="", per="visitor", careful=False):
    if since and until and until < since:
        raise SettingError("The last day comes before the first.")
    return Told(pd.DataFrame({"said": [f"{since} {until} {per} {careful}"]}))


def ordered(orders):
    return date(2026, 5, 1), date(2026, 5, 31)


MORE = {"per": ["visitor", "session"], "careful": False}


def test_a_day_is_chosen_between_the_first_and_the_last(demo):
    one = panel(demo, spanned, since=ordered, until=ordered)
    since = one.controls["since"]
    assert (since.first, since.last, since.value) == ("2026-05-01", "2026-05-31", "")
    since.value = "2026-05-03"
    assert said(one) == ["2026-05-03  visitor False"]
    for wrong in ("2026-06-01", "2026-04-30", "0020-05-03", "yesterday"):
        with pytest.raises(TraitError):
            since.value = wrong
    since.value = ""
    assert said(one) == ["  visitor False"]


def test_days_that_cannot_be_are_a_sentence_and_the_controls_stay(demo):
    one = panel(demo, spanned, since=ordered, until=ordered)
    one.controls["since"].value, one.controls["until"].value = "2026-05-09", "2026-05-02"
    assert one.result is None
    assert "The last day comes before the first." in one._words.value
    one.controls["until"].value = "2026-05-20"
    assert said(one) == ["2026-05-09 2026-05-20 visitor False"]


def test_other_days_leave_open_what_can_no_longer_be(demo):
    spans = [(date(2026, 5, 1), date(2026, 5, 31))]
    one = panel(demo, spanned, since=lambda orders: spans[0], until=lambda orders: spans[0])
    one.controls["since"].value, one.controls["until"].value = "2026-05-20", "2026-05-25"
    spans[0] = (date(2026, 5, 22), date(2026, 6, 30))
    one.refresh()
    assert said(one) == [" 2026-05-25 visitor False"]
    assert "22 May 2026" in one.controls["since"].labels["outside"]


def test_what_was_chosen_comes_back_after_a_reload(demo):
    Page.of(demo).visit.stored = {
        "spanned.since": "2026-05-07",
        "spanned.until": "2031-01-01",
        "spanned.per": "session",
    }
    one = panel(demo, spanned, since=ordered, until=ordered, more=MORE)
    assert said(one) == ["2026-05-07  session False"]
    assert ">per: Session<" in one._fold._changed.value  # a choice that is folded away is told


def test_controls_used_less_often_are_folded_away_and_tell_what_was_changed(demo):
    one = panel(demo, spanned, since=ordered, more=MORE)
    fold = one._fold
    assert [list(box.children) for box in (one._bar, fold._box)] == [
        [one.controls["since"]],
        [one.controls["per"], one.controls["careful"]],
    ]
    assert "<details" in fold.children[0].value
    assert fold._changed.value == ""
    one.controls["careful"].value = True
    one.controls["per"].value = "session"
    assert said(one) == ["  session True"]
    assert ">per: Session; careful: yes<" in fold._changed.value
    one.controls["careful"].value, one.controls["per"].value = False, "visitor"
    assert fold._changed.value == ""
    assert panel(demo, spanned, since=ordered)._fold is None


def test_a_choice_appears_once_there_is_something_to_choose(demo):
    offered = [[]]
    one = panel(demo, spanned, since=lambda orders: offered[0], per=["visitor", "session"])
    assert list(one.controls) == ["per"]
    one.controls["per"].value = "session"
    offered[0] = (date(2026, 5, 1), date(2026, 5, 31))
    one.refresh()
    assert list(one.controls) == ["since", "per"]
    one.controls["since"].value = "2026-05-03"
    assert said(one)[0].startswith("2026-05-03")
    offered[0] = []
    one.refresh()
    assert list(one.controls) == ["per"]


def test_the_script_of_a_day_asks_no_other_host_and_writes_no_markup():
    script = talking.script("day.js")
    assert "http" not in script
    assert "innerHTML" not in script
    assert script.count("export default") == 1


class Bars(Told):
    opens = "rows_behind"


@question("Which channels?")
def channels(orders):
    return Bars(pd.DataFrame({"said": ["bars"]}))


@question("Which rows?")
def rows_behind(orders, *, channel=None):
    return Told(pd.DataFrame({"said": [str(channel)]}))


def click(one, mark):
    sent = []
    one._picture_button.send = lambda content, buffers=None: sent.append(content)
    one._picture_button._hear(one._picture_button, {"kind": "mark", "ask": 1, "id": mark}, [])
    return sent[-1]


def test_a_click_on_a_mark_opens_what_is_behind_it(demo):
    bars = panel(demo, channels)
    assert not bars._picture_button.clickable  # nothing on the page shows the rows
    rows = panel(demo, rows_behind, channel=[None, "chat", "phone"])
    assert bars._picture_button.clickable  # also when the picture was there first
    assert "what is behind it" in bars._words.value
    looked = []
    rows._picture_button.send = lambda content, buffers=None: looked.append(content)
    assert "failed" not in click(bars, '{"channel": "phone"}')
    assert said(rows) == ["phone"]
    assert looked == [{"look": True}]
    assert "failed" not in click(bars, '{"channel": "telex"}')
    assert said(rows) == ["phone"]  # what cannot be chosen changes nothing


def test_a_mark_that_says_nothing_is_told_as_a_sentence(demo):
    bars = panel(demo, channels)
    panel(demo, rows_behind, channel=[None, "chat"])
    bars.refresh()
    assert "Traceback" not in click(bars, "nothing")["failed"]
