"""What must hold between process laws, conditions of tools, characteristics and metrology."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .amounts import Amount
from .characteristic import MOST_CHARACTERISTICS
from .faults import Fault, Loc, did_you_mean, show
from .measure import SendRework
from .routes import RECIPE, RECIPE_TIME, Step
from .signature import MODES

if TYPE_CHECKING:
    from twin.process.law import Input

    from .condition import Condition
    from .line import Line
    from .measure import Measure
    from .process import Process

CAUSES = ("tool", "waiting", "damage")
"""What yield is lost to beside characteristics."""
MOST_WORDS = 16_384
"""Values that one lot may carry: units times numbers a unit."""
Amounts = Iterator[tuple[Loc, Amount | None]]


def quality_faults(line: Line) -> Iterator[Fault]:
    """Every fault between the parts of a line that say what becomes of the product."""
    makers: dict[str, list[tuple[Loc, Step]]] = {name: [] for name in line.characteristics}
    measured: dict[str, list[Measure]] = {}
    found: list[Fault] = []
    for route, steps in line.routes.items():
        for i, step in enumerate(steps):
            at: Loc = ("routes", route, i)
            if step.from_recipe:
                found += _timed(at, step)
            if step.process is not None and step.process.makes is not None:
                found += _made(line, (*at, "process"), step.process, makers.get(step.process.makes))
                if step.process.makes in makers:
                    makers[step.process.makes].append((at, step))
            if step.measure is not None:
                found += _measured(line, (*at, "measure"), i, step.measure, steps)
                measured.setdefault(step.measure.characteristic, []).append(step.measure)
    if not found:  # what follows is concluded from them
        found = [*_characteristics(line, makers), *_controlled(line, measured), *_alarms(line)]
    for name, group in line.toolgroups.items():
        for word, condition in group.condition.items():
            found += _condition(line, name, word, condition)
    yield from found


def _timed(at: Loc, step: Step) -> Iterator[Fault]:
    """A time from the recipe needs a law with one."""
    inputs = () if step.process is None else step.process.model.inputs()
    if not inputs or inputs[0].name != RECIPE_TIME:
        whose = "the step has no process law" if step.process is None else f"the law {show(step.process.law)} has none"
        what = f"{show(RECIPE)} needs a law with a time, and {whose}; write a time"
        yield Fault((*at, "time"), what, needs=((*at, "process"),))


def _characteristics(line: Line, makers: dict[str, list[tuple[Loc, Step]]]) -> Iterator[Fault]:
    if len(line.characteristics) > MOST_CHARACTERISTICS:
        what = f"has {len(line.characteristics)} characteristics; at most {MOST_CHARACTERISTICS} can be tracked"
        yield Fault(("characteristics",), what)
    for name in line.characteristics:
        if name in CAUSES:
            what = f"{show(name)} is what losses of another kind are called; rename the characteristic"
            yield Fault(("characteristics", name), what, "key")
        if not makers[name]:
            what = f"no step makes {show(name)}; write 'sets: {name}' at a step's process, or leave it out"
            yield Fault(("characteristics", name), what, "key", needs=(("routes",),))
    words = sum(1 + c.modes for c in line.characteristics.values())
    for name, product in line.products.items():
        if words * product.lot_size > MOST_WORDS:
            what = (
                f"lots of {product.lot_size:,} units carry {words} numbers a unit, more than {MOST_WORDS:,} together; "
                "write smaller lots, fewer characteristics or fewer modes"
            )
            yield Fault(("products", name, "lot_size"), what, needs=(("characteristics",),))
        for characteristic, limits in product.limits.items():
            loc: Loc = ("products", name, "limits", characteristic)
            if characteristic not in line.characteristics:
                yield Fault(loc, _no_characteristic(line, characteristic), "key", needs=(_declared(characteristic),))
                continue
            made = line.characteristics[characteristic]
            faults = list(_units(made.unit, iter([((*loc, 0), limits[0]), ((*loc, 1), limits[1])])))
            yield from faults
            low, high = (None if faults else made.value(limit) for limit in limits)
            if low is not None and high is not None and not low < high:
                what = f"the lower limit {limits[0]} is not below the upper one {limits[1]}; swap them"
                yield Fault((*loc, 0), what)


def _declared(name: str) -> Loc:
    return ("characteristics", name)


def _no_characteristic(line: Line, name: str) -> str:
    cure = did_you_mean(name, line.characteristics, "the line declares none under 'characteristics:'")
    return f"the line has no characteristic {show(name)}; {cure}"


def _made(line: Line, at: Loc, process: Process, known: object) -> Iterator[Fault]:
    """Faults of what a step makes."""
    name, how = str(process.makes), str(process.how)
    if known is None:
        yield Fault((*at, how), _no_characteristic(line, name), needs=(_declared(name),))
        return
    made = line.characteristics[name]
    if made.unit != process.model.MAKES:
        what = (
            f"the law {show(process.law)} makes a quantity in {process.model.MAKES!r} and {show(name)} is in "
            f"{made.unit!r}; write 'unit: {process.model.MAKES}' there"
        )
        yield Fault((*at, how), what, needs=(("characteristics", name, "unit"),))
        return
    amounts: list[tuple[Loc, Amount | None]] = [
        ((*at, "noise"), process.noise), ((*at, "lot_noise"), process.lot_noise)
    ]  # fmt: skip
    if process.signature is not None:
        words = {number: word for word, number in MODES.items()}
        amounts += [((*at, "signature", words[k]), process.signature.modes[k]) for k in process.signature.modes]
        amounts.append(((*at, "signature", "scatter"), process.signature.scatter))
        highest = max(process.signature.modes, default=2)
        if highest > 1 + made.modes:
            what = f"the mode {words[highest]} is number {highest}, and {show(name)} keeps {made.modes} beside the mean"
            loc = (*at, "signature", *([words[highest]] if process.signature.modes else []))
            yield Fault(loc, f"{what}; write 'modes: {highest - 1}' there", "key")
    yield from _units(made.unit, iter(amounts))
    if process.control is not None:
        if made.target is None:
            what = f"{show(name)} has no target to aim at; write one under 'characteristics:', or leave control out"
            yield Fault((*at, "control"), what, "key")
        knob = process.model.inputs()[0]
        yield from _units(knob.unit, iter([((*at, "control", "most"), process.control.most)]), knob.relative)


def _controlled(line: Line, measured: dict[str, list[Measure]]) -> Iterator[Fault]:
    """Run-to-run control needs somebody who measures what the step made, before another step makes it."""
    for route, steps in line.routes.items():
        for i, step in enumerate(steps):
            if step.process is None or step.process.control is None:
                continue
            made = str(step.process.makes)
            gauges = [k for k, s in enumerate(steps) if s.measure is not None and s.measure.characteristic == made]
            if any(i in _last_makers(steps, k, made) for k in gauges):
                continue
            if made in measured:
                what = f"no step of the route measures {show(made)} before another makes it again; move the measurement"
            else:
                what = f"no step measures {show(made)}, so there is nothing to control by; write a step with measure"
            places = [(r, k) for r, others in line.routes.items() for k in range(len(others))]
            needs: list[Loc] = [("routes", r, k, "measure") for r, k in places]
            yield Fault(("routes", route, i, "process", "control"), what, "key", needs=tuple(needs))


def _units(unit: str, amounts: Amounts, relative: bool = False) -> Iterator[Fault]:
    """Faults of amounts that must be in a unit."""
    for loc, amount in amounts:
        try:
            if amount is not None:
                amount.of(unit, relative=relative)
        except ValueError as error:
            yield Fault(loc, str(error))


def _measured(line: Line, at: Loc, i: int, measure: Measure, steps: tuple[Step, ...]) -> Iterator[Fault]:
    """Faults of a metrology step."""
    name = measure.characteristic
    if name not in line.characteristics:
        yield Fault((*at, "characteristic"), _no_characteristic(line, name), needs=(_declared(name),))
        return
    found = line.characteristics[name]
    amounts: list[tuple[Loc, Amount | None]] = [((*at, "gauge"), measure.gauge), ((*at, "bias"), measure.bias)]
    chart = measure.chart
    if chart is not None:
        amounts += [((*at, "chart", "sigma"), chart.sigma), ((*at, "chart", "centre"), chart.centre)]
        if chart.centre is None and found.target is None:
            what = f"the chart has no centre line and {show(name)} no target; write one of the two"
            yield Fault((*at, "chart"), what, "key")
        if chart.sigma.number == 0:
            yield Fault((*at, "chart", "sigma"), "a chart without scatter is always in alarm; write more than 0")
    yield from _units(found.unit, iter(amounts))
    before = [step.step for step in steps[:i]]
    if not _last_makers(steps, i, name):
        what = f"neither it nor a step before it makes {show(name)}: there is nothing to measure; move it behind one"
        yield Fault((*at, "characteristic"), what)
    outside = measure.outside
    if isinstance(outside, SendRework) and outside.to not in before:
        cure = did_you_mean(outside.to, before, "there is none")
        what = f"the route has no earlier step {show(outside.to)} to send rework to; {cure}"
        yield Fault((*at, "outside", "to"), what)
    elif isinstance(outside, SendRework):
        yield from _made_twice((*at, "outside", "to"), steps[before.index(outside.to) : i], name)
    if chart is not None and chart.hold > 0 and i + 1 == len(steps) and not isinstance(outside, SendRework):
        what = "nothing comes after the route's last step that a lot could be held from; leave hold out"
        yield Fault((*at, "chart", "hold"), what)
    limited = any(limit is not None for limit in found.limits) or any(
        name in product.limits for product in line.products.values()
    )
    if outside != "count" and not limited:
        what = f"{show(name)} has no limits to be outside of; write them under 'characteristics:', or leave outside out"
        yield Fault((*at, "outside"), what, "key")


def _made_twice(at: Loc, again: tuple[Step, ...], name: str) -> Iterator[Fault]:
    """Rework that adds to a characteristic, or takes from it, what had been added or taken already.

    again: the steps that a lot does again
    """
    for step in again:
        if step.process is None or step.process.makes != name:
            continue
        if step.process.how != "sets":
            what = (
                f"step {show(step.step)} {step.process.how} what it made of {show(name)} a second time; send rework to "
                f"the step that sets {show(name)}, or to one before it"
            )
            yield Fault(at, what)
        return


def _last_makers(steps: tuple[Step, ...], i: int, name: str) -> list[int]:
    """Places of the steps that may have made a characteristic last by the end of the step at `i`."""
    found = []
    for k in reversed(range(i + 1)):  # one that measures what it makes itself does so at its end
        process = steps[k].process
        if process is not None and process.makes == name:
            found.append(k)
            if steps[k].sample == 1.0:
                break
    return found


def _alarms(line: Line) -> Iterator[Fault]:
    """Charts that stop tools need the maintenance for it."""
    for route, steps in line.routes.items():
        for i, step in enumerate(steps):
            if step.measure is None or step.measure.chart is None or not step.measure.chart.stop:
                continue
            name = step.measure.characteristic
            for toolgroup in dict.fromkeys(steps[k].toolgroup for k in _last_makers(steps, i, name)):
                if not any(pm.on_alarm for pm in line.toolgroups[toolgroup].pm):
                    what = (
                        f"a chart of {show(name)} stops the tools of {show(toolgroup)}, which has no maintenance for "
                        "it; write 'pm: [{every: alarm, takes: 2 h}]' there"
                    )
                    yield Fault(("toolgroups", toolgroup), what, "key", needs=(("routes", route, i),))


def inputs_at(line: Line, group: str, word: str) -> list[Input]:
    """The inputs of a name of the laws that a toolgroup's steps have."""
    laws = [
        step.process.model
        for steps in line.routes.values()
        for step in steps
        if step.toolgroup == group and step.process is not None
    ]
    return [found for law in laws for found in law.inputs() if found.name == word]


