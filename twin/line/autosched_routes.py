"""Routes, release streams and initial lots out of AutoSched-style tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from .autosched_fab import Group
from .autosched_loops import check_loops
from .autosched_report import Ledger
from .autosched_tables import (
    Cell,
    Duration,
    Faults,
    Row,
    Spread,
    Table,
    digits,
    duration,
    moment,
    number,
    spread,
    whole,
)
from .faults import did_you_mean

LITHO = "litho"  # the area, in small letters, whose steps begin a mask layer
PER = {"per_piece": "unit", "per_lot": "lot", "per_batch": "batch"}


@dataclass
class Step:
    """One step in the document's words: the four fields every step has, and the rest in order."""

    name: str
    toolgroup: str
    time: Spread
    per: str
    rest: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Stream:
    """A product: one release stream of one part at one priority. due: flow allowance [s]."""

    name: str
    part: str
    priority: int
    pieces: int
    every: Spread
    start: Decimal
    due: Decimal | None


@dataclass(frozen=True)
class Lot:
    """A lot in the line at time 0, `due` seconds after it (negative: late already)."""

    name: str
    product: str
    units: int
    step: str
    priority: int
    due: Decimal | None


def read_streams(
    orders: Table, parts: dict[str, Row], faults: Faults, ledger: Ledger
) -> tuple[list[Stream], datetime]:
    """The release streams, and the moment that is time 0: the earliest start of a stream."""
    starts = [moment(row["START"], faults) for row in orders]
    zero = min((start for start in starts if start), default=datetime(1970, 1, 1))
    streams: list[Stream] = []
    for row, start in zip(orders, starts, strict=True):
        due = moment(row["DUE"], faults)
        if row["PART"].text not in parts:
            faults.add(
                row["PART"],
                f"no part {row['PART'].text!r}",
                did_you_mean(row["PART"].text, parts),
                needs="part",
            )
        if row["LOT"].text in {stream.name for stream in streams} | {""}:
            faults.add(
                row["LOT"],
                f"the stream {row['LOT'].text!r} has no name of its own",
                "give each row its own LOT",
            )
        if row["LOTSPERRPT"] and whole(row["LOTSPERRPT"], faults) != 1:
            ledger.leave(row["LOTSPERRPT"], "one lot at a time is released")
        streams.append(
            Stream(
                name=row["LOT"].text,
                part=row["PART"].text,
                priority=whole(row["PRIOR"], faults, 10, least=0),
                pieces=whole(row["PIECES"], faults),
                every=spread(row, "RDIST", "REPEAT", "REPEAT2", "RUNITS", faults),
                start=seconds(zero, start) or Decimal(0),
                due=seconds(start or zero, due),
            )
        )
    return streams, zero


def seconds(start: datetime, end: datetime | None) -> Decimal | None:
    """Time from one moment to another [s], None without an end."""
    return None if end is None else Decimal((end - start).total_seconds())


