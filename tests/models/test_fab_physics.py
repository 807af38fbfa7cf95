"""The fabs with physics: sane yields, every cause in the loss, control that moves recipes, stacks as their theory."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from twin.line import Line, read
from twin.process.yield_models import poisson_yield, stack_d2w
from twin.results import Results
from twin.results.units import channels
from twin.study.simulate import simulate

FABS = ("fab/mini_fab", "fab/gate_module", "fab/hbm_stack", "learn/drift")


@cache
def gate_module() -> Results:
    """Some weeks, read once."""
    return simulate("fab/gate_module", horizon="40 d", warmup="10 d", replications=2)


@cache
def stacks() -> Results:
    return simulate("fab/hbm_stack", horizon="60 d", warmup="10 d", replications=2)


@pytest.mark.parametrize("name", FABS)
def test_a_document_reads_back_as_it_was(name: str) -> None:
    line = read(name)
    assert Line.from_document(line.to_document()) == line


@pytest.mark.parametrize("name", FABS)
def test_every_law_keeps_to_its_surrogate(name: str) -> None:
    """No unit of a short run lies beyond the reach of a law."""
    totals = simulate(name, horizon="20 d", warmup="2 d", replications=1).totals
    assert totals.process[..., 5].sum() <= 1e-3 * totals.process[..., 0].sum()


def test_the_mini_fabs_physics_changes_nothing_of_its_flow() -> None:
    """Lots leave at the same ticks without characteristics, conditions and measurements."""
    document = read("fab/mini_fab").to_document()
    del document["characteristics"]
    for group in document["toolgroups"].values():
        group.pop("condition", None)
    for product in document["products"].values():
        product.pop("limits", None)
    for steps in document["routes"].values():
        for step in steps:
            step.pop("measure", None)
            if step.get("process", {}).get("law") != "particles":
                step.pop("process", None)
    plain, full = (
        simulate(line, horizon="60 d", replications=2).totals.product[..., :12]
        for line in (Line.from_document(document), read("fab/mini_fab"))
    )
    np.testing.assert_array_equal(plain, full)


def test_the_mini_fab_loses_a_tenth_and_a_fifth_of_that_by_waiting() -> None:
    results = simulate("fab/mini_fab", horizon="180 d", replications=2)
    assert all(0.88 < results.product_figures[name]["yield"].mean < 0.92 for name in ("Pa", "Pb"))  # type: ignore[union-attr]
    assert results.product_figures["TW"]["yield"] is None  # test wafers are sold by nobody
    share = results.loss["share", "mean"]
    waiting = share[[key for key in share.index if key[1] == "waiting"]].sum()
    assert 0.15 < waiting < 0.3
    assert {("diffusion", "oxide"), ("litho", "line"), ("implant", "tool")} <= set(share.index)


def test_the_gate_module_is_a_fab() -> None:
    line = read("fab/gate_module")
    (route,) = line.routes.values()
    assert 40 <= len(route) <= 60 and 12 <= len(line.toolgroups) <= 20
    visits = [step.toolgroup for step in route]
    assert max(visits.count(name) for name in line.toolgroups) >= 4  # it is re-entrant
    assert gate_module().bottleneck == "scanner"


def test_the_gate_module_yields_what_a_fab_lives_on_and_tells_why() -> None:
    results = gate_module()
    assert 0.78 < results.product_figures["A"]["yield"].mean < 0.9  # type: ignore[union-attr]
    assert 0.85 < results.product_figures["B"]["yield"].mean < 0.95  # type: ignore[union-attr]
    causes = set(results.loss.index)
    by_physics = {("etch", "trench"), ("cmp", "fill"), ("furnace", "gate_oxide"), ("scanner", "overlay")}
    assert by_physics <= causes and {("cmp", "damage"), ("metal", "waiting"), ("lpcvd", "tool")} <= causes
    good = {name: results.product_figures[name]["yield"].mean for name in ("A", "B")}  # type: ignore[union-attr]
    lost = results.loss["lost", "mean"].sum()
    assert 1 - max(good.values()) < lost < 1 - min(good.values())


def test_the_gate_module_measures_alarms_and_cleans() -> None:
    found = gate_module().metrology
    assert found["lots"].loc["gate", "sti_fill_measure"] > 300
    assert found["alarms", "mean"].loc["gate", "gate_cd_measure"] > 0
    assert gate_module().queue_limits.loc[("gate", "gate_clean")].iloc[0] > 0  # windows closed


def test_control_holds_what_polishing_leaves_while_pads_wear() -> None:
    """Without it the film drifts by what a pad loses in its life, 7 %; and the time follows the pad."""
    held = gate_module()
    document = read("fab/gate_module").to_document()
    for step in document["routes"]["gate"]:
        step.get("process", {}).pop("control", None)
    free = simulate(Line.from_document(document), horizon="40 d", warmup="10 d", replications=2)
    for name, target in (("fill", 350.0), ("ild", 500.0)):
        on, off = (values_of(results, name) for results in (held, free))
        assert abs(on.mean() - target) < 3.0
        assert off.mean() - target > 3.0  # a worn pad leaves more
    busy = [results.toolgroups.loc["cmp", ("productive", "mean")] / lots_a_day(results) for results in (held, free)]
    assert busy[0] > 1.01 * busy[1]  # it polishes longer than the recipe


def values_of(results: Results, name: str) -> np.ndarray:
    """Mean over every unit that came out   (lot, unit)."""
    found = next(each for each in channels(results.names, results.totals) if each.name == name)
    return found.values[found.made][:, :, 0]


def lots_a_day(results: Results) -> float:
    assert results.throughput is not None
    return results.throughput.mean


def test_lots_that_wait_for_the_furnace_grow_oxide() -> None:
    """What is above the recipe's 5.07 nm grew in the queue, by 0.68 nm a decade after 4.2 h; the window ends it."""
    oxide = values_of(gate_module(), "gate_oxide").mean(axis=1)
    recipe = 5.069
    assert recipe < oxide.mean() < recipe + 0.68 * np.log10(1 + 6 / 4.2)


def test_stacks_yield_what_their_theory_says() -> None:
    """base (known good x bond x via)^8 final, each share from the document or from what the run measured of it."""
    results, line = stacks(), read("fab/hbm_stack")
    die = line.products["hbm"].die
    assert die is not None
    laws = {step.step: step.process.model for step in line.routes["stack"] if step.process is not None}
    known_good, base, mould = (
        float(poisson_yield(laws[step].adders, die.area_cm2)) for step in ("flux_1", "incoming", "mould")
    )
    via = float(poisson_yield(laws["tack_1"].adders, die.area_cm2))
    assert known_good == pytest.approx(0.998, abs=1e-4) and via == pytest.approx(0.999, abs=1e-4)
    outside = results.characteristics["outside", "mean"]
    bonds = 1 - np.array([outside["hbm", f"bond_{k}"] for k in range(1, 9)])
    alive = float(results.yields.loc["hbm", ("alive", "mean")])
    theory = stack_d2w(known_good, float(np.exp(np.log(bonds).mean())), via, 8, base, mould * alive)
    found = results.product_figures["hbm"]["yield"]
    assert found is not None and 0.9 < found.mean < 0.97
    assert found.mean == pytest.approx(float(theory), abs=1e-3)  # ageing and waiting, a few in 10,000
