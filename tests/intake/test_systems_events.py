# ruff: noqa: E501
"""Exports of web analytics and of form tools."""

import json

import pandas as pd
import pytest
from exported import columns, fed, raw_of

from csworkbook import language
from csworkbook.intake import systems


def event(name: str, at: int, visitor: str, session: str, bundle: int, items: list | None = None) -> dict:
    """An event as BigQuery writes it."""
    return {
        "event_date": "20260105", "event_timestamp": str(at), "event_name": name, "event_bundle_sequence_id": str(bundle),
        "event_params": [
            {"key": "page_location", "value": {"string_value": "https://example.nl/"}},
            {"key": "ga_session_id", "value": {"int_value": session}},
            {"key": "engagement_time_msec", "value": {"int_value": "1500"}},
        ],
        "user_pseudo_id": visitor, "device": {"category": "mobile"}, "items": items or [],
    }  # fmt: skip


EVENTS = [
    event("view_item", 1767603600000000, "v1", "s1", 1, [{"item_id": "MOK", "item_name": "Mok"}]),
    event("begin_checkout", 1767603660000000, "v1", "s1", 2, [{"item_id": "MOK"}, {"item_id": "BORD"}]),
    event("scroll", 1767603661500000, "v2", "s2", 3),
]


def test_ga4_rows_of_bigquery_one_event_is_one_row_however_many_items():
    which, feeds = fed("\n".join(map(json.dumps, EVENTS)), "events.json")
    assert which == ("Google Analytics 4", "bigquery_json")
    table = columns(feeds["events"])
    assert table["step"].tolist() == ["view_item", "begin_checkout", "scroll"]
    assert table["session_id"].tolist() == ["s1", "s1", "s2"]
    assert table["product_id"].fillna("").tolist() == ["MOK", "MOK", ""]
    assert table["seconds"].tolist() == [1.5, 1.5, 1.5]
    assert table["device"].tolist() == ["mobile"] * 3
    assert table["at"].dt.tz_convert("Europe/Amsterdam").dt.strftime("%H:%M:%S.%f").tolist() == [
        "10:00:00.000000", "10:01:00.000000", "10:01:01.500000",
    ]  # fmt: skip


def test_ga4_with_a_row_per_parameter_gives_the_same():
    long = [
        {**{k: v for k, v in one.items() if k not in ("event_params", "items", "device")},
         "device.category": "mobile", "event_params.key": param["key"],
         "event_params.value.string_value": param["value"].get("string_value", ""),
         "event_params.value.int_value": param["value"].get("int_value", "")}
        for one in EVENTS for param in one["event_params"]
    ]  # fmt: skip
    which, feeds = fed(pd.DataFrame(long).to_csv(index=False))
    assert which == ("Google Analytics 4", "bigquery_json")
    table = columns(feeds["events"])
    assert table["session_id"].tolist() == ["s1", "s1", "s2"]
    assert table["seconds"].tolist() == [1.5, 1.5, 1.5]


def test_ga4_flattened():
    which, feeds = fed("""\
event_date,event_timestamp,event_name,user_pseudo_id,ga_session_id,device_category,item_id
20260105,1767603600000000,add_to_cart,v1,s1,desktop,MOK
20260105,1767603660000000,purchase,v1,s1,desktop,
""")
    assert which == ("Google Analytics 4", "bigquery_csv")
    table = columns(feeds["events"])
    assert table["step"].tolist() == ["add_to_cart", "purchase"]
    assert str(table["at"][1]) == "2026-01-05 09:01:00+00:00"


@pytest.mark.parametrize(
    "text",
    [
        "Session default channel group,Sessions,Engaged sessions\nDirect,10,5\nPaid Search,7,3\n",
        "Paginatitel en schermklasse,Weergaven,Actieve gebruikers\nWelkom,15,4\nMokken,9,3\n",
        "label,nb_uniq_visitors,nb_visits\n/mok,4,5\n/vaas,3,3\n",
    ],
    ids=["ga4", "ga4 nl", "matomo"],
)
def test_reports_are_totals_and_say_what_to_export(text):
    raw = raw_of(text)
    export = systems.find(raw)
    (feed,) = systems.feeds(raw, export)
    assert (export.name, export.tables, feed.table, feed.complete) == ("report", (), None, True)
    assert "totals, no visitors" in feed.notes[0]
    assert "Export the" in feed.notes[0]
    with language.speaking("nl"):
        assert "totalen, geen bezoekers" in export.reason()


