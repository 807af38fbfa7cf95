"""Imaging of lines and spaces, by diffraction orders (Abbe), and the linewidth that a threshold resist keeps.

    a_m  = sin(pi m d) / (pi m),  a_0 = d                                      orders of the mask, d its clear share
    P    = exp(2 pi i z (sqrt(n^2 - NA^2 s^2) - n) / wavelength)               pupil at s <= 1, at a defocus z
    T_mk = sum over the source of w P(s + m q) conj(P(s + k q)),   q = wavelength / (pitch NA)
    I(x) = sum_mk a_m conj(a_k) T_mk exp(2 pi i (m - k) x / pitch)             open frame 1, x = 0 in mid-space

The defocus phase is exact, not paraxial. The source is integrated over exactly (`twin.process.illumination`), and
`twin.process.linewidth` finds the width as a root of the Fourier series, so neither has a grid. Two beams of
amplitudes a, b have the contrast 2 a b / (a^2 + b^2), at any focus if they are equally oblique; the smallest pitch
is wavelength / (NA (1 + sigma)).
Holds for a scalar field, a thin mask and no stack of films: trends of dose and focus, not an OPC model's accuracy.
Left out: aberrations, polarisation, mask topography, diffusion in the resist, etch bias.
Abbe, E. (1873), Archiv fuer mikroskopische Anatomie 9, 413-468; Hopkins, H. H. (1953), Proc. Royal Society A 217,
408-432; Wong, A. K. (2005), Optical Imaging in Projection Microlithography.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

import numpy as np

from twin.process.arrays import namespace
from twin.process.illumination import Source, annular, line_nodes
from twin.process.law import Floats, Input, ProcessLaw, parameter
from twin.process.limits import within
from twin.process.linewidth import LineImage, intensity, linewidth

MOST_ORDERS = 60


class Lens(NamedTuple):
    """A projection lens: wavelength in vacuum [nm], numerical aperture [-], index of the medium under it [-]."""

    wavelength: float
    na: float
    medium: float = 1.0

    def check(self) -> Lens:
        """The lens, or a ValueError for one that cannot be."""
        within("wavelength", self.wavelength, 1.0, 2000.0, "nm")
        within("medium", self.medium, 1.0, 3.0)
        within("na", self.na, 0.01, 0.999 * self.medium)  # at the index itself the light runs along the wafer
        return self


def mask_orders(line: float, pitch: float, highest: int, background: float = 0.0) -> Floats:
    """Amplitudes of the orders -highest to highest of lines on a clear mask   (order,).

    line, pitch: [nm]; background: amplitude that a line lets through, 0 binary, -0.245 a 6 % phase shifter
    raises ValueError unless 0 < line < pitch
    """
    if not 0.0 < line < pitch:
        raise ValueError(f"line {line:.6g} nm does not fit a pitch of {pitch:.6g} nm; write one above 0 and below it")
    within("background", background, -1.0, 1.0)
    clear = 1.0 - line / pitch
    m = np.arange(-highest, highest + 1)
    orders: Floats = (1.0 - background) * clear * np.sinc(m * clear) + background * (m == 0)
    return orders


def orders_passed(pitch: float, lens: Lens, reach: float) -> int:
    """The highest order that any point of a source of a reach [sigma] sends through the lens.

    raises ValueError for pitches of more than 60 orders, which are isolated lines: image those with a longer period
    """
    highest = math.floor((1.0 + reach) * pitch * lens.na / lens.wavelength * (1.0 + 1e-12))
    if highest > MOST_ORDERS:
        longest = MOST_ORDERS * lens.wavelength / (lens.na * (1.0 + reach))
        raise ValueError(
            f"pitch {pitch:.6g} nm has {highest} orders, more than {MOST_ORDERS}; write at most {longest:.6g} nm"
        )
    return highest


def transmission(source: Source, pitch: float, lens: Lens, defocus: Any) -> Any:
    """Transmission cross coefficients T_mk of lines: how far orders m and k interfere; T_00 = 1.

    pitch [nm]; defocus [nm] (focus,), NumPy or CuPy
    returns  complex (focus, order, order), orders from -highest to highest
    """
    lens.check()
    within("pitch", pitch, 1e-3, unit="nm")
    xp = namespace(defocus)
    z = xp.atleast_1d(xp.asarray(defocus, dtype=xp.float64))
    highest = orders_passed(pitch, lens, source.reach)
    step = lens.wavelength / (pitch * lens.na)
    bend = 2 * math.pi / lens.wavelength * (lens.medium - math.sqrt(lens.medium**2 - lens.na**2))
    phase = bend * float(xp.abs(z).max())
    within("phase of defocus at the edge of the pupil", phase, 0.0, 200.0, "rad")
    # edges of many orders make small pieces, over which the phase turns little
    nodes = line_nodes(source, step, highest, 8 + math.ceil(phase * min(1.0, 2 * step)))
    m = np.arange(-highest, highest + 1)
    squared = (nodes.x[:, None] + m * step) ** 2 + nodes.y[:, None] ** 2
    passed = squared <= 1.0 + 1e-12
    cosine = np.sqrt(lens.medium**2 - lens.na**2 * np.where(passed, squared, 0.0)) - lens.medium
    path = xp.asarray(2 * math.pi / lens.wavelength * cosine)
    weight, passed = xp.asarray(nodes.weight), xp.asarray(passed)
    # a focus at a time: the pupils of all of them would not stay in a cache
    pupils = (passed * xp.exp(1j * path * depth) for depth in z)
    return xp.stack([(pupil * weight[:, None]).T @ pupil.conj() for pupil in pupils])


def line_image(
    line: float, pitch: float, source: Source, lens: Lens, defocus: Any = 0.0, background: float = 0.0
) -> LineImage:
    """Image of lines and spaces at any number of foci.

    line, pitch [nm]; defocus [nm] scalar or (focus,), NumPy or CuPy; background: amplitude through a line [-]
    raises ValueError for a lens or a mask that cannot be, and for pitches of more than 60 orders
    """
    cross = transmission(source, pitch, lens, defocus)
    xp = namespace(cross)
    highest = (cross.shape[-1] - 1) // 2
    orders = xp.asarray(mask_orders(line, pitch, highest, background))
    beams = cross * orders[:, None] * orders
    harmonics = [xp.trace(beams, offset=-k, axis1=1, axis2=2) for k in range(2 * highest + 1)]
    return LineImage(pitch, xp.stack(harmonics, axis=1))


def two_beam_contrast(first: Any, second: Any) -> Any:
    """Contrast of two interfering beams of real or complex amplitudes, scalars or arrays of one shape."""
    a, b = abs(first), abs(second)
    return 2.0 * a * b / (a**2 + b**2)


def smallest_pitch(lens: Lens, sigma: float) -> float:
    """Pitch below which no two orders pass [nm]; sigma: of the outermost point of the source."""
    within("sigma", sigma, 0.0, 1.0)
    return lens.wavelength / (lens.check().na * (1.0 + sigma))


def incoherent_mtf(frequency: Any) -> Any:
    """Contrast of a circular pupil in incoherent light; frequency over the cut-off 2 NA / wavelength, any shape."""
    xp = namespace(frequency)
    within("frequency", frequency, 0.0)
    v = xp.minimum(xp.asarray(frequency, dtype=xp.float64), 1.0)
    return 2.0 / math.pi * (xp.arccos(v) - v * xp.sqrt(1.0 - v * v))


@dataclass(frozen=True, kw_only=True)
class Lithography(ProcessLaw):
    """Linewidth of printed lines and spaces, by dose and focus."""

    MAKES: ClassVar[str] = "nm"
    POINTS: ClassVar[int] = 33

    pitch: float = parameter("nm", "Period of the lines.", positive=True, high=1e5)
    line: float = parameter("nm", "Width of the printed line, the resist's, at nominal dose in focus.", positive=True)
    wavelength: float = parameter("nm", "Of the light, in vacuum.", default=193.0, low=1.0, high=2000.0)
    na: float = parameter("", "Numerical aperture.", default=1.35, low=0.01, high=2.0)
    index: float = parameter("", "Refractive index under the lens: 1 dry, 1.44 water.", default=1.44, low=1.0, high=2.5)
    sigma_inner: float = parameter("", "Inner radius of the ring of light, of the aperture.", default=0.65, high=1.0)
    sigma_outer: float = parameter("", "Its outer radius.", default=0.9, low=0.01, high=1.0)
    bias: float = parameter("nm", "What the mask's line is wider than `line`.", default=0.0, low=-1e4, high=1e4)
    threshold: float = parameter(
        "", "Intensity, open frame 1, that clears the resist at nominal dose; 0: the dose prints `line` to size.",
        default=0.0, high=10.0,
    )  # fmt: skip
    dose: float = parameter("", "Nominal dose [mJ/cm2].", default=30.0, positive=True, high=1e5)
    dose_reach: float = parameter("share", "How far from the nominal dose is asked.", default=0.15, low=0.001, high=0.5)
    focus_reach: float = parameter("nm", "How far from best focus is asked.", default=120.0, low=1.0, high=1e5)

    def __post_init__(self) -> None:
        """Refuse what cannot be imaged."""
        super().__post_init__()
        mask_orders(self.line + self.bias, self.pitch, 0)
        shortest = smallest_pitch(self._lens, self._source.reach)
        if self.pitch < shortest:
            raise ValueError(
                f"pitch {self.pitch:.6g} nm is below {shortest:.6g} nm, the smallest that this lens resolves; "
                "write a longer one, a larger na or a wider sigma_outer"
            )

    @property
    def _lens(self) -> Lens:
        return Lens(self.wavelength, self.na, self.index)

    @property
    def _source(self) -> Source:
        return annular(self.sigma_inner, self.sigma_outer)

    def image(self, focus: Any) -> LineImage:
        """Image of the mask at foci [nm]   (focus,)."""
        return line_image(self.line + self.bias, self.pitch, self._source, self._lens, focus)

    @cached_property
    def level(self) -> float:
        """Intensity that clears the resist at nominal dose, open frame 1."""
        edge = (self.pitch + self.line) / 2
        return self.threshold or float(intensity(self.image(0.0), edge)[0, 0])

    def inputs(self) -> tuple[Input, ...]:
        """Dose, in its own numbers [mJ/cm2], and focus [nm]."""
        low, high = self.dose * (1 - self.dose_reach), self.dose * (1 + self.dose_reach)
        return (
            Input("dose", "", self.dose, low, high, relative=True),
            Input("focus", "nm", 0.0, -self.focus_reach, self.focus_reach),
        )

    def value(self, *inputs: Floats) -> Floats:
        """Linewidth [nm] (n,) at doses [mJ/cm2] (n,) and foci [nm] (n,).

        raises ValueError where no line is left, or none stands alone
        """
        dose, focus = inputs
        foci, of_focus = np.unique(focus, return_inverse=True)
        doses, of_dose = np.unique(dose, return_inverse=True)
        # lines of different dose share the image of their focus
        widths: Floats = linewidth(self.image(foci), self.level * self.dose / doses)[of_focus, of_dose]
        lost = np.isnan(widths)
        if lost.any():
            worst = int(np.argmax(lost))
            raise ValueError(
                f"lines of {self.line:.6g} nm at a pitch of {self.pitch:.6g} nm do not print at a dose of "
                f"{dose[worst]:.6g} mJ/cm2 and {focus[worst]:.6g} nm from focus: the image has no crossing of the "
                "threshold there; write a smaller focus_reach or dose_reach, or a longer pitch"
            )
        return widths
