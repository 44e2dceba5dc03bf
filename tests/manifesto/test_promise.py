"""What a promise can be, how customers read it, and that it survives being stored."""

import json

import pytest

from csworkbook.errors import SettingError
from csworkbook.language import speaking
from csworkbook.manifesto.promise import Promise, duration_said, weekdays_said

EVERY = [
    Promise("reply", "email", 1440),
    Promise("reply", "chat", 1 / 3),
    Promise("reply", "whatsapp", 60, "open"),
    Promise("reply"),
    Promise("solved", limit=14),
    Promise("return", limit=1),
    Promise("available", "phone", since="08:30", until="00:00", days=("saturday", "sunday")),
    Promise("available", days=("monday", "tuesday", "wednesday", "friday")),
]


def test_promises_as_customers_read_them():
    assert [promise.sentence() for promise in EVERY] == [
        "You get a first reply to your e-mail within 24 hours.",
        "We answer your chat within 20 seconds.",
        "You get a first reply through WhatsApp within 1 hour, counted in our opening hours.",
        "You get a first reply within the time that is usual for the channel.",
        "We solve it at once: you do not have to come back about it within 14 days.",
        "We handle your return within 1 day.",
        "You can reach us through phone from 08:30 to 24:00, Saturday and Sunday.",
        "You can reach us from 09:00 to 17:00, Monday to Wednesday and Friday.",
    ]


def test_promises_in_a_few_words():
    assert [promise.short() for promise in EVERY] == [
        "E-mail: 24 hours",
        "Chat: 20 seconds",
        "WhatsApp: 1 hour (opening hours)",
        "All channels: usual time",
        "Solved at once: 14 days",
        "Returns: 1 day",
        "Phone: 08:30–00:00",
        "All channels: 09:00–17:00",
    ]


@pytest.mark.parametrize(("since", "until"), [("9", "17.30"), ("09:00", "17:30"), (" 9:00", "17:30 ")])
def test_times_as_people_type_them(since, until):
    assert Promise("available", since=since, until=until).hours["monday"] == "09:00-17:30"


@pytest.mark.parametrize("promise", EVERY)
def test_a_stored_promise_comes_back_as_it_was(promise):
    stored = json.loads(json.dumps(promise.document()))
    assert Promise.of(stored) == promise
    assert Promise.of(stored | {"of another time": 1}) == promise


@pytest.mark.parametrize(
    "parts",
    [
        {"kind": "discount"},
        {"kind": "reply", "limit": 0},
        {"kind": "reply", "limit": float("inf")},
        {"kind": "reply", "limit": 5, "clock": "sundial"},
        {"kind": "solved"},
        {"kind": "return", "limit": -1},
        {"kind": "available", "since": "17:00", "until": "09:00"},
        {"kind": "available", "since": "nine"},
        {"kind": "available", "days": ()},
        {"kind": "available", "days": ("maandag",)},
    ],
)
def test_what_cannot_be_promised(parts):
    with pytest.raises(SettingError) as error:
        Promise(**parts)
    assert error.value.allowed


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0.5, "30 seconds"),
        (1, "1 minute"),
        (1.5, "90 seconds"),
        (60, "1 hour"),
        (90, "90 minutes"),
        (270, "4.5 hours"),
        (2880, "48 hours"),
        (4320, "3 days"),
        (float("nan"), "–"),
    ],
)
def test_lengths_of_time_as_people_say_them(minutes, said):
    assert duration_said(minutes) == said


def test_weekdays_in_both_languages():
    days = ("sunday", "monday", "tuesday", "wednesday")
    assert weekdays_said(days) == "Monday to Wednesday and Sunday"
    with speaking("nl"):
        assert weekdays_said(("monday",)) == "maandag"
