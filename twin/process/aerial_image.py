"""Aerial images of any mask that repeats in x and y, by a sum of coherent systems (SOCS) or by Abbe's sum.

    I = sum_s w_s |F^-1{M(f) P(f + s)}|^2                                      Abbe, over the points of the source
    sqrt(w_s) P(f + s) = U S V^H,   I = sum_k S_k^2 |F^-1{M(f) conj(V_k(f))}|^2   SOCS, the largest k only

f in units of NA / wavelength, M the mask's Fourier series, P the pupil with the exact defocus phase of
`twin.process.lithography`, open frame 1. Only orders with |f| <= 1 + sigma pass, so each field lives on a small grid;
the intensity is summed there, where twice the band still fits, and brought to the mask's own grid once, by zeros
behind its spectrum. That is exact, not an interpolation, and makes an image of 256 x 256 with 48 kernels a matter of
tens of milliseconds on one core.
Kernels left out make the image too dark: the sum of S_k^2 kept (`Kernels.kept`) says by how much, and
`abbe_image` of the same source is the measure. 24 kernels are not enough for linewidths; take 48 or more.
Holds as the images of lines do: scalar field, thin mask, no stack of films.
Hopkins, H. H. (1953), Proc. Royal Society A 217, 408-432; Cobb, N. B. (1998), Fast optical and process proximity
correction algorithms for integrated circuit manufacturing, thesis, UC Berkeley.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.process.arrays import namespace
from twin.process.illumination import Nodes
from twin.process.limits import within
from twin.process.lithography import Lens

AT_ONCE = 8
"""Fields summed in one go: as many as stay in a core's cache."""


class Kernels(NamedTuple):
    """The coherent systems of a lens and a source, for masks of one grid.

    shape, pixel: of the mask it is for, (y, x) [pixels], and of a pixel [nm]
    row, column:  orders that pass, from the axis, negative too   (order,)
    values:       spectra, weighted so that squares of fields add up   (kernel, order)
    kept:         share of the light's sum over open frames that these kernels hold [-]
    """

    shape: tuple[int, int]
    pixel: float
    row: NDArray[np.int64]
    column: NDArray[np.int64]
    values: NDArray[np.complex128]
    kept: float


def socs_kernels(
    source: Nodes, lens: Lens, shape: tuple[int, int], pixel: float, defocus: float = 0.0, count: int = 48
) -> Kernels:
    """The strongest coherent systems; made once for a lens, a source, a focus and a grid, in NumPy.

    source:  points (point,), as of `illumination.pixels`
    shape:   of the mask, (y, x) [pixels]; pixel [nm]; defocus [nm]; count: kernels, at most as many as points
    raises   ValueError for a grid too coarse for the image
    """
    from scipy.linalg import eigh

    every = abbe_kernels(source, lens, shape, pixel, defocus)
    within("count", count, 1, unit="kernels")
    a = every.values
    by_order = a.shape[0] > a.shape[1]  # the smaller of A A^H and A^H A has the same eigenvalues
    gram = a.T.conj() @ a if by_order else a @ a.T.conj()
    count = min(count, len(gram))
    strength, vectors = eigh(gram, subset_by_index=(len(gram) - count, len(gram) - 1))
    spectra = vectors.T.conj()
    spectra = spectra * np.sqrt(np.maximum(strength, 0.0))[:, None] if by_order else spectra @ a
    return every._replace(values=spectra[::-1], kept=float(strength.sum() / np.trace(gram).real))


