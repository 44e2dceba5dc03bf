"""What does a promise check say? Its sentences, benchmarks and advice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csworkbook import language
from csworkbook.estimates import Estimate
from csworkbook.language import gettext as _
from csworkbook.language import ngettext
from csworkbook.manifesto.promise import Promise, channel_said, weekdays_said

if TYPE_CHECKING:
    from csworkbook.manifesto.kept import Kept


def hour(value: int) -> str:
    """An hour of the day from–to.

    >>> hour(9)
    '9:00–10:00'
    """
    return f"{int(value)}:00–{int(value) + 1}:00"


def headline(promise: Promise, share: Estimate) -> str:
    """The promise and how often it was kept, with its interval."""
    said = {
        "share": language.percent(share.value, 1),
        "low": language.percent(share.low, 1),
        "high": language.percent(share.high, 1),
        "n": language.number(share.n),
        "promise": promise.sentence().rstrip("."),
    }
    return _("“{promise}” was kept in {share} of {n} cases ({low} to {high}).").format(**said)


def worst(kept: Kept) -> list[str]:
    """Where the promise was surely kept less often than elsewhere: channel, hour, week."""
    parts = []
    for view in ("channel", "hour", "weekday"):
        row = kept.worst(view)
        if row is not None:
            parts.append(_of(view).format(name=_name(view, row[view]), share=language.percent(row["share"])))
    if parts:
        parts = [_("Least often: {list}.").format(list=language.join(parts))]
    return [*parts, *_weeks(kept)]


def _of(view: str) -> str:
    return {
        "channel": _("by {name} ({share})"),
        "hour": _("at {name} ({share})"),
        "weekday": _("on {name} ({share})"),
    }[view]


def _name(view: str, value: object) -> str:
    if view == "channel":
        return channel_said(str(value))
    return hour(value) if view == "hour" else weekdays_said((str(value),))


def _weeks(kept: Kept) -> list[str]:
    table = kept.weeks
    low = table[(table["verdict"] == "yes") & (table["share"] < kept.share.value)].sort_values("shrunk")
    if len(table) < 2:
        return []
    if kept.began is not None:
        return [_step(kept)]
    if low.empty:
        return [_("No week was worse than chance could make it.")]
    days = [language.day(day, "d MMM yyyy") for day in low["week"].head(3)]
    said = ngettext(
        "{n} week was surely worse than the others: that of {days}.",
        "{n} weeks were surely worse than the others; the worst began on {days}.",
        len(low),
    )
    return [said.format(n=language.number(len(low)), days=language.join(days))]


def _step(kept: Kept) -> str:
    """When the level changed, from what to what, and between which weeks."""
    days = [
        language.day(kept.weeks["week"].iloc[at], "d MMM yyyy") for at in (kept.shift.first, kept.shift.last)
    ]
    said = _("Since the week of {day} it is {since}; before, it was {before}.")
    if days[0] != days[1]:
        said = _(
            "Since the week of {day} (between {first} and {last}) it is {since}; before, it was {before}."
        )
    return said.format(
        day=language.day(kept.began, "d MMM yyyy"),
        first=days[0],
        last=days[1],
        since=language.percent(kept.shift.since.value),
        before=language.percent(kept.shift.before.value),
    )


def warnings(kept: Kept) -> list[str]:
    """What the owner has to know of the data: who gave up, channels without replies, silent hours."""
    parts = []
    if kept.other is not None:
        share = language.percent(kept.other.value, 1)
        counted = _("Leaving out everybody who gave up it is {share}.")
        without = _("Counting those who gave up after the promised time as broken it is {share}.")
        if kept.promise.kind == "available":
            without = _("Counting those who gave up as broken it is {share}.")
        parts.append((counted if kept.found.given_up else without).format(share=share))
    return [*parts, *lacking(kept), *_silent(kept)]


def lacking(kept: Kept) -> list[str]:
    """The channels that were left out, because their export cannot tell when they were answered."""
    parts = []
    if kept.found.without_reply:
        names = language.join([channel_said(name) for name in kept.found.without_reply])
        said = _(
            "Not one contact on {channels} has a recorded reply, so nothing is said of them (left out: {n}): "
            "is the time of the reply missing in the export?"
        )
        n = language.number(kept.found.left.get("unrecorded", 0))
        parts.append(said.format(channels=names, n=n))
    if kept.found.rough:
        names = language.join([channel_said(name) for name in kept.found.rough])
        said = _(
            "The times on {channels} have no seconds, so a promise below two minutes cannot be checked there "
            "(left out: {n})."
        )
        parts.append(said.format(channels=names, n=language.number(kept.found.left.get("rough", 0))))
    return parts


def _silent(kept: Kept) -> list[str]:
    hours = kept.found.silent
    if not hours:
        return []
    shown = [f"{weekdays_said((day,))} {hour(at)}" for day, at in hours[:3]]
    said = ngettext(
        "In {n} promised hour nobody was in touch ({hours}), so nothing tests it.",
        "In {n} promised hours of the week nobody was in touch (first: {hours}), so nothing tests them.",
        len(hours),
    )
    return [said.format(n=language.number(len(hours)), hours=language.join(shown))]


def left_out(left: dict[str, int]) -> list[str]:
    """How many rows were left out, for each reason."""
    said = {
        "open": _("the promised time was not over when the data end: {n}"),
        "given_up": _("the customer gave up: {n}"),
        "wrong": _("answered before it was asked: {n}"),
        "unknown": _("customer, topic or moment not known: {n}"),
        "unrecorded": _("no reply is recorded on the whole channel: {n}"),
        "rough": _("times without seconds: {n}"),
        "later": _("on channels where nobody waits for the answer: {n}"),
        "outside": _("outside the promised hours: {n}"),
    }
    parts = [said[name].format(n=language.number(n)) for name, n in left.items()]
    return [_("Left out: {list}.").format(list="; ".join(parts))] if parts else []


def compared(promise: Promise, view: str) -> bool:
    """Whether the rows of a view can be compared: for "available" late hours have less time by construction."""
    return not (promise.kind == "available" and view == "hour")


def method(kept: Kept) -> str:
    """What counts as kept, how the intervals were made, and what was left out."""
    parts = [_rule(kept.promise)]
    parts.append(
        _(
            "Wilson's intervals. Each row is compared with all others (Fisher's exact test, corrected for having "
            "looked at all of them: Holm); weeks are evened out towards the whole, small ones most."
        )
    )
    if kept.shift is not None:
        parts.append(_("One step in level, by likelihood; tested by shuffling the periods 999 times."))
    if (kept.promise.clock == "open" and kept.promise.kind == "reply") or kept.promise.kind == "available":
        names = language.join(sorted(set(kept.found.holidays)))
        parts.append(
            _("Holidays left out: {names}.").format(names=names) if names else _("No holidays were left out.")
        )
    if len(kept.channels) > 1:
        parts.append(
            _("Hours and days also differ because other channels are used then: choose one to see its own.")
        )
    return " ".join([*parts, *left_out(kept.found.left)])


def _rule(promise: Promise) -> str:
    usual = _("Usual: chat 20 seconds, phone 30 seconds, social media 1 hour, all else 24 hours.")
    reply = _(
        "Kept = the first reply came in time. Contacts count once the promised time is over; without a reply "
        "by then the promise is broken. Who gave up before it was over does not count; who gave up at a "
        "moment that is not known counts as broken."
    )
    return {
        "reply": f"{reply} {usual}" if promise.limit is None else reply,
        "solved": _(
            "Kept = the same customer did not get in touch again about the same topic within that time, on any channel."
        ),
        "return": _(
            "Kept = the money was paid back, or the exchange sent, at most that many days on the calendar after "
            "the goods were back. Returns count once that time is over."
        ),
        "available": _(
            "Kept = a contact that came in during the promised hours was answered before the promised hours of "
            "that day ended. Late in the day there is less time for that, so hours are not compared with each other."
        ),
    }[promise.kind]


def action(promise: Promise) -> str:
    """What to do about a promise of this kind."""
    return {
        "reply": _(
            "Promise what you keep: see what you can promise to 95% of customers, and mend the worst hour first."
        ),
        "solved": _(
            "Look at the topics that come back most, and answer the next question along with the first."
        ),
        "return": _("Pay back as soon as the goods are in, and tell customers when they may expect it."),
        "available": _("Be there in the promised hours, or publish the hours in which you are."),
    }[promise.kind]


def benchmark(promise: Promise, channel: str = "") -> str | None:
    """The handbook's figure that goes with a promise, by its id; None where there is none.

    Only a share, or a limit that is the very time promised, by the clock: the average reply of other shops
    is not to be compared with a share kept.
    """
    channel = channel or promise.channel
    if promise.kind != "reply" or promise.clock != "clock" or not channel:
        return None
    named = {
        ("chat", 20 / 60): "chat-answer-20-s",
        ("email", 24 * 60): "mail-limit-24-h",
        ("social", 60.0): "social-60-min-42",
        ("social", 30.0): "social-30-min-32",
    }
    limit = promise.minutes(channel)
    return next(
        (name for (one, minutes), name in named.items() if one == channel and abs(minutes - limit) < 1e-6),
        None,
    )
