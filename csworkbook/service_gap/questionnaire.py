"""What do we ask customers, and the company, about our service?"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from csworkbook import figures
from csworkbook.errors import SettingError
from csworkbook.language import LANGUAGES, current, mark, number
from csworkbook.language import gettext as _
from csworkbook.results import Result, question
from csworkbook.service_gap.items import ItemSet, content, item_set

if TYPE_CHECKING:
    import plotly.graph_objects as go

_ROLES = ("customer", "company")
_SCALE = [str(i) for i in range(1, 8)]
_A_MINUTE = 8  # statements


def _labels() -> dict[str, str]:
    return {"role": _("Ask"), "short": _("The ten most telling statements only")}


def _choices() -> dict[tuple[str, object], str]:
    return {("role", "customer"): _("customers"), ("role", "company"): _("the company")}


@question(mark("What do we ask about our service?"), labels=_labels, choices=_choices)
def questionnaire(
    *,
    language: str | None = None,
    role: str = "customer",
    short: bool = False,
    service_items: Mapping[str, str] | None = None,
    service_texts: Mapping[str, str] | None = None,
) -> Questionnaire:
    """The service survey, ready to send: expectation, perception, 100 points and the one about "superior".

    The company is asked what it thinks customers expect, and whether it calls the service superior.

    Parameters
    ----------
    language : {"nl", "en"}, optional
        The language spoken now by default.
    role : {"customer", "company"}
    short : bool
        Ten statements, two a dimension, instead of 22; a shop's own items are always asked whole.
    service_items, service_texts : mapping, optional
        The shop's own items.

    Returns
    -------
    Questionnaire
        table: column, question, answers. Columns are superior, E1… (expectation), P1… (perception) and
        points_<dimension>. `html` is a mail with merge fields such as ``{{first_name}}``, `plain` the whole
        survey as text, `form_csv` one row a question for form tools.

    Raises
    ------
    SettingError
        When the language or the role is another one.
    """
    language = language or current()
    if language not in LANGUAGES:
        raise SettingError(_("“{language}” is not a language of this workbook.").format(language=language))
    if role not in _ROLES:
        raise SettingError(
            _("“{value}” cannot be chosen here.").format(value=role),
            allowed=_("Possible: {columns}.").format(columns=", ".join(_ROLES)),
        )
    items = item_set(service_items, service_texts)
    items = items.short() if short else items
    rows = asked(items, language, role)
    return Questionnaire(pd.DataFrame(rows, columns=["column", "question", "answers"]), items, language, role)


def asked(items: ItemSet, spoken: str, role: str = "customer") -> list[tuple[str, str, list[str]]]:
    """Every question in order: its column, how it reads, and the answers to choose from (none: a number).

    >>> [column for column, _question, _answers in asked(item_set().short(), "en")][:3]
    ['superior', 'E1', 'E4']
    """
    words = content()[spoken]
    frame = words["guess" if role == "company" else "expectation"]
    superior = words["superior_company" if role == "company" else "superior"]
    scale = [words["disagree"], *_SCALE[1:-1], words["agree"]]
    rows = [("superior", superior, words["yes_no"])]
    rows += [(f"E{i}", frame.format(statement=items.statement(i, spoken)), scale) for i in items.dimension]
    if role == "company":
        return rows
    perceived = words["perception"]
    rows += [
        (f"P{i}", perceived.format(statement=items.statement(i, spoken)), scale) for i in items.dimension
    ]
    return rows + [(f"points_{d}", _points(d, words, spoken), []) for d in items.dimensions]


def _points(dimension: str, words: dict, spoken: str) -> str:
    known = content()["dimensions"].get(dimension)
    if known is None:
        return words["points_own"].format(name=dimension, brand="{{brand}}")
    name, about = known[spoken]
    return words["points"].format(name=name, about=about)


@dataclass(frozen=True)
class Questionnaire(Result):
    """The questions, and the mail and form made of them."""

    items: ItemSet = field(default_factory=item_set)
    spoken: str = "en"
    role: str = "customer"

    @property
    def text(self) -> str:
        """What it is and how to use it."""
        n = number(len(self.items.dimension))
        if self.role == "company":
            return _(
                "{n} statements about what customers expect, and one question about your own service. Let everybody in "
                "the company answer alone, before the customers' answers are shown."
            ).format(n=n)
        return _(
            "{n} statements, each asked twice: what customers expect of an excellent shop and what they get from you; "
            "then 100 points to divide. Paste the mail into your mail tool: it fills in the fields between double braces."
        ).format(n=n)

    @property
    def method(self) -> str:
        """Where the statements come from."""
        if self.items.own:
            return _("The statements are your own.")
        return _(
            "The 22 statements and five dimensions of SERVQUAL (Parasuraman, Zeithaml & Berry, Journal of Retailing 64(1), "
            "1988, 12–40; revised 1991), in our own words for a web shop."
        )

    @property
    def _words(self) -> dict[str, str]:
        """The words around the questions, as this role reads them."""
        words = content()[self.spoken]
        minutes = math.ceil(len(self.table) / _A_MINUTE)
        mine = {
            name: words[f"{name}_company" if self.role == "company" and f"{name}_company" in words else name]
            for name in ("subject", "greeting", "opening", "request")
        }
        return {**words, **mine, "request": mine["request"].replace("{minutes}", number(minutes))}

    @property
    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        """The questions by part, each under its own head; the first question stands alone."""
        w, kind = self._words, self.table["column"].str[0].where(self.table["column"] != "superior", "s")
        first = w["part_guess" if self.role == "company" else "part_expectation"]
        heads = {"s": "", "E": first, "P": w["part_perception"], "p": w["part_points"]}
        return [(head, self.table[kind == one]) for one, head in heads.items() if (kind == one).any()]

    @property
    def plain(self) -> str:
        """The whole survey as plain text, to print or to paste."""
        w = self._words
        lines = [w["greeting"], "", w["opening"], w["request"], ""]
        for head, rows in self._parts:
            lines += [head, ""] if head else []
            for row in rows.itertuples():
                lines += [row.question, *_choice(row.answers, w["points_box"]), ""]
        return "\n".join([*lines, f"{w['link']}: {{{{form_url}}}}", "", w["closing"], w["sender"], ""])

    @property
    def html(self) -> str:
        """The mail as one HTML page: the first question with links that open the form with it answered."""
        w = self._words
        first = self.table.iloc[0]
        answers = "".join(
            f'<a href="{{{{form_url}}}}?superior={value}" style="{_BUTTON}">{escape(answer)}</a> '
            for value, answer in zip(("yes", "no"), first["answers"], strict=True)
        )
        said = "".join(f"<p>{escape(w[part])}</p>" for part in ("greeting", "opening", "request"))
        link = f'<p><a href="{{{{form_url}}}}">{escape(w["link"])}</a></p>'
        end = f"<p>{escape(w['closing'])}<br>{escape(w['sender'])}</p>"
        return (
            f'<!doctype html><html lang="{self.spoken}"><head><meta charset="utf-8"><title>{escape(w["subject"])}</title>'
            f'</head><body style="font-family:Segoe UI,Arial,sans-serif;color:#1b2733;max-width:40rem">{said}'
            f"<p><strong>{escape(first['question'])}</strong></p><p>{answers}</p>{link}{end}</body></html>"
        )

    @property
    def form_csv(self) -> str:
        """One row a question, for form tools: column, question, type, required, answers."""
        out = io.StringIO()
        writer = csv.writer(out, delimiter=";" if self.spoken == "nl" else ",", lineterminator="\r\n")
        writer.writerow(["column", "question", "type", "required", "answers"])
        for row in self.table.itertuples():
            kind = "single choice" if row.answers else "number"
            writer.writerow([row.column, row.question, kind, "no", " | ".join(row.answers)])
        return out.getvalue()

    def plot(self) -> go.Figure:
        """How many statements each dimension has."""
        from csworkbook.service_gap.items import dimension_name

        names = list(self.items.dimensions)
        counts = [len(self.items.members(name)) for name in names]
        figure = figures.blank(yaxis={"title": _("statements"), "dtick": 1}, xaxis={"showgrid": False})
        figure.add_bar(
            x=[figures.wrapped(dimension_name(name)) for name in names],
            y=counts,
            marker={"color": figures.ACCENT},
            text=[number(count) for count in counts],
            hoverinfo="skip",
        )
        return figure


def _choice(answers: list[str], box: str) -> list[str]:
    return [f"  ( ) {answer}" for answer in answers] or [f"  ____ {box}"]


_BUTTON = (
    "display:inline-block;background:#0b5c7a;color:#ffffff;padding:12px 18px;border-radius:8px;"
    "text-decoration:none"
)
