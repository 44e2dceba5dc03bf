"""What is odd in a log is said, with a log that shows it and one that does not."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says

from csworkbook import language
from csworkbook.funnel.measure import measure
from csworkbook.funnel.seen import steps_seen

from .visits import ZONE, crowd, log

STEPS = ["product", "cart", "paid"]
ALL = "product 0, cart 1, paid 2"
HOUR = 60.0


def kinds(result) -> list[str]:
    return [note.kind for note in result.notes]


def told(result, kind) -> str:
    return next(note.text for note in result.notes if note.kind == kind)


def sound(n=60) -> pd.DataFrame:
    """A log with nothing odd: a visitor an hour, a third of them pay."""
    return log({**crowd(n, ALL, "p", every=3 * HOUR), **crowd(n, "product 60, cart 62", "c", every=3 * HOUR),
                **crowd(n, "product 120", "o", every=3 * HOUR)})  # fmt: skip


def test_a_sound_log_has_no_notes():
    result = measure(sound(), STEPS)
    assert kinds(result) == []
    assert [f.headline for f in result.findings()] == [result._lost().headline]


# ------------------------------------------------------------------ backwards
def test_steps_that_stand_backwards_are_told_with_the_order_that_fits():
    result = measure(sound(), ["product", "paid", "cart"])
    assert "backwards" in kinds(result)
    text = told(result, "backwards")
    assert "100% of those who did both came to “cart” before “paid”" in text
    assert "The order that fits: product page → cart → paid" in text
    assert text in result.text
    assert result.findings()[0].estimate.n == 60
    assert_says(result)
    assert "The order that fits: product page → cart → paid" in told(
        measure(sound(), STEPS[::-1]), "backwards"
    )


def test_a_few_who_went_back_do_not_make_it_backwards():
    frame = pd.concat([sound(), log(crowd(20, "cart 0, product 4", "b", every=HOUR))])
    assert "backwards" not in kinds(measure(frame, STEPS))
    assert "backwards" not in kinds(measure(sound(), ["product", "paid", "cart"], order="any"))
    three = log(crowd(3, "cart 0, product 4", "b"))  # too few to be sure
    assert "backwards" not in kinds(measure(three, ["product", "cart"]))


# ------------------------------------------------------------------ a step that never occurs
def test_a_step_that_never_occurs_is_told_with_those_that_do():
    result = measure(sound(), ["product", "basket", "paid"])
    text = told(result, "never")
    assert "The step “basket” does not occur in your log" in text
    assert "What does occur: product page, cart and paid" in text
    assert text in result.text
    assert result.table["visitors"].tolist() == [180, 0, 0]
    assert_says(result)
    assert "“basket” and “thanks” do not occur" in told(
        measure(sound(), ["product", "basket", "thanks"]), "never"
    )
    assert "never" not in kinds(measure(sound(), ["product", ["basket", "cart"], "paid"]))


# ------------------------------------------------------------------ tracking that began late or stopped
def test_tracking_that_began_late_is_told_with_a_day_to_begin():
    frame = sound(120)  # fifteen days from 5 January
    late = frame[(frame["step"] != "paid") | (frame["at"] >= pd.Timestamp("2026-01-12 09:00", tz=ZONE))]
    result = measure(late, STEPS, zone=ZONE)
    text = told(result, "late")
    assert "“paid” is recorded only since 12 January 2026" in text
    assert "Let the funnel begin on 13 January 2026" in text
    assert text in result.text
    assert_says(result)
    assert "late" not in kinds(measure(late, STEPS, since="2026-01-13", zone=ZONE))
    assert "late" not in kinds(measure(frame, STEPS, zone=ZONE))


def test_tracking_that_stopped_is_told():
    frame = sound(120)
    short = frame[(frame["step"] != "cart") | (frame["at"] < pd.Timestamp("2026-01-12", tz=ZONE))]
    result = measure(short, STEPS, zone=ZONE)
    assert "“cart” is not recorded any more after 11 January 2026" in told(result, "stopped")
    assert "stopped" not in kinds(measure(short, STEPS, until="2026-01-12", zone=ZONE))
    assert_says(result)


def test_a_quiet_beginning_is_not_taken_for_missing_tracking():
    # three visitors a week before the shop's log really begins, none of whom paid
    early = log(crowd(3, "product 0, cart 2", "e"), start="2025-12-29 10:00")
    assert kinds(measure(pd.concat([early, sound()]), STEPS)) == []
    rare = log(
        {**crowd(200, "product 0, cart 1", "v", every=HOUR), "x": "product 9000, cart 9001, paid 9002"}
    )
    assert "late" not in kinds(measure(rare, STEPS))  # one payment in a week: its day says nothing


# ------------------------------------------------------------------ rates above what is possible
def test_a_step_that_is_passed_by_is_told():
    frame = pd.concat([sound(), log(crowd(90, "product 0, paid 5", "q", every=HOUR))])
    result = measure(frame, STEPS)
    assert "“paid” was done by more visitors (150) than “cart” before it (120)" in told(result, "skipped")
    assert result.table["step_rate"].max() <= 1
    assert_says(result)
    assert "skipped" not in kinds(measure(sound(), STEPS))


# ------------------------------------------------------------------ pages of one instant
def test_rounded_times_are_told_with_the_choice_that_counts_them():
    frame = log(
        {**crowd(50, "product 0, cart 0, paid 0", "r", every=HOUR), **crowd(50, ALL, "p", every=HOUR)}
    )
    result = measure(frame, STEPS)
    assert result.table["visitors"].tolist() == [100, 50, 50]
    text = told(result, "tied")
    assert "50% of those who did “product page” and “cart” did both in one instant" in text
    assert text in result.text
    allowed = measure(frame, STEPS, ties="allow")
    assert allowed.table["visitors"].tolist() == [100, 100, 100]
    assert "tied" not in kinds(allowed)
    one = log({**crowd(1, "product 0, cart 0", "r"), **crowd(99, ALL, "p")})
    assert "tied" not in kinds(measure(one, STEPS))
    for each in (result, allowed):
        assert_says(each)


# ------------------------------------------------------------------ bots and duplicates
def test_visitors_with_a_thousand_events_can_be_left_out():
    # no person sees 6,000 pages in ten weeks; the machine here also does all steps
    at = pd.Timestamp("2026-01-05 10:00", tz=ZONE) + pd.to_timedelta(np.arange(6000), "min")
    bot = pd.DataFrame({"visitor_id": "bot", "at": at, "step": np.tile(STEPS, 2000)})
    frame = pd.concat([sound(), bot], ignore_index=True)
    result = measure(frame, STEPS)
    assert result.table["visitors"].tolist() == [181, 121, 61]
    assert "1 visitor has 6,000 events" in told(result, "bots")
    assert_says(result)
    without = measure(frame, STEPS, without_bots=True)
    assert without.table["visitors"].tolist() == [180, 120, 60]
    assert "bots" not in kinds(without)
    assert "1 visitor with a thousand events or more was left out" in without.method
    assert_says(without)
    assert measure(sound(), STEPS, without_bots=True).query.left_out == 0
    there = ibis.memtable(frame.assign(at=frame["at"].dt.tz_convert("UTC").dt.as_unit("us")))
    same = measure(there, STEPS, without_bots=True)
    assert same.query.left_out == 1
    assert same.table["visitors"].tolist() == [180, 120, 60]


def test_events_that_stand_twice_are_told_and_change_nothing():
    frame = pd.concat([sound(), sound().head(7)], ignore_index=True)
    result = measure(frame, STEPS)
    assert "7 events stand in the log more than once" in told(result, "duplicates")
    assert result.table["visitors"].tolist() == measure(sound(), STEPS).table["visitors"].tolist()
    assert "more than once" not in result.text
    assert_says(result)


def test_notes_are_in_the_language_spoken_now():
    result = measure(sound(), ["product", "paid", "cart"])
    english = result.method
    with language.speaking("nl"):
        assert result.notes[0].text not in english


# ------------------------------------------------------------------ what a log holds
def test_the_names_of_a_log():
    frame = pd.concat([sound(), log({"p0": "kiosk 500, kiosk 501", "x": "support 7"})], ignore_index=True)
    result = steps_seen(frame, zone=ZONE)
    table = result.table.set_index("step")
    assert table.index.tolist() == ["product", "cart", "paid", "kiosk", "support"]
    assert table["events"].tolist() == [180, 120, 60, 2, 1]
    assert table["visitors"].tolist() == [180, 120, 60, 1, 1]
    assert table["reach"].tolist() == pytest.approx([180 / 181, 120 / 181, 60 / 181, 1 / 181, 1 / 181])
    assert table["role"].tolist() == ["product", "cart", "paid", "", "support"]
    assert table["place"].tolist()[:4] == [1, 2, 3, 4]  # p0 came to the kiosk after all the others
    assert table.loc["kiosk", "first_at"] == pd.Timestamp("2026-01-05 18:20", tz=ZONE)
    assert table["proposed"].tolist() == [True, True, True, False, False]
    assert "The longest funnel that fits: product page → cart → paid" in result.text
    assert result.cells()[0][0] == "product"  # as it has to be typed
    assert_says(result)


def test_a_log_with_unknown_names_says_so():
    result = steps_seen(log(crowd(5, "alpha 0, beta 1", "v")))
    assert "This workbook knows none of these names" in result.text
    assert "alpha → beta" in result.text
    assert_says(result)


@pytest.mark.parametrize("rows", [0, 1])
def test_a_log_with_little(rows):
    assert_says(steps_seen(log({"a": "cart 0"}).head(rows)))


def test_somebody_elses_log(realdata):
    """A public synthetic log; how often each name occurs is told beside it."""
    raw = pd.read_csv(realdata / "clickstream" / "retentioneering_ecom_synthetic.csv.gz")
    names = {"user_id": "visitor_id", "timestamp": "at", "event": "step", "event_name": "step"}
    frame = raw.rename(columns=names).assign(at=lambda f: pd.to_datetime(f["at"], utc=True))
    result = steps_seen(frame[["visitor_id", "at", "step"]])
    events = result.table.set_index("step")["events"]
    published = {
        "product_view": 6851,
        "add_to_cart": 1346,
        "cart": 1204,
        "purchase": 470,
        "support_chat": 277,
    }
    assert {name: events[name] for name in published} == published
    assert [step.role for step in result.proposed][-1] == "paid"
    assert {"product", "cart"} <= {step.role for step in result.proposed}
    table = measure(frame).table
    assert table["visitors"].is_monotonic_decreasing
    assert_says(result)


def test_the_picture_of_names_says_what_they_are_known_as():
    frame = log({"a": "home 0, cart 1, alpha 2", "b": "home 0, cart 1", "c": "home 0"})
    with language.speaking("nl"):
        figure = steps_seen(frame).plot()
    assert list(figure.layout.yaxis.ticktext) == ["alpha", "winkelwagen", "homepage"]
    both = steps_seen(log({"a": "cart 0, basket 1", "b": "cart 0"}))
    assert list(both.plot().layout.yaxis.ticktext) == ["cart (basket)", "cart (cart)"]
    assert [row[0] for row in both.cells()] == ["cart", "basket"]
