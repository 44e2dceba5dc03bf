"""The register: every figure has a source, a caveat and its contradictions, in both languages."""

from __future__ import annotations

import ast
import csv
import json
import re
from pathlib import Path

import pytest

from csworkbook import evidence, language
from csworkbook.errors import SettingError

ROOT = Path(__file__).parents[1]
FIELDS = {
    "id", "claim", "value", "low", "high", "unit", "kind", "measured_on", "source", "year", "section", "where",
    "topic", "caveat", "contradicts",
}  # fmt: skip
EVERY = [
    row["id"] for row in csv.DictReader((ROOT / "csworkbook/content/evidence.csv").open(encoding="utf-8"))
]


@pytest.fixture(params=["en", "nl"])
def spoken(request):
    with language.speaking(request.param):
        yield request.param


# Dixon, Freeman & Toman, Harvard Business Review, July 2010
@pytest.mark.parametrize(
    ("id", "share"), [("effort-buy-again", 0.94), ("effort-spend-more", 0.88), ("effort-negative-word", 0.81)]
)
def test_the_handbooks_effort_figures(id, share):
    entry = evidence.get(id)
    assert (entry.value, entry.unit, entry.year) == (share, "share", "2010")
    assert "HBR" in entry.source


# read in the texts by hand: value, unit, section
@pytest.mark.parametrize(
    ("id", "value", "unit", "section"),
    [
        ("company-superior-80", 0.8, "share", "1.1"),
        ("customers-superior-8", 0.08, "share", "1.1"),
        ("complain-1-in-26", 26, "one in", "1.1"),
        ("silent-leave-91", 0.91, "share", "1.1"),
        ("cart-abandonment-68", 0.6791, "share", "4.6"),
        ("mail-response-633-min", 10 * 60 + 33, "minutes", "4.7"),
        ("chats-at-once-2-5", 2.5, "count", "5.5"),
        ("self-service-cost-010", 0.10, "dollar", "4.5"),
        ("chat-spend-55", 0.55, "relative", "0.2"),
        ("responsive-bounce-18", -0.18, "relative", "4.6"),
        ("effort-hard-20", 0.2, "share", "Effort study"),
    ],
)
def test_figures_read_in_the_texts(id, value, unit, section):
    entry = evidence.get(id)
    assert (entry.value, entry.unit, entry.section) == (pytest.approx(value), unit, section)


def test_there_are_as_many_entries_as_lines_and_every_id_is_a_plain_word():
    assert len(EVERY) == len(set(EVERY)) == len(evidence.table()) >= 120
    assert [id for id in EVERY if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", id)] == []


def test_every_entry_is_whole(spoken):
    table = evidence.table()
    assert set(table.columns) == FIELDS
    for column in ("claim", "unit", "kind", "measured_on", "source", "section", "where", "topic", "caveat"):
        assert table.loc[table[column].str.strip() == "", "id"].tolist() == [], column
    assert table["value"].notna().all()
    assert table.loc[~table["year"].str.fullmatch(r"(19|20)\d\d|"), "id"].tolist() == []
    assert set(table["kind"]) <= set(evidence.kinds())
    assert set(table["unit"]) <= set(evidence.units())
    assert table.loc[~table["section"].str.match(r"[0-5]\.\d$|\D"), "id"].tolist() == []


@pytest.mark.parametrize("id", EVERY)
def test_the_claim_states_the_number(id, spoken):
    entry = evidence.get(id)
    said = re.findall(r"\d(?:[\d.,]*\d)?", entry.say())
    assert said
    assert set(said) <= set(re.findall(r"\d(?:[\d.,]*\d)?", entry.claim)), entry.say()


@pytest.mark.parametrize("id", EVERY)
def test_a_line_for_beside_a_picture_says_value_source_and_year(id, spoken):
    entry = evidence.get(id)
    assert entry.say() in entry.line()
    assert entry.source in entry.line()
    assert (entry.year or entry.when()) in entry.line()
    assert not re.search(r"[{}]|nan|None", entry.line())


def test_ranges_hold_their_value_and_shares_are_no_percentages():
    table = evidence.table()
    low, high = table["low"].fillna(table["value"]), table["high"].fillna(table["value"])
    assert table.loc[~table["value"].between(low, high), "id"].tolist() == []
    assert (table["low"].notna() & table["high"].notna()).any()
    assert table.loc[table["unit"] == "share", "value"].between(0, 1).all()
    assert table.loc[table["unit"] == "relative", "value"].between(-1, 1.2).all()  # the most is 118 % more
    assert (table.loc[~table["unit"].isin(["share", "relative"]), "value"] > 0).all()


def test_the_same_figures_in_both_languages_in_other_words():
    english = evidence.table()
    with language.speaking("nl"):
        dutch = evidence.table()
    assert english["value"].equals(dutch["value"])
    for column in ("claim", "caveat"):
        assert (english[column] != dutch[column]).all()
    formal = re.compile(r"\b(u|uw)\b", re.IGNORECASE)
    texts = dutch[["id", "claim", "measured_on", "caveat"]].itertuples(index=False)
    assert [row.id for row in texts if formal.search(" ".join(row[1:]))] == []


# the ways the texts contradict themselves that an owner meets first
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("one-conversation-84", "one-interaction-88"),
        ("chat-twinkle-43", "chat-twinkle-17"),
        ("finds-information-52", "finds-no-answer-52"),
        ("phone-satisfaction-44", "phone-satisfaction-91"),
        ("chat-used-75", "chat-used-65"),
        ("repeat-fewer-25-least", "repeat-fewer-25-most"),
    ],
)
def test_known_contradictions(one, other):
    assert {one, other} in [{a.id, b.id} for a, b in evidence.contradictions()]


