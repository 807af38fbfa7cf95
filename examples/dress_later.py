"""What does it save to dress welding electrodes later, and what does it let through?

python examples/dress_later.py

With every body the faces of the electrodes grow, the stepper answers with half of the current that it would take, and
the nuggets shrink, by a heat balance that runs inside the line. Dressing costs 20 s. One body in twenty is
checked; what is wrong with the others leaves the line. Told of the saloons, behind the second station.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import twin
from twin.results.figure import Figure, figure
from twin.scene import SceneUnavailable

MODEL = "auto/body_shop"
STATIONS = ("respot_1", "respot_2")
BASE, OTHERS = 60, (30, 120, 240)  # bodies from one dressing to the next


def main(horizon: str = "30 d", replications: int = 8, image: str = "dress_later.png") -> twin.Comparison:
    later = {f"every {n} bodies": {f"toolgroups.{at}.pm.0.every": f"{n} units" for at in STATIONS} for n in OTHERS}
    compared = twin.compare(MODEL, later, horizon=horizon, replications=replications)
    for bodies, results in by_interval(compared).items():
        jobs, rejected, small = told(results)
        print(f"dressed every {bodies:3} bodies: {jobs} jobs an hour", end="; ")
        print(f"rejected {rejected} of the bodies checked, left too small {small} of all welds")
    for name, differences in compared.of_line.items():
        gain = differences["throughput"].difference
        print(f"{name} instead of {BASE}: {gain.mean / 24:+.2f} ± {(gain.half or 0) / 24:.2f} jobs an hour")
    last, furthest = list(compared.scenarios.items())[-1]
    try:
        twin.show(twin.Comparison(compared.base, {last: furthest}, compared.changes), image=image)
    except SceneUnavailable as reason:
        print(reason)
    return compared


def by_interval(compared: twin.Comparison) -> dict[int, twin.Results]:
    """The runs by bodies from one dressing to the next, in order."""
    runs = dict(zip(OTHERS, compared.scenarios.values(), strict=True)) | {BASE: compared.base}
    return dict(sorted(runs.items()))


def told(results: twin.Results) -> tuple[Figure, Figure, Figure]:
    """Jobs an hour; saloons rejected of those checked behind respot_2 [%]; welds of theirs that left too small [%]."""
    jobs = figure(results.line_values["throughput"] / 24, "-")
    assert jobs is not None
    checked: Any = results.metrology["outside"]
    left: Any = results.characteristics["outside"]
    return jobs, percent(checked.loc["saloon", "weld_check_2"]), percent(left.loc["saloon", "nugget_2"])


def percent(of: Any) -> Figure:
    """A share of a table of results, as a figure in per cent."""
    return Figure(100 * of["mean"], 100 * of["low"], 100 * of["high"], "%")


def check(compared: twin.Comparison) -> None:
    """Every doubling lets more through, beyond doubt; what dressing costs is less than a job an hour."""
    jobs, rejected, small = zip(*map(told, by_interval(compared).values()), strict=True)
    for sooner, later in pairwise(small):
        assert (sooner.high or 0) < (later.low or 0)
    assert (rejected[0].high or 0) < (rejected[-1].low or 0)
    assert max(figure.mean for figure in jobs) - min(figure.mean for figure in jobs) < 1


if __name__ == "__main__":
    check(main())
