"""Forms about service with one row per respondent, as form makers export them, become one row per question."""

from __future__ import annotations

import csv
import io

import pytest

from csworkbook import intake
from csworkbook.errors import DataError
from csworkbook.intake import Choices, NotRecognised
from csworkbook.language import speaking

# the 22 statements as the questionnaire of the workbook words them, each with a small edit of the owner's
DUTCH = (
    "heeft een site die op elk apparaat goed en soepel werkt",
    "laat haar producten duidelijk en aantrekkelijk zien",
    "komt verzorgd over in de chat, in mail en aan de telefoon",
    "verstuurt pakketjes en berichten die er netjes uitzien",
    "doet wat er is beloofd, op de dag die is beloofd",
    "neemt problemen serieus en wil ze oplossen",
    "levert een bestelling meteen in één keer goed",
    "bezorgt op het moment dat is afgesproken",
    "maakt geen fouten in bestellingen, facturen of klantgegevens",
    "laat weten wanneer je iets kunt verwachten",
    "geeft snel antwoord op mijn vragen",
    "wil mij altijd helpen",
    "maakt tijd voor een vraag, hoe druk het ook is",
    "heeft medewerkers die je vertrouwen geven",
    "zorgt dat betalen en gegevens achterlaten veilig voelen",
    "is vriendelijk bij elk contact",
    "heeft medewerkers die genoeg weten om mijn vraag te beantwoorden",
    "kijkt naar de situatie van iedere klant",
    "is bereikbaar op tijden die mij uitkomen",
    "geeft persoonlijke aandacht, geen standaardantwoord",
    "stelt het belang van de klant voorop",
    "begrijpt wat ik als klant nodig heb",
)
ENGLISH = (
    "The site works smoothly on every device",
    "Products are shown clearly and attractively",
    "Comes across well cared for in chat, mail and phone",
    "Parcels and messages look neat",
    "They do what they promise, on the day they promised",
    "They take a problem seriously and want it solved",
    "They get my order right the first time",
    "Deliver at the moment they said they would",
    "Make no mistakes in orders, invoices and details",
    "Tell when customers can expect something",
    "Answer questions quickly",
    "Are always willing to help",
    "Make time for a question, however busy it is",
    "Have people who give confidence",
    "It feels safe to pay and to leave my details",
    "Friendly at every contact",
    "The people know enough to answer a question",
    "They look at each customer's own situation",
    "They can be reached at hours that suit customers",
    "Personal attention instead of a standard answer",
    "The customer's interest comes first",
    "They understand what a customer needs",
)


def table(*rows: list[object]) -> bytes:
    """Rows as a CSV file."""
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue().encode()


def answers(person: int, *, most: int = 7) -> tuple[list[int], list[int]]:
    """What one person expects and gets, of 22 items: item and person can be told from them."""
    expected = [1 + (item + person) % most for item in range(1, 23)]
    return expected, [1 + (2 * item + person) % most for item in range(1, 23)]


def as_answered(frame, people: int, *, most: int = 7) -> bool:
    """Whether every person has the 22 answers of `answers`, in the order of the file."""
    for person, (_name, own) in enumerate(frame.groupby("respondent_id", sort=False)):
        expected, got = answers(person, most=most)
        assert own["item"].tolist() == list(range(1, 23))
        assert own["expectation"].tolist() == expected
        assert own["perception"].tolist() == got
    return frame["respondent_id"].nunique() == people


def lines(people: int, before, after=lambda person: [], *, say=lambda mark: mark, most: int = 7) -> list:
    """One row per person: what stands before the marks, the marks, and what stands behind."""
    rows = []
    for person in range(people):
        expected, got = answers(person, most=most)
        rows.append([*before(person), *map(say, [*expected, *got]), *after(person)])
    return rows


def moment(person: int) -> str:
    return f"2026-02-{person + 1:02d} 10:00:00"


