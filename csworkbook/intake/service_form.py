"""How does a form about service, one row per respondent, become rows of `service_survey` and `perception`?

Every question a respondent answered becomes a row with its item; the one question whether the service is superior
becomes a row of the other table. Lines that are no answers are told of once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from csworkbook.intake import likert, service_columns, service_points, values
from csworkbook.intake.build import blank_or_total, without_tail
from csworkbook.intake.raw import Raw, no_broken
from csworkbook.intake.recognised import Match, Recognised
from csworkbook.intake.service_columns import Form
from csworkbook.intake.service_headers import KINDS
from csworkbook.intake.service_items import Items
from csworkbook.language import gettext as _
from csworkbook.language import ngettext, number
from csworkbook.naming import column_name
from csworkbook.tables import TABLES

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from csworkbook.intake.choices import Choices, Question
    from csworkbook.intake.door import Asked, Candidate
    from csworkbook.intake.found import ColumnMatch
    from csworkbook.intake.profile import Profile
    from csworkbook.intake.systems import Export

SURVEY, OPINION = "service_survey", "perception"
_OWN = frozenset({"respondent_id", "role", "expectation", "perception", "weight", "superior", "score"})
_LOOK = 5_000  # rows that tell what a column holds
_NUMBERS = 100_000  # numbers below this are counts that begin anew with every form


@dataclass(frozen=True)
class Shown:
    """What is shown of such a file: its own columns, what is asked of the owner, the personal data left out."""

    columns: tuple[ColumnMatch, ...]
    questions: tuple[Question, ...] = ()
    private: tuple[tuple[str, str, str, int], ...] = ()


def candidates(raw: Raw, asked: Asked, mark: str, export: Export | None) -> list[Candidate]:
    """The survey, and the opinion, that a file with one row per respondent feeds; none for any other file."""
    items, (choices, mark) = asked.items or Items.of(), _remembered(raw, asked, mark)
    told = choices.table in (SURVEY, OPINION)
    if not _may_be(raw, choices) or not (told or service_columns.may_be(raw.frame, items)):
        return []
    profiles = _profiles(raw)
    form = service_columns.find(profiles, raw.frame, choices, items, _places(raw))
    if not form.surveys:
        return []
    made = [_survey(raw, form, choices, mark, export, profiles)]
    if form.of("superior", "score"):
        made.append(_opinion(raw, form, choices, mark, export, profiles, first=False))
    return [one for one in made if choices.table in (None, one.found.table)] or made[:1]


def opinions(raw: Raw, asked: Asked, mark: str, export: Export | None) -> list[Candidate]:
    """The opinion in a form that asks whether the service is superior and nothing of the 22."""
    choices, mark = _remembered(raw, asked, mark)
    if choices.table == SURVEY or not _may_be(raw, choices) or not _speaks(raw):
        return []
    profiles = _profiles(raw)
    open_ = [p for p in profiles if not p.personal and choices.mapping.get(p.header, "") is not None]
    asks = service_columns.persons(open_, choices)
    form = Form(asks, role=service_columns.who(list(raw.frame.columns), _places(raw)))
    if not form.of("superior", "score"):
        return []
    return [_opinion(raw, form, choices, mark, export, profiles, first=True)]


def _remembered(raw: Raw, asked: Asked, mark: str) -> tuple[Choices, str]:
    """What the owner said of such files, and what they are remembered by: those of colleagues on their own."""
    if service_columns.who(list(raw.frame.columns), _places(raw)) == "company":
        mark = f"{mark}-company"
    return asked.of(mark), mark


def _may_be(raw: Raw, choices: Choices) -> bool:
    """Whether what the owner said of the file leaves room for such a form."""
    said = {choices.mapping[header] for header in raw.frame.columns if header in choices.mapping} - {None}
    return said <= _OWN and choices.table in (None, SURVEY, OPINION)


def _places(raw: Raw) -> tuple[str, ...]:
    """What the sheet, the part and the file are called, the nearest first."""
    return tuple(name for name in (raw.sheet, raw.part, raw.filename) if name)


def _speaks(raw: Raw) -> bool:
    from csworkbook.intake import words

    return any(words.holds(words.fold(header), ("superi",)) for header in raw.frame.columns)


def _profiles(raw: Raw) -> list[Profile]:
    from csworkbook.intake.profile import look

    return [look(header, raw.frame[header].head(_LOOK)) for header in raw.frame.columns]


def _survey(
    raw: Raw, form: Form, choices: Choices, mark: str, export: Export | None, profiles: list[Profile]
) -> Candidate:
    """The candidate for the 22 questions."""
    from csworkbook.intake import service_asked
    from csworkbook.intake.door import Candidate

    top, _told = service_asked.scale(profiles, form, choices)
    said = choices.words.get("perception", {})
    fold = partial(melted, form=form, top=top, said=said, role=_role(form, choices))
    rows = fold(raw)
    sure = {"item": min((ask.sure for ask in form.of(*KINDS).values()), default=0.5)}
    known = {column_name(column.name): column.name for column in TABLES[SURVEY].columns}
    matches = {
        h: Match(known[h], sure.get(known[h], 0.95), "system") if h in known else Match(None, 0.5)
        for h in rows.frame.columns
    }
    found = Recognised(SURVEY, matches)
    shown = _shown(raw, form, choices, profiles, SURVEY)
    notes = (*service_asked.notes(raw, rows, form), *service_asked.about_scale(profiles, form, choices))
    about = {"notes": notes, "export": export, "fold": fold, "folds": True, "shown": shown}
    return Candidate(rows, _profiles(rows), found, choices, mark, **about)


def _shown(raw: Raw, form: Form, choices: Choices, profiles: list[Profile], table: str) -> Shown:
    """What is shown of the file beside the rows of one of its tables."""
    from csworkbook.intake import service_asked

    columns = service_asked.matches(profiles, form, table)
    questions = service_asked.asked(profiles, form, choices, table)
    return Shown(columns, questions, service_asked.left_out(profiles, raw.frame))


def _opinion(
    raw: Raw,
    form: Form,
    choices: Choices,
    mark: str,
    export: Export | None,
    profiles: list[Profile],
    *,
    first: bool,
) -> Candidate:
    """The candidate for the one question; `first` where nothing else tells of the lines that are no rows."""
    from csworkbook.intake.door import Candidate

    (header, ask), role = next(iter(form.of("superior", "score").items())), form.header("role")
    kept = {header: ask.kind, role or "role": "role"}
    fold = partial(_opinion_rows, kept=kept, role="" if role else _role(form, choices), first=first)
    rows = fold(raw)
    left = _not_used(rows, header, ask.kind, next(p for p in profiles if p.header == header))
    found = Recognised(OPINION, {h: Match(column, 0.9) for h, column in kept.items()})
    found.matches = {h: found.matches[h] for h in rows.frame.columns}
    shown = _shown(raw, form, choices, profiles, OPINION)
    said = _(
        "These answers have no number: bring the same form again later and the earlier ones count twice."
    )
    about = {"left": left, "notes": (said,), "export": export, "fold": fold, "shown": shown}
    return Candidate(rows, _profiles(rows), found, choices, mark, **about)


def _not_used(rows: Raw, header: str, kind: str, profile: Profile) -> tuple:
    """Rows without an answer; all of them where the answers go further than the table can hold."""
    import numpy as np

    if kind == "score" and likert.points([header], profile.cells)[0] != likert.FIVE:
        said = _("“{column}” goes further than 5; allowed: yes and no, or 1 to 5").format(column=header)
        return ((np.arange(len(rows.frame)), "above", said),)
    empty = np.flatnonzero(rows.frame[header].isna())
    return ((empty, "empty", _("“{column}” is empty").format(column=header)),) if len(empty) else ()


def _role(form: Form, choices: Choices) -> str:
    return choices.fixed.get("role") or form.role


def _opinion_rows(raw: Raw, kept: dict[str, str], *, role: str, first: bool) -> Raw:
    """The rows with the answer and who gave it (`role` where no column tells); words of agreement as marks of five."""
    raw = _answered(raw)
    frame = raw.frame.assign(role=role)[list(kept)] if role else raw.frame[list(kept)].copy()
    for header, column in kept.items():
        if column == "score":
            frame[header] = likert.marks(frame[header], likert.FIVE)
    return replace(raw, frame=frame, broken=raw.broken if first else no_broken())


def melted(raw: Raw, *, form: Form, top: int, said: dict[str, str], role: str) -> Raw:
    """A row for every item that a respondent answered, with the columns of `service_survey` as people call them.

    Parameters
    ----------
    top : int
        Points of the scale, 5 or 7, for answers in words.
    said : mapping
        Words of the owner's and the mark each stands for.
    role : str
        Who answered, where no column tells it.

    Returns
    -------
    Raw
        Lines with no answer at all are among the broken ones.
    """
    import numpy as np
    import pandas as pd

    raw = _answered(raw)
    items = sorted({ask.item for ask in form.of(*KINDS).values()})
    found = {kind: _stacked(raw.frame, form, kind, items, top, said) for kind in KINDS}
    found = {kind: cells for kind, cells in found.items() if cells is not None}
    given = np.logical_or.reduce([cells.notna().to_numpy() for cells in found.values()])
    given = given.reshape(len(raw.frame), len(items))
    weights = _stacked(raw.frame, form, "weight", items, top, {})
    people, asked = np.nonzero(given)
    frame = pd.DataFrame({"respondent_id": _ids(raw, form).to_numpy()[people]})
    told = form.header("role")
    frame["role"] = raw.frame[told].to_numpy()[people] if told else role
    frame["item"] = np.array([str(item) for item in items], dtype=object)[asked]
    for name, cells in {**found, "weight": weights}.items():
        if cells is not None:
            frame[name] = cells.to_numpy()[given.ravel()]
    frame[_("column in your file")] = np.array(_origins(form, items), dtype=object)[asked]
    frame = frame.rename(columns={name: column_name(name) for name in frame.columns})
    silent = np.flatnonzero(~given.any(axis=1))
    broken = _with(raw, silent, _("none of the questions about service is answered"))
    return replace(raw, frame=frame, lines=np.asarray(raw.lines)[people], broken=broken, made=())


def _stacked(
    frame: pd.DataFrame, form: Form, kind: str, items: list[int], top: int, said: dict[str, str]
) -> pd.Series | None:
    """The answers of one kind, all items of the first respondent first; none where nothing of the kind is asked."""
    import numpy as np
    import pandas as pd

    asks = form.of(kind)
    if not asks:
        return None
    dimension = form.items.dimension
    columns = {ask.dimension if kind == "weight" else ask.item: header for header, ask in asks.items()}
    cells = []
    for item in items:
        header = columns.get(dimension[item] if kind == "weight" else item)
        if header is None:
            cells.append(np.full(len(frame), None, dtype=object))
        elif kind == "weight":
            cells.append(service_points.plain(frame[header]).astype(object).to_numpy())
        else:
            cells.append(likert.marks(frame[header], top, said).to_numpy())
    return pd.Series(np.column_stack(cells).ravel(), dtype=object)


def _origins(form: Form, items: list[int]) -> list[str]:
    """The headers each item comes from."""
    return [" / ".join(h for h, ask in form.of(*KINDS).items() if ask.item == item) for item in items]


def _ids(raw: Raw, form: Form) -> pd.Series:
    """A number for every respondent: the file's own, with the moment where it only counts; else one made of the
    moment and the answers, which stays the same when the form is exported again."""
    import pandas as pd

    header = form.header("respondent_id")
    own = values.key(raw.frame[header]).values if header else None
    moment = next((h for h in raw.frame if h != header and _is_moment(raw.frame[h])), None)
    if own is None:
        told = [h for h in (moment, form.header("role"), *form.of(*KINDS)) if h]
        cells = raw.frame[told].astype("str").apply(lambda column: column.str.strip().fillna(""))
        sums = pd.util.hash_pandas_object(cells, index=False).map("{:016x}".format)
        again = sums.groupby(sums).cumcount()
        return sums + again.map(lambda n: f"-{n + 1}" if n else "")
    if moment is None or not (pd.to_numeric(own, errors="coerce") < _NUMBERS).all():
        return own
    when = values.text(raw.frame[moment]).values.fillna("")
    return own.str.cat(when, sep=" ").str.strip()


def _is_moment(column: pd.Series) -> bool:
    from csworkbook.intake.profile import look

    return look(str(column.name), column).time >= 0.8


def _answered(raw: Raw) -> Raw:
    """The rows that are answers: without the empty ones below, and with blank lines and totals among the broken."""
    import numpy as np

    raw = without_tail(raw)
    left = blank_or_total(raw)
    if not left:
        return raw
    for rows, _problem, said in left:
        raw = replace(raw, broken=_with(raw, rows, said))
    gone = np.concatenate([rows for rows, _problem, _said in left])
    frame = raw.frame.drop(raw.frame.index[gone]).reset_index(drop=True)
    return replace(raw, frame=frame, lines=np.delete(raw.lines, gone))


def _with(raw: Raw, rows: np.ndarray, said: str) -> pd.DataFrame:
    """The broken lines, and these rows for this reason."""
    import pandas as pd

    if not len(rows):
        return raw.broken
    lines = pd.DataFrame({"row": raw.lines[rows], "text": "", "reason": said})
    return pd.concat([raw.broken, lines], ignore_index=True)


def counted(raw: Raw, rows: Raw, form: Form) -> list[str]:
    """How many people gave how many answers, as sentences."""
    people = len(raw.frame)
    said = ngettext(
        "{n} line of one respondent became {rows} rows, one for every question answered.",
        "{n} lines, one for each respondent, became {rows} rows, one for every question answered.",
        people,
    )
    told = [said.format(n=number(people), rows=number(len(rows.frame)))]
    points = form.of("weight")
    short = 0 if not points else int((~service_points.makes_hundred(raw.frame[list(points)])).sum())
    if short:
        said = ngettext(
            "The points of {n} respondent do not add up to 100; they were taken as they are.",
            "The points of {n} respondents do not add up to 100; they were taken as they are.",
            short,
        )
        told.append(said.format(n=number(short)))
    return told
