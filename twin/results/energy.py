"""Energy: what toolgroups that say their power drew, by state, for each job, and the line's peak demand.

A tool draws the power that the document gives for its state; energy is power times the exact time in the state. Of idle
time (starved, blocked, waiting for an operator) what lies beyond `standby.after` in one stretch is at the power of
standby, and each time a tool leaves standby its ramp-up comes on top. A job is a lot that leaves the line.
Peak demand is what utilities bill: the largest mean power of the whole line over a quarter of an hour, counted from the
start of the run, of the quarters that lie in the measured time. A ramp-up counts where it ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.results.along import final
from twin.results.cells import column
from twin.results.figure import Figure, Floats, figure
from twin.results.measures import OUT, STATES, ratio
from twin.results.settings import DAY_S
from twin.results.sheets import Sheet, table_rows

if TYPE_CHECKING:
    from twin.arrays.names import Names
    from twin.arrays.totals import Totals
    from twin.line import Line
    from twin.results.results import Results

ALL = "all toolgroups"
PARTS = ("processing", "setup", "pm", "down", "idle", "standby", "ramp_up", "off")
UNITS = {
    "energy": "kWh/d", **dict.fromkeys(PARTS, "kWh/d"), "per_job": "kWh/job", "idle_share": "share", "power": "kW",
    "peak": "kW",
}  # fmt: skip
PART_OF = ("processing", "setup", "pm", "down", "idle", "idle", "off", "idle")
"""Which part of the energy each state's is, in the order of the states."""
SLEPT, WOKEN = range(2)
MW_PER_KW = 1e6

Values = dict[str, Floats]


def has_power(line: Line) -> bool:
    """Whether any toolgroup says what its tools draw."""
    return any(group.power is not None for group in line.toolgroups.values())


def power_weights(line: Line, toolgroup: str) -> NDArray[np.float64]:
    """What a tool's times count for: power in each state [kW], less power in standby [kW], for each ramp-up [kW tick].

    (10,); zeros for a toolgroup that does not say
    """
    power = line.toolgroups[toolgroup].power
    weights = np.zeros(len(STATES) + 2)
    if power is None:
        return weights
    weights[: len(STATES)] = power.by_state
    if power.standby is not None:
        weights[-2] = power.standby.power - power.idle
        ramp = power.standby.ramp_up
        weights[-1] = 0.0 if ramp is None else ramp.power * ramp.takes / line.tick
    return weights


def values(line: Line, names: Names, totals: Totals) -> dict[str, Values]:
    """Figures' values of each toolgroup that says its power, then of all together (`ALL`)   (world,) each.

    raises nothing; a line without power has none
    """
    kwh = totals.tick_s / 3600.0
    days = totals.span_ticks * totals.tick_s / DAY_S
    jobs = totals.product[:, final(line, names), OUT].sum(axis=1)
    parts: dict[str, Values] = {}
    for group, name in enumerate(names.toolgroups):
        if line.toolgroups[name].power is not None:
            weights = power_weights(line, name)
            tools = names.tools_of[group]
            ticks = totals.tool_ticks[:, tools.start : tools.stop].sum(axis=1)
            standby = totals.standby[:, tools.start : tools.stop].sum(axis=1)
            parts[name] = _parts(weights * kwh, ticks, standby)
    if not parts:
        return {}
    parts[ALL] = {key: np.sum([found[key] for found in parts.values()], axis=0) for key in PARTS}
    return {name: _figures_of(found, days, jobs) for name, found in parts.items()} | _peak(parts, totals, days, jobs)


def _parts(weights: Floats, ticks: NDArray[np.int64], standby: NDArray[np.int64]) -> Values:
    """Energy of a toolgroup by what it was drawn for [kWh]   (world,) each."""
    found: Values = {part: np.zeros(len(ticks)) for part in PARTS}
    for state, part in enumerate(PART_OF):
        found[part] = found[part] + weights[state] * ticks[:, state]
    idle = weights[STATES.index("starved")]
    found["standby"] = (idle + weights[-2]) * standby[:, SLEPT]
    found["idle"] = found["idle"] - idle * standby[:, SLEPT]
    found["ramp_up"] = weights[-1] * standby[:, WOKEN]
    return found