def test_google_forms_in_dutch_feeds_both_tables():
    head = ["Tijdstempel", "E-mailadres"]
    head += [f"Een uitstekende webwinkel {text}." for text in DUTCH]
    head += [f"De Fietserij {text}." for text in DUTCH]
    head += ["Vind je de service van De Fietserij superieur?", "Ben je klant of medewerker?"]
    rows = lines(
        3,
        lambda p: [moment(p), f"p{p}@example.nl"],
        lambda p: [["Ja", "Nee", ""][p], ["klant", "medewerker", "klant"][p]],
    )
    survey, opinion = intake.read_all(table(head, *rows), filename="reacties.csv")
    assert (survey.table, survey.read, survey.used, len(survey.aside)) == ("service_survey", 66, 66, 0)
    assert as_answered(survey.frame, 3)
    assert survey.frame.groupby("role").size().to_dict() == {"company": 22, "customer": 44}
    assert (opinion.table, opinion.read, opinion.used) == ("perception", 3, 2)
    assert opinion.frame.to_dict("list") == {"role": ["customer", "company"], "superior": [True, False]}
    assert opinion.aside["row"].tolist() == [4]
    assert survey.system == opinion.system == "Google Forms"
    assert "example.nl" not in survey.frame.astype("str").to_string()
    assert survey.private["column"].tolist() == ["E-mailadres"]
    assert survey.mapping[head[2]] == "expectation"
    assert survey.mapping[head[24]] == "perception"
    assert not survey.questions


def test_grid_questions_in_english_with_words_of_agreement_on_seven_points():
    said = dict(
        zip(
            range(1, 8),
            [
                "Strongly disagree",
                "Disagree",
                "Somewhat disagree",
                "Neutral",
                "Somewhat agree",
                "Agree",
                "Strongly agree",
            ],
            strict=True,
        )
    )
    head = ["Timestamp", *(f"What do you expect? [{text}]" for text in ENGLISH)]
    head += [f"How do we do? [{text}]" for text in ENGLISH]
    rows = lines(4, lambda p: [f"2/{p + 1}/2026 10:00:00"], say=said.get)
    survey = intake.read(table(head, *rows))
    assert as_answered(survey.frame, 4)
    assert [question.header for question in survey.questions] == ["role"]


FIVE = ("Helemaal mee oneens", "Mee oneens", "Neutraal", "Mee eens", "Helemaal mee eens")


def test_words_on_five_points_are_not_stretched_and_the_owner_is_asked():
    head = ["ID", "Begintijd", "Tijd van voltooien", "E-mail", "Naam"]
    head += [f"Verwachting: {text}" for text in DUTCH] + [f"Ervaring: {text}" for text in DUTCH]
    rows = lines(
        2, lambda p: [p + 1, moment(p), moment(p), "anonymous", ""], say=lambda mark: FIVE[mark - 1], most=5
    )
    survey = intake.read(table(head, *rows))
    assert survey.system == "Microsoft Forms"
    assert as_answered(survey.frame, 2, most=5)
    (scale,) = [question for question in survey.questions if question.kind == "scale"]
    assert "1 to 7" in scale.text
    assert scale.chosen == "5"
    assert any("not stretched" in note for note in survey.notes)
    seven = intake.read(table(head, *rows), choices=Choices().answered(scale, "7"))
    marks = {1: 1, 2: 2, 3: 4, 4: 6, 5: 7}
    assert seven.frame["expectation"].tolist() == [marks[mark] for mark in survey.frame["expectation"]]
    assert not any("not stretched" in note for note in seven.notes)


def test_numbers_up_to_five_stay_and_are_asked_about():
    head = [*(f"E{item}" for item in range(1, 23)), *(f"P{item}" for item in range(1, 23))]
    survey = intake.read(table(head, *lines(3, lambda p: [], most=5)))
    assert as_answered(survey.frame, 3, most=5)
    assert [question.kind for question in survey.questions] == ["fixed", "scale"]
    told = [name.replace("E1", "E1 (1-5)") if name == "E1" else name for name in head]
    survey = intake.read(table(told, *lines(3, lambda p: [], most=5)))
    assert [question.kind for question in survey.questions] == ["fixed"]


