"""The laws that come with twin: check rows, limits by hand, and what any law may not return."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from check_rows import rows
from numpy.typing import NDArray

from twin.process import ProcessLaw, parameter, saturated
from twin.process.law import Input, ask, effects_of, fault_of_class
from twin.process.particles import Particles
from twin.process.registry import BUILT_IN, law_class
from twin.process.spot_weld import SpotWeld, current_density_ratio, smallest_nugget

Floats = NDArray[np.float64]
PASSES = np.array([0.0, 1.0, 30.0, 60.0, 200.0, 4e6])


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_law_of_twin_is_a_law(name: str) -> None:
    assert fault_of_class(law_class(name)) is None


def test_particles_by_hand() -> None:
    law = Particles(adders=0.01, seasoning=2.0, seasoning_wafers=30.0, ageing=0.001, hourly=0.002)
    found = law.defects(np.array([0.0, 30.0, 1e3]))
    assert found == pytest.approx([0.01 * 3.0, 0.01 * (1 + 2 / math.e + 0.03), 0.01 * (2 + 2 * math.exp(-1000 / 30))])
    assert law.waiting(np.array([0.0, 5.0])) == pytest.approx([0.0, 0.01])
    assert effects_of(law) == {"defects", "waiting"}
    assert effects_of(Particles(adders=0.01)) == {"defects"}


def test_a_density_is_bent_below_its_ceiling() -> None:
    given = np.array([0.0, 1e-6, 1.0, 100.0, 1e3, 1e4, 1e300])
    found = saturated(given)
    assert found[:4] == pytest.approx(given[:4], rel=3e-5) and found[1:3] == pytest.approx(given[1:3], rel=1e-12)
    assert (np.diff(found[:6]) > 0).all() and found[-1] == 1000.0


def test_current_density(shared: Path) -> None:
    for row in rows(shared, "weld.current_density_drop"):
        found = current_density_ratio(row.inputs["d0_mm"], row.inputs["d_mm"])
        assert found == pytest.approx(row.expected, rel=row.rel_tol)


def test_smallest_nugget(shared: Path) -> None:
    for row in rows(shared, "weld.min_nugget"):
        found = smallest_nugget(row.inputs["k"], row.inputs["t_mm"])
        assert found == pytest.approx(row.expected, rel=row.rel_tol)


def test_a_fresh_electrode_makes_the_stated_nugget_and_a_worn_one_none() -> None:
    law = SpotWeld(welds=10, growth=1.0, face=6.0, nugget=5.0, onset=0.7)
    # melting ends where the density is `onset` of the fresh one: d = 6 / sqrt(0.7) mm, after 1,171 welds
    last = (6.0 / math.sqrt(0.7) - 6.0) / 0.01
    found = law.nuggets(np.array([0.0, last, last + 1]))
    assert found[0] == 5.0
    assert found[1:] == pytest.approx([0.0, 0.0], abs=1e-6)
    assert (np.diff(law.nuggets(np.linspace(0, last, 50))) < 0).all()


def test_nuggets_follow_the_heat_that_is_left() -> None:
    """A face 5 % wider: heat falls to 1/1.1025, what melting needs grows to 1.1025."""
    law = SpotWeld(welds=30, growth=10.0, face=6.0, nugget=5.0, onset=0.7)
    area = (1 / 1.1025 - 0.49 * 1.1025) / 0.51
    assert law.nuggets(np.array([1.0])) == pytest.approx([5.0 * math.sqrt(area)])


def test_a_body_is_rejected_by_its_worst_weld() -> None:
    law = SpotWeld(welds=14, growth=0.0, nugget=4.5, sheet=1.0, scatter=0.25)
    below = 0.5 * math.erfc(2.0 / math.sqrt(2))  # the limit is two standard deviations away
    assert law.rejects(PASSES) == pytest.approx(np.full(6, 1 - (1 - below) ** 14))


def test_small_shares_of_rejects_are_not_rounded_away() -> None:
    law = SpotWeld(welds=14, growth=0.0, nugget=6.0, sheet=1.0, scatter=0.25)  # eight standard deviations
    assert law.rejects(np.zeros(1)) == pytest.approx([14 * 0.5 * math.erfc(8 / math.sqrt(2))], rel=1e-6)


def test_rejects_rise_to_every_body() -> None:
    found = SpotWeld(welds=14, growth=0.5).rejects(PASSES)
    assert (np.diff(found) >= 0).all() and found[0] < 1e-6 and found[-1] == 1.0


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Particles(adders=-0.1), "adders must be at least 0 /cm2"),
        (lambda: Particles(adders=math.nan), "adders needs a finite number"),
        (lambda: Particles(adders=0.1, seasoning_wafers=0), "seasoning_wafers must be above 0"),
        (lambda: Particles(adders=0.1, ageing=2.0), "ageing must be at most 1"),
        (lambda: SpotWeld(welds=1.5, growth=1), "welds needs a whole number"),
        (lambda: SpotWeld(welds=1, growth=1, onset=1.0), "onset must be at most 0.99"),
        (lambda: SpotWeld(welds=1, growth=1, nugget=3.9), "not above the limit of 4 mm"),
    ],
)
def test_numbers_outside_the_limits_are_refused(make: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make()


@dataclass(frozen=True, kw_only=True)
class Odd(ProcessLaw):
    """A law that returns whatever the test wants."""

    answer: float = parameter("", "What to return.", default=1.0, low=-math.inf)

    def defects(self, passes: Floats) -> Any:
        answers: dict[float, Any] = {
            1.0: passes[:-1], 2.0: -passes, 3.0: passes * np.nan, 4.0: "many", 5.0: 1.0, 7.0: passes + 1e9,
        }  # fmt: skip
        return answers[self.answer]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (1.0, r"defects\(passes\) returns the shape \(2,\) for passes of shape \(3,\)"),
        (2.0, r"defects\(passes\) is -1 at passes = 1; it must be from 0 to 1000 /cm2$"),
        (3.0, r"defects\(passes\) is nan at passes = 0"),
        (4.0, r"defects\(passes\) returns str, not an array of numbers"),
        (7.0, r"is 1e\+09 at passes = 0; .* twin\.process\.saturated keeps it there"),
        (5.0, r"returns the shape \(\) for passes"),
        (6.0, r"defects\(passes\) raises KeyError: 6.0"),
    ],
)
def test_an_answer_the_engine_cannot_use_is_told(answer: float, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        ask(Odd(answer=answer), "defects", np.array([0.0, 1.0, 2.0]))


def test_a_law_without_any_effect_is_told() -> None:
    with pytest.raises(ValueError, match="no effect"):
        effects_of(ProcessLaw())


class Idle(ProcessLaw):
    """Says that it makes something, and does not."""

    MAKES = "nm"


class Broken(Idle):
    def inputs(self) -> tuple[Input, ...]:
        raise KeyError("dose")


class Rotten(Idle):
    def grown(self, hours: Floats) -> Floats | None:
        raise IndexError("no row")


@pytest.mark.parametrize(
    ("law", "words"),
    [
        (Idle(), "makes something in 'nm', and has neither inputs nor anything grown"),
        (Broken(), r"inputs\(\) raises KeyError: 'dose'"),
        (Rotten(), r"grown\(hours\) raises IndexError: no row"),
    ],
)
def test_a_law_that_cannot_make_what_it_says_is_told(law: ProcessLaw, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        effects_of(law)


def test_what_is_no_law() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Bare(ProcessLaw):
        rate: float = 1.0

    @dataclass(frozen=True, kw_only=True)
    class Twice(ProcessLaw):
        waiting: float = parameter("/cm2/h", "A field where a method must be.", default=1.0)  # type: ignore[assignment]

    class Soft(Particles):
        pass

    assert "extends" in str(fault_of_class(dict)) and "extends" in str(fault_of_class(3))
    assert "'rate' without a unit" in str(fault_of_class(Bare))
    assert "of the name 'waiting'" in str(fault_of_class(Twice))
    assert "frozen dataclass" in str(fault_of_class(Soft))
