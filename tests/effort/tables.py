"""Surveys and orders a person can count, and one look at everything a result says."""

from __future__ import annotations

import json
import re

import pandas as pd
import plotly.graph_objects as go

from csworkbook import language
from csworkbook.export import sheets

ZONE = "Europe/Amsterdam"


def survey(choosing, buying, after, *, start="2026-01-05", every="D", **columns) -> pd.DataFrame:
    """Answers one `every` apart, with whatever further columns."""
    stages = {"choosing": choosing, "buying": buying, "after": after}
    at = pd.date_range(start, periods=len(choosing), freq=every, tz=ZONE)
    answers = {name: pd.array(values, dtype="Int8") for name, values in stages.items()}
    return pd.DataFrame({"answered_at": at, **answers, **columns})


def orders(customers, days, revenue=10.0, **columns) -> pd.DataFrame:
    """One order per customer named, `days` after 1 January 2026."""
    at = pd.Timestamp("2026-01-01 12:00", tz=ZONE) + pd.to_timedelta(list(days), "D")
    numbers = [f"o{i}" for i in range(len(at))]
    return pd.DataFrame(
        {"order_id": numbers, "customer_id": list(customers), "ordered_at": at, "revenue": revenue, **columns}
    )


def assert_says(result) -> None:
    """Text, table, picture, findings and downloads come, in both languages, with nothing odd in them."""
    for spoken in ("en", "nl"):
        with language.speaking(spoken):
            found = result.findings()
            said = [
                result.text,
                result.headline,
                result.method,
                *(cell for row in result.cells() for cell in row),
            ]
            said += [f"{f.headline} {f.action} {f.basis} {f.value or ''}" for f in found]
            for text in said:
                assert not re.search(r"\bnan\b|\binf\b|∞|None|<NA>|\d\.\d{5}|\d,\d{5}", text), text
                assert "{" not in text.replace("{{brand}}", ""), text
            for finding in found:
                assert finding.estimate is not None or finding.enough > 0
    with language.speaking("nl"):
        figure = result.plot()
        assert isinstance(figure, go.Figure)
        json.loads(figure.to_json())
        assert len(result.cells()) == len(result.table)
        assert sheets.xlsx(result.sheet(), name="x", kinds=result.kinds())
        assert sheets.csv(result.sheet())
        assert "<table>" in result._repr_html_()
