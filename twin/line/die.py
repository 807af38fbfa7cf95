"""Dies: what a wafer of a product is cut into, and how its defects cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator

from .dimensions import quantity_of
from .document import Document
from .faults import Fault, Faults, show
from .units import number

if TYPE_CHECKING:  # NumPy, without which documents are read
    from twin.process.dies import Dies
    from twin.process.law import Floats

LEAST_CLUSTERING, MOST_CLUSTERING = 0.05, 1000.0


def _clustering(value: Any) -> float | None:
    if value is None or value == "none":
        return None
    found = number(value)
    if not LEAST_CLUSTERING <= found <= MOST_CLUSTERING:
        raise ValueError(
            f"lies between {LEAST_CLUSTERING:g} and {MOST_CLUSTERING:g}, and {show(value)} does not; "
            "write 'none' for defects that do not cluster"
        )
    return found


class Die(Document):
    """A die and the wafer it is cut from. Lengths [mm]."""

    width: Annotated[float, *quantity_of("mm", 0.2, 450)] = Field(
        description="Along x, its share of the street in it.", examples=["8 mm"]
    )
    height: Annotated[float, *quantity_of("mm", 0.2, 450)] = Field(
        description="Along y, its share of the street in it.", examples=["10 mm"]
    )
    wafer: Annotated[float, *quantity_of("mm", 10, 450)] = Field(
        default=300.0, description="Diameter of the wafer.", examples=["300 mm"]
    )
    edge: Annotated[float, *quantity_of("mm", 0, 50)] = Field(
        default=3.0, description="Rim of the wafer without good dies.", examples=["3 mm"]
    )
    clustering: Annotated[
        float | None,
        BeforeValidator(_clustering),
        PlainSerializer(lambda value: "none" if value is None else value),
        WithJsonSchema({"anyOf": [{"type": "number"}, {"const": "none"}]}),
    ] = Field(
        default=2.0,
        description="Alpha of the negative binomial yield, small is clustered; none: Poisson.",
        examples=[2],
    )

    @model_validator(mode="after")
    def _dies_fit(self) -> Die:
        usable = self.wafer - 2 * self.edge
        if usable <= 0:
            raise Faults([Fault(("edge",), f"leaves nothing of a wafer of {self.wafer:g} mm; write a smaller edge")])
        if (self.width**2 + self.height**2) ** 0.5 > usable:
            what = f"a die of {self.width:g} mm x {self.height:g} mm does not fit into the usable {usable:g} mm"
            raise Faults([Fault(("width",), f"{what} of the wafer; write a smaller die")])
        return self

    @property
    def area_cm2(self) -> float:
        """Area of the die [cm2]."""
        return self.width * self.height / 100.0

    @property
    def places(self) -> Dies:
        """The whole dies of a wafer."""
        from twin.process.dies import best_grid

        return best_grid(self.width, self.height, self.wafer / 2 - self.edge)

    def yield_of(self, density: Any) -> Floats:
        """Expected share of good dies by expected killer defects [1/cm2], scalar or any shape."""
        from twin.process.yield_models import negative_binomial_yield, poisson_yield

        if self.clustering is None:
            return poisson_yield(density, self.area_cm2)
        return negative_binomial_yield(density, self.area_cm2, self.clustering)
