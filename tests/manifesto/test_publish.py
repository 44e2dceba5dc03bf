"""What is published, read back by others: an HTML parser, python-docx and mistune."""

import io
import re
import zipfile
from datetime import date
from html.parser import HTMLParser
from xml.etree import ElementTree

import docx
import mistune
import pytest
import tinyhtml5
from hypothesis import given, settings
from hypothesis import strategies as st

from csworkbook.errors import DataError
from csworkbook.language import speaking
from csworkbook.manifesto import draft as drafts
from csworkbook.manifesto import publish, publish_docx
from csworkbook.manifesto.draft import Draft

HTML = "{http://www.w3.org/1999/xhtml}"
ON = date(2026, 3, 2)
NASTY = "<script>alert('x')</script> <img src=x onerror=hack()> & </style> \"quoted\" \x00\x07 {{ 7*7 }} [a](javascript:x)"
SHOP = "Café “Zoë” & <b>Zn.</b>"


@pytest.fixture
def full():
    texts = {
        "brand": "Wij vinden dat …\nbrood 😀\n\nDaarom bakken we.",
        "price": "Eerlijk & laag",
        "product": "1. Goed\n# Echt goed",
        "delivery": "Morgen",
        "ambition": "We bellen terug.",
    }
    draft = Draft(texts, ("product", "delivery"), language="nl")
    return publish.compose(draft, "Kade 9", promises=["We antwoorden binnen 24 uur."], on=ON)


def parsed(html):
    """The document as a standards parser builds it, and what it minds."""
    parser = tinyhtml5.parser.HTMLParser()
    tree = parser.parse(html)
    return tree, parser.errors


def said(tree, tag):
    return ["".join(one.itertext()) for one in tree.iter(f"{HTML}{tag}")]


def test_the_strongest_are_published_and_the_others_wait(full):
    assert [section.heading for section in full.sections] == [
        "Onze producten",
        "Onze levering",
        "Wat je van ons mag verwachten",
    ]
    assert full.title == "Waar Kade 9 voor staat"
    assert full.written_on == "2 maart 2026"


def test_without_a_choice_everything_that_was_written_is_published():
    made = publish.compose(Draft({"price": "Low", "service": "Kind", "product": " \n "}, language="en"), "")
    assert [section.heading for section in made.sections] == ["Our prices", "Our service"]
    assert made.title == "What we stand for"


def test_the_page_is_well_formed_and_in_its_language(full):
    tree, errors = parsed(publish.html(full))
    assert errors == []
    assert tree.get("lang") == "nl"
    assert said(tree, "title") == ["Waar Kade 9 voor staat"]
    assert said(tree, "h1") == ["Waar Kade 9 voor staat"]
    assert said(tree, "h2") == [
        "Onze producten",
        "Onze levering",
        "Wat je van ons mag verwachten",
        "Dit beloven we je",
    ]
    assert said(tree, "li") == ["We antwoorden binnen 24 uur."]
    assert len(list(tree.iter(f"{HTML}main"))) == 1
    assert [time.get("datetime") for time in tree.iter(f"{HTML}time")] == ["2026-03-02"]


def test_the_page_stands_alone(full):
    html = publish.html(full)
    tree, _errors = parsed(html)
    assert not list(tree.iter(f"{HTML}script"))
    assert not re.search(r"https?:|url\(|@import|src=|<link|\son\w+=", html)


def test_lines_and_paragraphs_stay(full):
    tree, _errors = parsed(publish.html(full))
    lead = [p for p in tree.iter(f"{HTML}p") if p.get("class") == "mf-lead"]
    assert ["".join(p.itertext()) for p in lead] == ["Wij vinden dat …brood 😀", "Daarom bakken we."]
    assert [len(list(p.iter(f"{HTML}br"))) for p in lead] == [1, 0]


@pytest.mark.parametrize("example", [True, False])
def test_an_example_says_that_it_is_one(example):
    made = publish.compose(drafts.example("en"), "Merel & Mos", example=example)
    assert ("invented" in publish.html(made)) is example
    assert ("invented" in publish.markdown(made)) is example
    assert ("invented" in "".join(p.text for p in opened(made).paragraphs)) is example


def test_nasty_text_is_text_everywhere():
    made = publish.compose(Draft({"brand": NASTY, "ambition": NASTY}, language="en"), SHOP, promises=[NASTY])
    shown = NASTY.replace("\x00\x07 ", "")
    tree, errors = parsed(publish.html(made))
    assert errors == []
    assert said(tree, "p")[:2] == [SHOP, shown]
    assert said(tree, "li") == [shown]
    assert not [one for one in tree.iter() if one.tag in (f"{HTML}img", f"{HTML}script", f"{HTML}b")]
    tags = set(re.findall(r"<(\w+)", mistune.html(publish.markdown(made))))
    assert tags <= {"h1", "h2", "p", "ul", "li", "br"}
    assert [p.text for p in opened(made).paragraphs][:3] == [SHOP, f"What {SHOP} stands for", shown]


def test_nothing_to_publish_is_said():
    nothing = publish.compose(Draft(name="Kade 9"), "Kade 9")
    for make in (publish.html, publish.markdown, publish_docx.docx):
        with pytest.raises(DataError, match=r"nothing to publish yet.*Write one"):
            make(nothing)


def test_the_preview_is_the_page_with_lower_headings(full):
    found = publish.preview(full)
    assert found.count("<h3") == 1
    assert found.count("<h4") == 4
    assert "<h1" not in found
    assert "<style" not in found


