"""Four V's, first contact, cost to resolution and all weekly figures of 10 million contacts: against SQL by hand.

    python benchmarks/contacts.py [contacts] [--turns N]

The invented contacts (`contacts_data.py`) lie in Parquet, with orders and costs. Ours are the four functions that the pages
call, one after the other; the peer is the best DuckDB SQL we could write for the same counts (`contacts_sql.py`), which puts
nothing in words and works out no intervals. Each gets its own process, a warm-up on 20,000 contacts, DuckDB a limit of 3 GB,
and the ways take turns; printed are the medians from file to results, and every part of ours. On a busy machine processor
time is the one to read. What both found must be the same, or this stops. Limits: 1.5 × and 4 GB for the process.
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

sys.path.insert(0, str(Path(__file__).parent))
from contacts_data import make
from contacts_sql import COST, MARGIN, OPENING, by_sql

WARM, TURNS, MEMORY = 20_000, 1, "3GB"
SHARES = ("one_touch", "not_reopened", "same_topic", "any_topic", "customer_says")


# ---------------------------------------------------------------- ours
def by_engine(folder: Path) -> tuple[dict, dict]:
    """What every function found, as numbers that can be compared; and its seconds of wall and processor."""
    import ibis
    import pandas as pd

    from csworkbook.channels import cost_to_resolution, first_contact, four_vs
    from csworkbook.kpis.tallies import weekly

    spent, found = {}, {}
    usual = {"hourly_cost": COST, "zone": "UTC"}
    with tempfile.TemporaryDirectory(dir=folder.parent) as spill:
        engine = ibis.duckdb.connect(memory_limit=MEMORY, temp_directory=spill)
        contacts = engine.read_parquet(f"{folder}/contacts/*.parquet")
        orders = engine.read_parquet(f"{folder}/orders.parquet")
        costs = pd.read_parquet(folder / "channel_costs.parquet")
        open_hours = {"opening_hours": OPENING, "country": ""}
        parts = {
            "first contact": lambda: first_contact(contacts, zone="UTC"),
            "solving": lambda: cost_to_resolution(contacts, costs, **usual),
            "four": lambda: four_vs(contacts, orders, costs, margin=MARGIN, **usual, **open_hours),
            "weekly": lambda: weekly(contacts, orders, None, costs, **usual, **open_hours),
        }
        for name, part in parts.items():
            wall, cpu = time.perf_counter(), time.process_time()
            found[name] = part()
            spent[name] = time.perf_counter() - wall, time.process_time() - cpu
        engine.disconnect()
    return {name: OURS[name](result) for name, result in found.items()}, spent


def _first(result) -> dict:
    table = result.table[result.table["channel"] != "all"]
    return {f"{row.channel} {row.definition}": [row[3], row.n] for row in table.itertuples()}


def _solving(result) -> dict:
    table = result.table[result.table["channel"] != "all"]
    return {
        row.channel: [row.issues, row.solved, round(row.contacts_each * row.solved), round(row.cost, 6)]
        for row in table.itertuples()
    }


def _four(result) -> dict:
    names = [
        "contacts",
        "before",
        "complaints",
        "satisfied",
        "first",
        "in_time",
        "reply",
        "reply_90",
        "solve",
        "solve_90",
    ]
    names += ["per_issue", "reply_mean", "revenue", "earned"]
    return {
        row["channel"]: [round(float(row[name]), 4) for name in names]
        for row in result.table.to_dict("records")
    }


def _weekly(table) -> dict:
    shares = table[
        ~table["metric"].isin(["contacts", "cost_to_resolution", "reply", "friendliness", "knowledge"])
    ]
    found = {
        f"{row.metric} {row.channel} {row.period:%Y-%m-%d}": [row[4], row.n] for row in shares.itertuples()
    }
    values = table[table["metric"].isin(["contacts", "reply", "friendliness", "knowledge"])]
    return found | {
        f"{r.metric} {r.channel} {r.period:%Y-%m-%d}": round(r.value, 4) for r in values.itertuples()
    }


OURS = {"first contact": _first, "solving": _solving, "four": _four, "weekly": _weekly}


# ---------------------------------------------------------------- by hand
def by_hand(folder: Path) -> tuple[dict, dict]:
    """The same numbers from SQL, and its seconds by part."""
    spent = {}
    with tempfile.TemporaryDirectory(dir=folder.parent) as spill:
        rows = by_sql(
            folder, memory=MEMORY, spill=Path(spill), say=lambda name, *took: spent.update({name: took})
        )
    return {
        "first contact": _first_by_hand(rows["first contact"][0]),
        "solving": _solving_by_hand(rows["solving"][0]),
        "four": _four_by_hand(rows["four"]),
        "weekly": _weekly_by_hand(rows["weekly"]),
    }, spent


def _first_by_hand(rows: list[tuple]) -> dict:
    found = {}
    for channel, base, once, not_again, first, same, first_any, none, told, satisfied in rows:
        counts = ((once, base), (not_again, base), (same, first), (none, first_any), (satisfied, told))
        found |= {f"{channel} {name}": list(pair) for name, pair in zip(SHARES, counts, strict=True)}
    return found


def _solving_by_hand(rows: list[tuple]) -> dict:
    sums: dict[str, list] = {}
    for _part, channel, *numbers in rows:
        sums[channel] = [a + float(b) for a, b in zip(sums.get(channel, [0] * 4), numbers, strict=True)]
    return {
        c: [issues, solved, contacts, round(cost / solved, 6)]
        for c, (issues, solved, contacts, cost) in sums.items()
    }


def _four_by_hand(parts: list[list[tuple]]) -> dict:
    main, _topics, _days, issues, value = parts
    per_issue = {channel: n / count for channel, count, n, _squares in issues}
    worth = {channel: (revenue / n, earned / n) for channel, n, _orders, revenue, earned, *_rest in value}
    found = {}
    for row in main:
        (
            channel,
            n,
            before,
            complaints,
            rated,
            satisfied,
            told,
            first,
            in_time,
            due,
            reply,
            solve,
            mean,
        ) = row
        numbers = [n, before / n, complaints / n, satisfied / rated, first / told, in_time / due]
        numbers += [reply[1], reply[4], solve[1], solve[4], per_issue[channel], mean, *worth[channel]]
        found[channel] = [round(float(number), 4) for number in numbers]
    return found


def _weekly_by_hand(parts: list[list[tuple]]) -> dict:
    found, handled = {}, {}
    for week, channel, *sums in parts[0]:
        (n, helped, _open, people, complained, askable, solved, avoided, asked, not_helped, rated, satisfied, friendly,
         friendly_n, friendly_mean, _fs, knowledge_n, knowledge_mean, _ks, reply_n, levels) = sums  # fmt: skip
        key = f"{channel or ''} {week}"
        handled[key] = helped
        found |= {
            f"complaining {key}": [complained, people], f"resolved {key}": [solved, askable],
            f"next_avoided {key}": [avoided, solved], f"first_contact {key}": [asked - not_helped, asked],
            f"satisfied {key}": [satisfied, rated], f"very_friendly {key}": [friendly, helped if friendly_n else 0],
            f"contacts {key}": n,
        }  # fmt: skip
        scores = (("friendliness", friendly_n, friendly_mean), ("knowledge", knowledge_n, knowledge_mean))
        found |= {f"{name} {key}": round(mean, 4) for name, count, mean in scores if count}
        found |= {f"reply {key}": round(levels[20], 4)} if reply_n else {}
    return found | _bought_by_hand(parts[2], handled)


def _bought_by_hand(rows: list[tuple], handled: dict[str, int]) -> dict:
    sums: dict[str, list[int]] = {}
    for week, channel, _new_n, new, _old_n, old in rows:
        for key in (f"{channel} {week}", f" {week}"):
            before = sums.get(key, [0, 0])
            sums[key] = [before[0] + new, before[1] + old]
    return {
        f"{name} {key}": [counts[place], handled[key]]
        for key, counts in sums.items()
        for place, name in enumerate(("acquisition", "retention"))
    }


# ---------------------------------------------------------------- both
WAYS = {"ours": by_engine, "SQL by hand": by_hand}


def run(way: str, rows: int) -> dict:
    """Seconds of wall and processor in all and by part, gigabytes of the process at their highest, and what was found."""
    WAYS[way](make(WARM))
    folder = make(rows)
    wall, cpu = time.perf_counter(), time.process_time()
    found, parts = WAYS[way](folder)
    spent = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return {**spent, "peak": peak, "parts": parts, "found": found}


def apart(way: str, rows: int) -> dict:
    """The same in a process of its own."""
    command = [sys.executable, "-W", "ignore", __file__, str(rows), "--way", way]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{way}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def agree(ours: dict, theirs: dict) -> int:
    """How many numbers are the same in both; stop where one is not. SQL also counts weeks that are not over."""
    compared = 0
    for part, numbers in ours.items():
        for key, mine in numbers.items():
            if part == "weekly" and key.startswith("churn"):
                continue  # counted from days and gaps outside the engine
            other = theirs[part].get(key)
            pairs = zip(mine, other, strict=True) if isinstance(mine, list) and other else [(mine, other)]
            if other is None or any(abs(a - b) > 1e-4 * max(1.0, abs(b)) for a, b in pairs):
                raise SystemExit(f"{part}, {key}: {mine} and by hand {other}")
            compared += 1
    return compared


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("contacts", type=int, nargs="?", default=10_000_000)
    options.add_argument("--turns", type=int, default=TURNS)
    options.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.way:
        print(json.dumps(run(asked.way, asked.contacts)))
        return
    make(asked.contacts)
    turns = [{way: apart(way, asked.contacts) for way in WAYS} for _turn in range(asked.turns)]
    compared = agree(*(turns[0][way]["found"] for way in WAYS))
    done = {
        way: {key: statistics.median(turn[way][key] for turn in turns) for key in ("wall", "cpu", "peak")}
        for way in WAYS
    }
    for way, one in done.items():
        print(
            f"{asked.contacts:>11,} {way:12} wall {one['wall']:7.2f} s   CPU {one['cpu']:7.2f} s   peak {one['peak']:5.2f} GB"
        )
        for part, (wall, cpu) in turns[0][way]["parts"].items():
            print(f"{'':15} {part:20} {wall:7.2f} s   CPU {cpu:7.2f} s")
    ours, theirs = done.values()
    print(
        f"{ours['wall'] / theirs['wall']:.2f} × wall, {ours['cpu'] / theirs['cpu']:.2f} × CPU of SQL by hand (limit 1.5)"
    )
    print(f"{compared:,} numbers are the same; {ours['peak']:.2f} GB (limit 4)")


if __name__ == "__main__":
    main()
