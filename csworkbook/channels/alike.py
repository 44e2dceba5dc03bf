"""Do customers who get in touch buy more than similar ones who do not?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import estimates, order_credit
from csworkbook.channels import alike_words
from csworkbook.channels.alike_moments import Moments, of_customers
from csworkbook.channels.alike_result import Compared
from csworkbook.channels.alike_weights import WAYS, balance, weights, worth
from csworkbook.channels.drawn import draw, ends
from csworkbook.contacts.kept import remembered
from csworkbook.errors import SettingError
from csworkbook.estimates import LEVEL, SMALL
from csworkbook.language import gettext as _
from csworkbook.language import join, mark
from csworkbook.repeats import duration
from csworkbook.results import question

if TYPE_CHECKING:
    from csworkbook.order_credit import Frame

GROUPS = ("visitors", "customers")
LOOKS = ("effect", "balance")
ALL = "all"
_SUMS = 6  # per channel: contacts, their orders and margin, weight without a contact, its orders and margin


@question(
    mark("Do customers who ask buy more than similar ones who do not?"),
    labels=alike_words.labels,
    choices=alike_words.choices,
)
def compared(
    contacts: Frame,
    orders: Frame,
    events: Frame | None = None,
    *,
    within: str = "14D",
    stage: str | None = None,
    group: str | None = None,
    like: str = "weights",
    look: str = "effect",
    margin: float = 0.35,
    currency: str = "EUR",
    zone: str = "Europe/Amsterdam",
    seed: int = 0,
) -> Compared:
    """Customers with a contact beside similar ones without one, at the same moment. The difference is no cause.

    Similar are, in what was known before the moment: of visitors their visit, of customers their orders and
    contacts so far. Who asks may still be nearer to buying than anybody who does not; the difference is the most
    that a contact can have brought.

    Parameters
    ----------
    events : DataFrame or ibis.Table, optional
        Page visits: where enough of them name the customer, visits without a purchase are compared, those during
        which (or in the hour after) the visitor asked beside those during which he did not.
    within : str
        How soon an order must follow.
    stage : str, optional
        "before": contacts before buying, "after": after it; None = before where the contacts tell it, else all.
    group : str, optional
        Beside whom: "visitors" or "customers"; None = visitors where there are enough, else customers.
    like : str
        How others are made comparable: by "weights" (propensity) or in equal groups ("strata").
    look : str
        What table and picture show: the "effect" or the "balance" of what is compared.

    Returns
    -------
    Compared
        table with look="effect": channel ("all" first), n (contacts compared), comparable_n (what the others are
        worth), share, comparable (bought within the window, 0–1), difference, low, high, p (Holm over channels),
        verdict, more, more_low, more_high (margin per contact more than comparable ones, money), anyway (comparable
        ÷ share: the part that would have bought anyway, by this comparison). With look="balance": known, before,
        after (standardised differences), alike.

    Raises
    ------
    DataError
        When a required column is missing.
    SettingError
        When one of the settings is none of its options.

    >>> from csworkbook.shop import open_shop
    >>> open_shop().call(compared).table["channel"][0]
    'all'
    """
    _require(group, like, look)
    order_credit.require_terms(stage, margin)
    stage = _stage(contacts, stage)
    key = (within, stage, group, margin, zone, seed, order_credit.known(orders), _token(events))

    def made() -> Compared:
        terms = (within, stage, group, margin, zone, seed)
        moments, kind = remembered(
            contacts, ("alike", *key), lambda: _moments(contacts, orders, events, *terms)
        )
        found = _compared(moments, like, seed)
        return Compared(*found, moments.unlike, kind, within, stage, like, "effect", currency)

    return remembered(contacts, ("compared", like, *key), made).looked_at(look)


def _require(group: str | None, like: str, look: str) -> None:
    for value, known in ((group, (None, *GROUPS)), (like, WAYS), (look, LOOKS)):
        if value not in known:
            raise SettingError(
                _("“{value}” is no way to compare.").format(value=value),
                allowed=join([one for one in known if one]),
            )


def _token(events: Frame | None) -> object:
    return remembered(events, "token", object) if hasattr(events, "columns") else events


def _stage(contacts: Frame, stage: str | None) -> str | None:
    """Contacts before buying, where nothing else is asked and the contacts tell it."""
    if stage is not None or "stage" not in contacts.columns:
        return stage

    def made() -> bool:
        told = contacts["stage"] == "before"
        return bool(
            told.fillna(False).any() if isinstance(contacts, pd.DataFrame) else told.any().to_pandas()
        )

    return "before" if remembered(contacts, "tells before", made) else None


def _moments(
    contacts: Frame, orders: Frame, events: Frame | None, within: str, stage: str | None, group: str | None,
    margin: float, zone: str, seed: int,
) -> tuple[Moments, str]:  # fmt: skip
    """The moments compared, and beside whom."""
    seconds = int(duration(within).total_seconds())
    terms = {"seconds": seconds, "stage": stage, "margin": margin, "zone": zone}
    if events is not None and group != "customers":
        from csworkbook.channels.alike_visits import of_visitors

        seen = of_visitors(contacts, orders, events, **terms)
        if group == "visitors" or min(seen.asked.sum(), (~seen.asked).sum()) >= 10 * SMALL:
            return seen, "visitors"
    return of_customers(contacts, orders, **terms, seed=seed), "customers"


# ---------------------------------------------------------------- the difference
def _compared(moments: Moments, like: str, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The table of differences, and how alike both are."""
    channels = sorted(set(moments.frame["channel"]) - {""})
    if not channels or moments.asked.all():
        return pd.DataFrame(columns=COLUMNS), pd.DataFrame(columns=["known", "before", "after"])
    found, counted = weights(moments, channels, like)
    sums = _people(moments, found, counted)
    drawn = draw(sums, seed=seed).reshape(-1, len(channels) + 1, _SUMS)
    equal = np.array([worth(found.sum(axis=1)), *(worth(one) for one in found.T)])
    table = _table([ALL, *channels], sums.sum(axis=0).reshape(-1, _SUMS), drawn, equal)
    return table[COLUMNS], balance(moments, found, counted)


