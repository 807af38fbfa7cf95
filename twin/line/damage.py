"""Damage: what a step does to some of the wafers that visit it, in a pattern of its own."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from .document import Document
from .faults import Fault, Faults, show
from .numbered import ChamberNumbers
from .units import SHARE_SCHEMA, Share, number, share

Kind = Literal["scratch", "edge_ring", "ring", "centre", "burst", "random"]
MOST_KILLERS = 10_000.0
SIZES: dict[str, dict[str, float]] = {
    "scratch": {"length": 0.9, "width": 0.012},
    "edge_ring": {"width": 0.07},
    "ring": {"radius": 0.55, "width": 0.07},
    "centre": {"width": 0.22},
    "burst": {"width": 0.06},
    "random": {},
}
"""What a pattern's size is told by, with its defaults, as shares of the wafer's radius."""


def _killers(value: Any) -> float:
    found = number(value)
    if not 0 < found <= MOST_KILLERS:
        raise ValueError(f"lies above 0 and at most at {MOST_KILLERS:,.0f} on a wafer, and {show(value)} does not")
    return found


def _size(value: Any) -> float:
    found = share(value)
    if found < 0.001:
        raise ValueError(f"is at least 0.1 % of the wafer's radius, and {show(value)} is not")
    return found


Killers = Annotated[float, BeforeValidator(_killers)]
Size = Annotated[float, BeforeValidator(_size), WithJsonSchema(SHARE_SCHEMA)]


class Damage(Document):
    """Killer defects that a step leaves on some wafers: handling, coating, a cooling edge, a chamber.

    radius, width, length: as written, shares of the wafer's radius; None: the pattern's own (`size`)
    """

    pattern: Kind = Field(
        description="Where the defects lie: along an arc anywhere, at the edge, on a ring, in the centre, in one "
        "cluster anywhere, or all over.",
        examples=["edge_ring"],
    )
    share: Share = Field(description="Share of the units that visit the step.", examples=["2 %"])
    defects: Killers = Field(description="Mean killer defects on a struck unit.", examples=[20])
    radius: Size | None = Field(
        default=None, description="Of a ring, as a share of the wafer's radius.", examples=["55 %"]
    )
    width: Size | None = Field(
        default=None,
        description="Standard deviation across the pattern, as a share of the wafer's radius; a random one has none.",
        examples=["7 %"],
    )
    length: Size | None = Field(
        default=None, description="Of a scratch, as a share of the wafer's radius.", examples=["90 %"]
    )
    chambers: ChamberNumbers | None = Field(
        default=None,
        description="Only units that ran in these chambers; those of a lot take the step's chambers in turn.",
        examples=[[2]],
    )

    def size(self, word: str) -> float:
        """Radius, width or length, as a share of the wafer's radius; 0 for what the pattern has none of."""
        written: float | None = getattr(self, word)
        return SIZES[self.pattern].get(word, 0.0) if written is None else written

    @model_validator(mode="after")
    def _sizes_of_its_pattern(self) -> Damage:
        own = SIZES[self.pattern]
        faults = [
            Fault((word,), f"a pattern {self.pattern!r} has no {word}; {_cure(own)}", "key")
            for word in ("radius", "width", "length")
            if word not in own and getattr(self, word) is not None
        ]
        if self.share == 0:
            faults.append(Fault(("share",), "strikes no unit; write more than 0 %, or leave the damage out"))
        if faults:
            raise Faults(faults)
        return self


def _cure(own: dict[str, float]) -> str:
    """What to do about a size that a pattern has not."""
    return f"write {' or '.join(own)}, or leave it out" if own else "leave it out"
