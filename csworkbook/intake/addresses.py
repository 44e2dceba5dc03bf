"""Where does somebody live? Streets with a number, postcodes and boxes in free text, Dutch first.

A postcode alone is masked (1234 AB); Belgian and German number codes only beside a street. What looks
like one and is a size, an amount or the number of an order stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache, partial

from csworkbook.intake.persons import UPPER, common, group

MASK = "[address]"
_HOME = r"adres|address|postcode|zip|woon|wonen|\bliv(?:es?|ing)\b|bezorg|verhuis|afgeleverd|deliver"
_HEARD = {  # where it is worth while to look, for a million texts at once (RE2)
    "box": r"(?i)postbus|antwoordnummer|\bbox|postfach",
    "code": r"[1-9]\d{3} ?[A-Z]{2}\b",
    "street": r"(?i)(?:straat|str\.|strasse|straße|laan|weg|plein|gracht|kade|singel|dijk|steeg|dreef|plantsoen|boulevard"
    r"|allee|tje)\s\d",
    "perhaps": rf"(?i)(?:{_HOME})[^.!?\n]*\d|\d [1-9]\d\d\d ?[A-Z][A-Z]\b",
    "french": r"(?i)\b(?:rue|avenue|boulevard|chauss)",
    "english": r"\b(?:Street|St|Road|Rd|Avenue|Ave|Lane|Crescent|Terrace|Boulevard|Blvd)\b",
    "small": rf"(?i)(?:{_HOME})[^.!?\n]*[1-9]\d\d\d ?[a-z][a-z]\b",
}

_NUMBER = (
    r"\d{1,4}(?:(?:[ -]?[A-Ha-h]|-?[A-Za-z])(?![\w'’])|[ -](?:bis|hs|huis|rood|zwart|I{1,3})\b)?"
    r"(?: ?[-/] ?\d{1,4}(?![\d-]))?(?:,? (?:bus|box) \w{1,4})?(?![\w%€])(?![.,:]\d)"
)
_PLACE = (
    rf"(?:(?:(?:Den|De|Het|Sint|St\.?|Bad|Hoek van) )?(?:['’]s-)?[{UPPER}][\w’'-]+"
    rf"(?: (?:aan(?: den?)?|op|bij|am) [{UPPER}][\w’'-]+)?)"
)
_CODE = r"[1-9]\d{3} ?[A-Z]{2}(?![\w-])"
_TAIL = (
    rf"(?P<tail>(?:\s*,)?\s*(?:(?:in|te) )?(?:(?:[1-9]\d{{3}} ?[A-Za-z]{{2}}\b)(?:,?\s+{_PLACE})?"
    rf"|(?:[A-Z]{{1,2}}-)?\d{{4,5}}\s+{_PLACE}))?"
)
_BEFORE = rf"(?P<before>(?:[{UPPER}][\w’'.-]{{0,30}}\s(?:(?:van|der|de|den|het|['’]t)\s)*){{0,3}})"
_BOX = re.compile(
    rf"(?i:\b(?:postbus|antwoordnummer|p\.?o\.? ?box|postfach)) ?\d{{1,6}}\b(?:,?\s*{_CODE}(?:\s+{_PLACE})?)?"
)
_POSTCODE = re.compile(
    rf"(?<![\w€$£#.,/+-])(?<![€$£#] )[1-9]\d{{3}} ?[A-Z]{{2}}(?![\w-])(?P<place>,?\s+{_PLACE})?"
)
_SMALL_POSTCODE = re.compile(rf"(?<![\w.,-])[1-9]\d{{3}} ?[a-z]{{2}}(?![\w-])(?P<place>,?\s+{_PLACE})?")
_WITH_CODE = re.compile(
    rf"{_BEFORE}(?P<street>[{UPPER}][\w’'-]{{1,40}}) {_NUMBER}\s*,?\s+{_CODE}(?:,?\s+{_PLACE})?"
)
_FRENCH = re.compile(
    rf"\b(?i:rue|avenue|chauss[ée]e|boulevard) (?:(?:de|du|des|la|le) |l['’]|d['’])*[{UPPER}][\w’'-]+"
    rf"(?: [{UPPER}][\w’'-]+)?,? {_NUMBER}{_TAIL}"
)
_ENGLISH = re.compile(
    rf"(?<![\w.,/#-])\d{{1,4}}[A-Za-z]? (?:[{UPPER}][\w’'-]+ ){{1,3}}"
    r"(?:(?:Street|Road|Rd|Avenue|Ave|Lane|Crescent|Terrace|Boulevard|Blvd)\b\.?|St(?=[.,\n]|$)\.?)"
    rf"(?:(?:,? [{UPPER}][\w-]+){{0,2}},? [A-Z]{{1,2}}\d[A-Z\d]? ?\d[A-Z]{{2}}\b)?"
)
_NUMBERED = re.compile(
    r"(?i)(?:bestel\w*|order\w*|fact\w*|invoice|artikel\w*|article|product\w*|model\w*|type|maat|size|ref\w*|sku|code|nr"
    r"|nummer|number|no|ticket\w*|case|zaak\w*|retour\w*|serie\w*|track\w*|versie|version|kleur)\b"
    r"(?:[\s:.#=-]|\b(?:met|nummer|nr|no|number|code|is|van|the|my|mijn|heeft)\b)*$"
)
_AT_HOME = re.compile(rf"(?i)(?:{_HOME})[^.!?\n]{{0,40}}$")


def mask(text: str) -> str:
    """A text with postal addresses masked.

    >>> mask("Stuur het naar Kerkstraat 12-a, 1234 AB Utrecht, bestelling 1234 AB")
    'Stuur het naar [address], bestelling 1234 AB'
    """
    for _likely, masked_by in steps():
        text = masked_by(text)
    return text


@lru_cache
def steps() -> list[tuple[str, Callable[[str], str]]]:
    """One after the other: where it is worth while to look, and what masks there."""
    sure, perhaps = _streets()
    patterns = [
        ("box", _BOX, MASK),
        ("code", _WITH_CODE, _street),
        ("street", sure, _street),
        ("perhaps", perhaps, _perhaps),
        ("french", _FRENCH, MASK),
        ("english", _ENGLISH, MASK),
        ("code", _POSTCODE, _postcode),
        ("small", _SMALL_POSTCODE, _small),
    ]
    return [(_HEARD[heard], partial(pattern.sub, instead)) for heard, pattern, instead in patterns]


@lru_cache
def _streets() -> tuple[re.Pattern, re.Pattern]:
    """Streets by the end of their name: surely, and where an address is spoken of."""
    sure, perhaps = (
        "|".join(sorted(group(name), key=len, reverse=True)) for name in ("streets", "perhaps_streets")
    )
    return (
        re.compile(
            rf"{_BEFORE}(?P<street>(?i:\b[^\W\d_][\w’'-]{{0,40}}(?:{sure}|str\.)|\b(?:{sure}))) {_NUMBER}{_TAIL}"
        ),
        re.compile(rf"{_BEFORE}(?P<street>\b[{UPPER}][\w’'-]{{0,40}}(?i:{perhaps})) {_NUMBER}{_TAIL}"),
    )


def _street(found: re.Match) -> str:
    """A street and number masked, with the words before it that belong to its name."""
    kept, own = _own_words(found["before"])
    street = found["street"]
    bare = street.casefold() in group("no_streets")
    if bare and not (own and street[0].isupper() and street.casefold() in group("streets")):
        return found[0]
    if street.casefold() in common():
        return found[0]
    return kept + MASK


def _own_words(before: str) -> tuple[str, str]:
    """What stands before a street: words of the sentence, and words of the street's own name."""
    kept = ""
    for word in re.findall(r"\S+\s", before):
        plain = word.strip().casefold()
        if plain not in common() | group("titles") and (
            plain not in group("between") or before[len(kept) :] != word
        ):
            break
        kept += word
    return kept, before[len(kept) :]


