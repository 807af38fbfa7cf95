"""Back to normal: what a change for a time cost, and when the line had got over it.

Judged by paired differences, replication by replication, with the change less without it, of two things at each sample:
the WIP, and the output of the time that follows, a quarter of the change's length (at least two samples, and the time
of ten lots). A buffered line that is always fed hides in its WIP what its output shows; a CONWIP line has no other.

A difference shows at a sample if its 95 % interval (Student's t) excludes 0 and its mean is more than 5 % of the usual
mean, without the change. Of many looks one in twenty shows where nothing is, and neighbours resemble each other. So
samples that show count as a run only (gaps of one sample closed): a run that holds one with a 99.9 % interval beyond 0,
or that lasts for half of the change's length and three samples. A lone sample after the end of the change is chance.

The line is back to normal at the first sample, at or after the end of the change, from which on nothing counts for as
long again as the line had been away: from the beginning of the change to that sample. A longer wait would find chance
alone. Where nothing counts until then, and yet lots were lost (their interval excludes 0), the search goes on behind
it: what is cut off at the first station is missed at the last one much later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.results.figure import CONFIDENCE, Figure, Floats, decimals, figure, t_quantile
from twin.results.settings import DAY_S

if TYPE_CHECKING:
    from twin.line import Transient

Flags = NDArray[np.bool_]

NOTICEABLE = 0.05
"""Share of the usual WIP and output below which a difference does not matter."""
FEWEST, ENOUGH = 2, 16
"""Replications from which on there is an interval, and a useful one."""
BEYOND_CHANCE = 0.999
"""Confidence that makes a run of samples count, however short."""
WINDOW, WINDOW_SAMPLES, WINDOW_LOTS = 0.25, 2, 10.0
"""Time over which output is counted: a share of the change's length, and no less than so many samples and lots."""
LASTING, LASTING_SAMPLES = 0.5, 3
"""How long a run must be to count without that confidence: a share of the change's length, and samples."""
DEFINITION = (
    "Back to normal: WIP and output differ from those without the change by no more than chance (paired 95 % "
    "interval) or 5 %, for as long again as the line had been away"
)


@dataclass(frozen=True)
class Recovery:
    """What a change for a time did to output and WIP.

    begins_s, ends_s: when the changes begin and end, ends_s None for one that lasts until the end of the run [s]
    resolution_s:     time between two samples [s]
    judged:           whether there were replications enough for an interval
    left:             whether WIP or output was off normal at any time
    back_s:           when the line was back to normal [s], None where it was not, or was never away
    peak, peak_s:     the largest mean difference of WIP while away [lot], and when that was [s]; None where no
                      difference is beyond chance
    out:              lots that left in the measured time more than without the change [lot]
    worth_s:          the time in which the line without the change puts out that many [s]
    """

    begins_s: float
    ends_s: float | None
    resolution_s: float
    judged: bool
    left: bool
    back_s: float | None
    peak: Figure | None = None
    peak_s: float | None = None
    out: Figure | None = None
    worth_s: float | None = None

    @property
    def clock(self) -> Clock:
        """The unit in which these times are told."""
        return Clock(self.ends_s or self.begins_s, self.resolution_s)

    @property
    def verdict(self) -> str:
        """Whether and when the line was back to normal, in a few words."""
        if not self.judged:
            return f"back to normal: unknown with one replication; run at least {FEWEST}, better {ENOUGH} or more"
        if self.ends_s is None and (self.left or _apart(self.out)):
            return "the change lasts until the end of the run, so nothing goes back to normal"
        if not self.left and _apart(self.out):
            return "too little at any one time to tell when it was back to normal"
        if not self.left:
            return "no departure from normal shown"
        if self.back_s is None:
            return "not back to normal within the horizon"
        assert self.ends_s is not None
        later = self.back_s - self.ends_s
        after = f"{_length(later)} after the end" if later > 0.01 * self.resolution_s else "as the change ends"
        return f"back to normal on {self.clock.told(self.back_s)}, {after}"

    @property
    def facts(self) -> tuple[str, ...]:
        """The answer in parts: lots lost, the verdict with its resolution, the largest difference of WIP."""
        lost = () if self.out is None else (_lost(self.out, self.worth_s),)
        peak: tuple[str, ...] = ()
        if self.peak is not None and self.peak_s is not None:
            peak = (f"WIP {signed(self.peak)} lots at the most, on {self.clock.told(self.peak_s)}",)
        return (*lost, f"{self.verdict} (looked at every {_length(self.resolution_s)})", *peak)

    @property
    def sentence(self) -> str:
        """The whole answer, with what back to normal means where that was found out."""
        meaning = f" ({DEFINITION}.)" if self.back_s is not None else ""
        told = "; ".join(self.facts)
        return f"{told[0].upper()}{told[1:]}.{meaning}"

    def to_json(self) -> dict[str, Any]:
        """The answer as plain values."""
        return {
            "begins_days": self.begins_s / DAY_S,
            "ends_days": None if self.ends_s is None else self.ends_s / DAY_S,
            "resolution_days": self.resolution_s / DAY_S,
            "left_normal": self.left or _apart(self.out) if self.judged else None,
            "back_to_normal_days": None if self.back_s is None else self.back_s / DAY_S,
            "verdict": self.verdict,
            "peak": None if self.peak is None else self.peak.to_json(),
            "peak_days": None if self.peak_s is None else self.peak_s / DAY_S,
            "lots_out": None if self.out is None else self.out.to_json(),
            "lots_out_worth_days": None if self.worth_s is None else self.worth_s / DAY_S,
        }


