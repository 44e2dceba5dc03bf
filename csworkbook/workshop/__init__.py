"""What do we think ourselves, before we hear our customers? A blind guess in a workshop, and a second one after.

Everybody in the room guesses what share of customers would call the service superior, which of the
five dimensions weighs most for them, and at which moments they have it worst. Guesses are anonymous and
hidden until the reveal; then they stand beside what customers said.

`pages.guesses` is the facilitator's screen. Another way to join, such as a phone, needs no kernel and
none of this package's pages: a plain HTML form whose handler keeps ``session.participant()`` (a random
token) in a cookie, shows the questions of `Answers`, and calls
``workshop.guess(store, session, participant, round, answers)`` with ``round = workshop.find(store,
session).asking``. Each guess is a transaction of its own, so that many can come in at once; the same
token again changes the guess until the reveal; `SettingError` and `DataError` are sentences to show. The
facilitator's screen counts along.
"""

from csworkbook.workshop.answers import Answers, moment_key, stages
from csworkbook.workshop.moments import Moments, moments
from csworkbook.workshop.sessions import (
    ROUNDS,
    Session,
    Taken,
    ask_again,
    begin,
    close,
    counted,
    find,
    guess,
    guesses,
    latest,
    remove,
    reveal,
    sessions,
)
from csworkbook.workshop.sheet import about, sheet
from csworkbook.workshop.superior import Superior, superior
from csworkbook.workshop.weights import Weights, weights

__all__ = [
    "ROUNDS",
    "Answers",
    "Moments",
    "Session",
    "Superior",
    "Taken",
    "Weights",
    "about",
    "ask_again",
    "begin",
    "close",
    "counted",
    "find",
    "guess",
    "guesses",
    "latest",
    "moment_key",
    "moments",
    "remove",
    "reveal",
    "sessions",
    "sheet",
    "stages",
    "superior",
    "weights",
]
