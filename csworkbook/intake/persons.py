"""Who is named in this text? Greetings, sign-offs, introductions, titles, and the names the row itself gives.

A name is never guessed from a capital alone: something before it must say that a name follows, or the row
must hold it in a column of its own. Words that no person is called by (`content/intake_personal.toml`) end
a name.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable
from functools import lru_cache, partial

from csworkbook.intake import words

MASK = "[name]"
UPPER = "A-ZÀ-ÖØ-ÞĀĆČĎĐĘĚĞİŁŃŇŐŘŚŞŠŤŮŰŹŻŽ"
_WORD = rf"(?:[{UPPER}][\w’'-]+|[{UPPER}]\.(?:\s?[{UPPER}]\.)*)"
_BETWEEN = r"(?:van|de|der|den|het|ten|ter|te|von|zu|['’][ts]|el|al|bin|ben|la|le|du|da|dos|di|vd|v/d|v\.d\.)"
_NAME = rf"(?:{_BETWEEN} +){{0,3}}{_WORD}(?: +(?:{_BETWEEN} +){{0,3}}{_WORD}){{0,3}}"
_NAMES = rf"(?P<name>{_NAME}(?: *(?:&|\+| en | and ) *{_NAME})?)"
_SMALL = r"[^\W\d_][^\W\d_’'-]*(?: [^\W\d_][^\W\d_’'.-]*){0,3}"
_GAP = r"(?:[\s,.!:;–-]|<br ?/?>)+"
_FROM_HERE = r"(?:^|(?<=[.!?>\n])|(?<=[.!?>] ))[ \t]{0,3}"
_TITLE = (
    r"(?:(?:de )?heer|meneer|mevrouw|mijnheer|dhr\.?|mevr\.?|mw\.?|mvr\.?|mister|miss"
    r"|(?-i:Mr|Mrs|Ms|mr\.|mrs\.|ms\.)\.?)"
)
_SIGNED = (
    r"(?<![\w-])(?<!\d )(?:(?:met )?(?:een )?(?:vriendelijke|hartelijke|warme|sportieve|zonnige|lieve|de beste|vr\.?)? ?"
    r"(?:groetjes|groeten|groet)|m\.?v\.?g\.?|gr|grtz?|grtjs|hoogachtend|liefs|(?:kind(?:est)? |best |warm(?:est)? |many )?"
    r"regards|rgds|best wishes|(?:yours )?(?:sincerely|faithfully)|yours(?: truly)?|greetings|cheers)"
)
_THANKED = r"(?<![\w-])(?:bedankt|dank(?: ?je| ?u)?(?: ?wel)?|thanks(?: in advance)?|thank you|thx)(?: alvast| again)?"
_WISHED = (
    r"(?<![\w-])(?:(?:fijne|prettige|mooie) (?:dag|avond)|fijn weekend|have a (?:nice|good|great|lovely) "
    r"(?:day|evening|weekend))(?: nog| verder)?"
)
_HELLO = r"(?:hi|hoi|hey|hai|hé|hallo|hello|dag|goede(?:morgen|middag|navond|ndag)|good (?:morning|afternoon|evening))"
_DEAR = r"(?:beste|geachte|lieve|dear)"
_SAID = (
    r"(?<![\w-])(?:(?:mijn|m['’]n|my)(?: volledige| full)? (?:naam is|naam:|name is|name['’]s)|ik heet|t\.?n\.?v\.?"
    r"|ten name van|op naam van|in the name of|on behalf of|namens|u spreekt met|you are speaking (?:with|to))"
)
_LABEL = (
    r"(?:van|from|aan|to|(?:voor|achter|klant)?naam|(?:first |last |full )?name|afzender|sender|contactpersoon"
    r"|ontvanger|recipient|klant|customer|t\.?a\.?v\.?) ?:"
)
_I_AM = r"(?<![\w-])(?-i:[Ii]k ben|I am|i am|[Ii]['’]m)"
_SAID_SMALL = r"(?<![\w-])(?:(?:mijn|m['’]n|my) (?:naam is|name is)|ik heet) "
_HELLO_ENDS = r"(?= ?(?:[,!;:\n<]|\.(?:\s|$)|$)| (?:ik|wij|we|I|thanks|bedankt)\b)"
_LINE_ENDS = r"(?=[ .!]*(?:$|\n|<br))"


def _compiled(before: str, name: str, after: str = "") -> re.Pattern:
    return re.compile(rf"(?P<before>(?i:{before}))(?P<whole>{name}){after}", re.MULTILINE)


_HEARD = {  # how the words before a name are seen at once in a million texts; and the patterns, in order
    "title": r"(?i)\b(?:heer|meneer|mevrouw|mijnheer|dhr|mevr|mw|mvr|mister|miss|mrs?|ms)\b",
    "signed": r"(?i)groet|regards|\brgds|\bm\.?v\.?g\b|\bgrt?z?\b|grtjs|hoogachtend|liefs|wishes|sincerely|faithfully|\byours"
    r"|cheers",
    "thanked": r"(?i)\bbedankt|\bdank|\bthank|\bthx",
    "wished": r"(?i)(?:fijne|prettige|mooie) (?:dag|avond)|fijn weekend|have a ",
    "love": r"(?i)\b(?:best|love),",
    "hello": r"(?i)\b(?:h[oae]i|hey|hé|hi|hallo|hello|dag|goede(?:morgen|middag|navond|ndag)|good [mae]\w+)\b",
    "dear": r"(?i)\b(?:beste|geachte|lieve|dear) ",
    "said": r"(?i)naam|\bname|\bheet\b|\bt\.?n\.?v|behalf|spreekt|speaking",
    "label": r"(?i)(?:van|from|aan|to|naam|name|klant|customer|afzender|sender|ontvanger|recipient|persoon|t\.?a\.?v\.?) ?:",
    "am": r"(?i)\b(?:ik ben|i am|i['’]m) ",
}
_TOKEN = re.compile(r"[^\s&+]+")
_LETTERS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@lru_cache
def lists() -> dict:
    """The content file: words around names and addresses, lengths of account numbers."""
    return tomllib.loads((words.CONTENT / "intake_personal.toml").read_text(encoding="utf-8"))


@lru_cache
def group(name: str) -> frozenset[str]:
    """One list of words from the content file."""
    return frozenset(lists()["words"][name])


@lru_cache
def common() -> frozenset[str]:
    """Words that are no name: the stop words of both languages and those of senders, readers and shops."""
    from stop_words import get_stop_words

    return frozenset({*get_stop_words("nl"), *get_stop_words("en")} | group("ordinary")) - group("between")


@lru_cache
def _patterns_before() -> tuple:
    """What announces a name, in order: how it is heard, the pattern, and what rule its names keep to."""
    return (
        ("title", _compiled(rf"(?<![\w/]){_TITLE} ", _NAMES), {}),
        ("signed", _compiled(_SIGNED + _GAP + r"(?:van )?", _NAMES), {}),
        ("thanked", _compiled(_THANKED + _GAP, _NAMES, r"(?=[ .!,]*(?:$|\n|<br)| voor | for |[,!])"), {}),
        ("wished", _compiled(rf"{_WISHED}[,!.]{_GAP}", _NAMES, _LINE_ENDS), {}),
        ("love", _compiled(rf"{_FROM_HERE}(?:best|love),[ \n]{{0,4}}", _NAMES, _LINE_ENDS), {}),
        ("hello", _compiled(rf"{_FROM_HERE}{_HELLO},? ", _NAMES, _HELLO_ENDS), {}),
        ("dear", _compiled(rf"{_FROM_HERE}{_DEAR} ", _NAMES, r"(?= ?(?:[,:\n]|<br))"), {}),
        ("said", _compiled(rf"{_SAID}{_GAP}", _NAMES), {}),
        ("label", _compiled(rf"^[ \t]*{_LABEL} ?", _NAMES), {}),
        ("am", _compiled(_I_AM + " ", _NAMES), {"least": 2}),
        (
            "signed",
            _compiled(_SIGNED + _GAP + r"(?:van )?", rf"(?P<name>{_SMALL})", _LINE_ENDS),
            {"whole": True},
        ),
        (
            "hello",
            _compiled(rf"^[ \t]*{_HELLO} ", r"(?P<name>[^\W\d_]{3,15})", r"(?= ?[,\n])"),
            {"whole": True},
        ),
        ("said", _compiled(_SAID_SMALL, rf"(?P<name>{_SMALL})"), {}),
    )


def mask(text: str) -> str:
    """A text with the names masked that a greeting, sign-off or introduction announces.

    >>> mask("Beste Sanne, mijn naam is Jan de Vries. Groeten, Jan")
    'Beste [name], mijn naam is [name]. Groeten, [name]'
    """
    for _likely, masked_by in steps():
        text = masked_by(text)
    return text


@lru_cache
def steps() -> list[tuple[str, Callable[[str], str]]]:
    """One after the other: a regular expression (RE2) that says where it is worth while, and what masks."""
    return [
        (_HEARD[heard], partial(pattern.sub, partial(_without_name, **rule)))
        for heard, pattern, rule in _patterns_before()
    ]


def _without_name(found: re.Match, *, least: int = 1, whole: bool = False) -> str:
    """The match with its name masked, as far as its words can be a name."""
    name = found["name"]
    end, size = _length(name)
    if size < least or (whole and end < len(name)):
        return found[0]
    return found["before"] + MASK + name[end:]


def _length(name: str) -> tuple[int, int]:
    """Where the name ends inside what was found, and of how many words it is, those between not counted."""
    end = size = 0
    for token in _TOKEN.finditer(name):
        word = token[0].casefold().rstrip(".,!")
        if word in group("between") or (word in ("en", "and") and size):
            continue
        initial = re.fullmatch(r"(?:[^\W\d_]\.)+", token[0])
        if not initial and (word in common() or word in group("titles") or token[0].startswith("[")):
            break
        end, size = token.start() + len(token[0].rstrip(",!")), size + 1
    return end, size


def own(text: str, names: Iterable[str]) -> str:
    """A text without the names of the people of its own row, whole or in part.

    >>> own("Jan Bakker heeft besteld, zei Jan tegen de bakker", ["Jan Bakker"])
    '[name] heeft besteld, zei [name] tegen de bakker'
    """
    names = tuple(name for name in names if name)
    if not any(part in text.casefold() for part in parts(" ".join(names))):
        return text
    for pattern in _patterns(names):
        text = pattern.sub(MASK, text)
    return _JOINED.sub(MASK, text) if MASK in text else text


_JOINED = re.compile(rf"\[name\](?:[ .]+(?:{_BETWEEN} +){{0,3}}\[name\])+")


@lru_cache(100_000)
def parts(name: str) -> tuple[str, ...]:
    """The words of a name that can be looked for: three letters or more, nothing in between.

    >>> parts("J. van den Berg-Smit"), parts("Jo de Wit")
    (('berg-smit',), ('wit',))
    """
    found = (word.casefold() for word in _LETTERS.findall(name))
    return tuple(word for word in found if len(word) >= 3 and word not in group("between") | common())


@lru_cache(20_000)
def _patterns(names: tuple[str, ...]) -> tuple[re.Pattern, ...]:
    """What to look for: the whole names first, then their words; words of the language with a capital only."""
    joined = " ".join(names)
    wholes = {name.strip() for name in (joined, *names) if len(_LETTERS.findall(name)) > 1}
    patterns = [_whole(name) for name in sorted(wholes, key=len, reverse=True)]
    for part in dict.fromkeys(parts(joined)):
        if part in group("also_words"):
            patterns.append(re.compile(rf"(?<=[\w,] ){re.escape(part.title())}(?![\w-])"))
        else:
            patterns.append(re.compile(rf"(?<![\w-]){re.escape(part)}(?!\w)(?!-\w)", re.IGNORECASE))
    return tuple(patterns)


def _whole(name: str) -> re.Pattern:
    """A whole name, its words apart by blanks or dots; case counts where all of them are words of the language."""
    told = [part for part in parts(name) if part not in group("also_words")]
    text = r"[ .,]+".join(map(re.escape, re.split(r"[ .,]+", name)))
    return re.compile(rf"(?<!\w){text}(?:-[^\W\d_]+)?(?!\w)", re.IGNORECASE if told else re.NOFLAG)


def short(name: str) -> str:
    """A colleague's name as short as it still tells colleagues apart: first name and one letter; the same in
    every file. What is no name of a person stays as it is.

    >>> short("Sanne de Vries"), short("sanne.bakker@winkel.example"), short("Team Retouren"), short("agent-12")
    ('Sanne V.', 'Sanne B.', 'Team Retouren', 'agent-12')
    """
    plain = (
        " ".join(name.partition("@")[0].replace(".", " ").replace("_", " ").split()) if "@" in name else name
    )
    plain = " ".join(reversed(plain.split(", "))) if plain.count(", ") == 1 else plain.strip()
    told = [word for word in plain.split() if word.casefold().strip(".") not in group("between")]
    if not told or any(not _LETTERS.fullmatch(word.strip(".")) for word in told):
        return name if "@" not in name else plain.split(" ")[0]
    if any(word.casefold() in group("ordinary") for word in told):
        return plain
    first = told[0].title() if "@" in name else told[0]
    return f"{first} {told[-1][0].upper()}." if len(told) > 1 else first
