"""What an export cannot tell: channels without replies, times without seconds, and what is said then."""

import numpy as np
import pandas as pd
import pytest

from csworkbook.errors import DataError
from csworkbook.manifesto.promise import Promise
from csworkbook.manifesto.promises import available, offered, promisable, promises, reply, returned
from csworkbook.pages import promised
from csworkbook.shop import open_shop
from tests.manifesto.asked import MONDAY, ZONE, after, look_at, returns

SHOP = open_shop()


# ---------------------------------------------------------------- channels without replies
def lost(table, channel):
    """The same contacts from an export that has no reply times on one channel."""
    return table.assign(replied_at=table["replied_at"].mask(table["channel"] == channel))


TWO = pd.concat([after([10] * 40), after([0.3] * 40, "phone")], ignore_index=True)


def test_a_channel_without_recorded_replies_is_left_out_and_not_called_broken():
    found = reply(lost(TWO, "phone"), by="channel")
    assert (found.share.value, found.share.n) == (1, 39)  # the day of the last e-mail is not over
    assert found.found.left == {"unrecorded": 40, "open": 1}
    assert found.found.frame["channel"].unique().tolist() == ["email"]
    assert "Not one contact on phone has a recorded reply" in found.text
    assert "(left out: 40)" in found.text
    assert [finding.estimate.value for finding in found.findings()] == [1]
    assert available(lost(TWO, "phone"), channel="email").found.left.get("unrecorded") is None


@pytest.mark.parametrize("function", [reply, available])
def test_a_channel_without_recorded_replies_cannot_be_checked(function):
    with pytest.raises(DataError, match="This export does not say when phone calls were answered"):
        function(lost(TWO, "phone"), channel="phone")


def test_among_several_promises_that_of_the_channel_has_the_reason():
    table = promises(lost(TWO, "phone")).table.set_index("short")
    row = table.loc["Phone: 30 seconds"]
    assert (row["n"], row["verdict"]) == (0, "cannot tell yet")
    assert "does not say when phone calls were answered" in row["reason"]
    assert table.loc["E-mail: 24 hours", ["n", "verdict"]].tolist() == [39, "yes"]


def test_blank_columns_of_replies_are_no_replies():
    blank = TWO.assign(replied_at=TWO["replied_at"].mask(TWO["channel"] != ""), waiting_seconds=np.nan)
    assert offered({"contacts": blank}) == ["solved"]
    for function in (reply, available, promisable):
        with pytest.raises(DataError, match="do not say when they were answered"):
            function(blank)


def test_within_reach_is_asked_of_channels_where_people_wait():
    late = pd.concat([after([600] * 40), after([1] * 30, "chat")], ignore_index=True)
    found = available(late)
    assert (found.share.value, set(found.found.frame["channel"])) == (1, {"chat"})
    assert found.found.left["later"] == 40
    assert "where nobody waits for the answer: 40" in found.method
    assert available(late, channel="email").share.value == 0  # chosen, it is checked
    assert available(after([600] * 40)).share.value == 0  # there is no other


def test_the_last_promised_hour_is_not_the_worst_because_it_is_the_last():
    rng = np.random.default_rng(3)
    opened = MONDAY.normalize() + pd.to_timedelta(rng.integers(0, 100, 4000), unit="D")
    opened = pd.Series(opened + pd.to_timedelta(rng.uniform(9, 17, 4000), unit="h"))
    table = after([1] * 4000, "chat").assign(opened_at=opened)
    table["replied_at"] = opened + pd.to_timedelta(
        rng.exponential(30, 4000), unit="min"
    )  # alike at every hour
    found = available(table, country="")
    hours = found.hours.set_index("hour")
    assert hours.loc[16, "high"] < hours.loc[9:15, "low"].min()  # so it must be
    assert found.worst("hour") is None
    assert len(found.findings()) == 1
    assert "16:00" not in found.text
    assert "verdict" not in found.columns
    assert "Late in the day there is less time" in found.method
    look_at(found)


