"""Which words of a log are the same step? Known words get one name, unless that would make one step of two.

A shop that writes "kassa" comes in as ``checkout``, as every other shop. A shop that writes "gegevens" and
"kassa" has two steps of its own that both are parts of the checkout: they stay apart, each under its own
word, and the owner is told. What part of a sale they are, `csworkbook.events.role_of` knows all the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from csworkbook.intake import values, words
from csworkbook.language import gettext as _
from csworkbook.language import join, number

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from csworkbook.intake.build import Built

_SHOWN = 6  # words that a sentence lists


@dataclass(frozen=True)
class Steps:
    """What the words of a log are called as steps.

    Attributes
    ----------
    names : dict
        Word as it stands in the log → name of the step.
    apart : dict
        Part of a sale → the words that stay apart though each of them is known as it, the commonest first.
    """

    names: dict[str, str]
    apart: dict[str, list[str]] = field(default_factory=dict)

    @property
    def changes(self) -> bool:
        """Whether any word gets another name."""
        return any(word != name for word, name in self.names.items())

    def of(self, column: pd.Series) -> pd.Series:
        """A column of words as steps."""
        cells = values.distinct(column)
        return cells.spread([self.names.get(cell, cell) for cell in cells.cells], "str")

    def notes(self, header: str) -> list[str]:
        """What the owner is told about the words that stay apart."""
        from csworkbook.events.proposed import words as roles

        said = _(
            "{column}: {words} stay steps of their own. Each of them can mean “{part}”, but as one step they "
            "could no longer be told apart."
        )
        return [
            said.format(column=header, words=_listed(own), part=roles().get(part, part))
            for part, own in self.apart.items()
        ]


def _listed(own: list[str]) -> str:
    shown = [f"“{word[:60]}”" for word in own[:_SHOWN]]
    more = [_("{n} more").format(n=number(len(own) - _SHOWN))] if len(own) > _SHOWN else []
    return join([*shown, *more])


def steps(
    counts: Mapping[str, int],
    system: Mapping[str, str] | None = None,
    owner: Mapping[str, str] | None = None,
) -> Steps:
    """What the words of a log are called as steps.

    Spellings of one word ("Add to cart", "add_to_cart") are one step under the commonest of them. A known
    word gets the name of its part of a sale if it is the only one of that part. What the owner said of a
    word holds whatever the others are.

    Parameters
    ----------
    counts : mapping
        Word → rows with it.
    system : mapping, optional
        Further known words: those of the system that the file comes from.
    owner : mapping, optional
        What the owner said that words stand for.

    >>> steps({"mandje": 9, "gegevens": 7, "Kassa": 4, "kassa": 2, "uitleg": 1}).names
    {'mandje': 'cart', 'gegevens': 'gegevens', 'Kassa': 'Kassa', 'kassa': 'Kassa', 'uitleg': 'uitleg'}
    """
    known = {**words.meaning("word.step"), **words.meaning("word.events.step"), **_folded(system)}
    chosen = _folded(owner)
    spellings: dict[str, list[str]] = {}
    for text in sorted(counts, key=lambda text: (-counts[text], text)):
        spellings.setdefault(_word(text, known), []).append(text)
    told = {word: _meant(texts, chosen) for word, texts in spellings.items()}
    parts: dict[str, list[str]] = {}
    for word, texts in spellings.items():
        if not told[word] and (part := _meant(texts, known)):
            parts.setdefault(part, []).append(word)
    taken = Counter(filter(None, told.values()))
    alone = {own[0]: part for part, own in parts.items() if len(own) == 1 and part not in taken}
    called = {word: told[word] or alone.get(word) or texts[0] for word, texts in spellings.items()}
    apart = {part: [spellings[word][0] for word in own] for part, own in parts.items() if len(own) > 1}
    names = {text: called[word] for word, texts in spellings.items() for text in texts}
    return Steps({text: names[text] for text in counts}, apart)


def _folded(said: Mapping[str, str] | None) -> dict[str, str]:
    return {words.fold(word): meant for word, meant in (said or {}).items() if words.fold(word)}


def _word(text: str, known: Mapping[str, str]) -> str:
    """What the spellings of one word share; in known words, blanks do not count either ("check out")."""
    folded = words.fold(text)
    return folded.replace(" ", "") if folded in known else folded or text


def _meant(texts: list[str], known: Mapping[str, str]) -> str:
    """What a word stands for in one of its spellings, also with something in brackets behind it; "" if unknown."""
    meant = (known.get(words.fold(text)) or known.get(words.plain(text)) for text in texts)
    return next(filter(None, meant), "")


def _of(counts: Mapping[str, int], built: Built) -> Steps:
    header = built.headers.get("step", "")
    return steps(counts, built.how.words.get("step"), built.how.choices.words.get(header))


def settle(built: Built) -> list[str]:
    """Give the steps of a log in memory their names; returns what the owner is told."""
    found = _of(built.frame["step"].value_counts().to_dict(), built)
    if found.changes:
        built.frame = built.frame.assign(step=found.of(built.frame["step"]))
    return found.notes(built.headers.get("step", "step"))


def settle_file(path: Path, head: Built) -> list[str]:
    """`settle` for a log in a Parquet file, looked at as a whole, a batch of rows at a time."""
    import pyarrow.parquet as pq

    counts: Counter[str] = Counter()
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(columns=["step"]):
            seen = batch.column(0).value_counts()
            counts.update(dict(zip(seen.field(0).to_pylist(), seen.field(1).to_pylist(), strict=True)))
    found = _of(counts, head)
    if found.changes:
        _rewritten(path, found)
    return found.notes(head.headers.get("step", "step"))


def _rewritten(path: Path, found: Steps) -> None:
    """The file with every step under its name, its rows in the same order."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    made = path.with_suffix(".steps")
    with pq.ParquetFile(path) as file:
        schema = file.schema_arrow
        place = schema.get_field_index("step")
        with pq.ParquetWriter(made, schema) as writer:
            for batch in file.iter_batches():
                named = _named(batch.column(place), found).cast(schema.field(place).type)
                writer.write_table(
                    pa.Table.from_batches([batch]).set_column(place, schema.field(place), named)
                )
    made.replace(path)


def _named(column: pa.Array, found: Steps) -> pa.Array:
    import pyarrow as pa

    coded = column.dictionary_encode()
    names = [found.names.get(word, word) for word in coded.dictionary.to_pylist()]
    return pa.array(names, type=pa.large_string()).take(coded.indices)
