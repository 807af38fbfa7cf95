"""The words of a step that few steps have: qualification, chambers, auxiliaries, carriers, gates, waits of batches.

A step that has one points to a row of its own (`S_EXTRA`), so that all others pay one comparison.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.arrays import fields as f
from twin.arrays.carriers import carrier_bits, carrier_rows
from twin.arrays.gates import gate_of
from twin.arrays.laws import LawTable
from twin.line import Line, QueueLimit, SendBack, Step, Toolgroup
from twin.line.arcs import WAYS
from twin.line.joins import parts

Ints = NDArray[np.int64]


class ExtraTables(NamedTuple):
    """Rows of steps with a word more, in the columns of `twin.arrays.fields`, times in ticks.

    rows:      (extra, EXTRA_CONSTANTS): step and toolgroup as indices, E_QUALIFIED and auxiliaries as places in their
               tables, NONE for none
    auxiliary: (auxiliary, AUXILIARY_CONSTANTS): A_GROUP a place in `listed`
    carrier:   (kind, CARRIER_CONSTANTS): CR_GROUP likewise
    listed:    (entry,): masks of qualified tools, parts that are joined, toolgroups (indices) of stores, auxiliaries,
               carriers and gates
    of_step:   row of each step, NONE for none                                (step,)
    gates:     of each toolgroup, where in `listed` those are whose gates its queue holds shut, and how many  (group, 2)
    """

    rows: Ints
    auxiliary: Ints
    carrier: Ints
    listed: Ints
    of_step: Ints
    gates: Ints


def needs_row(line: Line, step: Step, named: bool) -> bool:
    """Whether a step has a word more, or is `named` by one elsewhere: it ends such a window, is done on a carrier."""
    waits = step.batch is not None and (step.batch.wait is not None or step.batch.look_ahead is not None)
    gates = any(limit.gate is not None or limit.breach is not None for limit in step.queue_limit)
    group = line.toolgroups[step.toolgroup]
    special = group.chambers is not None or group.is_store or group.sequence is not None
    chooses = step.branch_by is not None or step.splits
    return bool(step.qualified or step.needs or step.joins or chooses or waits or gates or named or special)


def extra_tables(
    line: Line, step_index: Mapping[tuple[str, str], int], tools: Mapping[str, int], laws: LawTable,
    carriers: Mapping[str, int],
) -> ExtraTables:  # fmt: skip
    """The rows of a line's steps with a word more.

    step_index: number of each step by (route, step);  tools: of each toolgroup, the most of any phase
    carriers: of each kind, likewise
    """
    every = (step for steps in line.routes.values() for step in steps)
    arcs = np.cumsum([0, *(len(step.rework) + len(step.branch) for step in every)])
    groups = {name: g for g, name in enumerate(line.toolgroups)}
    auxiliaries = {name: k for k, name in enumerate(line.auxiliaries)}
    rows: list[list[int]] = []
    listed: list[int] = []
    of_step = np.full(len(step_index), f.NONE, dtype=np.int64)
    needing: dict[str, list[int]] = {name: [] for name in auxiliaries}
    gated: dict[int, list[int]] = {}
    bits = carrier_bits(line)
    ends = {route: _ends(steps, "gate") for route, steps in line.routes.items()}
    late = {route: _ends(steps, "breach") for route, steps in line.routes.items()}
    for route, step in ((route, step) for route, steps in line.routes.items() for step in steps):
        named = step.step in ends[route] or step.step in late[route] or (route, step.step) in bits.on
        if not needs_row(line, step, named):
            continue
        index = step_index[route, step.step]
        row = [0] * f.EXTRA_CONSTANTS
        row[f.E_STEP], row[f.E_STATE] = index, len(rows)
        row[f.E_QUALIFIED] = row[f.E_AUXILIARY] = row[f.E_AUXILIARY_2] = row[f.E_UNTIL] = row[f.E_GROUP] = f.NONE
        if step.qualified:
            row[f.E_QUALIFIED] = len(listed)
            listed += _masks(step.qualified, tools[step.toolgroup])
        for column, needed in zip((f.E_AUXILIARY, f.E_AUXILIARY_2), step.needs, strict=False):
            row[column] = auxiliaries[needed]
            _add(needing[needed], groups[step.toolgroup])
        group = line.toolgroups[step.toolgroup]
        row[f.E_CHAMBERS], row[f.E_SEQUENCE] = _chambers(group, step), group.sequence is not None
        _joins(line, step, row, listed, groups)
        _ways(step, row, int(arcs[index]))
        _batch(line, step, row)
        row[f.E_LATE] = step.step in late[route]
        row[f.E_TAKES], row[f.E_ON] = bits.at(route, step)
        ends_at = _gate(line, route, step, row)
        if ends_at is not None:
            row[f.E_UNTIL], row[f.E_GROUP] = step_index[route, ends_at.step], groups[ends_at.toolgroup]
            _add(gated.setdefault(row[f.E_GROUP], []), groups[step.toolgroup])
        of_step[index] = len(rows)
        rows.append(row)
    auxiliary = _auxiliary_rows(line, needing, listed)
    kinds = carrier_rows(line, laws, carriers, listed)
    gates = np.zeros((len(groups), 2), dtype=np.int64)
    for g, openers in gated.items():
        gates[g] = len(listed), len(openers)
        listed += openers
    table = np.array(rows, dtype=np.int64).reshape(-1, f.EXTRA_CONSTANTS)
    return ExtraTables(table, auxiliary, kinds, np.array(listed or [0], dtype=np.int64), of_step, gates)


def _add(listed: list[int], group: int) -> None:
    """Add a toolgroup to a list, once."""
    if group not in listed:
        listed.append(group)


def _auxiliary_rows(line: Line, needing: Mapping[str, list[int]], listed: list[int]) -> Ints:
    """The rows of a line's auxiliaries; the toolgroups that need them are added to `listed`."""
    rows = []
    for k, (name, count) in enumerate(line.auxiliaries.items()):
        rows.append([count, k, len(listed), len(needing[name])])
        listed += needing[name]
    return np.array(rows, dtype=np.int64).reshape(-1, f.AUXILIARY_CONSTANTS)


