"""A station list to a line document: one part, one route, the stations in the order of the list."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .autosched_text import plain
from .draft import place
from .faults import LineError
from .stations_read import Station, StationList, read_stations, told_columns
from .units import parse_time, share

DAY = 86_400.0
_PARTS = 20_000  # that the slowest station makes in a run: their mean is then known to a per cent or so
_STOPS = 300  # of the station that fails most seldom, for the same reason
_SHORTEST, _LONGEST = 10, 365  # horizons [d]


@dataclass(frozen=True)
class StationsReport:
    """What `import_stations` read, what it made of it and what it assumed."""

    document: Path
    found: StationList
    assumed: tuple[str, ...]

    def __str__(self) -> str:
        found = self.found
        lines = [f"{found.path} -> {self.document}", ""]
        lines += [f"read     {len(found.stations)} stations: {told_columns(found.read)}"]
        lines += ["", "assumed", *(f"  {note}" for note in (*found.notes, *self.assumed))]
        if found.others:
            lines += ["", f"not read {', '.join(found.others)}"]
        return "\n".join([*lines, "", f"try: twin check {self.document}, twin run {self.document}"])


def import_stations(path: Path, out: Path, *, sheet: str | None = None, force: bool = False) -> StationsReport:
    """Read a station list, write the line document `out`; whole or not at all.

    sheet: which sheet of a workbook holds the list, where that is not clear
    """
    if out.suffix.lower() not in {".yaml", ".yml"}:
        raise LineError(f"{out}: a line document's name ends in .yaml; write for instance -o {out.stem}.yaml")
    if out.exists() and (not force or out.is_dir()):
        raise LineError(f"{out}: is there already; choose another name, or replace it with --force")
    if not out.absolute().parent.is_dir():
        raise LineError(f"{out}: there is no folder {out.parent}")
    found = read_stations(path, sheet)
    assumed = tuple(_assumed(found.stations))
    text = document_text(out.stem, found, assumed)
    place(out, text, "The list leads to a document with these faults; put them right there")
    return StationsReport(out, found, assumed)


def _assumed(stations: Sequence[Station]) -> Iterator[str]:
    """What the list does not say."""
    yield "every part passes all stations in the order of the list; cycle times are constant, once a part"
    yield "buffer: the places in front of the station, its own position not counted"
    if any(station.buffer is None for station in stations[1:]):
        yield "a buffer that is unlimited has no limit in the document either"
    failing = [station for station in stations if station.mttr is not None]
    if failing:
        yield "MTTR is the mean of an exponential repair time, and the time to the next failure is exponential too"
        if any(station.up is not None for station in failing):
            yield "availability = MTBF / (MTBF + MTTR) gives the MTBF"
        counted = sum(station.clock == "operating" for station in failing)
        if counted:
            yield "clock: operating, a station that waits does not fail (write clock: calendar where it does)"
    if len(failing) < len(stations):
        yield f"{len(stations) - len(failing)} of {len(stations)} stations never fail"
    yield "release: saturated, a part is always ready in front of the first station; the last one is never blocked"
    horizon, warmup = _times(stations)
    yield (
        f"run: {horizon:g} d of which {warmup:g} d are warm-up, 8 replications: enough for {_PARTS:,} parts "
        f"and {_STOPS} stops of each station where that fits into {_LONGEST} d"
    )


def _times(stations: Sequence[Station]) -> tuple[float, float]:
    """Horizon and warm-up [d] that give the throughput an interval of about a per cent."""
    slowest = max(parse_time(station.time, None) / station.tools for station in stations)
    wanted = _PARTS * slowest
    for station in stations:
        if station.mttr is not None:
            wanted = max(wanted, _STOPS * (_mtbf(station) + parse_time(station.mttr, None)))
    horizon = min(_LONGEST, max(_SHORTEST, math.ceil(wanted / DAY / 10) * 10))
    return horizon, max(1, round(horizon / 10))


def _mtbf(station: Station) -> float:
    """Time between failures of one tool [s]."""
    if station.mtbf is not None:
        return parse_time(station.mtbf, None)
    up = share(station.up)
    return up / (1 - up) * parse_time(station.mttr or "0 s", None)


def document_text(name: str, found: StationList, assumed: Sequence[str]) -> str:
    """The document, its assumptions at the head, one station a line."""
    stations = found.stations
    horizon, warmup = _times(stations)
    lines = [f"# Made by 'twin import stations' from {found.path.name}: {len(stations)} stations.", "# Assumed:"]
    for note in (*found.notes, *assumed):
        lines += textwrap.wrap(note, 108, initial_indent="#   - ", subsequent_indent="#     ")
    about = (
        f"A line of {len(stations)} stations from the list {found.path.name}. Assumed where it says nothing: one "
        "part, constant cycle times, buffers in front of their stations, exponential times to failure and to "
        "repair, a part always ready, nothing that blocks the last station."
    )
    lines += ["twin: 1", f"line: {plain(name)}", "about: >"]
    lines += textwrap.wrap(about, 108, initial_indent="  ", subsequent_indent="  ")
    lines += ["", "toolgroups:", *_toolgroups(stations)]
    lines += ["", "products:", "  part: {route: main, release: saturated}", "", "routes:", "  main:"]
    lines += _steps(stations)
    lines += ["", f"run: {{horizon: {horizon:g} d, warmup: {warmup:g} d, replications: 8, seed: 1}}"]
    return "\n".join(lines) + "\n"


def _toolgroups(stations: Sequence[Station]) -> Iterator[str]:
    names = [f"{plain(station.name)}:" for station in stations]
    width = max(map(len, names))
    area = None
    for name, station in zip(names, stations, strict=True):
        if station.area != area:
            area = station.area
            yield f"  # {'-' * 8} {area or 'no area'}"
        words = [f"tools: {station.tools}"]
        if station.buffer is not None:
            words.append(f"buffer: {station.buffer}")
        if station.area is not None:
            words.append(f"area: {plain(station.area)}")
        if station.mttr is not None:
            rate = f"availability: {station.up}" if station.up else f"mtbf: {{exponential: {station.mtbf}}}"
            words.append(f"failures: [{{{rate}, mttr: {{exponential: {station.mttr}}}, clock: {station.clock}}}]")
        yield f"  {name:<{width}} {{{', '.join(words)}}}"


def _steps(stations: Sequence[Station]) -> Iterator[str]:
    names = [plain(station.name) for station in stations]
    width = max(map(len, names)) + 1
    for name, station in zip(names, stations, strict=True):
        yield f"    - {{step: {name + ',':<{width}} toolgroup: {name + ',':<{width}} time: {station.time}}}"
