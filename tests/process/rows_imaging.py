"""How rows of imaging, overlay and wafer maps in the shared check table are asked of the product."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from check_rows import choose

from twin.process import lithography as litho
from twin.process.illumination import Source, annular, circular
from twin.process.overlay import Marks, Terms, overlay
from twin.process.photoresist import inhibitor, mack_rate
from twin.process.zernike import radial_evenness, zernike

Row = dict[str, Any]


def _lens(row: Row) -> litho.Lens:
    return litho.Lens(row["wavelength_nm"], row["NA"], row.get("n", 1.0 if row["NA"] < 1.0 else 1.44))


def _source(row: Row) -> Source:
    inner = row.get("sigma_in", row.get("sigma_inner"))
    if inner is not None:
        return annular(inner, row.get("sigma_out", row.get("sigma_outer")))
    return circular(row["sigma"])


def _image(row: Row) -> litho.LineImage:
    return litho.line_image(row["line_nm"], row["pitch_nm"], _source(row), _lens(row), row.get("defocus_nm", 0.0))


def _at(row: Row, otherwise: str) -> float:
    """Intensity at the place that the row names."""
    half = row["pitch_nm"] / 2
    x = choose(row, "position", {"space centre": 0.0, "line centre": half}, otherwise)
    return float(litho.intensity(_image(row), x)[0, 0])


def _cd(row: Row) -> float:
    words = {"dark line, binary mask": "line", "dark line": "line", "line": "line",
             "clear space, binary mask": "space", "clear space": "space", "space": "space"}  # fmt: skip
    feature = choose(row, "feature", words, "line")
    return float(litho.linewidth(_image(row), row["threshold"], feature)[0, 0])


def _two_beams(row: Row) -> float:
    ratio = re.fullmatch(r"([\d.]+):([\d.]+) binary L/S", row["mask"])
    if ratio is None:
        raise ValueError(f"mask {row['mask']!r} is not known")
    line, space = map(float, ratio.groups())
    first, second = row["orders"]
    highest = max(abs(first), abs(second))
    amplitudes = litho.mask_orders(line, line + space, highest)
    return float(litho.two_beam_contrast(amplitudes[first + highest], amplitudes[second + highest]))


def _tcc(row: Row) -> float:
    first, second = row["orders"]
    cross = litho.transmission(_source(row), row["pitch_nm"], _lens(row), row.get("defocus_nm", 0.0))[0]
    zero = len(cross) // 2
    return float(abs(cross[zero + first, zero + second]))


def _tcc_zero(row: Row) -> float:
    choose(row, "quantity", {"TCC(0,0)/TCC_norm": 0})
    # of any wavelength and pitch: the undiffracted light of a clear mask
    lens = _lens({"wavelength_nm": 193.0, **row})
    cross = litho.transmission(_source(row), row.get("pitch_nm", 260.0), lens, row.get("defocus_nm", 0.0))[0]
    return float(cross[len(cross) // 2, len(cross) // 2].real)


def _mack(row: Row) -> float:
    left = inhibitor(row["I_rel"], row["dose_mJ_cm2"], row["dill_C_cm2_mJ"])
    return float(mack_rate(left, row["r_max_nm_s"], row["r_min_nm_s"], row["n"], row["m_th"]))


def _overlay(row: Row) -> float:
    terms = Terms(
        row["Tx_nm"], row["Ty_nm"], row["wafer_mag_x_ppm"], row["wafer_mag_y_ppm"], row["wafer_rot_urad"],
        row["wafer_orth_urad"], row["field_mag_ppm"], row["field_rot_urad"], row["field_asym_mag_ppm"],
        row["field_asym_rot_urad"],
    )  # fmt: skip
    shifts = overlay(terms, Marks(row["X_mm"], row["Y_mm"], row["x_mm"], row["y_mm"]))
    return float(shifts[choose(row, "component", {"dx": 0, "dy": 1})][0])


def _evenness(row: Row) -> float:
    power = re.fullmatch(r"h0\(1\+a rho(?:\^(\d+))?\)", row["profile"])
    if power is None:
        raise ValueError(f"profile {row['profile']!r} is not known")
    coefficients = [1.0] + [0.0] * int(power[1] or 1)
    coefficients[-1] = row["a"]
    which = choose(
        row, "quantity", {"area-weighted 1-sigma / mean": 1, "half range / mean": 2, "area-weighted mean / h0": 0}
    )
    return radial_evenness(coefficients)[which]


ROWS: dict[str, Callable[[Row], float]] = {
    "litho.coherent_3beam_cd": _cd,
    "litho.coherent_3beam_Imax": lambda row: _at(row, "space centre"),
    "litho.partial_cd": _cd,
    "litho.partial_Imax": lambda row: _at(row, "space centre"),  # the table's places: mid-space and mid-line
    "litho.partial_Imin": lambda row: _at(row, "line centre"),
    "litho.tcc": _tcc,
    "litho.tcc_zero": _tcc_zero,
    "litho.two_beam_contrast": _two_beams,
    "litho.min_pitch": lambda row: litho.smallest_pitch(_lens(row), row["sigma"]),
    "litho.incoherent_mtf": lambda row: float(litho.incoherent_mtf(row["normalised_frequency"])),
    "litho.mack_rate": _mack,
    "overlay.linear10": _overlay,
    "zernike.noll_value": lambda row: float(zernike(row["j"], row["rho"], row["theta"])),
    "wafer.radial_uniformity": _evenness,
}
