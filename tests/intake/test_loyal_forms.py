"""The ten questions to loyal customers come back from every form tool, and no other file is taken for them."""

import csv
import io

import pytest

from csworkbook import intake, personas
from csworkbook.errors import DataError
from csworkbook.tables import LOYAL_QUESTIONS

SAID = {
    "other_shops": ["IKEA en HEMA", "bol.com", "geen"],
    "phone": ["iPhone 13", "Samsung Galaxy A54", "Fairphone 5"],
    "apps": ["Vinted", "Too Good To Go", "Strava"],
    "brands": ["Rituals", "Dille & Kamille", "Lego"],
    "music": ["Coldplay", "klassiek", "Beyoncé"],
    "films": ["Amélie", "The Crown", "1917"],
    "heroes": ["Nelson Mandela", "mijn oma", "Frida Kahlo"],
    "holiday": ["Noorwegen", "Italië", "Japan"],
    "ambition": ["een eigen moestuin", "een wereldreis", "meer tijd voor mijn kinderen"],
    "hobbies": ["tuinieren, lezen", "wandelen", "koken"],
}
HANDBOOK = [  # the ideas of the handbook, as owners write such questions down
    "Wat heb je kortgeleden bij andere winkels gekocht?", "Wat voor mobiele telefoon heb je?", "Heb je de nieuwe apps?",
    "Van welke andere merken houd je?", "Wat is je favoriete muziek?", "Wat is je favoriete film?", "Wie zijn je helden?",
    "Wat is je ideale vakantiebestemming?", "Wat is je grootste ambitie?", "Wat zijn je hobby's?",
]  # fmt: skip
OTHERS = [
    "What other stores have you shopped at?", "What phone do you have?", "Which new apps do you use?",
    "What other brands do you like?", "Favorite music", "Favorite movie", "Who is your hero?", "Dream vacation",
    "Biggest ambition", "Hobbies",
]  # fmt: skip


