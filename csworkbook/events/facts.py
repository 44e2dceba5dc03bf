"""What became of every row, and when the data end."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Account:
    """What became of the rows: `read` is the sum of all others.

    `used` rows are a step of the funnel or an excluded one; `other` rows belong to somebody and are
    neither (they still count where nothing may lie between two steps); `outside` lie before `since`,
    or not before `until`.
    """

    read: int
    used: int
    other: int
    outside: int
    without_visitor: int
    without_moment: int
    without_customer: int


@dataclass(frozen=True)
class Facts:
    """The account, and the last moment that counts (microseconds since 1970 UTC)."""

    account: Account
    last: int | None

    @classmethod
    def of(cls, *counts: int | None) -> Facts:
        """From the numbers of an account in their order, and the last moment."""
        return cls(Account(*counts[:-1]), counts[-1])
