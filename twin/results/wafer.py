"""A wafer: what its dies measure, how they are sorted, and what spoiled those that are not good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.line.bins import DAMAGE, DEFECT, GOOD
from twin.results.figure import Floats

if TYPE_CHECKING:
    from twin.line.die import Die


class Cause(NamedTuple):
    """What spoils dies of a wafer.

    kind:    defect, damage, or the characteristic that is out of its limits
    pattern: of a damage, else empty
    step:    that did it, empty for defects: every step has its part in them
    tool:    that ran the step; its toolgroup where the run does not know which
    chamber: of the tool, 0 where there are none or any
    """

    kind: str
    pattern: str = ""
    step: str = ""
    tool: str = ""
    chamber: int = 0

    def __str__(self) -> str:
        if not self.step:
            return self.kind
        chamber = f" chamber {self.chamber}" if self.chamber else ""
        return f"{self.pattern or self.kind}: {self.step} on {self.tool}{chamber}"


class Mapped(NamedTuple):
    """A characteristic over a wafer.

    name, unit: as the document says; target: None without one;  low, high: limits of the product, infinite for none
    values: at each die, in its unit   (die,)
    step, tool: that made it last
    """

    name: str
    unit: str
    target: float | None
    low: float
    high: float
    values: Floats
    step: str
    tool: str

    @property
    def outside(self) -> NDArray[np.bool_]:
        """Which dies are out of the limits   (die,)."""
        return (self.values < self.low) | (self.values > self.high)


@dataclass(frozen=True, eq=False)
class Wafer:
    """One wafer of a lot.

    lot, number: its lot's name and its number there, from 1
    replication: from 1
    die:         the product's die and wafer
    density:     expected killer defects of its lot [1/cm2], without damage
    expected:    yield to expect from what the run knows of the wafer: its lot's defects, its characteristics, the
                 route's damage
    defects:     killer defects of each of `die.places`, damage included   (die,)
    maps:        its characteristics
    kinds:       what a die may be: the product's bins, `good`, `defect`, `damage`, the characteristics
    kind:        which of them each die is   (die,)
    causes:      what struck the wafer or could spoil dies of it
    cause:       which of them spoiled each die, -1 for a good one   (die,)
    """

    lot: str
    number: int
    replication: int
    die: Die
    density: float
    expected: float
    defects: NDArray[np.int64]
    maps: tuple[Mapped, ...]
    kinds: tuple[str, ...]
    kind: NDArray[np.int64]
    causes: tuple[Cause, ...]
    cause: NDArray[np.int64]

    @property
    def name(self) -> str:
        """Lot and wafer, such as `Pa-12.3`."""
        return f"{self.lot}.{self.number}"

    @property
    def goods(self) -> int:
        """How many of `kinds` are good ones: they come first."""
        return self.kinds.index(GOOD) + 1

    @property
    def good(self) -> NDArray[np.bool_]:
        """Whether a die is good   (die,)."""
        return np.less(self.kind, self.goods)

    @property
    def yield_(self) -> float:
        """Share of good dies."""
        return float(self.good.mean())

    @property
    def bins(self) -> NDArray[np.str_]:
        """What each die is, by name: a bin, good, defect, damage or a characteristic   (die,)."""
        return np.array(self.kinds)[self.kind]

    @property
    def counts(self) -> dict[str, int]:
        """Dies of each of `kinds`."""
        found = np.bincount(self.kind, minlength=len(self.kinds))
        return {name: int(count) for name, count in zip(self.kinds, found, strict=True)}

    @property
    def values(self) -> dict[str, Floats]:
        """What the dies measure, by characteristic, in its unit   (die,) each."""
        return {of.name: of.values for of in self.maps}

    @property
    def spoiled(self) -> dict[Cause, int]:
        """Dies that each cause spoiled, most first; a damage that struck is told even where it spoiled none alone."""
        counts = np.bincount(self.cause[self.cause >= 0], minlength=len(self.causes))
        found: dict[Cause, int] = {}
        for cause, count in zip(self.causes, counts, strict=True):
            if count or cause.kind == DAMAGE:
                found[cause] = found.get(cause, 0) + int(count)  # a step may do the same damage twice
        return dict(sorted(found.items(), key=lambda item: -item[1]))

    @property
    def is_plain(self) -> bool:
        """Whether background defects alone decide about its dies."""
        return len(self.kinds) == 2

    def __str__(self) -> str:
        good, count = int(self.good.sum()), self.defects.size
        known = [f"{self.density:.4g} defects/cm2"]
        known += ["damage"] if DAMAGE in self.kinds else []
        known += ["limits"] if self.maps else []
        told = (
            f"wafer {self.name}, replication {self.replication}: {good} of {count} dies good "
            f"({100 * self.yield_:.1f} %), {100 * self.expected:.1f} % expected from {in_words(known)}"
        )
        if self.is_plain:
            return told
        sorted_ = [f"{name} {n}" for name, n in self.counts.items() if n and name in self.kinds[: self.goods]]
        lost = [f"{cause} ({n})" for cause, n in self.spoiled.items()]
        parts = [f"{word}: {', '.join(part)}" for word, part in (("bins", sorted_), ("lost", lost)) if part]
        return "; ".join([told, *parts])

    def to_json(self) -> dict[str, Any]:
        """The wafer as plain values: shares 0-1, defects in 1/cm2, characteristics in their units."""
        return {
            "wafer": self.name,
            "replication": self.replication,
            "dies": int(self.defects.size),
            "yield": self.yield_,
            "expected": self.expected,
            "defects": self.density,
            "bins": self.counts,
            "causes": [{**cause._asdict(), "dies": n} for cause, n in self.spoiled.items()],
            "characteristics": {
                of.name: {
                    "unit": of.unit,
                    "mean": float(of.values.mean()),
                    "sd": float(of.values.std()),
                    "outside": int(of.outside.sum()),
                    "step": of.step,
                    "tool": of.tool,
                }
                for of in self.maps
            },
        }


def in_words(parts: list[str]) -> str:
    """`a, b and c`."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def kinds_of(bins: tuple[str, ...], *, damaged: bool, characteristics: tuple[str, ...]) -> tuple[str, ...]:
    """What a die may be, in order; the good ones come first."""
    return (*bins, GOOD, DEFECT, *([DAMAGE] if damaged else []), *characteristics)
