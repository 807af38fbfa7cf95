"""What do tighter film limits cost a paint shop: first-time-through against output?

python examples/paint_rework.py

The film scatters by the physics of two coats; the inspection sends a body whose film is outside the limits back to the
base coat, at most twice. Every body that comes back takes the place of a new one in both booths and in the oven.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import twin
from twin.results.figure import Figure, figure
from twin.scene import SceneUnavailable

MODEL = "auto/paint_shop"
TARGET = 60  # um, base and clear coat
BASE, OTHERS = 10, (8, 6, 4)  # limits, per cent to either side


def main(horizon: str = "20 d", replications: int = 8, image: str = "paint_rework.png") -> twin.Comparison:
    tighter = {f"±{percent} %": {"characteristics.topcoat.limits": limits(percent)} for percent in OTHERS}
    compared = twin.compare(MODEL, tighter, horizon=horizon, replications=replications)
    for percent, results in by_limits(compared).items():
        first_time, jobs = told(results)
        print(f"film ±{percent:2} %: {first_time} good the first time, {jobs} jobs an hour")
    for name, differences in compared.of_line.items():
        loss = differences["throughput"].difference
        print(f"{name} instead of ±{BASE} %: {loss.mean / 24:+.2f} ± {(loss.half or 0) / 24:.2f} jobs an hour")
    last, furthest = list(compared.scenarios.items())[-1]
    try:
        twin.show(twin.Comparison(compared.base, {last: furthest}, compared.changes), image=image)
    except SceneUnavailable as reason:
        print(reason)
    return compared


def limits(percent: float) -> list[str]:
    return [f"{TARGET * (1 - percent / 100):g} um", f"{TARGET * (1 + percent / 100):g} um"]


def by_limits(compared: twin.Comparison) -> dict[int, twin.Results]:
    """The runs by their limits, the widest first."""
    return {BASE: compared.base} | dict(zip(OTHERS, compared.scenarios.values(), strict=True))


def told(results: twin.Results) -> tuple[Figure, Figure]:
    """Inspections of white bodies, two fifths of all, that find the film good [%]; jobs an hour that leave."""
    table: Any = results.metrology["outside"]
    outside = table.loc["white", "inspection"]
    good, low, high = (100 * (1 - outside[key]) for key in ("mean", "high", "low"))
    jobs = figure(results.line_values["throughput"] / 24, "-")
    assert jobs is not None
    return Figure(good, low, high, "%"), jobs


def check(compared: twin.Comparison) -> None:
    """Each step tighter costs first-time-through, and from 6 % on output beyond doubt, more with every step."""
    good = [told(results)[0] for results in by_limits(compared).values()]
    assert all((then.high or 0) < (first.low or 0) for first, then in pairwise(good))
    lost = [differences["throughput"].difference for differences in compared.of_line.values()]
    assert all((loss.high or 0) < 0 for loss in lost[1:])
    assert lost[0].mean > lost[1].mean > lost[2].mean


if __name__ == "__main__":
    check(main())
