"""From a line and its scene document to a floor plan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from twin.line import Conveyor, Line
from twin.scene.document import Scene
from twin.scene.families import FAMILIES, family_of
from twin.scene.layout_fab import plan_fab
from twin.scene.layout_line import plan_line
from twin.scene.opengl import SceneUnavailable
from twin.scene.plan import Group, Plan, Sign
from twin.scene.routes import flow_order, reentrance

FAB_VISITS = 1.5
"""Visits a toolgroup on a route, on average, from which a line counts as re-entrant."""
FAB_TOOLS = 200
SHAPE = {"fab": 1.3, "line": 1.15}
"""Width over depth on the floor that fills the free part of a picture seen from the usual height."""
SHORTEST_M, LONGEST_M = 4.0, 18.0
"""Lengths between which conveyors are drawn true."""
MOST_LOOPS = 24
MOST_TOOLS = 10_000


def kind_of(line: Line, scene: Scene) -> str:
    """Bays for a re-entrant line or one too large for a flow, else a flow line."""
    if scene.layout != "auto":
        return scene.layout
    tools = sum(group.tools or 0 for group in line.toolgroups.values())
    return "fab" if reentrance(line) >= FAB_VISITS or tools > FAB_TOOLS else "line"


def groups_of(line: Line, scene: Scene, kind: str) -> tuple[Group, ...]:
    """Every toolgroup as the layout sees it, in the document's order; a pure delay has no tools."""
    groups = []
    for name, group in line.toolgroups.items():
        dress = scene.toolgroups.get(name)
        area = (dress.area if dress else None) or group.area or (name if kind == "fab" else "")
        of_area = scene.areas.get(area)
        family = (dress.shape if dress else None) or (of_area.shape if of_area else None)
        family = family or family_of(name, area, kind)
        if group.conveyor is not None and family == "station":
            family = "conveyor"
        size = (dress.size_m if dress else None) or (of_area.size_m if of_area else None)
        groups.append(
            Group(
                name=name,
                tools=group.tools or 0,
                area=area,
                family=family,
                size=size or _size(family, group.conveyor),
                buffer=group.buffer,
                at=(dress.at_m if dress and group.tools else None) or (),
                label=dress.label if dress else "",
            )
        )
    return tuple(groups)


def _size(family: str, belt: Conveyor | None) -> tuple[float, float, float]:
    """Size of a tool [m]: its family's; a conveyor has its own length, as far as a picture of the line can show it."""
    wide, deep, high = FAMILIES[family].size
    return (wide if belt is None else min(max(belt.length, SHORTEST_M), LONGEST_M), deep, high)


def plan_of(line: Line, scene: Scene) -> Plan:
    """Everything placed: by the scene document where it says so, else by itself."""
    kind = kind_of(line, scene)
    groups = groups_of(line, scene, kind)
    if not any(group.tools for group in groups):
        raise SceneUnavailable(f"no picture: {line.line} has no tools to show, every toolgroup is unlimited")
    count = sum(group.tools for group in groups)
    if count > MOST_TOOLS:
        raise SceneUnavailable(f"no picture: {count:,} tools are more than can be drawn ({MOST_TOOLS:,})")
    order, loops = flow_order(line)
    if kind == "fab":  # a re-entrant flow has no order worth showing
        order.sort()
    if scene.order:
        rank = {name: i for i, name in enumerate(scene.order)}
        key = "area" if kind == "fab" else "name"
        order.sort(key=lambda g: rank.get(getattr(groups[g], key), len(rank)))
    free = [g for g in order if groups[g].tools and not groups[g].at]
    plan: Plan | None = None
    if free and kind == "fab":
        plan = plan_fab(groups, free, SHAPE["fab"])
    elif free:
        plan = plan_line(groups, free, [loop for loop in loops if {*loop[:2]} <= {*free}][:MOST_LOOPS], SHAPE["line"])
    plan = _given(groups, plan, kind) if any(group.at for group in groups) else plan
    assert plan is not None
    labels = {area.replace("_", " "): dress.label for area, dress in scene.areas.items() if dress.label}
    return replace(plan, signs=tuple(replace(s, text=labels.get(s.text, s.text)) for s in plan.signs))


def angles_of(plan: Plan, scene: Scene) -> tuple[float, float]:
    """Azimuth and elevation of the camera [deg]: a large floor is looked at from higher up."""
    azimuth, elevation = (9.0, 44.0) if len(plan.group) > 150 else (13.0, 38.0)
    given = scene.camera
    return (
        azimuth if given.azimuth_deg is None else given.azimuth_deg,
        elevation if given.elevation_deg is None else given.elevation_deg,
    )


def _given(groups: tuple[Group, ...], auto: Plan | None, kind: str) -> Plan:
    """Tools where the scene document says; what was placed automatically moves below them."""
    rows = [(g, *place) for g, group in enumerate(groups) for place in group.at]
    places = np.array(rows)
    plan = Plan(
        kind=kind,
        groups=groups,
        centre=places[:, 1:3],
        turn=np.radians(places[:, 3]),
        group=places[:, 0].astype(np.int64),
        wip_at=np.full((len(groups), 2), np.nan),
        floor=(0.0, 0.0, 0.0, 0.0),
    )
    signs = []
    for g in dict.fromkeys(int(g) for g in plan.group):
        mine = plan.group == g
        # In front of the first tool, and of the others that face the same way.
        alike = mine & (np.abs(plan.turn - plan.turn[mine][0]) < 1e-6)
        front = np.array([np.sin(plan.turn[mine][0]), -np.cos(plan.turn[mine][0])])
        plan.wip_at[g] = plan.centre[alike].mean(axis=0) + front * (groups[g].size[1] / 2 + 1.3)
        x, y = plan.centre[plan.group == g].mean(axis=0)
        near, far = (float(edge(plan.footprints()[mine][..., 1])) for edge in (np.min, np.max))
        # Behind tools that face the viewer, for their lots wait in front.
        behind = front[1] < -0.7
        hang = ((x, far, groups[g].size[2]), (0, 1)) if behind else ((x, near, 0.0), (0, -1))
        signs.append(Sign(groups[g].title, (hang[0], (x, y, groups[g].size[2])), (g,), hang[1]))
    x0, y0, x1, y1 = plan.bounds()
    margin = float(np.clip(0.08 * max(x1 - x0, y1 - y0), 1.6, 5.0))
    floor = (x0 - margin, y0 - margin, x1 + margin, y1 + margin)
    plan = replace(plan, signs=tuple(signs), floor=floor)
    return plan if auto is None else _below(plan, auto)


def _below(upper: Plan, lower: Plan) -> Plan:
    """Two plans as one, the lower moved below the upper, middles in line."""
    dx = (upper.floor[0] + upper.floor[2] - lower.floor[0] - lower.floor[2]) / 2
    dy = upper.floor[1] - lower.floor[3]
    moved = lower.moved(dx, dy)
    order = np.argsort(np.concatenate([upper.group, moved.group]), kind="stable")
    floors = np.array([upper.floor, moved.floor])
    low, high = floors[:, :2].min(axis=0), floors[:, 2:].max(axis=0)
    return replace(
        moved,
        centre=np.concatenate([upper.centre, moved.centre])[order],
        turn=np.concatenate([upper.turn, moved.turn])[order],
        group=np.concatenate([upper.group, moved.group])[order],
        wip_at=np.where(np.isnan(upper.wip_at), moved.wip_at, upper.wip_at),
        floor=(float(low[0]), float(low[1]), float(high[0]), float(high[1])),
        signs=upper.signs + moved.signs,
    )
