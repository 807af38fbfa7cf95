"""Critical area: where on a layout a particle must fall to do harm, averaged over the particles' sizes.

    f(x) = x / x0^2 for x < x0,  x0^2 / x^3 for x > x0                        sizes, of integral 1 (Stapper)
    A(x) = 0 for x < s,  L (x - s) for s < x < 2 s + w,  L (s + w) beyond      shorts of lines, per space
    A_c  = integral of A f = L x0^2 (1 / (2 s) - 1 / (2 (2 s + w)))  where x0 <= s

x diameter of a particle, x0 the most frequent one, L length of a line, w its width, s the space beside it, in one
unit of length. Opens are the same with w and s exchanged: a hole in a line does harm where it leaves nothing of it.
In an array with many lines a particle of more than 2 s + w shorts wherever it falls, so A ends at a pitch's area.
Times a density of particles of all sizes, A_c is the mean number of faults.
Holds for round particles on long straight lines; sizes below x0 are what the gauge resolves, not physics.
Stapper, C. H. (1983), IBM Journal of Research and Development 27, 549-557.
"""

from __future__ import annotations

from typing import Any, Literal

from twin.process.arrays import namespace
from twin.process.limits import within

Fault = Literal["short", "open"]


def size_density(size: Any, commonest: float) -> Any:
    """Stapper's density of particle sizes [1/unit]: size, any shape, and the commonest size x0, in one unit."""
    xp = namespace(size)
    within("commonest size", commonest, 1e-12)
    x = xp.asarray(size, dtype=xp.float64)
    within("size", x, 0.0)
    return xp.where(x < commonest, x / commonest**2, commonest**2 / xp.maximum(x, commonest) ** 3)


def area_hit(size: Any, length: Any, width: Any, space: Any, fault: Fault = "short") -> Any:
    """Area in which the middle of a particle of a size does harm [unit^2]; arguments as of `critical_area`."""
    xp = namespace(size, length, width, space)
    gap = _gap(width, space, fault)
    return length * xp.clip(xp.asarray(size, dtype=xp.float64) - gap, 0.0, width + space)


def critical_area(length: Any, width: Any, space: Any, commonest: Any, fault: Fault = "short") -> Any:
    """Area in which a particle does harm, averaged over sizes, per line of an array [unit^2].

    length, width: of a line; space: beside it; commonest: size x0, below the space or above it
                   all in one unit; scalars or arrays that broadcast, NumPy or CuPy
    fault:         `short` of two lines, or `open` of one
    raises         ValueError for lengths that are not above 0
    """
    for name, value in (("length", length), ("width", width), ("space", space), ("commonest size", commonest)):
        within(name, value, 1e-12)
    xp = namespace(length, width, space, commonest)
    gap = _gap(width, space, fault)
    full = gap + width + space
    x0 = xp.asarray(commonest, dtype=xp.float64)
    # sizes below x0, between gap and full, then all beyond; and the same above x0
    low, high = xp.minimum(gap, x0), xp.minimum(full, x0)
    small = ((high**3 - low**3) / 3 - gap * (high**2 - low**2) / 2) / x0**2
    small = small + (width + space) * (x0**2 - high**2) / (2 * x0**2)
    low, high = xp.maximum(gap, x0), xp.maximum(full, x0)
    large = x0**2 * (1 / low - 1 / high - gap / 2 * (1 / low**2 - 1 / high**2))
    large = large + (width + space) * x0**2 / (2 * high**2)
    return length * (small + large)


def _gap(width: Any, space: Any, fault: Fault) -> Any:
    """The smallest particle that does harm.

    raises ValueError for a fault that is neither word
    """
    if fault not in ("short", "open"):
        raise ValueError(f"no fault {fault!r}; write 'short' or 'open'")
    return space if fault == "short" else width
