"""Which of our promises do we keep? Several at once, one row each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import language
from csworkbook.errors import DataError, MissingTable, SettingError
from csworkbook.estimates import SMALL
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import mark, ngettext
from csworkbook.manifesto import told
from csworkbook.manifesto.checks import channels, check, offered
from csworkbook.manifesto.kept import CHAPTER, Kept
from csworkbook.manifesto.promise import Promise, usual
from csworkbook.results import Result, Vocabulary, question

if TYPE_CHECKING:
    import plotly.graph_objects as go


def _labels() -> dict[str, str]:
    return {"aim": _("Should be kept in at least")}


@question(mark("Which promises do we keep?"), labels=_labels)
def promises(
    contacts: pd.DataFrame | None = None,
    returns: pd.DataFrame | None = None,
    *,
    promises: Sequence[Promise] | None = None,
    aim: float = 0.9,
    opening_hours: dict[str, str] | None = None,
    zone: str = "Europe/Amsterdam",
    country: str = "NL",
) -> Checked:
    """Check several promises at once: one row each.

    Parameters
    ----------
    promises : sequence of Promise, optional
        By default a usual one for every channel, solved at once within 14 days, and returns within 14 days,
        as far as the tables can tell.
    aim : float
        The share (0–1) of cases in which a promise should be kept.

    Returns
    -------
    Checked
        table: promise (as customers read it), short (in a few words), kind, count, n, share, low, high,
        verdict ("yes": kept in at least `aim` of cases, "no", "cannot tell yet"), reason (why it could not be checked, or "").

    Raises
    ------
    DataError
        When there is nothing to check a promise on.
    """
    asked = list(promises) if promises is not None else _usual(contacts, returns)
    if not asked:
        raise MissingTable(
            _("There is no table to check a promise on."),
            next_step=_("Bring an export of your contacts or returns."),
        )
    shop = {"opening_hours": opening_hours, "zone": zone, "country": country}
    rows, results = [], {}
    for promise in asked:
        row, result = _row(contacts, returns, promise, aim, shop)
        rows.append(row)
        results |= {promise: result} if result else {}
    return Checked(pd.DataFrame(rows), aim, results)


def _usual(contacts: pd.DataFrame | None, returns: pd.DataFrame | None) -> list[Promise]:
    kinds = offered({"contacts": contacts, "returns": returns})
    made = []
    if "reply" in kinds:
        made += [Promise("reply", name, usual(name)) for name in channels(contacts)[1:6]]
    made += [Promise("solved", limit=14)] if "solved" in kinds else []
    made += [Promise("return", limit=14)] if "return" in kinds else []
    return made


def _row(contacts, returns, promise: Promise, aim: float, shop: dict) -> tuple[dict, Kept | None]:
    """One row of `promises`; a promise that cannot be checked has the reason in it."""
    row = {"promise": promise.sentence(), "short": promise.short(), "kind": promise.kind, "count": 0, "n": 0}
    row |= {"share": np.nan, "low": np.nan, "high": np.nan, "verdict": "cannot tell yet", "reason": ""}
    try:
        result = check(contacts, returns, promise=promise, **shop)
    except (DataError, SettingError) as error:
        return row | {"reason": str(error)}, None
    if not result.share.n:
        return row | {"reason": result.text}, result
    share = result.share
    verdict = "yes" if share.low >= aim else "no" if share.high < aim else "cannot tell yet"
    row |= {"count": round(share.value * share.n), "n": share.n, "share": share.value}
    return row | {"low": share.low, "high": share.high, "verdict": verdict}, result


def _heads() -> dict[str, str]:
    return {
        "promise": _("Promise"),
        "count": _("Kept"),
        "n": _("Of"),
        "share": _("Share kept"),
        "verdict": _("Kept often enough?"),
        "reason": _("Why not"),
    }


@dataclass(frozen=True)
class Checked(Result):
    """Several promises and how often each was kept; `results` holds the whole check of each."""

    aim: float = 0.9
    results: dict[Promise, Kept] = field(default_factory=dict)
    vocabulary: ClassVar[Vocabulary] = Vocabulary(heads=_heads, wordy=("verdict",))

    @property
    def columns(self) -> list[str]:
        """The columns shown; the reason only where a promise could not be checked."""
        reason = ["reason"] if (self.table["reason"] != "").any() else []
        return ["promise", "count", "n", "share", "low", "high", "verdict", *reason]

    @property
    def text(self) -> str:
        """How many promises are kept often enough, and which one least."""
        known = self.table[self.table["n"] > 0]
        if known.empty:
            return _("None of these promises can be checked yet. {why}").format(
                why=self.table["reason"].iloc[0]
            )
        good = int((known["verdict"] == "yes").sum())
        said = _("Surely kept in at least {aim} of cases: {good} of {n} promises.").format(
            good=language.number(good), n=language.number(len(known)), aim=language.percent(self.aim)
        )
        row = known.loc[known["share"].idxmin()]
        least = _("Least often kept: “{promise}”, in {share} of {n} cases ({low} to {high}).").format(
            promise=row["promise"].rstrip("."),
            share=language.percent(row["share"]),
            low=language.percent(row["low"]),
            high=language.percent(row["high"]),
            n=language.number(row["n"]),
        )
        missing = len(self.table) - len(known)
        if not missing:
            return f"{said} {least}"
        told_ = ngettext("{n} promise cannot be checked yet.", "{n} promises cannot be checked yet.", missing)
        return f"{said} {least} {told_.format(n=language.number(missing))}"

    @property
    def method(self) -> str:
        """What counts as kept often enough."""
        return _(
            "Kept often enough: the whole interval (Wilson, 95%) lies at {aim} or above; not: below it. What counts as "
            "kept, and who is left out, each check tells by itself."
        ).format(aim=language.percent(self.aim))

    def plot(self) -> go.Figure:
        """The share kept of every promise, with whiskers."""
        from csworkbook.manifesto import pictures_promises

        return pictures_promises.checked(self)

    def findings(self) -> list[Finding]:
        """The promises that are surely not kept often enough: the two kept least."""
        broken = [r for r in self.results.values() if r.share.n >= SMALL and r.share.high < self.aim]
        return [
            Finding(
                CHAPTER,
                told.headline(r.promise, r.share),
                r.share,
                told.benchmark(r.promise),
                told.action(r.promise),
            )
            for r in sorted(broken, key=lambda result: result.share.value)[:2]
        ]
