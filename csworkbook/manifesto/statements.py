"""Which statements does a manifesto consist of, and what helps to write each?

The prompts are ours, after handbook sections 2.1 and 2.2; they stand in ``content/manifesto.toml`` in
both languages.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from csworkbook import language as spoken
from csworkbook.errors import SettingError
from csworkbook.language import gettext as _

_CONTENT = Path(__file__).parents[1] / "content" / "manifesto.toml"

BRAND, AMBITION = "brand", "ambition"
VALUES = ("price", "product", "service", "delivery")
PARTS = (BRAND, *VALUES, AMBITION)
STRONGEST = 2
GAP = "…"
_GAP = re.compile(r"(?<!\S)…(?=[\s.,]|$)")


@dataclass(frozen=True)
class Part:
    """One statement: what it is called, what it is asked with, and beginnings to go on from.

    `step` is the part of the manifesto it belongs to ("brand", "value" or "ambition"), `heading` what
    stands above it where it is published, `frame` a sentence with gaps, `questions` what helps to find
    the words, `directions` sample sentences, `section` where the handbook treats it.
    """

    id: str
    step: str
    section: str
    title: str
    heading: str
    ask: str
    frame: str
    questions: tuple[str, ...]
    directions: tuple[str, ...] = ()

    def framed(self, shop: str) -> str:
        """The sentence with gaps, with the name of the shop in it."""
        return self.frame.replace("{shop}", shop or GAP)


def parts(language: str | None = None) -> dict[str, Part]:
    """The six statements by their id, in the order of the handbook.

    Parameters
    ----------
    language : {"nl", "en"}, optional
        The language spoken now by default.

    Raises
    ------
    SettingError
        When the language is another one.

    >>> [part.title for part in parts("en").values()][1:5]
    ['Price', 'Product', 'Service', 'Delivery']
    """
    language = _known(language)
    return {name: _part(name, language) for name in PARTS}


def example(language: str | None = None) -> dict[str, Any]:
    """What the demo shop might publish, as a draft's document: name, statements, strongest and promises."""
    content = _content()["example"]
    chosen = {key: list(content[key]) for key in ("strongest", "promises")}
    return {"name": content["name"], "statements": dict(content[_known(language)]), **chosen}


def published(language: str | None = None) -> dict[str, str]:
    """The words around the statements where they are published: title, head of the promises, file name."""
    return dict(_content()["published"][_known(language)])


def gaps(text: str) -> int:
    """How many gaps of a frame are still to be filled in; dots after a word are no gap.

    >>> gaps("At Kade 9 we are convinced that … That is why we bake, and bake…")
    1
    """
    return len(_GAP.findall(text))


def _part(name: str, language: str) -> Part:
    content = _content()["parts"][name]
    said = {
        key: tuple(value) if isinstance(value, list) else value for key, value in content[language].items()
    }
    return Part(name, content["step"], content["section"], **said)


def _known(language: str | None) -> str:
    language = language or spoken.current()
    if language not in spoken.LANGUAGES:
        raise SettingError(_("“{language}” is not a language of this workbook.").format(language=language))
    return language


@lru_cache
def _content() -> dict[str, Any]:
    return tomllib.loads(_CONTENT.read_text("utf-8"))
