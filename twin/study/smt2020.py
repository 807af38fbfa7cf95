"""SMT2020 beside the figures of its authors' AutoSched AP model: reading both, and the verdicts.

Published means over replications (their values are multiples of 0.05, so most likely 20), 730 days from the initial
WIP, FIFO ranking for high volume and low mix (hvlm), critical ratio for low volume and high mix (lvhm). Lots that
are in the line at the start count for neither side. `br`, `pm` and `setup` are shares of calendar time, `avail` is what
`br` and `pm` leave, `util` is (busy + setup) / avail.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from twin.line import Line, LineError, read
from twin.line.autosched import import_autosched
from twin.line.autosched_tables import Faults
from twin.line.faults import did_you_mean
from twin.results import Results
from twin.results import measures as m
from twin.results.figure import Floats
from twin.results.settings import DAY_S
from twin.results.validation import Limit, Mark, Row, mark

MODELS = ("hvlm", "lvhm")
REPLICATIONS = 20
"""Replications of the published figures, and of ours unless asked otherwise."""
DAYS = 730.0
"""Simulated time of the published figures [d]."""
LEAST_DAYS = 365.0
"""Shorter runs get no verdict on cycle times: of the lots released, the slow ones are still on their way [d]."""
SOURCE = (
    "Published: D. Kopp, M. Hassoun, A. Kalir, L. Moench, SMT2020 - A Semiconductor Manufacturing Testbed, IEEE Trans. "
    "Semiconductor Manufacturing 33(4), 2020, doi 10.1109/TSM.2020.3001933: means of their AutoSched AP model over 730 "
    "days from the initial WIP. s.e.: standard error of the difference of both means, theirs taken to be of 20 "
    "replications that scatter as ours do."
)
REFERENCE = "reference_smt2020"
TABLES = f"the folder of SMT2020_HVLM, SMT2020_LVHM and {REFERENCE}"
WHOLE = (
    "tool.txt.1l", "part.txt", "order.txt", "WIP.txt", "setup.txt", "setupgrp.txt", "downcal.txt", "pmcal.txt",
    "attach.txt", "fromto.txt",
)  # fmt: skip
"""Tables of a fab of the testbed, beside its routes."""
MISSPELT = {"ithoTrack_FE_115": "LithoTrack_FE_115"}
"""Names as they stand in the published tables, and as they are meant."""

# What a reproduction of the testbed has to meet (the project's issue 4): lots, and shares of the toolgroups' time.
COMPLETED, COMPLETED_HOT = Limit(0.3, per_cent=True), Limit(1.0, per_cent=True)
CYCLE_TIME, CYCLE_TIME_HOT = Limit(3.0, per_cent=True), Limit(6.0, per_cent=True)
ON_TIME = Limit(3.0)
"""Points; of regular lots. A difference of 0.7 % in cycle time moves the share on time by as much."""
DOWN, PM, SETUP, UTILISATION = Limit(0.3), Limit(0.3), Limit(0.5), Limit(1.5)
"""Points of calendar time; of utilisation points of available time."""

Columns = dict[str, float]


@dataclass(frozen=True)
class Published:
    """Published figures by name.

    lots:       completed (th), cycle time in days (act), share on time in % (on_time)
    toolgroups: shares in %: avail, util, br, pm, setup
    """

    lots: dict[str, Columns]
    toolgroups: dict[str, Columns]


def read_published(data: Path, model: str) -> tuple[Line, Published]:
    """The line that the tables of a model describe, and what was published of it.

    data: the folder that holds SMT2020_HVLM, SMT2020_LVHM and reference_smt2020, or the one above

    raises LineError, every fault of the tables at once
    """
    published = published_figures(data, model)
    folder = _folder(data)
    tables = folder / f"SMT2020_{model.upper()}"
    if not tables.is_dir():
        raise LineError(f"{tables}: no such folder; --data names {TABLES}")
    here = {file.name.lower() for file in tables.iterdir()}
    if missing := [name for name in WHOLE if name.lower() not in here]:
        raise LineError("\n".join(f"{tables}: {name}: the table is missing; put it there" for name in missing))
    with tempfile.TemporaryDirectory() as made:
        document = Path(made) / f"smt2020_{model}.yaml"
        import_autosched(tables, document)
        line = read(document)
    _check_names(line, published, folder / REFERENCE, model)
    return line, published


def published_figures(data: Path, model: str) -> Published:
    """What was published of a model; `data` is as in `read_published`.

    raises LineError, every fault of the tables at once
    """
    folder = _folder(data) / REFERENCE
    if not folder.is_dir():
        raise LineError(f"{folder}: no such folder; --data names {TABLES}")
    faults = Faults()
    found = Published(
        _columns(folder / f"lots_SMT2020_{model.upper()}.txt", ("th", "act", "on_time"), faults),
        _columns(folder / f"machines_SMT2020_{model.upper()}.txt", ("avail", "util", "br", "pm", "setup"), faults),
    )
    if faults.lines:
        raise LineError("\n".join(faults.lines))
    return found


def _folder(data: Path) -> Path:
    """The folder that holds the tables: the one named, or `smt2020` in it."""
    if not data.is_dir():
        raise LineError(f"{data}: no such folder; --data names {TABLES}")
    below = data / "smt2020"
    return below if not (data / REFERENCE).is_dir() and below.is_dir() else data


def _columns(file: Path, wanted: tuple[str, ...], faults: Faults) -> dict[str, Columns]:
    """A published table: its first column is a name, the others numbers, spaces between them."""
    if not file.is_file():
        faults.add(str(file), "the table is missing", "put it there")
        return {}
    lines = [(n, line.split()) for n, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)]
    lines = [(n, words) for n, words in lines if words]
    header = lines[0][1] if lines else []
    missing = [column for column in ("name", *wanted) if column not in header]
    if missing:
        faults.add(f"{file}:1:1: {missing[0]}", "the column is missing", "add it to the header line")
        return {}
    found: dict[str, Columns] = {}
    for n, words in lines[1:]:
        try:
            row = dict(zip(header, words, strict=True))
            name = MISSPELT.get(row["name"], row["name"])
            found[name] = {column: float(row[column]) for column in wanted}
        except ValueError:
            what = f"{' '.join(words)!r} is not a name and {len(header) - 1} numbers"
            faults.add(f"{file}:{n}:1", what, "correct it")
    return found


def _check_names(line: Line, published: Published, reference: Path, model: str) -> None:
    """Refuse published rows that the line has nothing of."""
    faults = []
    for kind, rows, known in (
        ("lots", published.lots, line.products), ("machines", published.toolgroups, line.toolgroups)
    ):  # fmt: skip
        file = reference / f"{kind}_SMT2020_{model.upper()}.txt"
        what = "lot type" if kind == "lots" else "toolgroup"
        faults += [
            f"{file}: no {what} {name!r} in the tables; {did_you_mean(name, known)}"
            for name in rows
            if name not in known
        ]
    if faults:
        raise LineError("\n".join(faults))


def compare(results: Results, published: Published) -> tuple[dict[str, tuple[Row, ...]], tuple[str, ...]]:
    """Rows by kind, and what to know of them."""
    days = results.settings.horizon_s / DAY_S
    rows = {
        "lot types": tuple(_lots(results, published, days)),
        "toolgroups": tuple(_toolgroups(results, published)),
        "lots in the line": (_wip(results, published, days),),
    }
    return rows, tuple(_notes(days))


def _notes(days: float) -> list[str]:
    notes = []
    if days != DAYS:
        notes.append(
            f"the published figures are of {DAYS:g} days: there is none to compare lots completed in {days:g} days with"
        )
    if days < LEAST_DAYS:
        notes.append(
            f"of the lots released in {days:g} days many, and the slow ones first of all, are still on their way: "
            f"cycle times and shares on time get no verdict below {LEAST_DAYS:g} days"
        )
    return notes


def _lots(results: Results, published: Published, days: float) -> list[Row]:
    values = results.product_values
    regular = _regular(results.line)
    rows = []
    for name, of in published.lots.items():
        k = results.names.products.index(name)
        completed, cycle, on_time = (values[key][:, k] for key in ("completed", "cycle_time", "on_time"))
        most: Limit | None = None
        late: Limit | None = None
        if days >= LEAST_DAYS:
            most, late = (CYCLE_TIME, ON_TIME) if name in regular else (CYCLE_TIME_HOT, None)
        marks = (
            _mark("completed", completed, "lot", of["th"] if days == DAYS else None,
                  COMPLETED if name in regular else COMPLETED_HOT),
            _mark("cycle time", cycle, "d", of["act"], most),
            _mark("on time", 100 * on_time, "%", of["on_time"], late),
        )  # fmt: skip
        rows.append(Row(name, marks))
    return rows


def _regular(line: Line) -> set[str]:
    """The lot types of the lowest priority: all others are hot."""
    least = min(product.priority for product in line.products.values())
    return {name for name, product in line.products.items() if product.priority == least}


def _toolgroups(results: Results, published: Published) -> list[Row]:
    values = m.of_toolgroups(results.totals, results.names)
    repaired = 100 * _repaired(results)
    rows = []
    for name, of in published.toolgroups.items():
        k = results.names.toolgroups.index(name)
        pm, setup = 100 * values["pm"][:, k], 100 * values["setup"][:, k]
        available = 100 - repaired[:, k] - pm
        busy = 100 * values["productive"][:, k] + setup
        rows.append(
            Row(name, (
                _mark("available", available, "%", of["avail"], None),
                _mark("utilisation", 100 * busy / available, "%", of["util"], UTILISATION),
                _mark("down", repaired[:, k], "%", of["br"], DOWN),
                _mark("pm", pm, "%", of["pm"], PM),
                _mark("setup", setup, "%", of["setup"], SETUP),
            ))
        )  # fmt: skip
    return rows


def _repaired(results: Results) -> Floats:
    """Share of each toolgroup's time under repair, beside maintenance too   (world, group).

    The published shares of a toolgroup add up to its availability, so a repair during maintenance counts in both.
    """
    totals, names = results.totals, results.names
    share = np.zeros((totals.stops.shape[0], len(names.toolgroups)))
    for k, (group, kind, _) in enumerate(names.stops):
        if kind == "failure":
            share[:, group] += totals.stops[:, k, 1] / (len(names.tools_of[group]) * totals.span_ticks)
    return share


def _wip(results: Results, published: Published, days: float) -> Row:
    """Lots of the published types in the line. Of the published model at the end: released less completed, since what
    was in the line at the start has left."""
    kinds = [results.names.products.index(name) for name in published.lots]
    standing = sum(lot.product in published.lots for lot in results.line.wip)
    totals = results.totals
    end = totals.wip_end[:, kinds].sum(axis=1).astype(np.float64)
    mean = results.product_values["wip"][:, kinds].sum(axis=1)
    released = float(totals.product[:, kinds, m.RELEASED].sum(axis=1).mean())
    left = released - sum(of["th"] for of in published.lots.values()) if days == DAYS else None
    start = np.full(end.shape, float(standing))
    return Row(
        "of these types",
        (
            _mark("at the start", start, "lot", None, None),
            _mark("on average", mean, "lot", None, None),
            _mark("at the end", end, "lot", left, None),
        ),
    )


def _mark(quantity: str, values: Floats, unit: str, published: float | None, limit: Limit | None) -> Mark:
    return mark(quantity, values, unit, published, limit if published is not None else None, REPLICATIONS)
