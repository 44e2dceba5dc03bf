"""The draft and its versions: nothing that was saved is ever lost, and two can write at once."""

import contextlib
import json
import random
import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csworkbook.errors import DataError
from csworkbook.manifesto import draft as drafts
from csworkbook.manifesto import statements
from csworkbook.manifesto.draft import Desk, Draft, Version
from csworkbook.store import Store


@pytest.fixture
def store(tmp_path):
    return Store(f"sqlite:///{tmp_path / 'workbook.sqlite'}")


@pytest.fixture
def clock(monkeypatch):
    """A clock that moves on only when told."""

    class Clock(datetime):
        moment = datetime(2026, 3, 2, 14, 5, tzinfo=UTC)

        @classmethod
        def now(cls, tz=None):
            Clock.moment += timedelta(milliseconds=1)
            return Clock.moment.astimezone(tz)

    monkeypatch.setattr(drafts, "datetime", Clock)
    return Clock


def texts(store, part="brand"):
    """What stands in the versions, the oldest first."""
    return [version.draft.text(part) for version in reversed(drafts.versions(store))]


def type_in(desk, *stages, part="brand"):
    for stage in stages:
        desk.write(part, stage)


def test_nothing_is_there_until_somebody_begins(store):
    assert drafts.read(store) is None
    assert Desk(store).read() == Draft()
    Desk(store).save(Draft(language="nl"))
    assert drafts.read(store) == Draft(language="nl")
    assert drafts.versions(store) == []


def test_what_was_written_is_there_for_the_next_reader(store):
    text = "Bij Zoë & Ünal vinden we dat …\n\n“Ja” 😀👨‍👩‍👧 <b>"
    Desk(store).write("brand", text)
    Desk(store).write("name", "  Zoë &\n Ünal ")
    again = drafts.read(Store(store.url))
    assert (again.text("brand"), again.name) == (text, "Zoë & Ünal")


def test_a_document_goes_there_and_back():
    draft = Draft({"brand": "Hi", "price": "Low"}, ("price",), ({"kind": "reply"},), "Kade 9", "nl")
    assert Draft.of(draft.document()) == draft


@pytest.mark.parametrize(
    "junk", [None, 3, [], "x", {"statements": 3, "strongest": None, "promises": [3, None], "language": "xx"}]
)
def test_what_is_no_draft_is_an_empty_one(junk):
    assert Draft.of(junk) == Draft()


def test_at_most_two_are_the_strongest_and_only_of_the_four():
    found = Draft.of({"strongest": ["delivery", "brand", "price", "product"]})
    assert found.strongest == ("price", "product")


def test_typing_on_makes_no_new_version_but_taking_away_does(store, clock):
    desk = Desk(store)
    type_in(desk, "We", "We bak", "We bake bread", "We bake good bread")
    assert texts(store) == ["We bake good bread"]
    type_in(desk, "We bake good", "We bake", "We bake")
    assert texts(store) == ["We bake good bread", "We bake"]
    type_in(desk, "We bake cakes", "We bake cakes daily")
    assert texts(store) == ["We bake good bread", "We bake cakes daily"]


def test_a_pause_of_more_than_ten_minutes_keeps_a_step(store, clock):
    desk = Desk(store)
    type_in(desk, "We", "We bake")
    clock.moment += timedelta(minutes=11)
    type_in(desk, "We bake bread")
    assert texts(store) == ["We bake", "We bake bread"]


def test_the_same_again_is_no_version(store, clock):
    desk = Desk(store)
    type_in(desk, "We bake", "We bake", "We bake")
    before = drafts.versions(store)
    clock.moment += timedelta(hours=1)
    type_in(desk, "We bake")
    assert drafts.versions(store) == before


def test_choices_taken_back_are_kept_too(store, clock):
    desk = Desk(store)
    promise = {"kind": "return", "limit": 14}
    desk.write("price", "Low")
    desk.change(strongest=["price"], promises=[promise])
    desk.change(strongest=["product"], promises=[])
    kept = [version.draft for version in reversed(drafts.versions(store))]
    assert [one.strongest for one in kept] == [("price",), ("product",)]
    assert [one.promises for one in kept] == [(promise,), ()]


def test_going_back_makes_a_version_and_loses_none(store, clock):
    desk = Desk(store)
    type_in(desk, "First idea")
    first = drafts.versions(store)[0].key
    type_in(desk, "Something else")
    assert desk.restore(first).text("brand") == "First idea"
    assert drafts.read(store).text("brand") == "First idea"
    assert texts(store) == ["First idea", "Something else", "First idea"]
    assert drafts.versions(store)[0].restored == first
    type_in(desk, "First idea, better")
    assert texts(store) == ["First idea", "Something else", "First idea", "First idea, better"]


