"""How does an owner go through a checklist, and see at once what to mend first?"""

from __future__ import annotations

import re
from asyncio import TimerHandle
from html import escape
from typing import TYPE_CHECKING

import ipywidgets

from csworkbook import audits, language
from csworkbook.audits import Audit, Checklist, Round, rounds, told
from csworkbook.audits.judgement import standing
from csworkbook.errors import MissingTable, WorkbookError
from csworkbook.language import gettext as _
from csworkbook.language import ngettext, number
from csworkbook.pages.asked import Asked
from csworkbook.pages.controls import control
from csworkbook.pages.filecard import press
from csworkbook.pages.keeping import Keeping
from csworkbook.pages.page import Page, soon
from csworkbook.pages.panel import Panel
from csworkbook.pages.sure import Sure
from csworkbook.pages.take import listed
from csworkbook.pages.talking import markup, see, sentence, shared
from csworkbook.pages.widgets import Download

if TYPE_CHECKING:
    from csworkbook.shop import Shop

_REST = 0.3  # seconds without another answer until the picture follows


def audit(shop: Shop, checklist: str = "ux") -> AuditForm:
    """The questions of a checklist as a form: answers are saved at once, what to mend first follows.

    What is answered goes to the store of the shop that is open; on the page of the demo shop to the
    visitor's own. It begins empty there too: the demo shop is invented and has no site to look at.

    Parameters
    ----------
    shop : Shop
    checklist : str
        ``"ux"``, ``"home"``, ``"checkout"``, ``"cart_rules"``, or the name of a file in the folder
        ``checklists`` of the workbook.
    """
    return AuditForm(shop, checklist)


