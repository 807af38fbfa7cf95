"""Setups of a toolgroup: what a change takes, and how long a tool stays in one."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from .document import Document, OneOrMany
from .faults import Fault, Faults, show
from .units import Name, Time, whole


class Change(Document):
    """One setup change; without `from` it holds for any state of the tool, none included."""

    from_: Name | None = Field(
        default=None, alias="from", description="Setup before; left out: any, none included.", examples=["A"]
    )
    to: Name = Field(description="Setup after.", examples=["B"])
    time: Time = Field(description="How long the change takes.", examples=["12 min"])


class Setups(Document):
    """Sequence-dependent setup times of a toolgroup; the more specific change wins."""

    changes: Annotated[tuple[Change, ...], OneOrMany()] = Field(
        default=(), description="The changes that take time.", examples=[[{"to": "B", "time": "12 min"}]]
    )
    min_run: dict[Name, Annotated[int, BeforeValidator(whole(1, 1_000_000))]] = Field(
        default={}, description="Lots to run in a setup before the tool may leave it.", examples=[{"B": 7}]
    )
    plain_steps: Literal["keep", "clear"] = Field(
        default="keep",
        description="Whether a step that needs no setup leaves the tool's setup as it is.",
        examples=["clear"],
    )
    leave_early: Literal["never", "when_none_wait"] = Field(
        default="never",
        description="Whether a tool may leave a setup before its minimum run once no lot waits for that setup.",
        examples=["when_none_wait"],
    )

    @model_validator(mode="after")
    def _each_change_once(self) -> Setups:
        faults, seen = [], set()
        for i, change in enumerate(self.changes):
            if change.from_ == change.to:
                faults.append(
                    Fault(("changes", i, "from"), f"a change from {show(change.to)} to itself; leave it out")
                )
            elif (change.from_, change.to) in seen:
                faults.append(
                    Fault(("changes", i), f"the change to {show(change.to)} stands twice; leave one out")
                )
            seen.add((change.from_, change.to))
        if faults:
            raise Faults(faults)
        return self
