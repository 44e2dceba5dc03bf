"""Figures: what is drawn is what the table says."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from csworkbook import evidence, figures, language

SHARES = pd.DataFrame(
    {
        "stage": ["choosing"] * 3 + ["after"] * 3,
        "answer": [1, 2, 3] * 2,
        "share": [0.5, 0.3, 0.2, 0.6, 0.4, 0.0],
        "low": [0.4, 0.2, 0.1, 0.5, 0.3, 0.0],
        "high": [0.6, 0.4, 0.3, 0.7, 0.5, 0.1],
        "n": [10] * 6,
    }
)


def test_diverging_bars_are_as_long_as_the_shares_and_touch():
    figure = figures.diverging(SHARES)
    bars = {bar.name: bar for bar in figure.data}
    assert set(bars) == {"Hardly any", "Some", "Far too much"}
    # drawn from below: after, choosing
    assert list(bars["Hardly any"].y) == ["After purchase", "Choosing"]
    assert list(bars["Hardly any"].x) == [0.6, 0.5]
    assert list(bars["Far too much"].x) == [0.0, 0.2]
    some, hard, easy = (bars[name] for name in ("Some", "Far too much", "Hardly any"))
    start = {name: np.array(bar.base, dtype=float) for name, bar in bars.items()}
    assert np.allclose(start["Far too much"] + hard.x, start["Some"])
    assert np.allclose(start["Some"] + some.x, start["Hardly any"])
    assert np.allclose(start["Some"], -np.array(some.x) / 2)
    assert len(easy.x) == 2


def test_bars_too_short_for_a_label_have_none():
    texts = {bar.name: list(bar.text) for bar in figures.diverging(SHARES).data}
    assert texts["Far too much"] == ["", "20%"]


def test_bars_of_a_stage_without_answers_are_empty():
    nobody = SHARES.assign(share=np.nan, low=0.0, high=1.0, n=0)
    texts = [list(bar.text) for bar in figures.diverging(nobody).data]
    assert texts == [["", ""]] * 3


def dotted(**more):
    table = pd.DataFrame(
        {"stage": ["choosing", "after"], "share": [0.1, 0.3], "low": [0.05, 0.2], "high": [0.2, 0.45]}
    )
    return figures.dots(table.assign(**more.pop("columns", {})), label="stage", **more)


def test_dots_have_whiskers_from_low_to_high():
    dots = dotted().data[0]
    assert list(dots.x) == [0.1, 0.3]
    assert list(dots.error_x.array) == pytest.approx([0.1, 0.15])
    assert list(dots.error_x.arrayminus) == pytest.approx([0.05, 0.1])
    assert list(dots.hovertext) == ["10.0% (5.0% – 20.0%)", "30.0% (20.0% – 45.0%)"]


def test_the_first_row_is_on_top():
    figure = dotted()
    ticks = dict(zip(figure.layout.yaxis.tickvals, figure.layout.yaxis.ticktext, strict=True))
    assert [ticks[y] for y in figure.data[0].y] == ["Choosing", "After purchase"]
    assert figure.data[0].y[0] > figure.data[0].y[1]


def test_money_is_said_as_money():
    assert dotted(money="EUR", columns={"share": [1000.0, 20.0]}).data[0].hovertext[0].startswith("€1,000 (")


def test_diamonds_stand_only_where_the_handbook_has_a_figure():
    diamonds = dotted(benchmark="benchmark", columns={"benchmark": [np.nan, 0.94]}).data[1]
    assert list(diamonds.x) == [0.94]
    assert list(diamonds.y) == [0]
    assert diamonds.marker.symbol == "diamond-open"


def test_groups_are_apart_and_named():
    table = pd.DataFrame(
        {
            "measure": ["buy_again"] * 3,
            "effort": [1, 2, 3],
            "share": [0.9, 0.8, 0.5],
            "low": [0.8, 0.7, 0.4],
            "high": [0.95, 0.9, 0.6],
        }
    )
    figure = figures.dots(table, label="measure", group="effort")
    assert [trace.name for trace in figure.data] == ["Hardly any", "Some", "Far too much"]
    assert len({trace.y[0] for trace in figure.data}) == 3
    assert len({trace.marker.color for trace in figure.data}) == 3


def weeks(n):
    days = pd.date_range("2025-12-01", periods=n, freq="7D")
    return pd.DataFrame({"week": days, "share": 0.2, "low": 0.1, "high": 0.3, "n": 9})


def test_groups_that_are_no_answers_have_colours_of_their_own():
    table = pd.DataFrame({"who": ["a", "a", "b", "b"], "of": ["customers", "revenue"] * 2, "n": 9})
    figure = figures.dots(table.assign(share=0.5, low=0.4, high=0.6), label="who", group="of")
    dots, whiskers = ({trace[part].color for trace in figure.data} for part in ("marker", "error_x"))
    assert len(dots) == 2
    assert dots == whiskers


def test_a_timeline_draws_every_week_and_marks_the_shift():
    table = weeks(8)
    figure = figures.timeline(table, shift=table["week"][3])
    assert list(figure.data[2].y) == [0.2] * 8
    assert list(figure.data[0].y) == [0.3] * 8
    assert pd.Timestamp(figure.layout.shapes[0].x0) == table["week"][3]
    assert figure.layout.annotations[0].text == "since 22 Dec 2025"


def test_a_timeline_without_a_shift_marks_none():
    assert not figures.timeline(weeks(3)).layout.shapes


@pytest.mark.parametrize("n", [0, 1, 2])
def test_a_timeline_of_hardly_any_weeks_is_still_a_figure(n):
    assert len(figures.timeline(weeks(n)).data[2].x) == n


def test_months_are_in_dutch_with_dutch_separators():
    with language.speaking("nl"):
        figure = figures.timeline(weeks(30))
    assert figure.layout.separators == ",."
    assert figure.layout.xaxis.ticktext[0] == "dec<br>2025"


def test_what_goes_out_is_drawn_below_the_line():
    table = pd.DataFrame({"month": pd.to_datetime(["2026-01-01"]), "new": [5], "lapsed": [3]})
    figure = figures.in_and_out(table, when="month", up={"new": "#111111"}, down={"lapsed": "#222222"})
    assert [(trace.name, list(trace.y)) for trace in figure.data] == [("New", [5]), ("Lapsed", [-3])]
    assert figure.data[1].hovertext[0] == "January 2026: 3"


def test_a_heat_map_holds_the_shares_and_the_notes():
    shares = pd.DataFrame([[0.1, 0.2]], index=["after"], columns=["mobile", "desktop"])
    notes, hover = shares.map(lambda v: f"{v}*"), shares.map(str)
    trace = figures.heat(shares, notes, hover).data[0]
    assert (trace.z == shares.to_numpy()).all()
    assert trace.text.tolist() == [["0.1*", "0.2*"]]
    assert (list(trace.x), list(trace.y)) == (["mobile", "desktop"], ["After purchase"])


def test_a_benchmark_line_stands_at_the_handbooks_figure_with_its_source():
    entry = evidence.get("effort-buy-again")
    figure = figures.blank()
    figures.benchmark(figure, entry)
    assert figure.layout.shapes[0].x0 == figure.layout.shapes[0].x1 == 0.94
    assert entry.source in figure.layout.annotations[0].text


def test_a_bundle_is_plain_json_and_names_the_saved_picture():
    content = figures.bundle(figures.blank().add_scatter(x=[1], y=[2]), "effort-by-stage")
    (kind,) = content
    assert kind == "application/vnd.plotly.v1+json"
    inner = json.loads(json.dumps(content[kind]))
    assert inner["config"]["toImageButtonOptions"]["filename"] == "effort-by-stage"
    assert "height" not in inner["layout"]
    assert len(inner["data"]) == 1


def test_blank_is_a_figure_in_the_house_style():
    figure = figures.blank()
    assert isinstance(figure, go.Figure)
    assert figure.layout.separators == ".,"
    assert figure.layout.xaxis.fixedrange


def _luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("answer", [1, 2, 3])
def test_text_on_a_bar_can_be_read(answer):
    light, dark = sorted(
        (_luminance(figures.ANSWERS[answer]), _luminance(figures.ON_ANSWERS[answer])), reverse=True
    )
    assert (light + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2 AA