class AuditForm(ipywidgets.VBox):
    """What `audit` makes; `result` is the audit as it stands, None while its checklist cannot be read."""

    def __init__(self, shop: Shop, checklist: str) -> None:
        self.page, self.name = Page.of(shop), checklist
        self.result: Audit | None = None
        self._rounds: list[Round] = []
        self._chosen, self._planned = "", None
        self._head, self._about, self._first_head, self._mend = (markup() for _part in range(4))
        self._trouble = ipywidgets.VBox()
        self.asked = Asked(self._answer, self._sign)
        self._make_rounds()
        parts = [self._head, self._about, self._trouble, self.asked, self._bar]
        self._form = _boxed(ipywidgets.VBox(parts), "csw-panel", "csw-audit")
        self._first = self._make_first()
        self.keeping = Keeping(self.page, self.refresh)
        self.refresh()
        self.panel = Panel(self.page.served, self.told, _("Audit: {title}").format(title=self.title), {})
        see(self.panel, self.result and self.result.answered)
        super().__init__([self._form, self._first, self.panel], layout=shared(ipywidgets.Layout))
        self.add_class("csw-audit-page")

    @property
    def title(self) -> str:
        """What the checklist is called."""
        return self.result.checklist.title if self.result else self.name

    @property
    def round(self) -> Round:
        """The round that is shown."""
        return self.result.round

    def refresh(self) -> None:
        """Show the answers of the shop that is open now, as they are stored."""
        store = self.keeping.store
        try:
            questions = audits.checklist(self.name, self.keeping.shop or self.page.shop)
        except WorkbookError as error:
            self.result, self._trouble.children = None, (sentence(str(error), "error"),)
            for part in (self.asked, self._bar, self._first):
                see(part, False)
            return
        self._trouble.children = ()
        self._rounds = rounds.rounds(store, self.name) if store else []
        self._rounds = self._rounds or [Round(rounds.FIRST, rounds.now())]
        self._score(questions)
        self._show()

    def told(self, shop: Shop) -> Audit:
        """The audit as it stands, for the panel; a sentence while nothing was answered."""
        if self.result is None:
            raise MissingTable(_("This checklist cannot be read."))
        if not self.result.answered:
            raise MissingTable(_("Answer the first question: points, picture and table appear here."))
        return self.result

    def _score(self, questions: Checklist) -> None:
        """The chosen round, else the latest, beside the one before it."""
        ids = [one.id for one in self._rounds]
        at = ids.index(self._chosen) if self._chosen in ids else 0
        earlier = self._rounds[at + 1] if at + 1 < len(self._rounds) else None
        zone = self.page.shop.settings.zone
        self.result = audits.scored(questions, self._rounds[at], earlier, zone=zone)
        self.page.give(**{f"audit_{self.name}": self.result.parts() if self.result.answered else None})

    @property
    def _latest(self) -> bool:
        return self.round.id == self._rounds[0].id

    def _show(self) -> None:
        """Put the round in every part of the form."""
        questions, place = self.result.checklist, self.keeping.place
        first = _("To mend first: {title}").format(title=questions.title)
        for head, text in ((self._head, questions.title), (self._first_head, first)):
            head.value = f'<h2 class="csw csw-title">{escape(text)}</h2>'
        self._about.value = "".join(f'<p class="csw csw-soft">{escape(one)}</p>' for one in self._said())
        where = f"{place}:{self.name}:{self.round.id}" if place and self._latest else ""
        self.asked.show(questions, self.round, where, before=self._before())
        see(self.asked, True)
        self._show_rounds()
        self._show_first()

    def _said(self) -> list[str]:
        """What the checklist is about, whose answers these are, and that earlier rounds stay as they are."""
        said = [f"{self.result.checklist.about} ({self.result.checklist.source})"]
        if self.page.shop.is_demo:
            said.append(
                _(
                    "The demo shop has no site to look at: answer for your own. Your answers stay in this browser tab; "
                    "make a workbook to keep them."
                )
            )
        if not self._latest:
            said.append(_("This is an earlier round, to look at only. Choose the latest one to go on."))
        return said

    def _before(self) -> dict[str, str]:
        """What was answered in the earlier round, in words."""
        earlier = self.result.earlier
        if earlier is None:
            return {}
        when = told.day(earlier.began_at, self.result.zone)
        answered = {item: one.answer for item, one in earlier.answers.items() if one.answer}
        return {item: f"{when}: {told.words()[answer]}" for item, answer in answered.items()}

    def _show_first(self) -> None:
        """The points, and what to mend first."""
        for part in (self._first, *self.children[2:]):  # the panel, once it is made
            see(part, self.result.answered)
        self.asked.standing = standing(self.result)
        found, fine = self.result.findings(), _("Of what was answered so far nothing has to be mended.")
        said = f'<p class="csw" aria-live="polite">{escape(fine)}</p>'
        self._mend.value = listed(found, shown=True) if found else said

    def _answer(self, item: str, **said: str | None) -> str:
        """Save one answer; the rest of the page follows."""
        return self._take(rounds.save(self.keeping.reach(), self.name, self.round.id, item, **said))

    def _sign(self, who: str) -> str:
        return self._take(rounds.sign(self.keeping.reach(), self.name, self.round.id, who))

    def _take(self, round: Round) -> str:
        """Show a round that was just stored."""
        self._rounds = [round if one.id == round.id else one for one in self._rounds]
        self._score(self.result.checklist)
        self.asked.take(self.round)
        self._show_rounds()
        self._show_first()
        self._follow()
        return self.keeping.now()

    def _follow(self) -> None:
        """The picture and the conclusions of the page follow, once answering rests."""
        if isinstance(self._planned, TimerHandle):
            self._planned.cancel()
        self._planned = soon(_REST, self.panel.refresh)

    def begin(self) -> None:
        """Begin another round; the answers so far stay."""
        self._chosen = rounds.begin(self.keeping.reach(), self.name, who=self.round.who).id
        self._again()

    def delete(self) -> None:
        """Delete the round that is shown, with all its answers and notes."""
        rounds.remove(self.keeping.reach(), self.name, self.round.id)
        self._chosen = ""
        self._again()

    def _again(self) -> None:
        self.refresh()
        self._follow()

    def _make_rounds(self) -> None:
        self._choice = control("round", ipywidgets.Dropdown(options=[("–", "")]), _("Round"))
        self._choice.layout = ipywidgets.Layout(width="auto", flex="0 1 18rem", min_width="0")
        self._choice.observe(self._choose, "value")
        self._new = press(_("New round"), self.begin, self._trouble, quiet=True)
        self._delete = Sure(_("Begin afresh"), self.delete, self._trouble, yes=_("Yes, delete the answers"))
        self._bar = _boxed(
            ipywidgets.Box([self._choice, self._new, self._delete]), "csw-actions", "csw-audit-rounds"
        )

    def _show_rounds(self) -> None:
        """The rounds to choose from, and what can be done with this one."""
        options = [(self._called(one), one.id) for one in self._rounds]
        if list(self._choice.options) != options or self._choice.value != self.round.id:
            self._choice.unobserve(self._choose, "value")
            self._choice.options, self._choice.value = options, self.round.id
            self._choice.observe(self._choose, "value")
        see(self._choice, len(self._rounds) > 1)
        see(self._new, not self._rounds[0].empty)
        see(self._delete, self._latest and not self.round.empty)
        see(self._bar, len(self._rounds) > 1 or not self.round.empty)
        self._delete.question = _(
            "Delete all answers and notes of this round of “{title}”? This cannot be undone."
        ).format(title=self.title)

    def _called(self, round: Round) -> str:
        n = sum(bool(one.answer) for one in round.answers.values())
        said = ngettext("{n} answer", "{n} answers", n).format(n=number(n))
        when = language.day(round.began_at.astimezone(self.keeping.zone), "d MMM yyyy")
        return _("Round {n}, {day}: {answers}").format(n=round.id, day=when, answers=said)

    def _choose(self, change: dict) -> None:
        if change["new"]:
            self._chosen = change["new"]
            self._again()

    def _make_first(self) -> ipywidgets.VBox:
        print_it = Download(_("The checklist, to print (HTML)"), self._printed)
        hint = markup(f'<p class="csw csw-soft">{escape(_why_print())}</p>')
        buttons = _boxed(ipywidgets.Box([print_it]), "csw-actions")
        return _boxed(ipywidgets.VBox([self._first_head, self._mend, hint, buttons]), "csw-panel")

    def _printed(self) -> tuple[str, str, bytes]:
        shop = self.page.target.settings.name
        stem = re.sub(r"\W+", "-", f"{shop} {self.title}".lower()).strip("-")[:90]
        return f"{stem}.html", "text/html", audits.printed(self.result, shop).encode()


def _why_print() -> str:
    return _(
        "Take it along to your developer: every question with its answer, what good looks like, and room to write."
    )


def _boxed(box: ipywidgets.Box, *names: str) -> ipywidgets.Box:
    for name in names:
        box.add_class(name)
    return box
