"""Signature: the pattern that a step leaves on every wafer, in Zernike modes of the characteristic that it makes."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field, model_serializer, model_validator

from .amounts import Amount, Spread, amount
from .document import Document
from .faults import Fault, Faults, show, unknown_key

MODES: dict[str, int] = {
    "tilt_x": 2, "tilt_y": 3, "bowl": 4, "astigmatism_45": 5, "astigmatism": 6, "coma_y": 7, "coma_x": 8,
    "trefoil_y": 9, "trefoil_x": 10, "ring": 11, "z12": 12, "z13": 13, "z14": 14, "z15": 15,
}  # fmt: skip
"""Names of the Zernike polynomials, by their numbers after Noll. `bowl` rises from the centre to the edge; `ring` has
its trough between a high centre and a high edge."""


class Signature(Document):
    """Amplitudes of Zernike modes after Noll: each has the standard deviation 1 over the wafer.

    modes:   amplitude of each mode
    scatter: standard deviation of every mode from unit to unit
    """

    modes: dict[int, Any] = Field(default={})
    scatter: Spread = Field(
        default=Amount(0.0), description="Standard deviation of each mode from unit to unit.", examples=["0.1 nm"]
    )
    hidden: ClassVar[frozenset[str]] = frozenset({"modes"})
    words: ClassVar[dict[str, Any]] = {
        name: {
            "anyOf": [{"type": "number"}, {"type": "string"}],
            "description": f"Amplitude of Zernike mode {number} after Noll.",
            "examples": ["0.5 nm"],
        }
        for name, number in MODES.items()
    }

    @model_validator(mode="before")
    @classmethod
    def _from_words(cls, value: Any) -> Any:
        if isinstance(value, Signature):
            return value
        if not isinstance(value, dict):
            raise ValueError(f"needs modes such as {{bowl: 0.5 nm, ring: 0.2 nm}}, not {show(value)}")
        if "modes" in value:
            return value
        modes: dict[int, Amount] = {}
        faults = [unknown_key((key,), [*MODES, "scatter"]) for key in value if key not in MODES and key != "scatter"]
        for name, number in MODES.items():
            if name in value:
                try:
                    modes[number] = amount(value[name])
                except ValueError as error:
                    faults.append(Fault((name,), str(error)))
        if faults:
            raise Faults(faults)
        return {"modes": modes} | ({"scatter": value["scatter"]} if "scatter" in value else {})

    @model_serializer
    def _in_words(self) -> dict[str, Any]:
        words: dict[str, Any] = {name: str(self.modes[k]) for name, k in MODES.items() if k in self.modes}
        return words | ({"scatter": str(self.scatter)} if self.scatter.number else {})