def _people(moments: Moments, found: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """What every person adds to the sums of all channels together and of each."""
    both = [np.column_stack([one.sum(axis=1), one]) for one in (counted.astype(float), found)]
    bought = moments.frame["bought"].to_numpy(float)[:, None]
    earned = moments.frame["earned"].to_numpy(float)[:, None]
    parts = [one * worth_of for one in both for worth_of in (1.0, bought, earned)]
    rows = np.stack(parts, axis=2).reshape(len(bought), -1)
    person, people = pd.factorize(moments.frame["person"])
    sums = np.zeros((len(people), rows.shape[1]))
    np.add.at(sums, person, rows)
    return sums


def _table(channels: list[str], sums: np.ndarray, drawn: np.ndarray, equal: np.ndarray) -> pd.DataFrame:
    """One row a channel: shares, their difference, and the same in money, with intervals from the draws.

    `equal` is what the others are worth. Where hardly anybody bought draws vary too little (of nobody not at all), so
    no interval is narrower than that of two shares of so many.
    """
    share, comparable, more = _shares(sums)
    shares_drawn, comparable_drawn, more_drawn = _shares(drawn)
    apart = shares_drawn - comparable_drawn
    (low, high), (more_low, more_high) = (_ends(one) for one in (apart, more_drawn))
    n = sums[:, 0]
    plain = _plainly(n, share, equal, comparable)
    low, high = np.fmin(low, plain[0]), np.fmax(high, plain[1])
    few = (n < SMALL) | np.isnan(comparable)
    return pd.DataFrame(
        {
            "channel": channels,
            "comparable_n": equal,
            "n": n.round().astype(int),
            "share": share,
            "comparable": comparable,
            "difference": share - comparable,
            "low": low,
            "high": high,
            **_verdict(share - comparable, apart, few, plain[2]),
            "more": more,
            "more_low": more_low,
            "more_high": more_high,
            "anyway": np.clip(
                np.divide(comparable, share, out=np.full(len(n), np.nan), where=share > 0), 0, 1
            ),
        }
    )


COLUMNS = [
    "channel", "n", "comparable_n", "share", "comparable", "difference", "low", "high", "p", "verdict", "more",
    "more_low", "more_high", "anyway",
]  # fmt: skip


def _shares(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Share with a contact, share of comparable moments, and margin more; the last axis holds the sums."""
    n, bought, earned, weight, like, like_earned = np.moveaxis(sums, -1, 0)
    with np.errstate(all="ignore"):
        return bought / n, like / weight, earned / n - like_earned / weight


def _ends(drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return ends(np.where(np.isfinite(drawn), drawn, 0.0))


def _plainly(n: np.ndarray, share: np.ndarray, equal: np.ndarray, comparable: np.ndarray) -> np.ndarray:
    """Ends and p of the difference of two shares of so many (Newcombe; score test), shape (3, channels)."""
    with np.errstate(all="ignore"):
        bought, others = np.nan_to_num(n * share), np.nan_to_num(equal * comparable)
    found = [estimates.difference(*one) for one in zip(bought, n, others, equal, strict=True)]
    return np.array([(one.low, one.high, one.p if one.p is not None else np.nan) for one in found], float).T


def _verdict(
    difference: np.ndarray, drawn: np.ndarray, few: np.ndarray, plain: np.ndarray
) -> dict[str, np.ndarray]:
    """p by Holm over the channels; that of all together stands alone."""
    from scipy.stats import norm

    spread = np.nanstd(np.where(np.isfinite(drawn), drawn, np.nan), axis=0)
    with np.errstate(all="ignore"):
        p = np.where(few, np.nan, np.fmax(2 * norm.sf(np.abs(difference) / spread), plain))
    p = np.append(p[:1], estimates.adjust(p[1:]))
    told = np.where(difference > 0, "yes", "no")
    return {"p": p, "verdict": np.where(p < 1 - LEVEL, told, "cannot tell yet")}
