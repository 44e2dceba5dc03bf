"""What does the owner take home: the findings, one report, the questionnaire?"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import ipywidgets

from csworkbook import chapters, evidence, language
from csworkbook.findings import Finding, rank
from csworkbook.language import gettext as _
from csworkbook.pages.page import Page
from csworkbook.pages.talking import markup, shared, titled
from csworkbook.pages.widgets import Download

if TYPE_CHECKING:
    from csworkbook.shop import Shop


def conclusions(shop: Shop) -> ipywidgets.VBox:
    """What the panels of this page found, in the order to act on it; follows the panels."""
    page = Page.of(shop)
    words = markup()

    def refresh() -> None:
        shown = any(panel.result is not None for panel in page.panels)
        words.value = _list(rank(found(page)), shown=shown)

    page.after_panels(refresh)
    head = titled(_("What to do first"))
    box = ipywidgets.VBox([head, words], layout=shared(ipywidgets.Layout))
    box.add_class("csw-panel")
    return box


def found(page: Page) -> list[Finding]:
    """The findings of every panel that shows a result."""
    return [
        finding for panel in page.panels if panel.result is not None for finding in panel.result.findings()
    ]


def _list(ranked: list[Finding], *, shown: bool) -> str:
    if not ranked:
        nothing = _("Nothing was found that cannot be chance.") if shown else _("First bring your data.")
        return f'<p class="csw">{escape(nothing)}</p>'
    return f'<ol class="csw csw-findings">{"".join(_item(finding) for finding in ranked)}</ol>'


def _item(finding: Finding) -> str:
    lines = [f"<strong>{escape(finding.headline)}</strong>", escape(finding.action)]
    if finding.value is not None:
        worth = _("Worth per year: {value}, if {assumptions}.").format(
            value=finding.value, assumptions=language.join(list(finding.assumptions))
        )
        lines.append(escape(worth))
    if finding.enough:
        lines.append(escape(_("{n} answers would be enough.").format(n=language.number(finding.enough))))
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

        shown = [(panel.title, panel.result) for panel in page.panels if panel.result is not None]
        html = written(page.shop, shown, rank(found(page)), title=title)
        return f"{page.shop.name}-{title}.html".replace(" ", "-").lower(), "text/html", html.encode("utf-8")

    box = ipywidgets.Box([Download(_("Report (HTML, to print or mail)"), make)])
    box.add_class("csw-actions")
    return box


def documents(shop: Shop) -> ipywidgets.VBox:
    """The effort survey ready to send: mail, text and form, in Dutch and in English."""
    from csworkbook.effort import questionnaire

    def button(label: str, name: str, mime: str, part: str, spoken: str) -> Download:
        def make() -> tuple[str, str, bytes]:
            made = getattr(questionnaire(language=spoken), part)
            return name, mime, (("\ufeff" if part == "form_csv" else "") + made).encode("utf-8")

        return Download(label, make)

    rows = []
    for spoken in sorted(language.LANGUAGES, key=lambda one: one != language.current()):
        stem = f"effort-survey-{spoken}"
        buttons = ipywidgets.Box(
            [
                button(_("Mail (HTML)"), f"{stem}.html", "text/html", "html", spoken),
                button(_("Text"), f"{stem}.txt", "text/plain", "plain", spoken),
                button(_("Form (CSV)"), f"{stem}.csv", "text/csv", "form_csv", spoken),
            ]
        )
        buttons.add_class("csw-actions")
        rows += [markup(f'<h3 class="csw">{language.LANGUAGES[spoken]}</h3>'), buttons]
    note = _("Paste the mail into your mail tool; it fills in the fields between double braces.")
    head = titled(_("The questionnaire"))
    note = markup(f'<p class="csw">{escape(note)}</p>')
    box = ipywidgets.VBox([head, note, *rows])
    box.add_class("csw-panel")
    return box
