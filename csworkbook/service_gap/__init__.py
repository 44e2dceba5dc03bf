"""How far apart are what customers expect and what they get?"""

from csworkbook.service_gap.ambition import ambition
from csworkbook.service_gap.byitem import by_item
from csworkbook.service_gap.myths import channels as contact_channels
from csworkbook.service_gap.myths import exceeding, leaving, myths, satisfaction, service_result
from csworkbook.service_gap.myths import measures as ways_to_exceed
from csworkbook.service_gap.myths import scores as satisfaction_scores
from csworkbook.service_gap.perception import perception
from csworkbook.service_gap.principles import principles
from csworkbook.service_gap.priorities import priorities
from csworkbook.service_gap.questionnaire import questionnaire
from csworkbook.service_gap.second import second_gap
from csworkbook.service_gap.servqual import servqual
from csworkbook.service_gap.silent import silent_customers

__all__ = [
    "ambition",
    "by_item",
    "contact_channels",
    "exceeding",
    "leaving",
    "myths",
    "perception",
    "principles",
    "priorities",
    "questionnaire",
    "satisfaction",
    "satisfaction_scores",
    "second_gap",
    "service_result",
    "servqual",
    "silent_customers",
    "ways_to_exceed",
]
