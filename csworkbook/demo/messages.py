"""What is said in the demo shop's chats and mails, step by step of a conversation?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from csworkbook.demo import stories
from csworkbook.demo.clock import DAY
from csworkbook.demo.draw import chance, lookup
from csworkbook.demo.texts import as_typed, filled, sentences


def messages(rng: np.random.Generator, contacts: pd.DataFrame, size: int) -> pd.DataFrame:
    """Messages of `size` conversations of the second year: question, answer, reaction, solution, farewell."""
    talks = _talks(rng, contacts, size)
    hard = chance(rng, np.where(talks["since"], stories.HARD["since"], stories.HARD["before"]))
    said = {name: chance(rng, share, len(talks)) for name, share in stories.STEPS.items()}
    said["policy"] = chance(rng, lookup(talks["agent"].to_numpy(object), stories.POLICY))
    said["negative"] = chance(rng, np.where(hard, 0.4, 0.05))
    turns = [
        ("customer", talks["text"].to_numpy(object)),
        ("agent", _first_answer(rng, talks, said)),
        ("customer", _typed(rng, _customer(rng, talks, _reaction(said, hard)))),
        ("agent", _solution(rng, talks, said)),
        (
            "customer",
            _typed(
                rng,
                _customer(
                    rng, talks, np.where(hard | said["policy"] | said["negative"], "resigned", "thanks")
                ),
            ),
        ),
    ]
    spoken = [_turn(talks, number, sender, text) for number, (sender, text) in enumerate(turns)]
    spoken[-1] = spoken[-1][chance(rng, 0.55, len(talks))]
    table = pd.concat(spoken, ignore_index=True)
    table["sent_at"] = _sent(rng, table)
    table = table[table["sent_at"] < _day(contacts, stories.DAYS)].sort_values(
        ["contact_id", "turn"], kind="stable", ignore_index=True
    )
    return table[["contact_id", "sent_at", "sender", "text"]]


def _talks(rng: np.random.Generator, contacts: pd.DataFrame, size: int) -> pd.DataFrame:
    written = contacts["channel"].isin(["chat", "email"]) & contacts["replied_at"].notna()
    recent = contacts["opened_at"] >= _day(contacts, stories.MESSAGES_SINCE)
    mine = np.flatnonzero(written & recent & contacts["agent"].notna())
    chosen = np.sort(rng.choice(mine, min(size, len(mine)), replace=False))
    talks = contacts.iloc[chosen].reset_index(drop=True)
    return talks.assign(since=talks["opened_at"] >= _day(contacts, stories.DELIVERY_SINCE))


def _day(contacts: pd.DataFrame, number: int) -> pd.Timestamp:
    return pd.Timestamp("2024-07-01").tz_localize(contacts["opened_at"].dt.tz) + pd.DateOffset(days=number)


def _steps(
    rng: np.random.Generator, talks: pd.DataFrame, said: dict[str, np.ndarray], names: tuple[str, ...]
) -> np.ndarray:
    """The sentences of the steps that are said, one after the other."""
    book, language = sentences("messages"), talks["language"].to_numpy(object)
    text = np.full(len(talks), "", object)
    for name in names:
        choices = {lang: book[lang]["agent"][name] for lang in ("nl", "en")}
        text = text + np.where(said[name], filled(rng, language, choices), "")
    return text


def _first_answer(rng: np.random.Generator, talks: pd.DataFrame, said: dict[str, np.ndarray]) -> np.ndarray:
    names = ("greeting", "empathy", "apology", "open question", "closed question")
    text = pd.Series(_steps(rng, talks, said, names), dtype="str")
    for agent in stories.AGENTS:
        mine = talks["agent"] == agent
        text[mine] = text[mine].str.replace("{agent}", agent, regex=False)
    short = {"nl": ["Ik kijk het even na."], "en": ["Let me have a look."]}
    plain = filled(rng, talks["language"].to_numpy(object), short)
    return np.where(text.str.len() > 0, text.str.strip(), plain)


def _solution(rng: np.random.Generator, talks: pd.DataFrame, said: dict[str, np.ndarray]) -> np.ndarray:
    book, language = sentences("messages"), talks["language"].to_numpy(object)
    before = _steps(rng, talks, said, ("uncertainty", "passing on", "policy", "negative", "advocacy"))
    keys = language + ":" + talks["topic"].to_numpy(object)
    choices = {
        f"{lang}:{topic}": texts for lang in ("nl", "en") for topic, texts in book[lang]["solve"].items()
    }
    solved = np.where(said["policy"] | said["negative"], "", filled(rng, keys, choices))
    after = _steps(rng, talks, said, ("notify", "forward resolution", "thanks"))
    text = before + solved + after
    return pd.Series(text, dtype="str").str.strip().to_numpy(object)


def _reaction(said: dict[str, np.ndarray], hard: np.ndarray) -> np.ndarray:
    """How the customer reacts to the first answer: to what was asked, or at the end of their tether."""
    return np.select(
        [hard, said["closed question"], said["open question"]], ["frustration", "confirm", "explain"], "more"
    )


def _customer(rng: np.random.Generator, talks: pd.DataFrame, kind: np.ndarray) -> np.ndarray:
    book = sentences("messages")
    choices = {
        f"{lang}:{name}": texts for lang in ("nl", "en") for name, texts in book[lang]["customer"].items()
    }
    return filled(rng, talks["language"].to_numpy(object) + ":" + kind.astype(object), choices)


def _typed(rng: np.random.Generator, text: np.ndarray) -> np.ndarray:
    return as_typed(rng, text, sentences("messages")["typos"]["pairs"])


def _turn(talks: pd.DataFrame, number: int, sender: str, text: np.ndarray) -> pd.DataFrame:
    columns = ["contact_id", "channel", "opened_at", "replied_at"]
    return talks[columns].assign(turn=number, sender=sender, text=text)


def _sent(rng: np.random.Generator, table: pd.DataFrame) -> pd.Series:
    """The question when the contact opens, the first answer when it is replied to, the rest one after the other."""
    pause = np.where(table["channel"] == "chat", 75, DAY / 8)
    later = pd.to_timedelta(
        np.floor(pause * (table["turn"] - 1 + rng.uniform(0.1, 0.9, len(table)))), unit="s"
    )
    return table["opened_at"].where(
        table["turn"] == 0, (table["replied_at"] + later).where(table["turn"] > 1, table["replied_at"])
    )
