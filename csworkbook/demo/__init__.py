"""The demo shop: a fictional Dutch web shop, two years of data, with stories of known size in it.

`make` draws the shop's tables, `truth` says what is planted in them, `exports` writes raw files as
an owner would bring them. ``python -m csworkbook.demo`` writes all of ``data/`` anew.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from csworkbook.demo.stories import SEED
from csworkbook.demo.truths import truth
from csworkbook.errors import SettingError
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SEED", "exports", "make", "truth"]


def make(
    scale: float = 1.0, *, seed: int = SEED, folder: str | Path | None = None
) -> dict[str, pd.DataFrame] | Path:
    """Draw the demo shop.

    Parameters
    ----------
    scale : float
        1 is the shipped size, about 7,600 customers; every table but `products` and `channel_costs`
        grows along.
    seed : int
        The same seed and scale give the same shop.
    folder : path, optional
        Write one Parquet file per table there, in batches, and hold only one batch in memory.

    Returns
    -------
    dict of DataFrame, or Path
        The canonical tables by name, or `folder` where one is given.

    Raises
    ------
    SettingError
        When `scale` is not above 0.

    >>> len(make(0.01)["orders"]) > 0
    True
    """
    if not scale > 0:
        raise SettingError(
            _("A demo shop of scale {scale} cannot be made.").format(scale=scale),
            allowed=_("Allowed: any number above 0; 1 is the shipped size."),
        )
    from csworkbook.demo.shop import batches
    from csworkbook.demo.store import Writer, together

    if folder is None:
        found: dict[str, list] = {}
        for name, frame in batches(scale, seed):
            found.setdefault(name, []).append(frame)
        return {name: together(frames) for name, frames in found.items()}
    with Writer(Path(folder)) as writer:
        for name, frame in batches(scale, seed):
            writer.add(name, frame)
    return Path(folder)


def exports(folder: str | Path, tables: dict[str, pd.DataFrame] | None = None) -> Path:
    """Write raw exports as an owner would bring them, and ``expected.csv`` with what a reader must find.

    Parameters
    ----------
    tables : dict of DataFrame, optional
        The shop to export; the shipped one when left out.
    """
    from csworkbook.demo.raw import write

    return write(Path(folder), make() if tables is None else tables)
