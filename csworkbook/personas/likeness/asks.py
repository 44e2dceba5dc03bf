"""What does each persona ask, more than the others?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import estimates, language, results
from csworkbook.errors import DataError
from csworkbook.estimates import Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.personas import grouping, rows
from csworkbook.personas.likeness import differences
from csworkbook.personas.likeness import words as likeness_words
from csworkbook.personas.likeness.compared import compared
from csworkbook.personas.likeness.differences import CHAPTER, Differences
from csworkbook.purchases import left_out_said
from csworkbook.results import Vocabulary, question

if TYPE_CHECKING:
    from csworkbook.personas.rows import Frame
    from csworkbook.personas.saved import Saved

MOST_TOPICS = 30  # compared; the rest counts in the whole


@question(mark("What does each persona ask, more than the others?"), labels=likeness_words.labels)
def asks(
    orders: Frame,
    contacts: Frame,
    order_lines: Frame | None = None,
    returns: Frame | None = None,
    *,
    personas: Saved | None = None,
    margin: float = 0.35,
    currency: str = "EUR",
    zone: str = "Europe/Amsterdam",
) -> Asks:
    """The contact reasons of each persona beside those of all others, and how many get in touch at all.

    Parameters
    ----------
    personas : Saved, optional
        The personas that were saved; without, they are found.

    Returns
    -------
    Asks
        table: persona (1..k), name, value (the topic), said, count, n (the persona's contacts with a topic),
        customers, share, low, high, other_share, other_n, difference, difference_low, difference_high, p (as
        `compared.compared`). `rates`: per persona name, customers, count (who got in touch), share, low, high,
        other_share, difference, difference_low, difference_high, p (corrected by Holm), contacts (per customer).

    Raises
    ------
    DataError
        When there are no personas, or no contact is of a customer who has one.
    """
    options = {"personas": personas, "margin": margin, "currency": currency, "zone": zone}
    found = grouping.found(orders, order_lines, contacts, returns, **options)
    asked = rows.asked(contacts, orders, found.labels)
    told = asked.dropna(subset=["topic"])
    if told.empty:
        raise DataError(
            _("None of these contacts with a reason is of a customer who bought."),
            allowed=_(
                "Contacts with the customer number of the orders, an e-mail address or an order number."
            ),
            next_step=_(
                "See on the start page how many contacts were found in the orders, and why others were not."
            ),
        )
    counts = told.groupby(["customer_id", "topic"]).size().rename("count").reset_index()
    counts = counts.rename(columns={"topic": "value"})
    table = compared(counts, found.labels, k=found.k, most=MOST_TOPICS)
    named = differences.named(table, found.names, lambda one: str(results.word(one)))
    rates = _rates(asked, found.labels, found.names)
    return Asks(named, "topic", differences.left_out(found), rates, len(asked) - len(told))


def _rates(asked: pd.DataFrame, labels: pd.Series, names: list[str]) -> pd.DataFrame:
    """Per persona how many of its customers ever got in touch, beside the others."""
    mine = asked.groupby("customer_id").size().reindex(labels.index, fill_value=0)
    by = pd.DataFrame({"persona": labels, "n": mine, "got": mine > 0}).groupby("persona")
    each = by.agg(customers=("n", "size"), count=("got", "sum"), contacts=("n", "mean"))
    each = each.reindex(range(1, len(names) + 1), fill_value=0)
    others = each[["customers", "count"]].sum() - each[["customers", "count"]]
    compared = [
        estimates.difference(a, b, c, d)
        for a, b, c, d in zip(
            each["count"], each["customers"], others["count"], others["customers"], strict=True
        )
    ]
    low, high = estimates.shares(each["count"], each["customers"])
    told = {
        "name": names,
        "share": each["count"] / each["customers"],
        "low": low,
        "high": high,
        "other_share": others["count"] / others["customers"].replace(0, np.nan),
        "difference": [one.value for one in compared],
        "difference_low": [one.low for one in compared],
        "difference_high": [one.high for one in compared],
        "p": estimates.adjust([np.nan if one.p is None else one.p for one in compared]),
    }
    return each.assign(**told).reset_index()


@dataclass(frozen=True)
class Asks(Differences):
    """Contact reasons per persona; `rates` tells how many get in touch, `without` counts contacts without a reason."""

    rates: pd.DataFrame | None = None
    without: int = 0
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=lambda: {**likeness_words.heads(), "said": _("Contact reason")},
        words=likeness_words.words,
        kinds=likeness_words.KINDS,
    )

    @property
    def text(self) -> str:
        """What stands out most, for whom else what does, and who gets in touch most."""
        if self.sure.empty:
            said = _("The personas ask about the same things, as far as can be told.")
            return f"{said} {self._touch}".strip()
        first = next(self.sure.itertuples())
        said = _(
            "“{name}” asks about “{topic}” more than the others: {share} of its contacts against {other}."
        ).format(
            name=first.name,
            topic=first.said,
            share=language.percent(first.share),
            other=language.percent(first.other_share),
        )
        return " ".join(filter(None, (said, self.further_said(first), self._touch)))

    def with_names(self, rows: pd.DataFrame) -> list[str]:
        """Topics in quotes, each after the name of its persona."""
        said = _("“{name}” about “{topic}” ({share} against {other})")
        return [
            said.format(
                name=row.name,
                topic=row.said,
                share=language.percent(row.share),
                other=language.percent(row.other_share),
            )
            for row in rows.itertuples(index=False)
        ]

    @property
    def most_in_touch(self) -> object | None:
        """The row of `rates` of the persona that surely gets in touch more than the others, if there is one."""
        rows = self.rates[(self.rates["p"] < 1 - estimates.LEVEL) & (self.rates["difference_low"] > 0)]
        return next(rows.nlargest(1, "difference").itertuples(), None)

    @property
    def _touch(self) -> str:
        row = self.most_in_touch
        if row is None:
            return _("No persona surely gets in touch more than the others.")
        return _(
            "Most in touch is “{name}”: {share} of its customers ({low} to {high}) asked at least once, of the others {other}."
        ).format(
            name=row.name,
            share=language.percent(row.share),
            low=language.percent(row.low),
            high=language.percent(row.high),
            other=language.percent(row.other_share),
        )

    def touch(self, persona: int) -> Estimate:
        """The share of a persona's customers who ever got in touch."""
        row = self.rates.set_index("persona").loc[persona]
        return Estimate(row["share"], row["low"], row["high"], int(row["customers"]), p=row["p"])

    @property
    def method(self) -> str:
        """What was counted, how it was compared, and what is left out."""
        said = _(
            "Counted are contacts with a reason, of customers who have a persona. Who got in touch: customers with at least "
            "one contact, of all customers; only what your contacts cover is known."
        )
        without = _("Without a reason: {n} contacts.").format(n=language.number(self.without))
        left_out = left_out_said(self.left_out)
        return " ".join(filter(None, (said, self.tested, without if self.without else "", left_out)))

    def findings(self) -> list[Finding]:
        """The reason that stands out most, as something to answer before it is asked."""
        if self.sure.empty:
            return []
        first = next(self.sure.itertuples())
        action = _(
            "Answer it where “{name}” looks before asking: on the pages of what it buys and in the confirmation."
        ).format(name=first.name)
        return [Finding(CHAPTER, self.headline, self.estimate(first), action=action)]
