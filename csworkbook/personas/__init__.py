"""Who are our best customers really, how do we recognise them, and what do they buy and ask?"""

from csworkbook.personas.apart import Apart, apart
from csworkbook.personas.asks import Asks, asks
from csworkbook.personas.assign import assign
from csworkbook.personas.cards import cards
from csworkbook.personas.coming_back import coming_back
from csworkbook.personas.features import Features, features, features_of
from csworkbook.personas.find import find, finding
from csworkbook.personas.grouping import Personas, portraits
from csworkbook.personas.habits import Habits, habits
from csworkbook.personas.helpdesk import helpdesk_list
from csworkbook.personas.invited import invitation_list, whom
from csworkbook.personas.loyal import loyal_answers
from csworkbook.personas.loyal_questions import loyal_questions
from csworkbook.personas.moves import Moves, moves
from csworkbook.personas.nearest import Nearest, nearest
from csworkbook.personas.recognise import Recognise, recognise
from csworkbook.personas.relational import relational
from csworkbook.personas.saved import Saved
from csworkbook.personas.together import together, whose_orders
from csworkbook.personas.upsell import price_categories, upsell

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
