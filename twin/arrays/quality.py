"""What steps make and measure, as the engine reads it.

Every number of a characteristic is kept in its quantum, a power of two of its unit, so that the largest value its
laws make takes 35 bits; deviations of inputs are kept in 2^-REACH_BITS of their reach (`twin.arrays.conditions`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from twin.arrays import fields as f
from twin.arrays.conditions import ONE, ConditionRows, Reach, reach_of
from twin.arrays.normals import normal_table
from twin.arrays.processes import ResponseTable
from twin.arrays.responses import LONGEST_WAIT, Ints, table
from twin.arrays.surfaces import TOLERANCE, Surface, surface
from twin.line import Line, LineError, Step
from twin.line.characteristic import Characteristic
from twin.line.faults import Fault
from twin.line.measure import RULES, Measure, SendRework
from twin.line.process import Process
from twin.line.reader import located
from twin.process.law import MOST_HOURS, ProcessLaw

VALUE_BITS = 35
LEAST_SLOPE = 2.0**-10
"""What a controlled input must change over its reach, as a share of the characteristic's largest value."""
HOW = {"sets": f.SETS, "adds": f.ADDS, "removes": f.REMOVES}
RADIUS_SHARE = 0.98
"""Where the outermost sites lie, as a share of the wafer's radius."""
NO_LIMIT = 1 << 60
MOST_SIGMAS = 8.0
"""What a scatter counts as beside values: no draw is further away."""


class Channel(NamedTuple):
    """A characteristic as a lot carries it.

    column:  first of its columns behind those for all characteristics
    modes:   beside the mean
    quantum: its smallest difference, in its unit
    """

    column: int
    modes: int
    quantum: float

    def steps(self, value: float) -> int:
        """A number in quanta."""
        if math.isinf(value):
            return int(math.copysign(NO_LIMIT, value))
        return round(value / self.quantum)


