"""Four V's, first contact, cost to resolution and the weekly figures by hand: DuckDB's SQL, as well as we could write it.

    python benchmarks/contacts_sql.py [contacts]

Run alone it prints how long each part takes. The contacts are read once into a table with what all parts need: tickets
that stand there twice once, and whether the customer came back. Windows are dear, so they run over as few columns as they
need, and only over contacts that have another of the same customer near. Opening hours are 9:00 to 17:30 on weekdays,
without holidays and in UTC, of which the minutes are a sum.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from contacts_data import make

SPAN = 14 * 86_400 * 1_000_000  # microseconds: how soon a contact is a repeat
OPENING = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "09:00-17:30")
COST, MARGIN = 32.0, 0.35

MACROS = [
    # open minutes since 1970, which began on a Thursday
    """CREATE TEMP MACRO up_to(us) AS (
        ((us // 86400000000 + 3) // 7) * 2550 + least((us // 86400000000 + 3) % 7, 5) * 510
        + CASE WHEN (us // 86400000000 + 3) % 7 < 5
            THEN least(greatest(us % 86400000000 / 6e7 - 540, 0), 510) ELSE 0 END)""",
]
ASKED = [
    """CREATE TEMP TABLE twice AS SELECT contact_id,
        min(opened_at) < max(opened_at) OR coalesce(min(resolved_at) < max(resolved_at), false) AS moved
    FROM {contacts} GROUP BY contact_id HAVING count(*) > 1""",
    """CREATE TEMP TABLE base AS WITH raw AS (
        SELECT contact_id, nullif(trim(customer_id), '') AS customer, epoch_us(opened_at) AS us, channel, topic, order_id,
            kind = 'complaint' AS complaint, stage = 'before' AS before, epoch_us(replied_at) AS replied_us,
            epoch_us(resolved_at) AS resolved_us, handling_minutes AS spent, waiting_seconds AS waiting, transferred,
            abandoned AND replied_at IS NULL AS given_up, satisfied, friendliness::TINYINT AS friendliness,
            knowledge::TINYINT AS knowledge, false AS moved
        FROM {contacts}
    ), doubled AS (
        SELECT raw.* REPLACE (twice.moved AS moved) FROM raw JOIN twice USING (contact_id)
        QUALIFY row_number() OVER (PARTITION BY contact_id ORDER BY us, resolved_us) = 1
    )
    SELECT * FROM raw ANTI JOIN twice USING (contact_id) UNION ALL FROM doubled""",
    """CREATE TEMP TABLE flags AS WITH near AS (
        SELECT rowid AS id, customer, topic, us, contact_id FROM base WHERE customer IS NOT NULL
        WINDOW one AS (PARTITION BY customer ORDER BY us)
        QUALIFY us - lag(us) OVER one <= {span} OR lead(us) OVER one - us <= {span}
    ), told AS (
        SELECT id, customer, topic, us, contact_id, last_value(us) OVER same > us AS again,
            first_value(us) OVER same < us AS follows,
            last_value(us) OVER other > us AS again_any, first_value(us) OVER other < us AS follows_any
        FROM near WINDOW
            same AS (PARTITION BY customer, topic ORDER BY us RANGE BETWEEN {span} PRECEDING AND {span} FOLLOWING),
            other AS (PARTITION BY customer ORDER BY us RANGE BETWEEN {span} PRECEDING AND {span} FOLLOWING)
    )
    SELECT id, again, follows, again_any, follows_any,
        last_value(CASE WHEN before IS NULL OR us - before > {span} THEN id END IGNORE NULLS) OVER chain AS issue
    FROM (SELECT *, lag(us) OVER chain AS before FROM told WINDOW chain AS (PARTITION BY customer, topic ORDER BY us,
        contact_id))
    WINDOW chain AS (PARTITION BY customer, topic ORDER BY us, contact_id)""",
    """CREATE TEMP TABLE returned AS SELECT id FROM (
        SELECT rowid AS id, us, last_value(us) OVER same AS later FROM base WHERE order_id IS NOT NULL AND topic IS NOT NULL
        WINDOW same AS (PARTITION BY order_id, topic ORDER BY us RANGE BETWEEN CURRENT ROW AND {span} FOLLOWING)
    ) WHERE later > us""",
    """CREATE TEMP TABLE ends AS SELECT max(us) AS last, greatest(max(us), max(replied_us),
        max(resolved_us)) AS latest FROM base""",
    """CREATE TEMP TABLE asked AS WITH timed AS (
        SELECT base.* EXCLUDE (order_id, replied_us, moved, contact_id), base.rowid AS id, contact_id,
            customer IS NOT NULL AND topic IS NOT NULL AS about,
            coalesce(again, false) AS again, coalesce(follows, false) AS follows, coalesce(again_any, false) AS again_any,
            coalesce(follows_any, false) AS follows_any, coalesce(issue, base.rowid) AS issue, flags.id IS NOT NULL AS near,
            us + {span} <= last AS over, moved OR returned.id IS NOT NULL AS reopened,
            CASE WHEN waiting IS NOT NULL AND (abs(replied_us - us - round(waiting * 1e6)::BIGINT) < 60000000
                OR (replied_us IS NULL AND (NOT given_up))) THEN us + round(waiting * 1e6)::BIGINT
                ELSE replied_us END AS reply_us
        FROM base CROSS JOIN ends LEFT JOIN flags ON base.rowid = flags.id LEFT JOIN returned ON base.rowid = returned.id
    )
    SELECT * EXCLUDE (waiting), NOT given_up AND (reply_us IS NOT NULL OR resolved_us IS NOT NULL
        OR coalesce(spent > 0, false)) AS handled,
        CASE WHEN reply_us >= us THEN (reply_us - us) / 6e7 END AS reply,
        CASE WHEN resolved_us >= us THEN (resolved_us - us) / 6e7 END AS solve,
        CASE WHEN reply_us >= us THEN up_to(reply_us) - up_to(us) END AS reply_open,
        CASE WHEN reply_us IS NULL AND NOT given_up THEN (latest - us) / 6e7 END AS so_far,
        date_trunc('week', make_timestamp(us))::DATE AS week
    FROM timed CROSS JOIN ends""",
    "DROP TABLE base",
]
FIRST_CONTACT = """
SELECT channel, count(*) FILTER (base), count(*) FILTER (base AND reply_us IS NOT NULL
    AND resolved_us IS NOT NULL AND NOT transferred),
    count(*) FILTER (base AND resolved_us IS NOT NULL AND NOT reopened),
    count(*) FILTER (base AND about AND NOT follows), count(*) FILTER (base AND about AND NOT follows AND NOT again),
    count(*) FILTER (base AND customer IS NOT NULL AND NOT follows_any),
    count(*) FILTER (base AND customer IS NOT NULL AND NOT follows_any AND NOT again_any),
    count(satisfied) FILTER (base), count(*) FILTER (base AND satisfied)
FROM (SELECT *, handled AND over AS base FROM asked) GROUP BY channel
"""
# what a contact costs: months of which the contacts cover at least nine tenths
PRICES = [
    """CREATE TEMP TABLE prices AS WITH counts AS (
        SELECT channel, date_trunc('month', make_timestamp(us))::DATE AS month, count(*) AS n FROM asked GROUP BY ALL
    ), whole AS (
        SELECT month FROM (SELECT DISTINCT month FROM counts), (SELECT min(us) AS a, max(us) AS b FROM asked)
        WHERE (least(last_day(month) + 1, make_timestamp(b)::DATE + 1) - greatest(month, make_timestamp(a)::DATE))
            / day(last_day(month)) >= 0.9
    )
    SELECT channel, sum(hours * hourly_cost + fixed_cost) / sum(n) AS price
    FROM counts JOIN whole USING (month) JOIN {costs} USING (channel, month) GROUP BY channel""",
    """CREATE TEMP TABLE weights AS SELECT channel, price, mean, avg(CASE WHEN spent IS NULL AND given_up THEN 0
        ELSE coalesce(spent, mean) END) AS usual
        FROM asked JOIN prices USING (channel) JOIN (SELECT channel, avg(spent) AS mean
            FROM asked GROUP BY channel) USING (channel)
        GROUP BY ALL""",
]
SOLVING = """
WITH about AS (
    SELECT *, price * CASE WHEN spent IS NULL AND given_up THEN 0 ELSE coalesce(spent, mean) END / usual AS cost,
        handled AND resolved_us IS NOT NULL AND NOT again AS done
    FROM asked JOIN weights USING (channel) WHERE about
), issues AS (
    SELECT channel, customer, 1 AS n, cost, done FROM about WHERE NOT near AND over
    UNION ALL
    SELECT max(channel) FILTER (id = issue), max(customer), count(*), sum(cost), bool_or(done) FROM about WHERE near
    GROUP BY issue HAVING bool_and(over)
)
SELECT hash(customer) % 1000 AS part, channel, count(*), count(*) FILTER (done), sum(n), sum(cost) FROM issues GROUP BY ALL
"""
FOUR = [
    """SELECT channel, count(*), count(*) FILTER (before), count(*) FILTER (complaint), count(satisfied),
        count(*) FILTER (satisfied),
        count(*) FILTER (handled AND over AND about AND NOT follows), count(*) FILTER (handled AND over AND about
            AND NOT follows AND NOT again),
        count(*) FILTER (reply <= lim), count(*) FILTER (reply IS NOT NULL OR given_up OR so_far > lim),
        quantile_cont(reply, {levels}), quantile_cont(solve, {levels}), avg(reply)
    FROM asked JOIN (VALUES ('chat', 20 / 60.0), ('phone', 0.5), ('social', 60.0), ('email', 1440.0)) limits(channel,
        lim) USING (channel)
    GROUP BY channel""",
    "SELECT channel, topic, count(*) FROM asked WHERE topic IS NOT NULL GROUP BY ALL",
    "SELECT channel, us // 86400000000 AS day, count(*) FROM asked GROUP BY ALL",
    """SELECT channel, count(*), sum(n), sum(n * n) FROM (
        SELECT arg_min(channel, us) AS channel, count(*) AS n, bool_and(over) AS over FROM asked
        WHERE about AND NOT given_up GROUP BY issue
    ) WHERE over GROUP BY channel""",
]

# an order is the last contact's before it
CREDITED = [
    """CREATE TEMP TABLE bought AS SELECT customer_id AS customer, epoch_us(ordered_at) AS bought_us, revenue,
        revenue * {margin} * (1 - least(refunded / revenue, 1)) AS earned FROM {orders} WHERE revenue > 0""",
    """CREATE TEMP TABLE credited AS WITH whose AS (
        SELECT id, count(*) AS orders, sum(revenue) AS revenue, sum(earned) AS earned
        FROM bought ASOF JOIN (SELECT id, customer, us FROM asked WHERE customer IS NOT NULL AND NOT given_up) talks
            ON bought.customer = talks.customer AND bought.bought_us > talks.us
        WHERE bought_us - us <= {span} GROUP BY id
    ), firsts AS (SELECT customer, min(bought_us) AS began FROM bought WHERE customer IS NOT NULL GROUP BY customer)
    SELECT asked.id, channel, asked.customer, week, handled, coalesce(orders, 0) AS orders, coalesce(revenue, 0) AS revenue,
        coalesce(earned, 0) AS earned, began IS NULL OR began > us AS fresh
    FROM asked LEFT JOIN whose ON asked.id = whose.id LEFT JOIN firsts ON asked.customer = firsts.customer
    WHERE asked.customer IS NOT NULL AND us + {span} BETWEEN (SELECT min(bought_us) FROM bought)
        AND (SELECT max(bought_us) FROM bought)""",
]
VALUE = """
SELECT channel, sum(n), sum(orders), sum(revenue), sum(earned), sum(earned * earned), sum(n * earned), sum(n * n) FROM (
    SELECT channel, customer, count(*) AS n, sum(orders) AS orders, sum(revenue) AS revenue, sum(earned) AS earned
    FROM credited GROUP BY channel, customer
) GROUP BY channel
"""
WEEKLY = [
    """SELECT week, channel, count(*), count(*) FILTER (handled), count(*) FILTER (NOT over),
        count(DISTINCT hash(customer)) FILTER (handled AND customer IS NOT NULL),
        count(DISTINCT hash(customer)) FILTER (handled AND customer IS NOT NULL AND complaint),
        count(*) FILTER (askable), count(*) FILTER (solved), count(*) FILTER (solved AND NOT again_any),
        count(DISTINCT hash(customer)) FILTER (askable), count(DISTINCT hash(customer)) FILTER (askable AND NOT solved),
        count(satisfied) FILTER (handled), count(*) FILTER (handled AND satisfied), count(*) FILTER (handled
            AND friendliness = 5),
        count(friendliness) FILTER (handled), avg(friendliness) FILTER (handled), stddev(friendliness) FILTER (handled),
        count(knowledge) FILTER (handled), avg(knowledge) FILTER (handled), stddev(knowledge) FILTER (handled),
        count(reply_open) FILTER (NOT given_up), quantile_cont(reply_open, {levels}) FILTER (NOT given_up)
    FROM (SELECT *, handled AND over AND about AS askable, handled AND over AND about AND NOT again
        AND resolved_us IS NOT NULL AS solved
        FROM asked) GROUP BY GROUPING SETS ((week, channel), (week))""",
    """SELECT day, gap, count(*) FROM (
        SELECT day, lead(day) OVER (PARTITION BY customer ORDER BY day) - day AS gap
        FROM (SELECT DISTINCT customer, bought_us // 86400000000 AS day FROM bought WHERE customer IS NOT NULL)
    ) GROUP BY ALL""",
    """SELECT week, channel, count(*) FILTER (fresh), count(*) FILTER (fresh AND orders > 0), count(*) FILTER (NOT fresh),
        count(*) FILTER (NOT fresh AND orders > 0) FROM credited WHERE handled GROUP BY week, channel""",
]


def by_sql(
    folder: Path, *, memory: str = "4GB", spill: Path | None = None, say=None
) -> dict[str, list[tuple]]:
    """Every part's rows, by its name."""
    import duckdb

    levels, wanted = [i / 40 for i in range(41)], [0.4995, 0.5, 0.5005, 0.8997, 0.9, 0.9003]
    words = {
        "contacts": f"read_parquet('{folder}/contacts/*.parquet')", "orders": f"read_parquet('{folder}/orders.parquet')",
        "costs": f"read_parquet('{folder}/channel_costs.parquet')", "span": SPAN, "margin": MARGIN,
    }  # fmt: skip
    config = {"memory_limit": memory, "temp_directory": str(spill or folder / "spill")}
    parts = {
        "asked": (MACROS + ASKED, words), "first contact": ([FIRST_CONTACT], words), "prices": (PRICES, words),
        "solving": ([SOLVING], words), "credited": (CREDITED, words), "four": ([*FOUR, VALUE], {**words, "levels": wanted}),
        "weekly": (WEEKLY, {**words, "levels": levels}),
    }  # fmt: skip
    found = {}
    with duckdb.connect(config=config) as engine:
        for name, (questions, told) in parts.items():
            begun = time.perf_counter(), time.process_time()
            found[name] = [engine.execute(one.format(**told)).fetchall() for one in questions]
            if say:
                say(name, time.perf_counter() - begun[0], time.process_time() - begun[1])
        found["price"] = dict(engine.execute("SELECT channel, price FROM prices").fetchall())
    return found


if __name__ == "__main__":
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    by_sql(
        make(rows), say=lambda *told: print("{:15} wall {:6.2f} s   CPU {:6.2f} s".format(*told), flush=True)
    )
