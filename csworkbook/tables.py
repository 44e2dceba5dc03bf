"""Which columns does every table have, what do they mean, and is this frame one of them?

A user's columns are mapped to these names once, at the door (`csworkbook.intake`); inside, no
function takes column names. Times carry the shop's zone, money is in the shop's currency.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from csworkbook.errors import DataError
from csworkbook.language import gettext as _
from csworkbook.language import join

if TYPE_CHECKING:
    from types import ModuleType

    import numpy as np
    import pandas as pd
    import pandera.pandas as pa

Kind = Literal["key", "text", "word", "time", "date", "money", "number", "whole", "flag"]


@dataclass(frozen=True)
class Column:
    """One column: its name, kind, limits and unit.

    `kind`: key (an identifier), text (free), word (few distinct values), time (zoned timestamp),
    date (a day or month), money, number, whole (integer), flag (true/false). `low` and `high` are
    inclusive; `allowed` lists the words a ``word`` column may hold, none meaning any. A required
    column must be there; with `blank` some of its cells may be empty all the same.
    """

    name: str
    kind: Kind
    required: bool = False
    blank: bool = False
    low: float | None = None
    high: float | None = None
    allowed: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True)
class Table:
    """One canonical table.

    `key` names the column that is different in every row. `same` names the columns by which rows of a
    later file are known to be there already (none: the whole row); for order lines that is the order,
    whose lines a later file replaces together. `segments` tells whether further columns are kept as
    they are, to split results by.
    """

    name: str
    columns: tuple[Column, ...]
    key: str | None = None
    same: tuple[str, ...] = ()
    segments: bool = False

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns that must be there."""
        return tuple(column.name for column in self.columns if column.required)

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def __contains__(self, name: str) -> bool:
        return any(column.name == name for column in self.columns)


def _table(
    name: str, *columns: Column, key: str | None = None, same: tuple[str, ...] = (), segments: bool = False
) -> Table:
    return Table(name, columns, key, same or ((key,) if key else ()), segments)


def _need(name: str, kind: Kind, **limits) -> Column:
    return Column(name, kind, required=True, **limits)


_WHO = ("customer", "company")
LOYAL_QUESTIONS = (
    *("other_shops", "phone", "apps", "brands", "music"),
    *("films", "heroes", "holiday", "ambition", "hobbies"),
)
_CHANNEL = Column("channel", "word")
_DEVICE = Column("device", "word")
_EMAIL_HASH = Column("email_hash", "key")

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        _table(
            "orders",
            _need("order_id", "key"),
            _need("customer_id", "key", blank=True),
            _need("ordered_at", "time"),
            _need("revenue", "money", low=0),
            Column("margin", "money"),
            Column("shipping", "money", low=0),
            Column("discount", "money", low=0),
            _CHANNEL,
            _DEVICE,
            Column("first_order", "flag"),
            Column("refunded", "money", low=0),
            _EMAIL_HASH,
            key="order_id",
        ),
        _table(
            "order_lines",
            _need("order_id", "key"),
            _need("product_id", "key"),
            _need("quantity", "whole", low=0),
            _need("price", "money", low=0),
            Column("product", "text"),
            Column("category", "word"),
            same=("order_id",),
        ),
        _table(
            "returns",
            _need("order_id", "key"),
            _need("product_id", "key"),
            _need("returned_at", "time"),
            Column("reason", "word"),
            Column("amount", "money", low=0),
            Column("handled_at", "time"),
            same=("order_id", "product_id", "returned_at"),
        ),
        _table(
            "contacts",
            _need("contact_id", "key"),
            _need("customer_id", "key", blank=True),
            _need("opened_at", "time"),
            _need("channel", "word"),
            _need("topic", "word", blank=True),
            Column("kind", "word", allowed=("question", "complaint")),
            Column("replied_at", "time"),
            Column("resolved_at", "time"),
            Column("handling_minutes", "number", low=0, unit="minutes"),
            Column("agent", "word"),
            Column("product_id", "key"),
            Column("order_id", "key"),
            Column("stage", "word", allowed=("before", "after")),
            Column("transferred", "flag"),
            Column("abandoned", "flag"),
            Column("waiting_seconds", "number", low=0, unit="seconds"),
            Column("text", "text"),
            Column("satisfied", "flag"),
            Column("friendliness", "whole", low=1, high=5),
            Column("knowledge", "whole", low=1, high=5),
            _EMAIL_HASH,
            key="contact_id",
        ),
        _table(
            "messages",
            _need("contact_id", "key"),
            _need("sent_at", "time"),
            _need("sender", "word", allowed=("customer", "agent")),
            _need("text", "text"),
            same=("contact_id", "sent_at", "sender"),
        ),
        _table(
            "events",
            _need("visitor_id", "key"),
            _need("at", "time"),
            _need("step", "word"),
            Column("session_id", "key"),
            Column("customer_id", "key"),
            Column("product_id", "key"),
            _DEVICE,
            Column("seconds", "number", low=0, unit="seconds"),
            same=("visitor_id", "at", "step"),
        ),
        _table(
            "effort_survey",
            _need("answered_at", "time"),
            _need("choosing", "whole", blank=True, low=1, high=3),
            _need("buying", "whole", blank=True, low=1, high=3),
            _need("after", "whole", blank=True, low=1, high=3),
            Column("customer_id", "key"),
            Column("comment", "text"),
            Column("buy_again", "flag"),
            Column("spend_more", "flag"),
            Column("recommend", "whole", low=0, high=10),
            _EMAIL_HASH,
            segments=True,
        ),
        _table(
            "loyal_survey",
            Column("answered_at", "time"),
            Column("customer_id", "key"),
            *(Column(name, "text") for name in LOYAL_QUESTIONS),
            _EMAIL_HASH,
            segments=True,
        ),
        _table(
            "service_survey",
            _need("respondent_id", "key"),
            _need("role", "word", allowed=_WHO),
            _need("item", "whole", low=1, high=22),
            Column("expectation", "whole", low=1, high=7),
            Column("perception", "whole", low=1, high=7),
            Column("weight", "number", low=0, high=100),
            same=("respondent_id", "role", "item"),
        ),
        _table(
            "perception",
            _need("role", "word", allowed=_WHO),
            Column("superior", "flag"),
            Column("score", "whole", low=1, high=5),
        ),
        _table(
            "channel_costs",
            _need("month", "date"),
            _need("channel", "word"),
            _need("hours", "number", low=0, unit="hours"),
            Column("hourly_cost", "money", low=0),
            Column("fixed_cost", "money", low=0),
            same=("month", "channel"),
        ),
        _table(
            "reviews",
            _need("review_id", "key"),
            _need("posted_at", "time"),
            _need("rating", "whole", low=1, high=5),
            Column("product_id", "key"),
            Column("text", "text"),
            Column("replied_at", "time"),
            key="review_id",
        ),
        _table(
            "products",
            _need("product_id", "key"),
            Column("name", "text"),
            Column("category", "word"),
            Column("margin", "number"),
            Column("in_stock", "flag"),
            key="product_id",
        ),
    )
}

