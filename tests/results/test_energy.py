"""Energy against hand-worked schedules: power times time, state by state, and the meter of every quarter of an hour."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from twin.line import Line, LineError
from twin.results import Results
from twin.results.energy import ALL
from twin.study.compare import compare
from twin.study.resume import resume
from twin.study.simulate import simulate

PRESS = {"processing": "12 kW", "idle": "3 kW", "setup": "5 kW", "down": "0.5 kW"}
OVEN = {"processing": "30 kW", "idle": "10 kW"}


def line(press: dict[str, Any] | None, every: str = "10 min", **group: Any) -> Line:
    """A press that runs 6 min of every `every`, an oven of two tools behind it that runs 15 min a job."""
    return Line.from_document(
        {
            "twin": 1,
            "line": "press_shop",
            "toolgroups": {
                "press": group | ({} if press is None else {"power": press}),
                "oven": {"tools": 2, "power": OVEN},
            },
            "products": {"p": {"route": "main", "release": {"every": every}}},
            "routes": {
                "main": [
                    {"step": "press", "toolgroup": "press", "time": "6 min"},
                    {"step": "bake", "toolgroup": "oven", "time": "15 min"},
                ]
            },
        }
    )


def run(of: Line, hours: float, **more: Any) -> Results:
    return simulate(of, **{"horizon": f"{hours} h", "warmup": "1 h", "replications": 1, "device": "cpu"} | more)


def mean(results: Results, toolgroup: str, key: str) -> float:
    found = results.energy_figures[toolgroup][key]
    assert found is not None
    return found.mean


def test_power_times_time_by_state() -> None:
    """6 of 10 min at 12 kW, the rest at 3 kW; the ovens work 1.5 of 2 tools. 24 measured hours, 144 jobs."""
    results = run(line(PRESS), 25)
    assert mean(results, "press", "processing") == pytest.approx(24 * 0.6 * 12)
    assert mean(results, "press", "idle") == pytest.approx(24 * 0.4 * 3)
    assert mean(results, "press", "energy") == pytest.approx(24 * 8.4)
    assert mean(results, "press", "idle_share") == pytest.approx(1.2 / 8.4)
    assert mean(results, "oven", "energy") == pytest.approx(24 * (1.5 * 30 + 0.5 * 10))
    assert mean(results, ALL, "power") == pytest.approx(58.4)
    assert mean(results, ALL, "per_job") == pytest.approx(24 * 58.4 / 144)
    assert mean(results, "press", "per_job") == pytest.approx(24 * 8.4 / 144)
    # in each quarter from a full hour the press works 9 min or 8, and the ovens 22.5 of 30: 6-6, 6-2 ...
    assert f"Energy: {24 * 58.4 / 144:.3f} kWh a job" in results.report()


def test_states_of_a_tool_that_fails() -> None:
    """Calendar failures 50 min after each repair of 10 min: down at 0.5 kW."""
    failures = [{"mtbf": "50 min", "mttr": "10 min", "clock": "calendar"}]
    results = run(line(PRESS, failures=failures), 25)
    assert mean(results, "press", "down") == pytest.approx(24 * 0.5 / 6)


def test_peak_is_the_largest_quarter_of_an_hour() -> None:
    """One job an hour, on the hour: 6 min in the press, then 9 in the oven inside the first quarter."""
    results = run(line(PRESS, every="1 h"), 25)
    first = (6 * 12 + 9 * 3 + 9 * 30 + 21 * 10) / 15
    second = (15 * 3 + 6 * 30 + 24 * 10) / 15
    assert first > second
    assert mean(results, ALL, "peak") == pytest.approx(first, abs=1e-6)
    # a warm-up that ends inside the first quarter of its hour leaves that quarter out
    assert mean(run(line(PRESS, every="1 h"), 1.75, warmup="65 min"), ALL, "peak") == pytest.approx(second, abs=1e-6)
    assert run(line(PRESS, every="1 h"), 1.2).energy_figures[ALL]["peak"] is None  # no whole quarter


def test_standby_after_a_time_of_idling_and_the_ramp_up_out_of_it() -> None:
    """54 idle minutes an hour, of which 49 in standby; woken once an hour."""
    sleeping = PRESS | {"standby": {"power": "1 kW", "after": "5 min", "ramp_up": {"power": "20 kW", "takes": "30 s"}}}
    results = run(line(sleeping, every="1 h"), 25)
    assert mean(results, "press", "idle") == pytest.approx(24 * 5 / 60 * 3)
    assert mean(results, "press", "standby") == pytest.approx(24 * 49 / 60 * 1)
    assert mean(results, "press", "ramp_up") == pytest.approx(24 * 20 / 120)
    assert mean(results, "press", "processing") == pytest.approx(24 * 0.1 * 12)
    # the warm-up may end in the middle of a stretch in standby, and the run too: 10 of the 30 min are at 3 and 1 kW
    middle = run(line(sleeping, every="1 h"), 1.5, warmup="65 min")
    assert mean(middle, "press", "processing") == pytest.approx(12 / 60 / (25 / 1440))
    assert mean(middle, "press", "standby") == pytest.approx(19 / 60 / (25 / 1440))


def test_blocked_and_starved_are_one_stretch_of_idling() -> None:
    """What is idle is one thing to standby: a tool that is blocked, lets its job go and waits for the next."""
    sleeping = {"processing": "12 kW", "idle": "3 kW", "standby": {"power": "0 kW", "after": "10 min"}}
    doc = {
        "twin": 1, "line": "two",
        "toolgroups": {"a": {"power": sleeping}, "b": {"buffer": 0}},
        "products": {"p": {"route": "main", "release": {"every": "30 min"}}},
        "routes": {"main": [{"step": "a", "toolgroup": "a", "time": "2 min"},
                            {"step": "b", "toolgroup": "b", "time": "29 min"}]},
    }  # fmt: skip
    results = simulate(Line.from_document(doc), horizon="10 h", warmup="5 h", replications=1, device="cpu")
    shares = results.totals.tool_ticks[0, 0] / 60_000
    assert shares[4] > 0  # starved
    slept = results.totals.standby[0, 0, 0] / 60_000
    assert slept == pytest.approx(10 * 18)  # 28 idle minutes each half hour, less 10, whatever they are


def test_what_is_idle_energy_adds_up_over_random_lines() -> None:
    """Parts add up to the whole, and the whole to the states' times: a conservation law."""
    failures = [{"mtbf": {"exponential": "40 min"}, "mttr": {"exponential": "10 min"}}]
    results = run(line(PRESS, failures=failures, buffer=2), 50, replications=3)
    ticks = results.totals.tool_ticks[:, 0].mean(axis=0)
    kw = np.array([12, 5, 3, 0.5, 3, 3, 0, 3])
    assert mean(results, "press", "power") == pytest.approx((ticks * kw).sum() / results.totals.span_ticks)
    whole = results.energy_figures[ALL]
    assert whole["energy"] is not None and whole["energy"].low is not None
    parts = ("processing", "setup", "pm", "down", "idle", "standby", "ramp_up", "off")
    assert sum(mean(results, ALL, key) for key in parts) == pytest.approx(whole["energy"].mean)
    assert whole["peak"] is not None and whole["peak"].mean > mean(results, ALL, "power")


