"""Which stock control fits a parameter?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import ipywidgets
import traitlets

from csworkbook import language
from csworkbook.errors import SettingError
from csworkbook.language import gettext as _
from csworkbook.pages.day import Day
from csworkbook.pages.talking import shared
from csworkbook.results import word

_LAYOUT = {"width": "auto", "flex": "1 1 14rem", "min_width": "0"}
_SHORT = 14
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UNSET = object()


class _Choice(traitlets.HasTraits):
    """Makes None an option like the others; stock selections read it as "nothing chosen"."""

    @traitlets.observe("value")
    def _propagate_value(self, change: Any) -> None:
        if change.new is None and None in self._options_values:
            self.index = self._options_values.index(None)
        else:
            super()._propagate_value(change)


class _Dropdown(_Choice, ipywidgets.Dropdown):
    pass


class _Buttons(_Choice, ipywidgets.ToggleButtons):
    pass


def control(name: str, options: Any, label: str, *, value: Any = _UNSET) -> ipywidgets.Widget:
    """The control for one parameter, by the abbreviations of ``ipywidgets.interact``.

    Parameters
    ----------
    name : str
        Name of the parameter; the control gets the class ``csw-control-<name>``.
    options : list, dict, tuple, bool, number, str, date or widget
        A list or dict (label → value): choice, as buttons when there are at most three short ones;
        None among them reads "all together". (least, most) or (least, most, step): a number.
        (first, last) day: a day between them, or none. True or False: a tick box. A number, text or
        date: that, free to change.
    label : str
        The text beside the control, in the page's language.
    value : object
        Start value; otherwise the first option, or the middle of the range.

    Raises
    ------
    SettingError
        When no control fits.
    """
    made = options if isinstance(options, ipywidgets.Widget) else _made(name, options)
    if value is not _UNSET:
        made.value = value
    made.description = made.tooltip = label
    made.layout = shared(ipywidgets.Layout, **_LAYOUT)
    if hasattr(getattr(made, "style", None), "description_width"):
        made.style = shared(type(made.style), description_width="auto")
    if made.has_trait("continuous_update"):
        made.continuous_update = False
    made.add_class("csw-control")
    made.add_class(f"csw-control-{name}")
    return made


def _made(name: str, options: Any) -> ipywidgets.Widget:
    if isinstance(options, bool):
        return ipywidgets.Checkbox(value=options, indent=False)
    if isinstance(options, tuple) and len(options) in (2, 3) and all(map(_is_number, options)):
        return _number_box(*options)
    if is_days(options):
        return Day(*options)
    if isinstance(options, (list, tuple, Mapping)) and len(options):
        return _choice(options)
    for kind, widget in _FREE:
        if isinstance(options, kind):
            return widget(value=options)
    raise SettingError(
        _("There is no control for “{name}”.").format(name=name),
        allowed=_("A list, a range of two or three numbers, yes/no, a number, a text or a date."),
    )


_FREE = (
    (int, ipywidgets.IntText),
    (float, ipywidgets.FloatText),
    (str, ipywidgets.Text),
    (date, ipywidgets.DatePicker),
)


def is_days(options: Any) -> bool:
    """Whether these are the first and the last of the days of which one may be chosen."""
    return isinstance(options, tuple) and len(options) == 2 and all(isinstance(one, date) for one in options)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _number_box(least: float, most: float, step: float | None = None) -> ipywidgets.Widget:
    whole = all(isinstance(value, int) for value in (least, most, step or 1))
    box = ipywidgets.BoundedIntText if whole else ipywidgets.BoundedFloatText
    step = step or (1 if whole else 0.1)
    middle = least + round((most - least) / 2 / step) * step
    return box(value=middle, min=least, max=most, step=step)


def _choice(options: list | tuple | Mapping) -> ipywidgets.Widget:
    if isinstance(options, Mapping):
        pairs = [(str(label), value) for label, value in options.items()]
    else:
        pairs = [_pair(option) for option in options]
    short = len(pairs) <= 3 and all(len(label) <= _SHORT for label, _value in pairs)
    box = _Buttons if short else _Dropdown
    return box(options=pairs, index=0)


def _pair(option: Any) -> tuple[str, Any]:
    if isinstance(option, tuple) and len(option) == 2:
        return str(option[0]), option[1]
    return (_("all together") if option is None else str(option)), option


def step_said(name: str) -> str:
    """A step of a visit as people say it; the owner's own names as they are."""
    from csworkbook.events import proposed

    return language.capital(proposed.words().get(name, name))


def option_said(name: str, option: Any) -> str:
    """An option of a control as people say it, where the function does not say it."""
    if option is None and name == "stage":
        return _("any stage")
    if option is None:
        return _("all together")
    if isinstance(option, str) and option[:-1].isdigit() and option.endswith("D"):
        days = int(option[:-1])
        return language.ngettext("{days} day", "{days} days", days).format(days=language.number(days))
    if isinstance(option, str) and _DAY.fullmatch(option):
        return language.day(date.fromisoformat(option))
    if isinstance(option, float):
        return language.percent(option, 1 if round(option * 1000) % 10 else 0)
    if isinstance(option, int) and not isinstance(option, bool):
        return language.number(option)
    said = {"week": _("week"), "month": _("month"), "nl": "Nederlands", "en": "English"}.get(option)
    return said or language.capital(str(word(option)))


def label_said(name: str) -> str:
    """What a parameter is called on the page."""
    return {
        "by": _("Split by"),
        "stage": _("Stage"),
        "every": _("Per"),
        "within": _("Within"),
        "silence": _("Lapsed after"),
        "margin": _("Gross margin"),
        "customers_per_year": _("Customers a year (0 = from your orders)"),
        "value_per_customer": _("Margin per customer a year (0 = from your orders)"),
        "invitations": _("Invitations sent (0 = not known)"),
        "topics": _("Topics, at most"),
        "language": _("Language"),
        "extra": _("With the optional questions"),
        "expected": _("Expected share"),
        "customers": _("Customers to ask (0 = very many)"),
        "response": _("Share that answers"),
    }.get(name, name)
