"""The two tables of a report: products, and the most loaded toolgroups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twin.results.cells import column, rate_unit, time_unit
from twin.results.figure import Figure
from twin.results.measures import STATES

if TYPE_CHECKING:
    from twin.results.results import Results

MOST_LOADED = 10
ALL = "all products"
SELDOM = {"off", "no_operator"}  # states that are told where there are any
SHORT = {"productive": "product.", "no_operator": "no oper."}


@dataclass(frozen=True)
class Sheet:
    """A titled table of ready text; the first column is a name, the others are numbers.

    marked: places of the rows to be seen first
    """

    title: str
    header: tuple[str, ...]
    units: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    marked: tuple[int, ...] = ()


def products(results: Results, sign: str = "±") -> Sheet:
    """Throughput, cycle time, X-factor, WIP and on-time share of each product and of all together."""
    figures = {
        name if k in results.final else f"{name} (part)": row
        for k, (name, row) in enumerate(results.product_figures.items())
    }
    if len(results.final) > 1:
        total = {"throughput": results.throughput, "cycle_time": results.cycle_time, "wip": results.wip}
        figures[ALL] = {**dict.fromkeys(next(iter(figures.values()))), **total}
    every = list(figures.values())
    cycle = [product["cycle_time"] for product in every]
    time = time_unit(cycle)
    rate = rate_unit([product["throughput"] for product in every], time)
    between = f" {sign} "

    def told(key: str, factor: float, digits: int = 4, most: int = 4) -> list[str]:
        return column([product[key] for product in every], factor, digits, most, between)

    p95 = [None if figure is None else figure.p95 for figure in cycle]
    columns = [
        told("throughput", rate.factor),
        told("cycle_time", time.factor),
        column(p95, time.factor, plus_minus=between),
        told("x_factor", 1.0, 3),
        told("wip", 1.0),
        told("on_time", 100.0, 3, 1),
    ]
    header = ["product", "throughput", "cycle time", "its p95", "X-factor", "WIP", "on time"]
    units = ["", rate.name, time.name, time.name, "", "lots", "%"]
    if results.judged.known.any() or any(product.die is not None for product in results.line.products.values()):
        columns.append(told("yield", 100.0, 4, 2))
        header.append("yield")
        units.append("%")
    return Sheet("Products", tuple(header), tuple(units), table_rows(list(figures), columns))


def due_dates(results: Results, sign: str = "±") -> Sheet:
    """How late lots with due dates leave: share of tardy lots, mean tardiness, the same times each lot's weight."""
    figures = {name: row for name, row in results.product_figures.items() if results.is_due(name)}
    if len(figures) > 1:
        figures[ALL] = results.due_figures
    every = list(figures.values())
    keys = ["tardiness"]
    if any(results.line.products[name].weight != (1, 1) for name in figures if name != ALL):
        keys.append("weighted_tardiness")
    time = time_unit([product[key] for product in every for key in keys])
    between = f" {sign} "
    columns = [column([product["tardy"] for product in every], 100.0, 3, 1, between)]
    columns += [column([product[key] for product in every], time.factor, plus_minus=between) for key in keys]
    names = ("product", "tardy", "mean tardiness", "weighted")
    units = ("", "% of lots", time.name, f"weight x {time.name}")
    shown = len(columns) + 1
    return Sheet("Due dates", names[:shown], units[:shown], table_rows(list(figures), columns))


def toolgroups(results: Results, sign: str = "±") -> Sheet:
    """States of the most loaded toolgroups, in per cent of their tools' calendar time, and their queues."""
    figures = results.toolgroup_figures
    loaded = sorted(figures, key=lambda name: -_mean(figures[name]["utilisation"]))[:MOST_LOADED]
    chosen = [figures[name] for name in loaded]
    states = [state for state in STATES if state not in SELDOM or any(_mean(group[state]) > 0 for group in chosen)]
    shares = [column([group[key] for group in chosen], 100.0, 3, 1, sign) for key in ("utilisation", *states)]
    queues = column([group["queue"] for group in chosen], 1.0, 3, 2, sign)
    counts = {
        name: len(tools) for name, tools in zip(results.names.toolgroups, results.names.tools_of, strict=True)
    }
    title = (
        f"The {len(loaded)} most loaded of {len(figures)} toolgroups"
        if len(figures) > len(loaded)
        else "Toolgroups"
    )
    return Sheet(
        f"{title}: states in % of calendar tool time",
        ("toolgroup", "tools", "utilised", *(SHORT.get(state, state) for state in states), "queue"),
        ("", "", "% of up", *("%" for _ in states), "lots"),
        table_rows(loaded, [[str(counts[name]) for name in loaded], *shares, queues]),
        tuple(k for k, name in enumerate(loaded) if name == results.bottleneck),
    )


def crews(results: Results, sign: str = "±") -> Sheet:
    """How many members each crew has, how much they work, and how long a task waits for one."""
    figures = results.crew_figures
    chosen = list(figures.values())
    between = f" {sign} "
    time = time_unit([crew["wait"] for crew in chosen])
    columns = [
        column([crew[key] for crew in chosen], factor, digits, most, between)
        for key, factor, digits, most in (
            ("utilisation", 100.0, 3, 1), ("tasks", 1.0, 4, 2), ("waited", 100.0, 3, 1), ("wait", time.factor, 4, 4)
        )
    ]
    members = [f"{_mean(crew['members']):.4g}" for crew in chosen]  # the document's, so that luck has no part in it
    return Sheet(
        "Crews",
        ("crew", "members", "busy", "tasks", "have to wait", "mean wait"),
        ("", "", "%", "1/d", "% of tasks", time.name),
        table_rows(list(figures), [members, *columns]),
    )


def conveyors(results: Results, sign: str = "±") -> Sheet:
    """How many lots each conveyor carries of those that it holds, and how long it stands because of its exit."""
    figures = results.conveyor_figures
    chosen = list(figures.values())
    between = f" {sign} "
    columns = [column([belt["lots"] for belt in chosen], 1.0, 4, 2, between)]
    shares = ("utilisation", "productive", "blocked")
    columns += [column([belt[key] for belt in chosen], 100.0, 3, 1, between) for key in shares]
    belts = [results.line.toolgroups[name].conveyor for name in figures]
    holds = [str(belt.lots) if belt is not None else "" for belt in belts]
    return Sheet(
        "Conveyors",
        ("conveyor", "holds", "mean lots", "entrance", "moving", "blocked"),
        ("", "lots", "", "% of up", "%", "%"),
        table_rows(list(figures), [holds, *columns]),
    )


def _mean(figure: Figure | None) -> float:
    return -1.0 if figure is None else figure.mean


def table_rows(names: Sequence[str], columns: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Rows of a sheet from its names and its columns."""
    return tuple(zip(names, *columns, strict=True))
