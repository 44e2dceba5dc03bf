"""How many people does it take to answer in time? Calls, callers who give up, chats, and letters in a line.

`erlang` is about calls when nobody gives up, `abandoning` about callers who do, `chatting` about several
chats at once; `balance` is the solver under the last two, `needing` searches for the fewest people.
"""

from csworkbook.queueing.abandoning import erlang_a
from csworkbook.queueing.balance import Service
from csworkbook.queueing.chatting import AT_ONCE, STRETCH, chats, stretches
from csworkbook.queueing.erlang import (
    answered_within,
    erlang_b,
    erlang_c,
    fewest_agents,
    mean_wait,
    staffing_curve,
)
from csworkbook.queueing.letters import in_line, least_capacity
from csworkbook.queueing.needing import Need, needed, needed_calm

__all__ = [
    "AT_ONCE",
    "STRETCH",
    "Need",
    "Service",
    "answered_within",
    "chats",
    "erlang_a",
    "erlang_b",
    "erlang_c",
    "fewest_agents",
    "in_line",
    "least_capacity",
    "mean_wait",
    "needed",
    "needed_calm",
    "staffing_curve",
    "stretches",
]
