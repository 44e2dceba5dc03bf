"""An ordered funnel of four steps by device, with time to convert, from Parquet: against hand-written SQL and others.

    python benchmarks/funnel.py [events] [--no-growth] [--environment FOLDER]

Counted is the best chain of product, cart, checkout and paid within 7 days: units by device and furthest step, and by
device, step and whole seconds. Every way gets its own process, a warm-up on 20,000 events, and three turns, alternating;
printed are the medians from file to both tables. On a busy machine processor time is the one to read. All must agree to
the last visitor and second, or this stops.

- `csworkbook.events.follow` against the best DuckDB SQL we could write by hand (`funnel_peers.py`): limit 1.3 ×;
- against pandas, the same rules with sorted arrays: at least 3 × faster;
- against retentioneering 5.2.4, which has no window, no breakdown and no time to convert: once without a window, where
  visitors per step must be equal, once with our 7 days. It lives in an environment of its own, made by pip in the
  temporary folder (900 MB); without network or package that row is left out, and said;
- growth (not with ``--no-growth``): 1, 10 and 100 million events with a limit of 4 GB for DuckDB, once each: under
  4.5 GB for the whole process, and 100 million at most 14 × the time of 10 million;
- a panel: a changed control → the new picture of `csworkbook.funnel.measure` on the demo shop: limit 300 ms.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from funnel_data import FUNNEL, WINDOW, make
from funnel_peers import by_pandas, by_retentioneering, by_sql, told

TURNS, WARM, MILLION, MEMORY = 3, 20_000, 1_000_000, "4GB"
PACKAGE = "retentioneering==5.2.4"
NO_TRACKING = {"RETENTIONEERING_NO_TRACK": "1"}  # it reports to its makers by default


def by_engine(folder: Path, *, memory: str | None = None, within: str | None = WINDOW) -> tuple:
    """What a user calls; with a limit of memory DuckDB may spill to the temporary folder."""
    import ibis

    from csworkbook.events import follow

    with tempfile.TemporaryDirectory(dir=folder.parent) as spill:
        limits = {"memory_limit": memory, "temp_directory": spill} if memory else {}
        events = ibis.duckdb.connect(**limits).read_parquet(f"{folder}/*.parquet")
        followed = follow(events, list(FUNNEL), within=within, by="device")
        return followed.counts(), followed.times()


def reach(counts: object) -> dict[str, int]:
    """Visitors per step, of all devices together."""
    return {step: int(counts["units"][counts["level"] > place].sum()) for place, step in enumerate(FUNNEL)}


WAYS = {
    "engine": lambda folder: told(*by_engine(folder)),
    "SQL by hand": lambda folder: told(*by_sql(folder)),
    "pandas": lambda folder: told(*by_pandas(folder)),
    "engine, no window": lambda folder: reach(by_engine(folder, within=None)[0]),
    "retentioneering": by_retentioneering,
    "engine, 4 GB": lambda folder: told(*by_engine(folder, memory=MEMORY)),
    "SQL by hand, 4 GB": lambda folder: told(*by_sql(folder, memory=MEMORY)),
}


def run(way: str, rows: int) -> dict:
    """Seconds of wall and processor, gigabytes of the process at their highest, and what was found."""
    WAYS[way](make(WARM))
    folder = make(rows)
    wall, cpu = time.perf_counter(), time.process_time()
    found = WAYS[way](folder)
    spent = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    return {**spent, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, "found": found}


def apart(way: str, rows: int, python: str = sys.executable) -> dict:
    """The same in a process of its own."""
    command = [python, __file__, str(rows), "--way", way]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **NO_TRACKING})
    if done.returncode:
        raise SystemExit(f"{way}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def environment(folder: Path) -> str | None:
    """The Python of an environment with retentioneering; None where it cannot be had."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    has = subprocess.run(
        [str(python), "-c", "import retentioneering"], capture_output=True, env={**os.environ, **NO_TRACKING}
    )
    if has.returncode:
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PACKAGE]
        if subprocess.run(install, capture_output=True).returncode:
            return None
    return str(python)


