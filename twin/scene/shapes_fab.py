"""Silhouettes of fab tools.

Every builder takes width, depth, height [m] and the sides of a round part, and returns a tool centred on the
origin that faces -y: load ports on the aisle. BODY takes the data colour; the rest stays neutral, so that a
tool reads as a machine and its colour as a number.
"""

from __future__ import annotations

from twin.scene.solids import BODY, DARK, GLASS, LIGHT, STEEL, WHITE, Kit, Solid, circle


def _front(kit: Kit, w: float, d: float, high: float, deep: float, ports: int, bevel: float = 0.06) -> float:
    """The white front module with its load ports on the aisle; returns the y where the body starts."""
    y = -d / 2 + 0.42
    kit.box((-w / 2, w / 2), (y, y + deep), (0.0, high), WHITE, bevel)
    kit.box((-w / 2 + 0.15, w / 2 - 0.15), (y - 0.02, y), (0.62 * high, 0.86 * high), GLASS)
    pitch = w / ports
    for i in range(ports):
        x = -w / 2 + (i + 0.5) * pitch
        half = min(0.27, 0.4 * pitch)
        kit.box((x - half, x + half), (-d / 2, y), (0.0, 0.9), LIGHT, 0.04)
        kit.box((x - half + 0.06, x + half - 0.06), (-d / 2 + 0.05, y - 0.02), (0.9, 1.16), DARK, 0.05)
    return y + deep


def litho(w: float, d: float, h: float, sides: int) -> Solid:
    """A scanner: long, the lens column standing out."""
    kit = Kit()
    y = _front(kit, w, d, 0.74 * h, 0.8, 4)
    waist = y + 0.36 * (d / 2 - y)
    kit.box((-0.42 * w, 0.42 * w), (y, waist), (0.0, 0.74 * h), BODY, 0.07)
    kit.box((-w / 2, w / 2), (waist, d / 2), (0.0, h), BODY, 0.12)
    kit.box((-w / 2 - 0.02, w / 2 + 0.02), (waist + 0.3, d / 2 - 0.3), (0.42 * h, 0.56 * h), DARK)
    kit.cylinder(0.0, (waist + d / 2) / 2, 0.3 * w, (h, h + 0.25), BODY, sides=sides, bevel=0.08)
    return kit.done()


def track(w: float, d: float, h: float, sides: int) -> Solid:
    """A coater-developer: a long block of stacked cells."""
    kit = Kit()
    y = _front(kit, w, d, 0.9 * h, 0.7, 4)
    kit.box((-w / 2, w / 2), (y, d / 2), (0.0, h), BODY, 0.1)
    for i in range(1, 5):
        seam = y + i * (d / 2 - y) / 5
        kit.box((-w / 2 - 0.01, w / 2 + 0.01), (seam - 0.04, seam + 0.04), (0.1, h + 0.01), DARK)
    return kit.done()


def etch(w: float, d: float, h: float, sides: int) -> Solid:
    """A cluster tool: a six-sided transfer chamber with round process chambers."""
    kit = Kit()
    y = _front(kit, w, d, 0.86 * h, 0.75, 3)
    depth = d / 2 - y
    middle, core, pot = y + 0.42 * depth, 0.29 * depth, 0.2 * depth
    kit.box((-0.25 * w, 0.25 * w), (y, middle), (0.0, 0.5 * h), STEEL, 0.05)
    kit.prism(circle(0.0, middle, core, 6, 0.5236), 0.0, 0.62 * h, BODY, bevel=0.1)
    for x, forward in ((-1, 0.22), (1, 0.22), (-1, 0.76), (1, 0.76)):
        place = (x * (w / 2 - pot), y + forward * depth)
        kit.cylinder(*place, pot, (0.0, 0.82 * h), BODY, sides=sides, bevel=0.1)
        kit.cylinder(*place, 0.55 * pot, (0.82 * h, h), STEEL, sides=sides, bevel=0.05)
    return kit.done()


def deposition(w: float, d: float, h: float, sides: int) -> Solid:
    """A cluster of square twin chambers."""
    kit = Kit()
    y = _front(kit, w, d, 0.86 * h, 0.75, 3)
    depth = d / 2 - y
    kit.prism(circle(0.0, y + 0.45 * depth, 0.3 * depth, 8, 0.3927), 0.0, 0.6 * h, BODY, bevel=0.1)
    side = 0.38 * depth
    for x0, y0 in ((-w / 2, y + 0.24 * depth), (w / 2 - side, y + 0.24 * depth), (-side / 2, d / 2 - side)):
        kit.box((x0, x0 + side), (y0, y0 + side), (0.0, 0.84 * h), BODY, 0.1)
        for half in (0.27, 0.73):
            place = (x0 + half * side, y0 + side / 2)
            kit.cylinder(*place, 0.19 * side, (0.84 * h, h), LIGHT, sides=sides, bevel=0.04)
    return kit.done()


