"""Pictures of a Gantt and of an operating curve: they are there, coloured as said, and leave out what is not true."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

import twin
from twin.results.measures import STATES
from twin.scene import SceneUnavailable
from twin.scene.gantt import COLOURS


def shares_of_colours(file: Path, colours: list[str]) -> dict[str, float]:
    """Share of the picture that has a colour, almost."""
    with Image.open(file) as opened:
        pixels = np.asarray(opened.convert("RGB")).reshape(-1, 3).astype(float)
    return {
        colour: float((np.abs(pixels - 255 * np.array(to_rgb(colour))).max(axis=1) < 3).mean()) for colour in colours
    }


def test_every_state_has_a_colour_of_its_own() -> None:
    assert set(COLOURS) == set(STATES) and len(set(COLOURS.values())) == len(STATES)


@pytest.mark.parametrize("to", ["36 h", "25 d"])  # bar by bar, and shares of equal parts
def test_the_areas_of_a_gantt_are_the_times(tmp_path: Path, to: str) -> None:
    run = twin.simulate("fab/mini_fab", horizon="30 d", warmup="1 d", replications=1)
    found = twin.gantt(run, "implant", from_="1 d", to=to)
    assert twin.show(found, image=tmp_path / "gantt.png") == tmp_path / "gantt.png"
    ticks = found.ticks.sum(axis=0)
    used = [state for k, state in enumerate(STATES) if ticks[k] and state != "starved"]
    seen = shares_of_colours(tmp_path / "gantt.png", [COLOURS[state] for state in used])
    assert {"productive", "pm"} <= set(used)
    ratio = seen[COLOURS["pm"]] / seen[COLOURS["productive"]]
    # letters and the edges of bars take some of it
    assert ratio == pytest.approx(ticks[STATES.index("pm")] / ticks[STATES.index("productive")], rel=0.4)


def test_points_that_are_not_steady_are_not_drawn(tmp_path: Path) -> None:
    from twin.scene.curve import _line  # what a curve draws of its points

    found = twin.curve("learn/mm1", from_=0.9, to=1.4, points=3, horizon="5 d", replications=4)
    assert twin.show(found, image=tmp_path / "curve.png") == tmp_path / "curve.png"
    from matplotlib.figure import Figure

    axes = Figure().add_subplot()
    highest = _line(axes, found, [90, 100, 115, 140], [point.line["x_factor"] for point in found.points], "#2f6db3")
    drawn = np.asarray(axes.lines[0].get_ydata(), dtype=float)
    last = found.points[-1].line["x_factor"]
    assert np.isnan(drawn).tolist() == [False, False, False, True]
    assert last is not None and highest < last.mean


def test_a_curve_over_the_wip_is_two_charts(tmp_path: Path) -> None:
    found = twin.curve("fab/mini_fab", points=3, horizon="20 d", warmup="2 d", replications=2)
    twin.show(found, image=tmp_path / "wip.png")
    assert shares_of_colours(tmp_path / "wip.png", ["#2f8f77"])["#2f8f77"] > 0  # the best case


def test_they_are_no_windows() -> None:
    found = twin.curve("learn/mm1", points=2, horizon="2 h", warmup=0, replications=1)
    with pytest.raises(SceneUnavailable, match="an operating curve is a picture, not a window"):
        twin.show(found)
