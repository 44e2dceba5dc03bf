"""What does a shop say about itself, and how does its owner change that?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any
from unicodedata import normalize
from zoneinfo import available_timezones

import ipywidgets

from csworkbook.errors import SettingError
from csworkbook.hours import countries
from csworkbook.language import LANGUAGES, locale, number
from csworkbook.language import gettext as _
from csworkbook.pages.controls import control
from csworkbook.pages.filecard import press
from csworkbook.pages.page import Page
from csworkbook.pages.talking import markup, see, sentence, titled
from csworkbook.settings import WEEK, Settings

if TYPE_CHECKING:
    from csworkbook.shop import Shop

TARGETS = ("email", "phone", "chat", "social")
CURRENCIES = ("EUR", "GBP", "USD", "CHF", "DKK", "SEK", "NOK", "PLN", "CZK", "CAD", "AUD")


def shop_settings(shop: Shop) -> ipywidgets.VBox:
    """A form with the settings of the shop that is open; for the demo shop they can only be read."""
    return SettingsForm(shop)


class SettingsForm(ipywidgets.VBox):
    """What `shop_settings` makes; `fields` are its controls by the name of the setting."""

    def __init__(self, shop: Shop) -> None:
        self.page = Page.of(shop)
        self._trouble, self._about = ipywidgets.VBox(), markup()
        self.fields = _fields()
        self._save = press(_("Save"), self.save, self._trouble)
        days = [self.fields[f"opening_hours.{day}"] for day in WEEK]
        goals = [self.fields[f"targets.{channel}"] for channel in TARGETS]
        plain = [box for name, box in self.fields.items() if "." not in name]
        parts = [
            titled(_("Settings of the shop")),
            self._about,
            _grid(plain),
            _heading(_("Opening hours"), _("For example 09:00-17:30; leave empty when closed.")),
            _grid(days),
            _heading(
                _("Targets: share answered in time"),
                _("In per cent, per channel; leave empty where there is none."),
            ),
            _grid(goals),
            _box(self._save),
            self._trouble,
        ]
        super().__init__(parts)
        self.add_class("csw-panel")
        self.add_class("csw-settings")
        self.page.listen(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the settings of the shop that is open now."""
        shop = self.page.shop
        for name, value in shown(shop.settings).items():
            self.fields[name].value = value
            self.fields[name].disabled = shop.is_demo
        see(self._save, not shop.is_demo)
        self._trouble.children = ()
        theirs = _(
            "These belong to the demo shop and cannot be changed: everybody sees the same one. "
            "Bring your own data, or make a workbook, and this form is yours."
        )
        mine = _("Every chapter counts with these. They are saved in the workbook.")
        why = theirs if shop.is_demo else mine
        self._about.value = f'<p class="csw">{escape(why)}</p>'

    def save(self) -> None:
        """Check what was typed and save it, or say what is wrong."""
        shop = self.page.shop
        shop.save(read({name: box.value for name, box in self.fields.items()}, shop.settings))
        self.page.show(shop)
        self._trouble.children = (sentence(_("Saved. Every page counts with it from now on."), "done"),)


def _fields() -> dict[str, ipywidgets.Widget]:
    """An empty control for every setting."""
    zones = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    days = _days()
    channels = {"email": _("E-mail"), "phone": _("Phone"), "chat": _("Chat"), "social": _("Social media")}
    spoken = [(name, code) for code, name in LANGUAGES.items()]
    return {
        "name": control("name", "", _("Name of the shop")),
        "currency": control("currency", list(CURRENCIES), _("Currency")),
        "zone": control("zone", ipywidgets.Combobox(options=zones, ensure_option=False), _("Time zone")),
        "country": control(
            "country", ipywidgets.Dropdown(options=_countries()), _("Public holidays (closed) of")
        ),
        "language": control("language", ipywidgets.Dropdown(options=spoken), _("Language")),
        "margin": control("margin", "", _("Gross margin (% of revenue)")),
        "hourly_cost": control("hourly_cost", "", _("Cost of an hour of work")),
        "discount_rate": control("discount_rate", "", _("Money a year later counts less by (%)")),
        **{f"opening_hours.{day}": control(f"hours_{day}", "", days[day]) for day in WEEK},
        **{f"targets.{one}": control(f"target_{one}", "", channels[one]) for one in TARGETS},
    }


def _countries() -> list[tuple[str, str]]:
    """(name in the language spoken now, code) of every country whose holidays are known, after none."""
    from babel import Locale

    names = Locale.parse(locale()).territories
    known = [(str(names.get(code, code)), code) for code in countries()]
    known.sort(key=lambda pair: normalize("NFKD", pair[0]).encode("ascii", "ignore").lower())
    return [(_("none: open on holidays too"), ""), *known]


def _days() -> dict[str, str]:
    return {
        "monday": _("Monday"),
        "tuesday": _("Tuesday"),
        "wednesday": _("Wednesday"),
        "thursday": _("Thursday"),
        "friday": _("Friday"),
        "saturday": _("Saturday"),
        "sunday": _("Sunday"),
    }


