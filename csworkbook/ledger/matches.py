"""How much of what we have belongs to a customer we know, and why not the rest?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from csworkbook import estimates, figures, language
from csworkbook.errors import DataError
from csworkbook.estimates import Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import mark, ngettext
from csworkbook.ledger import links
from csworkbook.ledger.shown import LedgerResult, advice, head, keys, reasons, word
from csworkbook.ledger.sources import read
from csworkbook.results import question

if TYPE_CHECKING:
    import ibis
    import plotly.graph_objects as go

    from csworkbook.ledger.sources import Frame

CHAPTER = "00_start"
_ENOUGH = 0.9  # of the rows found, there is nothing to mend first
_COLOURS = {"customer": "#0b5c7a", "email": "#2c79ad", "order_number": "#5aa5a0", "text": "#9fc9c4"}
_MISSED = {
    "conflict": "#7a2f00", "several": "#a04300", "order_unknown": "#c96a1f", "id_unknown": "#e0a063",
    "before": "#b9a7c4", "after": "#d9cfe0", "no_id": "#c9d1d8",
}  # fmt: skip


@question(mark("How much of your data belongs to a customer you know?"))
def matches(
    orders: Frame,
    order_lines: Frame | None = None,
    returns: Frame | None = None,
    contacts: Frame | None = None,
    effort_survey: Frame | None = None,
    events: Frame | None = None,
) -> Matches:
    """How many rows of every table are found in the orders, by which key, and why the others are not.

    Contacts and answers are looked up by customer id, e-mail address (hashed), order number, and
    (contacts) an order number named in the text; returns and order lines by order number; visits by
    customer id; orders themselves by having a customer at all. A number in a text counts only when
    exactly one order is called so. Rows whose keys name different customers are found for none.

    Returns
    -------
    Matches
        table: table, rows (visits for events), found, share, low, high (0–1, Wilson), customer,
        email, order_number, text (rows found by that key), conflict, several, no_id, before, after,
        order_unknown, id_unknown (rows not found, by the first of these that holds). `why`: one row
        per table and reason with what to do.

    >>> from csworkbook.shop import open_shop
    >>> float(matches(open_shop().orders).table["share"][0])
    1.0
    """
    with links.looked_up(orders) as known:
        linked = _linked(known, order_lines, returns, contacts, effort_survey, events)
        counts = pd.DataFrame({name: _counted(table) for name, table in linked.items()}).T
    columns = [*keys(), *reasons()]
    counts = counts.rename(columns={"order": "order_number"}).reindex(columns=columns).fillna(0).astype(int)
    if not counts.loc["orders"].sum():
        raise DataError(
            _("There are no orders to find anything in."), next_step=_("Bring your orders first.")
        )
    return Matches(_shares(counts))


def _linked(
    known: links.Known,
    order_lines: Frame | None,
    returns: Frame | None,
    contacts: Frame | None,
    effort_survey: Frame | None,
    events: Frame | None,
) -> dict[str, ibis.Table]:
    """Every table that is there, each row with how it was found."""
    linked = {"orders": known.orders}
    if order_lines is not None:
        linked["order_lines"] = links.by_order(read(order_lines, "order_lines"), known)
    if returns is not None:
        linked["returns"] = links.by_order(read(returns, "returns"), known)
    if contacts is not None:
        linked["contacts"] = links.link_contacts(contacts, known)
    if effort_survey is not None:
        linked["effort_survey"] = links.link(read(effort_survey, "effort_survey"), known)
    if events is not None:
        linked["events"] = links.link_visits(links.visits(events), known)
    return linked


def _counted(linked: ibis.Table) -> pd.Series:
    """Rows by how they were found, or why they were not."""
    return linked.group_by("found").agg(count=linked.count()).to_pandas().set_index("found")["count"]


def _shares(counts: pd.DataFrame) -> pd.DataFrame:
    rows, found = counts.sum(axis=1), counts[list(keys())].sum(axis=1)
    low, high = estimates.shares(found, rows)
    shares = {"rows": rows, "found": found, "share": found / rows.where(rows > 0), "low": low, "high": high}
    table = pd.concat([pd.DataFrame(shares, index=counts.index), counts], axis=1)
    return table.rename_axis("table").reset_index()


@dataclass(frozen=True)
class Matches(LedgerResult):
    """What was found in the orders, by which key, and why not the rest."""

    why: pd.DataFrame = field(init=False)
    shown: ClassVar[tuple[str, ...]] = ("table", "rows", "found", "share", "low", "high", "reason", "advice")

    def __post_init__(self) -> None:
        """The reasons, the commonest first, with what to do."""
        missed = self.table.melt("table", list(reasons()), "reason", "count")
        missed = missed[missed["count"] > 0].sort_values("count", ascending=False, kind="stable")
        rows = missed["table"].map(self.table.set_index("table")["rows"]).astype("float64")
        object.__setattr__(self, "why", missed.assign(share=missed["count"] / rows).reset_index(drop=True))

    def share(self, table: str) -> Estimate:
        """The share of a table's rows that was found."""
        row = self.table.set_index("table").loc[table]
        return estimates.share(int(row["found"]), int(row["rows"]))

    @property
    def _told(self) -> pd.DataFrame:
        """The tables that were looked up: all but the orders, and only those with rows."""
        return self.table[(self.table["table"] != "orders") & (self.table["rows"] > 0)]

    @property
    def columns(self) -> list[str]:
        """The shown columns; the main reason and what to do are worked out in words."""
        return list(self.shown)

    def _full(self) -> pd.DataFrame:
        """The table with the commonest reason of each and what to do about it, in words."""
        first = self.why.drop_duplicates("table").set_index("table")
        told = self.table["table"].map(first["reason"])
        said = told.map(lambda reason: reasons().get(reason, ""))
        share = self.table["table"].map(first["share"])
        said = [f"{s} ({language.percent(p)})" if s else "–" for s, p in zip(said, share, strict=True)]
        return self.table.assign(reason=said, advice=[advice().get(reason, "–") for reason in told])

    def cells(self) -> list[list[str]]:
        """The shown cells as people read them, row by row."""
        rows = self._full()[self.columns].itertuples(index=False)
        return [[self.cell(c, v) for c, v in zip(self.columns, row, strict=True)] for row in rows]

    def sortable(self) -> pd.DataFrame:
        """The shown columns as they sort."""
        return self._full()[self.columns]

    def sheet(self) -> pd.DataFrame:
        """The table for a spreadsheet, every key and every reason in a column of its own."""
        plain = self.table.assign(table=self.table["table"].map(word))
        names = {**{c: head(c) for c in plain.columns}, **keys(), **reasons()}
        return plain.rename(columns=names)

    def kinds(self) -> dict[str, str]:
        """How each head's cells are written in a spreadsheet."""
        words = [*keys().values(), *reasons().values()]
        return {**super().kinds(), **dict.fromkeys(words, "count")}

    @property
    def text(self) -> str:
        """What share of every table was found, and the largest reason why not."""
        if self._told.empty:
            known = self.share("orders")
            return _(
                "{share} of the {n} orders have a customer. Bring contacts to see whose they are."
            ).format(share=language.percent(known.value), n=language.number(known.n))
        parts = [
            _("{share} of the {rows} {table}").format(
                share=language.percent(row.share), rows=language.number(row.rows), table=word(row.table)
            )
            for row in self._told.itertuples()
        ]
        said = _("Found in the orders: {list}.").format(list=language.join(parts))
        missed = self.why[self.why["table"] != "orders"]
        missed = missed.sort_values("table", key=lambda names: names == "events", kind="stable")
        if missed.empty:
            return f"{said} " + _("Nothing is missing.")
        return f"{said} {self._most_missed(missed.iloc[0])}{self._conflicts()}"

    def _most_missed(self, row: pd.Series) -> str:
        said = _("Most of what is not found ({table}, {n} rows): {reason}.").format(
            table=word(row["table"]), n=language.number(row["count"]), reason=reasons()[row["reason"]]
        )
        return f"{said} {advice()[row['reason']]}"

    def _conflicts(self) -> str:
        """How many rows name two customers, where there are any."""
        n = int(self.table["conflict"].sum())
        if n == 0:
            return ""
        said = ngettext(
            "{n} row names two different customers and is counted for neither.",
            "{n} rows name two different customers and are counted for neither.",
            n,
        )
        return " " + said.format(n=language.number(n))

    @property
    def method(self) -> str:
        """The order of the keys, and what counts as an order number."""
        return _(
            "Looked up by customer number, e-mail address (hashed), order number, and the order number named in a contact's "
            "text, where exactly one order is called so (signs, letters before it and leading zeros make no difference). "
            "Rows without any of these never match each other. Visits count once per session. Intervals: Wilson."
        )

    def plot(self) -> go.Figure:
        """One bar a table: found by which key, and why not the rest."""
        table = self.table[self.table["rows"] > 0][::-1]
        drawn = {column: colour for column, colour in (_COLOURS | _MISSED).items() if table[column].any()}
        room = 46 + 19 * len(drawn)  # a phone shows the legend line by line
        figure = figures.blank(
            height=max(figures.HEIGHT, 60 + 52 * len(table) + room),
            barmode="stack",
            bargap=0.35,
            uniformtext=figures.FITTING,
            margin={"l": 8, "r": 12, "t": 12, "b": room},
            xaxis={"tickformat": ",.0%", "range": [0, 1.001]},
            yaxis={"showgrid": False},
        )
        figure.update_layout(showlegend=True, legend_traceorder="normal", legend_font={"size": 12})
        labels = [figures.wrapped(word(name)) for name in table["table"]]
        for column, colour in drawn.items():
            _bar(figure, table, labels, column, colour)
        return figure

    def findings(self) -> list[Finding]:
        """What to mend first: the contacts, or the table, of which too little was found."""
        poor = self._told[self._told["high"] < _ENOUGH].sort_values("share")
        poor = poor[poor["table"].isin(("contacts", "effort_survey", "returns"))]
        return [self._finding(row) for _index, row in poor.iterrows()]

    def _finding(self, row: pd.Series) -> Finding:
        first = self.why[self.why["table"] == row["table"]].iloc[0]
        headline = _("{share} of the {table} cannot be told whose they are: {reason}.").format(
            share=language.percent(1 - row["share"]),
            table=word(row["table"]),
            reason=reasons()[first["reason"]],
        )
        return Finding(CHAPTER, headline, self.share(row["table"]), action=advice()[first["reason"]])


def _bar(figure: go.Figure, table: pd.DataFrame, labels: list[str], column: str, colour: str) -> None:
    name = {**keys(), **reasons()}[column]
    shares = table[column] / table["rows"]
    dark = column in ("customer", "email", "conflict", "several")
    figure.add_bar(
        y=labels, x=shares, orientation="h", name=name, marker={"color": colour},
        text=[language.percent(s) if s >= 0.06 else "" for s in shares], textposition="inside",
        insidetextanchor="middle", textangle=0, textfont={"color": figures.PAPER if dark else figures.INK},
        hovertext=[f"{name}: {language.number(n)}" for n in table[column]], hoverinfo="text",
    )  # fmt: skip
