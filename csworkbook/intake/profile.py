"""What does a column look like from outside? Its header, a sample of its cells, and what they could be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from csworkbook.intake import answers, durations, personal, times, values, words

if TYPE_CHECKING:
    import pandas as pd

SAMPLE = 20_000
MOST_CELLS = 300
FEW = 20


@dataclass(frozen=True)
class Profile:
    """One column of a user's table: `cells` are distinct, most frequent first; `filled` counts cells that
    are not empty, in a sample of at most 20,000 rows from the head of the column. `called` is the name to
    know it by, where that is not its header."""

    header: str
    cells: tuple
    filled: int
    different: int
    counts: tuple[int, ...] = ()
    called: str = ""

    @cached_property
    def folded(self) -> str:
        """The header in lower case, without accents and punctuation."""
        return words.fold(self.called or self.header)

    @cached_property
    def plain(self) -> str:
        """The header as `folded`, without what stands in brackets and without units."""
        return words.plain(self.called or self.header)

    @cached_property
    def time(self) -> float:
        """The share of cells that are a date or time, 0–1."""
        if sum(
            len(values.text_of(cell)) >= 6 or not isinstance(cell, str) for cell in self.cells
        ) < 0.5 * len(self.cells):
            return 0.0
        return self.day if any(times.may_be(cell) for cell in self.cells[:50]) else 0.0

    @cached_property
    def day(self) -> float:
        """The share of cells that are a date or time, or a spreadsheet's number of a day, 0–1."""
        return self._share(lambda cells: times.parse(cells, "UTC"))

    @cached_property
    def number(self) -> float:
        """The share of cells that are a number, 0–1."""
        return self._share(values.number)

    @cached_property
    def length(self) -> float:
        """The share of cells that are a length of time, 0–1."""
        return self._share(lambda cells: durations.parse(cells, "", "seconds"))

    @cached_property
    def opinion(self) -> float:
        """The share of cells that say satisfied or not, in words or as 1–5, 0–1."""
        return self._share(values.opinion)

    @cached_property
    def outcome(self) -> float:
        """The share of cells that say whether the customer gave up before he was answered, 0–1."""
        return self._share(values.outcome)

    @cached_property
    def whole(self) -> float:
        """The share of cells that are a whole number, perhaps with words behind it, 0–1."""
        return self._share(values.whole)

    @cached_property
    def flag(self) -> float:
        """The share of cells that are a yes or no, 0–1."""
        return self._share(values.flag)

    def _share(self, parse) -> float:
        import numpy as np
        import pandas as pd

        if not self.cells:
            return 0.0
        parsed = parse(pd.Series(list(self.cells), dtype=object))
        return 1 - float(np.average(parsed.bad, weights=self.counts or None))

    @cached_property
    def effort(self) -> float:
        """The share of cells that could be an answer on a scale of effort, 0–1."""
        said = [cell for cell in self.cells if not answers.is_none(cell)]
        return sum(map(answers.is_answer, said)) / len(said) if said else 0.0

    @cached_property
    def effort_words(self) -> bool:
        """Whether most cells say in words how much effort it took, and not only low or high, some or none."""
        said = [cell for cell in self.cells if not answers.is_none(cell)]
        meant = [cell for cell in said if (answers.meaning(cell) or ("agreement",))[0] != "agreement"]
        own = [cell for cell in meant if not answers.is_vague(cell)]
        return len(own) >= 1 and len(meant) >= 0.6 * len(said)

    @cached_property
    def personal(self) -> str:
        """The kind of personal data, or ""."""
        return personal.by_content(list(self.cells[:100])) or personal.by_header(self.header)

    @cached_property
    def email(self) -> bool:
        """Whether the cells are e-mail addresses."""
        return personal.by_content(list(self.cells[:100])) == "email"

    @property
    def repeated(self) -> bool:
        """Few distinct words that come back, as a group of customers does."""
        return 1 <= self.different <= FEW and (self.filled >= 2 * self.different or self.filled <= 6)

    @cached_property
    def long(self) -> bool:
        """Free text: sentences rather than words."""
        texts = [values.text_of(cell) for cell in self.cells]
        return bool(texts) and sum(len(text) > 25 or text.count(" ") >= 4 for text in texts) >= 0.3 * len(
            texts
        )


def look(header: str, column: pd.Series, called: str = "") -> Profile:
    """The profile of a column by its first cells that are not empty."""
    head = column.head(SAMPLE)
    if not head.notna().any():
        head = column.dropna().head(SAMPLE)
    counts = head.dropna().value_counts()
    keep = [not isinstance(cell, str) or bool(cell.strip()) for cell in counts.index]
    counts = counts[keep]
    top = counts.iloc[:MOST_CELLS]
    cells, times_ = tuple(top.index.tolist()), tuple(top.tolist())
    return Profile(header, cells, int(counts.sum()), len(counts), times_, called)
