"""Do we keep the three golden rules of the cart, and which one first?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from csworkbook import estimates
from csworkbook.checkout import cart_pictures, cart_words, rules_said
from csworkbook.checkout.carts import CHAPTER, STAGES, Visits, visits
from csworkbook.checkout.devices import Devices, devices
from csworkbook.checkout.giving_up import Gap
from csworkbook.checkout.returning import Returning, returning
from csworkbook.checkout.rules_said import COSTS, GOOD, NEAR, POOR
from csworkbook.checkout.stopping import Costs, alike, costs_of, pages_of
from csworkbook.checkout.units import a_year, assumed
from csworkbook.errors import SettingError
from csworkbook.estimates import SMALL, Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import join, mark
from csworkbook.results import Result, Vocabulary, question

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from csworkbook.events.reading import Events

RULES = ("costs", "deciding", "devices")
_ORDER = {"to do": 0, "cannot tell": 1, "in order": 2}


@question(
    mark("Do we keep the three golden rules of the cart?"),
    labels=cart_words.labels,
    choices=cart_words.choices,
)
def rules(
    events: Events,
    steps: Any = None,
    orders: pd.DataFrame | None = None,
    *,
    costs_at: str = "delivery",
    audit_cart_rules: Mapping[str, float | None] | None = None,
    within: str = "14D",
    margin: float = 0.35,
    currency: str = "EUR",
) -> Rules:
    """The three golden rules (handbook 4.6), each with own data beside the answers to the questions.

    All costs up front: do more people leave where the shipping costs first show than at the best other
    page of the checkout? Lead customers carefully to their decision: of known customers who left a cart,
    do most come back and buy? Every device: do more give up at the last page before paying that the data
    know on one device than on the best one?

    A rule is "to do" when own data say so or fewer than 60% of the points of its questions were scored;
    "in order" when its questions scored 80% or more, or where nobody answered them own data show that
    differences are too small to act on; else "cannot tell". Without answers costs are in order only where
    they show in the cart and no page after it loses more than the others. Two tests, of costs and of
    devices, are corrected together by Holm, after each for its own choice: the best of several pages
    (Bonferroni), every two devices (Holm). Deciding has no test: its interval must lie above a half.

    Parameters
    ----------
    events : DataFrame, ibis.Table or path
        The canonical table.
    steps : sequence, optional
        The shop's own steps with their roles.
    orders : DataFrame, optional
        Gives what mending a page is worth (see `order_value`).
    costs_at : str
        The page where shipping costs first show: ``"cart"``, ``"checkout"``, ``"delivery"`` or ``"payment"``.
    audit_cart_rules : mapping, optional
        Rule (costs, deciding, devices) → the share of the points its questions scored, 0–1; None where
        they were not answered.
    within : str
        How long after a cart coming back counts, a pandas duration.

    Returns
    -------
    Rules
        table: rule, evidence, measured, low, high (share, 0–1: leaves at that page, came back and bought,
        gives up before paying), n, points (0–1), verdict, value, value_low, value_high (money a year), first;
        the most urgent first.

    Raises
    ------
    DataError
        When no event is a cart, or none a payment.
    SettingError
        When `costs_at` is no page of the checkout, or the audit has other rules or shares.
    """
    audit = audit_cart_rules or {}
    _require(costs_at, audit)
    found = visits(events, steps)
    back = returning(events, steps, orders, within=within, margin=margin, currency=currency)
    device = devices(events, steps, orders, margin=margin, currency=currency) if found.has_devices else None
    pages = pages_of(found)
    costs = costs_of(pages, costs_at)
    said = {name: audit.get(name) for name in RULES}
    result = Rules(pd.DataFrame(), found, pages, costs, back, device, costs_at, said, currency)
    return result.filled()


def _require(costs_at: str, audit: Mapping[str, float | None]) -> None:
    if costs_at not in STAGES:
        raise SettingError(
            _("“{value}” cannot be chosen here.").format(value=costs_at),
            allowed=_("Possible: {columns}.").format(columns=join(list(STAGES))),
        )
    for rule, share in audit.items():
        if rule not in RULES or (share is not None and not 0 <= share <= 1):
            raise SettingError(
                _("“{rule}: {value}” is no score of a rule.").format(rule=rule, value=share),
                allowed=_("Rules {rules}, each with a share of 0 to 1.").format(rules=join(list(RULES))),
            )


@dataclass(frozen=True)
class Rules(Result):
    """The three rules with their verdicts."""

    visits: Visits | None = None
    pages: pd.DataFrame | None = None
    costs: Costs | None = None
    back: Returning | None = None
    device: Devices | None = None
    costs_at: str = "delivery"
    audit: Mapping[str, float | None] | None = None
    currency: str = "EUR"
    shown: ClassVar[tuple[str, ...]] = (
        "rule", "verdict", "evidence", "points", "value", "value_low", "value_high", "first",
    )  # fmt: skip

    @property
    def vocabulary(self) -> Vocabulary:
        """What columns and pages are called: as the owner calls them, where he does."""
        return cart_words.named(cart_words.RULES, self.visits.names if self.visits else ())

    def filled(self) -> Rules:
        """The same with its table."""
        rows = [self._row(rule) for rule in RULES]
        table = pd.DataFrame(rows)
        urgent = table["verdict"].map(_ORDER) * 1e12 - table["value"].fillna(0)
        table = table.iloc[urgent.argsort(kind="stable")].reset_index(drop=True)
        return replace(self, table=table)

    def _row(self, rule: str) -> dict[str, Any]:
        measured = self.measured(rule)
        value = self.value(rule)
        ends = {"value": "value", "value_low": "low", "value_high": "high"}
        money = {name: getattr(value, end) if value else float("nan") for name, end in ends.items()}
        points = self.audit.get(rule)
        share = {
            name: getattr(measured, end) if measured else float("nan")
            for name, end in {"measured": "value", "low": "low", "high": "high"}.items()
        }
        return {
            "rule": rule,
            "evidence": rule,
            **share,
            "n": measured.n if measured else 0,
            "points": float("nan") if points is None else float(points),
            "verdict": judged(self.by_data(rule), points),
            **money,
            "first": rule,
        }

    def measured(self, rule: str) -> Estimate | None:
        """The share own data have on a rule; None where they have none."""
        if rule == "costs":
            return self.costs.share if self.costs else None
        if rule == "deciding":
            return self.back.fates.bought if self.back.fates.n else None
        return self.gap.share if self.gap else None

    def beside(self, rule: str) -> float | None:
        """The share that `measured` is compared with: that of the best page or device; None for deciding."""
        if rule == "costs":
            return self.costs.best_share if self.costs else None
        return self.gap.beside if rule == "devices" and self.gap else None

    @property
    def gap(self) -> Gap | None:
        """The gap between devices; None without two with enough visits."""
        return self.device.gap if self.device else None

    @cached_property
    def _p(self) -> dict[str, float]:
        """The two tests of the costs and of the devices, corrected for both looks."""
        found = {
            "costs": self.costs.difference.p if self.costs else float("nan"),
            "devices": self.gap.difference.p if self.gap else float("nan"),
        }
        return dict(zip(found, estimates.adjust(list(found.values())), strict=True))

    def by_data(self, rule: str) -> str:
        """What own data say of a rule: to do, in order or cannot tell."""
        if rule == "deciding":
            return self._deciding()
        if rule == "costs" and self.costs_at == "cart":
            return "in order" if self.alike else "cannot tell"
        gap = self.costs if rule == "costs" else self.gap
        if gap is None:
            return "cannot tell"
        if gap.difference.high < NEAR:
            return "in order" if rule == "devices" else "cannot tell"  # costs after the cart are not up front
        sure = self._p[rule] < 1 - estimates.LEVEL and gap.difference.low > 0
        sure = sure and (rule == "costs" or gap.is_sure)
        return "to do" if sure else "cannot tell"

    @cached_property
    def alike(self) -> bool:
        """Whether no page after the cart loses more than another, to within what is worth acting on."""
        return alike(self.pages, NEAR)

    @cached_property
    def known(self) -> Estimate:
        """Of known customers who left a cart and were seen for the whole window: the share that did not buy."""
        left = self.back.left
        mine = left[left["known"] & (left["seen"] >= self.back.days)]
        return estimates.share(int(mine["bought"].isna().sum()), len(mine))

    def _deciding(self) -> str:
        """Buyers are known more often than others, so own data can say "to do" here, but never "in order"."""
        return "to do" if self.known.n >= SMALL and self.known.low > 0.5 else "cannot tell"

    def value(self, rule: str) -> Estimate | None:
        """What mending it is worth, margin a year; None where that cannot be told."""
        if rule == "devices":
            return self.device.value if self.by_data(rule) == "to do" else None
        times, worth = a_year(self.visits), self.back.worth
        if rule != "costs" or self.costs is None or not times or worth is None:
            return None
        if self.by_data(rule) != "to do":
            return None
        orders, apart = self.costs.share.n * times * self.costs.past, self.costs.difference
        value, low, high = (orders * getattr(apart, e) * getattr(worth, e) for e in ("value", "low", "high"))
        return Estimate(value, low, high, self.costs.share.n, "money", None, self.currency)

    # ------------------------------------------------------------ what is said
    def cell(self, column: str, value: object) -> str:
        """A cell; the evidence and the advice are sentences."""
        said = self._sentences(column)
        return said(value) if said else super().cell(column, value)

    def _said(self, column: str) -> Callable[[object], object]:
        return self._sentences(column) or super()._said(column)

    def _sentences(self, column: str) -> Callable[[object], str] | None:
        return {"evidence": self.evidence, "first": self.first}.get(column)

    def evidence(self, rule: object) -> str:
        """What own data say of a rule, in a sentence."""
        return rules_said.EVIDENCE[str(rule)](self)

    def first(self, rule: object) -> str:
        """What to do first about a rule."""
        verdict = self.table.set_index("rule")["verdict"][rule]
        if verdict == "in order":
            return _("Keep it so, and look again after every change of the site.")
        told = {
            "costs": _("Show shipping and all other costs in the cart, or on the product page."),
            "deciding": _(
                "Keep carts, and mail known customers who left one a friendly reminder: half of them, by lot, to see what it "
                "brings."
            ),
            "devices": _("Buy something yourself on every device, and mend the worst one first."),
        }[str(rule)]
        if verdict == "to do" or self.audit.get(str(rule)) is not None:
            return told
        return _("Answer the questions about this rule below.") + " " + told

    @property
    def text(self) -> str:
        """How many rules are to do, the first of them with its evidence, and what it is worth."""
        doing = self.table[self.table["verdict"] == "to do"]
        if doing.empty:
            known = int((self.table["verdict"] == "in order").sum())
            said = _("No rule is surely broken: {known} in order, {rest} cannot be told yet.")
            return said.format(known=known, rest=3 - known) + " " + self.evidence("deciding")
        top = doing.iloc[0]
        said = _("To do: {count} of the three rules, first this one: {rule}.").format(
            count=len(doing), rule=str(self.vocabulary.word(top["rule"])).lower()
        )
        return " ".join(filter(None, [said, self.evidence(top["rule"]), self._worth(top["rule"])]))

    def _worth(self, rule: str) -> str:
        value = self.value(rule)
        if value is None:
            return ""
        return _("Mending that is worth {money} margin a year at most ({low} to {high}).").format(
            money=value.say(), low=value.say(value.low), high=value.say(value.high)
        )

    @property
    def method(self) -> str:
        """How each verdict comes about."""
        return rules_said.method(self)

    def plot(self) -> go.Figure:
        """A list of rules: the verdict in colour, what own data say, and the share measured."""
        return cart_pictures.verdicts(self)

    def findings(self) -> list[Finding]:
        """The rule on costs; the others are found where coming back and devices are measured."""
        if self.costs is None or self.by_data("costs") != "to do":
            return []
        headline = _(
            "Where shipping costs first show ({page}) more people leave than at the best other page of the checkout."
        ).format(page=self.vocabulary.word(self.costs_at))
        value = self.value("costs")
        assumes = () if value is None else assumed(self.visits, self.back.worth, self.currency)
        return [Finding(CHAPTER, headline, self.costs.difference, COSTS, self.first("costs"), value, assumes)]


def judged(by_data: str, points: float | None) -> str:
    """The verdict on a rule from own data and the questions.

    >>> judged("cannot tell", 0.9), judged("in order", 0.3), judged("in order", 0.7), judged("in order", None)
    ('in order', 'to do', 'cannot tell', 'in order')
    """
    if by_data == "to do" or (points is not None and points < POOR):
        return "to do"
    if points is not None:
        return "in order" if points >= GOOD else "cannot tell"
    return by_data
