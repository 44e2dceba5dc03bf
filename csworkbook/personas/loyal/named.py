"""What do people name in a few words of their own? Shops, brands, places: counted once for every spelling."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd

from csworkbook.topics import plain

_CONTENT = Path(__file__).parents[2] / "content" / "loyal_things.toml"
_APART = r"[,;\n\r•|·]+|\.\s+|\s[-–—]\s"
# what parts two things, and may also be part of a name
_JOINTS = (re.compile(r"(\s+(?:en|and|of|or|plus)\s+)", re.IGNORECASE), re.compile(r"(\s*[&/+]\s*)"))
_MENTION = ["question", "row", "key"]
_WORDS = {"en", "and", "of", "or", "plus"}
_MOST = 60  # things that are looked for in longer answers
_SHORT, _LONG = (
    5,
    9,
)  # letters: below the first no other spelling is allowed, from the second on two letters may differ


@dataclass(frozen=True)
class Named:
    """What was named, and by whom.

    Attributes
    ----------
    mentions : DataFrame
        question, row (index of the answer) and key, each once.
    names : dict
        key → how most people write it.
    spellings : dict
        key → the other ways in which it was written, most frequent first.
    """

    mentions: pd.DataFrame
    names: dict[str, str]
    spellings: dict[str, list[str]]

    def counts(self, question: str) -> pd.Series:
        """key → in how many answers to a question it is named; the most named first, then by the alphabet."""
        mine = self.mentions[self.mentions["question"] == question]
        return mine.groupby("key", sort=True).size().sort_values(ascending=False, kind="stable")


def named(answers: pd.DataFrame, *, makes: Collection[str] = ()) -> Named:
    """What these answers name, one count for all spellings of a thing.

    An answer is cut at commas, semicolons, line ends, and at "and", "&" and "/" where a part of it is named
    alone by somebody else ("IKEA and HEMA", but "Dille & Kamille"). Capitals, accents, blanks, an article before
    and ".com" behind do not count. A spelling that is rare beside another one and differs from it by one
    letter (two in names of nine letters or more; same first letter, same digits) counts as the other.
    A thing that two people name is also found in longer answers to the same question.

    Parameters
    ----------
    answers : DataFrame
        A column per question, texts; unique index. Empty answers are left out.
    makes : collection of str
        The questions about telephones, which are counted by their make.

    >>> shops = ["IKEA en Hema", "ikea", "HEMA, Dille & Kamille", "dille en kamille", "geen"]
    >>> found = named(pd.DataFrame({"shop": shops}))
    >>> found.counts("shop").rename(found.names).to_dict()
    {'Dille & Kamille': 2, 'Hema': 2, 'IKEA': 2}
    """
    texts = answers.rename_axis("row").reset_index().melt("row", var_name="question", value_name="said")
    texts = texts.dropna(subset="said").astype({"said": "str"}).reset_index(drop=True)
    pieces = _pieces(texts)
    pieces["key"] = _keys(pieces["said"])
    nothing = pieces["key"].isin(_words("nothing")) | (pieces["key"] == "")
    phones = pieces["question"].isin(list(makes))
    models = pieces[~nothing & phones]
    make = {key: _make(key) for key in models["key"].unique()}
    models = models.assign(own=models["key"], key=models["key"].map(make).astype("str"))
    things = _as_one(pieces[~nothing & ~phones])
    mentions = things[_MENTION].drop_duplicates()
    mentions = pd.concat([mentions, _within(texts, mentions), models[_MENTION]]).drop_duplicates()
    names, spellings = _spelled(things)
    makers, kinds = _spelled(models, set(_makes().values()))
    mentions = mentions.sort_values(_MENTION, ignore_index=True)
    return Named(mentions, {**makers, **names}, {**kinds, **spellings})


@lru_cache
def _words(name: str) -> frozenset[str]:
    return frozenset(tomllib.loads(_CONTENT.read_text("utf-8"))[name])


@lru_cache
def _makes() -> dict[str, str]:
    """A word of a model → the make of the phone."""
    makes = tomllib.loads(_CONTENT.read_text("utf-8"))["makes"]
    return {word: make for make, words in makes.items() for word in words}


def _folded(texts: pd.Series) -> pd.Series:
    import pyarrow as pa

    said = plain(pa.array(texts, pa.string(), from_pandas=True))
    return pd.Series(said.to_pandas(), dtype="str").set_axis(texts.index)


# ---------------------------------------------------------------- from an answer to pieces
def _pieces(texts: pd.DataFrame) -> pd.DataFrame:
    """question, row, said: answers cut into what they name."""
    pieces = _cut(texts, _APART)
    for joint in _JOINTS:
        pieces = _cut_where_known(pieces, joint)
    return pieces


def _cut(pieces: pd.DataFrame, pattern: str) -> pd.DataFrame:
    cut = pieces.assign(said=pieces["said"].str.split(pattern, regex=True)).explode("said", ignore_index=True)
    cut["said"] = cut["said"].astype("str").str.strip(" \t.!?\"'“”‘’()-–—:*")
    return cut[cut["said"].str.len() > 0].reset_index(drop=True)


def _cut_where_known(pieces: pd.DataFrame, joint: re.Pattern) -> pd.DataFrame:
    """Cut at a word that may be part of a name, before and after the parts that somebody names alone."""
    joined = pieces["said"].map(joint.search).notna()
    if not joined.any():
        return pieces
    whole, both = pieces[~joined], pieces[joined]
    cut = both["said"].map(joint.split)
    parts = cut.explode().drop_duplicates().astype("str")
    known = set(parts[_keys(parts).isin(set(_keys(whole["said"])))])
    found = both.assign(said=[_parted(one, known) for one in cut]).explode("said").dropna(subset="said")
    return pd.concat([whole, found], ignore_index=True)


def _parted(cut: list[str], known: set[str]) -> list[str]:
    """Parts and the joints between them, as names: known ones alone, the others in a row together."""
    found, row = [], ""
    for place in range(0, len(cut), 2):
        part = cut[place]
        if part in known:
            found, row = [*found, row, part], ""
        else:
            row = f"{row}{cut[place - 1]}{part}" if row else part
    return [one for one in (*found, row) if one]


def _keys(said: pd.Series) -> pd.Series:
    """What a piece is known by: its folded words without those that say nothing."""
    told = _folded(said).str.strip()
    return told.map({text: _key(text) for text in told.unique()}).astype("str")


def _key(text: str) -> str:
    words = text.split()
    if text in _words("nothing"):
        return text
    while len(words) > 1 and words[0] in _words("before"):
        words = words[1:]
    while len(words) > 1 and words[-1] in _words("after"):
        words = words[:-1]
    return " ".join(word for word in words if word not in _WORDS) or text


# ---------------------------------------------------------------- spellings of one thing
def _as_one(pieces: pd.DataFrame) -> pd.DataFrame:
    """The pieces with one key for every spelling of a thing."""
    tight = pieces["key"].str.replace(" ", "", regex=False)
    once = pieces.assign(tight=tight).drop_duplicates(["question", "row", "tight"])
    other = _other_spellings(once["tight"].value_counts())
    same = tight.map(lambda key: other.get(key, key)).astype("str")
    usual = pieces.assign(same=same).groupby(["same", "key"]).size().reset_index(name="count")
    usual = usual.sort_values(["same", "count", "key"], ascending=[True, False, True]).drop_duplicates("same")
    return pieces.assign(key=same.map(usual.set_index("same")["key"]).astype("str"), own=tight)


def _make(key: str) -> str:
    makes = _makes()
    return next((makes[word] for word in (key, *key.split()) if word in makes), key)


def _other_spellings(counts: pd.Series) -> dict[str, str]:
    """A rare spelling → the frequent one it is a typing error of."""
    import duckdb

    known = pd.DataFrame({"key": counts.index.astype("str"), "count": counts.to_numpy()})
    with duckdb.connect() as engine:
        engine.register("known", known)
        found = engine.sql(_PAIRS, params={"short": _SHORT, "long": _LONG}).fetchall()
    other = dict(found)
    return {rare: other.get(usual, usual) for rare, usual in other.items()}


_PAIRS = """
    WITH pairs AS (
        SELECT rare.key AS rare, usual.key AS usual, usual.count AS count,
               damerau_levenshtein(rare.key, usual.key) AS apart
        FROM known AS rare JOIN known AS usual
          ON rare.key[1] = usual.key[1] AND usual.count >= 2 * rare.count AND rare.key <> usual.key
         AND abs(length(rare.key) - length(usual.key)) <= 2
         AND least(length(rare.key), length(usual.key)) >= $short
         AND regexp_replace(rare.key, '[^0-9]', '', 'g') = regexp_replace(usual.key, '[^0-9]', '', 'g')
    )
    SELECT rare, first(usual ORDER BY apart, count DESC, usual) FROM pairs
    WHERE apart <= CASE WHEN least(length(rare), length(usual)) >= $long THEN 2 ELSE 1 END
    GROUP BY rare
