"""How does one figure stand in one week: beside the week before, its target, and what chance alone brings?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import language
from csworkbook.estimates import Estimate
from csworkbook.findings import Finding, rank
from csworkbook.kpis import targets, words
from csworkbook.kpis.advice import advice
from csworkbook.kpis.charted import chart_of
from csworkbook.kpis.definitions import DEFINITIONS, Definition
from csworkbook.kpis.sparks import spark
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    from csworkbook.kpis.targets import State

_SHOWN = 53  # weeks in a small picture
_UNITS = {"count": "contacts"}  # what an `Estimate` calls them


@dataclass(frozen=True)
class Figure:
    """One figure up to one week.

    Attributes
    ----------
    metric : str
        A key of `DEFINITIONS`.
    table : DataFrame
        One row for every week in which it is known, the last one last: period, count, n, value, low, high,
        and of its control chart centre, lower, upper, signal, strong.
    week : Timestamp
        The Monday of the week that is asked for; the last row may be of an earlier one.
    target : float or None
    currency : str
    """

    metric: str
    table: pd.DataFrame
    week: pd.Timestamp
    target: float | None = None
    currency: str = "EUR"

    @property
    def definition(self) -> Definition:
        """What the figure is."""
        return DEFINITIONS[self.metric]

    @property
    def known(self) -> bool:
        """Whether there is any week of which it is known."""
        return len(self.table) > 0

    @property
    def now(self) -> pd.Series:
        """The last row."""
        return self.table.iloc[-1]

    @property
    def said(self) -> str:
        """Its value in words."""
        return self._say(self.now["value"]) if self.known else "–"

    @property
    def range(self) -> str:
        """Its interval and n, and which week it is of where that is an earlier one."""
        if not self.known:
            return _("not known: nothing in your tables tells")
        low, high, n = (float(self.now[name]) for name in ("low", "high", "n"))
        parts = []
        if np.isfinite([low, high]).all():
            parts.append(_("({low} to {high})").format(low=self._say(low), high=self._say(high)))
        if self.definition.unit != "count":
            parts.append(_("n = {n}").format(n=language.number(n)))
        if self.now["period"] != self.week:
            parts.append(_("of week {number}").format(number=self.now["period"].isocalendar().week))
        return ", ".join(parts)

    @property
    def before(self) -> str:
        """Its value the week before that of the last row; a dash where it is not known."""
        earlier = self.table[:-1]
        earlier = (
            earlier[earlier["period"] == self.now["period"] - pd.Timedelta(days=7)] if self.known else earlier
        )
        return self._say(earlier["value"].iloc[-1]) if len(earlier) else "–"

    @property
    def aim(self) -> str:
        """The target in words, and whether it is reached; empty without one."""
        if self.target is None:
            return ""
        reached = {
            "yes": _("reached"),
            "no": _("not reached"),
            "cannot tell yet": _("cannot tell yet"),
        }[self.state]
        return f"{targets.aimed(self.metric, self.target, self.currency)}: {reached}"

    @property
    def state(self) -> State:
        """Whether the target is reached."""
        low, high = (self.now["low"], self.now["high"]) if self.known else (np.nan, np.nan)
        return targets.state(self.metric, low, high, self.target)

    @property
    def signal(self) -> str:
        """How its last week differs from the others by more than chance; empty where it does not."""
        return str(self.now["signal"]) if self.known else ""

    @property
    def worse(self) -> bool:
        """Whether that is to the wrong side."""
        way = {"above": 1, "run_above": 1, "below": -1, "run_below": -1}.get(self.signal, 0)
        return way * self.definition.better < 0

    @property
    def signal_said(self) -> str:
        """The signal in words; empty where there is none."""
        return words.words()[self.signal] if self.signal else ""

    @property
    def change(self) -> str:
        """What changed, in a sentence; empty where that can be chance."""
        if not self.signal:
            return ""
        usual = _("usually {lower} to {upper}").format(
            lower=self._say(self.now["lower"]), upper=self._say(self.now["upper"])
        )
        return _("{figure}: {value}, {how} ({usual}).").format(
            figure=self.definition.name, value=self.said, how=self.signal_said, usual=usual
        )

    @property
    def spark(self) -> str:
        """Its last year as a small picture (SVG); empty where it is not known."""
        if not self.known:
            return ""
        shown = self._every_week()
        parts = {name: shown[name].to_numpy(float) for name in ("value", "lower", "upper")}
        marked = (shown["signal"].fillna("") != "").to_numpy()
        told = _("{figure}: {value}").format(figure=self.definition.name, value=self.said)
        return spark(
            parts["value"],
            low=parts["lower"],
            high=parts["upper"],
            marked=marked,
            target=self.target,
            said=told,
        )

    def _every_week(self) -> pd.DataFrame:
        """The last year with a row for every week, also where nothing is known."""
        last = self.now["period"]
        every = pd.date_range(end=last, periods=_SHOWN, freq="7D", unit="us")
        every = every[every >= self.table["period"].iloc[0]]
        return self.table.set_index("period").reindex(every)

    def _say(self, value: float) -> str:
        return words.said(self.definition, float(value), self.currency)

    def estimate(self) -> Estimate:
        """Its value as other chapters pass on what they measured."""
        value, low, high, n = (float(self.now[name]) for name in ("value", "low", "high", "n"))
        unit = _UNITS.get(self.definition.unit, self.definition.unit)
        return Estimate(value, low, high, int(n), unit, currency=self.currency)


def figures(
    rows: pd.DataFrame, week: date, aims: Mapping[str, float], *, currency: str = "EUR"
) -> dict[str, Figure]:
    """Every figure as it stands in a week, by its name; those that are not known as well.

    Parameters
    ----------
    rows : DataFrame
        What `weekly` gives.
    week : date
        Its Monday; what came later plays no part.
    aims : mapping
        Targets by figure.
    """
    monday = pd.Timestamp(week)
    whole = rows[(rows["channel"] == "") & (rows["period"] <= monday)]
    parts = dict(list(whole.groupby("metric")))
    kept = targets.own(aims)
    return {
        metric: Figure(metric, _charted(parts.get(metric, whole[:0])), monday, kept.get(metric), currency)
        for metric in DEFINITIONS
    }


def _charted(rows: pd.DataFrame) -> pd.DataFrame:
    """The weeks of a figure with the limits and signals of its control chart."""
    rows = rows.sort_values("period", ignore_index=True)
    limits = ["centre", "lower", "upper", "signal", "strong"]
    return (
        rows.join(chart_of(rows).table[limits]) if len(rows) else rows.assign(**dict.fromkeys(limits, np.nan))
    )


def by_channel(
    rows: pd.DataFrame, found: Mapping[str, Figure], metrics: Sequence[str]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Figures of every channel in the weeks of `found`: its name, then per figure the value and its interval.

    Parameters
    ----------
    rows : DataFrame
        What `weekly` gives.
    metrics : sequence of str
        Those that are not known are passed over.
    """
    asked = [found[metric] for metric in metrics if found[metric].known]
    known = rows.set_index(["channel", "metric", "period"])
    channels = sorted({channel for channel in rows["channel"] if channel}, key=str.casefold)
    return [(channel, [_cell(known, channel, one) for one in asked]) for channel in channels]


