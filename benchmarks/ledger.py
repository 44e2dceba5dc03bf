"""How long does the customer ledger take, against the same done by hand in pandas?

    python benchmarks/ledger.py [share of the full size, 0–1]

Invented are 1 million orders, half a million contacts (a fifth of them names an order in its text) and 5 million events.
Timed in one process, after a small warm-up: `ledger.matches` of contacts and visits, and `ledger.reasons` (handling, repeats,
later orders of comparable customers), beside `tests/ledger/peer.py`, which works out the same counts and means with merges,
`re` and sorted arrays (but no intervals). Both must agree, or this stops. Memory is that of each part's own process.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
PARTS = ("matches, DuckDB", "matches, pandas", "reasons, DuckDB", "reasons, pandas")


def run(part: str, share: float) -> dict:
    """Wall and CPU seconds and peak megabytes of one part, and what it found."""
    import warnings

    from ledger import peer

    from csworkbook import ledger

    warnings.filterwarnings("ignore")
    orders, contacts = peer.shop(1, round(500_000 * share), round(500_000 * share))
    events = peer.events(1, round(5_000_000 * share), round(500_000 * share), round(1_250_000 * share))
    work = {
        "matches, DuckDB": lambda o, c, e: ledger.matches(o, contacts=c, events=e).table.set_index("table"),
        "matches, pandas": peer.matched,
        "reasons, DuckDB": lambda o, c, e: ledger.reasons(c, o).table.set_index("topic"),
        "reasons, pandas": lambda o, c, e: peer.costs(c, o, None).join(peer.later(c, o)),
    }[part]
    small = peer.shop(2, 200, 200)
    work(*small, peer.events(2, 2000, 200, 500))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    wall, cpu = time.perf_counter(), time.process_time()
    found = work(orders, contacts, events)
    spent = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if part.startswith("matches"):
        told = {name: int(found.loc["contacts", name]) for name in ("conflict", "text", "several", "no_id")}
        told["visits"] = int(found.loc["events", "customer"])
    else:
        told = {
            topic: [int(row["episodes"]), round(float(row["later"]), 6)] for topic, row in found.iterrows()
        }
    return {**spent, "peak": peak, "above": peak - before, "found": told}


def main(share: float) -> None:
    """Run every part in a process of its own, compare what they found, print the ratios."""
    done = {}
    for part in PARTS:
        command = [sys.executable, __file__, str(share), part]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        done[part] = json.loads(told.splitlines()[-1])
    print(
        f"{1_000_000 * share:,.0f} orders, {500_000 * share:,.0f} contacts, {5_000_000 * share:,.0f} events"
    )
    for name in ("matches", "reasons"):
        mine, theirs = done[f"{name}, DuckDB"], done[f"{name}, pandas"]
        found = [dict(sorted(one["found"].items())) for one in (mine, theirs)]
        if found[0] != found[1]:
            raise SystemExit(f"{name} differ: {found}")
        for engine, one in (("DuckDB", mine), ("pandas", theirs)):
            print(
                f"{name} {engine:7} wall {one['wall']:6.2f} s   CPU {one['cpu']:6.2f} s   peak {one['peak']:6,.0f} MB"
                f"   {one['wall'] / theirs['wall']:5.2f} × wall, {one['cpu'] / theirs['cpu']:5.2f} × CPU"
            )


if __name__ == "__main__":
    size = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    if len(sys.argv) > 2:
        print(json.dumps(run(sys.argv[2], size)))
    else:
        main(size)
