from csworkbook import visits
from csworkbook.language import speaking
from csworkbook.serve import landing
from csworkbook.serve.handlers import Landing, describe
from csworkbook.shop import new_shop, open_shop


def test_cards_are_the_notebooks_that_say_they_are_pages(two_chapters):
    found = landing.cards(two_chapters, "nl", ["orders"])
    assert [card.path for card in found] == ["nl/03_effort.ipynb", "nl/06_value.ipynb"]
    assert [card.path for card in landing.cards(two_chapters, "en", [])] == ["en/03_effort.ipynb"]


def test_a_card_says_what_is_missing(two_chapters):
    effort, value = landing.cards(two_chapters, "nl", ["effort_survey", "orders"])
    assert (effort.ready, effort.missing, effort.extra, effort.minutes) == (True, (), (), 15)
    assert (value.ready, value.missing) == (False, ("events",))


def test_a_card_says_what_would_add_to_it(two_chapters):
    effort, _value = landing.cards(two_chapters, "nl", ["effort_survey"])
    assert (effort.ready, effort.extra) == (True, ("orders",))


def test_a_broken_or_changed_notebook(two_chapters, tmp_path):
    path = two_chapters / "nl/06_value.ipynb"
    path.write_text("{not json")
    assert [card.path for card in landing.cards(two_chapters, "nl", [])] == ["nl/03_effort.ipynb"]


def test_a_folder_without_notebooks_has_no_cards(tmp_path):
    assert landing.cards(tmp_path, "nl", ["orders"]) == []


def test_the_language_asked_for_wins_then_the_cookie_then_the_shop_then_the_browser():
    assert landing.choose_language("en", "nl", "nl", "nl") == "en"
    assert landing.choose_language(None, "en", "nl", "nl") == "en"
    assert landing.choose_language(None, None, "nl", "en") == "nl"
    assert landing.choose_language(None, None, None, "nl-NL,nl;q=0.9,en;q=0.8") == "nl"
    assert landing.choose_language(None, None, None, "en;q=0.3, nl;q=0.9") == "nl"


def test_a_language_we_do_not_speak_is_passed_over():
    assert landing.choose_language("de", "fr", None, "nl") == "nl"
    assert landing.choose_language("<script>", None, None, "") == "en"
    assert landing.choose_language(None, None, None, "de;q=x, *, nl;q=0.1") == "nl"


def test_the_other_language_is_offered_where_the_notebook_is_there(two_chapters):
    assert landing.other_language(two_chapters, "nl/03_effort.ipynb") == "en/03_effort.ipynb"
    assert landing.other_language(two_chapters, "nl/06_value.ipynb") is None


def test_a_card_in_words(two_chapters):
    with speaking("en"):
        effort = describe(landing.cards(two_chapters, "en", [])[0], "/base/")
    assert effort["url"] == "/base/voila/render/en/03_effort.ipynb"
    assert effort["minutes"] == "15 minutes"
    assert effort["missing"] == "effort survey"
    assert effort["ready"] is False


def test_the_start_page_is_linked_where_it_is_there(two_chapters, notebook):
    assert landing.start(two_chapters, "nl", "/base/") == ""
    notebook(two_chapters / "nl/00_start.ipynb", "# Begin", title="Begin", app=True)
    assert landing.start(two_chapters, "nl", "/base/") == "/base/voila/render/nl/00_start.ipynb"
    assert next(card.path for card in landing.cards(two_chapters, "nl", [])) == "nl/00_start.ipynb"


def seen(shop, visit):
    """The shop that a visitor with this id sees on the front page of a server of `shop`."""
    handler = Landing.__new__(Landing)
    server = type("Server", (), {"shop": shop})()
    handler.application = type("Application", (), {"settings": {"voila": server}})()
    handler.request = type("Request", (), {"headers": {"X-Csworkbook-Visit": visit} if visit else {}})()
    return handler.shop()


def test_a_tab_sees_the_shop_it_opened_and_another_tab_does_not(tmp_path, monkeypatch, workbook):
    monkeypatch.delenv("CSWORKBOOK", raising=False)
    monkeypatch.setenv("CSWORKBOOK_VISITS", str(tmp_path / "visits"))
    monkeypatch.setenv("CSWORKBOOK_HOME", str(tmp_path))
    demo = open_shop()
    visits.choose("a" * 32, workbook)
    assert seen(demo, "a" * 32).folder == workbook.folder
    assert seen(demo, "b" * 32) is demo
    assert seen(demo, "") is demo
    assert seen(demo, "../../etc/passwd") is demo


def test_a_served_workbook_is_seen_by_everybody(tmp_path, monkeypatch, workbook):
    monkeypatch.setenv("CSWORKBOOK_VISITS", str(tmp_path / "visits"))
    monkeypatch.setenv("CSWORKBOOK_HOME", str(tmp_path))
    other = new_shop(tmp_path / "other", name="Other")
    visits.choose("a" * 32, other)
    assert seen(workbook, "a" * 32) is workbook
