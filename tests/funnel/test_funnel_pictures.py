"""What the pictures of the funnel show: lengths, whiskers, the largest groups, and labels that are no markup."""

from __future__ import annotations

import inspect

import pandas as pd
import pytest

from csworkbook import language
from csworkbook.funnel import pictures
from csworkbook.funnel.measure import measure
from csworkbook.funnel.rates import from_rates
from csworkbook.funnel.timing import timing

from .visits import crowd, log


def groups_of(sizes: dict[str, int]) -> pd.DataFrame:
    """So many visitors per group, of whom half go on."""
    visits = {}
    for group, n in sizes.items():
        visits |= crowd(n - n // 2, "a 0", f"{group}|x") | crowd(n // 2, "a 0, b 1", f"{group}|y")
    frame = log(visits)
    return frame.assign(kind=frame["visitor_id"].str.split("|").str[0])


def test_a_bar_is_as_long_as_its_share_with_its_interval():
    result = measure(groups_of({"one": 80}), ["a", "b"])
    bar = result.plot().data[0]
    assert list(bar.x) == [1, 0.5]
    row = result.whole.iloc[1]
    assert bar.error_x.array[1] == pytest.approx(row["total_high"] - 0.5)
    assert bar.error_x.arrayminus[1] == pytest.approx(0.5 - row["total_low"])
    assert bar.error_x.array[0] == 0
    labels = [note.text for note in result.plot().layout.annotations]
    assert labels == ["<b>a</b>", "80", "<b>b</b>", "40 · 50%"]


def test_the_largest_groups_are_drawn_and_small_ones_paler():
    sizes = {f"g{n}": 100 - 12 * n for n in range(8)}  # 100, 88, … 16
    result = measure(groups_of(sizes), ["a", "b"], by="kind")
    figure = result.plot()
    assert [bar.name for bar in figure.data] == [f"g{n}" for n in range(pictures.MOST)]
    assert list(figure.data[0].x) == [0.5]
    assert figure.data[0].error_x.array[0] > 0
    assert len(result.table) == 16  # all of them are in the table
    small = measure(groups_of({"many": 60, "few": 10}), ["a", "b"], by="kind").plot()
    assert [bar.marker.opacity[0] for bar in small.data] == [1, 0.45]


def test_names_are_no_markup_and_fit():
    frame = groups_of({"<i>x</i>": 40, "y": 40}).replace(
        {"step": {"a": "<b>een heel lange naam van een stap</b>"}}
    )
    steps = ["<b>een heel lange naam van een stap</b>", "b"]
    for figure in (measure(frame, steps).plot(), measure(frame, steps, by="kind").plot()):
        said = [note.text for note in figure.layout.annotations] + [bar.name or "" for bar in figure.data]
        assert not any("<i>" in text or "<b><b>" in text for text in said)
        assert all(len(text) < 60 for text in said)


def test_the_other_funnel_is_an_outline_where_it_has_the_step():
    made = from_rates([("a", 100), ("b", 50), ("c", 20)], against=[("a", 10), ("c", 4)])
    now, then = made.plot().data
    assert list(now.x) == [1, 0.5, 0.2]
    assert (list(then.x), list(then.y)) == ([1, 0.4], [0, -2])


def test_the_bar_with_the_median_is_marked():
    frame = log(
        {f"v{i}": f"a 0, b {minutes}" for i, minutes in enumerate([3.5] * 40 + [12] * 30 + [25] * 20)}
    )
    figure = timing(frame, ["a", "b"]).plot()
    bar = figure.data[0]
    assert sum(bar.y) == pytest.approx(1)
    marked = [
        x for x, colour in zip(bar.x, bar.marker.color, strict=True) if colour == pictures.figures.ALERT
    ]
    assert figure.layout.annotations[0].x == marked[0]
    assert bar.y[marked[0]] == pytest.approx(30 / 90)


@pytest.mark.parametrize("function", [measure, timing])
def test_every_control_has_a_name_in_both_languages(function):
    parameters = inspect.signature(function).parameters
    for spoken in language.LANGUAGES:
        with language.speaking(spoken):
            assert {name for name, _option in function.choices()} <= set(function.labels())
    unnamed = {"zone", "currency", "margin", "seed", "gap"}  # settings of the shop, and what no page asks
    needed = {n for n, p in parameters.items() if p.kind is p.KEYWORD_ONLY} - unnamed
    assert needed <= set(function.labels())
