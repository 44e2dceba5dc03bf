"""Which steps does a shop's log hold, what are they for, and which funnel do they make?

The names that known systems and shops use are data, in ``content/funnel_steps.toml``; the words by which
a log is recognised when it is brought (``content/intake_answers.toml``) are known here too.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csworkbook.events.habits import first_order, in_turn, remembered
from csworkbook.events.units import present
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import pandas as pd

    from csworkbook.events import Step

_CONTENT = Path(__file__).parents[1] / "content" / "funnel_steps.toml"
_WORDS = _CONTENT.with_name("intake_answers.toml")
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
ROLES = ("home", "search", "product", "cart", "checkout", "delivery", "payment", "paid", "support")
_MOST = 5000  # names looked at, the most frequent first: a log may hold one per address
_TOLD_APART = 6  # names of one role whose order is looked at, the most frequent first
_FREQUENT = 6  # steps of a funnel that is guessed from unknown names


class Usual(tuple):
    """The steps of the funnel that a log suggests: a tuple of steps.

    `known` tells whether they were found by names that are known, not by how often they occur.
    """

    known = True


def words() -> dict[str, str]:
    """What the steps of a sale are called, by role, in the language spoken now."""
    return {
        "home": _("home page"),
        "search": _("search"),
        "product": _("product page"),
        "cart": _("cart"),
        "checkout": _("checkout"),
        "delivery": _("delivery"),
        "payment": _("payment"),
        "paid": _("paid"),
        "support": _("customer service"),
    }


def role_of(name: str) -> str:
    """The role of a step by its name, without what stands in brackets; "" for a name that is not known.

    >>> role_of("Add to cart"), role_of("/winkelwagen/"), role_of("remove_from_cart"), role_of("Kassa (gast)")
    ('cart', 'cart', '', 'checkout')
    """
    return _known().get(_folded(name)) or _known().get(_folded(_BRACKETS.sub(" ", str(name))), "")


def roles(events: Any, steps: Iterable | None = None) -> dict[str, tuple[str, ...]]:
    """Which names in this log play which part in a sale.

    Parameters
    ----------
    events : DataFrame, ibis.Table or path
        The canonical table.
    steps : sequence, optional
        The shop's own steps (``Settings.funnel_steps``, or anything that `steps_of` takes). A role an
        owner gave to a step (the key ``"role"``) goes before what its name suggests.

    Returns
    -------
    dict
        Role (`ROLES`) → the names that occur, the most frequent first; a role without any is absent.

    >>> import pandas as pd
    >>> log = pd.DataFrame({"visitor_id": ["a"] * 3, "step": ["view_item", "Winkelwagen", "pay here"],
    ...                     "at": pd.date_range("2026-01-05", periods=3, tz="UTC")})
    >>> roles(log, [{"step": "pay here", "role": "payment"}])
    {'product': ('view_item',), 'cart': ('Winkelwagen',), 'payment': ('pay here',)}
    """
    own = _own(steps or ())
    found: dict[str, list[str]] = {role: [] for role in ROLES}
    for name in _names(events)["step"]:
        role = own.get(name) or role_of(name)
        if role in found:
            found[role].append(name)
    return {role: tuple(names) for role, names in found.items() if names}


def usual(events: Any) -> Usual:
    """The longest funnel that makes sense of the names in this log, from home to paid.

    Known names make one step per role, whichever of its names a visitor did; but names of one role that
    visitors do in a clear order ("gegevens", then "kassa": most who did the second did the first before)
    are steps of their own; spellings of one name ("Add to cart", "add_to_cart") never are. A step is called
    by its role where it alone has that, else by its most frequent name. Steps stand in the order in which
    visitors first do them (more often before than after each of the others); pages of one instant say
    nothing about order. Paid is last. A step that fewer than half of the next step's visitors did first is
    a detour and left out, as search often is. With fewer than two known roles: the most frequent names, in
    the order in which they are first done, and `known` is False.

    Parameters
    ----------
    events : DataFrame, ibis.Table or path
        The canonical table.

    >>> import pandas as pd
    >>> log = pd.DataFrame({"visitor_id": ["a", "a", "b"], "step": ["view_item", "Mandje", "view_item"],
    ...                     "at": pd.date_range("2026-01-05", periods=3, tz="UTC")})
    >>> [step.name for step in usual(log)]
    ['product', 'cart']
    """
    return remembered(events, "usual", lambda: _proposed(events))


def _proposed(events: Any) -> Usual:
    known = {role: names for role, names in roles(events).items() if role != "support"}
    parts = known if len(known) > 1 else _frequent(events)
    apart = {role: _apart(events, role, names) for role, names in parts.items()}
    ordered = _ordered(events, apart)
    while torn := [role for role in _several(apart) if sum(step.role == role for step in ordered) < 2]:
        apart |= {role: [_step(parts[role])] for role in torn}
        ordered = _ordered(events, apart)
    made = Usual(_called(ordered))
    made.known = parts is known and bool(known)
    return made


def _ordered(events: Any, apart: Mapping[str, list[Step]]) -> list[Step]:
    steps = [step for own in apart.values() for step in own]
    return first_order(events, steps).without_detours() if len(steps) > 1 else steps


def _several(apart: Mapping[str, list[Step]]) -> list[str]:
    """The roles with several steps: of each, two at least must be left, or they are one step after all."""
    return [role for role, steps in apart.items() if len(steps) > 1]


def _apart(events: Any, role: str, names: tuple[str, ...]) -> list[Step]:
    """The steps that the names of one role make: one, or several where visitors do them in a clear order."""
    spelt = list(_spelt(names, _folded).values())
    first, rest = spelt[:_TOLD_APART], spelt[_TOLD_APART:]
    groups = in_turn(events, first, end=role == "paid") if len(first) > 1 else first
    if len(groups) == 1:
        return [_step(names)]
    main = next(place for place, group in enumerate(groups) if names[0] in group)
    groups[main] = (*groups[main], *(name for spellings in rest for name in spellings))
    return [_step(group) for group in groups]


def _step(names: Sequence[str]) -> Step:
    """One step, called by the first of its names: a visitor does any of them."""
    from csworkbook.events import Step

    role = role_of(names[0])
    return Step(names[0], {"step": tuple(names)}, role if role in ROLES else "")


def _called(steps: Iterable[Step]) -> list[Step]:
    """The steps, each called by its role where no other one has it."""
    times = Counter(step.role for step in steps)
    return [replace(step, name=step.role) if step.role and times[step.role] == 1 else step for step in steps]


def _frequent(events: Any) -> dict[str, tuple[str, ...]]:
    """The names most visitors have, each a part of its own; those that say nothing only if there are no others."""
    seen = _names(events)
    telling = seen[~seen["step"].map(lambda name: role_of(name) in ("general", "support"))]
    chosen = telling if len(telling) > 1 else seen
    return dict(islice(_spelt(chosen["step"], str.casefold).items(), _FREQUENT))


def _spelt(names: Iterable[str], alike: Callable[[str], str]) -> dict[str, tuple[str, ...]]:
    """What the spellings of a name share → the spellings, both in the order of the names."""
    found: dict[str, tuple[str, ...]] = {}
    for name in names:
        key = alike(name) or name
        found[key] = (*found.get(key, ()), name)
    return found


def _names(events: Any) -> pd.DataFrame:
    """Columns step, visitors: the names in a log, those of most visitors first."""
    return remembered(events, "names", lambda: _counted_names(events))


def _counted_names(events: Any) -> pd.DataFrame:
    import ibis

    from csworkbook.events import read

    if hasattr(events, "iloc"):
        return _names_here(events)
    table = read(events)
    table = table.filter(present(table.step), present(table.visitor_id), table.moment.notnull())
    counted = table.group_by("step").aggregate(visitors=table.visitor_id.nunique())
    return counted.order_by(ibis.desc("visitors"), "step").limit(_MOST).to_pandas()


def _names_here(events: pd.DataFrame) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    from csworkbook.events.frames import prepared

    held = prepared(events)
    who, step = held.codes("visitor_id").filled, held.codes("step")
    rows = (who >= 0) & (step.filled >= 0) & (held.moment > np.iinfo(np.int64).min)
    pairs = np.unique(step.filled[rows] * (who.max(initial=0) + 1) + who[rows])
    visitors = np.bincount(pairs // (who.max(initial=0) + 1), minlength=len(step.text))
    counted = pd.DataFrame({"step": step.text, "visitors": visitors})
    counted = counted[counted["visitors"] > 0].sort_values(["visitors", "step"], ascending=[False, True])
    return counted.head(_MOST).reset_index(drop=True)


def _own(steps: Iterable) -> dict[str, str]:
    """Name → the role its owner gave it."""
    given: dict[str, str] = {}
    for step in steps:
        role = step.get("role") if isinstance(step, Mapping) else getattr(step, "role", None)
        where = step.get("step") if isinstance(step, Mapping) else getattr(step, "where", {}).get("step", ())
        names = (where,) if isinstance(where, str) else tuple(where or ())
        given |= {str(name): role for name in names if role}
    return given


@lru_cache
def _known() -> dict[str, str]:
    """Folded name → role, of all that is in the lists; that of the funnel goes before that of the intake."""
    lists = tomllib.loads(_CONTENT.read_text("utf-8"))
    brought = tomllib.loads(_WORDS.read_text("utf-8"))["word"]["step"]
    known = {_folded(name): role for role, names in brought.items() for name in names}
    return known | {
        _folded(name): role for role, sources in lists.items() for names in sources.values() for name in names
    }


@lru_cache(maxsize=8192)
def _folded(name: str) -> str:
    """Small letters and figures only, without accents."""
    letters = unicodedata.normalize("NFKD", str(name).casefold())
    return "".join(letter for letter in letters if letter.isalnum())
