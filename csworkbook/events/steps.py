"""Which events are a step of the funnel?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from csworkbook.engine import as_text
from csworkbook.errors import DataError, SettingError
from csworkbook.language import gettext as _
from csworkbook.language import join

if TYPE_CHECKING:
    import ibis

MOST = 30  # steps in one funnel
_OWN = ("name", "role")  # keys of a dict that are not columns


@dataclass(frozen=True)
class Step:
    """One step: an event belongs to it when every column named in `where` holds one of its values.

    Parameters
    ----------
    name : str
        What it is called on the page.
    where : Mapping[str, tuple]
        Column → the values that count.
    role : str
        What the step is to a shop (home, search, product, cart, checkout …); empty where that is not said.

    Examples
    --------
    >>> Step.of({"step": "product", "device": ["mobile", "tablet"]}).where
    {'step': ('product',), 'device': ('mobile', 'tablet')}
    """

    name: str
    where: Mapping[str, tuple] = field(default_factory=dict)
    role: str = ""

    def __hash__(self) -> int:
        return hash((self.name, tuple(self.where.items()), self.role))

    @classmethod
    def of(cls, said: object) -> Step:
        """The step that was meant: see `steps_of`.

        Raises
        ------
        SettingError
            When it says no step.
        """
        if isinstance(said, Step):
            return said
        if isinstance(said, Mapping):
            return _of_mapping(said)
        if isinstance(said, tuple) and len(said) == 2:
            return _named(said)
        names = _values(said)
        if not names:
            raise _unclear(said)
        return cls(" / ".join(str(name) for name in names), {"step": names})

    def matches(self, table: ibis.Table) -> ibis.BooleanValue:
        """The condition that an event of `table` belongs to this step; unknown where a cell is empty.

        Raises
        ------
        DataError
            When a column of the condition is not there.
        """
        found = None
        for column, values in self.where.items():
            one = _among(known(table, column), values)
            found = one if found is None else found & one
        return found

    def overlaps(self, other: Step) -> bool:
        """Whether one event could belong to both, as far as the conditions tell."""
        shared = self.where.keys() & other.where.keys()
        return all(set(self.where[column]) & set(other.where[column]) for column in shared)


def steps_of(steps: Sequence | str | Step) -> tuple[Step, ...]:
    """The steps of a funnel, in order.

    Parameters
    ----------
    steps : sequence
        Each is the name of a step (``"cart"``), several names of which either counts
        (``["cart", "basket"]``), a condition on columns (``{"step": "product", "device": ["mobile"]}``,
        with ``"name"`` and ``"role"`` if it has one), a name of your own with any of these
        (``("My cart", "cart")``), or a `Step`.

    Raises
    ------
    SettingError
        When there is no step, one says nothing, or there are more than thirty.

    Examples
    --------
    >>> [step.name for step in steps_of(["product", ["cart", "basket"], ("Paid", "purchase")])]
    ['product', 'cart / basket', 'Paid']
    """
    said = [steps] if isinstance(steps, str | Step | Mapping) else list(steps or ())
    found = tuple(Step.of(one) for one in said)
    if not 1 <= len(found) <= MOST:
        raise SettingError(
            _("A funnel of {count} steps cannot be counted.").format(count=len(found)),
            allowed=_("Between 1 and {most} steps.").format(most=MOST),
            next_step=_("Name the steps in the order in which customers take them."),
        )
    return found


def known(table: ibis.Table, column: str) -> ibis.Column:
    """A column of the table.

    Raises
    ------
    DataError
        Which columns there are, when this is not one of them.
    """
    if column in table.columns:
        return table[column]
    raise DataError(
        _("The events have no column “{column}”.").format(column=column),
        allowed=_("Columns: {columns}.").format(columns=join([str(name) for name in table.columns])),
        next_step=_("Choose one of these, or add the column to the export."),
    )


def _among(column: ibis.Column, values: tuple) -> ibis.BooleanValue:
    kind = column.type()
    alike = kind.is_numeric() or kind.is_boolean() or kind.is_temporal()
    if not alike or any(isinstance(v, str) or isinstance(v, bool) != kind.is_boolean() for v in values):
        column = column if kind.is_string() else column.cast("string")
        values = tuple(as_text(value) for value in values)
    return column == values[0] if len(values) == 1 else column.isin(values)


def _of_mapping(said: Mapping) -> Step:
    where = {str(column): _values(values) for column, values in said.items() if column not in _OWN}
    if not where or not all(where.values()):
        raise _unclear(said)
    usual = " · ".join(" / ".join(str(value) for value in values) for values in where.values())
    return Step(str(said.get("name") or usual), where, str(said.get("role") or ""))


def _named(said: tuple) -> Step:
    name, condition = said
    step = Step.of(condition)
    return Step(str(name), step.where, step.role)


def _values(said: object) -> tuple:
    values = (
        [said] if isinstance(said, str) or not isinstance(said, Sequence | set | frozenset) else list(said)
    )
    values = sorted(values, key=str) if isinstance(said, set | frozenset) else values
    return tuple(dict.fromkeys(v for v in values if v is not None and str(v).strip()))


def _unclear(said: object) -> SettingError:
    return SettingError(
        _("“{said}” is not a step.").format(said=str(said)[:80]),
        allowed=_("The name of a step, several names, or a condition on columns."),
        next_step=_("Name the steps in the order in which customers take them."),
    )
