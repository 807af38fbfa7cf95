"""What is told of one wafer, or of every wafer of a lot: yield, bins, what made it, its characteristics."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Any

from twin.results.report import WIDTH, Row, set_sheet
from twin.results.sheets import Sheet, table_rows

if TYPE_CHECKING:
    from twin.results.wafer import Mapped, Wafer


def rows(wafers: tuple[Wafer, ...], *, ascii_only: bool = False) -> list[Row]:
    """The report, line by line: of one wafer all there is to tell, of several a line each."""
    cut = "~" if ascii_only else "…"
    first = wafers[0]
    if len(wafers) > 1:
        title = f"Lot {first.lot}, replication {first.replication}: {len(wafers)} wafers"
        return [Row(title, "title"), Row(""), *set_sheet(_lot(wafers), cut)]
    told = str(first).partition(";")[0] + "."
    lines = [Row(line, "title") for line in textwrap.wrap(told[0].upper() + told[1:], WIDTH, subsequent_indent="  ")]
    for sheet in (_bins(first), _causes(first), _characteristics(first)):
        if sheet.rows:
            lines += [Row(""), *set_sheet(sheet, cut)]
    return lines


def to_json(wafers: tuple[Wafer, ...]) -> dict[str, Any]:
    """The same as plain values."""
    return {"wafers": [wafer.to_json() for wafer in wafers]}


def _lot(wafers: tuple[Wafer, ...]) -> Sheet:
    """Every wafer of a lot in a line."""
    count = wafers[0].defects.size
    kinds = [name for name in wafers[0].kinds if any(wafer.counts[name] for wafer in wafers)]
    columns = [
        [f"{100 * wafer.yield_:.1f}" for wafer in wafers],
        [f"{100 * wafer.expected:.1f}" for wafer in wafers],
        *([f"{wafer.counts[name]:,}" for wafer in wafers] for name in kinds),
    ]
    struck = [[cause.pattern for cause in wafer.causes if cause.pattern] for wafer in wafers]
    if any(struck):
        columns.append([", ".join(patterns) or "-" for patterns in struck])
    header = ("wafer", "yield", "expected", *kinds, *(["struck by"] if any(struck) else []))
    units = ("", "%", "%", *("dies" for _ in kinds), *([""] if any(struck) else []))
    names = [wafer.name for wafer in wafers]
    return Sheet(f"Wafers of {count:,} dies", header, units, table_rows(names, columns))


def _bins(wafer: Wafer) -> Sheet:
    """What the dies are."""
    counts = {name: count for name, count in wafer.counts.items() if count}
    columns = [
        [f"{count:,}" for count in counts.values()],
        [f"{100 * count / wafer.defects.size:.1f}" for count in counts.values()],
        ["good" if name in wafer.kinds[: wafer.goods] else "lost" for name in counts],
    ]
    return Sheet("Bins", ("bin", "dies", "share", ""), ("", "", "%", ""), table_rows(list(counts), columns))


def _causes(wafer: Wafer) -> Sheet:
    """What struck the wafer or spoiled dies of it."""
    spoiled = wafer.spoiled
    columns = [
        [cause.step or "all" for cause in spoiled],
        [cause.tool or "-" for cause in spoiled],
        [str(cause.chamber) if cause.chamber else "-" for cause in spoiled],
        [f"{count:,}" for count in spoiled.values()],
    ]
    names = [cause.pattern or cause.kind for cause in spoiled]
    header = ("cause", "step", "tool", "chamber", "dies")
    return Sheet("What made it", header, ("",) * len(header), table_rows(names, columns))


def _characteristics(wafer: Wafer) -> Sheet:
    """Its characteristics over the dies."""
    maps = wafer.maps
    columns = [
        [f"{of.values.mean():.5g}" for of in maps],
        [f"{of.values.std():.3g}" for of in maps],
        [f"{of.values.min():.5g}" for of in maps],
        [f"{of.values.max():.5g}" for of in maps],
        [limits(of) for of in maps],
        [f"{int(of.outside.sum()):,}" for of in maps],
        [f"{of.step} on {of.tool}" for of in maps],
    ]
    names = [f"{of.name} [{of.unit}]" if of.unit else of.name for of in maps]
    header = ("characteristic", "mean", "sd", "least", "most", "limits", "outside", "made at")
    return Sheet(
        "Characteristics over the dies", header, ("", "", "", "", "", "", "dies", ""), table_rows(names, columns)
    )


def limits(of: Mapped) -> str:
    """Limits of a characteristic, in words: `42 to 48`, `>= 42`, `<= 48`."""
    low, high = math.isfinite(of.low), math.isfinite(of.high)
    if low and high:
        return f"{of.low:.6g} to {of.high:.6g}"
    return f">= {of.low:.6g}" if low else f"<= {of.high:.6g}" if high else "-"
