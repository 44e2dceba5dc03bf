"""What is bought together?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from csworkbook.errors import DataError, SettingError
from csworkbook.language import gettext as _
from csworkbook.language import join, mark
from csworkbook.personas.baskets import words as together_words
from csworkbook.personas.baskets.held import COLUMNS, Bounds, tallies
from csworkbook.personas.baskets.pairs import measured
from csworkbook.personas.baskets.result import Together
from csworkbook.results import question

if TYPE_CHECKING:
    import ibis

    from csworkbook.personas.saved import Saved

    Table = pd.DataFrame | ibis.Table


@question(mark("What is bought together?"), labels=together_words.labels, choices=together_words.choices)
def together(
    order_lines: Table,
    orders: Table | None = None,
    contacts: Table | None = None,
    returns: Table | None = None,
    *,
    personas: Saved | None = None,
    persona: int | str | None = None,
    by: str = "product",
    min_support: float = 0.001,
    at_least: int = 5,
    largest: int = 100,
    margin: float = 0.35,
    currency: str = "EUR",
    zone: str = "Europe/Amsterdam",
) -> Together:
    """Pairs of products, or of categories, in one order: how often, and how much more often than chance.

    A product counts once in an order, however many pieces. Every order counts, also those with one product
    and those of unknown customers; not those for which nothing was paid in the end, where orders tell. That
    two go together does not say that the one is bought because of the other.

    Parameters
    ----------
    orders : DataFrame or ibis.Table, optional
        Tells for which orders nothing was paid, and whose an order is.
    contacts, returns : optional
        Only for finding the personas, where a persona is asked and none are saved.
    personas : Saved, optional
        The personas found before.
    persona : int or str, optional
        Only the orders of this persona: its number or its name; None = all orders.
    by : str
        ``"product"`` or ``"category"``.
    min_support : float
        A pair must be in this share of the orders (0–1) …
    at_least : int
        … and in so many orders.
    largest : int
        Orders of more different products than this are left out.

    Returns
    -------
    Together
        table, the surest and largest first: first, second (names), orders (that hold both), support (share
        of all orders), first_orders, confidence (share of the orders with `first` that hold `second`),
        confidence_low, confidence_high, second_orders, back (the other way round), back_low, back_high,
        expected (orders with both if chance had it), lift (times as often as chance), lift_low, lift_high,
        p (Fisher, one-sided, corrected by Benjamini & Hochberg over all pairs of the products looked at),
        verdict (more often together than by chance?), small (one of the two in fewer than 30 orders),
        first_id, second_id.

    Raises
    ------
    DataError
        When no line names an order and a product, or the lines know no category.
    SettingError
        When `by`, `persona` or a threshold cannot be.

    >>> lines = pd.DataFrame({"order_id": ["1", "1", "2", "2", "3", "4"], "product_id": ["a", "b", "a", "b", "a", "c"],
    ...     "quantity": 1, "price": 5.0})
    >>> pair = together(lines, at_least=1).table.iloc[0]
    >>> pair["first"], pair["second"], float(pair["confidence"]), float(pair["lift"])
    ('a', 'b', 0.6666666666666666, 1.3333333333333333)
    """
    _require(order_lines, by, min_support, at_least, largest)
    settings = {"personas": personas, "margin": margin, "currency": currency, "zone": zone}
    name, customers = _whose(persona, orders, order_lines, contacts, returns, settings)
    found = tallies(
        order_lines, orders, by=by, bounds=Bounds(min_support, at_least, largest), customers=customers
    )
    if not found.orders:
        raise _nothing(by, name)
    return Together(measured(found), found, by, name)


def _require(order_lines: Table, by: str, min_support: float, at_least: int, largest: int) -> None:
    if by not in COLUMNS:
        raise SettingError(
            _("“{value}” is nothing that can be bought together.").format(value=by),
            allowed=join(list(COLUMNS)),
        )
    if not 0 <= min_support < 1:
        raise SettingError(
            _("{value} is no share of the orders.").format(value=min_support),
            allowed=_("0 to 1, such as 0.001: one in a thousand orders."),
        )
    if largest < 2:
        raise SettingError(
            _("Orders of up to {value} products hold no pair.").format(value=largest),
            allowed=_("2 or more, such as 100."),
        )
    if at_least < 1:
        raise SettingError(
            _("A pair must be in one order at least, not in {value}.").format(value=at_least),
            allowed=_("1 or more, such as 5."),
        )
    if by == "category" and "category" not in order_lines.columns:
        raise no_category()


def no_category() -> DataError:
    """What to say of order lines that know no category."""
    return DataError(
        _("Your order lines do not say to which category a product belongs."),
        next_step=_("Add the category to the export of your order lines, or look by product."),
    )


def _nothing(by: str, persona: str) -> DataError:
    where = _("Looked at: the orders of “{persona}”.").format(persona=persona) if persona else ""
    if by == "category":
        return DataError(
            _("No order line names an order and a category."), where=where, next_step=_columns_said()
        )
    return DataError(_("No order line names an order and a product."), where=where, next_step=_columns_said())


def _columns_said() -> str:
    return _("Look on this page which columns of the order lines were taken for them.")


def _whose(persona, orders, order_lines, contacts, returns, settings: dict) -> tuple[str, list[str] | None]:
    """The persona's name and its customers; no name and None for all orders."""
    if persona is None:
        return "", None
    if orders is None:
        raise DataError(
            _("Whose an order is stands in the orders, which this shop does not have yet."),
            next_step=_("Bring your orders, or look at all order lines together."),
        )
    from csworkbook.personas import grouping

    found = grouping.found(orders, order_lines, contacts, returns, **settings)
    names = dict(enumerate(found.names, 1))
    number = next((at for at, name in names.items() if persona in (at, name)), None)
    if number is None:
        raise SettingError(
            _("“{value}” is none of your personas.").format(value=persona),
            allowed=join([str(name) for name in names.values()]),
        )
    return names[number], sorted(found.labels.index[found.labels == number])


def whose_orders(*, personas: Saved | None = None) -> list[int | None]:
    """What `together` can be asked of: everybody (None), and every saved persona; nothing where none are saved."""
    return [None, *range(1, personas.k + 1)] if personas is not None and personas.k else []
