"""What do we ask loyal customers about themselves?"""

from __future__ import annotations

import csv
import io
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from csworkbook import figures
from csworkbook.errors import SettingError
from csworkbook.language import LANGUAGES, current, mark
from csworkbook.language import gettext as _
from csworkbook.results import Result, question
from csworkbook.tables import LOYAL_QUESTIONS

if TYPE_CHECKING:
    import plotly.graph_objects as go

_CONTENT = Path(__file__).parents[2] / "content" / "loyal_questionnaire.toml"
_BUTTON = (
    "display:inline-block;background:#0b5c7a;color:#ffffff;padding:12px 18px;border-radius:8px;"
    "text-decoration:none"
)


@question(mark("What do we ask loyal customers about themselves?"))
def loyal_questions(*, language: str | None = None) -> LoyalQuestions:
    """Ten open questions for loyal customers, ready to send (ideas of handbook 3.5, in our own words).

    Parameters
    ----------
    language : {"nl", "en"}, optional
        The language spoken now by default.

    Returns
    -------
    LoyalQuestions
        table: column, question, answers (an empty list: every question is open). `html` is a mail with merge
        fields such as ``{{first_name}}``, `plain` the same as text, `form_csv` one row a question for form
        tools. What such a form gives back is recognised by the text of its questions.

    Raises
    ------
    SettingError
        When there is no such language.

    >>> loyal_questions(language="en").table["question"][6]
    'Whom do you look up to?'
    """
    language = language or current()
    if language not in LANGUAGES:
        raise SettingError(_("“{language}” is not a language of this workbook.").format(language=language))
    words = _words()[language]
    rows = [(column, words[column], []) for column in LOYAL_QUESTIONS]
    return LoyalQuestions(pd.DataFrame(rows, columns=["column", "question", "answers"]), words)


@lru_cache
def _words() -> dict[str, dict]:
    return tomllib.loads(_CONTENT.read_text("utf-8"))


@dataclass(frozen=True)
class LoyalQuestions(Result):
    """The ten questions, and the mail and form made of them."""

    words: dict = field(default_factory=dict)
    shown: ClassVar[tuple[str, ...]] = ("question",)

    @property
    def text(self) -> str:
        """What they are for and how to use them."""
        return _(
            "Ten open questions about who your loyal customers are, not about what they think of you. Leave out what "
            "does not suit your shop and add a question of your own: what comes back is recognised all the same. Put "
            "the form in your form tool, and paste the mail into your mail tool: it fills in the fields between "
            "double braces."
        )

    @property
    def method(self) -> str:
        """What to mind with such answers."""
        return _(
            "Answers like these say much about a person. Ask for no more than you will use, say what you use them for "
            "(the mail does), and take somebody's answers out when he asks for it. E-mail and postal addresses and "
            "telephone numbers in the answers are masked when you bring them here."
        )

    @property
    def plain(self) -> str:
        """The mail as plain text."""
        w = self.words
        lines = [w["greeting"], "", w["opening"], w["request"], ""]
        lines += [f"{number}. {asked}" for number, asked in enumerate(self.table["question"], 1)]
        lines += ["", f"{w['link']}: {{{{form_url}}}}", "", w["privacy"], "", w["closing"], w["sender"], ""]
        return "\n".join(lines)

    @property
    def html(self) -> str:
        """The mail as one HTML page: why, the ten questions, and a button to the form."""
        w = self.words
        lang = "nl" if w is _words()["nl"] else "en"
        top = "".join(f"<p>{escape(said)}</p>" for said in (w["greeting"], w["opening"], w["request"]))
        asked = "".join(f'<li style="margin:6px 0">{escape(one)}</li>' for one in self.table["question"])
        link = f'<p><a href="{{{{form_url}}}}" style="{_BUTTON}">{escape(w["link"])}</a></p>'
        end = f"<p><small>{escape(w['privacy'])}</small></p><p>{escape(w['closing'])}<br>{escape(w['sender'])}</p>"
        return (
            f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{escape(w["subject"])}</title></head>'
            f'<body style="font-family:Segoe UI,Arial,sans-serif;color:#1b2733;max-width:40rem">'
            f"{top}<ol>{asked}</ol>{link}{end}</body></html>"
        )

    @property
    def form_csv(self) -> str:
        """One row a question, for form tools: column, question, type, required, answers."""
        out = io.StringIO()
        dutch = self.words is _words()["nl"]
        writer = csv.writer(out, delimiter=";" if dutch else ",", lineterminator="\r\n")
        writer.writerow(["column", "question", "type", "required", "answers"])
        writer.writerows([one.column, one.question, "long text", "no", ""] for one in self.table.itertuples())
        return out.getvalue()

    def plot(self) -> go.Figure:
        """The form as the customer sees it: ten questions, a line to write on under each."""
        figure = figures.blank(height=60 + 52 * len(self.table))
        for place, asked in enumerate(self.table["question"]):
            figure.add_annotation(
                x=0,
                y=place,
                text=escape(f"{place + 1}. {asked}"),
                showarrow=False,
                xanchor="left",
                yanchor="bottom",
            )
            figure.add_shape(
                type="line", x0=0, x1=1, y0=place + 0.35, y1=place + 0.35, line={"color": figures.QUIET}
            )
        figure.update_xaxes(visible=False, range=[0, 1], fixedrange=True)
        figure.update_yaxes(visible=False, range=[len(self.table) - 0.4, -0.8], fixedrange=True)
        return figure
