"""How does the browser half of a widget ask its Python half, and what happens when that fails?"""

from __future__ import annotations

import functools
import html
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import traitlets
from ipywidgets.widgets.widget_string import HTMLStyle
from traitlets.log import get_logger

from csworkbook import language
from csworkbook.errors import WorkbookError
from csworkbook.language import gettext as _

STATIC = Path(__file__).parent / "static"


def guarded(function: Callable, show: Callable[[str], Any]) -> Callable:
    """`function`, with its errors shown as a sentence instead of raised.

    Parameters
    ----------
    function : callable
        Any callback; its value is passed on, None after an error.
    show : callable
        Called with the sentence: the error's own for a `WorkbookError`, a general one for anything
        else, which also goes to the server's log with its traceback.

    >>> guarded(lambda: 1 / 4, print)()
    0.25
    """

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            show(_explained(error))

    return call


def _explained(error: Exception) -> str:
    if isinstance(error, WorkbookError):
        return str(error)
    get_logger().error("A part of the page failed", exc_info=error)
    return _("This part could not be worked out. The rest works; try another choice or file.")


def boxed(text: str, kind: str = "note") -> str:
    """A text in a box, as HTML; `kind` is ``"note"``, ``"done"``, ``"error"``, ``"banner"`` or ``"headline"``."""
    role = ' role="alert"' if kind == "error" else ""
    return f'<div class="csw csw-{kind}"{role}>{html.escape(text)}</div>'


def sentence(text: str, kind: str = "note") -> ipywidgets.HTML:
    """A text in a box, as a widget; the kinds are those of `boxed`."""
    return markup(boxed(text, kind))


def markup(text: str = "") -> ipywidgets.HTML:
    """HTML as a widget, with the layout and style that all of them share."""
    return ipywidgets.HTML(text, layout=shared(ipywidgets.Layout), style=shared(HTMLStyle))


def titled(text: str, level: str = "h2") -> ipywidgets.HTML:
    """A heading as a widget."""
    return markup(f'<{level} class="csw csw-title">{html.escape(text)}</{level}>')


@functools.cache
def shared(kind: type, **traits: Any) -> Any:
    """One layout or style for all widgets that look alike: every one more costs the page time."""
    return kind(**traits)


def see(widget: ipywidgets.DOMWidget, shown: bool) -> None:
    """Show a widget or not: by a class of its own, because widgets that look alike share one layout."""
    (widget.remove_class if shown else widget.add_class)("csw-away")


def seen(widget: ipywidgets.DOMWidget) -> bool:
    """Whether a widget is shown."""
    return "csw-away" not in widget._dom_classes


def script(name: str) -> str:
    """The browser half of a widget: the shared helpers and its own script, as one module."""
    return "\n".join((STATIC / file).read_text(encoding="utf-8") for file in ("common.js", name))


class Talking(anywidget.AnyWidget):
    """A widget whose browser half asks questions; each gets one answer, or a sentence why not."""

    labels = traitlets.Dict().tag(sync=True)
    lang = traitlets.Unicode().tag(sync=True)
    _questions: tuple[str, ...] = ()

    def __init__(self, **traits: Any) -> None:
        super().__init__(lang=language.current(), layout=shared(ipywidgets.Layout), **traits)
        self.on_msg(self._hear)

    def _hear(self, _widget: Any, message: dict, buffers: list) -> None:
        kind = message.get("kind") if isinstance(message, dict) else None
        if kind not in self._questions:
            return
        failures: list[str] = []
        answer = guarded(getattr(self, f"_{kind}"), failures.append)(message, buffers) or {}
        if failures:
            answer = {"failed": failures[0]}
        self.send({"re": message.get("ask"), **answer}, answer.pop("buffers", None))
