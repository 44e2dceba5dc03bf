"""Who does not come back: by hand, by brute force in both engines, intervals against statsmodels, and a planted change."""

from __future__ import annotations

import itertools

import ibis
import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says

from csworkbook import estimates, open_shop
from csworkbook.errors import DataError, SettingError
from csworkbook.value import churn
from csworkbook.value.churn import clustered
from csworkbook.value.silences import reckoned, silences

from .shops import ODD, orders, random_shop

BY_HAND = orders(
    [
        ("ann", "2026-01-05", 10.0),
        ("ann", "2026-01-20", 10.0),  # her last one in January; back after 36 days
        ("ann", "2026-02-25", 10.0),  # never back
        ("bob", "2026-01-31", 10.0),  # back after 90 days exactly
        ("bob", "2026-05-01", 10.0),
        ("cas", "2026-02-01", 10.0),  # back after 91 days: too late
        ("cas", "2026-05-03", 10.0),
        ("dee", "2026-05-30", 10.0),
    ]
)


# ---------------------------------------------------------------- by hand
def test_months_by_hand():
    result = churn(
        BY_HAND, after="90D"
    )  # the last day is 30 May: the windows of February (28 + 90 days) are over on the 29th
    assert result.table["month"].dt.strftime("%Y-%m").tolist() == ["2026-01", "2026-02"]
    assert result.table[["n", "lost"]].to_numpy().tolist() == [[2, 0], [2, 2]]
    low, high = estimates.shares([0, 2], [2, 2])
    assert result.table["low"].tolist() == pytest.approx(list(low))
    assert result.table["high"].tolist() == pytest.approx(list(high))
    assert (result.whole.value, result.whole.n) == (0.5, 4)
    assert {name: part.n for name, part in result.parts.items()} == {"first": 2, "second": 1, "later": 1}
    assert result.silences.unfinished == 3  # bob, cas and dee in May
    assert_says(result)


def test_a_day_less_and_february_is_not_over():
    earlier = BY_HAND[BY_HAND["customer_id"] != "dee"]
    assert churn(earlier, after="90D").table["month"].dt.month.tolist() == [1]


def test_the_own_rhythm_by_hand():
    """Two customers with gaps of 10 and of 40 days, again and again: the variance within is nothing, so each has his own."""
    rows = [("fast", pd.Timestamp("2025-01-01") + pd.Timedelta(days=10 * i), 5.0) for i in range(20)]
    rows += [("slow", pd.Timestamp("2025-01-01") + pd.Timedelta(days=40 * i), 5.0) for i in range(8)]
    rows += [("end", pd.Timestamp("2026-06-30"), 5.0)]
    result = churn(orders([(who, str(at.date()), paid) for who, at, paid in rows]), after="own")
    rhythm = result.silences.rhythm
    assert (rhythm.gaps, rhythm.weight) == (26, 0.05)  # the least weight of the shop
    assert rhythm.days == pytest.approx(np.exp((19 * np.log(10) + 7 * np.log(40)) / 26))
    assert result.parts["later"].value == pytest.approx(
        2 / (result.parts["later"].n)
    )  # the last of fast and of slow
    assert "2 × their own rhythm" in result.text
    assert_says(result)


# ---------------------------------------------------------------- by brute force
def brute(frame: pd.DataFrame, days: int | None, rhythm=None, times: float = 2.0) -> tuple[dict, int]:
    """Per month and place [n, lost], before months are left out; and per month how many are open."""
    end = frame["ordered_at"].max().normalize()
    counts: dict[tuple, list[int]] = {}
    waiting: dict[str, int] = {}
    for _who, own in frame.groupby("customer_id"):
        bought = sorted(set(own["ordered_at"].dt.normalize()))
        gaps = [(b - a).days for a, b in itertools.pairwise(bought)]
        for i, day in enumerate(bought):
            then = bought[i + 1] if i + 1 < len(bought) else None
            if then is not None and then.strftime("%Y-%m") == day.strftime("%Y-%m"):
                continue
            within = days
            if days is None:
                logs = np.log(gaps[:i]).sum() + rhythm.weight * np.log(rhythm.days)
                within = times * np.exp(logs / (i + rhythm.weight))
            month = day.strftime("%Y-%m")
            if (end - day).days < within:
                waiting[month] = waiting.get(month, 0) + 1
                continue
            cell = counts.setdefault((month, min(i, 2)), [0, 0])
            cell[0] += 1
            cell[1] += then is None or (then - day).days > within
    return counts, waiting


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("days", [30, 90, None])
def test_against_brute_force(seed, days):
    frame = random_shop(seed, customers=80)
    for source in (frame, ibis.memtable(frame)):
        found = silences(source, days=days)
        counts, waiting = brute(frame, days, found.rhythm)
        months = pd.to_datetime(found.counts["month"].to_numpy().astype("datetime64[M]")).strftime("%Y-%m")
        cells = found.counts[["place", "n", "lost"]].to_numpy().tolist()
        told = {(month, place): [n, lost] for month, (place, n, lost) in zip(months, cells, strict=True)}
        kept = set(months)
        expected = {key: cell for key, cell in counts.items() if key[0] in kept}
        assert {key: cell for key, cell in told.items() if cell[0]} == expected
        total = {
            m: sum(c[0] for k, c in counts.items() if k[0] == m)
            for m in {k[0] for k in counts} | set(waiting)
        }
        for month, n in total.items():
            share = n / (n + waiting.get(month, 0))
            if days is None:
                assert (month in kept) == (n > 0 and share >= 0.9)
            else:
                last = pd.Period(month).end_time.normalize().tz_localize("UTC") + pd.Timedelta(days=days)
                assert (month in kept) == (last <= frame["ordered_at"].max().normalize())


