"""An event log, row by row: case, activity, resource, start and end; what cannot be true is told with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from .arcs import END
from .eventlog_times import Times, read_times
from .faults import LineError, did_you_mean, show
from .sheets_csv import csv_grid
from .sheets_grid import Cell, CsvGrid

KEYS = {
    "case": ("case", "case:concept:name", "case id"),
    "activity": ("activity", "concept:name"),
    "resource": ("resource", "org:resource"),
    "start": ("start", "start_timestamp", "start timestamp"),
    "end": ("end", "time:timestamp", "complete timestamp", "end_timestamp"),
    "product": ("product",),
    "released": ("released",),
    "toolgroup": ("toolgroup",),
}
"""What a column may say, and the headers that say it unasked; one that --map names comes first."""
NEEDED = ("case", "activity", "start", "end")
TIMES = ("start", "end", "released")
MOST_TOLD = 20
_NEXT_KEY = re.compile(r",(?=\s*\w+\s*=)")


@dataclass(frozen=True)
class Reading:
    """How a log is to be read.

    columns:       header of each of `KEYS`; what is left out is found by its usual names
    time_format:   as `read_times` takes it; time_zone: of the clock on the wall
    drop:          activities to leave out
    allow_overlap: activities of one case that overlap are taken one after the other
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    time_format: str | None = None
    time_zone: str | None = None
    drop: tuple[str, ...] = ()
    allow_overlap: bool = False


@dataclass
class EventLog:
    """A log as it was read.

    events:  a row an event, by case and start: case, activity, resource (None where blank), product, toolgroup,
             start, end [s from zero], released [s] or NaN
    zero:    Monday 00:00 before the first event; None for a log of plain numbers
    step_s:  what all times are multiples of [s]: 60, 1 or 0.001
    headers: by what they were read as; others: headers not read
    """

    path: Path
    events: pd.DataFrame
    zero: datetime | None
    step_s: float
    headers: dict[str, str]
    others: list[str]
    notes: list[str]


def read_map(words: Sequence[str]) -> dict[str, str]:
    """`case=Case ID,activity=Step` as a mapping, from one text or several."""
    found: dict[str, str] = {}
    for text in words:
        for part in _NEXT_KEY.split(text):
            key, equals, header = (piece.strip() for piece in part.partition("="))
            if not equals or not header:
                raise LineError(f"--map {text}: {show(part)} is no pair; write for instance 'case=Case ID'")
            if key not in KEYS:
                raise LineError(f"--map {text}: nothing is called {show(key)}; {did_you_mean(key, KEYS)}")
            if found.setdefault(key, header) != header:
                raise LineError(f"--map {text}: {key} stands twice; leave one out")
    return found


def read_event_log(path: Path, reading: Reading) -> EventLog:
    """The events of a CSV file. Raises a LineError that tells every fault."""
    return _Reader(csv_grid(path, windows=True, texts=True), reading).read()


