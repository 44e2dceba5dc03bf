"""Who leaves a cart behind, who comes back, and what do costs, devices and chat have to do with it?"""

from csworkbook.checkout.abandonment import abandonment
from csworkbook.checkout.chat import chat
from csworkbook.checkout.devices import devices
from csworkbook.checkout.returning import returning
from csworkbook.checkout.rules import rules
from csworkbook.checkout.shipping import shipping
from csworkbook.checkout.switching import switching
from csworkbook.checkout.threshold import threshold
from csworkbook.events.groups import splits

__all__ = [
    "abandonment",
    "chat",
    "devices",
    "returning",
    "rules",
    "shipping",
    "splits",
    "switching",
    "threshold",
]
