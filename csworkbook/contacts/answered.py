"""Was a contact answered, solved or given up, and how long did that take? As expressions for any engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csworkbook.contacts import clock

if TYPE_CHECKING:
    import ibis

    from csworkbook.hours import Calendar

_SAME = 60 * clock.MICROS  # as in `replies`: where both tell of the same reply, times are often cut off
_MINUTE = 60 * clock.MICROS


def told(table: ibis.Table, columns: frozenset[str]) -> ibis.Table:
    """given_up, replied, resolved, handled, waits_still, and the moment of the reply (`reply_us`).

    `columns` are those that the table came with: a reply that is not in a table that tells of replies did
    not come; where the table tells nothing of it nobody knows.
    """
    table = table.mutate(
        handling_minutes=_counted(table.handling_minutes), waiting_seconds=_counted(table.waiting_seconds)
    )
    given_up = table.abandoned.fill_null(False) & table.replied_us.isnull()
    table = table.mutate(given_up=given_up, resolved=table.resolved_us.notnull())
    table = table.mutate(reply_us=_reply(table, columns))
    table = table.mutate(replied=table.reply_us.notnull())
    worked = table.replied | table.resolved | (table.handling_minutes > 0).fill_null(False)
    if not columns & {"replied_at", "resolved_at", "handling_minutes"}:
        worked = ~table.given_up
    table = table.mutate(handled=~table.given_up & worked)
    return table.mutate(waits_still=~table.given_up & ~table.handled)


def _counted(value: ibis.FloatingValue) -> ibis.FloatingValue:
    """A number from zero up, null where it is not one."""
    good = value.notnull() & ~value.isnan() & ~value.isinf() & (value >= 0)
    return good.ifelse(value, None)


def _reply(table: ibis.Table, columns: frozenset[str]) -> ibis.IntegerValue:
    """The moment of the first reply, as exactly as the table tells it (`replies.waits`)."""
    import ibis

    if "waiting_seconds" not in columns:
        return table.replied_us
    counted = table.opened_us + (table.waiting_seconds * clock.MICROS).round().cast("int64")
    same = ((table.replied_us - counted).abs() < _SAME).fill_null(False)
    answered = ibis.literal(True)
    if "replied_at" in columns:
        stayed = (~table.abandoned).fill_null(False)
        answered = stayed | (table.handling_minutes > 0).fill_null(False)
    stands_in = table.replied_us.isnull() & ~table.given_up & answered
    return (same | stands_in).ifelse(counted, table.replied_us)


def timed(table: ibis.Table, latest: int) -> ibis.Table:
    """reply_minutes, solve_minutes and so_far_minutes (up to the moment `latest`), by the clock."""
    so_far = (latest - table.opened_us) / float(_MINUTE)
    return table.mutate(
        reply_minutes=_minutes(table.opened_us, table.reply_us),
        solve_minutes=_minutes(table.opened_us, table.resolved_us),
        so_far_minutes=table.waits_still.ifelse(so_far, None),
    )


def _minutes(opened: ibis.IntegerValue, at: ibis.IntegerValue) -> ibis.FloatingValue:
    """Minutes from one moment to the other; 0 where only the seconds of the other were cut off."""
    import ibis

    cut_off = at == (opened / _MINUTE).floor().cast("int64") * _MINUTE
    return ibis.cases((at >= opened, (at - opened) / float(_MINUTE)), (cut_off, 0.0), else_=None)


def timed_open(table: ibis.Table, calendar: Calendar | None, first: int, latest: int) -> ibis.Table:
    """The same within opening hours (`first` in seconds, `latest` in microseconds); null without a calendar."""
    import ibis

    names = ("reply_open_minutes", "solve_open_minutes", "so_far_open_minutes")
    if calendar is None:
        return table.mutate(**dict.fromkeys(names, ibis.null("float64")))
    grid, width = clock.stretches(calendar, first, latest // clock.MICROS)
    passed = {"opened_us": "at_first", "reply_us": "at_reply", "resolved_us": "at_end"}
    table = clock.opened_up_to(table, passed, grid, width)
    end = clock.height(latest, grid, width)
    clocks = (table.reply_minutes, table.solve_minutes, table.so_far_minutes)
    ends = (table.at_reply, table.at_end, ibis.literal(end, "float64"))
    both = zip(names, clocks, ends, strict=True)
    minutes = {name: _open(by_the_clock, at - table.at_first) for name, by_the_clock, at in both}
    return table.mutate(**minutes).drop("at_first", "at_reply", "at_end")


def _open(by_the_clock: ibis.FloatingValue, minutes: ibis.FloatingValue) -> ibis.FloatingValue:
    """Open minutes where minutes by the clock are known; never below zero."""
    import ibis

    return by_the_clock.notnull().ifelse(ibis.greatest(minutes, 0.0), None)