@dataclass
class RouteReader:
    """Turns route tables into steps; one route table may hold several routes.

    wanted: by toolgroup, by setup: the setup time its steps give, None where the setup table must give it
    """

    groups: dict[str, Group]
    faults: Faults
    ledger: Ledger
    wanted: dict[str, dict[str, Duration | None]] = field(default_factory=dict)

    def read(self, rows: list[Row], pieces: int) -> dict[int, Step]:
        """Steps by step number, for lots of `pieces` units."""
        names: dict[int, str] = {}
        keys: list[int] = []
        described = [row["DESC"].text for row in rows]
        for row in rows:
            label = row["DESC"].text or row["STNFAM"].text
            single = bool(row["DESC"]) and described.count(row["DESC"].text) == 1
            key = whole(row["STEP"], self.faults, least=0)
            keys.append(key)
            if key in names:
                self.faults.add(
                    row["STEP"], f"step {key} stands twice on this route", "number the steps once each"
                )
            names[key] = label if single else f"{key:03d}_{label}"
        check_loops(rows, {key: place for place, key in enumerate(keys)}, self.faults, self.ledger)
        steps = {key: self._step(row, names[key], names, pieces) for key, row in zip(keys, rows, strict=True)}
        self._layers(steps)
        return steps

    def _layers(self, steps: dict[int, Step]) -> None:
        """Mask layers, numbered along the route: one begins with each run of steps in the area Litho, coat and expose.

        The tables do not name layers. Steps before the first such run get none.
        """
        layer, before = 0, False
        for step in steps.values():
            group = self.groups.get(step.toolgroup)
            litho = group is not None and group.area.lower() == LITHO
            if litho and not before:
                layer += 1
            if layer:
                step.rest["layer"] = str(layer)
            before = litho
        if layer:
            self.ledger.note("A mask layer begins where a route comes to the area Litho; layers are numbered along it")

    def _step(self, row: Row, name: str, names: dict[int, str], pieces: int) -> Step:
        group = self.groups.get(row["STNFAM"].text)
        if group is None:
            text = row["STNFAM"].text
            self.faults.add(
                row["STNFAM"], f"no toolgroup {text!r}", did_you_mean(text, self.groups), needs="tool"
            )
        per = PER.get(row["PTPER"].text.lower())
        if per is None:
            self.faults.add(row["PTPER"], f"{row['PTPER'].text!r} is not known", f"use {', '.join(PER)}")
        time = spread(row, "PDIST", "PTIME", "PTIME2", "PTUNITS", self.faults)
        step = Step(name, row["STNFAM"].text, time, per or "lot")
        if group is not None:
            self._setup(step, row)
            self._batch(step, row, group, pieces)
            self._cascade(step, row, group, pieces)
        self._sample(step, row)
        self._onward(step, row, names)
        return step

    def _setup(self, step: Step, row: Row) -> None:
        if not row["SETUP"]:
            self.groups[step.toolgroup].clears = True
            return
        step.rest["setup"] = row["SETUP"].text
        if row["WHEN"].text.lower() not in ("", "need"):
            self.ledger.leave(row["WHEN"], "a setup is made when it is needed")
        time = duration(row["STIME"], row["STUNITS"], self.faults) if row["STIME"] else None
        known = self.wanted.setdefault(step.toolgroup, {})
        former = known.get(row["SETUP"].text, time)
        if former and time and former.seconds != time.seconds:
            self.ledger.leave(
                row["STIME"], f"setup {row['SETUP'].text} has several times; the longest is taken"
            )
            time = max(former, time, key=lambda value: value.seconds)
        known[row["SETUP"].text] = time or former

    def _batch(self, step: Step, row: Row, group: Group, pieces: int) -> None:
        if step.per == "batch" and not (row["BATCHMN"] and row["BATCHMX"]):
            self.faults.add(row["BATCHMX"], "a time per batch needs a batch", "fill in BATCHMN and BATCHMX")
        if not row["BATCHMX"]:
            return
        size = pieces if group.batch_per_lot else 1
        least = whole(row["BATCHMN"], self.faults) * size
        most = whole(row["BATCHMX"], self.faults) * size
        if least > most:
            self.faults.add(row["BATCHMN"], f"the minimum {least} is above the maximum {most}", "swap them")
        step.rest["batch"] = f"{{min: {least}, max: {most}}}"

    def _cascade(self, step: Step, row: Row, group: Group, pieces: int) -> None:
        """Pipelined tools. A unit takes PTIME and the next enters PartInterval later, so that a lot
        is done PTIME + (units - 1) x PartInterval after its first unit went in."""
        unit, lot = row["PartInterval"], row["BatchInterval"]
        if not unit and not lot:
            if group.inside and group.inside > 1:
                self.ledger.note(
                    f"{group.name}: STNCAP without an interval on step {step.name}: one lot at a time"
                )
            return
        cell, per = (unit, "unit") if unit else (lot, "lot")
        units = row["PartIntUnits"] if unit else row["BatchIntUnits"]
        every = duration(cell, units, self.faults)
        if per == "unit" and step.per == "unit":
            step.time, step.per = step.time.plus(every, Decimal(pieces - 1)), "lot"
            self.ledger.note(
                "Where pieces cascade a lot takes PTIME + (pieces - 1) x PartInterval, written per lot"
            )
        inside = f", inside: {group.inside}" if group.inside else ""
        entrance = ", entrance: last_unit" if per == "unit" and "setup" in step.rest else ""
        step.rest["cascade"] = f"{{every: {every}, per: {per}{entrance}{inside}}}"

    def _sample(self, step: Step, row: Row) -> None:
        share = self._percent(row["StepPercent"], "100")
        if share != 1:
            step.rest["sample"] = digits(share)

    def _percent(self, cell: Cell, default: str) -> Decimal:
        value = number(cell, self.faults, default)
        if value > 100:
            self.faults.add(cell, f"{cell.text} is more than 100 %", "write a percentage from 0 to 100")
        return min(value, Decimal(100)) / 100

    def _onward(self, step: Step, row: Row, names: dict[int, str]) -> None:
        """Rework, queue-time window and dedication: each names another step of the route by number."""
        share = self._percent(row["REWORK"], "0")
        if row["RWKSTEP"] and share:
            step.rest["rework"] = f"{{probability: {digits(share)}, to: {self._name(row['RWKSTEP'], names)}}}"
            if row["RWKTYPE"] and row["RWKTYPE"].text.lower() != "lot":
                self.ledger.leave(row["RWKTYPE"], "the whole lot goes back")
        if row["STEP_CQT"]:
            limit = duration(row["CQT"], row["CQTUNITS"], self.faults)
            step.rest["queue_limit"] = f"{{until: {self._name(row['STEP_CQT'], names)}, limit: {limit}}}"
        if row["FORSTEP"] and row["SVESTN"].text.lower() == "yes":
            step.rest["dedicate"] = self._name(row["FORSTEP"], names)
        elif row["FORSTEP"]:
            self.ledger.leave(row["SVESTN"], "the station is not saved, so FORSTEP has no effect")

    def _name(self, cell: Cell, names: dict[int, str]) -> str:
        key = whole(cell, self.faults, least=0)
        if key not in names:
            self.faults.add(
                cell, f"the route has no step {key}", f"use a step from {min(names)} to {max(names)}"
            )
        return names.get(key, "")