def form(questions, head=(), cells=(), *, rows=12, delimiter=",", columns=LOYAL_QUESTIONS) -> bytes:
    """A file of a form tool; `cells` gives what stands under `head` in row n."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow([*head, *questions])
    for n in range(rows):
        writer.writerow([*(cell(n) for cell in cells), *(SAID[name][n % 3] for name in columns)])
    return out.getvalue().encode()


def day(n):
    return f"{n + 1:02}-06-2026 10:00:00"


TOOLS = {
    "google": (["Tijdstempel", "E-mailadres"], [day, lambda n: f"k{n}@example.com"]),
    "microsoft": (
        ["Id", "Begintijd", "Tijd van voltooien", "E-mail", "Naam"],
        [str, day, day, lambda n: f"k{n}@example.com", lambda n: f"Jan de Vries {n}"],
    ),
    "limesurvey": (
        ["id", "submitdate", "lastpage", "startlanguage"],
        [str, lambda n: f"2026-06-{n + 1:02} 10:00:00", lambda n: 2, lambda n: "nl"],
    ),
    "typeform": (
        ["#", "Start Date (UTC)", "Submit Date (UTC)", "Network ID"],
        [str, lambda n: "2026-06-01 08:00:00", lambda n: f"2026-06-{n + 1:02} 08:00:00", lambda n: f"n{n}"],
    ),
    "own": (["Datum", "Klantnummer"], [day, lambda n: 1000 + n]),
}


@pytest.mark.parametrize("spoken", ["nl", "en"])
@pytest.mark.parametrize("tool", TOOLS)
def test_our_own_questionnaire_comes_back_whole_from_every_tool(tool, spoken):
    head, cells = TOOLS[tool]
    questions = personas.loyal_questions(language=spoken).table["question"]
    found = intake.read(form(questions, head, cells), filename="answers.csv", key=b"k" * 32)
    assert (found.table, found.used) == ("loyal_survey", 12)
    for name in LOYAL_QUESTIONS:
        assert found.frame[name].tolist() == SAID[name] * 4
    assert found.frame["answered_at"].dt.strftime("%Y-%m-%d %H").tolist() == [
        f"2026-06-{n:02} 10" for n in range(1, 13)
    ]
    if tool in ("google", "microsoft"):
        assert found.frame["customer_id"].nunique() == 12
        assert not found.frame["customer_id"].str.contains("@").any()
    if tool == "own":
        assert found.frame["customer_id"].tolist() == [str(1000 + n) for n in range(12)]


@pytest.mark.parametrize("prefix", ["{n}. ", "G01Q{n:02}. ", "Vraag {n}: ", "[Q{n}] "])
def test_numbers_before_the_questions_do_not_matter(prefix):
    asked = personas.loyal_questions(language="nl").table["question"]
    numbered = [prefix.format(n=n) + one for n, one in enumerate(asked, 1)]
    found = intake.read(form(numbered), filename="answers.csv")
    assert [found.mapping[one] for one in numbered] == list(LOYAL_QUESTIONS)


@pytest.mark.parametrize("questions", [HANDBOOK, OTHERS], ids=["handbook", "english"])
def test_questions_in_an_owners_own_words_are_known(questions):
    found = intake.read(form(questions, ["Datum"], [day], delimiter=";"), filename="x.csv")
    assert [found.mapping[one] for one in questions] == list(LOYAL_QUESTIONS)


def test_three_of_the_questions_are_enough_and_two_are_not():
    asked = personas.loyal_questions(language="en").table.set_index("column")["question"]
    three, two = ["music", "films", "hobbies"], ["music", "hobbies"]
    found = intake.read(form(asked[three], columns=three), filename="x.csv")
    assert (found.table, found.used) == ("loyal_survey", 12)
    with pytest.raises(DataError, match="not recognised as a table"):
        intake.read(form(asked[two], columns=two), filename="x.csv")
    with pytest.raises(DataError, match="three of the questions about"):
        intake.read(form(asked[two], columns=two), filename="x.csv", table="loyal_survey")


def test_one_question_will_do_where_the_owner_says_what_it_is():
    data = form(["Wat luister je?"], ["Datum"], [day], columns=["music"])
    found = intake.read(data, filename="x.csv", table="loyal_survey", mapping={"Wat luister je?": "music"})
    assert found.frame["music"].tolist() == SAID["music"] * 4


def test_a_question_of_the_owners_own_is_kept_under_its_own_name_and_masked():
    asked = [*HANDBOOK, "Wat eet je het liefst?"]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(asked)
    for n in range(8):
        writer.writerow(
            [*(SAID[name][n % 3] for name in LOYAL_QUESTIONS), f"soep {n}, mail jan{n}@example.com"]
        )
    found = intake.read(out.getvalue().encode(), filename="x.csv")
    assert found.mapping["Wat eet je het liefst?"] == "wat_eet_je_het_liefst"
    assert found.frame["wat_eet_je_het_liefst"].tolist() == [f"soep {n}, mail [e-mail]" for n in range(8)]


def test_what_tells_who_somebody_is_is_masked_and_heroes_stay():
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Naam", *HANDBOOK])
    secret = {"ambition": "bel me op 06-12345678 of jan@example.com", "heroes": "Nelson Mandela"}
    for n in range(6):
        writer.writerow(
            [f"Piet Jansen{n}", *(secret.get(name, SAID[name][n % 3]) for name in LOYAL_QUESTIONS)]
        )
    found = intake.read(out.getvalue().encode(), filename="x.csv")
    assert "12345678" not in "".join(found.frame["ambition"])
    assert "@" not in "".join(found.frame["ambition"])
    assert found.frame["heroes"].tolist() == ["Nelson Mandela"] * 6
    assert "Naam" not in found.frame.columns
    assert any("Naam" in note for note in found.notes)


def test_telephone_numbers_are_no_telephones():
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Phone", "Favorite music", "Favorite movie", "Hobbies"])
    for n in range(8):
        writer.writerow(
            [f"06-1234567{n}", SAID["music"][n % 3], SAID["films"][n % 3], SAID["hobbies"][n % 3]]
        )
    found = intake.read(out.getvalue().encode(), filename="x.csv")
    assert found.mapping["Phone"] is None
    assert "phone" not in found.frame.columns


def test_an_empty_form_is_set_aside_with_its_reason():
    data = form(HANDBOOK, ["Datum"], [day], rows=3) + b"04-06-2026 10:00:00" + b"," * 10 + b"\n"
    found = intake.read(data, filename="x.csv")
    assert (found.read, found.used) == (4, 3)
    assert found.aside["reason"].tolist() == ["no question is answered"]


@pytest.mark.parametrize(
    "data",
    [
        b"Naam;Phone;Holiday\nJan de Vries;0612345678;3\nPiet Post;0687654321;4\n",
        b"product;brand;music;stock\nplaat;Sony;jazz;4\nplaat;EMI;pop;5\n",
        b"Kleur;Gewicht;Hoogte\nrood;3;4\nblauw;5;6\n",
    ],
)
def test_files_about_something_else_are_not_taken_for_it(data):
    with pytest.raises(DataError) as error:
        intake.read(data, filename="x.csv")
    assert "loyal" not in str(error.value)


def test_of_two_surveys_in_one_file_it_is_the_one_with_more_of_its_questions():
    effort = ["Kiezen", "Kopen", "Na aankoop"]
    hobbies = form(
        HANDBOOK[7:],
        ["Datum", *effort],
        [day, lambda n: 1, lambda n: 2, lambda n: 3],
        columns=LOYAL_QUESTIONS[7:],
    )
    assert intake.read(hobbies, filename="x.csv").table == "effort_survey"
    loyal = form(HANDBOOK, ["Datum", effort[2]], [day, lambda n: 1 + n % 3])
    assert intake.read(loyal, filename="x.csv").table == "loyal_survey"
