"""A law that makes the sum of its inputs: what the engine does around a law can be read off it exactly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from twin.line import Line
from twin.process import Floats, Input, ProcessLaw, parameter, registry


@dataclass(frozen=True, kw_only=True)
class Plain(ProcessLaw):
    """`start` plus `slope` times the knob plus the drift."""

    MAKES: ClassVar[str] = "nm"
    POINTS: ClassVar[int] = 5

    start: float = parameter("nm", "What it makes at the recipe.", default=100.0)
    slope: float = parameter("", "What one of the knob adds.", default=1.0, low=-100.0)
    reach: float = parameter("nm", "How far its inputs go.", default=64.0, positive=True)

    def inputs(self) -> tuple[Input, ...]:
        """A knob that a controller moves, and a drift."""
        return tuple(Input(name, "nm", 0.0, -self.reach, self.reach) for name in ("knob", "drift"))

    def value(self, *inputs: Floats) -> Floats:
        """Their sum."""
        knob, drift = inputs
        return self.start + self.slope * knob + drift


@contextmanager
def plain_law() -> Iterator[None]:
    """Documents read inside know the law `plain`."""
    before = dict(registry._offered)
    registry.offer_law("plain", Plain)
    try:
        yield
    finally:
        registry._offered.clear()
        registry._offered.update(before)


def plain_line(
    condition: dict[str, Any] | None = None,
    measure: dict[str, Any] | None = None,
    *,
    process: dict[str, Any] | None = None,
    tool: dict[str, Any] | None = None,
    step: dict[str, Any] | None = None,
    measure_step: dict[str, Any] | None = None,
    height: dict[str, Any] | None = None,
    product: dict[str, Any] | None = None,
    **line: Any,
) -> Line:
    """Lots of one unit every minute through a tool that makes a height in 1 min, and a gauge that takes no time.

    condition: of the law's drift; measure: words of the gauge, None without one; the others: more words of the process,
    the toolgroup, the two steps, the characteristic, the product
    """
    law = {"law": "plain", "sets": "h"} | (process or {})
    make = {"step": "make", "toolgroup": "tool", "time": "1 min", "process": law}
    steps: list[dict[str, Any]] = [make | (step or {})]
    if measure is not None:
        gauge = {"step": "look", "toolgroup": "gauge", "time": "0 s", "measure": {"characteristic": "h"} | measure}
        steps.append(gauge | (measure_step or {}))
    return Line.from_document(
        {
            "line": "plain",
            "toolgroups": {
                "tool": {"condition": {"drift": condition}} | (tool or {}) if condition else tool or {},
                "gauge": {"tools": "unlimited"},
            },
            "characteristics": {"h": {"unit": "nm", "target": "100 nm"} | (height or {})},
            "products": {"A": {"route": "r", "release": {"every": "1 min"}} | (product or {})},
            "routes": {"r": steps},
        }
        | line
    )
