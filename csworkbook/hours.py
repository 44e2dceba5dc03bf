"""When is the shop open, and how much of a wait fell into opening hours?

Opening hours are wall-clock times of the shop's zone; a day of 24 hours lasts 23 or 25 when the clock
changes. Public holidays (the `holidays` package) are closed. Everything is worked out in UTC: the open
time since the first opening is a line that rises during opening hours and lies flat outside them, so a
wait is the difference of its height at two moments.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from csworkbook import language
from csworkbook.errors import SettingError
from csworkbook.language import gettext as _
from csworkbook.settings import WEEK

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_MINUTE = 60_000_000  # microseconds
_DAY = 24 * 60  # minutes
_NAMES = {"nl": "nl", "en": "en_US"}  # what the holidays package calls our languages


def calendar(
    opening_hours: Mapping[str, str], *, zone: str, country: str = "NL", first: date, last: date
) -> Calendar:
    """The opening hours of a shop between two days, holidays left out.

    Parameters
    ----------
    opening_hours : mapping
        Weekday → hours, ``{"monday": "09:00-17:30"}``; a day that is not there, or empty, is closed, and
        "00:00" as closing time is midnight.
    country : str
        Two letters; its public holidays are closed. None when empty.
    first, last : date
        The days to begin and end with (a timestamp counts as its day). Moments outside them may be
        asked for all the same.

    Raises
    ------
    SettingError
        When hours cannot be read or the holidays of the country are not known.

    >>> nine_to_five = calendar({"friday": "09:00-17:00", "monday": "09:00-17:00"},
    ...                         zone="Europe/Amsterdam", first=date(2026, 1, 1), last=date(2026, 1, 31))
    >>> nine_to_five.minutes("2026-01-09 16:30", "2026-01-12 09:30")
    array([60.])
    """
    for day, hours in opening_hours.items():
        _span(day, hours)
    require_country(country)
    return Calendar(dict(opening_hours), zone, country, _day(first), _day(last))


def _day(moment: date) -> date:
    return date(moment.year, moment.month, moment.day)


def require_country(country: str) -> None:
    """Raise a SettingError unless the country's public holidays are known, or it is empty."""
    if country and country not in countries():
        raise SettingError(
            _("The public holidays of “{country}” are not known.").format(country=country),
            allowed=_("Two letters of a country, such as NL, BE or DE; empty when there are none."),
        )


@lru_cache
def countries() -> tuple[str, ...]:
    """The countries whose holidays are known, as two letters.

    >>> "NL" in countries(), "XX" in countries()
    (True, False)
    """
    from holidays.registry import EntityLoader  # its list of names loads no country

    return tuple(sorted(EntityLoader.get_country_codes(include_aliases=False)))


def holidays_of(country: str, first: date, last: date) -> dict[date, str]:
    """The public holidays from one day up to another, with their names in the language spoken now.

    Where the package has no names in that language, they are in a language of the country.

    >>> holidays_of("NL", date(2026, 4, 6), date(2026, 4, 6)) != {}
    True
    """
    if not country:
        return {}
    known = _holidays(country, first.year, last.year, language.current())
    return {day: name for day, name in known.items() if first <= day <= last}


@lru_cache(maxsize=64)
def _holidays(country: str, first: int, last: int, spoken: str) -> dict[date, str]:
    import holidays

    found = holidays.country_holidays(country, years=range(first, last + 1), language=_NAMES[spoken])
    return dict(sorted(found.items()))


def _span(day: str, hours: str) -> tuple[int, int] | None:
    """Opening and closing time of a weekday in minutes after midnight; None when closed.

    >>> _span("monday", "09:00-00:00")
    (540, 1440)
    """
    if not hours.strip():
        return None
    try:
        opens, closes = (time.fromisoformat(part.strip()) for part in hours.replace("–", "-").split("-"))
    except ValueError:
        opens = closes = time(1)
    start, end = opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute or _DAY
    if day not in WEEK or start >= end:
        raise SettingError(
            _("The opening hours “{value}” cannot be read.").format(value=hours),
            allowed=_("Something like 09:00-17:30; leave a day empty when the shop is closed."),
        )
    return start, end


