"""Targets: typed as people write them, kept beside the other settings, judged with three answers."""

from threading import Thread

import pytest

from csworkbook.errors import SettingError
from csworkbook.kpis import targets
from csworkbook.kpis.definitions import DEFINITIONS
from csworkbook.language import speaking
from csworkbook.settings import read_settings, save_settings
from csworkbook.shop import new_shop, open_shop


@pytest.fixture
def shop(tmp_path):
    return new_shop(tmp_path / "shop", name="Fietsenwinkel", language="nl")


@pytest.mark.parametrize(
    ("metric", "typed", "value"),
    [
        ("first_contact", "75", 0.75),
        ("first_contact", " 82,5 % ", 0.825),
        ("complaining", "0", 0.0),
        ("nps", "-10", -0.1),
        ("nps", "−10", -0.1),
        ("friendliness", "4,2", 4.2),
        ("cost_to_resolution", "€ 7,50", 7.5),
        ("reply", "30", 30.0),
        ("reply", "20 s", 20 / 60),
        ("reply", "1,5 uur", 90.0),
        ("reply", "24h", 1440.0),
        ("reply", "", None),
        ("nps", "  ", None),
    ],
)
def test_a_target_as_people_type_it(metric, typed, value):
    assert targets.read(metric, typed) == (None if value is None else pytest.approx(value))


@pytest.mark.parametrize(
    ("metric", "typed", "allowed"),
    [
        ("first_contact", "175", "0 to 100"),
        ("first_contact", "many", "0 to 100"),
        ("friendliness", "0.5", "1 to 5"),
        ("nps", "101", "100"),
        ("reply", "1 month", "24 h"),
        ("reply", "0", "24 h"),
        ("cost_to_resolution", "-3", "7.50"),
        ("first_contact", "1e9", "0 to 100"),
        ("first_contact", "٧٥", "0 to 100"),
    ],
)
def test_what_can_be_no_target_is_said_with_what_can(metric, typed, allowed):
    with pytest.raises(SettingError) as caught:
        targets.read(metric, typed)
    assert typed in caught.value.what
    assert DEFINITIONS[metric].name in caught.value.what
    assert allowed in caught.value.allowed


@pytest.mark.parametrize("spoken", ["en", "nl"])
@pytest.mark.parametrize(
    ("metric", "value"),
    [
        ("first_contact", 0.755),
        ("reply", 1440.0),
        ("nps", -0.25),
        ("friendliness", 4.25),
        ("cost_to_resolution", 1234.5),
    ],
)
def test_what_is_shown_reads_back_as_it_was(metric, value, spoken):
    with speaking(spoken):
        assert targets.read(metric, targets.written(metric, value)) == pytest.approx(value)


def test_every_figure_with_a_better_side_can_have_a_target():
    offered = [field.metric for field in targets.fields()]
    assert offered[:4] == ["complaining", "first_contact", "very_friendly", "acquisition"]
    assert set(offered) == {one.id for one in DEFINITIONS.values() if one.kind != "beside"} - {"contacts"}
    assert all(field.label and field.hint for field in targets.fields())


@pytest.mark.parametrize(
    ("metric", "low", "high", "aim", "said"),
    [
        ("first_contact", 0.76, 0.80, 0.75, "yes"),
        ("first_contact", 0.75, 0.80, 0.75, "yes"),
        ("first_contact", 0.70, 0.80, 0.75, "cannot tell yet"),
        ("first_contact", 0.60, 0.74, 0.75, "no"),
        ("first_contact", 0.60, 0.75, 0.75, "cannot tell yet"),
        ("complaining", 0.10, 0.14, 0.15, "yes"),
        ("complaining", 0.10, 0.15, 0.15, "yes"),
        ("complaining", 0.16, 0.20, 0.15, "no"),
        ("complaining", 0.10, 0.20, 0.15, "cannot tell yet"),
        ("first_contact", float("nan"), float("nan"), 0.75, "cannot tell yet"),
        ("first_contact", 0.6, 0.7, None, ""),
        ("contacts", 10, 20, 5, ""),
    ],
)
def test_reached_or_not_or_nobody_can_tell(metric, low, high, aim, said):
    assert targets.state(metric, low, high, aim) == said


def test_other_targets_and_nonsense_are_not_those_of_key_figures():
    kept = {
        "chat": 0.8,
        "reply": 30,
        "nps": True,
        "effort": 7,
        "knowledge": "4",
        "contacts": 10,
        "churn": float("nan"),
    }
    assert targets.own(kept) == {"reply": 30.0}


def test_a_target_is_kept_beside_what_else_stands_in_the_workbook(shop):
    path = shop.folder / "workbook.toml"
    before = read_settings(path)
    save_settings(
        shop.folder, type(before)(**{**vars(before), "targets": {"chat": 0.8}, "hourly_cost": 40.0})
    )
    targets.keep(shop, "first_contact", 0.75)
    targets.keep(shop, "reply", 30.0)
    targets.keep(shop, "first_contact", None)
    there = open_shop(shop.folder).settings
    assert there.targets == shop.settings.targets == {"chat": 0.8, "reply": 30.0}
    assert there.hourly_cost == 40.0  # changed elsewhere meanwhile, and still there


def test_what_is_typed_on_many_pages_at_once_is_all_kept(shop):
    metrics = [field.metric for field in targets.fields()]
    pages = [
        Thread(target=targets.keep, args=(open_shop(shop.folder), metric, 1.0 if metric != "nps" else 0.5))
        for metric in metrics
    ]
    for page in pages:
        page.start()
    for page in pages:
        page.join()
    assert set(open_shop(shop.folder).settings.targets) == set(metrics)
