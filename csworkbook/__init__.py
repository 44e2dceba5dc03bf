"""csworkbook: customer-service strategy for web shops, from your own tables.

The public face on one page: the chapters and shared rooms as modules, `open_shop` and `new_shop`,
and what a notebook shows: `welcome`, `choose`, `upload`, `brought`, `ready`, `shop_settings`, `panel`,
`register`, `privacy`, `conclusions`, `report`, `documents`, `guesses`, `service_items`,
`manifesto_builder`, `funnel_steps`, `calculator`, `audit`, `find_personas`, `helpdesk_list`, `chats_at_once`,
`kpi_targets` and `week_report`. Everything is imported when first used, so that a page starts fast.
"""

import sys
from importlib import import_module
from typing import Any

# jsonschema imports this for one rarely used check and so builds 39 parsers, 2–3 seconds in every
# kernel; it is written to do without.
sys.modules.setdefault("rfc3987_syntax", None)

__version__ = "0.1.0"

_MODULES = (
    "audits", "channels", "checkout", "contacts", "demo", "effort", "estimates", "events", "evidence", "figures", "funnel",
    "intake", "kpis", "language", "ledger", "manifesto", "personas", "purchases", "pyramids", "readiness", "service_gap",
    "staffing", "tables", "value", "workshop",
)  # fmt: skip
_NAMES = {
    "open_shop": "csworkbook.shop",
    "new_shop": "csworkbook.shop",
    "DataError": "csworkbook.errors",
    "SettingError": "csworkbook.errors",
    "welcome": "csworkbook.pages.page",
    "choose": "csworkbook.pages.choose",
    "upload": "csworkbook.pages.bring",
    "brought": "csworkbook.pages.brought",
    "ready": "csworkbook.pages.ready",
    "shop_settings": "csworkbook.pages.settings",
    "register": "csworkbook.pages.register",
    "privacy": "csworkbook.pages.brought",
    "panel": "csworkbook.pages.panel",
    "conclusions": "csworkbook.pages.take",
    "report": "csworkbook.pages.take",
    "documents": "csworkbook.pages.take",
    "guesses": "csworkbook.pages.guesses",
    "manifesto_builder": "csworkbook.pages.manifesto",
    "service_items": "csworkbook.pages.items",
    "audit": "csworkbook.pages.audit",
    "calculator": "csworkbook.pages.calculator",
    "funnel_steps": "csworkbook.pages.steps",
    "find_personas": "csworkbook.pages.personas",
    "helpdesk_list": "csworkbook.pages.persona_files",
    "invitation_list": "csworkbook.pages.persona_files",
    "chats_at_once": "csworkbook.pages.chats_at_once",
    "kpi_targets": "csworkbook.pages.targets",
    "week_report": "csworkbook.pages.week_report",
}
__all__ = [*_MODULES, *_NAMES]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"csworkbook.{name}")
    if name in _NAMES:
        return getattr(import_module(_NAMES[name]), name)
    raise AttributeError(f"module 'csworkbook' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
