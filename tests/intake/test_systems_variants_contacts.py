# ruff: noqa: E501
"""Other versions and languages of exports of help desks, chats and mailboxes, and their APIs."""

import json

import pandas as pd
import pytest
from exported import columns, fed, left


def shown(cells) -> list:
    """Cells, none for an empty one."""
    return [None if pd.isna(cell) else cell for cell in cells]


def clock(cells) -> list:
    """Moments as a clock in Amsterdam shows them."""
    return [
        None if pd.isna(cell) else f"{cell.tz_convert('Europe/Amsterdam'):%Y-%m-%d %H:%M}" for cell in cells
    ]


def row(feed, at: int = 0) -> dict:
    """One row under canonical names, as text."""
    found = columns(feed).iloc[at]
    return {name: None if pd.isna(cell) else str(cell) for name, cell in found.items()}


def test_zendesk_in_dutch_in_explore_and_without_comments():
    which, feeds = fed("""\
ID;Aanvrager;Onderwerp;Status;Via;Gemaakt op;Toegewezen persoon;Opgelost op;Contactreden [list]
101;An Jansen;Waar is mijn pakket;Opgelost;Telefoongesprek (inkomend);2026-03-02 09:00;Kim;2026-03-02 10:00;Levering
""")
    assert which == ("Zendesk", "tickets_csv")
    assert [row(feeds["contacts"])[name] for name in ("channel", "topic", "agent")] == [
        "phone",
        "Levering",
        "Kim",
    ]
    which, feeds = fed("""\
Ticket ID,Ticket channel,Ticket created - Timestamp,Ticket solved - Timestamp,Requester name,Ticket subject,First reply time (hrs)
102,Phone call (inbound),2026-03-02T09:00:00,2026-03-02T12:00:00,An Jansen,Parcel,1.5
""")
    assert which == ("Zendesk", "tickets_csv")
    assert clock(columns(feeds["contacts"])["replied_at"]) == ["2026-03-02 10:30"]
    ticket = {
        "id": 7, "created_at": "2026-05-01T08:00:00Z", "subject": "Maat", "status": "solved", "type": "problem", "via": {"channel": "native_messaging"},
        "requester_id": 50, "submitter_id": 50, "assignee_id": 60, "satisfaction_rating": {"score": "bad"},
        "metric_set": {"solved_at": "2026-05-01T12:00:00Z", "reply_time_in_minutes": {"calendar": 45, "business": 20}},
    }  # fmt: skip
    which, feeds = fed("\n".join(json.dumps({**ticket, "id": number}) for number in (7, 8)), "tickets.jsonl")
    assert which == ("Zendesk", "tickets_table")
    contacts = columns(feeds["contacts"])
    assert clock(contacts["replied_at"]) == ["2026-05-01 10:45"] * 2
    assert clock(contacts["resolved_at"]) == ["2026-05-01 14:00"] * 2
    assert contacts[["channel", "satisfied"]].to_numpy().tolist() == [["chat", False]] * 2


FRESH = {
    "id": 401, "subject": "Factuur", "status": 5, "priority": 1, "source": 9, "type": "Invoice", "requester_id": 430, "responder_id": 91,
    "spam": False, "due_by": "2026-05-04T18:00:00Z", "created_at": "2026-05-01T08:00:00Z", "description_text": "Stuur nog eens",
    "stats": {"resolved_at": None, "first_responded_at": "2026-05-01T09:00:00Z", "closed_at": "2026-05-02T15:00:00Z"},
    "requester": {"id": 430, "name": "An Jansen", "email": "an@example.nl"},
}  # fmt: skip


def test_freshdesk_codes_of_the_api():
    tickets = [{**FRESH, "id": code, "source": code} for code in (1, 2, 3, 7, 9, 10, 13)]
    which, feeds = fed(json.dumps([*tickets, {**FRESH, "id": 99, "spam": True}]), "tickets.json")
    assert which == ("Freshdesk", "tickets_json")
    contacts, words = columns(feeds["contacts"]), feeds["contacts"].words["channel"]
    assert [words[str(code)] for code in contacts["channel"][:7]] == [
        "email",
        "form",
        "phone",
        "chat",
        "form",
        "email",
        "whatsapp",
    ]
    assert clock(contacts["replied_at"])[0] == "2026-05-01 11:00"
    assert contacts["topic"].tolist() == ["Invoice"] * 8
    assert clock(contacts["resolved_at"])[0] == "2026-05-02 17:00"
    assert left(feeds["contacts"]) == {7: "spam"}


