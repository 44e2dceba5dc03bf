"""Ten questions go out, what comes back is counted by hand, and the demo's planted answers are found again."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says
from statsmodels.stats.proportion import proportion_confint

from csworkbook import demo, language, personas
from csworkbook.errors import DataError, SettingError
from csworkbook.personas import Saved
from csworkbook.personas.loyal.answers import loyal_answers
from csworkbook.shop import open_shop
from csworkbook.tables import LOYAL_QUESTIONS

TRUTH = demo.truth().set_index("id")["value"]


def answers(**columns) -> pd.DataFrame:
    size = len(next(iter(columns.values())))
    at = pd.date_range("2026-06-01", periods=size, freq="h", tz="Europe/Amsterdam")
    return pd.DataFrame({"answered_at": at, "customer_id": [f"k{i}" for i in range(size)], **columns})


# 12 customers: IKEA by 6, HEMA by 3, Zara by 1; 10 answered about music: jazz 4, Queen 2
SHOPS = [
    "IKEA",
    "ikea en HEMA",
    "HEMA",
    "IKEA, hema",
    "Ikea",
    "IKEA",
    "ikea",
    "Zara",
    "geen",
    "nee",
    "Wibra",
    "Action",
]
MUSIC = [
    "jazz",
    "Jazz",
    "jazz!",
    "jazz en Queen",
    "queen",
    "folk",
    "klassiek",
    "rap",
    "opera",
    "blues",
    None,
    " ",
]
SMALL = answers(other_shops=SHOPS, music=MUSIC)


@pytest.fixture(scope="module")
def shop():
    return open_shop()


# ---------------------------------------------------------------- the questionnaire
@pytest.mark.parametrize("spoken", ["en", "nl"])
def test_ten_open_questions_each_with_its_own_column(spoken):
    table = personas.loyal_questions(language=spoken).table
    assert table["column"].tolist() == list(LOYAL_QUESTIONS)
    assert table["question"].is_unique
    assert table["question"].str.endswith("?").all()
    assert not table["question"].str.contains("{", regex=False).any()  # a form tool would fill nothing in
    assert (table["answers"].map(len) == 0).all()


@pytest.mark.parametrize("spoken", ["en", "nl"])
def test_the_mail_holds_every_question_and_one_link_and_loads_nothing(spoken):
    links, tags, said = [], [], []

    class Mail(HTMLParser):
        def handle_starttag(self, tag, attrs):
            tags.append(tag)
            links.extend(value for name, value in attrs if name in ("href", "src"))

        def handle_data(self, data):
            said.append(data)

    asked = personas.loyal_questions(language=spoken)
    Mail().feed(asked.html)
    assert links == ["{{form_url}}"]
    assert not {"script", "img", "link"} & set(tags)
    assert f'lang="{spoken}"' in asked.html
    for question in asked.table["question"]:
        assert question in said
        assert question in asked.plain
    for made in (asked.html, asked.plain):
        assert set(re.findall(r"\{\{(\w+)\}\}", made)) == {"first_name", "brand", "sender", "form_url"}
        assert re.sub(r"\{\{\w+\}\}", "", made).count("{") == 0


@pytest.mark.parametrize(("spoken", "delimiter"), [("nl", ";"), ("en", ",")])
def test_the_form_file_has_a_row_a_question(spoken, delimiter):
    asked = personas.loyal_questions(language=spoken)
    rows = list(csv.DictReader(io.StringIO(asked.form_csv), delimiter=delimiter))
    assert [row["column"] for row in rows] == list(LOYAL_QUESTIONS)
    assert [row["question"] for row in rows] == asked.table["question"].tolist()
    assert {(row["type"], row["required"], row["answers"]) for row in rows} == {("long text", "no", "")}


def test_the_questionnaire_says_itself_and_speaks_the_language_asked_for():
    assert_says(personas.loyal_questions())
    assert len(personas.loyal_questions().plot().layout.annotations) == 10
    with language.speaking("nl"):
        assert personas.loyal_questions().html.count('lang="nl"') == 1
    with pytest.raises(SettingError, match="not a language"):
        personas.loyal_questions(language="fr")


# ---------------------------------------------------------------- counted by hand
def test_one_question_is_counted_with_wilson_intervals():
    table = loyal_answers(SMALL, column="other_shops").table
    assert table[["thing", "count", "n"]].values.tolist() == [["IKEA", 6, 12], ["HEMA", 3, 12]]
    low, high = proportion_confint([6, 3], [12, 12], method="wilson")
    np.testing.assert_allclose(table["low"], low)
    np.testing.assert_allclose(table["high"], high)


def test_n_are_those_who_answered_the_question():
    table = loyal_answers(SMALL, column="music").table
    assert table[["count", "n"]].values.tolist() == [[4, 10], [2, 10]]
    assert table["thing"].str.lower().tolist() == ["jazz", "queen"]


def test_all_questions_give_the_first_of_each_and_what_follows():
    table = loyal_answers(SMALL).table
    assert table["question"].tolist() == ["other_shops", "music"]
    assert table["count"].tolist() == [6, 4]
    assert table["then"].tolist() == ["HEMA 25%", "Queen 20%"]


def test_the_text_names_the_first_with_its_interval_and_how_few_they_are():
    result = loyal_answers(SMALL, column="other_shops")
    assert result.text.startswith(
        "12 loyal customers answered. Named most (bought at other shops): IKEA, by 50% (25% to 75%)."
    )
    assert "Then comes HEMA (25%)" in result.text
    assert "too few to count on" in result.text
    assert result.findings() == []


def test_enough_answers_give_a_finding_that_is_only_likely():
    result = loyal_answers(answers(hobbies=["tuinieren"] * 20 + ["koken"] * 10))
    (finding,) = result.findings()
    assert "tuinieren" in finding.headline
    assert finding.certainty == "likely"
    assert (round(finding.estimate.value, 3), finding.estimate.n) == (0.667, 30)


def test_telephones_and_apps_are_shown_and_never_the_finding():
    survey = answers(phone=["iPhone 13"] * 30, hobbies=["koken"] * 10 + [f"iets {i}" for i in range(20)])
    result = loyal_answers(survey)
    assert result.table.set_index("question")["thing"]["phone"] == "Apple (iPhone)"
    assert "koken" in result.findings()[0].headline
    assert loyal_answers(survey, column="phone").findings() == []


STORIES = (
    ["een eigen moestuin"] * 9
    + ["een verre reis maken"] * 6
    + ["reizen naar zee met de boot"] * 1
    + ["rijk"] * 9
)


def test_stories_are_grouped_by_the_word_they_share_with_a_quote():
    table = loyal_answers(answers(ambition=STORIES), column="ambition").table
    told = table.set_index(table["thing"].str.split(",").str[0])
    assert told["count"].to_dict() == {"moestuin": 9, "rijk": 9, "verre": 6}
    assert told["quote"]["moestuin"] == "een eigen moestuin"
    assert (told["n"] == 25).all()


def test_few_stories_and_names_nobody_shares_are_listed():
    for survey, column in (
        (answers(ambition=STORIES[:5]), "ambition"),
        (answers(music=["jazz", "folk"]), "music"),
    ):
        result = loyal_answers(survey, column=column)
        assert sorted(result.table["quote"]) == sorted(survey[column])
        assert result.columns == ["quote"]
        assert "one by one" in result.text
        assert result.findings() == []
        assert_says(result)


def test_a_question_of_the_owners_own_is_one_like_the_others():
    survey = SMALL.assign(lievelingseten=["pasta", "Pasta"] + ["soep"] * 3 + [None] * 7)
    table = loyal_answers(survey, column="lievelingseten").table
    assert table[["thing", "count", "n"]].values.tolist() == [["soep", 3, 5], ["Pasta", 2, 5]]
    assert "lievelingseten" in loyal_answers(survey).table["question"].tolist()


def test_who_answers_again_counts_once_with_his_last_words():
    survey = answers(music=["jazz", "folk", "jazz", "jazz"]).assign(customer_id=["a", "a", "b", None])
    table = loyal_answers(survey, column="music").table
    assert table[["thing", "count", "n"]].values.tolist() == [["jazz", 2, 3]]


# ---------------------------------------------------------------- whatever comes
@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.iloc[np.random.default_rng(1).permutation(len(t))],
        lambda t: t.set_axis([7] * len(t)),
        lambda t: t.astype({"other_shops": "category", "music": object}),
        lambda t: t.drop(columns=["answered_at", "customer_id"]),
        lambda t: t.assign(answered_at=t["answered_at"].dt.tz_localize(None), extra=1.5),
    ],
    ids=["permuted", "index", "dtypes", "bare", "naive"],
)
@pytest.mark.parametrize("column", [None, "other_shops"])
def test_order_index_and_kind_of_the_rows_change_nothing(change, column):
    expected = loyal_answers(SMALL, column=column).table
    pd.testing.assert_frame_equal(loyal_answers(change(SMALL), column=column).table, expected)


def test_the_survey_stays_as_it_was():
    before = SMALL.copy(deep=True)
    loyal_answers(SMALL)
    pd.testing.assert_frame_equal(SMALL, before)


@pytest.mark.parametrize(
    "survey",
    [SMALL.head(0), SMALL[["answered_at", "customer_id"]], answers(music=[None, ""]), pd.DataFrame()],
    ids=["empty", "columns", "blank", "nothing"],
)
def test_nothing_answered_is_said_with_what_to_do(survey):
    with pytest.raises(DataError, match=r"Nobody answered.*Send the questionnaire"):
        loyal_answers(survey)


def test_a_question_that_was_not_asked_is_refused_with_those_that_were():
    with pytest.raises(SettingError, match=r"favourite film.*bought at other shops and favourite music"):
        loyal_answers(SMALL, column="films")


def test_mark_up_in_an_answer_stays_text():
    result = loyal_answers(answers(music=["<script>alert(1)</script>"] * 25), column="music")
    assert "<script>" not in result._repr_html_()
    assert_says(result)


# ---------------------------------------------------------------- the demo shop
def test_what_was_planted_is_found(shop):
    shops = shop.call(loyal_answers, column="other_shops").table.set_index("thing").loc["IKEA"]
    assert shops["low"] <= TRUTH["personas.loyal.shop"] <= shops["high"]
    garden = shop.call(loyal_answers, column="ambition").table.iloc[0]
    assert garden["thing"].startswith("moestuin")
    assert garden["low"] <= TRUTH["personas.loyal.ambition"] <= garden["high"]
    hobby = shop.call(loyal_answers, column="hobbies").table.iloc[0]
    both = (TRUTH["personas.loyal.hobby.relational"] + TRUTH["personas.loyal.hobby.regular"]) / 2
    assert (hobby["thing"], hobby["low"] <= both <= hobby["high"]) == ("tuinieren", True)


@pytest.mark.parametrize("column", [None, "hobbies", "ambition", "phone"])
def test_the_demo_says_itself_in_both_languages(shop, column):
    assert_says(shop.call(loyal_answers, column=column))


def test_answers_of_one_persona_are_those_of_its_customers(shop):
    lines = shop.order_lines.merge(shop.orders[["order_id", "customer_id"]], on="order_id")
    garden = set(lines.loc[lines["category"] == "garden furniture", "customer_id"])
    survey = shop.loyal_survey
    found = personas.find(personas.features(shop), k=4, seed=0)
    mine = {k: set(found.labels.index[found.labels == k]) for k in range(1, 5)}
    relational = max(mine, key=lambda k: len(mine[k] & garden) / len(mine[k]))
    result = shop.call(loyal_answers, column="hobbies", persona=relational, personas=found.saved)
    everybody = shop.call(loyal_answers, column="hobbies")
    assert result.people == survey["customer_id"].isin(mine[relational]).sum()
    assert result.table.iloc[0]["thing"] == "tuinieren"
    assert result.table.iloc[0]["share"] > everybody.table.iloc[0]["share"]


def test_customers_are_known_however_their_number_is_written(shop):
    number = {key: n for n, key in enumerate(shop.orders["customer_id"].dropna().unique(), 7)}
    orders = shop.orders.assign(
        customer_id=shop.orders["customer_id"].map(number).astype("Int64").astype("str")
    )
    survey = shop.loyal_survey.assign(customer_id=shop.loyal_survey["customer_id"].map(number).astype(float))
    found = personas.find(personas.features_of(orders, shop.order_lines), k=2)
    theirs = found.labels.reindex(
        [f"{n:.0f}" for n in survey["customer_id"].dropna().unique()]
    ).value_counts()
    about = {"orders": orders, "order_lines": shop.order_lines, "personas": found.saved}
    result = loyal_answers(survey, persona=int(theirs.idxmax()), **about)
    assert result.people == theirs.max()


@pytest.mark.parametrize("persona", [0, 9, "nobody"])
def test_a_persona_that_is_not_there_is_refused(shop, persona):
    saved = Saved(k=2, seed=0, recipe={}, centres=[[0.0]] * 2, names=["", ""], shares=[0.5] * 2)
    for known in (None, saved):
        with pytest.raises(SettingError, match=f"no persona {persona}"):
            shop.call(loyal_answers, persona=persona, personas=known)
