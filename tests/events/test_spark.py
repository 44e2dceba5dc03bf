"""A real Spark with two workers finds the same visitors, levels and times as DuckDB does, to the last one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from csworkbook import events as engine
from csworkbook import funnel
from csworkbook.paths import data_folder

from .elsewhere import ASKED, STEPS, drawn, ordered

LOG = data_folder() / "exports" / "enquete_webshop_puntkomma.csv"
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::Warning")]  # pyspark warns of pandas 3


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two files, as a warehouse keeps them."""
    folder, frame = tmp_path_factory.mktemp("events"), drawn()
    for part in (0, 1):
        frame[part::2].to_parquet(folder / f"part-{part}.parquet")
    return folder


@pytest.fixture(scope="module")
def there(spark, folder):
    """The same files as a table of Spark."""
    return spark.read_parquet(str(folder))


def test_who_has_spark_installed_reads_a_file_without_a_warning(spark):
    import pyspark

    environment = {**os.environ, "PYTHONPATH": str(Path(pyspark.__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-c", "import pyspark, sys; from csworkbook import intake; intake.read(sys.argv[1])", LOG],
        env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_two_workers_share_the_work(spark):
    context = spark._session.sparkContext
    parents = context.parallelize(range(8), 8).map(lambda _number: os.getppid()).distinct().collect()
    assert len(parents) == 2


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_spark_finds_the_same_visitors(there, folder, asked):
    here = engine.follow(folder, STEPS, **asked).frame()
    assert here["level"].nunique() >= 3  # there is something to differ in
    theirs = engine.follow(there, STEPS, **asked).frame()
    pd.testing.assert_frame_equal(ordered(theirs), ordered(here))


def test_spark_counts_and_times_the_same(there, folder):
    here, theirs = (engine.follow(one, STEPS, within="18h", by="device") for one in (folder, there))
    pd.testing.assert_frame_equal(theirs.counts(), here.counts())
    pd.testing.assert_frame_equal(theirs.times(), here.times())
    pd.testing.assert_frame_equal(theirs.begun(), here.begun())
    assert (theirs.account, theirs.end, theirs.unfinished) == (here.account, here.end, here.unfinished)


def test_the_chapter_says_the_same_of_a_table_of_spark(there, folder):
    here, theirs = (funnel.measure(one, STEPS, within="18h", by="device") for one in (folder, there))
    pd.testing.assert_frame_equal(theirs.table, here.table)
    assert theirs.text == here.text


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Amsterdam"])
@pytest.mark.parametrize("zoned", [True, False], ids=["zoned", "naive"])
def test_the_zone_of_the_session_does_not_matter(spark, tmp_path, zone, zoned):
    """Of these two one lies hours away, the other changes its clock amid the events."""
    frame = drawn(600, seed=8)
    frame["at"] = frame["at"] if zoned else frame["at"].dt.tz_localize(None)
    frame.to_parquet(tmp_path / "events.parquet")
    spark._session.conf.set("spark.sql.session.timeZone", zone)  # as others do who share the session
    try:
        theirs = engine.follow(spark.read_parquet(str(tmp_path)), STEPS, within="18h").frame()
    finally:
        spark._session.conf.set("spark.sql.session.timeZone", "UTC")
    pd.testing.assert_frame_equal(ordered(theirs), ordered(engine.follow(frame, STEPS, within="18h").frame()))
