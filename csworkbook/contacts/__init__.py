"""What is known of every contact, the same for every question and for tables of any size?

`facts` is the one place where it is decided what a contact, a reply, a solution, a customer who gave up,
a repeat and an issue are; the chapters about channels, staffing and key figures count what it gives.
"""

from __future__ import annotations

from csworkbook.contacts.rows import facts, frame, left_out

__all__ = ["facts", "frame", "left_out"]