def abbe_kernels(source: Nodes, lens: Lens, shape: tuple[int, int], pixel: float, defocus: float = 0.0) -> Kernels:
    """Every point of a source as a coherent system: exact, and slow; arguments as of `socs_kernels`."""
    lens.check()
    within("pixel", pixel, 1e-3, unit="nm")
    reach = 1.0 + float(np.hypot(source.x, source.y).max())
    bands = tuple(math.floor(reach * n * pixel * lens.na / lens.wavelength * (1 + 1e-12)) for n in shape)
    for n, band in zip(shape, bands, strict=True):
        if n < 4 * band + 1:
            widest = lens.wavelength / (4 * lens.na * reach)
            raise ValueError(f"pixel {pixel:.6g} nm is too coarse for the image; write at most {0.98 * widest:.4g} nm")
    rows, columns = (np.arange(-band, band + 1) for band in bands)
    fy, fx = (m * lens.wavelength / (n * pixel * lens.na) for m, n in zip((rows, columns), shape, strict=True))
    passed = np.hypot(fx[None, :], fy[:, None]) <= reach * (1 + 1e-12)
    row, column = (places - band for places, band in zip(np.nonzero(passed), bands, strict=True))
    x, y = fx[column + bands[1]], fy[row + bands[0]]
    squared = (x + source.x[:, None]) ** 2 + (y + source.y[:, None]) ** 2
    inside = squared <= 1.0 + 1e-12
    cosine = np.sqrt(lens.medium**2 - lens.na**2 * np.where(inside, squared, 0.0)) - lens.medium
    pupil = inside * np.exp(2j * math.pi * defocus / lens.wavelength * cosine)
    return Kernels(shape, pixel, row, column, np.sqrt(source.weight)[:, None] * pupil, 1.0)


def aerial_image(mask: Any, kernels: Kernels) -> Any:
    """Intensity, open frame 1.

    mask:    amplitude through each pixel, 1 clear, 0 dark, real or complex   (..., y, x), NumPy or CuPy
    kernels: of `socs_kernels`, or of `abbe_kernels` for all points of the source
    returns  (..., y, x) on the same device
    raises   ValueError for a mask of another grid than the kernels'
    """
    if mask.shape[-2:] != kernels.shape:
        raise ValueError(f"the mask has {mask.shape[-2:]} pixels, the kernels are for {kernels.shape}; make new ones")
    xp = namespace(mask)
    fft = _transforms(xp)
    ny, nx = kernels.shape
    row, column = xp.asarray(kernels.row), xp.asarray(kernels.column)
    orders = fft.fft2(mask)[..., row, column] / (ny * nx)
    band = [int(abs(part).max()) for part in (kernels.row, kernels.column)]
    small = tuple(_size(4 * b + 1, n) for b, n in zip(band, kernels.shape, strict=True))
    total = xp.zeros((*mask.shape[:-2], *small))
    for values in _parts(xp.asarray(kernels.values)):
        field = xp.zeros((*mask.shape[:-2], len(values), *small), dtype=xp.complex128)
        field[..., row, column] = orders[..., None, :] * values
        field = fft.ifft2(field, norm="forward")
        total += (field.real**2 + field.imag**2).sum(axis=-3)
    return _finer(total, (2 * band[0], 2 * band[1]), kernels.shape)


def abbe_image(mask: Any, source: Nodes, lens: Lens, pixel: float, defocus: float = 0.0) -> Any:
    """Intensity by the sum over every point of the source, to measure the kernels against; as `aerial_image`."""
    return aerial_image(mask, abbe_kernels(source, lens, mask.shape[-2:], pixel, defocus))


def _parts(values: Any) -> Iterator[Any]:
    return (values[i : i + AT_ONCE] for i in range(0, len(values), AT_ONCE))


def _size(least: int, most: int) -> int:
    """A length of at least so many that transforms fast, and no longer than the mask's."""
    from scipy.fft import next_fast_len

    return min(int(next_fast_len(least)), most)


def _finer(image: Any, band: tuple[int, int], shape: tuple[int, int]) -> Any:
    """An image of bounded band on a finer grid, exactly: zeros behind its spectrum   (..., y, x)."""
    xp = namespace(image)
    fft = _transforms(xp)
    spectrum = fft.rfft2(image, norm="forward")
    wide = xp.zeros((*image.shape[:-2], shape[0], shape[1] // 2 + 1), dtype=spectrum.dtype)
    wide[..., : band[0] + 1, : band[1] + 1] = spectrum[..., : band[0] + 1, : band[1] + 1]
    if band[0]:
        wide[..., -band[0] :, : band[1] + 1] = spectrum[..., -band[0] :, : band[1] + 1]
    return fft.irfft2(wide, s=shape, norm="forward")


def _transforms(xp: Any) -> Any:
    if xp is np:
        import scipy.fft

        return scipy.fft
    return xp.fft
