"""Turns of a route: by chance, by a choice among ways, back so often."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from .document import Document
from .faults import Fault, Faults, did_you_mean, show
from .units import Name, Share, share, whole

END = "end"  # `to: end` of an onward arc leaves the line
SCRAP = "scrap"  # `to: scrap` likewise, as scrap
MOST_TURNS = 1_000
WAYS = ("shortest_queue", "round_robin", "first_free")
"""How a lot may choose among the ways onward that it has."""


class Arc(Document):
    """A turn of the route: with this probability the lot goes to another step."""

    probability: Share = Field(description="Share of the lots, 0-1 or %.", examples=[0.01])
    to: Name = Field(description="Step of the same route to go to.", examples=["weld_1"])
    most: Annotated[int, BeforeValidator(whole(1, MOST_TURNS))] | None = Field(
        default=None,
        description="So often at most; a lot that is due once more is scrap instead. Left out: no limit.",
        examples=[2],
    )


def ways(value: dict[str, Any]) -> dict[str, Any]:
    """`branch: {by: round_robin, to: [a, b]}`: arcs in equal shares stand for them wherever means are reckoned."""
    branch = value["branch"]
    unknown = [key for key in branch if key not in ("by", "to")]
    if unknown:
        raise Faults(Fault((("branch", key)), f"unknown key {show(key)} beside 'by'; write by and to", "key")
                     for key in unknown)  # fmt: skip
    by, to = branch["by"], branch.get("to")
    faults = []
    if by not in WAYS:
        what = f"{show(by)} is none of {', '.join(WAYS)}; {did_you_mean(str(by), WAYS)}"
        faults.append(Fault(("branch", "by"), what))
    if not isinstance(to, list | tuple) or len(to) < 2 or not all(isinstance(name, str) for name in to):
        faults.append(Fault(("branch", "to"), "needs at least two steps to choose among, such as [paint_1, paint_2]"))
    elif len(set(to)) < len(to):
        faults.append(Fault(("branch", "to"), "a step stands twice; write each once"))
    if faults:
        raise Faults(faults)
    reworked = value.get("rework") or ()
    arcs = [reworked] if isinstance(reworked, dict) else reworked
    try:
        left = max(0.0, 1.0 - sum(share(arc["probability"]) for arc in arcs))
    except (KeyError, TypeError, ValueError):
        left = 1.0  # what is wrong there is told there
    return value | {"branch": [{"probability": left / len(to), "to": name} for name in to], "branch_by": by}
