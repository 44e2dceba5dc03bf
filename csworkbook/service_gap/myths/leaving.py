"""After a contact, how much likelier is it that a customer leaves than that he becomes loyal?"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import evidence, language
from csworkbook.errors import DataError
from csworkbook.estimates import LEVEL, SMALL
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.repeats import duration
from csworkbook.results import Vocabulary, question
from csworkbook.service_gap.myths import matched, pictures
from csworkbook.service_gap.myths.history import History, found_in, history, seconds
from csworkbook.service_gap.myths.matched import Matched
from csworkbook.service_gap.myths.verdicts import NOTHING, Precise, Tested, bounds, sides
from csworkbook.tables import require

if TYPE_CHECKING:
    import plotly.graph_objects as go

LOYAL = 2  # orders within the window that make a customer loyal
SLIGHT = math.log(1.1)  # a tenth likelier is too little to matter
_CLOSE = 1.25  # a ratio to within a quarter is close enough
_LEAST = 5  # of each outcome, below which a ratio says nothing
STAGES = ("before", "after")


def _labels() -> dict[str, str]:
    return {"within": _("Looked at for"), "stage": _("Contacts")}


def _choices() -> dict[tuple[str, object], str]:
    return {
        ("stage", None): _("all contacts"),
        ("stage", "after"): _("after a purchase"),
        ("stage", "before"): _("before a purchase"),
    }


@question(
    mark("After a contact, do customers leave, or do they become loyal?"), labels=_labels, choices=_choices
)
def leaving(
    contacts: pd.DataFrame, orders: pd.DataFrame, *, within: str = "180D", stage: str | None = "after"
) -> Leaving:
    """The third myth (handbook 1.3): service is there to make customers loyal.

    Leaves = no order within the window; becomes loyal = two orders or more within it. Looked at is a
    customer's first contact since his last order, against comparable moments of customers who were not
    in touch: as many orders so far, as long ago, in the same month, in touch before that order or not
    (the ledger's own comparison). The ratio is (leaves after a contact ÷ leaves among comparable) ÷
    (the same for becoming loyal): 1 is neither, CEB's survey said about 4. Its interval is the delta
    method's on the logarithm, by customer. Windows that are not over yet are left out.

    Parameters
    ----------
    within : str
        A pandas duration, such as ``"180D"``.
    stage : str, optional
        "after" (a purchase) or "before", where the contacts tell; all contacts when None.

    Returns
    -------
    Leaving
        table: outcome (leaves, loyal, both), contacts, count, share (0–1, after a contact), comparable (0–1),
        times (the ratio), low, high. `estimate` is the last row, `balance` shows how alike those who are
        compared are.

    Raises
    ------
    DataError
        When no contact of a customer with orders has comparable customers.

    >>> from csworkbook.shop import open_shop
    >>> open_shop().call(leaving).verdict
    'not supported'
    """
    require(contacts, "contacts")
    days = duration(within).days
    past = history(orders)
    found_in(past, contacts)
    chosen, told = _chosen(contacts, stage)
    known = contacts["opened_at"].notna().to_numpy()
    second = seconds(contacts["opened_at"][known])
    found = matched.match(past, past.of(contacts)[known], second, days, chosen[known])
    if not found.n:
        raise _nobody(found, days)
    table, log_ratio, error = _ratios(past, found, days)
    enough = found.n >= SMALL and (table["count"][:2] >= _LEAST).all()
    estimate = Precise(*table.loc[2, ["times", "low", "high"]].astype(float), found.n, "times")
    both = sides(-log_ratio, error, SLIGHT) if enough else NOTHING
    unknown = int((past.of(contacts)[chosen & known] < 0).sum())
    left = (found.never, found.open, found.unlike, unknown)
    return Leaving(
        table, estimate, both, days, stage if told else None, error, found.balance(), past.cycle(), left
    )


def _chosen(contacts: pd.DataFrame, stage: str | None) -> tuple[np.ndarray, bool]:
    """The contacts of the stage, and whether the table tells stages at all."""
    if stage is None or "stage" not in contacts or contacts["stage"].isna().all():
        return np.ones(len(contacts), bool), False
    return (contacts["stage"].astype("string") == stage).fillna(False).to_numpy(bool), True


def _nobody(found: Matched, days: int) -> DataError:
    return DataError(
        _("No contact can be compared with customers who were not in touch."),
        allowed=_(
            "Needed are contacts of customers who had ordered before ({never} had not), at least {days} days before the last "
            "order ({open} are more recent)."
        ).format(days=days, never=language.number(found.never), open=language.number(found.open)),
        next_step=_("Bring orders and contacts of a longer time, or look at fewer days."),
    )


def _ratios(past: History, found: Matched, days: int) -> tuple[pd.DataFrame, float, float]:
    """The table, the logarithm of the ratio of the two ratios, and its standard error."""
    asked, quiet = (
        past.bought(frame["customer"].to_numpy(), frame["second"].to_numpy(), days)
        for frame in (found.asked, found.quiet)
    )
    rows, logs, pulls = [], [], []
    for outcome, mine, theirs in (
        ("leaves", asked == 0, quiet == 0), ("loyal", asked >= LOYAL, quiet >= LOYAL),
    ):  # fmt: skip
        compared = found.compare(mine.astype(float), theirs.astype(float))
        log_ratio, pull = compared.log_ratio()
        logs, pulls = [*logs, log_ratio], [*pulls, pull]
        seen = {
            "contacts": found.n,
            "count": int(mine.sum()),
            "share": compared.own,
            "comparable": compared.like,
        }
        rows.append({"outcome": outcome, **seen, **_times(log_ratio, matched.error(pull))})
    both, error = logs[0] - logs[1], matched.error(pulls[0] - pulls[1])
    last = {"outcome": "both", "contacts": found.n, "count": np.nan, "share": np.nan, "comparable": np.nan}
    return pd.DataFrame([*rows, {**last, **_times(both, error)}]), both, float(error)


def _times(log_ratio: float, error: float) -> dict[str, float]:
    low, high = matched.limits(log_ratio, error)
    unknown = np.isnan(log_ratio) or np.isnan(error)
    return {
        "times": float(np.exp(log_ratio)),
        "low": 0.0 if unknown else low,
        "high": np.inf if unknown else high,
    }


@dataclass(frozen=True)
class Leaving(Tested):
    """Who leaves and who becomes loyal after a contact, against comparable customers."""

    days: int = 180
    stage: str | None = "after"
    error: float = float("nan")
    balance: pd.DataFrame = field(default_factory=pd.DataFrame)
    cycle: float = float("nan")
    left: tuple[int, int, int, int] = (0, 0, 0, 0)
    myth: ClassVar[str] = "leaving"
    benchmark: ClassVar[str | None] = "service-retains-4"

    vocabulary: ClassVar[Vocabulary] = bounds("score")

    def cell(self, column: str, value: object) -> str:
        """One cell as people read it; an interval without an end has none."""
        return "–" if column == "high" and np.isinf(value) else super().cell(column, value)

    @property
    def counted(self) -> str:
        """What is counted: contacts."""
        return _("contacts")

    @property
    def needed(self) -> int:
        """How many contacts would tell the ratio to within a quarter."""
        if not self.error > 0:
            return max(10 * SMALL, 2 * self.estimate.n)
        from scipy.stats import norm

        half = norm.ppf(0.5 + LEVEL / 2) * self.error
        return max(SMALL, math.ceil(self.estimate.n * (half / math.log(_CLOSE)) ** 2))

    @property
    def text(self) -> str:
        """The two shares beside those of comparable customers, the ratio, the verdict."""
        leaves, loyal = self.table.iloc[0], self.table.iloc[1]
        said = _(
            "In the {days} days after a contact (n = {n}) {leave} of customers do not order and {loyal} order twice or "
            "more; of comparable customers who were not in touch that is {leave_too} and {loyal_too}."
        ).format(
            days=self.days, n=language.number(self.estimate.n),
            leave=language.percent(leaves["share"]), loyal=language.percent(loyal["share"]),
            leave_too=language.percent(leaves["comparable"]), loyal_too=language.percent(loyal["comparable"]),
        )  # fmt: skip
        return " ".join(filter(None, [said, self._ratio(), self.judged()]))

    def _ratio(self) -> str:
        if np.isnan(self.estimate.value):
            return ""
        said = _(
            "Against them, the balance is {times} times as much towards leaving ({low} to {high}; 1 is neither)"
        ).format(
            times=self.estimate.say(),
            low=self.estimate.say(self.estimate.low),
            high=self.estimate.say(self.estimate.high),
        )
        if self.estimate.low > 1:
            return said + _(": a contact goes with leaving rather than with loyalty.")
        if self.estimate.high < 1:
            return said + _(": a contact goes with loyalty rather than with leaving.")
        return said + "."

    @property
    def action(self) -> str:
        """What to do, given the verdict."""
        if self.verdict == "supported":
            return _("See after which contacts customers come back most, and what was said in them.")
        return _(
            "Aim service at solving the problem at once, so that the customer does not leave; not at delighting him."
        )

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What it rests on."""
        return (_("customers who were not in touch show what those who were would have done"),)

    @property
    def method(self) -> str:
        """Definitions, who is comparable, the balance, what was left out."""
        parts = [
            self._defined(),
            self._looked_at(),
            self._plain(),
            self._alike(),
            self._left(),
            self._own_cycle(),
        ]
        return " ".join(filter(None, [*parts, self._handbook()]))

    def _defined(self) -> str:
        return _(
            "Leaves = no order within {days} days; becomes loyal = two or more. Each is divided by the share among comparable "
            "customers; the ratio is the first divided by the second. 1 is neither. A customer's first contact since his last "
            "order counts. Credited, not caused: who gets in touch may differ in what the orders do not show."
        ).format(days=self.days)

    def _looked_at(self) -> str:
        if self.stage == "after":
            return _("Only contacts after a purchase are looked at.")
        if self.stage == "before":
            return _("Only contacts before a purchase are looked at: who asks then is often about to buy.")
        return _(
            "All contacts are looked at, before and after a purchase: who asks before it is often about to buy."
        )

    def _handbook(self) -> str:
        entry = evidence.get(self.benchmark)
        return _("The handbook's figure: {line}. {caveat}").format(line=entry.line(), caveat=entry.caveat)

    def _plain(self) -> str:
        """What comes out without comparing, and why that misleads."""
        leaves, loyal = self.table.iloc[0], self.table.iloc[1]
        if not (loyal["share"] > 0 and loyal["comparable"] > 0):
            return ""
        return _(
            "Without comparing, {times} times as many leave as become loyal; but among comparable customers who were not in "
            "touch it is {others} times."
        ).format(
            times=language.number(leaves["share"] / loyal["share"], 1),
            others=language.number(leaves["comparable"] / loyal["comparable"], 1),
        )

    def _alike(self) -> str:
        names = {
            "orders": _("orders so far"), "days": _("days since the last order"), "known": _("in touch before"),
        }  # fmt: skip
        told = [
            _("{trait} {before}, afterwards {after}").format(
                trait=names[row.trait],
                before=language.number(row.before, 2),
                after=language.number(row.after, 2),
            )
            for row in self.balance.itertuples()
        ]
        return _(
            "Comparable = as many orders so far, as long ago, in the same month, in touch before or not. Differences before "
            "matching, in standard deviations: {list}. Interval: 95%, by customer."
        ).format(list="; ".join(told))

    def _left(self) -> str:
        never, unfinished, unlike, unknown = map(language.number, self.left)
        return _(
            "Left out: {open} contacts whose window is not over, {never} without an order before, {unlike} without anybody "
            "comparable, {unknown} of nobody in the orders."
        ).format(open=unfinished, never=never, unlike=unlike, unknown=unknown)

    def _own_cycle(self) -> str:
        if not self.cycle > 0:
            return ""
        return _(
            "Half of your repeat orders come within {cycle} days, so the window is {times} times your cycle."
        ).format(cycle=language.number(self.cycle), times=language.number(self.days / self.cycle, 1))

    def plot(self) -> go.Figure:
        """How many times as likely leaving and loyalty are after a contact, and the handbook's four."""
        return pictures.times(self.table, self.vocabulary, self.benchmark)
