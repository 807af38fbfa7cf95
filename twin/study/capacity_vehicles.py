"""Offered load of vehicles from the document alone: loaded trips with their handling; empty ways come on top."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from twin.line import Line
from twin.study.capacity_crews import carried_time

Floats = NDArray[np.float64]


def offered(line: Line, rates: Floats) -> float:
    """Share of the vehicles' time that loaded trips take, loading and unloading included; 0 without vehicles.

    rates: releases [lot/s]   (product,)
    """
    return float(carried_time(line) @ rates) / line.fleet.count if line.fleet is not None else 0.0


def notes(line: Line, rates: Floats) -> Iterator[str]:
    """The offered load in words."""
    if line.fleet is None:
        return
    name, share = line.transport.vehicles if line.transport else None, offered(line, rates)
    if share > 1 + 1e-9:
        yield (
            f"vehicles {name} are too few for what is released: loaded trips alone ask for {100 * share:.1f} % of "
            "their time"
        )
    else:
        yield f"vehicles {name}: loaded trips take {100 * share:.1f} % of their time; empty ways come on top"
