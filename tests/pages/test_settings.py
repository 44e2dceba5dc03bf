"""The settings form: typed as people write, checked with a sentence, there after a reload."""

import pytest

from csworkbook.errors import SettingError
from csworkbook.language import speaking
from csworkbook.pages import settings as form
from csworkbook.pages.talking import seen
from csworkbook.settings import Settings
from csworkbook.shop import new_shop, open_shop

TYPED = form.shown(Settings(name="Fietsen", targets={"chat": 0.8, "own": 0.5}))


@pytest.fixture
def shop(tmp_path):
    return new_shop(tmp_path / "shop", name="Fietsenwinkel", language="nl")


@pytest.mark.parametrize("spoken", ["en", "nl"])
def test_what_is_shown_reads_back_as_it_was(spoken):
    before = Settings(
        name="Fietsen", margin=0.425, hourly_cost=32.5, discount_rate=0.075, targets={"chat": 0.8, "own": 0.5}
    )
    with speaking(spoken):
        assert form.read(form.shown(before), before) == before
        assert form.shown(before)["margin"] == {"en": "42.5", "nl": "42,5"}[spoken]


@pytest.mark.parametrize(
    ("typed", "value"),
    [("32,50", 32.5), ("32.5", 32.5), (" 35 % ", 35), ("€ 28", 28), ("", None), ("1e9", None), ("-3", None)],
)
def test_numbers_as_people_type_them(typed, value):
    assert form.number_typed(typed) == value


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("9-17", "09:00-17:00"), ("09:30 – 18:15", "09:30-18:15"), ("8.00-24.00", "08:00-00:00")],
)
def test_opening_hours_as_people_type_them(typed, kept):
    found = form.read({**TYPED, "opening_hours.monday": typed}, Settings())
    assert found.opening_hours["monday"] == kept
    assert "sunday" not in found.opening_hours


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("margin", "101", "gross margin cannot be “101”"),
        ("margin", "a third", "0 to 100"),
        ("hourly_cost", "0", "above 0"),
        ("discount_rate", "-5", "discount rate cannot be “-5”"),
        ("opening_hours.monday", "17-9", "Monday cannot be “17-9”"),
        ("opening_hours.monday", "9:75-17", "09:00-17:30"),
        ("targets.chat", "lots", "The target cannot be “lots”"),
    ],
)
def test_what_cannot_be_is_said_with_what_can(field, typed, said):
    with pytest.raises(SettingError, match=said):
        form.read({**TYPED, field: typed}, Settings())


def test_saving_is_at_once_and_survives(shop):
    box = form.shop_settings(shop)
    box.fields["margin"].value = "41,5"
    box.fields["opening_hours.saturday"].value = "10-16"
    box.save()
    again = open_shop(shop.folder).settings
    assert (again.margin, again.opening_hours["saturday"]) == (0.415, "10:00-16:00")
    assert box.page.shop.settings == again
    assert "Saved" in box._trouble.children[0].value


@pytest.mark.parametrize(("spoken", "name"), [("en", "Belgium"), ("nl", "België")])
def test_the_country_of_the_holidays_is_chosen_by_its_name(spoken, name, shop):
    with speaking(spoken):
        box = form.shop_settings(shop)
        named = dict(box.fields["country"].options)
        assert (named[name], box.fields["country"].value) == ("BE", "NL")
        names = list(named)
        assert (
            names[1:4]
            == {
                "en": ["Afghanistan", "Åland Islands", "Albania"],
                "nl": ["Afghanistan", "Åland", "Albanië"],
            }[spoken]
        )
        box.fields["country"].value = "BE"
        box.save()
    assert open_shop(shop.folder).settings.country == "BE"


def test_without_a_country_there_are_no_holidays(shop):
    box = form.shop_settings(shop)
    assert box.fields["country"].options[0][1] == ""
    box.fields["country"].value = ""
    box.save()
    assert open_shop(shop.folder).settings.country == ""


def test_a_country_whose_holidays_are_not_known_is_refused(shop):
    with pytest.raises(SettingError, match="The public holidays of “Holland” are not known"):
        shop.save(Settings(name="Fietsen", country="Holland"))
    assert form.shown(Settings(name="Fietsen", country="Holland"))["country"] == ""


@pytest.mark.parametrize(("field", "typed"), [("name", " "), ("zone", "Mars/Base")])
def test_a_bad_field_saves_nothing_and_says_so(shop, field, typed):
    before = (shop.folder / "workbook.toml").read_bytes()
    box = form.shop_settings(shop)
    box.fields[field].value = typed
    box._save.click()
    assert 'role="alert"' in box._trouble.children[0].value
    assert (shop.folder / "workbook.toml").read_bytes() == before


def test_the_demo_can_only_be_read():
    box = form.shop_settings(open_shop())
    assert all(field.disabled for field in box.fields.values())
    assert not seen(box._save)
    assert "cannot be changed" in box._about.value
