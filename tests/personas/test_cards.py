"""The printable cards: whole HTML, the figures of the results, nothing from elsewhere, nothing that runs."""

from __future__ import annotations

import re
from dataclasses import replace

import ibis
import pandas as pd
import pytest
import tinyhtml5
from effort.tables import assert_says

from csworkbook import language, open_shop
from csworkbook.errors import DataError, SettingError
from csworkbook.personas import apart, asks, cards, habits, nearest, portraits, recognise
from csworkbook.personas.described import features_of
from csworkbook.personas.saved import Saved

from .likeness import ZONE, demo, kind_of, personas, saved, shop

MEAN = '<img src=x onerror="alert(1)">'


def parsed(html: str):
    """The document, read by the rules of HTML; a fault in it raises."""
    parser = tinyhtml5.parser.HTMLParser()
    tree = parser.parse(html)
    assert parser.errors == []
    return tree


def texts(tree) -> list[str]:
    """What every card says, in one line each."""
    articles = [one for one in tree.iter() if str(one.tag).endswith("article")]
    return [" ".join(" ".join(one.itertext()).split()) for one in articles]


@pytest.fixture(scope="module")
def page() -> str:
    return cards(**shop(), personas=personas(), shop_name="Bed & Tuin")


def test_there_is_a_card_per_persona_with_all_that_belongs_on_it(page):
    told = texts(parsed(page))
    assert [text.split(" ")[0] for text in told] == ["Cooks", "Gardeners", "Sleepers"]
    heads = (
        "What sets them apart",
        "How to recognise them",
        "Three real customers",
        "What they ask",
        "When and what",
    )
    assert all(head in text for text in told for head in heads)
    assert "December" in told[0]
    assert "where is my order" in told[0]
    assert all(f"Customer {letter}" in text for text in told for letter in "ABC")


def test_the_figures_on_the_cards_are_those_of_the_panels(page):
    found = portraits(**shop(), personas=personas())
    rules = recognise(**shop(), personas=personas())
    apartness = apart(**shop(), personas=personas())
    for persona, text in enumerate(texts(parsed(page)), 1):
        row = found.table.set_index("persona").loc[persona]
        ends = f"{language.percent(row['share_low'])} to {language.percent(row['share_high'])}"
        assert f"{row['size']:.0f} customers: {language.percent(row['share'])} ({ends})" in text
        assert language.money(row["revenue"]) in text
        assert f"Right for {language.percent(rules.hits(persona).value)} of those who meet it" in text
        first = apartness.of(persona, 1)["feature"].iloc[0]
        assert first in text


def test_it_stands_alone_and_nothing_in_it_runs(page):
    assert not re.search(r"<script|<link|<img|<iframe|@import|https?://|url\(", page)
    assert "@media print" in page
    assert "break-after: page" in page
    assert "max-width: 640px" in page


def test_what_owners_and_files_say_is_text(page):
    names = [MEAN, "Gardeners", "Sleepers"]
    frames = dict(shop())
    lines = frames["order_lines"]
    frames["order_lines"] = lines.assign(category=lines["category"].replace("garden", MEAN))
    frames["contacts"] = frames["contacts"].assign(topic=MEAN)
    known = features_of(**frames, zone=ZONE)
    html = cards(**frames, personas=saved(known, kind_of(known.table.index), names), shop_name=MEAN)
    assert "<img" not in html
    assert html.count("&lt;img") > 5
    assert MEAN in " ".join(texts(parsed(html)))
    assert "Bed &amp; Tuin" in page


def test_cards_come_from_orders_alone():
    orders = shop()["orders"]
    known = features_of(orders, zone=ZONE)
    own = saved(known, kind_of(known.table.index), ["A", "B", "C"])
    told = texts(parsed(cards(orders, personas=own)))
    assert len(told) == 3
    assert not any("What they ask" in text for text in told)