def alternating(ways: dict[str, str], rows: int) -> dict[str, dict]:
    """Every way a few times, in turn; the medians."""
    turns = [{way: apart(way, rows, python) for way, python in ways.items()} for _turn in range(TURNS)]
    keys = ("wall", "cpu", "peak")
    return {
        way: {key: statistics.median(turn[way][key] for turn in turns) for key in keys}
        | {"found": turns[0][way]["found"]}
        for way in ways
    }


def agree(done: dict[str, dict], *ways: str) -> None:
    """Stop where two ways found something else."""
    first, *others = (done[way]["found"] for way in ways)
    if any(other != first for other in others):
        raise SystemExit(f"{ways} differ: {first} {others}")


def line(way: str, rows: int, one: dict, beside: str = "") -> None:
    print(
        f"{rows:>11,} {way:20} wall {one['wall']:7.2f} s   CPU {one['cpu']:7.2f} s   peak {one['peak']:5.2f} GB   {beside}",
        flush=True,
    )


def ratio(one: dict, other: dict, what: str) -> str:
    return f"{one['wall'] / other['wall']:.2f} × wall, {one['cpu'] / other['cpu']:.2f} × CPU {what}"


def against_others(rows: int, folder: Path) -> None:
    ways = dict.fromkeys(("SQL by hand", "engine", "pandas", "engine, no window"), sys.executable)
    python = environment(folder)
    if python:
        ways["retentioneering"] = python
    done = alternating(ways, rows)
    agree(done, "SQL by hand", "engine", "pandas")
    line("SQL by hand", rows, done["SQL by hand"])
    line(
        "engine",
        rows,
        done["engine"],
        ratio(done["engine"], done["SQL by hand"], "of SQL by hand (limit 1.3)"),
    )
    line("pandas", rows, done["pandas"], ratio(done["pandas"], done["engine"], "of the engine (at least 3)"))
    line("engine, no window", rows, done["engine, no window"])
    if not python:
        print(f"{PACKAGE} could not be installed: no comparison with it")
        return
    agree(done, "engine, no window", "retentioneering")
    theirs = done["retentioneering"]
    line(
        "retentioneering",
        rows,
        theirs,
        ratio(theirs, done["engine, no window"], "of the engine without a window (at least 3)"),
    )
    print(f"{'':32} {ratio(theirs, done['engine'], 'of the engine with 7 days')}")


def growth() -> None:
    """One, ten and a hundred million events with limited memory."""
    done = {}
    for rows in (MILLION, 10 * MILLION, 100 * MILLION):
        make(rows)
        for way in ("SQL by hand, 4 GB", "engine, 4 GB"):
            done[way] = apart(way, rows)
            before = done.get((way, rows // 10))
            line(
                way, rows, done[way], ratio(done[way], before, f"of {rows // 10:,} events") if before else ""
            )
            done[way, rows] = done[way]
        agree(done, "SQL by hand, 4 GB", "engine, 4 GB")
    print("limits: 14 × the time of a tenth, and 4.5 GB")


def panel() -> None:
    """A changed control of the funnel's panel: the result, its text, its table and its picture as JSON."""
    import csworkbook as cs

    measure = getattr(getattr(cs, "funnel", None), "measure", None)
    if measure is None:
        print("csworkbook.funnel.measure is not there yet: no panel")
        return
    shop, took = cs.open_shop(), []
    for turn in range(12):
        wall, cpu = time.perf_counter(), time.process_time()
        result = shop.call(measure, within=("1D", "7D", "30D")[turn % 3], by=(None, "device")[turn % 2])
        _ = result.text, result.cells(), result.plot().to_json()
        took.append((time.perf_counter() - wall, time.process_time() - cpu))
    wall, cpu = (statistics.median(times) * 1000 for times in zip(*took[6:], strict=True))
    print(
        f"panel: changed control → new picture {wall:.0f} ms wall, {cpu:.0f} ms CPU, without the browser (limit 300 ms)"
    )


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("events", type=int, nargs="?", default=10 * MILLION)
    options.add_argument(
        "--growth", action=argparse.BooleanOptionalAction, default=True, help="1, 10 and 100 million"
    )
    options.add_argument(
        "--environment", type=Path, default=Path(tempfile.gettempdir(), "csworkbook-retentioneering")
    )
    options.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.way:
        print(json.dumps(run(asked.way, asked.events)))
        return
    against_others(asked.events, asked.environment)
    if asked.growth:
        growth()
    panel()


if __name__ == "__main__":
    main()
