"""What does the file not tell, so that the owner has to be asked?"""

from __future__ import annotations

from csworkbook.intake import times, values
from csworkbook.intake.build import Built
from csworkbook.intake.choices import Question
from csworkbook.intake.found import ColumnMatch
from csworkbook.intake.recognised import Recognised
from csworkbook.language import day
from csworkbook.language import gettext as _
from csworkbook.naming import column_name
from csworkbook.tables import EFFORT_STAGES, TABLES

SURE = 0.6
_CHANNELS = ("email", "phone", "chat", "whatsapp", "social", "form", "post", "store", "other")


def asked(found: Recognised, built: Built, columns: tuple[ColumnMatch, ...]) -> tuple[Question, ...]:
    """Every question about a file, in the order to show them."""
    return (
        *_columns(found, columns),
        *_dates(built),
        *_scale(built),
        *_fixed(found),
        *_words(found, built),
    )


def column_options(table: str) -> tuple[tuple[str, str], ...]:
    """What a column of a file can be used as: (name as people say it, canonical column), "" for left out."""
    return ((_("leave out"), ""), *((column_name(c.name), c.name) for c in TABLES[table].columns))


def _columns(found: Recognised, columns: tuple[ColumnMatch, ...]) -> list[Question]:
    """Columns that were taken for something without much ground."""
    text = _("Is “{header}” the {column}?")
    return [
        Question(
            "column",
            match.header,
            text.format(header=match.header, column=column_name(match.column)),
            column_options(found.table),
            match.column,
            examples=match.examples,
        )
        for match in columns
        if match.column in TABLES[found.table] and match.confidence < SURE
    ]


def _dates(built: Built) -> list[Question]:
    """Columns of dates that could be read day first or month first."""
    return [_date(built, header) for header in built.unsure]


def _date(built: Built, header: str) -> Question:
    cells = built.raw.frame[header].dropna()
    readings = [times.parse(cells, built.how.zone, first).values for first in ("day", "month")]
    open_ = (readings[0].notna() & readings[1].notna() & (readings[0] != readings[1])).to_numpy()
    example = values.text_of(cells[open_].iloc[0])
    options = tuple(
        (day(reading[open_].iloc[0]), first)
        for reading, first in zip(readings, ("day", "month"), strict=True)
    )
    text = _("Which day is {example} in the column “{header}”?").format(example=example, header=header)
    return Question("date", header, text, options, built.decided.get(_canonical(built, header), "day"))


def _canonical(built: Built, header: str) -> str:
    return next((column for column, name in built.headers.items() if name == header), "")


def _scale(built: Built) -> list[Question]:
    """What a high number means, where the questions do not tell."""
    if built.scale is None or built.scale.told:
        return []
    headers = [built.headers[stage] for stage in EFFORT_STAGES if stage in built.headers]
    text = _("What does {most} mean in “{header}”?").format(most=built.scale.points, header=headers[0])
    options = ((_("much effort"), "effort"), (_("little effort"), "ease"))
    return [Question("scale", headers[0], text, options, "ease" if built.scale.ease else "effort")]


def _fixed(found: Recognised) -> list[Question]:
    """Words that were taken to hold for the whole file."""
    asked = []
    if "channel" in found.fixed:
        text = _("Through which channel did all of these come?")
        options = tuple((channel_name(name), name) for name in _CHANNELS)
        asked.append(Question("fixed", "channel", text, options, found.fixed["channel"]))
    if "role" in found.fixed:
        asked.append(who(found.fixed["role"]))
    return asked


def who(role: str) -> Question:
    """Who answered, where no column tells it; `role` is assumed."""
    options = ((_("our customers"), "customer"), (_("the people of our shop"), "company"))
    return Question("fixed", "role", _("Who gave these answers?"), options, role)


def channel_name(name: str) -> str:
    """A channel of contact as people say it; a channel of the owner's own stays as it is."""
    return {
        "email": _("e-mail"),
        "phone": _("phone"),
        "chat": _("chat"),
        "whatsapp": _("WhatsApp"),
        "social": _("social media"),
        "form": _("contact form"),
        "post": _("letter"),
        "store": _("in the shop"),
        "other": _("other"),
    }.get(name, name)


def _words(found: Recognised, built: Built) -> list[Question]:
    """Words in a column that stand for nothing known."""
    asked = []
    for header, cells in built.unknown.items():
        options = _meanings(found.table, _canonical(built, header))
        text = _("What does “{word}” mean in “{header}”?")
        asked += [
            Question("word", header, text.format(word=cell[:60], header=header), options, "", cell)
            for cell in cells
            if options
        ]
    return asked


def _meanings(table: str, column: str) -> tuple[tuple[str, str], ...]:
    """What the words of a column can stand for."""
    nothing = (_("set these rows aside"), "")
    if column in EFFORT_STAGES:
        return (
            nothing,
            (_("hardly any"), "1"),
            (_("some"), "2"),
            (_("far too much"), "3"),
            (_("no answer"), "0"),
        )
    if column not in TABLES[table]:
        return ()
    if TABLES[table][column].kind == "flag":
        return (nothing, (_("yes"), "yes"), (_("no"), "no"), (_("no answer"), "unsure"))
    names = {"customer": _("customer"), "agent": _("agent"), "company": _("company")}
    names |= {"question": _("question"), "complaint": _("complaint")}
    names |= {"before": _("before the purchase"), "after": _("after the purchase")}
    return (nothing, *((names.get(word, word), word) for word in TABLES[table][column].allowed))