def test_answers_beyond_seven_are_set_aside_with_what_is_allowed():
    head = [*(f"E{item}" for item in range(1, 23)), *(f"P{item}" for item in range(1, 23))]
    rows = lines(2, lambda p: [])
    rows[1][0] = 9
    survey = intake.read(table(head, *rows))
    assert (survey.read, survey.used, len(survey.aside)) == (44, 43, 1)
    (left,) = survey.aside.to_dict("records")
    assert (left["row"], left["column in your file"]) == (3, "E1 / P1")
    assert "1 to 7" in left["reason"]


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ("E{}", "P{}"),
        ("V{}", "W{}"),
        ("V{}", "E{}"),
        ("Q{} E", "Q{} P"),
        ("{}. Verwachting", "{}. Ervaring"),
        ("Verwachting {}", "Ervaring {}"),
        ("expectation_{:02d}", "perception_{:02d}"),
        ("E[SQ{:03d}]", "P[SQ{:03d}]"),
        ("How important is statement {}?", "How do we do on statement {}?"),
        ("[Verwachting] {}. Mijn eigen stelling", "[Beleving] {}. Mijn eigen stelling"),
    ],
)
def test_numbers_in_headers_tell_the_item_whatever_the_order(expected, got):
    items = list(range(22, 0, -1))
    head = ["nr", *(expected.format(item) for item in items), *(got.format(item) for item in items)]
    rows = []
    for person in range(3):
        marks = answers(person)
        rows.append([person, *marks[0][::-1], *marks[1][::-1]])
    survey = intake.read(table(head, *rows))
    assert survey.frame["respondent_id"].unique().tolist() == ["0", "1", "2"]
    assert as_answered(survey.frame, 3)


def test_numbers_that_go_on_in_the_second_half():
    head = [f"{n}. Ik verwacht iets" for n in range(1, 23)] + [f"{n}. Ik ervaar iets" for n in range(23, 45)]
    assert as_answered(intake.read(table(head, *lines(2, lambda p: []))).frame, 2)


def test_numbers_of_the_form_that_contradict_the_words_do_not_count():
    head = ["1. Hoe oud ben je?"]
    head += [f"{n}. Een goede webwinkel {text}" for n, text in enumerate(DUTCH[:21], 2)]
    survey = intake.read(table(head, *([30 + p, *answers(p)[0][:21]] for p in range(6))))
    assert survey.frame["item"].tolist() == 6 * list(range(1, 22))
    assert survey.frame["expectation"].tolist()[:21] == answers(0)[0][:21]


def test_survey_monkey_with_two_header_rows_in_a_spreadsheet(workbook):
    top = ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address"]
    top += ["What do you expect of a web shop?", *[None] * 21, "And how do we do?", *[None] * 21]
    below = [*[None] * 5, *ENGLISH, *ENGLISH]
    rows = lines(5, lambda p: [118_000_000_000 + p, 4, moment(p), moment(p), f"10.0.0.{p}"])
    data = workbook(Sheet=[top, below, *rows])
    survey = intake.read(data, filename="Service.xlsx")
    assert (survey.system, survey.used) == ("SurveyMonkey", 110)
    assert as_answered(survey.frame, 5)
    assert survey.frame["respondent_id"].iloc[0] == "118000000000"


def test_typeform_and_its_own_number():
    head = [
        "#",
        *(f"What do you expect? {text}" for text in ENGLISH),
        *(f"What did you get? {text}" for text in ENGLISH),
    ]
    head += ["Start Date (UTC)", "Submit Date (UTC)", "Network ID"]
    rows = lines(3, lambda p: [f"abc{p}"], lambda p: [moment(p), moment(p), f"n{p}"])
    survey = intake.read(table(head, *rows))
    assert survey.system == "Typeform"
    assert as_answered(survey.frame, 3)
    assert survey.frame["respondent_id"].unique().tolist() == ["abc0", "abc1", "abc2"]


def test_lime_survey_numbers_answers_anew_in_every_survey():
    head = ["id", "submitdate", "lastpage", "startlanguage"]
    head += [f"E[SQ{item:03d}]" for item in range(1, 23)] + [f"P[SQ{item:03d}]" for item in range(1, 23)]
    first = intake.read(table(head, *lines(3, lambda p: [p + 1, moment(p), 3, "nl"])))
    second = intake.read(table(head, *lines(3, lambda p: [p + 1, moment(p + 9), 3, "nl"])))
    assert first.system == "LimeSurvey"
    assert as_answered(first.frame, 3)
    assert set(first.frame["respondent_id"]).isdisjoint(second.frame["respondent_id"])


def test_the_same_statements_twice_and_nothing_that_tells_which_is_which():
    head = [*DUTCH, *(f"{text}2" for text in DUTCH)]
    data = table(head, *lines(3, lambda p: []))
    survey = intake.read(data)
    assert as_answered(survey.frame, 3)
    (kinds,) = [question for question in survey.questions if question.header == "kinds"]
    other = intake.read(data, choices=Choices().answered(kinds, "got_first"))
    assert other.frame["perception"].tolist() == survey.frame["expectation"].tolist()
    assert other.frame["expectation"].tolist() == survey.frame["perception"].tolist()


