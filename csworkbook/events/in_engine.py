"""A table of events, followed by the engine that holds it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING

from csworkbook.events import chains
from csworkbook.events.asked import Asked
from csworkbook.events.facts import Facts
from csworkbook.events.packing import Packing
from csworkbook.events.reading import source
from csworkbook.events.steps import known
from csworkbook.events.tallies import InEngine
from csworkbook.events.units import Owned, owned, present, text

if TYPE_CHECKING:
    import ibis

    from csworkbook.events.reading import Events

_WIDE = 10**17  # microseconds; makes every moment a number of 18 digits, so that text keeps their order
_DIGITS = 18


def followed(events: Events, asked: Asked) -> tuple[InEngine, Callable[[], Facts]]:
    """The units, and what became of the rows."""
    table = source(events)
    whose = owned(table, asked)
    if asked.by is not None:
        known(whose.table, asked.by)
    packing = cache(partial(_packing, whose, asked))
    far = partial(_described, whose, asked, packing) if len(asked.steps) > 1 else None
    listed = partial(_listed, table=table, whose=whose, asked=asked)
    tally = InEngine(
        partial(_began, whose, asked, packing), far, listed, list(whose.keys), len(asked.steps), asked.by
    )
    return tally, cache(lambda: _facts(table, whose, asked))


def _packing(whose: Owned, asked: Asked) -> Packing | None:
    """How a moment and its value of `by` are put together; None without values, or with too many."""
    return None if asked.by is None else Packing.of(_first(whose, asked).by)


def _first(whose: Owned, asked: Asked) -> ibis.Table:
    """The events of step 1: keys, moment and by."""
    import ibis

    by = ibis.null("string") if asked.by is None else known(whose.table, asked.by).cast("string")
    return whose.rows(asked.steps[0].matches(whose.table), by=by)


def _began(whose: Owned, asked: Asked, packing: Callable[[], Packing | None]) -> ibis.Table:
    """One row per unit that did step 1: keys, begun (when it first did) and by (its value there).

    Of several values at that moment it is the first in the alphabet.
    """
    import ibis

    keys, first, packs = list(whose.keys), _first(whose, asked), packing()
    if asked.by is None:
        found = first.group_by(keys).agg(begun=first.moment.min()).mutate(by=ibis.null("string"))
    elif packs:
        first = first.mutate(both=packs.pack(-first.moment, first.by))
        found = first.group_by(keys).agg(begun=first.moment.min(), both=first.both.max())
        found = found.select(*keys, "begun", by=packs.word(found.both))
    else:
        found = _lined_up(first, keys)
    return found.filter(present(found.unit), found.begun.notnull())


def _lined_up(first: ibis.Table, keys: list[str]) -> ibis.Table:
    first = first.mutate(both=(first.moment + _WIDE).cast("string") + _last_if_none(first, "by"))
    found = first.group_by(keys).agg(both=first.both.min())
    begun = found.both.substr(0, _DIGITS).cast("int64") - _WIDE
    return found.select(*keys, begun=begun, by=_or_none(found.both.substr(_DIGITS)))


def _described(whose: Owned, asked: Asked, packing: Callable[[], Packing | None]) -> ibis.Table:
    """One row per unit that reached step 2: keys, level, begun, named, took_2 … took_K and by."""
    import ibis

    packs = packing() if asked.order == "ordered" else None
    reached, keys = chains.reached(whose, asked, packs), list(whose.keys)
    places = range(2, len(asked.steps) + 1)
    level = ibis.cases(*[(reached[f"done_{k}"].notnull(), k) for k in reversed(places)]).cast("int64")

    def furthest(part: str) -> ibis.Value:
        return ibis.coalesce(*[reached[f"{part}_{k}"] for k in reversed(places)])

    began = {"begun": furthest("from"), "named": furthest("named")}
    own = {"by": packs.word(furthest("both"))} if packs else {}
    took = {f"took_{k}": reached[f"done_{k}"] - reached[f"from_{k}"] for k in places}
    found = reached.select(*keys, level=level, **began, **took, **own)
    if packs:
        return found
    if asked.by is None:
        return found.mutate(by=ibis.null("string"))
    return _joined(found, whose, asked, {"by": asked.by})


def _joined(found: ibis.Table, whose: Owned, asked: Asked, columns: dict[str, str]) -> ibis.Table:
    """The units with columns of their first event; of several at that moment the first in the alphabet."""
    values = {name: known(whose.table, column) for name, column in columns.items()}
    there = whose.rows(asked.steps[0].matches(whose.table), **values)
    there = there.rename({f"{name}_there": name for name in (*whose.keys, "moment")})
    on = [found[key] == there[f"{key}_there"] for key in whose.keys] + [found.named == there.moment_there]
    both = found.inner_join(there, on)
    both = both.group_by(found.columns).agg(**{name: _last_if_none(both, name).min() for name in columns})
    return both.mutate(**{name: _or_none(both[name]) for name in columns})


def _last_if_none(table: ibis.Table, column: str) -> ibis.StringValue:
    """The text of a column, so marked that what is not there comes last in the alphabet."""
    value = text(table, column)
    return ("0" + value).fill_null("1")


def _or_none(value: ibis.StringValue) -> ibis.StringValue:
    return value.substr(1).nullif("")


def _listed(units: ibis.Table, table: ibis.Table, whose: Owned, asked: Asked) -> ibis.Table:
    """The units with visitor_id, customer_id and one name each."""
    import ibis

    named = "customer_id" in table.columns
    columns = {"visitor_id": "visitor_id"} | ({"here": "customer_id"} if named else {})
    units = _joined(units, whose, asked, columns)
    if asked.per == "session":
        units = units.mutate(unit=units.visitor_id + " · " + units.session_id).drop("session_id")
    if asked.per == "customer":
        return units.mutate(customer_id=units.unit).drop("here")
    if not named:
        return units.mutate(customer_id=ibis.null("string"))
    units = units.left_join(_customers(table), "visitor_id").drop("visitor_id_right")
    return units.mutate(customer_id=units.only.coalesce(units.here)).drop("only", "here")


def _customers(table: ibis.Table) -> ibis.Table:
    """Per visitor the only customer named on any event; visitors with one only."""
    named = table.filter(present(table.customer_id), table.at.notnull())
    named = named.select(visitor_id=named.visitor_id.cast("string"), name=named.customer_id.cast("string"))
    found = named.group_by("visitor_id").agg(only=named.name.min(), other=named.name.max())
    return found.filter(found.only == found.other).drop("other")


def _facts(table: ibis.Table, whose: Owned, asked: Asked) -> Facts:
    import ibis

    somebody = present(table.visitor_id).fill_null(False)
    raw = table.aggregate(
        read=table.count(), nobody=(~somebody).sum(), never=(somebody & table.at.isnull()).sum()
    )
    limits = whose.inside()
    all_of_them = Owned(whose.table, whose.keys, None, None)
    rows = all_of_them.rows(
        *whose.there(),
        inside=ibis.and_(*limits) if limits else ibis.literal(True),
        step=chains.any_of(whose.table, (*asked.steps, *asked.exclude)),
    )
    counted = rows.aggregate(
        owned=rows.count(), inside=rows.inside.sum(), used=(rows.inside & rows.step).sum(),
        last=rows.moment.max(where=rows.inside),
    )  # fmt: skip
    read, nobody, never = (int(value or 0) for value in raw.to_pyarrow().to_pylist()[0].values())
    count, within, used, last = counted.to_pyarrow().to_pylist()[0].values()
    within, used = int(within or 0), int(used or 0)
    unnamed = read - nobody - never - count
    return Facts.of(read, used, within - used, count - within, nobody, never, unnamed, last)
