"""Small exports of systems, read, matched and folded: what the tests of `systems` share."""

from __future__ import annotations

import pandas as pd

from csworkbook.intake import files, systems
from csworkbook.intake.raw import Raw


def raw_of(text: str, name: str = "export.csv") -> Raw:
    """The file as the readers give it."""
    return files.read(text.encode(), filename=name)[0]


def fed(text: str, name: str = "export.csv") -> tuple[tuple[str, str], dict[str, systems.Feed]]:
    """Which export it is, and table → what it is fed."""
    raw = raw_of(text, name)
    export = systems.find(raw)
    assert export is not None
    return (export.system, export.name), {feed.table: feed for feed in systems.feeds(raw, export)}


def columns(feed: systems.Feed) -> pd.DataFrame:
    """The frame under canonical names, words of the system replaced."""
    told = {header: column for header, column in feed.mapping.items() if column}
    frame = feed.raw.frame[list(told)].rename(columns=told)
    return frame.assign(**{name: frame[name].replace(said) for name, said in feed.words.items()})


def left(feed: systems.Feed) -> dict[int, str]:
    """Row set aside → the last reason for it."""
    return {int(row): reason for rows, reason in feed.left for row in rows}
