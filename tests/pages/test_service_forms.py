"""A form about service on its card: two tables, questions with an answer to choose, and both taken into the shop."""

import pytest

from csworkbook.pages.bring import Bring
from csworkbook.shop import new_shop

HEAD = "Tijdstempel;" + ";".join(f"V{n};W{n}" for n in range(1, 23)) + ";Vind je onze service superieur?"


@pytest.fixture
def shop(tmp_path):
    return new_shop(tmp_path / "shop", name="Fietsenwinkel", language="nl")


@pytest.fixture
def card(shop, tmp_path):
    """The card of a form that three colleagues filled in, in a file whose name does not say so."""
    rows = [f"2026-01-0{day} 10:00;" + "5;4;" * 22 + "ja" for day in (1, 2, 3)]
    path = tmp_path / "reacties.csv"
    path.write_text("\n".join([HEAD, *rows]))
    bring = Bring(shop, "service_survey")
    bring._arrived("reacties.csv", path)
    return bring.cards[0]


def answer(form, question, value):
    """Choose an answer in a form."""
    place = next(at for at, one in enumerate(form.questions) if one.header == question)
    form.changed = {"answers": {str(place): value}}


def test_the_columns_stand_on_the_card_as_they_are_in_the_file(card):
    survey, opinion = card._forms
    assert [row["header"] for row in survey.rows] == HEAD.split(";")
    assert {row["header"]: row["value"] for row in survey.rows}["V3"] == "expectation"
    assert "question 3" in {row["header"]: row["note"] for row in survey.rows}["W3"]
    assert {row["header"]: row["value"] for row in opinion.rows}[
        "Vind je onze service superieur?"
    ] == "superior"


def test_who_answered_and_the_scale_are_asked_and_both_tables_are_used(shop, card):
    survey = card._forms[0]
    assert {question.header for question in survey.questions} >= {"role", "V1"}
    answer(survey, "role", "company")
    card._settle()
    card.use()
    assert len(shop.service_survey) == 66
    assert set(shop.service_survey["role"]) == set(shop.perception["role"]) == {"company"}
    assert shop.service_survey["expectation"].eq(5).all()


def test_a_column_can_be_left_out(shop, card):
    form = card._forms[0]
    form.changed = {"columns": {"W22": ""}}
    card._settle()
    card.use()
    left = shop.service_survey.query("item == 22")
    assert (left["perception"].isna().all(), left["expectation"].notna().all()) == (True, True)