class _Reader:
    """Reads one log."""

    def __init__(self, grid: CsvGrid, reading: Reading) -> None:
        self.grid, self.reading = grid, reading
        self.told: list[tuple[int, int, str]] = []
        self.more: dict[str, int] = {}
        self.notes = list(grid.understood)
        header = [str(cell).strip() for cell in grid.header]
        self.header = header
        self.place = {key: at for key in KEYS if (at := self._column(key)) is not None}
        self._stop()

    def _column(self, key: str) -> int | None:
        """Where a column stands."""
        named = self.reading.columns.get(key)
        if named is not None:
            if self.header.count(named) == 1:
                return self.header.index(named)
            twice = self.header.count(named) > 1
            cure = "give them names of their own" if twice else did_you_mean(named, self.header)
            what = f"several columns are called {show(named)}" if twice else f"there is no column {show(named)}"
            self.told.append((0, 0, self.grid.told(0, None, f"--map {key}={named}: {what}; {cure}")))
            return None
        for usual in KEYS[key]:
            for at, header in enumerate(self.header):
                if header.casefold() == usual:
                    return at
        if key in NEEDED:
            what = f"no column says the {key}; name it with --map {key}=COLUMN, {did_you_mean(key, self.header)}"
            self.told.append((0, 0, self.grid.told(0, None, what)))
        return None

    def fault(self, row: int, key: str, kind: str, what: str) -> None:
        """Note what is wrong in a cell; of one kind no more than a few are told."""
        self.more[kind] = self.more.get(kind, 0) + 1
        if self.more[kind] <= MOST_TOLD:
            self.told.append((row, self.place[key], self.grid.told(row, self.place[key], what)))

    def _stop(self) -> None:
        """Tell every fault found so far, if there is one."""
        if not self.told:
            return
        lines = [text for _, _, text in sorted(self.told)]
        lines += [
            f"... and {count - MOST_TOLD:,} more of this kind: {kind}"
            for kind, count in self.more.items() if count > MOST_TOLD
        ]  # fmt: skip
        raise LineError("\n".join(lines))

    def read(self) -> EventLog:
        rows = self._rows()
        cells = {key: [_plain(self.grid.rows[row][at]) for row in rows] for key, at in self.place.items()}
        for key in ("case", "activity"):
            for row, text in zip(rows, cells[key], strict=True):
                self._name(row, key, text)
        times = self._times(rows, cells)
        count = len(rows)
        events = pd.DataFrame(
            {
                "row": rows,
                "case": cells["case"],
                "activity": cells["activity"],
                "resource": [text or None for text in cells.get("resource", [""] * count)],
                "product": cells.get("product", ["case"] * count),
                "toolgroup": cells.get("toolgroup", [""] * count),
                **{key: times.seconds[i * count : (i + 1) * count] for i, key in enumerate(TIMES)},
            }
        )
        self._check_times(events)
        self._check_cases(events)
        self._stop()
        events = events.sort_values(["case", "start", "end", "row"], kind="stable", ignore_index=True)
        self._check_overlap(events)
        self._stop()
        self._release(events)
        self._note(events)
        read = {key: self.header[at] for key, at in self.place.items()}
        others = [header for at, header in enumerate(self.header) if at not in self.place.values()]
        self.notes.insert(0, f"times are {times.told}")
        step = _step(events)
        return EventLog(self.grid.file, events, times.zero, step, read, others, self.notes)

    def _rows(self) -> list[int]:
        """Rows with events, those of dropped activities left out."""
        found, dropped = [], dict.fromkeys(self.reading.drop, 0)
        at = self.place["activity"]
        for i, row in enumerate(self.grid.rows[1:], 1):
            if not any(str(cell).strip() for cell in row):
                continue
            if len(row) != len(self.header):
                what = f"the row has {len(row)} cells and the header {len(self.header)}; was the file cut short?"
                self.told.append((i, -1, self.grid.told(i, None, what)))
            elif _plain(row[at]) in dropped:
                dropped[_plain(row[at])] += 1
            else:
                found.append(i)
        for activity, count in dropped.items():
            if not count:
                names = {_plain(row[at]) for row in self.grid.rows[1:] if len(row) > at}
                cure = did_you_mean(activity, sorted(names))
                raise LineError(f"--drop {activity}: {self.grid.file} has no such activity; {cure}")
            self.notes.append(f"{activity}: {count:,} events dropped, as --drop says")
        self._stop()
        if not found:
            raise LineError(self.grid.told(0, None, "there are no events below the header; a row is an event"))
        return found

    def _name(self, row: int, key: str, text: str) -> None:
        if not text or not text.isprintable():
            what = f"the {key} is blank; write one" if not text else f"{show(text)} is no name; write letters"
            self.fault(row, key, f"no {key}", what)
        elif key == "activity" and text == END:
            what = "'end' means leaving the line; give it another name, or leave it out with --drop end"
            self.fault(row, key, "an activity 'end'", what)

    def _times(self, rows: Sequence[int], cells: Mapping[str, Sequence[str]]) -> Times:
        """Start, end and release of every event, one after the other."""
        blank = [""] * len(rows)
        texts = [text for key in TIMES for text in cells.get(key, blank)]
        try:
            times = read_times(texts, self.reading.time_format, self.reading.time_zone)
        except LineError as error:
            column = self.place["start"] if "--time-zone" not in str(error) else None
            raise LineError(self.grid.told(rows[0], column, str(error))) from None
        for i, key in enumerate(TIMES):
            for j, row in enumerate(rows if key in self.place else ()):
                text = cells[key][j]
                if not text and key != "released":
                    self.fault(row, key, f"no {key}", f"the {key} is blank; write a time, or leave the event out")
                elif text and np.isnan(times.seconds[i * len(rows) + j]):
                    what = f"{show(text)} is no time; the others are written as {times.shape}"
                    self.fault(row, key, f"no time in {key}", what)
        return times

    def _check_times(self, events: pd.DataFrame) -> None:
        for row in events.loc[events["end"] < events["start"], "row"].tolist():
            start, end = (_plain(self.grid.rows[row][self.place[key]]) for key in ("start", "end"))
            what = f"the end {end} is before the start {start}; are the two swapped, or is --map?"
            self.fault(row, "end", "end before start", what)
        late = events[events["released"] > events["start"]]
        for row, case, activity in zip(late["row"].tolist(), late["case"], late["activity"], strict=True):
            what = f"the release of case {show(case)} is after the start of its {show(activity)}"
            self.fault(row, "released", "released after its start", f"{what}; correct one of them")

    def _check_cases(self, events: pd.DataFrame) -> None:
        """A case has one product, an activity one toolgroup."""
        for row in events.loc[events["product"] == "", "row"].tolist():
            self.fault(row, "product", "no product", "the product is blank; write one")
        for of, has in (("case", "product"), ("activity", "toolgroup")):
            first = events.groupby(of)[has].transform("first")
            odd = events[(events[has] != first) & (events["product"] != "")]
            for row, name, here, there in zip(odd["row"].tolist(), odd[of], odd[has], first[odd.index], strict=True):
                what = f"{of} {show(name)} has the {has} {show(here)} here and {show(there)} before; write one alike"
                self.fault(row, has, f"two {has}s of one {of}", what)

    def _check_overlap(self, events: pd.DataFrame) -> None:
        """Events of one case that begin before an earlier one has ended."""
        until = events.groupby("case")["end"].cummax().groupby(events["case"]).shift()
        over = events["start"] < until
        if not over.any():
            return
        count, cases = int(over.sum()), events.loc[over, "case"].nunique()
        told = f"{count:,} of {len(events):,} events, in {cases:,} cases, begin before another of their case has ended"
        if self.reading.allow_overlap:
            self.notes.append(f"{told}: taken one after the other, by their start, each with its whole time")
            return
        event = events[over].sort_values("row").iloc[0]
        mates = events[(events["case"] == event["case"]) & (events["row"] != event["row"])]
        mate = mates[(mates["start"] <= event["start"]) & (mates["end"] > event["start"])].iloc[0]
        line = self.grid.starts[int(mate["row"])] + 1
        what = (
            f"case {show(event['case'])} begins {show(event['activity'])} here while its {show(mate['activity'])} of "
            f"line {line} goes on; {told}. Correct the times, or take the events one after the other with "
            "--allow-overlap"
        )
        self.told.append((int(event["row"]), 0, self.grid.told(int(event["row"]), self.place["start"], what)))

    def _release(self, events: pd.DataFrame) -> None:
        """The release of a case stands with any of its events; where some have none, the log does not tell it."""
        events["released"] = events.groupby("case")["released"].transform("first")
        without = events.loc[events["released"].isna(), "case"].nunique()
        if without and "released" in self.place:
            events["released"] = np.nan
            self.notes.append(f"{without:,} cases have no release: the releases of the others are not used")

    def _note(self, events: pd.DataFrame) -> None:
        """What an engineer should know of the log."""
        twice = int(events.duplicated(["case", "activity", "resource", "start", "end"]).sum())
        if twice:
            self.notes.append(f"{twice:,} events repeat another in case, activity, resource and times: kept")
        longest = (events["end"] - events["start"]).groupby(events["activity"], sort=False).max()
        for activity in longest.index[longest == 0]:
            cure = f"if it is no work, leave it out with --drop {activity!r}"
            self.notes.append(f"{activity}: never takes any time; {cure}")
        unnamed = int(events["resource"].isna().sum())
        if unnamed and "resource" in self.place:
            self.notes.append(f"{unnamed:,} events have no resource")
        if "resource" not in self.place:
            self.notes.append("no column says the resource: every activity has tools of its own")


def _plain(cell: Cell) -> str:
    """The words of a cell, one blank between them."""
    return " ".join(str(cell).split())


def _step(events: pd.DataFrame) -> float:
    """The clock that shows all times [s]: minutes, seconds or milliseconds."""
    times = np.concatenate([events["start"].to_numpy(), events["end"].to_numpy()])
    for step in (60.0, 1.0):
        if np.allclose(times / step, np.round(times / step), rtol=0, atol=1e-6):
            return step
    return 1e-3
