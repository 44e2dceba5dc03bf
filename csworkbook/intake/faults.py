"""What is wrong with this table, cell by cell? Collected per column, joined per row, set aside with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csworkbook.intake.raw import Raw
from csworkbook.intake.values import text_of
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

COLUMNS = ("position", "line", "header", "problem", "value", "said")
_LONGEST = 60


class Faults:
    """The faults of one table. `position` is the place of a row in the table, `line` its line in the file."""

    def __init__(self, raw: Raw) -> None:
        self.raw, self._parts = raw, []

    def rows(self, rows: np.ndarray, problem: str, said: str | list[str], header: str = "") -> None:
        """These rows cannot be used, for one reason or for one reason each."""
        import pandas as pd

        if len(rows):
            part = {"position": rows, "header": header, "problem": problem, "value": "", "said": said}
            self._parts.append(pd.DataFrame(part))

    def cells(self, header: str, bad: np.ndarray, problem: str, allowed: str) -> None:
        """These cells of a column cannot be understood or are not allowed."""
        import numpy as np
        import pandas as pd

        rows = np.flatnonzero(bad)
        if not len(rows):
            return
        codes, cells = pd.factorize(self.raw.frame[header].iloc[rows])
        reason = _("“{column}”: “{value}” cannot be understood; allowed: {allowed}")
        if problem == "future":
            reason = _("“{column}”: “{value}” lies in the future")
        texts = [short(text_of(cell)) for cell in cells]
        said = [reason.format(column=header, value=text, allowed=allowed) for text in texts]
        part = {"position": rows, "header": header, "problem": problem}
        part |= {"value": np.array(texts, dtype=object)[codes], "said": np.array(said, dtype=object)[codes]}
        self._parts.append(pd.DataFrame(part))

    def instead(self, rows: np.ndarray, problem: str, said: str | list[str]) -> None:
        """These rows are no data at all: whatever else is wrong with them does not count."""
        self._parts = [part[~part["position"].isin(rows)] for part in self._parts]
        self.rows(rows, problem, said)

    @property
    def mask(self) -> np.ndarray:
        """Which rows have a fault."""
        import numpy as np

        mask = np.zeros(len(self.raw.frame), dtype=bool)
        for part in self._parts:
            mask[part["position"].to_numpy()] = True
        return mask

    def frame(self) -> pd.DataFrame:
        """Every fault, in the order of the file: position, line, header, problem, value, said."""
        import pandas as pd

        if not self._parts:
            return pd.DataFrame({name: pd.Series(dtype=object) for name in COLUMNS})
        frame = pd.concat(self._parts, ignore_index=True).sort_values("position", kind="stable")
        frame.insert(1, "line", self.raw.lines[frame["position"].to_numpy()])
        return frame.reset_index(drop=True)

    def every(self) -> pd.DataFrame:
        """As `frame`, with the lines that are no rows, which have negative positions."""
        import pandas as pd

        broken = self.raw.broken
        if not len(broken):
            return self.frame()
        lines = pd.DataFrame({"position": -1 - broken.index, "line": broken["row"], "said": broken["reason"]})
        lines = lines.assign(header="", problem="broken_line", value="")
        return pd.concat([self.frame(), lines[["position", "line", *COLUMNS[2:]]]], ignore_index=True)

    def aside(self) -> pd.DataFrame:
        """The rows that cannot be used: their line, the user's own columns, and why."""
        import pandas as pd

        told = self.frame()
        reasons = told.drop_duplicates("position").set_index("position")["said"]
        more = told[told.duplicated("position", keep=False)]
        reasons.update(more.groupby("position")["said"].agg("; ".join))
        rows = reasons.index.to_numpy(dtype="int64")
        frame = self.raw.frame.iloc[rows].drop(columns=list(self.raw.made), errors="ignore")
        frame.columns = [f"{name} (2)" if name in ("row", "reason") else name for name in frame.columns]
        frame.insert(0, "row", self.raw.lines[rows])
        frame["reason"] = pd.Series(reasons.to_numpy(), index=frame.index, dtype="str")
        return _with_broken(frame, self.raw.broken)


def _with_broken(frame: pd.DataFrame, broken: pd.DataFrame) -> pd.DataFrame:
    """The rows set aside and the lines that are no rows, in the order of the file."""
    import pandas as pd

    if len(broken):
        first = frame.columns[1]
        lines = broken.rename(columns={"text": first})
        frame = pd.concat([frame.astype({first: object}), lines], ignore_index=True)
    return frame.sort_values("row", kind="stable").reset_index(drop=True)


def short(text: str, most: int = _LONGEST) -> str:
    """A text cut to its first letters.

    >>> short("abcdef", 4)
    'abc…'
    """
    return text if len(text) <= most else text[: most - 1] + "…"
