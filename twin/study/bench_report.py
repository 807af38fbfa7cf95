"""What `twin bench` measured, as text, Markdown and JSON."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from math import copysign, sqrt
from pathlib import Path
from textwrap import wrap
from typing import Any

from twin.results.figure import Figure, Floats, decimals

WIDTH = 110  # columns
SUSPICIOUS = 4.0  # standard errors
HEAD = ("model", "engine", "M/s a core", "times", "estimate", "known", "", "world", "compile")
PACKAGES = ("numpy", "numba", "llvmlite")


@dataclass(frozen=True)
class Known:
    """A value that every engine must come to.

    value, error: the value and what it is uncertain by
    """

    value: float
    error: float


@dataclass(frozen=True)
class Entry:
    """One engine on one model, the median of some repeats.

    per_s:      service completions (lot-steps) a second of stepping, one core [1/s]
    ratio:      the reference engine's rate over this one's, median over the repeats; 1 for itself
    estimate:   what the model came to, over all repeats' replications
    deviation:  (estimate - known value) in standard errors, None without a known value or an interval
    state_b:    memory of one world at the end of a run, None where an engine does not tell [B]
    compile_s:  time to the first step of the first run, of compiling alone [s]
    """

    model: str
    engine: str
    version: str
    per_s: float
    ratio: float
    completions: int
    replications: int
    estimate: Figure
    known: Known | None
    deviation: float | None
    state_b: int | None
    compile_s: float

    @property
    def verdict(self) -> str:
        """`agrees`, `DIFFERS`, or nothing where there is nothing to compare with."""
        if self.deviation is None:
            return ""
        return "agrees" if abs(self.deviation) <= SUSPICIOUS else "DIFFERS"


def deviation(values: Floats, known: Known) -> float | None:
    """How far the mean of some replications is from what is known, the known value's own error counted in.

    values: what each replication came to   (replication,)
    returns standard errors; of few replications as many as are as unlikely with many (Student's t)
    """
    from scipy.special import ndtri, stdtr

    if values.size < 2:
        return None
    error = sqrt(float(values.var(ddof=1)) / values.size + known.error**2)
    if error == 0:
        return None
    apart = (float(values.mean()) - known.value) / error
    tail = max(1e-300, float(stdtr(values.size - 1, -abs(apart))))
    return copysign(-float(ndtri(tail)), apart)


@dataclass(frozen=True)
class BenchReport:
    """The measurements of one call, the machine they were taken on, and what was left out."""

    entries: tuple[Entry, ...]
    notes: tuple[str, ...]
    machine: str
    repeats: int

    @property
    def wrong(self) -> tuple[Entry, ...]:
        """Entries whose estimate is not what is known: their speed counts for nothing."""
        return tuple(entry for entry in self.entries if entry.verdict == "DIFFERS")

    def __str__(self) -> str:
        rows = [HEAD, *(_cells(entry) for entry in self.entries)]
        widths = [max(len(row[k]) for row in rows) for k in range(len(HEAD))]
        lines = ["  ".join(_aligned(row, widths)).rstrip() for row in rows]
        legend = [line for said in self._legend() for line in wrap(said, WIDTH, subsequent_indent="  ")]
        return "\n".join([*wrap(self.machine, WIDTH), "", *lines, "", *legend])

    def markdown(self) -> str:
        """The same as a Markdown table."""
        rule = ["---", "---", "---:", "---:", "---:", "---:", "---", "---:", "---:"]
        rows = [list(HEAD), rule, *(list(_cells(entry)) for entry in self.entries)]
        table = ["| " + " | ".join(row) + " |" for row in rows]
        return "\n".join([self.machine, "", *table, "", *(f"- {line}" for line in self._legend())]) + "\n"

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values."""
        return {
            "machine": self.machine,
            "repeats": self.repeats,
            "notes": list(self.notes),
            "entries": [{**asdict(entry), "verdict": entry.verdict} for entry in self.entries],
        }

    def _legend(self) -> list[str]:
        said = [
            f"M/s a core: million lot-steps a second of stepping alone, one thread, median of {self.repeats} "
            "repeats taken in turn; times: how many times as fast twin is, pair by pair.",
            "estimate: throughput, or the mean wait at the first toolgroup, in mean service times of the "
            "first step; ± is half of the 95 % interval; world: memory of one replication's state.",
            f"An estimate more than {SUSPICIOUS:g} standard errors from the known value says DIFFERS.",
        ]
        return [*said, *self.notes]


def _cells(entry: Entry) -> tuple[str, ...]:
    half = entry.estimate.half
    places = 4 if half is None else min(5, max(1, decimals(half)))
    estimate = f"{entry.estimate.mean:.{places}f}" + ("" if half is None else f" ± {half:.{places}f}")
    estimate += "" if entry.known else f" {entry.estimate.unit}"
    known = "" if entry.known is None else f"{entry.known.value:.5g}"
    state = "" if entry.state_b is None else f"{entry.state_b / 1024:,.0f} KiB"
    name = f"{entry.engine} {entry.version}"
    compiling = f"{entry.compile_s:.1f} s" if entry.compile_s >= 0.05 else "none"
    rates = (f"{entry.per_s / 1e6:.3g}", f"{entry.ratio:.3g}")
    return (entry.model, name, *rates, estimate, known, entry.verdict, state, compiling)


def _aligned(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Names flush left, numbers flush right."""
    left = {0, 1, 6}
    return [cell.ljust(width) if k in left else cell.rjust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))]  # fmt: skip


def machine_line() -> str:
    """Processor, cores, system, versions and date: what a figure means nothing without."""
    versions = [f"twin {twin_version()}", f"Python {platform.python_version()}"]
    versions += [f"{package} {version(package)}" for package in PACKAGES]
    system = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    return f"{processor()}, {system}; {', '.join(versions)}; {date.today().isoformat()}"


def twin_version() -> str:
    """The installed version; `source` where the tree was never installed."""
    try:
        return version("twin")
    except PackageNotFoundError:
        return "source"


def processor(table: Path = Path("/proc/cpuinfo")) -> str:
    """The processor's name as the system tells it."""
    if table.exists():
        for line in table.read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
