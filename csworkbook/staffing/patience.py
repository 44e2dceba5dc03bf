"""How long are customers willing to wait? Those who were answered had patience left: their wait is cut off, not known.

Giving up is a matter of survival: the chance to do so in the next second, of those who wait still.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook.contacts import facts
from csworkbook.contacts.kept import remembered
from csworkbook.errors import DataError
from csworkbook.estimates import Estimate
from csworkbook.language import gettext as _
from csworkbook.staffing.arriving import means
from csworkbook.staffing.counts import chosen

if TYPE_CHECKING:
    import ibis

LONGEST = 3600  # seconds: a longer wait counts as one that was not given up by then
FEWEST = 5  # who gave up, from which patience is told


@dataclass(frozen=True, eq=False)
class Waits:
    """Every wait of a channel, in whole seconds rounded up.

    Attributes
    ----------
    channel : str
    table : DataFrame
        second, gave_up (bool), satisfied (1, 0, NaN), n.
    unknown : int
        Contacts of which the wait is not known, or that wait still.
    """

    channel: str
    table: pd.DataFrame
    unknown: int

    @property
    def n(self) -> int:
        """Contacts with a known wait."""
        return int(self.table["n"].sum())

    @property
    def gave_up(self) -> int:
        """How many gave up."""
        return int(self.table.loc[self.table["gave_up"], "n"].sum())

    def answered_within(self, limit: float) -> int:
        """How many were answered within so many seconds."""
        here = ~self.table["gave_up"] & (self.table["second"] <= limit)
        return int(self.table.loc[here, "n"].sum())

    def between(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Who gave up in stretches of waiting (after `low`, up to `high` seconds), and the seconds waited in them."""
        second, n = (self.table[name].to_numpy(float)[:, None] for name in ("second", "n"))
        up = self.table["gave_up"].to_numpy()[:, None] & (second <= high) & ((second > low) | (low <= 0))
        return (n * up).sum(axis=0), (n * np.clip(second - low, 0, high - low)).sum(axis=0)


def waits_of(contacts: pd.DataFrame | ibis.Table, channel: str) -> Waits:
    """The waits of a channel, counted by the engine.

    An answered contact waited until its first reply; one that gave up for as long as `waiting_seconds` tells.

    Raises
    ------
    DataError
        When no wait of that channel is known.
    SettingError
        When nobody uses that channel.
    """
    found = remembered(contacts, ("waits",), lambda: _counted(contacts))
    chosen(found["channel"], channel)
    table = found[found["channel"] == channel]
    known = table["second"] >= 0
    if not known.any():
        raise DataError(
            _("How long anybody waited on this channel is not in these contacts."),
            allowed=_("A column with the seconds of waiting, or with the moment of the first reply."),
            next_step=_("Look on this page which column was taken for it."),
        )
    columns = ["second", "gave_up", "satisfied", "n"]
    return Waits(channel, table.loc[known, columns].reset_index(drop=True), int(table.loc[~known, "n"].sum()))


def _counted(contacts: pd.DataFrame | ibis.Table) -> pd.DataFrame:
    """Channel, second (−1 where unknown), gave_up, satisfied, n."""
    told = facts(contacts)
    wait = told.given_up.ifelse(told.waiting_seconds, told.reply_minutes * 60)
    second = (wait - 1e-6).ceil().clip(0, LONGEST + 1).cast("int64").fill_null(-1)
    told = told.select(
        "channel", gave_up=told.given_up, satisfied=told.satisfied.cast("float64"), second=second
    )
    told = told.filter(told.channel.notnull())
    table = told.group_by("channel", "second", "gave_up", "satisfied").aggregate(n=told.count()).to_pandas()
    late = (table["second"] > LONGEST).to_numpy()
    table = table.assign(
        gave_up=table["gave_up"].astype(bool) & ~late, second=table["second"].clip(upper=LONGEST)
    )
    return table.sort_values(["channel", "second", "gave_up", "satisfied"], ignore_index=True)


def patience_of(contacts: pd.DataFrame | ibis.Table, channel: str) -> Estimate | None:
    """How long a customer of this channel is willing to wait on average, in seconds.

    All seconds waited, by those who were answered too, ÷ those who gave up: the maximum-likelihood mean of
    exponential patience cut off by the answer (Mandelbaum and Zeltyn 2007, *Service engineering in action*:
    share that gives up ÷ mean wait is its inverse). Its 95 % range is that of a Poisson count.

    Returns
    -------
    Estimate or None
        In seconds; n is who gave up. None where fewer than five did, or waits are not known.

    >>> opened = pd.Timestamp("2026-01-05 10:00", tz="UTC") + pd.to_timedelta(range(100), unit="min")
    >>> calls = pd.DataFrame({"contact_id": range(100), "customer_id": "c", "channel": "phone", "topic": "t",
    ...                       "opened_at": opened, "waiting_seconds": 30, "abandoned": [True] * 10 + [False] * 90})
    >>> round(patience_of(calls, "phone").value)  # 100 × 30 seconds ÷ 10
    300
    """
    try:
        return mean_patience(waits_of(contacts, channel))
    except DataError:
        return None


def mean_patience(waits: Waits) -> Estimate | None:
    """`patience_of` for waits that were counted already."""
    if waits.gave_up < FEWEST:
        return None
    seconds = float((waits.table["second"] * waits.table["n"]).sum())
    low, high = means(np.array(float(waits.gave_up)), np.array(1.0), 1.0)
    return Estimate(
        seconds / waits.gave_up, seconds / float(high), seconds / float(low), waits.gave_up, "seconds"
    )


def survival(waits: Waits) -> pd.DataFrame:
    """Who is still waiting for an answer after so long, had nobody been answered (Kaplan and Meier 1958).

    Returns
    -------
    DataFrame
        second, still, low, high (shares; 95 % by the log-log transformation); one row where nobody gave up.
    """
    from statsmodels.duration.survfunc import SurvfuncRight

    start = pd.DataFrame({"second": [0.0], "still": 1.0, "low": 1.0, "high": 1.0})
    if not waits.gave_up:
        return start
    table = waits.table
    found = SurvfuncRight(
        np.maximum(table["second"].to_numpy(float), 0.5),
        table["gave_up"].to_numpy(int),
        freq_weights=table["n"].to_numpy(float),
    )
    still = np.clip(found.surv_prob, 1e-12, 1 - 1e-12)
    reach = np.minimum(1.959964 * found.surv_prob_se / (still * np.abs(np.log(still))), 50.0)
    curve = {"second": found.surv_times, "still": found.surv_prob}
    curve |= {"low": still ** np.exp(reach), "high": still ** np.exp(-reach)}
    return pd.concat([start, pd.DataFrame(curve)], ignore_index=True)