def read_markdown(text):
    """What a Markdown reader shows: block tags with their text."""
    blocks = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, _attrs):
            if tag == "br":
                blocks[-1][1] += "\n"
            elif tag != "ul":
                blocks.append([tag, ""])

        def handle_data(self, data):
            if blocks and data.strip():
                blocks[-1][1] += data.replace("\n", "")

    Reader().feed(mistune.html(text))
    return [tuple(block) for block in blocks]


def test_markdown_reads_as_it_was_written(full):
    assert read_markdown(publish.markdown(full)) == [
        ("h1", "Waar Kade 9 voor staat"),
        ("p", "Wij vinden dat …\nbrood 😀"),
        ("p", "Daarom bakken we."),
        ("h2", "Onze producten"),
        ("p", "1. Goed\n# Echt goed"),
        ("h2", "Onze levering"),
        ("p", "Morgen"),
        ("h2", "Wat je van ons mag verwachten"),
        ("p", "We bellen terug."),
        ("h2", "Dit beloven we je"),
        ("li", "We antwoorden binnen 24 uur."),
    ]


LINES = ["# no", "## no", "1. no", "2) no", "- no", "+ no", "* no", "> no", "---", "===", "***", "| a | b |",
         "    code", "\tcode", "```", "~~~", "[x]: /y", "![i](j)", "<b>", "&amp; &#65; &copy", "a\\b", "**b** __c__",
         "`d`", "~~e~~", "[^1]", ": def", "$5 and $10", "https://kade9.nl", "<https://kade9.nl>", "e-mail 24/7",
         "- [ ] task", "ends with \\", "H~2~O x^2^", "{{ jinja }}", "=high=", "*", "_", "#"]  # fmt: skip


@pytest.mark.parametrize("line", LINES)
def test_no_line_becomes_markup(line):
    made = publish.compose(Draft({"brand": f"one\n{line}\ntwo"}, language="en"), "")
    assert read_markdown(publish.markdown(made))[1:] == [("p", f"one\n{line.strip()}\ntwo")]
    alone = publish.compose(Draft({"brand": line}, language="en"), "")
    assert read_markdown(publish.markdown(alone))[1:] == [("p", line.strip())]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_any_text_at_all_can_be_published(text):
    made = publish.compose(
        Draft({"brand": f"x {text}", "ambition": text}, language="nl"), text, promises=[text]
    )
    tree, errors = parsed(publish.html(made))
    assert errors == []
    lead = "\n".join(line for lines in made.lead for line in lines)
    assert "".join("".join(p.itertext()) for p in tree.iter(f"{HTML}p") if p.get("class") == "mf-lead") == (
        lead.replace("\n", "")
    )
    assert opened(made).core_properties.language == "nl"
    assert publish.filename(made, "md").endswith("servicemanifest.md")


def opened(made):
    return docx.Document(io.BytesIO(publish_docx.docx(made)))


def test_the_document_has_real_styles_and_says_its_language(full):
    document = opened(full)
    assert [(p.style.name, p.text) for p in document.paragraphs] == [
        ("Subtitle", "Kade 9"),
        ("Title", "Waar Kade 9 voor staat"),
        ("Intense Quote", "Wij vinden dat …\nbrood 😀"),
        ("Intense Quote", "Daarom bakken we."),
        ("Heading 1", "Onze producten"),
        ("Normal", "1. Goed\n# Echt goed"),
        ("Heading 1", "Onze levering"),
        ("Normal", "Morgen"),
        ("Heading 1", "Wat je van ons mag verwachten"),
        ("Normal", "We bellen terug."),
        ("Heading 1", "Dit beloven we je"),
        ("List Bullet", "We antwoorden binnen 24 uur."),
    ]
    about = document.core_properties
    assert (about.title, about.author, about.language, about.comments) == (full.title, "Kade 9", "nl", "")
    assert round(document.sections[0].page_width.mm) == 210
    assert document.sections[0].footer.paragraphs[0].text == "Kade 9, 2 maart 2026"


def test_the_spelling_checker_is_told_the_language(full):
    with zipfile.ZipFile(io.BytesIO(publish_docx.docx(full))) as archive:
        styles = ElementTree.fromstring(archive.read("word/styles.xml"))
    word = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    assert {one.get(f"{word}val") for one in styles.iter(f"{word}lang")} == {"nl-NL"}


@pytest.mark.parametrize(
    ("shop", "name"),
    [
        ("Müller & Zn. (fietsen)", "müller-zn-fietsen-servicemanifest.html"),
        ("../../etc/passwd", "etc-passwd-servicemanifest.html"),
        ("😀", "servicemanifest.html"),
        ("", "servicemanifest.html"),
        ("x" * 200, "x" * 60 + "-servicemanifest.html"),
    ],
)
def test_file_names_are_plain(shop, name):
    assert publish.filename(publish.compose(Draft(language="nl"), shop), "html") == name


def test_the_language_is_the_drafts_whatever_is_spoken():
    with speaking("nl"):
        made = publish.compose(Draft({"brand": "We bake"}, language="en"), "Kade 9", on=ON)
        assert made.title == "What Kade 9 stands for"
        assert made.written_on == "2 March 2026"
        assert publish.compose(Draft({"brand": "We bakken"}), "Kade 9").language == "nl"


def test_the_summary_is_short_and_whole_words():
    made = publish.compose(Draft({"brand": "woord " * 80}, language="nl"), "Kade 9")
    assert len(made.summary) <= 157
    assert made.summary.endswith("woord …")
