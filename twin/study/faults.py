"""A stopped world in words: the replication, the time, the toolgroup and the likely cure."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from twin.arrays import calendar_fields as c
from twin.arrays import fields as f
from twin.arrays.compiled import Compiled
from twin.arrays.memory import Layout
from twin.arrays.names import Names
from twin.arrays.worlds import Worlds
from twin.engine import RunError
from twin.study.frozen import frozen
from twin.study.ring import ring_of
from twin.study.sight import Sight
from twin.study.turns import Turns


def span(seconds: float) -> str:
    """A time as a person would say it."""
    for size, unit in ((86_400.0, "d"), (3_600.0, "h"), (60.0, "min")):
        if seconds >= size:
            return f"{seconds / size:.4g} {unit}"
    return f"{seconds:.4g} s"


def group_at(layout: Layout, place: int) -> int:
    """Index of the toolgroup at a place of the memory."""
    return (place - f.CORE_FIELDS) // f.GROUP_FIELDS


def raise_if_stopped(worlds: Worlds, compiled: Compiled) -> None:
    """Raise for the first world that cannot go on; a full pool or log is not such a case."""
    names = compiled.names
    for w in np.flatnonzero(~np.isin(worlds.core[:, f.C_STATUS], (f.RUNNING_WORLD, f.LOTS_FULL, f.LOG_FULL))):
        core = worlds.core[w]
        status = int(core[f.C_STATUS])
        where = f"replication {int(core[f.C_REPLICATION]) + 1}, at {span(int(core[f.C_NOW]) * names.tick_s)}"
        if status == f.DEADLOCK and core[f.C_WHO] == f.NONE:
            raise RunError(f"{where}: {frozen(worlds, int(w), compiled)}")
        if status == f.DEADLOCK:
            raise RunError(f"{where}: {_deadlock(worlds, int(w), compiled)}")
        if status == f.NO_PROGRESS:
            busiest = names.toolgroups[int(np.argmax(worlds.group[w, :, f.Q_STARTS]))]
            raise RunError(
                f"{where}: the clock stands still: lots go round in no time, most of them through toolgroup "
                f"{busiest!r}; give the steps of the loop a time"
            )
        if status == f.RESULTS_FULL:
            number = (int(core[f.C_WHO]) - worlds.layout.measure) // f.MEASURE_FIELDS
            route, step = names.steps[names.measures[number]]
            raise RunError(
                f"{where}: {f.RING_ROWS} results of step {step!r} of route {route!r} wait for their lag to end; "
                "write a shorter lag, or sample fewer lots"
            )
        raise RunError(
            f"{where}: a pool of the engine overflowed, which should not happen; please report the line"
        )


def raise_no_room(worlds: Worlds) -> None:
    """Raise for worlds whose lots fill all the records that they can have."""
    where = worlds.layout
    carried = f", each of which carries {where.values} numbers of its units" if where.values else ""
    cure = "; track fewer characteristics or modes, or write smaller lots" if where.values else ""
    raise RunError(f"more than {where.lots} lots in the line{carried}: one world has room for no more{cure}")


def raise_too_many(worlds: Worlds, names: Names, most: int) -> None:
    """Raise for a world whose lots have outgrown what is allowed."""
    w = int(np.argmax(worlds.core[:, f.C_LOTS]))
    core, group = worlds.core[w], worlds.group[w]
    waiting = group[:, f.Q_LOTS] + group[:, f.Q_OUTSIDE]
    longest = int(np.argmax(waiting))
    raise RunError(
        f"replication {int(core[f.C_REPLICATION]) + 1}, at {span(int(core[f.C_NOW]) * names.tick_s)}: more than "
        f"{most} lots in the line, {int(waiting[longest])} of them waiting at toolgroup "
        f"{names.toolgroups[longest]!r}; more is released than it can do (see `twin capacity`): release less, "
        "add tools, or allow more with --max-wip"
    )


def _deadlock(worlds: Worlds, w: int, compiled: Compiled) -> str:
    """The ring of toolgroups that wait for each other, and which lot waits where."""
    ring = ring_of(Sight(compiled, worlds, w))
    names = [repr(compiled.names.toolgroups[group]) for group, _ in ring]
    told = "; ".join(words for _, words in ring)
    return (
        "deadlock: every tool holds a lot that waits for a place in front of the next: "
        f"{' -> '.join([*names, names[0]])}: {told}; give one of them a larger `buffer`, or keep fewer lots in the "
        "loop (`release: {wip: N}`)"
    )


def step_at(worlds: Worlds, place: int) -> int:
    """Index of the step at a place of the line's memory."""
    return (place - worlds.layout.first_step) // f.STEP_CONSTANTS


