"""How many people does it take to answer so many an hour in time?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from csworkbook import evidence, figures, language
from csworkbook.errors import SettingError
from csworkbook.language import gettext as _
from csworkbook.language import mark, ngettext
from csworkbook.queueing import Service
from csworkbook.results import Result, Vocabulary, question
from csworkbook.staffing.desks import Desk

if TYPE_CHECKING:
    import plotly.graph_objects as go

_AROUND = 3  # rows of the table on each side of the number of people
_MOST = 100_000  # erlangs; more would take minutes


def labels() -> dict[str, str]:
    """What each control is called."""
    return {
        "arrivals_per_hour": _("Contacts an hour"),
        "handling_seconds": _("A conversation takes (seconds)"),
        "within_seconds": _("Answer within (seconds)"),
        "share": _("Share answered in time"),
        "patience_seconds": _("Gives up after (seconds)"),
        "concurrency": _("Conversations at once"),
        "shrinkage": _("Time away: breaks, leave, illness"),
        "stretch": _("Each chat more makes all take longer by"),
    }


@question(mark("How many people does it take to answer in time?"), labels=labels)
def agents(
    arrivals_per_hour: ArrayLike,
    handling_seconds: float,
    *,
    within_seconds: float = 20,
    share: float = 0.8,
    patience_seconds: float | None = None,
    concurrency: float = 1,
    shrinkage: float = 0,
    stretch: Mapping[int, float] | float | None = None,
) -> Agents:
    """The people it takes to answer a share of all who come within so many seconds.

    Parameters
    ----------
    arrivals_per_hour : float or array_like
        Who comes, on average.
    handling_seconds : float
        What one conversation takes on its own, after-work included.
    within_seconds : float
    share : float
        0–1, of all who come; who gives up is not answered.
    patience_seconds : float, optional
        After how long somebody who waits gives up on average; None = nobody does (Erlang C).
    concurrency : float
        Conversations that one person has at once at most, on average (2.5: some three, some two).
    shrinkage : float
        The share of paid time in which people are not there, 0–1.
    stretch : mapping or float, optional
        How much longer conversations take when one person has several (`queueing.stretches`).

    Returns
    -------
    Agents
        agents (whole people to schedule: `present` ÷ (1 − shrinkage), rounded up once), present (whole
        people who must be there), parts (the same in parts), service_level, waiting_probability,
        abandonment, occupancy (0–1) and mean_wait_seconds with `present`: numbers, or arrays where the
        arrivals are. table: people, share, waits, abandoned, wait (seconds), occupancy; around the
        number found, of the busiest of several.

    Raises
    ------
    SettingError
        When a number cannot be.

    >>> found = agents(200, 180)  # the published case: 100 calls in half an hour of three minutes each
    >>> found.agents, round(found.service_level, 7), round(found.waiting_probability, 7)
    (14, 0.88835, 0.1741319)
    """
    away(shrinkage)
    patience = np.inf if patience_seconds is None else patience_seconds
    desk = Desk("", handling_seconds, share, within_seconds, patience, concurrency, stretch)
    if not handling_seconds > 0:
        raise SettingError(_("A conversation takes more than no time."))
    if not 1 <= concurrency <= 20:
        raise SettingError(
            _("Nobody can have that number of conversations at once."), allowed=_("From 1 to 20.")
        )
    load = np.asarray(desk.load(np.asarray(arrivals_per_hour, float) / 2))
    if np.isfinite(load).all() and load.max(initial=0.0) > _MOST:
        raise SettingError(
            _("That is more work than can be worked out."),
            allowed=_("Up to {n} conversations going on at once.").format(n=language.number(_MOST)),
        )
    need = desk.need(load)
    met = _idle(desk.met(load, need.whole), load)
    return Agents(_table(desk, load, need.whole), desk, load, need, met, shrinkage)


def _idle(met: Service, load: np.ndarray) -> Service:
    """Where nobody comes, nobody waits and everybody is answered in time."""
    best = {"within": 1.0, "waits": 0.0, "abandoned": 0.0, "mean_wait": 0.0, "occupancy": 0.0}
    return Service(**{name: np.where(load > 0, getattr(met, name), value) for name, value in best.items()})


def away(shrinkage: float) -> None:
    """Raise a SettingError for a share of time away that cannot be."""
    if not 0 <= shrinkage < 1:
        raise SettingError(
            _("The share of the time that people are away cannot be that."),
            allowed=_("From 0% to under 100%."),
        )


def _table(desk: Desk, load: np.ndarray, whole: np.ndarray) -> pd.DataFrame:
    busiest = np.argmax(load) if load.size else 0
    load, whole = (float(np.ravel(v)[busiest]) if np.size(v) else 0.0 for v in (load, whole))
    people = np.arange(max(int(whole) - _AROUND, 1), int(whole) + _AROUND + 1)
    met = desk.met(load, people)
    told = {"people": people, "share": met.within, "waits": met.waits, "abandoned": met.abandoned}
    wait = np.where(np.isfinite(met.mean_wait), met.mean_wait, np.nan)
    return pd.DataFrame({**told, "wait": wait, "occupancy": met.occupancy})


def _heads() -> dict[str, str]:
    return {
        "people": _("People"),
        "share": _("Answered in time"),
        "waits": _("Has to wait"),
        "abandoned": _("Gives up"),
        "wait": _("Mean wait (seconds)"),
        "occupancy": _("Busy"),
    }


_KINDS = {"people": "count", "wait": "number"} | dict.fromkeys(("waits", "abandoned", "occupancy"), "share")


@dataclass(frozen=True)
class Agents(Result):
    """The people it takes, and what more and fewer do."""

    desk: Desk | None = None
    load: np.ndarray | None = None
    need: object = None
    met: Service | None = None
    shrinkage: float = 0.0
    vocabulary: ClassVar[Vocabulary] = Vocabulary(heads=_heads, kinds=_KINDS)

    @cached_property
    def agents(self) -> int | np.ndarray:
        """Whole people to schedule."""
        return _plain(np.ceil(self.need.whole / (1 - self.shrinkage) - 1e-9).astype(int))

    @property
    def present(self) -> int | np.ndarray:
        """Whole people who must be there."""
        return _plain(self.need.whole)

    @property
    def parts(self) -> float | np.ndarray:
        """The people who must be there, in parts that can be added over queues."""
        return _plain(self.need.parts)

    @property
    def service_level(self) -> float | np.ndarray:
        """The share answered in time, 0–1."""
        return _plain(self.met.within)

    @property
    def waiting_probability(self) -> float | np.ndarray:
        """The share that has to wait, 0–1."""
        return _plain(self.met.waits)

    @property
    def abandonment(self) -> float | np.ndarray:
        """The share that gives up, 0–1."""
        return _plain(self.met.abandoned)

    @property
    def mean_wait_seconds(self) -> float | np.ndarray:
        """Until the answer or until giving up, the mean of all who come."""
        return _plain(self.met.mean_wait)

    @property
    def occupancy(self) -> float | np.ndarray:
        """The share of their time that people are busy; with several conversations at once: of these, in use."""
        return _plain(self.met.occupancy)

    @property
    def text(self) -> str:
        """How many, what they reach, and what one fewer does."""
        place = int(np.argmax(self.load)) if np.size(self.load) else 0
        here, to_plan = (int(np.ravel(v)[place]) if np.size(v) else 0 for v in (self.present, self.agents))
        if not here:
            return _("Nobody gets in touch, so nobody is needed.")
        rows = self.table.set_index("people")["share"]
        said = ngettext(
            "It takes {n} person to answer {share} within {seconds}.",
            "It takes {n} people to answer {share} within {seconds}.",
            here,
        ).format(
            n=language.number(here),
            share=language.percent(rows[here], 1),
            seconds=language.duration(self.desk.seconds, "seconds"),
        )
        if here > 1:
            fewer = _("With one fewer it is {share}.").format(share=language.percent(rows[here - 1], 1))
            said = f"{said} {fewer}"
        if to_plan == here:
            return said
        more = _("Because people are away {away} of their paid time, schedule {n}.").format(
            away=language.percent(self.shrinkage), n=language.number(to_plan)
        )
        return f"{said} {more}"

    @property
    def method(self) -> str:
        """The model, and what it assumes."""
        return f"{at_random()} {model(self.desk)}"

    def plot(self) -> go.Figure:
        """The share answered in time by the number of people, and the target."""
        figure = figures.blank(
            xaxis={"dtick": 1, "title": {"text": _("People")}},
            yaxis={"tickformat": ",.0%", "range": [0, 1.02], "title": {"text": _("Answered in time")}},
        )
        here = self.table["share"] >= self.desk.share
        figure.add_bar(
            x=self.table["people"],
            y=self.table["share"],
            marker={"color": [figures.ACCENT if enough else figures.QUIET for enough in here]},
            text=[language.percent(v) for v in self.table["share"]],
            hoverinfo="text",
        )
        figure.add_hline(y=self.desk.share, line={"color": figures.ALERT, "dash": "dash"})
        return figure


def at_random() -> str:
    """What every model here assumes."""
    return _("Contacts come at random, and conversations differ in length (exponentially).")


def model(desk: Desk) -> str:
    """How people are worked out for one channel, in sentences."""
    said = []
    if desk.at_once > 1:
        source = evidence.get("chats-at-once-2-5")
        said.append(
            _(
                "One person has {n} chats at once at most, on average (handbook: {usual}, {source}); with two at once a chat "
                "takes {longer} as long, which is an assumption to set yourself. The model spreads chats evenly over people; "
                "where they stay with one person, up to 2 points less is answered in time."
            ).format(
                n=language.number(desk.at_once, 0 if desk.at_once == round(desk.at_once) else 1),
                usual=language.number(source.value, 1),
                source=source.source,
                longer=_("{times} times").format(times=language.number(_twice(desk), 2)),
            )
        )
    if np.isfinite(desk.patience):
        said.append(
            _(
                "Who waits gives up after {seconds} on average and counts as not answered in time (Erlang A)."
            ).format(seconds=language.duration(round(desk.patience), "seconds"))
        )
    else:
        said.append(_("Nobody gives up waiting (Erlang C), so the number is on the careful side."))
    return " ".join(said)


def _twice(desk: Desk) -> float:
    from csworkbook.queueing import stretches

    return float(stretches(desk.stretch, max(desk.at_once, 2))[1])


def _plain(value):
    """A number where there is one, else the array."""
    return value.item() if np.ndim(value) == 0 else np.asarray(value)
