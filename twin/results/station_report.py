"""What `twin stations` tells: jobs an hour, the stations in the order of the line, OEE, energy, the bottleneck."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from twin.results import energy, methods, oee
from twin.results.along import ALL, OPEN, stations
from twin.results.cells import NO_DATA, column, time_unit
from twin.results.figure import Figure
from twin.results.periods import UNITS
from twin.results.report import WIDTH, Row, asked, set_sheet
from twin.results.settings import DAY_S
from twin.results.sheets import SHORT, Sheet, table_rows

if TYPE_CHECKING:
    from twin.results.periods import ActivePeriods
    from twin.results.results import Results

STATES = ("productive", "setup", "pm", "down", "starved", "blocked", "no_operator", "off")
USUAL = {"productive", "down", "starved", "blocked"}

Figures = Mapping[str, Figure | None]


def rows(results: Results, periods: ActivePeriods | None = None, *, ascii_only: bool = False) -> list[Row]:
    """The report, line by line."""
    sign, cut = ("+-", "~") if ascii_only else ("±", "…")
    lines = [Row(results.settings.model, "title"), Row(asked(results).replace("±", sign)), Row("")]
    names = stations(results.line)
    for sheet in (
        jobs(results, sign), states(results, sign, ascii_only), buffers(results, sign), oee.sheet(results, names, sign),
        energy.sheet(results, sign), bottlenecks(results, periods, sign),
    ):  # fmt: skip
        if sheet.rows:
            lines += [*set_sheet(sheet, cut), Row("")]
    said = [Row(bottleneck_sentence(results, periods), "mark")]
    said += [Row(words) for words in notes(results, periods)]
    for row in said:
        lines += [Row(words, row.style) for words in textwrap.wrap(row.text, WIDTH, subsequent_indent="  ")]
    return lines


def bottleneck_sentence(results: Results, periods: ActivePeriods | None) -> str:
    """Where the methods agree."""
    return methods.sentence(results.bottleneck_figures, None if periods is None else periods.bottleneck)


def notes(results: Results, periods: ActivePeriods | None) -> list[str]:
    """How to read the tables."""
    found = []
    if results.arrows:
        found.append(
            "An arrow stands between a station and the next: it points on where the station is blocked more than the "
            "next is starved, else back; in brackets where the interval of that difference has 0 in it."
        )
    if periods is not None:
        count = len(periods.values["sole"])
        many = f"{count} replications" if count > 1 else "one replication"
        found.append(
            f"Active periods: from day {periods.begins_s / DAY_S:.4g} to {periods.ends_s / DAY_S:.4g} of {many}."
        )
    return [f"Note: {words}" for words in (*found, *results.notes)]


def jobs(results: Results, sign: str = "±") -> Sheet:
    """Jobs an hour, first time through, gaps within the takt."""
    figures = dict(results.job_figures)
    if len(figures) == 2:
        (name,) = (name for name in figures if name != ALL)
        figures = {name: figures[ALL]}
    rows = list(figures.values())
    header, units = ["product", "jobs an hour", "first time through"], ["", "job/h", "%"]
    columns = [column([row["jobs_per_hour"] for row in rows], 1.0, 4, 3, f" {sign} ")]
    if any(_mean(row["jobs_per_open_hour"]) > OPEN * _mean(row["jobs_per_hour"]) for row in rows):
        header.insert(2, "an hour open")
        units.insert(2, "job/h")
        columns.append(column([row["jobs_per_open_hour"] for row in rows], 1.0, 4, 3, f" {sign} "))
    columns.append(column([row["first_time_through"] for row in rows], 100.0, 4, 2, f" {sign} "))
    if any(row["within_takt"] is not None for row in rows):
        header.append("gaps within takt")
        units.append("%")
        columns.append(column([row["within_takt"] for row in rows], 100.0, 3, 1, f" {sign} "))
    return Sheet("Jobs", tuple(header), tuple(units), table_rows(list(figures), columns))


def states(results: Results, sign: str = "±", ascii_only: bool = False) -> Sheet:
    """What each station does with its time, in the order of the line, and the arrows between neighbours."""
    figures = results.station_figures
    rows = list(figures.values())
    shown = [key for key in STATES if key in USUAL or any(_mean(row[key]) > 0 for row in rows)]
    columns = [column([row[key] for row in rows], 100.0, 3, 1, sign) for key in shown]
    columns.append(column([row["jobs_per_hour"] for row in rows], 1.0, 3, 1, sign))
    header = ["station", *(SHORT.get(key, key) for key in shown), "jobs"]
    units = ["", *("%" for _ in shown), "1/h"]
    arrows = arrow_signs(results, ascii_only)
    if any(arrows.values()):
        columns.append([arrows[name] for name in figures])
        header.append("arrow")
        units.append("")
    marked = tuple(k for k, name in enumerate(figures) if name == results.bottleneck)
    title = "Stations along the line: states in % of calendar time"
    return Sheet(title, tuple(header), tuple(units), table_rows(list(figures), columns), marked)


def arrow_signs(results: Results, ascii_only: bool) -> dict[str, str]:
    """The arrow between each station and the one after it in the table, where they are neighbours."""
    names = list(results.station_figures)
    following = dict(pairwise(names))
    found = dict.fromkeys(names, "")
    on, back = ("->", "<-") if ascii_only else ("→", "←")
    for arrow in results.arrows:
        if following.get(arrow.before) == arrow.after:
            sign = on if arrow.downstream else back
            found[arrow.before] = sign if arrow.sure else f"({sign})"
    return found


def buffers(results: Results, sign: str = "±") -> Sheet:
    """What stands in front of each station, and how often it stops."""
    figures = results.station_figures
    rows = list(figures.values())
    of = _column_of(rows, sign)
    places = [results.line.toolgroups[name].buffer for name in figures]
    columns = [[NO_DATA if count is None else str(count) for count in places], of("queue", 1.0, 3, 2)]
    header, units = ["station", "places", "waiting", "empty", "full"], ["", "", "lots", "%", "%"]
    columns += [of("buffer_empty", 100.0, 3, 1), of("buffer_full", 100.0, 3, 1)]
    if any(row["mtbf"] is not None for row in rows):
        for key, word in (("mtbf", "MTBF"), ("mttr", "MTTR")):
            unit = time_unit([row[key] for row in rows])
            columns.append(of(key, unit.factor, 3, 2))
            header.append(word)
            units.append(unit.name)
    title = "Buffers in front of the stations; productive time and down time for each failure"
    return Sheet(title, tuple(header), tuple(units), table_rows(list(figures), columns))


def bottlenecks(results: Results, periods: ActivePeriods | None, sign: str = "±") -> Sheet:
    """The bottleneck by several methods."""
    figures = results.bottleneck_figures
    rows = list(figures.values())
    of = _column_of(rows, sign)
    header, units, columns = ["station"], [""], []
    if results.arrows:
        columns += [of("arrows", 100.0, 3, 0), of("severity", 100.0, 3, 1)]
        header += ["arrows end", "severity"]
        units += ["% of repl.", "%"]
    columns += [of("active", 100.0, 3, 1)]
    header.append("active")
    units.append("%")
    if periods is not None:
        told = periods.figures
        found = _column_of([told.get(name, dict.fromkeys(UNITS)) for name in figures], sign)
        unit = time_unit([row["average"] for row in told.values()])
        columns += [found("sole", 100.0, 3, 1), found("shifting", 100.0, 3, 1), found("average", unit.factor, 3, 2)]
        header += ["sole", "shifting", "active period"]
        units += ["% of time", "% of time", unit.name]
    marked = {methods.best(figures, "severity"), methods.best(figures, "active")}
    marked |= set() if periods is None else {periods.bottleneck}
    return Sheet(
        "The bottleneck by several methods", tuple(header), tuple(units), table_rows(list(figures), columns),
        tuple(k for k, name in enumerate(figures) if name in marked),
    )  # fmt: skip


def _column_of(figures: Sequence[Figures], sign: str) -> Callable[..., list[str]]:
    """A function that sets one figure of all rows as a column."""

    def of(key: str, factor: float = 1.0, digits: int = 4, most: int = 4) -> list[str]:
        return column([row[key] for row in figures], factor, digits, most, sign)

    return of


def _mean(of: Figure | None) -> float:
    return 0.0 if of is None else of.mean


def to_json(results: Results, periods: ActivePeriods | None = None) -> dict[str, Any]:
    """The same as plain values: shares 0-1, times in d, rates an hour, kWh; None where there is no data."""

    def plain(figures: Mapping[str, Figures]) -> dict[str, Any]:
        return {
            name: {key: None if found is None else found.to_json() for key, found in row.items()}
            for name, row in figures.items()
        }

    return {
        "model": results.settings.model,
        "horizon_days": results.settings.horizon_s / DAY_S,
        "warmup_days": results.settings.warmup_s / DAY_S,
        "replications": results.settings.replications,
        "jobs": plain(results.job_figures),
        "along_the_line": plain(results.station_figures),
        "oee": plain(results.oee_figures),
        "energy": plain(results.energy_figures),
        "bottlenecks": plain(results.bottleneck_figures),
        "arrows": [
            {"from": a.before, "to": a.after, "points_to": a.after if a.downstream else a.before, "sure": a.sure,
             "blocked_less_starved": a.gap.to_json()}
            for a in results.arrows
        ],
        "active_periods": None if periods is None else periods.to_json(),
        "bottleneck": bottleneck_sentence(results, periods),
    }  # fmt: skip
