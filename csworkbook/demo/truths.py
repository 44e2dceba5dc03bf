"""What is planted in the demo shop, as a table, and where does a right analysis of it land?

The sizes are those of `stories`; some follow from several of them and are worked out here.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from csworkbook.demo import stories

if TYPE_CHECKING:
    import pandas as pd

_SHARE = "share, 0–1"
_WEEK, _VISITS = "2026-W10", "2026-04-22"
# (id, chapter, table, story, value, rows or (rows, standard deviation) at scale 1, unit, since)
Row = tuple[str, str, str, str, float, int | tuple[int, float], str, str]


def truth() -> pd.DataFrame:
    """What is planted in the demo shop, and how big it is.

    Returns
    -------
    DataFrame
        ``id``, ``chapter`` (01–12), ``table``, ``story``, ``value`` (the planted size), ``low`` and
        ``high`` (where a right analysis of the shipped shop lands 99 times in 100), ``unit`` and
        ``since`` (ISO week or day from which on the story holds; empty for always).

    >>> float(truth().set_index("id").value["effort.after.jump"])
    0.17
    """
    import pandas as pd

    columns = ["id", "chapter", "table", "story", "value", "n", "unit", "since"]
    table = pd.DataFrame([row for chapter in _CHAPTERS for row in chapter()], columns=columns)
    widths = [_width(value, n) for value, n in zip(table["value"], table["n"], strict=True)]
    table["low"], table["high"] = table["value"] - widths, table["value"] + widths
    shares = table["unit"] == _SHARE
    table.loc[shares, ["low", "high"]] = table.loc[shares, ["low", "high"]].clip(0, 1)
    return table[["id", "chapter", "table", "story", "value", "low", "high", "unit", "since"]].round(4)


def _width(value: float, n: int | tuple[int, float]) -> float:
    """Half the 99 % range of a share with `n` rows, or of a mean of (rows, standard deviation)."""
    rows, deviation = n if isinstance(n, tuple) else (n, math.sqrt(value * (1 - value)))
    return 2.576 * deviation / math.sqrt(rows)


def _row(
    name: str, table: str, story: str, value: float, n, *, chapter: str, unit: str = _SHARE, since: str = ""
) -> Row:
    return (name, chapter, table, story, value, n, unit, since)


def _each(name: str, table: str, story: str, sizes: dict, rows: tuple, **more: str) -> list[Row]:
    """One row per key of `sizes`; the key ends the id and fills `{}` in the story."""
    return [
        _row(f"{name}.{key}".replace(" ", "_"), table, story.format(key), size, n, **more)
        for (key, size), n in zip(sizes.items(), rows, strict=True)
    ]


def _service_gap() -> list[Row]:
    here, points = {"chapter": "01"}, "points of 7"
    second = stories.COMPANY_EXPECTS["responsiveness"] - stories.EXPECTED
    weight = 100 * stories.WEIGHTS["responsiveness"]
    thinks = "Responsiveness: what the company thinks customers expect minus what they expect"
    return [
        *_each("gap.superior", "perception", "Calls the service superior: {}", stories.SUPERIOR, (14, 400), **here),
        *_each("gap.servqual", "service_survey", "Perception minus expectation: {}", stories.GAPS, ((150, 0.8),) * 5,
               unit=points, **here),
        _row("gap.weight", "service_survey", "Weight of responsiveness", weight, (150, 10.5), unit="points of 100", **here),
        _row("gap.second", "service_survey", thinks, second, (12, 0.6), unit=points, **here),
    ]  # fmt: skip


def _promises() -> list[Row]:
    words = {"chat": "20 seconds, outside the lunch hour", "phone": "30 seconds, calls that were answered",
             "email": "24 hours", "social": "60 minutes"}  # fmt: skip
    rows = {"chat": 3000, "phone": 2300, "email": 3400, "social": 900}
    made = [
        _row(
            f"promise.{c}", "contacts", f"First answer on {c} within {words[c]}", kept, rows[c], chapter="02"
        )
        for c, kept in stories.KEPT.items()
    ]
    noon = "First answer on chat within 20 seconds, between 12 and 13 o'clock"
    back = f"Returns handled within {stories.RETURN_DAYS} days"
    late = _row("promise.return.since", "returns", f"{back}, since January 2026", stories.RETURN_HANDLED["since"], 480,
                chapter="02", since="2026-W02")  # fmt: skip
    return [
        *made,
        _row("promise.chat.noon", "contacts", noon, stories.CHAT_AT_NOON, 330, chapter="02"),
        _row("promise.return.before", "returns", back, stories.RETURN_HANDLED["before"], 1450, chapter="02"),
        late,
    ]


def _effort_by_segment() -> list[Row]:
    table, here = "effort_survey", {"chapter": "03"}
    choosing = {"bed": stories.CHOOSING_HARD["bed and bath"], "elsewhere": stories.CHOOSING_HARD["elsewhere"]}
    jump = "What the delivery problem adds to “far too much” after buying, on every device"
    about = "Comments on “far too much” after buying that are about the delivery"
    return [
        *_each("effort.choosing", table, "Far too much effort choosing (category: {})", choosing, (650, 1100), **here),
        *_each("effort.buying", table, "Far too much effort buying (device: {})", stories.BUYING_HARD, (950, 800), **here),
        *_each("effort.after", table, "Far too much effort after buying, before the delivery problem ({})",
               stories.AFTER_HARD, (600, 480, 120), **here),
        _row("effort.after.jump", table, jump, stories.AFTER_JUMP, (600, 0.57), since=_WEEK, **here),
        _row("effort.comments.delivery", table, about, stories.DELIVERY_COMMENTS["since"], 160, since=_WEEK, **here),
        *_each("effort.response", table, "Answers per order: {} customers", stories.RESPONSE, (3400, 3500),
               since="2025-07-01", **here),
    ]  # fmt: skip


def _loyalty_by_effort() -> list[Row]:
    told = {
        "buy_again": ("Says they will buy again", stories.BUY_AGAIN),
        "spend_more": ("Says they will spend more", stories.SPEND_MORE),
        "detractor": ("Recommends with 0–6", stories.DETRACTOR),
        "repurchase": ("Really orders again within 90 days of answering", stories.REPURCHASE),
    }
    made = []
    for name, (words, sizes) in told.items():
        story = words + ", by the hardest of the three answers: {}"
        rows = (430, 410, 480) if name == "repurchase" else (550, 540, 660)
        made += _each(f"effort.{name}", "effort_survey", story, sizes, rows, chapter="03")
    leak = "New customers of July–December 2024 without a second order within 180 days"
    return [*made, _row("leak.no_second", "orders", leak, _leak(), 1700, chapter="03")]


def _resolution() -> list[Row]:
    here, agent = {"chapter": "04"}, stories.POLICY_AGENT
    first, second, probability = stories.FOLLOWS
    follows = f"Who asks about “{first}” also asks about “{second}” within 14 days"
    repeat = "Same topic again within 14 days, contacts after buying ({}; without “return label”)"
    hides = f"Conversations in which {agent} hides behind policy"
    hard, talks = "Hard conversations", "messages"
    return [
        _row("resolution.follow", "contacts", follows, probability, 650, **here),
        *_each("resolution.repeat", "contacts", repeat, stories.REPEAT, (800, 1150, 1500, 270), **here),
        _row("language.policy.agent", talks, hides, stories.POLICY[agent], 210, **here),
        _row(
            "language.policy.others",
            talks,
            "The same, all other agents",
            stories.POLICY["others"],
            1290,
            **here,
        ),
        _row(
            "language.hard.before",
            talks,
            f"{hard} before the delivery problem",
            stories.HARD["before"],
            1000,
            **here,
        ),
        _row("language.hard.since", talks, f"{hard} since", stories.HARD["since"], 500, since=_WEEK, **here),
    ]


def _insights() -> list[Row]:
    here, photo = {"chapter": "05"}, stories.COLOUR_PRODUCT
    low, why = "Reviews of one or two stars", "Sent back because “colour differs”"
    newcomer = "New customers with a contact after buying, within 30 days of their first order"
    top, share = "where is my order", _topic_share("where is my order")
    answered, lines = stories.REVIEW_REPLIED, "Lines sent back ({}: " + photo + ")"
    return [
        _row("insights.top", "contacts", f"“{top}” among the contacts after buying", share, (4100, 0.55), **here),
        _row("insights.preventable", "contacts", "Contacts after buying a page could have prevented: "
             + ", ".join(stories.PREVENTABLE), sum(map(_topic_share, stories.PREVENTABLE)), (4100, 0.55), **here),
        *_each("insights.returns", "returns", lines, stories.COLOUR_RETURNS, (430, 19_000), **here),
        *_each("insights.colour", "returns", f"{why} ({{}}: {photo})", stories.COLOUR_REASON, (150, 1700), **here),
        _row("insights.assembly", "contacts", f"Questions how to assemble that are about {stories.ASSEMBLY_PRODUCT}",
             stories.ASSEMBLY_SHARE, 370, **here),
        _row("insights.stock", "contacts", f"Questions about stock that are about {stories.STOCK_PRODUCT}",
             stories.STOCK_SHARE, 900, **here),
        _row("insights.onboarding", "contacts", newcomer, _onboarding(), 6200, **here),
        _row("insights.reviews.replied", "reviews", "Reviews with an answer", answered, stories.REVIEWS, **here),
        _row("insights.reviews.before", "reviews", f"{low} before the delivery problem",
             stories.REVIEW_LOW["before"], 1250, **here),
        _row("insights.reviews.since", "reviews", f"{low} since", stories.REVIEW_LOW["since"], 250, since=_WEEK, **here),
    ]  # fmt: skip


def _personas() -> list[Row]:
    here, kinds = {"chapter": "06"}, stories.TYPES
    relational = next(kind for kind in kinds if kind.name == "relational")
    first, second, probability = stories.PAIR
    questions = "Questions that led to an order, per order of a relational buyer"
    return [
        *(_row(f"personas.{kind.name.replace(' ', '_')}", "order_lines", f"The {kind.name}: mostly buys {kind.home}",
               kind.share, stories.CUSTOMERS, **here) for kind in kinds),
        _row("personas.relational.questions", "contacts", questions, relational.before, (1050, 1.14),
             unit="contacts per order", **here),
        _row("personas.relational.minutes", "contacts", "Their conversations last this many times longer",
             stories.RELATIONAL_MINUTES, (3000, 0.8), unit="ratio", **here),
        *_loyal(),
        _row("personas.pair", "order_lines", f"Orders with {first} that also hold {second}", probability, 400, **here),
    ]  # fmt: skip


def _loyal() -> list[Row]:
    """What loyal customers say of themselves."""
    here, table = {"chapter": "06"}, "loyal_survey"
    (shop, shops), (hobby, hobbies) = (stories.LOYAL_THINGS[name] for name in ("other_shops", "hobbies"))
    garden = "Would still like to have a kitchen garden (“moestuin”)"
    return [
        _row("personas.loyal.shop", table, f"Also bought at {shop}", shops["elsewhere"], 75, **here),
        *_each("personas.loyal.hobby", table, f"Has “{hobby}” (gardening) for a hobby: {{}} buyers", hobbies, (37, 37), **here),
        _row("personas.loyal.ambition", table, garden, stories.LOYAL_AMBITIONS["garden"], 75, **here),
    ]  # fmt: skip


def _visits() -> list[Row]:
    now = {"since": _VISITS}
    payment = {device: rates[-1] for device, rates in stories.STEP_RATES.items()}
    back = "Buyers who had left an earlier cart behind"
    lingers = ("Visitors who saw a product, put nothing in the cart, and stayed over two minutes on a product page",
               "Visitors who left their cart behind after more than a minute in it")  # fmt: skip
    return [
        *_each("funnel.payment", "events", "Visitors from payment to paid: {}", payment, (900, 500, 110), chapter="07", **now),
        _row("funnel.cart", "events", "Visitors from product to cart: desktop", stories.STEP_RATES["desktop"][1], 6500,
             chapter="07", **now),
        _row("checkout.back", "events", back, stories.RETURNING_BUYERS, 1050, chapter="08", **now),
        _row("checkout.switched", "events", "Buyers on a desktop who came back: earlier cart on the phone", stories.SWITCHED,
             75, chapter="08", **now),
        _row("checkout.topped_up", "order_lines", "Baskets of 40–50 euro made up to free shipping", stories.TOPPED_UP,
             1500, chapter="08"),
        _row("roadmap.linger.product", "events", lingers[0], stories.LINGER_PRODUCT, 18_000, chapter="12", **now),
        _row("roadmap.linger.cart", "events", lingers[1], stories.LINGER_CART, 1700, chapter="12", **now),
    ]  # fmt: skip


def _channels() -> list[Row]:
    here, asked = {"chapter": "09"}, "contacts"
    leads = "Contacts before buying followed by an order within 14 days: {}"
    costs = stories.COST_PER_CONTACT
    december = sum(kind.share * (_season(kind, 153, 184) + _season(kind, 518, 549)) for kind in stories.TYPES)
    return [
        *_each("channels.converts", asked, leads, stories.CONVERTS, (2400, 1350, 1400, 500), **here),
        *_each("channels.cost", "channel_costs", "Cost per contact: {}", costs, [(24, 0.02 * cost) for cost in costs.values()],
               unit="euro per contact", **here),
        _row("channels.busy_hour", asked, "Chats and calls that start between 10 and 11 o'clock",
             stories.BUSY_HOUR[1], 5700, **here),
        _row("channels.monday", asked, "Chats and calls on a Monday", stories.WEEKDAYS["live"][0], 5700, **here),
        _row("channels.abandoned", asked, "Calls given up before the answer", stories.ABANDONED, 2500, **here),
        _row("channels.december", "orders", "New customers who come in December", december, 6400, **here),
    ]  # fmt: skip


def _kpis_and_talks() -> list[Row]:
    usual, drop = "Satisfied chats in all other weeks", "Satisfied in the week something went wrong"
    return [
        _row("kpis.signal", "contacts", drop, stories.SIGNAL_SATISFIED, 42, chapter="10", since="2025-W41"),
        _row("kpis.satisfied", "contacts", usual, stories.SATISFIED["chat"], 1500, chapter="10"),
        *_each("conversation", "messages", "Conversations in which the agent has: {}", stories.STEPS,
               (stories.CONVERSATIONS,) * len(stories.STEPS), chapter="11"),
    ]  # fmt: skip


# ---------------------------------------------------------------- sizes that follow from others
def _season(kind: stories.CustomerType, first: int, last: int) -> float:
    """Share of a type's customers whose first order falls on the days from `first` up to `last`."""
    from csworkbook.demo.clock import season

    weights = season(kind.december)
    return float(weights[first:last].sum() / weights.sum())


