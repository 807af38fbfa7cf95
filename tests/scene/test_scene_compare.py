"""Pictures of comparisons: words, places that stay where they are, charts, and pages that hold what they promise."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scene_lines import line_of

import twin
from twin.line import Line, read
from twin.results import Comparison
from twin.results.recovery import Recovery
from twin.scene import SceneUnavailable, opengl
from twin.scene import compare as pages
from twin.scene import compare_words as words
from twin.scene.chart import COLOURS, SHADE, Change, Chart, Curve, chart_of_comparison, chart_of_results, height
from twin.scene.document import scene_of
from twin.scene.fitting import fit_scene, line_drawn, plans_of
from twin.scene.page import Page
from twin.study.compare import simulate_over_time

DAY = 86_400.0
SHORT = {"horizon": "10 d", "warmup": "1 d", "replications": 4}
ACCENT = np.array([217, 18, 107])


@pytest.fixture
def blind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without OpenGL."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))
    monkeypatch.setattr(opengl, "_probe", lambda: False)


@pytest.fixture(scope="session")
def lasting() -> Comparison:
    """The oven line with four what-ifs, one of them without effect."""
    what_ifs = {
        "third press": "toolgroups.press.tools=3",
        "second oven": "toolgroups.oven.tools=2",
        "a label": "toolgroups.press.area=hall",
        "fourth": "toolgroups.press.tools=4",
    }
    return twin.compare("learn/oven", what_ifs, **SHORT)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def passing() -> Comparison:
    """The oven line on a bad day."""
    what_if = {"press down": {"toolgroups.press.tools": "1 from 4 d to 5 d"}}
    return twin.compare("learn/oven", what_if, **SHORT)  # type: ignore[arg-type]


def pixels(file: Path) -> np.ndarray:
    """(row, column, 3), row 0 at the upper edge."""
    from PIL import Image

    with Image.open(file) as image:
        return np.asarray(image.convert("RGB")).astype(float)


def near(seen: np.ndarray, colour: np.ndarray, by: float = 14.0) -> int:
    """Pixels about this colour."""
    return int((np.abs(seen - colour).max(axis=2) < by).sum())


def test_the_base_tells_its_figures(lasting: Comparison) -> None:
    said = words.of_base(lasting)
    assert [one.label for one in said] == ["Throughput", "Cycle time", "WIP", "On time", "Bottleneck"]
    assert said[0].text.endswith("lot/h") and "±" in said[0].text
    assert said[-1].text.startswith("oven, 9") and said[-1].tone == "bottleneck"


def test_a_scenario_tells_its_differences(lasting: Comparison) -> None:
    said = {one.label: one for one in words.of_scenario(lasting, "second oven")}
    cycle = said["Cycle time"]
    assert cycle.tone == "better" and cycle.text.endswith(", better")
    assert cycle.text.startswith("−") and "±" in cycle.text and "%)" in cycle.text
    assert " points, " in said["On time"].text and "%" not in said["On time"].text, "shares differ by points"
    assert said["Bottleneck"].text.startswith("still oven, ")
    unlike = words.of_scenario(lasting, "a label")
    assert {one.text for one in unlike[:-1]} == {"the same in every replication"}
    assert {one.tone for one in unlike[:-1]} == {"faint"}


def test_the_yield_of_products_with_dies_is_told() -> None:
    faster = {"faster litho": {"routes.Pa.S3.time": "20 min", "routes.Pb.S3.time": "20 min"}}
    found = twin.compare("fab/mini_fab", faster, horizon="60 d", warmup="5 d", replications=4)
    labels = ["Throughput", "Cycle time", "WIP", "Yield Pa", "Yield Pb", "Bottleneck"]
    base, said = words.of_base(found), words.of_scenario(found, "faster litho")
    assert [one.label for one in base] == [one.label for one in said] == labels
    figure = found.base.product_figures["Pa"]["yield"]
    assert figure is not None and base[3].text.startswith(f"{100 * figure.mean:.1f}"[:4])
    assert " points, " in said[3].text


def test_scenarios_left_out_are_counted(lasting: Comparison) -> None:
    assert words.asked(lasting, list(lasting.scenarios)[:3]).endswith(" · 1 more scenario not shown")
    assert "not shown" not in words.asked(lasting, list(lasting.scenarios))
    single = twin.compare("learn/oven", {"x": "toolgroups.press.tools=3"}, horizon="8 d", replications=1)
    assert "one replication, so no intervals" in words.asked(single, ["x"])


def test_tools_stand_where_they_stood() -> None:
    line = line_of({f"op_{i}": {"tools": 1 + i % 3, "buffer": 4} for i in range(6)})
    document = line.to_document()
    document["toolgroups"]["op_2"]["tools"] = 5
    document["toolgroups"]["op_4"]["tools"] = 1
    other = Line.from_document(document)
    (here, there), _ = plans_of([line, other], line)
    assert here.floor == there.floor
    for g, group in enumerate(line.toolgroups):
        both = min(line.toolgroups[group].tools or 0, other.toolgroups[group].tools or 0)
        first, second = here.centre[here.group == g], there.centre[there.group == g]
        assert (first[:both] == second[:both]).all()
        assert len(second) == other.toolgroups[group].tools
        assert there.groups[g].tools == other.toolgroups[group].tools


def test_lines_with_other_toolgroups_have_floors_of_their_own() -> None:
    one, two = line_of({"a": {"tools": 2}, "b": {"tools": 1}}), line_of({"a": {"tools": 2}, "c": {"tools": 3}})
    plans, _ = plans_of([one, two], one)
    assert [len(plan.group) for plan in plans] == [3, 5]


def test_a_scene_that_gives_places_finds_one_for_a_new_tool() -> None:
    line = read("fab/mini_fab", set={"toolgroups.diffusion.tools": 4, "toolgroups.implant.tools": 1})
    scene = scene_of(read("fab/mini_fab"))
    fitted = fit_scene(scene, line)
    given, found = scene.toolgroups["diffusion"].at_m, fitted.toolgroups["diffusion"].at_m
    assert given is not None and found is not None
    assert found[:2] == given and len(found) == 4
    assert len(fitted.toolgroups["implant"].at_m or ()) == 1
    (plan,), _ = plans_of([line], read("fab/mini_fab"))
    corners = plan.footprints()
    low, high = corners.min(axis=1), corners.max(axis=1)
    for i in range(len(low)):
        for j in range(i):
            apart = (low[i] >= high[j]) | (low[j] >= high[i])
            assert apart.any(), f"tools {i} and {j} stand in each other"


def test_tools_that_come_for_a_time_are_drawn(passing: Comparison) -> None:
    more = twin.compare("learn/oven", {"x": {"toolgroups.oven.tools": "3 from 4 d to 5 d"}}, **SHORT)  # type: ignore[arg-type]
    assert line_drawn(more.scenarios["x"]).toolgroups["oven"].tools == 3
    assert more.scenarios["x"].line.toolgroups["oven"].tools == 1
    assert line_drawn(passing.base) == passing.base.line


def test_the_chart_shows_the_change_and_the_return(passing: Comparison) -> None:
    chart = chart_of_comparison(passing, ["press down"])
    assert chart is not None
    assert [curve.name for curve in chart.curves] == ["base", "press down"]
    assert chart.changes == (Change("toolgroups.press.tools=1 from 4 d to 5 d", 4 * DAY, 5 * DAY, COLOURS[0]),)
    first, last = chart.window
    back = passing.recoveries["press down"]
    assert back is not None
    assert first < 4 * DAY and last > 5 * DAY and first >= 0 and last <= 10 * DAY
    if back.back_s is not None:
        assert last > back.back_s


def test_a_line_that_does_not_come_back_is_shown_to_the_end(lasting: Comparison) -> None:
    times = DAY * np.arange(11.0)
    curve = Curve("base", "#000000", times, np.ones((2, 11)))
    assert Chart((curve,), ()).window == (0.0, 10 * DAY)
    assert chart_of_comparison(lasting, ["third press"]) is None
    assert chart_of_results(lasting.base) is None


def test_the_chart_keeps_to_the_changes_where_a_line_did_not_come_back() -> None:
    times = DAY * np.arange(101.0)
    wip = np.ones((2, 101))

    def curve(begins: float, ends: float | None, back: float | None, left: bool = True) -> Curve:
        told = [None if day is None else day * DAY for day in (ends, back)]
        return Curve("x", "#000000", times, wip, Recovery(begins * DAY, told[0], DAY, True, left, told[1]))

    first, last = Chart((curve(40, 44, 50), curve(42, 44, None)), ()).window
    assert 30 * DAY <= first < 40 * DAY and 50 * DAY < last < 60 * DAY
    assert Chart((curve(40, 44, None),), ()).window[1] < 70 * DAY, "three lengths of the change, and some more"
    assert Chart((curve(40, 44, None, left=False),), ()).window[1] < 52 * DAY
    assert Chart((curve(40, None, None), curve(40, 44, 45)), ()).window[1] == 100 * DAY


def test_each_scenario_has_a_tint_of_its_own_and_room_for_its_words() -> None:
    what_ifs = {
        "press down": "toolgroups.press.tools=1 from 4 d to 5 d",
        "a second oven" + ", and more" * 9: ["toolgroups.press.tools=1 from 4 d to 5 d", "toolgroups.oven.tools=2"],
        "oven": "toolgroups.oven.tools=2 from 6 d to 7 d",
    }
    found = twin.compare("learn/oven", what_ifs, **SHORT)  # type: ignore[arg-type]
    chart = chart_of_comparison(found, list(what_ifs))
    assert chart is not None
    colours = [change.colour for change in chart.changes]
    assert colours == [SHADE, COLOURS[2]], "what two of them have is shaded as nobody's own"
    one = chart_of_comparison(found, ["oven"])
    assert one is not None and height(chart) > height(one)


def test_words_are_cut_to_their_room() -> None:
    page = Page(800, 200)
    text = "a line of words that is far too long for the room that there is for it on this page"
    for room in (40.0, 133.0, 300.0):
        assert page.width(page.shorten(text, 18, room), 18) <= room
    assert page.shorten("short", 18, 300) == "short"
    lines = page.wrap(text, 18, 200, 3)
    assert len(lines) == 3 and all(page.width(line, 18) <= 200 for line in lines) and lines[-1].endswith("…")
    assert page.wrap("few words", 18, 500, 2) == ["few words"]
    assert page.wrap("", 18, 500, 2) == []


def test_dollars_and_underscores_are_letters(tmp_path: Path) -> None:
    page = Page(300, 60)
    page.text(r"$x_1$ costs 5$ \frac", 10, 30, 18)
    page.write(tmp_path / "new" / "page.png")
    assert near(pixels(tmp_path / "new" / "page.png"), np.array([26, 33, 46]), 60) > 50


@pytest.mark.usefixtures("gl")
@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_base_and_scenarios_stand_side_by_side(lasting: Comparison, tmp_path: Path, count: int) -> None:
    names = list(lasting.scenarios)[:count]
    some = Comparison(lasting.base, {name: lasting.scenarios[name] for name in names}, lasting.changes)
    drawn = pages.show_comparison(some, tmp_path / "page.png")
    more = " (the first 3 of 4 scenarios)" if count == 4 else ""
    assert drawn.told == f"Picture in {tmp_path / 'page.png'}{more}"
    seen = pixels(drawn.target)
    assert seen.shape[1] == 2400
    panels = 1 + min(count, 3)
    columns = panels if panels < 4 else 2
    for column in range(columns):  # the bottleneck is framed in every panel
        part = seen[:, 2400 * column // columns : 2400 * (column + 1) // columns]
        assert near(part, ACCENT) > 500


@pytest.mark.usefixtures("gl")
def test_a_change_for_a_time_adds_the_chart(passing: Comparison, tmp_path: Path) -> None:
    with_chart = pages.show_comparison(passing, tmp_path / "with.png")
    shade, line = np.array([228, 236, 245]), np.array([47, 109, 179])
    seen = pixels(with_chart.target)
    assert near(seen[-500:], shade, 10) > 5000, "the change is shaded"
    assert near(seen[-500:], line, 20) > 500, "the scenario's line"
    passing.save(tmp_path / "saved")
    again = pages.show_saved(tmp_path / "saved", tmp_path / "again.jpg")
    assert again is not None and pixels(again.target).shape == seen.shape
    assert twin.show(passing, image=tmp_path / "shown.png") == tmp_path / "shown.png"


@pytest.mark.usefixtures("gl")
def test_a_run_over_time_is_a_picture_and_a_chart(tmp_path: Path) -> None:
    line = read("learn/oven", set={"toolgroups.oven.tools": "2 from 4 d to 5 d"})
    results = simulate_over_time(line, **SHORT)  # type: ignore[arg-type]
    drawn = pages.show_over_time(results, tmp_path / "run.png")
    seen = pixels(drawn.target)
    assert seen.shape[0] > 1350 + 400
    assert near(seen[:1350], ACCENT) > 500
    results.save(tmp_path / "run")
    assert twin.show(tmp_path / "run", image=tmp_path / "shown.png") == tmp_path / "shown.png"
    assert pixels(tmp_path / "shown.png").shape == seen.shape
    plain = twin.simulate("learn/oven", **SHORT)  # type: ignore[arg-type]
    plain.save(tmp_path / "plain")
    assert pages.show_saved(tmp_path / "plain", tmp_path / "x.png") is None


@pytest.mark.usefixtures("blind")
def test_without_opengl_the_chart_stands_alone(passing: Comparison, lasting: Comparison, tmp_path: Path) -> None:
    drawn = pages.show_comparison(passing, tmp_path / "page.png")
    assert "OpenGL is missing" in drawn.told and "The chart of WIP over time alone is in" in drawn.told
    assert pixels(drawn.target).shape[0] < 900
    with pytest.raises(SceneUnavailable, match="OpenGL is missing"):
        pages.show_comparison(lasting, tmp_path / "none.png")
    assert not (tmp_path / "none.png").exists()


def test_a_comparison_has_no_window(lasting: Comparison) -> None:
    with pytest.raises(SceneUnavailable, match="a comparison is a picture, not a window"):
        twin.show(lasting)


def test_pages_keep_no_state_of_matplotlib(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from twin.scene.page import Page\n"
        "import twin.scene\n"
        "assert 'matplotlib' not in sys.modules, 'loaded before it is needed'\n"
        "from pathlib import Path\n"
        f"page = Page(200, 100); page.text('x', 10, 50, 20); page.write(Path({str(tmp_path / 'p.png')!r}))\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
