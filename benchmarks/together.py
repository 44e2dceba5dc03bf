"""Pairs in ten million order lines, from Parquet: support, confidence both ways and lift, against mlxtend.

    python benchmarks/together.py [lines] [--environment FOLDER]

The lines are invented: orders of 2.5 lines on average, 2,000 products of which few are bought often, a tenth of the
lines bought because of the line before. Ours is `csworkbook.personas.baskets.together` on the file as an Ibis table, with
intervals, tests and correction; beside it the same on a pandas frame. The peer is mlxtend's fpgrowth (pairs only) and
association_rules for the same support. It is given only the two columns it needs and a sparse matrix made by our own
fastest way, which takes a tenth of the time of its own encoder. Every way gets its own process, a warm-up on 20,000
lines, and three turns, alternating; printed are the medians from file to table. All must agree on every pair, or this
stops. Limit: the peer takes at least 5 × as long.

mlxtend lives in an environment of its own, made by pip in the temporary folder; without network or package that row
is left out, and said.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TURNS, WARM, SUPPORT, PRODUCTS = 3, 20_000, 0.0005, 2000
PACKAGES = ("mlxtend==0.25.0", "pyarrow")


def make(lines: int) -> Path:
    """So many order lines as Parquet in the temporary folder; made once."""
    import numpy as np
    import pandas as pd

    path = Path(tempfile.gettempdir()) / f"csworkbook-together-{lines}.parquet"
    if path.exists():
        return path
    rng = np.random.default_rng(1)
    size = 1 + rng.poisson(1.5, lines // 2)
    order = np.repeat(np.arange(len(size)), size)[:lines]
    weight = 1 / np.arange(1, PRODUCTS + 1) ** 0.8
    item = rng.choice(PRODUCTS, lines, p=weight / weight.sum())
    after = (np.append(0, item[:-1]) + 7) % PRODUCTS
    item = np.where(rng.random(lines) < 0.1, after, item)
    frame = pd.DataFrame(
        {
            "order_id": pd.Series(order + 100_000).astype("str"),
            "product_id": pd.Series(item).map("A-{:04d}".format).astype("str"),
            "quantity": rng.integers(1, 4, lines),
            "price": 9.95,
        }
    )
    frame.to_parquet(path)
    return path


def by_engine(path: Path) -> dict:
    import ibis

    return _told(_together(ibis.read_parquet(path)))


def by_frame(path: Path) -> dict:
    import pandas as pd

    return _told(_together(pd.read_parquet(path)))


def _together(lines: object) -> object:
    from csworkbook.personas.baskets.together import together

    return together(lines, min_support=SUPPORT, at_least=1).table


def _told(table: object) -> dict:
    """Every pair's support, confidence from the first in the alphabet and back, and lift."""
    return {
        f"{a} {b}": [round(row.support, 9), round(there, 9), round(back, 9), round(row.lift, 6)]
        for row in table.itertuples()
        for (a, there), (b, back) in [sorted([(row.first_id, row.confidence), (row.second_id, row.back)])]
    }


def by_mlxtend(path: Path) -> dict:
    import numpy as np
    import pandas as pd
    from mlxtend.frequent_patterns import association_rules, fpgrowth
    from scipy import sparse

    lines = pd.read_parquet(path, columns=["order_id", "product_id"])
    item, items = pd.factorize(lines["product_id"])
    order, orders = pd.factorize(lines["order_id"])
    held = sparse.csr_matrix((np.ones(len(order), bool), (order, item)), shape=(len(orders), len(items)))
    held.sum_duplicates()
    held.data[:] = True
    frame = pd.DataFrame.sparse.from_spmatrix(held, columns=list(items))
    often = fpgrowth(frame, min_support=SUPPORT, use_colnames=True, max_len=2)
    rules = association_rules(often, metric="support", min_threshold=SUPPORT)
    found = {
        (*row.antecedents, *row.consequents): (row.support, row.confidence, row.lift)
        for row in rules.itertuples()
    }
    return {
        f"{a} {b}": [round(support, 9), round(there, 9), round(found[b, a][1], 9), round(lift, 6)]
        for (a, b), (support, there, lift) in found.items()
        if a < b
    }


WAYS = {"engine": by_engine, "frame": by_frame, "mlxtend": by_mlxtend}


def run(way: str, lines: int) -> dict:
    """Seconds of wall and processor, gigabytes of the process at their highest, and what was found."""
    WAYS[way](make(WARM))
    path = make(lines)
    wall, cpu = time.perf_counter(), time.process_time()
    found = WAYS[way](path)
    spent = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    return {**spent, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, "found": found}


def apart(way: str, lines: int, python: str) -> dict:
    """The same in a process of its own."""
    done = subprocess.run([python, __file__, str(lines), "--way", way], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{way}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def environment(folder: Path) -> str | None:
    """The Python of an environment with mlxtend; None where it cannot be had."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    if subprocess.run([str(python), "-c", "import mlxtend, pyarrow"], capture_output=True).returncode:
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES]
        if subprocess.run(install, capture_output=True).returncode:
            return None
    return str(python)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lines", type=int, nargs="?", default=10_000_000)
    parser.add_argument("--way", choices=list(WAYS))
    parser.add_argument("--turns", type=int, default=TURNS)
    parser.add_argument(
        "--environment", type=Path, default=Path(tempfile.gettempdir()) / "csworkbook-mlxtend"
    )
    asked = parser.parse_args()
    if asked.way:
        print(json.dumps(run(asked.way, asked.lines)))
        return
    make(WARM), make(asked.lines)
    python = environment(asked.environment)
    ways = {"engine": sys.executable, "frame": sys.executable, **({"mlxtend": python} if python else {})}
    turns = [{way: apart(way, asked.lines, ways[way]) for way in ways} for _turn in range(asked.turns)]
    report(turns, asked.lines)
    if not python:
        print(f"{PACKAGES[0]} could not be installed: no comparison with it")


def report(turns: list[dict[str, dict]], lines: int) -> None:
    """Medians per way and the ratio to the engine; stops where two ways found something else."""
    first = turns[0]["engine"]["found"]
    base = {key: statistics.median(turn["engine"][key] for turn in turns) for key in ("wall", "cpu")}
    for way in turns[0]:
        if turns[0][way]["found"] != first:
            raise SystemExit(f"engine and {way} differ: {len(first)} and {len(turns[0][way]['found'])} pairs")
        one = {key: statistics.median(turn[way][key] for turn in turns) for key in ("wall", "cpu", "peak")}
        beside = (
            f"{one['wall'] / base['wall']:.1f} × wall, {one['cpu'] / base['cpu']:.1f} × CPU of the engine"
        )
        limit = " (at least 5)" if way == "mlxtend" else ""
        print(
            f"{lines:>11,} {way:8} wall {one['wall']:6.1f} s   CPU {one['cpu']:6.1f} s   peak {one['peak']:5.2f} GB   "
            f"{beside}{limit}",
            flush=True,
        )
    print(f"{len(first)} pairs, the same everywhere")


if __name__ == "__main__":
    main()