def _leak() -> float:
    """Share of the new customers of July–December 2024 without a second order within 180 days."""
    cohort = [kind.share * _season(kind, 0, 180) for kind in stories.TYPES]
    least, mean = stories.GAP
    within = 1 - math.exp(-(180 - least) / mean)
    back = sum(weight * kind.again * within for weight, kind in zip(cohort, stories.TYPES, strict=True))
    return 1 - back / sum(cohort)


def _topic_share(name: str) -> float:
    """Share of a topic among the contacts after a purchase, repeats and follow-ups included."""
    asked, next_topic, probability = stories.FOLLOWS
    weights = {topic.name: topic.weight for topic in stories.TOPICS if topic.stage == "after"}
    weights[next_topic] += probability * weights[asked]
    channels = stories.CONTACT_CHANNELS["after"]
    with_repeats = sum(channels[c] / (1 - stories.REPEAT[c]) for c in channels)
    counts = {t: w * (1 if t == asked else with_repeats) for t, w in weights.items()}
    return counts[name] / sum(counts.values())


def _onboarding() -> float:
    """Share of new customers with a contact after their first order, within 30 days of it."""
    return sum(kind.share * kind.after for kind in stories.TYPES)


_CHAPTERS = (
    _service_gap, _promises, _effort_by_segment, _loyalty_by_effort, _resolution, _insights, _personas, _visits,
    _channels, _kpis_and_talks,
)  # fmt: skip