class QualityRows:
    """Rows of what a line's steps make and measure, and what a lot carries of it."""

    def __init__(self, line: Line, responses: ResponseTable, conditions: ConditionRows, most: dict[str, int]) -> None:
        self.line, self.responses, self.conditions, self.most = line, responses, conditions, most
        self.makes: list[list[int]] = []
        self.measures: list[list[int]] = []
        steps = [(r, i, s) for r, route in line.routes.items() for i, s in enumerate(route)]
        self.units = max(
            (units for product in line.products.values()
             for units in (product.lot_size, *(start.units or 1 for start in product.release.schedule))), default=1
        )  # fmt: skip
        self.units = max(self.units, max((lot.units for lot in line.wip), default=1))
        self.measuring = [(r, s.step) for r, _, s in steps if s.measure is not None]
        self.channels: dict[str, Channel] = {}
        self.width = f.LQ_SENT + len(self.measuring) if line.characteristics else 0
        for name, made in line.characteristics.items():
            self.channels[name] = Channel(self.width, made.modes, quantum_of(line, name))
            self.width += f.CH_VALUES + self.units * (1 + made.modes)
        self.threads = 0
        making = dict.fromkeys(s.toolgroup for _, _, s in steps if s.process and s.process.makes)
        self.slot: dict[str, int] = {}
        self.slots = 0
        for group in making:
            self.slot[group] = self.slots
            self.slots += most[group]
        self.charts = 0
        self.normal = responses.keep(normal_table()) if line.characteristics else f.NONE

    def make(self, route: str, step: Step, chambers: list[int]) -> int:
        """Number of the row of what a step makes, NONE if it makes nothing.

        route: of the step;  chambers: numbers from 0 of those that the step uses
        """
        process = step.process
        if process is None or process.makes is None:
            return f.NONE
        channel = self.channels[process.makes]
        row = [0] * f.MAKE_CONSTANTS
        row[f.MK_CHANNEL], row[f.MK_MODES], row[f.MK_HOW] = channel.column, channel.modes, HOW[str(process.how)]
        unit = self.line.characteristics[process.makes].unit
        row[f.MK_NOISE] = channel.steps(process.noise.of(unit))
        row[f.MK_LOT_NOISE] = channel.steps(process.lot_noise.of(unit))
        row[f.MK_SURFACE] = row[f.MK_CONDITION] = row[f.MK_CONDITION_2] = row[f.MK_GROWN] = f.NONE
        row[f.MK_SIGNATURE] = self._signature(process, channel, unit)
        row[f.MK_TOOL] = self.slot[step.toolgroup]
        row[f.MK_CHAMBERS] = self.responses.keep(np.array([len(chambers), *chambers], dtype=np.int64))
        try:
            self._surface(row, step, process, channel)
            self._grown(row, process, channel)
        except ValueError as error:
            raise refused(self.line, route, step, str(error)) from None
        self.makes.append(row)
        return len(self.makes) - 1

    def _surface(self, row: list[int], step: Step, process: Process, channel: Channel) -> None:
        inputs = process.model.inputs()
        if not inputs:
            return
        found = surface(process.model)
        if found.share > TOLERANCE:
            raise ValueError(
                f"bends too sharply for a surrogate of {process.model.POINTS} points an input: {100 * found.share:.2g} "
                f"% off between them, {100 * TOLERANCE:g} % allowed; choose smoother parameters"
            )
        row[f.MK_SURFACE] = self.responses.keep(np.rint(found.values / channel.quantum).astype(np.int64).ravel())
        row[f.MK_POINTS], row[f.MK_POINTS_2] = found.values.shape
        columns = ((f.MK_AT, f.MK_SCALE, f.MK_CONDITION), (f.MK_AT_2, f.MK_SCALE_2, f.MK_CONDITION_2))
        for k, of in enumerate(inputs):
            at, scale, condition = columns[k]
            reach = reach_of(self.line, step.toolgroup, of.name)
            row[at] = round(found.place(k) * (1 << f.PLACE_BITS))
            row[scale] = round(reach.size_at(of) / found.step(k) * (1 << f.SCALE_BITS))
            row[condition] = self.conditions.number.get((step.toolgroup, of.name), f.NONE)
        reach = reach_of(self.line, step.toolgroup, inputs[0].name)
        if step.from_recipe:
            row[f.MK_TICKS] = round(reach.size_at(inputs[0]) / self.line.tick)
        if process.control is not None:
            self._control(row, process, channel, found, reach)
            row[f.MK_THREAD] = self.threads
            self.threads += self.most[step.toolgroup]

    def _control(
        self, row: list[int], process: Process, channel: Channel, found: Surface, reach: Reach
    ) -> None:
        """The loop's weight, slopes and ends."""
        control, of = process.control, found.inputs[0]
        assert control is not None
        size = reach.size_at(of)
        slope = found.slope() * size / channel.quantum * control.model_gain  # quanta over the whole reach
        slope *= -1.0 if process.how == "removes" else 1.0
        if abs(slope) < LEAST_SLOPE * float(np.abs(found.values).max()) / channel.quantum:
            raise ValueError(f"its input {of.name!r} hardly changes what it makes; control has nothing to move")
        row[f.MK_WEIGHT] = round(control.weight * 2**32)
        row[f.MK_INVERSE] = round(ONE / slope * 2**f.KNOB_BITS)
        low, high = (of.low - of.nominal) / size, (of.high - of.nominal) / size
        if control.most is not None:
            most = reach.steps(control.most) / ONE
            low, high = max(low, -most), min(high, most)
        row[f.MK_LEAST], row[f.MK_MOST] = round(low * ONE), round(high * ONE)
        row[f.MK_SLOPE] = round(slope * 2**f.KNOB_BITS / ONE) if control.delay == "known" else 0
        row[f.MK_FURTHEST] = round(abs(slope) * max(-low, high))  # beyond it the recipe moves no further

    def _grown(self, row: list[int], process: Process, channel: Channel) -> None:
        """What grows in the queue, by ticks of waiting."""
        law: ProcessLaw = process.model
        if law.grown(np.zeros(1)) is None:
            return
        hours_a_tick = self.responses.hours_a_tick

        def grown(ticks: np.ndarray) -> np.ndarray:
            return np.asarray(law.grown(np.minimum(ticks * hours_a_tick, MOST_HOURS)), dtype=np.float64)

        entries, error = table(grown, LONGEST_WAIT, unit=1 / channel.quantum, reach=MOST_HOURS / hours_a_tick)
        if error > TOLERANCE:
            raise ValueError(f"its growth bends too sharply for a table: {100 * error:.2g} % off between two points")
        row[f.MK_GROWN] = self.responses.keep(entries)

    def _signature(self, process: Process, channel: Channel, unit: str) -> int:
        """Amplitudes of the modes, then their scatter."""
        if not channel.modes:
            return f.NONE
        signature = process.signature
        found = np.zeros(channel.modes + 1, dtype=np.int64)
        if signature is not None:
            for mode, amount in signature.modes.items():
                found[mode - 2] = channel.steps(amount.of(unit))
            found[-1] = channel.steps(signature.scatter.of(unit))
        return self.responses.keep(found)

    def measure(self, route: str, step: Step, to: Mapping[tuple[str, str], int]) -> int:
        """Number of the row of what a step measures, NONE if it measures nothing.

        to: numbers of the steps
        """
        measure = step.measure
        if measure is None:
            return f.NONE
        made = self.line.characteristics[measure.characteristic]
        channel = self.channels[measure.characteristic]
        row = [0] * f.MEASURE_CONSTANTS
        units = min(measure.units, self.units)
        row[f.ME_CHANNEL], row[f.ME_MODES], row[f.ME_UNITS] = channel.column, channel.modes, units
        scatter = math.hypot(measure.gauge.of(made.unit), made.scatter)
        readings = measure.sites * np.arange(1, units + 1)  # of lots smaller than that, all units
        noise = np.rint(scatter / np.sqrt(readings) / channel.quantum).astype(np.int64)
        row[f.ME_NOISE], row[f.ME_BIAS] = self.responses.keep(noise), channel.steps(measure.bias.of(made.unit))
        row[f.ME_WEIGHTS] = self.responses.keep(site_weights(measure.sites, channel.modes)) if channel.modes else f.NONE
        row[f.ME_LIMITS] = self.responses.keep(self._limits(measure.characteristic, made, channel))
        row[f.ME_OUTSIDE], row[f.ME_TO] = f.OUT_COUNT, f.NONE
        if measure.outside == "scrap":
            row[f.ME_OUTSIDE] = f.OUT_SCRAP
        elif isinstance(measure.outside, SendRework):
            row[f.ME_OUTSIDE], row[f.ME_MOST] = f.OUT_REWORK, measure.outside.most
            row[f.ME_TO] = to[route, measure.outside.to]
        row[f.ME_COLUMN] = f.LQ_SENT + self.measuring.index((route, step.step))
        row[f.ME_LAG] = round(measure.lag / self.line.tick)
        row[f.ME_TARGET] = channel.steps(made.value(made.target) or 0.0)
        self._chart(row, measure, made, channel)
        self.measures.append(row)
        return len(self.measures) - 1

    def _chart(self, row: list[int], measure: Measure, made: Characteristic, channel: Channel) -> None:
        chart = measure.chart
        row[f.ME_CHARTS] = f.NONE
        if chart is None:
            return
        row[f.ME_CENTRE] = channel.steps(made.value(chart.centre or made.target) or 0.0)
        row[f.ME_SIGMA] = max(1, channel.steps(chart.sigma.of(made.unit)))
        row[f.ME_RULES] = sum(1 << RULES.index(rule) for rule in chart.all_rules)
        row[f.ME_STOP], row[f.ME_HOLD] = int(chart.stop), round(chart.hold / self.line.tick)
        row[f.ME_CHARTS] = self.charts
        self.charts += self.slots

    def _limits(self, name: str, made: Characteristic, channel: Channel) -> Ints:
        """Lower and upper limit of each product."""
        found = [limits_of(self.line, name, product) for product in self.line.products]
        return np.array([[channel.steps(low), channel.steps(high)] for low, high in found], dtype=np.int64).ravel()


