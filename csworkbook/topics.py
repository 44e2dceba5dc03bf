"""What are many open answers about? Texts in groups by the words they share, with a quote for each.

Chapters that ask an open question share this: words folded alike, words that name no topic, groups (NMF of
tf-idf weights, or the words that most texts share) and the text that shows a group best.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

LEAST = 20  # fewer texts are listed one by one
PER_TOPIC = 10  # texts for every topic that is looked for
_TOKEN = r"\b[^\W\d_]{3,}\b"
_MOST_WORDS = 2000
_LONGEST = 220
_SHORTEST = 25


class Topic(NamedTuple):
    """A row to be: what the texts are about, how many there are, and one of them."""

    topic: str
    words: str
    count: int
    quote: str


def plain(texts: pa.Array) -> pa.Array:
    """Lower-cased words with one space around each, without accents or punctuation.

    >>> import pyarrow as pa
    >>> plain(pa.array(["Géén idee!", "track-and-trace"])).to_pylist()
    [' geen idee ', ' track and trace ']
    """
    import pyarrow.compute as pc

    texts = pc.utf8_normalize(pc.utf8_lower(texts), form="NFKD")
    texts = pc.replace_substring_regex(texts, r"\p{Mn}+", "")
    return pc.replace_substring_regex(texts, r"^[^\p{L}\p{N}]*|[^\p{L}\p{N}]+|$", " ")


@lru_cache
def stop_words(more: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Words that name no topic, as tokens of three letters or more: Dutch and English (package stop-words), and `more`.

    >>> {"the", "het"} <= set(stop_words()), "heerlijk" in stop_words(("heerlijk",))
    (True, True)
    """
    from stop_words import get_stop_words

    every = {*get_stop_words("nl"), *get_stop_words("en"), *more}
    return tuple(sorted({token for stop in every for token in re.findall(r"[^\W\d_]{3,}", stop)}))


def grouped(texts: pd.Series, most: int, *, stops: Iterable[str] = (), seed: int = 0) -> list[Topic]:
    """Topics of two texts or more, the largest first; none where no word says anything.

    Topics are factors (NMF) of the words that people use (tf-idf); a text belongs to the topic that
    weighs most in it.

    Parameters
    ----------
    texts : Series of str
        None of them empty; the index counts from 0.
    most : int
        How many topics at most.
    stops : iterable of str
        Words that name no topic, as `stop_words` gives them.

    >>> said = pd.Series(["de tuin en de bloemen", "bloemen in mijn tuin", "naar zee met de boot", "met een boot op zee"])
    >>> [(topic.count, sorted(topic.words.split(", "))) for topic in grouped(said, 2, stops=stop_words())]
    [(2, ['bloemen', 'tuin']), (2, ['boot', 'zee'])]
    """
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(
        stop_words=list(stops), min_df=2, max_df=0.9, max_features=_MOST_WORDS, sublinear_tf=True,
        token_pattern=_TOKEN,
    )  # fmt: skip
    try:
        weights = vectorizer.fit_transform(texts)
    except ValueError:  # no word is used twice, or every text has the same ones
        return []
    model = NMF(min(most, weights.shape[1]), init="nndsvd", random_state=seed, max_iter=400)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # near enough to group by the heaviest topic
        of_text = model.fit_transform(weights)
    return _named(texts, of_text, model.components_, vectorizer.get_feature_names_out())


def _named(texts: pd.Series, of_text: np.ndarray, of_word: np.ndarray, names: np.ndarray) -> list[Topic]:
    """Topics of two texts or more, by their heaviest words, each text in its heaviest topic."""
    best = pd.Series(of_text.argmax(axis=1)).where(of_text.max(axis=1) > 0)
    strength = pd.Series(of_text.max(axis=1) / (of_text.sum(axis=1) + 1e-12))
    sizes = best.dropna().value_counts()
    found = []
    for i, topic in enumerate(sizes[sizes >= 2].index, 1):
        weight = of_word[int(topic)]
        words = [names[w] for w in weight.argsort()[::-1][:4] if weight[w] > 0]
        mine = best == topic
        found.append(
            Topic(f"topic {i}", ", ".join(words), int(mine.sum()), quote(texts[mine], strength[mine]))
        )
    return found


def by_word(texts: pd.Series, most: int, *, stops: Iterable[str] = ()) -> list[Topic]:
    """The words that most texts share, each with the words that go with it; a text may hold several.

    The first is the word in most texts, the next the one in most of the texts without the first, and so on.

    Parameters
    ----------
    texts, stops : see `grouped`
    most : int
        How many words at most; each is in two texts or more that have none of those before.

    Returns
    -------
    list of Topic
        words (the word and at most two others that half of its texts have), count (of all texts with the word),
        quote.

    >>> said = pd.Series(["een moestuin en kippen", "moestuin met kippen", "een reis", "op reis", "geld"])
    >>> [(topic.words, topic.count) for topic in by_word(said, 5, stops=stop_words())]
    [('moestuin, kippen', 2), ('reis', 2)]
    """
    there = _used(texts, set(stops))
    names, there = there.columns.to_numpy(), there.to_numpy()
    open_, found, heads = pd.Series(True, index=texts.index), [], []
    while len(found) < most and len(names):
        fresh = there[open_.to_numpy()].sum(axis=0)
        best = max(range(len(names)), key=lambda at: (fresh[at], there[:, at].sum(), len(names[at])))
        if fresh[best] < 2:
            break
        mine = there[:, best]
        heads.append(best)
        found.append(_around(texts, there, names, heads))
        open_ &= ~mine
    return found


def _used(texts: pd.Series, stops: set[str]) -> pd.DataFrame:
    """A row a text, a column of flags for each of the 2,000 words most used, twice at least, by the alphabet."""
    tokens = texts.reset_index(drop=True).str.lower().str.findall(_TOKEN).explode().dropna()
    once = tokens[~tokens.isin(stops)].rename("word").rename_axis("text").reset_index().drop_duplicates()
    counts = once["word"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
    kept = counts.index[counts >= 2][:_MOST_WORDS]
    flags = pd.crosstab(once["text"], once["word"]).reindex(columns=sorted(kept), fill_value=0)
    return flags.reindex(range(len(texts)), fill_value=0).astype(bool)


def _around(texts: pd.Series, there: np.ndarray, names: np.ndarray, heads: list[int]) -> Topic:
    """The last of these words, those that half of its texts have too, and the text with most of what they share."""
    word = heads[-1]
    mine = there[:, word]
    together = there[mine].mean(axis=0)
    others = [at for at in together.argsort(kind="stable")[::-1] if together[at] >= 0.5 and at not in heads]
    typical = pd.Series(there[mine] @ together, index=texts.index[mine])
    words = ", ".join(names[at] for at in (word, *others[:2]))
    return Topic(f"topic {len(heads)}", words, int(mine.sum()), quote(texts[mine], typical))


def quote(texts: pd.Series, rating: pd.Series) -> str:
    """The text with the highest rating (it is most about the topic), of a length one reads."""
    readable = texts.str.len().between(_SHORTEST, _LONGEST)
    rating = rating[readable] if readable.any() else rating
    text = texts[rating.idxmax()]
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3].rstrip() + "…"
