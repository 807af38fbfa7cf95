"""How true the surrogates of a line's process laws are, as `twin check` tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from twin.line import Line

MOST_LAWS = 10
"""Laws that are told, the least true first."""
EXACT = 1e-9
"""Share of the largest value below which an error is one of rounding."""


class Surrogate(NamedTuple):
    """A law on its grid, and the steps that ask it.

    law, unit: its name, and the unit of what it makes
    steps:     `route.step` of all that have the law with the same parameters
    error:     furthest that the surrogate is off, in that unit;  share: of the largest value
    points:    of the grid along each input
    """

    law: str
    unit: str
    steps: tuple[str, ...]
    error: float
    share: float
    points: tuple[int, ...]

    def __str__(self) -> str:
        first, rest = self.steps[0], len(self.steps) - 1
        where = f"{first} and {rest} more step{'s' if rest > 1 else ''}" if rest else first
        grid = " x ".join(map(str, self.points))
        off = f"{self.error:.2g} {self.unit} off at most ({100 * self.share:.2g} %)" if self.share > EXACT else "exact"
        return f"{self.law} at {where}: {off}, {grid} points"

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "law": self.law, "steps": list(self.steps), "unit": self.unit, "error": self.error, "share": self.share,
            "points": list(self.points),
        }  # fmt: skip


def surrogates(line: Line) -> list[Surrogate]:
    """The surrogate of every law with inputs, equal laws once, the least true first."""
    from twin.arrays.surfaces import surface

    steps: dict[Any, list[str]] = {}
    names: dict[Any, str] = {}
    for route, of in line.routes.items():
        for step in of:
            if step.process is not None and step.process.model.inputs():
                steps.setdefault(step.process.model, []).append(f"{route}.{step.step}")
                names[step.process.model] = step.process.law
    found = []
    for model, where in steps.items():
        grid = surface(model)
        points = grid.values.shape[: len(grid.inputs)]
        found.append(Surrogate(names[model], model.MAKES, tuple(where), grid.error, grid.share, points))
    return sorted(found, key=lambda surrogate: -surrogate.share)


def said(found: list[Surrogate]) -> list[str]:
    """The surrogates in words, none where there is none."""
    if not found:
        return []
    from twin.arrays.surfaces import TOLERANCE

    told = [f"  {surrogate}" for surrogate in found[:MOST_LAWS]]
    rest = len(found) - len(told)
    more = [f"  and {rest} more law{'s' if rest > 1 else ''}, truer than these"] if rest else []
    return [f"surrogates of process laws, {100 * TOLERANCE:g} % off at most allowed:", *told, *more]
