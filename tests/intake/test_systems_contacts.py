# ruff: noqa: E501
"""Exports of help desks, chats and mailboxes: contacts, and the messages in them."""

import json

import pandas as pd
import pytest
from exported import columns, fed, left

AT = "Europe/Amsterdam"


def shown(cells) -> list:
    """Cells, none for an empty one."""
    return [None if pd.isna(cell) else cell for cell in cells]


def clock(cells) -> list[str]:
    """Moments as the shop's clock shows them."""
    return [None if pd.isna(cell) else f"{cell.tz_convert(AT):%Y-%m-%d %H:%M}" for cell in cells]


def test_zendesk_view_export():
    which, feeds = fed("""\
Summation column,Id,Requester,Requester id,Requester external id,Requester email,Subject,Status,Via,Ticket type,Created at,Assignee,Solved at,Satisfaction Score,First reply time in minutes,Contactreden [list]
1,101,An Jansen,9001,,an@example.nl,Waar is mijn pakket,Solved,Mail,Question,2026-03-28 23:30,Kim,2026-03-30 10:00,Good,90,Levering
1,102,Bo Visser,9002,K-7,bo@example.nl,Kapot,Open,Web Widget,Problem,2026-04-02 09:00,,,Offered,,Product
1,103,Cy Bos,9003,,cy@example.nl,Weg ermee,Deleted,Phone call (incoming),Task,2026-04-03 09:00,Kim,,Bad,5,
""")
    assert which == ("Zendesk", "tickets_csv")
    feed = feeds["contacts"]
    table = columns(feed)
    assert table["customer_id"].tolist() == ["9001", "K-7", "9003"]
    assert table["channel"].tolist() == ["email", "chat", "phone"]
    assert shown(table["topic"]) == ["Levering", "Product", None]
    assert shown(table["kind"]) == ["question", "complaint", None]
    assert shown(table["satisfied"]) == [True, None, False]
    assert clock(table["replied_at"]) == ["2026-03-29 01:00", None, "2026-04-03 09:05"]
    assert left(feed) == {2: "the ticket was deleted"}
    assert feed.mapping["Requester"] is None


def test_a_reply_over_the_night_the_clock_changes_is_counted_in_real_minutes():
    text = "Id,Via,Created at,Requester id,First reply time in minutes\n1,Mail,2026-03-29 01:30,9,60\n"
    assert clock(columns(fed(text)[1]["contacts"])["replied_at"]) == ["2026-03-29 03:30"]


TICKETS = [
    {
        "id": 7, "created_at": "2026-05-01T08:00:00Z", "subject": "Maat", "status": "solved", "type": None,
        "description": "Welke maat?", "via": {"channel": "email"},
        "requester": {"id": 50, "name": "An Jansen", "email": "an@example.nl"},
        "assignee": {"id": 60, "name": "Kim"}, "tags": ["maat", "sok"],
        "satisfaction_rating": {"score": "good"}, "metric_set": {"solved_at": "2026-05-01T12:00:00Z"},
        "comments": [
            {"id": 1, "author_id": 50, "body": "Welke maat?", "public": True, "created_at": "2026-05-01T08:00:00Z"},
            {"id": 2, "author_id": 60, "body": "Even vragen", "public": False, "created_at": "2026-05-01T08:10:00Z"},
            {"id": 3, "author_id": 60, "body": "Maat 40", "public": True, "created_at": "2026-05-01T09:30:00Z"},
        ],
    },
    {
        "id": 8, "created_at": "2026-05-02T08:00:00Z", "subject": "Stuk", "status": "open", "type": "problem",
        "description": "Het is stuk", "via": {"channel": "chat"},
        "requester": {"id": 51, "name": "Bo Visser", "email": "bo@example.nl"}, "assignee": None, "tags": [],
        "satisfaction_rating": {"score": "unoffered"}, "metric_set": {"solved_at": None},
        "comments": [
            {"id": 4, "author_id": 51, "body": "Het is stuk", "public": True, "created_at": "2026-05-02T08:00:00Z"}
        ],
    },
]  # fmt: skip


