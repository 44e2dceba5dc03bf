"""What does a log of visits hold, as far as its owner must know to choose the steps of his funnel?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from csworkbook import events as engine
from csworkbook import language
from csworkbook.events.proposed import usual, words

if TYPE_CHECKING:
    import pandas as pd

Step = dict[str, Any]  # a step as it is kept in the settings: name, step (its events), role
_LEAST = 10  # visitors who went both ways, before their order says anything


@dataclass(frozen=True)
class Log:
    """What a log of visits holds: columns step (index), events, visitors, first_at; and what is proposed."""

    seen: pd.DataFrame
    proposed: list[Step]

    def find(self, text: str) -> pd.DataFrame:
        """The names in which every word of a text occurs, the most frequent first."""
        found = self.seen
        for word in text.casefold().split():
            found = found[found.index.str.casefold().str.contains(word, regex=False)]
        return found


def looked(events: object) -> Log:
    """What this log holds; only the names and how often they occur come into this process."""
    seen = engine.health(events).seen
    seen = seen[seen["step"].notna()].astype({"step": str}).set_index("step")
    return Log(seen.sort_values(["visitors", "events"], ascending=False, kind="stable"), proposal(events))


def proposal(events: object) -> list[Step]:
    """The steps `events.usual` proposes, as they are kept in the settings.

    >>> import pandas as pd
    >>> log = pd.DataFrame({"visitor_id": ["a", "a", "b"], "step": ["product", "cart", "product"],
    ...                     "at": pd.date_range("2026-01-05", periods=3, tz="UTC")})
    >>> proposal(log)[1]
    {'name': 'Cart', 'step': ['cart'], 'role': 'cart'}
    """
    steps = usual(events)
    times = Counter(step.role for step in steps)
    return [
        {
            "name": label(step.name, step.role if times[step.role] == 1 else ""),
            "step": [str(name) for name in step.where["step"]],
            "role": step.role,
        }
        for step in steps
    ]


def label(name: str, role: str) -> str:
    """What a step made of this event is called at first: by its part in a sale, if that is known."""
    return language.capital(words()[role]) if role in words() else name.strip()[:60]


def backwards(events: object, rows: Sequence[Step]) -> list[tuple[int, int, int]]:
    """The steps that most visitors first do before the step above it.

    Returns
    -------
    list of tuple
        Place of the step (from 0), visitors who did it first, and visitors who did both at different
        moments; only where the first are more than half of at least `_LEAST`.
    """
    import ibis

    table = engine.read(events)
    names = [(name, place) for place, row in enumerate(rows) for name in row["step"]]
    places = ibis.memtable(names, schema={"step": "string", "place": "int64"})
    table = table.filter(table.visitor_id.notnull(), table.moment.notnull())
    table = table.select("visitor_id", "step", "moment").join(places, "step")  # thousands of names go fast
    moments = {f"first_{n}": table.moment.min(where=table.place == n) for n in range(len(rows))}
    firsts = table.group_by("visitor_id").aggregate(**moments)
    pairs = [(firsts[f"first_{n - 1}"], firsts[f"first_{n}"]) for n in range(1, len(rows))]
    sums = {f"back_{n}": (later < earlier).sum() for n, (earlier, later) in enumerate(pairs, 1)}
    sums |= {f"both_{n}": (later != earlier).sum() for n, (earlier, later) in enumerate(pairs, 1)}
    row = firsts.aggregate(**sums).to_pandas().fillna(0).iloc[0]
    found = [(n, int(row[f"back_{n}"]), int(row[f"both_{n}"])) for n in range(1, len(rows))]
    return [(n, back, both) for n, back, both in found if both >= _LEAST and back > both / 2]
