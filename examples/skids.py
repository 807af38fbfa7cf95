"""How many skids does a body shop need?

python examples/skids.py

Two saloons to one estate; a body is always ready, and starts when a skid is there for it. The skid carries it from the
underbody to the inspection and comes back empty in 4 min. What a line of so many skids makes at the most is what its
rounds without any waiting would; what it makes is less, for bodies wait for each other.
"""

from __future__ import annotations

from itertools import pairwise

import twin
from twin.results.figure import Figure, figure
from twin.scene import SceneUnavailable

MODEL = "auto/body_shop"
SKIDS = (12, 18, 30, 60, 90)


def main(horizon: str = "20 d", replications: int = 8, image: str = "skids.png") -> dict[int, twin.Results]:
    """The runs by their number of skids."""
    found = {}
    for count in SKIDS:
        found[count] = twin.simulate(on_skids(count), horizon=horizon, warmup="1 d", replications=replications)
        ran_out = found[count].carrier_figures["skid"]["ran_out"]
        print(
            f"{count:3} skids: {jobs(found[count])} jobs an hour, {most(count):.1f} without any waiting; "
            f"none free for {100 * ran_out.mean if ran_out else 0:.0f} % of the time"
        )
    for more, fewer in ((b, a) for a, b in pairwise(SKIDS)):
        gained = gain(found[more], found[fewer])
        print(f"{more} instead of {fewer}: {gained.mean:+.2f} ± {gained.half or 0:.2f} jobs an hour")
    try:
        twin.show(found[SKIDS[-1]], image=image)
    except SceneUnavailable as reason:
        print(reason)
    return found


def on_skids(count: int) -> twin.Line:
    """The body shop with so many skids for all models, instead of a number of bodies of each."""
    document = twin.read(MODEL).to_document()
    document["carriers"] = {"skid": {"count": count, "return": "4 min"}}
    document["mix"] = {"level": {"saloon": 2, "estate": 1}, "saturated": True}
    document["products"] = {
        name: words | {"release": "mix", "carrier": "skid"} for name, words in document["products"].items()
    }
    return twin.Line.from_document(document)


def jobs(results: twin.Results) -> Figure:
    """Jobs an hour that leave."""
    found = figure(results.line_values["throughput"] / 24, "-")
    assert found is not None
    return found


def most(count: int) -> float:
    """Jobs an hour that rounds without any waiting would make, or the bottleneck, if that is less."""
    return float(twin.capacity(on_skids(count)).products["rate"].sum()) / 24


def gain(more: twin.Results, fewer: twin.Results) -> Figure:
    """Jobs an hour gained, replication by replication: the runs share their luck."""
    found = figure((more.line_values["throughput"] - fewer.line_values["throughput"]) / 24, "-")
    assert found is not None
    return found


def check(found: dict[int, twin.Results]) -> None:
    """More skids help beyond doubt at first and less for a skid each time; none makes more than its rounds allow."""
    gains = [gain(found[more], found[fewer]) for fewer, more in pairwise(SKIDS)]
    assert all((gained.low or 0) > 0 for gained in gains[:2])
    a_skid = [gained.mean / (more - fewer) for gained, (fewer, more) in zip(gains, pairwise(SKIDS), strict=True)]
    assert a_skid[0] > a_skid[1] > a_skid[2] > a_skid[3]
    assert all(jobs(results).mean <= most(count) for count, results in found.items())


if __name__ == "__main__":
    check(main())
