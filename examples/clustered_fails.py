"""Do the fails of a drifting tool lie in time as those of a real line do?

python examples/clustered_fails.py [folder with secom_labels.data]

Were a fail a coin's toss, the number of fails in blocks of n units would have the variance of a coin's. In SECOM, the
labels of 1,567 units of a real line, it has two to four times that. So has the line `learn/drift`, whose tool drifts
and wanders; and without that it has a coin's. The labels are the UCI repository's (id 179, CC BY 4.0), in
`secom_labels.data`; without them the line is told alone.
"""

from __future__ import annotations

import os
import sys
from math import sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import twin
from twin.results.units import channels
from twin.scene.chart import plain_axes
from twin.scene.page import ACCENT, GREY, INK, Page

MODEL = "learn/drift"
UNITS, BLOCKS = 1567, (25, 50, 100)
SHARE = 104 / UNITS  # that fail in SECOM


def main(
    labels: str = "", horizon: str = "60 d", replications: int = 32, image: str = "clustered_fails.png"
) -> dict[str, NDArray[np.float64]]:
    """Variance over a coin's by block, of each series: {line: (series, block)}."""
    line = twin.read(MODEL)
    steady = twin.read(MODEL, set={"toolgroups.cvd.condition": {}})
    found = {"a tool that drifts": of_line(line, horizon, replications)}
    found["the same, steady"] = of_line(steady, horizon, replications)
    print(f"{'variance of fails over a coin’s, blocks of':44}" + "".join(f"{block:>14}" for block in BLOCKS))
    for name, ratios in found.items():
        error = 2 * ratios.std(axis=0, ddof=1) / sqrt(len(ratios))
        told = (f"{mean:8.2f} ± {half:.2f}" for mean, half in zip(ratios.mean(axis=0), error, strict=True))
        print(f"{name + f', {len(ratios)} series of {UNITS} units':44}" + " ".join(f"{text:>13}" for text in told))
    real = secom(labels)
    if real is None:
        print("no secom_labels.data at hand: the real line is left out")
    else:
        found["SECOM"] = ratios_of(real[None, :])
        print(f"{'SECOM, one series':44}" + "".join(f"{ratio:14.2f}" for ratio in found["SECOM"][0]))
    draw(found, image)
    return found


def draw(found: dict[str, NDArray[np.float64]], image: str) -> None:
    """Ratios by block: means of the series with the middle 95 % of them, and the real line."""
    page = Page(1200, 720)
    page.text("Fails of a tool that drifts come in clusters", 60, 60, 30, bold=True)
    page.text("variance of the fails in a block over a coin’s; middle 95 % of the series", 60, 94, 18, GREY)
    axes = page.axes(90, 120, 900, 530)
    plain_axes(axes)
    for (name, ratios), colour in zip(found.items(), (INK, GREY, ACCENT), strict=False):
        mean = ratios.mean(axis=0)
        ends = np.abs(np.quantile(ratios, (0.025, 0.975), axis=0) - mean)
        axes.errorbar(BLOCKS, mean, yerr=ends, color=colour, marker="o", capsize=4)
        aside = (10, -12 if name == "SECOM" else 8)
        axes.annotate(name, (BLOCKS[-1], mean[-1]), aside, textcoords="offset points", color=colour, va="center")
    axes.set_ylim(bottom=0)
    axes.set_xticks(BLOCKS, [f"{block}" for block in BLOCKS])
    page.text("units in a block", 90, 700, 16, GREY)
    page.write(Path(image))


def of_line(line: twin.Line, horizon: str, replications: int) -> NDArray[np.float64]:
    """Ratios of a line of which as many units fail as in SECOM   (series, block)."""
    results = twin.simulate(line, horizon=horizon, replications=replications)
    (film,) = channels(results.names, results.totals)
    values, world = film.values[:, 0, 0], results.totals.lots[:, 0]
    fails = values > np.quantile(values, 1 - SHARE)
    pieces = [cut(fails[world == number]) for number in range(replications)]
    return ratios_of(np.concatenate(pieces))


def cut(fails: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Units in their order, in series as long as SECOM's   (unit,) -> (series, unit)."""
    return fails[: len(fails) // UNITS * UNITS].reshape(-1, UNITS)


def ratios_of(series: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Variance of the fails in blocks over a coin's   (series, unit) -> (series, block)."""
    share = series.mean(axis=1)
    ratios = []
    for block in BLOCKS:
        counts = series[:, : UNITS // block * block].reshape(len(series), -1, block).sum(axis=2)
        ratios.append(counts.var(axis=1) / (block * share * (1 - share)))
    return np.stack(ratios, axis=1)


def secom(folder: str) -> NDArray[np.bool_] | None:
    """Whether each unit of the real line failed, in their order; None where the file is not at hand."""
    places = [folder, str(Path(os.environ.get("TWIN_SHARED", "../shared")) / "data" / "secom_labels")]
    for place in filter(None, places):
        file = Path(place) / "secom_labels.data"
        if file.is_file():
            rows = [row.split() for row in file.read_text(encoding="utf-8").splitlines()]
            return np.array([row[0] == "1" for row in rows if row])
    return None


def check(found: dict[str, NDArray[np.float64]]) -> None:
    """A tool that drifts makes fails cluster, the longer the block the more; a steady one does not."""
    drifting, steady = (found[name].mean(axis=0) for name in ("a tool that drifts", "the same, steady"))
    assert (np.diff(drifting) > 0).all() and drifting[0] > 1.5
    assert (np.abs(steady - 1) < 0.1).all()
    if "SECOM" in found:
        scatter = found["a tool that drifts"].std(axis=0, ddof=1)
        assert (np.abs(found["SECOM"][0] - drifting) < 2 * scatter).all()


if __name__ == "__main__":
    check(main(sys.argv[1] if len(sys.argv) > 1 else ""))
