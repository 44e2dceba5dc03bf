"""How do people call the columns of the tables? One name per column, in the language spoken now."""

from __future__ import annotations

from csworkbook.language import gettext as _


def column_name(name: str) -> str:
    """A canonical column as people say it; a segment of the owner's own by its own words.

    >>> column_name("opened_at"), column_name("shoe_size")
    ('contact opened', 'shoe size')
    """
    return names().get(name) or name.replace("_", " ")


def table_name(name: str) -> str:
    """The name of a canonical table as people say it."""
    return {
        "orders": _("orders"),
        "order_lines": _("order lines"),
        "returns": _("returns"),
        "contacts": _("customer contacts"),
        "messages": _("messages"),
        "events": _("visits (events)"),
        "effort_survey": _("effort survey"),
        "loyal_survey": _("survey of loyal customers"),
        "service_survey": _("service survey"),
        "perception": _("perception survey"),
        "channel_costs": _("channel costs"),
        "reviews": _("reviews"),
        "products": _("products"),
    }[name]


def names() -> dict[str, str]:
    """Every canonical column of every table, and its name in the language spoken now."""
    return {**_shopping(), **_contact(), **_asked(), **_rest()}


def _shopping() -> dict[str, str]:
    """Orders, their lines, returns and products."""
    return {
        "order_id": _("order number"),
        "customer_id": _("customer"),
        "email_hash": _("e-mail address, made into an id"),
        "ordered_at": _("date of the order"),
        "revenue": _("amount of the order"),
        "margin": _("margin"),
        "shipping": _("shipping costs"),
        "discount": _("discount"),
        "refunded": _("amount paid back"),
        "first_order": _("first order (yes/no)"),
        "product_id": _("product number"),
        "product": _("product"),
        "quantity": _("pieces"),
        "price": _("price"),
        "category": _("category"),
        "returned_at": _("date of the return"),
        "reason": _("reason of the return"),
        "amount": _("amount of the return"),
        "handled_at": _("return handled: money back, or exchange sent"),
        "name": _("name of the product"),
        "in_stock": _("in stock (yes/no)"),
        "device": _("device"),
    }


def _contact() -> dict[str, str]:
    """Contacts and their messages."""
    return {
        "contact_id": _("contact number"),
        "opened_at": _("contact opened"),
        "replied_at": _("first reply"),
        "resolved_at": _("contact resolved"),
        "channel": _("channel"),
        "topic": _("topic"),
        "kind": _("question or complaint"),
        "handling_minutes": _("handling time (minutes)"),
        "agent": _("colleague who handled it"),
        "stage": _("before or after the purchase"),
        "transferred": _("transferred (yes/no)"),
        "abandoned": _("given up by the customer (yes/no)"),
        "waiting_seconds": _("waiting time (seconds)"),
        "text": _("text"),
        "satisfied": _("satisfied (yes/no)"),
        "friendliness": _("friendliness (1–5)"),
        "knowledge": _("knowledge (1–5)"),
        "sent_at": _("sent at"),
        "sender": _("sender"),
    }


def _asked() -> dict[str, str]:
    """Surveys and reviews."""
    return {
        "answered_at": _("date of the answer"),
        "choosing": _("effort: choosing"),
        "buying": _("effort: buying"),
        "after": _("effort: after purchase"),
        "comment": _("comment"),
        "buy_again": _("would buy again (yes/no)"),
        "spend_more": _("would spend more (yes/no)"),
        "recommend": _("would recommend (0–10)"),
        "other_shops": _("bought at other shops"),
        "phone": _("mobile phone"),
        "apps": _("apps"),
        "brands": _("favourite brands"),
        "music": _("favourite music"),
        "films": _("favourite film"),
        "heroes": _("heroes"),
        "holiday": _("ideal holiday"),
        "ambition": _("greatest ambition"),
        "hobbies": _("hobbies"),
        "respondent_id": _("respondent"),
        "role": _("customer or company"),
        "item": _("item (1–22)"),
        "expectation": _("expectation (1–7)"),
        "perception": _("perception (1–7)"),
        "weight": _("weight (0–100)"),
        "superior": _("superior service (yes/no)"),
        "score": _("score (1–5)"),
        "review_id": _("review number"),
        "posted_at": _("date of the review"),
        "rating": _("stars (1–5)"),
    }


def _rest() -> dict[str, str]:
    """Visits and the costs of channels."""
    return {
        "visitor_id": _("visitor"),
        "at": _("time of the step"),
        "step": _("step of the visit"),
        "session_id": _("visit"),
        "seconds": _("seconds"),
        "month": _("month"),
        "hours": _("hours worked"),
        "hourly_cost": _("cost per hour"),
        "fixed_cost": _("fixed costs"),
    }
