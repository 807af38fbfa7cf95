"""The text format of jasima's shop models, as the MIMAC data sets come: machine groups, routes, setup matrices."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .faults import LineError, show

NO_SETUP = "DEF_SETUP"
"""The state of a machine before its first setup."""
MOST_GROUPS, MOST_ROUTES, MOST_MACHINES = 10_000, 1_000, 100_000
_GROUP_WORDS = ("machineName", "numInGroup", "setup")
_ROUTE_NAME = re.compile(r"#\s*route\s+(\S+?)\s*(?::.*)?", re.IGNORECASE)
MOST_FAULTS = 20


@dataclass
class MachineGroup:
    """One machine group.

    line:  where it begins in the file
    setup: time of a change [min], by the state before and the state after
    """

    line: int
    name: str
    machines: int = 1
    setup: dict[tuple[str, str], float] = field(default_factory=dict)

    @property
    def states(self) -> list[str]:
        """Its setup states, the one before the first setup left out."""
        return [state for state in dict.fromkeys(before for before, _ in self.setup) if state != NO_SETUP]


@dataclass(frozen=True)
class Operation:
    """One operation of a route.

    group:     number of its machine group, from 1
    setup:     the setup it needs, None without one
    minutes:   process time, of a batch that of all its jobs together
    batch:     jobs of operations with one such name run together, None: alone
    most:      largest batch [job]
    at:        lines of the file that tell its group and its time
    """

    group: int
    setup: str | None
    minutes: float
    batch: str | None
    most: int
    at: tuple[int, int]


@dataclass(frozen=True)
class Shop:
    """What a file tells."""

    groups: list[MachineGroup]
    routes: dict[str, list[Operation]]


class _Faults:
    """Collects faults of one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.told: list[str] = []

    def add(self, line: int, what: str, cure: str) -> None:
        self.told.append(f"{self.path}:{line}: {what}; {cure}")

    def stop(self) -> None:
        """Raise what was found."""
        if self.told:
            more = len(self.told) - MOST_FAULTS
            rest = [f"... and {more} more"] if more > 0 else []
            raise LineError("\n".join([*self.told[:MOST_FAULTS], *rest]))


class _Lines:
    """Filled lines of the file in order, comments taken off."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.rows: list[tuple[int, str]] = []
        self.names: dict[int, str] = {}
        name: str | None = None
        for number, row in enumerate(text.splitlines(), 1):
            match = _ROUTE_NAME.fullmatch(row.strip())
            name = match[1] if match else name
            content = row.partition("#")[0].strip()
            if content:
                self.rows.append((number, content))
                if name is not None:
                    self.names[number] = name
                name = None
        self.at = 0
        self.last = len(text.splitlines())

    def next(self, what: str) -> tuple[int, str]:
        """The next filled line."""
        if self.at >= len(self.rows):
            raise LineError(f"{self.path}:{self.last}: the file ends where {what} should stand; was it cut short?")
        self.at += 1
        return self.rows[self.at - 1]

    def count(self, what: str, most: int) -> int:
        """A whole number that stands on a line of its own."""
        line, text = self.next(what)
        if not text.isdecimal() or not 1 <= int(text) <= most:
            raise LineError(f"{self.path}:{line}: {what} is a whole number from 1 to {most:,}, not {show(text[:60])}; "
                            "correct it here")  # fmt: skip
        return int(text)


def read_shop(path: Path) -> Shop:
    """Read a shop model.

    raises LineError, which names every fault with its line
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise LineError(f"{path}: there is no such file") from None
    except IsADirectoryError:
        raise LineError(f"{path}: is a folder; give the text file of the model") from None
    except UnicodeDecodeError:
        raise LineError(f"{path}: is no text; give the text file of the model") from None
    lines, faults = _Lines(path, text), _Faults(path)
    count = lines.count("the number of machine groups", MOST_GROUPS)
    routes = lines.count("the number of routes", MOST_ROUTES)
    orders = [lines.next(f"the machine order of route {k + 1}") for k in range(routes)]
    times = [lines.next(f"the process times of route {k + 1}") for k in range(routes)]
    groups = list(_groups(lines, count, faults))
    faults.stop()
    named = [lines.names.get(line, f"route_{k + 1}") for k, (line, _) in enumerate(orders)]
    names = named if len(set(named)) == len(named) else [f"route_{k + 1}" for k in range(routes)]
    found = {
        name: _operations(name, *order, *time, groups, faults)
        for name, order, time in zip(names, orders, times, strict=True)
    }
    _same_batches(found, faults)
    faults.stop()
    return Shop(groups, found)


