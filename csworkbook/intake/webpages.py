"""Which page of the shop is this address? Without what differs per visitor, so that a page is one step."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from csworkbook.intake.values import distinct, text_of

if TYPE_CHECKING:
    import pandas as pd

HOME = "home"
_ADDRESS = re.compile(r"^(?:https?://[^/\s]|/(?!\s))\S*$", re.IGNORECASE)
_TELLING = ("route", "page", "view", "controller", "step", "action", "option")  # say which page it is
_WORD = re.compile(r"^[\w/-]*[^\W\d_][\w/-]*$")


def is_address(text: str) -> bool:
    """Whether a cell is the address of a page, whole or from the first slash on.

    >>> is_address("https://shop.example/cart?x=1"), is_address("/cart"), is_address("add to cart")
    (True, True, False)
    """
    return bool(_ADDRESS.match(text)) or text == "/"


def page(address: str) -> str:
    """The page at an address: its path, without domain, and without what follows the question mark.

    Only what says which page it is stays behind it: a word for a route, as some shop systems have, or
    a path behind the hash.

    >>> page("https://shop.example/product/12/?utm_source=mail&order=9"), page("https://shop.example/")
    ('/product/12', 'home')
    >>> page("/index.php?route=checkout/cart&token=1a"), page("/#/checkout")
    ('/index.php?route=checkout/cart', '/#/checkout')
    """
    try:
        parts = urlsplit(address)
    except ValueError:  # such as an unfinished [
        return address.split("?")[0].split("#")[0]
    path = unquote(parts.path).rstrip("/")
    told = [
        (name, value)
        for name, value in parse_qsl(parts.query)
        if name.lower() in _TELLING and _WORD.match(value)
    ]
    path += f"?{told[0][0]}={told[0][1]}" if told else ""
    inside = parts.fragment.lstrip("!")
    path += f"/#{inside.split('?')[0].rstrip('/')}" if inside.startswith("/") and len(inside) > 1 else ""
    return path or HOME


def pages(column: pd.Series) -> tuple[pd.Series, bool]:
    """A column of steps with every address as its page, and whether there was one; other cells stay as they are."""
    cells = distinct(column)
    texts = [text_of(cell) for cell in cells.cells]
    there = [is_address(text) for text in texts]
    if not any(there):
        return column, False
    read = [page(text) if address else text for text, address in zip(texts, there, strict=True)]
    return cells.spread(read, "str"), True
