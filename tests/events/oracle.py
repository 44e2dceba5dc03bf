"""The rules of counting, word by word and slowly: every chain of events is tried."""

from __future__ import annotations

from itertools import pairwise, product

import pandas as pd

MINUTE = 60_000_000


def reached(events, steps, *, within=None, order="ordered", ties="later", exclude=()):
    """(level, begun, named, {k: minutes}) of one unit; None where step 1 was not done.

    `events` are (moment, name) of one unit, `steps` and `exclude` are sets of names; a step is done by an
    event with one of its names.
    """
    level, furthest, minutes = 0, None, {}
    for k in range(1, len(steps) + 1):
        chains = [c for c in _chains(events, steps[:k]) if _counts(c, events, within, order, ties, exclude)]
        if not chains:
            break
        done = min(_span(chain)[1] for chain in chains)
        first = [chain for chain in chains if _span(chain)[1] == done]
        begun = max(_span(chain)[0] for chain in first)
        named = max(chain[0][0] for chain in first if _span(chain)[0] == begun)
        level, furthest = k, (begun, named)
        minutes[k] = (done - begun) / MINUTE
    return (level, *furthest, minutes) if level else None


def _chains(events, steps):
    """All choices of one event per step, none of them used twice."""
    fitting = [[(at, n) for n, (at, name) in enumerate(events) if name in step] for step in steps]
    return [chain for chain in product(*fitting) if len({n for _at, n in chain}) == len(chain)]


def _counts(chain, events, within, order, ties, exclude):
    first, last = _span(chain)
    if within is not None and last - first > within:
        return False
    if any(first < at < last for at, name in events if name in exclude):
        return False
    return order == "any" or all(_follows(a, b, events, order, ties) for a, b in pairwise(chain))


def _follows(one, other, events, order, ties):
    if not (other[0] > one[0] or (ties == "allow" and other[0] == one[0])):
        return False
    return order == "ordered" or not any(one[0] < at < other[0] for at, _name in events)


def _span(chain):
    return min(at for at, _n in chain), max(at for at, _n in chain)


def table(frame: pd.DataFrame, steps, *, by=None, **rules) -> pd.DataFrame:
    """What `follow(frame, steps).frame()` must say, per visitor."""
    rows = []
    for visitor, own in frame.groupby("visitor_id"):
        moments = own["at"].dt.as_unit("us").astype("int64")
        events = list(zip(moments, own["step"], strict=True))
        found = reached(events, steps, **rules)
        if found is None:
            continue
        level, begun, named, minutes = found
        row = {"unit": visitor, "level": level, "start": pd.Timestamp(begun, unit="us", tz="UTC")}
        row |= {f"minutes_{k}": minutes.get(k, float("nan")) for k in range(2, len(steps) + 1)}
        if by:
            here = own[(own["at"] == pd.Timestamp(named, unit="us", tz="UTC")) & own["step"].isin(steps[0])]
            row["by"] = min(here[by].dropna(), default=None)
        rows.append(row)
    return pd.DataFrame(rows)
