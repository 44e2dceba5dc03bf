"""How does any chapter function become controls, headline, picture, table and downloads?"""

from __future__ import annotations

import contextlib
import inspect
import json
import re
from collections.abc import Callable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets

from csworkbook import figures, language
from csworkbook.errors import MissingTable
from csworkbook.language import gettext as _
from csworkbook.pages import limits
from csworkbook.pages.controls import control, is_days, label_said, option_said, step_said
from csworkbook.pages.fold import Fold
from csworkbook.pages.page import Page, soon
from csworkbook.pages.table import Table
from csworkbook.pages.talking import boxed, guarded, markup, seen, shared
from csworkbook.pages.widgets import Download, Picture
from csworkbook.results import Result, word
from csworkbook.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd

    from csworkbook.shop import Shop


def panel(
    shop: Shop,
    function: Callable[..., Result],
    title: str = "",
    *,
    more: Mapping[str, Any] | None = None,
    **controls: Any,
) -> Panel:
    """Any chapter function as a panel: controls, headline, picture, table and downloads.

    Parameters
    ----------
    shop : Shop
        Where the tables come from; the panel follows when the page shows another one.
    function : callable
        A chapter function: positional parameters named for tables (or one, `shop`), the rest keyword-only.
    title : str
        The panel's head; the question the function answers by default.
    more : dict
        Controls like `controls` that are used less often: they are folded away behind "More choices".
    **controls
        One per keyword parameter, as in ``ipywidgets.interact``: a list to choose from, a
        (least, most, step), a (first, last) day, True or False; or a function of the tables that gives
        one of these.

    >>> from csworkbook import effort
    >>> from csworkbook.shop import open_shop
    >>> panel(open_shop(), effort.by_stage, by=[None, "device"]).result.by is None
    True
    """
    return Panel(shop, function, title, controls, more)


