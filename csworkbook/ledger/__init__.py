"""What happened between the shop and each customer, and what does each contact reason cost?"""

from csworkbook.ledger.entries import entries
from csworkbook.ledger.matches import matches
from csworkbook.ledger.reasons import reasons
from csworkbook.ledger.timeline import timeline

__all__ = ["entries", "matches", "reasons", "timeline"]
