"""Which questions does the questionnaire about service hold, and which of them is a text most like?

By pieces of words, so that small edits do not count. A shop may have statements of its own; otherwise they are the
22 of ``content/servqual_items.toml``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from csworkbook.intake import words
from csworkbook.intake.service_headers import parts
from csworkbook.language import current

if TYPE_CHECKING:
    import numpy as np

ALIKE, DOUBTFUL = 0.55, 0.35


@lru_cache
def _content() -> dict:
    """The usual questionnaire, as data."""
    return tomllib.loads((words.CONTENT / "servqual_items.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Items:
    """The questions of a questionnaire.

    Attributes
    ----------
    dimensions : tuple of (int, str)
        Item and the dimension it is about, in order.
    texts : tuple of (int, str)
        Every way an item is worded.
    own : bool
        Whether they are the shop's own.
    """

    dimensions: tuple[tuple[int, str], ...]
    texts: tuple[tuple[int, str], ...]
    own: bool = False

    @classmethod
    def of(
        cls, service_items: Mapping[str, str] | None = None, service_texts: Mapping[str, str] | None = None
    ) -> Items:
        """The shop's own items as its settings hold them, or else the 22 of SERVQUAL.

        >>> Items.of({"2": "speed", "1": "price"}, {"1": "is cheap"}).numbers
        (1, 2)
        >>> len(Items.of().numbers), Items.of().dimension[5]
        (22, 'reliability')
        """
        if service_items:
            own = tuple(sorted((int(item), dimension) for item, dimension in service_items.items()))
            said = tuple((int(item), text) for item, text in (service_texts or {}).items() if text)
            return cls(own, said, own=True)
        usual = _content()["item"]
        texts = [(one["number"], text) for one in usual for spoken in ("en", "nl") for text in one[spoken]]
        return cls(tuple((one["number"], one["dimension"]) for one in usual), tuple(texts))

    @property
    def numbers(self) -> tuple[int, ...]:
        """The items, in order."""
        return tuple(item for item, _dimension in self.dimensions)

    @property
    def dimension(self) -> dict[int, str]:
        """Item → the dimension it is about."""
        return dict(self.dimensions)

    def label(self, item: int) -> str:
        """An item in a few words, in the language spoken now; one of the shop's own as it wrote it.

        >>> Items.of().label(11)
        'Answers quickly'
        """
        if self.own:
            return dict(self.texts).get(item, "")
        return next(one for one in _content()["item"] if one["number"] == item)[current()][1]

    def likeness(self, headers: list[str]) -> np.ndarray:
        """How much each header is like each item, 0–1: one row per header, one column per item.

        >>> Items.of().likeness(["Acme is very friendly at every contact"]).argmax() + 1
        np.int64(16)
        """
        import numpy as np

        best = np.zeros((len(headers), len(self.numbers)))
        if not self.texts or not headers:
            return best
        pieces, known = _space(self.texts)
        places = {item: place for place, item in enumerate(self.numbers)}
        whole, lines = list(map(words.fold, headers)), [words.fold(parts(header)[1]) for header in headers]
        for said in (whole, lines):
            alike = (pieces.transform(said) @ known.T).toarray()
            for at, (item, _text) in enumerate(self.texts):
                best[:, places[item]] = np.maximum(best[:, places[item]], alike[:, at])
        return best

    def nearest(self, headers: list[str]) -> dict[str, tuple[int, float]]:
        """Header → (the item it is most like, how alike)."""
        found = self.likeness(headers)
        best = zip(headers, found.argmax(axis=1), found.max(axis=1), strict=True) if headers else ()
        return {header: (self.numbers[place], float(sure)) for header, place, sure in best}

    def matched(self, headers: list[str]) -> dict[str, tuple[int, float]]:
        """Header → (item, how alike), every item for one header at most; headers that are like none are left out."""
        from scipy.optimize import linear_sum_assignment

        alike = self.likeness(headers)
        rows, places = linear_sum_assignment(alike, maximize=True)
        return {
            headers[row]: (self.numbers[place], float(alike[row, place]))
            for row, place in zip(rows, places, strict=True)
            if alike[row, place] >= DOUBTFUL
        }

    def rest_of(self, header: str, item: int) -> str:
        """A header without the words of an item, which may themselves speak of expecting.

        >>> Items.of().rest_of("Acme says when customers can expect something", 10)
        'acme'
        """
        own = {word for number, text in self.texts if number == item for word in words.fold(text).split()}
        told = words.fold(header).split()
        return " ".join(word for word in told if word.rstrip("0123456789") not in own)


@lru_cache(maxsize=4)
def _space(texts: tuple[tuple[int, str], ...]) -> tuple:
    """The pieces of words that tell items apart, and where each text stands among them."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    pieces = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    return pieces, pieces.fit_transform([words.fold(text) for _item, text in texts])


def dimension_name(dimension: str) -> str:
    """A dimension as people are shown it, in the language spoken now; one of the shop's own as it is.

    >>> dimension_name("price")
    'price'
    """
    known = _content()["dimensions"].get(dimension)
    return known[current()][0] if known else dimension
