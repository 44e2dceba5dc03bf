"""Which chapters are there, and what do they find in a shop?"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from csworkbook.errors import DataError
from csworkbook.findings import Finding, rank
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    from csworkbook.shop import Shop


def title(chapter: str) -> str:
    """The name of a chapter, in the language spoken now."""
    return {"03_effort_survey": _("Effort survey")}[chapter]


def analyses() -> list[Callable]:
    """Every analysis that can find something, chapter by chapter."""
    from csworkbook import effort

    return [
        effort.by_stage,
        effort.segments,
        effort.over_time,
        effort.comments,
        effort.loyalty,
        effort.where_first,
        effort.leaking_bucket,
    ]


def findings(shop: Shop) -> list[Finding]:
    """The findings of every analysis the shop has the tables for, in the order to look at them."""
    found: list[Finding] = []
    for analysis in analyses():
        try:
            found += shop.call(analysis).findings()
        except DataError:  # a table or column this analysis needs is not there
            continue
    return rank(found)
