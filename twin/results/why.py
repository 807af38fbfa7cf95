"""Why a station was in its state: a chain of who blocks or starves whom, back to its cause, in words and as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from twin.results.moments import lasting, moment

IN_WORDS = {
    "productive": "working", "setup": "being set up", "pm": "in maintenance", "off": "away",
    "no_operator": "waiting for an operator",
}  # fmt: skip
ENDS = {
    "down": "a failure", "pm": "a maintenance", "setup": "a setup", "off": "time off",
    "works": "a station at work", "crew": "a crew", "release": "the release", "delay": "a rest that all lots have",
    "transport": "a move under way", "auxiliary": "an auxiliary",
    "carrier": "carriers that are on their way back", "batch": "a batch that is not full",
    "min_run": "a run of one setup that is not over", "rule": "what the station may take",
    "takt": "the takt", "unused": "a station that no route uses", "deadlock": "a deadlock", "ring": "a ring",
    "unknown": "what the record does not tell",
}  # fmt: skip
"""What a chain can end at: `Why.end`, in words."""
FEW = 4
"""As many tools beside the one asked for are told by name."""
UNDER_WAY = ("works", "delay", "transport")
"""Ends at which nothing stands: what made a station wait may be over, and its work has only just gone on."""


@dataclass(frozen=True)
class Link:
    """One of a chain: who is in which state, since when, for what reason, and who is to blame.

    who:    a tool, or what a line has besides: `crew fitters`, `release of body`, a pure delay, an auxiliary, a lot
    state:  of a tool one of `twin.results.measures.STATES`; of a crew `busy`, of an auxiliary `in use`, and so on
    since:  tick since which it is in that state, None where nobody has noted it
    reason: in words
    cause:  the kind of reason, in one word: one of `ENDS`, or `place` and `lot`, where it is somebody else's
    of:     the next of the chain, None at its end
    """

    who: str
    state: str
    since: int | None
    reason: str
    cause: str
    of: str | None = None


@dataclass(frozen=True)
class Why:
    """Why a station was in its state at a moment of one replication.

    station: as asked for; replication: from 1; at: [tick]; tick_s: seconds a tick
    chain:   from the station's tool back to the cause
    end:     what the chain ends at, one of `ENDS`
    others:  the other tools of the station and their states, where a toolgroup was asked for
    began:   where the chain ends at work or a move under way: the chain as it was when the tool came into its state,
             if that ended at something else
    """

    station: str
    replication: int
    at: int
    tick_s: float
    chain: tuple[Link, ...]
    end: str
    others: tuple[tuple[str, str], ...] = ()
    began: Why | None = None

    @property
    def root(self) -> Link:
        """The cause: the last of the chain or, where the work has gone on since, of how it began."""
        return self.chain[-1] if self.began is None else self.began.root

    def to_json(self) -> dict[str, Any]:
        """Plain values; times in seconds."""
        return {
            "station": self.station,
            "replication": self.replication,
            "at_s": self._s(self.at),
            "end": self.end,
            "chain": [
                {
                    "who": link.who, "state": link.state,
                    "since_s": None if link.since is None else self._s(link.since),
                    "for_s": None if link.since is None else self._s(self.at - link.since),
                    "cause": link.cause, "reason": link.reason, "of": link.of,
                }
                for link in self.chain
            ],
            "others": dict(self.others),
            "began": None if self.began is None else self.began.to_json(),
        }  # fmt: skip

    def __str__(self) -> str:
        at = self._s(self.at)
        more = f" (replication {self.replication})" if self.replication > 1 else ""
        first, *rest = self.chain
        told = [f"{first.who} at {moment(at)}{more}: {self._state(first)}", f"  {first.reason}"]
        told += [f"  because {link.who} is {self._state(link)}: {link.reason}" for link in rest]
        told += [f"  {ROUND[self.end]}"] if self.end in ROUND else []
        if self.others:
            told.append(f"  beside it: {self._beside()}")
        if self.began is not None:
            told.append(f"when that began, at {moment(self.began._s(self.began.at), at)}:")
            told += self.began._chain_rows()
        return "\n".join(told)

    def _beside(self) -> str:
        """The other tools by name where they are few, else how many are in which state."""
        if len(self.others) <= FEW:
            return ", ".join(f"{tool} {IN_WORDS.get(state, state)}" for tool, state in self.others)
        states = [state for _, state in self.others]
        return ", ".join(f"{states.count(one)} {IN_WORDS.get(one, one)}" for one in dict.fromkeys(states))

    def _chain_rows(self) -> list[str]:
        """The chain without its heading, from the second link on where there is one."""
        shown = self.chain[1:] or self.chain
        rows = [f"  because {link.who} was {self._state(link)}: {link.reason}" for link in shown]
        return rows + ([f"  {ROUND[self.end]}"] if self.end in ROUND else [])

    def _state(self, link: Link) -> str:
        state = IN_WORDS.get(link.state, link.state)
        if link.since is None:
            return state
        since, at = self._s(link.since), self._s(self.at)
        return f"{state} since {moment(since, at)} ({lasting(at - since)})"

    def _s(self, tick: int) -> float:
        """Seconds of a tick."""
        return round(tick * self.tick_s, 9)


ROUND = {
    "deadlock": "and so round: each waits for the next, for ever; a deadlock",
    "ring": "and so round: each waits for the next",
}