def _apart(out: Figure | None) -> bool:
    """Whether lots were lost, or won, beyond chance."""
    return out is not None and out.low is not None and out.high is not None and (out.low > 0 or out.high < 0)


def _lost(out: Figure, worth_s: float | None) -> str:
    """Lots lost or won by the end, in words."""
    if out.mean == 0 and not out.half:
        return "as many lots out by the end"
    if out.low is not None and not _apart(out):
        return f"no difference shown in lots out by the end ({signed(out)})"
    lots = f"{signed(out).lstrip('+-')} lots {'fewer' if out.mean < 0 else 'more'} out by the end"
    return lots if worth_s is None else f"{lots} (about {_length(worth_s)} of output)"


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
    warmup_s: float, outs: tuple[Floats, Floats] | None = None, out: Floats | None = None,
) -> Recovery:  # fmt: skip
    """What these changes did to output and WIP.

    times_s:     samples, ascending [s]                                                        (sample,)
    wip, normal: with the changes and without them [lot]                                       (world, sample) each
    warmup_s:    time at the start that the usual means leave out [s]
    outs:        lots that left from the start to the sample, with the changes and without; None where that is unknown
                                                                                               (world, sample) each
    out:         lots that left in the measured time more than without the changes             (world,)
    """
    begins, ends = period(transients)
    ends = None if ends is None or ends >= times_s[-1] else ends
    length = (times_s[-1] if ends is None else ends) - begins
    resolution = float(np.median(np.diff(times_s))) if times_s.size > 1 else 0.0
    begin = min(int(np.searchsorted(times_s, begins)), times_s.size - 1)
    end = times_s.size - 1 if ends is None else int(np.searchsorted(times_s, ends))
    measured = min(int(np.searchsorted(times_s, warmup_s)), times_s.size - 1)
    extra = wip - normal
    shows, beyond = _differs(extra, float(normal[:, measured:].mean()))
    wip_beyond, rate = beyond, 0.0
    if outs is not None and times_s.size > 1:
        rate = _rate(times_s, outs[1], measured)
        window = max(WINDOW * length, WINDOW_SAMPLES * resolution, WINDOW_LOTS / rate if rate else 0.0)
        of_output = _differs(_following(times_s, outs[0] - outs[1], window), rate)
        shows, beyond = shows | of_output[0], beyond | of_output[1]
    counts = _counting(times_s, shows, beyond, begin, end, LASTING * length)
    told = None if out is None else figure(out, "lot")
    back = None if ends is None else _first_back(times_s, counts, begins, end)
    if back is not None and not counts[begin : back + 1].any() and counts[back:].any() and _apart(told):
        back = _first_back(times_s, counts, begins, back + int(np.argmax(counts[back:])))
    last = times_s.size - 1 if back is None else back  # what comes later is another story
    left = bool(counts[begin : last + 1].any())
    place = begin + int(np.argmax(np.abs(extra[:, begin : last + 1].mean(axis=0))))
    peak = figure(extra[:, place], "lot") if left and wip_beyond[place] else None
    return Recovery(
        begins_s=begins,
        ends_s=ends,
        resolution_s=resolution,
        judged=extra.shape[0] >= FEWEST,
        left=left,
        back_s=float(times_s[back]) if left and back is not None else None,
        peak=peak,
        peak_s=None if peak is None else float(times_s[place]),
        out=told,
        worth_s=abs(told.mean) / rate if told is not None and rate else None,
    )


