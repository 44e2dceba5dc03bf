"""Write ``data/`` anew: ``python -m csworkbook.demo [FOLDER]``."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from csworkbook.demo import exports, make, truth
from csworkbook.demo.store import Writer, folder_size, write_csv
from csworkbook.paths import data_folder

_ROWS_TO_IMITATE = 250
_SETTINGS = Path(__file__).parents[1] / "content" / "demo_workbook.toml"


def rebuild(folder: Path) -> Path:
    """Write shop/, csv/, exports/ and truth.csv into `folder`; everything else there stays."""
    tables = make()
    for name in ("shop", "csv", "exports"):
        shutil.rmtree(folder / name, ignore_errors=True)
    with Writer(folder / "shop") as writer:
        for name, frame in tables.items():
            writer.add(name, frame)
    shutil.copy(_SETTINGS, folder / "shop" / "workbook.toml")
    for name, frame in tables.items():
        write_csv(frame.head(_ROWS_TO_IMITATE), folder / "csv" / f"{name}.csv")
    exports(folder / "exports", tables)
    truth().to_csv(folder / "truth.csv", index=False, lineterminator="\n")
    return folder


if __name__ == "__main__":
    target = rebuild(Path(sys.argv[1] if len(sys.argv) > 1 else data_folder()))
    print(f"{target}: {folder_size(target) / 1e6:.1f} MB")