def test_names_of_customers_are_letters_unless_the_owner_wants_them_his_own(page):
    ids = set(shop()["orders"]["customer_id"])
    assert not ids & set(re.findall(r"\w+", " ".join(texts(parsed(page)))))
    own = cards(**shop(), personas=personas(), ids="own")
    said = {name.lower() for name in re.findall(r"\w+", " ".join(texts(parsed(own))))}
    assert len(ids & said) == 9


def test_the_demo_shop_has_its_cards_in_both_languages_and_says_that_it_is_invented():
    own = open_shop()
    english = own.call(cards, personas=demo(), shop_name=own.name, invented=True)
    with language.speaking("nl"):
        dutch = own.call(cards, personas=demo(), shop_name=own.name, invented=True)
    assert "invented" in english
    assert 'lang="en"' in english
    assert 'lang="nl"' in dutch
    for html in (english, dutch):
        assert len(texts(parsed(html))) == 4
        assert not re.search(r"\bnan\b|\binf\b|None|\{\w+\}", html.split("</style>")[1])
    assert "december" in dutch
    assert "December" in english


def test_no_groups_and_wrong_choices_are_said():
    with pytest.raises(DataError):
        cards(**shop(), personas=Saved(k=0, seed=0, recipe={}))
    with pytest.raises(SettingError, match="names"):
        cards(**shop(), personas=personas(), ids="names")


def test_a_name_that_the_owner_typed_stands_on_the_card():
    renamed = replace(personas(), names=["Koks", "Gardeners", "Sleepers"])
    assert texts(parsed(cards(**shop(), personas=renamed)))[0].startswith("Koks")


def test_a_persona_that_nobody_is_in_any_more_has_a_card_without_people():
    frames = shop()
    here = frames["orders"][~frames["orders"]["customer_id"].str.startswith("g")]
    known = {**frames, "orders": here}
    told = texts(parsed(cards(**known, personas=personas())))
    assert "0 customers: 0%" in told[1]
    assert "Customer A" not in told[1]
    assert "Customer A" in told[2]
    figure = nearest(**known, personas=personas()).plot()
    assert [head.text for head in figure.layout.annotations] == ["<b>1</b> Cooks", "<b>3</b> Sleepers"]
    assert len(set(figure.layout.yaxis.tickvals)) == len(figure.layout.yaxis.tickvals) == 6
    for result in (apart(**known, personas=personas()), habits(**known, personas=personas())):
        assert_says(result)
        assert list(result.plot().data[0].x) == ["1", "2", "3"]
    assert_says(recognise(**known, personas=personas()))
    assert_says(asks(**known, personas=personas()))


def test_raw_files_give_the_same_cards(page):
    frames = dict(shop())
    orders = frames["orders"]
    odd = orders.assign(
        customer_id=pd.Categorical([f" {one} " for one in orders["customer_id"]]),
        ordered_at=orders["ordered_at"].dt.tz_convert("UTC").dt.tz_localize(None),  # naive times are UTC
        revenue=orders["revenue"].astype(object),
        colour="blue",
    )
    nothing = odd.tail(4).assign(
        order_id=list("wxyz"), customer_id=[None, "", "c1", "c1"], revenue=[5.0, 5.0, 0.0, -5.0]
    )
    odd = pd.concat([odd.astype({"customer_id": object}), nothing])  # with an index that is there twice
    frames["orders"] = odd.sample(frac=1, random_state=3)
    told = cards(**frames, personas=personas(), shop_name="Bed & Tuin")
    assert texts(parsed(told)) == texts(parsed(page))
    method = habits(**frames, personas=personas()).method
    assert "2 orders without a customer" in method
    assert "2 orders for which nothing was paid" in method


def test_no_orders_at_all_is_said():
    with pytest.raises(DataError):
        cards(shop()["orders"].head(0), personas=personas())


def test_large_tables_that_stay_in_an_engine_give_the_same_cards(page):
    frames = shop()
    engine = {name: ibis.memtable(frames[name]) for name in ("orders", "order_lines")}
    assert texts(parsed(cards(**{**frames, **engine}, personas=personas()))) == texts(parsed(page))