def _condition(line: Line, group: str, word: str, condition: Condition) -> Iterator[Fault]:
    """Faults of how an input deviates."""
    at: Loc = ("toolgroups", group, "condition", word)
    known = inputs_at(line, group, word)
    if not known:
        laws = [s.process.model for steps in line.routes.values() for s in steps if s.toolgroup == group and s.process]
        names = {found.name for law in laws for found in law.inputs()}
        what = f"no process law of a step of {show(group)} has the input {show(word)}"
        yield Fault(at, f"{what}; {did_you_mean(word, names, 'none of them has any')}", "key", needs=(("routes",),))
        return
    first = known[0]
    if any((found.unit, found.relative) != (first.unit, first.relative) for found in known):
        what = f"the laws of {show(group)} take {show(word)} in different units; use toolgroups of their own"
        yield Fault(at, what, "key")
        return
    yield from _units(first.unit, amounts_of(condition, at), first.relative)
    chambers = line.toolgroups[group].chambers or 0
    if condition.chambers and len(condition.chambers) != chambers:
        cure = f"write one for each of its {chambers} chambers" if chambers else "write 'chambers:' at the toolgroup"
        yield Fault((*at, "chambers"), f"has deviations of {len(condition.chambers)} chambers; {cure}")


def amounts_of(condition: Condition, at: Loc = ()) -> Amounts:
    """Every amount of a condition, with its place."""
    for i, amount in enumerate(condition.offset):
        yield (*at, "offset", i), amount
    for i, amount in enumerate(condition.chambers):
        yield (*at, "chambers", i), amount
    for word in ("spread", "per_unit", "per_hour", "after_pm", "lot", "unit"):
        yield (*at, word), getattr(condition, word)
    for word in ("seasoning", "first", "shift"):
        part = getattr(condition, word)
        yield (*at, word, "by"), None if part is None else part.by
    yield (*at, "wander", "sd"), None if condition.wander is None else condition.wander.sd