def test_matomo_visits_become_actions_in_order():
    which, feeds = fed("""\
idVisit,visitorId,serverDate,deviceType,type (actionDetails 0),url (actionDetails 0),timestamp (actionDetails 0),timeSpent (actionDetails 0),type (actionDetails 1),url (actionDetails 1),timestamp (actionDetails 1),timeSpent (actionDetails 1)
1,aa,2026-01-05,Smartphone,action,https://example.nl/,1767603600,30,action,https://example.nl/winkelwagen,1767603630,12
2,bb,2026-01-05,Desktop,ecommerceOrder,,1767603700,,,,,
""")
    assert which == ("Matomo", "visits_log_csv")
    table = columns(feeds["events"])
    assert table["visitor_id"].tolist() == ["aa", "aa", "bb"]
    assert table["step"].tolist() == ["home", "cart", "paid"]
    assert table["device"].tolist() == ["mobile", "mobile", "desktop"]
    assert table["seconds"].fillna(-1).tolist() == [30.0, 12.0, -1.0]
    assert feeds["events"].raw.lines.tolist() == [2, 2, 3]


def test_matomo_json():
    visit = {
        "idVisit": 1, "visitorId": "aa", "deviceType": "Tablet", "actionDetails": [
            {"type": "search", "url": "https://example.nl/?q=mok", "timestamp": 1767603600},
            {"type": "event", "url": "https://example.nl/mok", "eventAction": "add_to_cart", "timestamp": 1767603610},
            {"type": "action", "url": "https://example.nl/mok", "timestamp": 1767603620},
        ],
    }  # fmt: skip
    which, feeds = fed(json.dumps([visit, {**visit, "idVisit": 2, "visitorId": "bb"}]), "visits.json")
    assert which == ("Matomo", "visits_log_json")
    table = columns(feeds["events"])
    assert table["step"].tolist() == ["search", "add_to_cart", "action"] * 2
    assert table["visitor_id"].tolist() == ["aa"] * 3 + ["bb"] * 3


FORMS = {
    ("Google Forms", "responses"): (
        "Tijdstempel,E-mailadres,Hoeveel moeite kostte het kiezen?\n5-1-2026 9:00:00,an@example.nl,weinig\n",
        {"Tijdstempel": "answered_at", "E-mailadres": "customer_id"},
    ),
    ("Microsoft Forms", "responses"): (
        "ID,Begintijd,Tijd van voltooien,E-mail,Naam,Hoeveel moeite kostte het kiezen?\n1,2026-01-05 9:00,2026-01-05 9:05,anonymous,,weinig\n",
        {"ID": None, "Begintijd": None, "Tijd van voltooien": "answered_at", "Naam": None},
    ),
    ("LimeSurvey", "responses"): (
        '"Response ID","Date submitted","Last page","Start language","Seed","How much effort did choosing take?"\n1,2026-01-05 09:00:00,3,nl,12,none\n',
        {"Response ID": None, "Date submitted": "answered_at", "Last page": None, "Seed": None},
    ),
    ("SurveyMonkey", "responses"): (
        "Respondent ID,Collector ID,Start Date,End Date,IP Address,Email Address,How much effort did choosing take?,Which of these did you use?,\n"
        ",,,,,,Response,Phone,Mail\n1,2,01/05/2026 09:00:00 AM,01/25/2026 09:05:00 AM,192.0.2.1,,none,Phone,\n",
        {"Respondent ID": None, "Collector ID": None, "Start Date": None, "End Date": "answered_at",
         "IP Address": None, "Email Address": "customer_id"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("which", FORMS, ids=lambda which: which[0])
def test_forms_name_moment_and_person_and_leave_the_questions(which):
    text, mapping = FORMS[which]
    raw = raw_of(text)
    export = systems.find(raw)
    (feed,) = systems.feeds(raw, export)
    assert (export.system, export.name) == which
    assert (feed.table, feed.complete, feed.mapping) == (None, False, mapping)
    assert not any("effort" in header or "moeite" in header for header in feed.mapping)


def test_typeform_moments_are_utc():
    raw = raw_of(
        "#,Hoeveel moeite kostte het kiezen?,Start Date (UTC),Submit Date (UTC),Network ID\na1,weinig,2026-07-01 09:58:00,2026-07-01 10:00:00,n1\n"
    )
    export = systems.find(raw)
    (feed,) = systems.feeds(raw, export)
    assert export.system == "Typeform"
    (moment,) = (header for header, column in feed.mapping.items() if column == "answered_at")
    assert feed.raw.made == (moment,)
    assert str(feed.raw.frame[moment].dt.tz_convert("Europe/Amsterdam")[0]) == "2026-07-01 12:00:00+02:00"
    assert [feed.mapping[name] for name in ("#", "Submit Date (UTC)", "Network ID")] == [None] * 3


def test_a_survey_of_typeform_in_a_spreadsheet(workbook):
    from csworkbook.intake import files

    rows = [
        ["#", "Hoeveel moeite kostte het kiezen?", "Start Date (UTC)", "Submit Date (UTC)"],
        ["a1", "weinig", "2026-07-01 09:58:00", "2026-07-01 10:00:00"],
    ]
    raw = files.read(workbook(Responses=rows), filename="a.xlsx")[0]
    assert systems.find(raw).system == "Typeform"
