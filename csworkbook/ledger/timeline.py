"""What happened with this one customer, in time order?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from csworkbook import figures, language
from csworkbook.errors import DataError
from csworkbook.language import gettext as _
from csworkbook.language import mark, ngettext
from csworkbook.ledger import links
from csworkbook.ledger.entries import KINDS, together
from csworkbook.ledger.shown import LedgerResult, head, keys, reasons, word
from csworkbook.results import question

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from csworkbook.ledger.sources import Frame

_COLOURS = {
    "order": "#0b5c7a", "line": "#5aa5a0", "return": "#b04a00", "contact": "#e08a3c", "answer": "#6b4c8a", "visit": "#8a97a3",
}  # fmt: skip
_MOST_SHOWN = 2000  # entries of one customer


@question(mark("What happened with this one customer?"))
def timeline(
    orders: Frame,
    order_lines: Frame | None = None,
    returns: Frame | None = None,
    contacts: Frame | None = None,
    effort_survey: Frame | None = None,
    events: Frame | None = None,
    *,
    customer_id: str | None = None,
    zone: str = "Europe/Amsterdam",
    currency: str = "EUR",
) -> Timeline:
    """One customer's entries in time order, under his pseudonym; what he wrote is not shown.

    Parameters
    ----------
    customer_id : str, optional
        As in the tables; by default the customer with the most different kinds of entries (of these,
        the most entries; of these, the first by id).
    zone : str
        The times are told in this zone.

    Returns
    -------
    Timeline
        table: at, kind, id, order_id, product_id, channel, topic, amount, minutes, effort, found (as
        in `entries`).

    Raises
    ------
    DataError
        When nothing is known of this customer.

    >>> from csworkbook.shop import open_shop
    >>> open_shop().call(timeline, customer_id="10003").table["kind"].tolist()
    ['order', 'line', 'contact', 'visit']
    """
    with links.looked_up(orders) as known:
        ledger = together(known, order_lines, returns, contacts, effort_survey, events)
        customer = (customer_id or "").strip() or _busiest(ledger)
        mine = ledger.filter(ledger.customer_id == customer).order_by("second").limit(_MOST_SHOWN).to_pandas()
    if customer is None or mine.empty:
        raise DataError(
            _("Nothing is known of a customer “{customer}”.").format(customer=customer or ""),
            allowed=_("A customer number as it stands in your orders."),
            next_step=_(
                "Take one from the table of orders, or leave it empty for a customer with a long story."
            ),
        )
    mine["kind"] = pd.Categorical(mine["kind"], KINDS, ordered=True)
    mine = mine.sort_values(["second", "kind"], kind="stable", ignore_index=True)
    at = pd.to_datetime(mine["second"], unit="s", utc=True).dt.tz_convert(zone)
    table = mine.assign(at=at, kind=mine["kind"].astype(object))
    return Timeline(table.drop(columns=["customer_id", "second"]), customer, currency)


def _busiest(ledger) -> str | None:
    told = ledger.filter(ledger.customer_id.notnull())
    per_kind = told.group_by("customer_id", "kind").agg(n=told.count())
    rich = per_kind.group_by("customer_id").agg(kinds=per_kind.count(), n=per_kind.n.sum())
    first = rich.order_by([rich.kinds.desc(), rich.n.desc(), rich.customer_id]).limit(1).to_pandas()
    return None if first.empty else str(first["customer_id"][0])


@dataclass(frozen=True)
class Timeline(LedgerResult):
    """One customer's entries in time order."""

    customer_id: str = ""
    currency: str = "EUR"
    shown: ClassVar[tuple[str, ...]] = (
        "at",
        "kind",
        "topic",
        "channel",
        "order_id",
        "amount",
        "minutes",
        "matched",
    )

    @property
    def text(self) -> str:
        """How long, how often, how much."""
        orders = self.table[self.table["kind"] == "order"]
        first, last = self.table["at"].min(), self.table["at"].max()
        n = len(orders)
        said = ngettext(
            "{customer}: {n} order of {value}, {contacts} contacts and {returns} returns between {first} and {last}.",
            "{customer}: {n} orders of {value}, {contacts} contacts and {returns} returns between {first} and {last}.",
            n,
        )  # fmt: skip
        kinds = self.table["kind"].value_counts()
        return said.format(
            customer=self.customer_id, n=language.number(n), value=language.money(orders["amount"].sum(), self.currency),
            contacts=language.number(kinds.get("contact", 0)), returns=language.number(kinds.get("return", 0)),
            first=language.day(first), last=language.day(last),
        )  # fmt: skip

    @property
    def method(self) -> str:
        """What is shown, and what is not."""
        return _(
            "Everything found under this pseudonym by customer number, e-mail address (hashed) or order number. "
            "What the customer wrote is not shown. Amounts of lines are part of their order."
        )

    def _worded(self) -> pd.DataFrame:
        found = self.table["found"].replace({"order": "order_number"})
        return self.table.assign(matched=[{**keys(), **reasons()}.get(one, "") for one in found])

    def cells(self) -> list[list[str]]:
        """The shown cells as people read them, row by row."""
        rows = self._worded()[self.columns].itertuples(index=False)
        return [[self._cell(c, v) for c, v in zip(self.columns, row, strict=True)] for row in rows]

    def _cell(self, column: str, value: object) -> str:
        if column == "at":
            return f"{language.day(value, 'd MMM yyyy')} {value:%H:%M}"
        if column in ("topic", "channel", "order_id") and not isinstance(value, str):
            return "–"
        return self.cell(column, value)

    def sortable(self) -> pd.DataFrame:
        """The shown columns as they sort."""
        return self._worded()[self.columns]

    def sheet(self) -> pd.DataFrame:
        """The table for a spreadsheet; times without their zone, which a spreadsheet cannot hold."""
        table = self._worded()[self.columns]
        words = {c: [word(v) if isinstance(v, str) else "" for v in table[c]] for c in ("kind", "channel")}
        at = table["at"].dt.tz_localize(None)
        return table.assign(**words, at=at).set_axis([head(c) for c in self.columns], axis=1)

    def plot(self) -> go.Figure:
        """One line a kind of entry, time from left to right, larger for more money."""
        figure = figures.blank(height=figures.HEIGHT, yaxis={"showgrid": True}, showlegend=False)
        present = [kind for kind in KINDS if (self.table["kind"] == kind).any() and kind != "line"]
        for kind in present[::-1]:
            rows = self.table[self.table["kind"] == kind]
            most = max(float(self.table["amount"].abs().max() or 1.0), 1.0)
            size = [10 + 18 * (abs(v) / most) ** 0.5 if v == v else 11 for v in rows["amount"]]
            figure.add_scatter(
                x=rows["at"].dt.tz_localize(None), y=[word(kind)] * len(rows), mode="markers",
                marker={"color": _COLOURS[kind], "size": size, "opacity": 0.85, "line": {"color": figures.PAPER, "width": 1}},
                hovertext=[self._hover(row) for row in rows.itertuples()], hoverinfo="text",
            )  # fmt: skip
        figures.time_axis(figure, self.table["at"].dt.tz_localize(None))
        return figure

    def _hover(self, row) -> str:
        parts = [f"{language.day(row.at, 'd MMM yyyy')} {row.at:%H:%M}"]
        parts += [figures.label_of(v) for v in (row.topic, row.channel) if isinstance(v, str)]
        parts += [language.money(row.amount, self.currency)] if row.amount == row.amount else []
        return "<br>".join(parts)