def test_own_statements_are_taken_in_their_order_and_asked_about():
    names = [f"Onze eigen stelling over {word}" for word in "abcdefghijklmnopqrstuv"]
    head = [f"[Verwachting] {name}" for name in names] + [f"[Ervaring] {name}" for name in names]
    data = table(head, *lines(2, lambda p: []))
    survey = intake.read(data)
    assert as_answered(survey.frame, 2)
    (order,) = [question for question in survey.questions if question.header == "item"]
    assert "Check this" in " ".join(survey.notes)
    with pytest.raises(NotRecognised):
        intake.read(data, choices=Choices().answered(order, "none"))


def test_22_statements_alone_and_44_in_turns():
    head = [f"Stelling over {word} van de winkel" for word in "abcdefghijklmnopqrstuv"]
    one = intake.read(table(head, *(answers(p)[1] for p in range(3))))
    assert "expectation" not in one.frame
    assert one.frame["perception"].tolist()[:22] == answers(0)[1]
    (kinds,) = [question for question in one.questions if question.header == "kinds"]
    assert [value for _label, value in kinds.options] == ["got_only", "expected_only"]
    both = [f"{name} {half}" for name in head for half in ("(nu)", "(straks)")]
    rows = [[mark for pair in zip(*answers(p), strict=True) for mark in pair] for p in range(3)]
    turns = intake.read(table(both, *rows), choices=Choices(fixed={"kinds": "in_turns"}))
    assert as_answered(turns.frame, 3)


def test_a_short_form_of_ten_of_the_questions():
    ten = (1, 4, 5, 7, 11, 12, 15, 17, 20, 22)
    head = [f"Ik verwacht dat een webwinkel {DUTCH[item - 1]}" for item in ten]
    head += [f"Bij jullie: de winkel {DUTCH[item - 1]}" for item in ten]
    survey = intake.read(table(head, [7] * 10 + [5] * 10, [6] * 10 + [6] * 10))
    assert survey.frame["item"].tolist() == [*ten, *ten]
    assert survey.frame["expectation"].tolist() == [7] * 10 + [6] * 10
    assert survey.frame["perception"].tolist() == [5] * 10 + [6] * 10


def test_points_go_to_every_item_of_their_dimension():
    head = [*(f"E{item}" for item in range(1, 23)), *(f"P{item}" for item in range(1, 23))]
    head += [
        f"Verdeel 100 punten [{part}]"
        for part in ("Betrouwbaarheid", "Zekerheid", "Snel helpen", "Empathie", "Uiterlijk")
    ]
    rows = lines(2, lambda p: [], lambda p: [[30, 15, 25, 10, 20], [40, 10, 20, 10, 30]][p])
    survey = intake.read(table(head, *rows))
    one = survey.frame.groupby("respondent_id", sort=False)["weight"].apply(list).iloc[0]
    assert one == [20] * 4 + [30] * 5 + [25] * 4 + [15] * 4 + [10] * 5
    assert any("do not add up to 100" in note and "1 respondent" in note for note in survey.notes)


def test_points_without_telling_names_are_asked_about():
    head = [*(f"E{item}" for item in range(1, 23)), *(f"P{item}" for item in range(1, 23)), *"vwxyz"]
    data = table(head, *lines(2, lambda p: [], lambda p: [20, 30, 25, 15, 10]))
    survey = intake.read(data)
    assert survey.frame["weight"].tolist()[:5] == [20, 20, 20, 20, 30]
    (points,) = [question for question in survey.questions if question.header == "points"]
    assert "weight" not in intake.read(data, choices=Choices().answered(points, "none")).frame


def test_cells_that_are_missing_give_no_rows_and_lines_without_answers_are_told():
    head = ["Naam", *(f"E{item}" for item in range(1, 23)), *(f"P{item}" for item in range(1, 23))]
    full = lines(4, lambda p: ["Jan de Vries"])
    full[0][1], full[0][23] = "", ""  # item 1: neither
    full[0][2], full[0][3] = "", "n.v.t."  # items 2 and 3: only what he gets
    full[1][1:] = [""] * 44
    rows = [*full, [""] * 45, ["Gemiddelde", *[4] * 40, "", "", "", ""]]
    survey = intake.read(table(head, *rows))
    assert (survey.used, survey.read) == (21 + 22 + 22, 21 + 22 + 22 + 3)
    first = survey.frame.head(21)
    assert first["item"].tolist() == list(range(2, 23))
    assert first["expectation"].isna().tolist() == [True, True, *[False] * 19]
    assert survey.aside["row"].tolist() == [3, 6, 7]
    assert "none of the questions" in survey.aside["reason"].iloc[0]
    assert "Jan" not in survey.aside.astype("str").to_string()


