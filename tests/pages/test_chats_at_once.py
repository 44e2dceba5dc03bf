"""How much longer chats take with several at once: saved while somebody types, and handed to the panels."""

import pandas as pd
import plotly.graph_objects as go
import pytest

from csworkbook import queueing
from csworkbook.language import speaking
from csworkbook.pages import chats_at_once as form
from csworkbook.pages.panel import panel
from csworkbook.results import Result, question
from csworkbook.shop import new_shop, open_shop


@question("What?")
def stretched(contacts=None, *, stretch=None):
    return Told(pd.DataFrame({"said": [str(stretch)]}))


class Told(Result):
    @property
    def text(self):
        return "So."

    def plot(self):
        return go.Figure()


@pytest.fixture
def shop(tmp_path):
    return new_shop(tmp_path / "shop", name="Fietsen & Zn.", language="nl")


def type_in(made, number, text):
    box, said = made.boxes[number], []
    box.send = lambda content, buffers=None: said.append(content)
    box._hear(
        box, {"kind": "write", "ask": 1, "text": text, "base": "", "again": False, "place": box.place}, []
    )
    return said[-1]


def shown(one):
    return one.result.table["said"].iloc[0]


def test_what_was_typed_is_kept_and_handed_to_the_panels(shop):
    asked = panel(shop, stretched)
    made = form.chats_at_once(shop)
    assert shown(asked) == "None"
    assert type_in(made, 2, "1,2")["saved"]
    assert type_in(made, 4, " 1.9 ×")["saved"]
    made._hand_over()
    assert form.read(shop.store) == {2: 1.2, 4: 1.9}
    assert shown(asked) == "{2: 1.2, 4: 1.9}"
    again = form.chats_at_once(open_shop(shop.folder))
    assert [again.boxes[n].text for n in (2, 3, 4)] == ["1.2", "", "1.9"]
    assert type_in(made, 2, "")["saved"]
    assert type_in(made, 4, "")["saved"]
    made._hand_over()
    assert shown(asked) == str(queueing.STRETCH)


@pytest.mark.parametrize("text", ["veel", "1,2,3", "-1", "0.5", "4", "1e3"])
def test_what_cannot_be_is_said_and_not_kept(shop, text):
    made = form.chats_at_once(shop)
    with speaking("en"):
        answer = type_in(made, 2, text)
    assert "saved" not in answer
    assert answer["failed"]
    assert form.read(shop.store) == {}


def test_numbers_are_said_in_the_language_of_the_page(shop):
    type_in(form.chats_at_once(shop), 2, "1.25")
    with speaking("nl"):
        assert form.chats_at_once(shop).boxes[2].text == "1,25"
