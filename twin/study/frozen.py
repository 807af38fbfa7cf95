"""Who waits for whom in a world that has come to stand still, in words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.arrays import carrier_fields as cr
from twin.arrays import fields as f
from twin.arrays.compiled import Compiled
from twin.arrays.memory import carried_column
from twin.arrays.worlds import Worlds
from twin.study.turns import Turns

MOST_TOLD = 6
PARTS_CURE = (
    "Make the parts in the ratio in which they are joined, each with tools or a store of its own, or give the store a "
    "larger `buffer`"
)
CARRIERS_CURE = "Give up carriers at an earlier step, or give the toolgroup without a place a larger `buffer`"


def frozen(worlds: Worlds, w: int, compiled: Compiled) -> str:
    """What holds world `w` up: tools whose lots find no place, lots whose parts are not there."""
    names = compiled.names
    order = Turns(worlds, w, names, compiled.arrays.step[:, f.S_GROUP]).standstill() if names.turns else None
    if order is not None:
        return f"deadlock: {order}"
    parts, carriers = list(_missing(worlds, w, compiled)), list(_without_carriers(worlds, w, compiled))
    told = [*_blocked(worlds, w, compiled), *parts, *carriers]
    more = f"; and {len(told) - MOST_TOLD} more" if len(told) > MOST_TOLD else ""
    cures = [PARTS_CURE] if parts or not carriers else []
    cures += [CARRIERS_CURE] if carriers else []
    return f"deadlock: nothing can move any more: {'; '.join(told[:MOST_TOLD])}{more}. {', or '.join(cures)}"


def _without_carriers(worlds: Worlds, w: int, compiled: Compiled) -> Iterator[str]:
    """Each toolgroup with an idle tool whose lots wait for a carrier, and how many of those lots hold."""
    names, memory, layout = compiled.names, worlds.memory[w], worlds.layout
    column = carried_column(compiled.arrays)
    for g, name in enumerate(names.toolgroups if names.carriers else ()):
        lot = int(worlds.group[w, g, f.Q_HEAD])
        if lot == f.NONE or worlds.group[w, g, f.Q_IDLE] == 0 or memory[lot + column + cr.LX_LACKS] == f.NONE:
            continue
        kind = (int(memory[lot + column + cr.LX_LACKED]) - layout.carrier) // cr.CARRIER_FIELDS
        used, count = (int(worlds.carrier[w, kind, place]) for place in (cr.CA_USED, cr.CA_COUNT))
        yield f"{name} waits for a {names.carriers[kind]}, of which lots hold {used} of {count}"


def _blocked(worlds: Worlds, w: int, compiled: Compiled) -> Iterator[str]:
    """Each tool that holds a blocked lot, and where there is no place for it."""
    names, memory = compiled.names, worlds.memory[w]
    for tool, row in enumerate(worlds.tool[w]):
        if row[f.T_STUCK] > 0:
            lot = int(row[f.T_LOT] if row[f.T_BELT] == f.NO_BELT else row[f.T_EXIT])
            step = (int(memory[lot + f.LOT_STEP]) - worlds.layout.first_step) // f.STEP_CONSTANTS
            group = int(compiled.arrays.step[step, f.S_GROUP])
            places = int(compiled.arrays.group[group, f.G_BUFFER])
            of = f" ({places:,} of {places:,} taken)" if places > 0 else ""
            product = names.products[product_of(worlds, int(memory[lot + f.LOT_PRODUCT]))]
            yield f"{names.tool(tool)} holds {product} and finds no place at {names.toolgroups[group]}{of}"


def _missing(worlds: Worlds, w: int, compiled: Compiled) -> Iterator[str]:
    """Each toolgroup with an idle tool that lacks parts, and what of each part is there."""
    names, arrays = compiled.names, compiled.arrays
    for row in arrays.extra[arrays.extra[:, f.E_PARTS] > 0]:
        group = int(arrays.step[row[f.E_STEP], f.S_GROUP])
        if worlds.group[w, group, f.Q_IDLE] == 0:
            continue
        listed = arrays.listed[row[f.E_PART] :][: row[f.E_PARTS] * f.PART_FIELDS].reshape(-1, f.PART_FIELDS)
        for store, product, count in listed.tolist():
            there = parts_in(worlds, w, store, product)
            if there < count:
                yield (
                    f"{names.toolgroups[group]} waits for {names.products[product]}, of which {there} of {count} "
                    f"{'is' if there == 1 else 'are'} in {names.toolgroups[store]}"
                )


def parts_in(worlds: Worlds, w: int, store: int, product: int) -> int:
    """Lots of a product that wait in a store."""
    memory, found = worlds.memory[w], 0
    lot = int(worlds.group[w, store, f.Q_HEAD])
    while lot != f.NONE:
        found += product_of(worlds, int(memory[lot + f.LOT_PRODUCT])) == product
        lot = int(memory[lot + f.LOT_NEXT])
    return found


def product_of(worlds: Worlds, place: int) -> int:
    """Index of the product at a place of a world's memory."""
    return int(np.int64(place - worlds.layout.product) // f.PRODUCT_FIELDS)
