"""What was written so far, and what stood there before?

The draft is one document in the store of a shop. Every save also keeps a version to go back to. A
version makes way for the next one of the same writer only when its texts are all still there: they
stand whole in the next one, or in the one before it. So nothing that was saved is ever lost, and the
versions stay few.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from csworkbook import language as spoken
from csworkbook.errors import DataError
from csworkbook.language import gettext as _
from csworkbook.language import number
from csworkbook.manifesto import statements, wording

if TYPE_CHECKING:
    from csworkbook.store import Documents, Store

KIND, KEY, VERSIONS = "manifesto", "draft", "manifesto_version"
LONGEST = 20_000
_STRETCH = timedelta(minutes=10)
_SLIP = 8
_WRITTEN = (*statements.PARTS, "name")


@dataclass(frozen=True)
class Draft:
    """The texts by part, the strongest of them, the promises (as documents), the name and the language."""

    statements: dict[str, str] = field(default_factory=dict)
    strongest: tuple[str, ...] = ()
    promises: tuple[dict[str, Any], ...] = ()
    name: str = ""
    language: str = ""

    def document(self) -> dict[str, Any]:
        """The draft as JSON can hold it."""
        return {
            "statements": dict(self.statements),
            "strongest": list(self.strongest),
            "promises": [dict(promise) for promise in self.promises],
            "name": self.name,
            "language": self.language,
        }

    @classmethod
    def of(cls, document: Any) -> Draft:
        """The draft in a document; what does not belong in one is left out.

        >>> Draft.of({"statements": {"brand": "Hi"}, "strongest": ["price", "luck"], "language": "nl"}).strongest
        ('price',)
        """
        document = document if isinstance(document, Mapping) else {}
        texts, strong, promises = (document.get(key) or () for key in ("statements", "strongest", "promises"))
        texts = texts if isinstance(texts, Mapping) else {}
        said = document.get("language")
        return cls(
            {part: str(texts[part]) for part in statements.PARTS if texts.get(part)},
            tuple(part for part in statements.VALUES if part in strong)[: statements.STRONGEST],
            tuple(dict(promise) for promise in promises if isinstance(promise, Mapping)),
            str(document.get("name") or ""),
            said if said in spoken.LANGUAGES else "",
        )

    @property
    def spoken(self) -> str:
        """The language it is written in: the one chosen, else the one spoken now."""
        return self.language or spoken.current()

    def text(self, part: str) -> str:
        """The text of one part, or the name."""
        return self.name if part == "name" else self.statements.get(part, "")

    def written(self, part: str, text: str) -> Draft:
        """The draft with another text in one part.

        Raises
        ------
        DataError
            When the text is longer than a page can hold; nothing is ever cut.
        """
        if len(text) > LONGEST:
            raise DataError(
                _("This text has {n} characters; it is not saved.").format(n=number(len(text))),
                allowed=_("At most {n} characters.").format(n=number(LONGEST)),
                next_step=_("Shorten it: a manifesto is short."),
            )
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if part == "name":
            return replace(self, name=" ".join(text.split()))
        return replace(self, statements={**self.statements, part: text})

    @property
    def empty(self) -> bool:
        """Whether nothing was written or chosen yet."""
        return not (any(text.strip() for text in self.statements.values()) or self.strongest or self.promises)

    @property
    def words(self) -> int:
        """The words of all texts together."""
        return sum(wording.count(text) for text in self.statements.values())


@dataclass(frozen=True)
class Version:
    """A draft as it once was; `restored` is the key of the version that was gone back to, if it was that."""

    key: str
    saved_at: datetime
    draft: Draft
    restored: str = ""


def example(language: str | None = None) -> Draft:
    """The draft the demo shop shows before anything is written."""
    said = language or spoken.current()
    return Draft.of({**statements.example(said), "language": said})


def read(store: Store | Documents) -> Draft | None:
    """The draft in a store, or in one of its transactions; None where nobody began one."""
    document = store.get(KIND, KEY)
    return None if document is None else Draft.of(document)


class Desk:
    """One writer's place at the draft: a page in a browser tab. Two of them can write at the same time.

    Parameters
    ----------
    store : Store
        The store of the shop the manifesto is for.

    Notes
    -----
    A writer changes one part at a time in what is stored *now*, so that what another wrote elsewhere
    stays; where both wrote in the same part, the later text stands and the earlier is a version. Reading
    and writing are one transaction.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._mine = ""  # the key of the version that may still make way
        self._settled = ""  # the key of the one before it, which never will

    def read(self) -> Draft:
        """The draft as it is stored now; an empty one where nobody began."""
        return read(self.store) or Draft()

    def write(self, part: str, text: str) -> Draft:
        """Keep another text in one part; the draft as it stands then."""
        with self.store.together() as kept:
            return self._save(kept, (read(kept) or Draft()).written(part, text))

    def change(self, **chosen: Any) -> Draft:
        """Keep other choices (`strongest`, `promises`, `language`); the draft as it stands then."""
        with self.store.together() as kept:
            return self._save(kept, Draft.of({**(read(kept) or Draft()).document(), **chosen}))

    def save(self, draft: Draft) -> Draft:
        """Keep a draft, and a version of it, unless it is stored just so already."""
        with self.store.together() as kept:
            return self._save(kept, draft)

    def restore(self, key: str) -> Draft:
        """Go back to a version. That makes a version too, so one can go forward again.

        Raises
        ------
        DataError
            When there is no such version.
        """
        with self.store.together() as kept:
            document = kept.get(VERSIONS, key)
            if document is None:
                raise DataError(_("That version is not there."), next_step=_("Choose another one."))
            draft = Draft.of(document.get("draft"))
            self._mine, self._settled = "", _new_key()
            _put(kept, self._settled, draft, restored=key)
            kept.put(KIND, KEY, draft.document())
        return draft

    def known(self, part: str, text: str) -> bool:
        """Whether this text of a part was saved before, in whatever version."""
        return any(version.draft.text(part) == text for version in versions(self.store))

    def _save(self, kept: Documents, draft: Draft) -> Draft:
        if read(kept) != draft:
            if not draft.empty:
                self._keep(kept, draft)
            kept.put(KIND, KEY, draft.document())
        return draft

    def _keep(self, kept: Documents, draft: Draft) -> None:
        """Keep a version: in the place of this writer's last one when that loses nothing, else beside it."""
        last = kept.get(VERSIONS, self._mine) if self._mine else None
        if last is None or not self._makes_way(kept, last, draft):
            self._settled, self._mine = self._mine or self._settled, _new_key()
            _put(kept, self._mine, draft)
        else:
            _put(kept, self._mine, draft, began_at=last["began_at"])

    def _makes_way(self, kept: Documents, last: dict[str, Any], draft: Draft) -> bool:
        if datetime.now(UTC) - datetime.fromisoformat(last["began_at"]) > _STRETCH:
            return False
        mine = Draft.of(last["draft"])
        before = kept.get(VERSIONS, self._settled) if self._settled else None
        return within(mine, draft) or (before is not None and within(mine, Draft.of(before["draft"])))


