"""What do we find when we look at the shop ourselves? Audits: checklists, answers in rounds, what to mend first.

`checklist` reads the questions from a file, `rounds` keeps the answers in the store of a shop, `scored`
and `score` give the result, `findings` what is to be mended in all of them, `printed` a sheet to take
along.
"""

from csworkbook.audits import rounds
from csworkbook.audits.checklists import Checklist, Item, checklist, names, read
from csworkbook.audits.judgement import Judgement
from csworkbook.audits.printed import printed
from csworkbook.audits.rounds import Answer, Round
from csworkbook.audits.scored import Audit, findings, score, scored

__all__ = [
    "Answer",
    "Audit",
    "Checklist",
    "Item",
    "Judgement",
    "Round",
    "checklist",
    "findings",
    "names",
    "printed",
    "read",
    "rounds",
    "score",
    "scored",
]
