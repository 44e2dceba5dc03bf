"""Did visitors who dropped out ask customer service more often than those who went on?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from csworkbook import estimates, language
from csworkbook.estimates import SMALL, Estimate
from csworkbook.language import gettext as _
from csworkbook.language import ngettext
from csworkbook.repeats import known_customers

_DAY = 86_400_000_000  # microseconds


@dataclass(frozen=True)
class Asks:
    """Who asked customer service about the moment of a step, of those whose customer is known.

    `table` has one row for those who dropped out and one for those who went on: dropped, n, before, after,
    either (how many asked in the days before the moment, from it on, or in one of the two). `unknown` is
    how many visitors have no customer, `unfinished` how many are too close to the end of the data.
    """

    table: pd.DataFrame
    days: int
    unknown: int = 0
    unfinished: int = 0

    def share(self, dropped: bool, when: str = "either") -> Estimate:
        """The share that asked, of those who dropped out or of those who went on."""
        row = self.table.loc[dropped]
        return estimates.share(int(row[when]), int(row["n"]))

    @cached_property
    def apart(self) -> Estimate:
        """The share of drop-outs that asked minus that of those who went on, before or after."""
        lost, went = self.table.loc[True], self.table.loc[False]
        return estimates.difference(lost["either"], lost["n"], went["either"], went["n"])

    @property
    def few(self) -> bool:
        """Whether there are too few known customers on one of the sides."""
        return bool(self.table["n"].min() < SMALL)

    @property
    def surely_more(self) -> bool:
        """Whether drop-outs surely asked more often."""
        return not self.few and self.apart.low > 0

    @property
    def text(self) -> str:
        """The two shares, and whether they surely differ."""
        if self.few:
            return _(
                "Too few of them are known customers to say whether they asked customer service ({lost} who dropped out, "
                "{went} who went on; {least} of either are needed)."
            ).format(lost=self.table.loc[True, "n"], went=self.table.loc[False, "n"], least=SMALL)
        values = {"lost": self.share(True), "went": self.share(False)}
        said = ngettext(
            "Within {days} day before or after, {lost} of those known as customers asked customer service; of those who went "
            "on {went}.",
            "Within {days} days before or after, {lost} of those known as customers asked customer service; of those who went "
            "on {went}.",
            self.days,
        ).format(days=self.days, **values)
        if self.apart.excludes_zero:
            return said
        return said + " " + _("Whether that differs cannot be told.")

    @property
    def method(self) -> str:
        """Who is counted."""
        return _(
            "Customer service: known customers only; {unknown} visitors without a customer and {unfinished} whose {days} "
            "days are not over are left out. Of the drop-outs {before} asked in the days before, {after} in the days after. "
            "Customers are mostly known because they once paid, so those who dropped out and are known may differ from the "
            "others."
        ).format(
            unknown=language.number(self.unknown),
            unfinished=language.number(self.unfinished),
            days=self.days,
            before=language.percent(self.share(True, "before").value),
            after=language.percent(self.share(True, "after").value),
        )


def asked_service(visitors: pd.DataFrame, contacts: pd.DataFrame, *, days: int, end: int) -> Asks:
    """Who of these visitors was in touch with customer service `days` before or after their moment.

    Parameters
    ----------
    visitors : DataFrame
        customer_id, moment (microseconds since 1970 UTC), dropped.
    contacts : DataFrame
        The canonical table.
    end : int
        The last moment in the events, microseconds. Whoever's days reach past the end of events or
        contacts, or before the first contact, is left out.
    """
    who, asked = known_customers(contacts), contacts["opened_at"]
    talks = pd.DataFrame({"customer": who, "at": _micros(asked)})[(who.notna() & asked.notna()).to_numpy()]
    talks = talks.sort_values("at", kind="stable")
    span = days * _DAY
    known = visitors.assign(customer=known_customers(visitors)).dropna(subset=["customer"])
    first, last = (talks["at"].min(), min(end, talks["at"].max())) if len(talks) else (0, -1)
    over = (known["moment"] - span >= first) & (known["moment"] + span <= last)
    seen = known[over].sort_values("moment", kind="stable")
    for name, way in (("before", "backward"), ("after", "forward")):
        seen[name] = _near(seen, talks, way, span).to_numpy()
    seen["either"] = seen["before"] | seen["after"]
    sums = seen.groupby("dropped")[["before", "after", "either"]].sum()
    sums.insert(0, "n", seen.groupby("dropped").size())
    table = sums.reindex([True, False], fill_value=0).astype(int)
    return Asks(table, days, len(visitors) - len(known), int((~over).sum()))


def _micros(times: pd.Series) -> pd.Series:
    utc = times if times.dt.tz is None else times.dt.tz_convert("UTC").dt.tz_localize(None)
    return utc.dt.as_unit("us").astype("int64")


def _near(seen: pd.DataFrame, talks: pd.DataFrame, way: str, span: int) -> pd.Series:
    """Whether each customer was in touch in the time before (not at) the moment, or from it on."""
    left = seen[["moment", "customer"]].astype({"customer": object})
    right = talks.rename(columns={"at": "moment"}).assign(at=talks["at"]).astype({"customer": object})
    found = pd.merge_asof(
        left,
        right,
        on="moment",
        by="customer",
        direction=way,
        tolerance=span,
        allow_exact_matches=way == "forward",
    )
    return found["at"].notna()
