"""What does the owner aim at, and is it reached? Targets are settings of the workbook, one per figure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from csworkbook import language
from csworkbook.errors import SettingError
from csworkbook.kpis.definitions import DEFINITIONS, KPIS, METRICS, Definition
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    from csworkbook.shop import Shop

State = Literal["yes", "no", "cannot tell yet", ""]
# what a target can be, in the unit it is kept in
_RANGE = {
    "share": (0.0, 1.0),
    "minutes": (0.0, 60.0 * 24 * 365),
    "score": (1.0, 5.0),
    "money": (0.0, 1e6),
    "points": (-1.0, 1.0),
}
_HUNDREDTHS = ("share", "points")  # kept as parts of one, typed as parts of a hundred
_TIMES = {  # minutes, by the unit in Dutch or English
    **dict.fromkeys(("s", "sec", "second", "seconds", "seconde", "seconden"), 1 / 60),
    **dict.fromkeys(("", "m", "min", "minute", "minutes", "minuut", "minuten"), 1.0),
    **dict.fromkeys(("h", "hr", "hour", "hours", "u", "uur", "uren"), 60.0),
    **dict.fromkeys(("d", "day", "days", "dag", "dagen"), 60.0 * 24),
}


@dataclass(frozen=True)
class Field:
    """A target that can be typed: the figure, what it is called, and how to type it."""

    metric: str
    label: str
    hint: str


def fields() -> list[Field]:
    """The figures that can have a target, KPIs first; those of which neither more nor less is better have none."""
    known = [DEFINITIONS[one] for one in (*KPIS, *METRICS) if DEFINITIONS[one].better]
    return [Field(one.id, one.name, _hint(one)) for one in known]


def own(targets: Mapping[str, Any]) -> dict[str, float]:
    """Of the targets in a workbook those of key figures, as far as they can be one.

    >>> own({"chat": 0.8, "first_contact": 0.75, "nps": "high", "effort": 7})
    {'first_contact': 0.75}
    """
    known = {one.metric for one in fields()}
    return {
        metric: float(value)
        for metric, value in targets.items()
        if metric in known and _is_number(value) and _fits(metric, float(value))
    }


def read(metric: str, text: str) -> float | None:
    """A target somebody typed, in the unit of the figure; None where the box is empty.

    Shares and the net promoter score are typed as parts of a hundred, times in minutes or with their unit.

    Raises
    ------
    SettingError
        When it cannot be a target of this figure, saying what can.

    >>> read("first_contact", "75 %"), read("reply", "24 h"), read("nps", "-10"), read("effort", " ")
    (0.75, 1440.0, -0.1, None)
    """
    text = " ".join(text.split())
    if not text:
        return None
    unit = DEFINITIONS[metric].unit
    value = _minutes(text) if unit == "minutes" else _number(text)
    value = value / 100 if value is not None and unit in _HUNDREDTHS else value
    if value is None or not _fits(metric, value):
        raise SettingError(
            _("“{typed}” cannot be a target for “{figure}”.").format(
                typed=text[:60], figure=DEFINITIONS[metric].name
            ),
            allowed=_allowed(unit),
        )
    return round(value, 9)


def written(metric: str, value: float | None) -> str:
    """A target as it stands in its text box; empty where there is none.

    >>> written("first_contact", 0.755), written("reply", 1440.0), written("nps", None)
    ('75.5', '1440', '')
    """
    if value is None:
        return ""
    shown = value * 100 if DEFINITIONS[metric].unit in _HUNDREDTHS else value
    decimals = next((d for d in (0, 1, 2) if abs(shown - round(shown, d)) < 1e-6), 3)
    return language.number(shown, decimals).replace("," if language.current() == "en" else ".", "")


def keep(shop: Shop, metric: str, value: float | None) -> None:
    """Keep a target in the settings of a workbook, or none; every other setting stays as it stands there.

    One at a time: what is typed on two pages at once is both kept.
    """
    from csworkbook.settings import read_settings, save_settings

    with shop.store.together():  # others wait; and its file tells that something was typed here
        there = read_settings(shop.folder / "workbook.toml")
        targets = {name: goal for name, goal in there.targets.items() if name != metric}
        if value is not None:
            targets[metric] = value
        save_settings(shop.folder, replace(there, targets=targets))
    shop.settings = replace(shop.settings, targets=targets)


def state(metric: str, low: float, high: float, target: float | None) -> State:
    """Whether a target is reached: "cannot tell yet" where it lies within the interval, "" without a target.

    >>> state("first_contact", .70, .74, .75), state("churn", .70, .74, .75), state("nps", -.1, .3, .2)
    ('no', 'yes', 'cannot tell yet')
    """
    better = DEFINITIONS[metric].better
    if target is None or target != target or not better:
        return ""
    worst, best = sorted((low * better, high * better))
    if worst >= target * better:
        return "yes"
    return "no" if best < target * better else "cannot tell yet"


def aimed(metric: str, target: float, currency: str = "EUR") -> str:
    """A target in words: at least or at most so much.

    >>> aimed("first_contact", 0.75), aimed("reply", 30)
    ('at least 75.0%', 'at most 30 minutes')
    """
    known = DEFINITIONS[metric]
    said = _("at least {value}") if known.better > 0 else _("at most {value}")
    return said.format(value=known.say(target, currency))


def _hint(known: Definition) -> str:
    least = known.better > 0
    if known.unit == "share":
        return _("At least, in per cent") if least else _("At most, in per cent")
    if known.unit == "score":
        return _("At least, from 1 to 5")
    if known.unit == "points":
        return _("At least, from −100 to 100")
    if known.unit == "minutes":
        return _("At most, in minutes; or such as 20 s, 24 h")
    return _("At most, per solved issue")


def _allowed(unit: str) -> str:
    return {
        "share": _("A percentage from 0 to 100, such as 35 or 42.5."),
        "minutes": _("A time, such as 30 (minutes), 20 s or 24 h."),
        "score": _("A number from 1 to 5, such as 4.2."),
        "money": _("An amount above 0, such as 7.50."),
        "points": _("A number from −100 to 100, such as 20."),
    }[unit]


def _fits(metric: str, value: float) -> bool:
    unit = DEFINITIONS[metric].unit
    least, most = _RANGE[unit]
    return least <= value <= most and (value > 0 or unit in _HUNDREDTHS)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _number(text: str) -> float | None:
    """A number with a decimal comma or point, and perhaps a sign of per cent or money."""
    bare = text.replace("−", "-").rstrip("%").lstrip("€$£").strip()
    return float(bare.replace(",", ".")) if re.fullmatch(r"-?[0-9]{1,7}([.,][0-9]{1,4})?", bare) else None


def _minutes(text: str) -> float | None:
    """A time in minutes; None where it is none."""
    found = re.fullmatch(r"([0-9]{1,7}(?:[.,][0-9]{1,4})?) ?([a-z]*)\.?", text.casefold())
    known = found is not None and found[2] in _TIMES
    return float(found[1].replace(",", ".")) * _TIMES[found[2]] if known else None
