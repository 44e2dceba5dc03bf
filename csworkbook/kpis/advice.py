"""What does one do about a figure that is not where it should be?"""

from __future__ import annotations

from csworkbook.language import gettext as _


def advice(metric: str) -> str:
    """The first thing to do about a figure, in a sentence.

    >>> advice("reply").startswith("Look at which hours")
    True
    """
    return _known().get(metric, "")


def _known() -> dict[str, str]:
    return {
        "churn": _("Ask customers who stay away why, and look at what they last contacted you about."),
        "contacts": _("Look at which channel and which question the extra contacts come through."),
        "reply": _("Look at which hours and which channel customers wait in, and put people there."),
        "resolved": _("Take the question that comes back most often, and finish it in the first answer."),
        "next_avoided": _("Tell with the answer what people ask next."),
        "effort": _(
            "Read the comments of those for whom it was far too much effort, and mend the first thing."
        ),
        "friendliness": _("Listen to conversations together, those that went well first."),
        "knowledge": _(
            "Look at which topics are rated lowest, and give those to who knows them, or teach them."
        ),
        "cost_to_resolution": _("Look at which channel and topic take most contacts to solve."),
        "nps": _("Ask those who would not recommend you what went wrong, and call back within a week."),
        "complaining": _("Look at what customers complain about most, and take away its cause."),
        "first_contact": _(
            "Look at which topics bring customers back, and give whoever answers what they need to finish them."
        ),
        "very_friendly": _("Give people time for the conversation, and share what customers praised."),
        "acquisition": _("Let whoever talks to new visitors advise, and place chat where people hesitate."),
        "retention": _(
            "Look at what customers ask before they buy again, and offer the answer with what fits it."
        ),
        "satisfied": _("Look at which channel and which weeks it went wrong in, and what changed there."),
    }
