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


def test_keys_and_documents_by_the_start_of_their_key(url):
    store = Store(url)
    for key in ("a/1", "a/2", "A/1", "a%/1", "ab"):
        store.put("guess", key, key.upper())
    store.put("other", "a/1", "other kind")
    assert sorted(store.keys("guess", "a/")) == ["a/1", "a/2"]
    assert store.all("guess", "a%") == {"a%/1": "A%/1"}
    assert len(store.keys("guess")) == 5


def test_what_is_removed_is_gone_and_nothing_else(url):
    store = Store(url)
    store.put("plan", "1", "one")
    store.put("plan", "2", "two")
    store.remove("plan", "1")
    store.remove("plan", "never there")
    assert Store(url).all("plan") == {"2": "two"}


def test_of_several_changes_all_are_kept_or_none(url):
    store = Store(url)
    store.put("plan", "1", "old")

    def half():
        with store.together() as documents:
            documents.put("plan", "1", "new")
            documents.remove("plan", "2")
            raise KeyError

    with pytest.raises(KeyError):
        half()
    assert store.get("plan", "1") == "old"


def _count_up(url, times):
    store = Store(url)
    for _time in range(times):
        with store.together() as documents:
            documents.put("count", "all", (documents.get("count", "all") or 0) + 1)


def test_two_programs_that_read_and_write_wait_for_each_other(url):
    spawn = multiprocessing.get_context("spawn").Process
    others = [spawn(target=_count_up, args=(url, 50)) for _one in range(2)]
    for one in others:
        one.start()
    _count_up(url, 50)
    for one in others:
        one.join()
    assert Store(url).get("count", "all") == 150


def test_threads_of_one_program_wait_for_each_other_in_memory():
    import threading

    store = Store("sqlite://")
    store.put("count", "all", 0)

    def count_up():
        for _time in range(100):
            with store.together() as documents:
                documents.put("count", "all", documents.get("count", "all") + 1)

    threads = [threading.Thread(target=count_up) for _one in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert store.get("count", "all") == 400


def test_a_file_that_was_wiped_is_made_anew(url, tmp_path):
    """As a visit's is: nothing goes on writing to a file that is there no more."""
    store = Store(url)
    store.put("plan", "1", "old")
    (tmp_path / "workbook.sqlite").unlink()
    assert store.get("plan", "1") is None
    store.put("plan", "2", "new")
    assert Store(url).all("plan") == {"2": "new"}
    assert (tmp_path / "workbook.sqlite").stat().st_size > 0
