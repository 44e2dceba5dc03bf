"""What is behind the high effort, in customers' own words?"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from csworkbook import estimates, figures, language
from csworkbook.effort.answers import CHAPTER, STAGES, coded, highest, one_of
from csworkbook.errors import DataError
from csworkbook.estimates import Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.results import Result, question, word
from csworkbook.tables import require

if TYPE_CHECKING:
    import plotly.graph_objects as go

_LEAST = 20
_COLUMNS = ["topic", "words", "count", "n", "share", "low", "high", "quote"]


@question(mark("What is behind it, in customers’ own words?"))
def comments(
    effort_survey: pd.DataFrame,
    *,
    stage: str | None = None,
    topics: int = 8,
    sample: int = 20_000,
    seed: int = 0,
) -> Comments:
    """The topics behind "far too much", with a quote for each.

    Topics are factors (NMF) of the words that customers use (tf-idf, Dutch and English stop words
    left out); a comment belongs to the topic that weighs most in it.

    Parameters
    ----------
    stage : {"choosing", "buying", "after"}, optional
        Comments of those who said far too much at this stage; at any stage by default.
    topics : int
        How many at most; fewer where there are few comments.
    sample : int
        With more comments than this, a random sample is used, and the result says so.

    Returns
    -------
    Comments
        table: topic, words, count, n, share, low, high (shares of all high-effort comments, Wilson),
        quote. With fewer than 20 comments, or no words that come back, every comment is a row,
        without topics.

    Raises
    ------
    DataError
        When the survey has no comments.
    SettingError
        When there is no such stage.
    """
    require(effort_survey, "effort_survey")
    if stage is not None:
        one_of(stage, STAGES)
    texts, everything = _high_effort(effort_survey, stage)
    drawn = texts.sample(sample, random_state=seed) if len(texts) > sample else texts
    found = _topics(drawn.reset_index(drop=True), topics, seed) if len(drawn) >= _LEAST else None
    return Comments(_listed(drawn) if found is None else found, stage, everything)


def _listed(texts: pd.Series) -> pd.DataFrame:
    """Every comment as a row, for too few (or too alike) to find topics in."""
    rows = [(i, "", 1, len(texts), *[float("nan")] * 3, text) for i, text in enumerate(texts, 1)]
    return pd.DataFrame(rows, columns=_COLUMNS)


def _high_effort(survey: pd.DataFrame, stage: str | None) -> tuple[pd.Series, int]:
    if "comment" not in survey or survey["comment"].notna().sum() == 0:
        raise DataError(
            _("This survey has no comments."),
            next_step=_("Ask an open question, or map the column that holds it on this page."),
        )
    hard = (coded(survey, stage) if stage else highest(survey)) == 3
    texts = survey.loc[hard, "comment"].dropna().astype(str).str.strip()
    texts = texts[texts.str.len() > 0]
    return texts, len(texts)


@lru_cache
def stop_words() -> tuple[str, ...]:
    """Words without meaning of their own, Dutch and English (package stop-words), as tokens."""
    from stop_words import get_stop_words

    both = {*get_stop_words("nl"), *get_stop_words("en")}
    return tuple(sorted({token for stop in both for token in re.findall(r"[^\W\d_]{3,}", stop)}))


def _topics(texts: pd.Series, most: int, seed: int) -> pd.DataFrame | None:
    """The table of topics; None where no word says anything."""
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(
        stop_words=list(stop_words()), min_df=2, max_df=0.5, max_features=2000, sublinear_tf=True,
        token_pattern=r"(?u)\b[^\W\d_]{3,}\b",
    )  # fmt: skip
    try:
        weights = vectorizer.fit_transform(texts)
    except ValueError:  # no word is used twice, or every comment has the same ones
        return None
    k = max(1, min(most, len(texts) // 10, weights.shape[1]))
    model = NMF(k, init="nndsvd", random_state=seed, max_iter=400)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # near enough to group by the heaviest topic
        of_text = model.fit_transform(weights)
    names = vectorizer.get_feature_names_out()
    best = pd.Series(of_text.argmax(axis=1)).where(of_text.max(axis=1) > 0)
    strength = of_text.max(axis=1) / (of_text.sum(axis=1) + 1e-12)
    rows = []
    for topic in best.dropna().value_counts().index:
        words = names[model.components_[int(topic)].argsort()[::-1][:4]]
        mine = best == topic
        rows.append(
            (", ".join(words), int(mine.sum()), len(texts), _quote(texts[mine], strength[mine.to_numpy()]))
        )
    table = pd.DataFrame(rows, columns=["words", "count", "n", "quote"])
    table.insert(0, "topic", range(1, len(table) + 1))
    table["share"] = table["count"] / table["n"]
    table["low"], table["high"] = estimates.shares(table["count"], table["n"])
    return table[_COLUMNS]


def _quote(texts: pd.Series, strength) -> str:
    """The comment that is most about the topic, of a length one reads."""
    rated = pd.DataFrame({"text": texts.to_numpy(), "strength": strength})
    readable = rated[rated["text"].str.len().between(25, 220)]
    best = (readable if len(readable) else rated).sort_values("strength", ascending=False, kind="stable")
    text = best["text"].iloc[0]
    return text if len(text) <= 220 else text[:217].rstrip() + "…"


@dataclass(frozen=True)
class Comments(Result):
    """Topics in the comments of customers who had to try too hard."""

    stage: str | None = None
    everything: int = 0
    shown: ClassVar[tuple[str, ...]] = ("words", "count", "share", "low", "high", "quote")

    @property
    def _enough(self) -> bool:
        return len(self.table) > 0 and bool((self.table["words"] != "").all())

    @property
    def text(self) -> str:
        """The largest topic, with a quote."""
        where = _("at any stage") if self.stage is None else str(word(self.stage)).lower()
        if self.everything == 0:
            return _("Nobody who found it far too much effort ({where}) left a comment.").format(where=where)
        if not self._enough:
            return _(
                "There are {n} comments on far too much effort ({where}): too few for topics, so here they all are."
            ).format(n=language.number(self.everything), where=where)
        top = self.table.iloc[0]
        said = _("Most named ({where}): {words}, in {share} of {n} comments.").format(
            where=where, words=top["words"], share=language.percent(top["share"]), n=language.number(top["n"])
        )
        return f"{said} " + _("One customer: “{quote}”").format(quote=top["quote"])

    @property
    def method(self) -> str:
        """How topics come about, and the sample."""
        said = _(
            "Topics are groups of words that occur together (tf-idf and NMF; Dutch and English stop words left out). "
            "Read the quotes: a computer made the groups."
        )
        if len(self.table) and self.table["n"].iloc[0] < self.everything:
            said += " " + _("A random sample of {n} out of {all} comments.").format(
                n=language.number(self.table["n"].iloc[0]), all=language.number(self.everything)
            )
        return said

    def plot(self) -> go.Figure:
        """Share of the comments per topic, with intervals."""
        if not self._enough:
            figure = figures.blank()
            figure.add_annotation(text=_("Too few comments for a picture."), showarrow=False)
            return figure.update_xaxes(visible=False).update_yaxes(visible=False)
        return figures.dots(self.table, label="words")

    def findings(self) -> list[Finding]:
        """The largest topic."""
        if not self._enough:
            return []
        top = self.table.iloc[0]
        estimate = Estimate(top["share"], top["low"], top["high"], int(top["n"]))
        headline = _("What customers name most when it was far too much effort: {words}.").format(
            words=top["words"]
        )
        return [
            Finding(CHAPTER, headline, estimate, None, _("Read these comments and mend their common cause."))
        ]
