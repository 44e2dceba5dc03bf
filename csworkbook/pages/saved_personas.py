"""Which personas were found for this shop, what did its owner call them, and what stood there before?

The personas of a shop are one document in its store; `Shop.call` reads the same one. Those of the demo
shop stand in the store of its visitor under a key of their own, so that they are never taken for his.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from csworkbook.errors import DataError
from csworkbook.language import gettext as _
from csworkbook.personas.saved import KEY, KIND, Saved

if TYPE_CHECKING:
    import pandas as pd

    from csworkbook.personas import Features, Personas
    from csworkbook.shop import Shop
    from csworkbook.store import Store

_ALIKE = 0.5  # of the customers of two personas together, more than this share both must have to keep a name


def key(shop: Shop) -> str:
    """Under which key the personas of a shop stand."""
    return "demo" if shop.is_demo else KEY


def read(store: Store, key: str) -> Saved | None:
    """The personas that were found; None where there are none yet, or they cannot be read."""
    return Saved.read(store.get(KIND, key))


def before(store: Store, key: str) -> Saved | None:
    """The personas that stood there before these."""
    return Saved.read(store.get(KIND, _before(key)))


def keep(store: Store, key: str, found: Saved) -> None:
    """Keep these personas; those that stood there can be had back."""
    with store.together() as kept:
        earlier = kept.get(KIND, key)
        if earlier is not None:
            kept.put(KIND, _before(key), earlier)
        kept.put(KIND, key, found.document())


def back(store: Store, key: str) -> None:
    """Change places with the personas that stood there before."""
    with store.together() as kept:
        now, earlier = kept.get(KIND, key), kept.get(KIND, _before(key))
        if now is not None and earlier is not None:
            kept.put(KIND, key, earlier)
            kept.put(KIND, _before(key), now)


def rename(store: Store, key: str, of: Saved, persona: int, name: str) -> Saved:
    """Give a persona (1..k) a name of its owner's; with an empty one the proposed name holds again.

    Raises
    ------
    SettingError
        When the name cannot be (`Saved.renamed`).
    DataError
        When other personas were found meanwhile, on another page.
    """
    with store.together() as kept:
        stored = Saved.read(kept.get(KIND, key))
        if stored is None or mark(stored) != mark(of):
            raise DataError(
                _("These personas were found again on another page."), next_step=_("Reload this page.")
            )
        renamed = stored.renamed(persona, name)
        kept.put(KIND, key, renamed.document())
    return renamed


def mark(saved: Saved) -> str:
    """What tells these personas from others, whatever they are called."""
    text = json.dumps([saved.found_at, saved.centres])
    return hashlib.blake2s(text.encode(), digest_size=8).hexdigest()


def carried(earlier: Saved, found: Personas, features: Features) -> Saved:
    """The personas found now, with the names their owner gave to those that are mostly the same customers."""
    from csworkbook.personas import assign

    if not earlier.k or not found.k:
        return found.saved
    shared = _alike(assign(earlier, features), found.labels)
    saved = found.saved
    for persona, name in enumerate(earlier.names, 1):
        if name and persona in shared.index and shared.loc[persona].max() > _ALIKE:
            saved = saved.renamed(int(shared.loc[persona].idxmax()), name)
    return saved


def _alike(earlier: pd.Series, now: pd.Series) -> pd.DataFrame:
    """Of the customers that two personas have together, the share that both have: rows earlier, columns now."""
    import pandas as pd

    both = pd.crosstab(earlier.reindex(now.index), now)
    either = both.sum(axis=1).to_numpy()[:, None] + both.sum(axis=0).to_numpy() - both
    return both / either


def _before(key: str) -> str:
    return f"{key}.before"
