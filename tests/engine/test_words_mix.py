"""Products that share the entrance of a line: order, takt, pull, sequence rules. Minutes by hand."""

from __future__ import annotations

import json
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from word_lines import LOST, MINUTE, OUT, RELEASED, WIP_AREA, history, line, rows, step, times

from twin.cli.documents import check
from twin.line import Line, LineError, read
from twin.line.mix import broken, levelled
from twin.line.sheets_export import export_tables
from twin.results import Results
from twin.study.capacity import capacity
from twin.study.curve import curve
from twin.study.simulate import simulate
from twin.study.why import why

NAMES = ("saloon", "estate", "coupe")
STEPS = {"saloon": 2.0, "estate": 3.0, "coupe": 1.0}


def mixed(mix: dict[str, Any], *, group: dict[str, Any] | None = None, named: tuple[str, ...] = NAMES[:2]) -> Line:
    """Bodies that go through a, in 2 min (saloon), 3 min (estate) or 1 min (coupe), and b in 1 min."""
    return line(
        {"a": group or {}, "b": {}},
        {name: {"route": f"r_{name}", "release": "mix"} for name in named},
        {f"r_{name}": [step("s", "a", STEPS[name]), step("t", "b", 1)] for name in named},
        mix=mix,
    )


def order(of: Line, minutes: float = 60, **settings: Any) -> list[tuple[Any, ...]]:
    """Releases: minute, product, number."""
    return rows(history(of, minutes, **settings), "release", "product", "lot")


def test_a_sequence_repeats_at_the_takt() -> None:
    of = mixed({"sequence": ["saloon", "saloon", "estate"], "every": "3 min", "start": "1 min"})
    assert order(of, 15) == [(1, "saloon", 1), (4, "saloon", 2), (7, "estate", 1), (10, "saloon", 3), (13, "saloon", 4)]


def test_orders_come_once() -> None:
    of = mixed({"orders": ["estate", "saloon", "estate"], "every": "5 min"})
    run = history(of, 60)
    assert rows(run, "release", "product", "lot") == [(0, "estate", 1), (5, "saloon", 1), (10, "estate", 2)]
    assert times(run, "out") == [4, 8, 14]


def test_a_constant_number_of_bodies_pulls_the_next_of_the_sequence() -> None:
    # a takes 2, 3, 2, ... and b 1: two bodies in the line; each that leaves brings the next
    of = mixed({"sequence": ["saloon", "estate"], "wip": 2})
    run = history(of, 14)
    assert times(run, "out") == [3, 6, 8, 11, 13]
    assert rows(run, "release", "product") == [
        (0, "saloon"), (0, "estate"), (3, "saloon"), (6, "estate"), (8, "saloon"), (11, "estate"), (13, "saloon"),
    ]  # fmt: skip
    assert run.totals.product[0, :, WIP_AREA].sum() == 2 * 14 * MINUTE


def test_a_body_is_always_ready_and_enters_as_it_can_be_loaded() -> None:
    of = mixed({"sequence": ["saloon", "estate"], "saturated": True, "start": "1 min"})
    assert order(of, 12) == [(1, "saloon", 1), (3, "estate", 1), (6, "saloon", 2), (8, "estate", 2), (11, "saloon", 3)]


def test_a_tool_that_may_not_take_the_next_body_waits_for_the_one_after_it() -> None:
    # tool 2 takes estates alone: at 0 the saloon is next and goes to tool 1, then the estate to tool 2 at once
    of = mixed({"sequence": ["saloon", "estate"], "saturated": True}, group={"tools": 2}).to_document()
    for name, tool in (("saloon", 1), ("estate", 2)):
        of["routes"][f"r_{name}"][0]["qualified"] = [tool]
    run = history(Line.from_document(of), 7)
    assert rows(run, "load", "tool", "product", step="s") == [
        (0, "a/1", "saloon"), (0, "a/2", "estate"), (2, "a/1", "saloon"), (3, "a/2", "estate"), (4, "a/1", "saloon"),
        (6, "a/2", "estate"), (6, "a/1", "saloon"),
    ]  # fmt: skip


