"""A lot's history: every visit to a toolgroup, and what its time went into."""

from __future__ import annotations

import textwrap
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from twin.results.report import WIDTH, Row, set_sheet
from twin.results.settings import DAY_S
from twin.results.sheets import Sheet, table_rows

if TYPE_CHECKING:
    import pandas as pd

TIMES = ("outside", "transport", "wait", "setup", "process", "stopped", "blocked", "held")
"""What a lot's time goes into, each tick into one: before the line for want of a place; on its way; in the queue; on a
tool that is set up; processed; on a tool that is down or maintained; done, but the next place is not free; held back
for another reason."""
RARE = ("outside", "blocked", "held", "stopped", "setup", "transport")
"""Columns that are left out of the report where they are empty."""
UNITS = (("d", DAY_S), ("h", 3600.0), ("min", 60.0), ("s", 1.0))


@dataclass(frozen=True)
class Visit:
    """One step of a lot's way.

    number:   of the visit, from 1; round: how often the lot has come to this step, 2 and more after rework
    tool:     None in a pure delay and while none has taken the lot
    batch:    lots that the tool took together; None where the step makes no batches
    left_before_tick: when it set out for this step, its release the first time
    arrived_tick, started_tick, finished_tick, left_tick: at the toolgroup; on the tool (setup included); done; gone to
              the next step; None where the run ended before
    ticks:    what the time from `left_before_tick` to `left_tick` went into   {one of TIMES: [tick]}
    """

    number: int
    step: str
    toolgroup: str
    tool: str | None
    round: int
    batch: int | None
    left_before_tick: int
    arrived_tick: int | None
    started_tick: int | None
    finished_tick: int | None
    left_tick: int | None
    ticks: dict[str, int]


@dataclass(frozen=True)
class Window:
    """A queue-time window: opened at the end of a step, closed at the start of another, None: not in the run."""

    step: str
    until: str
    limit_tick: int
    opened_tick: int
    closed_tick: int | None

    @property
    def breached(self) -> bool | None:
        """Whether it took longer than allowed; None while it is open."""
        return None if self.closed_tick is None else self.closed_tick - self.opened_tick > self.limit_tick


@dataclass(frozen=True)
class History:
    """What happened to a lot.

    lot:           its name; replication: from 1; units in it
    released_tick: 0 for a lot that was in the line at the start (`standing`)
    out_tick:      None for a lot still in the line at the end of the run, `end_tick`; of a scrapped one when it left
    raw_s:         expected process time of its product's route, no waiting [s]
    """

    model: str
    lot: str
    product: str
    replication: int
    units: int
    standing: bool
    released_tick: int
    out_tick: int | None
    end_tick: int
    due_tick: int | None
    raw_s: float
    tick_s: float
    visits: tuple[Visit, ...]
    windows: tuple[Window, ...]
    scrapped: bool = False

    @property
    def ticks(self) -> dict[str, int]:
        """What the whole time went into, the sum of the visits; adds up to the cycle time   {one of TIMES: [tick]}."""
        return {key: sum(visit.ticks[key] for visit in self.visits) for key in TIMES}

    @property
    def cycle_s(self) -> float:
        """From release (or the start of the run) to completion (or its end) [s]."""
        ended = self.end_tick if self.out_tick is None else self.out_tick
        return round((ended - self.released_tick) * self.tick_s, 9)

    @property
    def x_factor(self) -> float | None:
        """Cycle time over raw process time; None for lots that were not seen from release to completion."""
        return None if self.out_tick is None or self.standing or self.raw_s == 0 else self.cycle_s / self.raw_s

    @property
    def frame(self) -> pd.DataFrame:
        """One row a visit: step, toolgroup, tool, round, batch, when (from the run's start) and the times, all [s]."""
        import pandas as pd

        rows = [self._row(visit) for visit in self.visits]
        return pd.DataFrame(rows, columns=list(rows[0]) if rows else None)

    def _row(self, visit: Visit) -> dict[str, Any]:
        """A visit as plain values, times [s]."""
        plain = asdict(visit)
        ticks = plain.pop("ticks")
        row = {
            f"{key.removesuffix('_tick')}_s" if key.endswith("_tick") else key: value
            if not key.endswith("_tick") or value is None
            else self._s(value)
            for key, value in plain.items()
        }
        return {**row, **{f"{key}_s": self._s(ticks[key]) for key in TIMES}}

    def _s(self, ticks: int | None) -> float | None:
        """Seconds of ticks, without the digits that no tick has."""
        return None if ticks is None else round(ticks * self.tick_s, 9)

    def to_json(self) -> dict[str, Any]:
        """The history as plain values, times [s], None where there is nothing to tell."""
        return {
            "model": self.model,
            "lot": self.lot,
            "product": self.product,
            "replication": self.replication,
            "units": self.units,
            "in_line_at_start": self.standing,
            "released_s": self._s(self.released_tick),
            "out_s": self._s(self.out_tick),
            "due_s": self._s(self.due_tick),
            "cycle_s": self.cycle_s,
            "raw_s": self.raw_s,
            "x_factor": self.x_factor,
            "times": {f"{key}_s": self._s(ticks) for key, ticks in self.ticks.items()},
            "visits": [self._row(visit) for visit in self.visits],
            "queue_limits": [
                {
                    "step": window.step,
                    "until": window.until,
                    "limit_s": self._s(window.limit_tick),
                    "opened_s": self._s(window.opened_tick),
                    "closed_s": self._s(window.closed_tick),
                    "breached": window.breached,
                }
                for window in self.windows
            ],
        }

    def __str__(self) -> str:
        return "\n".join(row.text for row in rows(self))


