"""What does a shop say about itself? Name, currency, margin, costs, hours: ``workbook.toml``."""

from __future__ import annotations

import os
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from csworkbook.errors import SettingError
from csworkbook.language import LANGUAGES, join
from csworkbook.language import gettext as _

MOST_ITEMS = 22  # of a service survey
MOST_STEPS, MOST_EVENTS = 20, 5_000  # of a funnel; event names of one step
_EXAMPLES = {"funnel_steps": '[{ name = "Cart", step = ["add_to_cart"], role = "cart" }]'}
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Settings:
    """What a shop says about itself.

    `margin` is a share of revenue (0–1), costs are per hour; `discount_rate` is by which share money a year
    later counts less (0–1); `country` tells the public holidays (none
    when empty). `service_items` says of every item of the shop's own service survey which dimension it
    belongs to, `service_texts` how it reads; without them the survey is SERVQUAL's. `funnel_steps` are
    the steps to a sale in order, each with a "name", the event names that count as it ("step") and
    perhaps its "role" (one of `events.usual.ROLES`); without them the usual steps are taken.
    """

    name: str = "Demo"
    currency: str = "EUR"
    zone: str = "Europe/Amsterdam"
    language: str = "nl"
    margin: float = 0.35
    hourly_cost: float = 32.0
    discount_rate: float = 0.10
    opening_hours: dict[str, str] = field(default_factory=lambda: dict.fromkeys(WEEK[:5], "09:00-17:00"))
    targets: dict[str, float] = field(default_factory=dict)
    country: str = "NL"
    service_items: dict[str, str] = field(default_factory=dict)
    service_texts: dict[str, str] = field(default_factory=dict)
    funnel_steps: list[dict] = field(default_factory=list)


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
    _must(0 <= settings.discount_rate <= 1, _("The discount rate cannot be that."), _("Allowed: 0 to 100%."))
    require_country(settings.country)
    for day, hours in settings.opening_hours.items():
        _must(
            day in WEEK and _is_span(hours),
            _("The opening hours “{value}” cannot be read.").format(value=hours),
            _("Something like 09:00-17:30; leave a day empty when the shop is closed."),
        )
    require_items(settings.service_items, settings.service_texts)
    require_steps(settings.funnel_steps)


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


def require_steps(funnel_steps: Sequence[Mapping]) -> None:
    """Raise a SettingError for steps of a funnel that cannot be, saying what can.

    >>> require_steps([{"name": "Cart", "step": ["cart"], "role": "cart"}, {"name": "Sale", "step": ["paid"]}])
    """
    names = [_require_step(step, place) for place, step in enumerate(funnel_steps, 1)]
    twice = next((name for name in names if names.count(name) > 1), "")
    _must(
        not twice,
        _("Two steps are called “{name}”.").format(name=twice),
        _("Every step has a name of its own."),
    )
    _must(
        not names or 2 <= len(names) <= MOST_STEPS,
        _("A funnel cannot have this number of steps: {n}.").format(n=len(names)),
        _("From 2 to {most} steps, or none: then the usual steps are taken.").format(most=MOST_STEPS),
    )


def _require_step(step: object, place: int) -> str:
    """The name of one step of a funnel, in lower case, when all of it can be."""
    from csworkbook.events.proposed import ROLES

    step = step if isinstance(step, Mapping) else {}
    name, events, role = step.get("name"), step.get("step"), step.get("role", "")
    _must(
        isinstance(name, str) and 0 < len(name.strip()) <= 60,
        _("Step {n} of the funnel has no name that can be used.").format(n=place),
        _("A name of 1 to {letters} letters.").format(letters=60),
    )
    good = isinstance(events, (list, tuple)) and 0 < len(events) <= MOST_EVENTS
    _must(
        good and all(isinstance(event, str) and event.strip() for event in events),
        _("The step “{name}” has no events.").format(name=name.strip()),
        _("At least one name of an event or page, as it stands in your file."),
    )
    _must(
        role in ("", *ROLES),
        _("“{role}” is not something a step can be.").format(role=role),
        _("Empty, or one of these: {roles}.").format(roles=join(list(ROLES))),
    )
    odd = next((key for key in step if key not in ("name", "step", "role")), "")
    allowed = _("Possible: {columns}.").format(columns=join(["name", "step", "role"]))
    _must(not odd, _("A step has no “{key}”.").format(key=odd), allowed)
    return name.strip().lower()


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
                allowed=_("Something like: {example}.").format(example=_EXAMPLES.get(name, known[name])),
                next_step=_("Mend that line, or delete the file and make the workbook again."),
            )
    settings = Settings(**read)
    _require_readable(settings, path)
    return settings


def _require_readable(settings: Settings, path: Path) -> None:
    """Raise a SettingError that names the file when the steps in it cannot be."""
    try:
        require_steps(settings.funnel_steps)
    except SettingError as error:
        raise SettingError(
            _("The setting {name} in {path} cannot be used: {reason}").format(
                name="funnel_steps", path=path, reason=error.what
            ),
            allowed=error.allowed,
            next_step=_("Mend it there, or delete it: then the usual steps are taken."),
        ) from error


def _alike(value: object, default: object) -> bool:
    """Whether a setting is of the kind of its default; a whole number does for a number."""
    number = isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool)
    return number or isinstance(value, type(default))
