"""Ten customers a person can count, and frames of any size."""

from __future__ import annotations

import pandas as pd

ZONE = "Europe/Amsterdam"
START = pd.Timestamp("2026-01-01 12:00", tz=ZONE)


def at(days) -> pd.DatetimeIndex:
    """Moments so many days after noon on 1 January 2026."""
    return START + pd.to_timedelta(list(days), "D")


def orders(rows, **columns) -> pd.DataFrame:
    """Orders from (order_id, customer_id, day, revenue)."""
    number, customer, day, revenue = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            "order_id": list(number),
            "customer_id": pd.array(customer, dtype="str"),
            "ordered_at": at(day),
            "revenue": [float(r) for r in revenue],
            **columns,
        }
    )


def contacts(rows, **columns) -> pd.DataFrame:
    """Contacts from (contact_id, customer_id, day, topic)."""
    number, customer, day, topic = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            "contact_id": list(number),
            "customer_id": pd.array(customer, dtype="str"),
            "opened_at": at(day),
            "channel": "email",
            "topic": pd.array(topic, dtype="str"),
            **columns,
        }
    )


def returns(rows) -> pd.DataFrame:
    """Returns from (order_id, day, amount)."""
    number, day, amount = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            "order_id": pd.array(number, dtype="str"),
            "product_id": "p",
            "returned_at": at(day),
            "amount": [float(a) for a in amount],
        }
    )


# anna … hugo have an id; two guests, of whom one has an e-mail address; one address is shared by two customers
TEN = orders(
    [
        ("#1001", "anna", 0, 100), ("#1002", "bob", 1, 50), ("#1003", "carla", 2, 30), ("#1004", "dirk", 3, 20),
        ("#1005", "eva", 4, 10), ("#1006", "fred", 5, 60), ("#1007", "gina", 6, 70), ("#1008", "hugo", 7, 80),
        ("#1009", None, 8, 90), ("#1010", "  ", 9, 15), ("#1011", "anna", 40, 25), ("#1012", None, 60, 35),
    ],
    email_hash=pd.array(
        ["m-anna", "m-bob", None, "m-both", "m-both", None, None, None, "m-guest", None, None, "m-anna"], dtype="str"
    ),
)  # fmt: skip

# what each is found by, or why not, is in its id
ASKED = contacts(
    [
        ("customer-1", "anna", 2, "a"), ("customer-2", "bob", 3, "a"), ("email-1", None, 4, "a"), ("email-2", "zd-77", 4, "b"),
        ("email-3", None, 9, "b"), ("order-1", None, 5, "b"), ("order-2", "", 5, "b"), ("order-3", "zd-78", 5, "c"),
        ("text-1", None, 6, "c"), ("text-2", None, 6, "c"), ("text-3", None, 41, "c"), ("conflict-1", "anna", 6, "c"),
        ("conflict-2", "bob", 7, "c"), ("several-1", None, 7, "c"), ("several-2", None, 7, "c"), ("no_id-1", None, 8, "d"),
        ("no_id-2", "", 8, "d"), ("before-1", "old", -3, "d"), ("after-1", "new", 61, "d"), ("order_unknown-1", None, 9, "d"),
        ("order_unknown-2", None, 9, "d"), ("id_unknown-1", "nobody", 9, None), ("customer-3", "hugo", 10, "a"),
    ],
    email_hash=pd.array(
        [None, None, "m-anna", "m-bob", "m-guest", None, None, None, None, None, None, None, None, "m-both"] + [None] * 9,
        dtype="str",
    ),
    order_id=pd.array(
        [None] * 5 + ["1003", "0001010", "NL-1008"] + [None] * 3 + ["#1002"] + [None] * 7 + ["999"] + [None] * 3, dtype="str"
    ),
    text=pd.array(
        [None] * 8
        + ["Waar blijft #1006?", "mijn bestelling 1007 is stuk", "order number: 1001 en bestelnummer 1011"]
        + [None, "I ordered for a friend, order 1004"]
        + [None, "order 1001 of #1002", "I have 1003 questions", "1 order please", None, None, None, "bestelling 4711"]
        + [None] * 2,
        dtype="str",
    ),
)  # fmt: skip
