"""What is a persona called? By what sets it apart, until the owner gives it a name."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook.language import capital, number
from csworkbook.language import gettext as _
from csworkbook.personas.measures import OTHER
from csworkbook.results import word

if TYPE_CHECKING:
    from csworkbook.personas.grouping import Personas

LONGEST = 40  # characters of a proposed name
CLEARLY = 0.5  # standard deviations from all others, from which something sets a persona apart


def names(found: Personas) -> list[str]:
    """The typed names, and proposed ones where none is typed; no two the same."""
    proposed = _proposed(found)
    chosen: list[str] = []
    for typed, name in zip(found.saved.names, proposed, strict=True):
        chosen.append(typed or _other_than(name, [*chosen, *filter(None, found.saved.names)]))
    return chosen


def _other_than(name: str, taken: list[str]) -> str:
    """The name, with a number where it is taken."""
    known = {one.casefold() for one in taken}
    fresh, count = name, 2
    while fresh.casefold() in known:
        numbered = partial(_("{name} ({n})").format, n=number(count))
        room = LONGEST - len(numbered(name=""))
        fresh, count = numbered(name=shortened(name, room)), count + 1
    return fresh


def _proposed(found: Personas) -> list[str]:
    if found.k == 0:
        return []
    apart = differences(found.features.table, found.labels)
    everybody = range(1, found.k + 1)
    return [_name(one, apart.loc[one]) if one in apart.index else _nameless(one) for one in everybody]


def shortened(text: str, most: int = LONGEST) -> str:
    """A text within `most` characters, cut after a word where one ends not too early.

    >>> shortened("Buys garden furniture", 40), shortened("Buys garden furniture", 12)
    ('Buys garden furniture', 'Buys garden…')
    """
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    words = cut if text[most - 1] == " " else cut.rpartition(" ")[0]
    return (words if len(words) > most / 2 else cut).rstrip(" ,;:-&") + "…"


def differences(table: pd.DataFrame, labels: pd.Series) -> pd.DataFrame:
    """Mean of a persona less that of all others, in standard deviations of all; persona × column."""
    numbers = table.select_dtypes("number")
    spread = numbers.std(ddof=0).replace(0, np.nan)
    sums, counts = numbers.groupby(labels.to_numpy()).sum(), numbers.notna().groupby(labels.to_numpy()).sum()
    rest = (sums.sum() - sums) / (counts.sum() - counts).replace(0, np.nan)
    return ((sums / counts.replace(0, np.nan) - rest) / spread).fillna(0.0)


def _name(persona: int, apart: pd.Series) -> str:
    """The category (or device) that sets it apart most, and one thing more, as far as both fit."""
    clear = apart[apart.abs() >= CLEARLY]
    clear = clear.iloc[np.lexsort([-clear.abs(), clear < 0])]  # what there is more of goes first
    what = [one for column in clear.index if (one := _what(column, clear[column])) is not None]
    if not what:
        return _nameless(persona)
    first = what[0][0]
    for _alone, second in what[1:]:
        both = _("{first}, {second}").format(first=first, second=second)
        if len(both) <= LONGEST:
            return both
    return shortened(first)


def _nameless(persona: int) -> str:
    return _("Customers of kind {n}").format(n=number(persona))


def _what(column: str, difference: float) -> tuple[str, str] | None:
    """How a difference is said at the beginning of a name, and after a comma."""
    block, _colon, value = column.partition(": ")
    if not value:
        return _sayings().get((column, difference > 0))
    if difference < 0 or value == OTHER:
        return None
    said = str(word(value))
    if block == "category":
        return _("Buys {category}").format(category=said), _("buys {category}").format(category=said)
    if block == "device":
        return _("Buys on {device}").format(device=said), _("on {device}").format(device=said)
    return capital(column), column  # of a frame of one's own


def _sayings() -> dict[tuple[str, bool], tuple[str, str]]:
    return {
        ("december", True): (_("Buys in December"), _("often in December")),
        ("discount", True): (_("Buys with discount"), _("with discount")),
        ("discount", False): (_("Pays the full price"), _("at full price")),
        ("order_value", True): (_("Large orders"), _("large orders")),
        ("order_value", False): (_("Small orders"), _("small orders")),
        ("contacts", True): (_("Asks much"), _("asks much")),
        ("contacts", False): (_("Asks little"), _("asks little")),
        ("returned", True): (_("Sends back"), _("sends back")),
        ("orders", True): (_("Comes back"), _("comes back")),
        ("orders", False): (_("Buys once"), _("buys once")),
        ("lines_per_order", True): (_("Full baskets"), _("full baskets")),
        ("weekend", True): (_("Buys at the weekend"), _("at the weekend")),
        ("evening", True): (_("Buys in the evening"), _("in the evening")),
    }
