"""Silhouettes of stations on a flow line.

Every builder takes width, depth, height [m] and the sides of a round part, and returns a station centred on
the origin; the flow runs through it along +x at belt height. BODY takes the data colour.
"""

from __future__ import annotations

import numpy as np

from twin.scene.solids import BODY, DARK, GLASS, LIGHT, STEEL, WHITE, Kit, Solid

BELT_M = 0.55
"""Height of the conveyor [m]."""
CAR_M = (4.1, 1.75)
"""Length and width of a body in white [m]."""


def car(kit: Kit, x: float, y: float, z: float, scale: float = 1.0, tone: int = LIGHT) -> None:
    """A body in white: lower body, cabin, dark window band; nose to +x."""
    length, wide = CAR_M[0] * scale, CAR_M[1] * scale

    def outline(points: list[tuple[float, float]]) -> np.ndarray:
        # (z, x) pairs, anticlockwise seen from +y, so that the prism's sides face outwards.
        return np.array([(z + scale * up, x + length * along) for along, up in points])

    lower = [(-0.5, 0.25), (-0.49, 0.78), (-0.2, 0.86), (0.2, 0.84), (0.47, 0.66), (0.5, 0.45), (0.48, 0.2)]
    cabin = [(-0.44, 0.8), (-0.27, 1.28), (0.06, 1.3), (0.24, 0.82)]
    band = [(-0.37, 0.92), (-0.26, 1.2), (0.05, 1.22), (0.16, 0.92)]
    kit.prism(outline(lower), y - wide / 2, y + wide / 2, tone, axis="y")
    kit.prism(outline(cabin), y - 0.42 * wide, y + 0.42 * wide, tone, axis="y")
    kit.prism(outline(band), y - 0.43 * wide, y + 0.43 * wide, DARK, axis="y")


def robot(kit: Kit, x: float, y: float, towards: float, high: float, sides: int) -> None:
    """A six-axis arm on a riser, bent over the flow; `towards` is +1 or -1, the way it leans along y."""
    kit.cylinder(x, y, 0.5, (0.0, 0.22 * high), STEEL, sides=sides, bevel=0.05)
    kit.cylinder(x, y, 0.42, (0.22 * high, 0.42 * high), BODY, sides=sides, bevel=0.1)
    lean = 0.35 * towards
    arm = np.array([(y - 0.24, 0.4 * high), (y + 0.24, 0.4 * high), (y + 0.2 - lean, high), (y - 0.2 - lean, high)])
    kit.prism(arm, x - 0.19, x + 0.19, BODY, axis="x")
    elbow, tip = y - lean, y + 1.15 * towards
    reach = np.array([(elbow, 0.84 * high), (elbow, high), (tip, 0.72 * high), (tip, 0.62 * high)])
    kit.prism(reach if towards < 0 else reach[::-1], x - 0.16, x + 0.16, BODY, axis="x")
    kit.box((x - 0.12, x + 0.12), (tip - 0.12, tip + 0.12), (0.5 * high, 0.72 * high), DARK)


def _deck(kit: Kit, w: float, d: float) -> None:
    """The cell's coloured floor plate with the belt on it."""
    kit.box((-w / 2, w / 2), (-d / 2, d / 2), (0.0, 0.14), BODY, 0.06)
    for y in (-0.75, 0.75):
        kit.box((-w / 2, w / 2), (y - 0.12, y + 0.12), (0.14, BELT_M), STEEL, 0.03)


def _cabinets(kit: Kit, w: float, d: float) -> None:
    """Control cabinets along the far edge."""
    for x in (-0.3, -0.08):
        kit.box((x * w, x * w + 0.16 * w), (d / 2 - 0.65, d / 2 - 0.1), (0.14, 2.0), WHITE, 0.05)


def weld(w: float, d: float, h: float, sides: int) -> Solid:
    """A robot cell: four arms around a body."""
    kit = Kit()
    _deck(kit, w, d)
    car(kit, 0.0, 0.0, BELT_M - 0.15)
    side = min(0.36 * d, 2.3)
    for x in (-0.3 * w, 0.3 * w):
        robot(kit, x, -side, 1.0, h, sides)
        robot(kit, x, side, -1.0, h, sides)
    _cabinets(kit, w, d)
    return kit.done()


