"""How does somebody write a text on a page without ever losing a word of it?

The browser keeps what was typed until this half says that it is saved, and sends it again after a
reload or when the connection is back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import traitlets

from csworkbook.errors import DataError
from csworkbook.language import gettext as _
from csworkbook.manifesto import publish
from csworkbook.pages.talking import STATIC, Talking, script

Writer = Callable[..., dict[str, Any]]


class Writing(Talking):
    """A text box that counts words and sends what was typed at every pause.

    Parameters
    ----------
    label : str
        What the box is called.
    on_write : callable
        Called with the text and, by keyword, `base` (the text it was written upon) and `again` (whether
        it comes from an earlier page that got no answer). Returns ``saved`` (when, as people say it),
        ``text`` (as it is stored) and perhaps ``note`` (a sentence to show). An error is shown, and the
        browser keeps the text.
    ask : str
        The question the text answers.
    questions : sequence of str
        Questions that help to find the words, folded away.
    frame : str
        A sentence with gaps that the writer can begin with.
    directions : sequence of str
        Sample sentences that can be added.
    limit : int
        The most words before a warning; 0 counts none.
    single : bool
        One line only, such as a name.
    opened : bool
        Whether the help is unfolded.
    """

    _esm = script("writing.js")
    _css = "\n".join([(STATIC / "writing.css").read_text("utf-8"), publish.style()])
    _questions = ("write",)
    text = traitlets.Unicode().tag(sync=True)
    place = traitlets.Unicode().tag(sync=True)
    spoken = traitlets.Unicode().tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    ask = traitlets.Unicode().tag(sync=True)
    questions = traitlets.List(traitlets.Unicode()).tag(sync=True)
    frame = traitlets.Unicode().tag(sync=True)
    directions = traitlets.List(traitlets.Unicode()).tag(sync=True)
    limit = traitlets.Int().tag(sync=True)
    single = traitlets.Bool().tag(sync=True)
    opened = traitlets.Bool().tag(sync=True)

    def __init__(
        self,
        label: str,
        on_write: Writer,
        *,
        questions: Sequence[str] = (),
        directions: Sequence[str] = (),
        **more: Any,
    ) -> None:
        self.on_write = on_write
        super().__init__(
            label=label, questions=list(questions), directions=list(directions), labels=_labels(), **more
        )

    def show(self, text: str, place: str, spoken: str = "") -> None:
        """Show a text that is stored; what was typed and not saved yet stays in the box.

        Parameters
        ----------
        text : str
        place : str
            Where the text belongs: what the browser keeps is kept under this name. Nothing can be
            typed while it is empty.
        spoken : str
            The language of the text, for the spelling checker and the screen reader.
        """
        with self.hold_sync():
            self.text, self.place, self.spoken = text, place, spoken

    def _write(self, message: dict, _buffers: list) -> dict:
        text, base = message.get("text"), message.get("base")
        if not self.place or message.get("place") != self.place:
            raise DataError(
                _("This text belongs to another shop than the one that is open."),
                next_step=_("Open that shop again; the browser keeps the text meanwhile."),
            )
        if not isinstance(text, str):
            raise DataError(_("This text cannot be read."))
        answer = self.on_write(
            text, base=base if isinstance(base, str) else "", again=bool(message.get("again"))
        )
        self.text = answer["text"]
        return answer


def _labels() -> dict[str, str]:
    return {
        "count": _("{n} of {limit} words"),
        "over": _("{over} too many: nothing is cut off, but fewer words are remembered"),
        "gap": _("there is still a gap (…) to fill in"),
        "help": _("Questions that help"),
        "frame": _("Begin with: {text}"),
        "directions": _("Or begin with one of these"),
        "typing": _("not saved yet"),
        "saved": _("saved at {time}"),
        "unsent": _(
            "not saved yet: there is no connection. This browser keeps the text and sends it as soon as it can"
        ),
        "failed": _("not saved"),
    }
