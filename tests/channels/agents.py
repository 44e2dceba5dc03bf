"""Teams and contacts a person can count, for who is good at what and who should do what."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csworkbook.channels.agent_counts import Counted

ZONE = "Europe/Amsterdam"
KINDS = [("chat", "advice"), ("chat", "refund"), ("email", "advice"), ("email", "refund")]


def cells(rows) -> pd.DataFrame:
    """Rows: agent, channel, topic, n, how many well."""
    table = pd.DataFrame(rows, columns=["agent", "channel", "topic", "n", "total"])
    return table.assign(squares=table["total"])


def team(shares, *, n=200, seed=0, weeks=40, minutes=6.0) -> Counted:
    """Counts per agent, kind and half, binomial with these shares (agents × kinds); every contact takes as long."""
    rng = np.random.default_rng(seed)
    rows = [
        {"agent": agent, "channel": channel, "topic": topic, "half": half, "handled": n,
         "solved_n": n, "solved": float(rng.binomial(n, share)), "spent": n * minutes}
        for agent, kinds in shares.items()
        for (channel, topic), share in zip(KINDS, kinds, strict=True)
        for half in (0, 1)
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    log = np.log(minutes)
    table = table.assign(minutes_n=n, minutes=n * log, minutes_2=n * log**2)
    table = table.assign(satisfied_n=0, satisfied=0.0, friendly_n=0, friendly=0.0)
    return Counted(table, float(weeks), 0)


def contacts(shares=None, *, n=30, agents=("ann", "bob"), minutes=None) -> pd.DataFrame:
    """Contacts of customers of their own, n per agent, kind and half; the first `shares` of each do not come back."""
    shares = shares or {}
    rows = []
    for agent in agents:
        for kind, (channel, topic) in enumerate(KINDS):
            for one in range(2 * n):
                well = one // 2 < shares.get(agent, [1.0] * 4)[kind] * n
                rows.append((agent, channel, topic, one, well))
    table = pd.DataFrame(rows, columns=["agent", "channel", "topic", "turn", "well"])
    at = pd.Timestamp("2025-01-06 09:00", tz=ZONE) + pd.to_timedelta(7 * (table["turn"] % 2), "D")
    table["opened_at"] = at + pd.to_timedelta(np.arange(len(table)) % 480, "min")
    table["customer_id"] = [f"k{i}" for i in range(len(table))]
    again = table[~table["well"]].assign(opened_at=lambda t: t["opened_at"] + pd.Timedelta("2D"))
    last = table.iloc[[0]].assign(
        opened_at=pd.Timestamp("2025-03-03", tz=ZONE), customer_id="last", agent=None
    )
    both = pd.concat([table, again, last], ignore_index=True)
    both["handling_minutes"] = both["agent"].map(minutes or {}).astype(float).fillna(6.0)
    both["contact_id"] = [f"c{i}" for i in range(len(both))]
    return both.drop(columns=["turn", "well"])
