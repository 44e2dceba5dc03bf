"""What do loyal customers say of themselves?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import estimates, topics
from csworkbook.errors import DataError, SettingError
from csworkbook.language import gettext as _
from csworkbook.language import join, mark
from csworkbook.personas.loyal.answers_result import LoyalAnswers
from csworkbook.personas.loyal.named import Named, named
from csworkbook.personas.loyal.words import asked, choices, labels
from csworkbook.personas.remembered import remembered
from csworkbook.results import question
from csworkbook.tables import LOYAL_QUESTIONS

if TYPE_CHECKING:
    import ibis

    from csworkbook.personas.saved import Saved

    Frame = pd.DataFrame | ibis.Table

_ABOUT = ("answered_at", "customer_id", "email_hash")
_TELLS = ("ambition",)  # what is asked for in a sentence
_WORDS = 6  # words: answers of more, in the middle, are stories
_GROUPS = 8  # at most, among stories
_TWICE = 2
_SAME = ("eigen", "graag", "maken", "worden", "ooit", "meer", "hele", "jaar", "willen", "kunnen", "want", "would", "like",
         "still", "achieve", "bereiken", "year", "make", "become", "one", "day")  # fmt: skip
_COLUMNS = ["question", "thing", "count", "n", "share", "low", "high", "spellings", "then", "quote"]


@question(mark("What do your loyal customers say of themselves?"), labels=labels, choices=choices)
def loyal_answers(
    loyal_survey: pd.DataFrame,
    orders: Frame | None = None,
    order_lines: Frame | None = None,
    contacts: Frame | None = None,
    returns: Frame | None = None,
    *,
    column: str | None = None,
    persona: int | None = None,
    personas: Saved | None = None,
    margin: float = 0.35,
    currency: str = "EUR",
    zone: str = "Europe/Amsterdam",
) -> LoyalAnswers:
    """What the answers to the ten questions have in common (handbook 3.5).

    Short answers are counted by what they name, one count for all spellings (`named.named`); stories, such as
    what somebody would like to achieve, are grouped by the words that most of them share (`topics.by_word`). Who answered
    twice counts with his last answers.

    Parameters
    ----------
    loyal_survey : DataFrame
        One row a respondent; further text columns are questions of the owner's own.
    orders, order_lines, contacts, returns : optional
        To tell whose answers are whose; only used with `persona`.
    column : str, optional
        One question; by default the first of all questions.
    persona : int, optional
        Only the customers of this saved persona (1..k).
    personas : Saved, optional
        The personas that were found.

    Returns
    -------
    LoyalAnswers
        table: question, thing (a name, or the words of a group), count, n (customers who answered this
        question), share, low, high (Wilson), spellings, then (what follows, for all questions only), quote.
        Where nothing is said twice every answer is a row, with a quote only.

    Raises
    ------
    DataError
        When nothing was answered, or nobody of this persona did.
    SettingError
        When there is no such question or persona.

    >>> survey = pd.DataFrame({"music": ["jazz", "Jazz!", "jazz, folk", "Queen"], "heroes": ["mijn oma", None, None, "oma"]})
    >>> loyal_answers(survey, column="music").table[["thing", "count", "n"]].values.tolist()
    [['Jazz', 3, 4]]
    """
    answers = _answers(loyal_survey)
    if column is not None and column not in answers:
        raise SettingError(
            _("Nothing was answered to the question “{column}”.").format(column=asked(column)),
            allowed=_("Possible: {columns}.").format(columns=join([asked(name) for name in answers])),
        )
    if persona is not None:
        tables = (orders, order_lines, contacts, returns)
        about = {"margin": margin, "currency": currency, "zone": zone}
        answers = _of_persona(loyal_survey, answers, tables, personas, persona, about)
        known = _named(answers)
    else:
        known = remembered([loyal_survey], "loyal", lambda: _named(answers))
    about = {"column": column, "people": len(answers), "persona": persona}
    if column is not None:
        return LoyalAnswers(_one(answers[column].dropna(), column, known), **about)
    rows = [_first(answers[name].dropna(), name, known) for name in answers]
    return LoyalAnswers(pd.concat(rows, ignore_index=True)[_COLUMNS], **about)


def _answers(survey: pd.DataFrame) -> pd.DataFrame:
    """The questions that somebody answered, texts without blanks, each customer once, sorted by what they say.

    The index are the rows of `survey`, by their place.
    """
    plain = _last_of_each(survey.reset_index(drop=True))
    names = [name for name in LOYAL_QUESTIONS if name in plain]
    names += [name for name in plain if name not in (*LOYAL_QUESTIONS, *_ABOUT) and _is_text(plain[name])]
    texts = plain[names].apply(_text).dropna(axis=1, how="all").dropna(how="all")
    if texts.empty:
        raise DataError(
            _("Nobody answered any of the ten questions."),
            allowed=_("Needed: at least one of {columns}.").format(
                columns=join([asked(n) for n in LOYAL_QUESTIONS])
            ),
            next_step=_("Send the questionnaire of this chapter, and bring what comes back."),
        )
    return texts.sort_values(list(texts.columns), kind="stable")


def _is_text(column: pd.Series) -> bool:
    return not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column))


def _text(column: pd.Series) -> pd.Series:
    said = column.astype(object).where(column.notna()).map(str, na_action="ignore").astype("str").str.strip()
    return said.mask(said == "")


def _last_of_each(survey: pd.DataFrame) -> pd.DataFrame:
    """The survey without earlier answers of customers who answered again."""
    if "customer_id" not in survey or "answered_at" not in survey:
        return survey
    at = pd.to_datetime(survey["answered_at"], utc=True, errors="coerce")
    who = _text(survey["customer_id"])
    order = at.argsort(kind="stable").to_numpy() if at.notna().all() else np.arange(len(survey))
    again = who.iloc[order].duplicated(keep="last") & who.iloc[order].notna()
    return survey.drop(index=again.index[again])


def _of_persona(
    survey: pd.DataFrame,
    answers: pd.DataFrame,
    tables: tuple,
    personas: Saved | None,
    persona: int,
    about: dict,
) -> pd.DataFrame:
    """The answers of the customers of one saved persona."""
    from csworkbook.personas import grouping
    from csworkbook.personas.seen import keys

    if (
        personas is None
        or persona not in range(1, personas.k + 1)
        or tables[0] is None
        or "customer_id" not in survey
    ):
        raise SettingError(
            _("There is no persona {n}.").format(n=persona),
            next_step=_("Find the personas first, and bring answers that name the customer."),
        )
    found = grouping.found(*tables, personas=personas, **about)
    mine = set(found.labels.index[found.labels == persona].astype(str))
    customers = pd.Series(keys(survey["customer_id"])).loc[answers.index]
    answers = answers[customers.isin(mine)].dropna(axis=1, how="all")
    if answers.empty:
        raise DataError(
            _("Nobody of the persona “{name}” answered.").format(name=found.names[persona - 1]),
            next_step=_("Look at everybody, or invite more customers of this persona."),
        )
    return answers


def _tells(column: str, texts: pd.Series) -> bool:
    """Whether the answers to a question are stories rather than names."""
    return column in _TELLS or (len(texts) > 0 and texts.str.split().str.len().median() > _WORDS)


def _named(answers: pd.DataFrame) -> Named:
    """What the short answers name."""
    short = [name for name in answers if not _tells(name, answers[name].dropna())]
    return named(answers[short], makes=("phone",))


def _one(texts: pd.Series, column: str, known: Named) -> pd.DataFrame:
    """Everything that two or more say to one question; every answer where nothing is said twice."""
    rows = _groups(texts, column) if _tells(column, texts) else _things(texts, column, known)
    if not rows.empty:
        return rows
    rows = pd.DataFrame({"question": column, "quote": texts.sort_values(kind="stable").to_numpy()})
    return rows.assign(thing="", count=1, n=len(texts), spellings="", then="").reindex(columns=_COLUMNS)


def _things(texts: pd.Series, column: str, known: Named) -> pd.DataFrame:
    counts = known.counts(column)
    counts = counts[counts >= _TWICE]
    rows = pd.DataFrame({"thing": counts.index.map(known.names), "count": counts.to_numpy()})
    rows["spellings"] = [", ".join(known.spellings.get(key, [])) for key in counts.index]
    return _shares(rows.assign(question=column, quote=""), len(texts))


def _groups(texts: pd.Series, column: str) -> pd.DataFrame:
    """What stories share, by the words that most of them use; nothing of fewer stories than can be grouped."""
    if len(texts) < topics.LEAST:
        return pd.DataFrame(columns=_COLUMNS)
    texts = texts.sort_values(kind="stable").reset_index(drop=True)
    found = topics.by_word(texts, _GROUPS, stops=topics.stop_words(_SAME))
    rows = pd.DataFrame(found, columns=["topic", "thing", "count", "quote"]).drop(columns="topic")
    return _shares(rows.assign(question=column, spellings=""), len(texts))


def _shares(rows: pd.DataFrame, n: int) -> pd.DataFrame:
    rows = rows.assign(n=n, share=rows["count"] / max(n, 1), then="")
    low, high = estimates.shares(rows["count"], rows["n"])
    return rows.assign(low=low, high=high)[_COLUMNS]


def _first(texts: pd.Series, column: str, known: Named) -> pd.DataFrame:
    """What is said most to one question, and what follows; nothing where every answer is another one."""
    from csworkbook.language import percent

    rows = _groups(texts, column) if _tells(column, texts) else _things(texts, column, known)
    next_ = [f"{row.thing} {percent(row.share)}" for row in rows.iloc[1:3].itertuples()]
    return rows.head(1).assign(then=", ".join(next_))
