"""How many customers will get in touch in a week to come?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import hours, language
from csworkbook.contacts.kept import remembered
from csworkbook.errors import DataError, SettingError
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.results import question
from csworkbook.staffing import staffing_words
from csworkbook.staffing.counts import HALVES, Counted, counted
from csworkbook.staffing.forecast_result import Forecast, Foreseen, Holiday
from csworkbook.staffing.hindsight import WILDEST, Hindsight, guesses, looked_back, ranges
from csworkbook.staffing.level import Fit, fitted

if TYPE_CHECKING:
    import ibis

LEAST = 19  # days of contacts from which a week is foreseen: three weeks from Monday to Friday
FURTHEST = 104  # weeks ahead
_DRAWS = 500
_AHEAD, _BACK = 27, 8  # weeks a control offers after the last day, and before it
_AMONG_HOLIDAYS = 0.25  # the variance among holidays that is reckoned with, relative to the mean squared


@question(
    mark("How many customers will get in touch that week?"),
    labels=staffing_words.labels,
    choices=staffing_words.choices,
)
def forecast(
    contacts: pd.DataFrame | ibis.Table,
    *,
    week: date | str | None = None,
    channel: str | Sequence[str] | None = None,
    opening_hours: Mapping[str, str] | None = None,
    zone: str = "Europe/Amsterdam",
    country: str = "NL",
    seed: int = 0,
) -> Forecast:
    """Contacts expected in every half hour of a week, with ranges, and how well past weeks would have been foreseen.

    Weekly totals are a Poisson regression (`level`), divided over days and half hours as in the last year
    (`shape`). Up to ten weeks that are over are foreseen from what was known as long before each (`hindsight`);
    where a plain guess (last week again, the mean of four weeks) was nearer, it is used. Ranges are simulated:
    level, day and half hour vary as they did, and contacts come at random.

    Parameters
    ----------
    contacts : DataFrame or ibis.Table
    week : date or text, optional
        Any day of the week that is asked for, up to two years ahead; None = the first whole week after the
        data. Of a week that is over, only what came before it is used, and what really came stands beside it.
    channel : str or sequence of str, optional
        None = phone and chat where there are any, else every channel.
    opening_hours : mapping, optional
        Weekday → hours, in which phone and chat count; the whole day without it, and for other channels.
    seed : int
        Of the simulation.

    Returns
    -------
    Forecast
        table: day, channel, expected, low, high (contacts, 95 %), actual (NaN where it is not known), share
        (of the whole week), peak (the busiest half hour), holiday (its name; empty for none).
        half_hours: start (in the shop's zone), channel, expected, low, high, actual, open (the share of the
        half hour that is open, above 0), holiday (bool).
        rates: ndarray (draws, rows of half_hours), what is expected when level, day and half hour vary; the
        numbers that come are Poisson about it.

    Raises
    ------
    DataError
        With less than three weeks of contacts before that week, or none by that channel; of several channels
        those with less are left out, and named in `young`.
    SettingError
        When the week is too far ahead or no day, or nobody uses that channel.

    >>> at = pd.date_range("2026-01-05", periods=28 * 24, freq="h", tz="UTC")
    >>> contacts = pd.DataFrame({"contact_id": range(len(at)), "customer_id": None, "topic": None,
    ...                          "opened_at": at, "channel": "email"})
    >>> round(forecast(contacts, zone="UTC").total.value)  # one an hour
    168
    """
    several = counted(contacts, channel, opening_hours=opening_hours, zone=zone, country=country)
    end = several[0].days[-1]
    monday = _monday(week, end)
    said = tuple(sorted((opening_hours or {}).items())), zone, country
    found, young = _old_enough(contacts, several, monday, said)
    rng = np.random.default_rng(seed)
    closed = hours.holidays_of(country, monday.date(), (monday + pd.Timedelta(days=6)).date())
    parts = [foreseen(one, fit, test, monday, closed, zone, rng) for one, fit, test in found]
    return Forecast.of(parts, monday, end, rng, young)


def _old_enough(contacts, several: list[Counted], monday: pd.Timestamp, said: tuple) -> tuple[list, tuple]:
    """What is known of each channel, and the channels of which too little is; a DataError where it is so of all."""
    found, young, refused = [], [], None
    for one in several:
        try:
            found.append((one, *_known(contacts, one, monday, said)))
        except DataError as error:
            refused = error
            young.append(one.channel)
    if not found:
        raise refused
    return found, tuple(young)


def weeks(contacts: pd.DataFrame | ibis.Table, *, zone: str = "Europe/Amsterdam") -> list[str | None]:
    """The weeks a control offers, by their Mondays (ISO): the next (None), half a year on, and the last eight."""
    end = counted(contacts, zone=zone)[0].days[-1]
    monday = _monday(None, end)
    ahead = [monday + pd.Timedelta(weeks=n) for n in range(1, _AHEAD)]
    past = [monday - pd.Timedelta(weeks=n) for n in range(2, _BACK + 2)]
    return [None, *(f"{day:%Y-%m-%d}" for day in [*ahead, *past])]


def _known(contacts, one: Counted, monday: pd.Timestamp, said: tuple) -> tuple[Fit, Hindsight]:
    """The regression before a week and its test, worked out once for these contacts."""
    until = _until(one, monday)
    gap = max((monday - one.days[0]).days - until, 0)

    def made() -> tuple[Fit, Hindsight]:
        fit = fitted(one, until)
        return fit, looked_back(one, fit, gap)

    return remembered(contacts, ("foreseen", one.channel, until, gap, *said), made)


def _monday(week: date | str | None, end: pd.Timestamp) -> pd.Timestamp:
    """The Monday of the week that is asked for."""
    try:
        day = end + pd.Timedelta(days=7) if week is None else pd.Timestamp(week)
    except (ValueError, TypeError):
        day = pd.NaT
    if day is pd.NaT:
        raise SettingError(_("“{value}” is no day.").format(value=week), allowed="2026-12-07")
    day = day.tz_localize(None).normalize()
    monday = day - pd.Timedelta(days=day.day_of_week)
    if (monday - end).days > FURTHEST * 7:
        raise SettingError(
            _("Nothing can be said of a week that far ahead."),
            allowed=_("Up to two years after the last contact, {day}.").format(day=language.day(end)),
        )
    return monday


def _until(one: Counted, monday: pd.Timestamp) -> int:
    """Up to which day the contacts are used: those before the week, or all."""
    until = min(len(one.days), (monday - one.days[0]).days)
    if until < LEAST:
        raise DataError(
            _("There are too few contacts before that week to foresee it ({channel}).").format(
                channel=staffing_words.channels_said([one.channel])
            ),
            allowed=_("At least three weeks of them."),
            next_step=_("Choose a later week or another channel, or bring more contacts."),
        )
    return until


def foreseen(
    one: Counted,
    fit: Fit,
    test: Hindsight,
    monday: pd.Timestamp,
    closed: Mapping[date, str],
    zone: str,
    rng: np.random.Generator,
) -> Foreseen:
    """One channel's week: its half hours, and what is expected of them when all varies."""
    table = _half_hours(one, monday, closed, zone)
    guess = guesses(one, fit, monday, test.grain == "half hour")[test.way]
    holiday = _holiday(one, fit)
    day, half = table["weekday"].to_numpy(), table["half"].to_numpy()
    on = table["holiday"].to_numpy()
    mean = guess.grid[day, half] * np.where(on, holiday.factor, 1.0)
    rates = mean * _varied(rng, fit, guess.own + test.by_week, day, half)
    if on.any():
        rates[:, on] *= _gamma(rng, holiday.spread, (_DRAWS, 1))
    low, high = np.quantile(rng.poisson(rates), [0.025, 0.975], axis=0)
    table = table.assign(expected=mean, low=low, high=high, actual=_actual(one, monday, day, half))
    return Foreseen(one, fit, test, holiday, table, rates)


