"""Which of the four myths about service hold here?"""

from csworkbook.service_gap.myths.exceeding import exceeding
from csworkbook.service_gap.myths.expectations import channels, measures
from csworkbook.service_gap.myths.leaving import leaving
from csworkbook.service_gap.myths.overview import myths
from csworkbook.service_gap.myths.satisfaction import satisfaction, scores
from csworkbook.service_gap.myths.service import service_result

__all__ = [
    "channels",
    "exceeding",
    "leaving",
    "measures",
    "myths",
    "satisfaction",
    "scores",
    "service_result",
]