def _differs(extra: Floats, usual: float) -> tuple[Flags, Flags]:
    """Where a paired difference shows, and where it does so beyond chance; nowhere with one replication.

    extra: (world, sample) -> (sample,) each; usual: the mean without the change, in the same unit
    """
    worlds = extra.shape[0]
    if worlds < FEWEST:
        return np.zeros(extra.shape[1], dtype=np.bool_), np.zeros(extra.shape[1], dtype=np.bool_)
    size = np.abs(extra.mean(axis=0))
    error = extra.std(axis=0, ddof=1) / np.sqrt(worlds)
    noticeable = size > NOTICEABLE * usual
    shows, beyond = (
        noticeable & (size > t_quantile(worlds - 1, confidence) * error) for confidence in (CONFIDENCE, BEYOND_CHANCE)
    )
    return shows, beyond


def _rate(times_s: Floats, outs: Floats, measured: int) -> float:
    """Mean output after the warm-up [lot/s]."""
    first = min(measured, times_s.size - 2)
    return float((outs[:, -1] - outs[:, first]).mean() / (times_s[-1] - times_s[first]))


def _following(times_s: Floats, outs: Floats, window_s: float) -> Floats:
    """Output in the time after each sample, of the last ones in the last such time of the run [lot/s].

    outs: lots that left until the sample   (world, sample) -> (world, sample)
    """
    first = np.arange(times_s.size)
    until = np.searchsorted(times_s, times_s + window_s * (1 - 1e-9))
    whole = max(1, int((until < times_s.size).sum()))  # samples with all of their window inside the run
    first = np.minimum(first, whole - 1)
    until = np.minimum(until[first], times_s.size - 1)
    found: Floats = (outs[:, until] - outs[:, first]) / (times_s[until] - times_s[first])
    return found


def _counting(times_s: Floats, shows: Flags, beyond: Flags, begin: int, end: int, lasting_s: float) -> Flags:
    """Samples that count: those of runs that are beyond chance, or last   (sample,).

    shows, beyond: where a difference shows, and where it does so beyond chance   (sample,) each
    begin, end:    first samples at or after the beginning and the end of the change
    lasting_s:     how long a run must be to count without being beyond chance [s]
    """
    closed = shows.copy()
    closed[1:-1] |= shows[:-2] & shows[2:]
    closed[:begin] = False
    counts = np.zeros_like(closed)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], closed, [False]))))
    for first, behind in zip(edges[::2], edges[1::2], strict=True):
        alone = behind - first == 1 and first > end
        long = times_s[behind - 1] - times_s[first] >= lasting_s and behind - first >= LASTING_SAMPLES
        counts[first:behind] = not alone and (long or bool(beyond[first:behind].any()))
    return counts


def _first_back(times_s: Floats, counts: Flags, begins: float, end: int) -> int | None:
    """The first sample from `end` on after which nothing counts for as long as it took to get there."""
    for k in range(end, times_s.size - 1):  # the last sample alone shows no return
        until = int(np.searchsorted(times_s, 2 * times_s[k] - begins, side="right"))
        if not counts[k : max(until, k + 2)].any():
            return k
    return None
