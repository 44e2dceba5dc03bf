"""What is taken home: findings that repeat nothing."""

from __future__ import annotations

from csworkbook.estimates import Estimate
from csworkbook.findings import Finding
from csworkbook.pages.take import listed


def finding(headline, assumptions):
    share = Estimate(0.3, 0.2, 0.4, 100, "share")
    worth = Estimate(5000.0, 4000.0, 6000.0, 100, "EUR")
    return Finding("07_funnel", headline, share, action="Mend it.", value=worth, assumptions=assumptions)


def test_what_is_assumed_and_advised_is_said_once():
    found = [finding("One", ("a year is like this",)), finding("Two", ("a year is like this",))]
    told = listed([*found, finding("Three", ("prices stay",))], shown=True)
    assert told.count("a year is like this") == 1
    assert told.count("the same holds as above") == 1
    assert told.count("prices stay") == 1
    assert told.count("Mend it.") == 1


def test_a_panel_says_the_answer_first():
    from csworkbook.pages.panel import _said

    assert "<b>One of &lt;two&gt;.</b> The rest. And more.</p>" in _said(
        "One of <two>.", "The rest. And more."
    )
    assert "<b>Only this</b></p>" in _said("Only this", "")