@pytest.mark.parametrize("lines", [True, False], ids=["lines", "list"])
def test_zendesk_json_holds_contacts_and_messages(lines):
    text = "\n".join(map(json.dumps, TICKETS)) if lines else json.dumps({"tickets": TICKETS})
    which, feeds = fed(text, "tickets.json")
    assert which == ("Zendesk", "tickets_json")
    contacts, messages = columns(feeds["contacts"]), columns(feeds["messages"])
    assert contacts["contact_id"].astype(str).tolist() == ["7", "8"]
    assert clock(contacts["replied_at"]) == ["2026-05-01 11:30", None]
    assert contacts["channel"].tolist() == ["email", "chat"]
    assert shown(contacts["satisfied"]) == [True, None]
    assert messages["sender"].tolist() == ["customer", "agent", "agent", "customer"]
    assert left(feeds["messages"]) == {1: "an internal note: the customer never saw it"}


def test_freshdesk():
    which, feeds = fed("""\
Ticket ID,Subject,Status,Source,Type,Agent,Created time,Due by Time,Resolved time,Closed time,Initial response time,Time tracked,First response time (in hrs),Resolution time (in hrs),Survey results,Full name,Contact ID,Email
31,Retour,Closed,Portal,Question,Kim,2026-01-05 09:00:00,2026-01-06 09:00:00,2026-01-05 15:00:00,2026-01-05 15:10:00,2026-01-05 10:30:00,00:45:00,01:30:00,06:00:00,Extremely Happy,An Jansen,77,an@example.nl
32,Reclame,Spam,Email,,,2026-01-06 09:00:00,,,,,00:00:00,,,,Bo Visser,78,bo@example.nl
""")
    assert which == ("Freshdesk", "tickets")
    table = columns(feeds["contacts"])
    assert table["handling_minutes"].tolist() == [45.0, 0.0]
    assert table["channel"].tolist() == ["form", "email"]
    assert table["replied_at"].fillna("").tolist() == ["2026-01-05 10:30:00", ""]
    assert shown(table["satisfied"]) == [True, None]
    assert left(feeds["contacts"]) == {1: "spam or a deleted ticket"}


def test_freshdesk_without_moment_of_reply_reckons_it_from_the_hours():
    text = "Ticket ID,Source,Created time,Resolved time,First response time (in hrs)\n1,Email,2026-01-05 09:00:00,,1.5\n"
    table = columns(fed(text)[1]["contacts"])
    assert clock(table["replied_at"]) == ["2026-01-05 10:30"]


def test_gorgias_as_csv_and_as_json():
    which, feeds = fed("""\
Ticket id,Initial channel,Subject,Status,Customer name,Customer email,Creation date,Closed date,Assignee name,Survey score,First response time (s),Resolution time (s)
5,instagram-direct-message,Maat,closed,An Jansen,an@example.nl,2026-01-05 09:00:00,2026-01-05 12:00:00,Kim,5,1800,10800
6,contact_form,Stuk,open,Bo Visser,bo@example.nl,2026-01-06 09:00:00,,,2,,
""")
    assert which == ("Gorgias", "tickets_csv")
    table = columns(feeds["contacts"])
    assert table["channel"].tolist() == ["social", "form"]
    assert clock(table["replied_at"]) == ["2026-01-05 09:30", None]
    assert table["satisfied"].tolist() == [True, False]
    ticket = {
        "id": 5, "channel": "chat", "created_datetime": "2026-01-05T09:00:00", "closed_datetime": None, "subject": "Maat",
        "spam": False, "customer": {"id": 3, "email": "an@example.nl"}, "assignee_user": {"name": "Kim"},
        "messages": [
            {"from_agent": False, "public": True, "body_text": "Welke maat?", "created_datetime": "2026-01-05T09:00:00"},
            {"from_agent": True, "public": True, "body_text": "Maat 40", "created_datetime": "2026-01-05T09:05:00"},
        ],
    }  # fmt: skip
    which, feeds = fed(json.dumps([ticket]), "tickets.json")
    assert which == ("Gorgias", "tickets_json")
    assert clock(columns(feeds["contacts"])["replied_at"]) == ["2026-01-05 10:05"]
    assert columns(feeds["contacts"])["text"].tolist() == ["Welke maat?"]
    assert columns(feeds["messages"])["sender"].tolist() == ["customer", "agent"]


