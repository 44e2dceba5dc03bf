"""The document store keeps what was typed, whatever happens to the process."""

from __future__ import annotations

import multiprocessing

import pytest

from csworkbook.store import Store


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'workbook.sqlite'}"


@pytest.mark.parametrize(
    "document",
    [{"a": None, "b": "naïef “quote” €"}, [], "", 0, None, {"nested": [1, {"x": "'; DROP TABLE--"}]}],
)
def test_what_is_put_is_got_back_by_another_store(url, document):
    Store(url).put("plan", "step 1", document)
    assert Store(url).get("plan", "step 1") == document


def test_nothing_put_is_none(url):
    assert Store(url).get("plan", "step 1") is None
    assert Store(url).all("plan") == {}


def test_a_second_put_replaces_the_first_and_only_that(url):
    store = Store(url)
    store.put("plan", "1", "old")
    store.put("plan", "2", "other key")
    store.put("audit", "1", "other kind")
    store.put("plan", "1", "new")
    assert store.all("plan") == {"1": "new", "2": "other key"}
    assert store.all("audit") == {"1": "other kind"}


def test_what_json_cannot_hold_leaves_the_old_document(url):
    store = Store(url)
    store.put("plan", "1", "old")
    with pytest.raises(TypeError):
        store.put("plan", "1", object())
    assert store.get("plan", "1") == "old"


def test_memory_is_one_place_for_every_thread():
    import threading

    store = Store("sqlite://")
    thread = threading.Thread(target=store.put, args=("plan", "from a thread", 1))
    thread.start()
    thread.join()
    assert store.get("plan", "from a thread") == 1


def _put_and_die(url):
    import os

    Store(url).put("plan", "last words", "kept")
    os._exit(9)


def test_a_dead_process_loses_nothing_saved(url):
    child = multiprocessing.get_context("spawn").Process(target=_put_and_die, args=(url,))
    child.start()
    child.join()
    assert child.exitcode == 9
    assert Store(url).get("plan", "last words") == "kept"
