"""What does the owner take home: the findings, one report, the questionnaire?"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from html import escape
from importlib import import_module
from typing import TYPE_CHECKING, Any

import ipywidgets

from csworkbook import chapters, evidence, language
from csworkbook.errors import SettingError
from csworkbook.findings import Finding, not_to_add, rank
from csworkbook.language import gettext as _
from csworkbook.language import ngettext
from csworkbook.pages.page import Page
from csworkbook.pages.talking import markup, shared, titled
from csworkbook.pages.widgets import Download
from csworkbook.results import Result

if TYPE_CHECKING:
    from csworkbook.shop import Shop

_FIRST = 5  # findings that are shown at once


def conclusions(shop: Shop) -> ipywidgets.VBox:
    """What the panels of this page found, in the order to act on it; follows the panels."""
    page = Page.of(shop)
    words = markup()

    def refresh() -> None:
        words.value = listed(rank(found(page)), shown=bool(shown(page)))

    page.after_panels(refresh)
    head = titled(_("What to do first"))
    box = ipywidgets.VBox([head, words], layout=shared(ipywidgets.Layout))
    box.add_class("csw-panel")
    page.answers(box)
    return box


def found(page: Page) -> list[Finding]:
    """The findings of every panel that shows a result; what two panels find alike is found once.

    What the visitor of the demo answered himself, such as an audit, is in its panel too.
    """
    every = [finding for _title, result in shown(page) for finding in result.findings()]
    return list({finding.headline: finding for finding in reversed(every)}.values())[::-1]


def shown(page: Page) -> list[tuple[str, Result]]:
    """The title and the result of every panel that shows one, without those that show an example only."""
    there = [(panel.title, panel.result) for panel in page.panels if panel.result is not None]
    return [(title, result) for title, result in there if not getattr(result, "is_example", False)]


def listed(ranked: list[Finding], *, shown: bool) -> str:
    """Findings as HTML: the first ones, and the rest folded away; `shown` tells whether anything was worked out."""
    if not ranked:
        nothing = _("Nothing was found that cannot be chance.") if shown else _("First bring your data.")
        return f'<p class="csw">{escape(nothing)}</p>'
    ranked = _each_advice_once(ranked)
    first, rest = ranked[:_FIRST], ranked[_FIRST:]
    more = ngettext("{n} more finding", "{n} more findings", len(rest)).format(n=language.number(len(rest)))
    folded = (
        f'<details class="csw-method"><summary>{escape(more)}</summary>{_items(rest, _FIRST + 1)}</details>'
    )
    beware = f'<p class="csw csw-note">{escape(not_to_add(ranked))}</p>' if not_to_add(ranked) else ""
    return _items(first) + (folded if rest else "") + beware


def _each_advice_once(ranked: list[Finding]) -> list[Finding]:
    """The same findings; what to do, and what is assumed, is said at the first of those with the same."""
    said: set[object] = set()
    told = []
    for finding in ranked:
        action = "" if finding.action in said else finding.action
        again = finding.assumptions and finding.assumptions in said
        assumptions = (_("the same holds as above"),) if again else finding.assumptions
        told.append(replace(finding, action=action, assumptions=assumptions))
        said |= {finding.action, finding.assumptions}
    return told


def _items(ranked: list[Finding], start: int = 1) -> str:
    return (
        f'<ol class="csw csw-findings" start="{start}">{"".join(_item(finding) for finding in ranked)}</ol>'
    )


def _item(finding: Finding) -> str:
    lines = [f"<strong>{escape(finding.headline)}</strong>", *filter(None, [escape(finding.action)])]
    if finding.value is not None:
        worth = _("Worth per year: {value}, if {assumptions}.").format(
            value=finding.value, assumptions=language.join(list(finding.assumptions))
        )
        lines.append(escape(worth))
    if finding.enough:
        lines.append(
            escape(_("{n} in all would be enough to tell.").format(n=language.number(finding.enough)))
        )
    return f"<li>{'<br>'.join(lines)}{_basis(finding)}</li>"


def _basis(finding: Finding) -> str:
    """What it rests on, folded away: own data, the handbook's figure and its caveat."""
    caveat = f". {evidence.get(finding.benchmark).caveat}" if finding.benchmark else ""
    summary = escape(_("What this rests on"))
    return (
        f'<details class="csw-method"><summary>{summary}</summary>{escape(finding.basis + caveat)}</details>'
    )


