"""What must hold of carriers in any line: none is lost or doubled, and the sums are what lots and the log say."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from word_lines import MINUTE

from twin.arrays import carrier_fields as cr
from twin.arrays import fields as f
from twin.arrays.line import compile_line
from twin.arrays.memory import carried_column
from twin.line import Line
from twin.line.carriers import stretches
from twin.results import Results
from twin.study.batch import Batch

USED, BACK, THERE, OUT, TAKEN, WAIT, WAITED = range(7)


def carriers_are_conserved(run: Results, of: Line, minutes: float) -> None:
    """All that holds of the carriers of a line that ran for so long."""
    if not of.carriers:
        return
    batch = Batch(compile_line(of), range(1), 1, max_wip=3000)
    for stop in (0.07, 0.31, 0.62, 1.0):
        batch.advance(round(stop * minutes * MINUTE))
        counted(batch)
    told_by_the_log(run, of)


def counted(batch: Batch) -> None:
    """Carriers in use are those that lots hold, those on their way have an event each, and none is there twice."""
    worlds = batch.worlds
    column = carried_column(batch.compiled.arrays) + cr.LX_WITHOUT
    for w in range(len(worlds)):
        there = worlds.lot[w][worlds.lot[w, :, f.LOT_STATE] != f.LOT_FREE]
        held = ~there[:, column]
        core = worlds.core[w]
        pending = worlds.memory[w, worlds.layout.heap :][core[f.C_HOLE] : core[f.C_HEAP_N]]
        index = pending & f.INDEX_MASK
        steps = ((pending >> f.INDEX_BITS) & f.KIND_MASK) == f.EV_STEP
        for k, kind in enumerate(worlds.carrier[w]):
            assert kind[cr.CA_USED] == int(((held >> k) & 1).sum())
            place = worlds.layout.carrier + k * cr.CARRIER_FIELDS
            assert kind[cr.CA_BACK] == int((steps & (index == place)).sum())
            assert 0 <= kind[cr.CA_USED] + kind[cr.CA_BACK] <= kind[cr.CA_COUNT]
            assert kind[cr.CA_NONE] == (kind[cr.CA_USED] + kind[cr.CA_BACK] == kind[cr.CA_COUNT])


def told_by_the_log(run: Results, of: Line) -> None:
    """From the loading that takes a carrier, a lot is on it to the end of the step from which it leaves the stretch."""
    span = run.totals.span_ticks
    step_names = {route: [step.step for step in steps] for route, steps in of.routes.items()}
    rides = [
        (product, stretch.carrier, step_names[made.route][stretch.takes],
         set(step_names[made.route][stretch.takes : stretch.gives + 1]))
        for product, made in of.products.items() for stretch in stretches(of, made.route)
    ]  # fmt: skip
    area: dict[str, int] = defaultdict(int)
    taken: dict[str, int] = defaultdict(int)
    since: dict[tuple[str, int, str], int] = {}
    for k, lot in enumerate(of.wip):
        for product, carrier, first, on in rides:
            if lot.product == product and lot.step in on - {first}:
                since[product, -k - 1, carrier] = 0
                taken[carrier] += 1
    log = run.log
    assert log is not None
    columns = [log[name].astype(object).tolist() for name in ("tick", "what", "product", "lot", "step")]
    for tick, what, product, lot, step in zip(*columns, strict=True):
        for of_product, carrier, first, on in rides:
            key = (product, lot, carrier)
            if product != of_product:
                continue
            if what == "load" and step == first and key not in since:
                since[key] = tick
                taken[carrier] += 1
            elif (what == "out" or (what in ("leave", "blocked", "scrap") and step not in on)) and key in since:
                area[carrier] += tick - since.pop(key)
    for (_, _, carrier), at in since.items():
        area[carrier] += span - at
    for k, carrier in enumerate(of.carriers):
        sums = run.totals.carriers[0, k]
        assert sums[USED] == area[carrier]
        assert sums[TAKEN] == taken[carrier]
        assert sums[THERE] == of.carriers[carrier].count * span
        assert sums[USED] + sums[BACK] <= sums[THERE]
        assert 0 <= sums[OUT] <= span and 0 <= sums[WAITED] <= sums[TAKEN]
        assert (sums[WAIT] > 0) == (sums[WAITED] > 0)
    np.testing.assert_array_equal(run.totals.carriers[:, :, BACK] >= 0, True)
