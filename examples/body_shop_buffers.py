"""What do more places between the zones of a body shop buy?

python examples/body_shop_buffers.py
"""

from __future__ import annotations

from itertools import pairwise
from math import sqrt

import numpy as np

import twin
from twin.scene import SceneUnavailable

MODEL = "auto/body_shop"
ZONES = ("respot_1", "roof_braze", "doors")  # each the first station of a zone, behind the buffer
PLACES = (1, 4, 16, 64)


def main(
    horizon: str = "30 d", replications: int = 8, image: str = "body_shop_buffers.png"
) -> dict[int, np.ndarray]:
    """Bodies an hour by places in front of each zone, one value a replication: {places: (replication,)}."""
    found: dict[int, np.ndarray] = {}
    for places in PLACES:
        line = twin.read(MODEL, set={f"toolgroups.{zone}.buffer": places for zone in ZONES})
        results = twin.simulate(line, horizon=horizon, replications=replications)
        hours = results.totals.span_ticks * results.totals.tick_s / 3600
        out = results.replications["out"].groupby("replication").sum()
        found[places] = out.to_numpy() / hours
        gain, half = paired(found[places], found[PLACES[0]])
        print(
            f"{places:3} places a zone: {found[places].mean():5.2f} bodies an hour, "
            f"{gain:+5.2f} ± {half:.2f} against {PLACES[0]}; held back by {results.bottleneck}"
        )
    try:
        twin.show(results, image=image)
    except SceneUnavailable as reason:
        print(reason)
    return found


def paired(one: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """Mean difference and two standard errors of it: scenarios share their luck, so compare them in pairs."""
    difference = one - other
    return float(difference.mean()), float(2 * difference.std(ddof=1) / sqrt(difference.size))


def check(found: dict[int, np.ndarray]) -> None:
    """More places help, each time less for a place than before."""
    gains = [paired(found[more], found[less]) for less, more in pairwise(PLACES)]
    assert gains[0][0] > gains[0][1] > 0, "the first places must help beyond doubt"
    a_place = [gain / (more - less) for (gain, _), (less, more) in zip(gains, pairwise(PLACES), strict=True)]
    assert all(first > then for first, then in pairwise(a_place))


if __name__ == "__main__":
    check(main())