def test_beside_the_manifesto_a_promise_says_which_channel_it_leaves_out():
    class Here:
        def call(self, function, **options):
            return function(lost(TWO, "phone"), **options)

    assert "Not one contact on phone has a recorded reply" in promised._result(Here(), Promise("reply"))
    assert "Not one contact" not in promised._result(Here(), Promise("reply", "email", 1440))


# ---------------------------------------------------------------- times without seconds
def chats(size=3000):
    """Chats answered after 30 seconds on average, exactly and as a system without seconds tells of them."""
    rng = np.random.default_rng(0)
    opened = pd.Series(MONDAY + pd.to_timedelta(rng.integers(0, 200 * 86_400, size), unit="s"))
    waited = pd.to_timedelta(np.round(rng.exponential(30, size)), unit="s")
    exact = after([1] * size, "chat").assign(opened_at=opened, replied_at=opened + waited)
    cut = {name: exact[name].dt.tz_convert("UTC").dt.floor("min").dt.tz_convert(ZONE) for name in MOMENTS}
    return exact, exact.assign(**cut), waited.total_seconds().to_numpy()


MOMENTS = ("opened_at", "replied_at")


@pytest.mark.parametrize("within", ["20s", "60s"])
def test_without_seconds_nothing_is_told_to_the_second(within):
    exact, cut, waited = chats()
    assert reply(exact, channel="chat", within=within).share.value == pytest.approx(
        (waited <= pd.Timedelta(within).seconds).mean(), abs=0.001
    )
    with pytest.raises(DataError, match="have no seconds") as error:
        reply(cut, channel="chat", within=within)
    same, next_ = ((cut["replied_at"] - cut["opened_at"]).dt.total_seconds() <= most for most in (0, 60))
    assert same.mean() < (waited < 60).mean() < next_.mean()
    assert f"between {same.mean():.0%} and {next_.mean():.0%} of 3,000" in str(error.value)
    assert "rough" not in reply(cut, channel="chat", within="2min").found.left


def test_without_seconds_and_without_a_channel():
    with pytest.raises(DataError, match="The times on all channels have no seconds"):
        reply(chats(50)[1].assign(channel=None), within="20s")


def test_seconds_waited_make_up_for_times_without_seconds():
    _exact, cut, waited = chats()
    found = reply(cut.assign(waiting_seconds=waited), channel="chat", within="20s")
    assert found.share.value == pytest.approx((waited <= 20).mean(), abs=0.001)


def test_among_all_channels_those_without_seconds_are_left_out_and_named():
    found = reply(pd.concat([chats(100)[1], after([60] * 200)], ignore_index=True))
    assert set(found.found.frame["channel"]) == {"email"}
    assert found.found.left["rough"] == 100
    assert "The times on chat have no seconds" in found.text


# ---------------------------------------------------------------- findings
def test_a_panel_has_two_findings_and_those_of_two_panels_are_worded_alike():
    found = SHOP.call(reply)
    several = SHOP.call(promises)
    assert len(found.findings()) == 2
    assert len(several.findings()) == 2
    assert found.findings()[1].headline == several.findings()[0].headline
    for name in ("social", "email"):
        heads = {finding.headline for finding in SHOP.call(reply, channel=name).findings()}
        assert heads & {finding.headline for finding in several.findings()}


def test_an_average_of_other_shops_does_not_stand_beside_a_share_kept():
    known = {
        (channel, within): SHOP.call(reply, channel=channel, within=within).findings()[0].benchmark
        for channel, within in [
            ("chat", "60s"), ("phone", "30s"), ("email", "72h"), ("email", "24h"), ("chat", "20s"),
        ]
    }  # fmt: skip
    assert list(known.values()) == [None, None, None, "mail-limit-24-h", "chat-answer-20-s"]
    assert SHOP.call(reply, channel="email", within="24h", clock="open").findings()[0].benchmark is None


@pytest.mark.parametrize("by", ["hour", "weekday", "week"])
def test_a_return_without_the_day_it_came_is_unknown(by):
    table = returns([1] * 60)
    table.loc[::7, "returned_at"] = pd.NaT
    found = returned(table, within="2D", by=by)
    look_at(found)
    assert found.found.left["unknown"] == 9
    assert found.share.value == 1
