"""Floor plans: every tool placed once, none on top of another, labels apart. No graphics."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scene_lines import fab, flow, line_of, picture, planned

from twin.line import Line, read
from twin.scene import Scene
from twin.scene.aim import bottleneck_of, camera
from twin.scene.document import scene_of
from twin.scene.families import FAMILIES, family_of
from twin.scene.ground import seen_rects, tool_corners
from twin.scene.layout import angles_of, kind_of, plan_of
from twin.scene.layout_fab import plan_fab
from twin.scene.layout_line import plan_line
from twin.scene.panel import Panel
from twin.scene.plan import Group, Plan, Rect, overlap
from twin.scene.signs import Placed, layout_signs
from twin.scene.towers import MOST_BLOCKS, Towers
from twin.scene.view import View

SIZE = (1920, 1080)

LINES = {
    "one tool": lambda: line_of({"oven": {"tools": 1}}),
    "60 stations": lambda: flow(60),
    "200 stations": lambda: flow(200),
    "many parallel tools": lambda: line_of({"mill": {"tools": 37}, "bore": {"tools": 6}}),
    "5-area fab": lambda: fab(30, 5, 12),
    "one area": lambda: fab(20, 1, 9),
    "1,500 tools": lambda: fab(100, 12, 29),
    "mini-fab": lambda: read("fab/mini_fab"),
    "body shop": lambda: read("auto/body_shop"),
    "paint shop": lambda: read("auto/paint_shop"),
    "SMT2020": lambda: read("fab/smt2020_hvlm"),
}


@pytest.fixture(params=LINES, scope="module")
def line(request: pytest.FixtureRequest) -> Line:
    made: Line = LINES[request.param]()
    return made


def boxes(plan: Plan) -> np.ndarray:
    """x0, y0, x1, y1 around each footprint [m].   (tool, 4)"""
    corners = plan.footprints()
    return np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)


def check(plan: Plan) -> None:
    """What every plan must keep."""
    counts = np.bincount(plan.group, minlength=len(plan.groups))
    assert counts.tolist() == [group.tools for group in plan.groups]
    assert (np.diff(plan.group) >= 0).all(), "tools are numbered toolgroup by toolgroup"
    assert np.isfinite(plan.centre).all()
    x0, y0, x1, y1 = boxes(plan).T
    assert (x0 > plan.floor[0]).all() and (y0 > plan.floor[1]).all()
    assert (x1 < plan.floor[2]).all() and (y1 < plan.floor[3]).all()
    eps = 1e-9
    across = (x0[:, None] < x1[None] - eps) & (x0[None] < x1[:, None] - eps)
    along = (y0[:, None] < y1[None] - eps) & (y0[None] < y1[:, None] - eps)
    both = across & along
    np.fill_diagonal(both, False)
    assert not both.any(), f"tools {np.argwhere(both)[0]} stand on one another"
    there = [i for i, group in enumerate(plan.groups) if group.tools]
    assert np.isfinite(plan.wip_at[there]).all()


def test_every_tool_has_a_place_of_its_own(line: Line) -> None:
    check(plan_of(line, Scene()))
    check(plan_of(line, scene_of(line)))


def labelled(line: Line, bottleneck: str | None = None) -> tuple[Plan, View, list[Placed], Rect]:
    """A line's plan and camera, its labels in place, and the panel."""
    scene = scene_of(line)
    plan, shown = plan_of(line, scene), picture(line)
    if bottleneck:
        shown = replace(shown, bottleneck=bottleneck)
    towers, marked = Towers(plan, shown), bottleneck_of(plan, shown)
    view = camera(plan, shown, towers, SIZE, angles_of(plan, scene), marked)
    panel = Panel(plan, shown, towers, (0.2, 1.0), SIZE).rect
    assert panel is not None
    return plan, view, layout_signs(plan, shown, towers, view, marked, panel), panel


def hidden(plan: Plan, view: View, rect: Rect, but: str = "") -> float:
    """The largest share of a label over a piece of a tool that is not of toolgroup `but`, as seen [0-1]."""
    cuts = 6  # both ways: the box of a whole tool seen aslant is empty at its corners
    others = np.array([plan.groups[g].name != but for g in np.tile(plan.group, cuts * cuts)])
    seen = seen_rects(view, tool_corners(plan, cuts)[others])
    across = np.minimum(seen[:, 2], rect[2]) - np.maximum(seen[:, 0], rect[0])
    upright = np.minimum(seen[:, 3], rect[3]) - np.maximum(seen[:, 1], rect[1])
    shares = np.maximum(across, 0.0) * np.maximum(upright, 0.0)
    return float(shares.max(initial=0.0)) / ((rect[2] - rect[0]) * (rect[3] - rect[1]))


