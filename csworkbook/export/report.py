"""The leave-behind: what was found, on one page that needs no server and no internet."""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csworkbook import evidence, language
from csworkbook.findings import Finding, not_to_add
from csworkbook.language import gettext as _
from csworkbook.results import Result

if TYPE_CHECKING:
    from jinja2 import Template

    from csworkbook.shop import Shop

_MOST_ROWS = 40


def report(shop: Shop, results: list[tuple[str, Result]], found: list[Finding], *, title: str) -> str:
    """One self-contained HTML page: findings first, then every result with picture and table.

    Parameters
    ----------
    results : list of (title, Result)
        What the page shows now, in order.
    found : list of Finding
        In the order to print them.
    title : str
        The page's head.
    """
    parts = [_part(name, result) for name, result in results]
    drawn = {str(i): part["figure"] for i, part in enumerate(parts, 1)}
    return _template().render(
        lang=language.current(),
        title=title,
        shop=shop.name,
        made=language.day(date.today()),
        demo=_demo(shop, [result for _name, result in results]),
        findings=[_finding(finding) for finding in found],
        beware=not_to_add(found),
        parts=parts,
        figures=_script_safe(json.dumps(drawn)) if drawn else "",
        plotly=_plotly() if drawn else "",
        words=_words(),
    )


def _demo(shop: Shop, results: list[Result]) -> str:
    """That the figures are invented, where they are; what the reader answered himself is his own."""
    if not shop.is_demo:
        return ""
    invented = _("These figures are of the demo shop: invented.")
    own = _("The audits and what was typed are your own.")
    return f"{invented} {own}" if any(getattr(result, "is_own", False) for result in results) else invented


def _words() -> dict[str, str]:
    return {
        "findings": _("What to do first"),
        "none": _("Nothing was found that cannot be chance."),
        "foot": _("Made with csworkbook on your own machine; no data left it."),
    }


def _part(name: str, result: Result) -> dict[str, Any]:
    figure = result.plot()
    rows = [] if result.people else result.cells()
    more = len(result.table) - min(len(rows), _MOST_ROWS)
    said = _("… and {n} more rows").format(n=language.number(more)) if more > 0 else ""
    if result.people:
        said = _("The list of customers is not part of a report; download it from the page.")
    return {
        "title": name,
        "text": result.text,
        "headline": result.headline,
        "further": result.further,
        "method": result.method,
        "figure": json.loads(figure.to_json()),
        "height": int(figure.layout.height or 380),
        "heads": result.heads(),
        "rows": rows[:_MOST_ROWS],
        "more": said,
    }


def _finding(finding: Finding) -> dict[str, str]:
    worth = ""
    if finding.value is not None:
        worth = _("Worth per year: {value}, if {assumptions}.").format(
            value=finding.value, assumptions=language.join(list(finding.assumptions))
        )
    caveat = evidence.get(finding.benchmark).caveat if finding.benchmark else ""
    return {
        "headline": finding.headline,
        "action": finding.action,
        "worth": worth,
        "basis": finding.basis,
        "caveat": caveat,
    }


@lru_cache
def _template() -> Template:
    from jinja2 import Environment

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(Path(__file__).with_name("report.html.j2").read_text("utf-8"))


@lru_cache
def _plotly():
    from markupsafe import Markup
    from plotly.offline import get_plotlyjs

    return Markup(get_plotlyjs())


def _script_safe(text: str):
    """JSON that cannot end the script element it stands in."""
    from markupsafe import Markup

    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))
