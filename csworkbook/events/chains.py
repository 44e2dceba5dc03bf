"""How far did every visitor come, counted in an engine? The same rules as in `arrays`.

All is counted on whole microseconds, as running maxima over a unit's events: of all chains of steps
1 … k that are complete before an event the one that began last is the best, since it leaves most of the
window and has the fewest excluded events in it. So one window function per step carries that beginning
on, and every event that can matter no more is dropped before the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from csworkbook.engine import kept
from csworkbook.events.steps import known

if TYPE_CHECKING:
    import ibis

    from csworkbook.events.asked import Asked
    from csworkbook.events.packing import Packing
    from csworkbook.events.steps import Step
    from csworkbook.events.units import Owned


def reached(whose: Owned, asked: Asked, packs: Packing | None = None) -> ibis.Table:
    """One row per unit that came to step 2 or further.

    Parameters
    ----------
    packs : Packing, optional
        Puts the values of `by` beside the moments (for ordered steps).

    Returns
    -------
    ibis.Table
        The keys, and per step k from 2: done_k (the moment a chain first completed it, null where none
        did), from_k (the moment that chain began), named_k (the moment its step 1 was done) and, with
        `packs`, both_k (from_k with the value there).
    """
    keys = list(whose.keys)
    second = whose.rows(asked.steps[1].matches(whose.table), *whose.there()).select(*keys)
    if asked.order == "ordered":
        return _numbered(_marked(whose, asked, packs), second, keys, asked, packs)
    stream = _instants(whose, asked).semi_join(second, keys)
    return _in_instants(stream.group_by([*keys, "moment"]).agg(**_flags(stream)), keys, asked)


def _numbered(
    stream: ibis.Table, second: ibis.Table, keys: list[str], asked: Asked, packs: Packing | None
) -> ibis.Table:
    """The chains of the units that did step 2: most never do, and need not be sorted.

    DuckDB gives these a number first, which it sorts in half the time of their text; where a table lies
    on many machines a number for each would have to pass through one of them.
    """
    import ibis

    if not is_here(stream):
        return _gathered(_ordered(stream.semi_join(second, keys), keys, asked, packs), keys, asked, packs)
    units = kept(second.distinct().mutate(number=ibis.row_number()))
    stream = stream.inner_join(units, keys).drop(*keys)
    found = _gathered(_ordered(stream, ["number"], asked, packs), ["number"], asked, packs)
    return found.inner_join(units, "number").drop("number")


def is_here(table: ibis.Table) -> bool:
    """Whether one process holds the table, so that its units can be numbered."""
    return table.get_backend().name == "duckdb"


def any_of(table: ibis.Table, steps: Sequence[Step]) -> ibis.BooleanValue:
    """Whether an event belongs to one of the steps; by name alone in a form that engines look up in files."""
    import ibis

    if all(step.where.keys() == {"step"} for step in steps):
        names = [name for step in steps for name in step.where["step"]]
        return table["step"].isin(list(dict.fromkeys(names)))
    return ibis.or_(*[step.matches(table) for step in steps])


def _marked(whose: Owned, asked: Asked, packs: Packing | None) -> ibis.Table:
    """Per event the `place` of its step, 0 for an excluded one, and `begun`, its own moment at step 1.

    An event that fits two steps comes twice.
    """
    import ibis

    own = {"by": known(whose.table, asked.by).cast("string")} if packs else {}

    parts = []
    for layer in _layers(asked.steps, asked.exclude):
        fits = any_of(whose.table, [step for _place, step in layer])
        place = ibis.cases(*[(step.matches(whose.table), place) for place, step in layer])
        parts.append(whose.rows(fits, place=place.cast("int8"), **own))
    every = parts[0] if len(parts) == 1 else ibis.union(*parts)
    moment = packs.pack(every.moment, every.by) if packs else every.moment
    return every.mutate(begun=(every.place == 1).ifelse(moment, ibis.null("int64"))).drop(*own)


def _layers(steps: tuple[Step, ...], exclude: tuple[Step, ...]) -> list[list[tuple[int, Step]]]:
    """Places and steps, put together where no event can fit two of them."""
    layers: list[list[tuple[int, Step]]] = []
    for place, step in [*enumerate(steps, 1), *((0, step) for step in exclude)]:
        for layer in layers:
            if not any(step.overlaps(other) for where, other in layer if (where, place) != (0, 0)):
                layer.append((place, step))
                break
        else:
            layers.append([(place, step)])
    return layers


def _ordered(stream: ibis.Table, keys: list[str], asked: Asked, packs: Packing | None) -> ibis.Table:
    """Rows of steps that were reached: place, moment, and `begun`, the moment the best chain began."""
    import ibis

    none = ibis.null("int64")
    stream = stream.mutate(rank=_rank(stream, asked), last=none)
    over = ibis.window(group_by=keys, order_by=["moment", "rank"], preceding=None, following=0)
    for place in range(2, len(asked.steps) + 1):
        last = {"last": (stream.place == place - 1).ifelse(stream.begun, none).max().over(over)}
        if place == 2 and asked.exclude:
            last["barred"] = (stream.place == 0).ifelse(stream.moment, none).max().over(over)
        stream = _advanced(stream.mutate(**last), place, asked, packs)
    return stream


def _rank(stream: ibis.Table, asked: Asked) -> ibis.Value:
    """The order of events of one instant; an excluded one comes last, since it bars only what is later."""
    if asked.ties == "later":
        return -stream.place
    return (stream.place == 0).ifelse(len(asked.steps) + 1, stream.place)


def _advanced(stream: ibis.Table, place: int, asked: Asked, packs: Packing | None) -> ibis.Table:
    """The chains that reached `place`; without rows that no later step can need."""
    begun, start = stream["last"].notnull(), stream["last"]
    start = packs.moment(start) if packs else start
    good = _good(begun, stream.moment, start, stream.barred if asked.exclude else None, asked)
    keep = ((stream.place == place) & good) | ((stream.place > place) & begun)
    if place > 2:
        keep = keep | stream.place.between(2, place - 1)
    stream = stream.filter(keep)
    return stream.mutate(begun=(stream.place == place).ifelse(stream["last"], stream.begun))


def _good(begun: ibis.Value, moment: ibis.Value, start: ibis.Value, barred: ibis.Value, asked: Asked):
    """Whether a chain that begins at `start` and ends at `moment` counts."""
    if asked.within is not None:
        begun = begun & (moment - start <= asked.within)
    if barred is not None:
        begun = begun & (barred.isnull() | (start >= barred))
    return begun


def _gathered(stream: ibis.Table, keys: list[str], asked: Asked, packs: Packing | None) -> ibis.Table:
    parts, places = {}, range(2, len(asked.steps) + 1)
    for k in places:
        at = stream.place == k
        parts |= {f"done_{k}": stream.moment.min(where=at), f"from_{k}": stream.begun.min(where=at)}
    found = stream.group_by(keys).agg(**parts)
    found = found.filter(found.done_2.notnull())
    if packs:
        found = found.mutate(**{f"both_{k}": found[f"from_{k}"] for k in places})
        found = found.mutate(**{f"from_{k}": packs.moment(found[f"both_{k}"]) for k in places})
    return found.mutate(**{f"named_{k}": found[f"from_{k}"] for k in places})


def _instants(whose: Owned, asked: Asked) -> ibis.Table:
    """Per event has_1 … has_K, and has_0 where it is excluded; all events where none may lie between."""
    table = whose.table
    fits = {f"has_{k}": step.matches(table) for k, step in enumerate(asked.steps, 1)}
    if asked.exclude:
        fits["has_0"] = any_of(table, asked.exclude)
    wanted = [any_of(table, (*asked.steps, *asked.exclude))] if asked.order == "any" else []
    return whose.rows(*wanted, *whose.there(), **{name: fit.ifelse(1, 0) for name, fit in fits.items()})


def _flags(stream: ibis.Table) -> dict[str, ibis.BooleanValue]:
    return {name: stream[name].max() == 1 for name in stream.columns if name.startswith("has_")}


@dataclass(frozen=True)
class _Windows:
    """What is looked at from an instant: the one before it, all before it, and all up to it."""

    one: object
    before: object
    until: object

    @classmethod
    def of(cls, keys: list[str]) -> _Windows:
        import ibis

        frame = {"group_by": keys, "order_by": "moment"}
        return cls(
            ibis.window(**frame),
            ibis.window(**frame, preceding=(None, 1)),
            ibis.window(**frame, preceding=None, following=0),
        )


def _in_instants(table: ibis.Table, keys: list[str], asked: Asked) -> ibis.Table:
    import ibis

    windows, none = _Windows.of(keys), ibis.null("int64")
    if asked.exclude:
        table = table.mutate(barred=table.has_0.ifelse(table.moment, none).max().over(windows.before))
    table = (_strict if asked.order == "strict" else _any)(table, windows, asked)
    parts = {}
    for k in range(2, len(asked.steps) + 1):
        begun = table[f"begun_{k}"]
        good = _good(begun.notnull(), table.moment, begun, table.barred if asked.exclude else None, asked)
        parts[f"done_{k}"] = table.moment.min(where=good)
        parts[f"from_{k}"] = begun.min(where=good)
        parts[f"named_{k}"] = (table.begun_1 if asked.order == "any" else begun).min(where=good)
    found = table.group_by(keys).agg(**parts)
    return found.filter(found.done_2.notnull())


def _strict(table: ibis.Table, windows: _Windows, asked: Asked) -> ibis.Table:
    """The step before lies in the instant before, or where ties are allowed in the same one."""
    import ibis

    none = ibis.null("int64")
    table = table.mutate(begun_1=table.has_1.ifelse(table.moment, none))
    for k in range(2, len(asked.steps) + 1):
        same = table[f"begun_{k - 1}"]
        table = table.mutate(before=same.lag().over(windows.one))
        same = table[f"begun_{k - 1}"]
        begun = ibis.coalesce(same, table.before) if asked.ties == "allow" else table.before
        table = table.mutate(**{f"begun_{k}": table[f"has_{k}"].ifelse(begun, none)})
    return table


def _any(table: ibis.Table, windows: _Windows, asked: Asked) -> ibis.Table:
    """The last of each step so far; the earliest of these is where the chain begins."""
    import ibis

    places = range(1, len(asked.steps) + 1)
    none = ibis.null("int64")
    last = {
        f"last_{k}": table[f"has_{k}"].ifelse(table.moment, none).max().over(windows.until) for k in places
    }
    table = table.mutate(**last)
    begun = {}
    for k in places:
        lasts = [table[f"last_{j}"] for j in range(1, k + 1)]
        every = ibis.and_(*[value.notnull() for value in lasts])
        begun[f"begun_{k}"] = every.ifelse(ibis.least(*lasts) if k > 1 else lasts[0], none)
    return table.mutate(**begun)
