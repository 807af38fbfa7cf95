"""A run's figures and exact totals as flat columns for parquet, and the totals back from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.arrays.histogram import BINS
from twin.arrays.names import Names
from twin.arrays.totals import Counts, Totals
from twin.line.measure import RULES
from twin.results import energy

if TYPE_CHECKING:
    from twin.results.results import Figures, Results

STATE_TICKS = ("productive", "setup", "pm", "down", "starved", "blocked", "off", "no_operator")
GROUP_COUNTS = (
    "queue_ticks", "loaded", "wait_ticks", "waited", "done", "starts", "setups", "batches", "batched", "room",
    "carried_ticks", "empty_ticks", "full_ticks",
)  # fmt: skip
PRODUCT_COUNTS = (
    "released", "out", "completed", "cycle_ticks", "on_time", "wip_ticks", "reworked", "dated", "late_ticks",
    "tardy_ticks", "weighted_ticks", "scrapped", "lost", "first_time",
)  # fmt: skip
PASSAGE_COUNTS = ("moves", "wip_ticks")
STOP_COUNTS = ("times", "ticks")
PROCESS_COUNTS = ("passed", "visits", "rejected", "added", "waited", "clipped")
MEASURE_COUNTS = (
    "lots", "outside", "alarms", "false_alarms", "reworked", "scrapped", "held", *(f"alarms_{rule}" for rule in RULES)
)  # fmt: skip
SHIFT_COUNTS = ("shifts", "units")
VISIT_COUNTS = ("replication", "tick", "product", "serial", "step", "tool", "passes", "wait_ticks")
CREW_COUNTS = ("busy_ticks", "there_ticks", "tasks", "wait_ticks", "waited")
EXTRA_COUNTS = ("held", "held_ticks", "scrapped", "sent_back")
TAKT_COUNTS = ("gaps", "within")
STANDBY_COUNTS = ("slept_ticks", "woken")
AUXILIARY_COUNTS = ("used_ticks", "taken")
RULE_COUNTS = ("windows", "broken")
FLEET_COUNTS = ("loaded_ticks", "empty_ticks", "handling_ticks", "trips", "picked", "wait_ticks")
CARRIER_COUNTS = (
    "used_ticks", "back_ticks", "there_ticks", "out_ticks", "taken", "wait_ticks", "waited"
)  # fmt: skip
SECTION_COUNTS = ("cycles", "over", "lost_ticks", "late", "late_ticks", "exit", "exit_ticks")
STATION_COUNTS = ("over", "lost_ticks")
LOT_COUNTS = ("replication", "product", "serial", "units", "out_tick", "defects")

Columns = dict[str, Any]


def of(results: Results) -> dict[str, Columns]:
    """Tables to read (figures and means), then the exact totals of each replication.

    Replications are numbered from 1; products, lots, toolgroups, tools, steps and bins of the totals from 0. Lines
    without process laws have no tables of them.
    """
    names, totals = results.names, results.totals
    tools = results.tools
    return {
        "products": _figures(results.product_figures, "product"),
        "toolgroups": _figures(results.toolgroup_figures, "toolgroup"),
        "tools": {"tool": list(tools.index), **{str(key): tools[key].to_numpy() for key in tools.columns}},
        "jobs": _figures(results.job_figures, "product"),
        "oee": _figures(results.oee_figures, "toolgroup"),
        "along_the_line": _figures(results.station_figures, "station"),
        "bottlenecks": _figures(results.bottleneck_figures, "station"),
        "breaches": _breaches(totals, names),
        "totals_products": {
            **_long(totals.product, "product", PRODUCT_COUNTS),
            "wip_end": totals.wip_end.reshape(-1),
        },
        "totals_toolgroups": _long(totals.group, "toolgroup", GROUP_COUNTS),
        "totals_tools": _long(totals.tool_ticks, "tool", STATE_TICKS),
        "totals_cycle_times": _cycle_times(totals),
        **({"totals_stops": _long(totals.stops, "stop", STOP_COUNTS)} if names.stops else {}),
        **({"totals_passages": _long(totals.passage, "passage", PASSAGE_COUNTS)} if names.steps_of else {}),
        **({"totals_extras": _long(totals.extras, "extra", EXTRA_COUNTS)} if names.extras else {}),
        **({"totals_auxiliaries": _auxiliaries(totals)} if names.auxiliaries else {}),
        **({"totals_sections": _long(totals.sections, "section", SECTION_COUNTS)} if names.sections else {}),
        **({"totals_stations": _long(totals.stations, "station", STATION_COUNTS)} if names.sections else {}),
        **(_of_processes(totals) if names.processes else {}),
        **_of_quality(results),
        **(_of_crews(results) if names.crews else {}),
        **({"totals_rules": _long(totals.rules, "rule", RULE_COUNTS)} if names.rules else {}),
        **({"totals_takt": _of_takt(totals)} if totals.takt.any() else {}),
        **(_of_energy(results) if energy.has_power(results.line) else {}),
        **(_of_carriers(results) if names.carriers else {}),
        **(_of_fleets(results) if names.fleets else {}),
    }


def _of_takt(totals: Totals) -> Columns:
    """Gaps between lots that left, a row a replication."""
    exact = {name: totals.takt[:, k] for k, name in enumerate(TAKT_COUNTS)}
    return {"replication": np.arange(len(totals.takt)) + 1, **exact}


def _of_energy(results: Results) -> dict[str, Columns]:
    """What the tools drew, as figures and as the totals behind them that no other table has."""
    totals = results.totals
    peak = {"replication": np.arange(totals.peak.size) + 1, "peak_mw": totals.peak}
    exact = _long(totals.standby, "tool", STANDBY_COUNTS)
    return {
        "energy": _figures(results.energy_figures, "toolgroup"), "totals_standby": exact, "totals_peak": peak
    }  # fmt: skip


def _of_crews(results: Results) -> dict[str, Columns]:
    """What the crews did, as figures and as the totals behind them."""
    exact = _long(results.totals.crews, "crew", CREW_COUNTS)
    return {"crews": _figures(results.crew_figures, "crew"), "totals_crews": exact}


def _of_fleets(results: Results) -> dict[str, Columns]:
    """What the vehicles did, as figures and as the totals behind them."""
    exact = _long(results.totals.fleets, "fleet", FLEET_COUNTS)
    return {"vehicles": _figures(results.vehicle_figures, "vehicles"), "totals_vehicles": exact}


def _of_carriers(results: Results) -> dict[str, Columns]:
    """How carriers were used, as figures and as the totals behind them."""
    exact = _long(results.totals.carriers, "carrier", CARRIER_COUNTS)
    return {"carriers": _figures(results.carrier_figures, "carrier"), "totals_carriers": exact}


def _auxiliaries(totals: Totals) -> Columns:
    return _long(totals.auxiliaries, "auxiliary", AUXILIARY_COUNTS)


def _of_processes(totals: Totals) -> dict[str, Columns]:
    """What the steps with a process law did; the lots that came out, their defects [2^-32/cm2]."""
    lots: Columns = {name: totals.lots[:, k] for k, name in enumerate(LOT_COUNTS)}
    lots["replication"] = lots["replication"] + 1
    lots |= {f"tracked_{k}": totals.tracked[:, k] for k in range(totals.tracked.shape[1])}
    visits: Columns = {name: totals.visits[:, k] for k, name in enumerate(VISIT_COUNTS)}
    visits["replication"] = visits["replication"] + 1
    return {
        "totals_process": _long(totals.process, "process", PROCESS_COUNTS),
        "lots": lots,
        **({"totals_measures": _long(totals.measures, "measure", MEASURE_COUNTS)} if totals.measures.size else {}),
        **({"totals_shifts": _long(totals.shifts, "condition", SHIFT_COUNTS)} if totals.shifts.size else {}),
        **({"visits": visits} if totals.visits.size else {}),
    }


def _of_quality(results: Results) -> dict[str, Columns]:
    """Figures of characteristics, metrology and shifts, each only where the line has any."""
    found = {name: getattr(results, name) for name in ("characteristics", "metrology", "shifts")}
    tables: dict[str, Columns] = {}
    for name, frame in found.items():
        if len(frame):
            flat = frame.reset_index()
            flat.columns = ["_".join(part for part in key if part) for key in flat.columns]
            tables[name] = {key: flat[key].to_numpy() for key in flat.columns}
    return tables


def _figures(figures: Figures, index: str) -> Columns:
    """Figures as flat columns, `cycle_time_mean` and so on; null where there is no data or no interval."""
    columns: Columns = {index: _strings(list(figures))}
    for key in next(iter(figures.values()), {}):
        found = {key: [row[key] for row in figures.values()]}
        if key == "cycle_time":
            found[f"{key}_p95"] = [None if figure is None else figure.p95 for figure in found[key]]
        for name, cells in found.items():
            for value in ("mean", "low", "high"):
                ends = [None if figure is None else getattr(figure, value) for figure in cells]
                columns[f"{name}_{value}"] = _floats(ends)
    return columns


def _floats(cells: list[float | None]) -> Any:
    import pyarrow as pa

    return pa.array(cells, type=pa.float64())


def _strings(cells: list[str]) -> Any:
    import pyarrow as pa

    return pa.array(cells, type=pa.string())


def _long(counts: Counts, axis: str, columns: tuple[str, ...]) -> Columns:
    """Every replication and place a row   (world, n, column)."""
    worlds, size = counts.shape[:2]
    index = {"replication": np.repeat(np.arange(worlds) + 1, size), axis: np.tile(np.arange(size), worlds)}
    flat = counts.reshape(worlds * size, len(columns))
    return {**index, **{name: flat[:, k] for k, name in enumerate(columns)}}


def _breaches(totals: Totals, names: Names) -> Columns:
    """Queue-time windows closed and breached, by the step that opens them."""
    replication, step = np.nonzero(totals.windows[:, :, 0])
    return {
        "replication": replication + 1,
        "step": step,
        "route": _strings([names.steps[k][0] for k in step]),
        "name": _strings([names.steps[k][1] for k in step]),
        "closed": totals.windows[replication, step, 0],
        "breached": totals.windows[replication, step, 1],
    }


def _cycle_times(totals: Totals) -> Columns:
    """Lots in the bins of the cycle-time histogram that hold any."""
    replication, product, place = np.nonzero(totals.cycle_hist)
    lots = totals.cycle_hist[replication, product, place]
    return {"replication": replication + 1, "product": product, "bin": place, "lots": lots}


def totals_from(
    read: Callable[[str], dict[str, Counts]], names: Names, clock: dict[str, Any], events: Counts
) -> Totals:
    """The totals from their tables.

    read:   the whole-number columns of one table, by its name
    clock:  tick_s, span_ticks, horizon_ticks
    events: lot-steps completed   (world,)
    """
    worlds, products = events.size, len(names.products)
    product = read("totals_products")
    for key in ("tardy_ticks", "weighted_ticks", "scrapped", "lost", "first_time"):
        product.setdefault(key, np.zeros_like(product["out"]))  # earlier records do not know them
    hist = np.zeros((worlds, products, BINS), dtype=np.int64)
    cycle = read("totals_cycle_times")
    hist[cycle["replication"] - 1, cycle["product"], cycle["bin"]] = cycle["lots"]
    windows = np.zeros((worlds, len(names.steps), 2), dtype=np.int64)
    closed = read("breaches")
    windows[closed["replication"] - 1, closed["step"]] = np.stack([closed["closed"], closed["breached"]], axis=1)

    def stacked(columns: dict[str, Counts], keys: tuple[str, ...], size: int) -> Counts:
        first = next(iter(columns.values()))
        known = [columns.get(key, np.zeros_like(first)) for key in keys]  # earlier records know fewer
        return np.stack(known, axis=1).reshape(worlds, size, len(keys))

    tools = read("totals_tools")
    process, lots, tracked = _processes_from(read, names, worlds)
    passages = sum(map(len, names.steps_of))
    return Totals(
        tick_s=float(clock["tick_s"]),
        span_ticks=int(clock["span_ticks"]),
        horizon_ticks=int(clock["horizon_ticks"]),
        tool_ticks=stacked(tools, STATE_TICKS, names.tool_group.size),
        group=stacked(read("totals_toolgroups"), GROUP_COUNTS, len(names.toolgroups)),
        product=stacked(product, PRODUCT_COUNTS, products),
        cycle_hist=hist,
        windows=windows,
        wip_end=product["wip_end"].reshape(worlds, products),
        events=events,
        stops=stacked(read("totals_stops"), STOP_COUNTS, len(names.stops)) if names.stops else _none(worlds),
        process=process,
        lots=lots,
        passage=stacked(read("totals_passages"), PASSAGE_COUNTS, passages) if passages else _none(worlds),
        crews=_some(read, "totals_crews", CREW_COUNTS, worlds, len(names.crews)),
        extras=_some(read, "totals_extras", EXTRA_COUNTS, worlds, len(names.extras)),
        auxiliaries=_some(read, "totals_auxiliaries", AUXILIARY_COUNTS, worlds, len(names.auxiliaries)),
        carriers=_some(read, "totals_carriers", CARRIER_COUNTS, worlds, len(names.carriers)),
        fleets=_some(read, "totals_vehicles", FLEET_COUNTS, worlds, len(names.fleets)),
        measures=_some(read, "totals_measures", MEASURE_COUNTS, worlds, len(names.measures)),
        sections=_some(read, "totals_sections", SECTION_COUNTS, worlds, len(names.sections)),
        stations=_some(read, "totals_stations", STATION_COUNTS, worlds, sum(names.sections)),
        shifts=_some(read, "totals_shifts", SHIFT_COUNTS, worlds, len(names.conditions)),
        tracked=tracked,
        visits=_visits_from(read, names),
        rules=_some(read, "totals_rules", RULE_COUNTS, worlds, names.rules),
        standby=_kept(read, "totals_standby", STANDBY_COUNTS, 0, (worlds, names.tool_group.size, 2)),
        takt=_kept(read, "totals_takt", TAKT_COUNTS, 0, (worlds, 2)),
        peak=_kept(read, "totals_peak", ("peak_mw",), -1, (worlds,)),
    )


def _some(
    read: Callable[[str], dict[str, Counts]], table: str, columns: tuple[str, ...], worlds: int, size: int
) -> Counts:
    """Totals that only some lines have, empty where there is nothing to tell   (world, n, column)."""
    if not size:
        return np.zeros((worlds, 0, len(columns)), dtype=np.int64)
    found = read(table)
    return np.stack([found[key] for key in columns], axis=1).reshape(worlds, size, len(columns))


def _kept(
    read: Callable[[str], dict[str, Counts]], table: str, columns: tuple[str, ...], missing: int, shape: tuple[int, ...]
) -> Counts:
    """Totals of a table that some runs have, `missing` in the others."""
    try:
        found = read(table)
    except FileNotFoundError:
        return np.full(shape, missing, dtype=np.int64)
    return np.stack([found[key] for key in columns], axis=1).reshape(shape)


def _none(worlds: int) -> Counts:
    """Totals of stops where the line has none, or of stops or passages where its record is of an earlier version."""
    return np.zeros((worlds, 0, len(STOP_COUNTS)), dtype=np.int64)


def _processes_from(
    read: Callable[[str], dict[str, Counts]], names: Names, worlds: int
) -> tuple[Counts, Counts, Counts]:
    """Totals of the steps with a process law, the lots that came out, what is tracked of them; empty without any."""
    if not names.processes:
        none = np.zeros((0, 6), dtype=np.int64)
        return np.zeros((worlds, 0, len(PROCESS_COUNTS)), dtype=np.int64), none, none[:, :0]
    columns, rows = read("totals_process"), read("lots")
    columns.setdefault("clipped", np.zeros_like(columns["passed"]))  # earlier records do not know it
    process = np.stack([columns[key] for key in PROCESS_COUNTS], axis=1)
    lots = np.stack([rows[key] for key in LOT_COUNTS], axis=1)
    lots[:, 0] -= 1
    kept = [rows[key] for key in rows if key.startswith("tracked_")]
    tracked = np.stack(kept, axis=1) if kept else np.zeros((len(lots), 0), dtype=np.int64)
    return process.reshape(worlds, len(names.processes), len(PROCESS_COUNTS)), lots, tracked


def _visits_from(read: Callable[[str], dict[str, Counts]], names: Names) -> Counts:
    """Loads at steps with a process law, none in runs that did not keep them   (visit, 8)."""
    try:
        rows = read("visits") if names.processes else {}
    except FileNotFoundError:
        rows = {}
    if not rows:
        return np.zeros((0, len(VISIT_COUNTS)), dtype=np.int64)
    visits = np.stack([rows[key] for key in VISIT_COUNTS], axis=1)
    visits[:, 0] -= 1
    return visits
