"""Which of the 22 questions is each column with marks, and is it about what is expected or what is got?

By the number in the header, else by the question of the questionnaire it is most like, else by its place where
there are exactly 22 of a kind; what was taken by its place is told, so that the owner is asked.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from csworkbook.intake import service_headers, words
from csworkbook.intake.service_headers import EXPECTED, GOT, KINDS, Said
from csworkbook.intake.service_items import ALIKE, DOUBTFUL, Items

if TYPE_CHECKING:
    from csworkbook.intake.choices import Choices

LEAST = 5  # so many questions make a form about service
ORDERS = {
    "both": ("expected_first", "got_first", "in_turns"),
    "one": ("got_only", "expected_only"),
}
_STATEMENT = 3
_FEW = 10


@dataclass(frozen=True)
class Question:
    """One column with marks: expectation or perception, item 1–22 (0 for none), how sure, and why."""

    kind: str
    item: int
    sure: float
    why: str


@dataclass(frozen=True)
class Numbered:
    """The questions of a form by header; `guessed` holds "item" or "kinds" where the file does not tell them,
    `order` which kind came first was then assumed, one of `orders`."""

    asks: dict[str, Question] = field(default_factory=dict)
    guessed: frozenset[str] = frozenset()
    order: str = ""


def find(headers: list[str], choices: Choices, items: Items) -> Numbered:
    """The questions about service among columns with marks; none where that is not sure enough.

    >>> from csworkbook.intake.choices import Choices
    >>> find([f"{kind}{item}" for kind in "EP" for item in range(1, 6)], Choices(), Items.of()).asks["P3"]
    Question(kind='perception', item=3, sure=0.95, why='number')
    """
    told = {header: service_headers.said(header) for header in headers}
    alike = _alike(headers, items)
    kinds = _kinds(told, alike, items) | {
        h: choices.mapping[h] for h in headers if choices.mapping.get(h) in KINDS
    }
    kinds, order = _filled(kinds, told, alike, items, choices.fixed.get("kinds", ""))
    asks: dict[str, Question] = {}
    for kind in KINDS:
        mine = [header for header in headers if kinds[header] == kind]
        found = _placed(mine, told, items, choices)
        asks |= {header: Question(kind, *one) for header, one in found.items()}
    if not (_enough(asks, order, items) or (asks and choices.table == "service_survey")):
        return Numbered()
    guessed = {"item"} if any(one.why == "order" for one in asks.values()) else set()
    return Numbered(asks, frozenset(guessed | ({"kinds"} if order else set())), order)


def _enough(asks: dict[str, Question], order: str, items: Items) -> bool:
    """Whether these are surely the questions of such a form: known by their text, or all of them, or both kinds."""
    known = sum(one.why == "text" and one.sure >= ALIKE for one in asks.values())
    asked = {kind: {one.item for one in asks.values() if one.kind == kind} for kind in KINDS}
    whole = any(len(found) == _whole(items) for found in asked.values())
    both = asked[EXPECTED] & asked[GOT]
    return known >= LEAST or whole or (len(both) >= LEAST and not order)


def _whole(items: Items) -> int:
    """How many questions are surely all of them; fewer than ten of one's own are no proof."""
    return max(len(items.numbers), _FEW)


def _alike(headers: list[str], items: Items) -> dict[str, tuple[int, float]]:
    """Header → the item that a statement is most like, and how much."""
    long = [header for header in headers if len(words.fold(header).split()) >= _STATEMENT]
    return items.nearest(long) if len(long) >= LEAST else {}


def _kinds(told: dict[str, Said], alike: dict[str, tuple[int, float]], items: Items) -> dict[str, str]:
    """Expected or got by words and letters of the headers, but not by words of the item itself, such as
    "… when customers can expect something"."""
    letters = service_headers.by_letters({one.letters for one in told.values() if one.letters and one.number})
    kinds = {header: one.kind or letters.get(one.letters, "") for header, one in told.items()}
    for header, one in told.items():
        item, sure = alike.get(header, (0, 0.0))
        if sure >= ALIKE and not one.letters and not service_headers.spoken(one.lead):
            kinds[header] = service_headers.spoken(items.rest_of(header, item))
    often = Counter(kinds.values())
    return {header: kind if often[kind] >= LEAST else "" for header, kind in kinds.items()}


