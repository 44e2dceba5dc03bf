"""Which chapters are there, and which of them can this shop answer now?

A notebook becomes a card when its metadata says so: ``metadata.csworkbook = {"title", "question",
"minutes", "needs": [tables], "helps": [tables], "app": true}``.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from csworkbook.language import LANGUAGES


@dataclass(frozen=True)
class Card:
    """One chapter on the landing page.

    `path` is relative to the notebooks folder; `missing` are the tables it cannot do without and
    the shop does not have, `extra` those that would add to the answer.
    """

    path: str
    title: str
    question: str
    minutes: int
    needs: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether the shop has every table this chapter cannot do without."""
        return not self.missing


def cards(root: Path, language: str, tables: Collection[str]) -> list[Card]:
    """The chapters in one language, in the order of their file names.

    Parameters
    ----------
    root : Path
        The notebooks folder; each language is a folder in it.
    language : str
        ``"nl"`` or ``"en"``.
    tables : collection of str
        The tables the shop has.
    """
    found = ((path, read_metadata(path)) for path in sorted((root / language).glob("*.ipynb")))
    return [_card(f"{language}/{path.name}", about, tables) for path, about in found if about.get("app")]


def _card(path: str, about: dict[str, Any], tables: Collection[str]) -> Card:
    needs, helps = tuple(about.get("needs", ())), tuple(about.get("helps", ()))
    return Card(
        path=path,
        title=str(about.get("title") or Path(path).stem),
        question=str(about.get("question", "")),
        minutes=int(about.get("minutes", 0)),
        needs=needs,
        missing=tuple(table for table in needs if table not in tables),
        extra=tuple(table for table in helps if table not in tables),
    )


def start(root: Path, language: str, base_url: str = "/") -> str:
    """The address of the page where files are brought and shops chosen; empty where it is not there.

    >>> start(Path("/nowhere"), "nl")
    ''
    """
    path = f"{language}/00_start.ipynb"
    return f"{base_url}voila/render/{path}" if (root / path).is_file() else ""


def read_metadata(path: Path) -> dict[str, Any]:
    """What a notebook says about itself under ``metadata.csworkbook``; empty when it says nothing."""
    return _metadata(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _metadata(path: Path, _changed: int) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text("utf-8"))["metadata"].get("csworkbook", {}))
    except (ValueError, KeyError, TypeError):
        return {}


def choose_language(asked: str | None, kept: str | None, shop: str | None, accepted: str = "") -> str:
    """The language of a page: asked for in the address, kept in a cookie, the shop's, the browser's.

    >>> choose_language(None, None, None, "fr, nl-BE;q=0.8, en;q=0.5")
    'nl'
    >>> choose_language("en", "nl", "nl")
    'en'
    """
    browser = [word.split("-")[0] for word in _by_preference(accepted)]
    known = (word for word in (asked, kept, shop, *browser) if word in LANGUAGES)
    return next(known, "en")


def _by_preference(accepted: str) -> list[str]:
    weighed = []
    for part in accepted.lower().split(","):
        word, _, weight = part.strip().partition(";q=")
        try:
            weighed.append((-float(weight or 1), word.strip()))
        except ValueError:
            continue
    return [word for _, word in sorted(weighed, key=lambda pair: pair[0])]


def other_language(root: Path, path: str) -> str | None:
    """The same notebook in the other language, or None where it is not there.

    >>> other_language(Path("/nowhere"), "nl/01_start.ipynb") is None
    True
    """
    language, _, name = path.partition("/")
    other = next((code for code in LANGUAGES if code != language), None)
    return f"{other}/{name}" if name and (root / str(other) / name).is_file() else None
