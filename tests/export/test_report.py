"""The report: one page that asks nothing of the internet and trusts nobody's text."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from types import SimpleNamespace

import pandas as pd
import pytest

from csworkbook import effort, language, personas
from csworkbook.estimates import Estimate
from csworkbook.export.report import report
from csworkbook.findings import Finding
from csworkbook.shop import open_shop

EVIL = "</script><script>alert('x')</script><img src=x onerror=alert(1)>"


class Page(HTMLParser):
    """Tags with their attributes, and the text outside scripts and styles."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.words, self.scripts, self._in = [], [], [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._in = tag if tag in ("script", "style") else ""

    def handle_endtag(self, tag):
        self._in = ""

    def handle_data(self, data):
        (self.scripts if self._in == "script" else self.words if not self._in else []).append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def survey(comment="slow delivery", device="mobile"):
    at = pd.date_range("2026-01-05", periods=6, freq="D", tz="Europe/Amsterdam")
    return pd.DataFrame(
        {"answered_at": at, "choosing": 1, "buying": 2, "after": 3, "comment": comment, "device": device}
    )


def shop(name="Acme", is_demo=False):
    return SimpleNamespace(name=name, is_demo=is_demo)


def page(*results, found=(), **more):
    return Page(report(shop(**more), list(results), list(found), title=more.get("name", "Effort")))


def test_the_page_asks_nothing_of_the_internet():
    demo = open_shop()
    html = report(demo, [("By stage", demo.call(effort.by_stage))], demo.findings(), title="Effort")
    for tag, attributes in Page(html).tags:
        assert tag not in ("link", "iframe", "object", "embed", "base"), tag
        assert not {"src", "href", "srcset", "action"} & set(attributes), (tag, attributes)
    assert "@import" not in html.split("</style>")[0]
    assert "url(" not in html.split("</style>")[0]


def test_every_result_has_its_sentence_table_picture_and_method():
    result = effort.by_stage(survey())
    shown = page(("Where?", result))
    assert result.text in shown.text
    assert result.method in shown.text
    assert sum(tag == "tr" for tag, _ in shown.tags) == 1 + 9
    assert ("div", "figure-1") in [(tag, attributes.get("id")) for tag, attributes in shown.tags]
    drawn = json.loads(re.search(r"const figures = (\{.*\});", shown.scripts[-1]).group(1))
    assert drawn["1"] == json.loads(result.plot().to_json())


@pytest.mark.parametrize("place", ["comment", "segment", "shop", "finding"])
def test_mark_up_typed_by_people_is_only_text(place):
    results = [
        ("Comments", effort.comments(survey(EVIL))),
        ("By", effort.by_stage(survey(device=EVIL), by="device")),
    ]
    results = {"comment": results[:1], "segment": results[1:]}.get(place, [])
    found = (
        [Finding("03_effort_survey", EVIL, Estimate(0.5, 0.4, 0.6, 90), None, EVIL)]
        if place == "finding"
        else []
    )
    shown = page(*results, found=found, name=EVIL if place == "shop" else "Acme")
    assert not [tag for tag, _attributes in shown.tags if tag == "img"]
    assert sum(tag == "script" for tag, _ in shown.tags) == (2 if results else 0)
    assert "alert('x')" in shown.text
    assert all("onerror" not in attributes for _tag, attributes in shown.tags)


def test_findings_stand_in_the_order_given_with_value_and_assumptions():
    found = [
        Finding("03", "First.", Estimate(0.5, 0.4, 0.6, 90), "effort-buy-again", "Do this.",
                Estimate(12_000, 9000, 15_000, 90, "money"), ("one is so", "two is so")),
        Finding("03", "Second.", None, enough=385),
    ]  # fmt: skip
    text = page(found=found).text
    assert text.index("First.") < text.index("Do this.") < text.index("Second.")
    assert "€12,000 (€9,000 to €15,000, n = 90), if one is so and two is so." in text
    assert "94%" in text
    assert text.count("do not add them up") == 1
    assert "add them up" not in page(found=found[1:]).text


def test_no_findings_are_said():
    assert "Nothing was found that cannot be chance." in page().text


@pytest.mark.parametrize("is_demo", [True, False])
def test_invented_figures_are_called_invented(is_demo):
    assert ("invented" in page(is_demo=is_demo).text) == is_demo


def test_a_dutch_report_is_dutch():
    with language.speaking("nl"):
        shown = page(("Waar?", effort.by_stage(survey())))
    assert dict(shown.tags)["html"] == {"lang": "nl"}
    assert "Wat eerst te doen" in shown.text or "What to do first" not in shown.text


def test_a_long_table_is_cut_and_says_so():
    frame = pd.concat([survey(device=f"d{i:02}") for i in range(20)])
    assert "… and 140 more rows" in page(("By", effort.by_stage(frame, by="device"))).text


def test_customers_one_by_one_stay_out_of_a_report_that_may_be_mailed():
    demo = open_shop()
    invited = demo.call(personas.whom)
    shown = page(("Whom?", invited)).text
    assert invited.headline in shown
    assert "not part of a report" in shown
    assert not [number for number in invited.table["customer_id"] if str(number) in shown]


def test_a_page_without_pictures_carries_no_plotly():
    assert len(report(shop(), [], [], title="x")) < 20_000
