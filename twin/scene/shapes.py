"""The solid of each tool family, and of the small things around the tools."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from twin.scene import shapes_fab, shapes_line
from twin.scene.families import FAMILIES
from twin.scene.solids import Solid

BUILDERS: dict[str, Callable[[float, float, float, int], Solid]] = {
    name: getattr(shapes_fab, name, None) or getattr(shapes_line, name) for name in FAMILIES
}
"""Family to builder(width, depth, height, sides)."""


@lru_cache(maxsize=256)
def shape(family: str, width: float, depth: float, height: float, sides: int) -> Solid:
    """The solid of a family at a size [m]; `sides` of its round parts."""
    return BUILDERS[family](width, depth, height, sides)
