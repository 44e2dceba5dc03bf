"""What is said of what it costs to solve a question."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from csworkbook import evidence, language
from csworkbook.channels import resolution_words
from csworkbook.estimates import SMALL, Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import ngettext
from csworkbook.repeats import duration
from csworkbook.results import Result, Vocabulary

if TYPE_CHECKING:
    import plotly.graph_objects as go

CHAPTER = "09_channels"
_EVIDENCE = {"email": "mails-per-answer-2-4", "phone": "calls-per-answer-1-7"}


@dataclass(frozen=True)
class Solving(Result):
    """What a solved question costs, per channel or topic."""

    by: str = "channel"
    prices: pd.DataFrame = field(default_factory=pd.DataFrame)
    within: str = "14D"
    refunds: bool = False
    refund_days: int = 30
    margin: float = 0.35
    currency: str = "EUR"
    aside: dict[str, int] = field(default_factory=dict)
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=resolution_words.heads,
        words=resolution_words.words,
        kinds={
            **dict.fromkeys(("issues", "solved"), "count"),
            **dict.fromkeys(("plain", "cost", "low", "high", "formula", "paid_back", "difference"), "cents"),
            **dict.fromkeys(("contacts_each", "benchmark"), "score"),
        },
        wordy=("channel", "topic", "verdict"),
    )
    spare: ClassVar[tuple[str, ...]] = ("issues", "formula", "benchmark", "small")

    @property
    def columns(self) -> list[str]:
        """The columns that are shown: those about refunds only where they count."""
        hidden = {"difference", *(() if self.refunds else ("paid_back",))}
        return [column for column in self.table.columns if column not in hidden]

    @property
    def whole(self) -> pd.Series:
        """All questions together."""
        return self.table.iloc[0]

    @property
    def drawn(self) -> pd.DataFrame:
        """The rows with a cost, in the order of the table."""
        return self.table[self.table["cost"].notna() & self.table["low"].notna()]

    @property
    def few(self) -> bool:
        """Whether too few questions were solved to say what one costs."""
        return bool(self.whole["solved"] < SMALL)

    def of(self, group: str = "all") -> Estimate:
        """What a solved question costs in one group, money."""
        row = self.table.set_index(self.by).loc[group]
        return Estimate(
            float(row["cost"]),
            float(row["low"]),
            float(row["high"]),
            int(row["solved"]),
            "money",
            None,
            self.currency,
        )

    @property
    def text(self) -> str:
        """What a solution costs beside a contact, where it is dearer or cheaper, and whether the order turns."""
        if self.few:
            n = int(self.whole["solved"])
            return ngettext(
                "There is only {n} question that was solved and is finished: too few to say what one costs.",
                "There are only {n} questions that were solved and are finished: too few to say what one costs.",
                n,
            ).format(n=language.number(n))
        return " ".join(filter(None, [self._whole_said, self._groups_said, self._turned_said]))

    @property
    def _whole_said(self) -> str:
        row = self.whole
        said = _(
            "Solving one question costs {cost} ({low} to {high}): one contact costs {plain}, and it takes {contacts} contacts "
            "per solved question."
        )
        if self.refunds:
            said = _(
                "Solving one question costs {cost} ({low} to {high}), of which {paid_back} is the margin on what was "
                "paid back: one "
                "contact costs {plain}, and it takes {contacts} contacts per solved question."
            )
        shown = {name: self._money(row[name]) for name in ("cost", "low", "high", "plain", "paid_back")}
        return said.format(contacts=language.number(row["contacts_each"], 2), **shown)

    @property
    def _groups(self) -> pd.DataFrame:
        """The groups that are large enough to be compared, the dearest first."""
        rows = self.table.iloc[1:]
        return rows[~rows["small"] & rows["cost"].notna()]

    @property
    def _groups_said(self) -> str:
        rows = self._groups
        if len(rows) < 2:
            return ""
        sure = rows[rows["verdict"] == "yes"]
        dear, cheap = sure[sure["difference"] > 0].head(1), sure[sure["difference"] < 0].tail(1)
        if sure.empty:
            return _("Whether it costs more in one than in the others cannot be told yet.")
        if dear.empty or cheap.empty:
            row = (dear if len(dear) else cheap).iloc[0]
            said = (
                _("Dearer than the others is {group}: {cost}.")
                if len(dear)
                else _("Cheaper than the others is {group}: {cost}.")
            )
            return said.format(group=self._name(row), cost=self._money(row["cost"]))
        return _("Dearest is {dear} ({most}), cheapest {cheap} ({least}).").format(
            dear=self._name(dear.iloc[0]),
            most=self._money(dear.iloc[0]["cost"]),
            cheap=self._name(cheap.iloc[0]),
            least=self._money(cheap.iloc[0]["cost"]),
        )

    @property
    def _turned_said(self) -> str:
        """Where one contact is cheaper than elsewhere, but one solution is surely dearer."""
        for one in self._groups.itertuples():
            for other in self._groups.itertuples():
                if one.plain < other.plain and one.low > other.high:
                    return _(
                        "One contact is cheaper with {one} than with {other}, one solution is dearer."
                    ).format(one=self._name(one._asdict()), other=self._name(other._asdict()))
        return ""

    def _name(self, row: pd.Series | dict) -> str:
        name = str(self.vocabulary.word(row[self.by]))
        return name if self.by == "channel" else f"“{name}”"

    def _money(self, value: float) -> str:
        return language.money(value, self.currency, 2)

    @property
    def method(self) -> str:
        """Definitions, where the costs come from, what is left out, the handbook's figures."""
        parts = [
            _(
                "A question = the contacts of one customer about one topic, each within {days} days of the one "
                "before, under the "
                "channel of the first. It counts when those days are over after its last contact; it is solved when "
                "that one was "
                "handled and resolved. Cost = all contacts of finished questions ÷ solved questions (the handbook: "
                "cost of a contact "
                "× contacts it takes; that product is in the download)."
            ).format(days=duration(self.within).days),
            self._prices_said,
            _("Left out: {no_customer} contacts of an unknown customer, {no_topic} without a topic.").format(
                **{name: language.number(self.aside.get(name, 0)) for name in ("no_customer", "no_topic")}
            ),
            self._refunds_said,
            _(
                "Range: customers drawn again {n} times; differences from the others corrected by Holm."
            ).format(n=language.number(999)),
            *self._handbook,
        ]
        return " ".join(filter(None, parts))

    @property
    def _prices_said(self) -> str:
        """Where the cost of a contact comes from."""
        basis = set(self.prices["basis"])
        said = {
            "table": _(
                "A contact costs what its channel cost in finished months ÷ its contacts; longer ones more."
            ),
            "minutes": _(
                "A contact costs its handling minutes × the hourly cost; without minutes the mean of its channel."
            ),
        }
        parts = [said[name] for name in ("table", "minutes") if name in basis]
        if "none" in basis:
            names = language.join(
                [str(self.vocabulary.word(c)) for c in self.prices.index[self.prices["basis"] == "none"]]
            )
            parts.append(_("Nothing tells what {list} costs: the mean of the others.").format(list=names))
        return " ".join(parts)

    @property
    def _refunds_said(self) -> str:
        if not self.refunds:
            return _("Refunds are not in it.")
        return _(
            "Refunds: at the last contact about the order in the {days} days before, at {margin} margin, since goods that come "
            "back are sold again; that the contact led to the refund, this cannot show."
        ).format(days=self.refund_days, margin=language.percent(self.margin))

    @property
    def _handbook(self) -> list[str]:
        if self.by != "channel":
            return []
        entries = [
            evidence.get(name) for channel, name in _EVIDENCE.items() if channel in set(self.table[self.by])
        ]
        return [_("Handbook:"), *[f"{entry.claim} {entry.caveat}" for entry in entries]] if entries else []

    def plot(self) -> go.Figure:
        """A row per group: one contact and one solution, in money."""
        from csworkbook.channels import pictures_resolution

        return pictures_resolution.solving(self)

    def findings(self) -> list[Finding]:
        """Where a solution surely costs more than elsewhere; or how many questions would tell."""
        if self.few:
            return [Finding(CHAPTER, self.text, enough=2 * SMALL)]
        rows = self._groups
        dear = rows[(rows["verdict"] == "yes") & (rows["difference"] > 0)]
        if dear.empty:
            return []
        row = dear.iloc[0]
        headline = _(
            "A solution costs most with {group}: {cost}, with {contacts} contacts per solved question."
        ).format(
            group=self._name(row),
            cost=self._money(row["cost"]),
            contacts=language.number(row["contacts_each"], 2),
        )
        action = _("Look which of its questions come back most, and give the whole answer the first time.")
        return [Finding(CHAPTER, headline, self.of(row[self.by]), _EVIDENCE.get(row[self.by]), action)]