def _chambers(group: Toolgroup, step: Step) -> int:
    """The chambers that a step may use, as bits; 0 for tools without."""
    if group.chambers is None:
        return 0
    return sum(1 << (k - 1) for k in step.chambers or range(1, group.chambers + 1))


def _ends(steps: tuple[Step, ...], word: str) -> set[str]:
    """Steps that end a queue-time window which has this word."""
    return {limit.until for step in steps for limit in step.queue_limit if getattr(limit, word) is not None}


def _masks(numbers: tuple[int, ...], tools: int) -> list[int]:
    """Tools by their numbers from 1 as bits, `MASK_BITS` a word; numbers beyond the tools are passed over."""
    words = [0] * -(-max(tools, 1) // f.MASK_BITS)
    for number in numbers:
        if number <= tools:
            word, bit = divmod(number - 1, f.MASK_BITS)
            words[word] |= 1 << bit
    return words


def _ways(step: Step, row: list[int], first_arc: int) -> None:
    """The arcs among which a lot chooses."""
    row[f.E_WAY] = f.NONE
    if step.branch_by is not None:
        row[f.E_WAY], row[f.E_BY] = first_arc + len(step.rework), WAYS.index(step.branch_by)


def _gate(line: Line, route: str, step: Step, row: list[int]) -> Step | None:
    """How many lots a gate lets through; the step that ends its window, None without a gate."""
    gate = gate_of(line, route, step)
    if gate is None:
        return None
    limit, row[f.E_MOST], row[f.E_LEAST], row[f.E_TOOLS] = gate
    return next(other for other in line.routes[route] if other.step == limit.until)


def _joins(line: Line, step: Step, row: list[int], listed: list[int], groups: Mapping[str, int]) -> None:
    """The parts that a step joins; of a store, the toolgroups that take parts from it."""
    stores = parts(line) if step.joins or line.toolgroups[step.toolgroup].is_store else {}
    products = {name: k for k, name in enumerate(line.products)}
    row[f.E_PART], row[f.E_PARTS] = len(listed), len(step.joins)
    for name, count in step.joins.items():
        listed += [groups[stores[name]], products[name], count]
    takers = {
        groups[other.toolgroup]: None
        for steps in line.routes.values()
        for other in steps
        if any(stores.get(name) == step.toolgroup for name in other.joins)
    }
    row[f.E_TAKER], row[f.E_TAKERS] = len(listed), len(takers)
    listed += takers
    row[f.E_SPLIT], row[f.E_SPLITS] = len(listed), len(step.splits)
    for name, count in step.splits.items():
        listed += [products[name], count]


def _batch(line: Line, step: Step, row: list[int]) -> None:
    """How long a batch waits for its minimum, and how far a tool looks ahead for more lots [tick]."""
    row[f.E_WAIT] = f.NEVER
    if step.batch is not None and step.batch.wait is not None:
        row[f.E_WAIT] = round(step.batch.wait / line.tick)
    if step.batch is not None and step.batch.look_ahead is not None:
        row[f.E_AHEAD] = round(step.batch.look_ahead / line.tick)


def breach_of(route: str, limit: QueueLimit, step_index: Mapping[tuple[str, str], int]) -> int:
    """Where a breach of a window sends the lot: NONE nowhere, SCRAP, or a step."""
    if limit.breach is None:
        return f.NONE
    return step_index[route, limit.breach.to] if isinstance(limit.breach, SendBack) else f.SCRAP
