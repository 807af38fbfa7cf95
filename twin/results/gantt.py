"""What each tool of a toolgroup did over a time, bar by bar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.results.measures import STATES
from twin.results.report import Row, set_sheet
from twin.results.settings import DAY_S
from twin.results.sheets import Sheet, table_rows

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

BETWEEN = ", "
"""Between the names of several lots in one cell of a table."""


@dataclass(frozen=True)
class Bar:
    """A time in which a tool was in one state and held the same lots.

    state:    one of `measures.STATES`
    begins, ends: [tick], the end left out
    lots, products, steps: of the lots on it, by their numbers   (lot,) each
    """

    tool: str
    state: str
    begins: int
    ends: int
    lots: tuple[str, ...]
    products: tuple[str, ...]
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Gantt:
    """The tools of a toolgroup over a time.

    tools: their names, in order; bars: tool by tool, by time, without gaps from `begins` to `ends` [tick]
    """

    model: str
    toolgroup: str
    replication: int
    tools: tuple[str, ...]
    begins: int
    ends: int
    tick_s: float
    bars: tuple[Bar, ...]

    @property
    def ticks(self) -> NDArray[np.int64]:
        """Time of each tool in each state of `measures.STATES` [tick]   (tool, state)."""
        found = np.zeros((len(self.tools), len(STATES)), dtype=np.int64)
        row = {name: k for k, name in enumerate(self.tools)}
        for bar in self.bars:
            found[row[bar.tool], STATES.index(bar.state)] += bar.ends - bar.begins
        return found

    @property
    def frame(self) -> pd.DataFrame:
        """One row a bar: tool, state, start_s, end_s [s from the start of the run], lots, product, step.

        Several lots stand in one cell, a comma between them; product and step stand once where all share them.
        """
        import pandas as pd

        columns = ["tool", "state", "start_s", "end_s", "lots", "product", "step"]
        return pd.DataFrame([self._row(bar) for bar in self.bars], columns=columns)

    def _row(self, bar: Bar) -> tuple[Any, ...]:
        once = (BETWEEN.join(dict.fromkeys(names)) for names in (bar.products, bar.steps))
        return (bar.tool, bar.state, self._s(bar.begins), self._s(bar.ends), BETWEEN.join(bar.lots), *once)

    def _s(self, ticks: int) -> float:
        """Seconds of ticks, without the digits that no tick has."""
        return round(ticks * self.tick_s, 9)

    @property
    def totals(self) -> pd.DataFrame:
        """Time of each tool in each state [s]; index: tool."""
        import pandas as pd

        return pd.DataFrame(self.ticks * self.tick_s, index=pd.Index(self.tools, name="tool"), columns=list(STATES))

    def to_json(self) -> dict[str, Any]:
        """The bars as plain values, times [s] from the start of the run."""
        return {
            "model": self.model,
            "toolgroup": self.toolgroup,
            "replication": self.replication,
            "from_s": self._s(self.begins),
            "to_s": self._s(self.ends),
            "totals_s": {
                tool: dict(zip(STATES, row, strict=True))
                for tool, row in zip(self.tools, (self.ticks * self.tick_s).tolist(), strict=True)
            },
            "bars": [
                {
                    "tool": bar.tool, "state": bar.state, "start_s": self._s(bar.begins),
                    "end_s": self._s(bar.ends), "lots": list(bar.lots), "products": list(bar.products),
                    "steps": list(bar.steps),
                }
                for bar in self.bars
            ],
        }  # fmt: skip

    def __str__(self) -> str:
        return "\n".join(row.text for row in rows(self))


def rows(gantt: Gantt, *, ascii_only: bool = False) -> list[Row]:
    """The share of each tool's time in each state, line by line."""
    span = max(1, gantt.ends - gantt.begins)
    ticks = gantt.ticks
    used = [k for k in range(len(STATES)) if ticks[:, k].any()]
    both = np.vstack([ticks, ticks.sum(axis=0) // max(1, len(gantt.tools))])
    columns = [[f"{100 * share:.1f}" if share else "-" for share in both[:, k] / span] for k in used]
    counts = [sum(bar.tool == tool for bar in gantt.bars) for tool in gantt.tools]
    columns.append([f"{count:,}" for count in [*counts, len(gantt.bars)]])
    sheet = Sheet(
        f"States in % of the time from {_day(gantt, gantt.begins)} to {_day(gantt, gantt.ends)}",
        ("tool", *(STATES[k] for k in used), "bars"),
        ("", *("%" for _ in used), ""),
        table_rows([*gantt.tools, "together"], columns),
    )
    title = f"{gantt.toolgroup}, replication {gantt.replication} of {gantt.model}"
    return [Row(title, "title"), Row(""), *set_sheet(sheet, "~" if ascii_only else "…")]


def _day(gantt: Gantt, tick: int) -> str:
    return f"{tick * gantt.tick_s / DAY_S:.6g} d"