def report(shop: Shop, chapter: str) -> ipywidgets.Box:
    """A button that saves the page's findings, pictures and tables as one HTML file that prints well."""
    page, title = Page.of(shop), chapters.title(chapter)

    def make() -> tuple[str, str, bytes]:
        from csworkbook.export.report import report as written

        html = written(page.shop, shown(page), rank(found(page)), title=title)
        return f"{page.shop.name}-{title}.html".replace(" ", "-").lower(), "text/html", html.encode("utf-8")

    box = ipywidgets.Box([Download(_("Report (HTML, to print or mail)"), make)])
    box.add_class("csw-actions")
    page.answers(box)
    return box


@dataclass(frozen=True)
class _Document:
    """A questionnaire that can be taken along: its head, what to do with it, and the function that makes it."""

    head: str
    note: str
    stem: str
    module: str
    options: dict[str, Any] = field(default_factory=dict)
    function: str = "questionnaire"


def _documents(kind: str) -> tuple[_Document, ...]:
    """The questionnaires of one kind; a SettingError for a kind there is not."""
    mail = _("Paste the mail into your mail tool; it fills in the fields between double braces.")
    team = _("Let everybody in the company answer alone, before the customers' answers are shown.")
    survey, gap = "csworkbook.effort", "csworkbook.service_gap.questionnaire"
    loyal = _Document(
        _("Ten questions for loyal customers"),
        mail,
        "loyal-survey",
        "csworkbook.personas",
        {},
        "loyal_questions",
    )
    known = {
        "effort": (_Document(_("The questionnaire"), mail, "effort-survey", survey),),
        "service": (
            _Document(_("The questionnaire for customers"), mail, "service-survey", gap),
            _Document(
                _("The questionnaire for the company"), team, "service-company", gap, {"role": "company"}
            ),
        ),
        "loyal": (loyal,),
    }
    if kind not in known:
        raise SettingError(
            _("There is no questionnaire “{kind}”.").format(kind=kind),
            allowed=_("Possible: {columns}.").format(columns=language.join(list(known))),
        )
    return known[kind]


def documents(shop: Shop, kind: str = "effort") -> ipywidgets.VBox:
    """A survey ready to send: mail, text and form, in Dutch and in English.

    Parameters
    ----------
    kind : {"effort", "service", "loyal"}
        The effort survey, the service survey for customers and for the company, or the ten questions for
        loyal customers.

    Raises
    ------
    SettingError
        When there is no such survey.
    """
    page = Page.of(shop)
    box = ipywidgets.VBox([part for one in _documents(kind) for part in _document(page, one)])
    box.add_class("csw-panel")
    return box


def _document(page: Page, document: _Document) -> list[ipywidgets.Widget]:
    """A head, what to do, and the buttons in each language, the language spoken now first."""
    parts = [titled(document.head), markup(f'<p class="csw">{escape(document.note)}</p>')]
    for spoken in sorted(language.LANGUAGES, key=lambda one: one != language.current()):
        labels = {"html": _("Mail (HTML)"), "plain": _("Text"), "form_csv": _("Form (CSV)")}
        buttons = [_taken(page, document, spoken, part, label) for part, label in labels.items()]
        box = ipywidgets.Box(buttons)
        box.add_class("csw-actions")
        parts += [markup(f'<h3 class="csw">{language.LANGUAGES[spoken]}</h3>'), box]
    return parts


def _taken(page: Page, document: _Document, spoken: str, part: str, label: str) -> Download:
    """A button for one part of a questionnaire, made with the settings of the shop that is open then."""
    ending, mime = {
        "html": ("html", "text/html"),
        "plain": ("txt", "text/plain"),
        "form_csv": ("csv", "text/csv"),
    }[part]

    def make() -> tuple[str, str, bytes]:
        questionnaire = getattr(import_module(document.module), document.function)
        made = getattr(page.shop.call(questionnaire, language=spoken, **document.options), part)
        mark = "\ufeff" if part == "form_csv" else ""
        return f"{document.stem}-{spoken}.{ending}", mime, (mark + made).encode("utf-8")

    return Download(label, make)