def test_freshdesk_conversations_are_messages():
    talk = [
        {"id": 1, "body_text": "Welke bestelling?", "incoming": False, "private": False, "created_at": "2026-05-01T09:00:00Z"},
        {"id": 2, "body_text": "Even vragen", "incoming": False, "private": True, "created_at": "2026-05-01T08:30:00Z"},
        {"id": 3, "body_text": "Nummer 12", "incoming": True, "private": False, "created_at": "2026-05-01T10:00:00Z"},
    ]  # fmt: skip
    ticket = {name: FRESH[name] for name in ("id", "subject", "source", "created_at", "requester_id")}
    which, feeds = fed(
        json.dumps([{**ticket, "conversations": talk}, {**ticket, "id": 2, "conversations": talk[:1]}]),
        "t.json",
    )
    assert which == ("Freshdesk", "conversations_json")
    assert clock(columns(feeds["contacts"])["replied_at"]) == ["2026-05-01 11:00"] * 2
    assert columns(feeds["messages"])["sender"].tolist() == ["agent", "agent", "customer", "agent"]
    assert set(left(feeds["messages"])) == {1}


def test_gorgias_messages_on_their_own():
    def said(number, ticket, agent, text, at, public=True):
        who = {"id": 1, "email": "kim@example.com"} if agent else {"id": 61, "email": "an@example.nl"}
        return {"id": number, "ticket_id": ticket, "channel": "email", "from_agent": agent, "sender": who, "subject": "Maat",
                "body_text": text, "created_datetime": at, "public": public}  # fmt: skip

    rows = [
        said(1, 70, False, "Welke maat?", "2026-01-05T08:00:00+00:00"),
        said(2, 70, True, "Notitie", "2026-01-05T08:05:00+00:00", public=False),
        said(3, 70, True, "Maat 40", "2026-01-05T08:30:00+00:00"),
        said(4, 71, False, "Stuk", "2026-01-06T08:00:00+00:00"),
    ]
    which, feeds = fed("\n".join(map(json.dumps, rows)), "messages.jsonl")
    assert which == ("Gorgias", "messages_json")
    assert columns(feeds["messages"])["contact_id"].tolist() == [70, 70, 70, 71]
    assert columns(feeds["messages"])["sender"].tolist() == ["customer", "agent", "agent", "customer"]
    assert set(left(feeds["messages"])) == {1}
    contacts = columns(feeds["contacts"])
    assert clock(contacts["replied_at"]) == ["2026-01-05 09:30", None]
    assert contacts["customer_id"].astype(str).tolist() == ["61", "61"]
    listed = {"id": 5, "channel": "contact_form", "created_datetime": "2026-01-05T09:00:00", "closed_datetime": None, "subject": "Maat",
              "spam": False, "customer": {"id": 3, "email": "an@example.nl"}, "messages_count": 2}  # fmt: skip
    which, feeds = fed(json.dumps({"data": [listed, {**listed, "id": 6}]}), "tickets.json")
    assert which == ("Gorgias", "tickets_list_json")
    assert columns(feeds["contacts"])["channel"].tolist() == ["form", "form"]


def test_livechat_archives_of_version_3_tell_who_is_the_customer():
    def chat(name, email):
        return {
            "id": name,
            "users": [{"id": "c9", "type": "customer", "name": "An", "email": email}, {"id": "kim@example.com", "type": "agent", "name": "Kim"}],
            "thread": {"created_at": "2026-01-05T09:00:00.000000Z", "tags": ["maat"], "events": [
                {"id": "0", "type": "message", "author_id": "c9", "text": "Hallo", "created_at": "2026-01-05T09:00:05.000000Z"},
                {"id": "1", "type": "system_message", "author_id": "system", "text": "Toegewezen", "created_at": "2026-01-05T09:00:06.000000Z"},
                {"id": "2", "type": "message", "author_id": "kim@example.com", "text": "Dag", "created_at": "2026-01-05T09:02:00.000000Z"}]},
        }  # fmt: skip

    which, feeds = fed(
        json.dumps({"chats": [chat("P1", "an@example.nl"), chat("P2", None)]}), "archives.json"
    )
    assert which == ("LiveChat", "chats_json")
    contacts, messages = columns(feeds["contacts"]), columns(feeds["messages"])
    assert contacts["customer_id"].tolist() == ["c9", "c9"]
    assert shown(contacts["email_hash"]) == ["an@example.nl", None]
    assert contacts["agent"].tolist() == ["Kim", "Kim"]
    assert contacts["text"].tolist() == ["Hallo", "Hallo"]
    assert clock(contacts["replied_at"]) == ["2026-01-05 10:02"] * 2
    assert messages["sender"].tolist() == ["customer", "agent", "agent"] * 2
    assert feeds["contacts"].mapping["customer of the chat"] == "customer_id"
    assert "customer of the chat" in feeds["contacts"].raw.made


