"""Overlay: how far a layer lies from the one below, by ten numbers a wafer.

    dx = Tx + Mx X - (R + N) Y + (m + a) x - (r + b) y
    dy = Ty + My Y + R X       + (m - a) y + (r - b) x

X, Y place of the field's middle on the wafer, x, y place in the field [mm]; T translation [nm]; M, R, N wafer
magnification, rotation and non-orthogonality, m, r, a, b field magnification, rotation, asymmetric magnification and
asymmetric rotation [ppm or urad]: ppm times mm is nm. Between fields six, within the field four.
The ten are found from marks by least squares; marks must lie at two places along X, Y, x and y at least.
Holds for terms so small that products of them are less than the noise, shifts up to about 1 um. Higher orders are
fields of their own (`twin.process.zernike` over the wafer); noise is the gauge's affair.
Bode, C. A., Ko, B. S., and Edgar, T. F. (2004), Control Engineering Practice 12, 893-900, has the models in use.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from twin.process.arrays import namespace
from twin.process.law import Floats, Input, ProcessLaw, parameter
from twin.process.limits import within

WIDEST_MM = 1000.0


class Terms(NamedTuple):
    """The ten terms of overlay, scalars or arrays of one shape (wafer,): [nm], then [ppm] and [urad]."""

    translation_x: Any = 0.0
    translation_y: Any = 0.0
    wafer_magnification_x: Any = 0.0
    wafer_magnification_y: Any = 0.0
    wafer_rotation: Any = 0.0
    wafer_orthogonality: Any = 0.0
    field_magnification: Any = 0.0
    field_rotation: Any = 0.0
    field_asymmetric_magnification: Any = 0.0
    field_asymmetric_rotation: Any = 0.0


class Marks(NamedTuple):
    """Places of overlay marks: the field's middle on the wafer X, Y, and x, y in the field [mm]   (mark,) each."""

    wafer_x: Any
    wafer_y: Any
    field_x: Any
    field_y: Any


def overlay(terms: Terms, marks: Marks) -> tuple[Any, Any]:
    """Shift at every mark: dx, dy [nm] (..., mark).

    terms: scalars, or arrays (...,) such as one number a wafer
    """
    for name, place in zip(Marks._fields, marks, strict=True):
        within(name, place, -WIDEST_MM, WIDEST_MM, "mm")
    xp = namespace(*terms, *marks)
    values = xp.stack([xp.asarray(term, dtype=xp.float64) for term in xp.broadcast_arrays(*map(xp.asarray, terms))], -1)
    shifts = values @ _design(marks, xp).T
    count = shifts.shape[-1] // 2
    return shifts[..., :count], shifts[..., count:]


def fit_overlay(marks: Marks, dx: Any, dy: Any) -> Terms:
    """The ten terms that fit measured shifts best, by least squares.

    marks: (mark,); dx, dy [nm]: (..., mark), any number of wafers of the same marks; NumPy or CuPy
    returns terms (...,)
    raises  ValueError where the marks cannot tell the terms apart
    """
    xp = namespace(*marks, dx, dy)
    design = _design(marks, xp)
    shifts = xp.concatenate([xp.asarray(dx, dtype=xp.float64), xp.asarray(dy, dtype=xp.float64)], axis=-1)
    found, _, rank, _ = xp.linalg.lstsq(design, shifts.reshape(-1, shifts.shape[-1]).T, rcond=None)
    if int(rank) < design.shape[1]:
        raise ValueError(
            f"{len(design) // 2} marks tell only {int(rank)} of 10 terms apart; measure at four corners of a field or "
            "more, in fields at two places along both axes"
        )
    return Terms(*found.reshape(-1, *shifts.shape[:-1]))


def _design(marks: Marks, xp: Any) -> Any:
    """What one unit of each term shifts the marks by, dx above dy   (2 mark, 10)."""
    big_x, big_y, x, y = (xp.atleast_1d(xp.asarray(place, dtype=xp.float64)) for place in marks)
    none, one = xp.zeros_like(big_x), xp.ones_like(big_x)
    along_x = [one, none, big_x, none, -big_y, -big_y, x, -y, x, -y]
    along_y = [none, one, none, big_y, big_x, none, y, x, -y, -x]
    return xp.concatenate([xp.stack(along_x, axis=-1), xp.stack(along_y, axis=-1)])


@dataclass(frozen=True, kw_only=True)
class Overlay(ProcessLaw):
    """Overlay along x at the upper right corner of a field: what the scanner's corrections leave there."""

    MAKES: ClassVar[str] = "nm"
    POINTS: ClassVar[int] = 5  # the law is linear

    field_width: float = parameter("mm", "Of the exposed field.", default=26.0, positive=True, high=100.0)
    field_height: float = parameter("mm", "Of the exposed field.", default=33.0, positive=True, high=100.0)
    field_x: float = parameter("mm", "Place of the field's middle on the wafer.", default=0.0, low=-300.0, high=300.0)
    field_y: float = parameter("mm", "Place of the field's middle on the wafer.", default=0.0, low=-300.0, high=300.0)
    magnification_ppm: float = parameter("", "Of the field [ppm].", default=0.0, low=-20.0, high=20.0)
    rotation_urad: float = parameter("", "Of the field [urad].", default=0.0, low=-20.0, high=20.0)
    wafer_magnification_ppm: float = parameter("", "Of the wafer along x [ppm].", default=0.0, low=-20.0, high=20.0)
    wafer_rotation_urad: float = parameter("", "Of the wafer [urad].", default=0.0, low=-20.0, high=20.0)
    translation_reach: float = parameter(
        "nm", "How far the translation is asked.", default=100.0, positive=True, high=1000.0
    )
    magnification_reach: float = parameter(
        "", "How far from `magnification_ppm` is asked [ppm].", default=5.0, positive=True, high=20.0
    )

    def inputs(self) -> tuple[Input, ...]:
        """Translation along x [nm], which a controller moves, and the field's magnification [ppm], which drifts."""
        middle, reach = self.magnification_ppm, self.magnification_reach
        return (
            Input("translation", "nm", 0.0, -self.translation_reach, self.translation_reach),
            Input("magnification", "", middle, middle - reach, middle + reach),
        )

    def value(self, *inputs: Floats) -> Floats:
        """Overlay along x [nm] (n,) at translations [nm] and magnifications [ppm] (n,)."""
        translation, magnification = inputs
        terms = Terms(
            translation_x=translation,
            wafer_magnification_x=self.wafer_magnification_ppm,
            wafer_rotation=self.wafer_rotation_urad,
            field_magnification=magnification,
            field_rotation=self.rotation_urad,
        )
        corner = Marks(self.field_x, self.field_y, self.field_width / 2, self.field_height / 2)
        shifts: Floats = overlay(terms, corner)[0][..., 0]
        return shifts
