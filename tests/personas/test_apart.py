"""What sets personas apart: counted by hand, by scipy and statsmodels, planted, and silent about chance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says
from scipy.stats import ttest_ind
from statsmodels.stats.meta_analysis import effectsize_smd
from statsmodels.stats.multitest import multipletests

from csworkbook import language, open_shop
from csworkbook.personas import feature_words
from csworkbook.personas.likeness.apart import CLEAR, apart, distances

from .likeness import demo, personas, shop

LETTERS = list("abcdefgh")


def test_a_table_a_person_can_count():
    values = pd.DataFrame({"discount": [0, 0, 1, 1, 0, 1, 1, np.nan], "same": 1.0}, LETTERS)
    found = distances(values, pd.Series([1, 1, 1, 1, 2, 2, 2, 2], LETTERS)).set_index(["persona", "column"])
    mine = found.loc[(1, "discount")]
    assert mine[["mean", "other_mean", "n", "other_n"]].tolist() == pytest.approx([0.5, 2 / 3, 4, 3])
    # pooled variance (3 × 1/3 + 2 × 1/3) / 5 = 1/3; bias 1 − 3/(4 × 7 − 9) = 16/19
    assert mine["apart"] == pytest.approx(-(1 / 6) / np.sqrt(1 / 3) * 16 / 19)
    assert found.loc[(2, "discount"), "apart"] == pytest.approx(-mine["apart"])
    assert found.loc[(1, "same"), ["apart", "p"]].isna().all()


def test_distances_and_p_are_those_of_scipy_and_statsmodels():
    rng = np.random.default_rng(5)
    values = pd.DataFrame({"discount": rng.random(90), "spent": rng.lognormal(4, 1, 90)})
    values.loc[::7, "discount"] = np.nan
    labels = pd.Series(rng.integers(1, 4, 90))
    found = distances(values, labels).set_index(["persona", "column"]).sort_index()
    p = []
    for group in (1, 2, 3):
        for column in ("discount", "spent"):
            told = values[column].dropna() if column == "discount" else np.log1p(values[column])
            mine, other = told[labels == group], told[(labels != group).reindex(told.index)]
            g, variance = effectsize_smd(
                mine.mean(), mine.std(), len(mine), other.mean(), other.std(), len(other)
            )
            row = found.loc[(group, column)]
            ends = [g, g - 1.959964 * variance**0.5, g + 1.959964 * variance**0.5]
            assert row[["apart", "apart_low", "apart_high"]].tolist() == pytest.approx(ends)
            p.append(ttest_ind(mine, other, equal_var=False).pvalue)
    assert found["p"].tolist() == pytest.approx(multipletests(p, method="holm")[1].tolist())


def test_groups_drawn_at_random_are_seldom_told_apart():
    told = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        values = pd.DataFrame(rng.gamma(1, 1, (300, 6)), columns=[f"c{i}" for i in range(6)])
        told += distances(values, pd.Series(rng.integers(1, 5, 300)))["p"].min() < 0.05
    assert told <= 20  # of 200: 5 %, and three standard deviations of chance


def test_what_was_planted_comes_first_and_wholesale_does_not_move_it():
    result = apart(**shop(), personas=personas())
    first = result.clear.drop_duplicates("persona").set_index("name")["column"]
    assert first.to_dict() == {
        "Cooks": "category: kitchen",
        "Gardeners": "category: garden",
        "Sleepers": "category: bedding",
    }
    cooks = result.of(1)["column"].tolist()
    assert "discount" in cooks
    assert not any(": " in column for column in cooks[1:] if column.endswith(("garden", "bedding")))
    frames = shop()
    orders = frames["orders"].copy()
    orders.loc[orders.index[0], "revenue"] = 1e7  # one cook buys wholesale
    amount = apart(**{**frames, "orders": orders}, personas=personas()).table.set_index(["persona", "column"])
    assert amount.loc[(1, "order_value"), "apart"] < 0 < amount.loc[(2, "order_value"), "apart"]


def test_what_made_the_personas_is_marked():
    table = apart(**shop(), personas=personas()).table.set_index(["persona", "column"])
    assert table.loc[(1, "category: kitchen"), "used"]
    assert not table.loc[(1, "spent"), "used"]


def test_the_demo_shop_shows_what_was_planted():
    result = open_shop().call(apart, personas=demo())
    rows = result.table.set_index(["name", "column"])
    gifts, bargains, relational = "Gift givers", "Bargain hunters", "Relationals"
    for name, column in (
        (gifts, "december"),
        (bargains, "discount"),
        (relational, "contacts"),
        (relational, "minutes"),
    ):
        assert rows.loc[(name, column), "apart_low"] > CLEAR
    assert rows.loc[(bargains, "discount"), "mean"] == pytest.approx(
        0.70, abs=0.06
    )  # planted .70, types mixed by chance
    assert rows.loc[(relational, "contacts"), "p"] < 0.05


def test_rows_in_another_order_change_nothing():
    tables = {name: frame.sample(frac=1, random_state=4) for name, frame in shop().items()}
    one, other = apart(**shop(), personas=personas()).table, apart(**tables, personas=personas()).table
    pd.testing.assert_frame_equal(one, other)


def test_it_is_said_in_both_languages_in_the_unit_of_each_feature():
    result = apart(**shop(), personas=personas())
    assert_says(result)
    cells = {(row[0], row[1]): row[2] for row in result.cells()}
    assert cells[("Cooks", "orders with a discount")].endswith("%")
    assert cells[("Gardeners", "amount per order")].startswith("€")
    assert "“Cooks”" in result.text
    assert "against" in result.text
    figure = result.plot()
    assert list(figure.data[0].x) == ["1", "2", "3"]
    assert "<b>2</b> Gardeners" in figure.layout.title.text


@pytest.mark.parametrize("spoken", ["en", "nl"])
def test_every_feature_has_a_name_and_a_way_to_be_written(spoken):
    with language.speaking(spoken):
        table = open_shop().call(apart, personas=demo()).table
        names = [feature_words.name(column) for column in table["column"].unique()]
    assert len(set(names)) == len(names)
    assert not any("_" in name or ":" in name for name in names)
