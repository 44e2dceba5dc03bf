"""What did the visitor choose on this page, and how does it come back after a reload?"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import date
from typing import Any

import ipywidgets
import traitlets

_PLAIN = (str, int, float, bool, type(None))
_CHOICES = (ipywidgets.Dropdown, ipywidgets.ToggleButtons, ipywidgets.RadioButtons, ipywidgets.Select)


class Memory:
    """Keeps the values of controls in the `state` of a visit and puts them back (a mixin)."""

    state: dict[str, Any]
    on_restore: Callable
    stored: dict[str, Any]

    def remember(self, name: str, value: Any) -> None:
        """Keep one value; the browser stores it."""
        self.state = {**self.state, name: value}

    def forget(self) -> None:
        """Keep nothing any more, here and in the browser."""
        self.state, self.stored = {}, {}

    def keep(self, name: str, widget: ipywidgets.Widget) -> None:
        """Remember what is chosen in this control, and choose it again after a reload."""
        widget.observe(lambda _change: self.remember(name, plain(widget)), "value")
        self.on_restore(lambda stored: put_back(widget, stored[name]) if name in stored else None)
        known = {**self.stored, **self.state}  # the page came back, or was used, before this control was made
        if name in known:
            put_back(widget, known[name])


def plain(widget: ipywidgets.Widget) -> Any:
    """The value of a control as a text, a number, True, False or None.

    >>> plain(ipywidgets.Dropdown(options=[("all", None), ("mail", ("a", "b"))], index=1))
    'mail'
    """
    value = widget.value
    if isinstance(widget, _CHOICES) and (value is None or not isinstance(value, _PLAIN)):
        return widget.label
    return value.isoformat() if isinstance(value, date) else value


def put_back(widget: ipywidgets.Widget, stored: Any) -> None:
    """Choose what `plain` once said; what is no longer possible is left alone.

    >>> box = ipywidgets.Dropdown(options=["mail", "chat"])
    >>> put_back(box, "chat"); put_back(box, "pigeon"); box.value
    'chat'
    """
    with contextlib.suppress(traitlets.TraitError, TypeError, ValueError):
        if isinstance(widget, ipywidgets.DatePicker):
            widget.value = date.fromisoformat(stored) if stored else None
        elif isinstance(widget, _CHOICES):
            values, labels = widget._options_values, widget._options_labels
            widget.index = values.index(stored) if stored in values else labels.index(stored)
        else:
            widget.value = stored


def plain_state(stored: Any) -> dict[str, Any]:
    """Of what a browser sent, the part that can be a state: at most 500 short names with plain values."""
    if not isinstance(stored, dict):
        return {}
    pairs = list(stored.items())[:500]
    return {name: value for name, value in pairs if len(str(name)) <= 200 and _is_plain(value)}


def _is_plain(value: Any) -> bool:
    return isinstance(value, _PLAIN) and len(str(value)) <= 10_000
