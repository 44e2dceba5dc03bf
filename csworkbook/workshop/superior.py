"""What share of our customers would call our service superior, do we think, and what do they say?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from csworkbook import estimates, evidence, language
from csworkbook.estimates import SMALL, Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import mark, ngettext
from csworkbook.results import Result, Vocabulary, question
from csworkbook.workshop import middle
from csworkbook.workshop.sessions import guesses, latest

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from csworkbook.shop import Shop
    from csworkbook.store import Store

CHAPTER = "01_service_gap"
CUSTOMERS = "customers-superior-8"
_NEAR = 0.1  # who guesses to within 10 points knows what customers say
_TOP = 4  # scores from 1 to 5: the two highest count as superior, as in the chapter on the service gap


@question(mark("What share of our customers would call our service superior?"))
def superior(shop: Shop, *, session: str = "", store: Store | None = None) -> Superior:
    """The guesses of a workshop beside what customers say (handbook 1.1: 8% of customers).

    Parameters
    ----------
    shop : Shop
        Whose customers are meant (table perception, if it is there).
    session : str
        The id of a session of which a round was revealed; the latest by default.
    store : Store, optional
        Where the session is kept, when not in the shop's own store.

    Returns
    -------
    Superior
        table: who (before, after, customers), n, share (0–1; of guesses their middle), low, high
        (95 %; of guesses an exact interval of the median, from six guesses on), benchmark (of customers).

    Raises
    ------
    SettingError
        When nothing was revealed yet.
    """
    kept = shop.store if store is None else store
    return compare(guesses(kept, session or latest(kept).id), shop.perception)


def compare(guesses: pd.DataFrame, perception: pd.DataFrame | None) -> Superior:
    """The same from a frame as `sessions.guesses` gives it and the table perception."""
    import pandas as pd

    said = guesses[guesses["superior"].notna()]
    share = customers(perception)
    estimated = {one: middle.median(part["superior"]) for one, part in middle.rounds(said)}
    rows = [(who, e.n, e.value, e.low, e.high, evidence.get(CUSTOMERS).value) for who, e in estimated.items()]
    if share is not None:
        theirs = (share.n, share.value, share.low, share.high)
        rows.append(("customers", *theirs, evidence.get(CUSTOMERS).value))
    table = pd.DataFrame(rows, columns=["who", "n", "share", "low", "high", "benchmark"])
    return Superior(table, said, share)


def customers(perception: pd.DataFrame | None) -> Estimate | None:
    """The share of customers who call the service superior, with its Wilson interval; None if none was asked."""
    if perception is None or perception.empty:
        return None
    mine = perception[perception["role"] == "customer"]
    said = mine["superior"].astype("Float64") if "superior" in mine else None
    if "score" in mine:
        scored = (mine["score"] >= _TOP).astype("Float64").mask(mine["score"].isna())
        said = scored if said is None else said.fillna(scored)
    n = 0 if said is None else int(said.notna().sum())
    return estimates.share(float(said.sum()), n) if n else None


def _heads() -> dict[str, str]:
    return {"who": _("Who"), "share": _("Share (of guesses the middle one)")}


def _words() -> dict[object, str]:
    return {
        "before": _("Our guesses"),
        "after": _("Our guesses, second time"),
        "customers": _("Our customers"),
    }


@dataclass(frozen=True)
class Superior(Result):
    """Guesses beside customers; `guesses` holds the single ones, `customers` is None where none was asked."""

    vocabulary: ClassVar[Vocabulary] = Vocabulary(heads=_heads, words=_words, wordy=("who",))
    guesses: pd.DataFrame
    customers: Estimate | None

    @property
    def change(self) -> Estimate:
        """By how much those who guessed twice changed their guess: the middle change, in points."""
        return middle.change(self.guesses, "superior", "points")

    @property
    def gap(self) -> Estimate | None:
        """The middle guess of the latest round minus what customers say; as sure as the customers' share."""
        if self.customers is None or self.guesses.empty:
            return None
        said, theirs = self._middle(middle.last(self.guesses)), self.customers
        return Estimate(said - theirs.value, said - theirs.high, said - theirs.low, theirs.n, "points")

    def _middle(self, who: str) -> float:
        return float(self.table.set_index("who").at[who, "share"])

    @property
    def text(self) -> str:
        """The middle guess, what customers say, how many guessed too high, what changed."""
        if self.guesses.empty:
            return _("Nobody guessed a share.")
        first = self.guesses[self.guesses["round"] == "before"]["superior"]
        parts = [self._guessed(first)] if len(first) else []
        parts.append(self._customers_say(first))
        if middle.last(self.guesses) == "after":
            parts.append(self._changed())
        return " ".join(parts)

    def _guessed(self, first: pd.Series) -> str:
        n = len(first)
        if n == 1:
            return _("One person guessed: {share}.").format(share=language.percent(first.iloc[0]))
        said = _("The middle guess of the {n} of us was {share} (the lowest {low}, the highest {high}).")
        shares = {"share": first.median(), "low": first.min(), "high": first.max()}
        return said.format(n=language.number(n), **{name: language.percent(v) for name, v in shares.items()})

    def _customers_say(self, first: pd.Series) -> str:
        theirs = self.customers
        if theirs is None:
            return _("What customers say is not known yet: ask them, and bring their answers.")
        said = _("Of our customers {share} call the service superior ({low} to {high}, n = {n}).").format(
            share=theirs.say(),
            low=theirs.say(theirs.low),
            high=theirs.say(theirs.high),
            n=language.number(theirs.n),
        )
        if theirs.n < SMALL:
            few = _("That is few answers: {n} would make it reliable to within 5 points.")
            return f"{said} {few.format(n=language.number(estimates.needed()))}"
        high, n = int((first > theirs.high).sum()), len(first)
        once = middle.last(self.guesses) == "before"
        return f"{said} {_too_high(high, n)}" if n > 1 and once else said

    def _changed(self) -> str:
        after = self.guesses[self.guesses["round"] == "after"]["superior"]
        said = ngettext(
            "Asked again, the one guess was {share}.",
            "Asked again, the middle guess was {share}.",
            len(after),
        ).format(share=language.percent(after.median()))
        return f"{said} {middle.say_change(self.change)}"

    @property
    def method(self) -> str:
        """What the middle and the intervals are, and what a room of people can tell."""
        return " ".join(
            [
                _(
                    "Guesses were typed in blind, without names. Middle = median. Customers: Wilson interval, 95%. "
                    "Handbook: 8% of customers call the service superior."
                ),
                middle.method(),
            ]
        )

    def plot(self) -> go.Figure:
        """Guesses as dots, customers with their interval, the handbook's customers as a diamond."""
        from csworkbook.workshop.pictures import beside

        return beside(self.guesses, self.customers)

    def findings(self) -> list[Finding]:
        """How far the room was off, or that customers have to be asked."""
        if self.guesses.empty:
            return []
        if self.customers is None or self.customers.n < SMALL:
            headline = _(
                "We guessed what customers think of our service; too few of them were asked to know."
            )
            return [Finding(CHAPTER, headline, enough=estimates.needed())]
        gap = self.gap
        if gap.low >= -_NEAR and gap.high <= _NEAR:
            headline = _("We know what our customers think of our service.")
            return [Finding(CHAPTER, headline, gap, None, _keep())]
        if not gap.excludes_zero:
            headline = _("Whether we know what our customers think of our service cannot be told yet.")
            return [Finding(CHAPTER, headline, enough=estimates.needed())]
        headline = (
            _("We guess that our customers think better of our service than they do.")
            if gap.value > 0
            else _("Our customers think better of our service than we guess.")
        )
        return [Finding(CHAPTER, headline, gap, None, _act(gap))]


def _too_high(high: int, n: int) -> str:
    if high == n:
        return _("All of us guessed too high.")
    if high == 0:
        return _("None of us guessed too high.")
    return ngettext("{high} of {n} guessed too high.", "{high} of {n} guessed too high.", high).format(
        high=language.number(high), n=language.number(n)
    )


def _keep() -> str:
    return _("Keep asking customers, and put the worst moments below first.")


def _act(gap: Estimate) -> str:
    if gap.value > 0:
        return _(
            "Read out what customers wrote about the worst moments, and agree today on one of them to mend."
        )
    return _("Tell the team what customers value, and say it to new customers too.")
