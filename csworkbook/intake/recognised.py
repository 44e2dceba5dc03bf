"""What was a table taken for, how sure is that, and what does it still lack?"""

from __future__ import annotations

from dataclasses import dataclass, field

from csworkbook.tables import EFFORT_STAGES, LOYAL_QUESTIONS, TABLES

SURE = 0.7
FILLED = 0.35  # a column that has the name but no cells is less sure than this
_NAMED = 3  # so many columns must be found by name, where the table has so many
_ASKED = 3  # so many of the ten questions make a survey of loyal customers
_TELLING = (
    "topic",
    "kind",
    "channel",
    "agent",
    "text",
    "replied_at",
    "resolved_at",
    "satisfied",
    "handling_minutes",
)
# columns of which one at least must be there: the one to name when none is
_ONE_OF: dict[str, tuple[str, frozenset[str]]] = {
    "effort_survey": ("after", frozenset(EFFORT_STAGES)),
    "perception": ("superior", frozenset({"superior", "score"})),
    "contacts": ("topic", frozenset(_TELLING)),
    "service_survey": ("perception", frozenset({"perception", "expectation"})),
    "products": ("name", frozenset({"name", "category", "margin", "in_stock"})),
}


@dataclass(frozen=True)
class Match:
    """What a column was taken for: a canonical column, a kept segment, or nothing (None)."""

    column: str | None
    confidence: float
    why: str = ""


@dataclass
class Recognised:
    """A table and what each header was taken for.

    `fixed` holds columns of which every row has the same word, because the file as a whole says it;
    `made_key` says that no column tells rows apart, so that their numbers are made.
    """

    table: str
    matches: dict[str, Match] = field(default_factory=dict)
    fixed: dict[str, str] = field(default_factory=dict)
    made_key: bool = False

    @property
    def columns(self) -> set[str]:
        """The columns that were found."""
        return {match.column for match in self.matches.values() if match.column}

    @property
    def named(self) -> set[str]:
        """The canonical columns that were found by more than what their cells look like."""
        table = TABLES[self.table]
        sure = (match.column for match in self.matches.values() if match.confidence >= SURE)
        return {name for name in sure if name in table}

    @property
    def enough(self) -> bool:
        """Whether so much was found by name that this is the table, and not just any table with a date."""
        table = TABLES[self.table]
        if self.table == "effort_survey":  # a question about effort tells it by itself
            return bool(self.columns & set(EFFORT_STAGES))
        if self.table == "loyal_survey":
            return not self._unasked
        needed = [c for c in table.columns if c.required and not (self.made_key and c.name == table.key)]
        least = 2 if len(table.columns) > _NAMED else 1
        return len(self.named) >= max(least, min(_NAMED, len(needed)))

    @property
    def _unasked(self) -> list[str]:
        """Questions to loyal customers that it lacks to be their survey; one is enough where the owner says so."""
        said = {match.column for match in self.matches.values() if match.why == "chosen"}
        there = self.named & set(LOYAL_QUESTIONS)
        lacking = (1 if said & there else _ASKED) - len(there)
        return [name for name in LOYAL_QUESTIONS if name not in self.columns][: max(0, lacking)]

    @property
    def complete(self) -> bool:
        """Whether this is the table and all it needs is there."""
        return not self.missing and self.enough

    @property
    def missing(self) -> list[str]:
        """Required columns that were not found; those that may be empty can do without."""
        table = TABLES[self.table]
        if self.table == "loyal_survey":
            return self._unasked
        filled = {match.column for match in self.matches.values() if match.confidence >= FILLED}
        there = filled | self.fixed.keys() | ({table.key} if self.made_key else set())
        needed = [c.name for c in table.columns if c.required and not c.blank and c.name not in there]
        name, others = _ONE_OF.get(self.table, ("", frozenset()))
        sure = self.columns if self.table == "effort_survey" else self.named
        return [*needed, name] if name and not sure & others else needed

    @property
    def weight(self) -> float:
        """How much of the file this table explains: confidences of its canonical columns, added up; less where
        something had to be taken for granted."""
        known = TABLES[self.table]
        sure = sum(
            match.confidence for match in self.matches.values() if match.column and match.column in known
        )
        return sure - 0.5 * (len(self.fixed) + self.made_key)

    @property
    def confidence(self) -> float:
        """Mean confidence of the required columns that were found, 0–1."""
        table = TABLES[self.table]
        wanted = (
            table.required or LOYAL_QUESTIONS
        )  # the survey of loyal customers needs no question in particular
        found = [match.confidence for match in self.matches.values() if match.column in wanted]
        found += [0.5] * (len(self.fixed) + self.made_key)
        return sum(found) / len(found) if found else 0.0
