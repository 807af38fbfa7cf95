"""The laws of films, dopants, heat and removal as documents name them: what the engine's surrogates ask of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from twin.process.law import fault_of_class, parameters_of
from twin.process.registry import law_class

RECIPES: list[tuple[str, dict[str, Any]]] = [
    ("oxidation", {}),
    ("oxidation", {"wet": 1, "orientation": 111, "initial": 50.0}),
    ("oxidation", {"thin": 1, "time": 1800.0, "temperature_c": 900.0}),
    ("oxidation", {"temperature_c": 700.0}),
    ("diffusion", {}),
    ("diffusion", {"element": 33, "dose": 1e14, "background": 1e15}),
    ("implant", {}),
    ("implant", {"element": 15, "budget": 0.001, "energy_kev": 450.0}),
    ("rtp", {}),
    ("rtp", {"start": 298.15, "power": 40.0, "time": 10.0}),
    ("spin_coat", {}),
    ("etch", {}),
    ("etch", {"radius": 50.0, "sticking": 0.3, "rate": 600.0, "loading": 0.5, "open_area": 0.1}),
    ("deposition", {}),
    ("ald", {}),
    ("cmp", {}),
    ("cmp", {"density": 0.5, "step": 200.0}),
]
FALLS = {("spin_coat", 0), ("rtp", 1)}
"""Laws and inputs that make less of it when there is more."""


@pytest.mark.parametrize(("word", "recipe"), RECIPES)
def test_a_law_answers_over_its_whole_reach(word: str, recipe: dict[str, Any]) -> None:
    made = law_class(word)
    assert fault_of_class(made) is None
    law = made(**recipe)
    first, second = law.inputs()
    for part in (first, second):
        assert part.low <= part.nominal <= part.high and part.low < part.high
    places = np.meshgrid(*(np.linspace(i.low, i.high, law.POINTS) for i in (first, second)), indexing="ij")
    found = law.value(*(place.ravel() for place in places))
    assert found.shape == (law.POINTS**2,) and found.dtype == np.float64
    assert np.isfinite(found).all() and (found > 0).all()
    for axis in (0, 1):
        slope = np.diff(found.reshape(law.POINTS, law.POINTS), axis=axis)
        assert (slope < 0).all() if (word, axis) in FALLS else (slope > 0).all()


@pytest.mark.parametrize("word", sorted({word for word, _ in RECIPES} | {"queue_oxide"}))
def test_units_of_a_law_are_units_of_documents(word: str) -> None:
    from twin.line.dimensions import unit_of

    law = law_class(word)()
    units = {law.MAKES, *(p.unit for p in parameters_of(type(law)).values()), *(i.unit for i in law.inputs())}
    for unit in units - {"", "share"}:
        unit_of(unit)
    assert not {"law", "rejects_to", "sets", "adds", "removes", "units"} & set(parameters_of(type(law)))
    time = [i for i in law.inputs() if i.name == "time"]
    assert all(i.unit == "s" for i in time)