@pytest.mark.parametrize("counts", [(2, 1, 0), (3, 2, 1), (1, 1, 1), (7, 3, 2), (1, 9, 4)])
def test_level_scheduling_spaces_each_product_evenly(counts: tuple[int, ...]) -> None:
    """Goal chasing: never one body or more off the even line with two products, and little more with three."""
    asked = {name: count for name, count in zip(NAMES, counts, strict=True) if count}
    found, total = levelled(asked), sum(counts)
    assert {name: found.count(name) for name in asked} == asked
    for name, count in asked.items():
        had = list(accumulate(product == name for product in found))
        assert max(abs(h - (k + 1) * count / total) for k, h in enumerate(had)) < (1 if len(asked) == 2 else 1.25)


def test_a_level_mix_is_released_in_that_order() -> None:
    of = mixed({"level": {"saloon": 2, "estate": 1}, "every": "4 min"})
    assert levelled({"saloon": 2, "estate": 1}) == ("saloon", "estate", "saloon")
    assert [row[1] for row in order(of, 24)] == ["saloon", "estate", "saloon"] * 2


def test_a_random_mix_has_its_shares_and_its_runs_are_of_chance() -> None:
    of = mixed({"random": {"saloon": "70 %", "estate": "30 %"}, "every": "4 min"})
    drawn = np.array([row[1] == "estate" for row in order(of, 4 * 3000)])
    assert drawn.mean() == pytest.approx(0.3, abs=0.03)  # 3.6 standard deviations
    assert (drawn[1:] & drawn[:-1]).mean() == pytest.approx(0.09, abs=0.02)
    other = [row[1] for row in order(of, 400, seed=2)]
    assert other != [row[1] for row in order(of, 400)]


def test_a_random_mix_is_the_same_however_it_is_released() -> None:
    shares = {"saloon": 0.5, "estate": 0.25, "coupe": 0.25}
    ways = [{"every": "4 min"}, {"wip": 3}, {"saturated": True}]
    found = [[row[1] for row in order(mixed({"random": shares} | way, named=NAMES), 80)][:20] for way in ways]
    assert found[0] == found[1] == found[2]
    assert set(found[0]) == set(NAMES)


def brute(rule: dict[str, Any], products: list[str]) -> int:
    """Windows that break a rule, looked at one by one."""
    length = rule["in"]
    windows = [products[k : k + length] for k in range(len(products) - length + 1)]
    return sum(sum(product in rule["of"] for product in window) > rule["at_most"] for window in windows)


def test_every_window_of_a_run_is_held_against_the_rules(tmp_path: Path) -> None:
    rules = [{"of": ["estate"], "at_most": 1, "in": 3}, {"of": ["estate", "coupe"], "at_most": 2, "in": 4}]
    mix = {"random": {"saloon": 0.6, "estate": 0.3, "coupe": 0.1}, "every": "4 min", "sequence_rules": rules}
    run = history(mixed(mix, named=NAMES), 4 * 200)
    products = [product for _, product in rows(run, "release", "product")]
    assert run.totals.rules[0].tolist() == [
        [len(products) - 2, brute(rules[0], products)], [len(products) - 3, brute(rules[1], products)]
    ]  # fmt: skip
    assert 0 < run.totals.rules[0, 0, 1] < run.totals.rules[0, 0, 0]
    name = "estate at most 1 in 3"
    assert run.sequence_rules.loc[name, ("broken", "mean")] == brute(rules[0], products)
    assert f"Sequence rule, {name}: broken" in run.report()
    assert run.to_json()["sequence_rules"][0]["broken"]["mean"] == brute(rules[0], products)
    run.save(tmp_path / "run")
    assert Results.load(tmp_path / "run").totals.rules.tolist() == run.totals.rules.tolist()


def test_the_share_of_broken_windows_of_a_random_mix_is_binomial() -> None:
    # two or three estates of three: 3 p^2 (1 - p) + p^3 = 0.216 at p = 0.3
    rules = [{"of": "estate", "at_most": 1, "in": 3}, {"of": "coupe", "at_most": 0, "in": 2}]
    mix = {"random": {"saloon": 0.7, "estate": 0.3, "coupe": 0}, "every": "4 min", "sequence_rules": rules}
    run = simulate(mixed(mix, named=NAMES), horizon="100 d", warmup="0 d", replications=16, seed=1, device="cpu")
    share = run.sequence_rules.loc["estate at most 1 in 3", "share"]
    assert share["low"] < 0.216 < share["high"] and share["high"] - share["low"] < 0.01
    assert "Sequence rule, coupe at most 0 in 2: never broken." in run.report()


