"""Turns of a route as rows: where they lead, at which chance, how often at most."""

from collections.abc import Mapping

from twin.arrays import fields as f
from twin.line import Line, Step
from twin.line.arcs import END, SCRAP

Arc = tuple[int, int, int, int]
_OUT = {END: f.END, SCRAP: f.SCRAP}


def limited_arcs(line: Line) -> dict[str, list[tuple[str, str]]]:
    """Of each route the ways back that a lot may take only so often, as (step, step gone back to)."""
    return {
        route: [(step.step, arc.to) for step in steps for arc in step.rework if arc.most is not None]
        for route, steps in line.routes.items()
    }


def arc_rows(
    route: str, step: Step, step_index: Mapping[tuple[str, str], int], limited: list[tuple[str, str]], column: int
) -> list[Arc]:
    """The turns after a step, in the columns A_* of `twin.arrays.fields`.

    step_index: number of each step by (route, step); limited: of the route, see `limited_arcs`
    column:     of a lot, where the first of those is counted
    """
    rows: list[Arc] = []
    below = 0.0
    for arc in (*step.rework, *step.branch):
        below += arc.probability
        to = step_index[route, arc.to] if (route, arc.to) in step_index else _OUT[arc.to]
        counted = f.NONE if arc.most is None else column + limited.index((step.step, arc.to))
        rows.append((round(below * 2**32), to, arc.most or 0, counted))
    if step.branch_by is not None:
        rows[-1] = (1 << 32, *rows[-1][1:])
    return rows
