"""Battery modules and machined blocks: what the models say of themselves, held by closed forms and conservation."""

from __future__ import annotations

import pytest

from twin.line import read
from twin.results import Results
from twin.study.capacity import capacity
from twin.study.simulate import simulate


@pytest.fixture(scope="module")
def battery() -> Results:
    return simulate("auto/battery_module", horizon="16 d", warmup="8 d", replications=4)


@pytest.fixture(scope="module")
def blocks() -> Results:
    return simulate("auto/engine_machining", horizon="11 d", replications=4)


def test_a_tray_is_a_module(battery: Results) -> None:
    """Each module holds one tray; trays are started every 61 s, and the module line keeps up with them."""
    trays = battery.totals.product[:, battery.names.products.index("cells"), 1]
    started = battery.totals.group[:, battery.names.toolgroups.index("frame"), 5]
    assert (trays == started).all()  # trays joined, frames begun
    assert battery.final == [1]
    assert battery.throughput is not None
    assert battery.throughput.mean / 24 == pytest.approx(3600 / 61, rel=0.01)


def test_formation_keeps_as_many_places_as_little_says(battery: Results) -> None:
    """Trays in formation: rate times 20 h; cabinets start full, with 16, as trays come fast enough to fill them."""
    productive = battery.toolgroups["productive", "mean"]["formation"] * 96
    rate = 3600 / 61
    assert productive == pytest.approx(rate * 20 / 16, rel=0.02)


def test_blocks_are_made_at_the_rate_they_say(blocks: Results) -> None:
    line = read("auto/engine_machining")
    found = capacity(line)
    assert 80 <= found.products["rate"].sum() / 24 <= 86  # blocks/h that the slowest operation allows by itself
    assert blocks.throughput is not None and 75 < blocks.throughput.mean / 24 < 82


def test_gantries_load_and_unload_every_block(blocks: Results) -> None:
    """22 s a block; those that wait for the gantry are told as such, and blocks that fail twice are scrap."""
    assert blocks.throughput is not None
    busy = blocks.crews["utilisation"]["mean"]
    assert busy["gantry_20"] == pytest.approx(blocks.throughput.mean * 22 / 86_400, rel=0.01)
    assert blocks.toolgroups["no_operator", "mean"]["op20"] > 0.01
    scrapped, released = (blocks.totals.product[:, 0, k].sum() for k in (11, 0))
    assert scrapped / released == pytest.approx(0.0016, abs=8e-4)


def test_cars_are_worked_in_two_shifts_and_take_one_of_every_part() -> None:
    results = simulate("auto/final_assembly", horizon="21 d", warmup="7 d", replications=4)
    names, out = results.names.products, results.totals.product[:, :, 1].sum(axis=0)
    cars = out[: len(results.final)].sum()
    for part in ("powertrain", "door_set", "cockpits", "seat_sets"):
        assert out[names.index(part)] == pytest.approx(cars, rel=2e-3)  # those in the line at both ends
    share = out[: len(results.final)] / cars
    assert share == pytest.approx([0.5, 0.3, 0.2], abs=2e-3)
    # 10 shifts a week of 8.5 h, 45 min of breaks in each
    open_share = 10 * 7.75 / 168
    assert results.toolgroups["off", "mean"]["wiring"] == pytest.approx(1 - open_share, abs=1e-3)
    assert results.throughput is not None
    assert 52 < results.throughput.mean / 24 / open_share < 58  # jobs an open hour, at a takt of 60 s
