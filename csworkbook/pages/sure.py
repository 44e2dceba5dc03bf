"""How does a button ask once more before it does what cannot be undone?"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import ipywidgets

from csworkbook.language import gettext as _
from csworkbook.pages.filecard import press
from csworkbook.pages.talking import markup, see, shared


class Sure(ipywidgets.Box):
    """A button; pressed, it shows a question with yes and no, and only yes calls the function.

    Parameters
    ----------
    label : str
        The text of the button.
    function : callable
        Called after yes; its errors appear as a sentence in `trouble`.
    yes : str
        The text of the button that does it.
    primary : bool
        Whether the first button stands out.

    Attributes
    ----------
    question, hint : str
        What is asked before it is done, and what stands beside the first button until then.
    """

    def __init__(
        self,
        label: str,
        function: Callable[[], object],
        trouble: ipywidgets.VBox,
        *,
        yes: str,
        primary: bool = False,
    ) -> None:
        self.function, self._words = function, markup()
        self._question = self._hint = ""
        self.first = press(label, lambda: self.ask(asking=True), trouble, quiet=not primary)
        self.yes = press(yes, self._do, trouble)
        self.no = press(_("No, not now"), lambda: self.ask(asking=False), trouble, quiet=True)
        super().__init__([self._words, self.first, self.yes, self.no], layout=ipywidgets.Layout())
        self._words.layout = shared(ipywidgets.Layout, width="auto")
        self.add_class("csw-sure")
        self._turn(asking=False)

    @property
    def question(self) -> str:
        """What is asked before it is done."""
        return self._question

    @question.setter
    def question(self, text: str) -> None:
        self._question = text
        self._say()

    @property
    def hint(self) -> str:
        """What stands beside the first button."""
        return self._hint

    @hint.setter
    def hint(self, text: str) -> None:
        self._hint = text
        self._say()

    def ask(self, *, asking: bool) -> None:
        """Ask, or go back to the first button; the keyboard goes along."""
        self._turn(asking=asking)
        (self.no if asking else self.first).focus()

    def _do(self) -> None:
        self._turn(asking=False)
        self.function()

    def _turn(self, *, asking: bool) -> None:
        self._asking = asking
        self._say()
        for button, shown in ((self.first, not asking), (self.yes, asking), (self.no, asking)):
            see(button, shown)

    def _say(self) -> None:
        role, text = (' role="alert"', self._question) if self._asking else ("", self._hint)
        self._words.value = f'<p class="csw"{role}>{escape(text)}</p>' if text else ""
