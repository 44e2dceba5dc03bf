"""Where do visitors drop out on their way to an order, for whom, and what would mending it bring?"""

from csworkbook.events.groups import splits, units
from csworkbook.funnel.asked import groups, later_steps
from csworkbook.funnel.choices import excludable
from csworkbook.funnel.compare import compare
from csworkbook.funnel.days import days
from csworkbook.funnel.drivers import drivers
from csworkbook.funnel.measure import measure
from csworkbook.funnel.next_steps import next_steps
from csworkbook.funnel.pairs import two_periods
from csworkbook.funnel.rates import from_rates
from csworkbook.funnel.seen import steps_seen
from csworkbook.funnel.shift import before_after
from csworkbook.funnel.timing import timing
from csworkbook.funnel.whatif import what_if

__all__ = [
    "before_after",
    "compare",
    "days",
    "drivers",
    "excludable",
    "from_rates",
    "groups",
    "later_steps",
    "measure",
    "next_steps",
    "splits",
    "steps_seen",
    "timing",
    "two_periods",
    "units",
    "what_if",
]
