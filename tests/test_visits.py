"""Which shop a visitor looks at: chosen per browser tab, made into a workbook without loss."""

import shutil
import stat

import pandas as pd
import pytest

from csworkbook import visits
from csworkbook.errors import SettingError
from csworkbook.shop import new_shop, open_shop
from csworkbook.visits import find_visit, visit

ONE, OTHER = "a" * 32, "b" * 32


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.delenv("CSWORKBOOK", raising=False)
    monkeypatch.setenv("CSWORKBOOK_VISITS", str(tmp_path / "visits"))
    monkeypatch.setenv("CSWORKBOOK_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def bring(shop):
    """A table in a shop, as an earlier import left it."""
    path = shop.folder / "data" / "products.parquet"
    path.parent.mkdir(exist_ok=True)
    pd.DataFrame({"product_id": ["a", "b"]}).to_parquet(path)


def test_a_visit_starts_with_the_demo(home):
    assert visits.opened(ONE) is None
    assert visits.opened("") is None


def test_what_was_brought_is_open_until_the_demo_is_chosen(home):
    own = visit(ONE)
    assert visits.opened(ONE) is None
    bring(own)
    assert visits.opened(ONE).folder == own.folder
    assert visits.opened(OTHER) is None
    visits.choose(ONE, None)
    assert visits.opened(ONE) is None
    visits.choose(ONE, own)
    assert visits.opened(ONE).folder == own.folder


def test_a_workbook_is_opened_for_one_tab_only(home):
    shop = new_shop(home / "fietsen", name="Fietsen")
    new_shop(home / "aap", name="Aap")
    assert [one.name for one in visits.workbooks()] == ["Aap", "Fietsen"]
    visits.choose(ONE, shop)
    assert visits.opened(ONE).name == "Fietsen"
    assert visits.opened(OTHER) is None


def test_only_workbooks_of_the_servers_own_folder_are_opened(home, tmp_path):
    elsewhere = new_shop(tmp_path / "elsewhere", name="Elsewhere")
    visits.choose(ONE, elsewhere)
    assert visits.opened(ONE) is None


def test_without_a_place_for_workbooks_there_are_none(home, monkeypatch):
    shop = new_shop(home / "fietsen", name="Fietsen")
    visits.choose(ONE, shop)
    monkeypatch.delenv("CSWORKBOOK_HOME")
    assert visits.workbooks() == []
    assert visits.opened(ONE) is None
    with pytest.raises(SettingError, match="csworkbook new"):
        visits.make("Anders", ONE)


def test_a_workbook_that_is_broken_or_gone_is_passed_over(home):
    shop = new_shop(home / "fietsen", name="Fietsen")
    visits.choose(ONE, shop)
    (shop.folder / "workbook.toml").write_text("name = ")
    assert visits.workbooks() == []
    assert visits.opened(ONE) is None


def test_what_was_brought_moves_into_the_new_workbook_with_its_key(home):
    own = visit(ONE)
    bring(own)
    own.store.put("note", "x", {"kept": True})
    made = visits.make("Müller & Zn.", ONE)
    assert made.folder == (home / "müller-zn").resolve()
    assert (made.name, made.tables(), made.key) == ("Müller & Zn.", ["products"], own.key)
    assert made.store.get("note", "x") == {"kept": True}
    assert stat.S_IMODE((made.folder / "workbook.key").stat().st_mode) == 0o600
    assert find_visit(ONE) is None
    assert visits.opened(ONE).folder == made.folder
    assert open_shop(made.folder).products["product_id"].tolist() == ["a", "b"]


def test_what_was_only_typed_moves_too_and_alone_does_not_close_the_demo(home):
    visit(ONE).store.put("manifesto", "draft", {"brand": "Wij geloven …"})
    assert find_visit(ONE) is None
    assert visits.opened(ONE) is None
    made = visits.make("Fietsen", ONE)
    assert made.store.get("manifesto", "draft") == {"brand": "Wij geloven …"}


def test_a_workbook_is_made_empty_where_nothing_was_brought(home):
    made = visits.make("Nieuw", ONE)
    assert (made.name, made.tables()) == ("Nieuw", [])
    assert visits.opened(ONE).name == "Nieuw"


def test_nothing_is_overwritten_and_nothing_lost_when_the_name_is_taken(home):
    (home / "fietsen").mkdir()
    (home / "fietsen" / "precious.txt").write_text("x")
    own = visit(ONE)
    bring(own)
    with pytest.raises(SettingError, match="already"):
        visits.make("Fietsen", ONE)
    assert (home / "fietsen" / "precious.txt").read_text() == "x"
    assert visits.opened(ONE).tables() == ["products"]
    assert [path.name for path in home.iterdir()] == ["fietsen"]


@pytest.mark.parametrize("name", ["", "  ", "../..", "…"])
def test_a_name_without_a_letter_is_refused(home, name):
    with pytest.raises(SettingError, match="name"):
        visits.make(name, ONE)
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("name", ["../evil", "/etc/shop", "a\\b", "..a"])
def test_a_name_never_leads_out_of_the_folder(home, name):
    assert visits.make(name, ONE).folder.parent == home.resolve()


def test_what_was_brought_before_the_browser_said_who_it_is_moves_to_its_visit(home):
    early = visit("")
    bring(early)
    own = visits.adopt(early, ONE)
    assert not early.folder.exists()
    assert visits.opened(ONE).folder == own.folder
    assert visits.opened(ONE).products["product_id"].tolist() == ["a", "b"]
    assert visits.adopt(own, ONE) is own
    assert visits.adopt(own, "") is own


def test_what_became_a_workbook_meanwhile_is_not_looked_for(home):
    early = visit("")
    shutil.rmtree(early.folder)
    assert visits.adopt(early, ONE) is early
    assert visits.opened(ONE) is None


def test_a_visit_that_has_something_keeps_it(home):
    bring(visit(ONE))
    early = visit("")
    assert visits.adopt(early, ONE).folder == visit(ONE).folder
    assert visits.opened(ONE).products is not None
