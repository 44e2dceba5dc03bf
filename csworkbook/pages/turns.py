"""How does long work leave a page free to answer, tell how far it is, and stop when asked?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from time import monotonic
from typing import Any

from csworkbook.pages.page import soon
from csworkbook.pages.talking import guarded

_TURN = 0.15  # seconds of work until the page may answer
_BETWEEN = 0.02  # seconds for it to do so


class Turns:
    """Work that yields (done, of) after every small step, done in turns in the kernel's event loop.

    Where there is no event loop it is done at once.

    Parameters
    ----------
    on_step : callable
        Called with (done, of) after every turn.
    on_end : callable
        Called with what the work returns.
    on_failure : callable
        Called with a sentence when the work, or what `on_end` does, fails.
    """

    def __init__(
        self,
        on_step: Callable[[int, int], Any],
        on_end: Callable[[Any], Any],
        on_failure: Callable[[str], Any],
    ) -> None:
        self.on_step, self.on_end, self.on_failure = on_step, on_end, on_failure
        self._work: Generator[tuple[int, int], None, Any] | None = None
        self._planned: asyncio.TimerHandle | None = None

    @property
    def busy(self) -> bool:
        """Whether there is work going on."""
        return self._work is not None

    def begin(self, work: Generator[tuple[int, int], None, Any]) -> None:
        """Begin with this work; what was going on is dropped."""
        self.stop()
        self._work = work
        self._planned = soon(_BETWEEN, self._go)

    def stop(self) -> None:
        """Drop the work that is going on, if any: nothing comes of it."""
        work, self._work = self._work, None
        if self._planned is not None:
            self._planned.cancel()
            self._planned = None
        if work is not None:
            work.close()

    def _go(self) -> None:
        """One turn, and the next one in a moment; all turns where nobody waits for an answer."""
        while self._turn():
            if _in_a_loop():
                self._planned = soon(_BETWEEN, self._go)
                return

    def _turn(self) -> bool:
        """Work for a moment; whether there is more to do."""
        work, until = self._work, monotonic() + _TURN
        if work is None:
            return False
        failures: list[str] = []
        ended, came = guarded(_until, failures.append)(work, until) or (True, None)
        if self._work is not work:  # it was stopped meanwhile
            return False
        if not ended:
            self.on_step(*came)
            return True
        self._work = None
        if not failures:
            guarded(self.on_end, failures.append)(came)
        for said in failures:
            self.on_failure(said)
        return False


def _until(work: Generator[tuple[int, int], None, Any], until: float) -> tuple[bool, Any]:
    """Go on with the work until a moment, at least one step: whether it ended, and what it gave."""
    while True:
        try:
            step = next(work)
        except StopIteration as end:
            return True, end.value
        if monotonic() >= until:
            return False, step


def _in_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
