"""Which things are measured of a customer, and how do they add up from his orders, lines and contacts?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from csworkbook.personas.blocks import Block, block, summed
from csworkbook.personas.seen import Seen, Words, commonest

MOST_WORDS = 10  # categories or devices that get a column of their own
OTHER = "other"
FAR = 5.0  # robust standard deviations: what lies further is capped (wholesale)
NO_END = 1e9
SPELLS = {"december": 0.1}  # purchases soon after each other fall in one season: this much at most
PER_ORDER = ("margin_share", "discount", "december", "weekend", "evening", "returned")


@dataclass(frozen=True)
class Counted:
    """One block before it is measured: its columns, observations, their sums, the sum of their squares."""

    name: str
    columns: tuple[str, ...]
    seen: np.ndarray
    sums: np.ndarray
    squares: float
    alike: float | None = None  # where it is known another way
    is_rate: bool = False  # sums are counts, compared as logarithms

    def block(self, known: dict | None = None) -> Block:
        """Measured by itself, or as `known` (a part of a recipe) measured."""
        most = SPELLS.get(self.name, 1.0)
        return block(
            self.name,
            self.columns,
            self.seen,
            self.sums,
            self.squares,
            alike=self.alike,
            most=most,
            known=known,
            is_rate=self.is_rate,
        )


def counted(seen: Seen, recipe: dict) -> list[Counted]:
    """Everything that can be measured of these customers."""
    caps = recipe["caps"]
    found = [
        _numbers("order_value", seen.customer, capped(np.log1p(seen.net), caps["order_value"]), seen.size)
    ]
    if len(seen.line_order):
        lines = np.bincount(seen.line_order, minlength=len(seen.net)).astype(float)
        lines = np.where(lines > 0, np.log(np.maximum(lines, 1)), np.nan)
        found.append(_numbers("lines_per_order", seen.customer, lines, seen.size))
    found += [
        _numbers(name, seen.customer, seen.flags[name], seen.size) for name in PER_ORDER if name in seen.flags
    ]
    if seen.device is not None:
        chosen = _chosen("device", seen.device, recipe)
        found.append(_words("device", seen.device, seen.customer, chosen, seen.size))
    if seen.category is not None:
        found.append(_categories(seen, _chosen("category", seen.category, recipe)))
    if "contacts" in seen.has:
        found.append(_contacts(seen))
        minutes = capped(np.log1p(seen.contact_minutes), caps["minutes"])
        found.append(_numbers("minutes", seen.contact_customer, minutes, seen.size))
    return [one for one in found if one.seen.sum() > 0]


def conventions(seen: Seen) -> dict:
    """What has to be fixed before anything is counted: which words, and where values are capped."""
    told = {"device": seen.device, "category": seen.category}
    return {
        "words": {name: list(commonest(found, MOST_WORDS)) for name, found in told.items() if found},
        "caps": {"order_value": fence(np.log1p(seen.net)), "minutes": fence(np.log1p(seen.contact_minutes))},
    }


def fence(values: np.ndarray) -> list[float]:
    """The bounds beyond which a value is taken as lying on them: the median and `FAR` robust deviations.

    >>> fence(np.array([1.0, 2.0, 3.0])), fence(np.array([]))
    ([-5.413, 9.413], [-1000000000.0, 1000000000.0])
    """
    values = values[~np.isnan(values)]
    if not len(values):
        return [-NO_END, NO_END]
    middle = float(np.median(values))
    spread = 1.4826 * float(np.median(np.abs(values - middle))) or float(values.std())
    if spread == 0:
        return [-NO_END, NO_END]
    return [round(middle - FAR * spread, 6), round(middle + FAR * spread, 6)]


def capped(values: np.ndarray, bounds: list[float]) -> np.ndarray:
    """Values within bounds."""
    return values.clip(*bounds)


def _chosen(name: str, found: Words, recipe: dict) -> list[str]:
    """The words that get a column: those of the recipe, or the commonest where it was made before there were any."""
    return recipe["words"].get(name) or list(commonest(found, MOST_WORDS))


def _numbers(name: str, codes: np.ndarray, values: np.ndarray, size: int) -> Counted:
    known = ~np.isnan(values)
    column = values[known][:, None]
    seen, sums = summed(codes[known], column, size)
    return Counted(name, (name,), seen, sums, float((column**2).sum()))


def _categories(seen: Seen, chosen: list[str]) -> Counted:
    """Shares of the lines of every order; an order is one observation, however many lines it has."""
    per_order = _words("category", seen.category, seen.line_order, chosen, len(seen.customer))
    there = per_order.seen > 0
    shares = per_order.sums[there] / per_order.seen[there, None]
    orders, sums = summed(seen.customer[there], shares, seen.size)
    return Counted("category", per_order.columns, orders, sums, float((shares**2).sum()))


def _words(name: str, found: Words, codes: np.ndarray, chosen: list[str], size: int) -> Counted:
    """Shares of words; those without a column of their own share one."""
    known = found.codes >= 0
    place = np.array([chosen.index(one) if one in chosen else len(chosen) for one in found.words])
    cell = codes[known] * (len(chosen) + 1) + place[found.codes[known]]
    sums = np.bincount(cell, minlength=size * (len(chosen) + 1)).reshape(size, -1).astype(float)
    columns = tuple(f"{name}: {one}" for one in (*chosen, OTHER))
    return Counted(name, columns, sums.sum(axis=1), sums, float(sums.sum()))


def _contacts(seen: Seen) -> Counted:
    """Contacts per order: counts whose spread beyond chance (Poisson) lies between customers."""
    orders = np.bincount(seen.customer, minlength=seen.size).astype(float)
    number = np.bincount(seen.contact_customer, minlength=seen.size).astype(float)
    return poisson("contacts", orders, number)


def poisson(name: str, orders: np.ndarray, number: np.ndarray) -> Counted:
    """Counts per order; `alike` by moments: what varies between customers beyond Poisson, of one order's variance.

    >>> poisson("contacts", np.ones(4), np.array([0.0, 0.0, 4.0, 4.0])).alike
    0.5
    """
    usual = number.sum() / orders.sum()
    beyond = float(((number - usual * orders) ** 2 - number).sum() / (orders**2).sum())
    between = max(beyond, 0.0)
    variance = usual + between
    squares = (variance + usual**2) * orders.sum()
    alike = between / variance if variance > 0 else 0.0
    return Counted(name, (name,), orders, number[:, None], float(squares), float(alike), is_rate=True)