def furnace(w: float, d: float, h: float, sides: int) -> Solid:
    """A vertical furnace: tall, two tubes above the cabinet."""
    kit = Kit()
    y = _front(kit, w, d, 0.55 * h, 0.8, 2)
    kit.box((-w / 2, w / 2), (y, d / 2), (0.0, 0.66 * h), BODY, 0.1)
    depth = d / 2 - y
    for place in (0.3, 0.72):
        kit.cylinder(0.0, y + place * depth, 0.23 * depth, (0.66 * h, h), BODY, sides=sides, bevel=0.15)
        kit.cylinder(0.0, y + place * depth, 0.08 * depth, (h, h + 0.3), STEEL, sides=sides)
    return kit.done()


def implant(w: float, d: float, h: float, sides: int) -> Solid:
    """An implanter: source cabinet, beam line, end station."""
    kit = Kit()
    y = _front(kit, w, d, 0.8 * h, 0.8, 4)
    depth = d / 2 - y
    kit.box((-w / 2, w / 2), (y, y + 0.34 * depth), (0.0, 0.8 * h), BODY, 0.12)
    kit.box((-0.2 * w, 0.2 * w), (y + 0.34 * depth, y + 0.62 * depth), (0.0, 0.55 * h), BODY, 0.1)
    kit.cylinder(0.0, y + 0.48 * depth, 0.2 * w, (0.55 * h, 0.62 * h), STEEL, sides=sides)
    kit.box((-w / 2, w / 2), (y + 0.62 * depth, d / 2), (0.0, h), BODY, 0.14)
    kit.box((-w / 2 - 0.02, w / 2 + 0.02), (y + 0.7 * depth, d / 2 - 0.2), (0.3 * h, 0.44 * h), DARK)
    return kit.done()


def cmp(w: float, d: float, h: float, sides: int) -> Solid:
    """A polisher: round tables sunk in a flat deck, the cleaner behind."""
    kit = Kit()
    y = _front(kit, w, d, 0.9 * h, 0.75, 3)
    depth = d / 2 - y
    deck = y + 0.62 * depth
    kit.box((-w / 2, w / 2), (y, deck), (0.0, 0.62 * h), BODY, 0.08)
    kit.box((-w / 2, w / 2), (deck, d / 2), (0.0, h), BODY, 0.12)
    radius = min(0.21 * w, 0.27 * (deck - y))
    for x, forward in ((-0.24, 0.3), (0.24, 0.3), (-0.24, 0.74), (0.24, 0.74)):
        place = (x * w, y + forward * (deck - y))
        kit.cylinder(*place, radius, (0.62 * h, 0.68 * h), LIGHT, sides=sides)
        kit.cylinder(*place, 0.45 * radius, (0.68 * h, 0.86 * h), STEEL, sides=sides, bevel=0.04)
    return kit.done()


def wet(w: float, d: float, h: float, sides: int) -> Solid:
    """A wet bench: a low run of baths under a hood at the back."""
    kit = Kit()
    y = _front(kit, w, d, 0.9 * h, 0.7, 3)
    depth = d / 2 - y
    kit.box((-w / 2, w / 2), (y, d / 2), (0.0, 0.7 * h), BODY, 0.08)
    kit.box((0.22 * w, w / 2), (y + 0.1, d / 2), (0.0, h), BODY, 0.08)
    baths = 4
    for i in range(baths):
        start = y + 0.16 + i * (depth - 0.2) / baths
        bath = (start, start + (depth - 0.2) / baths - 0.16)
        kit.box((-w / 2 + 0.22, 0.12 * w), bath, (0.7 * h, 0.73 * h), GLASS, 0.01)
    return kit.done()


def metrology(w: float, d: float, h: float, sides: int) -> Solid:
    """A measuring tool: small, a round column on a granite block."""
    kit = Kit()
    y = _front(kit, w, d, 0.8 * h, 0.55, 2)
    kit.box((-w / 2, w / 2), (y, d / 2), (0.0, 0.7 * h), BODY, 0.09)
    middle = (y + d / 2) / 2
    kit.cylinder(0.0, middle, 0.3 * w, (0.7 * h, h), BODY, sides=sides, bevel=0.1)
    return kit.done()
