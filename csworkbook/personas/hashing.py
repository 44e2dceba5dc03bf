"""How does a customer stand in a list without anybody telling who it is?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

_BYTES = 8  # two of a million customers share a code with a chance of 1 in 30 million


def coded(customers: Iterable[object], key: bytes) -> list[str]:
    """A code for each customer number: the same in every list of the shop, and traced by its key only.

    >>> one, other, again = coded(["ann", "bob", "ann"], b"secret")
    >>> one == again, one == other, len(one)
    (True, False, 16)
    """
    secret = key[:32]
    return [
        hashlib.blake2s(str(one).encode(), key=secret, person=b"customer", digest_size=_BYTES).hexdigest()
        for one in customers
    ]
