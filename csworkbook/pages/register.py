"""What are the handbook's figures worth: search them, see source, age, caveat and what speaks against them."""

from __future__ import annotations

import asyncio
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets

from csworkbook import evidence, language
from csworkbook.evidence import Entry
from csworkbook.language import gettext as _
from csworkbook.language import ngettext
from csworkbook.pages.controls import control
from csworkbook.pages.page import Page, soon
from csworkbook.pages.table import Table
from csworkbook.pages.talking import boxed, guarded, markup, shared, titled
from csworkbook.pages.widgets import Download

if TYPE_CHECKING:
    import pandas as pd

    from csworkbook.shop import Shop

_PAUSE = 0.25  # seconds without a key until the search runs
_UNDATED = "undated"


def register(shop: Shop) -> Register:
    """The evidence register: a search box, topics, age, the table of figures and its download.

    Parameters
    ----------
    shop : Shop
        Whose page it stands on; the figures are the same for every shop.
    """
    return Register(shop)


class Register(ipywidgets.VBox):
    """What `register` makes; `entries` are those it shows now."""

    def __init__(self, shop: Shop) -> None:
        self.page, self.entries = Page.of(shop), []
        self._planned: asyncio.TimerHandle | None = None
        self.controls = {name: self._control(name) for name in ("words", "topic", "age")}
        self._words, self._detail = markup(), markup()
        self.table = Table(_frame([]), heads=_heads(), on_row=self._choose)
        bar = ipywidgets.Box(list(self.controls.values()), layout=shared(ipywidgets.Layout))
        buttons = ipywidgets.Box(
            [Download(_("Table (Excel)"), self.xlsx), Download(_("Table (CSV)"), self.csv)],
            layout=shared(ipywidgets.Layout),
        )
        bar.add_class("csw-controls")
        buttons.add_class("csw-actions")
        head = titled(_("What are the handbook's figures worth?"))
        super().__init__(
            [head, bar, self._words, self.table, self._detail, buttons], layout=shared(ipywidgets.Layout)
        )
        self.add_class("csw-panel")
        self.add_class("csw-register")
        self.refresh()

    def refresh(self) -> None:
        """Search again with what is chosen now."""
        guarded(self._refresh, self._complain)()

    def _refresh(self) -> None:
        chosen = {name: widget.value for name, widget in self.controls.items()}
        self.entries = evidence.search(chosen["words"], topic=chosen["topic"], **_period(chosen["age"]))
        self._words.value = f'<p class="csw csw-headline" aria-live="polite">{escape(self.text)}</p>'
        self._detail.value = ""
        self.table.show(_frame(self.entries), written=[_written(entry) for entry in self.entries])

    @property
    def text(self) -> str:
        """How many figures there are, and how many of them stand unopposed."""
        every, n = len(evidence.search()), len(self.entries)
        if not n:
            return _("None of the {all} figures fits. Try fewer words or another topic.").format(
                all=language.number(every)
            )
        against = sum(bool(entry.contradicts) for entry in self.entries)
        found = ngettext("{n} of {all} figures.", "{n} of {all} figures.", n)
        doubted = ngettext(
            "{n} of them is contradicted by another figure in the same texts.",
            "{n} of them are contradicted by other figures in the same texts.",
            against,
        )
        said = found.format(n=language.number(n), all=language.number(every))
        return f"{said} {doubted.format(n=language.number(against))}" if against else said

    def _control(self, name: str) -> ipywidgets.Widget:
        made = control(name, *_choices()[name])
        if name == "words":
            made.continuous_update = True
            made.placeholder = _("chat, 91%, Forrester …")
        self.page.visit.keep(f"register.{name}", made)
        made.observe(self._later if name == "words" else self._now, "value")
        return made

    def _now(self, _change: Any) -> None:
        self.refresh()

    def _later(self, _change: Any) -> None:
        """Search when the typing rests."""
        if self._planned is not None:
            self._planned.cancel()
        self._planned = soon(_PAUSE, self.refresh)

    def _choose(self, place: int) -> None:
        guarded(self._show_one, self._complain)(self.entries[place])

    def _show_one(self, entry: Entry) -> None:
        self._detail.value = _card(entry)

    def _complain(self, text: str) -> None:
        self._words.value = boxed(text, "error")

    def xlsx(self) -> tuple[str, str, bytes]:
        """The figures shown now as a spreadsheet: file name, MIME type, content."""
        from csworkbook.export import sheets

        name = _("Evidence")
        about = [self.text, _("Figures as reported in the handbook and four articles; read the caveats.")]
        return f"{_stem()}.xlsx", sheets.XLSX, sheets.xlsx(_sheet(self.entries), name=name, about=about)

    def csv(self) -> tuple[str, str, bytes]:
        """The figures shown now as CSV: file name, MIME type, content."""
        from csworkbook.export import sheets

        return f"{_stem()}.csv", "text/csv", sheets.csv(_sheet(self.entries))


