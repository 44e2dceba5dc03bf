"""Small notebooks and workbooks for the server's tests."""

import json
import sys
from pathlib import Path

import pytest

from csworkbook.shop import new_shop

sys.path.insert(0, str(Path(__file__).parents[1]))

from serving import serving

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def cell(source, *tags):
    kind = "markdown" if source.startswith("#") else "code"
    made = {
        "cell_type": kind,
        "id": f"c{abs(hash((source, tags))) % 10**9}",
        "metadata": {"tags": list(tags)},
    }
    extra = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {**made, "source": source, **extra}


def written(path, *sources, **about):
    cells = [source if isinstance(source, dict) else cell(source) for source in sources]
    metadata = {**KERNEL, **({"csworkbook": about} if about else {})}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}))
    return path


@pytest.fixture
def notebook():
    """The function that writes a notebook: path, sources, then what its card says."""
    return written


@pytest.fixture
def two_chapters(tmp_path):
    """Notebooks: effort in both languages, value in Dutch only, one that is no page."""
    root = tmp_path / "notebooks"
    effort = {"minutes": 15, "needs": ["effort_survey"], "helps": ["orders"], "app": True}
    written(
        root / "nl/03_effort.ipynb", "# Moeite", "print('hallo')", title="Moeite", question="Waar?", **effort
    )
    written(
        root / "en/03_effort.ipynb", "# Effort", "print('hello')", title="Effort", question="Where?", **effort
    )
    written(root / "nl/06_value.ipynb", "# Waarde", title="Waarde", needs=["orders", "events"], app=True)
    written(root / "nl/99_draft.ipynb", "# Klad")
    return root


@pytest.fixture
def workbook(tmp_path):
    """An empty Dutch workbook."""
    return new_shop(tmp_path / "shop", name="Fietsenwinkel", language="nl")


@pytest.fixture(scope="module")
def chapters(tmp_path_factory):
    """Notebooks for a server that lives through a whole module."""
    root = tmp_path_factory.mktemp("chapters")
    teach = cell("print('only in the notebook')", "teach")
    work = cell(
        "import os; print('language', os.path.basename(os.getcwd()), os.environ.get('VOILA_REQUEST_URL'))"
    )
    written(root / "nl/01_start.ipynb", "# Begin", teach, work, title="Begin", question="Hoe?", app=True)
    written(root / "en/01_start.ipynb", "# Start", teach, work, title="Start", question="How?", app=True)
    written(root / "en/02_broken.ipynb", "# Broken", "print('before')", "1 / 0", "print('after')", app=True)
    written(root.parent / "outside.ipynb", "# Outside", "print('outside')")
    (root / "en/picture.png").write_bytes(b"picture")
    return root


@pytest.fixture(scope="module")
def open_server(chapters, tmp_path_factory):
    """Served as on an owner's own computer: localhost, no key."""
    log = tmp_path_factory.mktemp("open") / "log.txt"
    with serving(None, "--no-preheat", "--notebooks", chapters, log=log) as running:
        yield running


@pytest.fixture(scope="module")
def locked_server(chapters, tmp_path_factory):
    """Served to a network, with the key the server made up."""
    log = tmp_path_factory.mktemp("locked") / "log.txt"
    with serving(None, "--no-preheat", "--host", "0.0.0.0", "--notebooks", chapters, log=log) as running:
        yield running
