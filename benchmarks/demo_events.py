"""Ten million events of the demo shop, streamed to Parquet: how long, and how much memory?

python benchmarks/demo_events.py [SCALE]
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.parquet as pq

from csworkbook import demo


def main(scale: float = 85) -> None:
    with tempfile.TemporaryDirectory() as folder:
        start, cpu = time.perf_counter(), time.process_time()
        demo.make(scale, folder=folder)
        took, used = time.perf_counter() - start, time.process_time() - cpu
        rows = pq.read_metadata(next(Path(folder).rglob("events.parquet"))).num_rows
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{rows:,} events: {took:.1f} s wall (limit 60), {used:.1f} s CPU, peak {peak:.0f} MB")


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
