"""Parts in the offered load: how many of each a lot takes, in what it is joined with and in the parts of parts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.arrays.routing import visits
from twin.line import Line
from twin.line.joins import parts
from twin.line.mix import kind_of

Floats = NDArray[np.float64]


def part_needs(line: Line) -> Floats:
    """Lots of each product that one lot of another takes in, or that come out of it   (product, part).

    With J the lots joined or split off directly, visits of their steps weighed in, all together are J + J^2 + ... =
    (1 - J)^-1 - 1. What is split off and joined again counts as it comes out.
    """
    names = list(line.products)
    joined = np.zeros((len(names), len(names)))
    for p, product in enumerate(line.products.values()):
        if any(step.joins or step.splits for step in line.routes[product.route]):
            for step, times in zip(line.routes[product.route], visits(line, product.route), strict=True):
                made = [part for part in step.joins if line.products[part].release.kind != "split"]
                for part in (*made, *step.splits):
                    joined[p, names.index(part)] += times * (step.splits.get(part) or step.joins[part])
    unit = np.eye(len(names))
    return np.asarray(np.linalg.inv(unit - joined) - unit, dtype=np.float64)


def made_to_need(line: Line) -> list[int]:
    """Parts that are released as the line takes them, and what is split off, as indices: others set their rates."""
    known = parts(line)
    products = enumerate(line.products.items())
    return [
        p
        for p, (name, product) in products
        if product.release.kind == "split" or (name in known and kind_of(line, product) in ("saturated", "wip"))
    ]
