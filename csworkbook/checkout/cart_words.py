"""What are the parts of this chapter's carts called?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from csworkbook import evidence, language
from csworkbook.language import gettext as _
from csworkbook.results import Vocabulary


def labels() -> dict[str, str]:
    """What each control is called."""
    return {
        "per": _("Count carts per"),
        "within": _("Paid within"),
        "by": _("Split by"),
        "costs_at": _("Shipping costs first show at"),
        "margin": _("Gross margin"),
    }


def return_labels() -> dict[str, str]:
    """What the controls are called where coming back counts."""
    return {**labels(), "within": _("Came back within")}


def switch_labels() -> dict[str, str]:
    """What the controls are called where a cart before the payment counts."""
    return {**labels(), "within": _("Cart left within, before paying")}


def choices() -> dict[tuple[str, object], str]:
    """How the options are said, by (parameter, option)."""
    per = {"session": _("visit"), "visitor": _("visitor"), "customer": _("known customer")}
    return (
        {("per", name): said for name, said in per.items()}
        | {("costs_at", name): said for name, said in stages().items()}
        | {("within", f"{days}D"): language.duration(days, "days") for days in (1, 2, 3, 7, 14, 30, 60, 90)}
    )


def stages() -> dict[str, str]:
    """The stages of the checkout."""
    return {
        "cart": _("the cart"),
        "checkout": _("the checkout"),
        "delivery": _("the delivery page"),
        "payment": _("the payment page"),
    }


def heads() -> dict[str, str]:
    """The heads of this chapter's tables of carts."""
    return {
        "unit": _("Counted per"),
        "segment": _("Group"),
        "n": _("Carts"),
        "count": _("Left behind"),
        "share": _("Left behind, share"),
        "shrunk": _("Left behind, evened out"),
        "at_cart": _("Stopped in the cart"),
        "at_checkout": _("Stopped in the checkout"),
        "at_delivery": _("Stopped at delivery"),
        "at_payment": _("Stopped at payment"),
    }


def outcome_heads() -> dict[str, str]:
    """The heads of the table of who comes back."""
    return {"outcome": _("What became of them"), "count": _("Seen so far"), "n": _("People")}


def device_heads() -> dict[str, str]:
    """The heads of the table per device."""
    return {
        **heads(),
        "device": _("Device"),
        "unknown": _("Of unknown visitors"),
        "least": _("Left behind, at least"),
        "reached": _("Came to payment"),
        "gave_up": _("Left at payment, share"),
        "gave_up_low": _("Left at payment, from"),
        "gave_up_high": _("Left at payment, to"),
    }


def switch_heads() -> dict[str, str]:
    """The heads of the table of device switching."""
    return {
        "left_on": _("Cart left on"),
        "paid_on": _("Paid on"),
        "count": _("Buyers"),
        "n": _("Of buyers on that device"),
    }


def rule_heads() -> dict[str, str]:
    """The heads of the table of the three rules."""
    return {
        "rule": _("Rule"),
        "evidence": _("What your data say"),
        "measured": _("Measured"),
        "points": _("Your answers to the questions"),
        "verdict": _("Verdict"),
        "first": _("What to do first"),
    }


def words() -> dict[object, str]:
    """Known values, and how people say them."""
    return {
        "session": _("visit"),
        "visitor": _("visitor"),
        "customer": _("known customer"),
        "all": _("all carts"),
        "the rest": _("all smaller groups"),
        "not known": _("not known"),
        "bought": _("came back and bought"),
        "back": _("came back, did not buy yet"),
        "away": _("did not come back"),
        "costs": _("All costs up front"),
        "deciding": _("Lead customers carefully to their decision"),
        "devices": _("Every device"),
        "in order": _("in order"),
        "to do": _("to do"),
        "cannot tell": _("cannot tell"),
        **stages(),
    }


def named(base: Vocabulary, names: tuple[tuple[str, str], ...], page: str = "payment") -> Vocabulary:
    """A vocabulary in which pages have the owner's names; `page` is where giving up was measured.

    Parameters
    ----------
    names : tuple of (str, str)
        Page (cart, checkout, delivery, payment) and name.

    >>> named(CARTS, (("delivery", "Address"),)).word("delivery")
    '“Address”'
    """
    if not names and page == "payment":
        return base
    heads_, words_ = _renamed(base.heads, base.words, names, page)
    return replace(base, heads=heads_, words=words_)


@lru_cache
def _renamed(heads: Callable, words: Callable, names: tuple, page: str) -> tuple[Callable, Callable]:
    """The same functions every time, so that what they say is remembered too."""
    own = {part: f"“{name}”" for part, name in names}

    def said() -> dict[object, str]:
        return {**words(), **own}

    def headed() -> dict[str, str]:
        stopped = {f"at_{part}": _("Stopped at {page}").format(page=name) for part, name in own.items()}
        gave_up = {} if page == "payment" and page not in own else page_heads(said()[page])
        return {**heads(), **stopped, **gave_up}

    return headed, said


def page_heads(page: str) -> dict[str, str]:
    """The heads about giving up at a page other than the one called payment."""
    said = {
        "reached": _("Came to {page}"),
        "gave_up": _("Left at {page}, share"),
        "gave_up_low": _("Left at {page}, from"),
        "gave_up_high": _("Left at {page}, to"),
    }
    return {column: head.format(page=page) for column, head in said.items()}


def claimed(id: str) -> str:
    """What the handbook claims, who says so, and what to know of it.

    >>> claimed("cart-decides-82").split(" (")[1].split(")")[0]
    'Bronto, year not stated'
    """
    entry = evidence.get(id)
    return _("Handbook: {claim} ({source}, {year}). {caveat}").format(
        claim=entry.claim.rstrip("."), source=entry.source, year=entry.when(), caveat=entry.caveat
    )


SHARES = ("at_cart", "at_checkout", "at_delivery", "at_payment", "least", "gave_up", "gave_up_low",
          "gave_up_high", "measured", "points")  # fmt: skip
_KINDS = {**dict.fromkeys(SHARES, "share"), "unknown": "count", "reached": "count"}
_WORDY = (
    "unit",
    "segment",
    "outcome",
    "device",
    "left_on",
    "paid_on",
    "rule",
    "verdict",
    "evidence",
    "first",
)
CARTS = Vocabulary(heads=heads, words=words, kinds=_KINDS, wordy=_WORDY)
OUTCOMES = Vocabulary(heads=outcome_heads, words=words, kinds=_KINDS, wordy=_WORDY)
DEVICES = Vocabulary(heads=device_heads, words=words, kinds=_KINDS, wordy=_WORDY)
SWITCHES = Vocabulary(heads=switch_heads, words=words, kinds=_KINDS, wordy=_WORDY)
RULES = Vocabulary(heads=rule_heads, words=words, kinds=_KINDS, wordy=_WORDY)
