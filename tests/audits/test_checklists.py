"""Checklists are files: ours are whole in both languages, a workbook adds its own, faults are named."""

import pytest

from csworkbook import audits, evidence
from csworkbook.errors import DataError, SettingError
from csworkbook.language import speaking
from csworkbook.shop import new_shop, open_shop

OURS = {
    "ux": 11,
    "home": 12,
    "checkout": 15,
    "cart_rules": 9,
    "people_processes_systems": 15,
    "first_aid": 12,
}
OWN = """
[nl]
title = "Onze eigen lijst"

[[items]]
id = "bel"
[items.nl]
question = "Neemt er iemand op?"
"""


@pytest.fixture
def shop(tmp_path):
    return new_shop(tmp_path / "shop", name="Fietsenwinkel", language="nl")


def written(shop, name, text):
    folder = shop.folder / "checklists"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.toml").write_text(text, "utf-8")
    return shop


@pytest.mark.parametrize(("name", "n"), OURS.items())
def test_ours_are_whole_in_both_languages(name, n):
    english, dutch = (audits.checklist(name, language=one) for one in ("en", "nl"))
    assert len(english.items) == len(dutch.items) == n
    assert [item.number for item in english.items] == list(range(1, n + 1))
    for here, there in zip(english.items, dutch.items, strict=True):
        assert here.id == there.id
        for part in ("question", "why", "good", "lack", "action"):
            assert getattr(here, part), (name, here.id, part)
            assert getattr(here, part) != getattr(there, part), (name, here.id, part)
        assert bool(here.note) == bool(there.note)
        assert not here.evidence or evidence.get(here.evidence).id == here.evidence
    assert english.groups.keys() == dutch.groups.keys() == {item.group for item in english.items}
    assert english.section in ("4.2", "4.3", "4.6", "4.7", "5.5")
    assert english.chapter in ("07_funnel", "08_checkout", "09_channels")


def test_the_fourteenth_question_of_the_checkout_counts_the_other_way_round():
    reversed_ones = {item.number for item in audits.checklist("checkout").items if item.good_answer == "no"}
    assert reversed_ones == {14}
    twice = audits.checklist("checkout").item("twice")
    assert [twice.points(answer) for answer in ("yes", "partly", "no", "na", "")] == [0, 0.5, 1, None, None]


def test_each_golden_rule_has_points_to_check():
    rules = audits.checklist("cart_rules")
    assert [sum(item.group == group for item in rules.items) for group in rules.groups] == [3, 3, 3]


def test_people_come_before_processes_and_systems():
    team = audits.checklist("people_processes_systems")
    assert list(team.groups) == ["people", "processes", "systems"]
    assert [sum(item.group == group for item in team.items) for group in team.groups] == [5, 5, 5]
    assert team.items[0].id == "asked"  # the team itself is asked first
    assert team.item("asked").note
    assert team.item("again").points("yes") == 0  # having to tell it again is bad


def test_first_aid_goes_from_counting_to_the_cause():
    aid = audits.checklist("first_aid")
    assert list(aid.groups) == ["know", "stem", "clear", "learn"]
    assert (aid.items[0].id, aid.items[-1].id) == ("counted", "cause")
    assert aid.item("largest").evidence == "complaints-four-80"


def test_what_stands_in_two_checklists_is_found_once():
    same = [audits.checklist(name).item("guest") for name in ("ux", "checkout")]
    assert same[0].lack == same[1].lack
    assert same[0].action == same[1].action


def test_a_workbook_adds_its_own_and_takes_the_place_of_ours(shop):
    written(shop, "bellen", OWN)
    written(shop, "ux", OWN)
    assert audits.names(shop) == [*sorted(OURS), "bellen"]
    mine = audits.checklist("bellen", shop)
    assert (mine.title, mine.source, [item.question for item in mine.items]) == (
        "Onze eigen lijst",
        "a checklist of your own",
        ["Neemt er iemand op?"],
    )
    assert len(audits.checklist("ux", shop).items) == 1
    assert len(audits.checklist("ux", open_shop()).items) == 11


def test_a_changed_file_is_read_anew(shop):
    written(shop, "bellen", OWN)
    assert audits.checklist("bellen", shop).title == "Onze eigen lijst"
    written(shop, "bellen", OWN.replace("Onze eigen lijst", "Een andere lijst"))
    assert audits.checklist("bellen", shop).title == "Een andere lijst"


