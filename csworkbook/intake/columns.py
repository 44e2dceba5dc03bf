"""What is a column of the user's file shown as: what it was taken for, how sure, with examples that tell nothing of people."""

from __future__ import annotations

from csworkbook.intake import personal
from csworkbook.intake.found import ColumnMatch
from csworkbook.intake.profile import Profile
from csworkbook.intake.recognised import Match, Recognised
from csworkbook.intake.values import text_of
from csworkbook.language import gettext as _
from csworkbook.tables import TABLES

_EXAMPLES = 3
_LONGEST = 80


def matched(profile: Profile, found: Recognised, *, made: bool = False) -> ColumnMatch:
    """One column, as people are shown it; `made` says that it is not the user's but derived from his."""
    match, table = found.matches[profile.header], TABLES[found.table]
    if match.column:
        kind = table[match.column].kind if match.column in table else "segment"
    else:
        kind = "personal" if match.why == "personal" else "other" if profile.filled else "empty"
    note = _("made from columns of yours") if made else _why(match)
    return ColumnMatch(profile.header, match.column, match.confidence, kind, examples(profile), note)


def examples(profile: Profile) -> tuple[str, ...]:
    """A few cells of a column, short, and without what tells who somebody is."""
    hidden = personal.example if profile.personal else personal.mask
    texts = [hidden(text_of(cell)) for cell in profile.cells[:_EXAMPLES]]
    return tuple(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…" for text in texts)


def _why(match: Match) -> str:
    return {
        "chosen": _("chosen by you"),
        "system": _("known from this system"),
        "content": _("recognised by its cells, not its name"),
        "email": _("tells customers apart; kept as an id that cannot be read back"),
        "segment": _("few words that come back: kept to split results"),
        "personal": _("tells who somebody is: left out"),
        "joined": _("used together with the time of day beside it"),
        "sum": _("added up over the lines of each order"),
        "order": _("taken by its place: the questions do not tell which moment they are about"),
        "alone": _("the only question about effort: taken for the time after the purchase"),
        "visit": _("the file names no visitors: every visit counts as one"),
        "empty": _("has no cells with anything in them"),
    }.get(match.why, "")
