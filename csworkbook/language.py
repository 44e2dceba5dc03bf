"""Dutch and English: messages, numbers, money and dates.

Messages are gettext (``locale/nl/LC_MESSAGES/csworkbook.po``; English is the source), numbers
and dates are Babel's. ``python -m csworkbook.language`` brings the catalogue up to date.
"""

from __future__ import annotations

import contextlib
import gettext as _gettext
import os
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import date
from functools import lru_cache
from pathlib import Path

from csworkbook.errors import SettingError

LANGUAGES = {"en": "English", "nl": "Nederlands"}
LOCALE_FOLDER = Path(__file__).parent / "locale"
DOMAIN = "csworkbook"
_LOCALES = {"en": "en_GB", "nl": "nl_NL"}
_chosen: ContextVar[str | None] = ContextVar("language", default=None)


def _initial() -> str:
    """$CSWORKBOOK_LANGUAGE, or the folder the notebook stands in (notebooks/nl), or English."""
    asked = os.environ.get("CSWORKBOOK_LANGUAGE", "")[:2].lower() or Path.cwd().name
    return asked if asked in LANGUAGES else "en"


_default = _initial()


def use(language: str) -> None:
    """Speak this language, ``"nl"`` or ``"en"``, from here on (in every thread of this process).

    Raises
    ------
    SettingError
        When the language is another one.

    >>> use("nl"); current()
    'nl'
    >>> use("en")
    """
    global _default
    if language not in LANGUAGES:
        raise SettingError(
            _("“{language}” is not a language of this workbook.").format(language=language),
            allowed=_("Allowed: nl (Dutch) and en (English)."),
        )
    _default = language


@contextlib.contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak this language inside the ``with`` block only."""
    token = _chosen.set(language)
    try:
        yield
    finally:
        _chosen.reset(token)


def current() -> str:
    """The language spoken now: ``"nl"`` or ``"en"``."""
    return _chosen.get() or _default


@lru_cache
def _catalogue(language: str) -> _gettext.NullTranslations:
    return _gettext.translation(DOMAIN, LOCALE_FOLDER, [language], fallback=True)


def gettext(message: str) -> str:
    """The message in the language spoken now; the English text is the key."""
    return _catalogue(current()).gettext(message) if message else ""


def ngettext(one: str, many: str, n: int) -> str:
    """The message for one or for many, in the language spoken now."""
    return _catalogue(current()).ngettext(one, many, n)


_ = gettext


def mark(message: str) -> str:
    """Mark a message for the catalogue without translating it yet (for tables of labels)."""
    return message


def locale() -> str:
    """The Babel locale of the language spoken now."""
    return _LOCALES[current()]


def number(value: float | None, decimals: int = 0) -> str:
    """A number as people write it here; an en dash for none.

    >>> number(1234.5, 1)
    '1,234.5'
    """
    if value is None or value != value:
        return "–"
    from babel.numbers import format_decimal

    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    value = 0 if round(value, decimals) == 0 else value  # never "-0"
    return format_decimal(value, format=pattern, locale=locale())


def percent(share: float | None, decimals: int = 0) -> str:
    """A share, 0–1, as a percentage.

    >>> percent(.0766, 1)
    '7.7%'
    """
    if share is None or share != share:
        return "–"
    return number(share * 100, decimals) + "%"


def duration(value: float, unit: str) -> str:
    """A length of time with its unit; `unit` is ``"seconds"``, ``"minutes"``, ``"hours"`` or ``"days"``.

    >>> duration(1, "hours"), duration(2.5, "days")
    ('1 hour', '2.5 days')
    """
    value = round(value, 1)
    many = 1 if value == 1 else 2  # a part of an hour is plural, as 0.5 hours
    said = {
        "seconds": ngettext("{n} second", "{n} seconds", many),
        "minutes": ngettext("{n} minute", "{n} minutes", many),
        "hours": ngettext("{n} hour", "{n} hours", many),
        "days": ngettext("{n} day", "{n} days", many),
    }[unit]
    return said.format(n=number(value, 0 if value == int(value) else 1))


def money(value: float | None, currency: str = "EUR", decimals: int = 0) -> str:
    """An amount of money, whole units unless `decimals` says otherwise.

    >>> money(1234.6)
    '€1,235'
    """
    if value is None or value != value:
        return "–"
    from babel.numbers import format_currency

    value = 0 if round(value, decimals) == 0 else value  # never "-€0"
    pattern = "¤#,##0" if current() == "en" else "¤\u00a0#,##0"
    pattern += "." + "0" * decimals if decimals else ""
    pattern += ";-" + pattern
    return format_currency(value, currency, format=pattern, locale=locale(), currency_digits=False)


def capital(text: str) -> str:
    """A text that begins a line: its first letter large, the others as they are.

    >>> capital("e-mail"), capital("WhatsApp")
    ('E-mail', 'WhatsApp')
    """
    return text[:1].upper() + text[1:]


def day(value: date, style: str = "d MMMM yyyy") -> str:
    """A date in words; `style` is a Babel (CLDR) pattern."""
    from babel.dates import format_date

    return format_date(value, format=style, locale=locale())


def join(words: list[str]) -> str:
    """Words as a list in a sentence: "a, b and c"."""
    from babel.lists import format_list

    return format_list(words, locale=locale())


def update_catalogue() -> None:
    """Extract all messages, merge them into the Dutch catalogue and compile it (needs the sources)."""
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po, write_po

    po = LOCALE_FOLDER / "nl" / "LC_MESSAGES" / f"{DOMAIN}.po"
    po.parent.mkdir(parents=True, exist_ok=True)
    old = read_po(po.open("rb"), locale="nl", domain=DOMAIN) if po.exists() else Catalog("nl", DOMAIN)
    old.update(extract(), no_fuzzy_matching=True)
    old.obsolete.clear()
    with po.open("wb") as file:
        write_po(file, old, width=110, no_location=True, omit_header=False, sort_output=True)
    with po.with_suffix(".mo").open("wb") as file:
        write_mo(file, old)


def extract():
    """All messages in the code, as a Babel catalogue."""
    from babel.messages.catalog import Catalog
    from babel.messages.extract import extract_from_dir

    keywords = {"_": None, "gettext": None, "mark": None, "ngettext": (1, 2)}
    found = Catalog(project=DOMAIN, charset="utf-8")
    for _file, _line, message, _comments, _context in extract_from_dir(
        Path(__file__).parent, [("**.py", "python")], keywords=keywords
    ):
        found.add(message)
    return found


if __name__ == "__main__":
    update_catalogue()
