"""The five dimensions of service: their names, in one place that chapters and the workshop both use.

The five are those of Parasuraman, Zeithaml and Berry (1988), *SERVQUAL: a multiple-item scale for measuring
consumer perceptions of service quality*, Journal of Retailing 64(1), 12–40.
"""

from __future__ import annotations

from collections.abc import Mapping

from csworkbook.language import gettext as _

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
