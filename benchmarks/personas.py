"""Personas of a million customers × 12 features with the choice of k, beside the bare scikit-learn calls.

    python benchmarks/personas.py [customers] [--turns 3]

The bare calls, for k = 2 to 8: `StandardScaler` on everything, `KMeans(n_init=10)` fitted on 50,000 customers,
`silhouette_score` of 2,000 of them, and `predict` for all with the k of the highest silhouette. Ours does that too, and
tries every k on bootstrap samples and on data without groups. Each in a process of its own, alternating; printed are
medians. Limits: 1.5 × the bare calls, 3 GB for the process. Both must find the four groups that were drawn (adjusted
Rand index with the truth above .95), or this stops.

Then, in this process: the demo shop (features, every step of finding, a panel's call), limit 0.3 s a step.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time

import numpy as np
import pandas as pd

COLUMNS, GROUPS, FITTED, SEEN = 12, 4, 50_000, 2_000
LIMIT, MEMORY, STEP = 1.5, 3.0, 0.3


def drawn(customers: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Four normal clouds in four columns beside eight idle ones, in the units of a shop."""
    rng = np.random.default_rng(8)
    centres = np.zeros((GROUPS, COLUMNS))
    centres[:, :GROUPS] = 6 * np.eye(GROUPS)
    kind = rng.choice(GROUPS, customers, p=[0.4, 0.3, 0.2, 0.1])
    values = centres[kind] + rng.normal(size=(customers, COLUMNS))
    names = pd.Index([f"k{one:07d}" for one in range(customers)], name="customer_id")
    return pd.DataFrame(values * 10 + 100, names, [f"c{one}" for one in range(COLUMNS)]), kind


def bare(frame: pd.DataFrame) -> np.ndarray:
    """What somebody would write himself."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score
    from sklearn.preprocessing import StandardScaler

    scaled = StandardScaler().fit_transform(frame)
    some = scaled[np.random.default_rng(0).choice(len(scaled), min(FITTED, len(scaled)), replace=False)]
    tried = {}
    for k in range(2, 9):
        fitted = KMeans(k, n_init=10, random_state=0).fit(some)
        seen = min(SEEN, len(some))
        tried[silhouette_score(some, fitted.labels_, sample_size=seen, random_state=0)] = fitted
    return tried[max(tried)].predict(scaled)


def ours(frame: pd.DataFrame) -> np.ndarray:
    """What a user calls."""
    from csworkbook.personas import find

    return find(frame).labels.to_numpy()


WAYS = {"bare scikit-learn": bare, "personas.find": ours}


def run(way: str, customers: int) -> dict:
    """Seconds of wall and processor, gigabytes at the highest, and how well the truth was found."""
    from sklearn.metrics import adjusted_rand_score

    WAYS[way](drawn(3_000)[0])
    frame, kind = drawn(customers)
    wall, cpu = time.perf_counter(), time.process_time()
    labels = WAYS[way](frame)
    spent = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return {**spent, "peak": peak, "found": float(adjusted_rand_score(kind, labels))}


def apart(way: str, customers: int) -> dict:
    """The same in a process of its own."""
    command = [sys.executable, __file__, str(customers), "--way", way]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{way}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def beside(customers: int, turns: int) -> None:
    """Both ways in turn; the medians and their ratio."""
    done = {way: [] for way in WAYS}
    for _turn in range(turns):
        for way in WAYS:
            done[way].append(apart(way, customers))
    middle = {
        way: {
            key: statistics.median(one[key] for one in all_turns) for key in ("wall", "cpu", "peak", "found")
        }
        for way, all_turns in done.items()
    }
    for way, one in middle.items():
        print(
            f"{customers:>11,} {way:20} wall {one['wall']:7.2f} s   CPU {one['cpu']:7.2f} s   peak {one['peak']:5.2f} GB   "
            f"truth {one['found']:.3f}",
            flush=True,
        )
        if one["found"] < 0.95:
            raise SystemExit(f"{way} does not find the groups again")
    mine, peer = middle["personas.find"], middle["bare scikit-learn"]
    print(
        f"{mine['wall'] / peer['wall']:.2f} × wall, {mine['cpu'] / peer['cpu']:.2f} × CPU of the bare calls (limit {LIMIT}); "
        f"{mine['peak']:.2f} GB (limit {MEMORY})"
    )


def demo() -> None:
    """The demo shop: features, the longest step of finding, and a panel with saved personas."""
    import csworkbook as cs
    from csworkbook import personas

    shop = cs.open_shop()
    for _turn in range(2):  # the first brings scikit-learn in
        began = time.process_time()
        shop.forget_frames()
        known = personas.features(shop)
        measured = time.process_time() - began
        steps, spent, found = personas.finding(known), [], None
        while found is None:
            began = time.process_time()
            try:
                next(steps)
            except StopIteration as end:
                found = end.value
            spent.append(time.process_time() - began)
    for name in ("x", "y"):  # the first brings plotly in
        began = time.process_time()
        result = shop.call(personas.portraits, personas=found.saved.renamed(1, name))
        _ = result.text, result.method, result.cells(), result.plot().to_json()
        shown = time.process_time() - began
    print(
        f"demo shop: features {measured:.2f} s, finding {sum(spent):.1f} s in {len(spent)} steps, the longest "
        f"{max(spent):.2f} s (limit {STEP}); a panel {shown * 1000:.0f} ms CPU (limit 300 ms)"
    )


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("customers", type=int, nargs="?", default=1_000_000)
    options.add_argument("--turns", type=int, default=3)
    options.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.way:
        print(json.dumps(run(asked.way, asked.customers)))
        return
    beside(asked.customers, asked.turns)
    demo()


if __name__ == "__main__":
    main()