def _cell(known: pd.DataFrame, channel: str, figure: Figure) -> tuple[str, str]:
    """A figure of one channel in words; a dash where it is not known."""
    place = (channel, figure.metric, figure.now["period"])
    if place not in known.index:
        return "–", ""
    row = known.loc[place]
    low, high = (words.said(figure.definition, float(row[end]), figure.currency) for end in ("low", "high"))
    between = (
        _("({low} to {high})").format(low=low, high=high)
        if np.isfinite([row["low"], row["high"]]).all()
        else ""
    )
    return words.said(figure.definition, float(row["value"]), figure.currency), between


def findings(found: Mapping[str, Figure]) -> list[Finding]:
    """What to do first: targets that are surely missed, and signals for the worse."""
    missed = [_missed(one) for one in found.values() if one.known and one.state == "no"]
    worse = [_worse(one) for one in found.values() if one.worse and one.state != "no"]
    return rank([*missed, *worse])


def _missed(figure: Figure) -> Finding:
    said = _("{figure}: {value}, while you aim at {target}.").format(
        figure=figure.definition.name,
        value=figure.said,
        target=targets.aimed(figure.metric, figure.target, figure.currency),
    )
    return Finding(words.CHAPTER, said, figure.estimate(), action=advice(figure.metric))


def _worse(figure: Figure) -> Finding:
    return Finding(words.CHAPTER, figure.change, figure.estimate(), action=advice(figure.metric))