def test_contradictions_are_mutual_and_told_once():
    pairs = evidence.contradictions()
    assert len({frozenset((a.id, b.id)) for a, b in pairs}) == len(pairs) > 0
    for a, b in pairs:
        assert a.id != b.id
        assert b.id in a.contradicts
        assert a.id in b.contradicts
        assert b in a.against()
    pointed = {id for entry in evidence.search() for id in entry.contradicts}
    assert pointed == {entry.id for pair in pairs for entry in pair}


def entry(value, unit, low=None, high=None):
    texts = dict.fromkeys(("claim", "kind", "measured_on", "source", "year", "section", "where"), "x")
    return evidence.Entry(
        id="x", value=value, low=low, high=high, unit=unit, topic="chat", caveat="x", contradicts=(), **texts
    )


@pytest.mark.parametrize(
    ("figure", "english", "dutch"),
    [
        (entry(0.94, "share"), "94%", "94%"),
        (entry(0.6791, "share"), "67.91%", "67,91%"),
        (entry(0.885, "share"), "88.5%", "88,5%"),
        (entry(0.25, "share", 0.25, 0.8), "25%–80%", "25%–80%"),
        (entry(1.15, "relative"), "115% more", "115% meer"),
        (entry(-0.12, "relative"), "12% less", "12% minder"),
        (entry(7.5, "times"), "7.5 times", "7,5 keer"),
        (entry(26, "one in"), "1 in 26", "1 op de 26"),
        (entry(16, "people"), "16 people", "16 mensen"),
        (entry(2.5, "count"), "2.5", "2,5"),
        (entry(70, "seconds"), "1 minute and 10 seconds", "1 minuut en 10 seconden"),
        (entry(60, "seconds"), "60 seconds", "60 seconden"),
        (entry(246, "minutes"), "4 hours and 6 minutes", "4 uur en 6 minuten"),
        (entry(72, "hours"), "72 hours", "72 uur"),
        (entry(1, "days"), "1 day", "1 dag"),
        (entry(10, "euro"), "€10", "€\u00a010"),
        (entry(0.1, "dollar"), "US$0.10", "US$\u00a00,10"),
        (entry(0.43, "share", low=0.43), "more than 43%", "meer dan 43%"),
        (entry(0.09, "relative", high=0.09), "up to 9% more", "tot 9% meer"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_unit_is_said_as_people_do(figure, english, dutch):
    assert figure.say() == english
    with language.speaking("nl"):
        assert figure.say() == dutch


def test_a_topic_is_a_part_of_the_register(spoken):
    part = evidence.table("effort")
    assert set(part["topic"]) == {"effort"}
    assert 0 < len(part) < len(evidence.table())
    assert evidence.table("no such topic").empty
    assert set(evidence.table("no such topic").columns) == FIELDS
    assert set(evidence.topics()) == set(evidence.table()["topic"])
    assert all(evidence.topics().values())


def test_words_are_found_in_any_order_without_capitals_or_accents():
    def ids(words, **more):
        return [found.id for found in evidence.search(words, **more)]

    assert ids("conversation FRIENDLY") == ids("friendly conversation") == ["one-conversation-84"]
    assert ids("67.91") == ["cart-abandonment-68"]
    assert ids("friendly", topic="chat") == []
    assert ids("") == EVERY
    with language.speaking("nl"):
        assert "one-conversation-84" in ids("EEN vriendelijk gesprek")  # één


def test_the_age_of_a_figure():
    years = {found.id: found.year for found in evidence.search()}
    later = {found.id for found in evidence.search(since=2015)}
    assert later == {id for id, year in years.items() if year and int(year) >= 2015} != set()
    assert {found.year for found in evidence.search(since=2011, until=2012)} == {"2011", "2012"}
    dated, undated = evidence.search(dated=True), evidence.search(dated=False)
    assert len(dated) + len(undated) == len(EVERY)
    assert {found.year for found in undated} == {""}
    assert evidence.search(since=2000, dated=False) == []


def test_an_unknown_entry_names_itself():
    with pytest.raises(SettingError, match="effort-nonsense"):
        evidence.get("effort-nonsense")


def test_getting_an_entry_takes_no_pandas():
    import subprocess
    import sys

    code = "import sys; from csworkbook import evidence; evidence.get('churn-profit').line(); print('pandas' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert said.stdout.strip() == "False"


# ------------------------------------------------------------------ every id in the code exists


def named(tree: ast.AST) -> set[str]:
    """Texts that stand where an id of the register is meant."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            places = [keyword.value for keyword in node.keywords if keyword.arg == "benchmark"]
            if called.endswith("evidence.get"):
                places += node.args[:1]
            if called in ("_claimed", "Finding"):
                places += node.args[1:2] if called == "_claimed" else node.args[3:4]
        elif isinstance(node, ast.Assign) and "BENCHMARK" in ast.unparse(node.targets[0]):
            places = list(ast.walk(node.value))
        else:
            continue
        for place in places:
            found |= {one.value for one in ast.walk(place) if isinstance(one, ast.Constant)}
    return {text for text in found if isinstance(text, str) and "-" in text}


def sources() -> dict[str, str]:
    code = {
        str(path.relative_to(ROOT)): path.read_text("utf-8") for path in (ROOT / "csworkbook").rglob("*.py")
    }
    for path in (ROOT / "notebooks").rglob("*.ipynb"):
        if ".ipynb_checkpoints" in path.parts:
            continue
        cells = [cell for cell in json.loads(path.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"]
        code[str(path.relative_to(ROOT))] = "\n".join("".join(cell["source"]) for cell in cells)
    return code


def test_every_id_in_code_and_notebooks_exists():
    used = {place: named(ast.parse(code)) for place, code in sources().items()}
    every = set().union(*used.values())
    assert {
        "effort-buy-again",
        "churn-profit",
        "effort-disloyal-10",
        "leave-bad-service-91",
    } <= every  # the search finds them
    assert {place: ids - set(EVERY) for place, ids in used.items() if ids - set(EVERY)} == {}


def test_an_id_that_does_not_exist_would_be_found():
    code = """evidence.get("no-such-one"); Finding(1, 2, 3, "nor-this" if x else None); f(benchmark="nor-that")
_BENCHMARKS = {1: "nor-the-other"}"""
    assert named(ast.parse(code)) == {"no-such-one", "nor-this", "nor-that", "nor-the-other"}
