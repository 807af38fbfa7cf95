"""Known lines beside what others published for them: which references there are, and one call for all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twin.line import Line, LineError
from twin.line.faults import did_you_mean
from twin.results import Results
from twin.results.validation import Part, Row, Validation
from twin.study import smt2020
from twin.study.running import Progress
from twin.study.simulate import simulate

DAY_S = 86_400.0


@dataclass(frozen=True)
class Reference:
    """A published data set with figures to be met.

    models:       the lines it has
    replications: how often they are run, and days for how long, unless asked otherwise
    source:       who published the figures, and how they came about
    read:         (folder, model) -> the line and its published figures; raises LineError
    compare:      (results, published) -> rows by kind, and notes
    """

    name: str
    source: str
    models: tuple[str, ...]
    replications: int
    days: float
    read: Callable[[Path, str], tuple[Line, Any]]
    compare: Callable[[Results, Any], tuple[dict[str, tuple[Row, ...]], tuple[str, ...]]]


REFERENCES = {
    "smt2020": Reference(
        "smt2020",
        smt2020.SOURCE,
        smt2020.MODELS,
        smt2020.REPLICATIONS,
        smt2020.DAYS,
        smt2020.read_published,
        smt2020.compare,
    ),
}
"""Every reference that `twin validate` knows, by name."""


def validate(
    reference: str, data: str | Path, *, models: Sequence[str] | None = None, replications: int | None = None,
    days: float | None = None, seed: int | None = None, device: str = "auto", threads: int | None = None,
    progress: Progress | None = None,
) -> Validation:  # fmt: skip
    """Run a reference's lines from its own tables and lay the figures beside the published ones.

    reference:    its name in `REFERENCES`
    data:         the folder that holds its tables and published figures
    models:       which of its lines; left out: all
    replications: and days: left out, the reference's own
    seed:         left out: the imported document's
    progress:     as of `simulate`, over all lines

    raises LineError for a reference or model that is not known, and for every fault of the tables; RunError where a
    line cannot go on
    """
    if reference not in REFERENCES:
        raise LineError(f"reference {reference!r} is not known; {did_you_mean(reference, REFERENCES)}")
    of = REFERENCES[reference]
    unknown = [model for model in models or () if model not in of.models]
    if unknown:
        raise LineError(f"{reference} has no model {unknown[0]!r}; {did_you_mean(unknown[0], of.models)}")
    asked = tuple(dict.fromkeys(models or of.models))
    span = of.days if days is None else days
    if not span > 0:
        raise LineError(f"{span:g} days: the run must take some time; write a number above 0")
    read = {model: of.read(Path(data), model) for model in asked}  # every fault before the first run
    parts = []
    for place, (model, (line, published)) in enumerate(read.items()):
        results = simulate(
            line, horizon=span * DAY_S, warmup=0.0, replications=replications or of.replications, seed=seed,
            device=device, threads=threads, progress=_share_of(progress, place, len(read)),
        )  # fmt: skip
        rows, notes = of.compare(results, published)
        parts.append(Part(model, results, rows, results.run_notes + notes))
        if results.settings.horizon_s < span * DAY_S:
            break  # stopped by the user
    return Validation(reference, of.source, tuple(parts))


def _share_of(progress: Progress | None, place: int, count: int) -> Progress | None:
    """Progress of one line out of several, seen as progress of all of them."""
    if progress is None:
        return None

    def told(share: float, lots_out: int, simulated_s: float) -> None:
        progress((place + share) / count, lots_out, simulated_s)

    return told