class Panel(ipywidgets.VBox):
    """What `panel` makes; `result` is what it shows now, None when there is nothing to show."""

    def __init__(
        self,
        shop: Shop,
        function: Callable[..., Result],
        title: str,
        options: Mapping[str, Any],
        more: Mapping[str, Any] | None = None,
    ) -> None:
        self.page, self.function, self.title = Page.of(shop), function, title or _(function.question)
        self.options, self.more = {**options, **(more or {})}, set(more or ())
        self.result, self.prepared = None, False
        self.controls: dict[str, ipywidgets.Widget] = {}
        self._ahead: tuple[dict[str, Any], Shop, Result] | None = None
        head = markup(f'<h2 class="csw-title">{escape(self.title)}</h2>')
        super().__init__([head], layout=shared(ipywidgets.Layout))
        self._look("waiting")
        self.page.add(self)

    @property
    def heavy(self) -> bool:
        """Whether it puts three tables or more together, which takes seconds: lighter panels go first."""
        return len(self.parameters & TABLES.keys()) > 2

    @property
    def parameters(self) -> set[str]:
        """The names of what its function takes."""
        return set(inspect.signature(self.function).parameters)

    def prepare(self) -> None:
        """Work out ahead what the panel will show first; nothing appears yet."""
        self.prepared = True
        if self.page.veiled:
            return
        with contextlib.suppress(Exception):  # it comes again, and is told, when the panel is shown
            starts = {name: self._start(name, self._listed(name)) for name in self.options}
            self._ahead = starts, self.page.shop, self._call(starts)

    def forget(self) -> None:
        """Not to show what was worked out ahead: something it depends on changed."""
        self._ahead = None

    def refresh(self) -> None:
        """Work it out again, from the shop the page shows now; not while its figures are to stay away."""
        if self.page.veiled:
            return
        if len(self.children) == 1:
            self._build()
        guarded(self._refresh_controls, self._complain)()
        self._show()

    def clear(self) -> None:
        """Take away all that was worked out, in the browser too."""
        self.children, self.controls, self.result, self._ahead = self.children[:1], {}, None, None
        self._look("waiting")

    def _build(self) -> None:
        self._bar, self._fold = (
            ipywidgets.Box(layout=shared(ipywidgets.Layout)),
            Fold() if self.more else None,
        )
        self._words, self._picture, self._table = markup(), ipywidgets.Output(), Table(_nothing())
        buttons = ipywidgets.Box(self._downloads(), layout=shared(ipywidgets.Layout))
        for part, name in ((self._bar, "controls"), (self._picture, "figure"), (buttons, "actions")):
            part.add_class(f"csw-{name}")
        self._picture.layout.height = f"{figures.HEIGHT}px"
        self._make_controls()
        fold = [self._fold] if self.more else []
        self.children = (*self.children, self._bar, *fold, self._words, self._picture, self._table, buttons)

    def _look(self, state: str) -> None:
        """The panel's classes: "waiting" keeps the room for what will come, "empty" gives it up."""
        away = () if seen(self) else ("csw-away",)
        self._dom_classes = ("csw-panel", f"csw-{state}", *away)

    def _complain(self, text: str) -> None:
        self._words.value, self._picture.outputs = boxed(text, "error"), ()
        self._look("empty")

    def _show(self, _change: Any = None) -> None:
        self.result = guarded(self._compute, self._complain)()  # None after an error, which is told
        if self.result is not None:
            guarded(self._draw, self._complain)()
        self.page.changed()

    def _lack(self, text: str) -> None:
        """Say that a table is not there yet: no fault, only something to bring."""
        self._words.value, self._picture.outputs = boxed(text), ()
        self._look("empty")

    def _compute(self) -> Result | None:
        chosen = {name: widget.value for name, widget in self.controls.items()}
        ahead, self._ahead = self._ahead, None
        if ahead and ahead[:2] == (chosen, self.page.shop):
            return ahead[2]
        try:
            return self._call(chosen)
        except MissingTable as missing:
            self._lack(str(missing))
            return None

    def _call(self, chosen: dict[str, Any]) -> Result:
        """The result for these choices; a function that asks for the shop itself gets it."""
        shop = self.page.shop
        if next(iter(inspect.signature(self.function).parameters), "") == "shop":
            return self.function(shop, **chosen)
        return shop.call(self.function, **{**self._given(self.function), **chosen})

    def _given(self, function: Callable) -> dict[str, Any]:
        """What was answered elsewhere on the page, of what this function takes."""
        parameters = inspect.signature(function).parameters
        return {name: value for name, value in self.page.given.items() if name in parameters}

    def _draw(self) -> None:
        figure = self.result.plot()
        self._picture.layout.height = f"{figure.layout.height or figures.HEIGHT}px"
        self._picture_button.filename = self._filename()
        data = figures.bundle(figure, self._filename())
        self._picture.outputs = ({"output_type": "display_data", "data": data, "metadata": {}},)
        self._say()
        self._look("shown")
        soon(0.05, self._fill)  # the picture first

    def _say(self) -> None:
        """The text, and whether the picture can be pressed to see what is behind it."""
        self._picture_button.clickable = self.page.shows(self.result.opens)
        hint = _("Click on a part of the picture to see what is behind it.")
        self._words.value = "".join(
            (
                _said(self.result.headline, self.result.further),
                f'<p class="csw csw-soft">{escape(hint)}</p>' if self._picture_button.clickable else "",
                _details(self.result.method),
            )
        )

    def meet(self, other: Panel) -> None:
        """Another panel came to the page: a picture that opens it can be pressed from now on."""
        if self.result is not None and self.result.opens == other.function.__name__:
            self._say()

    def _fill(self) -> None:
        """Show the result in the table: the shown columns, each written as people read it."""
        if self.result is not None:
            found = limits.shown(self.result)
            self._table.heads = {column: self._headed(column, head) for column, head in found.heads.items()}
            self._table.show(
                found.frame, written=found.written, wrapped=found.limited, note=limits.note(found.limited)
            )

    def _headed(self, column: str, head: str) -> str:
        return (self.page.header(column) if head == column else None) or head

    def _opened(self, mark: str) -> None:
        """Somebody clicked on a mark of the picture: the panel with what is behind it shows that."""
        if self.result is not None and self.result.opens:
            self.page.look_behind(self.result.opens, json.loads(mark))

    def choose(self, choices: Mapping[str, Any]) -> None:
        """Put the controls on these choices, where they can be chosen, and come into view."""
        for name in choices.keys() & self.controls.keys():
            widget = self.controls[name]
            if choices[name] in getattr(widget, "_options_values", ()):
                widget.value = choices[name]
        self._picture_button.bring_into_view()

    def _make_controls(self) -> None:
        made = {name: guarded(self._control, self._complain)(name) for name in self.options}
        self.controls = {name: widget for name, widget in made.items() if widget is not None}
        self._bar.children = tuple(w for name, w in self.controls.items() if name not in self.more)
        if self._fold:
            self._fold.hold([w for name, w in self.controls.items() if name in self.more])
        for name, widget in self.controls.items():
            self.page.visit.keep(f"{self.function.__name__}.{name}", widget)
            widget.observe(self._show, "value")

    def _control(self, name: str) -> ipywidgets.Widget | None:
        options = self._listed(name)
        if options == []:
            return None  # nothing to choose; the function says what it lacks
        start = self._start(name, options)
        if isinstance(options, list):
            options = [(self._named(name, option), option) for option in options]
        label = self._parts("labels").get(name) or label_said(name)
        made = control(name, options, label, value=start)
        made.tooltip = name
        return made

    def _named(self, name: str, option: Any) -> str:
        """An option as people say it; a column to split by as the owner called it."""
        said = self._parts("choices").get((name, option))
        column = isinstance(option, str) and name == "by" and word(option) == option
        step = name == "step" and option is not None
        called = step_said(option) if step else self.page.header(option) if column else None
        return said or called or option_said(name, option)

    def _parts(self, which: str) -> Mapping:
        """What the function calls its parameters ("labels") or their options ("choices")."""
        return getattr(self.function, which, dict)()

    def _listed(self, name: str) -> Any:
        """The options of a control, the shop's own setting among them; what depends on the data is asked from the shop."""
        options = self.options[name]
        if callable(options):
            return self.page.shop.call(options, **self._given(options))
        mine = getattr(self.page.shop.settings, name, None)
        own = isinstance(options, list) and isinstance(mine, float) and mine not in options
        return sorted([*options, mine]) if own else options

    def _start(self, name: str, options: Any) -> Any:
        """Where a control starts: the shop's setting of that name, or the function's own default."""
        default = inspect.signature(self.function).parameters[name].default
        value = getattr(self.page.shop.settings, name, default)
        value = language.current() if name == "language" else value
        if isinstance(options, list):
            return value if value in options or not options else options[0]
        if is_days(options):
            return value or ""
        return 0 if value is None else value

    def _refresh_controls(self) -> None:
        """Choices that depend on the data may be other ones now; what still can be chosen stays."""
        listed = {name: self._listed(name) for name, options in self.options.items() if callable(options)}
        if any((listed[name] == []) == (name in self.controls) for name in listed):
            self._make_controls()  # there is something to choose where nothing was, or the other way round
            return
        for name in listed.keys() & self.controls.keys():
            widget = self.controls[name]
            widget.unobserve(self._show, "value")
            if is_days(listed[name]):
                widget.bound(*listed[name])
            else:
                self._offer(name, listed[name])
            widget.observe(self._show, "value")

    def _offer(self, name: str, options: list) -> None:
        """Let these be chosen."""
        widget = self.controls[name]
        if options != list(widget._options_values):
            before = widget.value
            widget.options = [(self._named(name, option), option) for option in options]
            widget.index = options.index(before) if before in options else 0

    def _filename(self) -> str:
        return re.sub(r"[^\w]+", "-", f"{self.page.shop.name} {self.title}".lower()).strip("-")[:90]

    def _downloads(self) -> list[ipywidgets.Widget]:
        self._picture_button = Picture(_("Picture (PNG)"), self._filename(), self._opened)
        return [
            Download(_("Table (Excel)"), self._xlsx),
            Download(_("Table (CSV)"), self._csv),
            self._picture_button,
        ]

    def _xlsx(self) -> tuple[str, str, bytes]:
        from csworkbook.export import sheets

        about = [self.page.shop.name, self.title, self.result.text, self.result.method]
        content = sheets.xlsx(self.result.sheet(), name=self.title, about=about, kinds=self.result.kinds())
        return f"{self._filename()}.xlsx", sheets.XLSX, content

    def _csv(self) -> tuple[str, str, bytes]:
        from csworkbook.export import sheets

        return f"{self._filename()}.csv", "text/csv", sheets.csv(self.result.sheet())


def _said(headline: str, further: str) -> str:
    """The answer in bold, what follows from it in plain letters."""
    told = f"<b>{escape(headline)}</b> {escape(further)}".strip()
    return f'<p class="csw csw-headline csw-told" aria-live="polite">{told}</p>'


def _details(method: str) -> str:
    if not method:
        return ""
    summary = escape(_("How this was worked out"))
    return f'<details class="csw csw-method"><summary>{summary}</summary><p>{escape(method)}</p></details>'


def _nothing() -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame()
