"""Which channel earns its keep, what does it solve, and who should answer what?"""

from csworkbook.channels.abilities import skills
from csworkbook.channels.alike import compared
from csworkbook.channels.backlog import triage
from csworkbook.channels.behind import contacts_behind, which_channels, which_topics
from csworkbook.channels.flows import asked_about
from csworkbook.channels.four import four_vs
from csworkbook.channels.newcomers import acquisition
from csworkbook.channels.pays import roi
from csworkbook.channels.resolution import first_contact
from csworkbook.channels.routes import routing
from csworkbook.channels.solving import cost_to_resolution

__all__ = [
    "acquisition",
    "asked_about",
    "compared",
    "contacts_behind",
    "cost_to_resolution",
    "first_contact",
    "four_vs",
    "roi",
    "routing",
    "skills",
    "triage",
    "which_channels",
    "which_topics",
]