def _groups(lines: _Lines, count: int, faults: _Faults) -> Iterator[MachineGroup]:
    """The machine groups, which stand in the order of their numbers."""
    names: dict[str, int] = {}
    for number in range(1, count + 1):
        line, text = lines.next(f"machine group {number}")
        if text != str(number):
            faults.add(line, f"machine group {number} should begin here, not {show(text[:60])}",
                       f"the file tells {count} groups in order; words of a group are {', '.join(_GROUP_WORDS)}")
            faults.stop()
        group = MachineGroup(line, f"group_{number}")
        while lines.at < len(lines.rows) and not lines.rows[lines.at][1].isdecimal():
            line, word = lines.next("a word")
            if word == "machineName":
                group.name = lines.next("the name of the group")[1]
            elif word == "numInGroup":
                group.machines = lines.count(f"the number of machines of {group.name}", MOST_MACHINES)
            elif word == "setup":
                _setups(lines, group, faults)
            else:
                cure = f"words of a machine group are {', '.join(_GROUP_WORDS)}"
                if word == "jobs":
                    cure = "jobs are not read: delete them here, and give releases with --starts"
                faults.add(line, f"unknown word {show(word[:60])}", cure)
                faults.stop()
        if group.name in names:
            faults.add(group.line, f"machine group {number} is called {show(group.name)} as group {names[group.name]}",
                       "rename one of the two")
        names[group.name] = number
        yield group


def _setups(lines: _Lines, group: MachineGroup, faults: _Faults) -> None:
    """A square of setup times, row by row: from the state that names the row into those of the columns, in order."""
    count = lines.count(f"the number of setup states of {group.name}", MOST_GROUPS)
    rows = [lines.next(f"setup state {k + 1} of {group.name}") for k in range(count)]
    states = [text.split()[0] for _, text in rows]
    if len(set(states)) < count or NO_SETUP not in states:
        what = f"the setup states of {group.name} are {', '.join(states[:4])} ..."
        faults.add(rows[0][0], what, f"each has one row, and {NO_SETUP} the first")
        return
    for before, (line, text) in zip(states, rows, strict=True):
        cells = text.split()[1:]
        if len(cells) != count:
            faults.add(line, f"row {before} has {len(cells)} setup times, and there are {count} states", "correct it")
            continue
        for after, cell in zip(states, cells, strict=True):
            minutes = 0.0 if before == after and cell.lower() == "x" else _minutes(cell)
            if minutes is None:
                faults.add(line, f"the setup from {before} to {after} is {show(cell)}, no time in minutes",
                           "write a number, or x from a state to itself")
            else:
                group.setup[before, after] = minutes


def _minutes(text: str) -> float | None:
    """A time [min], None for what is none."""
    if re.fullmatch(r"\d+\.?\d*|\.\d+", text) is None or len(text) > 15:
        return None
    return float(text)


def _operations(
    name: str, line: int, order: str, time_line: int, times: str, groups: list[MachineGroup], faults: _Faults
) -> list[Operation]:
    """The operations of one route."""
    visits, stays = order.split(), times.split()
    if len(visits) != len(stays):
        faults.add(time_line, f"route {name} has {len(stays)} process times and {len(visits)} operations (line {line})",
                   "write one time for each operation")
        return []
    found = []
    for k, (visit, stay) in enumerate(zip(visits, stays, strict=True), 1):
        place, told = f"operation {k} of route {name}", len(faults.told)
        number, _, setup = visit.partition(";")
        if not number.isdecimal() or not 1 <= int(number) <= len(groups):
            faults.add(line, f"{place} goes to machine group {show(number)}", f"write one from 1 to {len(groups)}")
            continue
        group = groups[int(number) - 1]
        if setup and setup != NO_SETUP and setup not in group.states:
            faults.add(line, f"{place} needs setup {show(setup)}, which {group.name} lacks",
                       f"add it to the setup states of {group.name} (line {group.line}), or correct it")
        parts = stay.split(";")
        minutes = _minutes(parts[0])
        if minutes is None:
            faults.add(time_line, f"{place} has the process time {show(parts[0])}", "write a number of minutes")
        if len(parts) not in (1, 3) or (len(parts) == 3 and not (parts[1] and parts[2].isdecimal() and int(parts[2]))):
            what = f"{place}: {show(stay)} is no process time"
            faults.add(time_line, what, "write 235 or 235;A2;8 (time;batch;most)")
        if len(faults.told) == told and minutes is not None:
            batch = parts[1] if len(parts) == 3 and int(parts[2]) > 1 else None
            most = int(parts[2]) if batch else 1
            state = setup or (NO_SETUP if group.setup else None)
            found.append(Operation(int(number), state, minutes, batch, most, (line, time_line)))
    return found


def _same_batches(routes: dict[str, list[Operation]], faults: _Faults) -> None:
    """Operations that share a batch must agree on what the machine does."""
    first: dict[tuple[int, str], tuple[str, int, Operation]] = {}
    for name, operations in routes.items():
        for k, operation in enumerate(operations, 1):
            if operation.batch is None:
                continue
            key = (operation.group, operation.batch)
            other_name, other_k, other = first.setdefault(key, (name, k, operation))
            same = (other.most, other.setup, other.minutes) == (operation.most, operation.setup, operation.minutes)
            if not same:
                what = f"operation {k} of route {name} and operation {other_k} of route {other_name} share batches"
                faults.add(operation.at[1], f"{what} {operation.batch} and differ in time, setup or largest batch",
                           "make them agree, or give them batch names of their own")
