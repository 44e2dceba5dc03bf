"""What can the owner do now, what is missing, and where does he get that?"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from csworkbook import chapters, readiness
from csworkbook.language import gettext as _
from csworkbook.language import join
from csworkbook.naming import table_name
from csworkbook.pages.panel import Panel
from csworkbook.pages.talking import markup

if TYPE_CHECKING:
    from csworkbook.shop import Shop

_MOST = 8


def ready(shop: Shop) -> Panel:
    """The matrix of chapters and tables; a list on a phone; and how to get each missing table."""
    return ReadyPanel(shop, readiness.measure, "", {})


class ReadyPanel(Panel):
    """What `ready` makes: a panel with a list for narrow screens and the ways to missing tables."""

    def _build(self) -> None:
        self._listed_chapters, self._ways = markup(), markup()
        super()._build()
        self.add_class("csw-ready")
        head, words, *rest = self.children[0], self._words, *self.children[3:]
        self.children = (head, self._bar, words, self._listed_chapters, *rest[:1], self._ways, *rest[1:])

    def _draw(self) -> None:
        super()._draw()
        self.add_class("csw-ready")
        self._listed_chapters.value = chapter_list(self.result)
        self._ways.value = ways(self.result)


def chapter_list(found: readiness.Readiness) -> str:
    """The matrix as a list, one item per chapter, as HTML."""
    items = "".join(_chapter(need, found.tables) for need in found.asked)
    return f'<ul class="csw csw-ready-list">{items}</ul>'


def _chapter(need: readiness.Need, tables: tuple[str, ...]) -> str:
    state = need.state(tables)
    lacks = [table for table in need.needs if table not in tables]
    richer = [table for table in need.helps if table not in tables]
    lines = [_("It lacks {tables}.").format(tables=readiness.names(lacks))] if lacks else []
    lines += [_("It says more with {tables}.").format(tables=readiness.names(richer))] if richer else []
    said = "".join(f'<span class="csw-soft">{escape(line)}</span>' for line in lines)
    return (
        f'<li class="csw-ready-{state}"><strong>{escape(chapters.title(need.chapter))}</strong>'
        f'<span class="csw-ready-state">{escape(readiness.state_name(state))}</span>{said}</li>'
    )


def ways(found: readiness.Readiness) -> str:
    """Per table that is not there: which chapters ask for it and how to get it, as HTML."""
    missing = found.missing()
    if not missing:
        return ""
    heading = escape(_("How to get what is missing"))
    blocks = "".join(_way(table, asking) for table, asking in missing.items())
    return f'<div class="csw csw-ways"><h3 class="csw">{heading}</h3>{blocks}</div>'


def _way(table: str, asking: list[str]) -> str:
    name = table_name(table)
    asked = _("asked for by {chapters}").format(chapters=join([chapters.title(one) for one in asking]))
    return (
        f'<details class="csw-way"><summary><strong>{escape(name[:1].upper() + name[1:])}</strong> '
        f'<span class="csw-soft">{escape(asked)}</span></summary>{exports(table)}</details>'
    )


def exports(table: str) -> str:
    """The usual systems a table can be had from, and where to click there, as HTML."""
    from csworkbook.intake import systems

    known = systems.exports_for(table)[:_MOST]
    general = _general(table)
    items = "".join(
        f"<dt>{escape(one.title())}</dt><dd>{escape(one.how())}</dd>" for one in known if one.how()
    )
    return f"<p>{escape(general)}</p>{f'<dl>{items}</dl>' if items else ''}"


def _general(table: str) -> str:
    """What the table is, for somebody who has another system than those that are listed."""
    return {
        "orders": _(
            "One row per order: number, date, customer and amount. Every shop system can export this."
        ),
        "order_lines": _("One row per product in an order: order, product, number and price."),
        "returns": _("One row per product that came back: order, product, date and reason."),
        "contacts": _(
            "One row per question or complaint: date, channel and subject. Your help desk can export this."
        ),
        "messages": _("One row per message in a conversation: contact, time, who wrote it, and the text."),
        "events": _(
            "One row per page view or step of a visitor: visitor, time and step, from your web analytics."
        ),
        "effort_survey": _(
            "One row per answer to the three questions of chapter 3, where you also find the questionnaire."
        ),
        "loyal_survey": _(
            "One row per loyal customer who answered the ten questions of chapter 6, where you also find the "
            "questionnaire."
        ),
        "service_survey": _(
            "Answers to the 22 questions about service; the questionnaire comes with chapter 1."
        ),
        "perception": _(
            "Whether customers, and you yourselves, call your service superior: one row per answer."
        ),
        "channel_costs": _(
            "A small table that you type yourself: month, channel and hours worked, from the rota or the pay slips."
        ),
        "reviews": _("One row per review: date, stars and text, from your review platform."),
        "products": _("One row per product: number, name and category, from your shop system."),
    }[table]