def test_rows_set_aside_can_be_mended_and_brought_back():
    head = [*(f"E{item}" for item in range(1, 23)), *(f"P{item}" for item in range(1, 23))]
    rows = lines(3, lambda p: [])
    rows[2][4] = "77"
    aside = intake.read(table(head, *rows)).aside
    mended = aside.assign(**{"expectation (1–7)": "7"}).drop(columns=["row", "reason"])
    back = intake.read(mended.to_csv(index=False).encode())
    assert (back.table, back.used) == ("service_survey", 1)
    assert back.frame[["item", "expectation"]].to_numpy().tolist() == [[5, 7]]


@pytest.mark.parametrize("name", ["medewerkers.csv", "staff answers.csv"])
def test_what_the_company_thinks_in_a_file_of_its_own(name):
    head = [*(f"E{item}" for item in range(1, 23)), *(f"P{item}" for item in range(1, 23))]
    data = table(head, *lines(2, lambda p: []))
    survey = intake.read(data, filename=name)
    assert set(survey.frame["role"]) == {"company"}
    (who,) = [question for question in survey.questions if question.header == "role"]
    assert who.chosen == "company"
    mended = intake.read(data, filename=name, choices=Choices().answered(who, "customer"))
    assert set(mended.frame["role"]) == {"customer"}
    assert set(intake.read(data, filename="answers.csv").frame["role"]) == {"customer"}


def test_what_colleagues_think_that_customers_expect():
    head = [f"Onze klanten verwachten: een uitstekende webwinkel {text}." for text in DUTCH]
    survey = intake.read(table(["Tijdstempel", *head], *([moment(p), *answers(p)[0]] for p in range(2))))
    assert set(survey.frame["role"]) == {"company"}
    assert survey.frame["expectation"].tolist() == answers(0)[0] + answers(1)[0]
    assert "perception" not in survey.frame


def test_a_column_left_out_and_a_word_of_ones_own():
    head = [*(f"E{item}" for item in range(1, 23)), *(f"P{item}" for item in range(1, 23))]
    rows = lines(3, lambda p: [])
    rows[0][0] = "gaat zo"
    data = table(head, *rows)
    survey = intake.read(data)
    assert len(survey.aside) == 1
    (word,) = [question for question in survey.questions if question.kind == "word"]
    choices = Choices().answered(word, "3")
    found = intake.read(data, choices=choices, mapping={"P22": None})
    assert (found.used, found.frame["expectation"].iloc[0]) == (66, 3)
    assert found.frame.loc[found.frame["item"] == 22, "perception"].isna().all()
    assert found.mapping["P22"] is None


@pytest.mark.parametrize(
    ("question", "cells", "column", "means"),
    [
        ("Vind je onze service superieur?", ["ja", "nee"], "superior", [True, False]),
        ("Our service is superior", ["Strongly agree", "Disagree"], "score", [5, 2]),
        ("Onze service is superieur", ["Helemaal mee eens", "Neutraal"], "score", [5, 3]),
        ("Is our service superior? (1-5)", ["4", "1"], "score", [4, 1]),
    ],
)
def test_one_question_alone_and_who_answers(question, cells, column, means):
    rows = [
        [f"2026-02-0{n} 10:00:00", cell, who]
        for n, cell, who in zip((1, 2), cells, ("klant", "collega"), strict=True)
    ]
    found = intake.read(table(["Tijdstempel", question, "Wie ben je?"], *rows))
    assert found.table == "perception"
    assert found.frame.to_dict("list") == {"role": ["customer", "company"], column: means}
    assert found.read == found.used == 2


def test_a_score_beyond_five_is_refused_with_what_is_allowed():
    with pytest.raises(DataError) as error:
        intake.read(table(["Tijdstempel", "Onze service is superieur (1-7)"], [moment(1), 7], [moment(2), 2]))
    assert "1 to 5" in str(error.value)


