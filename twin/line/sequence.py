"""Lots in order, tool by tool: what a planner or a solver has decided, in the document or in a table beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from .context import once, reading
from .document import mapping_schema
from .faults import Cell, Fault, Faults, did_you_mean, show, unknown_key
from .tables import Records, read_records
from .units import NAME_SCHEMA, name, whole

MOST_TURNS = 1_000_000
COLUMNS = {"tool": name, "position": whole(1, MOST_TURNS), "product": name, "lot": name, "step": name}
SHAPES = "[[a-1, b-1], [b-2, a-2]], a list for each tool, or {file: sequence.csv}"


@dataclass(frozen=True)
class Turn:
    """One lot's turn at a tool.

    lot:  its name: product and number, `a-1` the first lot of a released; of one there at the start its own
    step: the step it is taken for, where it comes to the toolgroup for several; None: whichever it comes for
    cell: where it was read
    """

    lot: str
    step: str | None = None
    cell: Cell | None = field(default=None, compare=False)

    def words(self) -> Any:
        """As a document writes it."""
        return self.lot if self.step is None else {"lot": self.lot, "step": self.step}


Lists = tuple[tuple[Turn, ...], ...]


@dataclass(frozen=True)
class OwnTurns:
    """A table of sequences, with the toolgroup whose rows are meant."""

    toolgroup: str
    source: Any

    @property
    def _key(self) -> str | int:
        """The same for all toolgroups that name one table."""
        return self.source if isinstance(self.source, str) else id(self.source)

    @property
    def is_first(self) -> bool:
        """Whether this toolgroup is the one that tells the faults of a table which several share."""
        return once(("sequence told by", self._key), lambda: self.toolgroup) == self.toolgroup

    def records(self) -> Records:
        """All rows of the table, read once for all toolgroups that share it."""
        return once(("sequence", self._key), self._read)

    def _read(self) -> Records:
        return read_records(self.source, COLUMNS, ("tool", "position", "lot"), "sequence.csv")

    def place(self, tool: str) -> tuple[str, int]:
        """Toolgroup and number from 1 that a cell names: `m1`, `m1/2`, or a number alone."""
        group, slash, number = tool.rpartition("/")
        if slash and number.strip().isdecimal():
            return group.strip(), int(number)
        return (self.toolgroup, int(tool)) if tool.isdecimal() else (tool, 1)

    def lists(self) -> Lists:
        """The toolgroup's rows, tool by tool in the order of their positions."""
        records = self.records()
        found: dict[int, dict[int, Turn]] = {}
        faults = []
        for row, content in enumerate(records.rows):
            group, number = self.place(content["tool"])
            if group != self.toolgroup:
                continue
            lot = content["lot"]
            if content["product"] is not None and lot.isdecimal():
                lot = f"{content['product']}-{int(lot)}"
            cell = None if records.path is None else Cell(records.path, records.index[row], "lot")
            turns = found.setdefault(number, {})
            if content["position"] in turns:
                what = f"{show(content['tool'])} has two lots at position {content['position']}; number them anew"
                faults.append(records.fault(row, "position", what))
            turns.setdefault(content["position"], Turn(lot, content["step"], cell))
        if faults:
            raise Faults(faults)
        if not found:
            raise ValueError(f"the table has no row for {show(self.toolgroup)}; add some, or leave sequence out")
        most = max(found)
        return tuple(tuple(turn for _, turn in sorted(found.get(k, {}).items())) for k in range(1, most + 1))


def file_of(value: Any) -> Any:
    """The table that a sequence names, None where it is written in the document."""
    if isinstance(value, str):
        return value
    return value["file"] if isinstance(value, dict) and "file" in value else None