def _put(kept: Documents, key: str, draft: Draft, **more: str) -> None:
    now = datetime.now(UTC).isoformat()
    kept.put(VERSIONS, key, {"saved_at": now, "began_at": now, **more, "draft": draft.document()})


def versions(store: Store) -> list[Version]:
    """Every version that is kept, the newest first."""
    found = [
        Version(key, datetime.fromisoformat(one["saved_at"]), Draft.of(one["draft"]), one.get("restored", ""))
        for key, one in store.all(VERSIONS).items()
    ]
    return sorted(found, key=lambda version: (version.saved_at, version.key), reverse=True)


def notable(found: list[Version]) -> list[Version]:
    """The versions worth a look: without those that a slip of the pen set apart from the next one.

    Parameters
    ----------
    found : list of Version
        As `versions` gives them. The newest always stays, and so does one that was gone back to.
    """
    shown: list[Version] = []
    for version in found:
        later = shown[-1] if shown else None
        if later is None or version.restored or later.restored or not _slip(version, later):
            shown.append(version)
    return shown


def _slip(version: Version, later: Version) -> bool:
    """Whether a version lacks hardly more than a word in a later one, and was soon followed by it."""
    if later.saved_at - version.saved_at >= _STRETCH or not _choices_within(version.draft, later.draft):
        return False
    lost = [_lost(version.draft.text(part), later.draft.text(part)).strip() for part in _WRITTEN]
    return sum(map(len, lost)) < _SLIP and not any(len(piece.split()) > 1 for piece in lost)


def within(earlier: Draft, later: Draft) -> bool:
    """Whether everything in a draft still stands in another: each text whole but for one insertion.

    >>> within(Draft({"brand": "We bake."}), Draft({"brand": "We always bake."}))
    True
    >>> within(Draft({"brand": "We bake."}), Draft({"brand": "We cook."}))
    False
    """
    texts = not any(_lost(earlier.text(part), later.text(part)) for part in _WRITTEN)
    return texts and _choices_within(earlier, later)


def _choices_within(earlier: Draft, later: Draft) -> bool:
    promises = all(promise in later.promises for promise in earlier.promises)
    strongest = set(earlier.strongest) <= set(later.strongest)
    return promises and strongest and earlier.language in ("", later.language)


def _lost(earlier: str, later: str) -> str:
    """The piece of a text that is gone where it was changed at one place.

    >>> _lost("We bake bread.", "We bake good cakes.")
    'bread'
    """
    if earlier == later:
        return ""
    most = min(len(earlier), len(later))
    head = next((i for i in range(most) if earlier[i] != later[i]), most)
    rest = range(1, most - head + 1)
    tail = next((i - 1 for i in rest if earlier[-i] != later[-i]), most - head)
    return earlier[head : len(earlier) - tail]


def _new_key() -> str:
    """A key that sorts by time and that no other writer makes."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{secrets.token_hex(3)}"
