"""Which orders are purchases, and what did every customer buy: how often, when last, for how much?

An order is a purchase when something was paid for it (revenue less what was paid back is above zero), its
customer is known and so is its time; everything else is counted and left out. Orders of one day are one
purchase, as in the models of how often customers buy (Fader, Hardie & Lee 2005).
"""

from csworkbook.purchases.asked import day_of, left_out_said, nothing_bought
from csworkbook.purchases.refunds import less_returns, tells_refunds
from csworkbook.purchases.summary import account, counted, paid_orders, purchases

__all__ = [
    "account",
    "counted",
    "day_of",
    "left_out_said",
    "less_returns",
    "nothing_bought",
    "paid_orders",
    "purchases",
    "tells_refunds",
]
