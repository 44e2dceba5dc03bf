"""The ledger on Spark counts as it does here."""

import ibis
import pandas as pd
import pytest

from csworkbook import ledger

from . import peer

pytestmark = pytest.mark.slow


def test_spark_counts_the_same(spark):
    bought, asked = peer.shop(7, 100, 200)
    there = [spark.create_view(n, ibis.memtable(f)) for n, f in {"orders": bought, "contacts": asked}.items()]
    mine, theirs = ledger.matches(bought, contacts=asked), ledger.matches(there[0], contacts=there[1])
    pd.testing.assert_frame_equal(mine.table, theirs.table)
