"""Who are our best customers really, how do we recognise them, and what do they buy and ask?"""

from csworkbook.personas.assigning import assign
from csworkbook.personas.baskets.together import together, whose_orders
from csworkbook.personas.baskets.upsell import price_categories, upsell
from csworkbook.personas.described import Features, features, features_of
from csworkbook.personas.grouping import Personas, portraits
from csworkbook.personas.likeness.apart import Apart, apart
from csworkbook.personas.likeness.asks import Asks, asks
from csworkbook.personas.likeness.cards import cards
from csworkbook.personas.likeness.habits import Habits, habits
from csworkbook.personas.likeness.nearest import Nearest, nearest
from csworkbook.personas.likeness.recognise import Recognise, recognise
from csworkbook.personas.loyal.answers import loyal_answers
from csworkbook.personas.loyal.invited import invitation_list, whom
from csworkbook.personas.loyal.questions import loyal_questions
from csworkbook.personas.membership import members
from csworkbook.personas.over_time import Moves, moves
from csworkbook.personas.saved import Saved
from csworkbook.personas.search import find, finding
from csworkbook.personas.talkers.coming_back import coming_back
from csworkbook.personas.talkers.helpdesk import helpdesk_list
from csworkbook.personas.talkers.relational import relational

__all__ = [
    "Apart",
    "Asks",
    "Features",
    "Habits",
    "Moves",
    "Nearest",
    "Personas",
    "Recognise",
    "Saved",
    "apart",
    "asks",
    "assign",
    "cards",
    "coming_back",
    "features",
    "features_of",
    "find",
    "finding",
    "habits",
    "helpdesk_list",
    "invitation_list",
    "loyal_answers",
    "loyal_questions",
    "members",
    "moves",
    "nearest",
    "portraits",
    "price_categories",
    "recognise",
    "relational",
    "together",
    "upsell",
    "whom",
    "whose_orders",
]
