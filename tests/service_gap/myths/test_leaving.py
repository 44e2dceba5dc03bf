"""Leaving against loyalty: a planted ratio of four, Woolf's error by hand, the ledger's own comparison, coverage."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from csworkbook.engine import held
from csworkbook.errors import DataError
from csworkbook.ledger import later, links
from csworkbook.service_gap.myths import leaving
from csworkbook.service_gap.myths.history import history, seconds
from csworkbook.service_gap.myths.matched import error, match
from csworkbook.shop import open_shop

from .tables import START, at, contacts, journeys, orders, people

# a day in the middle of one of the ledger's months, so that everybody's first days lie in the same one
MIDDLE = float((math.ceil(START.timestamp() / later.MONTH) + 0.5) * later.MONTH - START.timestamp()) / 86_400


def shop(asked: tuple[int, int, int], quiet: tuple[int, int, int]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Everybody orders on the same day; so many order nothing, once, or twice more. Who asks does so 2½ days later."""
    who, days = [], []
    for prefix, numbers in (("asked", asked), ("quiet", quiet)):
        names = people(prefix, sum(numbers))
        again = np.repeat([0, 1, 2], numbers)
        for turn, day in ((0, 0), (1, 40), (2, 60)):
            who += [name for name, n in zip(names, again, strict=True) if n >= turn]
            days += [MIDDLE + day] * int((again >= turn).sum())
    bought = orders([*who, "end"], [*days, MIDDLE + 400])
    return contacts(people("asked", sum(asked)), [MIDDLE + 2.5] * sum(asked), stage="after"), bought


FOUR = shop((160, 20, 20), (160, 160, 80))  # leaves .8 against .4, loyal .1 against .2


def test_a_planted_ratio_of_four_is_found():
    result = leaving(*FOUR)
    table = result.table.set_index("outcome")
    assert table.loc["leaves", ["contacts", "count", "share", "comparable"]].tolist() == [200, 160, 0.8, 0.4]
    assert table.loc["loyal", ["count", "share", "comparable"]].tolist() == pytest.approx([20, 0.1, 0.2])
    assert table["times"].tolist() == pytest.approx([2, 0.5, 4])
    assert result.verdict == "not supported"
    assert "4.00 times" in result.text
    assert "The handbook turns it round" in result.method  # the caveat of its figure
    assert "Without comparing, 8.0 times as many leave as become loyal" in result.method


def test_its_interval_is_woolfs_by_hand():
    result = leaving(*FOUR)
    by_hand = math.sqrt(
        1 / 160 + 1 / 20 + 1 / 160 + 1 / 80
    )  # of ln(160/20 ÷ 160/80), leaves and loyal exclusive
    assert result.error == pytest.approx(by_hand, rel=0.01)
    assert result.estimate.low == pytest.approx(4 * math.exp(-1.96 * by_hand), rel=0.01)
    assert result.table.loc[0, "high"] == pytest.approx(
        2 * math.exp(1.96 * math.sqrt(0.2 / 160 + 0.6 / 160)), rel=0.01
    )


def test_a_contact_that_goes_with_loyalty_supports_the_myth():
    result = leaving(*shop((80, 40, 80), (160, 160, 80)))
    assert result.estimate.value == pytest.approx(0.5)
    assert result.verdict == "supported"


def test_no_difference_is_no_verdict_or_no_more_than_a_tenth():
    assert leaving(*shop((80, 80, 40), (160, 160, 80))).verdict == "not enough data"
    many = leaving(*shop((4000, 4000, 4000), (4000, 4000, 4000)))
    assert many.estimate.value == pytest.approx(1)
    assert many.verdict == "not supported"  # the interval leaves no room for a tenth more loyalty


def test_those_who_are_compared_are_alike():
    balance = leaving(*FOUR).balance.set_index("trait")
    assert balance.loc[["orders", "known"], "after"].abs().fillna(0).max() == 0


def test_other_orders_so_far_are_not_compared():
    asked, bought = FOUR
    old = orders([f"quiet{i}" for i in range(400)], [MIDDLE - 200] * 400).assign(
        order_id=lambda t: "old" + t["order_id"]
    )
    with pytest.raises(DataError, match="not in touch"):
        leaving(asked, pd.concat([bought, old], ignore_index=True))


def test_windows_that_are_not_over_are_left_out():
    asked, bought = FOUR
    late = contacts(["quiet0"], [MIDDLE + 300], stage="after")
    both = pd.concat([asked, late], ignore_index=True)
    assert leaving(both, bought).left[1] == 1
    assert leaving(both, bought).estimate.n == 200


def test_the_stage_of_the_contacts_is_a_choice():
    asked, bought = FOUR
    half = asked.assign(stage=np.where(np.arange(200) < 100, "before", "after"))
    assert leaving(half, bought).estimate.n == 100
    assert leaving(half, bought, stage=None).estimate.n == 200
    assert leaving(asked.drop(columns="stage"), bought).stage is None


def test_it_compares_as_the_ledger_does():
    """The same comparison in another language: the ledger's, in SQL, with every contact about the same."""
    shop = open_shop()
    one = shop.contacts.assign(topic="any")
    with links.looked_up(shop.orders) as known, held(links.link_contacts(one, known)) as linked:
        expected = later.compare(linked, known, 0.35, 90).iloc[0]
    past = history(shop.orders)
    found = match(past, past.of(one), seconds(one["opened_at"]), 90)
    asked, quiet = (
        past.earned(f["customer"].to_numpy(), f["second"].to_numpy(), 90) for f in (found.asked, found.quiet)
    )
    compared = found.compare(asked, quiet)
    assert (found.n, found.never, found.open) == (expected["episodes"], expected["never"], expected["open"])
    assert compared.like == pytest.approx(expected["comparable"])
    assert compared.own - compared.like == pytest.approx(expected["later"])
    assert error(compared.own_pull - compared.like_pull) <= expected["error"]  # the ledger adds both parts


def test_nothing_planted_stays_nothing_and_the_interval_holds_it_as_often_as_it_says():
    logs, held_it = [], 0
    for seed in range(60):
        bought, asked = journeys(seed)
        estimate = leaving(asked, bought, within="120D").estimate
        logs.append(math.log(estimate.value))
        held_it += estimate.low <= 1 <= estimate.high
    assert np.mean(logs) == pytest.approx(0, abs=3 * np.std(logs) / math.sqrt(60))
    assert held_it >= 53  # 95 % of 60 is 57


def test_one_customer_who_asks_often_counts_as_one():
    asked, bought = FOUR
    often = pd.concat([asked] + [asked.head(1).assign(opened_at=at([MIDDLE + 3 + i])) for i in range(5)])
    assert leaving(often, bought).estimate.n == 200


def test_few_contacts_give_no_verdict():
    result = leaving(*shop((8, 1, 1), (160, 160, 80)))
    assert result.verdict == "not enough data"
    assert result.findings()[0].enough > 10
