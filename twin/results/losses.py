"""Loss: what each cause takes from the yield of the units that came out, so that all of them add up to 1 - yield.

The expected yield of a unit is a product: the share that killer defects leave, the share that damage leaves, and for
each characteristic the share inside its limits. What is missing of a unit is divided among the causes in proportion to
-log of their factors: two that each leave half have equal parts, and one that leaves all has none. Defects are divided
further by where they were picked up, in proportion to them: by the visits of the very lot where the run kept them, else
by what all lots picked up in its replication; damage among the steps of the route in proportion to -log of what each
leaves. What is outside the limits is told of the step and the tool that made the characteristic last.
Yield is no sum: taking one cause away gains a little more than its part.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.line.bins import DAMAGE
from twin.process.law import MOST_HOURS, MOST_PASSES
from twin.results.damage import lives
from twin.results.figure import Figure, Floats, figure
from twin.results.judged import Judged
from twin.results.measures import ratio
from twin.results.units import PRODUCT, REPLICATION, SERIAL, UNITS
from twin.results.yields import ADDED, WAITED

TOOL, WAITING = CAUSES = ("tool", "waiting")
"""Where killer defects come from; another cause is `damage`, or a characteristic."""
WORLD, _, MADE, NUMBER, STEP, RAN, PASSES, WAIT = range(8)
"""Columns of the visits: REPLICATION, TICK, PRODUCT, SERIAL, STEP, TOOL, PASSES, WAIT."""
NOTHING_LEFT = 30.0
"""-log of a factor that leaves nothing: as if it left 1e-13."""
TOLD_ALL = 0.02
"""A lot's visits tell of all its defects if they are short of them by no more than this share."""
LEAST = 1e-300
"""Of a sum to divide by: damage that kills nothing takes nothing."""

Key = tuple[str, str, str, str]
Row = dict[str, Figure | None]


class Lost(NamedTuple):
    """What one cause takes at a step and a tool, of each replication   (world,) each.

    lost:    yield points
    defects: expected killer defects on a unit [1/cm2], NaN of other causes
    units:   share of the units that the tool ran there, NaN where that is not known
    """

    lost: Floats
    defects: Floats
    units: Floats


def by_toolgroup(judged: Judged) -> dict[tuple[str, str], Row]:
    """What each toolgroup costs, largest first, by (toolgroup, tool | waiting | damage | characteristic).

    defects: expected killer defects on a unit that came out [1/cm2], None of other causes
    lost:    yield points;  share: of all that is lost
    Over all products with a yield.
    """
    group_of = _toolgroups(judged)
    summed: dict[tuple[str, str], Floats] = {}
    for (route, step, _, cause), found in lost_by_tool(judged).items():
        key = group_of[route, step], cause
        summed[key] = summed.get(key, np.zeros((2, judged.worlds))) + np.array([found.lost, found.defects])
    every = sum((part[0] for part in summed.values()), np.zeros(judged.worlds))
    rows: dict[tuple[str, str], Row] = {
        key: {
            "defects": figure(defects, "/cm2"),
            "share": figure(ratio(lost, every), "share"),
            "lost": figure(lost, "share"),
        }
        for key, (lost, defects) in summed.items()
    }
    return _largest_first(rows)


def by_tool(judged: Judged) -> dict[Key, Row]:
    """The same by step and tool, by (route, step, tool, cause).

    units:    share of the units that the tool ran at the step, None where the run does not tell
    per_unit: yield lost on each of those: a tool that stands out here is a bad one, not a busy one
    """
    found = lost_by_tool(judged)
    every = sum((part.lost for part in found.values()), np.zeros(judged.worlds))
    rows: dict[Key, Row] = {
        key: {
            "share": figure(ratio(part.lost, every), "share"),
            "lost": figure(part.lost, "share"),
            "units": figure(part.units, "share"),
            "per_unit": figure(ratio(part.lost, part.units), "share"),
        }
        for key, part in found.items()
    }
    return _largest_first(rows)


def _largest_first(rows: dict[Any, Row]) -> dict[Any, Row]:
    means = {key: 0.0 if row["lost"] is None else row["lost"].mean for key, row in rows.items()}
    return {key: rows[key] for key in sorted(rows, key=lambda key: -means[key])}


def _toolgroups(judged: Judged) -> dict[tuple[str, str], str]:
    return {(route, step.step): step.toolgroup for route, steps in judged.line.routes.items() for step in steps}