def shown(settings: Settings) -> dict[str, str]:
    """Settings as they stand in the form: numbers written as people write them."""
    hours = {f"opening_hours.{day}": settings.opening_hours.get(day, "") for day in WEEK}
    goals = {one: settings.targets.get(one) for one in TARGETS}
    return {
        "name": settings.name,
        "currency": settings.currency if settings.currency in CURRENCIES else CURRENCIES[0],
        "zone": settings.zone,
        "country": settings.country if settings.country in countries() else "",
        "language": settings.language,
        "margin": _written(settings.margin * 100),
        "hourly_cost": _written(settings.hourly_cost),
        "discount_rate": _written(settings.discount_rate * 100),
        **hours,
        **{f"targets.{one}": "" if goal is None else _written(goal * 100) for one, goal in goals.items()},
    }


def _written(value: float) -> str:
    """A number with as many decimals as it needs, at most two."""
    value = round(value, 2)
    return number(value, 0 if value == round(value) else 1 if value * 10 == round(value * 10) else 2)


def read(typed: Mapping[str, Any], before: Settings) -> Settings:
    """The settings somebody typed; those that nobody can type wrong are checked when they are saved.

    Raises
    ------
    SettingError
        Naming the first field that cannot be read, and what can.
    """
    hours = {day: _hours(day, str(typed[f"opening_hours.{day}"])) for day in WEEK}
    goals = {one: str(typed[f"targets.{one}"]).strip() for one in TARGETS}
    said = {one: _share(_("The target"), goal) for one, goal in goals.items() if goal}
    kept = {one: goal for one, goal in before.targets.items() if one not in TARGETS}
    return replace(
        before,
        name=str(typed["name"]).strip(),
        currency=typed["currency"],
        zone=str(typed["zone"]).strip(),
        country=typed["country"],
        language=typed["language"],
        margin=_share(_("The gross margin"), str(typed["margin"])),
        hourly_cost=_cost(str(typed["hourly_cost"])),
        discount_rate=_share(_("The discount rate"), str(typed["discount_rate"])),
        opening_hours={day: said for day, said in hours.items() if said},
        targets={**kept, **said},
    )


def number_typed(text: str) -> float | None:
    """A number somebody typed, with a decimal comma or point; None where it is none.

    >>> number_typed(" 32,50 "), number_typed("35 %"), number_typed("many")
    (32.5, 35.0, None)
    """
    text = text.strip().rstrip("%").strip().lstrip("€$£").strip()
    return float(text.replace(",", ".")) if re.fullmatch(r"\d{1,9}([.,]\d{1,4})?", text) else None


def _share(what: str, typed: str) -> float:
    value = number_typed(typed)
    if value is None or not 0 <= value <= 100:
        raise SettingError(
            _("{what} cannot be “{typed}”.").format(what=what, typed=typed.strip()),
            allowed=_("A percentage from 0 to 100, such as 35 or 42.5."),
        )
    return round(value / 100, 6)


def _cost(typed: str) -> float:
    value = number_typed(typed)
    if value is None or value <= 0:
        raise SettingError(
            _("{what} cannot be “{typed}”.").format(what=_("The cost of an hour"), typed=typed.strip()),
            allowed=_("An amount above 0, such as 32.50: wages with everything that comes on top."),
        )
    return value


def _hours(day: str, typed: str) -> str:
    """Opening hours as they are kept, "09:00-17:00"; empty when closed."""
    typed = typed.strip()
    if not typed:
        return ""
    found = re.fullmatch(r"(\d{1,2})(?:[:.](\d{2}))?\s*[-–]\s*(\d{1,2})(?:[:.](\d{2}))?", typed)
    hour, minute, until, past = (int(part or 0) for part in found.groups()) if found else (0, 0, 0, 0)
    start, end = hour * 60 + minute, until * 60 + past
    end = end or 24 * 60  # midnight ends the day
    if not found or max(minute, past) > 59 or not start < end <= 24 * 60:
        raise SettingError(
            _("The opening hours of {day} cannot be “{typed}”.").format(day=_days()[day], typed=typed),
            allowed=_("From and to, such as 09:00-17:30; empty when closed."),
        )
    return f"{hour:02}:{minute:02}-{until % 24:02}:{past:02}"


def _grid(boxes: list[ipywidgets.Widget]) -> ipywidgets.Box:
    box = ipywidgets.Box(boxes)
    box.add_class("csw-controls")
    return box


def _box(button: ipywidgets.Widget) -> ipywidgets.Box:
    box = ipywidgets.Box([button])
    box.add_class("csw-actions")
    return box


def _heading(text: str, hint: str) -> ipywidgets.HTML:
    return markup(f'<h3 class="csw">{escape(text)}</h3><p class="csw csw-soft">{escape(hint)}</p>')
