"""What is said of questions solved at the first contact."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from csworkbook import estimates, evidence, language
from csworkbook.channels import resolution_words
from csworkbook.estimates import SMALL, Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import ngettext
from csworkbook.results import Result, Vocabulary

if TYPE_CHECKING:
    import plotly.graph_objects as go

CHAPTER = "09_channels"
_FAR = 0.1  # a spread between definitions of which the choice must be agreed on first
_EVIDENCE = ("live-resolved-88-5", "mail-resolved-58-6")


@dataclass(frozen=True)
class FirstContact(Result):
    """Solved at the first contact, by five definitions; `main` is the one by which groups are compared."""

    by: str = "channel"
    main: str = ""
    days: int = 14
    each: str = "issue"
    compared: pd.DataFrame = field(default_factory=pd.DataFrame)
    counts: dict[str, int] = field(default_factory=dict)
    has_messages: bool = False
    spare: ClassVar[tuple[str, ...]] = ("count", "left_out", "small")
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=resolution_words.heads,
        words=resolution_words.words,
        kinds={"left_out": "count"},
        wordy=("definition", "channel", "topic", "agent"),
    )

    def of(self, definition: str, group: str = "all") -> Estimate:
        """The share solved at the first contact by one definition, in one group or all together."""
        row = self.table[(self.table[self.by] == group) & (self.table["definition"] == definition)].iloc[0]
        return estimates.share(int(row["count"]), int(row["n"]))

    @cached_property
    def told(self) -> pd.DataFrame:
        """The definitions that can be told of enough contacts, all together, fewest solved first."""
        rows = self.table[(self.table[self.by] == "all") & ~self.table["small"]]
        return rows.sort_values("share", kind="stable", ignore_index=True)

    @property
    def spread(self) -> float:
        """The share by the mildest definition minus that by the strictest (0–1); NaN with fewer than two."""
        return (
            float(self.told["share"].iloc[-1] - self.told["share"].iloc[0])
            if len(self.told) > 1
            else float("nan")
        )

    @property
    def few(self) -> bool:
        """Whether there are too few contacts to say anything."""
        return self.told.empty

    @property
    def text(self) -> str:
        """The spread between the definitions, then which group solves most and least by the main one."""
        if self.few:
            n = self.counts["base"]
            return ngettext(
                "There is only {n} contact that was handled and whose {days} days are over: too few to say what was "
                "solved at once.",
                "There are only {n} contacts that were handled and whose {days} days are over: too few to say what "
                "was solved at once.",
                n,
            ).format(n=language.number(n), days=self.days)
        return " ".join(filter(None, [self._spread_said, self._groups_said, self._small_said]))

    @property
    def _spread_said(self) -> str:
        least, most = self.told.iloc[0], self.told.iloc[-1]
        if len(self.told) == 1:
            return _(
                "{share} was solved at the first contact ({low} to {high}), counted as “{how}”; nothing tells of other ways."
            ).format(**self._told_share(least))
        return _(
            "Between {low} and {high} was solved at the first contact, depending on how you count: least as “{least}”, most as "
            "“{most}”."
        ).format(
            low=language.percent(least["share"]),
            high=language.percent(most["share"]),
            least=_how(least["definition"]),
            most=_how(most["definition"]),
        )

    def _told_share(self, row: pd.Series) -> dict[str, str]:
        shown = {name: language.percent(row[name]) for name in ("share", "low", "high")}
        return {**shown, "how": _how(row["definition"])}

    @property
    def _groups_said(self) -> str:
        """Who solves most and least at once, as far as that is sure."""
        if len(self.compared) < 2:
            return ""
        best, worst = self.compared.iloc[0], self.compared.iloc[-1]
        shown = {
            "how": _how(self.main),
            "best": resolution_words.among(self.by, best[self.by]),
            "worst": resolution_words.among(self.by, worst[self.by]),
            "most": language.percent(best["share"]),
            "least": language.percent(worst["share"]),
        }
        if best["sure"] and worst["sure"] and best["value"] > 0 > worst["value"]:
            said = _(
                "Counted as “{how}”, most is solved at once {best} ({most}) and least {worst} ({least})."
            )
        elif worst["sure"] and worst["value"] < 0:
            said = _("Counted as “{how}”, less is solved at once {worst} ({least}) than otherwise.")
        elif best["sure"] and best["value"] > 0:
            said = _("Counted as “{how}”, more is solved at once {best} ({most}) than otherwise.")
        else:
            said = _(
                "Counted as “{how}”, whether one solves more at once than the others cannot be told yet."
            )
        return said.format(**shown)

    @property
    def _small_said(self) -> str:
        rows = self.table[(self.table["definition"] == self.main) & (self.table[self.by] != "all")]
        n = int(rows["small"].sum())
        if not n:
            return ""
        return ngettext(
            "{n} group with fewer than {least} contacts is shown but not compared.",
            "{n} groups with fewer than {least} contacts are shown but not compared.",
            n,
        ).format(n=language.number(n), least=SMALL)

    def _name(self, group: str) -> str:
        return str(self.vocabulary.word(group))

    @property
    def method(self) -> str:
        """The definitions, what is left out of each, and the handbook's figures."""
        parts = [
            self._base_said,
            *[said.format(days=self.days) for said in resolution_words.explained().values()],
            self._each_said,
            self._cannot_said,
            _("Intervals: Wilson; groups compared with all others, p corrected by Holm for {n}.").format(
                n=len(self.compared)
            ),
        ]
        known = [f"{entry.claim} {entry.caveat}" for entry in map(evidence.get, _EVIDENCE)]
        handbook = [_("Handbook, which does not say how it counts:"), *known] if self.by == "channel" else []
        return " ".join(filter(None, [*parts, *handbook]))

    @property
    def _base_said(self) -> str:
        shown = {name: language.number(value) for name, value in self.counts.items()}
        said = _(
            "Of {contacts} contacts, {base} count: handled, and their {days} days are over at the last contact. Given "
            "up before "
            "an answer: {given_up}; of an unknown customer: {no_customer}; without a topic: {no_topic}."
        ).format(days=self.days, **shown)
        if self.counts["twice"]:
            said += " " + _("Rows of a ticket that is there already, counted once: {twice}.").format(**shown)
        if self.counts["unknown"]:
            said += " " + _(
                "Only in “all together”, because it is not known where they belong: {unknown}."
            ).format(**shown)
        return said

    @property
    def _each_said(self) -> str:
        if self.each == "issue":
            return _(
                "Per customer every question counts once, by its first contact; what follows it is no first contact."
            )
        return _("Per customer every contact counts, also one that follows another.")

    @property
    def _cannot_said(self) -> str:
        """The definitions of which the table tells nothing."""
        rows = self.table[(self.table[self.by] == "all") & self.table["small"]]
        if rows.empty or self.few:
            return ""
        none, few = rows[rows["n"] == 0], rows[rows["n"] > 0]
        parts = [
            (none, _("Your contacts do not tell: {list}.")),
            (few, _("Too few contacts tell it to count in the headline: {list}.")),
        ]
        return " ".join(
            said.format(list=language.join([f"“{_how(name)}”" for name in these["definition"]]))
            for these, said in parts
            if len(these)
        )

    def plot(self) -> go.Figure:
        """A row per group: a dot per definition, the handbook's figure as a diamond."""
        from csworkbook.channels import pictures_resolution

        return pictures_resolution.spread(self)

    def findings(self) -> list[Finding]:
        """Who solves clearly less at once than the others; and that the way of counting decides."""
        if self.few:
            return [Finding(CHAPTER, self.text, enough=2 * SMALL)]
        return [*self._least_found(), *self._spread_found()]

    def _least_found(self) -> list[Finding]:
        sure = (
            self.compared[self.compared["sure"] & (self.compared["value"] < 0)]
            if len(self.compared)
            else self.compared
        )
        if sure.empty:
            return []
        row = sure.iloc[-1]
        headline = _("Less is solved at the first contact {group} than otherwise: {share} ({how}).").format(
            group=resolution_words.among(self.by, row[self.by]),
            share=language.percent(row["share"]),
            how=_how(self.main),
        )
        estimate = Estimate(row["value"], row["low"], row["high"], int(row["n"]), "points", row["p"])
        benchmark = "mail-resolved-58-6" if row[self.by] == "email" else None
        action = _(
            "Read ten of these questions that came back, and look what was missing in the first answer."
        )
        return [Finding(CHAPTER, headline, estimate, benchmark, action)]

    def _spread_found(self) -> list[Finding]:
        if not self.spread >= _FAR:
            return []
        least, most = self.told.iloc[0], self.told.iloc[-1]
        headline = _("How you count decides what is solved at once: {low} or {high}.").format(
            low=language.percent(least["share"]), high=language.percent(most["share"])
        )
        action = _(
            "Agree on one way to count, “{how}” for instance, before you compare people, channels or other shops."
        ).format(how=_how(self.main))
        return [Finding(CHAPTER, headline, self.of(self.main), None, action)]


def _how(definition: str) -> str:
    """A definition in a few words."""
    return resolution_words.definitions()[definition]