@pytest.mark.parametrize("after", ["90D", "own"])
def test_a_table_of_an_engine_says_the_same(after):
    frame = open_shop().orders
    one, other = (
        churn(source, after=after, zone="Europe/Amsterdam") for source in (frame, ibis.memtable(frame))
    )
    pd.testing.assert_frame_equal(one.table, other.table)
    assert one.silences.unfinished == other.silences.unfinished
    for place, part in one.parts.items():
        assert (part.low, part.high) == pytest.approx((other.parts[place].low, other.parts[place].high))


# ---------------------------------------------------------------- intervals
def test_the_interval_knows_who_counts_more_than_once():
    """The variance is that of statsmodels' clustered errors, without its small-sample factor."""
    import statsmodels.api as sm

    rng = np.random.default_rng(5)
    many = rng.integers(1, 7, 150)
    group = np.repeat(np.arange(150), many)
    lost = (rng.random(len(group)) < np.repeat(rng.beta(1, 1, 150), many)).astype(float)
    sums = pd.DataFrame({"lost": lost, "n": 1.0}).groupby(group).sum()
    told = clustered(
        int(lost.sum()),
        len(lost),
        (sums["lost"] ** 2).sum(),
        (sums["lost"] * sums["n"]).sum(),
        (sums["n"] ** 2).sum(),
    )
    fit = sm.OLS(lost, np.ones(len(lost))).fit(
        cov_type="cluster", cov_kwds={"groups": group, "use_correction": False}
    )
    worth = lost.mean() * (1 - lost.mean()) / fit.bse[0] ** 2
    expected = estimates.share(lost.mean() * worth, worth)
    assert (told.value, told.n) == (lost.mean(), len(lost))
    assert (told.low, told.high) == pytest.approx((expected.low, expected.high))
    assert worth < 0.9 * len(lost)


def test_the_rhythm_finds_the_spread_it_was_drawn_from():
    """Logs of gaps: customers' means N(log 60, .5²), within N(0, 1): the weight is 1 / .25 = 4."""
    rng = np.random.default_rng(6)
    many = rng.integers(1, 10, 6000)
    group = np.repeat(np.arange(6000), many)
    logs = np.log(60) + np.repeat(rng.normal(0, 0.5, 6000), many) + rng.normal(0, 1, len(group))
    total = np.bincount(group, logs)
    found = reckoned(len(logs), 6000, logs.sum(), (total**2 / many).sum(), (logs**2).sum(), (many**2.0).sum())
    assert found.days == pytest.approx(60, rel=0.03)
    assert found.weight == pytest.approx(4, rel=0.12)


# ---------------------------------------------------------------- what is said
def test_a_planted_change_is_found_and_told():
    rng = np.random.default_rng(8)
    rows, n = [], 0
    for month in pd.date_range("2024-01-01", periods=20, freq="MS"):
        for _customer in range(120):
            n += 1
            rows.append((f"c{n}", month + pd.Timedelta(days=int(rng.integers(0, 28))), 10.0))
            if rng.random() < (
                0.5 if month < pd.Timestamp("2024-11-01") else 0.2
            ):  # back within 30 days, in the next month
                rows.append((f"c{n}", rows[-1][1] + pd.Timedelta(days=29), 10.0))
    result = churn(orders([(who, str(at.date()), paid) for who, at, paid in rows]), after="30D")
    assert result.shift.found
    first = result.table["month"].iloc[[result.shift.first, result.shift.last]]
    assert first.iloc[0] <= pd.Timestamp("2024-11-01") <= first.iloc[1]
    assert "Since " in result.text


def test_first_and_later_purchases_are_told_apart():
    result = open_shop().call(churn)
    assert result.parts["first"].low > result.parts["later"].high
    assert "second purchase" in result.findings()[0].action
    assert result.findings()[0].benchmark == "churn-period-30-90"
    assert_says(result)


@pytest.mark.parametrize(
    ("name", "after"), [("one customer", "30D"), ("one customer", "own"), ("wholesale", "30D")]
)
def test_odd_shops(name, after):
    assert_says(churn(orders(ODD[name]), after=after))


@pytest.mark.parametrize("name", sorted(set(ODD) - {"one customer"}))
def test_odd_shops_that_cannot_tell(name):
    with pytest.raises(DataError) as error:
        churn(orders(ODD[name]), after="own")
    assert error.value.next_step


def test_the_order_of_the_rows_changes_nothing():
    frame = random_shop(2)
    for after in ("90D", "own"):
        one, other = churn(frame, after=after), churn(frame.sample(frac=1, random_state=9), after=after)
        assert one.table.equals(other.table)
        assert one.whole == other.whole


def test_what_cannot_be():
    with pytest.raises(DataError):
        churn(BY_HAND.iloc[:0])
    with pytest.raises(DataError, match="too little time"):
        churn(BY_HAND, after="365D")
    with pytest.raises(DataError, match="twice"):
        churn(orders(ODD["one order each"]), after="own")
    for wrong in ("soon", "1h"):
        with pytest.raises(SettingError):
            churn(BY_HAND, after=wrong)
