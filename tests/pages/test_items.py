"""The shop's own statements: downloaded, brought back changed, kept; and the questionnaires to take along."""

import csv
import io

import pytest

from csworkbook.errors import DataError, SettingError
from csworkbook.language import speaking
from csworkbook.pages import items as form
from csworkbook.pages.take import documents
from csworkbook.pages.talking import seen
from csworkbook.pages.widgets import Download
from csworkbook.service_gap.items import item_set
from csworkbook.shop import new_shop, open_shop


@pytest.fixture
def shop(tmp_path):
    return new_shop(tmp_path / "shop", name="Fietsenwinkel", language="nl")


def brought(tmp_path, content, name="own.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("spoken", ["en", "nl"])
def test_what_is_downloaded_comes_back_as_it_was(shop, tmp_path, spoken):
    with speaking(spoken):
        box = form.service_items(shop)
        name, mime, content = box.file()
        assert (name[-7:], mime) == (f"-{spoken}.csv", "text/csv")
        assert "22" in box.take("own.csv", brought(tmp_path, content))
        assert open_shop(shop.folder).settings.service_items == {}  # nothing was changed
        box.take("own.csv", brought(tmp_path, content.replace(b"neat", b"tidy")))
        changed = open_shop(shop.folder).settings
        box.take("own.csv", brought(tmp_path, b"\r\n".join(content.split(b"\r\n")[:-2])))
    fewer = open_shop(shop.folder).settings
    assert (changed.service_items == {}) == (spoken == "nl")  # "neat" is an English word
    assert {int(i): d for i, d in fewer.service_items.items()} == {
        i: d for i, d in item_set().dimension.items() if i < 22
    }


def test_an_own_set_is_kept_at_once_and_survives(shop, tmp_path):
    box = form.service_items(shop)
    said = box.take(
        "own.csv",
        brought(tmp_path, "item;dimensie;tekst\n1;Prijs;is goedkoop\n2;Prijs;is eerlijk\n3;Tempo;is snel\n"),
    )
    assert "3" in said
    kept = open_shop(shop.folder).settings
    assert kept.service_items == {"1": "Prijs", "2": "Prijs", "3": "Tempo"}
    assert kept.service_texts["3"] == "is snel"
    assert box.page.shop.settings == kept
    assert "your own statements" in box._about.value
    box._usual.click()
    assert open_shop(shop.folder).settings.service_items == {}


def test_a_spreadsheet_does_as_well(shop, tmp_path):
    import pandas as pd

    path = tmp_path / "own.xlsx"
    pd.DataFrame({"item": [1, 2], "dimension": ["price", "speed"], "text": ["a", "b"]}).to_excel(
        path, index=False
    )
    box = form.service_items(shop)
    box.take("own.xlsx", path)
    assert shop.settings.service_items == {"1": "price", "2": "speed"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("item,dimension\n1,price\nx,speed\n", "Line 3"),
        ("item,dimension\n1,price\n1,speed\n", "twice"),
        ("a,b\n1,2\n3,4\n", "item"),
        (b"\x89PNG\r\n\x1a\n0000", "picture"),
        ("", "empty"),
    ],
)
def test_a_file_that_is_no_mapping_changes_nothing_and_is_explained(shop, tmp_path, content, said):
    before = (shop.folder / "workbook.toml").read_bytes()
    box = form.service_items(shop)
    with pytest.raises(DataError, match=said):
        box.take("own.csv", brought(tmp_path, content))
    assert (shop.folder / "workbook.toml").read_bytes() == before


def test_the_demo_can_only_be_read_and_downloaded(tmp_path):
    box = form.service_items(open_shop())
    assert not seen(box._upload)
    assert not seen(box._usual)
    assert "cannot be changed" in box._about.value
    with pytest.raises(SettingError, match="demo"):
        box.take("own.csv", brought(tmp_path, "item,dimension\n1,price\n2,speed\n"))


def buttons(widget):
    return [
        one for box in widget.children for one in getattr(box, "children", ()) if isinstance(one, Download)
    ]


def test_the_effort_survey_is_still_what_documents_gives():
    made = [button.make() for button in buttons(documents(open_shop()))]
    assert [name for name, _mime, _content in made][:3] == [
        "effort-survey-en.html", "effort-survey-en.txt", "effort-survey-en.csv",
    ]  # fmt: skip
    assert len(made) == 6


def test_the_service_survey_for_customers_and_company():
    made = {
        name: content
        for name, _mime, content in (b.make() for b in buttons(documents(open_shop(), "service")))
    }
    assert len(made) == 12
    for spoken, delimiter in (("en", ","), ("nl", ";")):
        rows = csv.DictReader(
            io.StringIO(made[f"service-survey-{spoken}.csv"].decode("utf-8-sig")), delimiter=delimiter
        )
        assert len(list(rows)) == 50
        assert b"{{form_url}}" in made[f"service-company-{spoken}.html"]
        assert made[f"service-company-{spoken}.csv"].count(b"\r\n") == 1 + 23  # guesses and the one question


def test_the_ten_questions_for_loyal_customers():
    made = [button.make() for button in buttons(documents(open_shop(), "loyal"))]
    names = [
        f"loyal-survey-{spoken}.{ending}" for spoken in ("en", "nl") for ending in ("html", "txt", "csv")
    ]
    assert [name for name, _mime, _content in made] == names
    content = {name: text.decode("utf-8-sig") for name, _mime, text in made}
    assert "Naar wie kijk je op?" in content["loyal-survey-nl.html"]
    assert content["loyal-survey-en.csv"].count("\r\n") == 11
    assert "Whom do you look up to?" in content["loyal-survey-en.txt"]


def test_own_statements_stand_in_the_questionnaire(shop, tmp_path):
    widget = documents(shop, "service")
    form.service_items(shop).take(
        "own.csv", brought(tmp_path, "item,dimension,text\n1,price,is cheap\n2,speed,is quick\n")
    )
    made = {name: content for name, _mime, content in (b.make() for b in buttons(widget))}
    assert b"An excellent web shop is quick." in made["service-survey-en.txt"]


def test_another_questionnaire_is_refused():
    with pytest.raises(SettingError, match="effort, service and loyal"):
        documents(open_shop(), "persona")
