"""The solid part of a picture: floor, belts, tools, waiting lots, the bottleneck's frame."""

from __future__ import annotations

from typing import Any

import numpy as np

from twin.scene.floor import paint
from twin.scene.opengl import pyvista
from twin.scene.overlay import ACCENT, CAGE, LOOP, ORANGE
from twin.scene.picture import Picture
from twin.scene.plan import Plan, Rect
from twin.scene.shapes import shape
from twin.scene.solids import (
    BODY,
    LIGHT,
    STEEL,
    TONES,
    WHITE,
    Ints,
    Kit,
    Solid,
    join,
    rectangle,
    stamp,
)
from twin.scene.towers import Towers

NO_DATA: tuple[float, float, float] = (0.76, 0.81, 0.87)
DATA_LIGHT = {"ambient": 0.52, "diffuse": 0.66, "specular": 0.05, "specular_power": 12.0}
"""Data-coloured parts: mostly their own colour, so that the legend stays true (never PBR)."""
PLAIN_LIGHT = {"ambient": 0.36, "diffuse": 0.66, "specular": 0.12, "specular_power": 20.0}


def mesh_of(solid: Solid) -> Any:
    """A solid as PyVista's mesh, with its normals."""
    pv = pyvista()

    faces = np.column_stack([np.full(len(solid.triangles), 3), solid.triangles]).ravel()
    mesh = pv.PolyData(solid.points, faces)
    mesh.point_data.active_normals = solid.normals.astype(np.float32)
    return mesh


def _tinted(solid: Solid) -> Any:
    """A solid with its tones as colours."""
    mesh = mesh_of(solid)
    mesh.cell_data["tone"] = (255 * TONES[solid.tones]).astype(np.uint8)
    return mesh


def tools(plan: Plan) -> tuple[Solid, Ints]:
    """All tools as one solid, and the tool each triangle belongs to.   (triangle,)"""
    sides = 20 if len(plan.group) <= 150 else 10
    solids: list[Solid] = []
    owners: list[Ints] = []
    for key in dict.fromkeys((group.family, group.size) for group in plan.groups if group.tools):
        alike = [i for i, group in enumerate(plan.groups) if (group.family, group.size) == key]
        chosen = np.flatnonzero(np.isin(plan.group, alike))
        feet = np.column_stack([plan.centre[chosen], np.zeros(len(chosen))])
        copies, copy = stamp(shape(key[0], *key[1], sides), feet, plan.turn[chosen])
        solids.append(copies)
        owners.append(chosen[copy])
    return join(solids), np.concatenate(owners)


def add_tools(plotter: Any, plan: Plan, picture: Picture, limits: tuple[float, float]) -> None:
    """Bodies coloured by utilisation, neutral parts as they are. Each triangle knows its tool."""
    whole, owner = tools(plan)
    body = whole.tones == BODY
    trim = _tinted(whole.part(~body))
    trim.cell_data["tool"] = owner[~body]
    plotter.add_mesh(trim, scalars="tone", rgb=True, name="trim", **PLAIN_LIGHT)
    mesh = mesh_of(whole.part(body))
    mesh.cell_data["tool"] = owner[body]
    if picture.utilisation is None:
        plotter.add_mesh(mesh, color=NO_DATA, name="tools", **DATA_LIGHT)
        return
    mesh.cell_data["utilisation"] = picture.utilisation[owner[body]]
    plotter.add_mesh(
        mesh,
        scalars="utilisation",
        clim=limits,
        cmap="viridis",
        nan_color=NO_DATA,
        show_scalar_bar=False,
        name="tools",
        **DATA_LIGHT,
    )