def test_the_warm_up_is_left_out_of_the_rules() -> None:
    rule = {"of": "estate", "at_most": 1, "in": 2}
    of = mixed({"sequence": ["estate", "estate", "saloon"], "every": "4 min", "sequence_rules": [rule]})
    assert history(of, 48).totals.rules[0].tolist() == [[11, 4]]
    assert history(of, 48, warmup=24).totals.rules[0].tolist() == [[6, 2]]


def test_the_car_sequence_of_the_library_breaks_no_rule_and_another_does(shared: Path) -> None:
    """CSPLib prob001: ten cars of six classes, five options, each with a capacity of its own."""
    case = json.loads((shared / "validation" / "sched_benchmarks.json").read_text())["car_sequencing"]
    classes = [f"c{k}" for k in range(len(case["classes"]))]
    rules = [
        {"of": [name for name, (_, has) in zip(classes, case["classes"], strict=True) if has[option]],
         "at_most": most, "in": block}
        for option, (most, block) in enumerate(zip(case["options_max"], case["options_block"], strict=True))
    ]  # fmt: skip

    def cars(sequence: list[int]) -> Line:
        return line(
            {"a": {}}, {name: {"route": "main", "release": "mix"} for name in classes}, {"main": [step("s", "a")]},
            mix={"orders": [classes[k] for k in sequence], "every": "1 min", "sequence_rules": rules},
        )  # fmt: skip

    good = case["feasible_sequence"]
    assert [good.count(k) for k in range(len(classes))] == [number for number, _ in case["classes"]]
    assert not history(cars(good), 30).totals.rules[0, :, 1].any()
    bad = cars(sorted(good))
    assert bad.mix is not None
    found = history(bad, 30).totals.rules[0, :, 1].tolist()
    assert found == [len(broken(rule, bad.mix.cycle, repeats=False)) for rule in bad.rules]
    assert found == [brute(rule, list(bad.mix.cycle)) for rule in rules] and any(found)


def test_why_tells_when_the_mix_brings_a_lot() -> None:
    def told(mix: dict[str, Any], seconds: float) -> str:
        return str(why(mixed(mix), "a", seconds))

    order = {"sequence": ["saloon", "estate"]}
    assert "the next lot is released at 00:08:00, number 2" in told(order | {"every": "8 min"}, 300.0)
    assert "the only lot that may be in the line is in it\n  because b is" in told(order | {"wip": 1}, 150.0)
    assert "no more lots are ordered: all 2" in told({"orders": ["saloon", "estate"], "every": "1 min"}, 3000.0)


