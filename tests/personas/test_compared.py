"""Shares of groups when customers count more than once: Newcombe's example, and the sandwich of statsmodels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from csworkbook import estimates
from csworkbook.personas.likeness.compared import compared, sure


def single(groups: dict[int, tuple[int, int]]) -> tuple[pd.DataFrame, pd.Series]:
    """One row a customer: group → (rows with "y", rows with "z")."""
    rows = [
        (f"{group}-{value}-{n}", value, group)
        for group, sizes in groups.items()
        for value, size in zip("yz", sizes, strict=True)
        for n in range(size)
    ]
    table = pd.DataFrame(rows, columns=["customer_id", "value", "persona"]).assign(count=1)
    return table, table.set_index("customer_id")["persona"]


def clustered(seed: int, customers: int = 200) -> tuple[pd.DataFrame, pd.Series]:
    """Customers with 1 to 8 rows each that resemble each other; the two groups do not differ."""
    rng = np.random.default_rng(seed)
    labels = pd.Series(rng.integers(1, 3, customers), [f"c{i}" for i in range(customers)])
    rate, n = rng.beta(1, 2, customers), rng.integers(1, 9, customers)
    hits = rng.binomial(n, rate)
    both = [
        pd.DataFrame({"customer_id": labels.index, "value": v, "count": x})
        for v, x in (("y", hits), ("z", n - hits))
    ]
    table = pd.concat(both, ignore_index=True)
    return table[table["count"] > 0], labels


def test_with_one_row_each_the_difference_is_that_of_newcombe():
    table = compared(*single({1: (56, 14), 2: (48, 32)}))  # Newcombe 1998, method 10: 0.2 (0.0524 to 0.3339)
    row = table[(table["persona"] == 1) & (table["value"] == "y")].iloc[0]
    assert (row["count"], row["n"], row["customers"], row["other_n"]) == (56, 70, 70, 80)
    assert row[["share", "other_share", "difference"]].tolist() == pytest.approx([0.8, 0.6, 0.2])
    assert row[["difference_low", "difference_high"]].tolist() == pytest.approx([0.0524, 0.3339], abs=5e-5)
    assert row[["low", "high"]].tolist() == pytest.approx(list(estimates.shares(56, 70)))


def test_with_one_row_each_the_test_is_nearly_the_score_test():
    found = compared(*single({1: (540, 160), 2: (570, 230)}))
    plain = estimates.difference(540, 700, 570, 800).p
    assert found["p"].min() == pytest.approx(min(4 * plain, 1), rel=0.05)  # Holm over the four cells


def test_the_variance_is_the_sandwich_of_a_mean_with_customers_as_clusters():
    rows, labels = clustered(1)
    mine = rows[rows["customer_id"].map(labels) == 1]
    each = mine.loc[mine.index.repeat(mine["count"])]
    y = (each["value"] == "y").astype(float).to_numpy()
    fit = sm.OLS(y, np.ones(len(y))).fit(
        cov_type="cluster", cov_kwds={"groups": pd.factorize(each["customer_id"])[0]}
    )
    found = compared(rows, labels).query("persona == 1 and value == 'y'").iloc[0]
    share, n = found["share"], found["n"]
    worth = n * share * (1 - share) / ((n - 1) * fit.bse[0] ** 2)  # the rows that independent ones are worth
    assert share == pytest.approx(fit.params[0])
    assert worth < n / 1.5
    assert found[["low", "high"]].tolist() == pytest.approx(list(estimates.shares(share * worth, worth)))


def test_customers_with_many_rows_do_not_make_a_difference_out_of_chance():
    found, plain = 0, 0
    for seed in range(200):
        rows, labels = clustered(seed)
        table = compared(rows, labels)
        found += bool(sure(table).any())
        sums = rows.assign(persona=rows["customer_id"].map(labels)).pivot_table(
            index="persona", columns="value", values="count", aggfunc="sum"
        )
        n = sums.sum(axis=1)
        plain += estimates.difference(sums.loc[1, "y"], n[1], sums.loc[2, "y"], n[2]).p < 0.05
    assert found <= 16  # 5 % of 200, and three standard deviations of chance
    assert plain > 30  # rows taken for independent: far too often


def test_a_value_nobody_has_keeps_an_interval_and_few_rows_are_not_tested():
    table = compared(*single({1: (0, 12), 2: (3, 40)})).set_index(["persona", "value"])
    none = table.loc[(1, "y")]
    assert (none["share"], none["low"]) == (0, pytest.approx(0, abs=1e-12))
    assert 0.1 < none["high"] < 0.5
    assert table["p"].isna().all()  # 12 × 3/55 < 5 rows expected
    assert not sure(table).any()


def test_rows_in_another_order_and_split_rows_give_the_same():
    rows, labels = clustered(3)
    other = pd.concat([rows, rows]).assign(count=lambda t: t["count"] / 2).sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(
        compared(rows, labels), compared(other, labels.sample(frac=1, random_state=2)), check_exact=False
    )


def test_customers_without_a_persona_do_not_count_and_the_rarest_values_count_in_the_whole():
    rows, labels = single({1: (30, 30), 2: (10, 50)})
    extra = pd.DataFrame({"customer_id": ["stranger", "1-y-0"], "value": ["y", "rare"], "count": 1})
    table = compared(pd.concat([rows, extra]), labels, most=2)
    assert sorted(table["value"].unique()) == ["y", "z"]
    assert table.set_index(["persona", "value"])["n"].loc[1].tolist() == [61, 61]


def test_a_persona_of_whom_nothing_is_known_has_no_share():
    rows, labels = single({1: (30, 30), 2: (10, 50)})
    labels = pd.concat([labels, pd.Series({"silent": 3})])
    silent = compared(rows, labels).query("persona == 3")
    assert silent["n"].tolist() == [0, 0]
    assert silent[["share", "difference", "p"]].isna().all(axis=None)
    assert (silent["low"].tolist(), silent["high"].tolist()) == ([0, 0], [1, 1])
