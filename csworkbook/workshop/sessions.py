"""Who may guess when, and who may see what: sessions of a workshop, their rounds and the reveal.

A session asks twice: "before" (at its start) and "after" (at its end). A round takes guesses until it
is revealed; until then nothing of it can be read but how many there are.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from csworkbook import dimensions
from csworkbook.errors import SettingError
from csworkbook.language import gettext as _
from csworkbook.workshop.answers import MOST_MOMENTS, Answers

if TYPE_CHECKING:
    import pandas as pd

    from csworkbook.store import Documents, Store

Round = Literal["before", "after"]
ROUNDS = ("before", "after")
_SESSION, _GUESS = "workshop", "guess"
_LONGEST = 80  # letters of a name
_MOMENTS = tuple(f"moment_{place}" for place in range(1, MOST_MOMENTS + 1))


class Taken(SettingError):
    """A participant has guessed in this round already, and did not say that this is a change."""


@dataclass(frozen=True)
class Session:
    """One session of a workshop.

    Attributes
    ----------
    id, name : str
    opened : str
        When it began, as ISO time in UTC.
    salt : str
        With which participants' own words are turned into tokens.
    asked, revealed : tuple of str
        The rounds that were begun, and those that everybody may see.
    closed : bool
        Whether nothing can be changed any more.
    """

    id: str
    name: str
    opened: str
    salt: str
    asked: tuple[str, ...] = ("before",)
    revealed: tuple[str, ...] = ()
    closed: bool = False

    @property
    def asking(self) -> str | None:
        """The round that takes guesses now, or None."""
        return None if self.closed or self.asked[-1] in self.revealed else self.asked[-1]

    @property
    def began(self) -> datetime:
        """When it began, in UTC."""
        return datetime.fromisoformat(self.opened)

    def participant(self, word: str = "") -> str:
        """A token for somebody who guesses: random, or the same for the same word.

        With a word of his own a participant can change his guess, and his two guesses can be
        compared, without a name or a cookie. The word itself is kept nowhere.

        >>> one = Session("1", "June", "2026-06-01T09:00:00+00:00", "salt")
        >>> one.participant(" Blue Bike") == one.participant("blue bike"), one.participant() == one.participant()
        (True, False)
        """
        word = " ".join(word.casefold().split())
        if not word:
            return secrets.token_hex(16)
        return hmac.new(self.salt.encode(), word.encode(), hashlib.sha256).hexdigest()[:32]


def begin(store: Store, name: str) -> Session:
    """Begin a session; its first round takes guesses at once.

    Raises
    ------
    SettingError
        When it has no name.
    """
    name = " ".join(name.split())[:_LONGEST]
    if not name:
        raise SettingError(_("A session needs a name."), next_step=_("For example the team and the day."))
    now = datetime.now(UTC).isoformat(timespec="seconds")
    made = Session(secrets.token_hex(6), name, now, secrets.token_hex(16))
    store.put(_SESSION, made.id, asdict(made))
    return made


def sessions(store: Store) -> list[Session]:
    """Every session that is kept, the latest first."""
    found = [_session(document) for document in store.all(_SESSION).values()]
    return sorted(found, key=lambda one: (one.opened, one.id), reverse=True)


def find(store: Store, session: str) -> Session:
    """One session.

    Raises
    ------
    SettingError
        When it is not there (any more).
    """
    return _required(store.get(_SESSION, session))


def guess(
    store: Store,
    session: str,
    participant: str,
    round: Round,
    answers: Answers | Mapping[str, Any],
    *,
    change: bool = True,
) -> int:
    """Keep one participant's guess, in place of the one he made in this round before.

    Parameters
    ----------
    participant : str
        A token of `Session.participant`.
    answers : Answers or mapping
        As `Answers.of` takes them.
    change : bool
        Whether it may take the place of an earlier one.

    Returns
    -------
    int
        How many have guessed in this round.

    Raises
    ------
    SettingError
        When the round does not take guesses (any more), or the token cannot be one.
    Taken
        When there is an earlier guess and `change` is False.
    DataError
        When the answers cannot be used.
    """
    checked, key = Answers.of(answers), _key(session, round, participant)
    with store.together() as documents:  # so that nobody reveals between the look and the write
        found = _required(documents.get(_SESSION, session))
        if found.asking != round:
            raise SettingError(
                _("This round takes no guesses any more."),
                next_step=_("Ask the facilitator whether there is another one."),
            )
        if not change and documents.get(_GUESS, key) is not None:
            raise Taken(_("There is a guess with this word already."))
        # neither the hour of a guess nor its place in the queue is kept: both could tell whose it is
        documents.put(_GUESS, key, checked.document(), saved_at=found.began)
        return len(documents.keys(_GUESS, _key(session, round)))


def counted(store: Store, session: str, round: Round) -> int:
    """How many have guessed: all that can be known before the reveal."""
    return len(store.keys(_GUESS, _key(session, round)))


def reveal(store: Store, session: str, round: Round) -> Session:
    """Let everybody see the guesses of a round, which takes no more of them from now on.

    Raises
    ------
    SettingError
        When nobody has guessed, or the round was not begun.
    """

    def changed(found: Session, documents: Documents) -> Session:
        if round in found.revealed:
            return found
        if found.asking != round or not documents.keys(_GUESS, _key(session, round)):
            raise SettingError(
                _("There is nothing to reveal yet."), next_step=_("First collect at least one guess.")
            )
        return replace(found, revealed=(*found.revealed, round))

    return _change(store, session, changed)


def ask_again(store: Store, session: str) -> Session:
    """Begin the second round.

    Raises
    ------
    SettingError
        When the first one was not revealed yet, or the session is closed.
    """

    def changed(found: Session, _documents: Documents) -> Session:
        if found.closed or "before" not in found.revealed:
            raise SettingError(
                _("The second round cannot begin yet."), next_step=_("Reveal the first round first.")
            )
        return found if "after" in found.asked else replace(found, asked=ROUNDS)

    return _change(store, session, changed)


def close(store: Store, session: str, *, closed: bool = True) -> Session:
    """Change nothing in a session any more; with `closed` False it goes on."""
    return _change(store, session, lambda found, _documents: replace(found, closed=closed))


def remove(store: Store, session: str) -> None:
    """Delete a session and every guess in it."""
    with store.together() as documents:
        for key in documents.keys(_GUESS, f"{session}/"):
            documents.remove(_GUESS, key)
        documents.remove(_SESSION, session)


def guesses(store: Store, session: str) -> pd.DataFrame:
    """The guesses of the rounds that were revealed.

    Returns
    -------
    DataFrame
        round, pair (the same number for both guesses of one participant), superior (0–1), the five
        dimensions (points), moment_1 … moment_3. Rows and pairs are numbered by what was guessed,
        not by when: the order tells nothing.

    Raises
    ------
    SettingError
        When nothing was revealed yet.
    """
    import pandas as pd

    with store.together() as documents:
        found = _required(documents.get(_SESSION, session))
        kept = {one: documents.all(_GUESS, _key(session, one)) for one in found.revealed}
    if not kept:
        raise SettingError(_("The guesses are hidden until they are revealed."))
    rows = [
        {"round": one, "pair": key.rsplit("/", 1)[1], **_flat(Answers.of(document))}
        for one, documents in kept.items()
        for key, document in documents.items()
    ]
    frame = pd.DataFrame(rows, columns=["round", "pair", "superior", *dimensions.NAMES, *_MOMENTS])
    return _numbered(frame.astype(dict.fromkeys(("superior", *dimensions.NAMES), float)))


def latest(store: Store) -> Session:
    """The latest session of which something was revealed.

    Raises
    ------
    SettingError
        When there is none.
    """
    shown = [one for one in sessions(store) if one.revealed]
    if not shown:
        raise SettingError(
            _("No guesses were revealed yet."),
            next_step=_("Begin a session on this page, collect guesses and reveal them."),
        )
    return shown[0]


def _change(store: Store, session: str, change: Any) -> Session:
    with store.together() as documents:
        made = change(_required(documents.get(_SESSION, session)), documents)
        documents.put(_SESSION, session, asdict(made))
    return made


def _required(document: dict[str, Any] | None) -> Session:
    if document is None:
        raise SettingError(
            _("This session is not there any more."), next_step=_("Choose another one, or begin a new one.")
        )
    return _session(document)


def _session(document: dict[str, Any]) -> Session:
    rounds = {name: tuple(document[name]) for name in ("asked", "revealed")}
    return Session(**{**document, **rounds})


def _key(session: str, round: str, participant: str | None = None) -> str:
    if round not in ROUNDS or not re.fullmatch(r"[0-9a-f]{1,40}", session):
        raise SettingError(_("There is no such round."))
    if participant is None:
        return f"{session}/{round}/"
    if not re.fullmatch(r"[0-9a-f]{32}", participant):
        raise SettingError(_("This participant is not known."), next_step=_("Open the form once more."))
    return f"{session}/{round}/{participant}"


def _flat(answers: Answers) -> dict[str, Any]:
    moments = dict(zip(_MOMENTS, answers.moments, strict=False))
    return {"superior": answers.superior, **answers.weights, **moments}


def _numbered(frame: pd.DataFrame) -> pd.DataFrame:
    """Participants numbered by what they guessed; rows by round and number."""
    values = ["superior", *dimensions.NAMES]
    ordered = frame.sort_values([*values, "pair"])  # the token is random, so ties tell nothing either
    names = {token: place for place, token in enumerate(dict.fromkeys(ordered["pair"]), 1)}
    numbered = ordered.assign(pair=ordered["pair"].map(names), round=ordered["round"].astype(str))
    first = numbered["round"].map({name: place for place, name in enumerate(ROUNDS)})
    placed = numbered.assign(first=first).sort_values(["first", "pair"]).drop(columns="first")
    return placed.reset_index(drop=True)