EFFORT_STAGES = ("choosing", "buying", "after")


@lru_cache
def schema(name: str) -> pa.DataFrameSchema:
    """The pandera schema of a canonical table, one check per rule.

    >>> schema("orders").columns["revenue"].required
    True
    """
    pa = _panderas()
    return pa.DataFrameSchema(
        {column.name: _pandera(column) for column in TABLES[name].columns},
        name=name,
        strict=False,
    )


def _panderas() -> ModuleType:
    """pandera for pandas; where pyspark is installed it imports that too, which warns of pandas 3."""
    import warnings

    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    import pandera.pandas

    return pandera.pandas


def _pandera(column: Column) -> pa.Column:
    pa = _panderas()
    checks = []
    if column.low is not None:
        checks.append(pa.Check.ge(column.low, error="low"))
    if column.high is not None:
        checks.append(pa.Check.le(column.high, error="high"))
    if column.allowed:
        checks.append(pa.Check.isin(column.allowed, error="allowed"))
    empty = not column.required or column.blank
    return pa.Column(None, checks, nullable=empty, required=column.required)


def check(frame: pd.DataFrame, name: str) -> pd.Series:
    """Why each row of a typed frame cannot be used, all rules in one pass.

    Parameters
    ----------
    frame : DataFrame
        Columns already named and typed as in the canonical table `name`.

    Returns
    -------
    Series of str
        Indexed as `frame`: the reasons of the row joined by "; ", or "" where it can be used.

    Raises
    ------
    DataError
        When a required column is missing.
    """
    import pandas as pd

    told = faults(frame.reset_index(drop=True), name)
    return pd.Series(
        told.reindex(range(len(frame)), fill_value="").to_numpy(), index=frame.index, dtype=object
    )


def faults(frame: pd.DataFrame, name: str) -> pd.Series:
    """As `check`, for the rows that cannot be used only; the index of `frame` must be unique."""
    import pandas as pd

    require(frame, name)
    pa = _panderas()
    told = pd.Series(dtype=object, index=frame.index[:0])
    try:
        schema(name).validate(frame, lazy=True, inplace=True)  # no copy: no rule changes a cell
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        cases = cases[cases["index"].notna()]
        words = [
            _reason(TABLES[name][c], r, v)
            for c, r, v in zip(cases["column"], cases["check"], cases["failure_case"], strict=True)
        ]
        told = pd.Series(words, index=cases["index"], dtype=object).groupby(level=0).agg("; ".join)
    silent = frame.index[_silent(frame, name)].difference(told.index)
    if len(silent):
        told = pd.concat([told, pd.Series(_nothing_said(name), index=silent, dtype=object)])
    return told


def _silent(frame: pd.DataFrame, name: str) -> np.ndarray:
    """Rows of a survey in which nothing that it asks is answered; its own further columns count as well."""
    import numpy as np

    if name == "effort_survey":
        return frame[list(EFFORT_STAGES)].isna().to_numpy().all(axis=1)
    if name != "loyal_survey":
        return np.zeros(len(frame), dtype=bool)
    about = ("answered_at", "customer_id", "email_hash")
    return frame.drop(columns=list(about), errors="ignore").isna().to_numpy().all(axis=1)


def _nothing_said(name: str) -> str:
    if name == "effort_survey":
        return _("none of the three questions is answered")
    return _("no question is answered")


def require(frame: pd.DataFrame, name: str) -> None:
    """Raise a DataError naming the required columns of table `name` that `frame` lacks."""
    missing = [column for column in TABLES[name].required if column not in frame]
    if missing:
        raise DataError(
            _("The table {table} lacks the column(s) {columns}.").format(table=name, columns=join(missing)),
            allowed=_("Needed: {columns}.").format(columns=join(list(TABLES[name].required))),
            next_step=_("Map a column of your file to each of them, or add them to the export."),
        )


def _reason(column: Column, rule: str, value: object) -> str:
    if rule == "low":
        return _("{column}: {value} is below {limit:g}").format(
            column=column.name, value=value, limit=column.low
        )
    if rule == "high":
        return _("{column}: {value} is above {limit:g}").format(
            column=column.name, value=value, limit=column.high
        )
    if rule == "allowed":
        words = ", ".join(column.allowed)
        return _("{column}: “{value}” is not one of {words}").format(
            column=column.name, value=value, words=words
        )
    return _("{column} is empty").format(column=column.name)
