"""Which funnels did somebody type and keep, and what stands in the calculator now?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from csworkbook.errors import DataError, SettingError
from csworkbook.funnel import rates
from csworkbook.funnel.rates import Rates
from csworkbook.language import gettext as _
from csworkbook.pages.typed_steps import LONGEST, Row, rows_of, typed

if TYPE_CHECKING:
    from csworkbook.store import Store

DRAFT, SAVED = "calculator", "calculator_saved"
_KEY = "draft"


@dataclass(frozen=True)
class Draft:
    """What stands in the form: rows, the name, what it is compared with, and what stood there before."""

    rows: tuple[Row, ...] = ()
    name: str = ""
    against: str = ""
    previous: tuple[Row, ...] = field(default=())

    def document(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "rows": [row.document() for row in self.rows],
            "name": self.name,
            "against": self.against,
            "previous": [row.document() for row in self.previous],
        }


def draft(store: Store) -> Draft | None:
    """What stands in the form; None where nobody typed."""
    document = store.get(DRAFT, _KEY)
    if document is None:
        return None
    rows, previous = (tuple(rows_of(document.get(key))) for key in ("rows", "previous"))
    return Draft(rows, str(document.get("name") or ""), str(document.get("against") or ""), previous)


def keep(store: Store, made: Draft) -> None:
    """Keep what stands in the form."""
    store.put(DRAFT, _KEY, made.document())


def names(store: Store) -> list[str]:
    """The names of the funnels that were saved, by the alphabet."""
    found = [str(document.get("name")) for document in store.all(SAVED).values()]
    return sorted(found, key=str.casefold)


def save(store: Store, name: str, made: Rates, rows: Sequence[Row], *, replace: bool = False) -> str:
    """Keep a funnel under a name; the name as it is kept.

    Raises
    ------
    SettingError
        When it has no name.
    Taken
        When there is another one of that name and `replace` is False.
    """
    name = " ".join(name.split())[:LONGEST]
    if not name:
        raise SettingError(_("A funnel needs a name to be saved."), next_step=_("For example the month."))
    document = {**made.to_document(), "name": name, "rows": [row.document() for row in rows]}
    with store.together() as kept:
        before = kept.get(SAVED, _folded(name))
        if before is not None and before["steps"] != document["steps"] and not replace:
            raise Taken(
                _("There is a funnel “{name}” already.").format(name=name),
                next_step=_("Press once more to replace it, or choose another name."),
            )
        kept.put(SAVED, _folded(name), document)
    return name


class Taken(SettingError):
    """There is a funnel of that name."""


def find(store: Store, name: str) -> tuple[Rates, list[Row]]:
    """A funnel that was saved, and its rows.

    Raises
    ------
    DataError
        When it is not there (any more).
    """
    document = store.get(SAVED, _folded(name))
    if document is None:
        raise DataError(_("There is no saved funnel “{name}”.").format(name=name))
    made = rates.of({**document, "name": name})
    return made, rows_of(document.get("rows")) or typed(made)


def remove(store: Store, name: str) -> None:
    """Keep a funnel no longer."""
    store.remove(SAVED, _folded(name))


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
