"""What do we ask, whom, and how many answers are enough?"""

from __future__ import annotations

import csv
import io
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from csworkbook import estimates, figures
from csworkbook.effort.answers import STAGES
from csworkbook.errors import SettingError
from csworkbook.language import LANGUAGES, current, mark, number, percent
from csworkbook.language import gettext as _
from csworkbook.results import Result, question

if TYPE_CHECKING:
    import plotly.graph_objects as go

_CONTENT = Path(__file__).parents[1] / "content" / "effort_questionnaire.toml"
_EXTRA = ("buy_again", "spend_more", "recommend")


@question(mark("What do we ask?"))
def questionnaire(*, language: str | None = None, extra: bool = True) -> Questionnaire:
    """The effort survey, ready to send (handbook 3.2, in our own words).

    Parameters
    ----------
    language : {"nl", "en"}, optional
        The language spoken now by default.
    extra : bool
        Also ask about buying again, spending more and recommending (optional for the customer).

    Returns
    -------
    Questionnaire
        table: column, question, answers. `html` is a mail with merge fields such as
        ``{{first_name}}``, `plain` the same as text, `form_csv` one row a question for form tools.
    """
    language = language or current()
    if language not in LANGUAGES:
        raise SettingError(_("“{language}” is not a language of this workbook.").format(language=language))
    words = _words()[language]
    rows = [
        (stage, f"{words['question'].rstrip(' …')} {words[stage].lstrip('… ')}", words["answers"])
        for stage in STAGES
    ]
    rows.append(("comment", words["comment"], []))
    if extra:
        scale = [str(i) for i in range(11)]
        rows += [(c, words[c], scale if c == "recommend" else words["yes_no"]) for c in _EXTRA]
    return Questionnaire(pd.DataFrame(rows, columns=["column", "question", "answers"]), words)


@lru_cache
def _words() -> dict[str, dict]:
    return tomllib.loads(_CONTENT.read_text("utf-8"))


@dataclass(frozen=True)
class Questionnaire(Result):
    """The questions, and the mail and form made of them."""

    words: dict = field(default_factory=dict)

    @property
    def text(self) -> str:
        """What it is and how to use it."""
        return _(
            "Three questions, one open one and {extra} optional ones. Paste the mail into your mail tool: it fills in "
            "the fields between double braces. Send it one to two weeks after delivery."
        ).format(extra=number(len(self.table) - 4))

    @property
    def plain(self) -> str:
        """The mail as plain text."""
        w = self.words
        lines = [w["greeting"], "", w["opening"], w["request"], ""]
        for row in self.table.itertuples():
            lines += [row.question, *[f"  ( ) {answer}" for answer in row.answers], ""]
        return "\n".join([*lines, f"{w['link']}: {{{{form_url}}}}", "", w["closing"], w["sender"], ""])

    @property
    def html(self) -> str:
        """The mail as one HTML page: a table of links that open the form with the answer filled in."""
        w = self.words
        heads = "".join(f'<th scope="col" style="{_CELL}">{escape(a)}</th>' for a in w["answers"])
        rows = "".join(_mail_row(w[stage], stage, w["answers"]) for stage in STAGES)
        corner = f'<tr><th style="{_CELL}"></th>{heads}</tr>'
        grid = f'<table style="border-collapse:collapse">{corner}{rows}</table>'
        more = "".join(f"<li>{escape(row.question)}</li>" for row in self.table.iloc[3:].itertuples())
        paragraphs = [
            w["greeting"],
            f"{w['opening']} {w['request']}",
            f"<strong>{escape(w['question'])}</strong>",
        ]
        top = "".join(f"<p>{p if p.startswith('<') else escape(p)}</p>" for p in paragraphs)
        link = f'<p><a href="{{{{form_url}}}}" style="{_BUTTON}">{escape(w["link"])}</a></p>'
        end = f"<p>{escape(w['closing'])}<br>{escape(w['sender'])}</p>"
        lang = "nl" if w is _words()["nl"] else "en"
        return (
            f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{escape(w["subject"])}</title></head>'
            f'<body style="font-family:Segoe UI,Arial,sans-serif;color:#1b2733;max-width:40rem">{top}{grid}'
            f"<p><small>{escape(w['click'])}</small></p><p>{escape(w['optional'])}:</p><ul>{more}</ul>{link}{end}</body></html>"
        )

    @property
    def form_csv(self) -> str:
        """One row a question, for form tools: column, question, type, required, answers."""
        out = io.StringIO()
        dutch = self.words is _words()["nl"]
        writer = csv.writer(out, delimiter=";" if dutch else ",", lineterminator="\r\n")
        writer.writerow(["column", "question", "type", "required", "answers"])
        for row in self.table.itertuples():
            kind = "single choice" if row.answers else "long text"
            writer.writerow([row.column, row.question, kind, "no", " | ".join(row.answers)])
        return out.getvalue()

    def plot(self) -> go.Figure:
        """The three questions as the customer sees them."""
        figure = figures.blank()
        w = self.words
        points = [(x, y) for y in range(3) for x in range(3)]
        marker = {"size": 26, "color": figures.PAPER, "line": {"color": figures.ACCENT, "width": 2}}
        figure.add_scatter(
            x=[p[0] for p in points],
            y=[p[1] for p in points],
            mode="markers",
            marker=marker,
            hoverinfo="skip",
        )
        wrapped = [answer.replace(", ", ",<br>") for answer in w["answers"]]
        figure.update_xaxes(
            tickvals=[0, 1, 2],
            ticktext=wrapped,
            side="top",
            showgrid=False,
            zeroline=False,
            range=[-0.5, 2.5],
        )
        labels = [figures.wrapped(w[stage], 22) for stage in STAGES]
        figure.update_yaxes(
            tickvals=[0, 1, 2], ticktext=labels, showgrid=False, zeroline=False, range=[2.5, -0.5]
        )
        return figure


