"""Width of a printed line, from the image of lines and spaces as a Fourier series.

    I(x) = Re(h_0 + 2 sum_k h_k exp(2 pi i k x / pitch))                     open frame 1, x = 0 in mid-space
    CD   = width over which dose / nominal I < threshold (a dark line)       NILS = CD |dI/dx| / I at its edge

The resist is a threshold: it clears where it gets more light than that. The edge is bracketed on 32 places a harmonic,
then found by Newton's method inside the bracket, so the width has no grid in it. Lines may have edges of different
distance from the middle, as off-axis points of light make them out of focus.
Holds as the image does (`twin.process.lithography`); left out are the resist's thickness, diffusion and contrast.
Mack, C. A. (2007), Fundamental Principles of Optical Lithography, chapter 9, for the log-slope.
"""

from __future__ import annotations

import math
from typing import Any, Literal, NamedTuple

from twin.process.arrays import namespace
from twin.process.limits import within

Feature = Literal["line", "space"]


class LineImage(NamedTuple):
    """Image of lines and spaces, as a Fourier series; x = 0 is the middle of a space.

    pitch:     period [nm]
    harmonics: of orders 0, 1, ...: I = Re(h_0 + 2 sum h_k exp(2 pi i k x / pitch))   (focus, harmonic)
    """

    pitch: float
    harmonics: Any


def intensity(image: LineImage, x: Any) -> Any:
    """Intensity, open frame 1, at places x [nm] (n,) or (focus, n)   -> (focus, n)."""
    xp = namespace(image.harmonics)
    return _series(image.harmonics, xp.atleast_1d(xp.asarray(x)) * (2 * math.pi / image.pitch), 0)


def linewidth(image: LineImage, threshold: Any, feature: Feature = "line") -> Any:
    """Width of the feature where the intensity crosses a threshold, to 1e-9 of the pitch.

    image:     of any number of foci
    threshold: intensity, open frame 1, at which the resist turns; at a dose E it is E0 / E times that of E0
               (level,), above 0
    feature:   `line`, the dark one in the middle between two spaces, or `space`
    returns    [nm] (focus, level); nan where it does not print: too thin to be there, or run into the next one
    """
    if feature not in ("line", "space"):
        raise ValueError(f"no feature {feature!r}; write 'line' or 'space'")
    xp = namespace(image.harmonics, threshold)
    levels = xp.atleast_1d(xp.asarray(threshold, dtype=xp.float64))
    within("threshold", levels, 1e-9, 100.0)
    sign = 1.0 if feature == "line" else -1.0
    k = xp.arange(image.harmonics.shape[1])
    centred = sign * image.harmonics * ((-1.0) ** k if feature == "line" else 1.0)
    right, left = _half_width(centred, sign * levels), _half_width(centred.conj(), sign * levels)
    return image.pitch * (right + left) / (2 * math.pi)


def nils(image: LineImage, width: float) -> Any:
    """Normalised image log-slope at the edges of a line of a width: width |dI/dx| / I   [nm] -> [-] (focus,)."""
    xp = namespace(image.harmonics)
    angle = xp.asarray([math.pi * (1.0 + width / image.pitch)])
    slope = 2 * math.pi / image.pitch * _series(image.harmonics, angle, 1)
    return (width * xp.abs(slope) / _series(image.harmonics, angle, 0))[:, 0]


def _series(harmonics: Any, angle: Any, derivative: int) -> Any:
    """Value or derivative of the Fourier series at angles [rad] (n,) or (focus, n)   -> (focus, n)."""
    xp = namespace(harmonics)
    k = xp.arange(harmonics.shape[1])
    terms = harmonics * xp.where(k == 0, 1.0, 2.0) * (1j * k) ** derivative
    waves = xp.exp(1j * angle[..., None] * k)
    return (waves @ terms[..., None])[..., 0].real if waves.ndim == 3 else (terms @ waves.T).real


def _half_width(harmonics: Any, levels: Any) -> Any:
    """Angle from the middle of a valley to where the series first rises to a level [rad]   (focus, level)."""
    xp = namespace(harmonics)
    count = 32 * harmonics.shape[1]
    grid = xp.linspace(0.0, math.pi, count + 1)
    above = _series(harmonics, grid, 0)[:, None, :] >= levels[:, None]
    first = xp.argmax(above, axis=2)
    found = xp.any(above, axis=2) & (first > 0)
    high = grid[xp.maximum(first, 1)]
    low = high - math.pi / count
    at = (low + high) / 2
    for _ in range(60):  # Newton's, held inside the bracket
        excess = _series(harmonics, at, 0) - levels
        low, high = xp.where(excess < 0, at, low), xp.where(excess < 0, high, at)
        slope = _series(harmonics, at, 1)
        step = at - excess / xp.where(slope == 0, xp.inf, slope)
        step = xp.where((step > low) & (step < high), step, (low + high) / 2)
        moved, at = float(xp.abs(step - at).max()), step
        if moved < 1e-12:
            break
    return xp.where(found, at, xp.nan)
