"""How does a manifesto reach the customers: a page ready to publish, Markdown for a shop system, Word to pass round?

Whatever was typed is text in all of them: markup in it is shown, never run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from csworkbook import language
from csworkbook.errors import DataError
from csworkbook.language import gettext as _
from csworkbook.manifesto.draft import Draft
from csworkbook.manifesto.statements import AMBITION, BRAND, VALUES, parts, published

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Template
    from markupsafe import Markup

_FOLDER = Path(__file__).parent
_SUMMARY = 155
# what no page and no document can hold: control and other characters that stand for nothing
_NOTHING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")

Paragraphs = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    """A heading and the paragraphs under it; `kind` is "value" or "ambition"."""

    kind: str
    heading: str
    paragraphs: Paragraphs


@dataclass(frozen=True)
class Manifesto:
    """What is published, in the language it was written in: texts only, no markup.

    `lead` is the brand statement, `sections` what follows it, `promises` are sentences under
    `promise_heading`; `note` says that it is an example, where it is one.
    """

    shop: str
    language: str
    title: str
    lead: Paragraphs
    sections: tuple[Section, ...]
    promises: tuple[str, ...]
    promise_heading: str
    day: date
    note: str = ""

    @property
    def values(self) -> list[Section]:
        """The sections about what the shop offers."""
        return [section for section in self.sections if section.kind == "value"]

    @property
    def ambition(self) -> list[Section]:
        """The section about service, if there is one."""
        return [section for section in self.sections if section.kind == "ambition"]

    @property
    def written_on(self) -> str:
        """The day, in words."""
        with language.speaking(self.language):
            return language.day(self.day)

    @property
    def summary(self) -> str:
        """The beginning of the lead, or else the title, for search engines."""
        text = " ".join(line for lines in self.lead for line in lines) or self.title
        return text if len(text) <= _SUMMARY else text[:_SUMMARY].rsplit(" ", 1)[0] + " …"

    @property
    def empty(self) -> bool:
        """Whether there is nothing to publish."""
        return not (self.lead or self.sections or self.promises)


def compose(
    draft: Draft, shop: str, *, promises: Sequence[str] = (), example: bool = False, on: date | None = None
) -> Manifesto:
    """What a draft becomes when it is published.

    Parameters
    ----------
    draft : Draft
        Of the four statements of value only the strongest are published; all of them while none is chosen.
    shop : str
        The name of the shop; may be empty.
    promises : sequence of str
        Promises as sentences for customers, in the draft's language.
    example : bool
        Whether it is the example, which says so.
    on : date, optional
        The day to put under it; today by default.

    >>> draft = Draft({"price": "Low.", "product": "Good."}, strongest=("product",), language="en")
    >>> [section.heading for section in compose(draft, "Kade 9").sections]
    ['Our products']
    """
    known, said, name = parts(draft.spoken), published(draft.spoken), plain(shop)
    values = draft.strongest or VALUES
    sections = [Section("value", known[part].heading, paragraphs(draft.text(part))) for part in values]
    sections.append(Section("ambition", known[AMBITION].heading, paragraphs(draft.text(AMBITION))))
    return Manifesto(
        name,
        draft.spoken,
        said["title"].replace("{shop}", name) if name else said["nameless"],
        paragraphs(draft.text(BRAND)),
        tuple(section for section in sections if section.paragraphs),
        tuple(map(plain, promises)),
        said["promises"],
        on or date.today(),
        said["example"] if example else "",
    )


def html(manifesto: Manifesto) -> str:
    """A page of its own, ready to publish: no script, no request, good to print.

    Raises
    ------
    DataError
        When there is nothing to publish.
    """
    require(manifesto)
    return _template("page").render(manifesto=manifesto, style=_trusted(style()))


def preview(manifesto: Manifesto) -> str:
    """The same as a part of another page: its headings come below that page's own."""
    return _template("body").module.body(manifesto, 3)


def markdown(manifesto: Manifesto) -> str:
    """The manifesto in Markdown (CommonMark).

    Raises
    ------
    DataError
        When there is nothing to publish.
    """
    require(manifesto)
    blocks = [f"# {escaped(manifesto.title)}"]
    blocks += [f"*{escaped(manifesto.note)}*"] if manifesto.note else []
    blocks += _blocks(manifesto.lead)
    for section in manifesto.sections:
        blocks += [f"## {escaped(section.heading)}", *_blocks(section.paragraphs)]
    if manifesto.promises:
        kept = "\n".join(f"- {escaped(promise)}" for promise in manifesto.promises)
        blocks += [f"## {escaped(manifesto.promise_heading)}", kept]
    return "\n\n".join(blocks) + "\n"


def filename(manifesto: Manifesto, ending: str) -> str:
    """A file name of letters, digits and hyphens.

    >>> draft = Draft({"brand": "We bake."}, language="en")
    >>> filename(compose(draft, "Müller & Zn./Kade 9"), "html")
    'müller-zn-kade-9-service-manifesto.html'
    """
    called = published(manifesto.language)["file"]
    words = re.findall(r"\w+", f"{manifesto.shop[:60]} {called}".casefold())
    return f"{'-'.join(words)}.{ending}"


def require(manifesto: Manifesto) -> None:
    """Raise a DataError where there is nothing to publish."""
    if manifesto.empty:
        raise DataError(
            _("There is nothing to publish yet."), next_step=_("Write one of the statements first.")
        )


def plain(text: str) -> str:
    """One line of text without characters that stand for nothing.

    >>> plain(" Merel\\x00 &\\n Mos ")
    'Merel & Mos'
    """
    return " ".join(_NOTHING.sub("", text).split())


def paragraphs(text: str) -> Paragraphs:
    """A text as paragraphs of lines: an empty line parts two paragraphs.

    >>> paragraphs("One\\ntwo\\n\\n\\nthree ")
    (('One', 'two'), ('three',))
    """
    lines = [plain(line) for line in re.split(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]", text)]
    blocks = "\n".join(lines).split("\n\n")
    return tuple(tuple(filter(None, block.split("\n"))) for block in blocks if block.strip())


def escaped(text: str) -> str:
    r"""A line in Markdown that reads as it was typed.

    >>> escaped("# 1 *really* <b>"), escaped("1. e-mail & chat")
    ('\\# 1 \\*really\\* \\<b\\>', '1\\. e-mail & chat')
    """
    text = re.sub(r"([\\`*_\[\]<>~|$^{}])", r"\\\1", text)
    text = re.sub(r"&(?=#?\w+;)", r"\\&", text)
    text = re.sub(r"^([#+=:-])", r"\\\1", text)
    return re.sub(r"^(\d+)([.)])", r"\1\\\2", text)


def _blocks(found: Paragraphs) -> list[str]:
    return ["\\\n".join(map(escaped, lines)) for lines in found]


def _trusted(text: str) -> Markup:
    from markupsafe import Markup

    return Markup(text)


@lru_cache
def style() -> str:
    """The style sheet of the page and of its preview; all its classes begin with ``mf``."""
    return (_FOLDER / "page.css").read_text("utf-8")


@lru_cache
def _template(name: str) -> Template:
    from jinja2 import Environment, FileSystemLoader

    environment = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template(f"{name}.html.j2")
