"""What customers will bring (BG/NBD with Gamma-Gamma): against lifetimes and pymc-marketing.

    python benchmarks/value.py [customers] [--environments FOLDER] [--cdnow FILE]

Customers drawn from the model, by default a million, and the CDNOW sample (2,357 customers) where its summary is at
hand (ID, x, t_x, T, zbar; it is not ours to ship). Every way gets its own process, a warm-up on 2,000 customers, and
three turns, alternating; printed are the medians of both fits together, and of fits and expectations. On a busy
machine processor time is the one to read. All must agree on the parameters and on the purchases of a year, or this
stops.

- `csworkbook.value` on a million customers at least 2 × faster than `lifetimes` 0.11.3 and than `pymc-marketing`'s MAP
  (flat priors, as it looks for the same then);
- on the CDNOW sample at least as fast as `lifetimes`;
- the panel: changed control → new text, picture and table of `csworkbook.value.predict` on the demo shop: 300 ms.

The peers live in environments of their own, made with pip in the temporary folder (300 and 800 MB); without network or
package a row is left out, and said. Python 3.11 gets pymc-marketing 0.19.2, the last that runs on it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from value_peers import by_lifetimes, by_pymc_marketing, by_us

TURNS, WARM, MILLION = 3, 2_000, 1_000_000
WAYS = {"csworkbook": by_us, "lifetimes": by_lifetimes, "pymc-marketing": by_pymc_marketing}
PACKAGES = {
    "lifetimes": ["lifetimes==0.11.3", "setuptools<81"],
    "pymc-marketing": ["pymc-marketing==0.19.2" if sys.version_info < (3, 12) else "pymc-marketing<1"],
}
CDNOW = Path(__file__).parents[2] / "shared/realdata/orders/cdnow_customers_summary_with_transactions.csv"


def make(customers: int) -> Path:
    """Customers drawn from the model (weeks, whole days) with the parameters of the CDNOW sample, kept for all ways."""
    import numpy as np

    path = Path(tempfile.gettempdir(), f"csworkbook-value-{customers}.npz")
    if path.exists():
        return path
    rng = np.random.default_rng(1)
    rate, leaves = rng.gamma(0.243, 1 / 4.414, customers) / 7, rng.beta(0.793, 2.426, customers)
    seen = rng.integers(7, 728, customers)
    x, last, at = np.zeros(customers), np.zeros(customers), np.zeros(customers)
    here = np.arange(customers)
    while len(here):
        at[here] += rng.exponential(1, len(here)) / np.maximum(rate[here], 1e-12)
        here = here[at[here] <= seen[here]]
        day = np.floor(at[here])
        new = day > last[here]
        x[here] += new
        last[here] = day
        here = here[rng.random(len(here)) >= leaves[here]]
    single = 6.25 / rng.gamma(3.74, 1 / 15.44, customers)
    mean = np.where(x > 0, rng.gamma(6.25 * np.maximum(x, 1), single / 6.25 / np.maximum(x, 1)), 0.0)
    np.savez(path, x=x, t_x=last / 7, T=seen / 7, mean=mean)
    return path


def read(path: Path) -> dict:
    """Customers as arrays: x, t_x, T, mean."""
    import numpy as np

    if path.suffix == ".npz":
        return dict(np.load(path))
    columns = np.loadtxt(path, delimiter=",", skiprows=1, unpack=True)
    return dict(zip(("x", "t_x", "T", "mean"), columns[1:], strict=True))


def run(way: str, path: Path, warm: Path) -> dict:
    """After a warm-up, what a way says of these customers, and how long it took."""
    WAYS[way](read(warm))
    return WAYS[way](read(path))


def apart(way: str, path: Path, python: str) -> dict:
    """The same in a process of its own."""
    command = [python, __file__, "--way", way, "--file", str(path), "--warm", str(make(WARM))]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{way}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def environment(way: str, folder: Path) -> str | None:
    """The Python of an environment with a peer; None where it cannot be had."""
    place = folder / f"csworkbook-{way}"
    python = place / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
    module = way.replace("-", "_")
    if subprocess.run([str(python), "-c", f"import {module}"], capture_output=True).returncode:
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        if subprocess.run([*install, *PACKAGES[way]], capture_output=True).returncode:
            return None
    return str(python)


def alternating(ways: dict[str, str], path: Path) -> dict[str, dict]:
    """Every way a few times, in turn; the medians of (wall, processor)."""
    turns = [{way: apart(way, path, python) for way, python in ways.items()} for _turn in range(TURNS)]
    return {
        way: {
            part: [statistics.median(turn[way][part][clock] for turn in turns) for clock in (0, 1)]
            for part in ("fit", "all")
        }
        | {name: turns[0][way][name] for name in ("found", "orders")}
        for way in ways
    }


def agree(done: dict[str, dict]) -> None:
    """Stop where a peer found something else: parameters within a hundredth, purchases within a thousandth."""
    own = done["csworkbook"]
    for way, one in done.items():
        far = [abs(a / b - 1) for a, b in zip(one["found"], own["found"], strict=True)]
        if max(far) > 0.01 or abs(one["orders"] / own["orders"] - 1) > 0.001:
            raise SystemExit(f"{way} differs: {one['found']} {one['orders']} {own['found']} {own['orders']}")


def compare(ways: dict[str, str], path: Path, what: str, limits: dict[str, float]) -> None:
    done = alternating(ways, path)
    agree(done)
    own = done["csworkbook"]
    for way, one in done.items():
        for part, said in (("fit", "both fits"), ("all", "fits and expectations")):
            wall, cpu = one[part]
            ratio = f"{wall / own[part][0]:.1f} × wall, {cpu / own[part][1]:.1f} × CPU of ours"
            limit = f" (at least {limits[way]:g})" if way in limits and part == "fit" else ""
            beside = "" if way == "csworkbook" else ratio + limit
            print(
                f"{what:18} {way:15} {said:22} wall {wall:8.3f} s   CPU {cpu:8.3f} s   {beside}", flush=True
            )
    print(f"{what:18} parameters {', '.join(f'{value:.4f}' for value in own['found'])}")


def panel() -> None:
    """A changed control of the panel: the result, its text, its table and its picture as JSON."""
    import csworkbook as cs
    from csworkbook.value import predict

    shop, took = cs.open_shop(), []
    for turn in range(12):
        wall, cpu = time.perf_counter(), time.process_time()
        result = shop.call(predict, horizon=("90D", "180D", "365D")[turn % 3])
        _ = result.text, result.cells(), result.plot().to_json()
        took.append((time.perf_counter() - wall, time.process_time() - cpu))
    wall, cpu = (statistics.median(times) * 1000 for times in zip(*took[6:], strict=True))
    print(f"panel: changed control → new picture {wall:.0f} ms wall, {cpu:.0f} ms CPU (limit 300 ms)")


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("customers", type=int, nargs="?", default=MILLION)
    options.add_argument("--environments", type=Path, default=Path(tempfile.gettempdir()))
    options.add_argument("--cdnow", type=Path, default=CDNOW)
    for hidden in ("--way", "--file", "--warm"):
        options.add_argument(hidden, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.way:
        print(json.dumps(run(asked.way, Path(asked.file), Path(asked.warm))))
        return
    ways = {"csworkbook": sys.executable}
    for way in PACKAGES:
        python = environment(way, asked.environments)
        if python:
            ways[way] = python
        else:
            print(f"{way} could not be installed: no comparison with it")
    if asked.cdnow.exists():
        compare(ways, asked.cdnow, "CDNOW", {"lifetimes": 1})
    else:
        print("the CDNOW sample is not at hand: left out")
    path = make(asked.customers)
    compare(ways, path, f"{asked.customers:,} customers", {"lifetimes": 2, "pymc-marketing": 2})
    panel()


if __name__ == "__main__":
    main()
