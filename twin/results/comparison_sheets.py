"""The tables of a comparison: all scenarios at a glance, one scenario figure by figure, its products."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from twin.results.cells import NO_DATA, Unit, align, cell, places, rate_unit, time_unit
from twin.results.figure import Figure
from twin.results.paired import Difference
from twin.results.recovery import signed
from twin.results.sheets import Sheet

if TYPE_CHECKING:
    from twin.results.comparison import Comparison

SAID = {
    "throughput": "throughput", "cycle_time": "cycle time", "cycle_time_p95": "its p95", "x_factor": "X-factor",
    "wip": "WIP", "on_time": "on time", "tardiness": "tardiness", "weighted_tardiness": "weighted tardiness",
    "energy_per_job": "energy a job",
}  # fmt: skip
ALONE = {**SAID, "cycle_time_p95": "p95 of cycle time"}
"""What a figure is called in a sentence of its own."""
MOST_PRODUCTS = 12


def ordered(keys: Iterable[str]) -> list[str]:
    """Figures in the order they are read in, those without a place last."""
    known = list(dict.fromkeys(keys))
    return [*(key for key in SAID if key in known), *(key for key in known if key not in SAID)]


def unit_of(key: str, figures: Iterable[Figure]) -> Unit:
    """The unit in which these figures of one kind read best."""
    known = list(figures)
    if not known:
        return Unit("", 1.0)
    unit = known[0].unit
    if unit == "d":
        return time_unit(known)
    if unit == "lot/d":
        return rate_unit(known, Unit("h", 24.0))
    return {"share": Unit("%", 100.0), "lot": Unit("lots", 1.0), "-": Unit("", 1.0)}.get(unit, Unit(unit, 1.0))


def overview(comparison: Comparison) -> Sheet:
    """Differences of every scenario, one a row."""
    of_line = comparison.of_line
    keys = ordered(key for found in of_line.values() for key in found)
    units = {key: _unit(found[key] for found in of_line.values() if key in found) for key in keys}
    columns = [
        align([_signed(found.get(key), units[key]) for found in of_line.values()], " ± ") for key in keys
    ]
    interval = ", ± half of the paired 95 % interval" if comparison.base.settings.replications > 1 else ""
    return Sheet(
        f"Differences from the base{interval}",
        ("scenario", *(SAID.get(key, key) for key in keys)),
        ("", *(units[key].name for key in keys)),
        tuple(zip(of_line, *columns, strict=True)),
    )


def scenario(comparison: Comparison, name: str) -> Sheet:
    """Every figure of base and scenario, the difference, and what it means."""
    found = comparison.of_line[name]
    keys = ordered(found)
    units = {key: _unit([found[key]]) for key in keys}
    names = [SAID.get(key, key) + (f" [{units[key].name}]" if units[key].name else "") for key in keys]
    cells: list[list[str]] = [[], [], [], []]
    for key in keys:
        difference, factor = found[key], units[key].factor
        pair = (difference.base, difference.scenario)
        decimals = places(pair, factor)
        row = [*(cell(figure, factor, decimals) for figure in pair), _signed(difference, units[key])]
        for column, text in zip(cells, [*row, _in_percent(difference)], strict=True):
            column.append(text)
    verdicts = [found[key].verdict for key in keys]
    width = max(map(len, ["verdict", *verdicts]))  # words stand flush left
    return Sheet(
        title(comparison, name),
        ("figure", "base", "scenario", "difference", "in %", "verdict".ljust(width)),
        ("",) * 6,
        tuple(zip(names, *(align(column, " ± ") for column in cells), (v.ljust(width) for v in verdicts), strict=True)),
    )


def products(comparison: Comparison, name: str) -> Sheet:
    """Differences of the products of one scenario; of many, those that differ most."""
    of = comparison.of_products[name]
    if len(of) < 2:
        return Sheet("", (), (), ())
    chosen = sorted(of, key=lambda product: -_most(of[product]))[:MOST_PRODUCTS]
    chosen = [product for product in of if product in chosen]
    keys = ordered(key for product in chosen for key in of[product])
    units = {key: _unit(of[product][key] for product in chosen if key in of[product]) for key in keys}
    columns = [align([_signed(of[product].get(key), units[key]) for product in chosen], " ± ") for key in keys]
    rest = f", the {len(chosen)} of {len(of)} that differ most" if len(of) > len(chosen) else ""
    return Sheet(
        f"{name}: differences by product{rest}",
        ("product", *(SAID.get(key, key) for key in keys)),
        ("", *(units[key].name for key in keys)),
        tuple(zip(chosen, *columns, strict=True)),
    )


def title(comparison: Comparison, name: str) -> str:
    """A scenario and what it changes."""
    changes = comparison.changes[name]
    return f"{name}: {'; '.join(changes)}" if changes else f"{name}: a line of its own"


def _unit(differences: Iterable[Difference]) -> Unit:
    known = list(differences)
    key = known[0].key if known else ""
    return unit_of(key, [figure for found in known for figure in (found.base, found.scenario)])


def _signed(difference: Difference | None, unit: Unit) -> str:
    return NO_DATA if difference is None else signed(difference.difference, unit.factor)


def _in_percent(difference: Difference) -> str:
    """The relative difference; a share has its difference in per cent already."""
    if difference.percent is None or difference.base.unit == "share":
        return NO_DATA
    return signed(difference.percent)


def _most(of: Mapping[str, Difference]) -> float:
    """The largest relative difference of a product."""
    return max((abs(found.percent.mean) for found in of.values() if found.percent is not None), default=0.0)
