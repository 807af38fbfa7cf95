"""Every shipped model reads; the imported fab is what its tables say; the rest say what they assume."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from twin.line import Line, read
from twin.line.autosched import import_autosched
from twin.study.capacity import capacity
from twin.study.simulate import simulate

MODELS = Path(__file__).resolve().parents[2] / "models"
SHIPPED = sorted(str(path.relative_to(MODELS).with_suffix("")) for path in MODELS.glob("*/*.yaml"))


@cache
def shipped(name: str) -> Line:
    """A model, read once."""
    return read(name)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_model_reads_and_says_what_it_is(name: str) -> None:
    line = shipped(name)
    assert line.line == name.split("/")[1]
    assert len(line.about.split()) > 20
    assert line.run.replications >= 1


@pytest.mark.parametrize("fab", ["hvlm", "lvhm"])
def test_a_shipped_fab_is_what_its_tables_say(fab: str, shared: Path, tmp_path: Path) -> None:
    import_autosched(shared / "smt2020" / f"SMT2020_{fab.upper()}", tmp_path / f"smt2020_{fab}.yaml")
    for name in (f"smt2020_{fab}.yaml", f"smt2020_{fab}_wip.csv"):
        assert (tmp_path / name).read_bytes() == (MODELS / "fab" / name).read_bytes()


def test_the_shipped_fabs_cite_their_paper_and_hold_what_was_published() -> None:
    """Toolgroups, tools, products (hot ones too), routes and lots in the line: `../shared/smt2020/RULES.md`."""
    for name, counts in (("hvlm", (106, 1043, 5, 2, 2255)), ("lvhm", (106, 913, 21, 10, 2156))):
        line = shipped(f"fab/smt2020_{name}")
        assert "Kopp" in line.about and "10.1109/TSM.2020.3001933" in line.about
        assert "open to public use" in line.about
        tools = sum(group.tools or 0 for group in line.toolgroups.values())
        held = (len(line.toolgroups), tools, len(line.products), len(line.routes), len(line.wip))
        assert held == counts
        rank = {"hvlm": "fifo", "lvhm": "cr"}[name]
        assert all(group.rule[-1] == rank for group in line.toolgroups.values() if group.tools is not None)


def test_the_low_volume_fab_runs() -> None:
    """Ten days: every lot is somewhere, and about as many come out as are released (57.2 a day)."""
    results = simulate(shipped("fab/smt2020_lvhm"), horizon="10 d", replications=1)
    totals = results.totals.product.sum(axis=(0, 1))
    assert results.totals.wip_end.sum() == 2156 + totals[0] - totals[1]
    assert 450 < totals[1] < 700


def test_mini_fab_is_the_specification() -> None:
    line = read("fab/mini_fab")
    assert {name: group.tools for name, group in line.toolgroups.items()} == {
        "diffusion": 2,
        "implant": 2,
        "litho": 1,
    }
    assert {name: group.buffer for name, group in line.toolgroups.items()} == {
        "diffusion": 18,
        "implant": 12,
        "litho": 12,
    }
    for route in line.routes.values():
        assert sum(step.time.mean for step in route) == 625 * 60  # raw process time


def test_mini_fab_cannot_lock_up() -> None:
    """Two groups that send lots to each other lock up when both buffers and all tools are full."""
    line = read("fab/mini_fab")
    full = {name: (group.buffer or 0) + (group.tools or 0) for name, group in line.toolgroups.items()}
    assert (
        sum(product.release.wip or 0 for product in line.products.values()) < full["implant"] + full["litho"]
    )


def test_body_shop_is_laid_out_for_sixty_an_hour() -> None:
    line = read("auto/body_shop")
    automatic = [group for group in line.toolgroups.values() if group.failures]
    assert len(automatic) == 11 and all(group.buffer for group in automatic)
    found = capacity(line)
    assert 60 <= found.products["rate"].sum() / 24 <= 66  # jobs/h that the slowest station allows by itself
    close = found.toolgroups["of_available"] > 0.9
    assert close.sum() >= 4  # no station stands out: the run must find the bottleneck


def test_body_shop_loses_a_few_jobs_an_hour_to_blocking() -> None:
    results = simulate("auto/body_shop", horizon="20 d", replications=4)
    assert 50 < results.products["throughput"]["mean"].sum() / 24 < 57  # 62 without blocking


def test_mini_fab_delivers_about_the_weekly_starts_of_its_specification_less_those_it_loses() -> None:
    results = simulate("fab/mini_fab", horizon="365 d", replications=4)
    weekly = 7 * results.products["throughput"]["mean"]
    left = 80 / 84  # four of the 84 lots that it starts are lost to emergencies
    assert weekly["Pa"] == pytest.approx(51 * left, abs=2)
    assert weekly["Pb"] == pytest.approx(30 * left, abs=2)
    assert weekly["TW"] == pytest.approx(3 * left, abs=2)
    assert weekly.sum() == pytest.approx(80, abs=2)


def test_mini_fab_asks_of_its_crews_what_its_documents_say() -> None:
    """Operators and technician by the closed form of `twin capacity`, scaled to what the run delivered."""
    line = read("fab/mini_fab")
    assert [(name, crew.count) for name, crew in line.crews.items()] == [
        ("operators", 2), ("technician", 1), ("transporter", 1),
    ]  # fmt: skip
    results = simulate(line, horizon="365 d", replications=4)
    busy, lots = results.crews["utilisation"]["mean"], results.throughput
    assert lots is not None
    # a lot: 5 moves of 6 min; the technician: maintenance by the clock, 2 furnaces, 2 implanters, litho, and repairs,
    # of 7 h every 50 h that an implanter is up and not maintained
    assert busy["transporter"] == pytest.approx(lots.mean * 5 * 6 / 1440, rel=2e-3)
    by_clock = 2 * 75 / 1440 + 2 * 2 * 120 / 1440 + 2 * 30 / 1440
    assert busy["technician"] == pytest.approx(by_clock + 2 * (1 - 120 / 720) * 7 / 57, rel=0.02)
    # loading and unloading: diffusion twice 60 min for three lots, implant twice 30, litho twice 20; setups on top
    handling = lots.mean * (2 * 60 / 3 + 2 * 30 + 2 * 20) / 1440 / 2
    assert handling < busy["operators"] < handling + 0.03


@pytest.mark.parametrize(("name", "group", "share"), [("mm1", "press", 0.8), ("two_stage", "weld", 7 / 8)])
def test_teaching_lines_meet_their_theory(name: str, group: str, share: float) -> None:
    productive = simulate(f"learn/{name}").toolgroups["productive"].loc[group]
    half = productive["high"] - productive["mean"]
    assert abs(productive["mean"] - share) < 2 * half