def test_zammad():
    which, feeds = fed("""\
#,Title,State,Priority,Group,Owner,Customer,Organization,Create Channel,Sender,Tags,Time Units Total,Created At,Updated At,Closed At,First Response At,Article Count
61001,Retour,closed,2 normal,Service,Kim,An Jansen,-,email,Customer,,12.5,2026-01-05 09:00,2026-01-05 11:00,2026-01-05 11:00,2026-01-05 09:20,3
61002,Dubbel,merged,2 normal,Service,-,Bo Visser,-,web,Customer,,0,2026-01-06 09:00,2026-01-06 11:00,,,1
""")
    assert which == ("Zammad", "report_tickets")
    table = columns(feeds["contacts"])
    assert table["contact_id"].tolist() == ["61001", "61002"]
    assert table["handling_minutes"].tolist() == [12.5, 0.0]
    assert table["channel"].tolist() == ["email", "form"]
    assert set(left(feeds["contacts"])) == {1}


def test_hubspot_in_dutch_and_trengo():
    which, feeds = fed("""\
Ticket-ID,Ticketnaam,Pijplijn,Ticketstatus,Aanmaakdatum,Sluitingsdatum,Ticketeigenaar,Bron,Categorie,Gekoppelde contactpersoon
900,Retour sturen,Support,Gesloten,2026-01-05 09:00,2026-01-05 15:00,Kim,E-mail,Retour,An Jansen
""")
    assert which == ("HubSpot", "tickets")
    assert columns(feeds["contacts"])[["topic", "channel"]].to_numpy().tolist() == [["Retour", "email"]]
    which, feeds = fed("""\
Ticket ID,Status,Channel,Contact name,Contact email,Subject,Labels,Assigned to,Created at,Closed at,First response time
40,Closed,WhatsApp Business,An Jansen,an@example.nl,,Levering,Kim,2026-01-05 09:00:00,2026-01-05 10:00:00,00:12:30
""")
    assert which == ("Trengo", "tickets")
    table = columns(feeds["contacts"])
    assert clock(table["replied_at"]) == ["2026-01-05 09:12"]
    assert table[["channel", "topic"]].to_numpy().tolist() == [["whatsapp", "Levering"]]


def test_livechat_as_report_and_as_archive():
    which, feeds = fed("""\
chat id,unique visitor id,chat creation date,chat start date,chat duration in seconds,queue duration in seconds,visitor nick,visitor email,last operator id,first response time,rate,tag 1
C1,V1,2026-01-05 09:00:00,2026-01-05 09:00:30,600,30,An,an@example.nl,kim@example.nl,15,good,maat
""")
    assert which == ("LiveChat", "chats_csv")
    table = columns(feeds["contacts"])
    assert table[["handling_minutes", "waiting_seconds", "channel"]].to_numpy().tolist() == [
        [10.0, 30.0, "chat"]
    ]
    chat = {
        "id": "C2", "started_timestamp": 1767600000, "ended_timestamp": 1767600300, "duration": 300, "rate": "rated_bad",
        "visitor": {"id": "V2", "name": "Bo", "email": "bo@example.nl"}, "agents": [{"display_name": "Kim"}],
        "messages": [
            {"author_name": "Bo", "text": "Waar blijft het?", "user_type": "visitor", "timestamp": 1767600010},
            {"author_name": "Kim", "text": "Morgen", "user_type": "agent", "timestamp": 1767600070},
        ],
    }  # fmt: skip
    which, feeds = fed(json.dumps({"chats": [chat, {**chat, "id": "C3"}]}), "chats.json")
    assert which == ("LiveChat", "chats_json")
    table = columns(feeds["contacts"])
    assert clock(table["opened_at"]) == ["2026-01-05 09:00"] * 2
    assert clock(table["replied_at"]) == ["2026-01-05 09:01"] * 2
    assert table["text"].tolist() == ["Waar blijft het?"] * 2
    assert columns(feeds["messages"])["sender"].tolist() == ["customer", "agent"] * 2


