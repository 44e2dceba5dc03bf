"""Who orders what and when in the demo shop, and who answers the effort survey about it?

Customers come in by season, and after every order decide whether there will be another. Who was
asked about an order and found it hard decides differently: that is the planted link between
effort and real repurchase.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from csworkbook.demo import clock, stories
from csworkbook.demo.clock import DAY
from csworkbook.demo.draw import begins, by_row, chance, lookup, words
from csworkbook.demo.survey import answer

_ANYWHERE = ("lighting", "garden")  # categories every type also buys from
_DEVICES = np.array(stories.DEVICES, object)
_HOMES = np.array([kind.home for kind in stories.TYPES], object)


def customers(rng: np.random.Generator, size: int) -> pd.DataFrame:
    """Customers by number: type (0–3), moment of their first order in these two years, known before."""
    kinds = rng.choice(len(stories.TYPES), size, p=[kind.share for kind in stories.TYPES])
    moment = np.zeros(size)
    for number, kind in enumerate(stories.TYPES):
        mine = kinds == number
        moment[mine] = clock.moments(rng, clock.season(kind.december), int(mine.sum()))
    known = chance(rng, stories.KNOWN_BEFORE, size)
    return pd.DataFrame({"customer": np.arange(size), "kind": kinds, "moment": moment, "known": known})


def journeys(rng: np.random.Generator, people: pd.DataFrame) -> pd.DataFrame:
    """All orders, each with the customer's answers to the effort survey where they gave any.

    One round per order number: everybody's first order, then everybody's second, until nobody is left.
    """
    here, rounds = people.assign(first=~people["known"]), []
    while len(here):
        here = answer(rng, _where_and_how(rng, here))
        rounds.append(here)
        here = _next_order(rng, here)
    found = pd.concat(rounds, ignore_index=True)
    return found.sort_values("moment", kind="stable", ignore_index=True)


def _where_and_how(rng: np.random.Generator, here: pd.DataFrame) -> pd.DataFrame:
    kinds = here["kind"].to_numpy()
    shares = np.array([kind.devices for kind in stories.TYPES])
    return here.assign(
        device=_DEVICES[by_row(rng, shares[kinds])],
        channel=words(rng, stories.CHANNELS_IN, len(here)),
        home=_HOMES[kinds],
    )


def _next_order(rng: np.random.Generator, here: pd.DataFrame) -> pd.DataFrame:
    """The customers who order once more before the end, at the moment they do."""
    least, mean = stories.GAP
    again = np.array([kind.again for kind in stories.TYPES])[here["kind"].to_numpy()]
    gap = least * DAY + rng.exponential(mean * DAY, len(here))
    moment = here["moment"].to_numpy() + gap
    asked = here["hardest"].notna().to_numpy()
    soon = chance(rng, lookup(here["hardest"].to_numpy(), stories.REPURCHASE))
    within = rng.uniform(3, stories.REPURCHASE_DAYS - 2, len(here)) * DAY
    late = (stories.REPURCHASE_DAYS + 2) * DAY + rng.exponential(100 * DAY, len(here))
    after_answer = here["answered"].to_numpy() + np.where(soon, within, late)
    comes = np.where(asked, soon | chance(rng, 0.15, len(here)), chance(rng, again))
    moment = np.where(asked, after_answer, moment)
    day = np.floor(moment / DAY)
    moment = np.where(asked, moment, day * DAY + clock.time_of_day(rng, len(here)))
    stays = comes & (moment < clock.END)
    kept = here.loc[stays, ["customer", "kind", "known"]]
    return kept.assign(moment=moment[stays], first=False)


def order_lines(rng: np.random.Generator, found: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """Lines of all orders: order (row number of `found`), product (row number of `products`), quantity, price.

    The first line comes from the home category of the customer's type; a pair bought together and
    a filler that lifts the basket over free shipping are planted afterwards.
    """
    lines = _plain_lines(rng, found, products)
    lines = _with_pair(rng, lines, products)
    lines = _with_filler(rng, lines, products)
    lines["price"] = products["price"].to_numpy()[lines["product"]]
    return lines.sort_values(["order", "product"], kind="stable", ignore_index=True)


def _plain_lines(rng: np.random.Generator, found: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    mean = np.array([kind.lines for kind in stories.TYPES])[found["kind"].to_numpy()]
    number = 1 + np.minimum(rng.poisson(mean), 4)
    order = np.repeat(np.arange(len(found)), number)
    own = begins(order) | chance(rng, 0.62, len(order))
    elsewhere = words(rng, dict.fromkeys(_ANYWHERE, 1), len(order))
    category = np.where(own, found["home"].to_numpy()[order], elsewhere)
    product = np.zeros(len(order), int)
    for name in np.unique(products["category"]):
        mine = category == name
        product[mine] = _choose(rng, products, name, int(mine.sum()))
    quantity = 1 + chance(rng, 0.16, len(order)).astype(int)
    furniture = category == "garden furniture"
    quantity[furniture] = rng.choice([1, 2, 4, 6], int(furniture.sum()), p=[0.88, 0.07, 0.04, 0.01])
    lines = pd.DataFrame({"order": order, "product": product, "quantity": quantity})
    return lines.drop_duplicates(["order", "product"], ignore_index=True)


def _choose(rng: np.random.Generator, products: pd.DataFrame, category: str, size: int) -> np.ndarray:
    weights = np.where(products["category"] == category, products["weight"], 0.0)
    return rng.choice(len(products), size, p=weights / weights.sum())


def _number(products: pd.DataFrame, name: str) -> int:
    return int(np.flatnonzero(products["name"] == name)[0])


def _with_pair(rng: np.random.Generator, lines: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    first, second, probability = stories.PAIR
    orders = lines.loc[lines["product"] == _number(products, first), "order"].to_numpy()
    return _added(lines, orders[chance(rng, probability, len(orders))], _number(products, second))


def _with_filler(rng: np.random.Generator, lines: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    value = products["price"].to_numpy()[lines["product"]] * lines["quantity"]
    basket = np.bincount(lines["order"], value)
    near = np.flatnonzero((basket >= stories.FREE_SHIPPING - 10) & (basket < stories.FREE_SHIPPING))
    return _added(lines, near[chance(rng, stories.TOPPED_UP, len(near))], _number(products, stories.FILLER))


def _added(lines: pd.DataFrame, orders: np.ndarray, product: int) -> pd.DataFrame:
    extra = pd.DataFrame({"order": orders, "product": product, "quantity": 1})
    return pd.concat([lines, extra], ignore_index=True).drop_duplicates(
        ["order", "product"], ignore_index=True
    )


def order_table(
    rng: np.random.Generator, found: pd.DataFrame, lines: pd.DataFrame, products: pd.DataFrame
) -> pd.DataFrame:
    """The canonical columns of `orders`, still with row numbers for ids; money adds up with the lines."""
    value = (lines["price"] * lines["quantity"]).to_numpy()
    goods = np.bincount(lines["order"], value, len(found))
    earned = np.bincount(lines["order"], value * products["margin"].to_numpy()[lines["product"]], len(found))
    share = np.array([kind.discount for kind in stories.TYPES])[found["kind"].to_numpy()]
    discount = np.where(chance(rng, share), np.round(goods * 0.10, 2), 0.0)
    return pd.DataFrame(
        {
            "order_id": np.arange(len(found)),
            "customer_id": found["customer"].to_numpy(),
            "ordered_at": clock.stamp(np.floor(found["moment"])),
            "revenue": np.round(goods - discount, 2),
            "margin": np.round(earned - discount, 2),
            "shipping": np.where(goods < stories.FREE_SHIPPING, stories.SHIPPING, 0.0),
            "discount": discount,
            "channel": found["channel"].to_numpy(),
            "device": found["device"].to_numpy(),
            "first_order": found["first"].to_numpy(),
        }
    )


def returns(
    rng: np.random.Generator, found: pd.DataFrame, lines: pd.DataFrame, products: pd.DataFrame
) -> pd.DataFrame:
    """Lines sent back 5–25 days after the order; one product's photo shows the wrong colour."""
    wrong = lines["product"].to_numpy() == _number(products, stories.COLOUR_PRODUCT)
    share = np.where(wrong, stories.COLOUR_RETURNS["product"], stories.COLOUR_RETURNS["elsewhere"])
    moment = found["moment"].to_numpy()[lines["order"]] + rng.uniform(5, 25, len(lines)) * DAY
    back = chance(rng, share) & (moment < clock.END)
    colour = np.where(wrong, stories.COLOUR_REASON["product"], stories.COLOUR_REASON["elsewhere"])
    reasons = {
        "changed my mind": 0.34,
        "size or fit": 0.30,
        "damaged": 0.17,
        "ordered too many": 0.12,
        "arrived too late": 0.07,
    }
    reason = np.where(chance(rng, colour), "colour differs", words(rng, reasons, len(lines)))
    sent = lines[back]
    return pd.DataFrame(
        {
            "order_id": sent["order"].to_numpy(),
            "product_id": sent["product"].to_numpy(),
            "returned_at": clock.stamp(np.floor(moment[back])),
            "reason": reason[back],
            "amount": np.round(sent["price"] * sent["quantity"], 2).to_numpy(),
        }
    ).sort_values("returned_at", kind="stable", ignore_index=True)


def handled(rng: np.random.Generator, sent: pd.DataFrame) -> pd.Series:
    """When each return was handled: in time in the planted share of cases, never on a Sunday."""
    local = (sent["returned_at"].dt.tz_localize(None) - pd.Timestamp(clock.START)) / pd.Timedelta(seconds=1)
    day, size = (local // DAY).to_numpy(int), len(sent)
    since = day >= stories.REFUNDS_SINCE
    share = np.where(since, stories.RETURN_HANDLED["since"], stories.RETURN_HANDLED["before"])
    kept, limit = chance(rng, share), stories.RETURN_DAYS
    quick = np.where(since, rng.integers(4, limit + 1, size), rng.integers(1, limit + 1, size))
    later = np.where(kept, quick, rng.integers(limit + 1, 2 * limit + 1, size))
    sunday = (day + later) % 7 == 6  # day 0 is a Monday
    later = later + np.where(sunday, np.where(kept & (later > 1), -1, 1), 0)
    moment = (day + later) * DAY + rng.integers(9 * 3600, 17 * 3600, size).astype(float)
    gone = (~kept & chance(rng, stories.RETURN_NEVER, size)) | (moment >= clock.END)
    return clock.stamp(np.where(gone, np.nan, moment))
