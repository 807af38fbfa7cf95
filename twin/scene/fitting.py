"""Several lines on one floor: every tool that any of them has gets a place, and keeps it in every picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from twin.line import Line
from twin.scene.document import Scene, scene_of
from twin.scene.layout import groups_of, kind_of, plan_of
from twin.scene.plan import Plan, Rect, overlap

if TYPE_CHECKING:
    from twin.results import Results

Place = tuple[float, float, float]
GAP_M = 1.2
"""Floor between a tool of a scene document and one put beside it."""
FARTHEST = 12
"""Tool widths within which a place is looked for."""


def line_drawn(results: Results) -> Line:
    """The line of a run with every tool that it ever had: a change for a time may have brought some."""
    names = results.names
    most = {name: len(tools) for name, tools in zip(names.toolgroups, names.tools_of, strict=True)}
    return _with_tools(results.line, most)


def _with_tools(line: Line, tools: dict[str, int]) -> Line:
    """The line with these numbers of tools; pure delays stay what they are."""
    groups = {
        name: group if group.tools is None or name not in tools else group.model_copy(update={"tools": tools[name]})
        for name, group in line.toolgroups.items()
    }
    return line.model_copy(update={"toolgroups": groups, "transients": ()})


def plans_of(lines: Sequence[Line], base: Line) -> tuple[list[Plan], Scene]:
    """A plan for each line, the same tools at the same places; the scene is the base's.

    Lines whose toolgroups differ by more than the number of their tools stand each on a floor of its own.
    """
    scene = scene_of(base)
    kinds = [{name: group.tools is None for name, group in line.toolgroups.items()} for line in lines]
    if any(kind != kinds[0] or list(kind) != list(kinds[0]) for kind in kinds):
        scenes = [scene_of(line) for line in lines]
        return [plan_of(line, fit_scene(own, line)) for line, own in zip(lines, scenes, strict=True)], scene
    most = {name: max(line.toolgroups[name].tools or 0 for line in lines) for name in lines[0].toolgroups}
    every = _with_tools(lines[0], most)
    whole = plan_of(every, fit_scene(scene, every))
    return [_without(whole, [group.tools or 0 for group in line.toolgroups.values()]) for line in lines], scene


def _without(plan: Plan, tools: Sequence[int]) -> Plan:
    """The plan with so many tools of each toolgroup, the first ones   tools: (group,)"""
    number = np.zeros(len(plan.group), dtype=np.int64)
    for g in range(len(plan.groups)):
        mine = plan.group == g
        number[mine] = np.arange(mine.sum())
    keep = number < np.array(tools)[plan.group]
    groups = tuple(replace(group, tools=count) for group, count in zip(plan.groups, tools, strict=True))
    return replace(plan, groups=groups, centre=plan.centre[keep], turn=plan.turn[keep], group=plan.group[keep])


def fit_scene(scene: Scene, line: Line) -> Scene:
    """The scene with a place for each tool of the toolgroups it gives places for, new ones beside the old."""
    groups = {group.name: group for group in groups_of(line, scene, kind_of(line, scene))}
    given = {name: dress.at_m for name, dress in scene.toolgroups.items() if dress.at_m and name in groups}
    taken = [_footprint(place, groups[name].size) for name, places in given.items() for place in places]
    dressed = dict(scene.toolgroups)
    for name, places in given.items():
        count, size = groups[name].tools, groups[name].size
        found = list(places[:count])
        while len(found) < count:
            place = _free_place(found or [places[0]], size, taken)
            taken.append(_footprint(place, size))
            found.append(place)
        dressed[name] = dressed[name].model_copy(update={"at_m": tuple(found)})
    return scene.model_copy(update={"toolgroups": dressed})


def _free_place(places: Sequence[Place], size: tuple[float, float, float], taken: Sequence[Rect]) -> Place:
    """The nearest free place beside one of these or behind it, turned alike."""
    x, y, turn = places[-1]
    angle = np.radians(turn)
    beside = np.array([np.cos(angle), np.sin(angle)]) * (size[0] + GAP_M)
    behind = np.array([-np.sin(angle), np.cos(angle)]) * (size[1] + GAP_M)
    shifts = [i * beside + j * behind for i in range(-FARTHEST, FARTHEST + 1) for j in range(-FARTHEST, FARTHEST + 1)]
    for shift in sorted(shifts, key=lambda s: float(np.hypot(*s))):
        place = (float(x + shift[0]), float(y + shift[1]), turn)
        if not any(overlap(_footprint(place, size), other) for other in taken):
            return place
    return x, y, turn  # no room anywhere near: two tools in one place are better than no picture


def _footprint(place: Place, size: tuple[float, float, float]) -> Rect:
    """The rectangle around a turned tool, with some air [m]."""
    x, y, turn = place
    cos, sin = abs(np.cos(np.radians(turn))), abs(np.sin(np.radians(turn)))
    wide, deep = cos * size[0] + sin * size[1], sin * size[0] + cos * size[1]
    air = 0.4 * GAP_M
    return x - wide / 2 - air, y - deep / 2 - air, x + wide / 2 + air, y + deep / 2 + air