def test_labels_keep_apart_and_inside(line: Line) -> None:
    _, _, placed, panel = labelled(line)
    rects = [panel, *(label.rect for label in placed)]
    assert not [(a, b) for i, a in enumerate(rects) for b in rects[:i] if overlap(a, b)]
    for x0, y0, x1, y1 in rects:
        assert x0 >= 0 and y0 >= 0 and x1 <= SIZE[0] and y1 <= SIZE[1]
    assert [label.accent for label in placed].count(True) == 1


STATIONS = [("auto/body_shop", name) for name in read("auto/body_shop").toolgroups]
STATIONS += [("bench/ten_stations", name) for name in read("bench/ten_stations").toolgroups]


@pytest.mark.parametrize(("model", "station"), STATIONS)
def test_the_call_out_hides_no_other_station_and_stays_close(model: str, station: str) -> None:
    plan, view, placed, _ = labelled(read(model), station)
    call_out = next(label for label in placed if label.accent)
    assert hidden(plan, view, call_out.rect, station) == 0.0
    _, gaps, _ = call_out.label.pointer(np.array([call_out.rect]))
    assert 15.0 < gaps[0] < 90.0, "a pointer that is seen, and short"
    group = [g.name for g in plan.groups].index(station)
    assert np.abs(plan.centre[plan.group == group] - call_out.point[:2]).max() < 25.0


def test_signs_of_a_fab_stand_beside_its_tools() -> None:
    line = read("fab/smt2020_hvlm")
    plan, view, placed, _ = labelled(line)
    seen = seen_rects(view, tool_corners(plan))
    signs = [p for p in placed if p.label.must]
    assert len(signs) == len(plan.signs) + 1
    for sign in signs:
        middle = [(sign.rect[k] + sign.rect[k + 2]) / 2 for k in (0, 1)]
        over = (seen[:, :2] < middle).all(axis=1) & (seen[:, 2:] > middle).all(axis=1)
        assert not over.any(), sign.label.lines[0][0]
        assert sum(overlap(sign.rect, (a, b, c, d)) for a, b, c, d in seen) <= 12, sign.label.lines[0][0]


def test_view_holds_every_tool_and_fills_the_picture(line: Line) -> None:
    plan, shown = plan_of(line, Scene()), picture(line)
    towers = Towers(plan, shown)
    view = camera(plan, shown, towers, (1920, 1080), angles_of(plan, Scene()), None)
    corners = plan.footprints().reshape(-1, 2)
    seen = view.project(np.column_stack([corners, np.zeros(len(corners))]))
    assert (seen[:, :2] > 0).all() and (seen[:, 0] < 1600).all() and (seen[:, 1] < 960).all()
    floor = view.project(np.array([[x, y, 0.0] for x in plan.floor[::2] for y in plan.floor[1::2]]))
    wide, high = np.ptp(floor[:, :2], axis=0)
    assert wide > 0.9 * 1500 or high > 0.75 * 900


