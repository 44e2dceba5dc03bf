"""Which promises stand in the manifesto, and are they kept now?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets

from csworkbook.errors import SettingError, WorkbookError
from csworkbook.estimates import SMALL, Estimate
from csworkbook.language import gettext as _
from csworkbook.language import ngettext, number, percent, speaking
from csworkbook.manifesto.promise import CLOCKS, DAY, HOUR, Promise, channel_said
from csworkbook.pages.controls import control
from csworkbook.pages.filecard import press
from csworkbook.pages.talking import markup, see
from csworkbook.settings import WEEK

if TYPE_CHECKING:
    from csworkbook.shop import Shop

SAFE, NEARLY = 0.95, 0.8
_MOST = 8
_USUAL = {"reply": 24.0, "solved": 14.0, "return": 14.0}
_DAYS = {"week": WEEK[:5], "saturday": WEEK[:6], "every": WEEK}


def sentences(documents: Sequence[dict[str, Any]], language: str) -> list[str]:
    """Stored promises as customers read them; one that cannot be read any more is left out."""
    with speaking(language):
        return [promise.sentence() for promise in map(known, documents) if promise is not None]


def known(document: dict[str, Any]) -> Promise | None:
    """The promise in a stored document, or None where it cannot be one."""
    try:
        return Promise.of(document)
    except (SettingError, TypeError, ValueError, KeyError):
        return None


class Promised(ipywidgets.VBox):
    """The promises chosen, each with how often it is kept, and a form to add one.

    Parameters
    ----------
    on_change : callable
        Called with the documents of the promises when one was added or taken away.
    """

    def __init__(self, on_change: Callable[[list[dict[str, Any]]], Any]) -> None:
        self.on_change = on_change
        self.shop: Shop | None = None
        self.documents: list[dict[str, Any]] = []
        self.fields = _fields()
        self._results: dict[Promise, str] = {}
        self._chosen, self._trouble = ipywidgets.VBox(), ipywidgets.VBox()
        self._about, self._trial = markup(), markup()
        self._add = press(_("Add this promise"), self.add, self._trouble, quiet=True)
        self._bar = ipywidgets.Box(list(self.fields.values()))
        self._bar.add_class("csw-controls")
        self.fields["kind"].observe(self._turn, "value")
        for box in self.fields.values():
            box.observe(self._try, "value")
        super().__init__([self._about, self._chosen, self._bar, self._trial, self._add, self._trouble])
        self.add_class("csw-promised")

    def show(self, shop: Shop, documents: Sequence[dict[str, Any]]) -> None:
        """Show these promises, and how this shop keeps them."""
        other = shop is not self.shop
        if other:
            self.shop, self._results = shop, {}
            demo = _("Tested on the demo shop, as long as you have not brought contacts of your own.")
            self._about.value = f'<p class="csw csw-soft">{escape(demo)}</p>' if shop.is_demo else ""
            self._offer()
        if other or list(documents) != self.documents:
            self.documents = list(documents)
            self._chosen.children = [self._row(place, one) for place, one in enumerate(self.documents)]
        if other:
            self._try()

    def promise(self) -> Promise:
        """The promise the form says now.

        Raises
        ------
        SettingError
            When it cannot be one.
        """
        said = {name: box.value for name, box in self.fields.items()}
        kind, limit = said["kind"], float(said["limit"])
        if kind == "available":
            days = _DAYS[said["days"]]
            return Promise(
                kind, said["channel"], since=said["since"].strip(), until=said["until"].strip(), days=days
            )
        if kind == "reply":
            return Promise(kind, said["channel"], limit * said["unit"], clock=said["clock"])
        return Promise(kind, said["channel"] if kind == "solved" else "", limit)

    def add(self) -> None:
        """Put the promise of the form in the manifesto."""
        document = self.promise().document()
        if document in self.documents:
            raise SettingError(_("This promise is in the manifesto already."))
        if len(self.documents) >= _MOST:
            raise SettingError(
                _("A manifesto with more than {n} promises is not read.").format(n=number(_MOST)),
                next_step=_("Take one away first."),
            )
        self.on_change([*self.documents, document])

    def result(self, promise: Promise) -> str:
        """How often the shop keeps a promise, as HTML; worked out once."""
        if promise not in self._results:
            self._results[promise] = _result(self.shop, promise)
        return self._results[promise]

    def listed(self, documents: Sequence[dict[str, Any]]) -> str:
        """Promises with their results, to look at only, as HTML."""
        found = [promise for promise in map(known, documents) if promise is not None]
        items = "".join(f"<li>{escape(one.sentence())}<br>{self.result(one)}</li>" for one in found)
        return f'<ul class="csw csw-promises">{items}</ul>' if items else ""

    def _row(self, place: int, document: dict[str, Any]) -> ipywidgets.Widget:
        promise = known(document)
        said = _("This promise cannot be read any more.") if promise is None else promise.sentence()
        result = "" if promise is None else f"<br>{self.result(promise)}"
        words = markup(f'<p class="csw"><strong>{escape(said)}</strong>{result}</p>')
        away = press(_("Take away"), lambda: self._take_away(place), self._trouble, quiet=True)
        away.tooltip = _("Take away: {promise}").format(promise=said)
        row = ipywidgets.Box([words, away])
        row.add_class("csw-promise")
        return row

    def _take_away(self, place: int) -> None:
        self.on_change([one for i, one in enumerate(self.documents) if i != place])

    def _offer(self) -> None:
        """The channels of this shop; those of the handbook where it has no contacts yet."""
        contacts = self.shop.contacts
        there = (
            ["email", "chat", "phone", "social"]
            if contacts is None
            else list(contacts["channel"].value_counts().index)
        )
        box = self.fields["channel"]
        before = box.value
        box.options = [(_("all channels"), ""), *((channel_said(str(one)), str(one)) for one in there)]
        box.value = before if before in ["", *map(str, there)] else ""

    def _turn(self, _change: Any) -> None:
        """Another kind of promise: what its number means, and where it starts."""
        kind, limit = self.fields["kind"].value, self.fields["limit"]
        limit.description = _("Within") if kind == "reply" else _("Within (days)")
        limit.value = _USUAL.get(kind, limit.value)
        if kind == "solved":
            self.fields["channel"].value = ""  # the channel of the promise before

    def _try(self, _change: Any = None) -> None:
        """Show what the form says now: the sentence, and how often it would be kept."""
        kind = self.fields["kind"].value
        for name, box in self.fields.items():
            see(box, name in _SHOWN[kind])
        if self.shop is None:
            return
        try:
            promise = self.promise()
        except (SettingError, ValueError) as error:
            self._trial.value = f'<p class="csw csw-soft">{escape(str(error))}</p>'
            return
        said = f"<em>{escape(promise.sentence())}</em><br>{self.result(promise)}"
        self._trial.value = f'<p class="csw csw-trial" aria-live="polite">{said}</p>'


_SHOWN = {
    "reply": ("kind", "channel", "limit", "unit", "clock"),
    "solved": ("kind", "channel", "limit"),
    "return": ("kind", "limit"),
    "available": ("kind", "channel", "since", "until", "days"),
}


def _fields() -> dict[str, ipywidgets.Widget]:
    """The form's controls. Each has its own layout, since which of them are shown changes."""
    kinds = [
        (_("First answer in time"), "reply"),
        (_("Solved at once"), "solved"),
        (_("Return handled in time"), "return"),
        (_("Within reach"), "available"),
    ]
    units = [(_("seconds"), 1 / 60), (_("minutes"), 1.0), (_("hours"), HOUR), (_("days"), DAY)]
    clocks = dict(zip((_("day and night"), _("in opening hours only")), CLOCKS, strict=True))
    days = [(_("Monday to Friday"), "week"), (_("Monday to Saturday"), "saturday"), (_("every day"), "every")]
    made = {
        "kind": control("promise", ipywidgets.Dropdown(options=kinds), _("What you promise")),
        "channel": control("channel", ipywidgets.Dropdown(options=[(_("all channels"), "")]), _("Channel")),
        "limit": control("limit", ipywidgets.FloatText(value=24, step=None), _("Within")),
        "unit": control("unit", ipywidgets.Dropdown(options=units, index=2), _("Unit of time")),
        "clock": control("clock", ipywidgets.Dropdown(options=list(clocks.items())), _("Counted")),
        "since": control("since", "09:00", _("From")),
        "until": control("until", "17:00", _("To")),
        "days": control("days", ipywidgets.Dropdown(options=days), _("Days")),
    }
    for box in made.values():
        box.layout = ipywidgets.Layout(width="auto", flex="1 1 11rem", min_width="0")
    return made


