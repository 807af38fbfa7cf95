"""How far a run is, on stderr: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from twin.cli.output import say

Progress = Callable[[float, int, float], None]
LINE_EVERY_S = 15.0
DAY_S = 86_400.0


def duration(seconds: float) -> str:
    """A time in two units at most: `1 h 05 min`, `42 s`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest:02d} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def simulated(seconds: float) -> str:
    """Simulated time in the unit it is thought of: days, or hours of a short run."""
    return f"{seconds / DAY_S:,.1f} d" if seconds >= 2 * DAY_S else f"{seconds / 3600:.1f} h"


class Pace:
    """Time to go at the pace since the first look: what came before it was compiling."""

    def __init__(self) -> None:
        self.first: tuple[float, float] | None = None

    def left(self, fraction: float) -> str:
        """Time left at this share of the run, empty while nothing can be said."""
        now = time.monotonic()
        if self.first is None:
            self.first = now, fraction
        began, start = self.first
        return (
            f", {duration((now - began) * (1 - fraction) / (fraction - start))} left"
            if fraction > start
            else ""
        )


@contextmanager
def shown() -> Iterator[Progress]:
    """A function (fraction done, lots out, simulated time [s]) that shows how far the run is."""
    if sys.stderr.isatty():
        with _bar() as progress:
            yield progress
    else:
        yield _lines()


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[said]}"),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("preparing", total=None, said="(a first run compiles, for up to a minute)")
        pace = Pace()

        def progress(fraction: float, lots_out: int, simulated_s: float) -> None:
            said = f"{lots_out:,} lots out, {simulated(simulated_s)} simulated{pace.left(fraction)}"
            bar.update(task, description="running", total=1.0, completed=fraction, said=said)

        yield progress


def _lines() -> Progress:
    pace = Pace()
    last = math.inf

    def progress(fraction: float, lots_out: int, simulated_s: float) -> None:
        nonlocal last
        left, now = pace.left(fraction), time.monotonic()
        last = min(last, now)
        if now - last >= LINE_EVERY_S and fraction < 1:
            last = now
            say(f"{fraction:.0%}: {lots_out:,} lots out, {simulated(simulated_s)} simulated{left}", err=True)

    return progress