def _filled(
    kinds: dict[str, str],
    told: dict[str, Said],
    alike: dict[str, tuple[int, float]],
    items: Items,
    said: str,
) -> tuple[dict[str, str], str]:
    """The kinds with those that no header tells: the other one beside a kind that is told, else by their order."""
    silent = [header for header, kind in kinds.items() if not kind]
    spoken = {kind for kind in kinds.values() if kind}
    if spoken or not silent:
        other = next((kind for kind in KINDS if kind not in spoken), "")
        return kinds | (dict.fromkeys(silent, other) if len(silent) >= LEAST else {}), ""
    keys = [_key(told[header], alike.get(header, (0, 0.0))) for header in silent]
    twice = sum(count == 2 for count in Counter(keys).values()) >= LEAST
    if twice or len(silent) == 2 * _whole(items):
        order = said if said in ORDERS["both"] else ORDERS["both"][0]
        second = _seconds(keys) if twice else [at >= len(silent) / 2 for at in range(len(silent))]
        if order == "in_turns":
            second = [bool(at % 2) for at in range(len(silent))]
        first, then = (GOT, EXPECTED) if order == "got_first" else (EXPECTED, GOT)
        return {h: then if late else first for h, late in zip(silent, second, strict=True)}, order
    order = said if said in ORDERS["one"] else ORDERS["one"][0]
    return dict.fromkeys(silent, GOT if order == "got_only" else EXPECTED), order


def _key(one: Said, alike: tuple[int, float]) -> object:
    """What two columns about the same item have in common: its number, the item they are like, or their words."""
    return one.number or (alike[0] if alike[1] >= ALIKE else words.fold(one.statement))


def _seconds(keys: list) -> list[bool]:
    """Whether each key was there before."""
    seen: set = set()
    return [key in seen or bool(seen.add(key)) for key in keys]


def _placed(
    headers: list[str], told: dict[str, Said], items: Items, choices: Choices
) -> dict[str, tuple[int, float, str]]:
    """The items of the columns of one kind; what the owner said of a column goes first."""
    found = _by_number(headers, told, items) or _by_text(headers, items) or _by_order(headers, items, choices)
    for header in headers:
        item = choices.words.get(header, {}).get("item", "")
        if item.isdigit() and int(item) <= max(items.numbers):
            found = {h: one for h, one in found.items() if one[0] != int(item)}
            found[header] = (int(item), 1.0, "told")
    return {header: one for header, one in found.items() if one[0]}


def _by_number(headers: list[str], told: dict[str, Said], items: Items) -> dict[str, tuple[int, float, str]]:
    """By the numbers in the headers, where every header has another one: those of the items, or all of them
    further on."""
    numbers = {header: told[header].number for header in headers if told[header].number}
    if len(numbers) < LEAST or len(numbers) < len(headers) or len(set(numbers.values())) < len(numbers):
        return {}
    if set(numbers.values()) <= set(items.numbers):
        wrong = _contradicted(numbers, items)
        return {} if wrong else {h: (n, 0.95, "number") for h, n in numbers.items()}
    further = min(numbers.values()) - min(items.numbers)
    if {number - further for number in numbers.values()} == set(items.numbers):
        return {h: (n - further, 0.9, "number") for h, n in numbers.items()}
    return {}


def _contradicted(numbers: dict[str, int], items: Items) -> bool:
    """Whether most headers are worded as another question of the questionnaire than their number says."""
    alike = _alike(list(numbers), items)
    sure = {header: item for header, (item, likeness) in alike.items() if likeness >= ALIKE}
    wrong = sum(item != numbers[header] for header, item in sure.items())
    return wrong >= LEAST and wrong > len(sure) / 2


def _by_text(headers: list[str], items: Items) -> dict[str, tuple[int, float, str]]:
    """By the question of the questionnaire each is most like, where that goes for most of them."""
    if len(headers) < LEAST:
        return {}
    found = items.matched(headers)
    sure = sum(likeness >= ALIKE for _item, likeness in found.values())
    if sure < max(LEAST, 0.6 * min(len(headers), len(items.numbers))):
        return {}
    return {header: (item, min(0.95, likeness), "text") for header, (item, likeness) in found.items()}


def _by_order(headers: list[str], items: Items, choices: Choices) -> dict[str, tuple[int, float, str]]:
    """By their place, where there are as many as items and the owner did not say that this is wrong."""
    if len(headers) != len(items.numbers) or choices.fixed.get("item") == "none":
        return {}
    return {header: (item, 0.5, "order") for item, header in zip(items.numbers, headers, strict=True)}


def doubtful(one: Question) -> bool:
    """Whether the owner had better say himself which question this is."""
    return one.why == "text" and DOUBTFUL <= one.sure < ALIKE
