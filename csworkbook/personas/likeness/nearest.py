"""Which real customers are most like each persona, and what happened with them?"""

from __future__ import annotations

import string
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import language
from csworkbook.errors import SettingError
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import mark, ngettext
from csworkbook.personas import grouping
from csworkbook.personas.likeness import drawn
from csworkbook.personas.likeness import words as likeness_words
from csworkbook.personas.likeness.differences import left_out
from csworkbook.personas.likeness.lives import KINDS, lives
from csworkbook.purchases import left_out_said
from csworkbook.results import Result, Vocabulary, question

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from csworkbook.personas.rows import Frame
    from csworkbook.personas.saved import Saved

MOST = 10  # customers per persona
IDS = ("letters", "own")
_ALIKE = 9  # decimals; distances that agree in these are the same


@question(
    mark("Which real customers are most like each persona?"),
    labels=likeness_words.labels,
    choices=likeness_words.choices,
)
def nearest(
    orders: Frame,
    order_lines: Frame | None = None,
    contacts: Frame | None = None,
    returns: Frame | None = None,
    *,
    personas: Saved | None = None,
    closest: int = 3,
    ids: str = "letters",
    margin: float = 0.35,
    currency: str = "EUR",
    zone: str = "Europe/Amsterdam",
) -> Nearest:
    """The customers nearest the centre of each persona, with everything that happened, in time order.

    Real people, not a mean: what one of them did need not be what most do. Nothing they wrote is shown, and no order
    number.

    Parameters
    ----------
    personas : Saved, optional
        The personas that were saved; without, they are found.
    closest : int
        Customers per persona.
    ids : str
        ``"letters"``: customer A, B, C of a persona; ``"own"``: the numbers as they stand in the orders.
    zone : str
        The times are told in this zone.

    Returns
    -------
    Nearest
        table: persona (1..k), name, customer (as `ids` says), at, kind (order, return, contact), about (categories or
        products, reason, topic), amount (money; what was paid for an order, a return negative; what was paid back
        without a return that tells it is off the order), channel.
        `people`: persona, name, customer, customer_id, distance (to the centre), orders, spent; nearest first.

    Raises
    ------
    DataError
        When there are no personas.
    SettingError
        When `ids` or `closest` is something else.
    """
    _require(closest, ids)
    options = {"personas": personas, "margin": margin, "currency": currency, "zone": zone}
    found = grouping.found(orders, order_lines, contacts, returns, **options)
    people = medoids(
        found.features.scaled, found.labels, np.asarray(found.saved.centres), closest, _often(found)
    )
    spent = found.features.table["spent"]
    people["name"] = [found.names[persona - 1] for persona in people["persona"]]
    people["customer"] = _called(people, ids)
    people["spent"] = people["customer_id"].map(spent)
    told = lives(orders, order_lines, contacts, returns, people["customer_id"].tolist(), found.labels)
    table = told.merge(people[["persona", "name", "customer", "customer_id"]], on="customer_id")
    table["at"] = table["at"].dt.tz_convert(zone)
    place = people.reset_index().set_index("customer_id")["index"]
    order = np.lexsort(
        [_place_of(table["kind"]), table["at"].to_numpy("datetime64[us]"), table["customer_id"].map(place)]
    )
    table = table.iloc[order].reset_index(drop=True)
    return Nearest(table.drop(columns="customer_id"), people, list(found.names), currency, left_out(found))


def _require(closest: int, ids: str) -> None:
    if ids not in IDS:
        raise SettingError(
            _("“{value}” cannot be chosen here.").format(value=ids),
            allowed=_("Possible: {columns}.").format(columns=language.join(list(IDS))),
        )
    if not 1 <= closest <= MOST:
        raise SettingError(
            _("“{value}” cannot be chosen here.").format(value=closest),
            allowed=_("A whole number from 1 to {most}.").format(most=language.number(MOST)),
        )


def _often(found) -> pd.Series:
    table = found.features.table
    return table["orders"] if "orders" in table else pd.Series(1, index=table.index)


def medoids(
    scaled: pd.DataFrame, labels: pd.Series, centres: np.ndarray, closest: int, orders: pd.Series
) -> pd.DataFrame:
    """The customers of each persona nearest its centre.

    Of customers equally near, those with more orders come first (there is more to see), then those first by id.

    Returns
    -------
    DataFrame
        persona, customer_id, distance, orders; nearest first.

    >>> scaled = pd.DataFrame({"x": [0.0, 1.0, 5.0, 9.0]}, list("abcd"))
    >>> labels = pd.Series([1, 1, 2, 2], list("abcd"))
    >>> medoids(scaled, labels, np.array([[0.2], [8.0]]), 1, pd.Series(1, scaled.index))["customer_id"].tolist()
    ['a', 'd']
    """
    mine = labels.reindex(scaled.index).dropna().astype(int)
    values = scaled.loc[mine.index].to_numpy(float)
    distance = np.sqrt(((values - centres[mine.to_numpy() - 1]) ** 2).sum(axis=1))
    table = pd.DataFrame(
        {
            "persona": mine.to_numpy(),
            "customer_id": mine.index,
            "distance": distance,
            "orders": orders.reindex(mine.index).to_numpy(),
        }
    )
    near = table.assign(near=table["distance"].round(_ALIKE), few=-table["orders"])
    near = near.sort_values(["persona", "near", "few", "customer_id"], kind="stable")
    return near.groupby("persona").head(closest).drop(columns=["near", "few"]).reset_index(drop=True)


