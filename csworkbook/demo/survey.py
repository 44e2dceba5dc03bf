"""Who answers the effort survey, how hard was it for them, and what do they write?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from csworkbook.demo import clock, stories
from csworkbook.demo.clock import DAY
from csworkbook.demo.draw import chance, lookup
from csworkbook.demo.texts import comments

STAGES = ("choosing", "buying", "after")


def answer(rng: np.random.Generator, here: pd.DataFrame) -> pd.DataFrame:
    """Add to a round of orders: answered (moment), choosing, buying, after and hardest, empty for the silent."""
    size = len(here)
    status = np.where(here["first"], "new", "returning")
    answered = np.floor(here["moment"].to_numpy() + rng.uniform(6, 18, size) * DAY)
    in_time = (here["moment"].to_numpy() >= stories.SURVEY_SINCE * DAY) & (answered < clock.END)
    responds = chance(rng, lookup(status, stories.RESPONSE)) & in_time
    given = pd.DataFrame({stage: _answers(rng, stage, p) for stage, p in _hard(here, answered).items()})
    given = given.mask(rng.random(given.shape) < stories.EMPTY)
    nothing = given.isna().all(axis=1)
    given.loc[nothing, "after"] = 1.0
    given.loc[~responds] = np.nan
    given["hardest"] = given.max(axis=1)
    given["answered"] = np.where(responds, answered, np.nan)
    return here.reset_index(drop=True).join(given)


def _hard(here: pd.DataFrame, answered: np.ndarray) -> dict[str, np.ndarray]:
    """The planted share "far too much" of every row, per stage."""
    problem = stories.AFTER_JUMP * (answered >= stories.DELIVERY_SINCE * DAY)
    return {
        "choosing": lookup(here["home"].to_numpy(), stories.CHOOSING_HARD),
        "buying": lookup(here["device"].to_numpy(), stories.BUYING_HARD),
        "after": lookup(here["device"].to_numpy(), stories.AFTER_HARD) + problem,
    }


def _answers(rng: np.random.Generator, stage: str, hard: np.ndarray) -> np.ndarray:
    some = chance(rng, stories.SOME[stage], len(hard))
    return np.where(chance(rng, hard), 3.0, np.where(some, 2.0, 1.0))


def effort_survey(rng: np.random.Generator, found: pd.DataFrame) -> pd.DataFrame:
    """The canonical effort survey of everybody who answered, still with row numbers for customers."""
    given = found[found["hardest"].notna()].sort_values("answered", kind="stable", ignore_index=True)
    hardest, size = given["hardest"].to_numpy(), len(given)
    detractor = chance(rng, lookup(hardest, stories.DETRACTOR))
    return pd.DataFrame(
        {
            "answered_at": clock.stamp(given["answered"]),
            **{stage: given[stage] for stage in STAGES},
            "customer_id": given["customer"],
            "comment": comments(rng, given),
            "buy_again": _maybe(rng, chance(rng, lookup(hardest, stories.BUY_AGAIN))),
            "spend_more": _maybe(rng, chance(rng, lookup(hardest, stories.SPEND_MORE))),
            "recommend": np.where(
                detractor, rng.integers(0, 7, size), rng.choice([7, 8, 9, 10], size, p=[0.2, 0.4, 0.25, 0.15])
            ),
            "device": given["device"],
            "customer_type": np.where(given["first"], "new", "returning"),
            "channel": given["channel"],
            "category": given["home"],
        }
    )


def _maybe(rng: np.random.Generator, flags: np.ndarray) -> pd.Series:
    """Flags with a few left empty, as people do."""
    return pd.Series(flags, dtype="boolean").mask(rng.random(len(flags)) < stories.EMPTY)
