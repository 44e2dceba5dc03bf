"""One Spark for all tests of a run: a small cluster on this machine, two workers in processes of their own."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from install import OLDEST_JAVA, find_java

FOLDER = Path(sys.prefix) / "spark"  # where `make test` puts pyspark, so that nothing else finds it
CLUSTER = "local-cluster[2,1,1024]"  # two workers of one core and 1 GB each
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # for minutes of work, not days
SMALL = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.extraJavaOptions": QUICK,
    "spark.driver.memory": "768m",
    "spark.executor.extraJavaOptions": QUICK,
    "spark.executor.memory": "768m",
    "spark.log.level": "ERROR",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.session.timeZone": "America/New_York",  # the hours of a shop are not those of its cluster
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


def missing() -> str:
    """What keeps Spark from running here; empty where nothing does."""
    if FOLDER.is_dir() and str(FOLDER) not in sys.path:
        sys.path.append(str(FOLDER))
    if importlib.util.find_spec("pyspark") is None:
        return "pyspark is not installed"
    return "" if find_java() else f"no Java {OLDEST_JAVA} or newer found on this machine"


@contextmanager
def cluster(folder: Path):
    """A Spark session on two workers, whose scratch files are in `folder`."""
    from pyspark.sql import SparkSession

    before = dict(os.environ)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(FOLDER), before.get("PYTHONPATH")]))
    os.environ["JAVA_HOME"] = str(Path(find_java()).resolve().parents[1])
    settings = {"spark.local.dir": str(folder), "spark.sql.warehouse.dir": str(folder / "tables"), **SMALL}
    builder = SparkSession.builder.master(CLUSTER).appName("csworkbook tests")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    try:
        yield session
    finally:
        session.stop()
        os.environ.clear()
        os.environ.update(before)
        import pyspark

        wrote = Path(pyspark.__file__).parent / "work"  # the workers know no other place
        shutil.rmtree(wrote, ignore_errors=True)


@pytest.fixture(scope="session")
def spark(tmp_path_factory):
    """A running Spark, connected to Ibis; without one the test skips, or fails in continuous integration."""
    reason = missing()
    if reason:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    import ibis

    with cluster(tmp_path_factory.mktemp("spark")) as session:
        yield ibis.pyspark.connect(session)