def acts_on_units(step: Step) -> bool:
    """Whether a step does something to its units that the engine or the run's record must know of."""
    return step.process is not None or step.measure is not None or bool(step.damage)


def limits_of(line: Line, name: str, product: str) -> tuple[float, float]:
    """Limits of a characteristic of a product, in its unit; infinite where there is none."""
    made = line.characteristics[name]
    own = line.products[product].limits.get(name)
    if own is None:
        return made.low, made.high
    low, high = made.value(own[0]), made.value(own[1])
    return -math.inf if low is None else low, math.inf if high is None else high


def quantum_of(line: Line, name: str) -> float:
    """The quantum of a characteristic: a power of two, so that the largest value its laws make takes VALUE_BITS."""
    largest = 0.0
    for route, steps in line.routes.items():
        for step in steps:
            if step.process is not None and step.process.makes == name:
                largest += _largest(line, route, step)
    made = line.characteristics[name]
    bounds = [abs(b) for b in (made.low, made.high, made.value(made.target) or 0.0) if math.isfinite(b)]
    for product in line.products:
        bounds += [abs(b) for b in limits_of(line, name, product) if math.isfinite(b)]
    bounds.append(MOST_SIGMAS * _scatters(line, name))
    return float(2.0 ** (math.ceil(math.log2(max(largest, *bounds, 1e-12))) - VALUE_BITS))


