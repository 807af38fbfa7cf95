"""Conveyors: a belt of a length, a speed and a pitch in place of tools."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from .context import reading, reading_with
from .crews import RUN_TASKS
from .dimensions import quantity_of
from .document import Document
from .faults import Fault, Faults, Loc, show
from .laws import Law
from .routes import Cascade, Step
from .units import quantity

if TYPE_CHECKING:
    from .line import Line
    from .toolgroups import Toolgroup

MOST_LOTS = 100_000
_ROUNDING = 1e-9
_NO_WORDS = ("batch", "setup", "chambers", "qualified", "needs", "dedicate", "joins")
"""Words of a step that a belt has no use for."""
_NO_TOOLS = ("chambers", "setups", "load", "unload", "reserve", "wake", "sequence", "blocking")
"""Words of a toolgroup that belong to tools."""


def _flag(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    raise ValueError(f"is true or false, not {show(value)}")


class Conveyor(Document):
    """A belt that carries lots one behind the other, first in first out. Lengths [m], speed [m/min].

    A lot is on it for length/speed; lots enter, and leave, a pitch or more apart, so that at most length/pitch are on
    it. Where the first lot cannot leave, an accumulating belt goes on and the others close up behind it to a pitch
    (roller and power-and-free conveyors); one that does not accumulate stops with all its lots.
    """

    length: Annotated[float, *quantity_of("m", 0.001, 100_000)] = Field(
        description="From its entrance to its exit.", examples=["30 m"]
    )
    speed: Annotated[float, *quantity_of("m/min", 1e-6, 100_000)] = Field(
        description="Of the belt while it moves.", examples=["6 m/min", "0.1 m/s"]
    )
    pitch: Annotated[float, *quantity_of("m", 0.001, 100_000)] = Field(
        description="From the front of a lot to that of the next one: as near as they come.", examples=["1.5 m"]
    )
    accumulating: Annotated[bool, BeforeValidator(_flag)] = Field(
        default=True,
        description="Lots close up behind one that cannot leave; false: the whole belt stops.",
        examples=[False],
    )

    @property
    def lots(self) -> int:
        """Lots it holds at the most."""
        return math.floor(self.length / self.pitch + _ROUNDING)

    @property
    def travel_s(self) -> float:
        """From entrance to exit, where nothing is in the way [s]."""
        return 60.0 * self.length / self.speed

    @property
    def gap_s(self) -> float:
        """In which the belt moves by one pitch [s]."""
        return 60.0 * self.pitch / self.speed

    @model_validator(mode="after")
    def _holds_a_lot(self) -> Conveyor:
        tick = reading().tick
        if self.lots < 1:
            what = f"a pitch of {self.pitch:g} m is longer than the conveyor, {self.length:g} m; write a shorter one"
            raise Faults([Fault(("pitch",), what)])
        if self.lots > MOST_LOTS:
            what = f"leaves room for {self.lots:,} lots, and {MOST_LOTS:,} is the most; write a longer pitch"
            raise Faults([Fault(("pitch",), what)])
        if self.gap_s < tick:
            what = f"the belt moves by a pitch in less than a tick ({quantity(tick)}); write a finer 'tick:'"
            raise Faults([Fault(("speed",), what)])
        return self


def conveyor_words(group: Toolgroup) -> Iterator[Fault]:
    """Words of a toolgroup that a conveyor cannot have, each with its place in the toolgroup."""
    if group.tools != 1:
        yield Fault(("tools",), "a conveyor is one belt and has no tools; leave tools out", "key")
    for key in _NO_TOOLS:
        if getattr(group, key) != type(group).model_fields[key].get_default():
            yield Fault((key,), f"a conveyor has no {key}; leave it out, or put a station before or behind it", "key")
    for task, _ in group.crew.needed() if group.crew else ():
        if task in RUN_TASKS:
            yield Fault(("crew", task), "nobody works on a conveyor; write the crew of repair and pm only", "key")


def with_travel(line: Line) -> dict[str, tuple[Step, ...]] | None:
    """The routes with what a belt's length and speed make of its steps: time and entrance; None without conveyors."""
    belts = {name: group.conveyor for name, group in line.toolgroups.items() if group.conveyor is not None}
    if not belts:
        return None
    return {
        route: tuple(_carried(step, belts.get(step.toolgroup)) for step in steps)
        for route, steps in line.routes.items()
    }


def _carried(step: Step, belt: Conveyor | None) -> Step:
    if belt is None or not step.timeless:
        return step
    time = Law(kind="constant", params=(belt.travel_s,))
    return step.model_copy(update={"time": time, "cascade": _entrance(belt)})


def _entrance(belt: Conveyor) -> Cascade:
    """How a belt takes lots, as everything that reckons with times ahead and loads knows it."""
    with reading_with(time_unit="s"):
        return Cascade(every=belt.gap_s, inside=belt.lots)


def conveyor_faults(line: Line) -> Iterator[Fault]:
    """Steps on conveyors with words that a belt cannot follow."""
    for route, steps in line.routes.items():
        for i, step in enumerate(steps):
            group = line.toolgroups.get(step.toolgroup)
            at: Loc = ("routes", route, i)
            if group is None or group.conveyor is None:
                continue
            needs: tuple[Loc, ...] = (("toolgroups", step.toolgroup), (*at, "toolgroup"))
            on = f"{show(step.toolgroup)} is a conveyor"
            if not step.timeless:
                what = f"{on}, and its length and speed say how long a lot is on it; leave time out"
                yield Fault((*at, "time"), what, "key", needs=needs)
            if step.cascade is not None and not (step.timeless and step.cascade == _entrance(group.conveyor)):
                yield Fault((*at, "cascade"), f"{on}, and its pitch holds its lots apart; leave cascade out", "key",
                            needs=needs)  # fmt: skip
            for key in _NO_WORDS:
                if getattr(step, key):
                    yield Fault((*at, key), f"{on}, which knows no {key}; leave it out", "key", needs=needs)
            if step.per == "unit":
                yield Fault((*at, "per"), f"{on}, which carries lots, not units; leave per out", needs=needs)
