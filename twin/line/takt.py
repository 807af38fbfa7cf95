"""The pace that is demanded of a line."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from .joins import parts

if TYPE_CHECKING:
    from .line import Line


def takt_s(line: Line) -> float:
    """The time from one job to the next that constant releases ask for [s]; 0 where no release sets a pace.

    Several products that come every t1, t2, ... are one job every 1 / (1/t1 + 1/t2 + ...), those of a mix one every
    takt of it; parts that are joined with others are no jobs.
    """
    known = parts(line)
    jobs = [name for name in line.products if name not in known]
    mixed = line.mix is not None and all(line.products[name].release.kind == "mix" for name in jobs)
    if mixed and line.mix is not None:
        return line.mix.every.mean if line.mix.every is not None and line.mix.every.kind == "constant" else 0.0
    laws = [line.products[name].release.every for name in jobs]
    if not all(law is not None and law.kind == "constant" and law.mean > 0 for law in laws):
        return 0.0
    return 1.0 / math.fsum(1.0 / law.mean for law in laws if law is not None)
