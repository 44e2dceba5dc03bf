"""The report of a week on a page: the finished weeks to choose from, with the targets of that page."""

import re

import pandas as pd
import pytest

from csworkbook.kpis import targets
from csworkbook.language import speaking
from csworkbook.pages.page import Page
from csworkbook.pages.talking import seen
from csworkbook.pages.week_report import week_report
from csworkbook.shop import new_shop, open_shop


@pytest.fixture
def shop(tmp_path):
    """Three finished weeks of contacts, of which the last question is asked on the last Monday."""
    shop = new_shop(tmp_path / "shop", name="Fietsen & Zn.", language="nl")
    at = pd.date_range("2026-01-05 10:00", periods=64, freq="8h", tz="Europe/Amsterdam")
    contacts = pd.DataFrame(
        {
            "contact_id": [f"c{n}" for n in range(64)],
            "customer_id": [f"k{n}" for n in range(64)],
            "opened_at": at,
            "channel": "chat",
            "topic": "size",
            "kind": "question",
        }
    )
    contacts.to_parquet(shop._tables / "contacts.parquet", index=False)
    return open_shop(shop.folder)


def test_the_last_finished_week_comes_first(shop):
    form = week_report(shop)
    assert [label for label, _week in form.week.options] == [
        "Week 4: 19 January to 25 January 2026",
        "Week 3: 12 January to 18 January 2026",
        "Week 2: 5 January to 11 January 2026",
    ]
    name, mime, content = form.file()
    assert (name, mime) == ("fietsen-zn-2026-w04.html", "text/html")
    assert b"19 January" in content


def test_another_week_in_dutch(shop):
    with speaking("nl"):
        form = week_report(shop)
        form.week.index = 1
        name, _mime, content = form.file()
    assert name == "fietsen-zn-2026-w03.html"
    assert "12 januari" in content.decode()


def test_the_chosen_week_stays_when_the_data_are_read_again(shop):
    form = week_report(shop)
    form.week.index = 2
    form.refresh()
    assert form.week.index == 2


def test_targets_of_the_workbook_and_of_the_page(shop):
    form = week_report(shop)
    assert b"at most 5.0%" not in form.file()[2]
    targets.keep(shop, "complaining", 0.05)
    assert b"at most 5.0%" in form.file()[2]
    Page.of(shop).give(targets={"complaining": 0.25})
    assert re.search(rb"at most 25.0%", form.file()[2])


def test_without_contacts_there_is_nothing_to_take(tmp_path):
    form = week_report(new_shop(tmp_path / "shop", name="Leeg"))
    assert not seen(form._take)
    assert not seen(form._line)
    assert "no finished week" in form._said.value
