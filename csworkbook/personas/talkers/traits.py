"""Which customers have the four traits of a relational buyer (handbook 5.2), and from where on?

The traits are the highest number of questions, the greatest variety of questions, the longest mean time per
contact and the highest mean order value. "Highest" is the top share of those of whom it is known, or from a
number of the owner's own on.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from csworkbook import language
from csworkbook.errors import SettingError
from csworkbook.language import gettext as _
from csworkbook.language import ngettext

TRAITS = ("questions", "variety", "minutes", "worth")


@dataclass(frozen=True)
class Limit:
    """From where on a customer has a trait.

    Attributes
    ----------
    trait : str
        One of `TRAITS`.
    at_least : float
        In contacts, topics, minutes or money; infinite where nobody stands out.
    top : float
        The share that was asked for (0–1); 0 where the number is the owner's own.
    n, of : int
        How many have it, of how many of whom it is known.
    """

    trait: str
    at_least: float
    top: float
    n: int
    of: int

    @property
    def known(self) -> bool:
        """Whether the trait is known of anybody."""
        return self.of > 0

    def said(self, currency: str = "EUR") -> str:
        """The limit in words, such as "2 questions"."""
        if math.isinf(self.at_least):
            return {
                "questions": _("number of questions (nobody stands out)"),
                "variety": _("different topics (nobody stands out)"),
                "minutes": _("minutes per contact (nobody stands out)"),
                "worth": _("order value (nobody stands out)"),
            }[self.trait]
        number = language.number(self.at_least, 0 if self.at_least == round(self.at_least) else 1)
        many = 1 if self.at_least == 1 else 2
        return {
            "questions": ngettext("{n} question", "{n} questions", many),
            "variety": ngettext("{n} topic", "{n} different topics", many),
            "minutes": ngettext("{n} minute per contact", "{n} minutes per contact", many),
            "worth": _("{n} per order"),
        }[self.trait].format(n=language.money(self.at_least, currency) if self.trait == "worth" else number)


def of_customers(rows: pd.DataFrame, bought: pd.DataFrame | None) -> pd.DataFrame:
    """What is known of every buyer; of everybody who asked, where there are no orders.

    Parameters
    ----------
    rows : DataFrame
        The questions (see `relational_contacts.Asked`).
    bought : DataFrame, optional
        `purchases.purchases` of the same time.

    Returns
    -------
    DataFrame
        Index customer_id. questions, variety (different topics), minutes (mean per question of which they
        are known), worth (mean order value, money), handling (minutes of work together), orders, margin
        (money), first_at, last_at (first and last order).

    >>> rows = pd.DataFrame({"customer": ["ann", "ann"], "day": 1, "topic": ["size", "stock"], "minutes": [4.0, 8.0]})
    >>> of_customers(rows, None).loc["ann", ["questions", "variety", "minutes"]].tolist()
    [2.0, 2.0, 6.0]
    """
    by = rows.groupby("customer", sort=True, observed=True)
    found = pd.DataFrame(
        {
            "questions": by.size().astype(float),
            "variety": by["topic"].nunique().astype(float),
            "minutes": by["minutes"].mean().round(9),  # a mean that is exactly the limit has the trait
            "handling": by["minutes"].sum(),
        }
    )
    found.index = pd.Index(found.index.astype("str"), name="customer_id")
    if rows["topic"].isna().all():
        found["variety"] = np.nan  # no contact tells its topic
    if bought is None:
        nothing = {"worth": np.nan, "orders": 0, "margin": np.nan, "first_at": pd.NaT, "last_at": pd.NaT}
        return found.assign(**nothing)
    found = found.reindex(bought.index)
    counts = ["questions", "handling"] + ["variety"] * bool(rows["topic"].notna().any())
    found[counts] = found[counts].fillna(0.0)
    worth = (bought["spent"] / bought["orders"]).round(9)
    return found.assign(
        worth=worth, **{name: bought[name] for name in ("orders", "margin", "first_at", "last_at")}
    )


def limits(customers: pd.DataFrame, top: float, own: Mapping[str, float]) -> tuple[Limit, ...]:
    """From where on each trait counts.

    Parameters
    ----------
    customers : DataFrame
        As `of_customers` gives.
    top : float
        The share (0–1) that is "highest" of those of whom the trait is known.
    own : mapping
        Trait → 0 for the top share; a share (below 1) for another top of this trait, from the bottom: 0.9
        is the highest tenth; 1 or more for a number of its own.

    Raises
    ------
    SettingError
        When a limit cannot be.

    >>> customers = pd.DataFrame({trait: [0.0, 1.0, 2.0, 2.0, 9.0] for trait in TRAITS})
    >>> [limit.at_least for limit in limits(customers, 0.2, {"variety": 0.4, "worth": 1})]
    [9.0, 2.0, 9.0, 1.0]
    """
    _check(top, own)
    return tuple(_limit(customers[trait], trait, top, float(own.get(trait, 0.0))) for trait in TRAITS)


def _check(top: float, own: Mapping[str, float]) -> None:
    if not 0 < top < 1:
        raise SettingError(
            _("“{value}” cannot be the share of customers that counts as highest.").format(value=top),
            allowed=_("Between 0 and 1, such as 0.2 for the highest fifth."),
        )
    for value in own.values():
        if not 0 <= value < math.inf:
            raise SettingError(
                _("“{value}” cannot be a limit of a trait.").format(value=value),
                allowed=_("0 for the highest share, or a number such as 3 questions, 10 minutes or 80 euro."),
            )


def _limit(values: pd.Series, trait: str, top: float, own: float) -> Limit:
    known = np.sort(values.to_numpy(float)[values.notna().to_numpy()])
    top = (1 - own if 0 < own < 1 else top) if own < 1 else 0.0
    least = own if own >= 1 else _highest(known, top)
    return Limit(trait, least, top, int((known >= least).sum()), len(known))


def _highest(known: np.ndarray, top: float) -> float:
    """The lowest value that no more than this share reaches; infinite where nobody stands out."""
    most = math.ceil(round(top * len(known), 9))
    if not most or known[0] == known[-1]:
        return math.inf
    least = known[-most]
    if (known >= least).sum() > most:
        higher = known[known > least]
        least = higher[0] if len(higher) else math.inf
    return float(least) if least > known[0] else math.inf


def judged(customers: pd.DataFrame, found: tuple[Limit, ...], needed: int) -> pd.DataFrame:
    """The customers with `traits` (how many of the four they have) and whether that makes them `relational`.

    Raises
    ------
    SettingError
        When fewer than 1 or more than 4 traits are needed.
    """
    has = [(customers[limit.trait] >= limit.at_least).to_numpy() for limit in found]
    traits = np.sum(has, axis=0)
    return customers.assign(traits=traits, relational=traits >= enough(found, needed))


def enough(found: tuple[Limit, ...], needed: int) -> int:
    """How many traits a customer needs: what was asked, or all of which anything is known, if that is fewer."""
    if needed not in range(1, len(TRAITS) + 1):
        raise SettingError(
            _("“{value}” traits cannot be asked for.").format(value=needed),
            allowed=_("1 to 4 of the four traits."),
        )
    return max(1, min(needed, sum(limit.known for limit in found)))
