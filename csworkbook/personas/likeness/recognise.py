"""How do you recognise each persona?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import estimates, language
from csworkbook.errors import SettingError
from csworkbook.estimates import SMALL, Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import mark, ngettext
from csworkbook.personas import feature_words, grouping
from csworkbook.personas.likeness import conditions, drawn
from csworkbook.personas.likeness import words as likeness_words
from csworkbook.personas.likeness.conditions import Rule
from csworkbook.personas.likeness.differences import CHAPTER, left_out
from csworkbook.purchases import left_out_said
from csworkbook.results import Result, Vocabulary, question

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from csworkbook.personas.rows import Frame
    from csworkbook.personas.saved import Saved

LARGE = 20_000  # customers; of more a sample is enough to find a rule and to measure it
_UNSEEN = ("margin", "margin_share", "days_known", "days_since")  # nobody recognises a customer by these
_USABLE = 0.8  # right at least so often (the lower end): a rule to act on


@question(
    mark("How do you recognise each persona?"), labels=likeness_words.labels, choices=likeness_words.choices
)
def recognise(
    orders: Frame,
    order_lines: Frame | None = None,
    contacts: Frame | None = None,
    returns: Frame | None = None,
    *,
    personas: Saved | None = None,
    most: int = 3,
    margin: float = 0.35,
    currency: str = "EUR",
    zone: str = "Europe/Amsterdam",
    seed: int = 0,
) -> Recognise:
    """Per persona a rule of a few conditions, and how often it is right, measured on customers kept back.

    Rules are found on seven tenths of the customers and measured on the others. What a rule looks at is what people
    see of a customer: not margins, and not how long ago he bought.

    Parameters
    ----------
    personas : Saved, optional
        The personas that were saved; without, they are found.
    most : int
        Conditions in a rule, 1 to 3.

    Returns
    -------
    Recognise
        table: persona (1..k), name, rule (in words; "" where nothing tells), hits, hits_low, hits_high (of the customers
        kept back who meet the rule, the share that is of the persona), met (how many), reach, reach_low, reach_high
        (of those of the persona, the share that meets it), members (how many), base (the persona's share of all), lift
        (hits / base), tested (customers kept back). `rules`: persona → tuple of `conditions.Condition`.

    Raises
    ------
    DataError
        When there are no personas.
    SettingError
        When `most` is not 1, 2 or 3.
    """
    if most not in (1, 2, 3):
        raise SettingError(
            _("“{value}” cannot be chosen here.").format(value=most),
            allowed=_("Possible: {columns}.").format(columns="1, 2, 3"),
        )
    options = {"personas": personas, "margin": margin, "currency": currency, "zone": zone}
    found = grouping.found(orders, order_lines, contacts, returns, **options)
    values, labels = _known(found.features.table, found.labels, seed)
    rules, table = measured(values, labels, len(found.names), most=most, seed=seed)
    table["name"] = [found.names[persona - 1] for persona in table["persona"]]
    table["rule"] = [feature_words.rule(rules[p], currency) if p in rules else "" for p in table["persona"]]
    return Recognise(table, rules, left_out(found))


def _known(table: pd.DataFrame, labels: pd.Series, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """The features a rule may look at and the labels, in the order of the customers; of many a sample."""
    values = table.drop(columns=[column for column in _UNSEEN if column in table])
    values = values[values.index.isin(labels.index)].sort_index()
    if len(values) > LARGE:
        drawn = np.random.default_rng(seed).choice(len(values), LARGE, replace=False)
        values = values.iloc[np.sort(drawn)]
    return values, labels.reindex(values.index).to_numpy(int)


def measured(
    values: pd.DataFrame, labels: np.ndarray, k: int, *, most: int, seed: int
) -> tuple[dict[int, Rule], pd.DataFrame]:
    """The best rule of every persona, and how it does on the customers kept back.

    Parameters
    ----------
    values : DataFrame
        One row per customer, in a fixed order.
    labels : ndarray of int
        1..k.

    Returns
    -------
    rules : dict
        persona → rule; without those that nothing tells apart.
    table : DataFrame
        As `recognise`, without names and words.
    """
    back = conditions.kept_back(len(values), seed)
    kinds = {column: _rounding(column) for column in values}
    rules, rows = {}, []
    for persona in range(1, k + 1):
        mine = labels == persona
        rule = conditions.best_rule(values[~back], mine[~back], most=most, kinds=kinds, seed=seed)
        if rule is not None:
            rules[persona] = rule
        said = conditions.holds(rule, values[back]) if rule else np.zeros(int(back.sum()), bool)
        rows.append(_row(persona, said, mine[back], float(mine.mean())))
    return rules, pd.DataFrame(rows)


def _rounding(column: str) -> str:
    kind = feature_words.kind(column)
    return "share" if kind == "share" else "count" if kind == "count" else "money"


def _row(persona: int, said: np.ndarray, mine: np.ndarray, base: float) -> dict[str, float]:
    hits = estimates.share(int((said & mine).sum()), int(said.sum()))
    reach = estimates.share(int((said & mine).sum()), int(mine.sum()))
    return {
        "persona": persona,
        "hits": hits.value,
        "hits_low": hits.low,
        "hits_high": hits.high,
        "met": hits.n,
        "reach": reach.value,
        "reach_low": reach.low,
        "reach_high": reach.high,
        "members": reach.n,
        "base": base,
        "lift": hits.value / base if base else np.nan,
        "tested": len(mine),
    }


def often(share: Estimate) -> str:
    """A share in words, and never as certain because nobody who was tried was an exception.

    >>> often(Estimate(1.0, 0.995, 1.0, 800)), often(Estimate(0.996, 0.98, 0.999, 700)), often(Estimate(0.9, 0.8, 0.95, 50))
    ('more than 99%', '99.6%', '90%')
    """
    if share.value >= 0.9995 and share.low >= 0.99:
        return _("more than {value}").format(value=language.percent(0.99))
    return language.percent(share.value, 1 if 0.99 <= share.value < 0.9995 else 0)


def end(value: float) -> str:
    """An end of the interval of a share; close to all with a digit more.

    >>> end(0.9952), end(0.834), end(1.0)
    ('99.5%', '83%', '100%')
    """
    return language.percent(value, 1 if 0.99 <= value < 0.9995 else 0)


@dataclass(frozen=True)
class Recognise(Result):
    """A rule per persona, with how often it is right and how many it finds."""

    rules: dict[int, Rule] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    shown: ClassVar[tuple[str, ...]] = (
        "name",
        "rule",
        "hits",
        "hits_low",
        "hits_high",
        "reach",
        "reach_low",
        "reach_high",
        "base",
        "lift",
        "tested",
    )
    spare: ClassVar[tuple[str, ...]] = ("hits_low", "hits_high", "reach_low", "reach_high", "lift", "tested")
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=likeness_words.heads, words=likeness_words.words, kinds=likeness_words.KINDS
    )

    @property
    def told(self) -> pd.DataFrame:
        """The personas that have a rule which somebody kept back meets, the best first."""
        rows = self.table[(self.table["rule"] != "") & (self.table["met"] > 0)]
        return rows.sort_values(["hits_low", "reach_low"], ascending=False, kind="stable")

    @property
    def text(self) -> str:
        """The rule that is right most often, with what it finds; the one that is right least often; what is missing."""
        if self.told.empty:
            return _("No rule of a few conditions tells these personas apart.")
        best, worst = self.told.iloc[0], self.told.iloc[-1]
        said = _("The rule for “{name}” is “{rule}”.").format(name=best["name"], rule=best["rule"])
        parts = [said, self._rate(best)]
        if worst["persona"] != best["persona"]:
            hardest = _("Hardest to recognise is “{name}”: its rule is right for {hits} and finds {reach}.")
            parts.append(
                hardest.format(
                    name=worst["name"],
                    hits=often(self.hits(worst["persona"])),
                    reach=often(self.reach(worst["persona"])),
                )
            )
        return " ".join(filter(None, [*parts, self._without]))

    def _rate(self, row: pd.Series) -> str:
        hits, reach = self.hits(row["persona"]), self.reach(row["persona"])
        return _(
            "Of the customers who meet it, {hits} ({low} to {high}) are; of all who are, {reach} meet it; measured on {n} "
            "customers kept back."
        ).format(
            hits=often(hits),
            low=end(hits.low),
            high=end(hits.high),
            reach=often(reach),
            n=language.number(row["tested"]),
        )

    @property
    def _without(self) -> str:
        missing = self.table[~self.table["persona"].isin(self.told["persona"])]["name"].tolist()
        if not missing:
            return ""
        return ngettext(
            "There is no rule for {names}.", "There are no rules for {names}.", len(missing)
        ).format(names=language.join([f"“{name}”" for name in missing]))

    @property
    def _small(self) -> bool:
        """Whether so few customers were kept back that the shares say little."""
        return bool((self.table["members"] < SMALL).any())

    def hits(self, persona: int) -> Estimate:
        """How often the rule of a persona is right, on customers kept back."""
        row = self.table.set_index("persona").loc[persona]
        return Estimate(row["hits"], row["hits_low"], row["hits_high"], int(row["met"]))

    def reach(self, persona: int) -> Estimate:
        """How many of a persona its rule finds, on customers kept back."""
        row = self.table.set_index("persona").loc[persona]
        return Estimate(row["reach"], row["reach_low"], row["reach_high"], int(row["members"]))

    @property
    def method(self) -> str:
        """How the rules came about, what the shares mean, and what was kept back."""
        said = _(
            "Rules come from decision trees on seven tenths of the customers, their bounds rounded so that they can be "
            "kept in mind, and are measured on the others. Right: of those who meet the rule, the share that is of the "
            "persona. Found: of the persona, the share that meets the rule (Wilson's intervals). The personas themselves "
            "were made of all customers; a value that is not known meets no condition."
        )
        small = _("Of some personas fewer than {n} customers were kept back.").format(
            n=language.number(SMALL)
        )
        parts = (said, small if self._small else "", left_out_said(self.left_out))
        return " ".join(filter(None, parts))

    def plot(self) -> go.Figure:
        """How often every rule is right and how many it finds, with whiskers, beside guessing."""
        return drawn.rates(self.table)

    def findings(self) -> list[Finding]:
        """The best rule, where it is right often enough to act on."""
        if self.told.empty or self.told.iloc[0]["hits_low"] < _USABLE:
            return []
        best = self.told.iloc[0]
        action = _("Put the rule “{rule}” where service and mailings can see it.").format(rule=best["rule"])
        headline = _("“{name}” can be recognised by {n} conditions.").format(
            name=best["name"], n=language.number(len(self.rules[best["persona"]]))
        )
        if len(self.rules[best["persona"]]) == 1:
            headline = _("“{name}” can be recognised by a single condition.").format(name=best["name"])
        return [Finding(CHAPTER, headline, self.hits(best["persona"]), action=action)]
