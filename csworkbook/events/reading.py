"""How does a frame, a file or a table in a warehouse become a table of events that can be counted?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csworkbook import engine

if TYPE_CHECKING:
    import ibis

    from csworkbook.engine import Source as Events


def read(events: Events) -> ibis.Table:
    """The events as an Ibis table: canonical columns typed, all other columns kept.

    Keys, steps and devices are text. `at` stays as it is, a time without a zone being in UTC;
    `moment` is the same in whole microseconds since 1970 UTC, which every engine counts with alike.

    Parameters
    ----------
    events : DataFrame, ibis.Table, str or Path
        visitor_id, at and step, and any further columns. Text is a file of Parquet or CSV, a folder of
        Parquet, or a pattern such as ``"events/*.parquet"``.

    Raises
    ------
    DataError
        When a required column is missing, the time is a number, or the file is not there.

    Examples
    --------
    >>> import pandas as pd
    >>> one = pd.DataFrame({"visitor_id": [7], "at": ["1970-01-01T00:00:02+00:00"], "step": ["cart"]})
    >>> read(one).select("visitor_id", "moment").to_pandas().values.tolist()
    [['7', 2000000]]
    """
    table = source(events)
    return table.mutate(moment=engine.moment(table.at))


def source(events: Events) -> ibis.Table:
    """As `read`, without `moment`."""
    return engine.whole(events, "events")
