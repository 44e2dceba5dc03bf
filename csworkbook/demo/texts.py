"""What do customers and agents of the demo shop write, in Dutch and in English?

Texts are put together from sentences in ``content/demo_*.toml``: an opening, a core that belongs
to what happened, a closing; then some lose their capital, their full stop, or get a typing error.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from csworkbook.demo import stories
from csworkbook.demo.draw import chance, lookup, pick, words

if TYPE_CHECKING:
    import pandas as pd

_CONTENT = Path(__file__).parent.parent / "content"
# what a hard stage is about, apart from the delivery, which has a planted share of its own
_THEMES = {
    "choosing": {"search": 0.30, "size": 0.38, "photo": 0.20, "stock": 0.12},
    "buying": {"payment": 0.50, "account": 0.20, "shipping": 0.17, "voucher": 0.13},
    "after": {"return": 0.40, "agent": 0.20, "refund": 0.24, "damaged": 0.16},
}


@lru_cache
def sentences(name: str) -> dict:
    """The sentences of ``content/demo_{name}.toml``."""
    return tomllib.loads((_CONTENT / f"demo_{name}.toml").read_text(encoding="utf-8"))


def languages(rng: np.random.Generator, size: int) -> np.ndarray:
    """``nl`` or ``en`` per writer, in the planted share."""
    return np.where(chance(rng, stories.DUTCH, size), "nl", "en").astype(object)


def filled(rng: np.random.Generator, keys: np.ndarray, choices: Mapping[str, Sequence[str]]) -> np.ndarray:
    """A text per row, drawn from the choices of its key; nothing where the key has none."""
    text = np.full(len(keys), "", object)
    for key, options in choices.items():
        mine = np.flatnonzero(keys == key)
        text[mine] = pick(rng, options, len(mine))
    return text


def by_language(kind: str, book: dict) -> dict[str, list[str]]:
    """The sentences of one kind under ``nl:kind`` and ``en:kind``."""
    return {f"{language}:{kind}": book[language][kind] for language in ("nl", "en")}


def comments(rng: np.random.Generator, given: pd.DataFrame) -> np.ndarray:
    """A comment for some of the answers of the effort survey, about the hardest stage; None for the others."""
    book, size = sentences("comments"), len(given)
    hardest, language = given["hardest"].to_numpy(), languages(rng, size)
    theme = _themes(rng, given)
    mood = np.select([hardest == 3, hardest == 2], ["hard", "some"], "praise")
    cores = {f"{lang}:{name}": texts for lang in ("nl", "en") for name, texts in book[lang]["themes"].items()}
    openings = by_language("hard", book) | by_language("some", book)
    closings = {
        f"{lang}:{kind}": book[lang][f"closing_{kind}"] for lang in ("nl", "en") for kind in ("hard", "some")
    }
    text = (
        filled(rng, language + ":" + mood.astype(object), openings)
        + filled(rng, language + ":" + theme, cores)
        + filled(rng, language + ":" + mood.astype(object), closings)
    )
    text = as_typed(rng, text, book["typos"]["pairs"])
    written = chance(rng, lookup(hardest, stories.COMMENTED))
    return np.where(written, text, None)


def _themes(rng: np.random.Generator, given: pd.DataFrame) -> np.ndarray:
    """What each comment is about: the latest of the hardest stages decides."""
    size = len(given)
    stage = np.select(
        [given[s].to_numpy() == given["hardest"].to_numpy() for s in ("after", "buying")],
        ["after", "buying"],
        "choosing",
    )
    theme = np.full(size, "praise", object)
    for name, shares in _THEMES.items():
        mine = (stage == name) & (given["hardest"].to_numpy() > 1)
        theme[mine] = words(rng, shares, int(mine.sum()))
    since = given["answered"].to_numpy() >= stories.DELIVERY_SINCE * 86_400
    share = np.where(since, stories.DELIVERY_COMMENTS["since"], stories.DELIVERY_COMMENTS["before"])
    late = chance(rng, share) & (stage == "after") & (given["hardest"].to_numpy() > 1)
    return np.where(late, "delivery", theme)


def as_typed(rng: np.random.Generator, text: np.ndarray, typos: Sequence[Sequence[str]]) -> np.ndarray:
    """The same texts as people type them: a capital first, or none, no full stop, a typing error, all capitals."""
    import pandas as pd

    typed, size = pd.Series(text, dtype="str"), len(text)
    typed = typed.str[:1].str.upper() + typed.str[1:]
    typed = typed.mask(chance(rng, 0.25, size), typed.str[:1].str.lower() + typed.str[1:])
    typed = typed.mask(chance(rng, 0.25, size), typed.str.rstrip(".!"))
    typed = typed.mask(chance(rng, 0.06, size), typed.str.rstrip(".!") + "!!")
    typed = typed.mask(chance(rng, 0.01, size), typed.str.upper())
    for right, wrong in typos:
        typed = typed.mask(chance(rng, 0.04, size), typed.str.replace(right, wrong, n=1, regex=False))
    return typed.to_numpy(object)