def test_a_text_that_is_missing_in_one_language_comes_from_the_other(shop):
    text = OWN + 'why = "Wie niet opneemt, mist iets."\n[items.en]\nquestion = "Does somebody answer?"\n'
    written(shop, "bellen", text)
    item = audits.checklist("bellen", shop, language="en").item("bel")
    assert (item.question, item.why) == ("Does somebody answer?", "Wie niet opneemt, mist iets.")


def test_an_unknown_one_is_refused_with_those_there_are(shop):
    with pytest.raises(
        SettingError, match="cart_rules, checkout, first_aid, home, people_processes_systems and ux"
    ):
        audits.checklist("chat", shop)
    with pytest.raises(SettingError):
        audits.checklist("../ux", shop)
    with pytest.raises(SettingError, match="no question"):
        audits.checklist("ux").item("parking")
    with pytest.raises(SettingError):
        audits.checklist("ux", language="de")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[en]\ntitle = "A"', "no questions"),
        ("title = ", "cannot be read"),
        (OWN.replace("question", "qestion"), "Perhaps “question” was meant"),
        (OWN.replace("[nl]", "[de]"), "“de” means nothing here"),
        (OWN.replace('title = "Onze eigen lijst"', ""), "no “title”"),
        (OWN.replace('"Neemt er iemand op?"', '"  "'), "question “bel”: There is no “question”"),
        (OWN.replace('"Neemt er iemand op?"', "3"), "must be a text"),
        (OWN.replace('id = "bel"', 'id = "bel"\nweight = 0'), "above 0"),
        (OWN.replace('id = "bel"', 'id = "bel"\nweight = true'), "above 0"),
        (OWN.replace('id = "bel"', 'id = "bel"\nweight = nan'), "above 0"),
        (OWN.replace('id = "bel"', 'id = "bel"\ngood_answer = "maybe"'), "must be"),
        (OWN.replace('id = "bel"', 'id = "bel"\nevidence = "hearsay"'), "no “hearsay”"),
        (OWN.replace('id = "bel"', 'id = "bel"\nevidence = ["hearsay"]'), "hearsay"),
        (OWN.replace('id = "bel"', 'id = "bel"\ngroup = "hulp"'), "no group “hulp”"),
        (OWN.replace('id = "bel"', 'id = "bel"\ngroup = ["hulp"]'), "no group"),
        (OWN.replace('id = "bel"', 'id = "een bel"'), "question 1: It needs an “id”"),
        (OWN.replace('id = "bel"', ""), "question 1: It needs an “id”"),
        (OWN + OWN[OWN.index("[[items]]") :], "given twice"),
        (OWN.replace("[[items]]", "[items]").replace("[items.nl]\n", ""), "must be written as"),
        (OWN + '[[groups]]\nid = "a"\n[[groups]]\nid = "a"', "given twice"),
        (OWN.replace("[items.nl]\nquestion = ", "nl = "), "must hold texts"),
        (OWN.replace("[nl]\ntitle = ", "nl = "), "must hold texts"),
        ("items = 3", "must be written as"),
        ("", "no “title”"),
    ],
)  # fmt: skip
def test_every_fault_is_named_with_its_place(shop, text, said):
    written(shop, "bellen", text)
    with pytest.raises(DataError, match=r"bellen\.toml") as caught:
        audits.checklist("bellen", shop)
    assert said in str(caught.value)


def test_all_faults_are_told_at_once_and_many_are_counted(shop):
    wrong = "".join(f'[[items]]\nid = "a{n}"\nweight = -1\n[items.en]\nquestion = "?"\n' for n in range(12))
    written(shop, "bellen", '[en]\ntitle = "A"\n' + wrong)
    with pytest.raises(DataError, match=r"question “a0”.*question “a7”.*and 4 more"):
        audits.checklist("bellen", shop)


def test_a_file_that_is_not_text_is_refused(shop):
    (shop.folder / "checklists").mkdir()
    (shop.folder / "checklists" / "bellen.toml").write_bytes(b"\xff\xfe\x00title")
    with pytest.raises(DataError, match="cannot be read"):
        audits.checklist("bellen", shop)
    with speaking("nl"), pytest.raises(DataError, match=r"bellen\.toml"):
        audits.checklist("bellen", shop)
