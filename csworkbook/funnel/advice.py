"""What to do first when visitors drop out before a step?"""

from __future__ import annotations

from csworkbook.events.proposed import role_of
from csworkbook.language import gettext as _


def advice(step: str) -> str:
    """The first thing to try, by what the step that was not reached is for.

    >>> advice("paid")[:26]
    'Pay yourself on the worst '
    """
    said = {
        "product": _(
            "Look at what visitors search for and where the home page leads; bring them to a product in one click."
        ),
        "cart": _(
            "Read the questions customers ask about these products, and answer them on the product page: price with all "
            "costs, stock, delivery day, returns."
        ),
        "checkout": _("Show all costs and the delivery day in the cart, and let guests buy without an account."),
        "delivery": _("Ask less: take out every field that delivery does not need, and say at once what is wrong in a field."),
        "payment": _("Show delivery costs and day before this page; take out the field or choice at which visitors stop."),
        "paid": _(
            "Pay yourself on the worst device with each way of paying; mend what stops people, and offer help on this page."
        ),
    }  # fmt: skip
    general = _(
        "Walk through this step yourself on the worst device, and ask customers who stopped here what they missed."
    )
    return said.get(role_of(step), general)
