"""What do the tables of the demo shop look like in the tools owners export them from?

Every function makes text cells of canonical rows, in the columns and words of one kind of export.
The people in them do not exist.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from csworkbook.demo.survey import STAGES

if TYPE_CHECKING:
    import pandas as pd

_FIRST = [
    "Anouk",
    "Bas",
    "Carlijn",
    "Daan",
    "Esra",
    "Femke",
    "Gijs",
    "Hanna",
    "Imre",
    "Joris",
    "Karin",
    "Lotte",
    "Mehmet",
    "Nienke",
    "Otis",
    "Puck",
]
_LAST = [
    "van der Linde",
    "Bakker",
    "Mosterd",
    "de Wit",
    "Yilmaz",
    "Heuvelink",
    "Visser",
    "Oosterwold",
    "Kuiper",
    "ter Beek",
    "Zwaan",
]
_DUTCH = {1: "Nauwelijks moeite", 2: "Enige moeite", 3: "Veel te veel moeite"}
_ENGLISH = {1: "Hardly any effort", 2: "Some effort", 3: "Far too much effort"}
_YES_NO = {"nl": {True: "Ja", False: "Nee"}, "en": {True: "Yes", False: "No"}}


def _columns(columns: dict[str, pd.Series | list]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(
        {name: pd.Series(values).reset_index(drop=True) for name, values in columns.items()}
    ).astype(object)


def _words(values: pd.Series, words: dict) -> pd.Series:
    """Answers as words, empty where there is none."""
    return values.astype(object).map(words).fillna("")


def _times(values: pd.Series, pattern: str) -> pd.Series:
    return values.dt.strftime(pattern).fillna("")


def _people(size: int) -> tuple[list[str], list[str], list[str]]:
    """Names, e-mail addresses and telephone numbers of people who do not exist."""
    number = np.arange(size)
    names = [f"{_FIRST[n % len(_FIRST)]} {_LAST[n % len(_LAST)]}" for n in number]
    mails = [f"{name.lower().replace(' ', '.')}{n}@example.nl" for n, name in zip(number, names, strict=True)]
    return names, mails, [f"06-00{n:06d}" for n in number * 7919 % 1_000_000]


# ---------------------------------------------------------------- the effort survey, six times
def google_form(part: pd.DataFrame) -> pd.DataFrame:
    """An online form with whole questions for headers and answers in Dutch words."""
    step = "Hoeveel moeite kostte het je om "
    return _columns(
        {
            "Tijdstempel": _times(part["answered_at"], "%-d-%-m-%Y %-H:%M:%S"),
            step + "bij ons iets te kiezen?": _words(part["choosing"], _DUTCH),
            step + "te bestellen en te betalen?": _words(part["buying"], _DUTCH),
            "En hoeveel moeite kostte het je ná je aankoop (bezorging, retour, contact met ons)?": _words(
                part["after"], _DUTCH
            ),
            "Wat hadden we makkelijker voor je kunnen maken?": part["comment"].fillna(""),
            "Zou je opnieuw bij ons bestellen?": _words(part["buy_again"], _YES_NO["nl"]),
            "Hoe waarschijnlijk is het dat je ons aanbeveelt bij vrienden of familie? (0 = zeker niet, 10 = zeker wel)": part[
                "recommend"
            ],
            "Waarmee heb je besteld?": part["device"]
            .astype(object)
            .map({"mobile": "Telefoon", "desktop": "Computer", "tablet": "Tablet"}),
        }
    )


def dutch_shop(part: pd.DataFrame) -> pd.DataFrame:
    """A shop's own survey: short Dutch headers, answers 1–3, decimal commas, and people's names and addresses."""
    names, mails, phones = _people(len(part))
    amount = 19.95 + np.arange(len(part)) * 37 % 1400
    return _columns(
        {
            "Datum": _times(part["answered_at"], "%d-%m-%Y %H:%M"),
            "Naam": names,
            "E-mailadres": mails,
            "Telefoon": phones,
            "Kiezen": part["choosing"].astype(object).fillna(""),
            "Kopen": part["buying"].astype(object).fillna(""),
            "Na aankoop": part["after"].astype(object).fillna(""),
            "Opmerking": part["comment"].fillna("").str.replace("vaas", "café-vaas"),
            "Orderbedrag (€)": [_dutch_money(value) for value in amount],
            "Apparaat": part["device"].astype(object),
        }
    )


def _dutch_money(value: float) -> str:
    return f"{value:,.2f}".translate(str.maketrans(",.", ".,"))


def english_sheet(part: pd.DataFrame) -> pd.DataFrame:
    """A worksheet with English headers and answers in English words."""
    return _columns(
        {
            "Date answered": _times(part["answered_at"], "%Y-%m-%d %H:%M"),
            "Customer number": part["customer_id"],
            "Effort choosing": _words(part["choosing"], _ENGLISH),
            "Effort buying": _words(part["buying"], _ENGLISH),
            "Effort after purchase": _words(part["after"], _ENGLISH),
            "Comment": part["comment"].fillna(""),
            "Would buy again": _words(part["buy_again"], _YES_NO["en"]),
            "Customer type": part["customer_type"].astype(object),
        }
    )


def double_header(part: pd.DataFrame) -> pd.DataFrame:
    """Two header lines: the second is the first row of the frame, as in the file."""
    import pandas as pd

    number = pd.Series(np.arange(len(part)))
    table = _columns(
        {
            "Respondent ID": (11_900_000_000 + number * 731).astype(str),
            "Collector ID": "418220611",
            "Start Date": _times(part["answered_at"] - pd.Timedelta("3min"), "%m/%d/%Y %I:%M:%S %p"),
            "End Date": _times(part["answered_at"], "%m/%d/%Y %I:%M:%S %p"),
            "How much effort did each of these steps take you?": _words(part["choosing"], _ENGLISH),
            " ": _words(part["buying"], _ENGLISH),
            "  ": _words(part["after"], _ENGLISH),
            "What could we have made easier?": part["comment"].fillna(""),
        }
    )
    table["Collector ID"] = "418220611"
    return table


# the second header line of the double header
SECOND_LINE = [
    "",
    "",
    "",
    "",
    "Choosing a product",
    "Ordering and paying",
    "After the purchase",
    "Open-Ended Response",
]


def seven_points(part: pd.DataFrame) -> pd.DataFrame:
    """The effort score with seven points: agreeing that it was easy. Only points nobody could class differently."""
    even = np.arange(len(part)) % 2 == 0
    scores = {}
    for stage in STAGES:
        answers = part[stage].astype(float).to_numpy()
        easy = np.select(
            [answers == 1, answers == 2, answers == 3], [np.where(even, 7, 6), 4, np.where(even, 1, 2)], 0
        )
        scores[stage] = [str(score) if score else "" for score in easy]
    scale = " (1 = helemaal mee oneens, 7 = helemaal mee eens)"
    return _columns(
        {
            "Ingevuld op": _times(part["answered_at"], "%d/%m/%Y %H:%M:%S"),
            "Klantnummer": part["customer_id"],
            "Het bedrijf maakte het mij makkelijk om een product te kiezen" + scale: scores["choosing"],
            "Het bedrijf maakte het mij makkelijk om te bestellen en te betalen" + scale: scores["buying"],
            "Het bedrijf maakte het mij makkelijk na mijn aankoop (levering, retour, hulp)" + scale: scores[
                "after"
            ],
            "Toelichting": part["comment"].fillna(""),
        }
    )


def tab_separated(part: pd.DataFrame) -> pd.DataFrame:
    """Tabs, and answers in the words of the canonical questionnaire."""
    return _columns(
        {
            "Submitted at": _times(part["answered_at"], "%Y-%m-%dT%H:%M:%S"),
            "choosing": _words(part["choosing"], {1: "hardly any", 2: "some", 3: "far too much"}),
            "buying": _words(part["buying"], {1: "hardly any", 2: "some", 3: "far too much"}),
            "after": _words(part["after"], {1: "hardly any", 2: "some", 3: "far too much"}),
            "comment": part["comment"].fillna(""),
            "device": part["device"].astype(object),
        }
    )


# ---------------------------------------------------------------- other tables
def dutch_orders(part: pd.DataFrame) -> pd.DataFrame:
    """Orders as a Dutch shop system writes them: dots for thousands, commas for decimals."""
    _, mails, _ = _people(len(part))
    return _columns(
        {
            "Ordernummer": part["order_id"],
            "Klantnummer": part["customer_id"],
            "E-mail": mails,
            "Besteldatum": _times(part["ordered_at"], "%d-%m-%Y %H:%M"),
            "Totaal excl. verzending": [_dutch_money(value) for value in part["revenue"]],
            "Marge": [_dutch_money(value) for value in part["margin"]],
            "Verzendkosten": [_dutch_money(value) for value in part["shipping"]],
            "Korting": [_dutch_money(value) for value in part["discount"]],
            "Herkomst": part["channel"].astype(object),
        }
    )


def tickets(part: pd.DataFrame) -> pd.DataFrame:
    """Contacts as a ticket system writes them."""
    names, mails, _ = _people(len(part))
    return _columns(
        {
            "Ticket ID": part["contact_id"],
            "Requester": names,
            "Requester email": mails,
            "Requester ID": part["customer_id"],
            "Created at": _times(part["opened_at"], "%Y-%m-%d %H:%M:%S"),
            "First reply at": _times(part["replied_at"], "%Y-%m-%d %H:%M:%S"),
            "Solved at": _times(part["resolved_at"], "%Y-%m-%d %H:%M:%S"),
            "Channel": _words(
                part["channel"],
                {"chat": "Chat", "phone": "Voice", "email": "Email", "social": "Social messaging"},
            ),
            "Contact reason": part["topic"].astype(object),
            "Ticket type": part["kind"].astype(object),
            "Assignee": part["agent"].astype(object).fillna(""),
            "Description": part["text"],
            "Satisfaction": _words(part["satisfied"], {True: "Good", False: "Bad"}),
        }
    )


def analytics(part: pd.DataFrame) -> pd.DataFrame:
    """Events as web analytics names them, with the moment in microseconds since 1970 (UTC)."""
    names = {"home": "page_view", "search": "search", "product": "view_item", "cart": "add_to_cart",
             "checkout": "begin_checkout", "delivery": "add_shipping_info", "payment": "add_payment_info",
             "paid": "purchase"}  # fmt: skip
    return _columns(
        {
            "event_date": _times(part["at"], "%Y%m%d"),
            "event_timestamp": part["at"].astype("datetime64[us, UTC]").astype("int64").astype(str),
            "event_name": _words(part["step"], names),
            "user_pseudo_id": part["visitor_id"],
            "ga_session_id": part["session_id"],
            "user_id": part["customer_id"].fillna(""),
            "item_id": part["product_id"].fillna(""),
            "device_category": part["device"].astype(object),
        }
    )