def framing(w: float, d: float, h: float, sides: int) -> Solid:
    """The framing gantry that holds the sides to the floor while they are joined."""
    kit = Kit()
    _deck(kit, w, d)
    car(kit, 0.0, 0.0, BELT_M - 0.15)
    post, top = 0.5, 0.13 * h
    for x in (-0.38 * w, 0.38 * w - post):
        for y in (-d / 2 + 0.15, d / 2 - 0.15 - post):
            kit.box((x, x + post), (y, y + post), (0.14, h - top), BODY, 0.05)
        kit.box((x, x + post), (-d / 2 + 0.15, d / 2 - 0.15), (h - top, h), BODY, 0.06)
    for y in (-d / 2 + 0.15, d / 2 - 0.15 - post):
        kit.box((-0.38 * w, 0.38 * w), (y, y + post), (h - top, h), BODY, 0.06)
    for y in (-1, 1):
        kit.box((-0.24 * w, 0.24 * w), (y * 1.5 - 0.12, y * 1.5 + 0.12), (0.6, 0.62 * h), STEEL, 0.05)
    robot(kit, 0.0, -0.38 * d, 1.0, 0.6 * h, sides)
    robot(kit, 0.0, 0.38 * d, -1.0, 0.6 * h, sides)
    return kit.done()


def closures(w: float, d: float, h: float, sides: int) -> Solid:
    """Doors, hood and lid: a body, two lifting arms, racks of panels."""
    kit = Kit()
    _deck(kit, w, d)
    car(kit, 0.0, 0.0, BELT_M - 0.15)
    for y in (-1, 1):
        robot(kit, 0.0, y * min(0.36 * d, 2.3), -y, h, sides)
        for x in (-0.38 * w, 0.24 * w):
            near, far = sorted((y * (d / 2 - 0.15), y * (d / 2 - 1.0)))
            kit.box((x, x + 0.14 * w), (near, far), (0.14, 1.7), BODY, 0.06)
            for panel in (0.2, 0.5, 0.8):
                middle = near + panel * (far - near)
                kit.box((x + 0.05, x + 0.14 * w - 0.05), (middle - 0.06, middle + 0.06), (1.7, 2.1), LIGHT)
    return kit.done()


def inspection(w: float, d: float, h: float, sides: int) -> Solid:
    """A light tunnel: two arches over the belt."""
    kit = Kit()
    _deck(kit, w, d)
    car(kit, 0.0, 0.0, BELT_M - 0.15, 0.9)
    for x in (-0.36 * w, 0.24 * w):
        for y in (-0.32 * d, 0.32 * d - 0.4):
            kit.box((x, x + 0.12 * w), (y, y + 0.4), (0.14, h - 0.4), BODY, 0.05)
        kit.box((x, x + 0.12 * w), (-0.32 * d, 0.32 * d), (h - 0.4, h), BODY, 0.08)
    kit.box((-0.24 * w, 0.24 * w), (-0.1 * d, 0.1 * d), (h - 0.3, h - 0.15), GLASS)
    _cabinets(kit, w, d)
    return kit.done()


def manual(w: float, d: float, h: float, sides: int) -> Solid:
    """A work place: a body under a lamp frame, benches on both sides."""
    kit = Kit()
    _deck(kit, w, d)
    car(kit, 0.0, 0.0, BELT_M - 0.15)
    for x in (-0.42 * w, 0.42 * w - 0.14):
        for y in (-0.3 * d, 0.3 * d - 0.14):
            kit.box((x, x + 0.14), (y, y + 0.14), (0.14, h), STEEL)
    for y in (-0.3 * d, 0.3 * d - 0.3):
        kit.box((-0.44 * w, 0.44 * w), (y, y + 0.3), (h - 0.14, h), WHITE, 0.05)
    for y in (-0.46 * d, 0.46 * d - 0.7):
        kit.box((-0.4 * w, 0.4 * w), (y, y + 0.7), (0.14, 0.95), BODY, 0.05)
        kit.box((-0.3 * w, -0.1 * w), (y + 0.1, y + 0.6), (0.95, 1.25), DARK, 0.03)
        kit.box((0.08 * w, 0.32 * w), (y + 0.1, y + 0.6), (0.95, 1.15), LIGHT, 0.03)
    return kit.done()


def oven(w: float, d: float, h: float, sides: int) -> Solid:
    """A tunnel the flow runs through, stacks on its roof."""
    kit = Kit()
    kit.box((-w / 2, w / 2), (-d / 2, d / 2), (0.0, h), BODY, 0.15)
    for x in (-w / 2, w / 2):
        kit.box((x - 0.05, x + 0.05), (-1.1, 1.1), (0.2, 2.2), DARK)
    for x in (-0.3 * w, 0.0, 0.3 * w):
        kit.cylinder(x, 0.2 * d, 0.35, (h, h + 1.3), STEEL, sides=sides, bevel=0.05)
        kit.box((x - 0.5, x + 0.5), (-0.3 * d, -0.1 * d), (h, h + 0.5), WHITE, 0.06)
    return kit.done()


def paint(w: float, d: float, h: float, sides: int) -> Solid:
    """A booth with a glazed side and an air house above."""
    kit = Kit()
    kit.box((-w / 2, w / 2), (-d / 2, d / 2), (0.0, 0.75 * h), BODY, 0.1)
    kit.box((-0.42 * w, 0.42 * w), (-d / 2 - 0.03, d / 2 + 0.03), (0.25 * h, 0.58 * h), GLASS)
    kit.box((-0.44 * w, 0.44 * w), (-0.36 * d, 0.36 * d), (0.75 * h, h), BODY, 0.12)
    for x in (-0.25 * w, 0.25 * w):
        kit.cylinder(x, 0.0, 0.6, (h, h + 0.4), STEEL, sides=sides, bevel=0.08)
    return kit.done()


