"""How does somebody choose steps out of thousands of names, name them and put them in order?"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import traitlets

from csworkbook.events.proposed import ROLES, words
from csworkbook.language import capital
from csworkbook.language import gettext as _
from csworkbook.pages.logged import Step
from csworkbook.pages.talking import STATIC, Talking, script
from csworkbook.settings import MOST_STEPS

SHOWN = 12  # events of one step that are shown one by one


class Chooser(Talking):
    """The steps of a funnel, each with a name, a part and its events; and a search through all events.

    Parameters
    ----------
    on_search : callable
        Called with a text; returns ``found`` (per name step, about, label, role), ``said`` and ``all``.
    on_every : callable
        Called with a text; returns every name in which it occurs.
    on_save : callable
        Called with the steps; the sentence it returns is shown, so is that of an error.
    on_back : callable
        Called when the owner wants the proposal back; returns a sentence.

    Attributes
    ----------
    value : str
        The steps as they stand on the page and the shop they belong to, as JSON; it can be kept.
    """

    _esm = script("steps.js")
    _css = (STATIC / "steps.css").read_text("utf-8")
    _questions = ("search", "every", "save", "back")
    value = traitlets.Unicode().tag(sync=True)
    about = traitlets.Dict().tag(sync=True)
    hints = traitlets.List().tag(sync=True)
    roles = traitlets.List().tag(sync=True)
    summary = traitlets.Unicode().tag(sync=True)
    listed = traitlets.Unicode().tag(sync=True)
    opened = traitlets.Bool().tag(sync=True)
    changed = traitlets.Bool().tag(sync=True)
    own = traitlets.Bool().tag(sync=True)

    def __init__(
        self,
        on_search: Callable[[str], dict],
        on_every: Callable[[str], list[str]],
        on_save: Callable[[list[Step]], str],
        on_back: Callable[[], str],
    ) -> None:
        self.on_search, self.on_every, self.on_save, self.on_back = on_search, on_every, on_save, on_back
        super().__init__(labels=_labels(), roles=_roles())

    @property
    def rows(self) -> list[Step]:
        """The steps as they stand on the page, as far as they can be read."""
        return steps(read(self.value).get("rows"))

    def show(self, rows: Sequence[Mapping], of: str) -> None:
        """Show these steps; `of` says to which shop they belong."""
        self.value = written(rows, of)

    def _search(self, message: dict, _buffers: list) -> dict:
        return self.on_search(str(message.get("text") or ""))

    def _every(self, message: dict, _buffers: list) -> dict:
        return {"steps": self.on_every(str(message.get("text") or ""))}

    def _save(self, message: dict, _buffers: list) -> dict:
        return {"done": self.on_save(steps(message.get("rows")))}

    def _back(self, _message: dict, _buffers: list) -> dict:
        return {"done": self.on_back()}


def written(rows: Sequence[Mapping], of: str) -> str:
    """Steps as one text, as the browser writes them.

    >>> written([{"name": "Cart", "step": ["cart"], "role": ""}], "demo")
    '{"of":"demo","rows":[{"name":"Cart","step":["cart"],"role":""}]}'
    """
    plain = [{"name": row["name"], "step": list(row["step"]), "role": row.get("role", "")} for row in rows]
    return json.dumps({"of": of, "rows": plain}, ensure_ascii=False, separators=(",", ":"))


def read(value: object) -> dict[str, Any]:
    """What `written` wrote; nothing when it is something else."""
    try:
        found = json.loads(value) if isinstance(value, str) and value else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def steps(rows: object) -> list[Step]:
    """Of what a browser sent, the part that can be steps.

    >>> steps([{"name": " Cart ", "step": ["cart", "cart", 3], "role": None}, "x"])
    [{'name': 'Cart', 'step': ['cart'], 'role': ''}]
    """
    found = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return [
        {
            "name": str(row.get("name") or "").strip(),
            "step": list(dict.fromkeys(one for one in row.get("step") or [] if isinstance(one, str))),
            "role": str(row.get("role") or ""),
        }
        for row in found
    ]


def _roles() -> list[dict[str, str]]:
    known = words()
    none = {"value": "", "label": _("something else")}
    return [*({"value": role, "label": capital(known[role])} for role in ROLES), none]


def _labels() -> dict[str, Any]:
    return {
        "most": MOST_STEPS,
        "shown": SHOWN,
        "steps": _("The steps of your funnel"),
        "change": _("Look at the steps and change them"),
        "name": _("What you call it"),
        "role": _("What it is"),
        "counts": _("Counts as this step:"),
        "events": _("What counts as “{name}”"),
        "more": _("+ something else"),
        "moreOf": _("Count something else as “{name}” as well"),
        "also": _("Which one? Type a part of its name or address"),
        "add": _("Add"),
        "addOne": _("Add “{event}”"),
        "close": _("Close"),
        "drop": _("Do not count “{event}” any more"),
        "rest": _("and {n} more"),
        "up": _("Move “{name}” one step earlier"),
        "down": _("Move “{name}” one step later"),
        "remove": _("Take “{name}” out of the funnel"),
        "moved": _("“{name}” is step {place} now."),
        "removed": _("“{name}” was taken out."),
        "added": _("“{name}” was added as the last step."),
        "full": _("There are {most} steps: more do not fit.").format(most=MOST_STEPS),
        "search": _("Look for a name or address"),
        "step": _("Make it a step"),
        "stepOne": _("Make “{event}” a step"),
        "save": _("Save these steps"),
        "back": _("Back to the proposal"),
        "unsaved": _("Not saved yet."),
        "busy": _("Being saved…"),
        "lost": _("The connection was lost. Reload the page and try again."),
    }
