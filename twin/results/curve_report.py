"""What `twin curve` tells: a row a point, the X-factors of the products, and which points are of no steady state."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from twin.results.cells import column, rate_unit, time_unit
from twin.results.curve import ALL, Curve, Point
from twin.results.figure import Figure
from twin.results.report import WIDTH, Row, set_sheet
from twin.results.settings import DAY_S
from twin.results.sheets import Sheet, table_rows

MOST_PRODUCTS = 4


def rows(curve: Curve, *, ascii_only: bool = False) -> list[Row]:
    """The report, line by line."""
    sign, cut = ("+-", "~") if ascii_only else ("±", "…")
    asked = curve.points[0].results.settings
    what = "the releases of every product" if curve.varied == "releases" else "the lots in the line"
    told = (
        f"{asked.horizon_s / DAY_S:.4g} d, the first {asked.warmup_s / DAY_S:.4g} d left out, "
        f"{asked.replications} replication{'s' if asked.replications > 1 else ''}, the same luck at every point"
    )
    if asked.replications > 1:
        told += f"; {sign} is half of the 95 % interval"
    lines = [Row(f"{curve.model}: operating curve over {what}", "title"), Row(told), Row("")]
    lines += [*set_sheet(_points(curve, sign), cut), Row("")]
    if len(curve.points[0].figures) > 2:
        lines += [*set_sheet(_products(curve, sign), cut), Row("")]
    for words in notes(curve):
        lines += [Row(part) for part in textwrap.wrap(words, WIDTH, subsequent_indent="  ")]
    return lines


def _points(curve: Curve, sign: str) -> Sheet:
    """One row a point: all products together."""
    between = f" {sign} "
    points = curve.points
    line = next(iter(points[0].figures)) if ALL not in points[0].figures else ALL
    time = time_unit([_steady(point, line, "cycle_time") for point in points])
    rates = [point.line["throughput"] for point in points]
    rate = rate_unit(rates, time)

    def of(key: str, factor: float, digits: int = 4, most: int = 4) -> list[str]:
        return column([_steady(point, line, key) for point in points], factor, digits, most, between)

    columns = [
        column(rates, rate.factor, plus_minus=between),
        column([point.utilisation(curve.bottleneck) for point in points], 100.0, 4, 1, between),
        of("x_factor", 1.0, 4, 2),
        of("cycle_time", time.factor),
        of("wip", 1.0),
    ]
    header = ["releases" if curve.varied == "releases" else "WIP", "throughput", f"{curve.bottleneck}", "X-factor"]
    header += ["cycle time", "WIP"]
    units = ["% of now", rate.name, "% utilised", "", time.name, "lots"]
    if any(point.line["on_time"] is not None for point in points):
        columns.append(of("on_time", 100.0, 3, 1))
        header, units = [*header, "on time"], [*units, "%"]
    columns.append([_mark(curve, point) for point in points])
    return Sheet(
        "All products together" if line == ALL else line,
        (*header, ""), (*units, ""), table_rows([percent(point) for point in points], columns),
        tuple(k for k, point in enumerate(points) if point is curve.present),
    )  # fmt: skip


def _mark(curve: Curve, point: Point) -> str:
    if point.unsteady is not None:
        return left_out(curve)
    return "now" if point is curve.present else ""


def left_out(curve: Curve) -> str:
    """What points without figures are called."""
    return "not steady" if curve.varied == "releases" else "left out"


def percent(point: Point) -> str:
    """A point's factor in per cent, to a tenth."""
    return f"{100 * point.factor:.1f}".removesuffix(".0")


def _products(curve: Curve, sign: str) -> Sheet:
    """X-factors of the products of which most is made."""
    chosen = largest(curve, MOST_PRODUCTS)
    count = len(curve.points[0].figures) - 1
    some = f" of the {len(chosen)} largest of {count} products" if count > len(chosen) else " of each product"
    columns = [
        column([_steady(point, name, "x_factor") for point in curve.points], 1.0, 4, 2, f" {sign} ") for name in chosen
    ]
    return Sheet(
        f"X-factor{some}, at the steady points",
        ("% of now", *chosen), ("", *("" for _ in chosen)),
        table_rows([percent(point) for point in curve.points], columns),
    )  # fmt: skip


def _steady(point: Point, product: str, key: str) -> Figure | None:
    return point.figures[product][key] if point.unsteady is None else None


def largest(curve: Curve, most: int) -> Sequence[str]:
    """The products of which most comes out, in the document's order."""
    at = curve.present or curve.points[-1]
    names = [name for name in at.figures if name != ALL]

    def rate(name: str) -> float:
        found = at.figures[name]["throughput"]
        return 0.0 if found is None else found.mean

    chosen = set(sorted(names, key=rate, reverse=True)[:most])
    return [name for name in names if name in chosen]


def notes(curve: Curve) -> list[str]:
    """What to know before believing the figures."""
    found = []
    unsteady = [point for point in curve.points if point.unsteady is not None]
    if unsteady:
        each = "; ".join(f"at {percent(point)} % {point.unsteady}" for point in unsteady)
        why = " Cycle time and WIP there depend on how long the run is: no points of the curve."
        found.append(f"{left_out(curve).capitalize()}: {each}.{why if curve.varied == 'releases' else ''}")
    moved = {point.results.bottleneck for point in curve.steady}
    if len(moved - {None}) > 1:
        told = "; ".join(f"{percent(point)} %: {point.results.bottleneck}" for point in curve.steady)
        found.append(f"The bottleneck is not the same everywhere: {told}.")
    if curve.bounds is not None:
        bounds = curve.bounds
        found.append(
            f"From the document alone: the bottleneck makes {bounds.rate:.4g} lots/d at the most, a lot that never "
            f"waits takes {bounds.raw:.4g} d; both together a critical WIP of {bounds.critical_wip:.3g} lots (Hopp and "
            "Spearman). Setup times are not counted in it."
        )
    at = curve.present or (curve.steady or curve.points)[-1]
    if at.unsteady is None:
        found += [f"At {percent(at)} %: {note}" for note in at.results.notes]
    return found
