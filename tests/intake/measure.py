"""How many files come in right at first sight?

    python tests/intake/measure.py [--held | --fresh] [--show FILE] [--write]

Prints the share of the corpus that is read right with nothing mapped by hand, whole and per part, and
what failed per file; of the part held back only the shares, unless one file of it is asked for, and
of the fresh files never more than the shares.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from datetime import date
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

from intake.expected import FRESH, HELD, OPEN, Outcome, files, judge  # noqa: E402

README = Path(__file__).parent / "README.md"
MARKS = "<!-- figures -->", "<!-- end of figures -->"


def shares(outcomes: list[Outcome]) -> dict[str, tuple[int, int]]:
    """Part → (right, all): files and tables counted per file, columns, values and rows one by one."""
    columns, values, rows = (
        [right for outcome in outcomes for right in getattr(outcome, part)]
        for part in ("columns", "values", "rows")
    )
    return {
        "files wholly right": (sum(outcome.right for outcome in outcomes), len(outcomes)),
        "table": (sum(outcome.table for outcome in outcomes), len(outcomes)),
        "columns": (sum(columns), len(columns)),
        "values and types": (sum(values), len(values)),
        "rows used and set aside": (sum(rows), len(rows)),
    }


def percent(right: int, all_: int) -> str:
    return f"{100 * right / all_:.0f} % ({right} of {all_})" if all_ else "none"


def report(outcomes: list[Outcome], *, details: bool) -> str:
    lines = [f"{part:<26}{percent(*count)}" for part, count in shares(outcomes).items()]
    if details:
        lines += ["", *(line for outcome in outcomes for line in _failed(outcome))]
    return "\n".join(lines)


def _failed(outcome: Outcome, most: int = 8) -> list[str]:
    if outcome.right:
        return []
    more = [f"    … and {len(outcome.faults) - most} more"] if len(outcome.faults) > most else []
    return [
        f"{outcome.name}  ({outcome.system})",
        *(f"    {fault}" for fault in outcome.faults[:most]),
        *more,
    ]


def write(parts: dict[str, list[Outcome]]) -> None:
    """Put the figures of today between the marks in README.md, one column per part of the corpus."""
    text = README.read_text("utf-8")
    before, rest = text.split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    counts = {name: shares(outcomes) for name, outcomes in parts.items()}
    heads = [f"{name} ({len(outcomes)} files)" for name, outcomes in parts.items()]
    names = next(iter(counts.values()))
    table = [
        f"Measured on {date.today().isoformat()} by `python tests/intake/measure.py --write`.",
        "",
        f"| part | {' | '.join(heads)} |",
        f"|---|{'---|' * len(heads)}",
        *(f"| {one} | {' | '.join(percent(*count[one]) for count in counts.values())} |" for one in names),
    ]
    README.write_text(f"{before}{MARKS[0]}\n" + "\n".join(table) + f"\n{MARKS[1]}{after}", "utf-8")


def stated(part: str, column: int) -> tuple[int, int]:
    """What README.md says of a part of the measure: right and all; `column` 0 is the open corpus, −1 the fresh one."""
    row = next(line for line in README.read_text("utf-8").splitlines() if line.startswith(f"| {part} |"))
    right, all_ = re.findall(r"\((\d+) of (\d+)\)", row)[column]
    return int(right), int(all_)


def _one(name: str, folder: Path) -> str:
    paths = [path for path in files(folder) if name in path.name]
    if not paths:
        return f"There is no file “{name}” in {folder.name}; there are {len(files(folder))} others."
    return "\n".join(
        f"{path.name}: right" if (o := judge(path)).right else "\n".join(_failed(o, 99)) for path in paths
    )


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--held", action="store_true", help="the files held back: their shares only")
    parser.add_argument("--fresh", action="store_true", help="the files made last: their shares only")
    parser.add_argument("--show", metavar="FILE", help="all that is wrong with the files of that name")
    parser.add_argument("--write", action="store_true", help="put the figures into README.md")
    asked = parser.parse_args(argv)
    if asked.fresh and (asked.held or asked.show or asked.write):
        parser.error("--fresh stands alone: of the fresh files only the shares are told")
    if asked.fresh:
        fresh = [judge(path) for path in files(FRESH)]
        print(f"fresh, {len(fresh)} files\n{report(fresh, details=False)}")
        return
    if asked.show:
        print(_one(asked.show, HELD if asked.held else OPEN))
        return
    opened = [judge(path) for path in files()] if asked.write or not asked.held else []
    held = [judge(path) for path in files(HELD)] if asked.write or asked.held else []
    if opened:
        print(f"open corpus, {len(opened)} files, {len(Counter(o.system for o in opened))} systems")
        print(report(opened, details=True))
    if held:
        print(f"\nheld back, {len(held)} files\n{report(held, details=False)}")
    if asked.write:
        fresh = [judge(path) for path in files(FRESH)]
        write({"open": opened, "held back at first": held, "fresh, never looked at": fresh})


if __name__ == "__main__":
    main()
