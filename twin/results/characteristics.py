"""Characteristics of the units that came out: mean, scatter, capability, and the share beyond the limits.

    sd      standard deviation of the units' means, over all units of a replication
    within  scatter inside a unit: sqrt(s^2 + mean of the variance of its map), s the document's `within:`
    Cpk     min(upper - mean, mean - lower) / (3 sqrt(sd^2 + within^2))
    outside expected share of the dies, of units without dies, that are beyond a limit (`twin.results.judged`)

Cpk is that of everything that came out, drift and steps between tools in it; some call it Ppk. Modes have the variance
of the square of their amplitude over the wafer (Noll's norm).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from twin.arrays.quality import limits_of
from twin.results.figure import Figure, Floats, figure
from twin.results.judged import Judged
from twin.results.measures import ratio
from twin.results.units import PRODUCT, has_makers

COLUMNS = ("unit", "target", "lower", "upper", "mean", "sd", "within", "cpk", "outside")


def figures(judged: Judged) -> dict[tuple[str, str], dict[str, Any]]:
    """Figures of every characteristic that a product's route makes, by (product, characteristic).

    mean, sd, within: in its `unit`; cpk [-]; outside [share]: of those made, None without limits
    target, lower, upper: of the product, NaN where there is none
    """
    found = {}
    for product in judged.line.products:
        for name, made in judged.line.characteristics.items():
            if not has_makers(judged.line, product, name):
                continue
            ends = (end if math.isfinite(end) else math.nan for end in limits_of(judged.line, name, product))
            target = made.value(made.target)
            said = (made.unit, math.nan if target is None else target, *ends)
            values = of_product(judged, product, name)
            units = dict.fromkeys(("mean", "sd", "within"), made.unit) | {"cpk": "-", "outside": "share"}
            row: dict[str, Any] = dict(zip(COLUMNS[:4], said, strict=True))
            found[product, name] = row | {key: figure(values[key], unit) for key, unit in units.items()}
    return found


def of_product(judged: Judged, product: str, name: str) -> dict[str, Floats]:
    """The values behind the figures of a characteristic of a product   (world,) each."""
    own = judged.totals.lots[:, PRODUCT] == judged.names.products.index(product)
    values = np.where(judged.weight > 0, judged.units.values[name], np.nan)

    def over(of_units: Floats) -> Floats:
        return judged.by_world(np.nansum(of_units, axis=1), own)

    count = over(np.isfinite(values).astype(np.float64))
    mean = ratio(over(values), count)
    around = values - mean[judged.world_of_lots, None]
    sd = np.sqrt(ratio(over(np.square(around)), count - 1))
    uneven = judged.units.uneven.get(name)
    mapped = np.zeros(judged.worlds) if uneven is None else ratio(over(uneven), count)
    within = np.where(count > 0, np.hypot(judged.line.characteristics[name].scatter, np.sqrt(mapped)), np.nan)
    low, high = limits_of(judged.line, name, product)
    room = np.minimum(high - mean, mean - low)
    limited = math.isfinite(low) or math.isfinite(high)
    return {
        "mean": mean,
        "sd": sd,
        "within": within,
        "cpk": ratio(room, 3 * np.hypot(sd, within)) if limited else np.full(judged.worlds, np.nan),
        "outside": ratio(over(judged.units.outside[name]), count) if limited else np.full(judged.worlds, np.nan),
    }


def to_json(judged: Judged) -> list[dict[str, Any]]:
    """The figures as plain values, a mapping each; None where there is no data."""
    return [
        {"product": product, "characteristic": name, **{key: _plain(value) for key, value in row.items()}}
        for (product, name), row in figures(judged).items()
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, Figure):
        return value.to_json()
    return None if isinstance(value, float) and math.isnan(value) else value