def _perhaps(found: re.Match) -> str:
    near = found.string[max(0, found.start() - 60) : found.start()]
    return _street(found) if _AT_HOME.search(near) or re.search(_CODE, found["tail"] or "") else found[0]


def _postcode(found: re.Match) -> str:
    """A postcode masked with its place, unless it is a measure or belongs to an order or product."""
    near = found.string[max(0, found.start() - 60) : found.start()]
    letters = re.search(r"[A-Z]{2}", found[0])[0].casefold()
    if letters in group("units") and not _AT_HOME.search(near):
        return found[0]
    if _NUMBERED.search(near) and not re.search(r"(?i)(?:post|zip ?)code\W*(?:is\W*)?$", near):
        return found[0]
    return MASK + _without_place(found["place"])


def _without_place(place: str | None) -> str:
    """What follows a postcode and is no place: the next word of the sentence."""
    first = re.sub(r"^[\s,]+", "", place or "").split(" ")[0].casefold()
    return place if place and first in common() else ""


def _small(found: re.Match) -> str:
    """1234ab in small letters, where an address is spoken of."""
    near = found.string[max(0, found.start() - 60) : found.start()]
    letters = re.search(r"[a-z]{2}", found[0])[0]
    if letters in group("units") or not _AT_HOME.search(near):
        return found[0]
    return MASK + _without_place(found["place"])
