"""Long work in turns: it ends, it fails, it is stopped, and the page answers in between."""

import asyncio

import pytest

from csworkbook.errors import DataError
from csworkbook.pages import turns as turns_of
from csworkbook.pages.turns import Turns


class Heard:
    """What the work told."""

    def __init__(self):
        self.steps, self.ended, self.failed = [], [], []
        self.turns = Turns(
            lambda done, of: self.steps.append((done, of)), self.ended.append, self.failed.append
        )


@pytest.fixture(autouse=True)
def _short(monkeypatch):
    monkeypatch.setattr(turns_of, "_TURN", 0)  # one step a turn
    monkeypatch.setattr(turns_of, "_BETWEEN", 0)


def counting(n, closed=None):
    try:
        for done in range(1, n + 1):
            yield done, n
        return "all"
    finally:
        if closed is not None:
            closed.append(True)


def test_without_a_loop_it_is_done_at_once_however_many_steps():
    heard = Heard()
    heard.turns.begin(counting(5000))
    assert heard.steps == [(n, 5000) for n in range(1, 5001)]
    assert (heard.ended, heard.failed, heard.turns.busy) == (["all"], [], False)


def test_others_have_their_turn_in_between():
    heard, others = Heard(), []

    async def page():
        heard.turns.begin(counting(4))
        assert heard.steps == []  # nothing before its turn
        while heard.turns.busy:
            others.append(len(heard.steps))
            await asyncio.sleep(0)

    asyncio.run(page())
    assert heard.ended == ["all"]
    assert set(others) >= {0, 1, 2, 3}  # the page was asked after every step


def test_what_is_stopped_ends_there_and_nothing_comes_of_it():
    heard, closed = Heard(), []

    async def page():
        heard.turns.begin(counting(1000, closed))
        while len(heard.steps) < 3:
            await asyncio.sleep(0.001)
        heard.turns.stop()
        stopped = len(heard.steps)
        await asyncio.sleep(0.02)
        assert len(heard.steps) == stopped

    asyncio.run(page())
    assert (heard.ended, heard.failed, closed, heard.turns.busy) == ([], [], [True], False)


def test_another_begin_drops_the_first():
    heard, closed = Heard(), []

    async def page():
        heard.turns.begin(counting(1000, closed))
        while len(heard.steps) < 3:
            await asyncio.sleep(0.001)
        heard.turns.begin(counting(2))
        while heard.turns.busy:
            await asyncio.sleep(0.001)

    asyncio.run(page())
    assert closed == [True]
    assert heard.ended == ["all"]


def failing(error):
    yield 1, 2
    raise error


@pytest.mark.parametrize(
    ("error", "said"),
    [(DataError("No orders."), "No orders."), (ZeroDivisionError("1/0"), "could not be worked out")],
)
def test_a_failure_is_a_sentence(error, said):
    heard = Heard()
    heard.turns.begin(failing(error))
    assert len(heard.failed) == 1
    assert said in heard.failed[0]
    assert "1/0" not in heard.failed[0]
    assert (heard.ended, heard.turns.busy) == ([], False)


def test_what_fails_at_the_end_is_told_too():
    heard = Heard()

    def full(_came):
        raise DataError("The disk is full.")

    heard.turns.on_end = full
    heard.turns.begin(counting(1))
    assert heard.failed == ["The disk is full."]
    assert not heard.turns.busy
