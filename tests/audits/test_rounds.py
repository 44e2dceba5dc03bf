"""Answers in the store: one at a time, by whom and when, in rounds that stay."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from csworkbook.audits import rounds
from csworkbook.errors import DataError, SettingError
from csworkbook.store import Store


@pytest.fixture
def store(tmp_path):
    return Store(f"sqlite:///{tmp_path / 'workbook.sqlite'}")


def test_nothing_is_stored_before_the_first_answer(store):
    assert rounds.latest(store, "ux").empty
    assert rounds.rounds(store, "ux") == []
    assert rounds.latest(store, "ux").id == rounds.FIRST


def test_an_answer_and_a_note_are_kept_by_whom_and_when(store):
    rounds.save(store, "ux", "1", "guest", answer="partly", by=" Noor  de Wit ")
    rounds.save(store, "ux", "1", "guest", note="pas na\r\nhet winkelwagentje", by="Bas")
    kept = rounds.latest(store, "ux")
    given = kept.answer("guest")
    assert (given.answer, given.note, given.by) == ("partly", "pas na\nhet winkelwagentje", "Bas")
    assert abs(datetime.fromisoformat(given.at) - datetime.now(UTC)).total_seconds() < 60
    assert kept.who == "Bas"
    assert rounds.rounds(store, "home") == []


def test_who_answers_is_kept_for_the_answers_that_follow(store):
    rounds.sign(store, "ux", "1", "Noor")
    assert rounds.save(store, "ux", "1", "guest", answer="yes").answer("guest").by == "Noor"


def test_an_answer_taken_back_is_gone_and_its_note_stays(store):
    rounds.save(store, "ux", "1", "guest", answer="no", note="kijk nog eens")
    assert rounds.save(store, "ux", "1", "guest", answer="").answer("guest").note == "kijk nog eens"
    assert rounds.save(store, "ux", "1", "guest", note=" ").empty


def test_a_new_round_begins_empty_and_the_earlier_stay(store):
    assert rounds.begin(store, "ux").id == "1"
    assert rounds.begin(store, "ux").id == "1"  # an empty round goes on
    for round in ("1", "2", "3"):
        assert rounds.begin(store, "ux", who="Noor").id == round
        rounds.save(store, "ux", round, "guest", answer="yes")
    assert [one.id for one in rounds.rounds(store, "ux")] == ["3", "2", "1"]
    rounds.remove(store, "ux", "3")
    assert rounds.latest(store, "ux").id == "2"


def test_the_tenth_round_is_later_than_the_ninth(store):
    for round in range(1, 11):
        rounds.save(store, "ux", str(round), "guest", answer="yes")
    assert rounds.latest(store, "ux").id == "10"


def test_checklists_with_a_like_name_do_not_mix(store):
    rounds.save(store, "ux", "1", "guest", answer="yes")
    rounds.save(store, "ux2", "1", "guest", answer="no")
    assert [one.answer("guest").answer for one in rounds.rounds(store, "ux")] == ["yes"]


def test_many_who_answer_at_once_do_not_wipe_each_other(store):
    rounds.latest(store, "ux")
    with ThreadPoolExecutor(8) as people:
        list(people.map(lambda n: rounds.save(store, "ux", "1", f"q{n}", answer="yes"), range(24)))
    assert len(rounds.latest(store, "ux").answers) == 24


@pytest.mark.parametrize("round", ["", "0x1", "../1", "٣", "1/2", "1" * 7])
def test_what_cannot_be_a_round_is_refused(store, round):
    with pytest.raises(SettingError):
        rounds.save(store, "ux", round, "guest", answer="yes")


def test_what_cannot_be_an_answer_is_refused_and_nothing_is_cut(store):
    with pytest.raises(SettingError, match="maybe"):
        rounds.save(store, "ux", "1", "guest", answer="maybe")
    with pytest.raises(DataError, match="5,001"):
        rounds.save(store, "ux", "1", "guest", note="x" * 5001)
    assert rounds.rounds(store, "ux") == []