@pytest.mark.parametrize("seed", range(12))
def test_random_lines_with_a_mix_and_losses_keep_every_law(seed: int) -> None:
    rng = np.random.default_rng(seed)
    words: dict[str, Any] = {
        0: {"sequence": [str(name) for name in rng.choice(NAMES, 7)] + list(NAMES)},
        1: {"level": {name: int(rng.integers(1, 5)) for name in NAMES}},
        2: {"random": {"saloon": 0.5, "estate": 0.2, "coupe": 0.3}},
        3: {"orders": [str(name) for name in rng.choice(NAMES, 40)] + list(NAMES)},
    }[seed % 4]
    words |= [{"every": {"exponential": "3 min"}}, {"wip": int(rng.integers(1, 6))}, {"saturated": True}][seed % 3]
    groups = {
        name: {"tools": int(rng.integers(1, 3)), "buffer": int(rng.integers(0 if seed % 3 else 1, 4)),
               "failures": {"mtbf": {"exponential": "20 min"}, "mttr": {"exponential": "3 min"}}}
        for name in ("a", "b")
    }  # fmt: skip
    routes = {f"r_{name}": [step("s", "a", STEPS[name]), step("t", "b", 1)] for name in NAMES}
    routes["spare"] = [step("s", "a", 1)]
    made: dict[str, Any] = {name: {"route": f"r_{name}", "release": "mix"} for name in NAMES}
    made["spare"] = {"route": "spare", "release": {"every": {"exponential": "9 min"}, "full": "lose"}}
    rule = {"of": ["estate", "coupe"], "at_most": 1, "in": 2}
    of = line(groups, made, routes, mix=words | {"sequence_rules": [rule]})
    run = history(of, 600)
    counts = run.totals.product[0]
    assert (counts[:, RELEASED] == counts[:, OUT] + run.totals.wip_end[0]).all()
    came = [product for _, product in rows(run, "release", "product") if product != "spare"]
    assert len(came) == counts[:3, RELEASED].sum() > 30
    if of.mix is not None and of.mix.cycle:
        assert came == [of.mix.cycle[k % len(of.mix.cycle)] for k in range(len(came))]
    assert run.totals.rules[0].tolist() == [[len(came) - 1, brute(rule, came)]]
    lots = [lot for _, product, lot in rows(run, "release", "product", "lot") if product == "spare"]
    assert counts[3, LOST] + counts[3, RELEASED] >= max(lots, default=0) and len(lots) == counts[3, RELEASED]
    assert (run.totals.tool_ticks.sum(axis=2) == 600 * MINUTE).all()
    left = {(product, lot): at for at, product, lot in rows(run, "out", "product", "lot")}
    spent = dict.fromkeys(made, 0.0)
    for at, product, lot in rows(run, "release", "product", "lot"):
        spent[product] += left.get((product, lot), 600) - at
    assert counts[:, WIP_AREA] == pytest.approx(np.array(list(spent.values())) * MINUTE)
    if "wip" in words:
        assert counts[:3, WIP_AREA].sum() == words["wip"] * 600 * MINUTE or words.get("orders")


def test_check_names_the_positions_that_break_a_rule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "line.yaml").write_text(
        "twin: 1\nline: cars\ntoolgroups: {a: {}}\nproducts:\n  saloon: {route: main, release: mix}\n"
        "  estate: {route: main, release: mix}\nroutes: {main: [{step: s, toolgroup: a, time: 1 min}]}\n"
        "mix:\n  sequence: [estate, saloon, saloon, estate]\n  every: 2 min\n"
        "  sequence_rules: [{of: [estate], at_most: 1, in: 3}]\n"
    )
    check(str(tmp_path / "line.yaml"), set=None, json=False)
    assert "sequence rule, estate at most 1 in 3: broken at positions 3-5, 4-6" in capsys.readouterr().out


