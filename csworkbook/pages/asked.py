"""How does somebody go through the questions of a checklist, on a phone too, without losing an answer?

The browser keeps every answer until this half says that it is saved, and sends it again after a
reload or when the connection is back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import traitlets

from csworkbook.audits import told
from csworkbook.errors import DataError
from csworkbook.language import capital
from csworkbook.language import gettext as _
from csworkbook.pages.talking import STATIC, Talking, script

if TYPE_CHECKING:
    from csworkbook.audits import Checklist, Item, Round


class Asked(Talking):
    """The questions of a checklist with their answers, notes and how far one is.

    Parameters
    ----------
    on_answer : callable
        Called with the id of a question and, by keyword, what was changed: `answer`, `note` and `by`
        (None where not). Returns when it was saved, as people say it.
    on_sign : callable
        Called with who answers; returns the same.
    """

    _esm = script("checklist.js")
    _css = (STATIC / "checklist.css").read_text("utf-8")
    _questions = ("answer", "sign")
    items = traitlets.List().tag(sync=True)
    answers = traitlets.Dict().tag(sync=True)
    before = traitlets.Dict().tag(sync=True)
    who = traitlets.Unicode().tag(sync=True)
    standing = traitlets.Unicode().tag(sync=True)
    place = traitlets.Unicode().tag(sync=True)

    def __init__(self, on_answer: Callable[..., str], on_sign: Callable[[str], str]) -> None:
        self.on_answer, self.on_sign = on_answer, on_sign
        super().__init__(labels=_labels())

    def show(self, checklist: Checklist, round: Round, place: str, *, before: Mapping[str, str]) -> None:
        """Show the questions with the answers of a round.

        Parameters
        ----------
        place : str
            Where the answers belong: what the browser keeps is kept under this name. Nothing can be
            answered while it is empty.
        before : mapping
            What was answered in the earlier round, in words, by question.
        """
        with self.hold_sync():
            self.items = _items(checklist)
            self.before = dict(before)
            self.place = place
            self.take(round)

    def take(self, round: Round) -> None:
        """Show the answers as they are stored now."""
        with self.hold_sync():
            self.answers = {
                item: {"answer": one.answer, "note": one.note} for item, one in round.answers.items()
            }
            self.who = round.who

    def _answer(self, message: dict, _buffers: list) -> dict:
        self._require(message)
        item, answer, note, by = (message.get(key) for key in ("item", "answer", "note", "by"))
        if item not in [one["id"] for one in self.items]:
            raise DataError(
                _("This question is no longer on the checklist."), next_step=_("Reload the page.")
            )
        said = {"answer": _text(answer), "note": _text(note), "by": _text(by)}
        return {"saved": self.on_answer(item, **said)}

    def _sign(self, message: dict, _buffers: list) -> dict:
        self._require(message)
        return {"saved": self.on_sign(_text(message.get("by")) or "")}

    def _require(self, message: dict) -> None:
        if not self.place or message.get("place") != self.place:
            raise DataError(
                _("This answer belongs to another shop or round than the one that is open."),
                next_step=_("Open that one again; the browser keeps the answer meanwhile."),
            )


def _text(given: Any) -> str | None:
    return given if isinstance(given, str) else None


def _items(checklist: Checklist) -> list[dict[str, Any]]:
    shown, last = [], ""
    for item in checklist.items:
        shown.append(
            {**_item(item), "group": checklist.groups.get(item.group, "") if item.group != last else ""}
        )
        last = item.group
    return shown


def _item(item: Item) -> dict[str, Any]:
    """A question as the browser shows it; a bad answer is shown with what to do."""
    heavier = _("counts {times} times").format(times=told.points(item.weight)) if item.weight != 1 else ""
    texts = {
        name: getattr(item, name) for name in ("id", "number", "question", "why", "good", "action", "note")
    }
    return {**texts, "best": item.good_answer, "weight": heavier}


def _labels() -> dict[str, str]:
    return {
        **{f"answer_{name}": capital(said) for name, said in told.words().items()},
        "progress": _("{n} of {all} answered"),
        "who": _("Who answers (if you like)"),
        "note": _("Note"),
        "note_to": _("Note to question {number}"),
        "noted": _("Note: {text}"),
        "good": _("What good looks like"),
        "action": _("What to do"),
        "back": _("Take the answer back"),
        "typing": _("not saved yet"),
        "saved": _("saved at {time}"),
        "unsent": _(
            "not saved yet: there is no connection. This browser keeps the answer and sends it as soon as it can"
        ),
        "failed": _("not saved"),
    }
