"""How do customers' value, its concentration, churn and segments look?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csworkbook import figures, language
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from csworkbook.value.concentration_result import Concentration
    from csworkbook.value.historic_result import Historic
    from csworkbook.value.segments_result import Segments

_BAND = "rgba(11,92,122,.15)"
_AFTER = {3: figures.QUIET, 6: figures.ANSWERS[1], 12: figures.ALERT}


def sign(currency: str) -> str:
    """What stands before amounts on an axis."""
    return {"nl": "€ ", "en": "€"}[language.current()] if currency == "EUR" else ""


def cohorts(result: Historic) -> go.Figure:
    """Margin per customer in the first 3, 6 and 12 months, by when they first bought, with whiskers."""
    figure = figures.blank(
        legend=True,
        yaxis={"tickformat": ",.0f", "tickprefix": sign(result.currency), "rangemode": "tozero"},
        xaxis={"showgrid": False},
    )
    table = result.table
    for months, colour in _AFTER.items():
        part = table.dropna(subset=[f"margin_{months}"])
        if len(part):
            _line(figure, part, months, colour, result)
    if not table["margin_3"].notna().any():
        _line(figure, table, 0, figures.ACCENT, result)
    figures.time_axis(figure, table["cohort"])
    figure.update_layout(showlegend=True)
    return figure


def _line(figure: go.Figure, part, months: int, colour: str, result: Historic) -> None:
    """One line: of the first months, or (0) of all so far."""
    middle, low, high = (
        [f"margin_{months}", f"low_{months}", f"high_{months}"]
        if months
        else ["margin", "margin_low", "margin_high"]
    )
    told = zip(
        *(part[name] for name in ("cohort", "customers", "small")),
        *([language.money(v, result.currency, 2) for v in part[name]] for name in (middle, low, high)),
        strict=True,
    )
    said = {
        False: _("{when}: {value} ({low} to {high}), n = {n}"),
        True: _("{when}: {value}, n = {n} (small group)"),
    }
    hover = [
        said[bool(small)].format(
            when=result.cell("cohort", when), value=value, low=least, high=most, n=language.number(n)
        )
        for when, n, small, value, least, most in told
    ]
    figure.add_scatter(
        x=part["cohort"],
        y=part[middle],
        mode="lines+markers",
        name=_("first {n} months").format(n=months) if months else _("so far"),
        line={"color": colour, "width": 1},
        marker={"color": colour, "size": 9},
        error_y={
            "array": part[high] - part[middle],
            "arrayminus": part[middle] - part[low],
            "color": colour,
            "thickness": 1.5,
            "width": 4,
        },
        hovertext=hover,
        hoverinfo="text+name",
    )


def concentration(result: Concentration) -> go.Figure:
    """The share of the money by the share of the customers, best first, and the rule of 80 from 20."""
    curve = result.curve
    share = {"tickformat": ",.0%", "range": [0, 1.02]}
    figure = figures.blank(
        legend=True,
        xaxis={**share, "title": {"text": _("Customers, best first")}},
        yaxis={**share, "title": {"text": _choice("of", result.of)}},
    )
    said = _("The best {part}: {money}")
    hover = [
        said.format(part=language.percent(at, 1), money=language.percent(money, 1))
        for at, money in zip(curve.at, curve.money, strict=True)
    ]
    line = {"color": figures.ACCENT, "width": 3}
    figure.add_scatter(
        x=curve.at,
        y=curve.money,
        mode="lines",
        line=line,
        name=_("your shop"),
        hovertext=hover,
        hoverinfo="text",
    )
    even = {"color": figures.SOFT, "dash": "dot", "width": 1}
    figure.add_scatter(x=[0, 1], y=[0, 1], mode="lines", line=even, name=_("all the same"), hoverinfo="skip")
    _best(figure, result)
    mark = {"symbol": "diamond-open", "size": 14, "color": figures.INK, "line": {"width": 2}}
    figure.add_scatter(x=[0.2], y=[0.8], mode="markers", marker=mark, name=_("80 from 20"), hoverinfo="name")
    figure.update_layout(showlegend=True)
    return figure


def _best(figure: go.Figure, result: Concentration) -> None:
    """The share of the best, with its whisker."""
    best = result.best
    said = _("{share} ({low} to {high}), n = {n}") if best.low == best.low else _("{share}, n = {n}")
    said = said.format(
        **{end: language.percent(getattr(best, end), 1) for end in ("low", "high")},
        share=language.percent(best.value, 1),
        n=language.number(best.n),
    )
    figure.add_scatter(
        x=[result.top],
        y=[best.value],
        mode="markers",
        marker={"color": figures.ALERT, "size": 12},
        error_y={
            "array": [best.high - best.value],
            "arrayminus": [best.value - best.low],
            "color": figures.ALERT,
        },
        name=_("the best {part}").format(part=language.percent(result.top)),
        hovertext=[said],
        hoverinfo="text",
    )


def _choice(name: str, value: object) -> str:
    """An option as it is said on a page, beginning with a capital."""
    from csworkbook.value import words

    return language.capital(words.choices()[name, value])


def segments(result: Segments) -> go.Figure:
    """Per segment two bars: its share of the customers, and of the value with its whisker."""
    table = result.table.iloc[::-1]
    names = [figures.wrapped(str(result.vocabulary.word(name)), 22) for name in table["segment"]]
    figure = figures.blank(
        max(figures.HEIGHT, 130 + 62 * len(table)),
        legend=True,
        barmode="group",
        bargap=0.3,
        xaxis={"tickformat": ",.0%", "rangemode": "tozero", "tickangle": 0, "nticks": 6},
        yaxis={"showgrid": False},
    )
    said = _("{share} ({low} to {high})")
    hover = [
        said.format(share=language.percent(v, 1), low=language.percent(a, 1), high=language.percent(b, 1))
        for v, a, b in table[["share", "low", "high"]].itertuples(index=False)
    ]
    bar = {"y": names, "orientation": "h", "hoverinfo": "text+name"}
    ends = {"array": table["high"] - table["share"], "arrayminus": table["share"] - table["low"]}
    figure.add_bar(
        x=table["share"], name=_("of the value"), marker={"color": figures.ACCENT}, hovertext=hover,
        error_x={**ends, "color": figures.INK, "thickness": 1.5, "width": 4}, **bar,
    )  # fmt: skip
    people = [language.percent(v, 1) for v in table["of_customers"]]
    figure.add_bar(
        x=table["of_customers"],
        name=_("of the customers"),
        marker={"color": figures.QUIET},
        hovertext=people,
        **bar,
    )
    figure.update_layout(showlegend=True, legend={"traceorder": "reversed"})
    return figure