def test_a_table_holds_the_orders(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("order,product\n1001,estate\n1002,saloon\n")
    words = mixed({"orders": ["saloon", "estate"], "every": "1 min"}).to_document()
    words["mix"]["orders"] = "orders.csv"
    assert Line.from_document(words, tmp_path).to_document()["mix"]["orders"] == ["estate", "saloon"]


@pytest.mark.parametrize("where", ["line.xlsx", "tables"])
@pytest.mark.parametrize(
    "mix",
    [
        {"sequence": ["saloon", "estate"], "every": {"uniform": ["50 s", "70 s"]},
         "sequence_rules": [{"of": ["estate"], "at_most": 1, "in": 3}, {"of": ["saloon"], "at_most": 1, "in": 2}]},
        {"level": {"saloon": 2, "estate": 1}, "wip": 4},
        {"random": {"saloon": 0.7, "estate": 0.3}, "saturated": True, "start": "1 h"},
        {"orders": ["estate", "saloon"], "every": "1 min"},
    ],
)  # fmt: skip
def test_the_words_come_back(where: str, mix: dict[str, Any], tmp_path: Path) -> None:
    of = mixed(mix)
    assert Line.from_document(of.to_document()) == of
    export_tables(of, tmp_path / where)
    assert read(tmp_path / where) == of


def test_capacity_and_curve_know_the_shares() -> None:
    of = mixed({"level": {"saloon": 2, "estate": 1}, "every": "4 min"})
    rates = capacity(of).products["rate"]
    assert rates["saloon"] == pytest.approx(240) and rates["estate"] == pytest.approx(120)
    pulled = capacity(mixed({"level": {"saloon": 2, "estate": 1}, "saturated": True})).products["rate"]
    assert pulled["saloon"] == pytest.approx(2 * 1440 / 7) and pulled["estate"] == pytest.approx(1440 / 7)
    few, many = curve(of, horizon="1 d", warmup="0 d", replications=1, points=2, from_=0.5, to=1.0).points
    assert few.results.totals.product[0, :, 0].tolist() == [120, 60]
    assert many.results.totals.product[0, :, 0].tolist() == [240, 120]


def test_a_what_if_may_change_the_mix() -> None:
    of = mixed({"sequence": ["saloon", "estate"], "every": "4 min"})
    other = Line.from_document(of.to_document() | {"mix": {"level": {"saloon": 3, "estate": 1}, "every": "4 min"}})
    runs = [simulate(each, horizon="1 d", warmup="0 d", replications=2, device="cpu") for each in (of, other)]
    assert [run.totals.product[0, 1, 0] for run in runs] == [180, 90]


@pytest.mark.parametrize(
    ("mix", "words"),
    [
        ({"sequence": ["saloon", "wagon"], "every": "1 min"}, "mix.sequence.1: the line has no product 'wagon'"),
        ({"level": {"saloon": 2, "estat": 1}, "every": "1 min"}, "did you mean 'estate'?"),
        ({"sequence": ["saloon"], "every": "1 min"}, "product 'estate' is released by the mix, which does not name it"),
        ({"sequence": ["saloon", "estate"]}, "needs one of every, wip, saturated, and has none"),
        ({"every": "1 min"}, "needs one of sequence, level, orders, random, and has none"),
        ({"sequence": ["saloon", "estate"], "every": "1 min", "wip": 3}, "has every and wip"),
        ({"random": {"saloon": 0.7, "estate": 0.2}, "wip": 3}, "the shares sum to 90 %; write shares that sum to"),
        ({"level": {"saloon": 1.5, "estate": 1}, "wip": 3}, "whole number"),
        ({"sequence": ["saloon", "estate"], "every": "0 s"}, "would release lots without end at one moment"),
        ({"orders": "none.csv", "every": "1 min"}, "there is no file none.csv"),
    ],
)  # fmt: skip
def test_a_mix_that_says_too_little_or_too_much_is_refused(mix: dict[str, Any], words: str) -> None:
    with pytest.raises(LineError) as caught:
        mixed(mix)
    told = str(caught.value)
    assert words in told and len(told.splitlines()) == 1, told


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"of": ["wagon"], "at_most": 1, "in": 3}, "the line has no product 'wagon'"),
        ({"of": ["estate"], "at_most": 3, "in": 3}, "3 in 3 are always allowed; write fewer than 3"),
        ({"of": ["estate"], "at_most": 1, "in": 61}, "at most 60"),
        ({"of": ["estate"], "at_most": 1}, "sequence_rules.0"),
    ],
)
def test_a_rule_that_can_never_be_broken_is_refused(rule: dict[str, Any], words: str) -> None:
    with pytest.raises(LineError) as caught:
        mixed({"sequence": ["saloon", "estate"], "every": "1 min", "sequence_rules": [rule]})
    assert words in str(caught.value)


def test_what_a_mix_and_its_products_need_of_each_other() -> None:
    def told(**changes: Any) -> str:
        document = mixed({"sequence": ["saloon", "estate"], "saturated": True}).to_document()
        for key, value in changes.items():
            document[key] = document[key] | value if isinstance(value, dict) else value
        with pytest.raises(LineError) as caught:
            Line.from_document(document)
        return str(caught.value)

    own = {"saloon": {"route": "r_saloon", "release": {"every": "1 h"}}}
    assert "products.saloon.release: product 'saloon' has a release of its own beside the mix" in told(products=own)
    assert "the line has no mix; write 'mix: {sequence: [...], every: 60 s}' at the top" in told(mix=None)
    assert "mix: its products share one entrance, and their routes begin at a, b" in told(
        routes={"r_saloon": [step("t", "b", 1)]}
    )
    batch = step("s", "a", 2, per="batch", batch={"min": 1, "max": 2})
    assert "mix.saturated: the next lot of the mix comes alone" in told(routes={"r_saloon": [batch]})
    assert "never lets" in told(toolgroups={"a": {"tools": "unlimited"}}) or "without end" in told(
        toolgroups={"a": {"tools": "unlimited"}}
    )
    change = {"change": "mix.saturated=false", "from": "1 h", "to": "2 h"}
    assert "transients.0.change" in told(transients=[change])
