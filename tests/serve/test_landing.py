from csworkbook.language import speaking
from csworkbook.serve import landing
from csworkbook.serve.handlers import describe


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