def lost_by_tool(judged: Judged) -> dict[Key, Lost]:
    """What every cause costs, by (route, step, tool, cause); causes that cost nothing are left out."""
    lots = judged.totals.lots
    counted = judged.known[lots[:, PRODUCT]]
    units = judged.by_world(lots[:, UNITS].astype(np.float64), counted)
    of_defects, of_damage, of_limits = parts_of_lots(judged)
    found = _by_defects(judged, of_defects, counted) | _by_damage(judged, of_damage)
    for name, part in of_limits.items():
        found |= _by_makers(judged, name, part, counted)
    told = {key: Lost(*(ratio(value, units) for value in lost)) for key, lost in found.items()}
    return {key: part for key, part in told.items() if np.nansum(part.lost) > 0 or np.nansum(part.defects) > 0}


def parts_of_lots(judged: Judged) -> tuple[Floats, Floats, dict[str, Floats]]:
    """What each lot loses, in units: to defects, to damage, and to each characteristic   (lot,) each."""
    logs = {name: np.nan_to_num(_log(share)) for name, share in judged.units.outside.items()}
    clean = np.broadcast_to(_log(1.0 - judged.clean)[:, None], judged.weight.shape)
    damage = _log(1.0 - judged.units.alive)
    total = sum(logs.values(), clean + damage)
    missing = np.nan_to_num(1.0 - judged.yield_) * judged.weight
    each = ratio(missing, total)

    def of(log: Floats) -> Floats:
        part: Floats = np.nansum(each * log, axis=1)
        return part

    return of(clean), of(damage), {name: of(log) for name, log in logs.items()}


def _log(lost: Floats) -> Floats:
    """-log of what is left when a share is lost   (any shape)."""
    with np.errstate(divide="ignore"):
        return np.minimum(-np.log1p(-lost), NOTHING_LEFT)