def test_saved_loaded_resumed_compared(tmp_path: Path) -> None:
    failures = [{"mtbf": {"exponential": "40 min"}, "mttr": {"exponential": "10 min"}}]
    sleeping = PRESS | {"standby": {"power": "1 kW", "after": "2 min"}}
    of = line(sleeping, failures=failures)
    whole = run(of, 30, replications=2)
    whole.save(tmp_path / "run")
    again = Results.load(tmp_path / "run")
    assert again.to_json()["energy"] == whole.to_json()["energy"]
    assert list(again.energy.index) == ["press", "oven", ALL]
    half = {"until": "10 h", "state": tmp_path / "half.npz"}
    run(of, 30, replications=2, **half)
    assert resume(tmp_path / "half.npz", device="cpu").to_json()["energy"] == whole.to_json()["energy"]
    found = compare(
        of, {"less": {"toolgroups.press.power.idle": "1 kW"}}, horizon="30 h", warmup="1 h", replications=2,
        device="cpu",
    ).differences.loc[("less", "energy_per_job")]  # fmt: skip
    assert found["unit"] == "kWh" and found["difference"] < 0
    assert found["difference"] == pytest.approx(found["scenario"] - found["base"])


def test_a_line_without_power_tells_nothing_and_reads_no_meter() -> None:
    plain = line(None)
    plain = plain.model_copy(
        update={"toolgroups": {k: g.model_copy(update={"power": None}) for k, g in plain.toolgroups.items()}}
    )
    results = run(plain, 5)
    assert results.energy_figures == {} and len(results.energy) == 0
    assert "energy" not in results.to_json() and "Energy" not in results.report()


@pytest.mark.parametrize(
    ("power", "told"),
    [
        ({"processing": "12 kW"}, "toolgroups.press.power.idle"),
        ({"processing": "12", "idle": "1 kW"}, "write '12 kW'"),
        (PRESS | {"standby": {"power": "4 kW", "after": "1 min"}}, "more than idle with 3 kW"),
    ],
)
def test_faults(power: dict[str, Any], told: str) -> None:
    with pytest.raises(LineError, match=told):
        line(power)


def test_power_may_not_change_for_a_time() -> None:
    with pytest.raises(LineError, match=r"power\.idle"):
        Line.from_document(
            line(PRESS).to_document()
            | {"transients": [{"change": "toolgroups.press.power.idle=1 kW", "from": "1 h", "to": "2 h"}]}
        )
