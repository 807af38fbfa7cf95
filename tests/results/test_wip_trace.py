"""WIP over time and back to normal: histories written down by hand, whose answers are known."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from synthetic import empty_totals, names_of, results_of, serial_line

from twin.line import Line
from twin.line.transients import Transient
from twin.results import Results, WipTrace
from twin.results.figure import t_quantile
from twin.results.recovery import DEFINITION, Recovery, recovery_of

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


def told_by_output(
    fewer: np.ndarray, ends_d: float | None = 14.0, worlds: int = 9, a_day: float = 20.0, noise: float = 0.0
) -> Recovery:
    """The answer where the WIP tells nothing and `fewer` lots a day leave in the day after each sample   (sample,)."""
    luck = np.random.default_rng(5).normal(0.0, 1.0, (2, worlds, TIMES.size)) * noise
    outs = [np.cumsum(a_day - less + part, axis=1) for less, part in zip((fewer, 0.0 * fewer), luck, strict=True)]
    outs = [np.concatenate([np.zeros((worlds, 1)), part[:, :-1]], axis=1) for part in outs]
    wip = np.full((worlds, TIMES.size), 19.0)
    return recovery_of(
        TIMES, wip, wip, [change(10.0, ends_d)], warmup_s=0.0, outs=(outs[0], outs[1]), out=(outs[0] - outs[1])[:, -1]
    )


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
    assert back.peak is not None and back.peak.mean == pytest.approx(60.0) and back.peak_s == 13 * DAY
    assert back.verdict == "back to normal on day 18, 4 d after the end"
    assert back.sentence.startswith("Back to normal on day 18, 4 d after the end (looked at every 1 d); WIP +60.0 ±")
    assert "lots at the most, on day 13" in back.sentence and DEFINITION in back.sentence


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
    assert back.back_s == 16 * DAY and back.peak is not None and back.peak.mean == pytest.approx(-30.0)
    assert "WIP -30.0 ± 1.1 lots at the most, on day 12." in back.sentence


def test_never_back_never_left_and_not_back_in_time() -> None:
    assert told(bump()).verdict == "no departure from normal shown"
    assert told(bump(d11=3, d12=4)).verdict == "no departure from normal shown"
    late = told(bump(**{f"d{day}": 50.0 for day in range(11, 41)}))
    assert late.left and late.back_s is None
    assert late.verdict == "not back to normal within the horizon"
    assert late.peak_s == 11 * DAY


def test_back_at_the_end_of_the_change_at_the_earliest() -> None:
    back = told(bump(d11=50, d12=50))
    assert back.back_s == 14 * DAY and back.verdict == "back to normal on day 14, as the change ends"


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
    assert not back.judged and back.back_s is None and back.peak is None
    assert "unknown with one replication; run at least 2, better 16 or more" in back.sentence
    assert back.to_json()["left_normal"] is None
    assert told(bump(d11=50, d12=50), worlds=2).judged


def test_output_tells_what_the_wip_cannot() -> None:
    """A CONWIP line, or one whose buffers are full: its WIP stays, its output stops for five days."""
    back = told_by_output(20.0 * ((TIMES >= 10 * DAY) & (TIMES < 15 * DAY)))
    assert back.left and back.peak is None
    assert back.back_s == 15 * DAY, "the output of day 14 is missing, that of day 15 is not"
    assert back.sentence.startswith("100 ± 0 lots fewer out by the end (about 5 d of output); back to normal on day 15")
    catches_up = told_by_output(bump(d10=20, d11=20, d12=20, d13=20, d14=20, d15=-9, d16=-9, d17=-9))
    assert catches_up.back_s == 18 * DAY, "more output than usual is not normal either"


def test_what_is_cut_off_at_the_first_station_is_missed_at_the_last_one_later() -> None:
    back = told_by_output(bump(d25=20, d26=20, d27=20))
    assert back.left and back.back_s == 28 * DAY
    assert back.verdict == "back to normal on day 28, 14 d after the end"


def test_lots_lost_are_never_called_normal() -> None:
    """Half a lot a day of twenty: too little at any one time, and 15 lots by the end."""
    slow = told_by_output(0.5 * (TIMES >= 10 * DAY), ends_d=30.0, noise=0.1)
    assert not slow.left and slow.out is not None and slow.out.high is not None and slow.out.high < 0
    assert "too little at any one time to tell" in slow.sentence
    assert "no departure from normal shown" not in slow.sentence
    assert slow.to_json()["left_normal"] is True
    assert "lots fewer out by the end (about 1" in slow.sentence
    assert told_by_output(0.0 * TIMES, noise=0.1).verdict == "no departure from normal shown"


def test_many_looks_at_chance_find_nothing() -> None:
    """400 changes without effect, WIP that remembers itself for some samples: few of them seem to leave normal."""
    rng = np.random.default_rng(11)
    times = 3600.0 * np.arange(241.0)
    one = [Transient.model_validate({"change": "a=1", "from": "40 h", "to": "52 h"})]
    left = 0
    for _ in range(400):
        steps = rng.normal(0.0, 3.0, (2, 16, times.size))
        for k in range(1, times.size):
            steps[:, :, k] += 0.7 * steps[:, :, k - 1]
        outs = np.cumsum(rng.normal(20.0, 4.0, (2, 16, times.size)), axis=2)
        left += recovery_of(times, 20 + steps[0], 20 + steps[1], one, warmup_s=0.0, outs=(outs[0], outs[1])).left
    assert left <= 40, "one in ten; with one interval in twenty at every look it would be about half of them"


def test_lots_out_are_told_first() -> None:
    out = np.array([-10.0, -12.0, -14.0])
    back = told(bump(d11=50, d12=50), worlds=3, out=out)
    assert back.out is not None and back.out.mean == -12.0
    assert back.sentence.startswith("12.0 ± 5.0 lots fewer out by the end; back to normal on day 14")
    assert told(bump(d11=50), worlds=3, out=-out).facts[0] == "12.0 ± 5.0 lots more out by the end"
    assert told(bump(d11=50), worlds=3, out=out + 12).facts[0].endswith("shown in lots out by the end (0.0 ± 5.0)")
    assert told(bump(d11=50), worlds=3, out=np.zeros(3)).facts[0] == "as many lots out by the end"


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
    outs = 20.0 * np.arange(TIMES.size) + np.arange(3)[:, None]
    results.wip_trace = WipTrace(
        TIMES, wip, normal=normal, out=np.array([-1.0, -2.0, -3.0]), outs=outs, normal_outs=outs + 1.0
    )
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
    assert again.recovery == results.recovery and results.recovery.worth_s == pytest.approx(DAY / 10)
    assert again.wip_trace is not None and again.wip_trace.outs is not None and again.wip_trace.outs[2, 1] == 22.0
    assert again.line == results.line
    assert again.wip_over_time is not None and results.wip_over_time is not None
    assert again.wip_over_time.equals(results.wip_over_time)


def test_a_run_saved_before_output_was_noted_is_judged_by_its_wip(tmp_path: Path) -> None:
    results = traced(serial_line(3, release={"every": "1 d"}))
    assert results.wip_trace is not None
    results.wip_trace = replace(results.wip_trace, outs=None, normal_outs=None)
    results.save(tmp_path / "run")
    trace = Results.load(tmp_path / "run").wip_trace
    assert trace is not None and trace.normal is not None and trace.outs is None and trace.normal_outs is None
    back = recovery_of(trace.times_s, trace.wip, trace.normal, [change(10, 14)], warmup_s=0.0, out=trace.out)
    assert back.back_s == 17 * DAY and back.worth_s is None


def test_a_run_without_samples_has_no_answer(tmp_path: Path) -> None:
    line = serial_line(3)
    names = names_of(line)
    results = results_of(line, names, empty_totals(names, 2))
    assert results.wip_trace is None and results.recovery is None and results.wip_over_time is None
    assert "wip_over_time" not in results.to_json()
    results.save(tmp_path / "run")
    assert not (tmp_path / "run" / "wip_over_time.parquet").exists()
    assert Results.load(tmp_path / "run").wip_trace is None
