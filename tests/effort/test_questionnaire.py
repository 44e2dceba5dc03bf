"""The questionnaire and the planner: ready to send, and numbers that can be checked."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser

import pytest

from csworkbook import effort, intake

from .tables import assert_says

COLUMNS = ["choosing", "buying", "after", "comment", "buy_again", "spend_more", "recommend"]


@pytest.mark.parametrize("spoken", ["en", "nl"])
def test_seven_questions_or_four(spoken):
    assert effort.questionnaire(language=spoken).table["column"].tolist() == COLUMNS
    assert effort.questionnaire(language=spoken, extra=False).table["column"].tolist() == COLUMNS[:4]


@pytest.mark.parametrize("spoken", ["en", "nl"])
def test_the_mail_links_every_answer_and_loads_nothing(spoken):
    links, tags = [], []

    class Mail(HTMLParser):
        def handle_starttag(self, tag, attrs):
            tags.append(tag)
            links.extend(value for name, value in attrs if name in ("href", "src"))

    mail = effort.questionnaire(language=spoken).html
    Mail().feed(mail)
    assert links == [f"{{{{form_url}}}}?{stage}={code}" for stage in COLUMNS[:3] for code in (1, 2, 3)] + [
        "{{form_url}}"
    ]
    assert not {"script", "img", "link"} & set(tags)
    assert f'lang="{spoken}"' in mail


@pytest.mark.parametrize("spoken", ["en", "nl"])
def test_every_question_stands_in_text_and_mail_with_fields_between_double_braces(spoken):
    asked = effort.questionnaire(language=spoken)
    for question in asked.table["question"]:
        assert question in asked.plain
    for made in (asked.plain, asked.html):
        assert re.sub(r"\{\{\w+\}\}", "", made).count("{") == 0
        assert "{{first_name}}" in made


@pytest.mark.parametrize("spoken", ["en", "nl"])
def test_the_form_file_has_a_row_a_question(spoken):
    asked = effort.questionnaire(language=spoken)
    rows = list(csv.DictReader(io.StringIO(asked.form_csv), delimiter={"nl": ";", "en": ","}[spoken]))
    assert [row["column"] for row in rows] == COLUMNS
    assert [len(row["answers"].split(" | ")) for row in rows] == [3, 3, 3, 1, 2, 2, 11]
    assert {row["required"] for row in rows} == {"no"}


@pytest.mark.parametrize("spoken", ["en", "nl"])
def test_what_a_form_tool_gives_back_is_recognised(spoken):
    asked = effort.questionnaire(language=spoken).table.set_index("column")
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Timestamp", *asked["question"]])
    answers = [asked.loc[column, "answers"] for column in COLUMNS]
    for i in range(12):
        said = [options[i % len(options)] if options else f"my own words, number {i}" for options in answers]
        writer.writerow([f"2026-03-{i + 1:02} 10:00:00", *said])
    read = intake.read(out.getvalue().encode(), filename="form.csv")
    assert read.table == "effort_survey"
    assert read.frame["choosing"].astype(int).tolist() == [1, 2, 3] * 4
    assert read.frame["after"].astype(int).tolist() == [1, 2, 3] * 4
    assert read.frame["buy_again"].astype(bool).tolist() == [True, False] * 6
    assert read.frame["recommend"].astype(int).tolist() == [*range(11), 0]


def test_the_questionnaire_says_itself():
    assert_says(effort.questionnaire(extra=False))


def test_the_grid_drawn_has_three_times_three_places():
    assert len(effort.questionnaire().plot().data[0].x) == 9


# ---------------------------------------------------------------- planner
@pytest.mark.parametrize(
    ("asked", "answers", "invitations"),
    [
        ({}, 385, 2567),  # 1.96² × .25 ÷ .05² = 384.2; ÷ .15
        ({"response": 1.0}, 385, 385),
        ({"within": 0.1}, 97, 647),  # 96.04; ÷ .15
        ({"customers": 1000, "response": 0.5}, 278, 556),  # Krejcie & Morgan 1970
        ({"customers": 10_000, "response": 0.5}, 370, 740),
        ({"expected": 0.1, "within": 0.03, "response": 0.5}, 385, 770),
    ],
)
def test_planned_by_hand(asked, answers, invitations):
    result = effort.sample_size(**asked)
    row = result.table[result.table["within"] == asked.get("within", 0.05)].iloc[0]
    assert (row["needed"], row["invitations"]) == (answers, invitations)
    assert f"{answers:,} answers" in result.text
    assert_says(result)


def test_the_precision_asked_for_stands_among_the_usual_ones():
    assert effort.sample_size(within=0.04).table["within"].tolist() == [0.02, 0.03, 0.04, 0.05, 0.075, 0.1]


def test_too_few_customers_are_said():
    assert "You have 300 customers: that is too few" in effort.sample_size(customers=300, response=0.1).text
    assert effort.sample_size(customers=0).customers is None


@pytest.mark.parametrize(
    "asked",
    [
        {"within": 0},
        {"within": 0.5},
        {"within": -1},
        {"expected": 0},
        {"expected": 1},
        {"response": 0},
        {"response": 1.1},
    ],
)
def test_what_cannot_be_planned_is_refused_with_what_can(asked):
    from csworkbook.errors import SettingError

    with pytest.raises(SettingError, match=r"cannot be planned.*between 0 and"):
        effort.sample_size(**asked)


def test_the_bars_are_the_table():
    result = effort.sample_size(within=0.04)
    assert list(result.plot().data[0].y) == result.table["needed"].tolist()