_CELL = "border:1px solid #d5dce1;padding:8px;text-align:center;font-weight:normal"
_BUTTON = "background:#0b5c7a;color:#ffffff;padding:12px 18px;border-radius:8px;text-decoration:none"


def _mail_row(question: str, stage: str, answers: list[str]) -> str:
    cells = "".join(
        f'<td style="{_CELL}"><a href="{{{{form_url}}}}?{stage}={code}" title="{escape(answer)}">&#9675;</a></td>'
        for code, answer in enumerate(answers, 1)
    )
    return f'<tr><th scope="row" style="{_CELL};text-align:left">{escape(question)}</th>{cells}</tr>'


@question(mark("How many answers are enough?"))
def sample_size(
    *, within: float = 0.05, expected: float = 0.5, customers: int | None = None, response: float = 0.15
) -> SampleSize:
    """How many answers, and so how many invitations, for a share to within ± `within`?

    Parameters
    ----------
    within : float
        Half the width of the 95 % interval, 0–1.
    expected : float
        The share expected; 0.5 is the safe choice.
    customers : int, optional
        How many customers there are to ask; few customers need fewer answers.
    response : float
        The share of those asked that answers, 0–1.

    Returns
    -------
    SampleSize
        table: within, needed, invitations; the row asked for among the usual ones.

    >>> sample_size(within=.05, response=.2).table.query("within == .05")[["needed", "invitations"]].values.tolist()
    [[385, 1925]]
    """
    if not (0 < within < 0.5 and 0 < expected < 1 and 0 < response <= 1 and (not customers or customers > 0)):
        raise SettingError(
            _("A sample cannot be planned with these figures."),
            allowed=_("Precision between 0 and 50 points, expected share and response between 0 and 100%."),
        )
    import math

    customers = customers or None
    margins = sorted({0.02, 0.03, 0.05, 0.075, 0.1, within})
    answers = [estimates.needed(m, expected, customers) for m in margins]
    asked = [math.ceil(round(n / response, 6)) for n in answers]
    return SampleSize(
        pd.DataFrame({"within": margins, "needed": answers, "invitations": asked}), within, customers
    )


@dataclass(frozen=True)
class SampleSize(Result):
    """Answers and invitations needed, per precision."""

    within: float = 0.05
    customers: int | None = None

    @property
    def text(self) -> str:
        """The number for the precision asked for, and whether there are so many customers."""
        row = self.table[self.table["within"] == self.within].iloc[0]
        said = _(
            "For a share to within {points} points you need {answers} answers, so about {asked} invitations."
        ).format(
            points=number(self.within * 100, 1 if self.within * 1000 % 10 else 0),
            answers=number(row["needed"]),
            asked=number(row["invitations"]),
        )
        if self.customers and row["invitations"] > self.customers:
            return f"{said} " + _(
                "You have {customers} customers: that is too few for this precision at this response."
            ).format(customers=number(self.customers))
        return f"{said} " + _("The same number per group if you want to compare groups.")

    @property
    def method(self) -> str:
        """The formula."""
        return _(
            "n = 1.96² × p × (1 − p) ÷ precision², corrected for a small number of customers. 95% confidence."
        )

    def plot(self) -> go.Figure:
        """Answers needed against precision."""
        figure = figures.blank()
        labels = ["± " + percent(m, 1 if m * 1000 % 10 else 0) for m in self.table["within"]]
        colours = [figures.ACCENT if m == self.within else figures.QUIET for m in self.table["within"]]
        values = self.table["needed"]
        figure.add_bar(
            x=labels,
            y=values,
            marker={"color": colours},
            text=[number(v) for v in values],
            textposition="outside",
            cliponaxis=False,
            hoverinfo="skip",
        )
        figure.update_yaxes(tickformat=",.0f", title=_("answers needed"))
        figure.update_xaxes(showgrid=False)
        return figure
