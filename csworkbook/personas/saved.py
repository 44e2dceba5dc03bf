"""Which personas did we find, so that later customers get the same ones?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from csworkbook.errors import SettingError
from csworkbook.language import gettext as _
from csworkbook.language import number

KIND, KEY = "personas", "found"  # where the store of a shop keeps them
LONGEST = 60  # characters of a name


@dataclass(frozen=True)
class Saved:
    """What has to be kept of personas: how customers are measured, where the centres are, what they are called.

    Attributes
    ----------
    k : int
        How many; 0 = there were no clear groups.
    seed : int
        With which they were found.
    recipe : dict
        How a customer is measured (`Features.recipe`).
    centres : list of list of float
        The centre of each persona on the measured columns, the largest persona first.
    names : list of str
        What the owner typed; empty where the proposed name stands (it is in the language spoken).
    found_at : str
        ISO day of the last order they were found on.
    shares : list of float
        The share of customers of each when they were found, 0–1.
    why : dict
        The numbers that spoke for or against groups: customers, k, silhouette, silhouette_chance, stability, clear,
        and ``asked`` (True) where somebody asked for this number of groups.

    >>> Saved.read(Saved(k=0, seed=0, recipe={}).document())
    Saved(k=0, seed=0, recipe={}, centres=[], names=[], found_at='', shares=[], why={})
    """

    k: int
    seed: int
    recipe: dict
    centres: list[list[float]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    found_at: str = ""
    shares: list[float] = field(default_factory=list)
    why: dict = field(default_factory=dict)

    def document(self) -> dict:
        """As the store keeps it (JSON)."""
        return asdict(self)

    @classmethod
    def read(cls, document: Mapping[str, Any] | None) -> Saved | None:
        """What `document` wrote; None for nothing, or for what is no such document."""
        needed = {one.name for one in fields(cls)}
        if not isinstance(document, Mapping) or not needed <= set(document):
            return None
        found = cls(**{name: document[name] for name in needed})
        whole = len(found.centres) == len(found.names) == len(found.shares) == found.k
        return found if whole else None

    def renamed(self, persona: int, name: str) -> Saved:
        """The same with another name for a persona (1..k); an empty name brings the proposed one back.

        Raises
        ------
        SettingError
            When there is no such persona, the name is too long, or another persona has it.
        """
        if not 1 <= persona <= self.k:
            raise SettingError(_("There is no persona {n}.").format(n=number(persona)))
        name = " ".join(name.split())
        if len(name) > LONGEST:
            raise SettingError(_("A name may have {n} characters at most.").format(n=number(LONGEST)))
        others = [one.casefold() for place, one in enumerate(self.names, 1) if place != persona]
        if name and name.casefold() in others:
            raise SettingError(
                _("Another persona is called “{name}” already.").format(name=name),
                next_step=_("Give each its own name, so that lists can be told apart."),
            )
        return replace(self, names=[*self.names[: persona - 1], name, *self.names[persona:]])
