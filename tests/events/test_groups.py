"""By what a log can be split: columns of words with a few values."""

import ibis
import pandas as pd

from csworkbook.events import splits

LOG = pd.DataFrame(
    {
        "visitor_id": ["a", "b", "c"],
        "at": pd.to_datetime(["2026-03-02 10:00", "2026-03-02 11:00", "2026-03-02 12:00"]),
        "step": ["cart", "cart", "paid"],
        "campaign": ["mail", "search", "mail"],
        "site": ["nl", "nl", "nl"],
        "customer_id": ["x", "y", "z"],
        "weight": [1.0, 2.0, 3.0],
        "device": ["mobile", "desktop", None],
    }
)


def test_the_device_comes_first_and_one_value_is_no_group():
    assert splits(LOG) == [None, "device", "campaign"]
    assert splits(ibis.memtable(LOG)) == [None, "device", "campaign"]


def test_a_column_with_a_value_for_nearly_everybody_is_no_group():
    many = pd.concat([LOG] * 30, ignore_index=True)
    many["campaign"] = [f"c{number}" for number in range(len(many))]
    assert splits(many) == [None, "device"]


def test_an_empty_log_cannot_be_split():
    assert splits(LOG.head(0)) == [None]
