"""JupyterLab on the notebooks of one shop, quiet and offline."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from csworkbook.errors import SettingError
from csworkbook.language import LANGUAGES, current
from csworkbook.language import gettext as _
from csworkbook.paths import notebooks_folder
from csworkbook.shop import Shop, open_shop

CONFIG = Path(__file__).parent / "etc" / "jupyter"


def open_lab(folder: Path | None, *, port: int | None = None, browser: bool = True) -> int:
    """Run JupyterLab until it is stopped; gives its exit code.

    Parameters
    ----------
    folder : Path or None
        A workbook, whose notebooks are in ``notebooks/`` (the shipped ones are copied there the
        first time); None for the demo shop, whose notebooks come to ``csworkbook-notebooks``
        in the current folder, or are opened where they are in a checkout.
    port : int, optional
        Where to listen.
    browser : bool
        Open a browser.

    Raises
    ------
    SettingError
        When the folder is no workbook or cannot be written.
    """
    shop = open_shop(folder)
    root = lab_folder(shop)
    print(_("The notebooks are in {folder}.").format(folder=root), flush=True)
    try:
        return subprocess.run(
            lab_command(root, port, browser), env=lab_environment(shop), check=False
        ).returncode
    except KeyboardInterrupt:
        return 0


def lab_folder(shop: Shop) -> Path:
    """Where the notebooks of this shop are, for reading and changing; copied there when absent."""
    shipped = notebooks_folder()
    if shop.is_demo and (shipped.parent / "pyproject.toml").exists():
        return shipped
    root = Path("csworkbook-notebooks").resolve() if shop.is_demo else shop.folder / "notebooks"
    copy_notebooks(shipped, root)
    return root


def copy_notebooks(shipped: Path, root: Path) -> list[Path]:
    """Copy the notebooks that are not there yet; what is there is never overwritten.

    Returns
    -------
    list of Path
        The notebooks that were copied.
    """
    copied = []
    for source in (path for code in LANGUAGES for path in sorted((shipped / code).glob("*.ipynb"))):
        target = root / source.relative_to(shipped)
        if not target.exists():
            _copy(source, target)
            copied.append(target)
    return copied


def _copy(source: Path, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    except OSError as error:
        raise SettingError(
            _("The folder {folder} cannot be written: {reason}.").format(
                folder=target.parent, reason=error.strerror
            ),
            next_step=_("Choose a folder that is yours."),
        ) from error


def lab_command(root: Path, port: int | None, browser: bool) -> list[str]:
    """The command that starts JupyterLab: no news, no extension shop, no telemetry."""
    start = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={root}"]
    quiet = [
        "--LabApp.extension_manager=readonly",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    first = [f"--LabApp.default_url=/lab/tree/{current()}"] if (root / current()).is_dir() else []
    where = [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"] if port else []
    return [*start, *quiet, *first, *where, *([] if browser else ["--no-browser"])]


def lab_environment(shop: Shop) -> dict[str, str]:
    """The environment of JupyterLab and its kernels: which shop is open, and our quiet settings."""
    known = [path for path in os.environ.get("JUPYTER_CONFIG_PATH", "").split(os.pathsep) if path]
    settings = os.pathsep.join([str(CONFIG), *known])
    return {**os.environ, "JUPYTER_CONFIG_PATH": settings, "CSWORKBOOK": str(shop.folder or "")}
