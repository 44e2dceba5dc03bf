"""What does a shop say about itself? Name, currency, margin, costs, hours: ``workbook.toml``."""

from __future__ import annotations

import os
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from csworkbook.errors import SettingError
from csworkbook.language import LANGUAGES
from csworkbook.language import gettext as _

MOST_ITEMS = 22  # of a service survey
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Settings:
    """What a shop says about itself.

    `margin` is a share of revenue (0–1), costs are per hour; `country` tells the public holidays (none
    when empty). `service_items` says of every item of the shop's own service survey which dimension it
    belongs to, `service_texts` how it reads; without them the survey is SERVQUAL's.
    """

    name: str = "Demo"
    currency: str = "EUR"
    zone: str = "Europe/Amsterdam"
    language: str = "nl"
    margin: float = 0.35
    hourly_cost: float = 32.0
    opening_hours: dict[str, str] = field(default_factory=lambda: dict.fromkeys(WEEK[:5], "09:00-17:00"))
    targets: dict[str, float] = field(default_factory=dict)
    country: str = "NL"
    service_items: dict[str, str] = field(default_factory=dict)
    service_texts: dict[str, str] = field(default_factory=dict)


def require(settings: Settings) -> None:
    """Raise a SettingError for a setting that cannot be, saying what can."""
    from zoneinfo import available_timezones

    from babel import Locale

    from csworkbook.hours import require_country  # hours know the week from here

    _must(bool(settings.name.strip()), _("A shop needs a name."), _("A name with at least one letter."))
    _must(
        settings.currency in Locale("en").currencies,
        _("“{value}” is not a currency.").format(value=settings.currency),
        _("Allowed are codes such as EUR, USD or GBP."),
    )
    _must(
        settings.zone in available_timezones(),
        _("“{zone}” is not a time zone.").format(zone=settings.zone),
        _("Allowed are names such as Europe/Amsterdam."),
    )
    _must(
        settings.language in LANGUAGES,
        _("“{language}” is not a language of this workbook.").format(language=settings.language),
        ", ".join(LANGUAGES),
    )
    _must(0 <= settings.margin <= 1, _("The gross margin cannot be that."), _("Allowed: 0 to 100%."))
    _must(
        0 <= settings.hourly_cost < 10_000, _("The hourly cost cannot be that."), _("Allowed: 0 to 10,000.")
    )
    require_country(settings.country)
    for day, hours in settings.opening_hours.items():
        _must(
            day in WEEK and _is_span(hours),
            _("The opening hours “{value}” cannot be read.").format(value=hours),
            _("Something like 09:00-17:30; leave a day empty when the shop is closed."),
        )
    require_items(settings.service_items, settings.service_texts)


def require_items(service_items: Mapping[str, str], service_texts: Mapping[str, str]) -> None:
    """Raise a SettingError for items of a service survey that cannot be, saying what can."""
    allowed = _("Items have whole numbers from 1 to {most}, each with a dimension of 1 to {letters} letters.")
    allowed = allowed.format(most=MOST_ITEMS, letters=60)
    for item, dimension in service_items.items():
        number = str(item)
        good = number.isascii() and number.isdigit() and 1 <= int(number) <= MOST_ITEMS
        _must(good, _("“{item}” is no number of an item.").format(item=item), allowed)
        named = isinstance(dimension, str) and 0 < len(dimension.strip()) <= 60
        _must(named, _("The dimension of item {item} cannot be that.").format(item=item), allowed)
    known = {str(item) for item in service_items}
    for item, text in service_texts.items():
        good = str(item) in known and isinstance(text, str) and len(text) <= 300
        _must(
            good,
            _("The text of item {item} cannot be that.").format(item=item),
            _("A text of at most 300 letters, for an item that has a dimension."),
        )


def _must(good: bool, what: str, allowed: str) -> None:
    if not good:
        raise SettingError(what, allowed=allowed)


def _is_span(hours: str) -> bool:
    """Whether this is an opening and a closing time, in that order.

    >>> _is_span("09:00-17:30"), _is_span("17:00-09:00")
    (True, False)
    """
    from datetime import time

    try:
        opens, closes = (time.fromisoformat(part.strip()) for part in hours.replace("–", "-").split("-"))
    except ValueError:
        return False
    return opens < closes or closes == time(0)


def save_settings(folder: Path, settings: Settings) -> None:
    """Write the settings of a workbook, whole or not at all."""
    import tomli_w

    write_atomically(folder / "workbook.toml", tomli_w.dumps(asdict(settings)).encode())


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that readers see the old or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_settings(path: Path) -> Settings:
    """The settings in a file; a setting that is not there has its usual value.

    Raises
    ------
    SettingError
        When the file or one of its settings cannot be read.
    """
    try:
        read = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError(
            _("The settings in {path} cannot be read: {reason}.").format(path=path, reason=error),
            next_step=_("Mend that line, or delete the file and make the workbook again."),
        ) from error
    known = vars(Settings())
    read = {name: value for name, value in read.items() if name in known}
    for name, value in read.items():
        if not _alike(value, known[name]):
            raise SettingError(
                _("The setting {name} in {path} cannot be {value}.").format(
                    name=name, path=path, value=value
                ),
                allowed=_("Something like: {example}.").format(example=known[name]),
                next_step=_("Mend that line, or delete the file and make the workbook again."),
            )
    return Settings(**read)


def _alike(value: object, default: object) -> bool:
    """Whether a setting is of the kind of its default; a whole number does for a number."""
    number = isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool)
    return number or isinstance(value, type(default))
