"""Sheets about quality: characteristics, metrology, shifts, and the tools where the yield is lost."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from twin.results import bins as of_dies
from twin.results import characteristics as of_units
from twin.results import losses
from twin.results import metrology as of_steps
from twin.results.cells import align, cell, column, places
from twin.results.figure import Figure
from twin.results.sheets import Sheet, table_rows

if TYPE_CHECKING:
    from twin.results.results import Results

MOST_ROWS = 15
"""Characteristics, or steps that measure, that are told; of more, the worst."""
MOST_TOOLS = 10
MOST_ALARMED = 5
"""Steps whose alarms are told by rule, each for itself."""
WAFERS_FOR_BINS = 400
"""Wafers of a product that are drawn for the sheet of bins: a second or two of work."""
LEAST_PLACES = 4
"""Decimals of per cents."""
LEAST_SHARE = 1e-4
"""Of all that is lost, that is told of a cause, or of a step and tool."""


def characteristics(results: Results, sign: str = "±") -> Sheet:
    """Mean, scatter and capability of what the routes make, the largest share beyond the limits first."""
    found = of_units.figures(results.judged)
    worst = sorted(found, key=lambda key: -_mean(found[key]["outside"]))[:MOST_ROWS]
    rows, between = [found[key] for key in worst], f" {sign} "
    outside = column([row["outside"] for row in rows], 100.0, 4, LEAST_PLACES, between)
    columns = [
        [f"{_limits(row['lower'], row['upper'])} {row['unit']}".strip() for row in rows],
        _each([row["mean"] for row in rows], 6, between),
        _each([row["sd"] for row in rows], 3, between),
        _each([row["within"] and Figure(row["within"].mean, None, None, row["unit"]) for row in rows], 3, between),
        column([row["cpk"] for row in rows], 1.0, 3, 2, between),
        [_least(row["outside"], cell) for row, cell in zip(rows, outside, strict=True)],
    ]
    several = len({product for product, _ in found}) > 1
    names = [f"{product}: {name}" if several else name for product, name in worst]
    some = f", the {len(worst)} worst of {len(found)}" if len(found) > len(worst) else ""
    return Sheet(
        f"Characteristics of the units that came out{some}; outside: what is beyond the limits",
        ("characteristic", "limits", "mean", "sd", "within", "Cpk", "outside"),
        ("", "", "", "of units", "a unit", "", "%"),
        table_rows(names, columns),
    )


def _least(share: Figure | None, cell: str) -> str:
    """A cell in per cent; a share that would be told as 0 and is not is told as less than the least one."""
    least = 10.0**-LEAST_PLACES
    if share is None or not 0 < 100 * share.mean < least / 2:
        return cell
    return f"< {least:g}".ljust(len(cell))


def _limits(low: float, high: float) -> str:
    if math.isnan(low) and math.isnan(high):
        return "none"
    if math.isnan(high):
        return f"from {low:g}"
    return f"up to {high:g}" if math.isnan(low) else f"{low:g} to {high:g}"


def _each(figures: Sequence[Figure | None], digits: int, between: str) -> list[str]:
    """A column of figures of different units, each with its own number of decimals."""
    return align([cell(of, 1.0, places([of], 1.0, digits, 9), between) for of in figures], between)


def metrology(results: Results, sign: str = "±") -> Sheet:
    """What the steps that measure found; those with the most lots outside first."""
    found = of_steps.figures(results.line, results.names, results.totals)
    worst = sorted(found, key=lambda key: -_mean(found[key]["outside"]))[:MOST_ROWS]
    rows, between = [found[key] for key in worst], f" {sign} "
    columns = [[row["characteristic"] for row in rows], [f"{row['lots']:,}" for row in rows]]
    header, units = ["step", "measures", "lots"], ["", "", ""]
    for key, factor, unit in (
        ("outside", 100.0, "%"), ("alarms", 1.0, "/100 lots"), ("false", 100.0, "% of them"), ("reworked", 100.0, "%"),
        ("scrapped", 100.0, "%"), ("held", 100.0, "%"),
    ):  # fmt: skip
        if any(row[key] is not None for row in rows):
            columns.append(column([row[key] for row in rows], factor, 3, 3, between))
            header.append(key)
            units.append(unit)
    some = f", the {len(worst)} worst of {len(found)} steps" if len(found) > len(worst) else ""
    return Sheet(
        f"Metrology{some}: lots measured, and the share of them whose mean was outside the limits",
        tuple(header), tuple(units), table_rows(_named(results, worst), columns),
    )  # fmt: skip


def alarms_by_rule(results: Results) -> list[str]:
    """What run rules gave the alarms of each step, in words; of many steps, of all together."""
    found = of_steps.figures(results.line, results.names, results.totals)
    named = zip(_named(results, list(found)), found.values(), strict=True)
    rules = {name: of_steps.rules_of(row) for name, row in named if of_steps.rules_of(row)}
    if len(rules) > MOST_ALARMED:
        summed: Counter[str] = Counter()
        for counts in rules.values():
            summed.update(counts)
        rules = {f"{len(rules)} steps": dict(summed.most_common())}
    return [
        f"Alarms of {name} by rule: {', '.join(f'{rule} {count:,}' for rule, count in counts.items())}."
        for name, counts in rules.items()
    ]


def bins(results: Results, sign: str = "±") -> Sheet:
    """What the dies of products with bins are sorted into; no rows where no product has any."""
    if not any(product.bins for product in results.line.products.values()):
        return Sheet("", (), (), ())
    found = {
        key: row
        for key, row in of_dies.figures(results, WAFERS_FOR_BINS).items()
        if (key[1] in (asked := results.line.products[key[0]].bins)) or (asked and _mean(row["share"]) >= LEAST_SHARE)
    }
    between = f" {sign} "
    columns = [
        column([row["share"] for row in found.values()], 100.0, 4, 3, between),
        column([row["dies"] for row in found.values()], 1.0, 4, 2, between),
    ]
    several = len({product for product, _ in found}) > 1
    return Sheet(
        f"Bins of the dies, fails included, from {WAFERS_FOR_BINS} wafers drawn of a product, or all",
        ("bin", "share", "dies"),
        ("", "%", "a wafer"),
        table_rows([f"{product}: {name}" if several else name for product, name in found], columns),
    )


def shifts(results: Results, sign: str = "±") -> Sheet:
    """How often something broke unnoticed, and how many units were run until it was mended."""
    found = of_steps.shifts(results.line, results.names, results.totals)
    between = f" {sign} "
    columns = [
        column([row["shifts"] for row in found.values()], 1.0, 4, 2, between),
        column([row["units"] for row in found.values()], 1.0, 4, 1, between),
    ]
    return Sheet(
        "Shifts: what broke unnoticed, until the next maintenance",
        ("toolgroup, input", "shifts", "units run"),
        ("", "a replication", "under one"),
        table_rows([f"{group}, {word}" for group, word in found], columns),
    )


def worst_tools(results: Results, sign: str = "±") -> Sheet:
    """The steps and tools where most is lost; no rows where the toolgroups say as much."""
    found = losses.by_tool(results.judged)
    if len(found) <= len(losses.by_toolgroup(results.judged)):
        return Sheet("", (), (), ())
    told = [key for key, row in found.items() if _mean(row["share"]) >= LEAST_SHARE]
    chosen = {key: found[key] for key in told[:MOST_TOOLS]}
    rows, between = list(chosen.values()), f" {sign} "
    columns = [
        column([row[key] for row in rows], 100.0, 4, 3, between) for key in ("share", "lost", "units", "per_unit")
    ]
    several = len({route for route, *_ in found}) > 1
    names = [
        (f"{route}." if several else "") + f"{step} at {cause_of(tool, cause)}" for route, step, tool, cause in chosen
    ]
    return Sheet(
        f"Where it is lost: the {len(chosen)} largest of {len(found)} by step, tool and cause",
        ("step, tool", "share", "yield lost", "units run", "lost of them"),
        ("", "%", "points", "%", "%"),
        table_rows(names, columns),
    )


def cause_of(place: str, cause: str) -> str:
    """What a row of the loss is called: `furnace`, `furnace, waiting`, `etcher: gate_cd`."""
    if cause == losses.TOOL:
        return place
    return f"{place}, waiting" if cause == losses.WAITING else f"{place}: {cause}"


def _named(results: Results, steps: Sequence[tuple[str, str]]) -> list[str]:
    """Steps by their names, with the route where several routes measure."""
    several = len({results.names.steps[index][0] for index in results.names.measures}) > 1
    return [f"{route}.{step}" if several else step for route, step in steps]


def _mean(found: Any) -> float:
    return found.mean if isinstance(found, Figure) else -1.0
