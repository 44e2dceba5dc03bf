"""Which questions does an audit ask? Checklists are files: ours, and those of a workbook.

A checklist is a TOML file; its name (``ux.toml``) is what it is called by. Ours stand in
``content/checklists``; a workbook adds its own in its folder ``checklists``, where a file of the same
name takes the place of ours. It holds:

- ``[en]`` and ``[nl]``, at least one of them: ``title``, ``about``;
- ``section`` (of the handbook) and ``chapter``, both optional;
- ``[[groups]]``, optional: ``id`` and the name in each language (``en``, ``nl``);
- ``[[items]]``: ``id``; optional ``group``, ``weight`` (default 1), ``good_answer`` (``"yes"`` or
  ``"no"``; default yes), ``evidence`` (an id of the evidence register), ``section``; and for each
  language ``[items.en]`` with ``question``, and optional ``why``, ``good`` (what good looks like),
  ``lack`` (what is the matter when the answer is not good), ``action`` (what to do then) and ``note``
  (what to write in the note).

A text that is not there in the language spoken now is taken from the other one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csworkbook import language
from csworkbook.audits.faults import Faults
from csworkbook.errors import DataError, SettingError
from csworkbook.language import gettext as _
from csworkbook.language import join

if TYPE_CHECKING:
    from csworkbook.shop import Shop

FOLDER = Path(__file__).parents[1] / "content" / "checklists"
OWN = "checklists"  # the folder in a workbook
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")


@dataclass(frozen=True)
class Item:
    """One question of a checklist, in one language; `number` is its place, from 1.

    `good_answer` is "yes" or "no", `weight` counts its points, `evidence` is an id of the evidence
    register or "".
    """

    id: str
    number: int
    group: str
    weight: float
    good_answer: str
    evidence: str
    section: str
    question: str
    why: str = ""
    good: str = ""
    lack: str = ""
    action: str = ""
    note: str = ""

    def points(self, answer: str) -> float | None:
        """The points an answer brings, 0 to `weight`; None for one that does not count.

        >>> checklist("checkout", language="en").item("twice").points("no")
        1.0
        """
        if answer not in ("yes", "partly", "no"):
            return None
        share = 0.5 if answer == "partly" else float(answer == self.good_answer)
        return share * self.weight


@dataclass(frozen=True)
class Checklist:
    """The questions of one audit, in one language; `groups` gives the name of each group by its id."""

    name: str
    title: str
    about: str
    section: str
    chapter: str
    groups: dict[str, str]
    items: tuple[Item, ...]

    def item(self, id: str) -> Item:
        """One question.

        Raises
        ------
        SettingError
            When there is none of that name.
        """
        for item in self.items:
            if item.id == id:
                return item
        raise SettingError(
            _("The checklist “{title}” has no question “{id}”.").format(title=self.title, id=id)
        )

    @property
    def source(self) -> str:
        """Where the questions come from, in words."""
        if not self.section:
            return _("a checklist of your own")
        return _("Handbook, {section}").format(section=self.section)


def checklist(name: str, shop: Shop | None = None, *, language: str | None = None) -> Checklist:
    """One checklist: that of the shop's workbook, else ours.

    Parameters
    ----------
    name : str
        The name of its file, such as ``"ux"``, ``"home"``, ``"checkout"`` or ``"cart_rules"``.
    shop : Shop, optional
        Whose own checklists count too.
    language : {"nl", "en"}, optional
        The language spoken now by default.

    Raises
    ------
    SettingError
        When there is no such checklist.
    DataError
        When its file cannot be used; the message names every fault.

    >>> len(checklist("ux").items), len(checklist("checkout").items)
    (11, 15)
    """
    files = _files(shop)
    if name not in files:
        raise SettingError(
            _("There is no checklist “{name}”.").format(name=name),
            allowed=_("Possible: {columns}.").format(columns=join(list(files))),
        )
    return read(files[name], language=language)


def names(shop: Shop | None = None) -> list[str]:
    """The names of all checklists there are for a shop, ours first.

    >>> names()
    ['cart_rules', 'checkout', 'first_aid', 'home', 'people_processes_systems', 'ux']
    """
    return list(_files(shop))


def read(path: str | Path, *, language: str | None = None) -> Checklist:
    """The checklist in a file.

    Raises
    ------
    DataError
        When it cannot be read or used, with every fault and where it is.
    """
    path = Path(path)
    try:
        content = _content(path, path.stat().st_mtime_ns)
    except (OSError, ValueError) as error:  # no file, not UTF-8 or not TOML, which tells the line
        raise DataError(
            _("The checklist {file} cannot be read: {reason}.").format(
                file=path.name, reason=str(error).rstrip(".")
            ),
            next_step=_("Compare it with one of ours: {folder}.").format(folder=FOLDER),
        ) from error
    return _made(path.stem, content, _spoken(language))


def _files(shop: Shop | None) -> dict[str, Path]:
    """Every file by its name; those of the workbook take the place of ours."""
    folders = [FOLDER] if shop is None or shop.folder is None else [FOLDER, shop.folder / OWN]
    return {
        path.stem: path
        for folder in folders
        for path in sorted(folder.glob("*.toml"))
        if _NAME.fullmatch(path.stem)
    }


def _spoken(language_: str | None) -> str:
    spoken = language_ or language.current()
    if spoken not in language.LANGUAGES:
        raise SettingError(_("“{language}” is not a language of this workbook.").format(language=spoken))
    return spoken


@lru_cache(maxsize=64)
def _content(path: Path, _changed: int) -> dict[str, Any]:
    """What a file says, once it was found right; read again when it changed."""
    content = tomllib.loads(path.read_text("utf-8-sig"))
    Faults(path.name, content).require()
    return content


def _made(name: str, content: Mapping[str, Any], spoken: str) -> Checklist:
    about = _texts(content, spoken)
    groups = {str(one["id"]): _called(one, spoken) for one in content.get("groups", ())}
    listed = sorted(content["items"], key=lambda one: _place(one.get("group", ""), groups))  # stable
    return Checklist(
        name,
        about["title"],
        about.get("about", ""),
        str(content.get("section", "")),
        str(content.get("chapter", "")),
        groups,
        tuple(
            _item(one, number, spoken, str(content.get("section", "")))
            for number, one in enumerate(listed, 1)
        ),
    )


def _place(group: str, groups: Mapping[str, str]) -> int:
    return list(groups).index(group) if group in groups else len(groups)


def _item(one: Mapping[str, Any], number: int, spoken: str, section: str) -> Item:
    return Item(
        str(one["id"]),
        number,
        str(one.get("group", "")),
        float(one.get("weight", 1)),
        one.get("good_answer", "yes"),
        str(one.get("evidence", "")),
        str(one.get("section", section)),
        **_texts(one, spoken),
    )


def _texts(part: Mapping[str, Any], spoken: str) -> dict[str, str]:
    """The texts in the language spoken, those that lack there in another one."""
    order = [spoken, *(one for one in language.LANGUAGES if one != spoken)]
    found: dict[str, str] = {}
    for one in order:
        for key, text in (part.get(one) or {}).items():
            if text.strip():
                found.setdefault(key, " ".join(text.split()))
    return found


def _called(group: Mapping[str, Any], spoken: str) -> str:
    named = [group.get(spoken), *(group.get(one) for one in language.LANGUAGES), group["id"]]
    return str(next(one for one in named if one))
