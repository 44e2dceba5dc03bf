"""The ledger on odd tables: an answer or a clear error, nothing changed, nothing odd said, in both languages."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from csworkbook import language, ledger
from csworkbook.errors import WorkbookError
from csworkbook.export import sheets
from csworkbook.pages.panel import panel
from csworkbook.shop import open_shop

from . import peer
from .tables import ASKED, TEN, returns

BOUGHT, CALLS = peer.shop(11, 150, 400)
BACK = returns([("10000", 20, 40), ("10001", 30, 10)])

CONTACTS = {
    "ten customers": ASKED,
    "many": CALLS,
    "empty": ASKED.head(0),
    "one": ASKED.head(1),
    "required columns only": ASKED[["contact_id", "customer_id", "opened_at", "channel", "topic"]],
    "nobody's": ASKED.assign(customer_id=None, email_hash=None, order_id=None, text=None),
    "no reasons": ASKED.assign(topic=None),
    "reason with mark-up": CALLS.assign(topic="<b>=1+1</b> & {x}"),
    "no channels": ASKED.assign(channel=None),
    "categories": CALLS.assign(channel=CALLS["channel"].astype("category"), topic=CALLS["topic"].astype("category")),
    "all at once": ASKED.assign(opened_at=ASKED["opened_at"].iloc[0]),
    "no minutes noted": CALLS.assign(handling_minutes=np.nan),
    "object columns": CALLS.astype({"customer_id": object, "order_id": object, "text": object}),
    "strange index": CALLS.set_axis([7] * len(CALLS)),
    "without a zone": CALLS.assign(opened_at=CALLS["opened_at"].dt.tz_localize(None)),
    "another zone, finer clock": CALLS.assign(opened_at=CALLS["opened_at"].dt.tz_convert("UTC").astype("datetime64[ns, UTC]")),
    "flags of pandas": CALLS.assign(abandoned=CALLS["abandoned"].astype("boolean")),
}  # fmt: skip
ORDERS = {
    "many": BOUGHT,
    "empty": BOUGHT.head(0),
    "one": BOUGHT.head(1),
    "only guests": BOUGHT.assign(customer_id=None, email_hash=None),
    "no addresses": BOUGHT.drop(columns="email_hash"),
    "one customer": BOUGHT.assign(customer_id="a"),
    "with margins": BOUGHT.assign(margin=BOUGHT["revenue"] / 3),
    "numbers without digits": BOUGHT.assign(
        order_id=[chr(97 + i % 26) * (i // 26 + 1) for i in range(len(BOUGHT))]
    ),
}
ANALYSES = {
    "matches": lambda contacts, orders: ledger.matches(orders, contacts=contacts, returns=BACK),
    "reasons": lambda contacts, orders: ledger.reasons(contacts, orders, BACK),
    "reasons alone": lambda contacts, orders: ledger.reasons(contacts),
    "timeline": lambda contacts, orders: ledger.timeline(orders, contacts=contacts, returns=BACK),
}


def assert_says(result) -> None:
    """Text, table, picture, findings and downloads come, in both languages, with nothing odd in them."""
    for spoken in ("en", "nl"):
        with language.speaking(spoken):
            said = [
                result.text,
                result.headline,
                result.method,
                *(cell for row in result.cells() for cell in row),
            ]
            said += [f"{f.headline} {f.action} {f.basis} {f.value or ''}" for f in result.findings()]
            for text in said:
                assert not re.search(r"\bnan\b|\binf\b|∞|None|<NA>|NaT|\d\.\d{5}|-€0$", text), text
            figure = result.plot()
            assert isinstance(figure, go.Figure)
            json.loads(figure.to_json())
            assert len(result.heads()) == len(result.columns) == len(result.sortable().columns)
            assert len(result.cells()) == len(result.table)
            assert sheets.xlsx(result.sheet(), name="x", kinds=result.kinds())
            assert "<table>" in result._repr_html_()


def answer_or_error(analysis, contacts, orders):
    try:
        return ANALYSES[analysis](contacts, orders)
    except WorkbookError as error:
        refused = str(error)
    assert re.fullmatch(r"[^{]+", refused)
    return None


@pytest.mark.parametrize("name", CONTACTS)
def test_odd_contacts_are_answered_or_refused_in_a_sentence(name):
    before = CONTACTS[name].copy()
    for analysis in ANALYSES:
        result = answer_or_error(analysis, CONTACTS[name], BOUGHT)
        assert result is not None or name == "empty"
        if result is not None:
            assert_says(result)
    pd.testing.assert_frame_equal(before, CONTACTS[name])


@pytest.mark.parametrize("name", ORDERS)
def test_odd_orders_are_answered_or_refused_in_a_sentence(name):
    for analysis in ("matches", "reasons", "timeline"):
        result = answer_or_error(analysis, CALLS, ORDERS[name])
        if result is not None:
            assert_says(result)


def test_mark_up_in_a_reason_is_text():
    figure = ledger.reasons(CONTACTS["reason with mark-up"], BOUGHT).plot()
    assert all("<b>=1" not in str(label) for trace in figure.data for label in trace.y)


@pytest.mark.parametrize("kind", ["int64", "Int64", "float64"])
def test_the_kind_of_column_makes_no_difference(kind):
    plain = ASKED.assign(handling_minutes=range(len(ASKED)), abandoned=False)
    other = plain.astype({"handling_minutes": kind})
    pd.testing.assert_frame_equal(ledger.reasons(plain, TEN).table, ledger.reasons(other, TEN).table)


def test_a_panel_shows_each_of_them():
    shop = open_shop()
    for function in (ledger.matches, ledger.reasons, ledger.timeline):
        shown = panel(shop, function)
        shown.refresh()
        assert shown.result is not None, function
        assert shown.result.text == shop.call(function).text


def test_the_picture_stacks_the_parts_and_shows_the_interval():
    result = open_shop().call(ledger.reasons)
    figure = result.plot()
    bars = [trace for trace in figure.data if trace.type == "bar"]
    top = result.table.head(14)["total"].to_numpy()[::-1]
    np.testing.assert_allclose(np.sum([bar.x for bar in bars], axis=0), top)
    beside = [t for t in figure.data if t.xaxis == "x2" and t.mode == "lines"]
    assert len(beside) == 14


def test_holm_over_all_reasons():
    table = open_shop().call(ledger.reasons).table
    from scipy.stats import norm
    from statsmodels.stats.multitest import multipletests

    error = (table["later_high"] - table["later_low"]) / 2 / 1.96
    plain = 2 * norm.sf((table["later"] / error).abs())
    corrected = multipletests(plain, method="holm")[1]
    np.testing.assert_allclose(table["p"], corrected, atol=0.03)
