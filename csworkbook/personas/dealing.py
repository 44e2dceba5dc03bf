"""What would the same shop look like if it had no kinds of customers?

Its lines are dealt at random over its orders (each line keeps its category and price, each order its number of
lines), what else is known of an order over the orders, and contacts over orders. So customers keep how many
orders and lines they have, and shares of somebody with one line are as extreme as before; what a
customer's lines and orders have to do with each other is gone.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from csworkbook.personas.measures import counted
from csworkbook.personas.seen import Seen


def dealt(seen: Seen, rng: np.random.Generator) -> Seen:
    """The same customers with everything dealt at random."""
    orders = rng.permutation(len(seen.customer))
    lines = rng.permutation(len(seen.line_order))
    net, flags = seen.net[orders], {name: values[orders] for name, values in seen.flags.items()}
    if len(lines):
        net, share = _worth(seen, orders, lines)
        if "margin_share" in flags:
            flags["margin_share"] = share
    contacts = seen.customer[rng.integers(len(seen.customer), size=len(seen.contact_customer))]
    return replace(
        seen,
        net=net,
        flags=flags,
        device=seen.device and seen.device.of(orders),
        line_net=seen.line_net[lines],
        category=seen.category and seen.category.of(lines),
        contact_customer=contacts,
    )


def scaled(seen: Seen, recipe: dict) -> np.ndarray:
    """What distances between these customers are measured on, as `recipe` says."""
    from csworkbook.personas.described import scaled_by

    known = {one["name"]: one for one in recipe["blocks"]}
    blocks = [one.block(known[one.name]) for one in counted(seen, recipe) if one.name in known]
    return scaled_by(blocks, recipe)


def _worth(seen: Seen, orders: np.ndarray, lines: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What orders are worth, and their margin as a share, when their lines are dealt anew.

    An order is worth its lines, times what an order brings of its lines (discount) as that was dealt to it. An
    order without lines, or whose lines cost nothing, keeps what was dealt to it.
    """
    size = len(seen.customer)
    before = np.bincount(seen.line_order, seen.line_net, size)
    kept = np.divide(seen.net, before, out=np.ones(size), where=before > 0).clip(0.2, 5)[orders]
    after = np.bincount(seen.line_order, seen.line_net[lines], size)
    net = np.where(after > 0, after * kept, seen.net[orders])
    if "margin_share" not in seen.flags:
        return net, net
    own = seen.flags["margin_share"]
    known = ~np.isnan(own)
    own = np.where(known, own, own[known].mean())
    dealt_net = seen.line_net[lines]
    earned = np.bincount(seen.line_order, dealt_net * own[seen.line_order[lines]], size)
    share = np.divide(earned, after, out=own[orders].copy(), where=after > 0)
    return net, share
