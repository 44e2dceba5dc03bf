"""How do the three rules say what own data show, and how was that worked out?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csworkbook import language
from csworkbook.checkout import cart_words
from csworkbook.estimates import SMALL, Estimate
from csworkbook.findings import overlap
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    from csworkbook.checkout.rules import Rules

COSTS = "unexpected-costs-56"
GOOD, POOR = 0.8, 0.6  # of the audit's points: from here on in order; below this to do
NEAR = 0.05  # a difference that is surely smaller is no reason to act


def _costs_said(result: Rules) -> str:
    if result.costs_at == "cart":
        return _("You say that all costs show in the cart.") + " " + _after_cart(result)
    if result.costs is None:
        return _("Too few visits come to this page to tell.")
    return _(
        "Where shipping costs show ({page}) {share} leave ({low} to {high}), beside {other} at {best}."
    ).format(
        page=result.vocabulary.word(result.costs_at),
        best=result.vocabulary.word(result.costs.best),
        other=language.percent(result.costs.best_share),
        **_shares(result.costs.share),
    ) + (
        ""
        if result.by_data("costs") == "to do"
        else " " + _("That does not show that all costs are up front.")
    )


def _after_cart(result: Rules) -> str:
    if result.alike:
        return _("The pages after it lose about as many each, surely less than {near} points apart.").format(
            near=language.number(NEAR * 100)
        )
    return _("Your data do not show that nobody meets a surprise after it.")


def _deciding_said(result: Rules) -> str:
    if not result.back.fates.n:
        return _("Nobody is seen who left a cart.")
    said = _("Of those who left a cart {share} came back and bought ({low} to {high}).").format(
        **_shares(result.back.fates.bought)
    )
    if result.known.n < SMALL:
        return said
    more = _("Of those you know as customers {share} did not.").format(
        share=language.percent(result.known.value)
    )
    return f"{said} {more}"


def _devices_said(result: Rules) -> str:
    gap = result.gap
    if gap is None:
        return _("There are no two devices with enough carts.")
    said = _("Of visits that come to {page} {worst} give up on {device}, beside {best} on {other}.")
    if gap.page == "cart":
        said = _("Measured at the cart: {worst} of the carts are left on {device}, beside {best} on {other}.")
    return said.format(
        page=result.vocabulary.word(gap.page),
        worst=language.percent(gap.share.value),
        device=result.vocabulary.word(gap.worst),
        best=language.percent(gap.beside),
        other=result.vocabulary.word(gap.best),
    )


def method(result: Rules) -> str:
    """How each verdict comes about."""
    said = _(
        "Costs: share of visits that stop at the page where shipping costs show, against the best other page of the "
        "checkout (Newcombe's interval). Deciding: to do when surely more than half of the customers known in the visit of "
        "the cart they left did not come back and buy within {days} days; half is a yardstick of this workbook, and since "
        "buyers are known more often than others, own data never show that this rule is in order. Devices: giving up at "
        "{page}, the last one before paying with enough visits, worst against best. The two tests are corrected together "
        "(Holm), each first for the pages or devices it chose from. In order, without answers: devices surely less than "
        "{near} points apart; costs that show in the cart, and every two pages after it surely less than {near} points "
        "apart."
    ).format(
        days=language.number(result.back.days), near=language.number(NEAR * 100), page=_measured_at(result)
    )
    asked = _("Questions: {good} of the points or more is in order, below {poor} is to do.").format(
        good=language.percent(GOOD), poor=language.percent(POOR)
    )
    worth = _(
        "Value = visits a year × difference × share that pays once past the page × what an order brings. An upper "
        "bound: the page need not be the reason."
    )
    return " ".join([said, asked, worth, *_money(result), cart_words.claimed(COSTS)])


def _money(result: Rules) -> list[str]:
    """What an order brings, and that the amounts overlap; nothing where there is no amount."""
    if result.table["value"].isna().all():
        return []
    return [_("Assumed: {what}.").format(what=result.back.worth.said(result.currency)), overlap()]


def _measured_at(result: Rules) -> str:
    return str(result.vocabulary.word(result.device.page if result.device else "payment"))


def _shares(share: Estimate) -> dict[str, str]:
    named = {"share": share.value, "low": share.low, "high": share.high}
    return {name: language.percent(value, 1) for name, value in named.items()}


EVIDENCE = {"costs": _costs_said, "deciding": _deciding_said, "devices": _devices_said}