def test_everything_is_said_in_dutch_too():
    head = [*(f"E{item}" for item in range(1, 23)), *(f"P{item}" for item in range(1, 23))]
    with speaking("nl"):
        survey = intake.read(table(head, *lines(2, lambda p: [], most=5)))
    assert survey.used == 44


@pytest.mark.parametrize(
    "head",
    [
        [
            f"How important is {what}?"
            for what in ("price", "delivery", "choice", "the site", "advice", "returns")
        ],
        [
            f"{n}. Hoe belangrijk is {what}?"
            for n, what in enumerate(("prijs", "keuze", "advies", "de site", "retour"), 1)
        ],
        [f"Q{n}" for n in range(1, 13)],
        [f"How would you rate star number {n} of the films?" for n in range(1, 11)],
    ],
)
def test_other_forms_with_marks_are_not_taken_for_this_one(head):
    with pytest.raises(DataError):
        intake.read(table(head, *([1 + (n + p) % 7 for n in range(len(head))] for p in range(6))))


def test_an_effort_survey_that_also_asks_about_superior_service_stays_one():
    head = ["Datum", "Kiezen", "Kopen", "Na aankoop", "Is onze service superieur?"]
    found = intake.read_all(table(head, ["01-02-2026", "nauwelijks", "enige", "veel te veel", "ja"]))
    assert [one.table for one in found] == ["effort_survey"]


def test_a_table_with_a_row_per_answer_is_read_as_before():
    head = ["respondent", "rol", "vraag", "verwachting", "ervaring"]
    rows = [[1, "klant", item, 7, 5] for item in range(1, 23)]
    found = intake.read(table(head, *rows))
    assert (found.table, found.used) == ("service_survey", 22)
    assert found.mapping["vraag"] == "item"


def answered(role, spoken, short=False, own=None):
    """A form of the workbook's own questionnaire, filled in by two people, as Google Forms gives it."""
    from csworkbook.service_gap import questionnaire

    asked = questionnaire(language=spoken, role=role, short=short, **(own or {})).table
    head = ["Timestamp", *(text.replace("{{brand}}", "Fietserij") for text in asked["question"])]
    dimensions = [name for name in asked["column"] if name.startswith("points_")]
    row = []
    for column, choose in zip(asked["column"], asked["answers"], strict=True):
        if column in dimensions:
            row.append(10 * (1 + dimensions.index(column)))
        else:
            row.append(choose[0] if column == "superior" else choose[int(column[1:]) % 7])
    return table(head, ["2026-02-01 10:00:00", *row], ["2026-02-02 11:00:00", *row])


@pytest.mark.parametrize("short", [False, True])
@pytest.mark.parametrize("spoken", ["nl", "en"])
def test_our_own_questionnaire_comes_back_without_a_question(spoken, short):
    survey, opinion = intake.read_all(answered("customer", spoken, short))
    items = [1, 4, 5, 7, 11, 12, 15, 17, 20, 22] if short else list(range(1, 23))
    assert survey.frame["item"].tolist() == 2 * items
    assert survey.frame["expectation"].tolist() == [item % 7 + 1 for item in 2 * items]
    assert survey.frame["perception"].tolist() == [item % 7 + 1 for item in 2 * items]
    place = [1] * 4 + [2] * 5 + [3] * 4 + [4] * 4 + [5] * 5
    assert survey.frame["weight"].tolist() == [10 * place[item - 1] for item in 2 * items]
    assert opinion.frame["superior"].tolist() == [True, True]
    assert {question.header for question in survey.questions} == {"role"}


@pytest.mark.parametrize("spoken", ["nl", "en"])
def test_our_own_questionnaire_for_colleagues_is_known_as_theirs(spoken):
    survey, opinion = intake.read_all(answered("company", spoken))
    assert set(survey.frame["role"]) == set(opinion.frame["role"]) == {"company"}
    assert survey.frame["expectation"].tolist() == [item % 7 + 1 for item in 2 * list(range(1, 23))]
    assert "perception" not in survey.frame


