"""Published SERVQUAL tables: answers with exactly their means give their gaps, their order and their intervals."""

from __future__ import annotations

import numpy as np
import pytest

from csworkbook.service_gap.items import item_set
from csworkbook.service_gap.servqual import servqual

from .surveys import wide

# "The difference in mean score between patient expectation and perception (SQ gap) based on SERVQUAL dimensions
# (N = 386)", table 2 of PMC6131925, https://pmc.ncbi.nlm.nih.gov/articles/PMC6131925/table/t2; scale 1–5.
# dimension: expectation, perception, gap, its 95% interval, t
HOSPITAL = {
    "tangibles": (4.44, 4.19, -0.25, -0.30, -0.19, -9.14),
    "reliability": (4.49, 4.36, -0.13, -0.18, -0.08, -4.93),
    "responsiveness": (4.48, 4.35, -0.13, -0.18, -0.07, -4.87),
    "assurance": (4.50, 4.32, -0.18, -0.23, -0.13, -4.87),
    "empathy": (4.56, 4.40, -0.16, -0.20, -0.10, -5.65),
}
# Jonkisz, Karniej & Krasowska 2023, Medical Science Monitor 29:e941007, table 4: sums of 5, 5, 4, 3 and 5 items
# scored 1–5, outpatients (n = 218) and patients in hospital (n = 195): expected, received, difference.
# (The difference of empathy is left out: it was not at hand.)
DERMATOLOGY = {
    ("outpatients", 218): {
        "tangibles": (23.7, 19.4, -4.4),
        "reliability": (24.1, 19.9, -4.1),
        "responsiveness": (19.4, 16.9, -2.5),
        "assurance": (14.6, 13.4, -1.3),
    },
    ("in hospital", 195): {
        "tangibles": (23.1, 18.3, -4.9),
        "reliability": (23.8, 19.9, -3.8),
        "responsiveness": (19.4, 16.7, -2.6),
        "assurance": (14.5, 13.3, -1.2),
    },
}
ITEMS = {
    "tangibles": range(1, 6),
    "reliability": range(6, 11),
    "responsiveness": range(11, 15),
    "assurance": range(15, 18),
}


def scattered(n: int, spread: float, seed: int) -> np.ndarray:
    """n numbers with mean 0 and exactly this standard deviation."""
    values = np.random.default_rng(seed).normal(size=n)
    values -= values.mean()
    return values * spread / values.std(ddof=1)


def hospital(n=386):
    """Answers with the published means, and gaps as scattered as the published t says."""
    expectation, gap = np.empty((n, 22)), np.empty((n, 22))
    for dimension, (mean, _got, known, _low, _high, t) in HOSPITAL.items():
        place = [item - 1 for item in item_set().members(dimension)]
        seed = place[0]
        expectation[:, place] = mean + scattered(n, 0.45, seed)[:, None]
        gap[:, place] = known + scattered(n, abs(known / t) * np.sqrt(n), seed + 100)[:, None]
    return wide(expectation, expectation + gap)


def test_the_published_means_give_the_published_gaps():
    table = servqual(hospital()).table.set_index("dimension")
    for dimension, (expected, got, gap, *_rest) in HOSPITAL.items():
        row = table.loc[dimension]
        assert (row["expectation"], row["perception"], row["gap"]) == pytest.approx((expected, got, gap))
        assert row["n"] == 386


# Printed to two decimals, of means that were rounded themselves: that of empathy (-0.16) is not in its middle.
# The t of assurance belongs to another gap (0.18 ÷ 4.87 makes an interval of ±.07, the printed one is ±.05)
@pytest.mark.parametrize("dimension", [name for name in HOSPITAL if name != "assurance"])
def test_the_published_intervals_are_ours(dimension):
    row = servqual(hospital()).table.set_index("dimension").loc[dimension]
    _expected, _got, _gap, low, high, _t = HOSPITAL[dimension]
    assert (row["low"], row["high"]) == pytest.approx((low, high), abs=0.02)


def test_the_published_order_is_ours():
    result = servqual(hospital())
    assert result.headline.startswith(
        "Tangibles falls furthest short: customers expect 4.44 and get 4.19, a gap of -0.25"
    )
    ours = result.table.sort_values("gap", kind="stable")["dimension"].tolist()
    assert ours[:3] == ["tangibles", "assurance", "empathy"]
    assert result.overall.value == pytest.approx((-0.25 - 0.13 - 0.13 - 0.18 - 0.16) / 5)


def dermatology(group):
    """Answers of that many patients to items whose sums have the published means and differences."""
    n, rows = group[1], DERMATOLOGY[group]
    expectation, perception = np.empty((n, 17)), np.empty((n, 17))
    for dimension, (expected, _received, gap) in rows.items():
        place = [item - 1 for item in ITEMS[dimension]]
        expectation[:, place] = (expected / len(place)) + scattered(n, 0.1, place[0])[:, None]
        perception[:, place] = expectation[:, place] + gap / len(place)
    return wide(expectation, perception)


@pytest.mark.parametrize("group", DERMATOLOGY)
def test_other_numbers_of_items_by_an_own_mapping(group):
    own = {str(item): dimension for dimension, items in ITEMS.items() for item in items}
    result = servqual(dermatology(group), service_items=own)
    table = result.table.set_index("dimension")
    for dimension, (expected, received, gap) in DERMATOLOGY[group].items():
        items, row = len(ITEMS[dimension]), table.loc[dimension]
        assert row["expectation"] * items == pytest.approx(expected)
        assert row["gap"] * items == pytest.approx(gap)
        assert row["perception"] * items == pytest.approx(received, abs=0.11)  # each printed to one decimal
    assert result.headline.startswith("Tangibles falls furthest short")
    assert (table["n"] == group[1]).all()


def test_the_whole_published_file(realdata):
    import pandas as pd

    known = pd.read_csv(realdata / "known" / "servqual_published_gaps.csv")
    for row in known.itertuples():
        expected, got, gap, *_rest = HOSPITAL[row.dimension.lower()]
        assert (row.expectation_mean, row.perception_mean, row.gap) == (expected, got, gap)
