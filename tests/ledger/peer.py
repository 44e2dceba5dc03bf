"""The same answers by other means: plain pandas and Python, written apart from the library, and invented shops.

Used as an oracle by the tests, and as the peer in ``benchmarks/ledger.py``.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

DAY = pd.Timedelta(days=1)
NAMED = re.compile(
    r"(?:#|\b(?:orders?|order[- ]?(?:nummer|number|nr|no|id)|bestelling(?:en)?|bestel(?:lings?)?[- ]?(?:nummer|nr|code)"
    r"|ordn(?:umme)?r|purchase order)\b)(?:\s*(?:nummer|number|num|nr|no|id|is|was|met|with|van|of)\b)*[\s.:#=(]{0,4}"
    r"([A-Za-z]{0,6}-?[0-9]+(?:-[0-9]+){0,3})",
    re.IGNORECASE,
)


def shop(seed: int, customers: int, asked: int, days: int = 600) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Orders with guests and addresses; contacts with whatever keys people leave, right and wrong."""
    rng = np.random.default_rng(seed)
    n = customers * 2
    who = np.char.add("c", rng.integers(0, customers, n).astype(str)).astype(object)
    mail = np.char.add("m", np.char.lstrip(who.astype(str), "c")).astype(object)
    mail[rng.random(n) < 0.03] = "m0"
    guest = rng.random(n)
    orders = pd.DataFrame({
        "order_id": np.char.add("#", np.arange(10_000, 10_000 + n).astype(str)),
        "customer_id": pd.Series(np.where(guest < 0.15, None, who), dtype="str"),
        "email_hash": pd.Series(np.where((guest < 0.05) | (guest > 0.7), None, mail), dtype="str"),
        "ordered_at": pd.Timestamp("2024-01-01", tz="Europe/Amsterdam")
        + pd.to_timedelta(np.sort(rng.integers(0, days * 86_400, n)), "s"),
        "revenue": rng.gamma(2, 30, n).round(2),
    })  # fmt: skip
    about = rng.integers(0, n, asked)
    wrong = rng.integers(0, n, asked)
    kind, slip = rng.random(asked), rng.random(asked)
    number = np.arange(10_000, 10_000 + n).astype(str)
    named = np.where(slip < 0.1, number[wrong], np.where(slip < 0.2, "555", number[about]))
    texts = np.char.add(
        np.array(["bestelling ", "Order nr. ", "#", "I paid "])[rng.integers(0, 4, asked)], named
    )
    contacts = pd.DataFrame({
        "contact_id": np.char.add("k", np.arange(asked).astype(str)),
        "customer_id": pd.Series(np.where(kind < 0.5, who[about], np.where(kind < 0.55, "helpdesk-7", None)), dtype="str"),
        "email_hash": pd.Series(np.where((kind > 0.4) & (kind < 0.65), mail[about], None), dtype="str"),
        "order_id": pd.Series(np.where((kind > 0.45) & (kind < 0.8), np.char.add("0", named), None), dtype="str"),
        "opened_at": pd.Timestamp("2023-12-20", tz="Europe/Amsterdam")
        + pd.to_timedelta(rng.integers(0, (days + 20) * 86_400, asked), "s"),
        "channel": np.array(["email", "phone", "chat"])[rng.integers(0, 3, asked)],
        "topic": np.array(["parcel", "refund", "size", "advice", "invoice"])[rng.integers(0, 5, asked)],
        "handling_minutes": np.where(rng.random(asked) < 0.1, np.nan, rng.gamma(2, 4, asked).round(1)),
        "abandoned": rng.random(asked) < 0.02,
        "text": pd.Series(np.where((kind > 0.75) & (kind < 0.95), texts, "hello"), dtype="str"),
    })  # fmt: skip
    return orders, contacts


def events(seed: int, size: int, customers: int, visits: int) -> pd.DataFrame:
    """So many events of so many visits; a third of the visitors is logged in."""
    rng = np.random.default_rng(seed)
    visit = np.sort(rng.integers(0, visits, size))
    number = rng.integers(0, customers * 3, visits)
    logged = np.where(number < customers, np.char.add("c", number.astype(str)), None)
    start = rng.integers(0, 600 * 86_400, visits)
    return pd.DataFrame({
        "visitor_id": np.char.add("v", number.astype(str))[visit],
        "session_id": np.char.add("s", np.arange(visits).astype(str))[visit],
        "customer_id": pd.Series(logged[visit], dtype="str"),
        "at": pd.Timestamp("2024-01-01", tz="Europe/Amsterdam") + pd.to_timedelta(start[visit] + np.arange(size) % 600, "s"),
        "step": np.array(["home", "product", "cart", "paid"])[rng.integers(0, 4, size)],
        "seconds": rng.integers(1, 90, size).astype(float),
    })  # fmt: skip


def whole(times: pd.Series) -> pd.Series:
    """Times in whole seconds."""
    return times.dt.tz_convert("UTC").astype("datetime64[us, UTC]").dt.floor("s")


