"""The steps of a funnel among the settings: kept as they are, refused in words."""

import pytest

from csworkbook import language
from csworkbook.errors import SettingError
from csworkbook.events.proposed import ROLES
from csworkbook.settings import (
    MOST_EVENTS,
    MOST_STEPS,
    Settings,
    read_settings,
    require,
    require_steps,
    save_settings,
)

CART = {"name": "Cart “x”", "step": ["/winkelwagen?x=1", "add_to_cart", "mand\\je"], "role": "cart"}
SALE = {"name": "Verkocht\t!", "step": ["paid"], "role": ""}


def test_steps_survive_the_round_trip(tmp_path):
    said = Settings(name="x", funnel_steps=[CART, SALE])
    require(said)
    save_settings(tmp_path, said)
    assert read_settings(tmp_path / "workbook.toml") == said


def test_without_steps_there_are_none(tmp_path):
    (tmp_path / "workbook.toml").write_text('name = "x"\n', "utf-8")
    assert read_settings(tmp_path / "workbook.toml").funnel_steps == []
    save_settings(tmp_path, Settings(name="x"))
    assert read_settings(tmp_path / "workbook.toml").funnel_steps == []


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [CART, SALE],
        [{"name": "a" * 60, "step": ["x"]}, {"name": "b", "step": ["x"]}],
        [{"name": f"s{n}", "step": [str(n)], "role": ROLES[n % len(ROLES)]} for n in range(MOST_STEPS)],
        [{"name": "a", "step": [str(n) for n in range(MOST_EVENTS)]}, SALE],
    ],
)
def test_what_can_be(steps):
    require_steps(steps)


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([CART], "2 to 20"),
        ([{"name": f"s{n}", "step": ["x"]} for n in range(MOST_STEPS + 1)], "2 to 20"),
        ([CART, {**SALE, "name": ""}], "Step 2 .* no name"),
        ([CART, {**SALE, "name": "   "}], "Step 2 .* no name"),
        ([CART, {**SALE, "name": "a" * 61}], "1 to 60"),
        ([CART, {**SALE, "name": 3}], "no name"),
        ([CART, {"step": ["paid"]}], "no name"),
        ([CART, "paid"], "no name"),
        ([CART, {**SALE, "step": []}], "has no events"),
        ([CART, {**SALE, "step": "paid"}], "has no events"),
        ([CART, {**SALE, "step": [3]}], "has no events"),
        ([CART, {**SALE, "step": [" "]}], "has no events"),
        ([CART, {**SALE, "step": [str(n) for n in range(MOST_EVENTS + 1)]}], "has no events"),
        ([CART, {**SALE, "role": "till"}], "till.*cart"),
        ([CART, {**SALE, "role": ["cart"]}], "cart"),
        ([CART, {**SALE, "name": " cart “X” "}], "Two steps"),
        ([CART, {**SALE, "rol": "cart"}], "“rol”.*role"),
    ],
)
def test_what_cannot_be_is_refused_in_words(steps, said):
    with pytest.raises(SettingError, match=said):
        require_steps(steps)
    with pytest.raises(SettingError, match=said):
        require(Settings(name="x", funnel_steps=steps))


@pytest.mark.parametrize("spoken", language.LANGUAGES)
@pytest.mark.parametrize(
    "text",
    [
        'funnel_steps = "cart"',
        "funnel_steps = [1, 2]",
        '[[funnel_steps]]\nname = "a"\nstep = ["x"]',
        '[[funnel_steps]]\nname = "a"\n[[funnel_steps]]\nname = "b"\nstep = ["x"]',
        '[funnel_steps]\nname = "a"',
    ],
)
def test_a_file_with_wrong_steps_is_named(tmp_path, text, spoken):
    path = tmp_path / "workbook.toml"
    path.write_text(text, "utf-8")
    with language.speaking(spoken), pytest.raises(SettingError) as error:
        read_settings(path)
    assert "funnel_steps" in str(error.value)
    assert str(path) in str(error.value)
    assert len(str(error.value).split()) > 10
