"""How long does one million effort answers take, from the file to every panel, against pandas reading it?

    python benchmarks/million_answers.py [rows]

Makes a CSV (ten columns, words as answers, comments, e-mail addresses) in a temporary folder. Timed are
`pandas.read_csv`, the same with its Python-object strings of before pandas 3, `csworkbook.intake.read` (recognised,
typed, checked), and reading plus every panel's analysis (comment topics on a sample of 20,000), each three times in a
process of its own with its imports done. Printed are the fastest of each, the ratios, and the highest memory.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

TIMED = """
import json, resource, sys, time
import numpy, pandas, duckdb, pyarrow, pyarrow.compute
{setup}
walls, cpus = [], []
for _ in range(3):
    wall, cpu = time.perf_counter(), time.process_time()
    {work}
    walls.append(time.perf_counter() - wall)
    cpus.append(time.process_time() - cpu)
    del found
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps(dict(wall=min(walls), cpu=min(cpus), peak=peak)))
"""


def make(path: Path, rows: int, seed: int = 1) -> None:
    """Write a survey of so many answers, as a Dutch shop would export it."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(seed)

    def pick(*words: str):
        return np.array(words)[rng.integers(0, len(words), rows)]

    answers = ("nauwelijks", "nauwelijks", "enige moeite", "veel te veel", "")
    at = pd.Timestamp("2024-01-01") + pd.to_timedelta(
        np.sort(rng.integers(0, 2 * 365 * 86400, rows)), unit="s"
    )
    said = pick(
        "Alles ging goed",
        "De levering duurde te lang, ik heb drie keer gebeld",
        "Kon de maat niet vinden",
        "The checkout failed on my phone",
    )
    comment = np.where(
        rng.random(rows) < 0.4,
        np.char.add(np.char.add(said, " "), rng.integers(0, 10**5, rows).astype(str)),
        "",
    )
    frame = pd.DataFrame(
        {
            "Datum": at.strftime("%d-%m-%Y %H:%M:%S"),
            "E-mailadres": np.char.add(
                np.char.add("klant", rng.integers(0, 300_000, rows).astype(str)), "@example.com"
            ),
            "Hoeveel moeite kostte het kiezen?": pick(*answers),
            "Hoeveel moeite kostte het kopen?": pick(*answers),
            "Hoeveel moeite kostte het na je aankoop?": pick(*answers),
            "Opmerkingen": comment,
            "Zou je weer kopen?": pick("ja", "nee", ""),
            "Zou je meer uitgeven?": pick("ja", "nee", ""),
            "Aanbevelen (0-10)": rng.integers(0, 11, rows),
            "Apparaat": pick("mobiel", "desktop", "tablet"),
        }
    )
    frame.to_csv(path, sep=";", index=False)


def timed(setup: str, work: str) -> dict:
    """Wall and CPU seconds (fastest of three) and peak megabytes of `work` in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", TIMED.format(setup=setup, work=work)],
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


PANELS = """
from csworkbook import effort
import statsmodels.api, sklearn.decomposition, sklearn.feature_extraction.text

def analyse(survey):
    panels = (effort.by_stage, effort.segments, effort.over_time, effort.comments, effort.loyalty,
              effort.where_first, effort.compare)
    results = [panel(survey) for panel in panels]
    return [(result.text, result.plot(), result.findings()) for result in results]
"""


def main(rows: int = 1_000_000) -> None:
    """Make the file, time everything on it, print the ratios."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.csv"
        # in a process of its own: the memory of the maker must not count as the reader's
        subprocess.run([sys.executable, __file__, str(rows), str(path)], check=True)
        size = path.stat().st_size / 1e6
        intake = "import pandera.pandas\nfrom csworkbook import intake"
        read = f"intake.read({str(path)!r}, key=b'k' * 32)"
        objects = "pandas.set_option('future.infer_string', False)"
        runs = {
            "pandas.read_csv": timed("", f"found = pandas.read_csv({str(path)!r}, sep=';')"),
            "… with object strings": timed(objects, f"found = pandas.read_csv({str(path)!r}, sep=';')"),
            "intake.read": timed(intake, f"found = {read}; assert found.read == {rows}"),
            "… and every panel": timed(intake + PANELS, f"found = {read}; found = analyse(found.frame)"),
        }
    peer = runs["pandas.read_csv"]
    print(f"{rows:,} answers, {size:.0f} MB")
    for name, one in runs.items():
        ratios = f"{one['wall'] / peer['wall']:5.1f} × wall, {one['cpu'] / peer['cpu']:5.1f} × CPU"
        print(
            f"{name:24} wall {one['wall']:5.2f} s   CPU {one['cpu']:5.2f} s   peak {one['peak']:6,.0f} MB   {ratios}"
        )


if __name__ == "__main__":
    if len(sys.argv) == 3:
        make(Path(sys.argv[2]), int(sys.argv[1]))
    else:
        main(*map(int, sys.argv[1:]))