def _figures_of(parts: Values, days: float, jobs: NDArray[np.int64]) -> Values:
    whole = np.sum([parts[key] for key in PARTS], axis=0)
    wasted = parts["idle"] + parts["standby"] + parts["ramp_up"]
    return {
        "energy": ratio(whole, days),
        **{key: ratio(parts[key], days) for key in PARTS},
        "per_job": ratio(whole, jobs),
        "idle_share": ratio(wasted, whole),
        "power": ratio(whole, 24.0 * days),
        "peak": np.full(whole.shape, np.nan),
    }


def _peak(parts: dict[str, Values], totals: Totals, days: float, jobs: NDArray[np.int64]) -> dict[str, Values]:
    """All toolgroups together, with the peak that only they have."""
    peak = np.where(totals.peak < 0, np.nan, totals.peak / MW_PER_KW)
    return {ALL: _figures_of(parts[ALL], days, jobs) | {"peak": peak}}


def figures(line: Line, names: Names, totals: Totals) -> dict[str, dict[str, Figure | None]]:
    """Figures of each toolgroup that says its power, then of all together.

    energy and what it was drawn for (processing, setup, pm, down, idle, standby, ramp_up, off) [kWh/d]; per_job: over
    the lots that left the line [kWh/job]; idle_share: idle, standby and ramp-ups, of the energy; power: mean [kW];
    peak: largest mean over a quarter of an hour [kW], of all together alone
    """
    return {
        name: {key: figure(found[key], unit) for key, unit in UNITS.items()}
        for name, found in values(line, names, totals).items()
    }


def sentence(found: dict[str, dict[str, Figure | None]]) -> str | None:
    """One line of a report: `Energy: 41.2 ± 0.3 kWh a job, 54,300 kWh a day ...`; None where no power is said."""
    if not found:
        return None
    whole = found[ALL]
    told = [f"{_told(whole['per_job'])} kWh a job" if whole["per_job"] else "no job came out"]
    told.append(f"{_told(whole['energy'])} kWh a day")
    if whole["idle_share"] is not None:
        told.append(f"{100 * whole['idle_share'].mean:.1f} % of it idle")
    told.append(f"mean {_told(whole['power'])} kW")
    if whole["peak"] is not None:
        told.append(f"15-minute peak {_told(whole['peak'])} kW")
    return f"Energy: {', '.join(told)}."


def _told(found: Figure | None) -> str:
    return column([found], 1.0, 4, 3)[0].strip()


def sheet(results: Results, sign: str = "±") -> Sheet:
    """What each toolgroup draws, by state; no rows where no power is said."""
    found = results.energy_figures
    rows = list(found.values())
    used = [key for key in PARTS if any(row[key] is not None and row[key].mean > 0 for row in rows)]  # type: ignore[union-attr]
    columns = [column([row["energy"] for row in rows], 1.0, 4, 1, f" {sign} ")]
    columns += [column([_bare(row[key]) for row in rows], 1.0, 4, 1) for key in used]
    columns.append(column([row["per_job"] for row in rows], 1.0, 4, 3, f" {sign} "))
    columns.append(column([row["idle_share"] for row in rows], 100.0, 3, 1, sign))
    said = {"ramp_up": "ramp-up"}
    return Sheet(
        "Energy: idle is starved, blocked or without an operator",
        ("toolgroup", "energy", *(said.get(key, key) for key in used), "per job", "idle"),
        ("", "kWh/d", *("kWh/d" for _ in used), "kWh", "% of it"),
        table_rows(list(found), columns),
        (len(found) - 1,) if found else (),
    )


def _bare(of: Figure | None) -> Figure | None:
    """A figure without its interval."""
    return None if of is None else Figure(of.mean, None, None, of.unit)