@given(
    st.lists(
        st.tuples(st.integers(1, 40), st.integers(0, 5), st.sampled_from(sorted(FAMILIES))),
        min_size=1,
        max_size=25,
    ),
    st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_any_mix_of_tools_can_be_placed(mix: list[tuple[int, int, str]], bays: bool) -> None:
    groups = tuple(
        Group(f"g{i}", tools, f"a{area}", family, FAMILIES[family].size) for i, (tools, area, family) in enumerate(mix)
    )
    every = list(range(len(groups)))
    check(plan_fab(groups, every, 1.3) if bays else plan_line(groups, every, [], 1.2))


def test_bays_or_flow() -> None:
    assert kind_of(flow(12), Scene()) == "line"
    assert kind_of(read("auto/body_shop"), Scene()) == "line"
    assert kind_of(fab(9, 3, 4), Scene()) == "fab"
    assert kind_of(read("fab/mini_fab"), Scene()) == "fab"
    assert kind_of(flow(12), Scene(layout="fab")) == "fab"


def test_a_flow_runs_in_route_order_and_repair_stands_beside_it() -> None:
    line = read("auto/body_shop")
    plan = plan_of(line, Scene())
    names = [plan.groups[sign.groups[0]].name for sign in plan.signs]
    assert names[:4] == ["underbody", "underbody_respot", "framer", "respot_1"]
    assert names[-2:] == ["inspect", "repair"]
    # to repair and back; what a check rejects is known of a run only
    assert sorted(round(loop.share, 3) for loop in plan.loops) == [0.06, 1.0]


def test_measured_rework_is_a_loop_without_a_figure_and_its_station_stands_by_the_gauge() -> None:
    """How much is sent back only a run knows; a station that nothing else reaches is no part of the main way."""
    plan = plan_of(read("auto/paint_shop"), Scene())
    names = [plan.groups[sign.groups[0]].name for sign in plan.signs]
    assert names.index("sanding") == names.index("inspection") + 1
    assert names.index("base") == names.index("primer_oven") + 1
    # sanded bodies all go to the base coat
    assert [loop.share for loop in plan.loops] == [1.0, None]


def test_given_places_are_kept() -> None:
    line = line_of({"mill": {"tools": 2}, "bore": {"tools": 1}, "wash": {"tools": 1}})
    places = {"mill": {"at_m": [[0, 0], [8, 0, 90]]}, "wash": {"at_m": [20, 5]}}
    plan = planned(line, toolgroups=places)
    check(plan)
    np.testing.assert_allclose(plan.centre[[0, 1, 3]], [[0, 0], [8, 0], [20, 5]])
    np.testing.assert_allclose(plan.turn[:2], [0, np.pi / 2])


def test_a_pure_delay_takes_no_place() -> None:
    line = line_of({"mill": {"tools": 2}, "cool": {"tools": "unlimited"}, "bore": {"tools": 1}})
    plan = planned(line)
    assert np.bincount(plan.group, minlength=3).tolist() == [2, 0, 1]


def test_order_and_size_of_a_scene_count() -> None:
    line = flow(4)
    plan = planned(line, order=["op_3", "op_2"], toolgroups={"op_0": {"size_m": [9, 3, 2], "shape": "oven"}})
    assert [plan.groups[s.groups[0]].name for s in plan.signs] == ["op_3", "op_2", "op_0", "op_1"]
    first = plan.groups[0]
    assert (first.size, first.family) == ((9.0, 3.0, 2.0), "oven")


@pytest.mark.parametrize(
    ("name", "area", "kind", "family"),
    [
        ("LithoTrack_FE_95", "Litho", "fab", "track"),
        ("Litho_FE_92", "Litho", "fab", "litho"),
        ("LithoMet_BE_18", "Litho_Met", "fab", "metrology"),
        ("WE_FE_84", "Wet_Etch", "fab", "wet"),
        ("DE_BE_11", "Dry_Etch", "fab", "etch"),
        ("TF_BE_2", "TF", "fab", "deposition"),
        ("Diffusion_FE_120", "Diffusion", "fab", "furnace"),
        ("Planar_BE_75", "Planar", "fab", "cmp"),
        ("xyz", "Implant", "fab", "implant"),
        ("roof_braze", "roof", "line", "weld"),
        ("dry_1", None, "line", "oven"),
        ("op_10", None, "line", "station"),
    ],
)
def test_names_tell_the_family(name: str, area: str | None, kind: str, family: str) -> None:
    assert family_of(name, area, kind) == family


@pytest.mark.parametrize("most", [0.03, 0.4, 1.0, 3.0, 14.0, 29.0, 120.0, 5000.0])
def test_towers_are_countable_and_linear(most: float) -> None:
    line = fab(6, 2, 3)
    names = list(line.toolgroups)
    shown: dict[str, Any] = {name: most / (i + 1) for i, name in enumerate(names)}
    base = picture(line)
    plan = planned(line)
    towers = Towers(plan, type(base)(title="", utilisation=base.utilisation, waiting=shown))
    assert most / towers.unit <= MOST_BLOCKS
    np.testing.assert_allclose(towers.heights() * towers.unit, towers.lots * towers.block)
    tops = towers.tops()
    assert len(tops) == len(names)
    blocks = towers.blocks()
    assert blocks is not None or most < 0.04
    if blocks is not None:
        assert blocks.points[:, 2].max() == pytest.approx(towers.heights().max(), rel=0.15)


def test_finite_buffers_are_caged_to_their_last_place() -> None:
    line = line_of({"a": {"tools": 1, "buffer": 4}, "b": {"tools": 1}, "c": {"tools": 1, "buffer": 900}})
    shown = picture(line)
    towers = Towers(planned(line), type(shown)(title="", waiting={"a": 2.0, "b": 1.0, "c": 3.0}))
    assert towers.caged == [0]
    cages = towers.cages()
    assert cages is not None
    assert cages.points[:, 2].max() == pytest.approx(0.45 + 4 / towers.unit * towers.block)
