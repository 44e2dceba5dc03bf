"""Panels: what is chosen for a whole page reaches every function that asks for it."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import pytest

from csworkbook import shop as shops
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


def test_another_shop_begins_with_its_own_choices(demo, tmp_path):
    one = panel(demo, which)
    Page.of(demo).give(steps=["cart", "paid"])
    Page.of(demo).show(shops.new_shop(tmp_path / "own", name="Own"))
    assert one.result is None  # no orders yet
    assert Page.of(demo).given == {}