def _sequence(value: Any) -> Lists | None:
    """The lots of each tool; one tool's may stand without the outer list."""
    if value is None:
        return None
    if isinstance(value, OwnTurns):
        try:
            value.records()
        except Faults:
            if reading().lenient or not value.is_first:
                return None
        try:
            return value.lists()
        except Faults as error:
            raise Faults(fault.below(("file",)) for fault in error.faults) from None
    if isinstance(value, dict):
        raise Faults([unknown_key((key,), ("file",)) for key in value] or [Fault((), f"is empty; write {SHAPES}")])
    if not isinstance(value, list | tuple) or not value:
        raise ValueError(f"needs lots in their order, not {show(value)}; write {SHAPES}")
    nested = [isinstance(part, list | tuple) for part in value]
    if any(nested) and not all(nested):
        raise Faults([Fault((nested.index(False),), f"stands beside lists of other tools; write {SHAPES}")])
    faults: list[Fault] = []
    if not any(nested):
        found: Lists = (tuple(_turns(value, (), faults)),)
    else:
        found = tuple(tuple(_turns(part, (k,), faults)) for k, part in enumerate(value))
    if faults:
        raise Faults(faults)
    return found


def _turns(value: Any, at: tuple[int, ...], faults: list[Fault]) -> Iterator[Turn]:
    for i, part in enumerate(value):
        if isinstance(part, Turn):
            yield part
            continue
        words = part if isinstance(part, dict) else {"lot": part}
        unknown = [unknown_key((*at, i, key), ("lot", "step")) for key in words if key not in ("lot", "step")]
        try:
            if unknown or "lot" not in words:
                raise Faults(unknown or [Fault((*at, i), "lacks the lot; write {lot: a-1, step: weld}")])
            step = words.get("step")
            yield Turn(name(words["lot"]), None if step is None else name(step))
        except Faults as error:
            faults.extend(error.faults)
        except ValueError as error:
            faults.append(Fault((*at, i), str(error)))


def _written(lists: Lists | None) -> Any:
    """As a document writes it: one tool's lots without the outer list."""
    if lists is None:
        return None
    words = [[turn.words() for turn in turns] for turns in lists]
    return words[0] if len(words) == 1 and words[0] else words


_TURN = {"anyOf": [NAME_SCHEMA, mapping_schema({"lot": NAME_SCHEMA, "step": NAME_SCHEMA}, ["lot"])]}
_TURNS: dict[str, Any] = {"type": "array", "items": _TURN}
_FILE = {"type": "string", "pattern": "[.]"}
Sequence = Annotated[
    Lists | None,
    BeforeValidator(_sequence),
    PlainSerializer(_written),
    WithJsonSchema(
        {"anyOf": [_TURNS, {"type": "array", "items": _TURNS}, mapping_schema({"file": _FILE}, ["file"]), _FILE]}
    ),
]


def told_tables(document: dict[Any, Any]) -> tuple[dict[Any, Any], list[OwnTurns]]:
    """The document with each table of sequences told whose rows it is asked for, and these."""
    groups = document.get("toolgroups")
    if not isinstance(groups, dict):
        return document, []
    told, asked = dict(groups), []
    for key, group in groups.items():
        source = file_of(group.get("sequence")) if isinstance(group, dict) else None
        if source is not None and set(group["sequence"] if isinstance(group["sequence"], dict) else ()) <= {"file"}:
            turns = OwnTurns(str(key), source)
            asked.append(turns)
            told[key] = group | {"sequence": turns}
    return document | {"toolgroups": told}, asked


def table_faults(toolgroups: Any, asked: list[OwnTurns]) -> Iterator[Fault]:
    """Rows of a table that no toolgroup reads."""
    reads = {turns.toolgroup: turns for turns in asked}
    seen = set()
    for turns in asked:
        records = turns.records()
        if id(records) in seen or reading().lenient:
            continue
        seen.add(id(records))
        for row, content in enumerate(records.rows):
            group, _ = turns.place(content["tool"])
            if group in reads:
                continue
            if group in toolgroups:
                what = f"{show(group)} has no sequence from this table; write 'sequence: {{file: ...}}' there too"
            else:
                what = f"the line has no toolgroup {show(group)}; {did_you_mean(group, toolgroups)}"
            at = ("toolgroups", turns.toolgroup, "sequence", "file")
            yield records.fault(row, "tool", what, needs=(("toolgroups", group),)).below(at)
            break
