"""What is taken home: findings that repeat nothing."""

from __future__ import annotations

from dataclasses import replace

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


def test_it_is_said_once_that_amounts_are_not_to_be_added():
    amounts = [finding("One", ("a",)), finding("Two", ("b",))]
    assert listed(amounts, shown=True).count("do not add them up") == 1
    assert "add them up" not in listed([replace(one, value=None) for one in amounts], shown=True)
    assert "add them up" not in listed([], shown=True)
