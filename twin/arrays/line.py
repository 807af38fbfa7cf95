"""A line document becomes arrays that every world shares and none changes."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from twin.arrays import fields as f
from twin.arrays.arcs import Arc, arc_rows, limited_arcs
from twin.arrays.calendars import calendar_tables
from twin.arrays.clocks import Timed, clock_rows
from twin.arrays.compiled import Compiled, Ints, LineArrays
from twin.arrays.conditions import ConditionRows, rows_array
from twin.arrays.extras import breach_of, extra_tables
from twin.arrays.laws import LawTable
from twin.arrays.mixes import mix_table
from twin.arrays.names import Names
from twin.arrays.processes import ResponseTable
from twin.arrays.products import product_rows
from twin.arrays.quality import QualityRows, acts_on_units
from twin.arrays.ranks import own_rules, rank_columns
from twin.arrays.routing import entrance_more_s, expected_raw_s, expected_remaining_s, slots
from twin.arrays.setups import setup_square
from twin.arrays.shared import Shared
from twin.arrays.start import lots_at_start, tools_at_start
from twin.arrays.stations import stations
from twin.arrays.turn_fields import TURN_FIELDS
from twin.arrays.turns import TurnRows
from twin.arrays.vehicles import fleet_names, fleet_row, place_of, way_table
from twin.line import Line, LineError, Step, Toolgroup
from twin.line.mix import kind_of
from twin.line.own_rules import OwnRule
from twin.line.takt import takt_s

WAKE = {
    "least_setup": f.WAKE_LEAST_SETUP, "longest_idle": f.WAKE_LONGEST_IDLE, "first": f.WAKE_FIRST,
    "random": f.WAKE_RANDOM,
}  # fmt: skip
PER = {"lot": f.PER_LOT, "unit": f.PER_UNIT, "batch": f.PER_BATCH}


def compile_line(line: Line, rules: Sequence[OwnRule] | None = None) -> Compiled:
    """Lay a checked line out as arrays.

    rules: the dispatch rules of the user's own that are compiled into the engine, those of other lines too that
           are stepped with it; left out: the line's

    raises LineError where a time is too long for the tick, or a process law too sharp for a table
    """
    phases = line.phases()
    lines = [phase for _, phase in phases]
    shared = Shared(
        LawTable(line.tick),
        ResponseTable(line.line, line.tick),
        {name: max(phase.toolgroups[name].tools or 0 for phase in lines) for name in line.toolgroups},
        {name: group.tools or 1 for name, group in line.toolgroups.items()},
        {name: max(phase.carriers[name].count for phase in lines) for name in line.carriers},
        own_rules([line]) if rules is None else list(rules),
    )
    compilers = [_Compiler(phase, shared) for phase in lines]
    parts = [compiler.parts() for compiler in compilers]
    first, *rest = [shared.finish(part) for part in parts]
    later = tuple((compilers[0].ticks(start), arrays) for (start, _), arrays in zip(phases[1:], rest, strict=True))
    return Compiled(first, compilers[0].names(first.tool), later, tuple(shared.rules))


class _Compiler:
    """The state of one compilation: the line, its index tables and the growing arrays."""

    def __init__(self, line: Line, shared: Shared) -> None:
        self.line = line
        self.shared = shared
        self.laws = shared.laws
        self.group_index = {name: i for i, name in enumerate(line.toolgroups)}
        self.crew_index: dict[str | None, int] = {name: i for i, name in enumerate(line.crews)}
        self.steps: list[tuple[str, Step]] = [(r, s) for r, route in line.routes.items() for s in route]
        self.step_index = {(route, step.step): i for i, (route, step) in enumerate(self.steps)}
        self.first_step = {r: self.step_index[r, route[0].step] for r, route in line.routes.items()}
        self.setups = {name: self._setup_names(name, group) for name, group in line.toolgroups.items()}
        self.slots = {route: slots(steps) for route, steps in line.routes.items()}
        self.windows_open = max(s.windows for s in self.slots.values())
        self.dedications = max(s.dedications for s in self.slots.values())
        kinds = [
            (name, kind, i)
            for name, group in line.toolgroups.items()
            for kind, listed in (("failure", group.failures), ("pm", group.pm))
            for i in range(len(listed))
        ]
        self.stops = {stop: k for k, stop in enumerate(kinds)}
        self.staff: list[list[int]] = []
        self.counts_work = any("line_balance" in group.rule for group in line.toolgroups.values())
        self.families: dict[tuple[str, str], int] = {}
        self.setup: list[int] = []
        self.min_run: list[int] = []
        self.limited = limited_arcs(line)
        self.arc: list[Arc] = []
        self.process: list[list[int]] = []
        self.window: list[tuple[int, int, int, int, int]] = []
        self.extras = extra_tables(line, self.step_index, shared.most, shared.laws, shared.carriers)
        self.conditions = ConditionRows(line, shared.responses, shared.laws, shared.most)
        self.quality = QualityRows(line, shared.responses, self.conditions, shared.most)
        self.held: list[tuple[int, int]] = []
        self.turns = TurnRows(line, self.step_index)
        self.calendars = calendar_tables(line)
        self.start: list[tuple[int, int, int, int]] = []

    def ticks(self, seconds: float | None) -> int:
        """Whole ticks of a time; NEVER for none."""
        if seconds is None:
            return f.NEVER
        ticks = round(seconds / self.line.tick)
        if abs(ticks) >= f.MAX_TICK:
            raise LineError(
                f"{self.line.line}: {seconds:g} s is {ticks:g} ticks, more than the clock holds (2^37); "
                "write a coarser `tick:`"
            )
        return ticks

    def parts(self) -> LineArrays:
        """The arrays, those of the shared tables left empty."""
        tool, clock = self._tools()
        group = self._groups()
        step = self._steps()
        product, self.start = product_rows(self.line, self.laws, self.ticks, self.first_step, self.calendars.numbers)
        transport = self.laws.add(self.line.transport.law) if self.line.transport else f.NONE
        carrier = self.line.transport.crew if self.line.transport else None
        return LineArrays(
            group=group,
            tool=tool,
            step=step,
            product=product,
            clock=clock,
            law=_rows([], f.LAW_CONSTANTS),
            table=np.zeros(0, dtype=np.int32),
            value=np.zeros(0, dtype=np.int64),
            response=np.zeros(0, dtype=np.int64),
            process=_rows(self.process, f.PROCESS_CONSTANTS),
            arc=_rows(self.arc, f.ARC_FIELDS),
            window=_rows(self.window, f.WINDOW_FIELDS),
            setup=np.array(self.setup or [0], dtype=np.int64),
            min_run=np.array(self.min_run or [0], dtype=np.int64),
            transport=np.array([transport], dtype=np.int64),
            carrier=np.array([self.crew_index.get(carrier, f.NONE)], dtype=np.int64),
            members=np.array([crew.count for crew in self.line.crews.values()], dtype=np.int64),
            staff=_rows(self.staff, f.STAFF_CONSTANTS),
            start=_rows(self.start, 4),
            wip=lots_at_start(self.line, self.step_index, self.ticks),
            tool_state=tools_at_start(self.line, self.shared, self.setups, self.ticks),
            size=np.array(
                [self.windows_open, self.dedications, self.quality.width, self.quality.threads, self.quality.charts,
                 self.quality.normal, any(step.damage for _, step in self.steps),
                 max(len(limited) for limited in self.limited.values()), self.ticks(takt_s(self.line))], dtype=np.int64
            ),
            extra=self.extras.rows,
            auxiliary=self.extras.auxiliary,
            carriers=self.extras.carrier,
            way=way_table(self.line, self.ticks),
            fleet=fleet_row(self.line, self.ticks),
            listed=self.extras.listed,
            condition=rows_array(self.conditions.rows),
            held=_rows(self.held, 2),
            make=_rows(self.quality.makes, f.MAKE_CONSTANTS),
            measure=_rows(self.quality.measures, f.MEASURE_CONSTANTS),
            turn=_rows(self.turns.rows, TURN_FIELDS),
            mix=mix_table(self.line, self.laws, self.ticks),
            **self.calendars.arrays(),
            station=stations(self.line, self.shared.most, self.ticks),
        )

    # --- toolgroups and tools ---------------------------------------------------------------------

    def _setup_names(self, name: str, group: Toolgroup) -> dict[str, int]:
        """Setup states of a toolgroup; 0 is none."""
        names: dict[str, int] = {}
        wanted = [s.setup for _, s in self.steps if s.toolgroup == name and s.setup]
        changes = group.setups.changes if group.setups else ()
        for state in [*wanted, *(c.from_ for c in changes if c.from_), *(c.to for c in changes)]:
            names.setdefault(state, len(names) + 1)
        return names

    def _groups(self) -> Ints:
        rows = np.zeros((len(self.line.toolgroups), f.GROUP_CONSTANTS), dtype=np.int64)
        first_tool = 0
        for row, (name, group) in zip(rows, self.line.toolgroups.items(), strict=True):
            row[f.G_TOOL] = first_tool
            row[f.G_TOOLS] = f.UNLIMITED if group.tools is None else self.shared.most[name]
            row[f.G_PRESENT] = f.UNLIMITED if group.tools is None else group.tools
            if group.is_store:
                row[f.G_TOOLS] = row[f.G_PRESENT] = 0
            row[f.G_BUFFER] = f.UNLIMITED if group.buffer is None else group.buffer
            row[f.G_LOAD], row[f.G_UNLOAD] = self.ticks(group.load), self.ticks(group.unload)
            row[f.G_MOVES], row[f.G_CALENDAR] = group.transport, self.calendars.of_group(self.line, name)
            row[f.G_WAKE] = WAKE[group.wake]
            row[f.G_CLEARS] = group.setups is not None and group.setups.plain_steps == "clear"
            row[f.G_EARLY] = group.setups is not None and group.setups.leave_early == "when_none_wait"
            row[f.G_START] = f.START_PLACE * (group.blocking == "before")
            row[f.G_START] |= f.START_SLOT * any(failure.bernoulli is not None for failure in group.failures)
            row[f.G_RESERVE] = f.NEVER if group.reserve is None else group.reserve
            row[f.G_BATCHES] = any(s.batch for _, s in self.steps if s.toolgroup == name) * f.COUNT_BATCHES
            row[f.G_BATCHES] |= self.counts_work * f.COUNT_WORK
            row[f.G_SATURATED] = any(
                kind_of(self.line, product) == "saturated" and self.line.routes[product.route][0].toolgroup == name
                for product in self.line.products.values()
            )
            row[f.G_GATE], row[f.G_GATES] = self.extras.gates[self.group_index[name]]
            if group.conveyor is not None:
                row[f.G_BELT], row[f.G_GAP] = group.conveyor.lots, self.ticks(group.conveyor.gap_s)
            row[f.G_PLACE] = place_of(self.line, name)
            rank_columns(row, group, self.shared.rules)
            self._staff(row, group)
            self._setup_square(row, name, group)
            first_tool += self.shared.most[name]
        return rows

    def _staff(self, row: Ints, group: Toolgroup) -> None:
        """Which crews a toolgroup needs; attended: some part of a run waits for one."""
        row[f.G_CREW] = f.NONE
        if group.crew is None:
            return
        needed = [self.crew_index.get(getattr(group.crew, task), f.NONE) for task in f.TASKS]
        row[f.G_CREW] = len(self.staff)
        row[f.G_ATTENDED] = any(crew != f.NONE for crew in needed[: f.TASK_UNLOAD + 1])
        self.staff.append(needed)

    def _setup_square(self, row: Ints, name: str, group: Toolgroup) -> None:
        states = self.setups[name]
        row[f.G_SETUP], row[f.G_SETUPS], row[f.G_MIN_RUN] = len(self.setup), len(states), len(self.min_run)
        if states:
            square, least = setup_square(group, states, self.ticks)
            self.setup.extend(square.ravel().tolist())
            self.min_run.extend(least.tolist())

    def _tools(self) -> tuple[Ints, Ints]:
        tools: list[list[int]] = []
        clocks: list[list[int]] = []
        for g, (name, group) in enumerate(self.line.toolgroups.items()):
            timed = Timed(self.ticks, self.laws, self.stops, self.shared.usual[name])
            for number in range(self.shared.most[name]):
                first = len(clocks)
                clocks += clock_rows(timed, len(tools), name, number, group)
                kinds = [row[f.K_KIND] for row in clocks[first:]]
                operating, units = f.FAIL_OPERATING in kinds, f.PM_UNITS in kinds
                chambers = (1 << (group.chambers or 0)) - 1
                kept = len(self.held)
                self.held += [(len(tools), self.conditions.first[name] + k) for k in range(len(group.condition))]
                belt = f.NO_BELT if group.conveyor is None else f.STOPS + group.conveyor.accumulating
                turns = self.turns.add(name, number)
                standby = self.ticks(group.power.standby.after) if group.power and group.power.standby else 0
                counts = [first, len(clocks) - first, operating, units, chambers, kept, len(group.condition)]
                tools.append([g, *counts, *turns, belt, standby])
        return _rows(tools, f.TOOL_CONSTANTS), _rows(clocks, f.CLOCK_CONSTANTS)

    # --- routes -------------------------------------------------------------------------------------

    def _steps(self) -> Ints:
        rows = np.zeros((len(self.steps), f.STEP_CONSTANTS), dtype=np.int64)
        for i, (route, step) in enumerate(self.steps):
            row, group = rows[i], self.line.toolgroups[step.toolgroup]
            last = step is self.line.routes[route][-1]
            row[f.S_GROUP] = self.group_index[step.toolgroup]
            row[f.S_LAW], row[f.S_PER] = self.laws.add(step.time), PER[step.per]
            row[f.S_SETUP] = self.setups[step.toolgroup][step.setup] if step.setup else 0
            if step.batch:
                row[f.S_BATCH_MIN], row[f.S_BATCH_MAX] = step.batch.min, step.batch.max
            family = step.batch.family if step.batch else None
            row[f.S_FAMILY] = i if family is None else self.families.setdefault((step.toolgroup, family), i)
            row[f.S_EVERY] = f.NONE
            if step.cascade:
                row[f.S_EVERY], row[f.S_EVERY_PER] = self.ticks(step.cascade.every), PER[step.cascade.per]
                row[f.S_AHEAD] = step.cascade.ahead
                row[f.S_EVERY_MORE] = self.ticks(entrance_more_s(group, step))
                row[f.S_INSIDE] = step.cascade.inside or f.NEVER
            row[f.S_SAMPLE] = round(step.sample * 2**32) if step.sample_every in (None, 1) else -step.sample_every
            row[f.S_NEXT] = f.END if last else i + 1
            row[f.S_ORDER] = i - self.first_step[route]
            row[f.S_MEAN] = self.ticks(step.time.mean)
            row[f.S_USE] = row[f.S_KEEP] = row[f.S_PROCESS] = f.NONE
            if acts_on_units(step):
                row[f.S_PROCESS] = len(self.process)
                self.process.append(self._process(route, step))
            row[f.S_EXTRA] = self.extras.of_step[i]
            row[f.S_AFTER] = row[f.S_EXTRA] != f.NONE or step.measure is not None
            if step.from_recipe and step.process is not None and step.process.control is not None:
                row[f.S_PER] |= f.PER_RECIPE
            self._arcs(row, route, step)
            self._windows(row, route, step)
            if group.tools is not None:
                self._dedication(row, route, step)
        self._remaining(rows)
        return rows

    def _process(self, route: str, step: Step) -> list[int]:
        """A step's process law and what it measures."""
        tables, to = (f.NONE, f.NONE, f.NONE), f.NONE
        if step.process is not None:
            tables = self.shared.responses.add(step.process.law, step.process.model)
            if step.process.rejects_to is not None:
                to = self.step_index[route, step.process.rejects_to]
        every = range(self.line.toolgroups[step.toolgroup].chambers or 1)
        used = [k - 1 for k in step.chambers] if step.chambers else list(every)
        makes = self.quality.make(route, step, used)
        measures = self.quality.measure(route, step, self.step_index)
        return [*tables, to, 0, makes, measures, len(self.process)]

    def _arcs(self, row: Ints, route: str, step: Step) -> None:
        row[f.S_ARC], row[f.S_ARCS] = len(self.arc), len(step.rework) + len(step.branch)
        column = f.LOT_FIXED + 2 * self.windows_open + self.dedications
        self.arc += arc_rows(route, step, self.step_index, self.limited[route], column)

    def _windows(self, row: Ints, route: str, step: Step) -> None:
        slot = self.slots[route]
        row[f.S_WINDOW], row[f.S_WINDOWS] = len(self.window), len(step.queue_limit)
        for limit in step.queue_limit:
            column = f.LOT_FIXED + 2 * slot.window[step.step, limit.until]
            here = self.step_index[route, step.step]
            ends = self.step_index[route, limit.until]
            breach = breach_of(route, limit, self.step_index)
            self.window.append((ends, self.ticks(limit.limit), column, here, breach))
        for (_, until), number in slot.window.items():
            if until == step.step:
                row[f.S_CHECKS] |= 1 << number

    def _dedication(self, row: Ints, route: str, step: Step) -> None:
        columns = f.LOT_FIXED + 2 * self.windows_open
        keep = self.slots[route].dedication
        if step.dedicate:
            row[f.S_KEEP] = columns + keep[step.dedicate]
        if step.step in keep:
            row[f.S_USE] = columns + keep[step.step]

    def _remaining(self, rows: Ints) -> None:
        """Mean process time still ahead of a lot at each step, for critical ratio and its kin: per lot and per unit."""
        for route in self.line.routes:
            per_lot = expected_remaining_s(self.line, route, 0)
            per_unit = expected_remaining_s(self.line, route, 1) - per_lot
            first = self.first_step[route]
            for column, ahead in ((f.S_REMAINING, per_lot), (f.S_REMAINING_UNIT, per_unit)):
                ticks = np.minimum(f.MAX_TICK, np.rint(ahead / self.line.tick))
                rows[first : first + len(ticks), column] = ticks.astype(np.int64)

    def held_names(self) -> tuple[tuple[int, str], ...]:
        """Tool and input of each condition that a world keeps."""
        words = [word for group in self.line.toolgroups.values() for word in group.condition]
        return tuple((tool, words[row]) for tool, row in self.held)

    def names(self, tool: Ints) -> Names:
        """What the document calls them."""
        first, tools_of = 0, []
        for tools in self.shared.most.values():
            tools_of.append(range(first, first + tools))
            first += tools
        return Names(
            toolgroups=tuple(self.line.toolgroups),
            products=tuple(self.line.products),
            steps=tuple(self.step_index),
            tool_group=tool[:, f.TL_GROUP].copy(),
            tools_of=tuple(tools_of),
            raw_ticks=np.array([expected_raw_s(self.line, p) for p in self.line.products.values()])
            / self.line.tick,
            tick_s=self.line.tick,
            stops=tuple((self.group_index[name], kind, i) for name, kind, i in self.stops),
            extras=tuple(int(i) for i in self.extras.rows[:, f.E_STEP]),
            auxiliaries=tuple(self.line.auxiliaries),
            carriers=tuple(self.line.carriers),
            fleets=fleet_names(self.line),
            processes=tuple(i for i, (_, step) in enumerate(self.steps) if acts_on_units(step)),
            measures=tuple(i for i, (_, step) in enumerate(self.steps) if step.measure is not None),
            conditions=self.held_names(),
            channels=tuple((name, c.column, c.modes, c.quantum) for name, c in self.quality.channels.items()),
            makes=tuple(i for i, (_, step) in enumerate(self.steps) if step.process and step.process.makes),
            steps_of=tuple(
                range(self.first_step[p.route], self.first_step[p.route] + len(self.line.routes[p.route]))
                for p in self.line.products.values()
            ),
            crews=tuple(self.line.crews),
            sections=tuple(len(section.stations) for section in self.line.indexed.values()),
            turns=tuple(self.turns.names) if self.turns.rows else (), rules=len(self.line.rules),
        )


def _rows(rows: list[Any], columns: int) -> Ints:
    """A table of int64; an empty one keeps its columns, since a kernel's signature does not change."""
    return np.array(rows, dtype=np.int64).reshape(-1, columns)