def test_trengo_takes_the_kind_of_channel_and_the_moment_of_reply():
    which, feeds = fed("""\
Ticketnummer;Kanaal;Kanaaltype;Contact;E-mail contact;Toegewezen aan;Labels;Status;Aangemaakt op;Eerste reactie op;Gesloten op;Eerste reactietijd (sec)
7001;Webshop;WA_BUSINESS;Eva Dekker;eva@example.nl;Sam;Klacht;CLOSED;04-11-2026 20:24:35;04-11-2026 21:21:35;06-11-2026 02:56:35;3420
""")
    assert which == ("Trengo", "tickets")
    assert row(feeds["contacts"])["channel"] == "whatsapp"
    assert row(feeds["contacts"])["customer_id"] == "eva@example.nl"
    assert row(feeds["contacts"])["replied_at"] == "04-11-2026 21:21:35"
    ticket = {"id": 9, "status": "CLOSED", "subject": "Maat", "channel": {"id": 1, "type": "EMAIL", "name": "Winkel"}, "created_at": "2026-01-05 09:00:00",
              "closed_at": "2026-01-05 10:00:00", "contact": {"id": 3, "name": "An", "email": "an@example.nl"}}  # fmt: skip
    which, feeds = fed(
        json.dumps({"data": [ticket, {**ticket, "id": 10, "status": "INVALID"}]}), "tickets.json"
    )
    assert which == ("Trengo", "tickets_json")
    assert row(feeds["contacts"])["channel"] == "email"
    assert set(left(feeds["contacts"])) == {1}


def test_zammad_keeps_a_field_with_the_reason_and_is_read_through_its_api():
    which, feeds = fed("""\
#,Title,Contact reason,State,Owner,Customer,Create Channel,Created At,Closed At,First Response At,Article Count
61001,Help!,Return,closed,Kim,An Jansen,web,2026-01-05 09:00,2026-01-05 11:00,2026-01-05 09:20,3
""")
    assert which == ("Zammad", "report_tickets")
    assert [row(feeds["contacts"])[name] for name in ("topic", "channel")] == ["Return", "form"]
    ticket = {"id": 4, "number": "61004", "title": "Retour", "customer_id": 12, "customer": "an@example.nl", "owner": "kim@example.com", "state": "closed",
              "created_at": "2026-01-05T08:00:00.000Z", "first_response_at": "2026-01-05T08:20:00.000Z", "close_at": None, "create_article_type": "phone", "article_count": 2}  # fmt: skip
    which, feeds = fed(
        json.dumps([ticket, {**ticket, "id": 5, "number": "61005", "state": "merged"}]), "tickets.json"
    )
    assert which == ("Zammad", "tickets_json")
    assert clock(columns(feeds["contacts"])["replied_at"]) == ["2026-01-05 09:20"] * 2
    assert row(feeds["contacts"])["channel"] == "phone"
    assert set(left(feeds["contacts"])) == {1}


def test_hubspot_reply_times_and_its_api():
    which, feeds = fed("""\
Ticket ID,Ticket name,Pipeline,Ticket status,Create date,Close date,Source,Category,Time to first agent email reply (HH:mm:ss),Associated Contact IDs
900,Return,Support,Closed,2026-01-05 09:00,2026-01-05 15:00,Email,Return,01:30:00,77
""")
    assert which == ("HubSpot", "tickets")
    assert clock(columns(feeds["contacts"])["replied_at"]) == ["2026-01-05 10:30"]
    assert row(feeds["contacts"])["customer_id"] == "77"
    ticket = {"id": "900", "createdAt": "2026-01-05T08:00:00Z", "archived": False, "properties": {
        "subject": "Return", "createdate": "2026-01-05T08:00:00Z", "closed_date": None, "hs_pipeline": "0", "source_type": "FORM",
        "hs_ticket_category": "RETURN", "first_agent_reply_date": "2026-01-05T08:30:00Z"}}  # fmt: skip
    which, feeds = fed(json.dumps({"results": [ticket, {**ticket, "id": "901"}]}), "tickets.json")
    assert which == ("HubSpot", "tickets_json")
    assert row(feeds["contacts"], 1)["channel"] == "form"
    assert clock(columns(feeds["contacts"])["replied_at"]) == ["2026-01-05 09:30"] * 2


