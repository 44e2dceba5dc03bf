"""The four V's as a result: said in sentences, drawn as four small bars side by side."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from csworkbook import evidence, language
from csworkbook.channels import four_words, pictures_four
from csworkbook.channels.four_words import channel_said, time_said
from csworkbook.estimates import SMALL, Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import ngettext
from csworkbook.results import Result, Vocabulary, word

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from csworkbook.channels.four_counts import Counts

CHAPTER = "09_channels"
BENCHMARKS = {
    "chat": "chat-response-71-s",
    "phone": "phone-response-72-s",
    "email": "mail-response-633-min",
    "social": "twitter-response-246-min",
}
_SHOWN = (
    "channel", "contacts", "share", "month", "month_low", "month_high", "trend", "trend_low", "trend_high",
    "topics", "topics_low", "topics_high", "top", "before", "complaints",
    "reply", "reply_low", "reply_high", "reply_90", "reply_90_low", "reply_90_high", "reply_mean", "benchmark",
    "solve", "solve_low", "solve_high", "solve_90", "solve_90_low", "solve_90_high",
    "target", "in_time", "low", "high", "in_time_n", "given_up",
    "first", "first_low", "first_high", "first_n", "per_issue", "per_issue_low", "per_issue_high", "issues",
    "satisfied", "satisfied_low", "satisfied_high", "satisfied_n",
    "revenue", "earned", "cost", "value", "value_low", "value_high", "credited_n", "small",
)  # fmt: skip
_READ = (
    "channel",
    "contacts",
    "top",
    "reply",
    "in_time",
    "satisfied",
    "value",
)


@dataclass(frozen=True)
class FourVs(Result):
    """Volume, variety, velocity and value of every channel."""

    counts: Counts | None = None
    hours: str = "clock"
    days: int = 14
    currency: str = "EUR"
    shown: ClassVar[tuple[str, ...]] = _SHOWN
    spare: ClassVar[tuple[str, ...]] = tuple(column for column in _SHOWN if column not in _READ)
    opens: ClassVar[str] = "contacts_behind"
    vocabulary: ClassVar[Vocabulary] = four_words.VOCABULARY

    def __post_init__(self) -> None:
        top = [
            language.join(
                [_("{topic} ({share})").format(topic=word(t), share=language.percent(s)) for t, s in shares]
            )
            for shares in self.table["top_shares"]
        ]
        object.__setattr__(self, "table", self.table.assign(top=top))

    @cached_property
    def ranked(self) -> pd.DataFrame:
        """The channels with enough contacts to be compared."""
        return self.table[~self.table["small"]]

    @property
    def text(self) -> str:
        """The value, the volume, the velocity and the variety, as far as they are known."""
        parts = (self._value, self._volume, self._velocity, self._variety, self._aside)
        return " ".join(filter(None, parts))

    @property
    def _volume(self) -> str:
        row = self.table.iloc[0]
        said = _(
            "Most contacts come by {channel}: {month} a month ({low} to {high}), {share} of all."
        ).format(
            channel=channel_said(row["channel"]),
            month=language.number(row["month"]),
            low=language.number(row["month_low"]),
            high=language.number(row["month_high"]),
            share=language.percent(row["share"]),
        )
        grown = self.table[(self.table["trend_p"] < 0.05) & ~self.table["small"]]
        if grown.empty:
            return said
        row = grown.loc[grown["trend"].abs().idxmax()]
        frame = (
            _("By {channel} {change} more come in than before.")
            if row["trend"] > 0
            else _("By {channel} {change} fewer come in than before.")
        )
        change = language.percent(abs(row["trend"]))
        return f"{said} {frame.format(channel=channel_said(row['channel']), change=change)}"

    @property
    def _value(self) -> str:
        """What a contact brings by the best and by the worst channel, when that is sure to differ."""
        known = self.ranked.dropna(subset=["value", "value_low", "value_high"])
        if known.empty:
            return ""
        best, worst = known.loc[known["value"].idxmax()], known.loc[known["value"].idxmin()]
        if len(known) > 1 and best["value_low"] > worst["value_high"]:
            frame = (
                _(
                    "A contact by {channel} leaves {best} ({low} to {high}) after its costs, one by {other} costs {worst} "
                    "more than it brings: by the orders credited to them, which is not what they caused."
                )
                if worst["value"] < 0
                else _(
                    "A contact by {channel} leaves {best} ({low} to {high}) after its costs, one by {other} {worst}: by "
                    "the orders credited to them, which is not what they caused."
                )
            )
            return frame.format(
                channel=channel_said(best["channel"]), other=channel_said(worst["channel"]), **self._ends(best),
                worst=language.money(abs(worst["value"]), self.currency, 2),
            )  # fmt: skip
        if len(known) == 1:
            return _(
                "A contact by {channel} leaves {best} ({low} to {high}) after its costs: by the orders credited to it, "
                "which is not what it caused."
            ).format(channel=channel_said(best["channel"]), **self._ends(best))
        return _("Which channel brings most per contact, less its costs, cannot be told yet.")

    def _ends(self, row: pd.Series) -> dict[str, str]:
        names = {"best": "value", "low": "value_low", "high": "value_high"}
        return {name: language.money(row[column], self.currency, 2) for name, column in names.items()}

    @cached_property
    def behind(self) -> pd.Series | None:
        """The channel that keeps its target least often; None where no channel can be told."""
        known = self.ranked.dropna(subset=["in_time"])
        return None if known.empty else known.loc[known["in_time"].idxmin()]

    @property
    def _velocity(self) -> str:
        row = self.behind
        if row is None:
            return _("How fast customers were answered, these contacts do not tell.")
        return _(
            "Furthest from its target is {channel}: {share} ({low} to {high}) get a first reply within {target}; half "
            "wait longer than {middle}, one in ten longer than {slow}, {clock}."
        ).format(
            channel=channel_said(row["channel"]),
            share=language.percent(row["in_time"]),
            target=time_said(row["target"]),
            low=language.percent(row["low"]),
            high=language.percent(row["high"]),
            middle=time_said(row["reply"]),
            slow=time_said(row["reply_90"]),
            clock=four_words.choices()[("hours", self.hours)],
        )

    @property
    def _variety(self) -> str:
        known = self.ranked.dropna(subset=["topics"])
        if known.empty:
            return ""
        least, most = known.loc[known["topics"].idxmin()], known.loc[known["topics"].idxmax()]
        about = least if least["topics_high"] < most["topics_low"] else self.ranked.iloc[0]
        topics = about["top_shares"]
        said = {
            "channel": channel_said(about["channel"]),
            "share": language.percent(sum(share for _topic, share in topics)),
            "topics": language.join([str(word(topic)) for topic, _share in topics]),
        }
        if about is least:
            frame = _("Questions by {channel} are less varied than by {other}: {share} is about {topics}.")
            return frame.format(other=channel_said(most["channel"]), **said)
        return _("By {channel} {share} is about {topics}.").format(**said)

    @property
    def _aside(self) -> str:
        """How many contacts have no channel, and which channels are too few to compare."""
        few = self.table[self.table["small"]]["channel"]
        said = ""
        if len(few):
            said = _("Too few contacts to compare: {channels}.").format(
                channels=language.join([channel_said(one) for one in few])
            )
        unknown = self.counts.unknown
        if not unknown:
            return said
        frame = ngettext(
            "{n} contact without a channel is left out.",
            "{n} contacts without a channel are left out.",
            unknown,
        )
        return f"{said} {frame.format(n=language.number(unknown))}".strip()

    def plot(self) -> go.Figure:
        """Four small bars side by side: contacts a month, topics, share within target, margin less cost."""
        return pictures_four.four(self.table, self.currency)

    def findings(self) -> list[Finding]:
        """The channel furthest from its target; whether channels pay is what `roi` finds."""
        row = self.behind
        if row is None or row["in_time"] > 0.8 or row["low"] > 0.8:
            return []
        headline = _("By {channel} {share} get a first reply within {target}.").format(
            channel=channel_said(row["channel"]),
            share=language.percent(row["in_time"]),
            target=time_said(row["target"]),
        )
        share = Estimate(row["in_time"], row["low"], row["high"], int(row["in_time_n"]))
        action = _("See at which hours they wait, and how many people these hours take.")
        benchmark = BENCHMARKS.get(row["channel"])
        late = row["month"] * 12 * (1 - row["in_time"])
        return [Finding(CHAPTER, headline, share, benchmark, action, weight=late)]

    @property
    def method(self) -> str:
        """The formulas, the targets, the handbook's means, and what was left out."""
        return " ".join([*_formulas(self.days), self._beside(), self._rough()]).strip()

    def _beside(self) -> str:
        told = self.table[self.table["benchmark"].notna() & self.table["reply_mean"].notna()]
        said = [
            _("{channel} {own} (handbook {entry})").format(
                channel=channel_said(row["channel"]),
                own=time_said(row["reply_mean"]),
                entry=evidence.get(BENCHMARKS[row["channel"]]).line(),
            )
            for row in told.to_dict("records")
        ]
        if not said:
            return ""
        return _("Mean time to the first reply, by the clock: {channels}.").format(
            channels=language.join(said)
        )

    def _rough(self) -> str:
        rough = self.table[
            self.table["target"].notna() & self.table["in_time"].isna() & self.table["reply"].notna()
        ]
        if rough.empty:
            return ""
        return _("The times on {channels} have no seconds, so that its target cannot be checked.").format(
            channels=language.join([channel_said(one) for one in rough["channel"]])
        )


def _formulas(days: int) -> list[str]:
    return [
        _(
            "Volume: contacts a month over the last 12 full months, with the interval of how months differ; the change "
            "compares the last 13 full weeks with the same weeks a year before, or with the 13 before where there is "
            "no such year."
        ),
        _(
            "Variety: exp(H), H the entropy of the topics corrected for small numbers (Miller): as varied as so many "
            "topics that come equally often."
        ),
        _(
            "Velocity: the middle (half are faster) and the 90th percentile of the minutes to the first reply and to the "
            "solution; within target is the share of first replies in time, where who gave up counts as too late, and "
            "who waits still as soon as the time is over."
        ),
        _(
            "Value: the margin of orders within {days} days, credited to the last contact before them, per contact "
            "whose {days} days are over, less the cost of a contact; intervals over customers."
        ).format(days=days),
        _(
            "Solved at first contact: the customer was not in touch again about the same topic within {days} days; "
            "contacts per issue: of issues of known customers that are over, by the channel of their first contact. "
            "Channels with fewer than {least} contacts are shown, not compared."
        ).format(days=days, least=SMALL),
    ]
