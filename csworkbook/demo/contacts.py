"""Who gets in touch with the demo shop, about what, and how well is it answered?

Contacts before an order lead to it, or to nothing; contacts after an order come back when they
were not solved, and one question is followed by another. All sizes are in `stories`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from csworkbook.demo import clock, stories
from csworkbook.demo.clock import DAY
from csworkbook.demo.draw import chance, lookup, words
from csworkbook.demo.texts import as_typed, filled, languages, sentences

_LIVE = ("chat", "phone")
_RELATIONAL = [kind.name for kind in stories.TYPES].index("relational")
_CHANNEL_MINUTES = {"chat": 1.1, "phone": 1.0, "email": 0.9, "social": 0.8}
_TOPICS = pd.DataFrame([vars(topic) for topic in stories.TOPICS]).set_index(["stage", "name"])


def contacts(
    rng: np.random.Generator, found: pd.DataFrame, leading: np.ndarray, goods: pd.DataFrame
) -> pd.DataFrame:
    """The canonical contacts, with row numbers of customers, orders and products for ids.

    Parameters
    ----------
    found : DataFrame
        The orders of `orders.journeys`.
    leading : array of int
        The product (row number of `goods`) each order is about.
    """
    asked = pd.concat([_before(rng, found), _after(rng, found)], ignore_index=True)
    asked = asked[(asked["moment"] >= 0) & (asked["moment"] < clock.END)]
    asked = asked.sort_values("moment", kind="stable", ignore_index=True)
    asked["product"] = _products(rng, asked, leading, goods)
    answered = _answered(rng, asked)
    return pd.concat([_asked(rng, asked), answered], axis=1)


# ---------------------------------------------------------------- who asks what
def _before(rng: np.random.Generator, found: pd.DataFrame) -> pd.DataFrame:
    """Questions before buying: those in the week before an order, and those that led to nothing."""
    rate = np.array([kind.before for kind in stories.TYPES])[found["kind"].to_numpy()]
    order = np.repeat(np.arange(len(found)), rng.poisson(rate))
    mix = {c: share * stories.CONVERTS[c] for c, share in stories.CONTACT_CHANNELS["before"].items()}
    led = pd.DataFrame({"order": order, "channel": words(rng, mix, len(order))})
    led["customer"], led["kind"] = found["customer"].to_numpy()[order], found["kind"].to_numpy()[order]
    earliest = (found["moment"].to_numpy()[order] // DAY).astype(int) - 7
    led["moment"] = clock.contact_moments(rng, earliest, led["channel"].isin(_LIVE).to_numpy())
    asked = pd.concat([led, _in_vain(rng, led, found)], ignore_index=True)
    asked["topic"] = _topics(rng, "before", len(asked))
    return asked.assign(stage="before", order=np.nan)


def _in_vain(rng: np.random.Generator, led: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Contacts of the same kind of people without an order in the month after."""
    missing = {
        c: rng.negative_binomial(max(n, 1), stories.CONVERTS[c])
        for c, n in led["channel"].value_counts().sort_index().items()
    }
    number = np.array(list(missing.values()))
    channel = np.repeat(
        np.array(list(missing), object), 2 * number
    )  # twice as many as needed: some will have to go
    drawn = led.iloc[rng.integers(0, max(len(led), 1), len(channel))][["customer", "kind"]].reset_index(
        drop=True
    )
    days = (found["moment"].to_numpy()[rng.integers(0, len(found), len(channel))] // DAY).astype(int) - 3
    drawn["channel"] = channel
    drawn["moment"] = clock.contact_moments(rng, days, drawn["channel"].isin(_LIVE).to_numpy())
    drawn = drawn[~_buys_soon(drawn, found) & (drawn["moment"] >= 0) & (drawn["moment"] < clock.END)]
    return drawn[drawn.groupby("channel").cumcount() < drawn["channel"].map(missing)]


def _buys_soon(drawn: pd.DataFrame, found: pd.DataFrame) -> np.ndarray:
    """Whether the customer orders within 31 days after the moment."""
    moments = drawn[["customer", "moment"]].astype(float).reset_index(names="row").sort_values("moment")
    orders = (
        found[["customer", "moment"]]
        .astype(float)
        .assign(next=lambda table: table["moment"])
        .sort_values("moment")
    )
    following = pd.merge_asof(moments, orders, on="moment", by="customer", direction="forward")
    return (
        (following["next"] - following["moment"] < 31 * DAY)
        .set_axis(following["row"])
        .sort_index()
        .to_numpy()
    )


def _after(rng: np.random.Generator, found: pd.DataFrame) -> pd.DataFrame:
    """Contacts after an order, what follows from them, and what comes back unsolved."""
    share = np.array([kind.after for kind in stories.TYPES])[found["kind"].to_numpy()]
    order = np.flatnonzero(chance(rng, share))
    asked = pd.DataFrame(
        {
            "order": order,
            "customer": found["customer"].to_numpy()[order],
            "kind": found["kind"].to_numpy()[order],
        }
    )
    asked["channel"] = words(rng, stories.CONTACT_CHANNELS["after"], len(asked))
    earliest = (found["moment"].to_numpy()[order] // DAY).astype(int) + rng.integers(1, 9, len(order))
    asked["moment"] = clock.contact_moments(rng, earliest, asked["channel"].isin(_LIVE).to_numpy())
    asked["topic"] = _topics(rng, "after", len(asked))
    first, second, probability = stories.FOLLOWS
    follow = asked[(asked["topic"] == first).to_numpy() & chance(rng, probability, len(asked))]
    rounds = [asked, _a_week_later(rng, follow).assign(topic=second)]
    again = pd.concat(rounds, ignore_index=True)
    while len(again):
        again = again[again["topic"] != first]
        again = _a_week_later(rng, again[chance(rng, lookup(again["channel"].to_numpy(), stories.REPEAT))])
        rounds.append(again)
    return pd.concat(rounds, ignore_index=True).assign(stage="after")


def _a_week_later(rng: np.random.Generator, asked: pd.DataFrame) -> pd.DataFrame:
    """The same people on the same channel, one to eight days later."""
    earliest = (asked["moment"].to_numpy() // DAY).astype(int) + 1
    return asked.assign(moment=clock.contact_moments(rng, earliest, asked["channel"].isin(_LIVE).to_numpy()))


def _topics(rng: np.random.Generator, stage: str, size: int) -> np.ndarray:
    return words(rng, _TOPICS.loc[stage]["weight"].to_dict(), size)


def _products(
    rng: np.random.Generator, asked: pd.DataFrame, leading: np.ndarray, goods: pd.DataFrame
) -> np.ndarray:
    """The product each contact is about; none where the topic is not about a product."""
    numbers = {
        name: int(np.flatnonzero(goods["name"] == name)[0])
        for name in (stories.ASSEMBLY_PRODUCT, stories.STOCK_PRODUCT, stories.COLOUR_PRODUCT)
    }
    weights = (goods["weight"] / goods["weight"].sum()).to_numpy()
    anything = rng.choice(len(goods), len(asked), p=weights)
    order = asked["order"].to_numpy()
    product = np.where(np.isnan(order), anything, leading[np.nan_to_num(order).astype(int)]).astype(float)
    planted = (
        ("how to assemble", stories.ASSEMBLY_PRODUCT, stories.ASSEMBLY_SHARE),
        ("out of stock", stories.STOCK_PRODUCT, stories.STOCK_SHARE),
        ("colour differs", stories.COLOUR_PRODUCT, 0.5),
    )
    for topic, name, share in planted:
        mine, it = (asked["topic"] == topic).to_numpy(), chance(rng, share, len(asked))
        product[mine & (product == numbers[name])] = np.nan
        product[mine & it] = numbers[name]
    groups = asked["topic"].map({topic.name: topic.group for topic in stories.TOPICS})
    return np.where(groups.isin(["product"]) | (asked["topic"] == "damaged on arrival"), product, np.nan)


# ---------------------------------------------------------------- the columns
def _asked(rng: np.random.Generator, asked: pd.DataFrame) -> pd.DataFrame:
    keys = pd.MultiIndex.from_arrays([asked["stage"], asked["topic"]])
    complaint = chance(rng, _TOPICS["complaint"].reindex(keys).to_numpy())
    book, language = sentences("contacts"), languages(rng, len(asked))
    cores = {
        f"{lang}:{topic}": texts for lang in ("nl", "en") for topic, texts in book[lang]["topics"].items()
    }
    opening, detail, closing = (
        filled(rng, language, {lang: book[lang][part] for lang in ("nl", "en")})
        for part in ("opening", "detail", "closing")
    )
    core = filled(rng, language + ":" + asked["topic"].to_numpy(object), cores)
    text = as_typed(rng, opening + core + detail + closing, book["typos"]["pairs"])
    return pd.DataFrame(
        {
            "contact_id": np.arange(len(asked)),
            "customer_id": asked["customer"],
            "opened_at": clock.stamp(asked["moment"]),
            "channel": asked["channel"],
            "topic": asked["topic"],
            "kind": np.where(complaint, "complaint", "question"),
            "product_id": asked["product"],
            "order_id": asked["order"],
            "stage": asked["stage"],
            "text": text,
            "language": language,
        }
    )


def _answered(rng: np.random.Generator, asked: pd.DataFrame) -> pd.DataFrame:
    """How fast, by whom, and how good the answer was."""
    size, channel = len(asked), asked["channel"].to_numpy(object)
    phone = channel == "phone"
    abandoned = phone & chance(rng, stories.ABANDONED, size)
    wait = np.where(abandoned, rng.exponential(70, size) + 8, _wait(rng, asked))
    minutes = _handling(rng, asked)
    replied = np.where(abandoned, np.nan, asked["moment"] + wait)
    later = np.where(np.isin(channel, _LIVE) | chance(rng, 0.6, size), 0, rng.uniform(0.5, 3, size) * DAY)
    resolved = np.where(chance(rng, 0.98, size), replied + np.floor(minutes * 60) + np.floor(later), np.nan)
    agent = words(rng, dict.fromkeys(stories.AGENTS, 1), size)
    return pd.DataFrame(
        {
            "replied_at": clock.stamp(_until_the_end(replied)),
            "resolved_at": clock.stamp(_until_the_end(resolved)),
            "handling_minutes": np.where(abandoned, np.nan, np.round(minutes, 1)),
            "agent": pd.Series(agent).mask(abandoned),
            "transferred": chance(rng, np.where(phone, 0.15, 0.05)) & ~abandoned,
            "abandoned": abandoned,
            "waiting_seconds": np.where(np.isin(channel, _LIVE), np.round(wait), np.nan),
            **_opinion(rng, asked, agent, abandoned),
        }
    )


def _until_the_end(moment: np.ndarray) -> np.ndarray:
    return np.where(moment < clock.END, moment, np.nan)


def _wait(rng: np.random.Generator, asked: pd.DataFrame) -> np.ndarray:
    """Whole seconds until the first answer: within the channel's target in the planted share of cases."""
    channel, size = asked["channel"].to_numpy(object), len(asked)
    noon = (channel == "chat") & (asked["moment"].to_numpy() % DAY // 3600 == 12)
    kept = chance(rng, np.where(noon, stories.CHAT_AT_NOON, lookup(channel, stories.KEPT)))
    target = np.round(lookup(channel, stories.TARGETS) * 60)
    return np.where(
        kept, np.floor(target * rng.beta(2, 2, size)), np.ceil(target * (1.05 + rng.exponential(0.9, size)))
    )


def _handling(rng: np.random.Generator, asked: pd.DataFrame) -> np.ndarray:
    keys = pd.MultiIndex.from_arrays([asked["stage"], asked["topic"]])
    minutes = _TOPICS["minutes"].reindex(keys).to_numpy() * lookup(
        asked["channel"].to_numpy(object), _CHANNEL_MINUTES
    )
    longer = np.where(asked["kind"] == _RELATIONAL, stories.RELATIONAL_MINUTES, 1.0)
    return minutes * longer * np.exp(rng.normal(0, 0.45, len(asked)))


def _opinion(
    rng: np.random.Generator, asked: pd.DataFrame, agent: np.ndarray, abandoned: np.ndarray
) -> dict[str, pd.Series]:
    """Satisfied, friendliness and knowledge of those who answered the question afterwards."""
    size, day = len(asked), asked["moment"].to_numpy() // DAY
    signal = (day >= stories.SIGNAL_DAY) & (day < stories.SIGNAL_DAY + 7)
    satisfied = chance(
        rng,
        np.where(
            signal, stories.SIGNAL_SATISFIED, lookup(asked["channel"].to_numpy(object), stories.SATISFIED)
        ),
    )
    silent = abandoned | ~chance(rng, 0.45, size)
    curt = agent == stories.POLICY_AGENT
    friendly = np.clip(1 + rng.binomial(4, np.where(curt, 0.45, 0.78)), 1, 5)
    expert = np.clip(1 + rng.binomial(4, np.where(satisfied, 0.80, 0.62)), 1, 5)
    made: dict[str, Sequence] = {"satisfied": satisfied, "friendliness": friendly, "knowledge": expert}
    types = {"satisfied": "boolean", "friendliness": "Int64", "knowledge": "Int64"}
    return {name: pd.Series(values, dtype=types[name]).mask(silent) for name, values in made.items()}


def channel_costs(counts: dict[tuple[int, str], int]) -> pd.DataFrame:
    """Hours and costs per month and channel, from the number of contacts in them.

    Chat and social also pay a licence; hours fill what is left of the planted cost per contact.
    """
    table = pd.DataFrame(
        [(month, channel, n) for (month, channel), n in sorted(counts.items())],
        columns=["number", "channel", "n"],
    )
    total = table["n"] * lookup(table["channel"].to_numpy(object), stories.COST_PER_CONTACT)
    fixed = total * lookup(
        table["channel"].to_numpy(object), {"chat": 0.12, "phone": 0.08, "email": 0.03, "social": 0.05}
    )
    month = np.datetime64("2024-07", "M") + table["number"].to_numpy()
    return pd.DataFrame(
        {
            "month": month.astype("datetime64[us]"),
            "channel": table["channel"],
            "hours": ((total - fixed) / stories.HOURLY_COST).round(2),
            "hourly_cost": stories.HOURLY_COST,
            "fixed_cost": fixed.round(2),
        }
    )
