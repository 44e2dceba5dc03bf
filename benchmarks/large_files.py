"""How long does a large CSV take in batches, and how much memory, against DuckDB turning it into Parquet?

    python benchmarks/large_files.py [rows]

Makes a Dutch CSV of order lines (seven columns, semicolons, decimal commas, Windows line ends) in a temporary folder,
once as UTF-8 and once as cp1252, which has to be re-coded first. Each is gone through once by `files.batches`, each
time in a process of its own with the imports done; the peer is `duckdb read_csv` to Parquet. Three turns, alternating,
because the machine is seldom quiet; printed are the fastest of each and the highest memory.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

TIMED = """
import json, resource, time
import numpy, pandas, duckdb, pyarrow, pyarrow.compute
from csworkbook.intake import batches, files
began = time.perf_counter()
{work}
wall = time.perf_counter() - began
print(json.dumps(dict(wall=wall, peak=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)))
"""
ITERATE = "assert sum(raw.read for raw in files.batches({path!r})) == {rows}"
DUCKDB = "duckdb.sql(\"COPY (FROM read_csv('{path}', delim=';')) TO '{path}.parquet' (FORMAT parquet)\")"


def make(path: Path, rows: int, encoding: str) -> None:
    """Write so many order lines, a million at a time."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(1)
    names = np.array(["Trui blauw maat M", "Broek crème", "Schoenen 42", "Jas waterdicht", "Sjaal wol"])
    with path.open("w", encoding=encoding, newline="") as file:
        for at in range(0, rows, 1_000_000):
            count = min(1_000_000, rows - at)
            cents = pd.Series(rng.integers(199, 49_999, count))
            seconds = pd.to_timedelta(rng.integers(0, 2 * 365 * 86_400, count), unit="s")
            frame = pd.DataFrame(
                {
                    "Ordernummer": np.arange(at, at + count) // 2 + 100_000,
                    "Klantnummer": rng.integers(1, 300_000, count),
                    "Besteldatum": (pd.Timestamp("2023-01-01") + seconds).strftime("%d-%m-%Y %H:%M"),
                    "Artikel": names[rng.integers(0, len(names), count)],
                    "SKU": np.char.add("SKU-", rng.integers(10_000, 99_999, count).astype(str)),
                    "Aantal": rng.integers(1, 5, count),
                    "Bedrag": (cents // 100).astype(str) + "," + (cents % 100).astype(str).str.zfill(2),
                }
            )
            frame.to_csv(file, sep=";", index=False, header=at == 0, lineterminator="\r\n")


def timed(work: str) -> dict:
    """Wall seconds and peak megabytes of `work` in a process of its own."""
    command = [sys.executable, "-c", TIMED.format(work=work)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def main(rows: int = 1_000_000) -> None:
    """Make the files, go through them by turns, print the fastest."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {encoding: Path(folder) / f"{encoding}.csv" for encoding in ("utf-8", "cp1252")}
        for encoding, path in paths.items():
            # in a process of its own: the memory of the maker must not count as the reader's
            subprocess.run([sys.executable, __file__, str(rows), encoding, str(path)], check=True)
        works = {f"files.batches, {e}": ITERATE.format(path=str(p), rows=rows) for e, p in paths.items()}
        works["duckdb to Parquet, utf-8"] = DUCKDB.format(path=paths["utf-8"])
        turns = [{name: timed(work) for name, work in works.items()} for _turn in range(3)]
        print(f"{rows:,} order lines, {paths['utf-8'].stat().st_size / 1e6:.0f} MB")
        for name in works:
            wall, peak = min(turn[name]["wall"] for turn in turns), max(turn[name]["peak"] for turn in turns)
            print(f"{name:26} {wall:6.2f} s   peak {peak:5,.0f} MB")


if __name__ == "__main__":
    if len(sys.argv) == 4:
        make(Path(sys.argv[3]), int(sys.argv[1]), sys.argv[2])
    else:
        main(*map(int, sys.argv[1:]))