def test_a_version_that_is_not_there_is_said(store):
    with pytest.raises(DataError, match="not there"):
        Desk(store).restore("20260101-no")


def test_two_tabs_write_in_different_parts_and_both_stay(store, clock):
    one, two = Desk(store), Desk(store)
    one.write("brand", "Of the first")
    two.write("price", "Of the second")
    one.write("brand", "Of the first tab")
    assert drafts.read(store).statements == {"brand": "Of the first tab", "price": "Of the second"}


def test_two_tabs_write_in_one_part_and_the_earlier_is_a_version(store, clock):
    one, two = Desk(store), Desk(store)
    one.write("brand", "By the first")
    two.write("brand", "By the second")
    one.write("brand", "By the first, longer")
    assert drafts.read(store).text("brand") == "By the first, longer"
    assert {"By the second", "By the first, longer"} <= set(texts(store))
    assert one.known("brand", "By the second")
    assert not one.known("brand", "By nobody")


def test_pages_that_save_at_the_same_moment_wipe_nothing(store):
    def write(part):
        desk = Desk(Store(store.url))
        for n in range(20):
            desk.write(part, f"{part} {n}")

    threads = [threading.Thread(target=write, args=[part]) for part in statements.PARTS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert drafts.read(store).statements == {part: f"{part} 19" for part in statements.PARTS}


def test_a_text_longer_than_a_book_is_refused_whole(store):
    desk = Desk(store)
    desk.write("brand", "Short")
    with pytest.raises(DataError, match=r"20,001 characters; it is not saved.*At most 20,000"):
        desk.write("brand", "x" * 20_001)
    assert drafts.read(store).text("brand") == "Short"


@pytest.mark.parametrize(
    ("earlier", "later", "stays"),
    [
        ("", "", True),
        ("a", "ab", True),
        ("ac", "abc", True),
        ("c", "abc", True),
        ("aa", "aaa", True),
        ("abc", "ab", False),
        ("ab", "ba", False),
        ("We bring", "We always bring and ring", False),
        ("We bring", "Always: We bring", True),
    ],
)
def test_a_text_stays_when_only_one_piece_was_put_in(earlier, later, stays):
    assert drafts.within(Draft({"brand": earlier}), Draft({"brand": later})) is stays


class Shelf(dict):
    """A store in a dictionary: the same three words, without a disk."""

    def get(self, kind, key):
        return json.loads(super().get((kind, key), "null"))

    def put(self, kind, key, document):
        self[kind, key] = json.dumps(document)

    @contextlib.contextmanager
    def together(self):
        yield self

    def all(self, kind):
        return {key: json.loads(one) for (mine, key), one in self.items() if mine == kind}


def _holds(kept, text):
    """Whether a text stands in one that is kept, perhaps with more in between."""
    left = iter(kept)
    return all(letter in left for letter in text)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 3))
def test_whatever_two_writers_do_every_text_saved_is_still_there(seed, writers):
    draw, store = random.Random(seed), Shelf()
    desks, saved, text = [Desk(store) for _one in range(writers)], [], ""
    for _step in range(25):
        at, upto = sorted(draw.randrange(len(text) + 1) for _end in range(2))
        piece = "".join(draw.choices("abcdefgh ", k=draw.randrange(6)))
        text = text[:at] + piece + (text[at:] if draw.random() < 0.5 else text[upto:])
        draw.choice(desks).write("brand", text)
        saved.append(text)
    kept = [version.draft.text("brand") for version in drafts.versions(store)]
    assert all(any(_holds(one, text) for one in kept) for text in saved if text)


def test_slips_of_the_pen_are_not_shown(store, clock):
    desk = Desk(store)
    type_in(desk, "We like hte", "We like th", "We like the sea", "We like bread")
    assert len(drafts.versions(store)) == 3
    shown = drafts.notable(drafts.versions(store))
    assert [version.draft.text("brand") for version in shown] == ["We like bread", "We like the sea"]


def test_the_newest_and_those_gone_back_to_are_always_shown():
    at = datetime(2026, 3, 2, tzinfo=UTC)
    found = [
        Version("c", at + timedelta(seconds=3), Draft({"brand": "ab"})),
        Version("b", at + timedelta(seconds=2), Draft({"brand": "ax"}), restored="a"),
        Version("a", at, Draft({"brand": "ay"})),
    ]
    assert [version.key for version in drafts.notable(found)] == ["c", "b", "a"]


def test_words_and_emptiness():
    assert Draft().empty
    assert Draft({"brand": " \n"}, name="Kade 9").empty
    assert not Draft(strongest=("price",)).empty
    assert Draft({"brand": "We bake", "price": "24/7 – low"}).words == 4
    assert set(Draft.of({"statements": {"brand": "x", "luck": "y"}}).statements) <= set(statements.PARTS)
