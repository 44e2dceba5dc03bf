"""Saved personas come back as they were, and names follow the owner."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from csworkbook.errors import SettingError
from csworkbook.language import speaking
from csworkbook.personas import called
from csworkbook.personas.described import features_of
from csworkbook.personas.grouping import portraits
from csworkbook.personas.saved import Saved
from csworkbook.personas.search import find
from csworkbook.store import Store

from .shops import drawn, frame


@pytest.fixture(scope="module")
def shop():
    return drawn(1, 900, kinds=3)


@pytest.fixture(scope="module")
def saved(shop):
    return find(features_of(*shop.tables)).saved


def test_a_store_keeps_them(saved, tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'workbook.sqlite'}")
    store.put("personas", "found", saved.document())
    assert Saved.read(store.get("personas", "found")) == saved
    assert json.loads(json.dumps(saved.document())) == saved.document()


@pytest.mark.parametrize("document", [None, {}, [], "x", {"k": 2}])
def test_what_is_no_such_document_is_nothing(document):
    assert Saved.read(document) is None


def test_half_a_document_is_nothing(saved):
    assert Saved.read({**saved.document(), "names": ["one"]}) is None


def test_a_typed_name_wins_in_every_language(saved, shop):
    renamed = saved.renamed(2, "  De  vaste klant ")
    assert renamed.names == ["", "De vaste klant", ""]
    for spoken in ("en", "nl"):
        with speaking(spoken):
            found = portraits(*shop.tables, personas=renamed)
            assert found.names[1] == found.table["name"][1] == "De vaste klant"
    assert renamed.renamed(2, "").names == saved.names == [""] * 3


def test_names_that_cannot_be(saved):
    with pytest.raises(SettingError):
        saved.renamed(4, "x")
    with pytest.raises(SettingError):
        saved.renamed(0, "x")
    with pytest.raises(SettingError):
        saved.renamed(1, "x" * 61)
    with pytest.raises(SettingError):
        saved.renamed(1, "Vaste klant").renamed(2, "vaste klant")


def test_proposed_names_are_short_all_different_and_say_what_sets_apart(saved, shop):
    names = portraits(*shop.tables, personas=saved).names
    assert len(set(names)) == 3
    assert all(0 < len(name) <= 40 for name in names)
    assert sorted(name.split(",")[0] for name in names) == ["Buys chairs", "Buys lamps", "Buys plants"]


def test_a_proposed_name_gives_way_to_a_typed_one(saved, shop):
    first = portraits(*shop.tables, personas=saved).names[0]
    names = portraits(*shop.tables, personas=saved.renamed(2, first)).names
    assert len(set(names)) == 3
    assert names[1] == first


LONG = "Wonen en slapen: dekbedovertrekken, lakens en kussens van katoen ("


@pytest.mark.parametrize("spoken", ["en", "nl"])
def test_long_categories_give_names_that_fit_and_differ(shop, spoken):
    lines = shop.lines.assign(category=[f"{LONG}{one})" for one in shop.lines["category"]])
    with speaking(spoken):
        names = find(features_of(shop.orders, lines, shop.contacts), k=3).names
    assert len({one.casefold() for one in names}) == 3
    assert all(20 < len(one) <= called.LONGEST for one in names)
    assert all(one.startswith("Koopt Wonen" if spoken == "nl" else "Buys Wonen") for one in names)


def test_names_speak_dutch(saved, shop):
    with speaking("nl"):
        names = portraits(*shop.tables, personas=saved).names
    assert sorted(name.split(",")[0] for name in names) == ["Koopt chairs", "Koopt lamps", "Koopt plants"]
    assert any(name.endswith((", met korting", ", voor de volle prijs", "bestellingen")) for name in names)


def test_words_of_ones_own_are_not_taken_for_devices():
    town = pd.Series(np.repeat(["Delft", "Utrecht", "Zwolle"], 40))
    known = frame(pd.get_dummies(town).to_numpy(float)).set_axis(
        [f"town: {one}" for one in sorted(set(town))], axis=1
    )
    names = find(known, k=3).names
    assert sorted(names) == ["Town: Delft", "Town: Utrecht", "Town: Zwolle"]


def test_a_number_behind_a_name_does_not_make_it_too_long():
    name = "Buys " + "a" * 35
    taken = [name, *(f"{'Buys ' + 'a' * 30}… ({n})" for n in range(2, 12))]
    other = called._other_than(name, taken)
    assert len(other) <= called.LONGEST
    assert other not in taken


def test_a_persona_without_anybody_has_a_name(saved, shop):
    one = features_of(*shop.tables, recipe=saved.recipe)
    here = find(one, k=3).labels
    orders = shop.orders[shop.orders["customer_id"].isin(here[here != 2].index)]
    for tables in ((orders, shop.lines), (orders.iloc[:1], shop.lines)):
        found = portraits(*tables, personas=saved)
        assert len(set(found.names)) == 3
        assert (found.table[["revenue_low", "revenue_high"]].notna()).all().all()
        assert isinstance(found.text, str)
        assert pd.Series(found.names).str.len().max() <= called.LONGEST
