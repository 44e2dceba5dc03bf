"""Contacts, orders and answers of a few weeks that a person can count."""

from __future__ import annotations

import pandas as pd

ZONE = "Europe/Amsterdam"
OPEN = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "09:00-17:00")


def at(day: str | None) -> pd.Timestamp:
    """A moment by the clock of the shop."""
    return pd.NaT if day is None else pd.Timestamp(day, tz=ZONE)


def contacts(*rows: tuple, **more) -> pd.DataFrame:
    """customer, day and hour, channel, topic; other columns by name."""
    who, when, channel, topic = zip(*rows, strict=True)
    frame = pd.DataFrame(
        {
            "contact_id": [f"c{place}" for place in range(len(rows))],
            "customer_id": who,
            "opened_at": pd.DatetimeIndex([at(day) for day in when]).as_unit("us"),
            "channel": channel,
            "topic": topic,
        }
    )
    return frame.assign(**more)


def minutes_after(frame: pd.DataFrame, minutes: list[float | None]) -> pd.Series:
    """So many minutes after every contact was opened; empty where None."""
    later = pd.to_timedelta(pd.Series(minutes, dtype=float), unit="min")
    return (frame["opened_at"] + later).dt.as_unit("us")


def orders(*rows: tuple) -> pd.DataFrame:
    """customer, day."""
    who, when = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            "order_id": [f"o{place}" for place in range(len(rows))],
            "customer_id": who,
            "ordered_at": pd.DatetimeIndex([at(day) for day in when]).as_unit("us"),
            "revenue": 100.0,
        }
    )


def survey(*rows: tuple) -> pd.DataFrame:
    """day, choosing, buying, after, recommend."""
    when, choosing, buying, after, recommend = zip(*rows, strict=True)
    whole = [pd.array(column, dtype="Int64") for column in (choosing, buying, after, recommend)]
    frame = pd.DataFrame({"answered_at": pd.DatetimeIndex([at(day) for day in when]).as_unit("us")})
    return frame.assign(choosing=whole[0], buying=whole[1], after=whole[2], recommend=whole[3])


def figure(table: pd.DataFrame, metric: str, period: str, channel: str = "") -> pd.Series:
    """The row of one figure, period and channel."""
    here = table[(table["metric"] == metric) & (table["channel"] == channel)]
    return here[here["period"] == pd.Timestamp(period)].iloc[0]


# five whole weeks; the windows of the first two (from 5 and 12 January) are over on 8 February
WEEKS = contacts(
    # the week of Monday 5 January 2026
    ("ann", "2026-01-05 10:00", "chat", "size"),  # c0 solved, and nothing else asked
    ("bob", "2026-01-05 11:00", "email", "refund"),  # c1 asks again on the 9th
    ("bob", "2026-01-09 11:00", "email", "refund"),  # c2 solved; asks about delivery on the 13th
    ("cas", "2026-01-06 12:00", "phone", "size"),  # c3 given up: counts as a contact only
    ("dee", "2026-01-07 12:00", "chat", "invoice"),  # c4 asks again on the 21st, within the fourteenth day
    (" ", "2026-01-08 12:00", "chat", "size"),  # c5 nobody known
    ("eva", "2026-01-09 16:30", "email", None),  # c6 no topic
    # the week of 12 January
    ("bob", "2026-01-13 10:00", "email", "delivery"),  # c7 solved
    ("eva", "2026-01-16 10:00", "chat", "size"),  # c8 solved
    # the week of 19 January: not all windows are over on 8 February, the last contact
    ("dee", "2026-01-21 12:00", "chat", "invoice"),  # c9
    ("ann", "2026-01-23 12:00", "phone", "size"),  # c10
    ("gus", "2026-01-25 13:00", "chat", "size"),  # c11 on Sunday
    # the weeks of 26 January and 2 February
    ("gus", "2026-01-30 12:00", "chat", "delivery"),  # c12
    ("hal", "2026-02-08 12:00", "chat", "size"),  # c13, on Sunday
)
_GIVEN_UP = [place == 3 for place in range(14)]
WEEKS["abandoned"] = _GIVEN_UP
WEEKS["kind"] = ["complaint" if place in (1, 2, 3, 7) else "question" for place in range(14)]
WEEKS["replied_at"] = minutes_after(WEEKS, [1, 60, 30, None, 3, 2, 60, 10, 4, 5, 6, 7, 8, 9])
WEEKS["friendliness"] = pd.array([5, 2, None, None, 5, None, 4] + [None] * 7, dtype="Int64")
WEEKS["knowledge"] = pd.array([4, 2, None, None, 3, None, None] + [None] * 7, dtype="Int64")
WEEKS["satisfied"] = pd.array([True, False, None, None, True, None, True] + [None] * 7, dtype="boolean")
WEEKS["handling_minutes"] = [6.0, 12, 12, None, 6, 6, 12, 12, 6, 6, 30, 6, 6, 6]
WEEKS["agent"] = ["Ann", "Bo", "Bo", None, "Ann", "Ann", "Bo", "Bo", "Ann", "Ann", "Bo", "Ann", "Ann", "Ann"]

# with a contact on the last day of December, so that January is whole
MONTHS = pd.concat([contacts(("ida", "2025-12-31 12:00", "chat", "size")).assign(contact_id="c-"), WEEKS])
