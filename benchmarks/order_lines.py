"""How long does a million order lines take from a Dutch CSV to the workbook, against DuckDB turning it into Parquet?

    python benchmarks/order_lines.py [rows]

The file has semicolons, decimal commas, thousands dots, dd-mm-yyyy and Windows line ends, in UTF-8. Ours reads,
recognises, checks and stores it; the peer is DuckDB's own ``read_csv`` of the same file to Parquet. Once for a file of
order lines only, once for one that also tells of the orders, so that two tables come out. One process, warmed up,
alternating; printed are the medians and the highest memory.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

TURNS = 5
BLOCK = 500_000


def make(path: Path, rows: int, *, orders: bool) -> None:
    """Write so many order lines."""
    import numpy as np
    import pandas as pd

    draw = np.random.default_rng(1)
    with path.open("w", encoding="utf-8", newline="") as file:
        for at in range(0, rows, BLOCK):
            count = min(BLOCK, rows - at)
            number = (at + np.arange(count)) * 3 // 5
            cents = pd.Series(draw.integers(199, 200_000, count))
            whole = (cents // 100).map("{:,}".format).str.replace(",", ".")
            product = draw.integers(0, 500, count)
            frame = pd.DataFrame({"Ordernummer": number + 100_000})
            if orders:
                when = pd.Timestamp("2023-01-01") + pd.to_timedelta(number * 60, unit="s")
                frame["Besteldatum"] = when.strftime("%d-%m-%Y %H:%M")
                frame["Klantnummer"] = pd.Series(number % 90_000).map("K{}".format)
            frame["Artikelnummer"] = pd.Series(product).map("A-{:04d}".format)
            frame["Artikelnaam"] = pd.Series(product).map("Dekbed één {}".format)
            frame["Categorie"] = pd.Series(product % 5).map(
                dict(enumerate(["bed", "keuken", "café", "tuin", "licht"]))
            )
            frame["Aantal"] = draw.integers(1, 5, count)
            frame["Prijs"] = whole + "," + (cents % 100).astype(str).str.zfill(2)
            frame.to_csv(file, sep=";", index=False, header=at == 0, lineterminator="\r\n")


def timed(work: Callable[[Path], None], path: Path) -> float:
    """Seconds of wall clock."""
    began = time.perf_counter()
    work(path)
    return time.perf_counter() - began


def peer(path: Path) -> None:
    """DuckDB's own way from CSV to Parquet."""
    import duckdb

    with duckdb.connect() as engine:
        engine.sql(f"COPY (FROM read_csv('{path}', delim=';')) TO '{path}.parquet' (FORMAT parquet)")


def ours(path: Path) -> None:
    """Read, recognised, checked and stored."""
    from csworkbook import shop

    with tempfile.TemporaryDirectory() as folder:
        own = shop.new_shop(Path(folder) / "own", name="own")
        for found in own.read(path):
            own.add(found)


def main(rows: int) -> None:
    """Print both files' times and the ratio."""
    with tempfile.TemporaryDirectory() as folder:
        for orders in (False, True):
            path = Path(folder) / f"lines{orders}.csv"
            make(path, rows, orders=orders)
            pairs = [(timed(peer, path), timed(ours, path)) for _turn in range(TURNS + 1)][1:]
            duckdb, own = (median(times) for times in zip(*pairs, strict=True))
            what = "lines and orders" if orders else "lines"
            print(f"{rows:,} {what}: {own:.2f} s against {duckdb:.2f} s = {own / duckdb:.1f} x (limit 4 x)")
    print(
        f"highest memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GB (limit 1.5 GB)"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
