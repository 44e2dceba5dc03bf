"""Which persona is a later customer?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from csworkbook.errors import DataError, SettingError
from csworkbook.language import gettext as _
from csworkbook.personas import framed
from csworkbook.personas.clusters import nearest
from csworkbook.personas.described import Features, measured
from csworkbook.personas.saved import Saved

if TYPE_CHECKING:
    from csworkbook.personas.grouping import Personas


def assign(saved: Saved | Personas, features: Features | pd.DataFrame) -> pd.Series:
    """The persona (1..k) whose centre is nearest, of every customer.

    Customers are measured as those were who made the personas, whatever recipe made `features`.

    Parameters
    ----------
    saved : Saved or Personas
        What `find` gave, or its `.saved`.
    features : Features or DataFrame
        Of the customers to be put with them.

    Returns
    -------
    Series of int
        By customer_id.

    Raises
    ------
    DataError
        When there are no personas, or the features cannot be measured that way.
    SettingError
        When these are no personas, or no features.
    """
    saved = getattr(saved, "saved", saved)
    if not isinstance(saved, Saved) or not isinstance(features, (Features, pd.DataFrame)):
        raise SettingError(
            _("Customers are put with personas by what is known of them; one of the two is something else."),
            allowed=_("assign(personas, features): what find(…) gives, and what features(shop) gives."),
        )
    if saved.k == 0:
        raise nobody()
    scaled = _as_saved(saved, features)
    labels = nearest(scaled.to_numpy(float), _matrix(saved)) + 1
    return pd.Series(labels, scaled.index, name="persona")


def _matrix(saved: Saved):
    import numpy as np

    return np.array(saved.centres, float)


def _as_saved(saved: Saved, features: Features | pd.DataFrame) -> pd.DataFrame:
    if isinstance(features, Features) and features.recipe == saved.recipe:
        return features.scaled
    if "frame" in saved.recipe:
        table = features.table if isinstance(features, Features) else features
        return framed.again(table, saved.recipe)
    if isinstance(features, pd.DataFrame):
        features = framed.features(features)
    whole = features.seen is not None and features.seen.size == len(features)  # not only a sample
    if features.recipe != saved.recipe and whole:
        features = measured(features.seen, saved.recipe)
    if features.scaled.shape[1] != len(saved.centres[0]):
        raise DataError(
            _("These customers are measured in another way than the personas were."),
            next_step=_("Find the personas again on these orders."),
        )
    return features.scaled


def nobody() -> DataError:
    """The error where there are no personas."""
    return DataError(
        _("There are no personas yet: your customers do not fall into clear groups."),
        allowed=_("Orders with their lines and categories tell most, contacts add to it."),
        next_step=_("Bring more of them, or ask for a number of personas on this page."),
    )
