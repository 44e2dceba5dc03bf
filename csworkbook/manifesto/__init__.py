"""What may customers expect of us, and do we keep it?"""

from csworkbook.manifesto.promisable import promisable
from csworkbook.manifesto.promises import (
    DAYS,
    WITHIN,
    Promise,
    available,
    channels,
    check,
    live,
    promises,
    reply,
    returned,
    solved,
)

__all__ = [
    "DAYS",
    "WITHIN",
    "Promise",
    "available",
    "channels",
    "check",
    "live",
    "promisable",
    "promises",
    "reply",
    "returned",
    "solved",
]
