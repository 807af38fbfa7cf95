"""Surfaces: a process law over its one or two inputs as a grid of integers, straight lines between its points.

The engine must decide alike on both devices, and a law may be costly: so it is asked at the points of a grid when the
line is compiled, and in the middle of every cell, where the straight lines are furthest off. That error is told by
`twin check`, and refused above `TOLERANCE`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.process.law import Floats, Input, ProcessLaw

TOLERANCE = 0.01
"""Largest error of a surface, as a share of the law's largest value on it."""


class Surface(NamedTuple):
    """A law on a grid.

    values: what the law makes, in its unit                      (point, point 2)
    inputs: its inputs
    error:  furthest that the straight lines are off in the middle of a cell, in its unit
    """

    values: Floats
    inputs: tuple[Input, ...]
    error: float

    @property
    def share(self) -> float:
        """The error as a share of the largest value."""
        largest = float(np.abs(self.values).max())
        return self.error / largest if largest > 0 else 0.0

    def place(self, number: int) -> float:
        """Where the recipe's value of an input lies on its axis, in points from 0."""
        of = self.inputs[number]
        return float((of.nominal - of.low) / self.step(number))

    def step(self, number: int) -> float:
        """Distance of two points along an input, in its unit."""
        of = self.inputs[number]
        return float((of.high - of.low) / (self.values.shape[number] - 1))

    def slope(self) -> float:
        """What the law makes more for one unit of its first input, at the recipe."""
        at = self.place(0)
        low = int(np.clip(np.floor(at - 0.5), 0, self.values.shape[0] - 2))
        rest = 0 if len(self.inputs) < 2 else round(self.place(1))
        return float(self.values[low + 1, rest] - self.values[low, rest]) / self.step(0)


@lru_cache(maxsize=256)
def surface(law: ProcessLaw) -> Surface:
    """A law on its grid.

    raises ValueError in words where the law does not answer with finite numbers
    """
    inputs = law.inputs()
    for of in inputs:
        if not of.low < of.high or not of.low <= of.nominal <= of.high:
            raise ValueError(f"its input {of.name!r} has no range around the recipe's {of.nominal:g}")
    axes = [np.linspace(of.low, of.high, law.POINTS) for of in inputs]
    values = _asked(law, axes)
    middles = _asked(law, [(axis[:-1] + axis[1:]) / 2 for axis in axes])
    corners = [values]
    for axis in range(len(axes)):
        corners = [np.take(c, part, axis=axis) for c in corners for part in _ends(values.shape[axis])]
    error = float(np.abs(np.mean(corners, axis=0) - middles).max())
    grid = values if values.ndim == 2 else values[:, None]
    grid.setflags(write=False)
    return Surface(grid, inputs, error)


def _ends(size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Lower and upper corners of the cells along an axis."""
    return np.arange(size - 1), np.arange(1, size)


def _asked(law: ProcessLaw, axes: list[Floats]) -> Floats:
    """What the law makes at every combination of its inputs   (point, ...)."""
    grid = np.meshgrid(*axes, indexing="ij")
    flat = [part.ravel() for part in grid]
    try:
        with np.errstate(all="ignore"):
            found = np.asarray(law.value(*flat), dtype=np.float64)  # None, of a law without one: the shape ()
    except Exception as error:  # a user's law may raise anything
        told = str(error) if isinstance(error, ValueError) else f"its value raises {type(error).__name__}: {error}"
        raise ValueError(told) from error
    if found.shape != flat[0].shape:
        raise ValueError(f"its value returns the shape {found.shape} for inputs of shape {flat[0].shape}")
    if not np.isfinite(found).all():
        at = int(np.argmin(np.isfinite(found)))
        told = ", ".join(f"{of.name} = {part[at]:.6g}" for of, part in zip(law.inputs(), flat, strict=True))
        raise ValueError(f"its value is {found[at]} at {told}")
    return found.reshape(grid[0].shape)
