"""Which numbers did somebody type at the steps of a funnel, and how were they read?

People write 66%, 66 %, 0,66 and .66 for a rate, 1000, 1.000 and 1,000 for a count. Three digits after a
sign are thousands, in both languages; a number with decimals is a share, above 1 a percentage.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from csworkbook.errors import DataError
from csworkbook.funnel import rates
from csworkbook.funnel.rates import Rates
from csworkbook.language import gettext as _
from csworkbook.language import ngettext, number, percent

LONGEST, MOST = 120, 50
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:([.,'’ ])\d{3})(?:\1\d{3})*")
_DECIMAL = re.compile(r"\d{0,9}[.,]\d{1,9}")
_DECIMALS = 6


@dataclass(frozen=True)
class Row:
    """One line of the form: the name and the number as they were typed."""

    name: str = ""
    typed: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was typed in it."""
        return not (self.name.strip() or self.typed.strip())

    def document(self) -> dict[str, str]:
        """As it is kept."""
        return {"name": self.name, "typed": self.typed}


def rows_of(documents: Any) -> list[Row]:
    """Rows from the browser or the store; what cannot be one is left out."""
    listed = documents if isinstance(documents, (list, tuple)) else []
    texts = [
        (one.get("name"), one.get("typed"))
        for one in listed
        if isinstance(one, dict) and all(isinstance(one.get(key), str) for key in ("name", "typed"))
    ]
    return [Row(name[:LONGEST], typed[:LONGEST]) for name, typed in texts][:MOST]


def value(typed: str) -> int | float:
    """A count (int) or a rate (float, 0–1) out of what somebody typed.

    Raises
    ------
    DataError
        When it is neither.

    >>> [value(typed) for typed in ("66%", "66 %", "0,66", "1.000", "1 000", "12,5", "66")]
    [0.66, 0.66, 0.66, 1000, 1000, 0.125, 66]
    """
    text = " ".join(typed.replace("\u00a0", " ").replace("\u202f", " ").split())
    bare = text.removesuffix("%").strip()
    if bare != text and re.fullmatch(rf"\d{{1,9}}|{_DECIMAL.pattern}", bare):
        return _share(bare, typed)
    if re.fullmatch(r"\d{1,15}", text):
        return int(text)
    if _THOUSANDS.fullmatch(text):
        return int(re.sub(r"\D", "", text))
    if _DECIMAL.fullmatch(text):
        plain = float(text.replace(",", "."))
        return plain if plain <= 1 else _share(text, typed)
    raise _unreadable(typed)


def _share(text: str, typed: str) -> float:
    """A percentage as a share, without what dividing adds behind the comma."""
    share = round(float(text.replace(",", ".")) / 100, 12)
    if share > 1:
        raise DataError(
            _("“{typed}” is more than all visitors of the step before.").format(typed=typed.strip()),
            allowed=_("A rate from 0 to 100%."),
        )
    return share


def _unreadable(typed: str) -> DataError:
    if not typed.strip():
        return DataError(_("There is no number yet."), allowed=_examples())
    return DataError(_("“{typed}” is no number.").format(typed=typed.strip()), allowed=_examples())


def _examples() -> str:
    return _("A number of visitors such as {count}, or a rate such as {rate}.").format(
        count=number(1000), rate=percent(0.66)
    )


def funnel(rows: Sequence[Row], *, against: Rates | None = None, name: str = "") -> Rates:
    """The funnel that was typed; lines in which nothing was typed do not count.

    Raises
    ------
    DataError
        Naming the step and what is wrong with it.
    """
    filled = [row for row in rows if not row.empty]
    pairs = [(row.name, _value(row, first=place == 0)) for place, row in enumerate(filled)]
    return rates.from_rates(pairs, against=against, name=name)


def _value(row: Row, *, first: bool) -> int | float:
    try:
        found = value(row.typed)
    except DataError as error:
        called = row.name.strip() or _("a step without a name")
        raise DataError(f"{called}: {error.what}", allowed=error.allowed) from error
    if first and isinstance(found, float):
        raise DataError(
            _("The first step needs a number of visitors, not a rate."),
            allowed=_("For instance {count}: the rates that follow are parts of it.").format(
                count=number(1000)
            ),
        )
    return found


def typed(made: Rates) -> list[Row]:
    """A funnel as rows to go on typing in, written in the language spoken now."""
    return [
        Row(entry.step, _percentage(entry.number) if entry.kind == "rate" else _counted(entry.number))
        for entry in made.entries
    ]


def _counted(count: float) -> str:
    return number(count) if float(count).is_integer() else str(count)


def _percentage(share: float) -> str:
    """A rate as a percentage with as many decimals as it has."""
    shown = share * 100
    decimals = next((d for d in range(_DECIMALS) if abs(shown - round(shown, d)) < 1e-9), _DECIMALS)
    return number(shown, decimals) + "%"


def example() -> list[Row]:
    """The example of the handbook as rows, in the language spoken now."""
    names = [
        _("Home page"),
        _("Clicked through"),
        _("Put in the cart"),
        _("Checkout begun"),
        _("Checkout finished"),
    ]
    shown = typed(rates.from_rates())
    return [Row(name, row.typed) for name, row in zip(names, shown, strict=True)]


def as_read(rows: Sequence[Row], made: Rates | None) -> list[dict[str, str]]:
    """How each row was read, in words, or what is wrong with it: `said` and `wrong`."""
    lines = iter([] if made is None else made.table.itertuples())
    return [_line(row, None if made is None or row.empty else next(lines)) for row in rows]


def _line(row: Row, line: Any) -> dict[str, str]:
    if row.empty:
        return {"said": "", "wrong": ""}
    try:
        found = value(row.typed)
    except DataError as error:
        return {"said": "", "wrong": f"{error.what} {error.allowed}" if row.typed.strip() else ""}
    if line is None:
        return {"said": _rate(found) if isinstance(found, float) else people(found), "wrong": ""}
    if line.Index == 0:
        return {"said": people(line.visitors), "wrong": ""}
    share = _rate(line.step_rate)
    said = _("{share} of the step before: {visitors}").format(share=share, visitors=people(line.visitors))
    if isinstance(found, int):
        said = _("{visitors}: {share} of the step before").format(share=share, visitors=people(line.visitors))
    return {"said": said, "wrong": ""}


def _rate(share: float) -> str:
    """A rate with one decimal where it has any."""
    return percent(share, 0 if round(share * 1000) % 10 == 0 else 1) if share == share else "–"


def people(n: float) -> str:
    """So many visitors, in words."""
    return ngettext("{n} visitor", "{n} visitors", int(n)).format(n=number(n))


def same(one: Iterable[Row], other: Iterable[Row]) -> bool:
    """Whether two forms say the same."""
    return [(row.name.strip(), row.typed.strip()) for row in one] == [
        (row.name.strip(), row.typed.strip()) for row in other
    ]