def _called(people: pd.DataFrame, ids: str) -> list[str]:
    """What each customer is called on the page."""
    if ids == "own":
        return people["customer_id"].astype(str).tolist()
    place = people.groupby("persona").cumcount()
    return [_("customer {letter}").format(letter=string.ascii_uppercase[n]) for n in place]


def _place_of(kinds: pd.Series) -> np.ndarray:
    return kinds.map({kind: place for place, kind in enumerate(KINDS)}).to_numpy()


@dataclass(frozen=True)
class Nearest(Result):
    """Customers nearest the centre of each persona, and what happened with them."""

    people: pd.DataFrame = field(default_factory=pd.DataFrame)
    names: list[str] = field(default_factory=list)
    currency: str = "EUR"
    left_out: dict[str, int] = field(default_factory=dict)
    shown: ClassVar[tuple[str, ...]] = ("name", "customer", "at", "kind", "about", "amount")
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=likeness_words.heads, words=likeness_words.words, kinds=likeness_words.KINDS, wordy=("kind",)
    )

    @property
    def text(self) -> str:
        """Who they are, and what the nearest one of the first persona did."""
        first = self.people.iloc[0]
        said = ngettext(
            "Of each persona the {n} real customer nearest its centre.",
            "Of each persona the {n} real customers nearest its centre.",
            int(self.people.groupby("persona").size().max()),
        ).format(n=language.number(self.people.groupby("persona").size().max()))
        one = _("Nearest “{name}” is {customer}: {life}.").format(
            name=first["name"], customer=first["customer"], life=self.life(first)
        )
        warn = _("They are people, not means: what one of them did need not be what most do.")
        return f"{said} {one} {warn}"

    def life(self, person: pd.Series) -> str:
        """What happened with somebody in a few words: orders, amount, contacts, since when."""
        mine = self.of(person["persona"], person["customer"])
        counts = mine["kind"].value_counts()
        orders = int(counts.get("order", 0))
        said = [
            ngettext("{n} order", "{n} orders", orders).format(n=language.number(orders)),
            language.money(mine["amount"].sum(), self.currency),
        ]
        asked, back = int(counts.get("contact", 0)), int(counts.get("return", 0))
        if asked:
            said.append(ngettext("{n} contact", "{n} contacts", asked).format(n=language.number(asked)))
        if back:
            said.append(ngettext("{n} return", "{n} returns", back).format(n=language.number(back)))
        since = mine["at"].min()
        return ", ".join([*said, _("since {day}").format(day=language.day(since, "MMMM yyyy"))])

    def of(self, persona: int, customer: str) -> pd.DataFrame:
        """What happened with one customer, in time order."""
        return self.table[(self.table["persona"] == persona) & (self.table["customer"] == customer)]

    @property
    def method(self) -> str:
        """How they were chosen, and what is not shown."""
        said = _(
            "Nearest the centre of the persona in the features it was made of; of customers equally near, those with more "
            "orders. What they wrote, who they are and their order numbers are not shown. An order stands with what was paid "
            "for it and a return with what was paid back; the amount in all is net of that."
        )
        return " ".join(filter(None, (said, left_out_said(self.left_out))))

    def cells(self) -> list[list[str]]:
        """The shown cells as people read them."""
        table = self.table[self.columns].itertuples(index=False)
        return [[self._cell(c, v) for c, v in zip(self.columns, row, strict=True)] for row in table]

    def _cell(self, column: str, value: object) -> str:
        if column == "at":
            return language.day(value, "d MMM yyyy")
        return "–" if column == "about" and not value else self.cell(column, value)

    def sheet(self) -> pd.DataFrame:
        """The table for a spreadsheet; times without their zone, which a spreadsheet cannot hold."""
        table = self.table[self.columns]
        kinds = [str(self.vocabulary.word(one)) for one in table["kind"]]
        return table.assign(at=table["at"].dt.tz_localize(None), kind=kinds).set_axis(self.heads(), axis=1)

    def plot(self) -> go.Figure:
        """One line a customer, time from left to right, larger for more money."""
        return drawn.lives(self.table, self.names, [self._hover(row) for row in self.table.itertuples()])

    def _hover(self, row: object) -> str:
        from csworkbook import figures

        parts = [language.day(row.at, "d MMM yyyy"), figures.label_of(row.about)]
        parts += [language.money(row.amount, self.currency)] if row.amount == row.amount else []
        return "<br>".join(part for part in parts if part)

    def findings(self) -> list[Finding]:
        """None: they are to be looked at."""
        return []
