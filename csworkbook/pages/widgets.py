"""What does the page need that stock widgets lack: upload, download, picture, table and a memory?

The Python halves; the browser halves are the scripts in ``static/``. Every callback is guarded:
an error becomes one sentence on the page and, when it is ours, a traceback in the server's log.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import traitlets
from traitlets.log import get_logger

from csworkbook import language
from csworkbook.errors import DataError
from csworkbook.language import gettext as _
from csworkbook.language import number
from csworkbook.pages.arrival import SLICE, Arrival, bare_name, check, sweep
from csworkbook.pages.controls import control
from csworkbook.pages.memory import Memory, plain_state
from csworkbook.pages.table import Table
from csworkbook.pages.talking import STATIC, Talking, guarded, script, sentence, shared

__all__ = ["Download", "Picture", "Table", "Upload", "Visit", "control", "guarded", "sentence", "style"]

_SHEETS = ("page.css", "panel.css", "guesses.css", "personas.css")
SPREADSHEETS = (".csv", ".tsv", ".txt", ".xlsx", ".parquet")


class Style(anywidget.AnyWidget):
    """The page's colours and classes; shows nothing itself."""

    _esm = "export default { render({ el }) { el.classList.add('csw-unseen'); } };"
    _css = "\n".join((STATIC / name).read_text("utf-8") for name in _SHEETS)


def style() -> Style:
    """The widget that brings the style sheet ``static/page.css``; show it once on a page."""
    return Style(layout=shared(ipywidgets.Layout))


class Upload(Talking):
    """A drop zone with a file button; files come in slices, one at a time.

    Parameters
    ----------
    accept : sequence of str
        Endings of files, with their dot.
    limit_mb : float
        The largest file, in MB of 1024 × 1024 bytes.
    on_file : callable
        Called with the file's name and the path of a private copy, which is deleted when it returns.
        The sentence it returns, if any, is shown; so is the sentence of an error.
    hint : str
        Which files, in words; made of `accept` and `limit_mb` by default.
    """

    _esm = script("upload.js")
    _questions = ("begin", "slice", "end", "cancel")
    accept = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(
        self,
        accept: Sequence[str] = SPREADSHEETS,
        limit_mb: float = 200,
        on_file: Callable[[str, Path], str | None] | None = None,
        hint: str = "",
    ) -> None:
        self.limit_mb, self.on_file = limit_mb, on_file
        self._arrival: Arrival | None = None
        self._token = ""
        labels = _upload_labels(accept, limit_mb)
        super().__init__(
            accept=[ending.lower() for ending in accept], labels={**labels, "hint": hint or labels["hint"]}
        )
        sweep()

    def _begin(self, message: dict, _buffers: list) -> dict:
        self._drop()
        name, size = str(message.get("name", "")), message.get("size")
        check(name, size, accept=tuple(self.accept), limit_mb=self.limit_mb)
        self._arrival, self._token = Arrival(name, size), secrets.token_hex(8)
        return {"file": self._token}

    def _slice(self, message: dict, buffers: list) -> dict:
        arrival = self._current(message)
        arrival.take(message.get("n"), buffers[0] if buffers else b"", packed=bool(message.get("packed")))
        return {}

    def _end(self, message: dict, _buffers: list) -> dict:
        arrival = self._current(message)
        try:
            said = self.on_file(arrival.name, arrival.finish()) if self.on_file else None
        finally:
            self._drop()
        return {"done": said or _("“{name}” has been read.").format(name=arrival.name)}

    def _cancel(self, _message: dict, _buffers: list) -> dict:
        self._drop()
        return {}

    def _current(self, message: dict) -> Arrival:
        if self._arrival is None or message.get("file") != self._token:
            raise DataError(
                _("This file is no longer being received."), next_step=_("Choose the file once more.")
            )
        return self._arrival

    def _drop(self) -> None:
        if self._arrival is not None:
            self._arrival.drop()
        self._arrival = None

    def close(self) -> None:
        """Delete a file that is still on its way, and the widget."""
        self._drop()
        super().close()


def _upload_labels(accept: Sequence[str], limit_mb: float) -> dict[str, str]:
    kinds = language.join([ending.lstrip(".").upper() for ending in accept])
    return {
        "title": _("Your own data"),
        "drop": _("Drop your files here, or a whole folder"),
        "choose": _("Choose files"),
        "hint": _("{kinds}, at most {limit} MB").format(kinds=kinds, limit=number(limit_mb)),
        "progress": _("Progress of the upload"),
        "cancel": _("Cancel"),
        "sending": _("{name}: {done} of {total} MB"),
        "reading": _("{name}: being read…"),
        "cancelled": _("“{name}” was cancelled; nothing of it was kept."),
        "skipped": _("Left alone, because this page does not read that kind of file: {names}."),
        "unreadable": _("The browser could not read “{name}”. Choose it once more."),
        "lost": _("The connection was lost while “{name}” was on its way. Reload the page and try again."),
    }


