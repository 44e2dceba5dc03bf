"""How fast are the intervals of SERVQUAL, against scipy's bootstrap of the same gaps?

    python benchmarks/servqual.py [respondents] [draws of the peer]

Ours takes the survey as it is kept (a row per respondent and item: 22 × as many), and gives the gaps of items and
dimensions, the weighted whole and alpha, with 2,000 draws. The peer, `scipy.stats.bootstrap` with vectorized=True,
gets the gaps already as an array and gives the intervals of the 22 items, from which those of the dimensions follow;
its time is that of fewer draws scaled up, as each takes the same. Alternating in one process after a warm-up;
printed are the medians, how far the intervals differ, and the highest memory of ours, which is measured in a
process of its own (the survey included).
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from itertools import pairwise
from statistics import median

DRAWS, PEER, TURNS, BATCH = 2000, 100, 3, 20


def survey(people: int):
    """Whole points 1–7 of so many people on 22 items, with points of 100, in the canonical table."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(1)
    leaning = rng.normal(0, 0.8, (people, 1))
    expectation = np.clip(np.rint(6 + 0.5 * leaning + rng.normal(0, 0.7, (people, 22))), 1, 7)
    perception = np.clip(np.rint(5 + leaning + rng.normal(0, 1.0, (people, 22))), 1, 7)
    points = 5.0 * rng.multinomial(20, [0.1, 0.28, 0.34, 0.13, 0.15], people)
    table = pd.DataFrame(
        {
            "respondent_id": pd.Series(np.repeat(np.arange(people), 22)).map("r{}".format),
            "role": pd.Categorical(["customer"] * (people * 22)),
            "item": pd.array(np.tile(np.arange(1, 23), people), dtype="Int64"),
            "expectation": pd.array(expectation.ravel().astype(int), dtype="Int64"),
            "perception": pd.array(perception.ravel().astype(int), dtype="Int64"),
            "weight": points[:, np.repeat(np.arange(5), [4, 5, 4, 4, 5])].ravel(),
        }
    )
    return table, perception - expectation


def ours(table):
    """The whole answer of the chapter."""
    from csworkbook.service_gap.servqual import servqual

    return servqual(table, draws=DRAWS)


def peer(gaps, draws: int):
    """Percentile intervals of the mean gap of every item."""
    import numpy as np
    from scipy.stats import bootstrap

    def statistic(x, axis):
        return np.mean(x, axis=axis)

    more = {"axis": -1, "vectorized": True, "method": "percentile", "batch": BATCH, "rng": 1}
    return bootstrap((gaps.T,), statistic, n_resamples=draws, **more)


def timed(work, *arguments):
    """Seconds of wall clock, and what came of it."""
    began = time.perf_counter()
    found = work(*arguments)
    return time.perf_counter() - began, found


def apart(result, drawn) -> float:
    """The largest difference between the ends of both intervals, in standard errors of a dimension's gap."""
    import numpy as np

    edges = np.cumsum([0, 4, 5, 4, 4, 5])
    means = np.stack([drawn.bootstrap_distribution[a:b].mean(axis=0) for a, b in pairwise(edges)])
    low, high = np.quantile(means, [0.025, 0.975], axis=1)
    table, error = result.table, means.std(axis=1)
    return float(
        max(np.abs((table["low"] - low) / error).max(), np.abs((table["high"] - high) / error).max())
    )


def main(people: int, draws: int) -> None:
    """Print the memory, both times, the ratio, and how alike the intervals are."""
    # first, while this process is small: a new one inherits the highest memory of the one that starts it
    subprocess.run([sys.executable, __file__, str(people), "memory"], check=True)
    table, gaps = survey(people)
    timed(peer, gaps, BATCH)
    turns = []
    for _turn in range(TURNS + 1):
        seconds, result = timed(ours, table)
        theirs, drawn = timed(peer, gaps, draws)
        turns.append((seconds, theirs * DRAWS / draws))
    own, scipy = (median(times) for times in zip(*turns[1:], strict=True))
    print(f"{people:,} respondents x 22 items, {DRAWS:,} draws: {own:.2f} s against {scipy:.1f} s", end=" ")
    print(f"({draws:,} draws, scaled)" if draws != DRAWS else "", f"= {scipy / own:.1f} x faster (limit 5 x)")
    print(f"ends of the intervals differ by at most {apart(result, drawn):.2f} standard errors")


def memory(people: int) -> None:
    """Print the highest memory of a process that makes the survey and works it out."""
    table, _gaps = survey(people)
    del _gaps
    ours(table)
    print(f"highest memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GB (limit 1 GB)")


if __name__ == "__main__":
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    if sys.argv[2:] == ["memory"]:
        memory(size)
    else:
        main(size, int(sys.argv[2]) if len(sys.argv) > 2 else PEER)
