"""Who is best at what?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import estimates
from csworkbook.channels import agent_words
from csworkbook.channels.abilities_result import Skills, Speeds
from csworkbook.channels.agent_counts import BY, Counted, compared, counted, require_measure
from csworkbook.channels.evened import Evened, evened
from csworkbook.errors import DataError
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.results import question

if TYPE_CHECKING:
    import ibis

_TESTED = 10  # contacts of a person, and of the colleagues, from which on a difference is tested
_NORMAL = 3.0  # a share is tested where this many answers of either sort weigh in
_Z = 1.959964


@question(mark("Who is best at what?"), labels=agent_words.labels, choices=agent_words.choices)
def skills(
    contacts: pd.DataFrame | ibis.Table,
    *,
    by: str = "channel",
    measure: str = "solved",
    within: str = "14D",
    zone: str = "UTC",
) -> Skills:
    """Every agent per channel or topic, beside the colleagues who did the same work (handbook 4.7, people).

    A person is compared with the others within each channel and topic, so that who takes the hard ones is
    not judged by them. What is left after chance is shrunk: first how much people differ at all, then how
    much one person's kinds of work differ (empirical Bayes).

    Parameters
    ----------
    contacts : DataFrame or ibis.Table
        With the column agent. Contacts that were given up count for nobody.
    by : {"channel", "topic", "both"}
        The kinds of work.
    measure : {"solved", "minutes", "satisfied", "friendly"}
        solved: the first contact of an issue was not transferred, and the customer did not come back about
        the same topic `within` that time; windows that are not over are left out. minutes: handling time
        (geometric mean). satisfied and friendly (5 of 5): of those who said so.
    within : str
        Such as ``"14D"``.

    Returns
    -------
    Skills
        table: agent, channel, topic (as `by` says), n, plain (as counted), share (0–1) or minutes with low
        and high (evened out, at the mix of work of all), difference (from the colleagues, evened out, in
        shares) or ratio (of the minutes), p (Holm, not evened out), verdict (better, worse, cannot tell
        yet). Without an interval of its own: people with fewer than 30 contacts.

    Raises
    ------
    DataError
        When the table does not tell who handled a contact, or only one person did, or nothing is known
        of the measure.
    SettingError
        When `by`, `measure` or `within` is something else.

    >>> import pandas as pd
    >>> opened = pd.date_range("2026-01-05", periods=80, freq="h", tz="UTC").repeat(2)
    >>> contacts = pd.DataFrame({"contact_id": range(160), "customer_id": range(160), "channel": "chat",
    ...     "opened_at": opened, "topic": "refund", "agent": ["ann", "bob"] * 80, "handling_minutes": [4.0, 8.0] * 80})
    >>> skills(contacts, measure="minutes").table[["agent", "verdict"]].to_numpy().tolist()
    [['ann', 'better'], ['bob', 'worse']]
    """
    require_measure(measure, by)
    found = counted(contacts, within=within, zone=zone)
    levels, shrunk = levels_of(found, measure, by)
    if levels.empty:
        raise _unknown(measure)
    table = _table(levels, measure, by)
    made = Speeds if measure == "minutes" else Skills
    return made(table, by, measure, within, shrunk, found.nobody)


def levels_of(
    found: Counted, measure: str, by: str, *, half: int | None = None
) -> tuple[pd.DataFrame, Evened]:
    """Everybody's level per kind of work, shrunk, and how much people differ.

    Returns
    -------
    DataFrame
        As `agent_counts.compared`, with shrunk (difference), sd, level and level_sd: the level of the
        person at the mix of work of all (a share, or the logarithm of minutes).
    """
    key = ("levels", measure, by, half)
    if key not in found.kept:
        found.kept[key] = _levels(found.of(measure, half=half, by=by), measure, by)
    return found.kept[key]


def _levels(cells: pd.DataFrame, measure: str, by: str) -> tuple[pd.DataFrame, Evened]:
    levels = compared(cells, by, shares=measure != "minutes")
    known = (levels["variance"] > 0).to_numpy()
    shrunk = evened(levels["difference"][known], levels["variance"][known], levels["agent"][known])
    levels[["shrunk", "sd"]] = 0.0
    levels.loc[known, "shrunk"], levels.loc[known, "sd"] = shrunk.value, shrunk.sd
    away = 1 - levels["part"]
    one = levels["variance"].where(known, np.nan) * levels["n"] * away  # the variance of one contact
    whole = (one * levels["part"] / levels["n"]).fillna(_alone(levels, measure))
    level_sd = np.sqrt((away * levels["sd"]) ** 2 + whole)
    return levels.assign(level=levels["whole"] + away * levels["shrunk"], level_sd=level_sd), shrunk


def _alone(levels: pd.DataFrame, measure: str) -> pd.Series:
    """The variance of a mean of a kind that one person did alone."""
    if measure == "minutes":
        return 1.0 / levels["n"]
    return (levels["whole"] * (1 - levels["whole"])).clip(lower=0.05) / levels["n"]


def _table(levels: pd.DataFrame, measure: str, by: str) -> pd.DataFrame:
    p = _p_values(levels, measure)
    better = -1 if measure == "minutes" else 1
    sure = np.where(p < 1 - estimates.LEVEL, np.sign(levels["difference"]) * better, 0)
    verdict = np.select([sure > 0, sure < 0], ["better", "worse"], "cannot tell yet")
    low, high = levels["level"] - _Z * levels["level_sd"], levels["level"] + _Z * levels["level_sd"]
    table = levels[["agent", *BY[by]]].assign(n=levels["n"].astype(int))
    if measure == "minutes":
        table = table.assign(plain=np.exp(levels["plain"]), minutes=np.exp(levels["level"]))
        table = table.assign(low=np.exp(low), high=np.exp(high), ratio=np.exp(levels["shrunk"]))
    else:
        table = table.assign(plain=levels["plain"], share=levels["level"].clip(0, 1))
        table = table.assign(low=low.clip(0, 1), high=high.clip(0, 1), difference=levels["shrunk"])
    table = table.assign(sd=levels["sd"], p=p, verdict=verdict)
    order = pd.Series(better * levels["shrunk"], table.index)
    kinds = table.groupby(BY[by])["n"].transform("sum")
    sorted_by = pd.DataFrame({"kinds": -kinds, "order": -order, "agent": table["agent"]})
    sorted_by[BY[by]] = table[BY[by]]
    return table.loc[sorted_by.sort_values(["kinds", *BY[by], "order", "agent"]).index].reset_index(drop=True)


def _p_values(levels: pd.DataFrame, measure: str) -> np.ndarray:
    """Of "no other than the colleagues", corrected for having looked at everybody and everything (Holm)."""
    from scipy.stats import norm

    weight = levels["n"] * levels["others"] / (levels["n"] + levels["others"])
    enough = (levels[["n", "others"]].min(axis=1) >= _TESTED) & (levels["variance"] > 0)
    if measure != "minutes":
        enough &= weight * levels["whole"] * (1 - levels["whole"]) >= _NORMAL
    z = levels["difference"] / np.sqrt(levels["variance"])
    return estimates.adjust(np.where(enough, 2 * norm.sf(np.abs(z)), np.nan))


def _unknown(measure: str) -> DataError:
    lacks = {
        "solved": _("the customer and the topic, over more than the time in which somebody comes back"),
        "minutes": _("the handling time, in minutes"),
        "satisfied": _("whether the customer was satisfied"),
        "friendly": _("how friendly the customer found the contact, 1 to 5"),
    }
    return DataError(
        _("These contacts do not tell “{measure}” of anybody.").format(
            measure=agent_words.measures()[measure]
        ),
        allowed=_("Needed per contact: {what}.").format(what=lacks[measure]),
        next_step=_("Choose another measure, or add it to your export."),
    )