class Download(Talking):
    """A button that makes a file when it is clicked and saves it in the browser.

    Parameters
    ----------
    label : str
        The text of the button.
    make : callable
        Returns file name, MIME type and bytes; its errors are shown beside the button.
    """

    _esm = script("download.js")
    _questions = ("make", "slice")
    label = traitlets.Unicode().tag(sync=True)

    def __init__(self, label: str, make: Callable[[], tuple[str, str, bytes]]) -> None:
        self.make, self._content, self._token = make, b"", ""
        super().__init__(label=label, labels=_saving_labels())

    def _make(self, _message: dict, _buffers: list) -> dict:
        filename, mime, content = self.make()
        self._content, self._token = content, secrets.token_hex(8)
        slices = -(-len(content) // SLICE)
        return {"file": self._token, "filename": bare_name(filename), "mime": mime, "slices": slices}

    def _slice(self, message: dict, _buffers: list) -> dict:
        n = message.get("n")
        start = n * SLICE if isinstance(n, int) else -1
        if message.get("file") != self._token or not 0 <= start < len(self._content):
            raise DataError(_("This file is no longer at hand."), next_step=_("Click the button once more."))
        part = self._content[start : start + SLICE]
        return {"buffers": [part]}


class Picture(Talking):
    """A button that saves the plotly picture of the panel it stands in as PNG, made by the browser.

    The panel is the nearest ancestor with class ``csw-panel``. The figure's configuration must leave
    the mode bar on (``displayModeBar`` not False); ``page.css`` hides it inside panels.

    Parameters
    ----------
    on_mark : callable, optional
        Called with the id of a mark (plotly's `ids`) when somebody clicks on it, while `clickable`.
    """

    _esm = script("picture.js")
    _questions = ("mark",)
    label = traitlets.Unicode().tag(sync=True)
    filename = traitlets.Unicode().tag(sync=True)
    scale = traitlets.Float(2).tag(sync=True)
    clickable = traitlets.Bool(False).tag(sync=True)

    def __init__(self, label: str, filename: str, on_mark: Callable[[str], None] | None = None) -> None:
        self.on_mark = on_mark
        super().__init__(
            label=label, filename=bare_name(filename).removesuffix(".png"), labels=_saving_labels()
        )

    def bring_into_view(self) -> None:
        """Scroll the page to the panel this stands in."""
        self.send({"look": True})

    def _mark(self, message: dict, _buffers: list) -> dict:
        if self.on_mark is not None:
            self.on_mark(str(message.get("id", "")))
        return {}


def _saving_labels() -> dict[str, str]:
    return {
        "busy": _("Being made…"),
        "saved": _("Saved."),
        "none": _("There is no picture to save yet."),
        "lost": _("The connection was lost. Reload the page and try again."),
    }


class Visit(Memory, Talking):
    """The page's memory and pulse; show it once on a page.

    Parameters
    ----------
    page : str
        Name under which the browser keeps what was chosen.
    state : dict
        Control name → value (text, number, True/False or None); start values are not stored, changes are.

    Notes
    -----
    `on_restore` functions get what an earlier visit stored; `on_hello` functions get nothing and run
    at the first message of a browser, which with warm kernels comes long after the cells have run;
    they run in this order: hello, restore. On dashboards the document gets the events ``csw:alive``
    and ``csw:lost``.
    """

    _esm = script("visit.js")
    _questions = ("hello", "ping")
    page = traitlets.Unicode().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    shop = traitlets.Unicode().tag(sync=True)
    visit_id = traitlets.Unicode()

    def __init__(self, page: str, state: dict[str, Any] | None = None) -> None:
        self.hello_callbacks: list[Callable[[], Any]] = []
        self.stored: dict[str, Any] = {}
        self.restore_callbacks: list[Callable[[dict], Any]] = []
        super().__init__(page=page, state=state or {})

    def on_hello(self, function: Callable[[], Any]) -> None:
        """Call `function` when a browser shows the page."""
        self.hello_callbacks.append(function)

    def on_restore(self, function: Callable[[dict], Any]) -> None:
        """Call `function` with what an earlier visit chose, when there is anything."""
        self.restore_callbacks.append(function)

    def _hello(self, message: dict, _buffers: list) -> dict:
        visit = str(message.get("visit", ""))
        self.visit_id = visit if re.fullmatch("[0-9a-f]{32}", visit) else ""
        self.stored = stored = plain_state(message.get("stored"))
        for function in self.hello_callbacks:
            guarded(function, get_logger().warning)()
        for function in self.restore_callbacks if stored else []:
            guarded(function, get_logger().warning)(stored)
        return {"welcome": True}

    def _ping(self, _message: dict, _buffers: list) -> dict:
        return {"pong": True}
