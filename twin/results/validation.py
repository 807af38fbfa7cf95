"""A run beside what others published for the same line: figure by figure, with a verdict a row."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from twin.results import record
from twin.results.figure import Figure, Floats, figure
from twin.results.results import Results
from twin.results.settings import DAY_S, ResultsError

RECORD = "validation.json"
VERSION = 1


@dataclass(frozen=True)
class Limit:
    """How far a figure may lie from the published one: in per cent of that, or else in the figure's own unit."""

    most: float
    per_cent: bool = False

    def __str__(self) -> str:
        return f"{self.most:g} %" if self.per_cent else f"{self.most:g}"


@dataclass(frozen=True)
class Mark:
    """One figure of a row.

    quantity:  what it is, such as `cycle time`
    measured:  mean over our replications with its interval; None where none has a value
    published: the mean they published; None where they have none
    error:     standard error of measured less published; None with one replication
    limit:     what the verdict is given by; None: the figure is shown without a verdict
    """

    quantity: str
    measured: Figure | None
    published: float | None = None
    error: float | None = None
    limit: Limit | None = None

    @property
    def difference(self) -> float | None:
        """Measured less published, in the figure's unit."""
        if self.measured is None or self.published is None:
            return None
        return self.measured.mean - self.published

    @property
    def per_cent(self) -> float | None:
        """The difference in per cent of the published figure."""
        if self.difference is None or not self.published:
            return None
        return 100 * self.difference / self.published

    @property
    def errors(self) -> float | None:
        """The difference in standard errors."""
        return self.difference / self.error if self.difference is not None and self.error else None

    @property
    def inside(self) -> bool | None:
        """Whether it lies within its limit; None: no verdict. Nothing measured where there is a limit is outside."""
        if self.limit is None or self.published is None:
            return None
        distance = self.per_cent if self.limit.per_cent else self.difference
        return distance is not None and abs(distance) <= self.limit.most

    def to_json(self) -> dict[str, Any]:
        """The mark as plain values; `limit` in per cent of the published figure where `limit_in` says so."""
        limit = self.limit
        return {
            "quantity": self.quantity,
            "measured": None if self.measured is None else self.measured.to_json(),
            "published": self.published,
            "difference": self.difference,
            "per_cent": self.per_cent,
            "standard_errors": self.errors,
            "limit": None if limit is None else limit.most,
            "limit_in": None if limit is None else "%" if limit.per_cent else "unit",
            "inside": self.inside,
        }


@dataclass(frozen=True)
class Row:
    """All the figures of one lot type, toolgroup or other thing."""

    name: str
    marks: tuple[Mark, ...]

    @property
    def inside(self) -> bool | None:
        """Whether every figure with a verdict lies within its limit; None where there is none with a verdict."""
        verdicts = [mark.inside for mark in self.marks if mark.inside is not None]
        return all(verdicts) if verdicts else None

    def to_json(self) -> dict[str, Any]:
        """The row as plain values."""
        return {"name": self.name, "inside": self.inside, "figures": [mark.to_json() for mark in self.marks]}


@dataclass(frozen=True)
class Part:
    """One model of a validation: its run and its rows.

    rows: by kind, such as `lot types` and `toolgroups`;  notes: what to know before believing the verdicts
    """

    model: str
    results: Results
    rows: dict[str, tuple[Row, ...]]
    notes: tuple[str, ...] = ()

    def verdicts(self, kind: str) -> tuple[int, int]:
        """Rows of a kind that are inside, and outside."""
        return counted(self.rows[kind])


def counted(rows: Iterable[Row]) -> tuple[int, int]:
    """Rows that are inside, and outside; those without a verdict count for neither."""
    verdicts = [row.inside for row in rows]
    return verdicts.count(True), verdicts.count(False)


@dataclass(frozen=True)
class Validation:
    """Runs of one or several models beside their published figures.

    reference: its name, such as `smt2020`;  source: who published the figures, and how they came about
    """

    reference: str
    source: str
    parts: tuple[Part, ...]

    def rows(self) -> Iterator[Row]:
        """Every row of every model."""
        for part in self.parts:
            for rows in part.rows.values():
                yield from rows

    @property
    def verdicts(self) -> tuple[int, int]:
        """Rows that are inside, and outside."""
        return counted(self.rows())

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values; times in d, shares in %, lots as counts."""
        inside, outside = self.verdicts
        settings = self.parts[0].results.settings
        return {
            "twin_validation": VERSION,
            "twin": import_module("twin").__version__,
            "reference": self.reference,
            "source": self.source,
            "days": settings.horizon_s / DAY_S,
            "replications": settings.replications,
            "seed": settings.seed,
            "inside": inside,
            "outside": outside,
            "models": {
                part.model: {
                    **{kind: [row.to_json() for row in rows] for kind, rows in part.rows.items()},
                    "notes": list(part.notes),
                }
                for part in self.parts
            },
        }

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Write validation.json and the run of every model, all or nothing; an earlier validation is replaced.

        raises ResultsError for a folder that holds anything else
        """
        path = Path(folder).absolute()
        check_folder(path)
        with record.written_whole(path) as made:
            for part in self.parts:
                part.results.save(made / part.model)
            text = json.dumps(self.to_json(), indent=1, ensure_ascii=False, allow_nan=False)
            (made / RECORD).write_text(text + "\n", encoding="utf-8")


def check_folder(folder: str | os.PathLike[str]) -> None:
    """Refuse a place where a validation cannot be written without harm: a file, or a folder of something else."""
    path = Path(folder)
    if path.exists() and not path.is_dir():
        raise ResultsError(f"{path}: is a file; give a folder for the validation")
    for child in sorted(path.iterdir()) if path.is_dir() else ():
        if child.is_dir() and record.is_run(child):
            record.check_folder(child)
        elif child.name != RECORD or "twin_validation" not in child.read_text(encoding="utf-8", errors="replace"):
            raise ResultsError(
                f"{path}: holds {child.name!r}, which no twin validation wrote and which would be lost; "
                "give a new folder"
            )


def mark(
    quantity: str, values: Floats, unit: str, published: float | None, limit: Limit | None, their_replications: int
) -> Mark:
    """The mark of one value a replication beside a published mean.

    The error is that of the difference of two means: the published one is taken to come from `their_replications`
    runs that scatter as ours do, so it is s sqrt(1 / ours + 1 / theirs).

    values: NaN where a replication has nothing to tell   (world,)
    """
    known = values[np.isfinite(values)]
    error = None
    if known.size > 1:
        spread = float(known.std(ddof=1)) * math.sqrt(1 / known.size + 1 / their_replications)
        error = spread or None
    return Mark(quantity, figure(values, unit), published, error, limit)
