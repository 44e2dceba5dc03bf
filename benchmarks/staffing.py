"""People for every half hour of a week, against pyworkforce for the same queues, in the same run.

    python benchmarks/staffing.py [--environment FOLDER]

336 half hours with arrivals that differ (a seeded week), calls of 180 seconds, 80 % within 20 seconds, nobody gives up
(Erlang C: that is what pyworkforce has on Python 3.11), for a small shop, a large one and a call centre. Each way gets its
own process, one week to warm up, ten to measure, and five turns, alternating; printed are the medians for one week. Both
must ask for the same number of people in every half hour. Limits: under 1 s, and faster than pyworkforce, which lives in an
environment of its own (made by pip in the temporary folder; without network that row is left out, and said). Then what
pyworkforce has not: the week with callers who give up and several chats at once, ten thousand erlangs, and the whole plan
of the demo shop.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PACKAGE, TURNS, WEEKS = "pyworkforce", 5, 10
SIZES = {"small shop (to 5 erlangs)": 100, "large shop (to 50)": 1_000, "call centre (to 500)": 10_000}
CALL = {"handling": 180.0, "within": 20.0, "share": 0.8}


def week(most: float) -> list[float]:
    """Arrivals an hour in every half hour, up to so many."""
    rng = random.Random(0)
    return [round(rng.uniform(0.02, 1.0) * most, 2) for _half in range(336)]


def ours(arrivals: list[float]) -> list[int]:
    from csworkbook.staffing import agents

    found = agents(arrivals, CALL["handling"], within_seconds=CALL["within"], share=CALL["share"])
    return found.agents.tolist()


def theirs(arrivals: list[float]) -> list[int]:
    from pyworkforce.queuing import ErlangC

    return [
        ErlangC(transactions=n / 2, aht=CALL["handling"] / 60, asa=CALL["within"] / 60, interval=30)
        .required_positions(service_level=CALL["share"])["raw_positions"]
        for n in arrivals
    ]  # fmt: skip


WAYS = {"csworkbook": ours, PACKAGE: theirs}


def run(way: str, most: float) -> dict:
    """Seconds for one week, the mean of some after one to warm up, and the people it asks for."""
    arrivals = week(most)
    found = WAYS[way](arrivals)
    wall, cpu = time.perf_counter(), time.process_time()
    for _week in range(WEEKS):
        WAYS[way](arrivals)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {"wall": wall / WEEKS, "cpu": cpu / WEEKS, "found": found}


def apart(way: str, most: float, python: str) -> dict:
    """The same in a process of its own."""
    command = [python, __file__, "--way", way, "--most", str(most)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{way}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def environment(folder: Path) -> str | None:
    """The Python of an environment with pyworkforce; None where it cannot be had."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    if subprocess.run([str(python), "-c", f"import {PACKAGE}"], capture_output=True).returncode:
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PACKAGE]
        if subprocess.run(install, capture_output=True).returncode:
            return None
    return str(python)


def against(folder: Path) -> None:
    """Each size of week, both ways in turn."""
    python = environment(folder)
    ways = {"csworkbook": sys.executable} | ({PACKAGE: python} if python else {})
    if not python:
        print(f"{PACKAGE} could not be installed: no comparison with it")
    for name, most in SIZES.items():
        turns = [{way: apart(way, most, where) for way, where in ways.items()} for _turn in range(TURNS)]
        done = {
            way: {k: statistics.median(turn[way][k] for turn in turns) for k in ("wall", "cpu")}
            for way in ways
        }
        if python and turns[0]["csworkbook"]["found"] != turns[0][PACKAGE]["found"]:
            raise SystemExit(f"{name}: they differ")
        for way, one in done.items():
            beside = (
                f"{done[PACKAGE]['cpu'] / one['cpu']:.1f} × as fast (CPU)"
                if python and way != PACKAGE
                else ""
            )
            print(
                f"{name:28} {way:12} wall {one['wall'] * 1000:8.1f} ms   CPU {one['cpu'] * 1000:8.1f} ms   {beside}"
            )


def alone() -> None:
    """What there is nothing to compare with."""
    import csworkbook as cs
    from csworkbook.staffing import agents, plan

    def timed(name: str, work) -> None:
        work()
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        print(f"{name:60} wall {wall * 1000:8.1f} ms   CPU {cpu * 1000:8.1f} ms (limit 1 s)", flush=True)

    arrivals = week(1_000)
    timed("a week, callers give up (Erlang A)", lambda: agents(arrivals, 180, patience_seconds=120))
    timed("a week, 2.5 chats at once", lambda: agents(arrivals, 600, patience_seconds=60, concurrency=2.5))
    timed("ten thousand erlangs, one half hour", lambda: agents(200_000, 180, patience_seconds=120))
    shop, shares = cs.open_shop(), iter((0.7, 0.75, 0.8, 0.9))

    def panel() -> None:
        result = shop.call(plan, phone_share=next(shares))
        _ = result.text, result.method, result.cells(), result.plot().to_json()

    panel()
    timed("the plan of the demo shop, a control changed (limit 300 ms)", panel)


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = Path(tempfile.gettempdir(), "csworkbook-pyworkforce")
    options.add_argument("--environment", type=Path, default=default)
    options.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    options.add_argument("--most", type=float, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.way:
        print(json.dumps(run(asked.way, asked.most)))
        return
    against(asked.environment)
    alone()


if __name__ == "__main__":
    main()
