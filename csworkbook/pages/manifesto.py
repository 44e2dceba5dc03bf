"""How does an owner write a manifesto, see it grow, and take it home?"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import ipywidgets

from csworkbook import language
from csworkbook.language import gettext as _
from csworkbook.manifesto import draft as drafts
from csworkbook.manifesto import publish, statements, wording
from csworkbook.manifesto.draft import Desk, Draft
from csworkbook.pages.controls import control
from csworkbook.pages.filecard import press
from csworkbook.pages.history import History
from csworkbook.pages.page import Page, soon
from csworkbook.pages.promised import Promised, sentences
from csworkbook.pages.talking import markup, see, titled
from csworkbook.pages.widgets import Download
from csworkbook.pages.writing import Writing

if TYPE_CHECKING:
    from csworkbook.shop import Shop


def manifesto_builder(shop: Shop) -> ipywidgets.VBox:
    """The manifesto builder: a text box for every statement, a live preview, promises, history and exports.

    The demo shop shows an example first. What a visitor of the demo writes is his own.
    """
    return Builder(shop)


class Builder(ipywidgets.VBox):
    """What `manifesto_builder` makes; `boxes` are its text boxes by part, `draft` what is stored."""

    def __init__(self, shop: Shop) -> None:
        self.page = Page.of(shop)
        self.draft = Draft()
        self._desk: Desk | None = None
        self._met = False  # whether a browser said hello, so that a visitor's own store is known
        self._mine: dict[str, str] = {}
        self._filling = False
        self._trouble = ipywidgets.VBox()
        self.boxes = self._make_boxes()
        self.strongest = _strongest()
        self.spoken = _languages()
        self.promised = Promised(lambda found: self._change(promises=found))
        self.history = History(self._go_back)
        self._preview, self._kept = markup(), markup()
        self._preview.add_class("csw-manifesto-side")
        self.downloads = self._make_downloads()
        self._begin = press(_("Start with my own"), self.start, self._trouble)
        self._invitation, self._form = self._invite(), self._make_form()
        self._home = _step("5", _("Take it home"), "")
        self._home.layout = ipywidgets.Layout()
        self._grid = _box([self._form, self._preview], "csw-manifesto-grid")
        last = [self._home, self._kept, _box(list(self.downloads.values()), "csw-actions"), self.history]
        head = titled(_("Your manifesto"))
        super().__init__([head, self._invitation, self._trouble, self._grid, *last])
        self.add_class("csw-panel")
        self.add_class("csw-manifesto")
        for box in (*self.strongest.values(), self.spoken):
            box.observe(self._chose, "value")
        self.page.listen(self.refresh)
        self.page.visit.on_hello(self._greet)
        self.refresh()

    def refresh(self) -> None:
        """Show the manifesto of the shop that is open now, as it is stored."""
        self._desk = self._open()
        self._mine = {}
        stored = drafts.read(self._desk.store) if self._desk else None
        example = stored is None and self.page.shop.is_demo
        self._show_form(not example)
        self.draft = drafts.example() if example else stored or Draft()
        self._fill()

    def start(self) -> None:
        """Leave the example and begin with empty boxes."""
        self._reach().save(Draft(language=language.current()))
        self.refresh()

    def _greet(self) -> None:
        self._met = True
        self.refresh()

    def _open(self) -> Desk | None:
        """The desk of the shop that is open; none while a visitor's own store cannot be known."""
        if self.page.shop.is_demo and self.page.expects_greeting and not self._met:
            return None
        store = self.page.target.store
        return self._desk if self._desk and self._desk.store.url == store.url else Desk(store)

    def _reach(self) -> Desk:
        """The desk to write at; one is made when no browser ever said hello."""
        self._desk = self._desk or Desk(self.page.target.store)
        return self._desk

    def _write(self, part: str, text: str, *, base: str, again: bool) -> dict[str, Any]:
        """Save what was typed in a box; what was typed elsewhere meanwhile is not wiped in silence."""
        desk = self._reach()
        stored = desk.read().text(part)
        if again and stored != base and desk.known(part, text):
            return {"saved": self._now(), "text": stored}  # it had arrived, and was changed since
        elsewhere = stored not in (base, text, self._mine.get(part, base))
        self._take(desk.write(part, text))
        self._mine[part] = self.draft.text(part)
        if elsewhere:
            note = _("This text was also changed on another page. Yours stands; the other is in the history.")
            return {"saved": self._now(), "text": self.draft.text(part), "note": note}
        return {"saved": self._now(), "text": self.draft.text(part)}

    def _change(self, **chosen: Any) -> None:
        self._take(self._reach().change(**chosen))

    def _go_back(self, key: str) -> None:
        self._mine = {}
        self._take(self._reach().restore(key))

    def _chose(self, _change: Any) -> None:
        if self._filling:
            return
        chosen = [part for part, box in self.strongest.items() if box.value]
        self._change(strongest=chosen, language=self.spoken.value)

    def _take(self, draft: Draft) -> None:
        """Show a draft that was just stored."""
        self.draft = draft
        self._show_form(True)
        self._fill()

    def _show_form(self, shown: bool) -> None:
        """The form, or on the demo page the example with the invitation to begin."""
        self.example = not shown
        for part in (self._form, self._home):
            see(part, shown)
        see(self._invitation, not shown)
        (self._grid.add_class if shown else self._grid.remove_class)("csw-manifesto-two")

    def _fill(self) -> None:
        """Put the draft in every part of the page."""
        self._filling = True
        try:
            self._fill_boxes()
            self._fill_choices()
        finally:
            self._filling = False
        self._preview.value = self._previewed()
        self.history.show(None if self.example or self._desk is None else self._desk.store, self._zone())
        soon(0.05, self._fill_promises)  # testing them takes a moment: the words go first

    def _fill_boxes(self) -> None:
        own = Draft() if self.example else self.draft
        place, name = self._place(), self.name
        for part, box in self.boxes.items():
            box.show(own.text(part), f"{place}:{part}" if place else "", self.draft.spoken)
            if part in self._parts:
                box.frame = self._parts[part].framed(name)
        see(self.boxes["name"], not self._named())

    def _fill_choices(self) -> None:
        strongest = () if self.example else self.draft.strongest
        full = len(strongest) >= statements.STRONGEST
        for part, box in self.strongest.items():
            box.value = part in strongest
            box.disabled = full and not box.value
        self.spoken.value = self.draft.spoken

    def _fill_promises(self) -> None:
        self.promised.show(self.page.shop, () if self.example else self.draft.promises)
        self._kept.value = self.promised.listed(self.draft.promises) if self.example else ""

    @property
    def name(self) -> str:
        """The shop's name as it is published: that of the settings, else the one that was typed."""
        return self._named() or self.draft.name

    def _named(self) -> str:
        """The name in the settings of the shop the manifesto is for."""
        return "" if self.page.shop.is_demo else self.page.shop.settings.name

    def composed(self) -> publish.Manifesto:
        """What would be published now."""
        promises = sentences(self.draft.promises, self.draft.spoken)
        return publish.compose(self.draft, self.name, promises=promises, example=self.example)

    def _previewed(self) -> str:
        made = self.composed()
        if not made.empty:
            return _framed(made, _("Preview"))
        hint, look = _("Here you see your manifesto grow while you write."), _("See an example")
        shown = publish.compose(drafts.example(), drafts.example().name, example=True)
        inside = f"<summary>{escape(look)}</summary>{_framed(shown, look)}"
        return f'<p class="csw csw-soft">{escape(hint)}</p><details class="csw csw-manifesto-look">{inside}</details>'

    def _place(self) -> str:
        """Under which name a browser keeps what was not saved yet; empty while it is not known."""
        if self._desk is None:
            return ""
        shop = self.page.target
        if not shop.settings.name:
            return "visit"  # it lives as long as the browser tab does
        return hashlib.blake2s(str(shop.folder).encode(), key=shop.key[:32], digest_size=8).hexdigest()

    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.page.shop.settings.zone)

    def _now(self) -> str:
        return f"{datetime.now(self._zone()):%H:%M}"

    def _make_boxes(self) -> dict[str, Writing]:
        """The box for the name and one for every statement."""
        self._parts = statements.parts()

        def writer(part: str) -> Callable[..., dict[str, Any]]:
            return lambda text, **about: self._write(part, text, **about)

        boxes = {"name": Writing(_("Name of your shop"), writer("name"), single=True)}
        boxes["name"].layout = ipywidgets.Layout()  # its own: it is hidden where the settings tell the name
        for name, part in self._parts.items():
            boxes[name] = Writing(
                part.title,
                writer(name),
                ask=part.ask,
                questions=part.questions,
                directions=part.directions,
                frame=part.framed(""),
                limit=wording.limit(),
                opened=name == statements.BRAND,
            )
        return boxes

    def _make_form(self) -> ipywidgets.VBox:
        values = [self.boxes[part] for part in statements.VALUES]
        why = _("Where are you hardest to beat? Choose one, two at most: only those are published.")
        promise_why = _("Choose from what can be measured. Beside each stands how often you keep it now.")
        return ipywidgets.VBox(
            [
                self.boxes["name"],
                _box([self.spoken], "csw-controls"),
                _step("1", _("Why you are there"), ""),
                self.boxes[statements.BRAND],
                _step("2", _("Why customers buy from you"), ""),
                *values,
                markup(f'<p class="csw csw-manifesto-choose">{escape(why)}</p>'),
                _box(list(self.strongest.values()), "csw-controls"),
                _step("3", _("What customers can expect"), ""),
                self.boxes[statements.AMBITION],
                _step("4", _("What you promise"), promise_why),
                self.promised,
            ]
        )

    def _invite(self) -> ipywidgets.VBox:
        said = _(
            "This is an example, of the invented shop {name}. Yours can look like this within an hour: "
            "you answer a few questions, and the page writes along."
        ).format(name=self.page.served.name)
        buttons = _box([self._begin], "csw-actions")
        return ipywidgets.VBox([markup(f'<p class="csw csw-invitation">{escape(said)}</p>'), buttons])

    def _make_downloads(self) -> dict[str, Download]:
        return {
            "html": Download(_("Web page (HTML)"), self._html),
            "md": Download(_("Text (Markdown)"), self._markdown),
            "docx": Download(_("Word (DOCX)"), self._docx),
        }

    def _html(self) -> tuple[str, str, bytes]:
        made = self.composed()
        return publish.filename(made, "html"), "text/html", publish.html(made).encode()

    def _markdown(self) -> tuple[str, str, bytes]:
        made = self.composed()
        return publish.filename(made, "md"), "text/markdown", publish.markdown(made).encode()

    def _docx(self) -> tuple[str, str, bytes]:
        from csworkbook.manifesto import publish_docx

        made = self.composed()
        return publish.filename(made, "docx"), publish_docx.DOCX, publish_docx.docx(made)


def _framed(made: publish.Manifesto, label: str) -> str:
    """A manifesto as it will look, as a part of this page that the keyboard can reach and scroll."""
    about = f'tabindex="0" aria-label="{escape(label)}" lang="{made.language}"'
    return f'<section class="mf csw-manifesto-page" {about}>{publish.preview(made)}</section>'


def _strongest() -> dict[str, ipywidgets.Checkbox]:
    known = statements.parts()
    return {part: control(f"strongest_{part}", False, known[part].title) for part in statements.VALUES}


def _languages() -> ipywidgets.Dropdown:
    options = [(name, code) for code, name in language.LANGUAGES.items()]
    box = ipywidgets.Dropdown(options=options, value=language.current())
    return control("manifesto_language", box, _("Language you write in"))


def _step(place: str, text: str, hint: str) -> ipywidgets.HTML:
    told = f'<p class="csw csw-soft">{escape(hint)}</p>' if hint else ""
    return markup(
        f'<h3 class="csw csw-step"><span aria-hidden="true">{place}</span>{escape(text)}</h3>{told}'
    )


def _box(children: list[ipywidgets.Widget], name: str) -> ipywidgets.Box:
    box = ipywidgets.Box(children)
    box.add_class(name)
    return box
