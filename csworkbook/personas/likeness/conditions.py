"""Which few conditions tell the members of a group from all others?

A condition is a span of one column. Trees of scikit-learn propose them on one part of the customers, their bounds
are rounded so that a person can keep them in mind, and the best are measured on the customers kept back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

TESTED = 0.3  # of the customers are kept back
_EACH = 0.01  # what a further condition has to add to the score


@dataclass(frozen=True)
class Condition:
    """Values of `column` above `low` and up to `high` (infinite where it has no such bound)."""

    column: str
    low: float = -np.inf
    high: float = np.inf

    def holds(self, table: pd.DataFrame) -> np.ndarray:
        """For which rows it holds; never where the value is not known."""
        values = table[self.column].to_numpy(float)
        with np.errstate(invalid="ignore"):
            return (values > self.low) & (values <= self.high)


Rule = tuple[Condition, ...]


def holds(rule: Rule, table: pd.DataFrame) -> np.ndarray:
    """For which rows all conditions of a rule hold."""
    return np.logical_and.reduce([condition.holds(table) for condition in rule])


def kept_back(n: int, seed: int) -> np.ndarray:
    """Which of `n` customers (in a fixed order) are kept back to measure rules on."""
    drawn = np.random.default_rng(seed).permutation(n)
    back = np.zeros(n, dtype=bool)
    back[drawn[: int(n * TESTED)]] = True
    return back


def best_rule(
    table: pd.DataFrame, member: np.ndarray, *, most: int = 3, kinds: Mapping[str, str], seed: int = 0
) -> Rule | None:
    """The rule of at most `most` conditions that finds the members best; None where nothing tells them apart.

    Best is the harmonic mean of how often it is right and how many it finds (F1), less 0.01 per condition, so
    that a shorter rule wins where a longer one adds next to nothing.

    Parameters
    ----------
    table : DataFrame
        One row per customer, numbers; NaN = not known.
    member : ndarray of bool
        Who belongs to the group.
    kinds : mapping
        How the values of each column are rounded: ``"share"``, ``"count"``, ``"money"`` … (see `rounded`).

    >>> table = pd.DataFrame({"orders": [1.0, 1, 1, 1, 5, 6, 7, 8] * 5, "noise": range(40)})
    >>> best_rule(table, table["orders"].to_numpy() > 4, kinds={"orders": "count"})
    (Condition(column='orders', low=3.0, high=inf),)
    """
    proposed = {_plain(rule, kinds) for rule in _proposed(table, member, most, seed)}
    rules = sorted((rule for rule in proposed if rule), key=lambda rule: (len(rule), str(rule)))
    scored = [(_f1(holds(rule, table), member) - _EACH * len(rule), rule) for rule in rules]
    if not scored:
        return None
    score, rule = max(scored, key=lambda pair: pair[0])
    return rule if score > 0 else None


def _f1(said: np.ndarray, member: np.ndarray) -> float:
    both = (said & member).sum()
    return 2 * both / max(said.sum() + member.sum(), 1)


def _proposed(table: pd.DataFrame, member: np.ndarray, most: int, seed: int) -> list[Rule]:
    """The way to every node of two trees: one that counts customers, one that counts groups."""
    from sklearn.tree import DecisionTreeClassifier

    if not 0 < member.sum() < len(member):
        return []
    values = table.to_numpy(np.float32)
    least = max(2, int(0.02 * member.sum()))
    rules: list[Rule] = []
    for weight in (None, "balanced"):
        tree = DecisionTreeClassifier(
            max_depth=most, min_samples_leaf=least, class_weight=weight, random_state=seed
        ).fit(values, member)
        rules += _ways(tree.tree_, list(table.columns))
    return rules


def _ways(tree, columns: list[str]) -> list[Rule]:
    """Every node of a tree as the conditions that lead to it; spans of one column taken together."""
    ways: list[Rule] = []
    open_nodes: list[tuple[int, dict[str, tuple[float, float]]]] = [(0, {})]
    while open_nodes:
        node, spans = open_nodes.pop()
        if spans:
            ways.append(tuple(Condition(name, *span) for name, span in sorted(spans.items())))
        if tree.children_left[node] < 0:
            continue
        name, cut = columns[tree.feature[node]], float(tree.threshold[node])
        low, high = spans.get(name, (-np.inf, np.inf))
        open_nodes.append((tree.children_left[node], {**spans, name: (low, min(high, cut))}))
        open_nodes.append((tree.children_right[node], {**spans, name: (max(low, cut), high)}))
    return ways


def _plain(rule: Rule, kinds: Mapping[str, str]) -> Rule:
    """The rule with rounded bounds; empty where rounding leaves a condition that nothing can meet."""
    plain = [
        Condition(one.column, *(rounded(bound, kinds.get(one.column, "")) for bound in (one.low, one.high)))
        for one in rule
    ]
    return tuple(plain) if all(one.low < one.high for one in plain) else ()


def rounded(bound: float, kind: str) -> float:
    """A bound that a person can keep in mind: whole counts, per cents in fives, else two digits.

    >>> rounded(1.5, "count"), rounded(0.4872, "share"), rounded(0.031, "share"), rounded(83.71, "money")
    (1.0, 0.5, 0.03, 84.0)
    """
    if not np.isfinite(bound) or bound == 0:
        return bound
    if kind == "count":
        return float(np.floor(bound))
    if kind == "share":
        near = round(bound * 20) / 20
        return near if 0 < near < 1 and bound >= 0.05 else round(bound, 2)
    return float(f"{bound:.2g}")
