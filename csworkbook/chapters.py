"""Which chapters are there, which are to come, and what do they find in a shop?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from csworkbook.errors import WorkbookError
from csworkbook.findings import Finding, rank
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    from csworkbook.shop import Shop


@dataclass(frozen=True)
class Coming:
    """A chapter that is not there yet: the tables it will not do without, and those that will add to it."""

    needs: tuple[str, ...]
    helps: tuple[str, ...] = ()


COMING: dict[str, Coming] = {
    "04_forward_resolution": Coming(("contacts",), ("messages", "order_lines")),
    "05_operational_insights": Coming(("contacts",), ("returns", "products", "reviews", "orders")),
    "11_human_conversation": Coming(("messages",), ("contacts",)),
    "12_roadmap": Coming(("orders", "contacts"), ("events", "channel_costs")),
    "13_action_plan": Coming(("orders",), ("contacts", "effort_survey", "events")),
}


def title(chapter: str) -> str:
    """The name of a chapter, in the language spoken now."""
    return {
        "00_start": _("Start"),
        "01_service_gap": _("Service gap"),
        "02_manifesto": _("Service manifesto"),
        "03_effort_survey": _("Effort survey"),
        "04_forward_resolution": _("Forward resolution"),
        "05_operational_insights": _("Avoidable contacts"),
        "06_personas": _("Customers and personas"),
        "07_funnel": _("Funnel"),
        "08_checkout": _("Checkout"),
        "09_channels": _("Channels and staffing"),
        "10_kpis": _("Key figures"),
        "11_human_conversation": _("Human conversation"),
        "12_roadmap": _("Roadmap"),
        "13_action_plan": _("Action plan"),
    }[chapter]


def by_chapter() -> dict[str, list[Callable]]:
    """The analyses of every chapter that is there, in the order of the book."""
    from csworkbook import (
        channels,
        checkout,
        effort,
        funnel,
        kpis,
        ledger,
        manifesto,
        personas,
        service_gap,
        staffing,
        value,
    )

    return {
        "00_start": [ledger.matches, ledger.reasons],
        "01_service_gap": [
            service_gap.perception,
            service_gap.servqual,
            service_gap.by_item,
            service_gap.priorities,
            service_gap.second_gap,
            service_gap.silent_customers,
            service_gap.ambition,
            service_gap.principles,
            service_gap.myths,
        ],
        "02_manifesto": [manifesto.promisable, manifesto.promises],
        "03_effort_survey": [
            effort.by_stage,
            effort.segments,
            effort.over_time,
            effort.comments,
            effort.loyalty,
            effort.where_first,
            effort.leaking_bucket,
        ],
        "06_personas": [
            value.concentration,
            value.historic,
            value.churn,
            value.predict,
            value.segments,
            personas.portraits,
            personas.recognise,
            personas.asks,
            personas.habits,
            personas.relational,
            personas.coming_back,
            personas.together,
            personas.upsell,
            personas.loyal_answers,
        ],
        "07_funnel": [
            funnel.measure,
            funnel.what_if,
            funnel.timing,
            funnel.compare,
            funnel.before_after,
            funnel.drivers,
            funnel.next_steps,
        ],
        "08_checkout": [
            checkout.abandonment,
            checkout.returning,
            checkout.devices,
            checkout.switching,
            checkout.shipping,
            checkout.threshold,
            checkout.rules,
            checkout.chat,
        ],
        "09_channels": [
            channels.four_vs,
            channels.roi,
            channels.compared,
            channels.acquisition,
            channels.first_contact,
            channels.cost_to_resolution,
            channels.skills,
            channels.routing,
            channels.triage,
            staffing.arrivals,
            staffing.waiting,
            staffing.plan,
        ],
        "10_kpis": [kpis.key_figures, kpis.by_agent, kpis.predictors],
    }


def analyses() -> list[Callable]:
    """Every analysis that can find something, chapter by chapter."""
    return [analysis for several in by_chapter().values() for analysis in several]


def findings(shop: Shop) -> list[Finding]:
    """The findings of every analysis the shop has the tables for, and of its audits, in the order to look at them."""
    from csworkbook import audits

    found: list[Finding] = [*audits.findings(shop)]
    for analysis in analyses():
        try:
            found += shop.call(analysis).findings()
        except WorkbookError:  # a table, column or setting this analysis needs is not there
            continue
    return rank(found)
