"""Which statements does the service survey hold, and which dimension does each belong to?

Without a mapping of the shop's own these are the 22 of SERVQUAL (Parasuraman, Zeithaml & Berry 1988,
Journal of Retailing 64(1):12–40; revised 1991), in our own words: ``content/servqual_items.toml``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from csworkbook import language
from csworkbook.errors import DataError
from csworkbook.language import gettext as _
from csworkbook.settings import MOST_ITEMS, require_items

if TYPE_CHECKING:
    import pandas as pd

_CONTENT = Path(__file__).parents[1] / "content" / "servqual_items.toml"
_HEADS = {
    "item": ("item", "number", "nummer", "nr", "stelling nr"),
    "dimension": ("dimension", "dimensie"),
    "text": ("text", "tekst", "statement", "stelling"),
}


@dataclass(frozen=True)
class ItemSet:
    """The items of a survey.

    Attributes
    ----------
    dimension : dict of int to str
        Which dimension every item belongs to; those of SERVQUAL by their English names in lower case.
    texts : dict of int to str
        How an item reads, for the shop's own items.
    own : bool
        Whether this is the shop's own mapping.
    """

    dimension: dict[int, str]
    texts: dict[int, str] = field(default_factory=dict)
    own: bool = False

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions, in the order of their first item."""
        return tuple(dict.fromkeys(self.dimension.values()))

    def members(self, dimension: str) -> list[int]:
        """The items of a dimension, in order."""
        return [item for item, mine in self.dimension.items() if mine == dimension]

    def statement(self, item: int, spoken: str | None = None) -> str:
        """How the item reads in a questionnaire, without its subject; an own item as the shop wrote it."""
        if item in self.texts or self.own:
            return self.texts.get(item) or _("Item {number}").format(number=item)
        return _item(item)[spoken or language.current()][0]

    def label(self, item: int) -> str:
        """The item in a few words, for beside a bar."""
        if self.own:
            return self.texts.get(item) or _("Item {number}").format(number=item)
        return _item(item)[language.current()][1]

    def short(self) -> ItemSet:
        """The ten items of the short survey, two a dimension; an own set stays as it is."""
        if self.own:
            return self
        kept = [one["number"] for one in content()["item"] if one.get("short")]
        return ItemSet({item: self.dimension[item] for item in kept})


def item_set(
    service_items: Mapping[str, str] | None = None, service_texts: Mapping[str, str] | None = None
) -> ItemSet:
    """The shop's own items (item number → dimension, item number → text), or else the 22 of SERVQUAL.

    Raises
    ------
    SettingError
        When a number, dimension or text cannot be.

    >>> item_set().members("responsiveness")
    [10, 11, 12, 13]
    >>> item_set({"2": "speed", "1": "price"}).dimension
    {1: 'price', 2: 'speed'}
    """
    if not service_items:
        return ItemSet({one["number"]: one["dimension"] for one in content()["item"]})
    require_items(service_items, service_texts or {})
    numbered = sorted((int(item), dimension.strip()) for item, dimension in service_items.items())
    texts = {int(item): text for item, text in (service_texts or {}).items() if text}
    return ItemSet(dict(numbered), texts, own=True)


@lru_cache
def content() -> dict:
    """The 22 items, their dimensions and the words around them, in both languages."""
    return tomllib.loads(_CONTENT.read_text("utf-8"))


@lru_cache
def _item(item: int) -> dict:
    return next(one for one in content()["item"] if one["number"] == item)


def dimension_name(dimension: str, spoken: str | None = None) -> str:
    """A dimension as people say it; one of the shop's own as it is."""
    known = content()["dimensions"].get(dimension)
    return known[spoken or language.current()][0] if known else dimension


def dimension_names() -> dict[str, str]:
    """The five dimensions of SERVQUAL and how each is called in the language spoken now."""
    return {dimension: dimension_name(dimension) for dimension in content()["dimensions"]}


def mapping(items: ItemSet) -> pd.DataFrame:
    """The mapping as a table one can change in a spreadsheet: item, dimension, text."""
    import pandas as pd

    rows = [(i, dimension_name(d), items.statement(i)) for i, d in items.dimension.items()]
    return pd.DataFrame(rows, columns=["item", "dimension", "text"])


def of_mapping(frame: pd.DataFrame) -> tuple[dict[str, str], dict[str, str]]:
    """The settings `service_items` and `service_texts` from such a table, changed by its owner.

    Empty lines are passed over. The five dimensions of SERVQUAL are known by their names in both languages.

    Raises
    ------
    DataError
        When a column is missing, or naming the first line that cannot be.
    """
    columns = _columns(frame)
    dimensions, texts = {}, {}
    for line, row in enumerate(frame.fillna("").astype(str).to_dict("records"), 2):
        item, dimension, text = (row.get(columns.get(c), "").strip() for c in _HEADS)
        if not (item or dimension or text):
            continue
        item = _number(item, line)
        _must(item not in dimensions, line, _("item {number} stands there twice").format(number=item))
        _must(bool(dimension), line, _("item {number} has no dimension").format(number=item))
        dimensions[item] = _known(dimension)
        texts |= {item: text} if text else {}
    if len(dimensions) < 2:
        raise DataError(
            _("This file holds no items."),
            allowed=_("A line for every item: its number, its dimension and how it reads."),
            next_step=_("Download the mapping on this page, change it, and bring it back."),
        )
    return dimensions, texts


def is_usual(items: Mapping[str, str], texts: Mapping[str, str]) -> bool:
    """Whether a mapping is that of the 22 of SERVQUAL, worded as here in one of the languages."""
    usual = item_set()
    if {int(item): dimension for item, dimension in items.items()} != usual.dimension:
        return False
    said = {int(item): text for item, text in texts.items()}
    return any(
        said == {item: usual.statement(item, spoken) for item in usual.dimension}
        for spoken in language.LANGUAGES
    )


def _columns(frame: pd.DataFrame) -> dict[str, str]:
    """Which column of the file is which."""
    found = {str(column).lower().strip(" .:"): column for column in frame.columns}
    columns = {c: next((found[h] for h in heads if h in found), None) for c, heads in _HEADS.items()}
    missing = [c for c in ("item", "dimension") if columns[c] is None]
    if missing:
        raise DataError(
            _("The file has no column “{column}”.").format(column=missing[0]),
            allowed=_("Needed: {columns}.").format(columns=language.join(["item", "dimension", "text"])),
            next_step=_("Download the mapping on this page, change it, and bring it back."),
        )
    return {column: name for column, name in columns.items() if name is not None}


def _number(typed: str, line: int) -> str:
    """The number of an item as it is kept; a spreadsheet may have made it 3.0."""
    bare = typed.removesuffix(".0").removesuffix(",0")
    good = bare.isascii() and bare.isdigit() and 1 <= int(bare) <= MOST_ITEMS
    _must(good, line, _("“{typed}” is no item number").format(typed=typed))
    return str(int(bare))


def _must(good: bool, line: int, what: str) -> None:
    if not good:
        raise DataError(
            _("Line {line}: {what}.").format(line=line, what=what),
            allowed=_("Items have whole numbers from 1 to {most}, each once, each with a dimension.").format(
                most=MOST_ITEMS
            ),
        )


def _known(dimension: str) -> str:
    """A dimension of SERVQUAL by its own name, whichever language it was written in."""
    said = {
        name.lower(): key
        for key, words in content()["dimensions"].items()
        for name in (key, words["en"][0], words["nl"][0])
    }
    return said.get(dimension.lower(), dimension)
