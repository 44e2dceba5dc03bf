"""The service survey ready to send: every question, for customers and for the company, in both languages."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from effort.tables import assert_says

from csworkbook import intake
from csworkbook.errors import SettingError
from csworkbook.service_gap.questionnaire import questionnaire

FULL = ["superior", *[f"E{i}" for i in range(1, 23)], *[f"P{i}" for i in range(1, 23)]]
POINTS = [f"points_{d}" for d in ("tangibles", "reliability", "responsiveness", "assurance", "empathy")]


@pytest.mark.parametrize("spoken", ["en", "nl"])
def test_customers_are_asked_all_and_the_company_what_it_thinks(spoken):
    assert questionnaire(language=spoken).table["column"].tolist() == FULL + POINTS
    assert questionnaire(language=spoken, role="company").table["column"].tolist() == FULL[:23]
    assert len(questionnaire(language=spoken, short=True).table) == 1 + 20 + 5


def test_own_items_are_asked_as_the_shop_wrote_them():
    own = questionnaire(
        service_items={"1": "price", "2": "speed"}, service_texts={"1": "is cheap"}, short=True
    )
    assert own.table["column"].tolist() == [
        "superior",
        "E1",
        "E2",
        "P1",
        "P2",
        "points_price",
        "points_speed",
    ]
    assert own.table["question"].tolist()[1] == "An excellent web shop is cheap."
    assert own.table["question"].tolist()[-2].endswith("price")
    assert own.method == "The statements are your own."
    assert_says(own)


@pytest.mark.parametrize("role", ["customer", "company"])
@pytest.mark.parametrize("spoken", ["en", "nl"])
def test_mail_and_text_have_fields_between_double_braces_only_and_load_nothing(spoken, role):
    made = questionnaire(language=spoken, role=role)
    tags, links = [], []

    class Mail(HTMLParser):
        def handle_starttag(self, tag, attrs):
            tags.append(tag)
            links.extend(value for name, value in attrs if name in ("href", "src"))

    Mail().feed(made.html)
    assert links == ["{{form_url}}?superior=yes", "{{form_url}}?superior=no", "{{form_url}}"]
    assert not {"script", "img", "link"} & set(tags)
    assert f'lang="{spoken}"' in made.html
    for text in (made.plain, made.html, made.form_csv):
        assert not re.search(r"[{}]", re.sub(r"\{\{\w+\}\}", "", text))
    for question in made.table["question"]:
        assert question in made.plain


@pytest.mark.parametrize(("spoken", "delimiter"), [("en", ","), ("nl", ";")])
def test_the_form_has_a_row_a_question(spoken, delimiter):
    made = questionnaire(language=spoken)
    rows = list(csv.DictReader(io.StringIO(made.form_csv), delimiter=delimiter))
    assert [row["column"] for row in rows] == FULL + POINTS
    assert {row["type"] for row in rows} == {"single choice", "number"}
    assert rows[1]["answers"].count("|") == 6


def test_it_says_itself_with_its_source():
    for role in ("customer", "company"):
        result = questionnaire(role=role)
        assert_says(result)
        assert "Parasuraman, Zeithaml & Berry" in result.method
    assert list(questionnaire().plot().data[0].y) == [4, 5, 4, 4, 5]


@pytest.mark.parametrize("asked", [{"language": "fr"}, {"role": "supplier"}])
def test_what_cannot_be_is_refused(asked):
    with pytest.raises(SettingError, match=r"\w+ \w+"):
        questionnaire(**asked)


@pytest.mark.parametrize("role", ["customer", "company"])
@pytest.mark.parametrize("spoken", ["en", "nl"])
def test_what_a_form_tool_gives_back_is_recognised(spoken, role):
    asked = questionnaire(language=spoken, role=role).table
    rng = np.random.default_rng(1)
    points = rng.multinomial(20, [0.2] * 5, 12) * 5
    given = {
        row.column: rng.integers(0, len(row.answers), 12) if row.answers else points[:, number - 45]
        for number, row in enumerate(asked.itertuples())
    }
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Timestamp", *asked["question"].str.replace("{{brand}}", "Merel & Mos")])
    for i in range(12):
        said = [
            row.answers[given[row.column][i]] if row.answers else given[row.column][i]
            for row in asked.itertuples()
        ]
        writer.writerow([f"2026-03-{i + 1:02} 10:00:00", *said])
    found = {one.table: one.frame for one in intake.read_all(out.getvalue().encode(), filename=f"{role}.csv")}
    assert found["perception"]["superior"].astype(bool).tolist() == (given["superior"] == 0).tolist()
    survey = found["service_survey"]
    assert set(survey["role"]) == set(found["perception"]["role"]) == {role}
    wide = survey.pivot(index="respondent_id", columns="item", values="expectation")
    order = survey["respondent_id"].unique()
    known = np.column_stack([given[f"E{i}"] + 1 for i in range(1, 23)])
    assert (wide.loc[order].to_numpy(dtype=int) == known).all()
    if role == "customer":
        perceived = survey.pivot(index="respondent_id", columns="item", values="perception").loc[order]
        assert (
            perceived.to_numpy(dtype=int) == np.column_stack([given[f"P{i}"] + 1 for i in range(1, 23)])
        ).all()
        weights = survey.pivot(index="respondent_id", columns="item", values="weight").loc[
            order, [1, 5, 10, 14, 18]
        ]
        assert (weights.to_numpy(dtype=float) == points).all()
