"""What is wrong with a checklist file, and where? Every fault at once, so that it is mended once."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from csworkbook import evidence, language
from csworkbook.errors import DataError, SettingError
from csworkbook.language import gettext as _
from csworkbook.language import join

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
_LONGEST = 2000
_FILE = ("section", "chapter", "groups", "items", *language.LANGUAGES)
_GROUP = ("id", *language.LANGUAGES)
_ITEM = ("id", "group", "weight", "good_answer", "evidence", "section", *language.LANGUAGES)
_HEAD_TEXTS, _ITEM_TEXTS = ("title", "about"), ("question", "why", "good", "lack", "action", "note")
_SHOWN = 8
_HEAVIEST = 100


class Faults:
    """The faults in what a checklist file says; `found` are sentences that name the place.

    Parameters
    ----------
    file : str
        The name of the file.
    content : mapping
        What TOML made of it.

    >>> Faults("mine.toml", {"en": {"title": "Mine"}, "items": [{"id": "a", "en": {"question": "?"}}]}).found
    []
    """

    def __init__(self, file: str, content: Mapping[str, Any]) -> None:
        self.file, self.found = file, []
        self._keys(content, _FILE, "")
        self._spoken(content, _HEAD_TEXTS, "title", "")
        groups = self._listed(content, "groups")
        items = self._listed(content, "items")
        for place, group in enumerate(groups, 1):
            self._keys(group, _GROUP, _("group {n}").format(n=place))
        self._ids(groups, "group")
        if not items and "items" not in self._broken:
            self.found.append(_("There are no questions: a checklist needs at least one [[items]]."))
        self._ids(items, "item")
        for place, item in enumerate(items, 1):
            self._item(item, self._where(item, place), [str(one.get("id")) for one in groups])

    def require(self) -> None:
        """Raise a DataError that tells every fault, if there is any."""
        if not self.found:
            return
        more = len(self.found) - _SHOWN
        rest = [_("and {n} more").format(n=language.number(more))] if more > 0 else []
        raise DataError(
            _("The checklist {file} cannot be used.").format(file=self.file),
            where=" ".join(self.found[:_SHOWN] + rest),
            next_step=_("Mend the file and open the page once more."),
        )

    def _listed(self, content: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
        self._broken = getattr(self, "_broken", set())
        value = content.get(key, [])
        if isinstance(value, list) and all(isinstance(one, Mapping) for one in value):
            return value
        self._broken.add(key)
        self.found.append(_("“{key}” must be written as [[{key}]], once for each.").format(key=key))
        return []

    def _where(self, item: Mapping[str, Any], place: int) -> str:
        id = item.get("id")
        return _("question “{id}”").format(id=id) if id else _("question {n}").format(n=place)

    def _keys(self, part: Mapping[str, Any], known: Iterable[str], where: str) -> None:
        """Names that mean nothing, each with the one that was perhaps meant."""
        for key in [key for key in part if key not in known]:
            near = difflib.get_close_matches(key, list(known), 1)
            meant = _("Perhaps “{key}” was meant.").format(key=near[0]) if near else ""
            said = _("“{key}” means nothing here.").format(key=key)
            self._add(where, " ".join(filter(None, [said, meant])))

    def _spoken(self, part: Mapping[str, Any], known: tuple[str, ...], needed: str, where: str) -> None:
        """The texts in each language: one of them has what is needed."""
        there = {one: part[one] for one in language.LANGUAGES if one in part}
        tables = {one: texts for one, texts in there.items() if isinstance(texts, Mapping)}
        for spoken in there.keys() - tables.keys():
            self._add(where, _("“{key}” must hold texts, such as question.").format(key=spoken))
        for spoken, texts in tables.items():
            self._keys(texts, known, where)
            for key, text in texts.items():
                if not isinstance(text, str) or len(text) > _LONGEST:
                    limit = language.number(_LONGEST)
                    said = _("“{key}” must be a text of at most {limit} characters.").format(
                        key=key, limit=limit
                    )
                    self._add(where, f"{said} ({spoken})")
        if there.keys() == tables.keys() and not any(_filled(texts.get(needed)) for texts in tables.values()):
            either = join([f"[{one}]" for one in language.LANGUAGES])
            said = _("There is no “{key}” in any language ({languages}).").format(
                key=needed, languages=either
            )
            self._add(where, said)

    def _ids(self, parts: list[Mapping[str, Any]], kind: str) -> None:
        """Every part has a name of its own."""
        said = {"group": _("group {n}"), "item": _("question {n}")}[kind]
        for place, part in enumerate(parts, 1):
            if not isinstance(part.get("id"), str) or not _ID.fullmatch(part["id"]):
                needs = _("It needs an “id” of letters, digits, - and _ only.")
                self._add(said.format(n=place), needs)
        many = Counter(part.get("id") for part in parts if isinstance(part.get("id"), str))
        for id in [id for id, times in many.items() if times > 1]:
            self.found.append(_("The id “{id}” is given twice.").format(id=id))

    def _item(self, item: Mapping[str, Any], where: str, groups: list[str]) -> None:
        self._keys(item, _ITEM, where)
        self._spoken(item, _ITEM_TEXTS, "question", where)
        weight, group = item.get("weight", 1), item.get("group", "")
        number = isinstance(weight, (int, float)) and not isinstance(weight, bool)
        if not number or not 0 < weight <= _HEAVIEST:
            self._add(where, _("“weight” must be a number above 0, at most {most}.").format(most=_HEAVIEST))
        if item.get("good_answer", "yes") not in ("yes", "no"):
            self._add(where, _('“good_answer” must be "yes" or "no".'))
        if group and group not in groups:
            said = _("There is no group “{group}”.").format(group=group)
            self._add(where, " ".join([said, _("Possible: {columns}.").format(columns=join(groups) or "–")]))
        if (id := item.get("evidence", "")) and not _is_known(id):
            self._add(where, _("The evidence register has no “{id}”.").format(id=id))

    def _add(self, where: str, said: str) -> None:
        self.found.append(f"{where}: {said}" if where else said)


def _filled(text: Any) -> bool:
    return isinstance(text, str) and bool(text.strip())


def _is_known(id: Any) -> bool:
    try:
        evidence.get(str(id))
    except SettingError:
        return False
    return True