def _scatters(line: Line, name: str) -> float:
    """The largest scatter, amplitude or bias that a line gives a characteristic, in its unit."""
    made = line.characteristics[name]
    found = [made.scatter]
    for step in (step for steps in line.routes.values() for step in steps):
        process, measure = step.process, step.measure
        if process is not None and process.makes == name:
            found += [process.noise.of(made.unit), process.lot_noise.of(made.unit)]
            if process.signature is not None:
                found += [abs(amount.of(made.unit)) for amount in process.signature.modes.values()]
                found.append(process.signature.scatter.of(made.unit))
        if measure is not None and measure.characteristic == name:
            found += [measure.gauge.of(made.unit), abs(measure.bias.of(made.unit))]
            found.append(measure.chart.sigma.of(made.unit) if measure.chart is not None else 0.0)
    return max(found)


def refused(line: Line, route: str, step: Step, why: str) -> LineError:
    """A law that cannot be used where the document has it."""
    law = "" if step.process is None else step.process.law
    place = [other.step for other in line.routes[route]].index(step.step)
    return located(line, [Fault(("routes", route, place, "process"), f"the law {law!r} cannot be used here: {why}")])


def _largest(line: Line, route: str, step: Step) -> float:
    """The largest that a step's law makes."""
    process = step.process
    assert process is not None
    try:
        grown = process.model.grown(np.array([MOST_HOURS]))
        made = surface(process.model).values if process.model.inputs() else np.zeros(1)
    except ValueError as error:
        raise refused(line, route, step, str(error)) from None
    return float(np.abs(made).max()) + (0.0 if grown is None else float(abs(grown[0])))


def site_weights(sites: int, modes: int) -> Ints:
    """What each mode adds to the mean over the sites [2^-FINE]   (mode,)."""
    from twin.process.zernike import sites as places
    from twin.process.zernike import zernikes

    x, y = places(sites, RADIUS_SHARE) if sites > 1 else (np.zeros(1), np.zeros(1))
    found = zernikes(1 + modes, np.hypot(x, y), np.arctan2(y, x)).mean(axis=0)[1:]
    weights: Ints = np.rint(found * (1 << f.FINE)).astype(np.int64)
    return weights
