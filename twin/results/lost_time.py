"""What the time that a station is starved or blocked goes back to: shares by cause, with their interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from twin.results.figure import Figure
from twin.results.moments import lasting, moment
from twin.results.why import ENDS


@dataclass(frozen=True)
class Cause:
    """One cause of a station's lost time.

    state: `starved` or `blocked`; who: where the chain ends; end: at what, one of `twin.results.why.ENDS`
    share: of the station's time [-];  part: of its time in that state [-]
    """

    state: str
    who: str
    end: str
    share: Figure
    part: float


@dataclass(frozen=True)
class Wait:
    """A moment at which a tool of the station had been starved or blocked for long, to be asked for by itself.

    since, at: [tick]
    """

    tool: str
    replication: int
    state: str
    since: int
    at: int
    who: str
    end: str


@dataclass(frozen=True)
class LostTime:
    """A station's lost time in the measured time of a run, by what it goes back to.

    lost:    share of its time that it is starved and blocked, exact in each replication [-]
    causes:  the largest first; their shares come from `moments` looks at each replication
    longest: the longest waits that a look fell into, the longest first
    """

    station: str
    replications: int
    moments: int
    tick_s: float
    lost: dict[str, Figure]
    causes: tuple[Cause, ...]
    longest: tuple[Wait, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values; times in seconds."""
        return {
            "station": self.station,
            "replications": self.replications,
            "moments": self.moments,
            "lost": {state: figure.to_json() for state, figure in self.lost.items()},
            "causes": [
                {"state": one.state, "who": one.who, "end": one.end, "part": one.part, "share": one.share.to_json()}
                for one in self.causes
            ],
            "longest": [
                {
                    "tool": one.tool, "replication": one.replication, "state": one.state,
                    "since_s": self._s(one.since), "at_s": self._s(one.at), "who": one.who, "end": one.end,
                }
                for one in self.longest
            ],
        }  # fmt: skip

    def __str__(self) -> str:
        times = f"{self.replications} replication{'s' * (self.replications != 1)}"
        rows = [f"{self.station}: what its lost time goes back to ({times}, {self.moments:,} moments in each)"]
        width = max([len(_words(one)) for one in self.causes], default=0)
        for state, figure in self.lost.items():
            rows.append(f"{state} {_percent(figure)} of the time")
            own = [one for one in self.causes if one.state == state]
            rows += [f"  {_words(one):{width}}  {one.part:6.1%}  {_percent(one.share)} of the time" for one in own]
        if self.longest:
            rows.append("long waits, to be asked for with --at:")
        for one in self.longest:
            waited = lasting(self._s(one.at - one.since))
            more = f" (replication {one.replication})" if self.replications > 1 else ""
            words = f"{one.who}, {ENDS.get(one.end, one.end)}"
            rows.append(f"  {one.tool} at {moment(self._s(one.at))}{more}: {one.state} for {waited}: {words}")
        return "\n".join(rows)

    def _s(self, tick: int) -> float:
        return round(tick * self.tick_s, 9)


def _words(cause: Cause) -> str:
    """A cause in words."""
    return f"{cause.who}: {ENDS.get(cause.end, cause.end)}"


def _percent(figure: Figure) -> str:
    """A share in per cent, with its half-width where there is one."""
    half = figure.half
    return f"{figure.mean:.1%}" if half is None else f"{100 * figure.mean:.1f} ± {100 * half:.1f} %"
