"""How did this week go? One page to print or mail: KPIs, metrics, targets, signals, and what to do.

It stands alone (no script, no font, no address in it), so it can be put in a shared folder every week.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csworkbook import language
from csworkbook.errors import DataError, SettingError
from csworkbook.kpis import counted, week_figures
from csworkbook.kpis.definitions import KPIS, METRICS, Choices, exclusions, formula
from csworkbook.kpis.tallies import weekly
from csworkbook.language import gettext as _
from csworkbook.results import word

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from jinja2 import Template

    from csworkbook.kpis.week_figures import Figure
    from csworkbook.shop import Shop

MARK = "csworkbook report of a week"  # by which a report is known, so that no other file is overwritten
_BESIDE = ("satisfied", "retention")
_PER_CHANNEL = ("contacts", "reply", "resolved", "very_friendly", "cost_to_resolution")


@dataclass(frozen=True)
class WeekReport:
    """A report: the Monday of its week, what its file is called, and the page itself."""

    week: date
    filename: str
    html: str


def report(shop: Shop, week: date | None = None, *, targets: Mapping[str, float] | None = None) -> WeekReport:
    """The page about one week, in the language spoken now.

    Parameters
    ----------
    shop : Shop
        Its contacts are needed; orders, effort survey and channel costs add to it.
    week : date, optional
        A day of the week; the last finished week by default.
    targets : mapping, optional
        What is aimed at, by figure; those of the shop by default.

    Raises
    ------
    DataError
        When there are no contacts, or no week of them is over.
    SettingError
        When that week is not over, or not in the data.
    """
    rows = shop.call(weekly)
    monday = _require(week, _finished(shop))
    aims = shop.settings.targets if targets is None else targets
    found = week_figures.figures(rows, monday, aims, currency=shop.settings.currency)
    name = re.sub(r"[^\w]+", "-", f"{shop.name} {_iso(monday)}".casefold()).strip("-")
    return WeekReport(monday, f"{name}.html", _page(shop, monday, rows, found))


def weeks(shop: Shop) -> list[date]:
    """The Mondays of the weeks that can be reported on, the last first; none without contacts."""
    try:
        return _finished(shop)[::-1]
    except DataError:
        return []


def said(monday: date) -> str:
    """A week in words.

    >>> said(date(2026, 6, 15))
    'Week 25: 15 June to 21 June 2026'
    """
    return _("Week {number}: {days}").format(number=monday.isocalendar().week, days=_days(monday))


def _finished(shop: Shop) -> list[date]:
    """The Mondays of the weeks that are over, in order of time."""

    def over(contacts, *, opening_hours, zone, country):
        about = {"opening_hours": opening_hours, "zone": zone, "country": country}
        return counted.counted(contacts, period="week", within=Choices().within, **about).finished

    return [start.date() for start in shop.call(over)]


def _require(week: date | None, there: list[date]) -> date:
    """The Monday of a week that is over; an error for any other."""
    if not there:
        raise DataError(
            _("There is no finished week of contacts yet."), next_step=_("Bring contacts of a whole week.")
        )
    monday = there[-1] if week is None else week - timedelta(days=week.weekday())
    if monday not in there:
        raise SettingError(
            _("There is no report of week {week}: it is not over, or not in the data.").format(
                week=_iso(monday)
            ),
            allowed=_("Weeks from {first} to {last}.").format(first=_iso(there[0]), last=_iso(there[-1])),
        )
    return monday


def _iso(monday: date) -> str:
    year, number, _day = monday.isocalendar()
    return f"{year}-W{number:02}"


def _days(monday: date) -> str:
    first, last = language.day(monday, "d MMMM"), language.day(monday + timedelta(days=6))
    return _("{first} to {last}").format(first=first, last=last)


def _page(shop: Shop, monday: date, rows: pd.DataFrame, found: dict[str, Figure]) -> str:
    kpis, others = ([found[one] for one in ids] for ids in (KPIS, (*METRICS, *_BESIDE)))
    return _template().render(
        lang=language.current(),
        mark=MARK,
        title=_("Week {number} of {year}").format(
            number=monday.isocalendar().week, year=monday.isocalendar().year
        ),
        shop=shop.name,
        days=_days(monday),
        demo=_("These figures are of the demo shop: invented.") if shop.is_demo else "",
        changed=[one.change for one in (*kpis, *others) if one.change],
        kpis=[_row(one) for one in kpis],
        metrics=[_row(one) for one in others],
        heads=[_("Metric"), _("This week"), _("The week before"), _("Target"), _("The last year")],
        channels=_channels(rows, found),
        channel_heads=[
            _("Channel"),
            *(found[one].definition.name for one in _PER_CHANNEL if found[one].known),
        ],
        findings=week_figures.findings(found),
        words=_words(),
    )


def _channels(rows: pd.DataFrame, found: dict[str, Figure]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The figures that channels have of their own, every channel by its name in words."""
    told = week_figures.by_channel(rows, found, _PER_CHANNEL)
    return [(language.capital(str(word(channel))), cells) for channel, cells in told]


def _row(figure: Figure) -> dict[str, Any]:
    """A figure as it stands on the page."""
    from markupsafe import Markup

    return {
        "name": figure.definition.name,
        "value": figure.said,
        "range": figure.range,
        "before": figure.before,
        "target": figure.aim,
        "state": {"yes": "met", "no": "missed"}.get(figure.state, "soft"),
        "signal": figure.signal_said,
        "spark": Markup(figure.spark),  # made by ElementTree, which escapes
        "formula": language.capital(formula(figure.metric)) + ".",
        "exclusions": _("Left out: {what}.").format(what=exclusions(figure.metric)),
    }


def _words() -> dict[str, str]:
    return {
        "made": _("made on {day}").format(day=language.day(date.today())),
        "changed": _("What changed"),
        "nothing": _("Nothing happened this week that cannot be chance."),
        "before": _("The week before:"),
        "kpis": _("The four KPIs"),
        "metrics": _("The ten metrics, and two beside them"),
        "channels": _("By channel"),
        "legend": _(
            "Between brackets the range within which the true figure lies with 95% certainty. The grey band is "
            "what chance alone brings about; a large dot lies outside it, or is the ninth in a row on one side. "
            "About one figure in 150 is marked like that without anything having happened. Figures that need "
            "time (does somebody come back, does he buy again?) are of the last week of which they are known."
        ),
        "findings": _("What to do first"),
        "none": _("No target is missed by more than chance, and nothing changed for the worse."),
        "how": _("How each figure is worked out"),
        "foot": _("Made with csworkbook on your own machine; no data left it."),
    }


@lru_cache
def _template() -> Template:
    from jinja2 import Environment

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(Path(__file__).with_name("week_report.html.j2").read_text("utf-8"))