"""


def _within(texts: pd.DataFrame, mentions: pd.DataFrame) -> pd.DataFrame:
    """What two people name, found in the answers to the same question that say more."""
    import pyarrow as pa
    import pyarrow.compute as pc

    folded = _folded(texts["said"])
    longer = texts.assign(folded=folded)[folded.str.count(" ") > 2]
    counts = mentions.groupby(["question", "key"]).size()
    found = [mentions.head(0)]
    for question, mine in longer.groupby("question"):
        named = counts.get(question, counts.head(0)).sort_values(ascending=False, kind="stable")
        keys = [key for key in named.index[named >= 2] if len(key) >= _SHORT - 1][:_MOST]
        said, rows = pa.array(mine["folded"], pa.string()), mine["row"].to_numpy()
        hits = {key: rows[pc.match_substring(said, f" {key} ").to_numpy(False)] for key in keys}
        found += [
            pd.DataFrame({"question": question, "row": hit, "key": key})
            for key, hit in hits.items()
            if len(hit)
        ]
    return pd.concat(found, ignore_index=True)


def _spelled(
    pieces: pd.DataFrame, known: Collection[str] = ()
) -> tuple[dict[str, str], dict[str, list[str]]]:
    """How a thing is written mostly, and how else; what is `known` goes by its key."""
    ways = pieces.groupby(["key", "own", "said"]).size().reset_index(name="count")
    ways["usual"] = ways.groupby(["key", "own"])["count"].transform("sum")
    flat = ways["said"].map(lambda said: said.islower() or (len(said) > 3 and said.isupper()))
    ways["weight"] = ways["count"] * flat.map(
        {True: 1 / 3, False: 1.0}
    )  # small letters are haste, not the name
    order = {"key": True, "usual": False, "weight": False, "said": True}
    ways = ways.sort_values(list(order), ascending=list(order.values()), kind="stable")
    first = ways.drop_duplicates("key").set_index("key")["said"]
    names = {key: key if key in known else said for key, said in first.items()}
    others = ways[ways["said"].str.casefold() != ways["key"].map(names).str.casefold()]
    spellings = others.groupby("key")["said"].agg(
        lambda said: list({one.casefold(): one for one in said[::-1]}.values())[::-1]
    )
    return names, spellings.to_dict()
