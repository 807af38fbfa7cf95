"""Etching and polishing: molecular flow, etch lag, Preston, pattern density."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from twin.process.cmp import (
    Cmp,
    down_removed,
    effective_density,
    preston_removed,
    step_left,
    up_removed,
    worn_rate,
)
from twin.process.etch import Etch, etch_lag, etched_depth, loaded_rate, mask_loss, selectivity
from twin.process.molecular_flow import SHAPES, clausing_transmission


def test_transmission_of_tubes_as_published() -> None:
    # Clausing's integral solved before: 0.67198, 0.51423 and 0.19094 (the shared note), 0.1093 (textbooks)
    found = clausing_transmission(np.array([[1.0, 2.0], [10.0, 20.0]]))
    assert found == pytest.approx(np.array([[0.67198, 0.51423], [0.19094, 0.1093]]), rel=5e-4)
    assert found[0] == pytest.approx([0.67198, 0.51423], abs=1e-5)


@pytest.mark.parametrize("shape", SHAPES)
def test_transmission_falls_from_1(shape: str) -> None:
    depths = np.array([0.0, 1e-6, 0.5, 3.0, 20.0, 100.0])
    found = clausing_transmission(depths, shape)
    assert found[0] == 1.0 and found[1] == pytest.approx(1.0, abs=1e-6) and (np.diff(found) < 0).all()
    assert isinstance(float(clausing_transmission(3.0, shape)), float)


def test_long_and_short_tubes() -> None:
    assert clausing_transmission(100.0) == pytest.approx(8 / 3 / 100.0, rel=0.06)  # Knudsen's long tube
    assert clausing_transmission(0.01) == pytest.approx(1 - 0.01 / 2, rel=1e-4)
    assert clausing_transmission(0.01, "slit") == pytest.approx(1 - 0.005 / 2, rel=1e-4)
    with pytest.raises(ValueError, match="length_over_radius 101 is above 100"):
        clausing_transmission(101.0)
    with pytest.raises(ValueError, match="shape 'cone' is unknown"):
        clausing_transmission(1.0, "cone")


def test_etch_lag_between_no_reaction_and_certain_reaction() -> None:
    ratio = np.array([0.0, 1.0, 10.0])
    assert etch_lag(ratio, 0.0) == pytest.approx(1.0)
    assert etch_lag(ratio, 1.0) == pytest.approx(clausing_transmission(ratio))
    assert etch_lag(ratio, 0.3)[0] == 1.0 and (np.diff(etch_lag(10.0, np.linspace(0, 1, 9))) < 0).all()


def test_a_hole_etches_as_its_rate_says() -> None:
    depth = etched_depth(np.array([0.0, 0.5, 2.0]), 0.1, 0.3)
    run = solve_ivp(
        lambda _, z: etch_lag(np.maximum(z, 0.0) / 0.1, 0.3), (0.0, 2.0), [0.0],
        t_eval=[0.0, 0.5, 2.0], rtol=1e-7, atol=1e-10,
    )  # fmt: skip
    assert depth == pytest.approx(run.y[0], rel=1e-4, abs=1e-12)
    assert etched_depth(0.5, 0.1, 0.0) == pytest.approx(0.5, rel=1e-9)
    with pytest.raises(ValueError, match="open_um / radius_um"):
        etched_depth(1e3, 0.1, 0.3)


def test_loading_selectivity_and_the_mask() -> None:
    assert loaded_rate(100.0, 0.5, np.array([0.0, 1.0])) == pytest.approx([100.0, 100.0 / 1.5])
    ratio = selectivity(300.0, 20.0)
    assert ratio == 15.0 and mask_loss(600.0, ratio, 0.2) == pytest.approx(48.0)
    law = Etch(rate=300.0, time=60.0, loading=0.5, open_area=0.4)
    assert law.value(np.array([60.0]), np.array([300.0])) == pytest.approx([300.0 / 1.2])
    narrow, wide = (Etch(radius=r, sticking=0.3).value(np.array([60.0]), np.array([200.0])) for r in (20.0, 1e6))
    assert narrow < 0.8 * wide and wide == pytest.approx([200.0], rel=1e-3)


def test_preston_is_linear_in_all() -> None:
    once = preston_removed(1e-13, 2e4, 1.0, 60.0)
    assert preston_removed(2e-13, 4e4, 3.0, 120.0) == pytest.approx(24.0 * once)


def test_polishing_a_pattern_keeps_volume() -> None:
    seconds, density = np.linspace(0.0, 300.0, 31)[:, None], np.array([0.2, 0.5, 1.0])
    up, down = up_removed(seconds, 200.0, density, 400.0), down_removed(seconds, 200.0, density, 400.0)
    # the pad takes the blanket rate's volume, wherever it lies
    assert density * up + (1 - density) * down == pytest.approx(200.0 * seconds / 60 + 0 * density)
    assert step_left(seconds, 200.0, density, 400.0) == pytest.approx(400.0 - up + down)
    assert (np.diff(up, axis=0) > 0).all()
    with pytest.raises(ValueError, match=r"density 0 is below 0\.01"):
        up_removed(1.0, 200.0, 0.0, 400.0)


def test_a_pad_wears_to_its_floor() -> None:
    found = worn_rate(200.0, np.array([0.0, 500.0, 1e6]), 500.0, 0.4)
    assert found == pytest.approx([200.0, 200 * (0.4 + 0.6 / np.e), 80.0])
    assert Cmp().value(np.array([60.0]), np.array([worn_rate(200.0, 0.0, 500.0)])) == pytest.approx([200.0])


@pytest.mark.parametrize("kind", ["gaussian", "elliptic"])
def test_the_effective_density(kind: str) -> None:
    layout = np.zeros((40, 60))
    layout[:, :30] = 0.8
    found = effective_density(layout, 0.25, 4.0, kind)
    assert found.mean() == pytest.approx(0.4) and found == pytest.approx(np.broadcast_to(found[0], found.shape))
    assert found[0, :30] == pytest.approx(found[0, 29::-1])  # the pattern is its own mirror image
    assert 0.4 < found[0, 0] < 0.5 and 0.0 <= found.min() < 0.25 and 0.65 < found.max() < 0.8 + 1e-12
    moved = effective_density(np.roll(layout, (5, 7), (0, 1)), 0.25, 4.0, kind)
    assert moved == pytest.approx(np.roll(found, (5, 7), (0, 1)))  # the same pad everywhere
    both = effective_density(np.stack([layout, 1 - layout]), 0.25, 4.0, kind)
    assert both[0] == pytest.approx(found) and both[1] == pytest.approx(1 - found)


def test_the_filter_has_the_length_that_is_asked_for() -> None:
    layout = np.zeros((101, 101))
    layout[50, 50] = 1.0
    gaussian, elliptic = (effective_density(layout, 0.1, 4.0, kind)[50] for kind in ("gaussian", "elliptic"))
    assert gaussian[50 + 20] == pytest.approx(gaussian[50] / 2, rel=1e-3)  # half the height at half the length
    assert elliptic[50 + 20] == pytest.approx(elliptic[50] * 2 / np.pi, rel=1e-3)  # E(1) / E(0) at the disc's edge
    assert elliptic[50 + 21] == pytest.approx(0.0, abs=1e-12)
