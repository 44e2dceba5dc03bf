"""What is impossible, what is odd, what was there already, and how it is told."""

import io
import time
from types import SimpleNamespace

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csworkbook import intake, language
from csworkbook.intake import checks

ZONE = "Europe/Amsterdam"


def times(*texts):
    return pd.Series(pd.to_datetime(list(texts), format="ISO8601").tz_localize(ZONE))


def contacts(**columns):
    size = len(next(iter(columns.values())))
    given = {"contact_id": [f"C{n}" for n in range(size)], "opened_at": times(*["2024-03-01 10:00"] * size)}
    return pd.DataFrame(given | columns)


def orders(**columns):
    size = len(next(iter(columns.values())))
    given = {
        "order_id": [f"O{n}" for n in range(size)],
        "customer_id": [f"K{n}" for n in range(size)],
        "ordered_at": times(*["2024-03-01 10:00"] * size),
        "revenue": [50.0] * size,
    }
    return pd.DataFrame(given | columns)


def test_resolved_before_opened_is_impossible_and_said_in_the_owners_words():
    frame = contacts(resolved_at=times("2024-03-01 09:00", "2024-03-01 11:00", None, "2024-03-01 09:59:30"))
    (told,) = checks.contradictory(
        frame, "contacts", said={"resolved_at": "Gesloten", "opened_at": "Datum"}.get
    )
    assert told.mask.tolist() == [True, False, False, False]
    assert told.columns == ("resolved_at", "opened_at")
    assert told.sentence == "“Gesloten” lies before “Datum”"


def test_replied_before_opened_is_impossible_and_replied_after_resolved_is_not():
    frame = contacts(
        replied_at=times("2024-02-29 10:00", "2024-03-05 10:00"),
        resolved_at=times("2024-03-02 10:00", "2024-03-02 10:00"),
    )
    (told,) = checks.contradictory(frame, "contacts")
    assert told.columns == ("replied_at", "opened_at")
    assert told.mask.tolist() == [True, False]


def test_a_column_of_days_is_compared_by_the_day():
    frame = contacts(resolved_at=times("2024-03-01", "2024-02-29", "2024-03-02"))
    (told,) = checks.contradictory(frame, "contacts")
    assert told.mask.tolist() == [False, True, False]


def test_reviews_answered_before_they_were_posted():
    frame = pd.DataFrame(
        {
            "review_id": ["a", "b"],
            "posted_at": times("2024-03-02", "2024-03-02"),
            "replied_at": times("2024-03-01", "2024-03-03"),
        }
    )
    (told,) = checks.contradictory(frame, "reviews")
    assert told.mask.tolist() == [True, False]


def test_more_margin_than_revenue_is_impossible_for_few_and_a_percentage_for_many():
    few = orders(margin=[51.0] + [20.0] * 8 + [50.0])
    (told,) = checks.contradictory(few, "orders")
    assert told.mask.tolist() == [True] + [False] * 9
    assert not checks.odd(few, "orders")
    many = orders(margin=[60.0, 55.0, 20.0])
    assert not checks.contradictory(many, "orders")
    (told,) = checks.odd(many, "orders")
    assert told.mask.tolist() == [True, True, False]
    assert told.sentence == "Orders with more margin than revenue: 2. Is “margin” a percentage?"


def test_orders_that_are_odd_stay():
    frame = orders(
        customer_id=["A", "A", "B", None, None, "D", "D"],
        ordered_at=times(*[f"2024-03-0{n}" for n in (1, 2, 3, 4, 5, 6, 6)]),
        first_order=pd.array([True, True, True, True, True, True, True], dtype="boolean"),
        refunded=[50.0, 60.0, 55.0, None, 0.0, 56.0, 0.0],
        shipping=[0.0, 0.0, 5.0, None, 0.0, 5.0, None],
    )
    assert not checks.contradictory(frame, "orders")
    told = {one.columns[0]: one.mask.tolist() for one in checks.odd(frame, "orders")}
    assert told["first_order"] == [False, True, False, False, False, False, True]
    assert told["refunded"] == [False, True, False, False, False, True, False]


def test_contacts_that_are_odd_stay():
    frame = contacts(
        abandoned=pd.array([True, True, False, None], dtype="boolean"),
        handling_minutes=[3.0, 0.0, 481.0, None],
        waiting_seconds=[86_401.0, 86_400.0, None, 1.0],
        resolved_at=times("2025-03-02 10:00", "2024-03-02", "2025-03-01 09:00", None),
    )
    assert not checks.contradictory(frame, "contacts")
    told = {one.columns[0]: one.mask.tolist() for one in checks.odd(frame, "contacts")}
    assert told == {
        "abandoned": [True, False, False, False],
        "handling_minutes": [False, False, True, False],
        "waiting_seconds": [True, False, False, False],
        "resolved_at": [True, False, False, False],
    }


