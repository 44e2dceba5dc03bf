"""What was answered, by whom and when? Rounds of an audit, kept in the store of a shop.

A round is one document: the answers to one checklist from a day on. Every answer is saved by itself in
what is stored *now*, so that two people can answer at the same time. A later round begins empty;
earlier ones stay, so that progress shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from csworkbook.errors import DataError, SettingError
from csworkbook.language import gettext as _
from csworkbook.language import number

if TYPE_CHECKING:
    from csworkbook.store import Documents, Store

KIND = "audit"
FIRST = "1"
ANSWERS = ("yes", "partly", "no", "na")
_LONGEST, _LONGEST_NAME = 5000, 80


@dataclass(frozen=True)
class Answer:
    """The answer to one question: "yes", "partly", "no", "na" (does not apply) or "" (not answered yet).

    `by` is who gave it and `at` when (ISO 8601, UTC); both are empty while nothing was said.
    """

    answer: str = ""
    note: str = ""
    by: str = ""
    at: str = ""


@dataclass(frozen=True)
class Round:
    """The answers of one round by the id of the question; `began` is when (ISO 8601, UTC), `who` answers."""

    id: str
    began: str
    who: str = ""
    answers: dict[str, Answer] = field(default_factory=dict)

    @property
    def began_at(self) -> datetime:
        """When the round began."""
        return datetime.fromisoformat(self.began)

    @property
    def empty(self) -> bool:
        """Whether nothing was answered or noted."""
        return not self.answers

    def answer(self, item: str) -> Answer:
        """What was answered to a question."""
        return self.answers.get(item, Answer())


def rounds(store: Store | Documents, checklist: str) -> list[Round]:
    """Every round of a checklist, the latest first.

    Parameters
    ----------
    store : Store
        Of the shop, or one of its transactions.
    checklist : str
        The name of the checklist.

    >>> from csworkbook.store import Store
    >>> store = Store("sqlite:///:memory:")
    >>> save(store, "ux", "1", "guest", answer="no", by="Noor").answer("guest").answer
    'no'
    >>> [one.id for one in rounds(store, "ux")]
    ['1']
    """
    found = [
        _round(key.rsplit("/", 1)[1], document) for key, document in store.all(KIND, f"{checklist}/").items()
    ]
    return sorted(found, key=lambda one: int(one.id), reverse=True)


def latest(store: Store | Documents, checklist: str) -> Round:
    """The latest round; an empty first one where nobody began."""
    return next(iter(rounds(store, checklist)), Round(FIRST, now()))


def begin(store: Store, checklist: str, *, who: str = "") -> Round:
    """Begin another round; the earlier ones stay. While the latest is empty, that one goes on."""
    with store.together() as kept:
        before = rounds(kept, checklist)
        if before and before[0].empty:
            return before[0]
        made = Round(str(int(before[0].id) + 1) if before else FIRST, now(), _name(who))
        kept.put(KIND, _key(checklist, made.id), _document(made))
    return made


def save(
    store: Store,
    checklist: str,
    round: str,
    item: str,
    *,
    answer: str | None = None,
    note: str | None = None,
    by: str | None = None,
) -> Round:
    """Keep an answer, a note or both; the round as it stands then. The first answer begins the round.

    Parameters
    ----------
    round : str
        The id of the round.
    item : str
        The id of the question.
    answer : {"yes", "partly", "no", "na", ""}, optional
        "" takes an answer back; None leaves it as it is, as with the note.
    by : str, optional
        Who answers.

    Raises
    ------
    SettingError
        When the answer is none of these.
    DataError
        When the note is longer than a page can hold; nothing is ever cut.
    """
    if answer not in (None, "", *ANSWERS):
        raise SettingError(
            _("“{answer}” is no answer.").format(answer=answer), allowed=_("Allowed: yes, partly, no, na.")
        )
    note = None if note is None else _note(note)

    def changed(found: Round) -> Round:
        before = found.answer(item)
        made = replace(
            before,
            answer=before.answer if answer is None else answer,
            note=before.note if note is None else note,
            by=found.who if by is None else _name(by),
            at=now(),
        )
        kept = {**found.answers, item: made}
        if not (made.answer or made.note):
            del kept[item]
        return replace(found, answers=kept, who=found.who if by is None else _name(by))

    return _change(store, checklist, round, changed)


def sign(store: Store, checklist: str, round: str, who: str) -> Round:
    """Keep who answers from here on."""
    return _change(store, checklist, round, lambda found: replace(found, who=_name(who)))


def remove(store: Store, checklist: str, round: str) -> None:
    """Delete a round with all its answers and notes."""
    store.remove(KIND, _key(checklist, round))


def _change(store: Store, checklist: str, round: str, change: Callable[[Round], Round]) -> Round:
    key = _key(checklist, round)
    with store.together() as kept:
        document = kept.get(KIND, key)
        made = change(Round(round, now()) if document is None else _round(round, document))
        kept.put(KIND, key, _document(made))
    return made


def _document(made: Round) -> dict[str, Any]:
    return {
        "began": made.began,
        "who": made.who,
        "answers": {item: asdict(one) for item, one in made.answers.items()},
    }


def _round(id: str, document: Mapping[str, Any]) -> Round:
    answers = {item: Answer(**one) for item, one in document["answers"].items()}
    return Round(id, document["began"], document.get("who", ""), answers)


def _key(checklist: str, round: str) -> str:
    if not (round.isascii() and round.isdigit() and len(round) <= 6):
        raise SettingError(_("There is no such round."))
    return f"{checklist}/{int(round)}"


def _note(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > _LONGEST:
        raise DataError(
            _("This text has {n} characters; it is not saved.").format(n=number(len(text))),
            allowed=_("At most {n} characters.").format(n=number(_LONGEST)),
        )
    return text if text.strip() else ""


def _name(who: str) -> str:
    return " ".join(who.split())[:_LONGEST_NAME]


def now() -> str:
    """This moment as it is kept (ISO 8601, UTC)."""
    return datetime.now(UTC).isoformat(timespec="seconds")
