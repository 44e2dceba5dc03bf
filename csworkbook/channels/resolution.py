"""How many questions are solved at the first contact? Five usual ways to count it, side by side.

They are not the same: a ticket that was answered in one go may come back next week, and a customer who does not
come back may have given up. What one shop calls 90 % can be 65 % at another that counts in another way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from csworkbook import engine, estimates
from csworkbook.channels import resolution_words
from csworkbook.channels.resolution_result import FirstContact
from csworkbook.contacts import facts, left_out
from csworkbook.contacts.rows import doubled
from csworkbook.errors import SettingError
from csworkbook.estimates import SMALL
from csworkbook.language import gettext as _
from csworkbook.language import join, mark
from csworkbook.repeats import duration
from csworkbook.results import question

if TYPE_CHECKING:
    import ibis

    Frame = pd.DataFrame | ibis.Table

DEFINITIONS = ("one_touch", "not_reopened", "same_topic", "any_topic", "customer_says")
BY = ("channel", "topic", "agent")
EACH = ("issue", "contact")
PAUSE = 3600  # seconds: an agent who writes again after a longer pause takes the ticket up a second time
_MAIN = (
    "same_topic",
    "one_touch",
    "not_reopened",
    "any_topic",
    "customer_says",
)  # by which groups are compared
_BENCHMARKS = {"chat": "live-resolved-88-5", "phone": "live-resolved-88-5", "email": "mail-resolved-58-6"}


@question(
    mark("How many questions are solved at the first contact?"),
    labels=resolution_words.labels,
    choices=resolution_words.choices,
)
def first_contact(
    contacts: Frame,
    messages: Frame | None = None,
    *,
    by: Literal["channel", "topic", "agent"] = "channel",
    within: str = "14D",
    each: Literal["issue", "contact"] = "issue",
    zone: str = "UTC",
) -> FirstContact:
    """Solved at the first contact by five definitions, with the spread between them (handbook 4.7, 4.8).

    Counted are contacts that were handled and whose window is over: an abandoned one had no contact, and of the
    latest nobody can tell yet. Of these, as far as the table tells,

    - one_touch, per ticket: replied to and resolved (as far as either is told), not transferred, and (where there
      are messages) with no reply of the shop more than an hour after the one before;
    - not_reopened, per ticket: resolved, the same contact_id not opened or resolved a second time, and no later
      contact about the same order and topic within the window;
    - same_topic, per customer: the first contact of an issue, not followed by another one of the same customer about
      the same topic within the window;
    - any_topic: the same about any topic;
    - customer_says: satisfied, of those who answered. It stands for "is it solved?", which contacts do not ask.

    Parameters
    ----------
    messages : DataFrame or ibis.Table, optional
        Tells in how many goes a ticket was answered.
    by : str
        Split by channel, topic or agent.
    within : str
        The window, a pandas duration of at least a day.
    each : str
        What counts by customer: every "issue" once, by its first contact, or every "contact", also one that follows
        another.
    zone : str
        The shop's zone.

    Returns
    -------
    FirstContact
        table: `by` ("all" first, then the largest; unknown ones are in "all" only), definition, count, n, share, low,
        high (Wilson), left_out (handled contacts that this definition cannot judge), benchmark (the handbook's,
        share), small. n is 0 where the table does not tell. `compared`: by the definition `main`, each group beside
        the others.

    Raises
    ------
    DataError
        When a required column is missing, or no row has a time.
    SettingError
        When a setting is none of those above.

    >>> contacts = pd.DataFrame({"contact_id": ["1", "2", "3"], "customer_id": ["ann", "ann", "bob"],
    ...     "opened_at": pd.to_datetime(["2026-01-01", "2026-01-09", "2026-03-01"], utc=True),
    ...     "channel": "email", "topic": ["refund", "refund", "size"]})
    >>> first_contact(contacts).of("same_topic").n, first_contact(contacts, each="contact").of("same_topic").value
    (1, 0.5)
    """
    for value, allowed in ((by, BY), (each, EACH)):
        if value not in allowed:
            raise SettingError(
                _("“{value}” cannot be chosen here.").format(value=value), allowed=join(list(allowed))
            )
    sums = _sums(contacts, messages, by, within, each, zone)
    table = _table(sums, by)
    whole = table[table[by] == "all"].set_index("definition")["n"]
    main = next((name for least in (SMALL, 1) for name in _MAIN if whole[name] >= least), "")
    days = duration(within).days
    compared = _compared(table[table["definition"] == main], by)
    counts = sums[["contacts", "given_up", "handled", "base"]].sum().astype(int).to_dict()
    aside = {**left_out(contacts), "unknown": int(sums.loc[sums[by].isna(), "contacts"].sum())}
    return FirstContact(table, by, main, days, each, compared, {**counts, **aside}, messages is not None)


# ---------------------------------------------------------------- counting, in the engine
def _sums(
    contacts: Frame, messages: Frame | None, by: str, within: str, each: str, zone: str
) -> pd.DataFrame:
    """Per group (NA = unknown): contacts, given_up, handled, base; and of every definition n_… and count_…"""
    rows = facts(contacts, within=within, zone=zone)
    rows = _reopened(rows, contacts, round(duration(within).total_seconds()))
    rows = _goes(rows, messages)
    base = rows.handled & rows.finished
    sums = {
        "contacts": rows.count(),
        "given_up": rows.given_up.sum(),
        "handled": rows.handled.sum(),
        "base": base.sum(),
    }
    for name, (told, solved) in _judged(rows, contacts, each).items():
        told = (base & told).fill_null(False)
        sums |= {f"n_{name}": told.sum(), f"count_{name}": (told & solved).fill_null(False).sum()}
    found = rows.group_by(by).agg(**sums).to_pandas()
    found[by] = found[by].astype(object).where(found[by].notna(), None)
    numbers = found.columns.drop(by)
    return found.assign(**found[numbers].fillna(0).astype("int64"))


def _judged(rows: ibis.Table, contacts: Frame, each: str) -> dict[str, tuple]:
    """Per definition: of which contacts it can tell, and which of these are solved."""
    import ibis

    yes = ibis.literal(True)
    resolved = rows.resolved if "resolved_at" in contacts.columns else yes
    # a waiting time alone tells of calls and chats: a letter without one was answered all the same
    replied = rows.replied if "replied_at" in contacts.columns else yes
    answers = bool({"replied_at", "resolved_at"} & set(contacts.columns))
    passed_on = rows.transferred.fill_null(False)
    goes_told, goes = rows.goes.notnull(), rows.goes.fill_null(0)
    first, first_any = (yes, yes) if each == "contact" else (~rows.follow_up, ~rows.follow_up_any)
    return {
        "one_touch": (
            (rows.transferred.notnull() & answers) | goes_told,
            replied & resolved & ~passed_on & (goes < 2),
        ),
        "not_reopened": (rows.could_reopen, resolved & ~rows.reopened),
        "same_topic": (rows.again.notnull() & first, ~rows.again),
        "any_topic": (rows.again_any.notnull() & first_any, ~rows.again_any),
        "customer_says": (rows.satisfied.notnull(), rows.satisfied),
    }


def _reopened(rows: ibis.Table, contacts: Frame, window: int) -> ibis.Table:
    """`rows` with reopened and could_reopen (bool): whether a ticket came back, and whether one could be seen to.

    That takes order numbers, or tickets that stand in the table a second time.
    """
    import ibis

    double = doubled(contacts)
    ids = None if double is None else engine.kept(_second_times(double))
    if ids is not None and not ids.count().to_pyarrow().as_py():
        ids = None  # rows that only stand there twice do not show that tickets can come back
    later = _same_order(rows, window) if "order_id" in contacts.columns else None
    found = [one for one in (ids, later) if one is not None]
    if not found:
        return rows.mutate(reopened=ibis.literal(False), could_reopen=ibis.literal(False))
    back = ibis.union(*found, distinct=True) if len(found) > 1 else found[0]
    joined = rows.left_join(back, rows.contact_id == back.back_id)
    seen = ibis.literal(True) if ids is not None else joined.order_id.notnull() & joined.topic.notnull()
    return joined.mutate(reopened=joined.back_id.notnull(), could_reopen=seen).drop("back_id")


def _second_times(double: ibis.Table) -> ibis.Table:
    """back_id: tickets that were opened or resolved at two moments; a row that only stands there twice is none."""
    import ibis

    ends = double.group_by(back_id="contact_id").agg(
        opened=double.opened_us.max() > double.opened_us.min(),
        resolved=(double.resolved_us.max() > double.resolved_us.min()).fill_null(False),
    )
    return ends.filter(ibis.or_(ends.opened, ends.resolved)).select("back_id")


def _same_order(rows: ibis.Table, window: int) -> ibis.Table:
    """back_id: contacts after which the same order was asked about again, about the same topic, within the window."""
    import ibis

    about = rows.filter(rows.order_id.notnull() & rows.topic.notnull()).select(
        "contact_id", "order_id", "topic", "second"
    )
    after = ibis.range_window(group_by=["order_id", "topic"], order_by="second", following=(1, window))
    about = about.mutate(later=about.second.min().over(after))
    return about.filter(about.later.notnull()).select(back_id="contact_id").distinct()


def _goes(rows: ibis.Table, messages: Frame | None) -> ibis.Table:
    """`rows` with goes: in how many goes the shop answered, null where no message of it is known."""
    import ibis

    if messages is None:
        return rows.mutate(goes=ibis.null("int64"))
    sent = engine.table(messages, "messages", ["contact_id", "sent_at", "sender"])
    sent = sent.filter((sent.sender == "agent") & sent.contact_id.notnull() & sent.sent_at.notnull())
    sent = sent.mutate(second=engine.second(sent.sent_at))
    order = ibis.window(group_by="contact_id", order_by="second")
    sent = sent.mutate(again=(sent.second - sent.second.lag().over(order) > PAUSE).fill_null(False))
    goes = sent.group_by(told_id="contact_id").agg(goes=1 + sent.again.sum())
    return rows.left_join(goes, rows.contact_id == goes.told_id).drop("told_id")


# ---------------------------------------------------------------- what comes out
def _table(sums: pd.DataFrame, by: str) -> pd.DataFrame:
    """The definitions of every group below each other, "all" first."""
    known = sums[sums[by].notna()].sort_values(["handled", by], ascending=[False, True])
    every = sums.drop(columns=by).sum().to_frame().T.assign(**{by: "all"})
    groups = pd.concat([every, known], ignore_index=True)
    parts = [
        pd.DataFrame(
            {
                by: groups[by],
                "definition": name,
                "count": groups[f"count_{name}"].astype(int),
                "n": groups[f"n_{name}"].astype(int),
                "left_out": (groups["handled"] - groups[f"n_{name}"]).astype(int),
                "place": np.arange(len(groups)),
            }
        )
        for name in DEFINITIONS
    ]
    table = pd.concat(parts).sort_values("place", kind="stable", ignore_index=True)
    low, high = estimates.shares(table["count"], table["n"])
    told = table["n"] > 0
    return table.assign(
        share=table["count"] / table["n"].where(told),
        low=pd.Series(low).where(told),
        high=pd.Series(high).where(told),
        benchmark=_benchmarks(table[by]) if by == "channel" else np.nan,
        small=table["n"] < SMALL,
    )[[by, "definition", "count", "n", "share", "low", "high", "left_out", "benchmark", "small"]]


def _benchmarks(channels: pd.Series) -> pd.Series:
    from csworkbook import evidence

    known = {channel: evidence.get(name).value for channel, name in _BENCHMARKS.items()}
    return channels.map(known).astype(float)


def _compared(table: pd.DataFrame, by: str) -> pd.DataFrame:
    """Every group of at least `SMALL` contacts beside all others together: difference, p corrected by Holm."""
    groups = table[(table[by] != "all") & (table["n"] >= SMALL)]
    whole = table.loc[table[by] == "all", ["count", "n"]].sum()
    found = [
        estimates.difference(row.count_, row.n, whole["count"] - row.count_, whole["n"] - row.n)
        for row in groups.rename(columns={"count": "count_"}).itertuples()
    ]
    columns = {name: [getattr(one, name) for one in found] for name in ("value", "low", "high", "p")}
    compared = pd.DataFrame({by: groups[by].to_numpy(), **columns, "n": groups["n"].to_numpy()})
    compared = compared.astype(dict.fromkeys(columns, float))
    p = pd.Series(estimates.adjust(compared["p"]), compared.index, dtype=float)
    compared = compared.assign(share=groups["share"].to_numpy(float), p=p, sure=p < 1 - estimates.LEVEL)
    return compared.sort_values(["share", by], ascending=[False, True], ignore_index=True)
