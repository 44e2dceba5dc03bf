"""Which agents and channels surely differ from the others, for one figure?

Small numbers swing widely, so that the best and the worst of many are mostly lucky and unlucky. Every agent is
therefore set beside the agent in the middle with the same channels, and the difference is drawn to nothing as far as
chance alone could make it (empirical Bayes with a normal spread; DerSimonian & Laird 1986, Controlled Clinical
Trials 7:177–188). Who differs is tested, and corrected for how many were looked at (Holm).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import estimates, language
from csworkbook.contacts.kept import remembered
from csworkbook.errors import DataError, SettingError
from csworkbook.kpis import words
from csworkbook.kpis.agents_result import ByAgent
from csworkbook.kpis.counted import looked_at
from csworkbook.kpis.definitions import DEFINITIONS, Choices, one_of
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.results import question

if TYPE_CHECKING:
    import ibis

    Table = pd.DataFrame | ibis.Table

METRICS = (
    "resolved", "next_avoided", "very_friendly", "friendliness", "knowledge", "satisfied", "acquisition", "retention",
)  # fmt: skip
_SOLD = ("acquisition", "retention")
_Z = 1.959964
_MIDDLE = 3  # agents of whom one is in the middle
_OF_MEDIAN = 1.57  # variance of a median in variances of a mean (normal)
_TESTED = 10  # contacts of a group from which on it is tested
_NORMAL = (
    3.0  # of a share: n × share × (1 − share) from which on the normal law holds (as in channels.abilities)
)
_DRAWN = 3  # groups from which on differences are drawn together
_LEAST = 2  # groups without which there is nothing to compare


@question(
    mark("Which agents and channels surely differ from the others?"),
    labels=words.labels,
    choices=words.choices,
)
def by_agent(
    contacts: Table,
    orders: Table | None = None,
    *,
    metric: str = "resolved",
    by: str = "agent",
    channel: str | None = None,
    rated: str = "all",
    within: str = "14D",
    currency: str = "EUR",
    zone: str = "UTC",
) -> ByAgent:
    """One figure per agent, beside the agent in the middle with the same channels; or per channel.

    Parameters
    ----------
    orders : optional
        Needed for what was bought after a conversation.
    metric : str
        resolved, next_avoided, very_friendly, friendliness, knowledge, satisfied, acquisition or retention.
    by : {"agent", "channel"}
    channel : str, optional
        Only contacts of one channel.
    rated : {"all", "rated"}
        As in `key_figures`.

    Returns
    -------
    ByAgent
        table, the highest first: agent (or channel), n, value, expected (what the agent in the middle does
        in the same mix of channels; of channels, the whole), difference (value − expected), shrunk (the level
        drawn to the middle as far as chance could make the difference), low, high (95 %), p (Holm), verdict
        ("better", "worse", or "cannot tell yet"). Units are the figure's.

    Raises
    ------
    DataError
        When no contact names an agent, or nothing is known of the figure.
    SettingError
        When there is no such figure, choice or channel.

    >>> from csworkbook.shop import open_shop
    >>> open_shop().call(by_agent, metric="satisfied", by="channel").table["channel"].tolist()[0]
    'chat'
    """
    one_of(metric, METRICS)
    one_of(by, ("agent", "channel"))
    choices = Choices(rated=rated, within=within)
    choices.require()
    if metric in _SOLD and orders is None:
        raise DataError(
            _("Without orders nobody can tell who bought."), next_step=_("Bring your orders first.")
        )
    cells = _cells(contacts, orders, metric, choices, zone)
    if channel is not None:
        cells = _of_channel(cells, channel)
    nameless = int(cells.loc[cells["agent"].isna(), "n"].sum())
    cells = cells[cells[by].notna() & (cells["n"] > 0)]
    if cells.empty:
        raise _nobody(metric, by)
    table, whole = _compared(cells, by, DEFINITIONS[metric].unit == "share")
    table["verdict"] = _verdicts(table, DEFINITIONS[metric].better, DEFINITIONS[metric].unit == "share")
    table = table.sort_values(["shrunk", by], ascending=[False, True], ignore_index=True)
    return ByAgent(table, metric, by, channel, choices, whole, nameless if by == "agent" else 0, currency)


def _nobody(metric: str, by: str) -> DataError:
    if by == "agent":
        return DataError(
            _(
                "These contacts do not say which agent answered, or nothing of “{figure}” is known of them."
            ).format(figure=DEFINITIONS[metric].name),
            allowed=_("A column with the agent's name or number."),
            next_step=_("Add it to the export and bring it again, or compare channels."),
        )
    return DataError(
        _("Nothing of “{figure}” is known of these contacts.").format(figure=DEFINITIONS[metric].name),
        next_step=_("Choose another figure."),
    )


def _of_channel(cells: pd.DataFrame, channel: str) -> pd.DataFrame:
    known = sorted(cells["channel"].dropna().unique())
    if channel not in known:
        raise SettingError(
            _("“{channel}” is no channel of these contacts.").format(channel=channel),
            allowed=_("Possible: {columns}.").format(columns=language.join(known)),
        )
    return cells[cells["channel"] == channel]


# ---------------------------------------------------------------- counting
def _cells(contacts: Table, orders: Table | None, metric: str, choices: Choices, zone: str) -> pd.DataFrame:
    """agent, channel, n, total and square (sums of the figure's value and of its square)."""
    if metric in _SOLD:
        token = remembered(orders, "kpis token", object)
        key, made = (
            ("kpis sold by", choices.within, zone, token),
            lambda: _sold(contacts, orders, choices.within, zone),
        )
    else:
        key, made = ("kpis agents", choices.within, zone), lambda: _answered(contacts, choices.within, zone)
    found = remembered(contacts, key, made)
    name = f"{metric}_{choices.rated}" if metric in (*_SOLD, "very_friendly") else metric
    parts = found[["agent", "channel", f"{name}_n", f"{name}_total", f"{name}_square"]]
    if metric == "very_friendly" and not found["very_friendly_rated_n"].any():
        parts = parts[:0]  # nobody rated: not known, and not “never”
    return parts.set_axis(["agent", "channel", "n", "total", "square"], axis=1)


def _answered(contacts: Table, within: str, zone: str) -> pd.DataFrame:
    """The sums of every figure that the contacts tell, per agent and channel."""
    from csworkbook.contacts import facts

    rows = looked_at(facts(contacts, within=within, zone=zone), "week", "resolved_at" in contacts.columns)
    rated, friendly = rows.handled & rows.friendliness.notnull(), (rows.friendliness == 5).fill_null(False)
    return _summed(
        rows,
        {
            "resolved": (rows.askable, rows.solved),
            "next_avoided": (rows.solved, ~rows.again_any.fill_null(False)),
            "very_friendly_all": (rows.handled, friendly),
            "very_friendly_rated": (rated, friendly),
            "friendliness": (rated, rows.friendliness),
            "knowledge": (rows.handled & rows.knowledge.notnull(), rows.knowledge),
            "satisfied": (rows.handled & rows.satisfied.notnull(), rows.satisfied.fill_null(False)),
        },
    )


def _sold(contacts: Table, orders: Table, within: str, zone: str) -> pd.DataFrame:
    """Of every interaction that counts, whether a new or an existing customer bought after it."""
    from csworkbook.order_credit import credited

    rows = credited(contacts, orders, within=within, rule="last", zone=zone)
    new, bought = rows.new_customer, rows.orders > 0
    return _summed(
        rows,
        {
            "acquisition_all": (rows.handled, new & bought),
            "acquisition_rated": (rows.handled & new, bought),
            "retention_all": (rows.handled, ~new & bought),
            "retention_rated": (rows.handled & ~new, bought),
        },
    )


def _summed(rows: ibis.Table, figures: dict[str, tuple[ibis.Value, ibis.Value]]) -> pd.DataFrame:
    """n, total and square of every figure: of which rows it is known, and its value there."""
    sums = {}
    for name, (of, value) in figures.items():
        number = value.cast("float64")
        sums |= {
            f"{name}_n": of.cast("int64").sum(),
            f"{name}_total": number.sum(where=of),
            f"{name}_square": (number * number).sum(where=of),
        }
    found = rows.group_by(["agent", "channel"]).agg(**sums).to_pandas()
    return found.fillna(dict.fromkeys(sums, 0)).sort_values(["agent", "channel"], ignore_index=True)


# ---------------------------------------------------------------- comparing
def _compared(cells: pd.DataFrame, by: str, is_share: bool) -> tuple[pd.DataFrame, float]:
    """Every group beside what the shop does in its mix of channels, and the level of the whole."""
    whole = cells["total"].sum() / cells["n"].sum()
    cells = cells.assign(level=whole, noise=_noise(cells, is_share))
    if by == "agent":
        mix = cells.assign(mix=cells["channel"].fillna("")).groupby("mix")
        totals = mix[["n", "total", "square"]].transform("sum")
        cells = cells.assign(level=totals["total"] / totals["n"], noise=_noise(totals, is_share))
    cells["expected"] = cells["level"] * cells["n"]
    cells["variance"] = cells["noise"] * cells["n"]
    sums = cells.groupby(by, observed=True)[["n", "total", "expected", "variance"]].sum().reset_index()
    table = pd.DataFrame({by: sums[by], "n": sums["n"].astype(int), "value": sums["total"] / sums["n"]})
    table["expected"] = sums["expected"] / sums["n"]
    table["difference"] = table["value"] - table["expected"]
    error = np.sqrt(sums["variance"]) / sums["n"]
    if by == "agent" and len(table) >= _MIDDLE:
        shift = _median(table["difference"].to_numpy(), sums["n"].to_numpy())
        table[["expected", "difference"]] += [shift, -shift]
        whole += shift
        error = np.sqrt(error**2 + _OF_MEDIAN * (error**2).mean() / len(table))
    drawn, half = shrunk(table["difference"].to_numpy(), error.to_numpy())
    table["shrunk"], table["low"], table["high"] = whole + drawn, whole + drawn - half, whole + drawn + half
    if is_share:
        table[["shrunk", "low", "high"]] = table[["shrunk", "low", "high"]].clip(0, 1)
    return table.assign(p=_tested(table["difference"].to_numpy(), error.to_numpy())), float(whole)


def _median(values: np.ndarray, weights: np.ndarray) -> float:
    """The value in the middle of the contacts: one who is far off does not make all others differ."""
    order = np.argsort(values, kind="stable")
    passed = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(passed, passed[-1] / 2)])


