"""Back to normal: how far a change for a time moved the WIP, and when the line had got over it.

Judged by the paired difference, replication by replication: WIP with the change less WIP without it.
It matters at a sample if its 95 % interval (Student's t) excludes 0 and its mean is more than 5 % of the mean WIP
without the change; a lone such sample after the end of the change is chance and does not count. The line is back to
normal at the first sample, at or after the end of the change, from which on the difference does not matter for as long
again as the line had been away: from the beginning of the change to that sample. A longer wait would find chance alone:
one sample in twenty looks different where nothing is, and neighbours resemble each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.results.figure import Figure, Floats, decimals, figure
from twin.results.settings import DAY_S
from twin.results.wip_trace import of_samples

if TYPE_CHECKING:
    from twin.line import Line, Transient

NOTICEABLE = 0.05
"""Share of the mean WIP below which a difference does not matter."""
FEWEST, ENOUGH = 2, 16
"""Replications from which on there is an interval, and a useful one."""
DEFINITION = (
    "Back to normal: WIP with the change and without it differ by no more than their paired 95 % interval, or by "
    "no more than 5 % of the mean WIP, for as long again as the line had been away"
)


@dataclass(frozen=True)
class Recovery:
    """What a change for a time did to the WIP.

    begins_s, ends_s: when the changes begin and end, ends_s None for one that lasts until the end of the run [s]
    resolution_s:     time between two samples [s]
    judged:           whether there were replications enough for an interval
    left:             whether the difference ever mattered
    back_s:           when the line was back to normal [s], None where it was not, or was never away
    peak, peak_s:     the largest mean difference of WIP [lot], and when that was [s]
    out:              lots that left in the measured time more than without the change [lot]
    held:             whether the releases hold the WIP where it is (CONWIP), so that it can tell nothing
    """

    begins_s: float
    ends_s: float | None
    resolution_s: float
    judged: bool
    left: bool
    back_s: float | None
    peak: Figure
    peak_s: float
    out: Figure | None
    held: bool = False

    @property
    def clock(self) -> Clock:
        """The unit in which these times are told."""
        return Clock(self.ends_s or self.begins_s, self.resolution_s)

    @property
    def verdict(self) -> str:
        """Whether and when the line was back to normal, in a few words."""
        if self.held:
            return "its releases hold the WIP where it is (CONWIP), so it cannot tell when the line is back to normal"
        if not self.judged:
            return f"back to normal: unknown with one replication; run at least {FEWEST}, better {ENOUGH} or more"
        if not self.left:
            return "never left normal"
        if self.ends_s is None:
            return "the change lasts until the end of the run, so nothing goes back to normal"
        if self.back_s is None:
            return "not back to normal within the horizon"
        return f"back to normal on {self.clock.told(self.back_s)}"

    @property
    def facts(self) -> tuple[str, ...]:
        """The answer in parts: the largest difference, the verdict with its resolution, lots out."""
        peak = f"{signed(self.peak)} lots at the most, on {self.clock.told(self.peak_s)}"
        if self.peak.mean == 0 and not self.peak.half:
            peak = "no different at any time"
        verdict = f"{self.verdict}, looked at every {_length(self.resolution_s)}"
        out = () if self.out is None else (f"lots out by the end: {signed(self.out)}",)
        return (peak, self.verdict if self.held else verdict, *out)

    @property
    def sentence(self) -> str:
        """The whole answer, with what back to normal means where that was found out."""
        meaning = f" ({DEFINITION}.)" if self.back_s is not None else ""
        return f"WIP: {'; '.join(self.facts)}.{meaning}"

    def to_json(self) -> dict[str, Any]:
        """The answer as plain values."""
        return {
            "begins_days": self.begins_s / DAY_S,
            "ends_days": None if self.ends_s is None else self.ends_s / DAY_S,
            "resolution_days": self.resolution_s / DAY_S,
            "left_normal": self.left if self.judged and not self.held else None,
            "back_to_normal_days": None if self.back_s is None else self.back_s / DAY_S,
            "verdict": self.verdict,
            "peak": self.peak.to_json(),
            "peak_days": self.peak_s / DAY_S,
            "lots_out": None if self.out is None else self.out.to_json(),
        }


_UNITS = (("day", "d", DAY_S), ("hour", "h", 3600.0), ("minute", "min", 60.0))


@dataclass(frozen=True)
class Clock:
    """Times of a run as people say them: days, or hours or minutes of a short one.

    reach_s, resolution_s: how late the times are, and how finely they are known [s]
    """

    reach_s: float
    resolution_s: float

    @property
    def unit(self) -> tuple[str, float]:
        """Its word, and its seconds."""
        return next(((word, size) for word, _, size in _UNITS if self.reach_s >= 4 * size), ("minute", 60.0))

    def told(self, seconds: float) -> str:
        """A time of the run: `day 41.5`."""
        word, size = self.unit
        return f"{word} {_plain(seconds / size, self.resolution_s / size)}"


def _length(seconds: float) -> str:
    """A length of time: `1.5 d`."""
    sign, size = next(((sign, size) for _, sign, size in _UNITS if seconds >= size), ("s", 1.0))
    return f"{_plain(seconds / size, seconds / size)} {sign}"


def _plain(value: float, resolution: float) -> str:
    """A number with no more decimals than its resolution deserves."""
    places = 0 if resolution <= 0 else max(0, min(4, 1 - int(np.floor(np.log10(resolution)))))
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def signed(figure: Figure, factor: float = 1.0) -> str:
    """A difference with its sign and half its interval: `+1.83 ± 0.05`; `0` where there is none at all."""
    half = figure.half
    if figure.mean == 0 and not half:
        return "0"
    places = decimals((half or abs(figure.mean)) * factor, 2 if half else 3)
    text = f"{figure.mean * factor:+,.{places}f}"
    text = text[1:] if float(text.replace(",", "")) == 0 else text
    return text if half is None else f"{text} ± {half * factor:,.{places}f}"


def period(transients: Sequence[Transient]) -> tuple[float, float | None]:
    """When the first of these changes begins and the last one ends; None: with the run [s]."""
    ends = [transient.to for transient in transients]
    known = [end for end in ends if end is not None]
    return min(transient.from_ for transient in transients), max(known) if len(known) == len(ends) else None


def recovery_of(
    times_s: Floats, wip: Floats, normal: Floats, transients: Sequence[Transient], *,
    warmup_s: float, out: Floats | None = None, held: bool = False,
) -> Recovery:  # fmt: skip
    """What these changes did to the WIP.

    times_s:     samples, ascending [s]                        (sample,)
    wip, normal: with the changes and without them [lot]       (world, sample) each
    warmup_s:    time at the start that the mean WIP leaves out [s]
    out:         lots that left more than without the changes  (world,)
    held:        whether the releases hold the WIP where it is
    """
    begins, ends = period(transients)
    ends = None if ends is None or ends >= times_s[-1] else ends
    extra = wip - normal
    samples = of_samples(extra)
    measured = times_s >= warmup_s
    usual = float(normal[:, measured if measured.any() else slice(None)].mean())
    judged = extra.shape[0] >= FEWEST
    begin = min(int(np.searchsorted(times_s, begins)), times_s.size - 1)
    end = times_s.size - 1 if ends is None else int(np.searchsorted(times_s, ends))
    kept = np.zeros(times_s.size, dtype=np.bool_)
    if judged:
        kept = _lasting((samples["low"] > 0) | (samples["high"] < 0), samples["mean"], usual, begin, end)
    back = None if ends is None else _first_back(times_s, kept, begins, end)
    last = times_s.size - 1 if back is None else back  # what comes later is another story
    place = begin + int(np.argmax(np.abs(samples["mean"][begin : last + 1])))
    left = bool(kept[begin : last + 1].any())
    peak = figure(extra[:, place], "lot")
    assert peak is not None
    return Recovery(
        begins_s=begins,
        ends_s=ends,
        resolution_s=float(np.median(np.diff(times_s))) if times_s.size > 1 else 0.0,
        judged=judged,
        left=left,
        back_s=float(times_s[back]) if left and back is not None else None,
        peak=peak,
        peak_s=float(times_s[place]),
        out=None if out is None else figure(out, "lot"),
        held=held,
    )


def _first_back(times_s: Floats, kept: NDArray[np.bool_], begins: float, end: int) -> int | None:
    """The first sample from `end` on after which nothing matters for as long as it took to get there."""
    for k in range(end, times_s.size - 1):  # the last sample alone shows no return
        until = int(np.searchsorted(times_s, 2 * times_s[k] - begins, side="right"))
        if not kept[k : max(until, k + 2)].any():
            return k
    return None


def holds_wip(line: Line) -> bool:
    """Whether every release of a line lets a lot in only for one that leaves (CONWIP)."""
    return all(product.release.kind == "wip" for product in line.products.values())


def _lasting(apart: NDArray[np.bool_], mean: Floats, usual: float, begin: int, end: int) -> NDArray[np.bool_]:
    """Samples at which the difference matters, lone ones after the end of the change left out   (sample,).

    apart: whether the interval excludes 0                      (sample,)
    usual: mean WIP without the change [lot]
    begin, end: first samples at or after the beginning and the end of the change
    """
    matters = apart & (np.abs(mean) > NOTICEABLE * usual)
    matters[:begin] = False
    neighbour = np.zeros_like(matters)
    neighbour[1:] |= matters[:-1]
    neighbour[:-1] |= matters[1:]
    kept: NDArray[np.bool_] = matters & (neighbour | (np.arange(matters.size) <= end))
    return kept