def test_mail_of_the_graph_api_and_of_a_dutch_programme():
    mail = {"id": "m1", "conversationId": "k1", "subject": "Retour", "receivedDateTime": "2026-01-05T08:00:00Z", "bodyPreview": "Hoe?",
            "from": {"emailAddress": {"name": "An", "address": "an@example.nl"}}, "isDraft": False}  # fmt: skip
    later = {**mail, "id": "m2", "receivedDateTime": "2026-01-05T18:00:00Z"}
    which, feeds = fed(
        json.dumps({"value": [later, mail, {**mail, "id": "m3", "conversationId": "k2"}]}), "mail.json"
    )
    assert which == ("Mailbox", "graph_json")
    assert clock(columns(feeds["contacts"])["opened_at"]) == ["2026-01-05 09:00"] * 2
    which, feeds = fed("""\
Onderwerp;Afzender;Ontvanger;Datum;Inhoud
Retour;An Jansen <an@example.nl>;service@example.nl;05-01-2026 09:00;Hoe?
""")
    assert which == ("Mailbox", "takeout")
    assert row(feeds["contacts"])["customer_id"] == "an@example.nl"


def test_tickets_of_two_apis_are_told_apart():
    ticket = {**FRESH, "via": {"channel": "email"}, "submitter_id": 430, "assignee_id": 91}
    del ticket["source"]
    assert fed(json.dumps([FRESH, {**FRESH, "id": 402}]), "t.json")[0] == ("Freshdesk", "tickets_json")
    assert fed(json.dumps([ticket, {**ticket, "id": 402}]), "t.json")[0] == ("Zendesk", "tickets_table")


SPOKEN = {
    ("HubSpot", "tickets"): (
        """\
Record-ID;Ticketnaam;Pijplijn;Ticketstatus;Aanmaakdatum;Sluitdatum;Bron;Tickethouder;Categorie;Tijd tot eerste e-mailreactie van agent (UU:mm:ss);Gekoppelde contact-ID's
900;Retour sturen;Support;Gesloten;2026-01-05 09:00;2026-01-05 15:00;E-mail;Kim;Retour;01:30:00;77
""",
        {"customer_id": "77", "channel": "email", "topic": "Retour", "agent": "Kim", "replied_at": "2026-01-05 09:30:00+00:00"},
    ),
    ("Freshdesk", "tickets"): (
        """\
Ticket-ID;Onderwerp;Status;Bron;Type;Agent;Aanmaaktijd;Tijd opgelost;Agentinteracties;Eerste reactietijd (in uren);E-mail
31;Retour;Gesloten;Portaal;Vraag;Kim;2026-01-05 09:00:00;2026-01-05 15:00:00;2;01:30:00;an@example.nl
""",
        {"customer_id": "an@example.nl", "channel": "form", "kind": "question", "replied_at": "2026-01-05 09:30:00+00:00"},
    ),
    ("Zammad", "report_tickets"): (
        """\
#;Titel;Status;Eigenaar;Klant;Aanmaakkanaal;Aangemaakt op;Gesloten op;Eerste reactie op;Artikelen
61001;Retour;gesloten;Kim;An Jansen;telefoon;05-01-2026 09:00;05-01-2026 11:00;05-01-2026 09:20;3
""",
        {"channel": "phone", "agent": "Kim", "replied_at": "05-01-2026 09:20"},
    ),
    ("Trengo", "tickets"): (
        """\
Ticket ID,Channel,Channel type,Contact,Contact email,Assigned to,Labels,Status,Created at,First response time (sec),Closed at
40,Shop,VOIP,An,an@example.nl,Kim,Levering,CLOSED,2026-01-05 09:00:00,600,2026-01-05 10:00:00
""",
        {"channel": "phone", "topic": "Levering", "replied_at": "2026-01-05 08:10:00+00:00"},
    ),
    ("LiveChat", "chats_csv"): (
        """\
Chat ID,Customer name,Customer email,Started,Duration (s),First response time (s),Queue time (s),Agent,Rating,Tags
C1,An,an@example.nl,2026-01-05 09:00:00,600,15,3,Kim,bad,maat
""",
        {"handling_minutes": "10.0", "waiting_seconds": "3.0", "satisfied": "False", "topic": "maat", "replied_at": "2026-01-05 08:00:15+00:00"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("which", SPOKEN, ids=lambda which: which[0])
def test_other_headers_of_the_same_export(which):
    text, expected = SPOKEN[which]
    found, feeds = fed(text)
    assert found == which
    one = row(feeds["contacts"])
    moment = (
        pd.to_datetime(one["replied_at"], utc=True) if "+" in expected["replied_at"] else one["replied_at"]
    )
    assert {**{name: one[name] for name in expected}, "replied_at": str(moment)} == expected
