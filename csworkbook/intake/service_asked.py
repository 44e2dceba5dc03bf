"""What is shown of a form about service: its own columns, what its owner is asked, and what was assumed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from csworkbook.intake import likert, service_items
from csworkbook.intake.choices import Choices, Question
from csworkbook.intake.columns import examples
from csworkbook.intake.found import ColumnMatch
from csworkbook.intake.questions import who
from csworkbook.intake.service_columns import Ask, Form
from csworkbook.intake.service_headers import EXPECTED, KINDS
from csworkbook.intake.service_numbers import ORDERS, doubtful
from csworkbook.intake.values import text_of
from csworkbook.language import gettext as _
from csworkbook.tables import TABLES

if TYPE_CHECKING:
    from csworkbook.intake.profile import Profile
    from csworkbook.intake.raw import Raw

_MOST_WORDS = 8


def matches(profiles: list[Profile], form: Form, table: str) -> tuple[ColumnMatch, ...]:
    """The columns of the file as people are shown them, for one of the two tables it feeds."""
    return tuple(_match(profile, form.asks.get(profile.header), table) for profile in profiles)


def _match(profile: Profile, ask: Ask | None, table: str) -> ColumnMatch:
    shown = examples(profile)
    if ask is None or ask.kind not in TABLES[table]:
        kind = "personal" if profile.personal else "other" if profile.filled else "empty"
        why = _("tells who somebody is: left out") if profile.personal else ""
        return ColumnMatch(profile.header, None, 0.9 if profile.personal else 0.5, kind, shown, why)
    return ColumnMatch(
        profile.header, ask.kind, round(ask.sure, 2), TABLES[table][ask.kind].kind, shown, _why(ask)
    )


def _why(ask: Ask) -> str:
    """Which question a column is and how that is known."""
    if ask.dimension:
        return _("points for “{dimension}”").format(dimension=service_items.dimension_name(ask.dimension))
    said = {
        "number": _("question {item}, by the number in its header"),
        "text": _("question {item}, by what it asks"),
        "order": _("question {item}, by its place"),
        "told": _("question {item}, chosen by you"),
    }.get(ask.why, "")
    return said.format(item=ask.item)


def left_out(profiles: list[Profile], frame: object) -> tuple[tuple[str, str, str, int], ...]:
    """The personal data of the file, which goes nowhere: header, kind, what, cells."""
    return tuple(
        (p.header, p.personal, "left out", int(frame[p.header].notna().sum())) for p in profiles if p.personal
    )


def scale(profiles: list[Profile], form: Form, choices: Choices) -> tuple[int, bool]:
    """The points of the scale, 5 or 7, and whether the file or the owner tells it."""
    if choices.scale in ("5", "7"):
        return int(choices.scale), True
    rated = [profile for profile in profiles if profile.header in form.of(*KINDS)]
    return likert.points([p.header for p in rated], [cell for p in rated for cell in p.cells])


def about_scale(profiles: list[Profile], form: Form, choices: Choices) -> list[str]:
    """What follows from a scale of five points, as a sentence; nothing for seven."""
    top, _told = scale(profiles, form, choices)
    if top == likert.SEVEN:
        return []
    said = _(
        "The answers go from 1 to 5, where 1 to 7 is usual; they were not stretched. Do not add answers on 1 to 7 to these."
    )
    return [said]


def asked(profiles: list[Profile], form: Form, choices: Choices, table: str) -> tuple[Question, ...]:
    """What the file does not tell about the 22 questions, in the order to ask it."""
    unknown = () if form.header("role") else (who(choices.fixed.get("role") or form.role),)
    if table != "service_survey":
        return unknown
    return (
        *unknown,
        *_kinds(form),
        *_order(form),
        *_points(form),
        *_scale(profiles, form, choices),
        *_items(profiles, form, choices),
        *_words(profiles, form, choices),
    )


def _kinds(form: Form) -> Iterator[Question]:
    """Which columns are about what is expected."""
    if "kinds" not in form.guessed:
        return
    labels = {
        "expected_first": _("first what people expect, then what they get"),
        "got_first": _("first what people get, then what they expect"),
        "in_turns": _("in turns: what they expect, what they get"),
        "got_only": _("what people get"),
        "expected_only": _("what people expect"),
    }
    options = next(names for names in ORDERS.values() if form.order in names)
    text = _("The headers do not tell what people expect and what they get. What do the questions ask?")
    yield Question("fixed", "kinds", text, tuple((labels[name], name) for name in options), form.order)


def _order(form: Form) -> Iterator[Question]:
    """Whether the columns stand in the order of the questionnaire."""
    if "item" not in form.guessed:
        return
    asked = form.of(*KINDS)
    first = min(asked, key=lambda header: asked[header].item)
    text = _("Do the questions stand in the order of the questionnaire, “{header}” first?")
    options = (
        (_("yes, they stand in that order"), "order"),
        (_("no: I shall put the number of the question in each header"), "none"),
    )
    yield Question("fixed", "item", text.format(header=first[:80]), options, "order")


def _points(form: Form) -> Iterator[Question]:
    """Whether the five columns of points stand in the usual order."""
    if "points" not in form.guessed:
        return
    names = ", ".join(service_items.dimension_name(ask.dimension) for ask in form.of("weight").values())
    text = _("Five columns make 100 together. Are these points for {names}, in this order?")
    options = ((_("yes, in this order"), "order"), (_("no: leave the points out"), "none"))
    yield Question("fixed", "points", text.format(names=names), options, "order")


def _scale(profiles: list[Profile], form: Form, choices: Choices) -> Iterator[Question]:
    """How far the answers could go, where nobody gave more than five."""
    top, told = scale(profiles, form, choices)
    if told and choices.scale not in ("5", "7"):
        return
    limits = TABLES["service_survey"][EXPECTED]
    text = _("No answer is above 5. Allowed is {low:g} to {high:g}: how far could people go?")
    options = (
        (_("to 5: keep the answers as they are"), "5"),
        (_("to 7: nobody went further than 5"), "7"),
    )
    header = next(iter(form.of(*KINDS)))
    yield Question("scale", header, text.format(low=limits.low, high=limits.high), options, str(top))


def _items(profiles: list[Profile], form: Form, choices: Choices) -> Iterator[Question]:
    """Columns that are somewhat like a question of the questionnaire."""
    shown = {profile.header: examples(profile) for profile in profiles}
    labels = [(f"{item}. {form.items.label(item)}", str(item)) for item in form.items.numbers]
    options = ((_("leave out"), "0"), *labels)
    for header, ask in form.of(*KINDS).items():
        if doubtful(ask):
            text = _("Which question of the questionnaire is “{header}”?").format(header=header[:80])
            yield Question("word", header, text, options, str(ask.item), "item", shown[header])


def _words(profiles: list[Profile], form: Form, choices: Choices) -> Iterator[Question]:
    """Answers in words that stand for no mark that is known."""
    known = choices.words.get("perception", {})
    counts: Counter[str] = Counter()
    for profile in profiles:
        if profile.header in form.of(*KINDS):
            for cell, count in zip(profile.cells, profile.counts, strict=False):
                if likert.is_strange(cell) and text_of(cell) not in known:
                    counts[text_of(cell)] += count
    marks = [(str(mark), str(mark)) for mark in range(1, scale(profiles, form, choices)[0] + 1)]
    options = ((_("set these rows aside"), ""), *marks, (_("no answer"), "0"))
    for cell, _count in counts.most_common(_MOST_WORDS):
        text = _("Which mark does “{word}” stand for?").format(word=cell[:60])
        yield Question("word", "perception", text, options, "", cell)


def notes(raw: Raw, rows: Raw, form: Form) -> list[str]:
    """How many people gave how many answers, and how their questions were known."""
    from csworkbook.intake.service_form import counted

    told, why = counted(raw, rows, form), Counter(ask.why for ask in form.of(*KINDS).values())
    said = {
        "number": _("The questions were known by the numbers in the headers."),
        "text": _("The questions were known by what they ask."),
        "order": _(
            "The questions were taken in the order of the columns: the first is question 1. Check this."
        ),
    }
    return [*told, *(said[name] for name, _n in why.most_common() if name in said)]
