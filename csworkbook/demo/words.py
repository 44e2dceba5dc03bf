"""What are the demo shop's own reasons, categories and channels called in the language spoken now?"""

from __future__ import annotations

from csworkbook.language import gettext as _


def said() -> dict[str, str]:
    """Every word in the tables of the demo shop that a page can show."""
    return _topics() | _goods()


def _topics() -> dict[str, str]:
    return {
        "colour differs": _("colour differs"),
        "damaged on arrival": _("damaged on arrival"),
        "delivery time": _("delivery time"),
        "discount code": _("discount code"),
        "how to assemble": _("how to assemble"),
        "invoice": _("invoice"),
        "other": _("other"),
        "out of stock": _("out of stock"),
        "payment failed": _("payment failed"),
        "product advice": _("product advice"),
        "refund": _("refund"),
        "return label": _("return label"),
        "size and fit": _("size and fit"),
        "warranty": _("warranty"),
        "where is my order": _("where is my order"),
    }


def _goods() -> dict[str, str]:
    return {
        "bed and bath": _("bed and bath"),
        "decoration": _("decoration"),
        "garden": _("garden"),
        "garden furniture": _("garden furniture"),
        "kitchen and table": _("kitchen and table"),
        "lighting": _("lighting"),
        "comparison site": _("comparison site"),
        "direct": _("direct"),
        "newsletter": _("newsletter"),
        "search": _("search engine"),
        "social": _("social media"),
        "arrived too late": _("arrived too late"),
        "changed my mind": _("changed my mind"),
        "damaged": _("damaged"),
        "ordered too many": _("ordered too many"),
        "size or fit": _("size or fit"),
    }
