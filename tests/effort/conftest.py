"""What the chapter's tests share."""

from __future__ import annotations

import gc

import pytest


@pytest.fixture(autouse=True)
def _no_collecting(monkeypatch):
    """The multiple-test correction of statsmodels collects garbage at every call, slow in a large process."""
    monkeypatch.setattr(gc, "collect", lambda: 0)
