"""The operating curve: one batch of worlds with the line at several release rates, on the same random numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from twin.engine import RunError
from twin.line import Line, LineError, read
from twin.line.mix import kind_of
from twin.line.units import seconds
from twin.results import Results
from twin.results.curve import Bounds, Curve, Point, Varied
from twin.results.measures import ratio
from twin.study.batch import MAX_WIP
from twin.study.capacity import capacity
from twin.study.faults import span
from twin.study.growth import factor, scaled
from twin.study.running import Progress
from twin.study.simulate import simulate_together

POINTS, MOST_POINTS = 8, 64
RANGE: dict[Varied, tuple[float, float]] = {"releases": (0.70, 1.05), "wip": (0.20, 1.20)}
"""From where to where, unless asked for otherwise."""
DIGITS = 6
"""Of a factor after the point: 85 % is 0.85, however it was reached."""


def curve(
    line: Line | str, *, from_: str | float | None = None, to: str | float | None = None, points: int = POINTS,
    horizon: str | float | None = None, warmup: str | float | None = None, replications: int | None = None,
    seed: int | None = None, device: str = "auto", threads: int | None = None, max_wip: int = MAX_WIP,
    progress: Progress | None = None,
) -> Curve:  # fmt: skip
    """Run a line at several release rates and tell X-factor, cycle time, WIP and output of each.

    line:      a Line, or the name or path of a document; where every product keeps a constant WIP, that is varied
    from_, to: factors on the present releases or WIP, 0.7 or "70 %"; left out: 70 to 105 %, of a WIP 20 to 120 %
    points:    how many, evenly from the one to the other; the present is added where it lies between
    others:    as of `simulate`

    raises LineError for a line that has nothing to vary, and RunError, which names the point, where one cannot go on
    """
    if isinstance(line, str):
        line = read(line)
    varied = _varied(line)
    factors = _factors(line, varied, from_, to, points)
    lines = {at: scaled(line, at) if at != 1.0 else line for at in factors}
    told = {f"at {100 * at:.6g} % of the {'releases' if varied == 'releases' else 'WIP'}": at for at in factors}
    _refuse_short_schedules(lines, line.run.horizon if horizon is None else horizon)
    try:
        found = simulate_together(
            {name: lines[at] for name, at in told.items()}, horizon=horizon, warmup=warmup, replications=replications,
            seed=seed, device=device, threads=threads, max_wip=max_wip, progress=progress,
        )  # fmt: skip
    except RunError as error:
        raise RunError(f"{error}; or draw the curve without this point (--from, --to)") from None
    runs = {told[name]: results for name, results in found.items()}
    return Curve(
        model=line.line, varied=varied, points=tuple(_point(at, lines[at], runs[at], varied) for at in factors),
        bounds=_bounds(line, runs.get(1.0, runs[factors[-1]])) if varied == "wip" else None,
    )  # fmt: skip


def _varied(line: Line) -> Varied:
    """What a curve of this line varies.

    raises LineError
    """
    if line.transients:
        raise LineError(
            f"{line.line}: has changes for a time, and an operating curve is of a line that stays as it is; leave "
            "`transients` out of the document"
        )
    kinds = {name: kind_of(line, product) for name, product in line.products.items()}
    saturated = [name for name, kind in kinds.items() if kind == "saturated"]
    if saturated:
        raise LineError(
            f"{', '.join(saturated)}: a lot is always ready (`release: saturated`), so there is nothing to vary; write "
            "a release rate, such as {every: 1 h}, or a constant WIP, {wip: 20}"
        )
    pulled = [name for name, kind in kinds.items() if kind == "wip"]
    if pulled and len(pulled) < len(kinds):
        pushed = next(name for name in kinds if name not in pulled)
        raise LineError(
            f"{', '.join(pulled)}: kept at a constant WIP, while {pushed} is released at a rate; a curve varies the "
            "one or the other: release all products in one way"
        )
    return "wip" if pulled else "releases"


def _factors(line: Line, varied: Varied, from_: Any, to: Any, points: int) -> list[float]:
    """The factors, ascending, the present among them where it lies between; none that leads to the same WIP twice.

    raises LineError
    """
    low, high = RANGE[varied]
    low = low if from_ is None else factor(from_, "from")
    high = high if to is None else factor(to, "to")
    if not low < high:
        raise LineError(f"from {100 * low:g} % to {100 * high:g} %: write a lower and a higher factor")
    if not 2 <= points <= MOST_POINTS:
        raise LineError(f"points {points}: write a whole number from 2 to {MOST_POINTS}")
    found = {round(float(at), DIGITS) for at in np.linspace(low, high, points)}
    if low <= 1.0 <= high:
        found.add(1.0)
    chosen: dict[Any, float] = {}
    for at in sorted(found, key=lambda at: (at != 1.0, at)):  # the present goes before what comes to the same
        there = scaled(line, at)
        lots = (there.mix and there.mix.wip, *(product.release.wip for product in there.products.values()))
        chosen.setdefault(lots if varied == "wip" else at, at)
    return sorted(chosen.values())


def _refuse_short_schedules(lines: dict[float, Line], horizon: str | float) -> None:
    """Refuse a schedule that, drawn together, ends before the run does.

    raises LineError
    """
    try:
        horizon_s = seconds(horizon) if isinstance(horizon, str) else float(horizon)
    except ValueError as fault:
        raise LineError(f"horizon: {fault}") from None
    for at, line in lines.items():
        for name, product in line.products.items():
            last = max((start.time for start in product.release.schedule), default=math.inf)
            if last < horizon_s and at > 1.0:
                raise LineError(
                    f"{name}: at {100 * at:.6g} % its schedule ends at {span(last)}, before the run does at "
                    f"{span(horizon_s)}; ask for a shorter --horizon or a lower --to"
                )


def _point(at: float, line: Line, results: Results, varied: Varied) -> Point:
    """A point, with what is offered to its most loaded toolgroup."""
    if varied == "wip":
        return Point(at, results, math.nan)
    found = capacity(line)
    loads = found.toolgroups["of_available"].dropna()
    return Point(at, results, float(loads.max()) if len(loads) else math.nan, found.bottleneck)


def _bounds(line: Line, results: Results) -> Bounds | None:
    """Bounds on a line of constant WIP, its raw process time that of the lots that came out; None where none did."""
    rate = float(capacity(line).products["rate"].sum())
    completed = results.totals.product[:, :, 2].sum(axis=0)
    raw = float(ratio(np.array([completed @ results.names.raw_ticks]), np.array([completed.sum()]))[0])
    raw_d = raw * results.names.tick_s / 86_400.0
    return Bounds(rate, raw_d) if rate > 0 and math.isfinite(raw_d) and raw_d > 0 else None