def _half_hours(one: Counted, monday: pd.Timestamp, closed: dict, zone: str) -> pd.DataFrame:
    """Every open half hour of a week, as it passes: a day may have 46 or 50 of them."""
    ends = pd.DatetimeIndex([monday, monday + pd.Timedelta(days=7)]).tz_localize(
        zone, ambiguous=np.array([True, True]), nonexistent="shift_forward"
    )
    start = pd.date_range(*ends.tz_convert("UTC"), freq="30min", inclusive="left").tz_convert(zone)
    day, half = start.day_of_week.to_numpy(), (start.hour * 2 + start.minute // 30).to_numpy()
    holiday = np.isin(start.date, list(closed))
    table = pd.DataFrame({"start": start, "channel": one.channel, "weekday": day, "half": half})
    table = table.assign(open=one.open[day, half], holiday=holiday)
    return table[table["open"] > 0].reset_index(drop=True)


def _actual(one: Counted, monday: pd.Timestamp, day: np.ndarray, half: np.ndarray) -> np.ndarray:
    """What really came in the half hours of a week that is over, NaN where that is not known.

    An hour that comes twice when the clock goes back was counted as one: half of it stands at each.
    """
    place = (monday - one.days[0]).days + day
    known = (place >= 0) & (place < len(one.days))
    passes = np.bincount(day * HALVES + half, minlength=7 * HALVES)[day * HALVES + half]
    return np.where(known, one.grid[np.where(known, place, 0), half] / passes, np.nan)


def _varied(
    rng: np.random.Generator, fit: Fit, level: float, day: np.ndarray, half: np.ndarray
) -> np.ndarray:
    """What is expected ÷ its mean in every half hour, drawn anew: level, division, day and half hour."""
    usual = np.maximum(fit.shape.share[day, half], 1e-12)
    divided = fit.shape.draws(rng, _DRAWS)[:, day, half] / usual
    by_day = _gamma(rng, fit.by_day, (_DRAWS, 7))[:, day]
    by_half = _gamma(rng, fit.shape.spread, (_DRAWS, len(day)))
    return _gamma(rng, level, (_DRAWS, 1)) * divided * by_day * by_half


def _gamma(rng: np.random.Generator, spread: float, size: tuple[int, ...]) -> np.ndarray:
    """Numbers about 1 with this variance."""
    spread = min(spread, WILDEST)
    return rng.gamma(1 / spread, spread, size) if spread > 0 else np.ones(size)


def _holiday(one: Counted, fit: Fit) -> Holiday:
    """What a public holiday brings ÷ what the same day brings otherwise, by those before the week."""
    place = np.flatnonzero(one.holiday[: fit.until] & ~np.isnan(one.grid[: fit.until]).all(axis=1))
    days = one.days[place]
    if not len(days):
        return Holiday(1.0, 1.0, 0, 0.0, 0.0, 0.0)
    mondays = days - pd.to_timedelta(days.day_of_week, unit="D")
    usual = [fit.guess(m, recent=False).grid[d].sum() for m, d in zip(mondays, days.day_of_week, strict=True)]
    came, mean = float(np.nansum(one.grid[place])), float(sum(usual))
    spread = 1 / (came + 1) + (fit.by_day + _AMONG_HOLIDAYS) / len(days)
    low, high = ranges(np.array(mean), fit.by_day / len(days))
    return Holiday((came + 1) / (mean + 1), spread, len(days), came, float(low), float(high))
