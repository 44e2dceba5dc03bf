"""Orders and contacts a person can count, shops with a planted truth, and one look at everything a result says."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from csworkbook import language
from csworkbook.export import sheets

ZONE = "Europe/Amsterdam"
START = pd.Timestamp("2025-02-03 12:00", tz=ZONE)


def at(days) -> pd.Series:
    """So many days after the start."""
    moments = START.tz_convert("UTC") + pd.to_timedelta(np.asarray(days, dtype=float), "D")
    return pd.Series(moments.round("s").tz_convert(ZONE))


def orders(customers, days, revenue=10.0, **columns) -> pd.DataFrame:
    """One order per customer named."""
    numbers = [f"o{i}" for i in range(len(customers))]
    known = {"order_id": numbers, "customer_id": list(customers), "ordered_at": at(days), "revenue": revenue}
    return pd.DataFrame({**known, **columns})


def contacts(customers, days, **columns) -> pd.DataFrame:
    """One contact per customer named."""
    numbers = [f"c{i}" for i in range(len(customers))]
    known = {"contact_id": numbers, "customer_id": list(customers), "opened_at": at(days)}
    return pd.DataFrame({**known, "channel": "email", "topic": "refund", **columns})


def survey(customers, days, **columns) -> pd.DataFrame:
    """One answer to the effort survey per customer named."""
    stages = dict.fromkeys(("choosing", "buying", "after"), pd.array([1] * len(customers), dtype="Int8"))
    return pd.DataFrame({"answered_at": at(days), "customer_id": list(customers), **stages, **columns})


def people(prefix: str, n: int) -> list[str]:
    return [f"{prefix}{i}" for i in range(n)]


def groups(**shares: tuple[int, int]) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Orders on day 0 of everybody, of so many of each group again on day 40, and one on day 400 to end with."""
    named = {name: people(name, n) for name, (_again, n) in shares.items()}
    everybody = [one for names in named.values() for one in names]
    back = [one for name, (again, _n) in shares.items() for one in named[name][:again]]
    days = [0.0] * len(everybody) + [40.0] * len(back) + [400.0]
    return orders([*everybody, *back, "end"], days), named


def journeys(seed: int, size: int = 600, *, days: int = 540) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A shop where a contact after an order says nothing of what follows; customers differ in how often they buy."""
    rng = np.random.default_rng(seed)
    gaps = np.maximum(rng.exponential(1 / rng.gamma(2, 1 / 120, (size, 1)), (size, 12)), 10)
    moment = rng.uniform(0, 200, (size, 1)) + np.cumsum(gaps, axis=1) - gaps[:, :1]
    who, turn = np.nonzero(moment < days)
    when = moment[who, turn]
    asked = rng.random(len(when)) < 0.35
    later = when[asked] + rng.uniform(1, 9, asked.sum())
    kept = later < days
    bought = orders(who.astype(str), when, 50.0)
    return bought, contacts(who[asked][kept].astype(str), later[kept], stage="after")


def assert_says(result) -> None:
    """Text, table, picture, findings and downloads come, in both languages, with nothing odd in them."""
    for spoken in ("en", "nl"):
        with language.speaking(spoken):
            found = result.findings()
            said = [result.text, result.headline, result.method, *(c for row in result.cells() for c in row)]
            said += [f"{f.headline} {f.action} {f.basis} {f.value or ''}" for f in found]
            for text in said:
                assert not re.search(r"\bnan\b|\binf\b|∞|None|<NA>|\d\.\d{5}|\d,\d{5}", text), text
                assert "{" not in text, text
            for finding in found:
                assert finding.estimate is not None or finding.enough is None or finding.enough > 0
    figure = result.plot()
    assert isinstance(figure, go.Figure)
    json.loads(figure.to_json())
    assert len(result.cells()) == len(result.table)
    assert sheets.xlsx(result.sheet(), name="x", kinds=result.kinds())
    assert sheets.csv(result.sheet())
    assert "<table>" in result._repr_html_()
