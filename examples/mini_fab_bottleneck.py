"""Which toolgroup holds the mini-fab back, and what is a tool more worth there?

python examples/mini_fab_bottleneck.py
"""

from __future__ import annotations

from typing import NamedTuple

import twin
from twin.scene import SceneUnavailable

MODEL = "fab/mini_fab"


class Found(NamedTuple):
    """What was found.

    results: the mini-fab as it is
    gains:   lots a day gained by one tool more in each toolgroup, with the same luck   {toolgroup: [lot/d]}
    """

    results: twin.Results
    gains: dict[str, float]


def main(horizon: str = "365 d", replications: int = 8, image: str = "mini_fab_bottleneck.png") -> Found:
    line = twin.read(MODEL)
    results = twin.simulate(line, horizon=horizon, replications=replications)
    print(results)

    gains = {}
    for name, group in line.toolgroups.items():
        assert group.tools is not None
        more = twin.read(MODEL, set={f"toolgroups.{name}.tools": group.tools + 1})
        gains[name] = lots_a_day(twin.simulate(more, horizon=horizon, replications=replications))
        gains[name] -= lots_a_day(results)
        print(f"one tool more in {name:<10} {gains[name]:+6.2f} lots a day")

    try:
        twin.show(results, image=image)
    except SceneUnavailable as reason:
        print(reason)
    return Found(results, gains)


def lots_a_day(results: twin.Results) -> float:
    assert results.throughput is not None
    return results.throughput.mean


def check(found: Found) -> None:
    """A tool more helps most where the line is held back."""
    worth_most = max(found.gains, key=lambda name: found.gains[name])
    named = found.results.bottleneck
    assert named == worth_most, f"{named} is named, a tool is worth most in {worth_most}"
    assert found.gains[worth_most] > 0


if __name__ == "__main__":
    check(main())
