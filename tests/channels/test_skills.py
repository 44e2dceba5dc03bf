"""Who is good at what: counted by hand, shrunk as brute force does it, and nobody called better out of chance."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from effort.tables import assert_says
from scipy.optimize import minimize
from scipy.stats import multivariate_normal

from csworkbook import channels, open_shop
from csworkbook.channels import abilities
from csworkbook.channels.agent_counts import compared
from csworkbook.channels.evened import evened

from .agents import ZONE, cells, contacts, team


# ---------------------------------------------------------------- beside colleagues
def test_a_person_is_compared_within_the_same_work():
    # easy: ann 9 of 10, bob 36 of 40; hard: ann 12 of 40, bob 3 of 10. Within the work both do the same,
    # although ann has 42% and bob 78% over all.
    table = cells([("ann", "chat", "easy", 10, 9), ("bob", "chat", "easy", 40, 36),
                   ("ann", "chat", "hard", 40, 12), ("bob", "chat", "hard", 10, 3)])  # fmt: skip
    found = compared(table, "channel", shares=True).set_index("agent")
    assert found["difference"].tolist() == pytest.approx([0, 0])
    assert found["plain"].tolist() == [21 / 50, 39 / 50]


def test_differences_are_weighed_as_mantel_and_haenszel_did():
    # ann: 8/10 − 30/40 and 10/30 − 2/20, weights 10·40/50 = 8 and 30·20/50 = 12
    table = cells([("ann", "chat", "x", 10, 8), ("bob", "chat", "x", 40, 30),
                   ("ann", "chat", "y", 30, 10), ("bob", "chat", "y", 20, 2)])  # fmt: skip
    found = compared(table, "channel", shares=True).set_index("agent").loc["ann"]
    by_hand = (8 * (Fraction(8, 10) - Fraction(30, 40)) + 12 * (Fraction(10, 30) - Fraction(2, 20))) / 20
    assert found["difference"] == pytest.approx(float(by_hand))
    x, y = Fraction(77, 102), Fraction(25, 102)  # 38½ of 51, 12½ of 51
    assert found["variance"] == pytest.approx(float((8 * x * (1 - x) + 12 * y * (1 - y)) / 400))
    assert (found["n"], found["others"], found["part"]) == (40, 60, 0.4)


def test_who_does_a_kind_alone_cannot_be_compared():
    table = cells([("ann", "chat", "x", 10, 8), ("bob", "email", "x", 40, 30)])
    assert compared(table, "channel", shares=True)["difference"].isna().all()


def test_minutes_are_compared_by_their_logarithm():
    table = cells([("ann", "chat", "x", 2, np.log(4 * 4)), ("bob", "chat", "x", 2, np.log(8 * 8))])
    table["squares"] = [2 * np.log(4) ** 2, 2 * np.log(8) ** 2]
    found = compared(table, "channel", shares=False)
    assert np.exp(found["difference"]).tolist() == pytest.approx([0.5, 2.0])


# ---------------------------------------------------------------- shrinking
def oracle(seen, noise, person):
    """The same model by brute force: the whole covariance, maximised numerically, and its conditional mean."""
    same = np.equal.outer(person, person)

    def covariance(log):
        return np.exp(log[0]) * same + np.exp(log[1]) * np.eye(len(seen))

    def unlikely(log):
        return -multivariate_normal(np.zeros(len(seen)), covariance(log) + np.diag(noise)).logpdf(seen)

    starts = [(-4, -4), (-6, -3), (-3, -6)]
    best = min((minimize(unlikely, start, method="Nelder-Mead") for start in starts), key=lambda one: one.fun)
    prior = covariance(best.x)
    gain = prior @ np.linalg.inv(prior + np.diag(noise))
    return gain @ seen, np.sqrt(np.diag(prior - gain @ prior)), np.sqrt(np.exp(best.x))


@pytest.mark.parametrize("seed", range(4))
def test_shrinking_is_what_brute_force_makes_of_it(seed):
    rng = np.random.default_rng(seed)
    person = np.repeat(np.arange(8), 4)
    noise = rng.uniform(0.002, 0.02, 32)
    seen = rng.normal(0, 0.2, 8)[person] + rng.normal(0, 0.12, 32) + rng.normal(0, np.sqrt(noise))
    value, sd, spread = oracle(seen, noise, person)
    found = evened(seen, noise, person)
    assert [found.between, found.within] == pytest.approx(spread, rel=0.08)
    assert found.value == pytest.approx(value, abs=0.006)
    assert (found.sd >= 0.98 * sd).all()  # that the spreads themselves are uncertain comes on top
    assert (found.sd <= 1.5 * sd).all()


def test_shrunk_figures_are_nearer_the_truth_and_their_ranges_hold_it():
    rng = np.random.default_rng(7)
    near, inside, n = [], 0, 0
    for _world in range(60):
        person, noise = np.repeat(np.arange(10), 4), rng.uniform(0.001, 0.03, 40)
        truth = rng.normal(0, 0.1, 10)[person] + rng.normal(0, 0.05, 40)
        seen = truth + rng.normal(0, np.sqrt(noise))
        found = evened(seen, noise, person)
        near.append(((found.value - truth) ** 2).mean() / ((seen - truth) ** 2).mean())
        inside += (np.abs(found.value - truth) <= 1.96 * found.sd).sum()
        n += 40
    assert np.mean(near) < 0.5
    assert 0.90 <= inside / n <= 0.97


# ---------------------------------------------------------------- who is good at what
def test_solved_at_first_contact_by_hand():
    # ann: 21 of 30 (times two halves) do not come back about refunds by mail; everything else is solved
    table = contacts({"ann": [1, 1, 1, 0.7]})
    result = channels.skills(table, by="both", zone=ZONE)
    rows = result.table.set_index(["agent", "channel", "topic"])
    assert rows.loc[("ann", "email", "refund"), ["n", "plain"]].tolist() == [60, 0.7]
    assert rows.loc[("bob", "email", "refund"), ["n", "plain"]].tolist() == [60, 1.0]
    assert rows.loc[("ann", "email", "refund"), "verdict"] == "worse"
    assert rows.loc[("bob", "email", "refund"), "verdict"] == "better"
    assert (
        rows.drop(index=[("ann", "email", "refund"), ("bob", "email", "refund")])["verdict"]
        == "cannot tell yet"
    ).all()
    assert "bob at refund (e-mail)" in result.text
    assert_says(result)
    (found,) = result.findings()
    assert "bob" not in found.headline + found.action  # names stay out of reports


def test_a_contact_that_was_passed_on_was_not_solved():
    table = contacts().assign(transferred=lambda t: (t["agent"] == "ann") & (t["channel"] == "chat"))
    rows = channels.skills(table, zone=ZONE).table.set_index(["agent", "channel"])
    assert rows.loc[("ann", "chat"), "plain"] == 0
    assert rows.loc[("bob", "chat"), "plain"] == 1


def test_faster_is_better():
    result = channels.skills(contacts(minutes={"ann": 4.0, "bob": 8.0}), measure="minutes", zone=ZONE)
    rows = result.table.set_index(["agent", "channel"])
    assert rows.loc[("ann", "chat"), "verdict"] == "better"
    assert rows.loc[("ann", "chat"), "minutes"] == pytest.approx(4.0, rel=0.02)
    assert rows.loc[("bob", "chat"), "ratio"] == pytest.approx(2.0, rel=0.02)
    assert_says(result)


def test_without_differences_nobody_is_called_better(monkeypatch):
    """Family-wise: in at most a twentieth of teams that do not differ (and chance in counting it)."""
    called = 0
    for seed in range(80):
        found = team({name: [0.85, 0.7, 0.8, 0.6] for name in "abcdefg"}, n=60, seed=seed)
        monkeypatch.setattr(abilities, "counted", lambda *_a, found=found, **_k: found)
        called += (channels.skills(None, by="both").table["verdict"] != "cannot tell yet").any()
    assert called / 80 <= 0.11


def test_the_planted_colleague_is_found_and_nobody_else():
    shop = open_shop()
    friendly = shop.call(channels.skills, measure="friendly")
    assert set(friendly.worse["agent"]) == {"Ruben"}
    assert len(friendly.worse) == 4  # in every channel
    for measure in ("solved", "minutes", "satisfied"):
        result = shop.call(channels.skills, measure=measure)
        assert (result.table["verdict"] == "cannot tell yet").all()
        assert "can be chance" in result.text
        assert_says(result)
    # five of five when each of four points is given with .45 (Ruben) or .78: .041 and .370
    row = friendly.table.set_index(["agent", "channel"]).loc[("Ruben", "chat")]
    assert row["low"] <= 0.45**4 <= row["high"]
    assert friendly.people  # kept out of what is printed


def test_two_shares_that_would_read_the_same_get_a_decimal():
    from csworkbook.channels import agent_words

    assert agent_words.beside("solved", 0.942, 0.936) == ("94.2%", "93.6%")
    assert agent_words.beside("solved", 0.9, 0.8) == ("90%", "80%")
