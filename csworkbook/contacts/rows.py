"""What is known of every contact? One row each, as an expression for any engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from csworkbook import engine
from csworkbook.contacts import again, answered, clock
from csworkbook.contacts.kept import remembered
from csworkbook.errors import DataError
from csworkbook.language import gettext as _
from csworkbook.repeats import duration

if TYPE_CHECKING:
    import ibis

    from csworkbook.hours import Calendar

_READ = (
    "contact_id", "customer_id", "opened_at", "channel", "topic", "kind", "replied_at", "resolved_at",
    "handling_minutes", "agent", "product_id", "order_id", "stage", "transferred", "abandoned",
    "waiting_seconds", "satisfied", "friendliness", "knowledge",
)  # fmt: skip
COLUMNS = (
    "contact_id", "customer", "channel", "topic", "kind", "stage", "agent", "product_id", "order_id",
    "opened", "second", "day", "week", "month", "weekday", "hour", "half_hour",
    "reply_minutes", "reply_open_minutes", "solve_minutes", "solve_open_minutes",
    "given_up", "handled", "replied", "resolved", "waits_still",
    "so_far_minutes", "so_far_open_minutes",
    "handling_minutes", "transferred", "waiting_seconds", "satisfied", "friendliness", "knowledge",
    "known", "again", "again_any", "finished", "follow_up", "follow_up_any", "issue", "chained",
)  # fmt: skip
_FLAGS = ("transferred", "satisfied", "again", "again_any")  # of which some may not be known
_KINDS = ("twice", "no_time", "no_channel", "no_customer", "no_topic")


def facts(
    contacts: pd.DataFrame | ibis.Table,
    *,
    within: str = "14D",
    calendar: Calendar | None = None,
    zone: str = "UTC",
) -> ibis.Table:
    """What is known of every contact, one row each.

    Rows that share a contact_id are one contact, the one opened first; rows without a time are left out
    (`left_out` counts both). For a frame all of it is worked out once and kept as long as the frame is. Of an
    Ibis table its engine keeps the contacts with their repeats; the rest is worked out when it is asked for.

    Parameters
    ----------
    contacts : DataFrame or ibis.Table
        The canonical table. Times without a zone are in UTC.
    within : str
        How soon a contact must follow another one to be a repeat of it, such as ``"14D"``.
    calendar : hours.Calendar, optional
        Opening hours, for the two columns of open minutes; these are null without it, and for moments
        more than 80 years after the first contact.
    zone : str
        Whose days and hours are meant.

    Returns
    -------
    ibis.Table
        - contact_id, customer, channel, topic, kind, stage, agent, product_id, order_id: text, null where
          blank or absent.
        - opened (timestamp in UTC without a zone), second (since 1970 UTC), and in the shop's `zone`: day,
          week (its Monday), month (its first day), weekday (0–6, Monday 0), hour (0–23), half_hour (0–47).
        - reply_minutes: to the first reply by the clock, as `replies.waits` has it; reply_open_minutes:
          within opening hours. solve_minutes, solve_open_minutes: to `resolved_at`; null when it lies
          before the contact (0 where only its seconds were cut off).
        - given_up (left before a reply), replied, resolved (a time of solution is there), handled (not
          given up, and replied, resolved or worked on; or the table tells none of these), waits_still
          (neither handled nor given up): never null. so_far_minutes, so_far_open_minutes: how long who
          waits still had waited at the last moment in the table; null for others.
        - handling_minutes, waiting_seconds (null where unknown or below zero), transferred, satisfied,
          friendliness, knowledge (null where unknown).
        - known: whether the customer is. again: whether the same customer was in touch about the same
          topic strictly later and at most `within` later; null without customer or topic. again_any:
          about any topic; null without customer. finished: whether that time is over at the last contact.
          follow_up, follow_up_any: the same looking back, false where it cannot be told.
        - issue: the contact_id of the first contact of a chain of one customer about one topic, each at
          most `within` after the one before; the own one where customer or topic is not known. chained:
          whether that chain has other contacts.

    Raises
    ------
    DataError
        When a required column is missing, a column cannot be read, or no row has a time.
    SettingError
        When `within` is no length of time, or less than a day.

    >>> contacts = pd.DataFrame({"contact_id": ["1", "2"], "customer_id": "ann", "channel": "email",
    ...     "opened_at": pd.to_datetime(["2026-01-05 10:00", "2026-01-09 10:00"], utc=True), "topic": "refund"})
    >>> facts(contacts).order_by("contact_id").select("again", "follow_up", "issue").to_pandas().values.tolist()
    [[True, False, '1'], [False, True, '1']]
    """
    days = duration(within)
    hours = (
        None
        if calendar is None
        else (*sorted(calendar.opening_hours.items()), calendar.zone, calendar.country)
    )
    is_frame = isinstance(contacts, pd.DataFrame)

    def made() -> ibis.Table:
        found = _expression(_base(contacts), _followed(contacts, days), calendar, zone)
        return engine.kept(found) if is_frame else found

    return remembered(contacts, ("facts", days, hours, zone), made)


def frame(
    contacts: pd.DataFrame | ibis.Table,
    *,
    within: str = "14D",
    calendar: Calendar | None = None,
    zone: str = "UTC",
) -> pd.DataFrame:
    """`facts` as a frame, in order of time; kept as long as the contacts are, and not to be changed.

    For contacts that came as a frame; an Ibis table may hold more rows than there is room for.
    """
    hours = (
        None
        if calendar is None
        else (*sorted(calendar.opening_hours.items()), calendar.zone, calendar.country)
    )

    def made() -> pd.DataFrame:
        found = facts(contacts, within=within, calendar=calendar, zone=zone).to_pandas()
        found = found.astype(dict.fromkeys(_FLAGS, "boolean"))
        return found.sort_values(["second", "contact_id"], ignore_index=True)

    return remembered(contacts, ("frame", duration(within), hours, zone), made)


def left_out(contacts: pd.DataFrame | ibis.Table) -> dict[str, int]:
    """How many rows `facts` leaves out, and how many contacts it cannot tell something of.

    Returns
    -------
    dict
        twice (rows whose contact_id came earlier), no_time (rows without a time): left out; no_channel,
        no_customer, no_topic: contacts without one.

    >>> contacts = pd.DataFrame({"contact_id": ["1", "1"], "customer_id": "", "channel": "email",
    ...     "opened_at": pd.to_datetime(["2026-01-05", "2026-01-06"], utc=True), "topic": "refund"})
    >>> left_out(contacts)
    {'twice': 1, 'no_time': 0, 'no_channel': 0, 'no_customer': 1, 'no_topic': 0}
    """
    return dict(_base(contacts).left_out)


# ---------------------------------------------------------------- what it is made of
@dataclass(frozen=True)
class _Base:
    """The contacts typed, once each; the first and last moment, the last of all (in microseconds), what was left out,
    the columns that there were, the rows that share a number, and whether all have one."""

    table: ibis.Table
    first: int
    last: int
    latest: int
    left_out: dict[str, int]
    told: frozenset[str]
    doubled: ibis.Table | None
    numbered: bool


def _base(contacts: pd.DataFrame | ibis.Table) -> _Base:
    return remembered(contacts, "base", lambda: _looked_at(contacts))


def _looked_at(contacts: pd.DataFrame | ibis.Table) -> _Base:
    table = engine.table(contacts, "contacts", _READ)
    if isinstance(contacts, pd.DataFrame):
        table = engine.kept(table)
    moments = {name: clock.micros(table[f"{name}_at"]) for name in ("opened", "replied", "resolved")}
    table = table.mutate(**{f"{name}_us": at for name, at in moments.items()}).drop(
        "opened_at", "replied_at", "resolved_at"
    )
    ends = _ends(table)
    if not ends["n"]:
        raise DataError(
            _("There is no contact with a time in this table."),
            allowed=_("At least one row with the moment at which the customer got in touch."),
            next_step=_("Look on this page which column was taken for the time."),
        )
    once = table.filter(table.opened_us.notnull())
    double = engine.kept(_doubled(once))
    n = double.count().to_pyarrow().as_py()
    counted = {"twice": 0, "no_time": ends["rows"] - ends["n"], **{name: ends[name] for name in _KINDS[2:]}}
    if n:
        first = engine.kept(_first(double))
        counted = _less(counted, double, first)
        ids = first.select(double_id="contact_id")
        once = once.anti_join(ids, once.contact_id == ids.double_id).union(first)
    whole = ends["first"], ends["last"], ends["latest"]
    return _Base(
        once, *whole, counted, frozenset(contacts.columns), double if n else None, not ends["nameless"]
    )


def _ends(table: ibis.Table) -> dict[str, int]:
    """Rows and moments, in one pass."""
    here = table.opened_us.notnull()
    latest = table.resolved_us.max(), table.replied_us.max(), table.opened_us.max()
    found = table.aggregate(
        rows=table.count(),
        n=here.sum(),
        first=table.opened_us.min(),
        last=table.opened_us.max(),
        replied=latest[1],
        resolved=latest[0],
        nameless=(here & table.contact_id.isnull()).sum(),
        no_channel=(here & table.channel.isnull()).sum(),
        no_customer=(here & table.customer_id.isnull()).sum(),
        no_topic=(here & table.topic.isnull()).sum(),
    ).to_pyarrow().to_pylist()[0]  # fmt: skip
    found = {name: int(value or 0) for name, value in found.items()}
    return found | {"latest": max(found["last"], found["replied"], found["resolved"])}


def _doubled(table: ibis.Table) -> ibis.Table:
    """All rows of contact_ids that stand in the table more than once."""
    ids = (
        table.filter(table.contact_id.notnull())
        .group_by(double_id="contact_id")
        .agg(rows=lambda t: t.count())
    )
    ids = ids.filter(ids.rows > 1)
    return table.semi_join(ids, table.contact_id == ids.double_id)


def _first(double: ibis.Table) -> ibis.Table:
    """Of the rows with one contact_id the one opened first."""
    import ibis

    rest = [double[c] for c in ("resolved_us", "replied_us", "customer_id", "channel", "topic", "agent")]
    same = ibis.window(group_by="contact_id", order_by=[double.opened_us, *rest])
    turn = double.mutate(turn=ibis.row_number().over(same))
    return turn.filter(turn.turn == 0).drop("turn")


def _less(counted: dict[str, int], double: ibis.Table, first: ibis.Table) -> dict[str, int]:
    """What was left out, when of the rows that are one contact only the first counts."""

    def blanks(table: ibis.Table) -> dict[str, int]:
        found = table.aggregate(
            n=table.count(),
            no_channel=table.channel.isnull().sum(),
            no_customer=table.customer_id.isnull().sum(),
            no_topic=table.topic.isnull().sum(),
        )
        return {name: int(value or 0) for name, value in found.to_pyarrow().to_pylist()[0].items()}

    every, kept = blanks(double), blanks(first)
    fewer = {name: counted[name] - every[name] + kept[name] for name in _KINDS[2:]}
    return {**counted, **fewer, "twice": every["n"] - kept["n"]}


def doubled(contacts: pd.DataFrame | ibis.Table) -> ibis.Table | None:
    """All rows of contact_ids that stand in the table more than once, with opened_us and resolved_us (microseconds).

    None where every contact stands there once.
    """
    return _base(contacts).doubled


def _followed(contacts: pd.DataFrame | ibis.Table, days: pd.Timedelta) -> ibis.Table:
    """The contacts once each, with what `again.told` tells of them.

    A large table is kept like this by its engine: what takes long is the same in every zone and for all opening hours.
    """
    import ibis

    def made() -> ibis.Table:
        base = _base(contacts)
        table = base.table.rename(customer="customer_id")
        nameless = ibis.literal("at ") + table.opened_us.cast("string") + " " + table.customer.coalesce("")
        named = table.mutate(contact_id=table.contact_id.coalesce(nameless))
        table = again.told(named, days, base.last, base.numbered)
        if isinstance(contacts, pd.DataFrame):
            return table
        absent = [name for name in _READ if name not in contacts.columns and name in table.columns]
        kinds = {name: table[name].type() for name in absent}
        table = engine.kept(table.drop(*absent))
        return table.mutate(**{name: ibis.null(kind) for name, kind in kinds.items()})

    return remembered(contacts, ("followed", days), made)


def _expression(base: _Base, table: ibis.Table, calendar: Calendar | None, zone: str) -> ibis.Table:
    first, last = (moment // clock.MICROS for moment in (base.first, base.last))
    table = table.mutate(second=clock.second_of(table.opened_us))
    table = table.mutate(**clock.on_the_wall(table, clock.shifts(first, last, zone)))
    table = answered.told(table, base.told)
    table = answered.timed(table, base.latest)
    table = answered.timed_open(table, calendar, first, base.latest)
    return table.mutate(opened=engine.timestamp(table.opened_us)).select(*COLUMNS)