def read_lots(
    wip: Table,
    streams: list[Stream],
    steps: dict[tuple[str, int], dict[int, Step]],
    zero: datetime,
    faults: Faults,
    ledger: Ledger,
) -> list[Lot]:
    """Initial lots, each in the stream of its part and priority, or else the nearest priority.

    steps: route of each (part, pieces), by step number
    """
    lots: list[Lot] = []
    for row in wip:
        priority = whole(row["PRIOR"], faults, 10, least=0)
        mates = [stream for stream in streams if stream.part == row["PART"].text]
        if not mates:
            faults.add(
                row["PART"],
                f"no stream releases part {row['PART'].text!r}",
                did_you_mean(row["PART"].text, {stream.part for stream in streams}),
                needs="order",
            )
            continue
        stream = min(mates, key=lambda mate: abs(mate.priority - priority))
        if stream.priority != priority:
            ledger.note(f"initial lots of {stream.part} with priority {priority} count under {stream.name}")
        units = whole(row["PIECES"], faults)
        if units != stream.pieces:
            ledger.note(
                f"initial lots of {units} units run the times of {stream.name}, made for {stream.pieces}"
            )
        route = steps.get((stream.part, stream.pieces), {})
        at = whole(row["CURSTEP"], faults, least=0)
        if route and at not in route:
            faults.add(
                row["CURSTEP"],
                f"the route of {stream.part} has no step {at}",
                f"use a step from {min(route)} to {max(route)}",
            )
            continue
        if row["START"]:
            moment(row["START"], faults)
        due = seconds(zero, moment(row["DUE"], faults))
        lots.append(Lot(row["LOT"].text, stream.name, units, route[at].name if route else "", priority, due))
    return lots