def add_floor(plotter: Any, plan: Plan) -> None:
    """The painted slab."""
    pv = pyvista()

    x0, y0, x1, y1 = plan.floor
    plane = pv.Plane(
        center=((x0 + x1) / 2, (y0 + y1) / 2, 0.0),
        i_size=x1 - x0,
        j_size=y1 - y0,
        i_resolution=1,
        j_resolution=1,
    )
    texture = pv.Texture(paint(plan))
    texture.mipmap = True
    texture.interpolate = True
    plotter.add_mesh(plane, texture=texture, lighting=False, name="floor")
    edge = Kit().prism(rectangle(x0, x1, y0, y1), -0.5 * plan.wall_m, -0.02, LIGHT)
    wall = plan.wall_m
    thick = 0.25 * wall
    for x in ((x0, x0 + thick), (x1 - thick, x1)):
        edge.box(x, (y0, y1), (0.0, wall), WHITE)
    edge.box((x0, x1), (y1 - thick, y1), (0.0, wall), WHITE)
    plotter.add_mesh(_tinted(edge.done()), scalars="tone", rgb=True, name="slab", ambient=0.62, diffuse=0.42)


def add_belts(plotter: Any, plan: Plan) -> None:
    """Conveyors with chevrons that tell the way."""
    if not plan.belts:
        return
    kit = Kit()
    for belt in plan.belts:
        (x0, y0), (x1, y1) = belt.start, belt.end
        half = 0.85
        low, high = np.minimum(belt.start, belt.end), np.maximum(belt.start, belt.end)
        kit.box((low[0] - half, high[0] + half), (low[1] - half, high[1] + half), (0.0, 0.42), LIGHT, 0.05)
        length = float(np.hypot(x1 - x0, y1 - y0))
        ahead = np.array([x1 - x0, y1 - y0]) / max(length, 1e-9)
        side = np.array([-ahead[1], ahead[0]])
        for along in np.arange(0.8, length - 0.6, 1.6):
            tip = np.array([x0, y0]) + (along + 0.3) * ahead
            kit.prism(
                np.array([tip, tip - 0.5 * ahead + 0.4 * side, tip - 0.5 * ahead - 0.4 * side]),
                0.42,
                0.44,
                STEEL,
            )
    plotter.add_mesh(_tinted(kit.done()), scalars="tone", rgb=True, name="belts", **PLAIN_LIGHT)


def add_loops(plotter: Any, plan: Plan) -> None:
    """Arcs over the line for lots sent back."""
    pv = pyvista()

    parts = []
    for loop in plan.loops:
        path = loop.path()
        parts.append(pv.Spline(path, 60).tube(radius=0.16, n_sides=10))
        parts.append(pv.Cone(center=path[-1] + [0, 0, 0.3], direction=path[-1] - path[-3], height=1.6, radius=0.55))
    if parts:
        plotter.add_mesh(pv.merge(parts), color=LOOP, name="loops", **PLAIN_LIGHT)


def add_towers(plotter: Any, towers: Towers) -> None:
    """Waiting lots as blocks; a finite buffer as a cage up to its last place."""
    blocks, cages = towers.blocks(), towers.cages()
    if blocks is not None:
        plotter.add_mesh(mesh_of(blocks), color=ORANGE, name="waiting", ambient=0.45, diffuse=0.6)
    if cages is not None:
        plotter.add_mesh(mesh_of(cages), color=CAGE, name="buffers", **PLAIN_LIGHT)


def add_frame(plotter: Any, plan: Plan, group: int, bar: float) -> None:
    """The accent around every cluster of the bottleneck's tools: a painted pad and a frame of bars."""
    kit = Kit()
    height = plan.groups[group].size[2] + 0.5
    for rect in plan.runs(group):
        _frame(kit, rect, height, bar)
    solid = kit.done()
    plotter.add_mesh(mesh_of(solid), color=ACCENT, lighting=False, name="bottleneck")


def _frame(kit: Kit, rect: Rect, height: float, bar: float) -> None:
    grow = 0.18
    x = rect[0] - grow, rect[2] + grow
    y = rect[1] - grow, rect[3] + grow
    for z in (0.02, height):
        for edge in y:
            kit.box((x[0] - bar, x[1] + bar), (edge - bar / 2, edge + bar / 2), (z, z + bar))
        for edge in x:
            kit.box((edge - bar / 2, edge + bar / 2), (y[0] - bar, y[1] + bar), (z, z + bar))
    for corner_x in x:
        for corner_y in y:
            kit.box(
                (corner_x - bar / 2, corner_x + bar / 2),
                (corner_y - bar / 2, corner_y + bar / 2),
                (0.0, height),
            )