def _choices() -> dict[str, tuple[Any, str]]:
    """The options and the label of each control."""
    topics = [(called.capitalize(), topic) for topic, called in evidence.topics().items()]
    ages = [
        (_("Any year"), ""),
        *[(_("Since {year}").format(year=year), str(year)) for year in (2000, 2010)],
        (_("Year not stated"), _UNDATED),
    ]
    return {
        "words": ("", _("Search")),
        "topic": ([(_("All topics"), None), *topics], _("Topic")),
        "age": (ages, _("Age")),
    }


def _period(age: str) -> dict[str, Any]:
    if age == _UNDATED:
        return {"dated": False}
    return {"since": int(age)} if age else {}


def _heads() -> dict[str, str]:
    return {
        "claim": _("Claim"),
        "figure": _("Figure"),
        "source": _("Source"),
        "year": _("Year"),
        "where": _("Section"),
        "caveat": _("Caveat"),
        "against": _("Speaks against it"),
    }


def _frame(entries: list[Entry]) -> pd.DataFrame:
    """What the rows sort by."""
    import pandas as pd

    rows = [
        (e.claim, e.value, e.source, float(e.year or "nan"), e.where, e.caveat, len(e.contradicts))
        for e in entries
    ]
    return pd.DataFrame(rows, columns=list(_heads()))


def _written(entry: Entry) -> list[str]:
    """One row as it is shown."""
    against = "; ".join(other.briefly() for other in entry.against()) or "–"
    return [
        entry.claim,
        entry.say(),
        entry.source,
        entry.year or _("not stated"),
        entry.where,
        entry.caveat,
        against,
    ]


def _card(entry: Entry) -> str:
    """One figure in full, with the claims that speak against it."""
    facts = {
        _("Measured on"): entry.measured_on,
        _("Kind"): evidence.kinds()[entry.kind],
        _("Source"): f"{entry.source}, {entry.when()}",
        _("Section"): entry.where,
        _("Caveat"): entry.caveat,
    }
    items = "".join(
        f"<li><strong>{escape(name)}:</strong> {escape(said)}</li>" for name, said in facts.items()
    )
    head = f'<p class="csw"><strong>{escape(entry.claim)}</strong></p>'
    return f'<div class="csw csw-note" aria-live="polite">{head}<ul>{items}</ul>{_against(entry)}</div>'


def _against(entry: Entry) -> str:
    if not entry.contradicts:
        return ""
    claims = "".join(f"<li>{escape(other.claim)} ({escape(other.where)})</li>" for other in entry.against())
    head = escape(_("Speaks against it"))
    return f'<p class="csw"><strong>{head}:</strong></p><ul>{claims}</ul>'


def _sheet(entries: list[Entry]) -> pd.DataFrame:
    """The figures for a spreadsheet: numbers as numbers, with their unit."""
    import pandas as pd

    units, kinds, topics = evidence.units(), evidence.kinds(), evidence.topics()
    columns = {
        _("Id"): [e.id for e in entries],
        _("Claim"): [e.claim for e in entries],
        _("Figure"): [e.say() for e in entries],
        _("Value"): [e.value for e in entries],
        _("From"): [e.low for e in entries],
        _("To"): [e.high for e in entries],
        _("Unit"): [units[e.unit] for e in entries],
        _("Kind"): [kinds[e.kind] for e in entries],
        _("Measured on"): [e.measured_on for e in entries],
        _("Source"): [e.source for e in entries],
        _("Year"): [e.when() for e in entries],
        _("Section"): [e.where for e in entries],
        _("Topic"): [topics[e.topic] for e in entries],
        _("Caveat"): [e.caveat for e in entries],
        _("Speaks against it"): [" ".join(e.contradicts) for e in entries],
    }
    return pd.DataFrame(columns)


def _stem() -> str:
    return _("evidence-register")