# ---------------------------------------------------------------- whose is a contact
def people(orders: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The orders with `customer`, and the addresses with the one customer each, or several."""
    known = orders[orders["email_hash"].notna()]
    mails = known.groupby("email_hash")["customer_id"].agg(["nunique", "first"])
    mails["who"] = mails["first"].where(mails["nunique"] == 1)
    mails.loc[mails["nunique"] == 0, "who"] = mails.index[mails["nunique"] == 0]
    customer = orders["customer_id"].fillna(orders["email_hash"].map(mails["who"]))
    return orders.assign(customer=customer), mails


def linked(contacts: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """customer, order and found of every contact, for order numbers that are digits after a sign."""
    orders, mails = people(orders)
    by_number = orders.assign(key=orders["order_id"].str.lstrip("#0")).set_index("key")[
        ["order_id", "customer"]
    ]
    asked = contacts.copy()
    key = asked["order_id"].str.lstrip("#0")
    own = asked["customer_id"].where(asked["customer_id"].isin(set(orders["customer"].dropna())))
    mail = asked["email_hash"].map(mails["who"])
    column = key.map(by_number["order_id"])
    texts = [NAMED.findall(text) for text in asked["text"].fillna("")]
    inside = pd.Series([found[0].lstrip("0") if found else None for found in texts], index=asked.index)
    inside = inside.where(inside.str.len() >= 3)
    text = inside.map(by_number["order_id"]).where(column.isna())
    number = key.map(by_number["customer"]), inside.map(by_number["customer"]).where(column.isna())
    named = pd.concat([own, mail, *number], axis=1)
    clash = named.nunique(axis=1) > 1
    several = asked["email_hash"].map(mails["nunique"]).fillna(0) > 1
    nothing = asked[["customer_id", "email_hash", "order_id"]].isna().all(axis=1) & inside.isna()
    first, last = whole(orders["ordered_at"]).agg(["min", "max"])
    moment = whole(asked["opened_at"])
    cases = {
        "conflict": clash, "customer": own.notna(), "email": mail.notna(), "order": column.notna(), "text": text.notna(),
        "several": several, "no_id": nothing, "before": moment < first, "after": moment > last,
        "order_unknown": asked["order_id"].notna() | inside.notna(),
    }  # fmt: skip
    found = np.select([case.to_numpy(dtype=bool) for case in cases.values()], list(cases), "id_unknown")
    one = named.bfill(axis=1).iloc[:, 0].fillna(asked["customer_id"]).fillna(asked["email_hash"])
    return asked.assign(customer=one.mask(clash), order=column.fillna(text), found=found)


def matched(orders, contacts, events) -> pd.DataFrame:
    """Counts per table and outcome, as `ledger.matches`."""
    known, _mails = people(orders)
    customers = set(known["customer"].dropna())
    visits = events.groupby(["visitor_id", "session_id"])["customer_id"].agg(["nunique", "first"])
    found = np.select(
        [visits["nunique"] > 1, visits["first"].isin(customers), visits["first"].isna()],
        ["several", "customer", "no_id"], "id_unknown",
    )  # fmt: skip
    counts = {
        "contacts": linked(contacts, orders)["found"].value_counts(),
        "events": pd.Series(found).value_counts(),
    }
    return pd.DataFrame(counts).T.fillna(0)


# ---------------------------------------------------------------- what contacts cost, and what is bought later
def costs(contacts, orders, returns, *, hourly_cost=32.0, margin=0.35, within=14, window=30) -> pd.DataFrame:
    """Per topic: contacts, repeated, handling + repeats + refunds per year."""
    asked = linked(contacts, orders).assign(opened_at=lambda table: whole(table["opened_at"]))
    mean = asked["handling_minutes"].groupby(asked["channel"]).transform("mean")
    minutes = asked["handling_minutes"].fillna(mean.where(~asked["abandoned"], 0.0))
    person = asked["customer"].fillna("contact " + asked["contact_id"])
    asked = asked.assign(cost=minutes * hourly_cost / 60, person=person).sort_values(
        ["opened_at", "contact_id"]
    )
    before = asked.groupby(["person", "topic"])["opened_at"].shift()
    again = (asked["opened_at"] - before <= within * DAY) & asked["customer"].notna()
    span = max((asked["opened_at"].max() - asked["opened_at"].min()) / DAY, 1)
    parts = {"contacts": asked.groupby("topic").size(), "repeated": again.groupby(asked["topic"]).sum()}
    parts["cost"] = asked["cost"].groupby(asked["topic"]).sum() * 365.25 / span
    if returns is not None:
        parts["refunded"] = _refunded(asked, orders, returns, window)
    return pd.DataFrame(parts).fillna(0)


def _refunded(asked, orders, returns, window) -> pd.Series:
    names = orders["order_id"].set_axis(orders["order_id"].str.lstrip("#0"))
    back = returns.assign(order=returns["order_id"].str.lstrip("#0").map(names)).dropna(subset="order")
    back = back.assign(returned_at=whole(back["returned_at"]))
    last = whole(returns["returned_at"]).max() - window * DAY
    mine = asked.dropna(subset="order")[["order", "opened_at", "topic"]].sort_values("opened_at")
    both = pd.merge_asof(
        back.sort_values("returned_at"), mine, left_on="returned_at", right_on="opened_at", by="order",
        tolerance=window * DAY,
    )  # fmt: skip
    both = both[both["opened_at"] <= last]
    return both.groupby("topic")["amount"].sum()


EDGES = [2, 4, 6, 9, 14, 25, 45, 90, 180]
MOMENTS = [1, 3, 5, 7.5, 11.5, 19.5, 35, 67, 135, 270]


def later(contacts, orders, *, margin=0.35, after=90) -> pd.DataFrame:
    """Per topic: episodes, mean margin of comparable moments, mean difference."""
    known = people(orders)[0].dropna(subset="customer")
    asked = linked(contacts, orders).dropna(subset="customer")
    bought = pd.DataFrame(
        {"who": known["customer"], "t": _seconds(known["ordered_at"]), "y": known["revenue"] * margin}
    )
    bought = bought.sort_values(["who", "t"], ignore_index=True)
    calls = pd.DataFrame(
        {"who": asked["customer"], "t": _seconds(asked["opened_at"]), "topic": asked["topic"]}
    )
    calls = calls.sort_values(["who", "t"], ignore_index=True)
    state = _State(bought, calls, after * 86_400)
    treated = state.at(calls["who"], calls["t"], calls["topic"])
    treated = treated[(treated["k"] > 0) & ~treated["open"]].sort_values("t", kind="stable")
    treated = treated.drop_duplicates(["who", "topic", "k"])
    moments = bought.loc[bought.index.repeat(len(MOMENTS))].reset_index(drop=True)
    wait = np.tile([int(d * 86_400) for d in MOMENTS], len(bought))
    quiet = state.at(moments["who"], moments["t"] + wait, None)
    stays = (quiet["last"] == moments["t"]) & (quiet["calls"] == quiet["calls_then"]) & ~quiet["open"]
    like = ["k4", "since", "month", "known"]
    usual = quiet[stays].groupby(like)["bought"].agg(["mean", "size"])
    both = treated.join(usual[usual["size"] >= 2], on=like, how="inner")
    both["more"] = both["bought"] - both["mean"]
    return both.groupby("topic").agg(
        episodes=("more", "size"), comparable=("mean", "mean"), later=("more", "mean")
    )


def _seconds(times: pd.Series) -> pd.Series:
    return times.dt.tz_convert("UTC").dt.tz_localize(None).astype("datetime64[s]").astype("int64")


class _State:
    """What a customer had done by a moment, and buys after it, by searching in sorted times."""

    def __init__(self, bought: pd.DataFrame, calls: pd.DataFrame, after: int) -> None:
        self.names = pd.Index(pd.concat([bought["who"], calls["who"]]).unique())
        self.step = 10**11
        self.orders, self.calls = self._keys(bought), self._keys(calls)
        self.earned = np.concatenate([[0.0], bought["y"].cumsum().to_numpy()])
        order = np.argsort(self.orders, kind="stable")
        self.orders, self.earned = (
            self.orders[order],
            np.concatenate([[0.0], bought["y"].to_numpy()[order].cumsum()]),
        )
        self.calls, self.after, self.end = np.sort(self.calls), after, bought["t"].max()

    def _keys(self, table: pd.DataFrame) -> np.ndarray:
        return self.names.get_indexer(table["who"]) * self.step + table["t"].to_numpy()

    def at(self, who: pd.Series, t: pd.Series, topic: pd.Series | None) -> pd.DataFrame:
        mine = self.names.get_indexer(who) * self.step
        key = mine + t.to_numpy()
        first, now = np.searchsorted(self.orders, mine), np.searchsorted(self.orders, key, "right")
        until = np.searchsorted(self.orders, key + self.after, "right")
        k = now - first
        last = np.where(k > 0, self.orders[np.maximum(now - 1, 0)] - mine, -1)
        begin = np.searchsorted(self.calls, mine)
        calls = np.searchsorted(self.calls, key, "right") - begin
        then = np.searchsorted(self.calls, mine + last, "left") - begin
        days = (t.to_numpy() - last) / 86_400
        return pd.DataFrame({
            "who": who.to_numpy(), "t": t.to_numpy(), "topic": None if topic is None else topic.to_numpy(),
            "k": k, "k4": np.minimum(k, 4), "last": last, "calls": calls, "calls_then": then,
            "bought": self.earned[until] - self.earned[now], "open": t.to_numpy() + self.after > self.end,
            "since": np.searchsorted(EDGES, days, "right"), "month": np.floor(t.to_numpy() / (30.4375 * 86_400)),
            "known": (then > 0).astype(int),
        })  # fmt: skip
