"""Saved personas come back as they were, and names follow the owner."""

from __future__ import annotations

import json

import pytest

from csworkbook.errors import SettingError
from csworkbook.language import speaking
from csworkbook.personas.described import features_of
from csworkbook.personas.grouping import portraits
from csworkbook.personas.saved import Saved
from csworkbook.personas.search import find
from csworkbook.store import Store

from .shops import drawn


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
