"""A sign of life on the terminal for anything that takes over two seconds."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator
from time import monotonic
from typing import TextIO

from csworkbook.language import gettext as _
from csworkbook.language import number


@contextlib.contextmanager
def progress(what: str, *, after: float = 2.0, stream: TextIO | None = None) -> Iterator[None]:
    """Say what is going on when the block takes longer than `after` seconds.

    On a terminal the line counts the seconds and goes away; elsewhere it is written once.

    Parameters
    ----------
    what : str
        What is being done, in the user's language.
    after : float
        Seconds of silence first.
    stream : text stream
        Standard error by default.
    """
    stream, done, began = stream or sys.stderr, threading.Event(), monotonic()
    worker = threading.Thread(target=_tell, args=(what, after, stream, done, began), daemon=True)
    worker.start()
    try:
        yield
    finally:
        done.set()
        worker.join()


def _tell(what: str, after: float, stream: TextIO, done: threading.Event, began: float) -> None:
    if done.wait(after):
        return
    if not stream.isatty():
        print(what, file=stream, flush=True)
        return
    while not done.wait(0.5):
        line = _("{what} {seconds} s").format(what=what, seconds=number(monotonic() - began))
        print(f"\r{line}", end="", file=stream, flush=True)
    print("\r\x1b[2K", end="", file=stream, flush=True)