def test_tawk_transcripts_and_history():
    hook = {
        "event": "chat:transcript_created", "time": "2026-01-05T09:10:00Z", "property": {"id": "p", "name": "Winkel"},
        "chat": {
            "id": "T1", "visitor": {"name": "An", "email": "an@example.nl", "city": "Zwolle", "country": "NL"},
            "messages": [
                {"sender": {"t": "s"}, "type": "msg", "msg": "Welkom", "time": "2026-01-05T09:00:00Z"},
                {"sender": {"t": "v", "n": "An"}, "type": "msg", "msg": "Hallo", "time": "2026-01-05T09:00:20Z"},
                {"sender": {"t": "a", "n": "Kim"}, "type": "msg", "msg": "Dag", "time": "2026-01-05T09:02:00Z"},
            ],
        },
    }  # fmt: skip
    which, feeds = fed(json.dumps([hook]), "tawk.json")
    assert which == ("tawk.to", "transcripts")
    table = columns(feeds["contacts"])
    assert clock([table["opened_at"][0], table["replied_at"][0]]) == ["2026-01-05 10:00", "2026-01-05 10:02"]
    assert table["text"].tolist() == ["Hallo"]
    assert columns(feeds["messages"])["sender"].tolist() == ["agent", "customer", "agent"]
    which, feeds = fed("""\
Chat ID,Time,Sender Type,Sender,Visitor email,Message
T2,2026-01-05 09:00:20,Visitor,An,an@example.nl,Hallo
,2026-01-05 09:02:00,Agent,Kim,,Dag
T3,2026-01-06 09:00:00,Visitor,Bo,bo@example.nl,Hoi
""")
    assert which == ("tawk.to", "messages_csv")
    assert clock(columns(feeds["contacts"])["replied_at"]) == ["2026-01-05 09:02", None]
    assert columns(feeds["messages"])["contact_id"].tolist() == ["T2", "T2", "T3"]


def test_outlook_mail_gets_an_id_that_is_the_same_every_time():
    text = """\
"Onderwerp","Hoofdtekst","Van: (Naam)","Van: (Adres)","Aan: (Adres)","Ontvangen","Categorieën"
"Retour","Hoe stuur ik terug?","An Jansen","an@example.nl","service@example.nl","05-01-2026 09:00","Retouren"
"Retour","Nogmaals","An Jansen","an@example.nl","service@example.nl","05-01-2026 19:00","Retouren"
"""
    which, feeds = fed(text)
    assert which == ("Mailbox", "outlook")
    table = columns(feeds["contacts"])
    assert table["contact_id"].nunique() == 2
    assert table["contact_id"].tolist() == columns(fed(text)[1]["contacts"])["contact_id"].tolist()
    assert not table["contact_id"].str.contains("@").any()
    assert table["channel"].tolist() == ["email", "email"]
    assert table["email_hash"].tolist() == ["an@example.nl"] * 2


def test_takeout_threads_are_contacts_and_sent_mail_is_left():
    which, feeds = fed("""\
From,To,Subject,Date,X-GM-THRID,X-Gmail-Labels,Body
An Jansen <an@example.nl>,service@example.nl,Retour,"Mon, 05 Jan 2026 09:00:00 +0100",11,Inbox,Hoe?
service@example.nl,an@example.nl,Re: Retour,"Mon, 05 Jan 2026 10:00:00 +0100",11,Inbox,Zo.
bo@example.nl,service@example.nl,Win,"Tue, 06 Jan 2026 09:00:00 +0100",12,"Spam,Unread",Klik
""")
    assert which == ("Mailbox", "takeout")
    table = columns(feeds["contacts"])
    assert table["contact_id"].tolist() == ["11", "12"]
    assert table["customer_id"].tolist() == ["an@example.nl", "bo@example.nl"]
    assert set(left(feeds["contacts"])) == {1}
