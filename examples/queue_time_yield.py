"""How much WIP makes the most good dies, where a lot that waits loses yield?

python examples/queue_time_yield.py

More lots in the mini-fab keep litho busier, and wait longer: in front of the furnaces and of litho every hour puts
killer defects on them. Its buffers are opened for it, or it would lock up with 27 lots. Output climbs to what litho
can do; good dies climb, turn, and fall.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import twin
from twin.results.figure import Figure, figure
from twin.scene.chart import plain_axes
from twin.scene.page import ACCENT, GREY, INK, Page

MODEL = "fab/mini_fab"
LOTS = ((4, 3), (8, 5), (11, 7), (15, 10), (24, 16), (36, 24), (60, 40))  # of Pa and Pb in the line, with one of TW
OPEN = {f"toolgroups.{name}.buffer": 100 for name in ("diffusion", "implant", "litho")}
Found = dict[int, dict[str, NDArray[np.float64]]]


def main(horizon: str = "180 d", replications: int = 8, image: str = "queue_time_yield.png") -> Found:
    """By WIP, one value a replication: {lots: {dies, good: [1000 a week], yield: [share]}}."""
    found: Found = {}
    for pa, pb in LOTS:
        line = twin.read(MODEL, set={"products.Pa.release.wip": pa, "products.Pb.release.wip": pb} | OPEN)
        found[pa + pb + 1] = weekly(twin.simulate(line, horizon=horizon, replications=replications))
    for lots, of in found.items():
        print(f"{lots:3} lots: {told(of['dies'])} thousand dies a week, {told(of['good'])} good", end="")
        print(f", yield {told(100 * of['yield'])} %")
    best = most(found)
    print(f"{best} lots make the most good dies; {paired(found, best)} thousand a week more than {max(found)} do")
    draw(found, image)
    return found


def weekly(results: twin.Results) -> dict[str, NDArray[np.float64]]:
    """Dies and good dies a week [1000], and the share of them that is good   (replication,) each."""
    values, line = results.product_values, results.line
    dies, good = np.zeros(results.settings.replications), np.zeros(results.settings.replications)
    for k, product in enumerate(line.products.values()):
        if product.die is not None:
            made = 7 * values["throughput"][:, k] * product.lot_size * len(product.die.places.x) / 1000
            dies += made
            good += made * values["yield"][:, k]
    return {"dies": dies, "good": good, "yield": good / dies}


def told(values: NDArray[np.float64]) -> Figure:
    found = figure(values, "-")
    assert found is not None
    return found


def most(found: Found) -> int:
    """The WIP that makes the most good dies."""
    return max(found, key=lambda lots: found[lots]["good"].mean())


def paired(found: Found, lots: int) -> Figure:
    """Good dies a week [1000] more than with the most lots: runs share their luck, so compare them in pairs."""
    return told(found[lots]["good"] - found[max(found)]["good"])


def draw(found: Found, image: str) -> None:
    """Dies and good dies a week against WIP, with their intervals."""
    page = Page(1200, 720)
    page.text("Mini-fab: more lots, more waiting, less yield", 60, 60, 30, bold=True)
    page.text("thousand dies a week against lots in the line; 95 % intervals", 60, 94, 18, GREY)
    axes = page.axes(90, 120, 1060, 530)
    plain_axes(axes)
    for name, colour, words in (("dies", INK, "made"), ("good", ACCENT, "good")):
        figures = [told(of[name]) for of in found.values()]
        mean, half = [of.mean for of in figures], [of.half or 0 for of in figures]
        axes.errorbar(list(found), mean, yerr=half, color=colour, marker="o", capsize=4, lw=2.0)
        axes.annotate(words, (max(found), mean[-1]), (8, 0), textcoords="offset points", color=colour, va="center")
    axes.set_xlim(0, max(found) + 5)
    page.text("lots in the line", 90, 700, 16, GREY)
    page.write(Path(image))


def check(found: Found) -> None:
    """Waiting costs yield at every step; the most good dies are made neither with the fewest nor the most lots."""
    assert all(found[more]["yield"].mean() < found[less]["yield"].mean() for less, more in pairwise(found))
    assert min(found) < most(found) < max(found)


if __name__ == "__main__":
    check(main())
