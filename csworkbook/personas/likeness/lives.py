"""What happened with a few customers: orders, contacts and returns, without saying who they are?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import engine, language, results
from csworkbook.personas import rows
from csworkbook.personas.seen import keys

if TYPE_CHECKING:
    from csworkbook.personas.rows import Frame

KINDS = ("order", "return", "contact")  # in this order where they happened at once


def lives(
    orders: Frame,
    order_lines: Frame | None,
    contacts: Frame | None,
    returns: Frame | None,
    customers: list[str],
    labels: pd.Series,
) -> pd.DataFrame:
    """What happened with these customers: customer_id, at (UTC), kind, about, amount, channel; in no order.

    An order stands with what was paid for it, a return with what was paid back; what was paid back without a
    return that tells it is off the amount of the order.
    """
    bought = rows.paid(orders, ("spent", "refunded", "channel"), customers=customers)
    whose = bought.drop_duplicates("order_id").set_index("order_id")["customer_id"]
    about = _bought(order_lines, list(whose.index))
    back = None if returns is None else _returns(returns, whose)
    parts = [
        pd.DataFrame(
            {
                "customer_id": bought["customer_id"],
                "at": bought["at"],
                "kind": "order",
                "about": [about.get(order, "") for order in bought["order_id"]],
                "amount": _as_paid(bought, back),
                "channel": bought["channel"].astype(object) if "channel" in bought else None,
            }
        )
    ]
    if contacts is not None:
        parts.append(_contacts(contacts, orders, customers, labels))
    if back is not None:
        parts.append(back.drop(columns="order_id"))
    return pd.concat([part for part in parts if len(part)], ignore_index=True)


def _as_paid(bought: pd.DataFrame, back: pd.DataFrame | None) -> np.ndarray:
    """Of each order what was paid, less what was paid back and no return tells."""
    net = _numbers(bought["spent"])
    if back is None or "refunded" not in bought:
        return net
    told = -back.groupby("order_id")["amount"].sum()
    told = bought["order_id"].map(told).fillna(0.0).to_numpy(float)
    return net + np.minimum(np.nan_to_num(_numbers(bought["refunded"])), told)


def _numbers(column: pd.Series) -> np.ndarray:
    """Numbers of any dtype, NaN where there are none."""
    return pd.to_numeric(column, errors="coerce").to_numpy(float, na_value=np.nan)


def _bought(order_lines: Frame | None, order_ids: list[str]) -> dict[str, str]:
    """Order → what was in it: categories, or else products, each once, in order of the alphabet."""
    there = [] if order_lines is None else list(order_lines.columns)
    column = next((name for name in ("category", "product") if name in there), None)
    if column is None:
        return {}
    lines = _few(order_lines, "order_lines", ["order_id", column], "order_id", order_ids).dropna(
        subset=[column]
    )
    words = lines.assign(word=[str(results.word(one)) for one in lines[column]])
    words = words.drop_duplicates(["order_id", "word"]).sort_values("word")
    return words.groupby("order_id")["word"].agg(list).map(language.join).to_dict()


def _few(frame: Frame, name: str, columns: list[str], key: str, wanted: list[str]) -> pd.DataFrame:
    """The rows of a table whose key is one of a few, keys and words as text; of an Ibis table only these come."""
    if not isinstance(frame, pd.DataFrame):
        table = engine.table(frame, name, columns)
        return table.filter(table[key].isin(wanted)).to_pandas()
    mine = pd.Series(keys(frame[key]), dtype=object).isin(wanted).to_numpy()
    few = frame.loc[mine, [column for column in columns if column in frame]]
    texts = [
        c
        for c in few
        if not pd.api.types.is_datetime64_any_dtype(few[c]) and not pd.api.types.is_numeric_dtype(few[c])
    ]
    return few.assign(**{c: keys(few[c]) for c in {*texts, key}}).reset_index(drop=True)


def _contacts(contacts: Frame, orders: Frame, customers: list[str], labels: pd.Series) -> pd.DataFrame:
    asked = rows.asked(contacts, orders, labels, customers=customers)
    about = [str(results.word(topic)) if isinstance(topic, str) else "" for topic in asked["topic"]]
    return asked.assign(kind="contact", about=about, amount=np.nan)[
        ["customer_id", "at", "kind", "about", "amount", "channel"]
    ]


def _returns(returns: Frame, whose: pd.Series) -> pd.DataFrame:
    columns = [name for name in ("order_id", "returned_at", "reason", "amount") if name in returns.columns]
    sent = _few(returns, "returns", columns, "order_id", list(whose.index))
    at = engine.times(sent["returned_at"], "returns")
    reason = sent["reason"] if "reason" in sent else pd.Series(None, index=sent.index, dtype=object)
    amount = -_numbers(sent["amount"]) if "amount" in sent else np.nan
    return pd.DataFrame(
        {
            "order_id": sent["order_id"],
            "customer_id": sent["order_id"].map(whose),
            "at": at.dt.tz_localize("UTC") if at.dt.tz is None else at,
            "kind": "return",
            "about": [str(results.word(one)) if isinstance(one, str) else "" for one in reason],
            "amount": amount,
            "channel": None,
        }
    ).dropna(subset=["at"])
