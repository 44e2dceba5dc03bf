"""How were the personas found, in the words of the language spoken now?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csworkbook import language
from csworkbook.language import gettext as _
from csworkbook.language import ngettext
from csworkbook.personas import feature_words
from csworkbook.personas.measures import OTHER
from csworkbook.purchases import left_out_said

if TYPE_CHECKING:
    from csworkbook.personas.grouping import Personas


def said(found: Personas) -> str:
    """What was measured, how the number was chosen, what was capped and left out, and what cannot be known."""
    parts = (
        _measured(found),
        _chosen(found),
        _capped(found),
        _left_out(found),
        _not_counted(found),
        _gifts(found),
    )
    return " ".join(filter(None, parts))


def _measured(found: Personas) -> str:
    columns = [feature_words.name(one) for one in found.features.scaled.columns]
    if not columns:
        return ""
    return _(
        "Compared are: {columns}. A customer with few orders is drawn to the mean of all, as far as chance explains his "
        "difference."
    ).format(columns=language.join(columns))


def _chosen(found: Personas) -> str:
    why = found.saved.why
    if why.get("silhouette") is None:
        return ""
    return _(
        "Groups by k-means, their number by the mean silhouette: {silhouette} for {k} groups, where the same shop "
        "dealt at random, or a smooth cloud of customers, gives {chance} at most; agreement between samples of the "
        "customers (adjusted Rand) {stability}."
    ).format(
        silhouette=language.number(why["silhouette"], 2),
        k=language.number(why.get("k")),
        chance=language.number(why.get("silhouette_chance"), 2),
        stability=language.number(why.get("stability"), 2),
    )


def _capped(found: Personas) -> str:
    count = found.features.recipe.get("capped", {}).get("order_value", 0)
    if not count:
        return ""
    return ngettext(
        "{n} order far larger or smaller than the others counts as if it were on the edge of the usual.",
        "{n} orders far larger or smaller than the others count as if they were on the edge of the usual.",
        count,
    ).format(n=language.number(count))


def _left_out(found: Personas) -> str:
    by_reason: dict[str, list[str]] = {}
    for column, reason in found.features.left_out.items():
        if (reason, column.rpartition(": ")[2]) != ("no variation", OTHER):
            by_reason.setdefault(reason.partition(" as ")[0], []).append(feature_words.name(column))
    said = {
        "shown only": _("Shown and not compared: {columns}."),
        "no variation": _("The same for everybody, and left out: {columns}."),
        "chance": _(
            "Differs no more between customers than between orders of one customer, and left out: {columns}."
        ),
        "the same": _("Says the same as another column, and left out: {columns}."),
    }
    return " ".join(
        text.format(columns=language.join(by_reason[reason]))
        for reason, text in said.items()
        if reason in by_reason
    )


def _not_counted(found: Personas) -> str:
    seen = found.features.seen
    return "" if seen is None else left_out_said(seen.left_out)


def _gifts(found: Personas) -> str:
    if found.features.seen is None:
        return ""
    return _("Whether an order was a gift is not known: the orders do not say where it was sent.")