def press(w: float, d: float, h: float, sides: int) -> Solid:
    """A press: four columns, bed and crown."""
    kit = Kit()
    kit.box((-w / 2, w / 2), (-d / 2, d / 2), (0.0, 0.16 * h), BODY, 0.1)
    for x in (-w / 2 + 0.2, w / 2 - 1.1):
        for y in (-d / 2 + 0.2, d / 2 - 1.1):
            kit.box((x, x + 0.9), (y, y + 0.9), (0.16 * h, 0.72 * h), BODY, 0.06)
    kit.box((-0.3 * w, 0.3 * w), (-0.3 * d, 0.3 * d), (0.16 * h, 0.3 * h), STEEL, 0.06)
    kit.box((-0.3 * w, 0.3 * w), (-0.3 * d, 0.3 * d), (0.5 * h, 0.72 * h), LIGHT, 0.06)
    kit.box((-w / 2, w / 2), (-d / 2, d / 2), (0.72 * h, h), BODY, 0.18)
    return kit.done()


def machine(w: float, d: float, h: float, sides: int) -> Solid:
    """A machining centre: an enclosed box with a window and a panel."""
    kit = Kit()
    kit.box((-w / 2, w / 2), (-0.3 * d, d / 2), (0.0, h), BODY, 0.15)
    kit.box((-w / 2, 0.3 * w), (-0.44 * d, -0.3 * d), (0.0, 0.86 * h), WHITE, 0.08)
    kit.box((-0.34 * w, 0.14 * w), (-0.45 * d, -0.44 * d), (0.42 * h, 0.74 * h), GLASS)
    kit.box((0.34 * w, 0.46 * w), (-0.5 * d, -0.3 * d), (0.35 * h, 0.7 * h), DARK, 0.05)
    kit.cylinder(0.25 * w, 0.25 * d, 0.4, (h, h + 0.35), STEEL, sides=sides, bevel=0.05)
    return kit.done()


def pack(w: float, d: float, h: float, sides: int) -> Solid:
    """A palletiser: an arm and stacked crates."""
    kit = Kit()
    _deck(kit, w, d)
    robot(kit, 0.0, -0.3 * d, 1.0, h, sides)
    for x in (-0.38, 0.12):
        kit.box((x * w, (x + 0.26) * w), (0.2 * d, 0.46 * d), (0.14, 0.6 * h), BODY, 0.05)
    return kit.done()


def conveyor(w: float, d: float, h: float, sides: int) -> Solid:
    """Rollers between two rails on legs, and a body on its way."""
    kit = Kit()
    radius = 0.16 * h
    corners = np.linspace(0.0, 2 * np.pi, min(sides, 10), endpoint=False)
    rollers = max(4, round(w / (6 * radius)))
    for x in (np.arange(rollers) + 0.5) / rollers * (w - 0.4) - (w - 0.4) / 2:
        ring = np.column_stack([0.8 * h + radius * np.cos(corners), x + radius * np.sin(corners)])
        kit.prism(ring, -0.42 * d, 0.42 * d, STEEL, axis="y")
    for y in (-d / 2, 0.42 * d):
        kit.box((-w / 2, w / 2), (y, y + 0.08 * d), (0.55 * h, h), BODY, 0.05)
        for x in np.linspace(-w / 2 + 0.1, w / 2 - 0.4, max(2, round(w / 3))):
            kit.box((x, x + 0.3), (y, y + 0.08 * d), (0.0, 0.55 * h), BODY)
    kit.box((-w / 2, w / 2), (-0.42 * d, 0.42 * d), (0.3 * h, 0.55 * h), BODY)
    car(kit, 0.0, 0.0, h - 0.2, min(1.0, 0.8 * w / CAR_M[0], d / CAR_M[1]))
    return kit.done()


def station(w: float, d: float, h: float, sides: int) -> Solid:
    """A plain station: a machine over the belt with a white front and a dark screen."""
    kit = Kit()
    kit.box((-w / 2, w / 2), (-0.36 * d, d / 2), (0.0, 0.8 * h), BODY, 0.12)
    kit.box((-0.36 * w, 0.36 * w), (-0.1 * d, 0.4 * d), (0.8 * h, h), BODY, 0.1)
    kit.box((-0.46 * w, 0.46 * w), (-d / 2, -0.36 * d), (0.0, 0.44 * h), WHITE, 0.06)
    kit.box((-0.3 * w, 0.12 * w), (-0.37 * d, -0.36 * d), (0.5 * h, 0.74 * h), GLASS)
    return kit.done()