@dataclass(frozen=True, eq=False)
class Calendar:
    """What `calendar` makes: the opening hours of every day, in UTC.

    Attributes
    ----------
    opening_hours, zone, country : as in `calendar`
    first, last : date
        The days it was made for; `minutes`, `is_open` and `after` look further where they must.
    """

    opening_hours: dict[str, str]
    zone: str
    country: str
    first: date
    last: date

    @property
    def never_open(self) -> bool:
        """Whether no weekday has opening hours."""
        return not any(hours.strip() for hours in self.opening_hours.values())

    @cached_property
    def spans(self) -> pd.DataFrame:
        """Every time the shop is open: start, end (UTC), in order; no row where it never is."""
        import numpy as np
        import pandas as pd

        days = pd.date_range(self.first, self.last, freq="D", unit="us")
        week = [_span(day, self.opening_hours.get(day, "")) or (0, 0) for day in WEEK]
        opens, closes = np.array(week)[days.day_of_week].reshape(-1, 2).T
        here = (closes > opens) & ~days.isin(pd.to_datetime(list(self.closed)))
        days, opens, closes = days[here], opens[here], closes[here]
        # the hour that comes twice: open from its first opening up to its last closing; midnight
        # ends the day the first time
        start = self._utc(days + pd.to_timedelta(opens, unit="min"), np.ones(len(days), bool))
        end = self._utc(days + pd.to_timedelta(closes, unit="min"), closes == _DAY)
        spans = pd.DataFrame({"start": start, "end": end})
        return spans[spans["end"] > spans["start"]].reset_index(drop=True)

    def _utc(self, wall: pd.DatetimeIndex, summer: np.ndarray) -> pd.DatetimeIndex:
        local = wall.as_unit("us").tz_localize(self.zone, ambiguous=summer, nonexistent="shift_forward")
        return local.tz_convert("UTC")

    @property
    def closed(self) -> dict[date, str]:
        """The holidays on days that would be open, with their names in the language spoken now."""
        known = holidays_of(self.country, self.first, self.last)
        week = {day for day in WEEK if self.opening_hours.get(day, "").strip()}
        return {day: name for day, name in known.items() if WEEK[day.weekday()] in week}

    def total(self) -> float:
        """Open minutes from `first` up to and including `last`."""
        return float(self._line[1][-1]) / _MINUTE if len(self.spans) else 0.0

    @cached_property
    def _line(self) -> tuple[np.ndarray, np.ndarray]:
        """Edges of the spans (microseconds since 1970, UTC) and the open microseconds before each."""
        import numpy as np

        edges = self.spans.to_numpy("datetime64[us]").astype(np.int64).reshape(-1, 2)
        passed = np.concatenate([[0], (edges[:, 1] - edges[:, 0]).cumsum()])
        return edges.ravel().astype(float), np.stack([passed[:-1], passed[1:]], axis=1).ravel().astype(float)

    def covering(self, *moments: np.ndarray) -> Calendar:
        """The same hours for as long as these moments (microseconds since 1970) need; itself if it does."""
        import numpy as np

        known = np.concatenate([m[~np.isnan(m)] for m in moments])
        if not len(known):
            return self
        day = 24 * 60 * _MINUTE
        first = date(1970, 1, 1) + timedelta(days=int(known.min() // day) - 1)
        last = date(1970, 1, 1) + timedelta(days=int(known.max() // day) + 1)
        if self.first <= first and last <= self.last:
            return self
        return replace(self, first=min(first, self.first), last=max(last, self.last))

    def minutes(self, start: object, end: object) -> np.ndarray:
        """Open minutes between two series of moments; negative where the end comes first.

        Parameters
        ----------
        start, end : series, index or single moments
            Zoned; moments without a zone are taken to be the shop's wall clock.

        Returns
        -------
        ndarray of float
            NaN where either is empty.
        """
        begun, ended = self._micros(start), self._micros(end)
        wide = self.covering(begun, ended)
        return (wide._height(ended) - wide._height(begun)) / _MINUTE

    def _height(self, moments: np.ndarray) -> np.ndarray:
        import numpy as np

        if self.never_open or not len(self.spans):
            return np.where(np.isnan(moments), np.nan, 0.0)
        return np.where(np.isnan(moments), np.nan, np.interp(moments, *self._line))

    def is_open(self, times: object) -> np.ndarray:
        """Whether the shop is open at each moment (false where it is empty)."""
        import numpy as np

        moments = self._micros(times)
        starts, ends = self.covering(moments)._line[0].reshape(-1, 2).T
        at = np.searchsorted(starts, moments, side="right") - 1
        inside = (at >= 0) & ~np.isnan(moments)
        inside[inside] = moments[inside] < ends[at[inside]]
        return inside

    def closing(self, times: object) -> pd.DatetimeIndex:
        """When the shop closes after each moment at which it is open; empty for one at which it is not."""
        import numpy as np
        import pandas as pd

        moments = self._micros(times)
        starts, ends = self.covering(moments)._line[0].reshape(-1, 2).T
        at = np.maximum(np.searchsorted(starts, moments, side="right") - 1, 0)
        closes = ends[at] if len(ends) else np.full(len(moments), np.nan)
        closes = np.where(self.is_open(times), closes, np.nan)
        return pd.DatetimeIndex(_stamps(closes), tz="UTC").tz_convert(self.zone)

    def after(self, start: object, minutes: object) -> pd.DatetimeIndex:
        """The moment at which so many open minutes have passed since `start`, in the shop's zone.

        That is the start itself for no minutes, and empty where the shop never opens.
        """
        import numpy as np
        import pandas as pd

        begun, wanted = np.broadcast_arrays(self._micros(start), np.asarray(minutes, float) * _MINUTE)
        if self.never_open:
            return pd.DatetimeIndex(np.where(wanted == 0, _stamps(begun), np.datetime64("NaT")), tz="UTC")
        wide = self.covering(begun, begun + 2 * wanted)
        while True:
            goal = wide._height(begun) + wanted
            known = goal[~np.isnan(goal)]
            if not len(known) or known.max() <= wide.total() * _MINUTE:
                break
            wide = replace(wide, last=wide.last + timedelta(days=30 + (wide.last - wide.first).days))
        edges, passed = wide._line[0].reshape(-1, 2), wide._line[1].reshape(-1, 2)
        at = np.minimum(np.searchsorted(passed[:, 1], goal, side="left"), len(edges) - 1)
        moment = np.maximum(edges[at, 0] + goal - passed[at, 0], begun)
        return pd.DatetimeIndex(_stamps(moment), tz="UTC").tz_convert(self.zone)

    def _micros(self, times: object) -> np.ndarray:
        """Moments as microseconds since 1970, NaN where empty."""
        import numpy as np
        import pandas as pd

        index = pd.DatetimeIndex(times if np.ndim(times) else [times])
        if index.tz is None:
            summer = np.ones(len(index), bool)
            index = index.tz_localize(self.zone, ambiguous=summer, nonexistent="shift_forward")
        whole = index.tz_convert("UTC").as_unit("us")
        return np.where(whole.isna(), np.nan, whole.asi8)


def _stamps(moments: np.ndarray) -> np.ndarray:
    import numpy as np

    gone = np.isnan(moments)
    stamps = np.where(gone, 0, np.round(moments)).astype(np.int64).astype("datetime64[us]")
    return np.where(gone, np.datetime64("NaT"), stamps)
