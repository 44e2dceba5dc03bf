"""Which visits held a cart, how far did they come, and was it paid for?

One pass over the events, in the engine where they are; what comes back has one row per visit of
everybody who ever had a cart or paid.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from csworkbook import events as engine
from csworkbook.errors import DataError, SettingError
from csworkbook.language import gettext as _
from csworkbook.language import join

if TYPE_CHECKING:
    import ibis

CHAPTER = "08_checkout"
STAGES = ("cart", "checkout", "delivery", "payment")  # where a cart can stop, in order
PER = ("session", "visitor", "customer")
PAYMENTS = ["paid_at", "settled", "last_paid"]  # what a visit tells of the moments it paid
GAP = pd.Timedelta(minutes=30)  # a visit is over after so much silence
_MEMORY: dict[tuple, tuple[weakref.ref, Visits]] = {}


@dataclass(frozen=True, eq=False)
class Visits:
    """The visits of everybody who had a cart or paid, and how many others there were.

    Attributes
    ----------
    frame : DataFrame
        One row per visit: visitor, customer (null where none, or where one visitor has several), person
        (the customer, or else the visitor), known (whether the visit itself names a customer), first,
        last (the first and last event), cart_at (first cart, NaT without one), stage (how far it came
        from the cart on: 0 no cart, 1 cart … 4 payment), paid_at and last_paid (first and last payment),
        settled (payment at or after the first cart; NaT when the cart was left), cart_device,
        paid_device, group.
    begin, end : Timestamp
        The first and last event of all visitors (UTC).
    visitors, persons, bought_at_once : int
        All visitors and persons of the events, and persons who paid in their first visit.
    stages : tuple of str
        Those of `STAGES` that these events know.
    names : tuple of (str, str)
        What the owner calls the pages: part in the sale and name, where one step alone plays that part.
    """

    frame: pd.DataFrame
    begin: pd.Timestamp
    end: pd.Timestamp
    visitors: int
    persons: int
    bought_at_once: int
    stages: tuple[str, ...]
    names: tuple[tuple[str, str], ...] = ()

    @property
    def days(self) -> float:
        """Days from the first event to the last."""
        return (self.end - self.begin) / pd.Timedelta(days=1)

    @cached_property
    def carts(self) -> pd.DataFrame:
        """The visits with a cart; `left` tells whether it was not paid in that visit, `over` whether it ended."""
        found = self.frame[self.frame["cart_at"].notna()]
        return found.assign(left=found["settled"].isna(), over=found["last"] + GAP <= self.end)

    @property
    def has_devices(self) -> bool:
        """Whether any visit with a cart tells its device."""
        return bool(self.frame["cart_device"].notna().any())


def visits(events: Any, steps: Any = None, *, by: str | None = None) -> Visits:
    """The visits with a cart, from events of any size; remembered as long as the events are.

    A payment at the same moment as the cart counts as after it. Events without a visitor or a time do
    not count.

    Parameters
    ----------
    events : DataFrame, ibis.Table or path
        The canonical table.
    steps : sequence, optional
        The shop's own steps, with their roles; else what the names suggest.
    by : str, optional
        A column: its value at the first cart of a visit becomes `group`.

    Raises
    ------
    DataError
        When no event is a cart, or none a payment, or `by` is no column.

    >>> at = pd.to_datetime(["2026-03-02 10:00", "2026-03-02 10:05", "2026-03-03 10:00"], utc=True)
    >>> log = pd.DataFrame({"visitor_id": ["a", "a", "b"], "at": at, "step": ["cart", "paid", "cart"]})
    >>> visits(log).carts["left"].tolist()
    [False, True]
    """
    key = (id(events), repr(steps), by)
    kept = _MEMORY.get(key)
    if kept is not None and kept[0]() is events:
        return kept[1]
    found = _visits(events, steps) if by is None else _split(visits(events, steps), events, steps, by)
    if not isinstance(events, str) and hasattr(type(events), "__weakref__"):
        _MEMORY[key] = (weakref.ref(events, lambda _gone: _MEMORY.pop(key, None)), found)
    return found


def _visits(events: Any, steps: Any) -> Visits:
    parts = parts_of(events, steps)
    table = engine.kept(_by_visit(engine.sessions(events, GAP), parts))
    frame = table.filter(table.matters).drop("matters", "number").to_pandas()
    frame = frame.sort_values(["first", "visitor", "session"]).reset_index(drop=True)
    times = ["first", "last", "cart_at", *PAYMENTS]
    frame[times] = frame[times].apply(lambda column: pd.to_datetime(column, unit="us", utc=True))
    _require(frame)
    whole = _whole(table)
    frame["group"] = pd.Series(pd.NA, frame.index, dtype="string")
    stages = tuple(stage for stage in STAGES if stage in parts)
    return Visits(frame, *whole, stages, names_of(parts, steps))


def _split(found: Visits, events: Any, steps: Any, by: str) -> Visits:
    """The same visits with the value of a column at their first cart as `group`."""
    table = engine.read(events)
    if by not in table.columns or by == "moment":
        raise _no_column(table.columns, by)
    first = table.filter(_any_of(table, parts_of(events, steps)["cart"]))
    told = first.group_by(visitor=first.visitor_id, moment=first.moment).aggregate(
        value=_word(first, by).min()
    )
    values = told.to_pandas().set_index(["visitor", "moment"])["value"].astype("string")
    carts = found.carts
    moments = carts["cart_at"].dt.tz_localize(None).astype("datetime64[us]").astype("int64")
    values = values.reindex(pd.MultiIndex.from_arrays([carts["visitor"], moments])).to_numpy()
    group = pd.Series(values, carts.index, dtype="string").reindex(found.frame.index)
    return replace(found, frame=found.frame.assign(group=group))


def parts_of(events: Any, steps: Any = None) -> dict[str, tuple[engine.Step, ...]]:
    """The steps that play each part in a sale; a part the owner gave to a step of his own is that step.

    Raises
    ------
    DataError
        When nothing is a cart, or nothing a payment.
    """
    own = engine.steps_of(steps) if steps is not None and len(steps) else ()
    parts: dict[str, tuple[engine.Step, ...]] = {}
    for step in own:
        if step.role:
            parts[step.role] = (*parts.get(step.role, ()), step)
    for role, names in engine.roles(events, steps).items():
        parts.setdefault(role, (engine.Step(role, {"step": names}),))
    for role, said in (("cart", _("a cart")), ("paid", _("a payment"))):
        if role not in parts:
            raise _no_part(events, said)
    return parts


def names_of(parts: dict[str, tuple[engine.Step, ...]], steps: Any = None) -> tuple[tuple[str, str], ...]:
    """What the owner calls the pages from the cart to payment: (part, name), of parts one own step alone plays.

    A step that is only called as the events are has no name of its own.

    >>> own = engine.steps_of([{"name": "Address", "step": ["checkout"], "role": "checkout"}])
    >>> names_of({"checkout": own}, own)
    (('checkout', 'Address'),)
    """
    own = engine.steps_of(steps) if steps is not None and len(steps) else ()
    found = []
    for part in (stage for stage in STAGES if stage in parts):
        events = {name for step in parts[part] for name in step.where.get("step", ())}
        mine = [s for s in own if s.role == part or (not s.role and set(s.where.get("step", ())) == events)]
        if len(mine) == 1 and mine[0].name != " / ".join(map(str, mine[0].where.get("step", ()))):
            found.append((part, mine[0].name))
    return tuple(found)


def _no_part(events: Any, part: str) -> DataError:
    seen = engine.read(events).step.topk(8).to_pandas().iloc[:, 0].dropna().astype(str)
    names = join([f"“{name}”" for name in seen]) or _("none")
    return DataError(
        _("Nothing in these page visits is known as {part}.").format(part=part),
        allowed=_("Steps in your data: {names}.").format(names=names),
        next_step=_("Say on the page of the funnel which step is the cart, and which one is paid."),
    )


def _require(frame: pd.DataFrame) -> None:
    if not frame["cart_at"].notna().any():
        raise DataError(
            _("There is no cart in these page visits."),
            next_step=_("Bring page visits in which customers put something in their cart."),
        )
    if not frame["paid_at"].notna().any():
        raise DataError(
            _("There is no payment in these page visits, so it cannot be told which carts were left."),
            next_step=_(
                "Bring page visits with the page that thanks for the order, or say which step is paid."
            ),
        )


def _by_visit(events: ibis.Table, parts: dict[str, tuple]) -> ibis.Table:
    """One row per visit; `matters` for those of persons who had a cart or paid."""
    table = events.filter(events.visitor_id.notnull(), events.at.notnull())
    is_ = {role: _any_of(table, parts.get(role, ())) for role in (*STAGES, "paid")}
    last = {f"last_{role}": table.moment.max(where=is_[role]) for role in STAGES[1:]}
    customer, device = _word(table, "customer_id"), _word(table, "device")
    visit = table.group_by(visitor=table.visitor_id, session=table.session_id).aggregate(
        first=table.moment.min(),
        last=table.moment.max(),
        cart_at=table.moment.min(where=is_["cart"]),
        paid_at=table.moment.min(where=is_["paid"]),
        last_paid=table.moment.max(where=is_["paid"]),
        low=customer.min(),
        high=customer.max(),
        cart_device=device.argmin(table.moment, where=is_["cart"] & device.notnull()),
        paid_device=device.argmin(table.moment, where=is_["paid"] & device.notnull()),
        **last,
    )
    return _with_persons(_with_outcome(visit))


def _any_of(table: ibis.Table, steps: tuple) -> ibis.BooleanValue:
    import ibis

    found = ibis.literal(False)
    for step in steps:
        found = found | step.matches(table)
    return found


def _word(table: ibis.Table, column: str) -> ibis.StringValue:
    """A column as text without spaces around it, null where empty or not there."""
    import ibis

    if column in table.columns:
        return table[column].cast("string").strip().nullif("")
    nobody = table.visitor_id.isnull()  # an empty column: aggregates take no bare null
    return ibis.ifelse(nobody, table.visitor_id, ibis.null("string"))


def _no_column(columns: Any, by: str) -> SettingError:
    names = [name for name in columns if name not in ("moment", "session_id")]
    return SettingError(
        _("Page visits cannot be split by “{by}”.").format(by=by),
        allowed=_("Possible: {columns}.").format(columns=join([str(name) for name in names])),
    )


def _with_outcome(visit: ibis.Table) -> ibis.Table:
    """Add how far a visit came from its cart on, and when that was paid for."""
    import ibis

    begun, paid = visit.cart_at, visit.paid_at
    stage = begun.notnull().cast("int64")
    for place, role in enumerate(STAGES[1:], start=2):
        reached = visit[f"last_{role}"] >= begun.fill_null(visit.first)
        stage = ibis.ifelse(reached.fill_null(False), place, stage)
    settled = ibis.cases((paid >= begun, paid), (visit.last_paid >= begun, visit.last_paid))
    known = visit.low.notnull()
    passed = [f"last_{role}" for role in STAGES[1:]]
    return visit.mutate(stage=stage, settled=settled, known=known).drop(*passed)


def _with_persons(visit: ibis.Table) -> ibis.Table:
    """Add whose visit it is: the one customer a visitor is known as, or else the visitor."""
    import ibis

    own = ibis.window(group_by="visitor")
    low, high = visit.low.min().over(own), visit.high.max().over(own)
    visit = visit.mutate(customer=ibis.ifelse(low == high, low, ibis.null("string")))
    visit = visit.mutate(person=ibis.coalesce("c " + visit.customer, "v " + visit.visitor))
    theirs = ibis.window(group_by="person")
    acts = (visit.cart_at.notnull() | visit.paid_at.notnull()).cast("int64")
    number = ibis.row_number().over(group_by="person", order_by=[visit.first, visit.visitor, visit.session])
    return visit.mutate(matters=acts.max().over(theirs) == 1, number=number).drop("low", "high")


def _whole(table: ibis.Table) -> tuple[pd.Timestamp, pd.Timestamp, int, int, int]:
    """First and last moment, visitors, persons, and persons who paid in their first visit."""
    began = table.number == 0
    row = table.aggregate(
        begin=table["first"].min(),
        end=table["last"].max(),
        visitors=table.visitor.nunique(),
        persons=began.sum(),
        at_once=(began & table.paid_at.notnull()).sum(),
    ).to_pandas()
    begin, end, *counts = row.iloc[0].tolist()
    span = (pd.Timestamp(int(moment), unit="us", tz="UTC") for moment in (begin, end))
    return (*span, *(int(count) for count in counts))