def at_the_end(worlds: Worlds, compiled: Compiled) -> list[str]:
    """What no figure tells of how the worlds stand at the end of the run.

    raises RunError for a world in which nothing may stand still and everything does
    """
    names = compiled.names
    without = [
        f"toolgroup {names.toolgroups[g]!r} has no tools at the end of the run, since a change has taken them out of "
        "the line; what comes to it waits"
        for g in np.flatnonzero(_without_tools(worlds, names).any(axis=0))
    ]
    gone = (worlds.crew[:, :, f.CW_MEMBERS] == 0) & (worlds.crew[:, :, f.CW_CLOSED] == 0) & _asked(worlds)
    without += [
        f"crew {names.crews[k]!r} has nobody at the end of the run, since a change has sent all away; what needs one "
        "of them waits"
        for k in np.flatnonzero(gone.any(axis=0))
    ]
    turns = [Turns(worlds, w, names, compiled.arrays.step[:, f.S_GROUP]) for w in range(len(worlds)) if names.turns]
    for sequences in turns:
        ring = sequences.deadlock()
        if ring is not None:
            raise RunError(f"replication {int(worlds.core[sequences.w, f.C_REPLICATION]) + 1}: deadlock: {ring}")
    return [*without, *stalls(worlds, names, compiled.releases_end, turns)]


def _asked(worlds: Worlds) -> NDArray[np.bool_]:
    """Whether anything waits for a crew   (world, crew)."""
    asked: NDArray[np.bool_] = (worlds.crew[:, :, [f.CW_TOOL_HEAD, f.CW_LOT_HEAD]] != f.NONE).any(axis=2)
    return asked


def _without_tools(worlds: Worlds, names: Names) -> NDArray[np.bool_]:
    """Whether all tools of a toolgroup are away   (world, group)."""
    tools = np.array([len(tools) for tools in names.tools_of])
    without: NDArray[np.bool_] = (worlds.group[:, :, f.Q_AWAY] == tools) & (tools > 0)
    return without


def stalls(worlds: Worlds, names: Names, releases_end: bool, turns: Sequence[Turns] = ()) -> list[str]:
    """Worlds in which nothing can happen any more although lots are in the line, in words.

    releases_end: whether every release comes to an end by itself (a schedule, a trace that stops); a rest that
        can form no batch is then worth a note, where otherwise nothing may stand still
    turns: the sequences of each world, where the line has any

    raises RunError in the latter case, and where a sequence waits for a lot that does not come. Worlds that stand still
    because tools or crews are away are told otherwise, and what waits for a crew that is at work elsewhere, or for a
    calendar to open, will go on.
    """
    told = []
    without = np.concatenate([_without_tools(worlds, names), _asked(worlds)], axis=1)
    for w, memory in enumerate(worlds.memory):
        if without[w].any() or (worlds.calendar[w, :, c.CA_STATE] != c.OPEN).any():
            continue
        pending = memory[worlds.layout.heap :][: int(memory[f.C_HEAP_N])]
        kinds = (pending >> f.INDEX_BITS) & f.KIND_MASK
        group = worlds.group[w]
        clocks = pending[kinds == f.EV_CLOCK] & f.INDEX_MASK
        chambers = memory[clocks[memory[clocks + f.CK_PENDING] == f.IN_REPAIR] + f.CK_TOOL]
        down = np.concatenate([pending[kinds == f.EV_UP] & f.INDEX_MASK, chambers])
        repaired = memory[down[:, None] + (f.T_LOTS, f.T_GROUP)]
        helps = (repaired[:, 0] > 0) | (memory[repaired[:, 1] + f.Q_PLACES] > 0)
        # releases into a line that has stood still for a tenth of the time do not mean that it lives
        frozen = memory[f.C_NOW] - memory[f.C_MOVED] > memory[f.C_NOW] // 10
        no_life = (f.EV_CLOCK, f.EV_UP, c.EV_CALENDAR, *((f.EV_RELEASE,) if frozen else ()))
        if memory[f.C_LOTS] == 0 or helps.any() or not np.isin(kinds, no_life).all():
            continue
        waiting = group[:, f.Q_LOTS] + group[:, f.Q_OUTSIDE]
        at = int(np.argmax(waiting))
        text = (
            f"replication {int(memory[f.C_REPLICATION]) + 1}: nothing has moved since "
            f"{span(int(memory[f.C_MOVED]) * names.tick_s)}: {int(memory[f.C_LOTS])} lots are in the line, "
            f"{int(waiting[at])} of them waiting at toolgroup {names.toolgroups[at]!r}"
        )
        if group[at, f.Q_AWAY] > 0:
            told.append(f"{text}; tools of it are away")
            continue
        order = turns[w].standstill() if turns else None
        if order is not None:
            raise RunError(f"{text}: {order}")
        if not releases_end:
            raise RunError(
                f"{text}; no tool there may take one: look at its batch minimum, `min_run`, `dedicate` and `takes`, or "
                "release more lots"
            )
        told.append(f"{text}; they cannot fill a batch, and no more lots are released")
    return told
