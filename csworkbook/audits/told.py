"""How is an audit told in words? Its answer, its method, and what each judgement rests on."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from csworkbook import language
from csworkbook.language import gettext as _
from csworkbook.language import ngettext, number

if TYPE_CHECKING:
    from csworkbook.audits.rounds import Answer
    from csworkbook.audits.scored import Audit


def words() -> dict[object, str]:
    """The answers as people say them."""
    return {"yes": _("yes"), "partly": _("partly"), "no": _("no"), "na": _("does not apply")}


def replied(question: str, answer: str) -> str:
    """A question with its answer, as a headline.

    >>> replied("Can customers order as a guest?", "partly")
    'Can customers order as a guest? Partly.'
    """
    return f"{question} {language.capital(words().get(answer, answer))}."


def points(value: float) -> str:
    """Points without needless decimals.

    >>> points(2.0), points(2.5)
    ('2', '2.5')
    """
    return number(value, 0 if value == round(value) else 1 if value * 10 == round(value * 10) else 2)


def text(audit: Audit) -> str:
    """Two to four sentences; the first is the answer."""
    if not audit.answered:
        return _nothing(len(audit.checklist.items))
    parts = [_in_order(audit), _standing(audit), _first(audit), _since(audit)]
    return " ".join(part for part in parts if part)


def _nothing(n: int) -> str:
    said = ngettext(
        "Nothing was answered yet: there is {n} question.",
        "Nothing was answered yet: there are {n} questions.",
        n,
    )
    return said.format(n=number(n))


def _in_order(audit: Audit) -> str:
    """How many are in order, of those that count."""
    states = [audit.state(item) for item in audit.checklist.items]
    good, partly, bad = (states.count(one) for one in ("good", "partly", "bad"))
    if not audit.counted:
        return _("Of what was answered so far nothing applies to this shop.")
    said = ngettext(
        "In order: {good} of {n} answered question that applies; partly: {partly}; not: {bad}.",
        "In order: {good} of {n} answered questions that apply; partly: {partly}; not: {bad}.",
        audit.counted,
    )
    return said.format(n=number(audit.counted), good=number(good), partly=number(partly), bad=number(bad))


def _standing(audit: Audit) -> str:
    left = len(audit.checklist.items) - audit.answered
    still = ngettext("{n} question is still open.", "{n} questions are still open.", left)
    opened = still.format(n=number(left)) if left else ""
    if not audit.counted:
        return opened
    said = _("That is {points} of {most} points.").format(
        points=points(audit.points), most=points(audit.most)
    )
    return " ".join(filter(None, [said, opened]))


def _first(audit: Audit) -> str:
    found = audit.findings()
    if not found:
        return _("There is nothing to mend.") if audit.counted else ""
    return _("First: {headline}").format(headline=found[0].headline)


def _since(audit: Audit) -> str:
    """What changed since the earlier round, over the questions that count in both."""
    if audit.earlier is None:
        return ""
    better = worse = both = 0
    for item in audit.checklist.items:
        now, before = (item.points(one.answer(item.id).answer) for one in (audit.round, audit.earlier))
        if now is not None and before is not None:
            both, better, worse = both + 1, better + (now > before), worse + (now < before)
    if not both:
        return ""
    return _("Since {day}, of the {n} answered both times {better} went up and {worse} down.").format(
        day=day(audit.earlier.began_at, audit.zone),
        n=number(both),
        better=number(better),
        worse=number(worse),
    )


def method(audit: Audit) -> str:
    """How points are given and what they are worth."""
    said = _(
        "Yes brings the points of a question, partly half of them, no nothing; where no is the good answer, the "
        "other way round. What does not apply and what is still open does not count. An audit is the judgement of "
        "whoever answered: it says what to look at, and measures nothing. So there is no interval."
    )
    counted = _("n = {n} of {all} questions; {source}.").format(
        n=number(audit.counted), all=number(len(audit.checklist.items)), source=audit.checklist.source
    )
    order = _("To mend first is what costs most points, then what the better evidence speaks for.")
    return " ".join([said, order, counted])


def basis(audit: Audit, given: Answer) -> str:
    """Who answered what and when, and that it is an opinion."""
    when = datetime.fromisoformat(given.at) if given.at else audit.round.began_at
    who = given.by or _("you")
    said = _(
        "own audit: {who} answered “{answer}” on {day}, an opinion and no measurement ({source})"
    ).format(
        who=who,
        answer=words().get(given.answer, given.answer),
        day=day(when, audit.zone),
        source=audit.checklist.source,
    )
    noted = _("note: {note}").format(note=" ".join(given.note.split())) if given.note else ""
    return "; ".join(filter(None, [said, noted]))


def day(at: datetime, zone: str) -> str:
    """The day of a moment, where the shop is."""
    return language.day(at.astimezone(ZoneInfo(zone)), "d MMM yyyy")