def test_lines_visits_and_costs_that_are_odd():
    lines = pd.DataFrame({"quantity": pd.array([0, 1, None], dtype="Int64")})
    assert checks.odd(lines, "order_lines")[0].mask.tolist() == [True, False, False]
    assert checks.odd(lines, "order_lines")[0].sentence == "Order lines with 0 pieces: 1."
    visits = pd.DataFrame({"seconds": [86_401.0, 5.0]})
    assert checks.odd(visits, "events")[0].mask.tolist() == [True, False]
    costs = pd.DataFrame({"month": pd.to_datetime(["2024-01-01"] * 3), "channel": ["chat", "phone", "chat"]})
    assert checks.odd(costs, "channel_costs")[0].mask.tolist() == [False, False, True]
    assert checks.odd(costs, "products") == []


def test_an_item_answered_twice_by_one_respondent():
    frame = pd.DataFrame(
        {"respondent_id": ["a", "a", "b", "a"], "role": ["customer"] * 3 + ["company"], "item": [1, 1, 1, 1]}
    )
    (told,) = checks.contradictory(frame, "service_survey")
    assert told.mask.tolist() == [False, True, False, False]


def test_tables_against_each_other():
    tables = {
        "orders": orders(order_id=["O1", "O2"], ordered_at=times("2024-03-01 10:00", "2024-03-05 10:00")),
        "returns": pd.DataFrame(
            {
                "order_id": ["O1", "O2", "O9"],
                "product_id": ["P1", "P1", "P1"],
                "returned_at": times("2024-03-02", "2024-03-02", "2024-03-02"),
            }
        ),
        "contacts": contacts(order_id=["O1", "O9", None], stage=["after", "after", "before"]),
        "messages": pd.DataFrame({"contact_id": ["C0", "C7"]}),
        "products": pd.DataFrame({"product_id": ["P2"]}),
    }
    told = {(one.table, one.columns): one for one in checks.across(tables)}
    assert told["returns", ("returned_at", "order_id")].mask.tolist() == [False, True, False]
    assert told["returns", ("order_id",)].mask.tolist() == [False, False, True]
    assert told["returns", ("product_id",)].mask.tolist() == [True, True, True]
    assert told["contacts", ("order_id",)].mask.tolist() == [False, True, False]
    assert told["messages", ("contact_id",)].mask.tolist() == [False, True]
    assert len(told) == 5
    assert told["contacts", ("order_id",)].sentence == "Contacts that name an order that is not there: 1."
    assert checks.across({}) == []


def test_a_contact_after_the_purchase_before_its_order():
    tables = {
        "orders": orders(order_id=["O1"], ordered_at=times("2024-03-02 10:00")),
        "contacts": contacts(order_id=["O1", "O1", "O1"], stage=["after", "before", None]),
    }
    (told,) = checks.across(tables)
    assert told.mask.tolist() == [True, False, False]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(["A", "B", "C", None]), max_size=12))
def test_duplicates_are_those_a_person_would_find(keys):
    mask, first = checks.duplicates(pd.DataFrame({"order_id": pd.Series(keys, dtype="str")}), "orders")
    for place, key in enumerate(keys):
        seen = keys.index(key) if key is not None else place
        assert first[place] == seen
        assert mask[place] == (seen != place)


def test_duplicates_by_key_only_where_a_table_has_one():
    mask, first = checks.duplicates(pd.DataFrame({"order_id": ["A", "A"]}), "order_lines")
    assert not mask.any()
    assert first.tolist() == [0, 1]


def test_in_what_duplicates_differ():
    frame = orders(order_id=["A", "A", "A", "A", "B"], revenue=[1.0, 1.0, 2.0, None, 1.0])
    frame["customer_id"] = pd.Series(["x", "x", "y", "x", "x"], dtype="str")
    told = checks.differences(frame, *checks.duplicates(frame, "orders"))
    assert told.tolist() == [
        "",
        "the row is the same as the first",
        "the row differs from the first in “customer” and “amount of the order”",
        "the row differs from the first in “amount of the order”",
        "",
    ]


def test_duplicates_that_are_wholly_the_same():
    frame = orders(order_id=["A", "A"], customer_id=[None, None], revenue=[np.nan, np.nan])
    told = checks.differences(frame, *checks.duplicates(frame, "orders"))
    assert told.tolist() == ["", "the row is the same as the first"]


