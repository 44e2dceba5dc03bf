"""The report of a week: one page that stands alone, safe, honest about what is not known, in both languages."""

import re
from datetime import date
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from csworkbook.errors import DataError, SettingError
from csworkbook.kpis import week_figures, week_report
from csworkbook.kpis.definitions import DEFINITIONS, KPIS, METRICS
from csworkbook.kpis.sparks import HEIGHT, WIDTH, spark
from csworkbook.kpis.tallies import weekly
from csworkbook.language import speaking
from csworkbook.shop import new_shop, open_shop

DROP = date(2025, 10, 6)  # the planted story: 2025-W41
SVG = re.compile(r"<svg.*?</svg>", re.DOTALL)


@pytest.fixture(scope="module")
def demo():
    return open_shop()


@pytest.fixture(scope="module")
def rows(demo):
    return demo.call(weekly)


class Checked(HTMLParser):
    """Reads a page: every element that is opened is closed, and nothing points elsewhere."""

    VOID = ("meta", "br", "link", "img")

    def __init__(self):
        super().__init__()
        self.open, self.addresses, self.tags, self.text = [], [], set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.addresses += [value for name, value in attrs if name in ("src", "href", "srcset", "action")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def read(html):
    page = Checked()
    page.feed(html)
    assert page.open == []
    return page


@pytest.mark.parametrize("spoken", ["en", "nl"])
def test_it_stands_alone_and_holds_every_figure(demo, spoken):
    with speaking(spoken):
        made = week_report.report(demo, DROP)
        page = read(made.html)
        names = [DEFINITIONS[one].name for one in (*KPIS, *METRICS)]
    assert made.filename == "merel-mos-2025-w41.html"
    assert len(made.html.encode()) < 2_000_000
    assert page.addresses == []
    assert not page.tags & {"script", "link", "img", "iframe"}
    assert "url(" not in made.html
    assert f'<html lang="{spoken}">' in made.html
    told = " ".join(page.text)
    assert all(name in told for name in names)
    assert len(SVG.findall(made.html)) == len(names) + 2  # and two beside them
    assert all(ElementTree.fromstring(one) is not None for one in SVG.findall(made.html))
    assert ("invented" if spoken == "en" else "verzonnen") in told


def test_the_planted_drop_is_what_changed_in_its_week_and_in_no_other_near_it(demo):
    page = week_report.report(demo, DROP).html
    changed = page.split('class="changed"')[1].split("</div>")[0]
    assert "Satisfied customers" in changed
    for week in (date(2025, 9, 29), date(2025, 10, 13)):
        changed = week_report.report(demo, week).html.split('class="changed"')[1].split("</div>")[0]
        assert "Satisfied customers" not in changed


def test_the_figures_are_those_of_that_week(rows):
    found = week_figures.figures(rows, DROP, {})
    whole = rows[rows["channel"] == ""].set_index(["metric", "period"])["value"]
    assert set(found) == set(DEFINITIONS)
    for metric, figure in found.items():
        assert figure.now["value"] == whole[metric, figure.now["period"]]
        assert figure.now["period"] <= pd.Timestamp(DROP)
        assert figure.said != "–"
    assert found["satisfied"].now["period"] == pd.Timestamp(DROP)
    assert found["satisfied"].signal == "below"
    assert found["satisfied"].worse
    assert found["satisfied"].now["value"] == pytest.approx(0.30, abs=0.15)  # planted


def test_nothing_of_later_weeks_plays_a_part(rows):
    cut = rows[rows["period"] <= pd.Timestamp(DROP)]
    one, other = week_figures.figures(rows, DROP, {}), week_figures.figures(cut, DROP, {})
    for metric in one:
        pd.testing.assert_frame_equal(one[metric].table, other[metric].table)


def test_a_figure_that_needs_time_says_of_which_week_it_is(demo, rows):
    last = week_report.weeks(demo)[0]
    found = week_figures.figures(rows, last, {})
    assert found["complaining"].now["period"] == pd.Timestamp(last)
    late = found["first_contact"]  # within 14 days: the last two weeks cannot be known
    assert late.now["period"] <= pd.Timestamp(last) - pd.Timedelta(days=14)
    assert f"of week {late.now['period'].isocalendar().week}" in late.range


def test_the_week_before_is_the_week_before_and_not_an_earlier_one(rows):
    gap = rows[~((rows["metric"] == "satisfied") & (rows["period"] == pd.Timestamp("2025-09-29")))]
    assert week_figures.figures(gap, DROP, {})["satisfied"].before == "–"
    assert week_figures.figures(rows, DROP, {})["satisfied"].before != "–"


@pytest.mark.parametrize(
    ("aim", "said", "found"), [(0.95, "not reached", 1), (0.05, "reached", 0), (0.33, "cannot tell yet", 0)]
)
def test_targets_and_what_to_do(rows, aim, said, found):
    figures = week_figures.figures(rows, date(2026, 3, 2), {"effort": 1 - aim})  # at most
    effort = figures["effort"]
    low, high = effort.now["low"], effort.now["high"]
    target = {0.95: low / 2, 0.05: min(1.0, high + 0.01), 0.33: (low + high) / 2}[aim]
    figures = week_figures.figures(rows, date(2026, 3, 2), {"effort": target})
    assert figures["effort"].aim.endswith(f": {said}")
    missed = [
        one for one in week_figures.findings(figures) if one.headline.startswith("Far too much effort: ")
    ]
    assert len(missed) == found


def test_the_band_of_a_count_is_in_counts(rows):
    contacts = week_figures.figures(rows, DROP, {})["contacts"].table
    inside = contacts["value"].between(contacts["lower"], contacts["upper"])
    assert inside.mean() > 0.5
    assert contacts["centre"].iloc[-1] == pytest.approx(contacts["value"].median(), rel=0.3)


def test_channels_stand_in_it(demo, rows):
    told = week_figures.by_channel(rows, week_figures.figures(rows, DROP, {}), ("contacts", "nps"))
    assert [channel for channel, _cells in told] == ["chat", "email", "phone", "social"]
    contacts = rows[(rows["metric"] == "contacts") & (rows["period"] == pd.Timestamp(DROP))]
    parts = [float(cells[0][0]) for _channel, cells in told]
    assert sum(parts) == contacts.loc[contacts["channel"] == "", "value"].item()
    assert all(cells[1] == ("–", "") for _channel, cells in told)  # a survey knows no channel
    assert "Chat" in week_report.report(demo, DROP).html


def test_weeks_are_finished_ones_the_last_first(demo):
    weeks = week_report.weeks(demo)
    assert weeks == sorted(weeks, reverse=True)
    assert all(week.weekday() == 0 for week in weeks)
    last = demo.contacts["opened_at"].max().date()
    assert (last - weeks[0]).days >= 6
    assert week_report.report(demo).week == weeks[0]
    assert week_report.report(demo, date(2025, 10, 12)).week == DROP  # its Sunday


def test_a_week_that_is_not_there(demo):
    with pytest.raises(SettingError) as caught:
        week_report.report(demo, date(2020, 1, 1))
    assert "2020-W01" in caught.value.what
    assert re.search(r"\d{4}-W\d\d to \d{4}-W\d\d", caught.value.allowed)


def bare(folder, **columns):
    """A shop with three weeks of contacts, three a day, of which only what is required is known."""
    shop = new_shop(folder, name="<script>alert(1)</script> & Co", language="nl")
    at = pd.date_range("2026-01-05 09:00", periods=66, freq="8h", tz="Europe/Amsterdam")
    contacts = pd.DataFrame(
        {
            "contact_id": range(66),
            "customer_id": pd.NA,
            "opened_at": at,
            "channel": "mail",
            "topic": pd.NA,
            **columns,
        }
    ).astype({"contact_id": str, "customer_id": "str", "topic": "str"})
    contacts.to_parquet(shop._tables / "contacts.parquet", index=False)
    return open_shop(shop.folder)


def test_with_hardly_any_columns_it_says_what_is_not_known(tmp_path):
    made = week_report.report(bare(tmp_path / "shop"))
    page = read(made.html)
    assert "not known: nothing in your tables tells" in " ".join(page.text)
    assert "21" in made.html  # contacts of the week


def test_what_people_named_themselves_is_escaped(tmp_path):
    shop = bare(tmp_path / "shop", channel="<img src=x onerror=alert(1)>")
    made = week_report.report(shop)
    page = read(made.html)
    assert not page.tags & {"script", "img"}
    assert "&lt;script&gt;alert(1)" in made.html
    assert made.filename == "script-alert-1-script-co-2026-w04.html"


def test_without_a_finished_week_it_is_said(tmp_path):
    shop = bare(tmp_path / "shop")
    shop.contacts[:0].to_parquet(shop._tables / "contacts.parquet", index=False)
    shop = open_shop(shop.folder)
    assert week_report.weeks(shop) == []
    with pytest.raises(DataError):
        week_report.report(shop)
    empty = new_shop(tmp_path / "empty", name="Leeg")
    assert week_report.weeks(empty) == []
    with pytest.raises(DataError, match="contacts"):
        week_report.report(empty)


# ---------------------------------------------------------------- the small pictures
def points(drawn, tag="polyline"):
    found = [one.get("points") for one in ElementTree.fromstring(drawn).iter(tag)]
    return [[tuple(map(float, pair.split(","))) for pair in one.split()] for one in found]


def test_a_line_goes_from_left_to_right_and_higher_is_higher():
    (line,) = points(spark([1.0, 3.0, 2.0]))
    assert [x for x, _y in line] == [5.0, WIDTH / 2, WIDTH - 5.0]
    assert [y for _x, y in line] == [HEIGHT - 5.0, 5.0, HEIGHT / 2]


def test_what_is_not_known_breaks_the_line():
    drawn = spark([1.0, 2.0, np.nan, 3.0, 4.0], low=[0.0, 0, np.nan, 0, 0], high=[5.0, 5, np.nan, 5, 5])
    assert [len(line) for line in points(drawn)] == [2, 2]
    assert [len(band) for band in points(drawn, "polygon")] == [4, 4]


def test_signals_are_dots_and_words_are_escaped():
    drawn = spark([1.0, 9.0, 1.0], marked=[False, True, False], target=5.0, said='<b> & "so"')
    found = ElementTree.fromstring(drawn)
    assert found.get("aria-label") == '<b> & "so"'
    assert "<b>" not in drawn
    marked, last = found.iter("circle")
    assert (float(marked.get("cx")), float(marked.get("cy"))) == (WIDTH / 2, 5.0)
    assert marked.get("fill") != last.get("fill")
    assert float(next(found.iter("line")).get("y1")) == HEIGHT / 2


@pytest.mark.parametrize("values", [[], [2.0], [np.nan, np.nan], [0.0, 0.0]])
def test_hardly_anything_to_draw_is_drawn_all_the_same(values):
    found = ElementTree.fromstring(spark(values))
    assert found.tag == "svg"
    assert "nan" not in spark(values)
