"""Scenarios: a line with some changes and a name, every fault told with the name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twin.line import Line, LineError
from twin.line.change_text import split_change, split_changes, split_scenario, timed
from twin.line.edit import Changes, pairs_of, varied
from twin.line.units import name, quantity
from twin.results.comparison import BASE

Given = Changes | str | Line | Sequence[str]
"""What a scenario may be given as: values by path, `PATH=VALUE; PATH=VALUE`, a list of such, or a whole line."""
Scenarios = Mapping[str, Given] | Iterable[str | tuple[str, Given]]
"""By name, or in a row: texts `NAME: PATH=VALUE; ...`, or pairs of name and changes."""
EXAMPLE = "'third oven: toolgroups.oven.tools=3'"
_OF_ALL = {
    "run": "a scenario runs as long and as often as its base; say it for all of them (--horizon, --set)",
    "tick": "a scenario keeps the tick of its base; say it for all of them (--set)",
}


@dataclass(frozen=True)
class Scenario:
    """A line to be compared with its base.

    changes: what was changed, as texts; none for a line that was given whole
    """

    name: str
    line: Line
    changes: tuple[str, ...]


def scenarios_of(base: Line, given: Scenarios) -> list[Scenario]:
    """The scenarios of a base line.

    raises LineError, which tells every fault of every scenario
    """
    found: dict[str, Scenario] = {}
    faults: list[str] = []
    for title, content in _named(given, faults):
        shown = told(title)
        try:
            title = name(title)
            if title == BASE:
                raise ValueError(f"{BASE!r} is the line as it is; choose another name")
            if title in found:
                raise ValueError("stands twice; give each scenario a name of its own")
            found[title] = _scenario(base, title, content)
        except ValueError as error:  # LineErrors too
            faults += [f"{shown}: {line}" for line in str(error).splitlines()]
    if not found and not faults:
        faults.append(f"no scenario to compare with; write at least one, such as {EXAMPLE}")
    if faults:
        raise LineError("\n".join(faults))
    return list(found.values())


def told(title: str) -> str:
    """What errors call a scenario."""
    return f"scenario {title!r}"


def _named(given: Scenarios, faults: list[str]) -> list[tuple[str, Given]]:
    """Pairs of a name and what it stands for; texts without a name are faults."""
    if isinstance(given, Mapping):
        return list(given.items())
    pairs: list[tuple[str, Given]] = []
    for part in [given] if isinstance(given, str) else given:
        try:
            pairs.append(split_scenario(part) if isinstance(part, str) else part)
        except ValueError as error:
            faults.append(f"scenario {error}")
    return pairs


def _scenario(base: Line, title: str, content: Given) -> Scenario:
    """The scenario of one name.

    raises ValueError or LineError
    """
    if isinstance(content, Line):
        if content.tick != base.tick:
            ticks = f"its tick is {quantity(content.tick)} and the base's {quantity(base.tick)}"
            raise ValueError(f"{ticks}; write one for both")
        if content.model_copy(update={"run": base.run}) == base:
            raise ValueError("is the base line itself; change something")
        return Scenario(title, content, ())
    changes = _pairs(content)
    if not changes:
        raise ValueError("changes nothing; write PATH=VALUE, such as toolgroups.oven.tools=3")
    _refuse(changes)
    line = varied(base, changes)
    for k, (path, value) in enumerate(changes):
        rest = changes[:k] + changes[k + 1 :]
        if _same(line, base, rest):
            raise ValueError(f"{path} is {value} already: the change touches nothing")
    return Scenario(title, line, tuple(f"{path}={value}" for path, value in changes))


def _same(line: Line, base: Line, changes: list[tuple[str, Any]]) -> bool:
    """Whether these changes alone lead to the line; changes that make no line by themselves do not."""
    try:
        return line == (varied(base, changes) if changes else base)
    except LineError:
        return False


def _pairs(content: Any) -> list[tuple[str, Any]]:
    """Changes in whichever way they were given."""
    if content is None:
        return []
    if isinstance(content, str):
        return split_changes(content)
    if isinstance(content, Mapping):
        return pairs_of(content)
    if not isinstance(content, Iterable):
        raise ValueError(f"{content!r} is no change; write PATH=VALUE, such as toolgroups.oven.tools=3")
    pairs: list[tuple[str, Any]] = []
    for part in content:
        if isinstance(part, str):
            pairs += split_changes(part)
        elif isinstance(part, Mapping):
            pairs += pairs_of(part)
        else:
            path, value = part
            pairs.append((path, value))
    return pairs


def _refuse(changes: Sequence[tuple[str, Any]]) -> None:
    """Changes that no scenario can make, or that are made twice.

    raises ValueError
    """
    faults: list[str] = []
    lasting: set[str] = set()
    for path, value in changes:
        split_change(f"{path}={value}")
        if isinstance(value, str) and timed(value) is not None:
            continue
        if path in lasting:
            faults.append(f"{path} is set twice")
        lasting.add(path)
        why = _OF_ALL.get(path.partition(".")[0])
        if why is not None:
            faults.append(f"{path}={value}: {why}")
    if faults:
        raise ValueError("\n".join(faults))


def refuse_late(lines: Mapping[str, Line], horizon_s: float) -> None:
    """Refuse changes for a time that would begin after the end of the run [s].

    raises LineError
    """
    faults = {
        f"{title}: {transient}: begins at the end of the run at {quantity(horizon_s)} or later, and touches nothing; "
        "write an earlier time or a longer horizon": None
        for title, line in lines.items()
        for transient in line.transients
        if round(transient.from_ / line.tick) >= round(horizon_s / line.tick)
    }
    if faults:
        raise LineError("\n".join(faults))
