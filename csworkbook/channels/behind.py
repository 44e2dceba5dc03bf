"""Which contacts are behind a bar, one row each?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Literal

import pandas as pd

from csworkbook import estimates, figures, language
from csworkbook.channels import four_words, listing
from csworkbook.channels.four_words import channel_said, time_said
from csworkbook.errors import DataError, SettingError
from csworkbook.language import gettext as _
from csworkbook.language import join, mark, ngettext
from csworkbook.results import Result, Vocabulary, question, word

if TYPE_CHECKING:
    import ibis
    import plotly.graph_objects as go

    Frame = pd.DataFrame | ibis.Table

ORDERS = ("newest", "slowest", "longest", "again")
ROWS = 200  # shown on a page
MOST = 100_000  # in a download of a table that stays where it is


@question(mark("Which contacts are behind this?"), labels=four_words.labels, choices=four_words.choices)
def contacts_behind(
    contacts: Frame,
    *,
    channel: str | None = None,
    topic: str | None = None,
    order: Literal["newest", "slowest", "longest", "again"] = "newest",
    late: bool = False,
    since: date | None = None,
    until: date | None = None,
    within: str = "14D",
    targets: Mapping[str, float] | None = None,
    zone: str = "Europe/Amsterdam",
) -> Behind:
    """The contacts of a channel and a topic, one row each.

    Parameters
    ----------
    channel, topic : str, optional
        All when None.
    order : str
        "newest"; "slowest" (the longest without a first reply, those who wait still or gave up by what they
        waited), "longest" (until solved), or "again" (only those followed by another contact of the customer
        about the same topic, the newest first).
    late : bool
        Only contacts that were not answered within the target of their channel.
    since, until : date, optional
        Opened from this day, and up to and including that one, by the clock of the `zone`.
    within : str
        How soon a customer must be in touch again to count.
    targets : mapping, optional
        As in `four_vs`.

    Returns
    -------
    Behind
        table (the first 200; the download holds all, of a table that stays in its file the first 100,000):
        contact_id, opened (in the shop's zone), channel, topic, agent, reply, solve (minutes by the clock),
        waited (minutes, of those without a reply: until they gave up, or up to now), state (how it
        ended), again (was in touch again; empty where that
        cannot be told yet), text (its beginning).

    Raises
    ------
    DataError
        When a required column is missing, or no contact is left.
    SettingError
        When the order is none of those.

    >>> contacts = pd.DataFrame({"contact_id": ["1", "2"], "customer_id": "ann", "channel": ["chat", "email"],
    ...     "opened_at": pd.to_datetime(["2026-01-05 10:00", "2026-01-09 10:00"], utc=True), "topic": "refund"})
    >>> contacts_behind(contacts, channel="chat").table["contact_id"].tolist()
    ['1']
    """
    if order not in ORDERS:
        raise SettingError(
            _("“{value}” cannot be chosen here.").format(value=order), allowed=join(list(ORDERS))
        )
    chosen = {"channel": channel, "topic": topic, "since": since, "until": until}
    rows = listing.chosen(contacts, **chosen, within=within, zone=zone)
    if late:
        rows = listing.late(rows, targets or {})
    if order == "again":
        rows = rows.filter(rows.again.fill_null(False))
    counts = listing.counted(rows)
    if not counts["n"]:
        raise DataError(
            _("There are no such contacts."), next_step=_("Choose another channel, topic or time.")
        )
    most = None if isinstance(contacts, pd.DataFrame) else MOST
    every = listing.listed(rows, contacts, order, zone, most)
    months = rows.group_by("month").agg(n=rows.count()).to_pandas()
    return Behind(every.head(ROWS), every, months, counts, channel, topic, order, late)


@dataclass(frozen=True)
class Behind(Result):
    """The contacts behind a bar: the first ones in `table`, all in `every`."""

    every: pd.DataFrame = field(default=None, repr=False)
    months: pd.DataFrame = field(default=None, repr=False)
    counts: dict = field(default_factory=dict)
    channel: str | None = None
    topic: str | None = None
    order: str = "newest"
    late: bool = False
    people: ClassVar[bool] = True
    shown: ClassVar[tuple[str, ...]] = listing.COLUMNS
    spare: ClassVar[tuple[str, ...]] = ("waited",)
    vocabulary: ClassVar[Vocabulary] = listing.VOCABULARY

    @property
    def text(self) -> str:
        """How many there are, how long they waited, how many were in touch again, and how many are shown."""
        return " ".join(filter(None, (self._many, self._waited, self._again, self._rest)))

    @property
    def _many(self) -> str:
        n = self.counts["n"]
        return self._frame(n).format(
            n=language.number(n),
            channel=channel_said(self.channel or ""),
            topic=word(self.topic),
            late=_(", not answered within the target") if self.late else "",
        )

    def _frame(self, n: int) -> str:
        if self.channel is None and self.topic is None:
            return ngettext("{n} contact{late}.", "{n} contacts{late}.", n)
        if self.channel is None:
            return ngettext("{n} contact about {topic}{late}.", "{n} contacts about {topic}{late}.", n)
        if self.topic is None:
            return ngettext("{n} contact by {channel}{late}.", "{n} contacts by {channel}{late}.", n)
        return ngettext(
            "{n} contact by {channel} about {topic}{late}.",
            "{n} contacts by {channel} about {topic}{late}.",
            n,
        )

    @property
    def _waited(self) -> str:
        if self.counts["middle"] != self.counts["middle"]:
            return ""
        return _("Half had a first reply within {middle}.").format(middle=time_said(self.counts["middle"]))

    @property
    def _again(self) -> str:
        if self.order == "again" or not self.counts["told"]:
            return ""
        share = estimates.share(self.counts["again"], self.counts["told"])
        return _("Of those of which it can be told {share} were in touch again about the same topic.").format(
            share=share
        )

    @property
    def _rest(self) -> str:
        if len(self.table) == self.counts["n"]:
            return ""
        return _("The table shows {n}; the download holds {all}.").format(
            n=language.number(len(self.table)), all=language.number(len(self.every))
        )

    def sheet(self) -> pd.DataFrame:
        """All of them, for a spreadsheet."""
        return Result.sheet(Behind(self.every))

    def cell(self, column: str, value: object) -> str:
        """One cell; a moment with its hour."""
        said = super().cell(column, value)
        return f"{said} {value:%H:%M}" if column == "opened" else said

    def plot(self) -> go.Figure:
        """How many there were, by month."""
        months = self.months.assign(month=pd.to_datetime(self.months["month"])).sort_values("month")
        title = {"text": _("Contacts a month"), "font": {"size": 13}}
        figure = figures.blank(
            yaxis={"rangemode": "tozero", "tickformat": ",.0f", "title": title}, bargap=0.25
        )
        figure.add_bar(
            x=months["month"],
            y=months["n"],
            marker={"color": figures.ACCENT},
            hovertext=[
                f"{language.day(month, 'MMMM yyyy')}: {language.number(n)}"
                for month, n in zip(months["month"], months["n"], strict=True)
            ],
            hoverinfo="text",
        )
        figures.time_axis(figure, months["month"])
        return figure

    @property
    def method(self) -> str:
        """What the columns are."""
        return _(
            "One row a contact, a contact_id that comes twice once; times to the first reply and to the solution by "
            "the clock. In touch again: the same customer about the same topic; empty where the customer or the topic "
            "is not known, or the time is not over. The list holds what customers wrote: keep it to yourself."
        )


def which_channels(contacts: Frame) -> list[str | None]:
    """All (None), and the channels, the busiest first: the options of a control."""
    return [None, *listing.values(contacts, "channel")]


def which_topics(contacts: Frame) -> list[str | None]:
    """All (None), and the topics, the most frequent first: the options of a control."""
    return [None, *listing.values(contacts, "topic")]
