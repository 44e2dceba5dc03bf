"""How does a manifesto become a Word document that can be read, passed round and translated?"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from csworkbook.language import locale, speaking
from csworkbook.manifesto.publish import Manifesto, Paragraphs, require

if TYPE_CHECKING:
    from docx.document import Document

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_INK, _ACCENT, _SOFT = "1F2623", "2F5D50", "5B635F"
_SERIF, _SANS = "Georgia", "Calibri"
# style: typeface, size in points, colour, space before and after in points
_LOOKS = {
    "Normal": (_SANS, 11, _INK, 0, 8),
    "Title": (_SERIF, 28, _INK, 0, 14),
    "Subtitle": (_SANS, 12, _ACCENT, 0, 4),
    "Heading 1": (_SERIF, 16, _ACCENT, 20, 6),
    "Intense Quote": (_SERIF, 14, _INK, 0, 8),
    "List Bullet": (_SANS, 11, _INK, 0, 4),
    "Footer": (_SANS, 9, _SOFT, 0, 0),
}


def docx(manifesto: Manifesto) -> bytes:
    """The manifesto as DOCX: A4, real heading and list styles, language and author set.

    Raises
    ------
    DataError
        When there is nothing to publish.
    """
    from docx import Document as new

    require(manifesto)
    document = new()
    _prepare(document, manifesto)
    if manifesto.shop:
        document.add_paragraph(manifesto.shop, style="Subtitle")
    document.add_paragraph(manifesto.title, style="Title")
    if manifesto.note:
        document.add_paragraph().add_run(manifesto.note).italic = True
    _write(document, manifesto.lead, "Intense Quote")
    for section in manifesto.sections:
        document.add_heading(section.heading, level=1)
        _write(document, section.paragraphs)
    if manifesto.promises:
        document.add_heading(manifesto.promise_heading, level=1)
        _write(document, tuple((promise,) for promise in manifesto.promises), "List Bullet")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _write(document: Document, found: Paragraphs, style: str = "Normal") -> None:
    for lines in found:
        paragraph = document.add_paragraph(style=style)
        for place, line in enumerate(lines):
            run = paragraph.add_run()
            if place:
                run.add_break()
            run.add_text(line)


def _prepare(document: Document, manifesto: Manifesto) -> None:
    """The paper, the styles, the language and what a document says about itself."""
    from docx.shared import Mm

    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Mm(25)
    for name, look in _LOOKS.items():
        _dress(document.styles[name], *look)
    _bare(document.styles["Title"], document.styles["Intense Quote"])
    with speaking(manifesto.language):
        _speak(document, locale().replace("_", "-"))
    about = document.core_properties
    about.title, about.author, about.language = manifesto.title, manifesto.shop, manifesto.language
    about.comments = ""
    foot = f"{manifesto.shop}, {manifesto.written_on}" if manifesto.shop else manifesto.written_on
    page.footer.paragraphs[0].text = foot


def _dress(style: Any, face: str, size: float, colour: str, before: float, after: float) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style.font.name, style.font.size = face, Pt(size)
    style.font.color.rgb = RGBColor.from_string(colour)
    style.font.bold = style.font.italic = False
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in (
        "asciiTheme",
        "hAnsiTheme",
        "eastAsiaTheme",
        "cstheme",
    ):  # a theme would win from the typeface
        fonts.attrib.pop(qn(f"w:{name}"), None)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)


def _bare(*styles: Any) -> None:
    """Take away the lines and indents these styles come with."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    for style in styles:
        properties = style.element.get_or_add_pPr()
        for line in properties.findall(qn("w:pBdr")):
            properties.remove(line)
        style.paragraph_format.left_indent = style.paragraph_format.right_indent = Pt(0)


def _speak(document: Document, language: str) -> None:
    """Set the language for the spelling checker and for screen readers."""
    from docx.oxml.ns import qn

    for said in document.styles.element.iter(qn("w:lang")):
        said.set(qn("w:val"), language)