def _result(shop: Shop, promise: Promise) -> str:
    """How often a promise is kept, in words and with a colour."""
    from csworkbook.manifesto.promises import check
    from csworkbook.manifesto.told import lacking

    try:
        kept = shop.call(check, promise=promise)
    except WorkbookError as error:
        return f'<span class="csw-kept">{escape(str(error))}</span>'
    said, kind = judged(kept.share, returns=promise.kind == "return")
    worst = kept.worst("channel") if kept.share.n >= SMALL and not promise.channel else None
    if worst is not None:
        least = _("Least often through {channel}: {share}.")
        said = f"{said} {least.format(channel=channel_said(worst['channel']), share=percent(worst['share']))}"
    said = " ".join([said, *lacking(kept)])
    return f'<span class="csw-kept csw-kept-{kind}">{escape(said)}</span>'


def judged(share: Estimate, *, returns: bool = False) -> tuple[str, str]:
    """How often a promise was kept in words, and whether that is "good", "nearly", "bad" or "unknown".

    The verdict goes by the interval: "good" when the share is surely high enough.
    """
    if share.n < SMALL:
        return _("Too few cases to tell how often you keep this."), "unknown"
    of = (
        ngettext("{n} return", "{n} returns", share.n)
        if returns
        else ngettext("{n} contact", "{n} contacts", share.n)
    )
    share_said, low, high = (
        percent(one, 1 if share.high > 0.99 else 0) for one in (share.value, share.low, share.high)
    )
    cases = of.format(n=number(share.n))
    said = _("Kept in {share} ({low} to {high}) of {cases}.").format(
        share=share_said, low=low, high=high, cases=cases
    )
    if share.low >= SAFE:
        advice, kind = _("You can promise this."), "good"
    elif share.high < NEARLY:
        advice, kind = _("Do not promise this yet: it would disappoint too many."), "bad"
    elif share.value == 1:
        advice, kind = _("Nobody was disappointed, but these are few cases."), "nearly"
    else:
        one_in = number(max(2, round(1 / max(1 - share.value, 1e-6))))
        advice, kind = _("About one in {n} is disappointed.").format(n=one_in), "nearly"
    return f"{said} {advice}", kind