def rows(history: History, *, ascii_only: bool = False) -> list[Row]:
    """The report, line by line."""
    lines = [Row(f"{history.lot}, replication {history.replication} of {history.model}", "title")]
    lines += [Row(words) for words in textwrap.wrap(_summary(history), WIDTH)] + [Row("")]
    lines += [*set_sheet(_sheet(history), "~" if ascii_only else "…"), Row("")]
    lines += [Row(words, "mark" if breached else "plain") for words, breached in _window_words(history)]
    return lines if lines[-1].text else lines[:-1]


def _summary(history: History) -> str:
    """Where the lot came from, when it left, and how long that took."""
    unit = _unit(history.cycle_s)

    def told(ticks: int) -> str:
        return f"{ticks * history.tick_s / DAY_S:.4f} d"

    came = "in the line at the start" if history.standing else f"released at {told(history.released_tick)}"
    if history.out_tick is None:
        return f"{history.product}, {came}, still in the line at the end of the run, {told(history.end_tick)}."
    if history.scrapped:
        return f"{history.product}, {came}, scrapped at {told(history.out_tick)}: it came too late to its last step."
    found = f"{history.product}, {came}, out at {told(history.out_tick)}: {history.cycle_s / unit[1]:.4g} {unit[0]}"
    if history.x_factor is not None:
        found += f", X-factor {history.x_factor:.2f}"
    if history.due_tick is not None:
        late = (history.out_tick - history.due_tick) * history.tick_s
        word, size = _unit(abs(late))
        found += ", on time" if late == 0 else f", {abs(late) / size:.3g} {word} {'late' if late > 0 else 'early'}"
    return found + "."


def _unit(seconds: float) -> tuple[str, float]:
    """The unit in which a time reads best."""
    return next((unit for unit in UNITS if seconds >= 2 * unit[1]), UNITS[-1])


def _sheet(history: History) -> Sheet:
    """One row a visit, and a last one with the sums."""
    sums = history.ticks
    shown = [key for key in TIMES if key not in RARE or sums[key]]
    word, size = _unit(max((visit.ticks[key] * history.tick_s for visit in history.visits for key in shown), default=1))
    short = {"d": 3, "h": 2, "min": 1, "s": 1}[word]
    columns: list[list[str]] = [
        [visit.tool or visit.toolgroup for visit in history.visits] + [""],
        [f"{visit.left_before_tick * history.tick_s / DAY_S:.4f}" for visit in history.visits] + [""],
    ]
    for key in shown:
        ticks = [visit.ticks[key] for visit in history.visits] + [sums[key]]
        columns.append([f"{t * history.tick_s / size:,.{short}f}" if t else "-" for t in ticks])
    columns.append([_about(visit) for visit in history.visits] + [""])
    names = [visit.step for visit in history.visits] + ["together"]
    return Sheet(
        "Its way: what the time of each step went into",
        ("step", "tool", "from", *shown, ""),
        ("", "", "d", *(word for _ in shown), ""),
        table_rows(names, columns),
        tuple(k for k, visit in enumerate(history.visits) if visit.round > 1),
    )


def _about(visit: Visit) -> str:
    """What is special about a visit, in a few letters."""
    words = []
    if visit.round > 1:
        words.append(f"round {visit.round}")
    if visit.batch is not None:
        words.append(f"batch of {visit.batch}")
    return ", ".join(words)


def _window_words(history: History) -> list[tuple[str, bool]]:
    """Each queue-time window in a line, and whether it was breached."""
    found = []
    for window in history.windows:
        word, size = _unit(window.limit_tick * history.tick_s)
        limit = f"{window.limit_tick * history.tick_s / size:.4g} {word}"
        closed = history.end_tick if window.closed_tick is None else window.closed_tick
        took = f"{(closed - window.opened_tick) * history.tick_s / size:.4g}"
        verdict = {None: "so far, still open", True: "BREACHED", False: "kept"}[window.breached]
        words = f"Queue-time limit {window.step} to {window.until}: {took} of {limit}, {verdict}"
        found.append((words, bool(window.breached)))
    return found
