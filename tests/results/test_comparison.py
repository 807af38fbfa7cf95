"""Comparisons: paired intervals worked out by hand, where the bottleneck went, files that come whole or not at all."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from synthetic import SPAN, count_lots, empty_totals, names_of, results_of, serial_line, spend, two_products

from twin.line import Line
from twin.results import Comparison, Results, ResultsError, WipTrace, comparison_record, comparison_report
from twin.results.comparison_record import folders
from twin.results.paired import paired, unpaired_half

DAYS = SPAN / 86_400_000
T2, T3 = 4.302652729911275, 3.182446305284263  # Student's t, 97.5 %, 2 and 3 degrees of freedom
OUTS, MORE = (100, 110, 120), (103, 112, 125)


def run(line: Line, outs: tuple[int, ...], busy: dict[str, float] | None = None, cycle_d: float = 2.0) -> Results:
    """A run in which so many lots left in each replication, and tools were this busy."""
    names = names_of(line)
    totals = empty_totals(names, len(outs))
    for world, count in enumerate(outs):
        for product in range(len(line.products)):
            count_lots(totals, world, product, [cycle_d] * count, on_time=count // 2)
            totals.product[world, product, 5] = count * round(cycle_d * 86_400_000)
    for group, share in (busy or {}).items():
        for tool in names.tools_of[names.toolgroups.index(group)]:
            spend(totals, tool, share)
    return results_of(line, names, totals)


def comparison(count: int = 1, **said: object) -> Comparison:
    """A serial line against itself with more lots out; the bottleneck goes from b to c."""
    line = serial_line(3, release={"every": "1 d"}, buffer="unlimited")
    base = run(line, OUTS, {"a": 0.5, "b": 0.9, "c": 0.8})
    other = run(line, MORE, {"a": 0.5, "b": 0.6, "c": 0.85})
    names = [f"scenario {k}" for k in range(count)]
    return Comparison(base, dict.fromkeys(names, other), {name: ["toolgroups.b.tools=2"] for name in names})


def test_the_interval_is_that_of_the_differences() -> None:
    found = comparison().of_line["scenario 0"]["throughput"]
    rises = np.array([3.0, 2.0, 5.0]) / DAYS
    assert found.difference.mean == pytest.approx(rises.mean())
    half = T2 * rises.std(ddof=1) / math.sqrt(3)
    assert found.difference.half == pytest.approx(half)
    assert found.base.mean == pytest.approx(110 / DAYS)
    assert found.scenario.mean == pytest.approx((103 + 112 + 125) / 3 / DAYS)
    assert found.percent is not None
    assert found.percent.mean == pytest.approx(100 * (10 / 3) / 110)
    assert found.percent.half == pytest.approx(100 * half * DAYS / 110)


def test_the_unpaired_interval_is_welchs() -> None:
    a, b = np.array([100.0, 110.0, 120.0]), np.array([103.0, 112.0, 125.0])
    va, vb = 100.0 / 3, (a * 0 + b).var(ddof=1) / 3
    freedom = (va + vb) ** 2 / ((va**2 + vb**2) / 2)
    assert 3 < freedom < 4
    half = unpaired_half(a, b)
    assert half == pytest.approx(T3 * math.sqrt(va + vb)), "rounded down to 3 degrees of freedom"
    found = paired("throughput", "lot/d", a, b)
    assert found is not None and half is not None and found.narrower is not None
    assert found.narrower == pytest.approx(half / (T2 * np.array([3.0, 2.0, 5.0]).std(ddof=1) / math.sqrt(3)))


def test_identical_histories_differ_by_exactly_nothing() -> None:
    line = serial_line(3)
    same = Comparison(run(line, OUTS, {"a": 0.5}), {"null": run(line, OUTS, {"a": 0.5})})
    for found in same.of_line["null"].values():
        of = found.difference
        assert [str(part) for part in (of.mean, of.low, of.high)] == ["0.0", "0.0", "0.0"], "not -0.0 either"
        assert found.percent is not None and found.percent.mean == 0.0
        assert found.verdict == "no difference shown" and found.narrower is None
    assert (same.differences["difference"] == 0).all()
    rows = [row for row in same.report().splitlines() if row.startswith(("throughput", "cycle time", "WIP"))]
    assert rows and all(row.split()[-4] == "0" or " 0 " in row for row in rows)
    assert "-0" not in same.report() and "e-" not in same.report()


def test_the_same_difference_everywhere_has_no_width() -> None:
    a = np.array([0.1, 0.7, 1.3])
    found = paired("wip", "lot", a, a + 0.1)
    assert found is not None
    assert found.difference.half == 0.0 and found.difference.mean == pytest.approx(0.1)
    assert found.shown and found.verdict == "higher"


@pytest.mark.parametrize(
    ("key", "rise", "verdict"),
    [
        ("throughput", 1.0, "better"), ("throughput", -1.0, "worse"), ("on_time", 1.0, "better"),
        ("yield", -1.0, "worse"), ("cycle_time", 1.0, "worse"), ("cycle_time_p95", -1.0, "better"),
        ("wip", -1.0, "lower"), ("x_factor", 1.0, "higher"), ("scrap", 1.0, "higher"), ("scrap", -1.0, "lower"),
        ("throughput", 0.0, "no difference shown"),
    ],
)  # fmt: skip
def test_verdicts(key: str, rise: float, verdict: str) -> None:
    base = np.array([10.0, 11.0, 12.0])
    found = paired(key, "-", base, base + rise + np.array([-0.01, 0.0, 0.01]))
    assert found is not None and found.verdict == verdict


@pytest.mark.parametrize(("release", "verdict"), [("saturated", "worse"), ({"wip": 5}, "worse"),
                                                  ({"every": "1 d"}, "set by the releases")])  # fmt: skip
def test_a_line_that_only_takes_what_comes_is_not_judged_by_its_throughput(release: object, verdict: str) -> None:
    line = serial_line(3, release=release)
    found = Comparison(run(line, OUTS), {"x": run(line, (98, 108, 117))})
    assert found.of_line["x"]["throughput"].verdict == verdict
    assert found.differences.loc[("x", "throughput"), "verdict"] == verdict
    assert verdict in found.report()
    assert found.to_json()["scenarios"]["x"]["figures"]["throughput"]["verdict"] == verdict
    assert found.of_products["x"]["body"]["throughput"].verdict == verdict


def test_a_line_that_does_not_keep_up_with_its_releases_is_told_neutrally() -> None:
    line = serial_line(3, release={"every": "1 d"})
    base, other = run(line, OUTS), run(line, (98, 108, 117))
    other.totals.product[:, :, 0] = 150  # released
    assert Comparison(base, {"x": other}).of_line["x"]["throughput"].verdict == "lower"


def test_replications_that_know_only_one_side_are_left_out() -> None:
    found = paired("cycle_time", "d", np.array([1.0, np.nan, 3.0]), np.array([2.0, 5.0, 5.0]))
    assert found is not None
    assert (found.base.mean, found.scenario.mean, found.difference.mean) == (2.0, 3.5, 1.5)
    one = paired("cycle_time", "d", np.array([1.0, np.nan]), np.array([2.0, 5.0]))
    assert one is not None and one.verdict == "no interval" and one.unpaired is None
    assert paired("cycle_time", "d", np.array([np.nan]), np.array([2.0])) is None


def test_the_bottleneck_moved() -> None:
    went = comparison().bottlenecks["scenario 0"]
    assert (went.base, went.scenario) == ("b", "c")
    assert went.sentence == "Bottleneck: b -> c; utilisation b 90.0 % -> 60.0 %, c 80.0 % -> 85.0 %."
    line = serial_line(3, release={"every": "1 d"}, buffer="unlimited")
    busy = run(line, OUTS, {"b": 0.9})
    stayed = Comparison(busy, {"x": run(line, MORE, {"b": 0.8})}).bottlenecks["x"]
    assert stayed.sentence == "Bottleneck: b in both; utilisation b 90.0 % -> 80.0 %."


def test_a_table_of_differences() -> None:
    found = comparison(2)
    table = found.differences
    assert list(table.index.names) == ["scenario", "figure"]
    row = table.loc[("scenario 1", "throughput")]
    assert row["unit"] == "lot/d" and row["verdict"] == "no difference shown"
    assert row["base"] == pytest.approx(110 / DAYS)
    assert row["difference_high"] - row["difference"] == pytest.approx(row["difference"] - row["difference_low"])
    assert row["percent"] == pytest.approx(100 * (10 / 3) / 110)
    assert row["unpaired_half"] > row["difference_high"] - row["difference"]


def test_products_and_the_line_are_told_apart() -> None:
    line = two_products()
    found = Comparison(run(line, OUTS), {"x": run(line, MORE)})
    together = {"throughput", "cycle_time", "cycle_time_p95", "wip", "on_time", "tardiness"}
    assert set(found.of_line["x"]) == together
    plate, rod = found.of_products["x"]["plate"], found.of_products["x"]["rod"]
    assert "on_time" in plate and "on_time" not in rod, "rods have no due date"
    assert "x_factor" in rod and "out" not in rod
    assert found.of_line["x"]["throughput"].base.mean == pytest.approx(2 * 110 / DAYS)
    assert found.of_line["x"]["on_time"].base.mean == pytest.approx(plate["on_time"].base.mean)
    assert found.product_differences.loc[("x", "rod", "throughput"), "base"] == pytest.approx(110 / DAYS)
    assert "differences by product" in found.report()
    single = comparison()
    assert {"x_factor", "throughput"} <= set(single.of_line["scenario 0"])
    assert "differences by product" not in single.report()


def test_a_product_that_only_one_line_makes_is_left_out() -> None:
    line = two_products()
    document = line.to_document()
    del document["products"]["rod"]
    alone = Line.from_document(document)
    found = Comparison(run(line, OUTS), {"x": run(alone, MORE)})
    assert list(found.of_products["x"]) == ["plate"]


def test_the_report_says_what_pairing_was_worth() -> None:
    text = comparison().report()
    assert "scenario 0: toolgroups.b.tools=2" in text
    assert "on the same random numbers" in text
    assert "Bottleneck: b -> c" in text
    assert "in throughput 7.2 x narrower than separate random numbers would have." in text.replace("\n  ", " ")
    assert max(map(len, text.splitlines())) <= 100
    assert "±" not in comparison().report(ascii_only=True)


def test_many_scenarios_get_one_row_each_and_a_warning() -> None:
    few, many = comparison(5).report(), comparison(12).report()
    assert "Bonferroni" not in few and "Bonferroni" in many
    assert "To hold for all 12 at once" in many.replace("\n  ", " ")
    assert len(many.splitlines()) < 45
    html = comparison(2)._repr_html_()
    assert html.count("<table>") == 3 and "Bottleneck: b -&gt; c" in html


def test_one_replication_says_so() -> None:
    line = serial_line(3)
    found = Comparison(run(line, (100,)), {"x": run(line, (105,))})
    assert found.of_line["x"]["throughput"].verdict == "no interval"
    assert "one replication (no interval)" in found.report() and "±" not in found.report()
    assert json.dumps(found.to_json(), allow_nan=False)


def test_json_is_plain_and_has_units() -> None:
    plain = json.loads(json.dumps(comparison().to_json(), allow_nan=False))
    figure = plain["scenarios"]["scenario 0"]["figures"]["throughput"]
    assert set(figure) == {"base", "scenario", "difference", "percent", "unpaired_half", "verdict"}
    assert figure["difference"]["unit"] == "lot/d" and figure["percent"]["unit"] == "%"
    assert plain["scenarios"]["scenario 0"]["changes"] == ["toolgroups.b.tools=2"]
    assert plain["scenarios"]["scenario 0"]["bottleneck"]["scenario"] == "c"
    assert plain["main_figure"] == "cycle_time"


def test_throughput_is_the_main_figure_where_nothing_limits_the_releases() -> None:
    line = serial_line(3)
    assert Comparison(run(line, OUTS), {"x": run(line, MORE)}).main == "throughput"


def test_runs_that_were_not_asked_for_alike_are_refused() -> None:
    line = serial_line(3)
    with pytest.raises(ResultsError, match="scenario 'x': its replications is 2, and the base's 3"):
        Comparison(run(line, OUTS), {"x": run(line, (1, 2))})


def test_saved_and_loaded_it_is_the_same(tmp_path: Path) -> None:
    found = comparison(2)
    traced = WipTrace(np.array([0.0, 60.0]), np.array([[1, 2], [3, 4], [5, 6]]))
    found.base.wip_trace = traced
    found.save(tmp_path / "what_if")
    assert sorted(child.name for child in (tmp_path / "what_if").iterdir()) == [
        "base", "comparison.json", "scenario_0", "scenario_1",
    ]  # fmt: skip
    again = Comparison.load(tmp_path / "what_if")
    assert again.to_json() == found.to_json()
    assert again.report() == found.report()
    assert again.changes == found.changes
    assert again.base.wip_trace is not None
    assert (again.base.wip_trace.wip == traced.wip).all()
    assert Results.load(tmp_path / "what_if" / "scenario_1").totals.product.shape[0] == 3


def test_an_earlier_comparison_is_replaced_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "what_if"
    comparison(3).save(folder)
    comparison(1).save(folder)
    assert sorted(child.name for child in folder.iterdir()) == ["base", "comparison.json", "scenario_0"]
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(ResultsError, match=r"holds 'notes.txt', which no twin comparison wrote"):
        comparison().save(folder)
    assert (folder / "notes.txt").read_text() == "mine"
    (folder / "notes.txt").unlink()
    (folder / "base" / "mine.txt").write_text("mine")
    with pytest.raises(ResultsError, match=r"holds 'mine.txt'"):
        comparison().save(folder)
    run_folder = tmp_path / "run"
    comparison().base.save(run_folder)
    with pytest.raises(ResultsError, match="no twin comparison wrote"):
        comparison().save(run_folder)
    (tmp_path / "file").write_text("")
    with pytest.raises(ResultsError, match="is a file"):
        comparison().save(tmp_path / "file")


def test_a_save_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "what_if"
    comparison(1).save(folder)
    before = (folder / "comparison.json").read_text()
    broken = comparison(2)
    monkeypatch.setattr(broken.scenarios["scenario 1"], "save", lambda _folder: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        broken.save(folder)
    assert (folder / "comparison.json").read_text() == before
    assert [child.name for child in tmp_path.iterdir()] == ["what_if"]


def test_what_is_no_comparison_is_told(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="no such folder"):
        Comparison.load(tmp_path / "none")
    with pytest.raises(ResultsError, match="is no twin comparison"):
        Comparison.load(tmp_path)
    comparison().save(tmp_path / "c")
    record = tmp_path / "c" / "comparison.json"
    plain = json.loads(record.read_text())
    for text, words in (
        ("{", "is damaged"),
        ("{}", "is damaged"),
        (json.dumps(plain | {"twin_comparison": 99}), "written by a newer twin"),
        (json.dumps(plain | {"scenarios": [{"name": "x", "folder": "../elsewhere", "changes": []}]}), "outside"),
    ):
        record.write_text(text)
        with pytest.raises(ResultsError, match=words):
            Comparison.load(tmp_path / "c")
    assert comparison_record.is_comparison(tmp_path / "c") and not comparison_record.is_comparison(tmp_path)


def test_scenarios_have_folders_of_their_own() -> None:
    names = ["third oven", "Third  Oven!", "base", "../../etc", "третья печь", "???", "x" * 200]
    found = folders(names)
    assert found["third oven"] == "third_oven" and found["Third  Oven!"] == "third_oven_2"
    assert found["base"] == "base_2" and found["../../etc"] == "etc"
    assert found["третья печь"] == "третья_печь" and found["???"] == "scenario"
    assert len(found["x" * 200]) <= 40
    assert len(set(found.values())) == len(names)


def test_html_and_text_say_the_same() -> None:
    found = comparison()
    html, text = found._repr_html_(), found.report()
    for words in ("no difference shown", "Pairing made", "on the same random numbers"):
        assert words in html and words in text.replace("\n  ", " ")
    assert comparison_report.rows(found)[0].style == "title"
