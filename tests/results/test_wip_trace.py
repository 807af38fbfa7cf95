"""WIP over time and back to normal: histories written down by hand, whose answers are known."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from synthetic import empty_totals, names_of, results_of, serial_line

from twin.line import Line
from twin.line.transients import Transient
from twin.results import Results, WipTrace
from twin.results.figure import t_quantile
from twin.results.recovery import DEFINITION, Recovery, holds_wip, recovery_of

DAY = 86_400.0
TIMES = DAY * np.arange(0.0, 41.0)  # a look a day


def change(begins_d: float, ends_d: float | None, path: str = "toolgroups.b.tools=2") -> Transient:
    ends = {"to": f"{ends_d} d"} if ends_d else {}
    return Transient.model_validate({"change": path, "from": f"{begins_d} d"} | ends)


def told(
    extra: np.ndarray, ends_d: float | None = 14.0, worlds: int = 9, usual: float = 100.0, **how: object
) -> Recovery:
    """The answer where every replication's WIP differs by `extra` [lot] (sample,), give or take 2 lots.

    Give or take: replications lie evenly from -2 to 2 around it, so that the interval is plus and minus 1.05 lots.
    """
    spread = np.linspace(-2.0, 2.0, worlds)[:, None] * (extra != 0.0)
    normal = np.full((worlds, TIMES.size), usual)
    changes = [change(10.0, ends_d)]
    return recovery_of(TIMES, normal + extra + spread, normal, changes, warmup_s=0.0, **how)  # type: ignore[arg-type]


def bump(**lots: float) -> np.ndarray:
    """Extra WIP: `d12=8` is 8 lots on day 12."""
    extra = np.zeros(TIMES.size)
    for day, value in lots.items():
        extra[int(day[1:])] = value
    return extra


def test_the_table_holds_means_intervals_and_bands() -> None:
    wip = np.array([[10.0, 4.0], [12.0, 4.0], [17.0, 4.0]])
    trace = WipTrace(np.array([0.0, 2 * DAY]), wip, normal=wip + 1)
    table = trace.frame()
    assert list(table.index) == [0.0, 2.0] and table.index.name == "day"
    half = t_quantile(2) * math.sqrt(13.0) / math.sqrt(3)
    assert table["mean"].tolist() == [13.0, 4.0]
    assert table["low"].tolist() == pytest.approx([13 - half, 4.0])
    assert table["high"].tolist() == pytest.approx([13 + half, 4.0])
    assert table["p5"].tolist() == pytest.approx([10.2, 4.0]) and table["p95"].tolist() == pytest.approx([16.5, 4.0])
    assert table["normal_mean"].tolist() == [14.0, 5.0]
    single = WipTrace(np.array([0.0]), np.array([[3.0]])).frame()
    assert single["mean"].tolist() == [3.0] and single["low"].isna().all()


def test_back_when_it_no_longer_matters() -> None:
    back = told(bump(d11=20, d12=40, d13=60, d14=60, d15=40, d16=20, d17=7, d18=3, d19=1))
    assert back.left and back.back_s == 18 * DAY, "3 lots are less than 5 % of 100"
    assert back.peak.mean == pytest.approx(60.0) and back.peak_s == 13 * DAY
    assert back.verdict == "back to normal on day 18"
    assert back.sentence.startswith("WIP: +60.0 ± 1.1 lots at the most, on day 13; back to normal on day 18, looked at")
    assert DEFINITION in back.sentence and "looked at every 1 d" in back.sentence


def test_a_difference_within_its_interval_does_not_matter() -> None:
    worlds = 9
    normal = np.full((worlds, TIMES.size), 100.0)
    wip = normal.copy()
    wip[:, 11:15] += 50.0
    wip[:, 15:20] += np.linspace(-60.0, 80.0, worlds)[:, None]  # mean 10, interval 10 +- 36
    back = recovery_of(TIMES, wip, normal, [change(10, 14)], warmup_s=0.0)
    assert back.back_s == 15 * DAY


def test_less_wip_counts_as_well() -> None:
    back = told(bump(d11=-20, d12=-30, d13=-30, d14=-20, d15=-10))
    assert back.back_s == 16 * DAY and back.peak.mean == pytest.approx(-30.0)
    assert back.sentence.startswith("WIP: -30.0 ± 1.1 lots at the most, on day 12")


def test_never_back_never_left_and_not_back_in_time() -> None:
    assert told(bump()).verdict == "never left normal"
    assert told(bump(d11=3, d12=4)).verdict == "never left normal"
    late = told(bump(**{f"d{day}": 50.0 for day in range(11, 41)}))
    assert late.left and late.back_s is None
    assert late.verdict == "not back to normal within the horizon"
    assert late.peak_s == 11 * DAY


def test_back_at_the_end_of_the_change_at_the_earliest() -> None:
    assert told(bump(d11=50, d12=50)).back_s == 14 * DAY


def test_a_lone_later_day_is_chance_and_two_are_not() -> None:
    away = {"d11": 50.0, "d12": 50.0, "d13": 50.0, "d14": 50.0, "d15": 50.0}
    assert told(bump(**away, d18=20)).back_s == 16 * DAY
    assert told(bump(**away, d18=20, d19=20)).back_s == 20 * DAY


def test_what_comes_much_later_is_another_story() -> None:
    away = {"d11": 50.0, "d12": 50.0, "d13": 50.0, "d14": 50.0, "d15": 50.0}
    back = told(bump(**away, d30=70, d31=70, d32=70))
    assert back.back_s == 16 * DAY, "away for 6 days, normal for 6 days and more"
    assert back.peak_s == 11 * DAY
    assert told(bump(**away, d22=20, d23=20)).back_s == 24 * DAY, "day 22 is within 6 days of day 16"


def test_a_lone_day_at_the_end_of_the_change_counts() -> None:
    back = told(bump(d14=50))
    assert back.left and back.back_s == 15 * DAY


def test_the_last_sample_alone_shows_no_return() -> None:
    away = bump(**{f"d{day}": 50.0 for day in range(11, 40)})
    assert told(away).back_s is None


def test_a_change_that_stays_has_no_return() -> None:
    stays = bump(**{f"d{day}": 50.0 for day in range(11, 41)})
    for ends in (None, 40.0, 60.0):
        back = told(stays, ends)
        assert back.ends_s is None and back.back_s is None
        assert "lasts until the end of the run" in back.verdict


def test_several_changes_are_one_story() -> None:
    normal = np.full((9, TIMES.size), 100.0)
    changes = [change(20, 25), change(10, 12)]
    back = recovery_of(TIMES, normal, normal, changes, warmup_s=0.0)
    assert (back.begins_s, back.ends_s) == (10 * DAY, 25 * DAY)
    forever = recovery_of(TIMES, normal, normal, [*changes, change(11, None)], warmup_s=0.0)
    assert forever.ends_s is None


def test_the_mean_wip_leaves_out_the_warm_up() -> None:
    normal = np.full((9, TIMES.size), 100.0)
    normal[:, :9] = 0.0
    wip = normal + bump(d11=4.7, d12=4.7, d13=4.7) + np.linspace(-0.1, 0.1, 9)[:, None]
    assert recovery_of(TIMES, wip, normal, [change(10, 14)], warmup_s=0.0).left, "more than 5 % of 78"
    assert not recovery_of(TIMES, wip, normal, [change(10, 14)], warmup_s=9 * DAY).left, "less than 5 % of 100"


def test_one_replication_cannot_tell() -> None:
    back = told(bump(d11=50, d12=50), worlds=1)
    assert not back.judged and back.back_s is None and back.peak.half is None
    assert "unknown with one replication; run at least 2, better 16 or more" in back.sentence
    assert back.to_json()["left_normal"] is None
    assert told(bump(d11=50, d12=50), worlds=2).judged


def test_conwip_holds_what_it_is_judged_by() -> None:
    line = serial_line(2, release={"wip": 5})
    assert holds_wip(line) and not holds_wip(serial_line(2))
    assert "so it cannot tell" in told(bump(), held=True).sentence


def test_lots_out_are_told() -> None:
    out = np.array([-10.0, -12.0, -14.0])
    back = told(bump(d11=50, d12=50), worlds=3, out=out)
    assert back.out is not None and back.out.mean == -12.0
    assert "lots out by the end: -12.0 ± 5.0" in back.sentence
    assert "lots out by the end: 0." in told(bump(d11=50), worlds=3, out=np.zeros(3)).sentence


@pytest.mark.parametrize(
    ("step_s", "words"), [(36 * 3600.0, "every 1.5 d"), (3 * 3600.0, "every 3 h"), (90.0, "every 1.5 min")]
)
def test_the_resolution_is_told(step_s: float, words: str) -> None:
    times = step_s * np.arange(41.0)
    normal = np.full((4, 41), 100.0)
    one = Transient.model_validate({"change": "a=1", "from": f"{10 * step_s} s", "to": f"{14 * step_s} s"})
    back = recovery_of(times, normal, normal, [one], warmup_s=0.0)
    assert words in back.sentence and back.resolution_s == step_s


def traced(line: Line) -> Results:
    """A run of a line with a change for a time, beside itself without."""
    names = names_of(line)
    results = results_of(line, names, empty_totals(names, 3))
    normal = np.full((3, TIMES.size), 10)
    wip = normal + 20 * ((TIMES >= 11 * DAY) & (TIMES < 17 * DAY)) + np.arange(3)[:, None]
    results.wip_trace = WipTrace(TIMES, wip, normal=normal, out=np.array([-1.0, -2.0, -3.0]))
    return results


def test_a_run_answers_and_keeps_its_answer(tmp_path: Path) -> None:
    document = serial_line(3, release={"every": "1 d"}).to_document()
    listed = [{"change": "toolgroups.b.tools=2", "from": "10 d", "to": "14 d"}]
    results = traced(Line.from_document(document | {"transients": listed}))
    assert results.recovery is not None and results.recovery.back_s == 17 * DAY
    assert results.recovery.sentence[:60] in results.report().replace("\n  ", " ")
    assert results.to_json()["wip_over_time"]["back_to_normal_days"] == 17.0
    results.save(tmp_path / "run")
    again = Results.load(tmp_path / "run")
    assert again.recovery == results.recovery
    assert again.line == results.line
    assert again.wip_over_time is not None and results.wip_over_time is not None
    assert again.wip_over_time.equals(results.wip_over_time)


def test_a_run_without_samples_has_no_answer(tmp_path: Path) -> None:
    line = serial_line(3)
    names = names_of(line)
    results = results_of(line, names, empty_totals(names, 2))
    assert results.wip_trace is None and results.recovery is None and results.wip_over_time is None
    assert "wip_over_time" not in results.to_json()
    results.save(tmp_path / "run")
    assert not (tmp_path / "run" / "wip_over_time.parquet").exists()
    assert Results.load(tmp_path / "run").wip_trace is None
