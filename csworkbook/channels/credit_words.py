"""What are the columns, rows and controls called that are about credited orders and what they bring?"""

from __future__ import annotations

from csworkbook import language
from csworkbook.language import gettext as _
from csworkbook.order_credit import RULES
from csworkbook.repeats import duration


def labels() -> dict[str, str]:
    """What each control is called."""
    return {
        "within": _("Order within"),
        "rule": _("Credited to"),
        "stage": _("Contacts"),
        "anyway": _("Would have bought anyway"),
        "by": _("Split by"),
        "channel": _("Channel"),
        "group": _("Compared with"),
        "like": _("Made comparable by"),
        "look": _("Show"),
    }


def choices() -> dict[tuple[str, object], str]:
    """How an option is said, by (parameter, option)."""
    spans = ("1D", "2D", "3D", "7D", "14D", "28D", "30D", "60D", "90D")
    return {
        **{("within", span): language.duration(duration(span).days, "days") for span in spans},
        **{("rule", rule): said for rule, said in rules().items()},
        ("stage", None): _("all"),
        ("stage", "before"): _("before buying"),
        ("stage", "after"): _("after buying"),
        ("by", None): _("all together"),
        ("by", "channel"): _("channel"),
        ("by", "agent"): _("agent"),
        ("channel", None): _("all"),
        ("group", None): _("what your data allow"),
        ("group", "visitors"): _("visitors who did not ask"),
        ("group", "customers"): _("customers who did not ask"),
        ("like", "weights"): _("weighting"),
        ("like", "strata"): _("equal groups"),
        ("look", "effect"): _("the difference"),
        ("look", "balance"): _("how alike they are"),
    }


def rules() -> dict[str, str]:
    """Whose an order is, as an option."""
    said = (
        _("the last contact"),
        _("the first contact"),
        _("all, in equal parts"),
        _("every contact in full"),
    )
    return dict(zip(RULES, said, strict=True))


def heads() -> dict[str, str]:
    """The heads of the tables."""
    return {
        "channel": _("Channel"),
        "contacts": _("Contacts"),
        "answered": _("Answered"),
        "share": _("Followed by an order"),
        "share_low": _("Followed, from"),
        "share_high": _("Followed, to"),
        "orders": _("Orders credited"),
        "earned": _("Margin per contact"),
        "cost": _("Cost per contact"),
        "each": _("Result per contact"),
        "low": _("From"),
        "high": _("To"),
        "year": _("Result a year"),
        "year_low": _("A year, from"),
        "year_high": _("A year, to"),
        "times": _("Return"),
        "times_low": _("Return, from"),
        "times_high": _("Return, to"),
        "break_even": _("Pays up to, anyway"),
        "break_even_low": _("Pays, from"),
        "break_even_high": _("Pays, to"),
        "verdict": _("Pays?"),
        "basis": _("Cost from"),
    }


def words() -> dict[object, str]:
    """What stands in the tables."""
    return {
        "table": _("costs per channel"),
        "minutes": _("handling minutes"),
        "none": _("nothing known"),
        "existing": _("existing"),
        "all": _("all channels"),
    }


def bases() -> dict[str, str]:
    """Where the cost of a contact comes from, in a sentence."""
    return {
        "table": _("from the costs per channel"),
        "minutes": _("from handling minutes"),
        "none": _("not known"),
    }