def test_problems_are_grouped_per_column_and_kind():
    faults = pd.DataFrame(
        {
            "position": [0, 3, 3, 1, 2, 4, 5, 6, 7],
            "line": [2, 5, 5, 3, 4, 6, 7, 8, 9],
            "header": [
                "Datum",
                "Datum",
                "Bedrag",
                "Bedrag",
                "Bedrag",
                "Bedrag",
                "Bedrag",
                "Bedrag",
                "Bedrag",
            ],
            "problem": ["not_understood", "not_understood", *["below"] * 6, "above"],
            "value": "",
            "said": "",
        }
    )
    told = checks.problems(faults)
    assert told["column"].tolist() == ["Bedrag", "Datum", "Bedrag"]
    assert told["code"].tolist() == ["below", "not_understood", "above"]
    assert told["count"].tolist() == [6, 2, 1]
    assert told["lines"].tolist() == [(3, 4, 5, 6, 7), (2, 5), (9,)]
    assert told["problem"].tolist() == ["too low", "cannot be understood", "too high"]
    assert all(told["what_to_do"])
    assert checks.problems(faults.head(0)).empty


def test_every_kind_of_problem_has_a_name_and_something_to_do():
    codes = [value for name, value in vars(checks).items() if name.isupper() and isinstance(value, str)]
    assert len(codes) == 11
    for code in codes:
        assert checks.problem_name(code) != code
        assert checks.what_to_do(code).endswith(".")
    assert checks.problem_name("new kind") == "new kind"
    assert checks.what_to_do("new kind") == ""


@pytest.mark.parametrize("spoken", ["en", "nl"])
def test_rows_set_aside_are_mended_and_come_back(survey, spoken):
    rows = [
        "01-02-2024;1;2;3;=1+1",
        "gisteren;1;2;3;+31 is geen som",
        "03-02-2024;1;9;3;",
        "04-02-2024;3;2;1;007",
    ]
    language.use(spoken)
    found = intake.read(survey(*rows))
    assert (found.used, found.read) == (2, 4)
    book = openpyxl.load_workbook(io.BytesIO(checks.aside_sheet(found)))
    sheet = book.worksheets[0]
    cells = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert cells[0][:5] == ["Datum", "Kiezen", "Kopen", "Na aankoop", "Opmerking"]
    assert checks.is_mended(cells[0]) == tuple(cells[0][5:])
    assert [row[5] for row in cells[1:]] == [3, 4]
    assert cells[1][4] == "+31 is geen som"
    sheet["A2"], sheet["C3"] = "02-02-2024", 2
    mended = io.BytesIO()
    book.save(mended)
    back = intake.read(mended.getvalue(), filename="mended.xlsx", table="effort_survey")
    assert (back.used, len(back.aside)) == (2, 0)
    assert back.frame["answered_at"].dt.strftime("%d-%m-%Y").tolist() == ["02-02-2024", "03-02-2024"]
    assert back.frame["buying"].tolist() == [2, 2]
    assert not any("set aside" in name or "opzij" in name or "row" in name for name in back.frame.columns)


def test_own_columns_that_go_by_our_names_keep_them():
    aside = pd.DataFrame({"row": [2], "row (2)": ["x"], "reason (2)": ["=1+1"], "reason": ["wrong"]})
    sheet = openpyxl.load_workbook(io.BytesIO(checks.aside_sheet(SimpleNamespace(aside=aside)))).worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["row", "reason", "row in your file", "why it was set aside"]
    assert [cell.value for cell in sheet[2]] == ["x", "=1+1", 2, "wrong"]
    assert sheet["B2"].data_type == "s"


def test_what_is_no_mended_file():
    assert checks.is_mended(["row", "reason"]) is None
    assert checks.is_mended(["row in your file"]) is None
    assert checks.is_mended([]) is None
    assert checks.is_mended(["Why it was set aside", "x", "Row in your file"]) == (
        "Row in your file",
        "Why it was set aside",
    )


def test_a_million_contacts_are_checked_in_no_time():
    size = 1_000_000
    opened = pd.Series(pd.date_range("2020-01-01", periods=size, freq="min", tz=ZONE))
    frame = pd.DataFrame(
        {
            "contact_id": pd.Series(np.arange(size).astype(str), dtype="str"),
            "opened_at": opened,
            "resolved_at": opened + pd.to_timedelta(np.arange(size) % 7 - 1, "h"),
            "handling_minutes": np.arange(size) % 500.0,
        }
    )
    start = time.perf_counter()
    (told,) = checks.contradictory(frame, "contacts")
    checks.odd(frame, "contacts")
    mask, _first = checks.duplicates(frame, "contacts")
    assert time.perf_counter() - start < 5  # well under one second on an idle machine
    assert told.mask.sum() == len(range(0, size, 7))
    assert not mask.any()