def _by_makers(judged: Judged, name: str, part: Floats, counted: NDArray[np.bool_]) -> dict[Key, Lost]:
    """What lots lose to a characteristic, by the tool and the step that made it last; sums over units.

    part: of each lot [unit]   (lot,);  counted: lots of products with a yield   (lot,)
    """
    names, lots = judged.names, judged.totals.lots
    tool, step = judged.units.makers[name]
    bound = [name in {of.name for of in found} for found in judged.limited.values()]
    own = counted & (step >= 0) & np.array(bound, dtype=np.bool_)[lots[:, PRODUCT]]
    tools = names.tool_group.size
    found: dict[Key, Lost] = {}
    for key in np.unique(step[own] * tools + tool[own]):
        made = own & (step == key // tools) & (tool == key % tools)
        route, at = names.steps[key // tools]
        found[route, at, names.tool(int(key % tools)), name] = Lost(
            judged.by_world(part, made),
            np.full(judged.worlds, np.nan),
            judged.by_world(lots[:, UNITS].astype(np.float64), made),
        )
    return found


def _by_damage(judged: Judged, part: Floats) -> dict[Key, Lost]:
    """What lots lose to damage, by the steps that do it; sums over units.

    part: of each lot [unit]   (lot,)
    """
    line, lots = judged.line, judged.totals.lots
    unknown = np.full(judged.worlds, np.nan)
    found: dict[Key, Lost] = {}
    for k, (name, product) in enumerate(line.products.items()):
        if product.die is None or not judged.damaged[name] or not judged.known[k]:
            continue
        lost = judged.by_world(part, lots[:, PRODUCT] == k)
        units, logs = range(product.lot_size), {}
        for source in judged.damaged[name]:
            left = [lives((source,), product.die, unit).mean() for unit in units]
            logs[source] = float(_log(1.0 - np.array(left)).mean())
        for source, log in logs.items():
            key = product.route, source.step, source.group, DAMAGE
            before = found.get(key, Lost(np.zeros(judged.worlds), unknown, unknown))
            found[key] = before._replace(lost=before.lost + lost * (log / max(sum(logs.values()), LEAST)))
    return found


def _by_defects(judged: Judged, part: Floats, counted: NDArray[np.bool_]) -> dict[Key, Lost]:
    """What lots lose to killer defects, by where they were picked up; sums over units.

    part: of each lot [unit]   (lot,);  counted: lots of products with a yield   (lot,)
    """
    with_dies = [product.die is not None for product in judged.line.products.values()]
    own = counted & np.array(with_dies, dtype=np.bool_)[judged.totals.lots[:, PRODUCT]]
    taken = judged.density * judged.totals.lots[:, UNITS]  # [unit/cm2]
    found, unseen = _by_visits(judged, part, taken, own)
    for key, rest in _by_steps(judged, unseen * part, unseen * taken, own).items():
        told = found.get(key)  # of a toolgroup with one tool, which needs no visit to be told apart
        found[key] = rest if told is None else Lost(told.lost + rest.lost, told.defects + rest.defects, told.units)
    return found


def _by_steps(judged: Judged, part: Floats, taken: Floats, own: NDArray[np.bool_]) -> dict[Key, Lost]:
    """The loss of some lots by steps, in proportion to what all lots picked up there in their replication.

    part: lost to defects [unit], taken: defects [unit/cm2]   (lot,);  own: the lots meant   (lot,)
    """
    names, line, process = judged.names, judged.line, judged.totals.process
    routes = {product.route for product in line.products.values() if product.die is not None}
    group_of = _toolgroups(judged)
    added = {
        (*names.steps[index], group_of[names.steps[index]], cause): process[:, j, column].astype(np.float64)
        for j, index in enumerate(names.processes)
        if names.steps[index][0] in routes
        for cause, column in ((TOOL, ADDED), (WAITING, WAITED))
    }
    every = sum(added.values(), np.zeros(judged.worlds))
    lost, defects = judged.by_world(part, own), judged.by_world(taken, own)
    unknown = np.full(judged.worlds, np.nan)
    shares = {key: ratio(amount, every) for key, amount in added.items() if amount.any()}
    return {
        key: Lost(np.where(lost > 0, share * lost, 0.0), np.where(defects > 0, share * defects, 0.0), unknown)
        for key, share in shares.items()
    }


def _by_visits(
    judged: Judged, part: Floats, taken: Floats, own: NDArray[np.bool_]
) -> tuple[dict[Key, Lost], Floats]:
    """The loss of lots by their own visits; and the share of each lot's defects that no visit tells of   (lot,)."""
    names, visits, lots = judged.names, judged.totals.visits, judged.totals.lots
    lot = lots_of(visits, lots)
    visits, lot = visits[lot >= 0], lot[lot >= 0]
    amounts = picked_up(judged, visits, lots[lot, UNITS])
    summed = sum((np.bincount(lot, amount, len(lots)) for amount in amounts.values()), np.zeros(len(lots)))
    # all visits of a lot add up to its defects, but for what the engine's tables of the laws are off
    every = np.where(summed > (1 - TOLD_ALL) * judged.density, summed, judged.density)
    found: dict[Key, Lost] = {}
    tools = names.tool_group.size
    keys = visits[:, STEP] * tools + visits[:, RAN]
    for key in np.unique(keys):
        here, ran = keys == key, np.bincount(lot[keys == key], minlength=len(lots)) * lots[:, UNITS]
        for cause, amount in amounts.items():
            share = np.nan_to_num(ratio(np.bincount(lot[here], amount[here], len(lots)), every))
            if share[own].any():
                called = names.tool(int(key % tools))
                found[(*names.steps[names.processes[key // tools]], called, cause)] = Lost(
                    judged.by_world(share * part, own),
                    judged.by_world(share * taken, own),
                    judged.by_world(ran.astype(np.float64), own),
                )
    return found, 1.0 - np.nan_to_num(ratio(summed, every))


def lots_of(visits: NDArray[np.int64], lots: NDArray[np.int64]) -> NDArray[np.int64]:
    """The place of each visit's lot among those that came out, -1 for others   (visit,)."""
    if not len(lots) or not len(visits):
        return np.full(len(visits), -1)
    of_lots, of_visits = lots[:, [REPLICATION, PRODUCT, SERIAL]], visits[:, [WORLD, MADE, NUMBER]]
    sizes = of_lots.max(axis=0) + 1
    known = (of_visits < sizes).all(axis=1)
    keys, asked = (rows @ np.array([sizes[1] * sizes[2], sizes[2], 1]) for rows in (of_lots, of_visits[known]))
    order = np.argsort(keys)
    place = order[np.minimum(np.searchsorted(keys, asked, sorter=order), len(lots) - 1)]
    found = np.full(len(visits), -1)
    found[known] = np.where(keys[place] == asked, place, -1)
    return found


def picked_up(judged: Judged, visits: NDArray[np.int64], units: NDArray[np.int64]) -> dict[str, Floats]:
    """Killer defects that the laws put on a lot at each visit [1/cm2], by tool and by waiting   (visit,) each.

    units: of the lots   (visit,)
    """
    names, line = judged.names, judged.line
    found = {cause: np.zeros(len(visits)) for cause in CAUSES}
    hours = judged.totals.tick_s / 3600.0
    for j, index in enumerate(names.processes):
        route, name = names.steps[index]
        process = next(step.process for step in line.routes[route] if step.step == name)
        here = visits[:, STEP] == j
        if process is None or not here.any():
            continue
        # as the engine has it: a lot's units are taken to run in the middle of those that the tool runs now
        passes = np.minimum(visits[here, PASSES] + ((units[here] - 1) >> 1), MOST_PASSES).astype(np.float64)
        waited = np.minimum(visits[here, WAIT] * hours, MOST_HOURS)
        for cause, defects in ((TOOL, process.model.defects(passes)), (WAITING, process.model.waiting(waited))):
            if defects is not None:
                found[cause][here] = defects
    return found
