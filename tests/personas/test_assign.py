"""Later customers go to the nearest of the saved personas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score, pairwise_distances

from csworkbook.errors import DataError, SettingError
from csworkbook.personas.assigning import assign
from csworkbook.personas.described import features_of
from csworkbook.personas.saved import Saved
from csworkbook.personas.search import find

from .shops import drawn, frame


@pytest.fixture(scope="module")
def found():
    return find(features_of(*drawn(1, 900, kinds=3).tables))


def test_those_who_made_them_keep_theirs(found):
    assert (assign(found.saved, found.features) == found.labels).all()


def test_everybody_goes_to_the_nearest_centre(found):
    distances = pairwise_distances(found.features.scaled, np.array(found.saved.centres))
    assert (assign(found.saved, found.features).to_numpy() == distances.argmin(axis=1) + 1).all()


def test_later_customers_of_the_same_kinds(found):
    later = drawn(77, 600, kinds=3)
    labels = assign(found.saved, features_of(*later.tables))  # with a recipe of their own
    assert adjusted_rand_score(later.kinds.loc[labels.index], labels) > 0.7
    assert labels.index.name == "customer_id"
    assert set(labels) == {1, 2, 3}


def test_one_later_customer_alone(found):
    later = drawn(78, 40, kinds=3)
    whole = assign(found.saved, features_of(*later.tables))
    one = later.orders["customer_id"] == "k00003"
    alone = assign(found.saved, features_of(later.orders[one], later.lines, later.contacts))
    assert alone.to_dict() == {"k00003": whole["k00003"]}


def test_later_orders_without_lines(found):
    later = drawn(79, 50, kinds=3)
    assert len(assign(found.saved, features_of(later.orders))) == 50


def test_personas_found_on_orders_alone_take_customers_with_everything():
    shop = drawn(3, 600, kinds=3)
    found = find(features_of(shop.orders[["order_id", "customer_id", "ordered_at", "revenue"]]), k=3)
    labels = assign(found.saved, features_of(*shop.tables))
    assert (labels == found.labels).all()


def test_frames_of_ones_own():
    rng = np.random.default_rng(0)
    kind = rng.integers(3, size=600)
    known = frame(
        np.column_stack(
            [np.exp(3 * kind + rng.normal(0, 0.4, 600)), 9.0 * (kind == 1) + rng.normal(size=600)]
        )
    )
    found = find(known)
    assert found.k == 3
    part = assign(found.saved, known.iloc[:50])
    pd.testing.assert_series_equal(
        part.sort_index(), found.labels.loc[sorted(known.index[:50])], check_names=False
    )


def test_nobody_to_be_put_with(found):
    with pytest.raises(DataError):
        assign(Saved(k=0, seed=0, recipe={}), found.features)
    with pytest.raises(DataError):
        assign(found.saved, frame(np.random.default_rng(0).normal(size=(30, 2))))


def test_what_find_gave_is_taken_as_it_is(found):
    assert assign(found, found.features).equals(assign(found.saved, found.features))


@pytest.mark.parametrize("other", [None, "personas", 3])
def test_something_else_is_refused_in_words(found, other):
    with pytest.raises(SettingError):
        assign(other, found.features)
    with pytest.raises(SettingError):
        assign(found.saved, other)
