"""The five dimensions of service, in one place for chapters and workshop: names, and points divided over them.

The five are those of Parasuraman, Zeithaml and Berry (1988), *SERVQUAL: a multiple-item scale for measuring
consumer perceptions of service quality*, Journal of Retailing 64(1), 12–40.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from csworkbook import language
from csworkbook.language import gettext as _
from csworkbook.language import ngettext

if TYPE_CHECKING:
    import numpy as np

NAMES = ("tangibles", "reliability", "responsiveness", "assurance", "empathy")


def said() -> dict[str, str]:
    """Say the five dimensions in the language spoken now, in their usual order.

    >>> said()["assurance"]
    'Assurance'
    """
    return {
        "tangibles": _("Tangibles"),
        "reliability": _("Reliability"),
        "responsiveness": _("Responsiveness"),
        "assurance": _("Assurance"),
        "empathy": _("Empathy"),
    }


def explained() -> dict[str, str]:
    """Say in a few words what each dimension is about, for people who never heard of it.

    >>> explained()["empathy"]
    'attention for the customer as a person'
    """
    return {
        "tangibles": _("how everything looks: the site, the photos, the parcels and the messages"),
        "reliability": _("doing what was promised, right and on time"),
        "responsiveness": _("helping quickly and willingly"),
        "assurance": _("knowledge, friendliness and a feeling of safety"),
        "empathy": _("attention for the customer as a person"),
    }


_FIRST = {"tangibles": 1, "reliability": 5, "responsiveness": 10, "assurance": 14, "empathy": 18}
_LAST = 22


def of_items(service_items: Mapping[str, str] | None = None) -> dict[int, str]:
    """To which dimension each item of a service survey belongs.

    Parameters
    ----------
    service_items : mapping, optional
        The shop's own items, number (as text) → dimension; without any they are SERVQUAL's 22.

    >>> of_items()[9], of_items({"1": "empathy"})
    ('reliability', {1: 'empathy'})
    """
    if service_items:
        return {int(item): dimension for item, dimension in service_items.items()}
    ends = [*list(_FIRST.values())[1:], _LAST + 1]
    return {
        item: name
        for (name, first), end in zip(_FIRST.items(), ends, strict=True)
        for item in range(first, end)
    }


@dataclass(frozen=True)
class Points:
    """How respondents divided 100 points over dimensions.

    Attributes
    ----------
    each : array, respondents × dimensions
        Rows sum to 100, or are empty (NaN).
    scaled : int
        Respondents whose points did not add up to 100 and were scaled.
    pointless : int
        Respondents whose points could not be used.
    """

    each: np.ndarray
    scaled: int = 0
    pointless: int = 0


def points(weight: np.ndarray, places: Sequence[Sequence[int]]) -> Points:
    """Points per dimension that sum to 100 per respondent.

    A respondent's points stand in the rows of the dimension's items: once, or in each of them again. Points
    per item, which sum to 100 over all items, are added up. A dimension without points counts as none where
    the others make 100 already.

    Parameters
    ----------
    weight : array, respondents × items
        The points as they stand in a service survey; empty cells are NaN.
    places : sequence of sequences of int
        The columns of every dimension's items.

    >>> import numpy as np
    >>> points(np.array([[20.0, 40.0, 40.0]]), [[0, 1], [2]]).each.tolist()
    [[60.0, 40.0]]
    """
    import numpy as np

    known = np.stack([(~np.isnan(weight[:, place])).sum(axis=1) for place in places], axis=1)
    summed = np.stack([np.nansum(weight[:, place], axis=1) for place in places], axis=1)
    once = np.divide(summed, known, out=np.full(summed.shape, np.nan), where=known > 0)
    items = np.abs(summed.sum(axis=1) - 100) < np.abs(np.nansum(once, axis=1) - 100)
    found = np.where(items[:, None] & (known > 0), summed, once)
    total = np.nansum(found, axis=1)
    found = np.where(np.isnan(found) & (total >= 99.5)[:, None], 0.0, found)
    given = (known > 0).any(axis=1)
    good = given & ~np.isnan(found).any(axis=1) & (total > 0)
    scaled = int((good & (np.abs(total - 100) > 0.5)).sum())
    each = np.divide(found * 100, total[:, None], out=np.full(found.shape, np.nan), where=good[:, None])
    return Points(each, scaled, int((given & ~good).sum()))


def about_points(scaled: int, pointless: int) -> str:
    """Say what was done with points that do not add up to 100; "" when nothing had to be done."""
    said = []
    if scaled:
        said.append(
            ngettext(
                "The points of {n} respondent did not add up to 100 and were scaled.",
                "The points of {n} respondents did not add up to 100 and were scaled.",
                scaled,
            ).format(n=language.number(scaled))
        )
    if pointless:
        said.append(
            ngettext(
                "The points of {n} respondent are incomplete and do not count.",
                "The points of {n} respondents are incomplete and do not count.",
                pointless,
            ).format(n=language.number(pointless))
        )
    return " ".join(said)