def test_statements_of_the_shops_own():
    texts = {
        "1": "repareert mijn fiets op de dag zelf",
        "2": "haalt een kapotte fiets thuis op",
        "3": "legt uit wat een beurt kost",
        "5": "heeft koffie terwijl ik wacht",
        "7": "belt als het later wordt",
        "8": "weet alles van remmen en ketting",
    }
    dimensions = {
        "1": "werkplaats",
        "2": "werkplaats",
        "3": "prijs",
        "5": "ontvangst",
        "7": "ontvangst",
        "8": "prijs",
    }
    own = {"service_items": dimensions, "service_texts": texts}
    data = answered("customer", "nl", own=own)
    survey = intake.read(data, items=intake.Items.of(dimensions, texts))
    assert survey.frame["item"].tolist() == [1, 2, 3, 5, 7, 8, 1, 2, 3, 5, 7, 8]
    assert survey.frame["expectation"].tolist()[:6] == [2, 3, 4, 6, 1, 2]
    assert survey.frame["perception"].tolist()[:6] == [2, 3, 4, 6, 1, 2]
    assert survey.frame["weight"].tolist()[:6] == [10, 10, 20, 30, 30, 20]


def test_customers_and_colleagues_on_two_sheets_with_cells_missing(workbook):
    head = [*(f"E{item}" for item in range(1, 23)), *(f"P{item}" for item in range(1, 23))]
    first, second = lines(3, lambda p: []), lines(2, lambda p: [])
    first[1][5] = None
    data = workbook(Klanten=[head, *first], Medewerkers=[head, *second])
    found = {one.sheet: one for one in intake.read_all(data, filename="Fietserij team.xlsx")}
    assert set(found["Klanten"].frame["role"]) == {"customer"}
    assert set(found["Medewerkers"].frame["role"]) == {"company"}
    assert found["Klanten"].used == 66
    assert found["Klanten"].frame["expectation"].isna().sum() == 1
    assert as_answered(found["Medewerkers"].frame, 2)


def test_points_written_as_percentages():
    head = [*(f"E{item}" for item in range(1, 23)), *(f"P{item}" for item in range(1, 23))]
    head += ["Tangibles", "Reliability", "Responsiveness", "Assurance", "Empathy"]
    rows = lines(2, lambda p: [], lambda p: ["20%", "30 %", "25%", "15%", "10%"])
    survey = intake.read(table(head, *rows))
    assert survey.frame["weight"].tolist()[:5] == [20, 20, 20, 20, 30]
    assert not any("do not add up" in note for note in survey.notes)


def test_what_was_said_of_the_customers_file_does_not_hold_for_the_colleagues_own():
    head = [*(f"E{item}" for item in range(1, 23)), *(f"P{item}" for item in range(1, 23))]
    data = table(head, *lines(2, lambda p: []))
    customers = intake.read(data, filename="klanten.csv")
    kept = {customers.fingerprint: Choices(fixed={"role": "customer"})}
    team = intake.read(data, filename="team.csv", choices=kept.get)
    assert set(team.frame["role"]) == {"company"}
    kept[team.fingerprint] = Choices(fixed={"role": "customer"})
    assert set(intake.read(data, filename="team.csv", choices=kept.get).frame["role"]) == {"customer"}


def test_a_form_that_is_exported_again_with_more_answers_and_a_column_keeps_its_numbers():
    head = ["Timestamp", *(f"E{item}" for item in range(1, 23)), *(f"P{item}" for item in range(1, 23))]
    before = intake.read(table(head, *lines(2, lambda p: [moment(p)])))
    after = intake.read(table([*head, "Remark"], *lines(3, lambda p: [moment(p)], lambda p: ["fine"])))
    assert (
        after.frame["respondent_id"].unique().tolist()[:2] == before.frame["respondent_id"].unique().tolist()
    )
    assert after.frame["respondent_id"].nunique() == 3


@pytest.mark.parametrize("spoken", ["nl", "en"])
def test_rows_set_aside_are_mended_in_a_spreadsheet_and_know_who_answered(spoken):
    import openpyxl

    from csworkbook.intake import checks

    head = [*(f"E{item}" for item in range(1, 23)), *(f"P{item}" for item in range(1, 23))]
    rows = lines(3, lambda p: [])
    rows[2][4] = "77"
    with speaking(spoken):
        found = intake.read(table(head, *rows), filename="medewerkers.csv")
        book = openpyxl.load_workbook(io.BytesIO(checks.aside_sheet(found)))
    (cell,) = [cell for row in book.active for cell in row if cell.value in (77, "77")]
    cell.value, file = 7, io.BytesIO()
    book.save(file)
    back = intake.read(file.getvalue(), filename="mended.xlsx")
    assert (back.table, back.used) == ("service_survey", 1)
    assert back.frame[["role", "item", "expectation"]].to_numpy().tolist() == [["company", 5, 7]]