def _noise(sums: pd.DataFrame, is_share: bool) -> pd.Series:
    """The variance of one contact's value within a cell, from its sums; of shares never quite nothing."""
    n = sums["n"].where(sums["n"] > 0)
    if is_share:
        share = (sums["total"] + 0.5) / (n + 1)
        return share * (1 - share)
    return (sums["square"] / n - (sums["total"] / n) ** 2).clip(lower=1e-9)


def shrunk(difference: np.ndarray, error: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Differences drawn to nothing as far as chance could make them, and half their 95 % interval.

    The spread of true differences is DerSimonian and Laird's, about a mean of nothing; with fewer than three
    groups nothing is drawn. That this spread is an estimate makes the intervals wider (C. N. Morris 1983,
    "Parametric empirical Bayes inference", JASA 78, section 5): also where it comes out as nothing.

    >>> shrunk(np.array([0.1, -0.1, 0.0, 0.0]), np.array([1.0, 1.0, 1.0, 1.0]))[0].tolist()
    [0.0, 0.0, 0.0, 0.0]
    """
    if len(difference) < _DRAWN:
        return difference, _Z * error
    from statsmodels.stats.meta_analysis import combine_effects

    known = np.maximum(error, 1e-12) ** 2
    with np.errstate(
        divide="ignore", invalid="ignore"
    ):  # who hardly differ have a spread below nothing there
        between = max(float(combine_effects(difference, known, method_re="dl").tau2), 0.0)
    part = between / (between + known)
    groups, pull = len(difference), 1 - part
    variance = known * (1 - pull * (groups - 2) / groups)
    if groups > _DRAWN:
        unknown = 2 / (groups - 2) * pull**2 * (known.mean() + between) / (known + between)
        variance = variance + unknown * difference**2
    return part * difference + 0.0, _Z * np.sqrt(variance)


def _tested(difference: np.ndarray, error: np.ndarray) -> np.ndarray:
    """The chance of a difference as large, corrected for how many groups there are (Holm)."""
    from scipy.stats import norm

    if len(difference) < _LEAST:
        return np.full(len(difference), np.nan)
    z = np.divide(np.abs(difference), error, out=np.zeros(len(error)), where=error > 0)
    return estimates.adjust(2 * norm.sf(z))


def _verdicts(table: pd.DataFrame, better: int, is_share: bool) -> np.ndarray:
    """Who surely differs, and to which side; nobody of a handful of contacts, nor where chance explains them all."""
    sure = (table["p"] < 1 - estimates.LEVEL).to_numpy() & (table["n"] >= _TESTED).to_numpy()
    if is_share:
        level = table["expected"].clip(0, 1)
        sure &= (table["n"] * level * (1 - level) >= _NORMAL).to_numpy()
    sure &= table["shrunk"].nunique() > 1
    good = (np.sign(table["difference"]) * (better or 1) > 0).to_numpy()
    return np.where(~sure, "cannot tell yet", np.where(good, "better", "worse"))
