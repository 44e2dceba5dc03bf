"""Solved at the first contact: by hand for every definition, planted in the demo, and in an engine."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from csworkbook import demo, language
from csworkbook.channels import first_contact
from csworkbook.channels.resolution import DEFINITIONS, _compared
from csworkbook.demo import stories
from csworkbook.errors import DataError, SettingError
from csworkbook.shop import open_shop

START = pd.Timestamp("2026-01-01 12:00", tz="Europe/Amsterdam")
T, F = True, False
# id, customer, day, channel, topic, order, replied, resolved, transferred, abandoned, satisfied
ROWS = [
    ("a1", "ann", 0, "email", "refund", "1", T, T, F, F, T),
    ("a2", "ann", 5, "email", "refund", "1", T, T, F, F, F),
    ("b1", "bob", 0, "chat", "size", None, T, T, T, F, None),
    ("b2", "bob", 14, "chat", "parcel", None, T, T, F, F, None),  # exactly 14 days later
    ("c1", "cat", 1, "phone", "parcel", None, F, F, F, T, None),  # given up
    ("c2", "cat", 2, "phone", "parcel", "3", T, T, F, F, None),
    ("d1", "dan", 3, "email", "size", None, T, F, F, F, None),  # never resolved
    ("e1", None, 4, "email", "refund", "1", T, T, F, F, None),  # nobody known, about ann's order: a2 follows
    ("f1", "fay", 6, "email", " ", None, T, T, F, F, T),  # no topic
    ("zz", "zed", 60, "chat", "size", None, T, T, F, F, None),  # its window is not over
]


def asked(rows=ROWS) -> pd.DataFrame:
    names = [
        "contact_id",
        "customer_id",
        "day",
        "channel",
        "topic",
        "order_id",
        "replied",
        "resolved",
        "transferred",
        "abandoned",
        "satisfied",
    ]
    frame = pd.DataFrame(rows, columns=names)
    opened = START + pd.to_timedelta(frame.pop("day"), "D")
    hour = pd.Timedelta(hours=1)
    return frame.assign(
        opened_at=opened,
        replied_at=(opened + hour).where(frame.pop("replied")),
        resolved_at=(opened + 2 * hour).where(frame.pop("resolved")),
        satisfied=pd.array(frame["satisfied"], dtype="boolean"),
    )


HAND = asked()


def counts(result, group="all") -> dict[str, tuple[int, int]]:
    rows = result.table[result.table[result.by] == group]
    return {row.definition: (row[3], row.n) for row in rows.rename(columns={"count": "k"}).itertuples()}


def test_the_five_definitions_by_hand():
    # eight count: c1 was given up, zz is too recent. In one go: all but b1 (passed on) and d1 (not resolved).
    # not reopened, of those with an order and a topic (a1, a2, c2, e1): a1 and e1 were followed within 14 days.
    # same topic, by first contacts (a1, b1, b2, d1; a2 and c2 follow): a1 came back.
    # any topic: a1, b1, d1, f1; b1 came back too
    assert counts(first_contact(HAND)) == {
        "one_touch": (6, 8), "not_reopened": (2, 4), "same_topic": (3, 4), "any_topic": (2, 4), "customer_says": (2, 3),
    }  # fmt: skip


def test_every_contact_instead_of_every_question_by_hand():
    # a2 and c2 count as well, and came not back; by any topic a2, b2 and c2
    found = counts(first_contact(HAND, each="contact"))
    assert found["same_topic"] == (5, 6)
    assert found["any_topic"] == (5, 7)
    assert found["one_touch"] == (6, 8)


def test_a_shorter_window_by_hand():
    found = counts(first_contact(HAND, within="13D"))
    assert found["any_topic"] == (4, 5)  # b1 no longer comes back, so that b2 is a first contact too; a1 does
    # a longer one: only what was opened until day 3 is over on day 60
    assert counts(first_contact(HAND, within="57D"))["same_topic"] == (2, 3)  # until day 3: a1, b1, d1


def test_groups_by_hand():
    by_channel = first_contact(HAND)
    assert list(dict.fromkeys(by_channel.table["channel"])) == ["all", "email", "chat", "phone"]
    assert counts(by_channel, "email")["one_touch"] == (4, 5)
    assert counts(by_channel, "email")["not_reopened"] == (1, 3)
    assert counts(by_channel, "phone")["same_topic"] == (0, 0)  # c2 follows the call that was given up
    by_topic = first_contact(HAND, by="topic")
    assert "" not in set(by_topic.table["topic"])
    assert by_topic.counts["unknown"] == 1  # f1 is in "all" only
    assert counts(by_topic, "refund")["same_topic"] == (0, 1)


def test_what_is_left_out_is_counted():
    table = first_contact(HAND).table.set_index(["channel", "definition"])
    assert table.loc[("all", "one_touch"), "left_out"] == 1  # zz, of nine handled
    assert table.loc[("all", "same_topic"), "left_out"] == 5
    assert first_contact(HAND).counts == {
        "contacts": 10, "given_up": 1, "handled": 9, "base": 8,
        "twice": 0, "no_time": 0, "no_channel": 0, "no_customer": 1, "no_topic": 1, "unknown": 0,
    }  # fmt: skip


def test_the_interval_is_wilsons():
    row = first_contact(HAND).table.iloc[0]
    assert (row["low"], row["high"]) == pytest.approx(proportion_confint(6, 8, method="wilson"))


def test_a_ticket_that_is_there_twice_at_two_moments_was_reopened():
    again = HAND[HAND["contact_id"] == "d1"].assign(opened_at=START + pd.Timedelta(days=9))
    solved_again = HAND[HAND["contact_id"] == "b2"].assign(resolved_at=START + pd.Timedelta(days=20))
    copy = HAND[HAND["contact_id"] == "f1"]
    found = first_contact(pd.concat([HAND, again, solved_again, copy], ignore_index=True))
    # tickets can now be seen to come back, so all eight can be judged: a1, e1 (order), d1, b2 (number) came back
    assert counts(found)["not_reopened"] == (4, 8)
    assert found.counts["twice"] == 3
    # a copy alone does not show that tickets can come back
    assert counts(first_contact(pd.concat([HAND, copy])))["not_reopened"] == (2, 4)


def test_messages_tell_in_how_many_goes():
    def sent(ticket, minutes, sender="agent"):
        return {
            "contact_id": ticket,
            "sent_at": START + pd.Timedelta(minutes=minutes),
            "sender": sender,
            "text": "x",
        }

    messages = pd.DataFrame(
        [
            sent("a1", 0),
            sent("a1", 60),
            sent("a2", 0),
            sent("a2", 61),
            sent("c2", 0),
            sent("c2", 900, "customer"),
        ]
    )
    assert counts(first_contact(HAND, messages))["one_touch"] == (5, 8)  # a2 took two goes
    shuffled = messages.iloc[[3, 0, 5, 1, 2, 4]]
    assert counts(first_contact(HAND, shuffled))["one_touch"] == (5, 8)
    # without knowing who was passed on, only tickets with messages can be judged
    assert counts(first_contact(HAND.drop(columns="transferred"), messages))["one_touch"] == (2, 3)


def test_what_a_table_does_not_tell_is_said():
    bare = first_contact(HAND[["contact_id", "customer_id", "opened_at", "channel", "topic"]])
    assert [name for name, (_k, n) in counts(bare).items() if n == 0] == [
        "one_touch",
        "not_reopened",
        "customer_says",
    ]
    assert bare.main == "same_topic"
    many = pd.concat(
        [HAND.assign(contact_id=HAND["contact_id"] + str(i), customer_id=f"c{i}") for i in range(60)]
    )
    told = first_contact(many[["contact_id", "customer_id", "opened_at", "channel", "topic"]])
    assert "“ticket not reopened”" in told.method
    assert told.table.loc[told.table["n"] == 0, "share"].isna().all()


def test_who_waited_how_long_alone_does_not_tell_that_a_letter_was_not_answered():
    """Telephone systems tell seconds of waiting; letters, resolved all of them, have none."""
    opened = pd.date_range("2026-01-01", periods=80, freq="1D", tz="UTC")
    contacts = pd.DataFrame(
        {"contact_id": range(80), "customer_id": range(80), "opened_at": opened, "topic": "x"}
    )
    contacts["channel"] = ["phone", "email"] * 40
    contacts["waiting_seconds"] = [12.0, None] * 40
    contacts["resolved_at"] = opened + pd.Timedelta("1h")
    found = first_contact(contacts.assign(transferred=False))
    assert found.of("one_touch", "email").value == found.of("one_touch", "phone").value == 1.0
    bare = contacts.drop(columns=["waiting_seconds", "resolved_at"]).assign(transferred=False)
    assert first_contact(bare).of("one_touch").n == 0  # passed on or not says nothing of answered


def test_a_definition_of_which_hardly_any_contact_tells_is_not_in_the_headline():
    opened = pd.date_range("2026-01-01", periods=90, freq="1D", tz="UTC")
    contacts = pd.DataFrame(
        {"contact_id": range(90), "customer_id": range(90), "opened_at": opened, "topic": "x"}
    )
    contacts = contacts.assign(channel="email", satisfied=None)
    contacts.loc[:2, "satisfied"] = False
    found = first_contact(contacts)
    assert found.of("customer_says").n == 3
    assert "0%" not in found.text.replace("100%", "")
    assert "Too few contacts tell it to count in the headline: “customer satisfied”" in found.method


def test_without_a_known_customer_tickets_are_compared():
    found = first_contact(HAND.assign(customer_id=None))
    assert counts(found)["same_topic"] == (0, 0)
    assert found.main == "one_touch"


@pytest.mark.parametrize("by", ["channel", "topic", "agent"])
@pytest.mark.parametrize("each", ["issue", "contact"])
def test_an_engine_counts_the_same(by, each):
    rng = np.random.default_rng(4)
    frame = random_contacts(rng, 400)
    engine = ibis.duckdb.connect()
    there = engine.create_table("contacts", ibis.memtable(frame.astype({"channel": str})))
    here, far = first_contact(frame, by=by, each=each), first_contact(there, by=by, each=each)
    pd.testing.assert_frame_equal(here.table, far.table)
    pd.testing.assert_frame_equal(here.compared, far.compared)
    assert here.text == far.text


def random_contacts(rng, n) -> pd.DataFrame:
    opened = START + pd.to_timedelta(np.sort(rng.integers(0, 90 * 24, n)), "h")
    return pd.DataFrame(
        {
            "contact_id": [f"k{i}" for i in rng.choice(n, n)],
            "customer_id": rng.choice(["a", "b", "c", "d", "e", "f", "", None], n),
            "opened_at": opened,
            "replied_at": (opened + pd.Timedelta(hours=1)).where(rng.random(n) < 0.9),
            "resolved_at": (opened + pd.Timedelta(hours=3)).where(rng.random(n) < 0.8),
            "channel": pd.Categorical(rng.choice(["email", "chat", "phone"], n)),
            "topic": rng.choice(["size", "refund", None], n),
            "agent": rng.choice(["Fleur", "Jesse", None], n),
            "order_id": rng.choice(["1", "2", "3", None], n),
            "transferred": rng.choice([True, False, None], n),
            "abandoned": rng.choice([True, False], n, p=[0.1, 0.9]),
            "satisfied": rng.choice([True, False, None], n),
        }
    )


def brute(frame: pd.DataFrame, days: int = 14) -> dict[str, tuple[int, int]]:
    """The same definitions, contact by contact; every contact, not every question."""
    frame = frame.dropna(subset="opened_at")
    rest = ["resolved_at", "replied_at", "customer_id", "channel", "topic", "agent"]
    rows = (
        frame.sort_values(["opened_at", *rest], na_position="last")
        .drop_duplicates("contact_id")
        .to_dict("records")
    )
    moments = frame.groupby("contact_id")[["opened_at", "resolved_at"]].nunique().max(axis=1)
    last, span, found = frame["opened_at"].max(), pd.Timedelta(days=days), dict.fromkeys(DEFINITIONS, (0, 0))

    def blank(value) -> bool:
        return value is None or value != value or value == ""

    def later(row, *alike) -> bool:
        return any(
            pd.Timedelta(0) < other["opened_at"] - row["opened_at"] <= span
            and all(other[name] == row[name] for name in alike)
            for other in rows
        )

    def judged(row):
        resolved, known, topic = (
            not pd.isna(row["resolved_at"]),
            not blank(row["customer_id"]),
            not blank(row["topic"]),
        )
        order = topic and not blank(row["order_id"])
        back = moments[row["contact_id"]] > 1 or (order and later(row, "order_id", "topic"))
        if row["transferred"] is not None:
            yield "one_touch", not pd.isna(row["replied_at"]) and resolved and not row["transferred"]
        yield "not_reopened", resolved and not back
        if known and topic:
            yield "same_topic", not later(row, "customer_id", "topic")
        if known:
            yield "any_topic", not later(row, "customer_id")
        if row["satisfied"] is not None:
            yield "customer_says", row["satisfied"]

    for row in rows:
        replied, resolved = (not pd.isna(row[name]) for name in ("replied_at", "resolved_at"))
        if (row["abandoned"] and not replied) or not (replied or resolved) or row["opened_at"] + span > last:
            continue
        for name, yes in judged(row):
            found[name] = found[name][0] + bool(yes), found[name][1] + 1
    return found


@pytest.mark.parametrize("seed", range(6))
def test_against_a_count_contact_by_contact(seed):
    frame = random_contacts(np.random.default_rng(seed), 150)
    assert counts(first_contact(frame, each="contact")) == brute(frame)


def test_the_order_of_rows_and_what_else_is_there_change_nothing():
    frame = random_contacts(np.random.default_rng(1), 200)
    usual = first_contact(frame).table
    mixed = frame.sample(frac=1, random_state=2).assign(extra=object()).set_index(np.zeros(200, int))
    pd.testing.assert_frame_equal(first_contact(mixed).table, usual)
    naive = frame.assign(
        **{n: frame[n].dt.tz_convert("UTC").dt.tz_localize(None) for n in frame if n.endswith("_at")}
    )
    pd.testing.assert_frame_equal(first_contact(naive.astype({"channel": object})).table, usual)


@pytest.mark.parametrize("channel", sorted(stories.REPEAT))
def test_the_planted_shares_are_found(channel):
    truth = demo.truth().set_index("id").loc[f"resolution.repeat.{channel}", "value"]
    contacts = open_shop().contacts
    after = contacts[(contacts["stage"] == "after") & (contacts["topic"] != stories.FOLLOWS[0])]
    found = first_contact(after, each="contact").of("same_topic", channel)
    low, high = proportion_confint(round(found.value * found.n), found.n, alpha=0.001, method="wilson")
    assert low <= 1 - truth <= high


def test_the_demo_says_that_mail_solves_least():
    result = open_shop().call(first_contact)
    assert result.compared["channel"].iloc[-1] == "email"
    assert bool(result.compared["sure"].iloc[-1])
    assert result.spread > 0.1
    assert [finding.benchmark for finding in result.findings()] == ["mail-resolved-58-6", None]


def test_groups_that_do_not_differ_are_hardly_ever_told_apart():
    rng = np.random.default_rng(7)
    sure = 0
    for _turn in range(300):
        n = np.array([100, 200, 300, 400])
        k = rng.binomial(n, 0.8)
        table = pd.DataFrame(
            {"channel": ["all", "a", "b", "c", "d"], "count": [k.sum(), *k], "n": [n.sum(), *n]}
        )
        sure += _compared(table.assign(share=table["count"] / table["n"]), "channel")["sure"].any()
    assert sure <= 25  # 5 % of 300 is 15; more than 25 has a chance below 1 %


def test_too_few_say_so():
    result = first_contact(HAND)
    assert "only 8 contacts" in result.text
    assert result.findings()[0].certainty == "too few"
    assert result.plot().to_json()


@pytest.mark.parametrize("by", ["channel", "topic", "agent"])
def test_dutch_says_all_of_it(by):
    result = open_shop().call(first_contact, by=by)
    english = result.text
    with language.speaking("nl"):
        assert result.method
        assert result.plot().to_json()
    assert english.count("%") >= 2


def test_the_download_holds_the_table():
    result = open_shop().call(first_contact)
    assert len(result.sheet()) == len(result.table)
    assert list(result.sheet().columns) == result.heads()


def test_settings_and_tables_that_cannot_be_used():
    with pytest.raises(SettingError):
        first_contact(HAND, by="colour")
    with pytest.raises(SettingError):
        first_contact(HAND, each="day")
    with pytest.raises(SettingError):
        first_contact(HAND, within="soon")
    with pytest.raises(DataError):
        first_contact(HAND.head(0))
    with pytest.raises(DataError):
        first_contact(HAND.drop(columns="channel"))
