"""How does a checklist go along to the developer? One page to print, with what was answered so far."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csworkbook import language
from csworkbook.audits import told
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    from jinja2 import Template

    from csworkbook.audits.checklists import Item
    from csworkbook.audits.scored import Audit


def printed(audit: Audit, shop: str) -> str:
    """A page of its own with every question, the answers so far and room to write; needs no server.

    Parameters
    ----------
    audit : Audit
    shop : str
        The name of the shop.
    """
    return _template().render(
        lang=language.current(),
        shop=shop,
        made=language.day(date.today()),
        audit=audit,
        parts=_parts(audit),
        findings=audit.findings(),
        words=_words(),
    )


def _parts(audit: Audit) -> list[dict[str, Any]]:
    """The questions by part, in order; one part without a name where there are no groups."""
    parts: dict[str, list[dict[str, Any]]] = {}
    for item in audit.checklist.items:
        parts.setdefault(item.group, []).append(_question(audit, item))
    return [{"title": audit.checklist.groups.get(id, ""), "items": items} for id, items in parts.items()]


def _question(audit: Audit, item: Item) -> dict[str, Any]:
    given = audit.round.answer(item.id)
    boxes = [{"said": said, "ticked": answer == given.answer} for answer, said in told.words().items()]
    mend = audit.state(item) in ("bad", "partly")
    return {"item": item, "boxes": boxes, "note": given.note, "by": given.by, "mend": mend}


def _words() -> dict[str, str]:
    return {
        "first": _("What to mend first"),
        "why": _("Why it matters"),
        "good": _("What good looks like"),
        "action": _("What to do"),
        "note": _("Note"),
        "opinion": _(
            "An audit is an opinion of whoever answered: it says what to look at, and measures nothing."
        ),
        "developer": _("Go through it together: what can be done now, what later, what not, and why?"),
        "foot": _("Made with csworkbook on your own machine; no data left it."),
    }


@lru_cache
def _template() -> Template:
    from jinja2 import Environment

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(Path(__file__).with_name("printed.html.j2").read_text("utf-8"))
