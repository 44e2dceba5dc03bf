"""What is behind the high effort, in customers' own words?"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
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
from csworkbook.topics import LEAST, PER_TOPIC, Topic, grouped, plain, quote
from csworkbook.topics import stop_words as ordinary

if TYPE_CHECKING:
    import plotly.graph_objects as go

_CONTENT = Path(__file__).parents[1] / "content" / "effort_themes.toml"
_COLUMNS = ["topic", "words", "count", "n", "share", "low", "high", "quote"]


@question(mark("What is behind it, in customers’ own words?"))
def comments(
    effort_survey: pd.DataFrame,
    *,
    stage: str | None = None,
    topics: int = 3,
    sample: int = 20_000,
    seed: int = 0,
) -> Comments:
    """The themes behind "far too much", with a quote for each.

    Themes are lists of words, Dutch and English (content/effort_themes.toml): delivery, returns,
    paying and so on. A comment counts in every theme it touches, so shares need not add up to 100 %.
    Among the comments that touch none, topics are factors (NMF) of the words that customers use
    (tf-idf, stop words left out); such a comment belongs to the topic that weighs most in it.

    Parameters
    ----------
    stage : {"choosing", "buying", "after"}, optional
        Comments of those who said far too much at this stage; at any stage by default.
    topics : int
        How many at most outside the themes: one for every ten comments there.
    sample : int
        With more comments than this, a random sample is used, and the result says so.

    Returns
    -------
    Comments
        table: topic (a theme's key, or "topic 1"), words (the theme's name in the language spoken now, or the
        topic's words), count, n, share, low, high (shares of all high-effort comments, Wilson), quote.
        With fewer than 20 comments, or none of them alike, every comment is a row, without topics.

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
    drawn = drawn.reset_index(drop=True)
    found, outside = _found(drawn, topics, seed) if len(drawn) >= LEAST else ([], 0.0)
    return Comments(_table(found, len(drawn)) if found else _listed(drawn), stage, everything, outside)


def _found(texts: pd.Series, most: int, seed: int) -> tuple[list[Topic], float]:
    """Themes and, among the comments without one, topics; the share of comments (0–1) in neither."""
    touched = touches(texts)
    touched = touched.loc[:, touched.sum() >= 2]
    several = touched.sum(axis=1)
    named = [
        Topic(key, _name(key), int(mine.sum()), quote(texts[mine], -several[mine]))
        for key, mine in touched.items()
    ]
    rest = texts[several == 0].reset_index(drop=True)
    k = min(most, len(rest) // PER_TOPIC)
    others = grouped(rest, k, stops=stop_words(), seed=seed) if k > 0 else []
    return named + others, (len(rest) - sum(topic.count for topic in others)) / len(texts)


def _table(found: list[Topic], n: int) -> pd.DataFrame:
    table = pd.DataFrame(found).sort_values("count", ascending=False, kind="stable", ignore_index=True)
    table["n"] = n
    table["share"] = table["count"] / n
    table["low"], table["high"] = estimates.shares(table["count"], table["n"])
    return table[_COLUMNS]


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
def _content() -> dict[str, dict]:
    return tomllib.loads(_CONTENT.read_text("utf-8"))


def _name(theme: str) -> str:
    """A theme's name in the language spoken now."""
    return _content()["themes"][theme]["name"][language.current()]


def touches(texts: pd.Series) -> pd.DataFrame:
    """Which themes a comment touches: a row a comment, a column of flags a theme (delivery, returns, …).

    >>> touched = touches(pd.Series(["Geen retourlabel en mijn geld nog niet terug"])).loc[0]
    >>> list(touched.index[touched])
    ['returns', 'refund']
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    said, found = plain(pa.array(texts, pa.string(), from_pandas=True)), {}
    for theme, (wanted, unwanted) in _patterns().items():
        left = pc.replace_substring_regex(said, unwanted, " ") if unwanted else said
        found[theme] = pc.match_substring_regex(left, wanted).to_numpy(zero_copy_only=False)
    return pd.DataFrame(found, index=texts.index)


@lru_cache
def _patterns() -> dict[str, tuple[str, str]]:
    """Per theme: what to look for, and what to leave out before looking."""
    themes = _content()["themes"].items()
    return {
        key: (_pattern([*theme["nl"], *theme["en"]]), _pattern(theme.get("not", []))) for key, theme in themes
    }


def _pattern(stems: list[str]) -> str:
    """One regular expression for the stems as the themes write them: "retour", "~bezorg", "maat!"."""
    import pyarrow as pa

    bare = [one.strip() for one in plain(pa.array(stems, pa.string())).to_pylist()]
    ends = [re.escape(one) + (" " if raw.endswith("!") else "") for raw, one in zip(stems, bare, strict=True)]
    inside = [end for raw, end in zip(stems, ends, strict=True) if raw.startswith("~")]
    starts = [end for raw, end in zip(stems, ends, strict=True) if not raw.startswith("~")]
    return "|".join([f" (?:{'|'.join(starts)})"] * bool(starts) + inside)


def stop_words() -> tuple[str, ...]:
    """Words that name no topic: stop words, and words of feeling (content/effort_themes.toml), as tokens."""
    feeling = _content()["feeling"]
    return ordinary((*feeling["nl"], *feeling["en"]))


@dataclass(frozen=True)
class Comments(Result):
    """Themes and topics in the comments of customers who had to try too hard.

    Attributes
    ----------
    everything : int
        Comments on far too much effort, before any sample.
    outside : float
        The share of comments (0–1) in no theme or topic.
    """

    stage: str | None = None
    everything: int = 0
    outside: float = 0.0
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
        """How themes and topics come about, what is in neither, and the sample."""
        said = _(
            "Themes are our lists of words, Dutch and English. A comment counts in every theme it touches, so the "
            "shares need not add up to 100%. What touches no theme is grouped by words that occur together "
            "(tf-idf and NMF; stop words left out). Read the quotes: a computer did the sorting."
        )
        if self._enough:
            said += " " + _("{share} of the comments are in no theme or group.").format(
                share=language.percent(self.outside)
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
        action = _("Read the comments on {words} and mend their common cause.").format(words=top["words"])
        return [Finding(CHAPTER, headline, estimate, None, action)]
