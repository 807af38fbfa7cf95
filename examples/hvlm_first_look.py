"""A published fab for a year, beside its published figures.

python examples/hvlm_first_look.py

SMT2020 dataset 1, high volume and low mix: 1,043 tools in 105 toolgroups and a delay, 343 to 583 steps a lot.
Published: means of the testbed authors' own model over 730 days. Lots that were in the line at the start are
not counted, so a product released at a steady rate r completes r x (horizon - cycle time) lots.
"""

from __future__ import annotations

import twin
from twin.scene import SceneUnavailable

MODEL = "fab/smt2020_hvlm"
PUBLISHED_CYCLE_D = {"Lot_3": 51.21, "Lot_4": 28.38, "HotLot_3": 31.73, "HotLot_4": 18.46}
REGULAR = ("Lot_3", "Lot_4")


def main(horizon: str = "365 d", replications: int = 8, image: str = "hvlm_first_look.png") -> twin.Results:
    results = twin.simulate(MODEL, horizon=horizon, warmup="0 d", replications=replications)
    print(results)
    print(f"{'':10}{'completed':>12}{'published':>12}{'cycle [d]':>12}{'published':>12}")
    for name, published in PUBLISHED_CYCLE_D.items():
        figures = results.product_figures[name]
        completed, cycle = figures["completed"], figures["cycle_time"]
        told = "-" if cycle is None else f"{cycle.mean:.2f}"
        lots = 0.0 if completed is None else completed.mean
        print(f"{name:10}{lots:12,.0f}{expected(results, name):12,.0f}{told:>12}{published:12.2f}")
    try:
        twin.show(results, image=image)
    except SceneUnavailable as reason:
        print(reason)
    return results


def expected(results: twin.Results, product: str) -> float:
    """Lots that the published cycle time lets through: release rate x (horizon - cycle time)."""
    days = results.settings.horizon_s / 86_400
    rate = results.replications["released"].xs(product, level="product").mean() / days
    return float(rate * (days - PUBLISHED_CYCLE_D[product]))


def check(results: twin.Results) -> None:
    """The fab puts through what the published one does."""
    for name in REGULAR:
        completed = results.product_figures[name]["completed"]
        assert completed is not None
        ratio = completed.mean / expected(results, name)
        assert 0.95 < ratio < 1.05, f"{name}: {ratio:.3f} of the published output"


if __name__ == "__main__":
    check(main())
