"""Dispatch rules of the user's own: written anew, the built-in ones give the built-in histories to the tick."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lines import everything, restless
from rules_of_mine import NAMES, RULES
from test_one_history import HOURS, sums
from word_lines import MINUTE, Words, flow, for_a_time, line, starts, step

import twin
from twin.arrays import fields as f
from twin.arrays.line import compile_line
from twin.engine import RunError
from twin.engine.compose import OWN_COPY
from twin.line import Line
from twin.line.own_rules import own_rule
from twin.study.batch import Batch
from twin.study.simulate import simulate, simulate_together

MINE = {name.partition(":")[2]: name for name in NAMES}


def engine_of_all() -> list[Any]:
    """All rules, so that every test here runs in one engine."""
    return [own_rule(name) for name in NAMES]


def stepped(of: Line, hours: float, replications: int = 3, **how: Any) -> Batch:
    batch = Batch(compile_line(of, engine_of_all()), range(replications), 5, **how)
    batch.advance(round(hours * HOURS))
    return batch


def built_in(of: Line, hours: float, replications: int = 3) -> np.ndarray:
    batch = Batch(compile_line(of), range(replications), 5)
    batch.advance(round(hours * HOURS))
    return sums(batch.worlds)


def ruled(of: Line, **ranks: Any) -> Line:
    """The line with other rules; an own one may stand without its module."""
    listed = {group: [each] if isinstance(each, str) else each for group, each in ranks.items()}
    return of.with_rules({group: [MINE.get(rank, rank) for rank in each] for group, each in listed.items()})


def three_tools() -> Line:
    """M/M/3, with due dates, priorities and lots of several lengths."""
    kinds = {"a": ("3 min", 10, "40 min"), "b": ("9 min", 20, "25 min"), "c": ("1 min", 10, None)}
    products = {
        name: {"route": name, "priority": priority, "release": {"every": {"exponential": "5 min"}}}
        | ({"due": due} if due else {})
        for name, (_, priority, due) in kinds.items()
    }
    routes = {name: [{"step": f"s{name}", "toolgroup": "m", "time": {"exponential": time}}, step(f"e{name}", "n", 0.5)]
              for name, (time, _, _) in kinds.items()}  # fmt: skip
    return line({"m": {"tools": 3}, "n": {"tools": 1}}, products, routes)


SAME = [
    ("fifo", "first_come"),
    ("fifo", "longest_wait"),
    (["priority", "fifo"], ["priority", "first_come"]),
    (["priority", "fifo"], ["priority", "longest_wait"]),
    (["priority", "fifo"], ["hot", "first_come"]),
    (["priority", "lifo"], ["hot", "last_come"]),
    ("lifo", "last_come"),
    ("edd", "earliest_due"),
    (["edd", "lifo"], ["earliest_due", "lifo"]),
    ("spt", "shortest"),
    (["spt", "edd"], ["shortest", "earliest_due"]),
    ("srpt", "least_left"),
    ("cr", "critical"),
    (["cr", "lifo"], ["critical", "last_come"]),
]


@pytest.mark.parametrize(("built", "own"), SAME)
def test_a_rule_written_anew_is_the_built_in_one(built: Any, own: Any) -> None:
    of = three_tools()
    found = stepped(ruled(of, m=own), 200)
    np.testing.assert_array_equal(sums(found.worlds), built_in(ruled(of, m=built), 200))
    assert found.lots_out > 3000


def test_rules_do_make_a_difference() -> None:
    of = three_tools()
    found = {rule: sums(stepped(ruled(of, m=rule), 200).worlds).tobytes() for rule in
             ("first_come", "last_come", "earliest_due", "shortest", "hot", "critical", "mixture")}  # fmt: skip
    assert len(set(found.values())) == len(found)


@pytest.mark.parametrize(
    ("built", "own"),
    [
        ({"etch": ["priority", "least_setup", "fifo"]}, {"etch": ["priority", "quick_setup", "first_come"]}),
        ({"etch": ["priority", "least_setup", "fifo"]}, {"etch": ["hot", "quick_setup", "longest_wait"]}),
        ({"etch": "least_setup", "oven": "lifo"}, {"etch": "quick_setup", "oven": "last_come"}),
        ({"oven": ["priority", "edd"], "inspect": "spt"}, {"oven": ["hot", "earliest_due"], "inspect": "shortest"}),
        ({"track": "cr", "inspect": ["edd", "fifo"]}, {"track": "critical", "inspect": ["earliest_due", "fifo"]}),
    ],
)
def test_rules_of_several_groups_with_batches_setups_and_cascades(built: Words, own: Words) -> None:
    of = everything()
    np.testing.assert_array_equal(sums(stepped(ruled(of, **own), 60).worlds), built_in(ruled(of, **built), 60))


def test_the_mini_fab_under_rules_of_ones_own() -> None:
    of = twin.read("fab/mini_fab")
    own = ruled(of, diffusion="longest_wait", implant="first_come", litho=["quick_setup", "first_come"])
    found = stepped(own, 24 * 60, 2)
    np.testing.assert_array_equal(sums(found.worlds), built_in(of, 24 * 60, 2))
    assert found.lots_out > 300


def test_a_rule_for_a_time() -> None:
    document = restless().to_document()
    for change in document["transients"]:
        change["change"] = change["change"].replace("[priority, lifo]", f"[priority, {MINE['last_come']}]")
        change["change"] = change["change"].replace("rule=spt", f"rule={MINE['shortest']}")
    own = Line.from_document(document)
    assert MINE["shortest"] in json.dumps(own.to_document())
    np.testing.assert_array_equal(sums(stepped(own, 30).worlds), built_in(restless(), 30))


@pytest.mark.parametrize("rule", ["mixture", "last_come"])
def test_one_history_whatever_steps_it(rule: str) -> None:
    of = ruled(everything(), etch=rule, oven=["priority", rule], inspect=rule)
    through = sums(stepped(of, 60).worlds)
    np.testing.assert_array_equal(sums(stepped(of, 60, threads=2).worlds), through)
    np.testing.assert_array_equal(sums(stepped(of, 60, log_rows=200).worlds), through)
    batch = Batch(compile_line(of, engine_of_all()), range(3), 5)
    for k in range(1, 62):
        batch.advance(60 * HOURS * k // 61)
    np.testing.assert_array_equal(sums(batch.worlds), through)


DRIVE = """
import sys
sys.path.insert(0, {tests!r})
import numpy as np
np.seterr(over="ignore")  # the generator wraps around on purpose
from test_own_rules import ruled, everything
from twin.arrays.line import compile_line
from twin.study.batch import Batch
of = ruled(everything(), etch="mixture", oven=["priority", "mixture"], inspect=["hot", "mixture"])
batch = Batch(compile_line(of), range(2), 5, device={device!r})
batch.advance(30 * 3_600_000)
np.save(sys.argv[1], batch.worlds.memory)
"""


@pytest.mark.parametrize(
    ("device", "environment"),
    [
        pytest.param("cpu", {}, id="plain Python"),
        pytest.param("gpu", {"NUMBA_ENABLE_CUDASIM": "1"}, id="CUDA simulator"),
    ],
)
def test_a_rule_decides_alike_uncompiled(device: str, environment: dict[str, str], tmp_path: Path) -> None:
    """The rule looks at all there is to see: every field of lot, tool and moment is the same on every driver."""
    if device == "gpu":
        pytest.importorskip("numba_cuda", reason="numba-cuda brings the simulator")
    code = DRIVE.format(tests=str(Path(__file__).parent), device=device)
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1"} | environment
    subprocess.run([sys.executable, "-c", code, f"{tmp_path}/own.npy"], env=environment, check=True, timeout=300)
    of = ruled(everything(), etch="mixture", oven=["priority", "mixture"], inspect=["hot", "mixture"])
    np.testing.assert_array_equal(np.load(tmp_path / "own.npy"), stepped(of, 30, 2).worlds.memory)


RECORD = """
import json, sys
sys.path.insert(0, {tests!r})
import numpy as np
np.seterr(over="ignore")
import rules_of_mine, test_own_rules
from twin.study.simulate import simulate
found = []
for of in (test_own_rules.shown(), test_own_rules.batched()):
    simulate(of, horizon="30 min", replications=1)
    found.append(list(rules_of_mine.SEEN))
    rules_of_mine.SEEN.clear()
json.dump(found, open(sys.argv[1], "w"), default=int)
"""


def shown() -> Line:
    """Two tools, setups with a minimum run, lots of two products; the rule keeps what it is shown."""
    setups = {"changes": [{"to": "A", "time": "5 min"}], "min_run": {"A": 2}}
    groups = {"m": {"tools": 2, "rule": "rules_of_mine:recorder", "setups": setups}, "cool": {"tools": "unlimited"}}
    products = {
        "x": {"route": "x", "lot_size": 3, "priority": 20, "due": "30 min", "release": starts(0, 2, 3)},
        "y": {"route": "y", "lot_size": 2, "release": starts(1.5, 4.2)},
    }
    routes = {
        "x": [step("x1", "cool", 1), step("x2", "m", 2, per="unit", setup="A"), step("x3", "cool", 4)],
        "y": [step("y1", "m", 3)],
    }
    return line(groups, products, routes)


def batched() -> Line:
    """Three idle tools that may take a batch from minute 10 on."""
    groups = {"m": {"tools": 3, "rule": "rules_of_mine:recorder",
                    "pm": [{"every": "1000 min", "takes": "1 min", "first": "1 min"}]}}  # fmt: skip
    fewer = for_a_time("routes.main.a.batch.min=2", 10)
    return flow(groups, [step("a", "m", 6, batch={"min": 4, "max": 4})], starts(2, 3, 4, 90), transients=[fewer])


def test_what_a_rule_is_shown(tmp_path: Path) -> None:
    code = RECORD.format(tests=str(Path(__file__).parent))
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1"}
    subprocess.run([sys.executable, "-c", code, f"{tmp_path}/seen.json"], env=environment, check=True, timeout=300)
    seen, batch = json.loads((tmp_path / "seen.json").read_text())

    def lot(product: int, serial: int, units: int, priority: int, due: float | None, released: float, queued: float,
            at: int, visit: int, process: float, remaining: float) -> dict[str, int]:  # fmt: skip
        times = {"released": released, "queued": queued, "process_ticks": process, "remaining_ticks": remaining}
        ticks = {word: round(minutes * MINUTE) for word, minutes in times.items()}
        return ticks | {"product": product, "serial": serial, "units": units, "priority": priority, "step": at,
                        "visit": visit, "due": 1 << 62 if due is None else round(due * MINUTE)}  # fmt: skip

    x2, x3 = (lot(0, k, 3, 20, r + 30, r, r + 1, 1, 2, 6, 10) for k, r in ((1, 2), (2, 3)))
    y2 = lot(1, 1, 2, 10, None, 4.2, 4.2, 3, 1, 3, 3)
    # m/2 ran the first y from 1.5 to 4.5, without a setup; it takes the second x
    tool = {"number": 1, "setup": 0, "min_run": 0, "units_since_pm": 2}
    to_set, set_up = {"setup_ticks": 5 * MINUTE}, {"setup_ticks": 0}
    now = {"now": round(4.5 * MINUTE), "waiting": 3, "idle": 0}
    assert seen[:4] == [[x3, tool | to_set, now], [x2, tool | to_set, now], [y2, tool | set_up, now],
                        [x2, tool | to_set, now]]  # fmt: skip
    # m/1 was set up from 1 to 6 and ran the first x until 12; one more lot until it may be set up otherwise
    tool = {"number": 0, "setup": 1, "setup_ticks": 0, "min_run": 1, "units_since_pm": 3}
    now = {"now": 12 * MINUTE, "waiting": 2, "idle": 0}
    assert seen[4:] == [[y2, tool, now], [x3, tool, now]]

    first, second, third = (lot(0, k, 1, 10, None, 2 + k, 2 + k, 0, 1, 6, 6) for k in range(3))
    tool = {"number": 0, "setup": 0, "setup_ticks": 0, "min_run": 0, "units_since_pm": 0}
    # the tool that leads the batch is one of three idle ones; then it fills up with what is left
    alone, now = {"now": 10 * MINUTE, "waiting": 3, "idle": 2}, {"now": 10 * MINUTE, "waiting": 2, "idle": 2}
    assert batch[:4] == [[second, tool, alone], [first, tool, alone], [third, tool, alone], [first, tool, alone]]
    assert batch[4:] == [[third, tool | {"units_since_pm": 1}, now], [second, tool | {"units_since_pm": 1}, now]]


def all_named() -> Line:
    """Names every rule in the order in which the other tests compile them, so that it runs in their engine."""
    groups = {"one": {"rule": list(NAMES[:7])}, "two": {"rule": list(NAMES[7:])}}
    return flow(groups, [step("a", "one", 1), step("b", "two", 1)], starts(0, 0, 5))


def test_functions_are_handed_in_and_named_in_documents() -> None:
    of = all_named()
    unruled = of.with_rules({"one": "fifo", "two": "fifo"})
    handed = simulate(unruled, horizon="30 min", replications=2, rules={"one": RULES[:7], "two": list(RULES[7:])})
    named = simulate(of, horizon="30 min", replications=2)
    np.testing.assert_array_equal(handed.totals.tool_ticks, named.totals.tool_ticks)
    assert [name.partition(":")[2] for name in handed.line.toolgroups["one"].rule] == [r.__name__ for r in RULES[:7]]
    assert Line.from_document(named.line.to_document()) == of


def test_lines_with_different_rules_run_together() -> None:
    of = three_tools()
    lines = {"all": all_named(), "fifo": ruled(of, m="fifo"), "same": ruled(of, m="longest_wait"),
             "last": ruled(of, m="last_come"), "lifo": ruled(of, m="lifo")}  # fmt: skip
    found = simulate_together(lines, horizon="100 h", warmup="10 h", replications=3, seed=5)
    for own, built in (("same", "fifo"), ("last", "lifo")):
        for part in ("tool_ticks", "group", "product", "cycle_hist"):
            np.testing.assert_array_equal(getattr(found[own].totals, part), getattr(found[built].totals, part))
    assert (found["last"].totals.group != found["same"].totals.group).any()


def test_a_helper_that_raises_stops_the_run_in_words() -> None:
    of = flow({"m": {"tools": 1, "rule": MINE["brittle"]}}, [step("a", "m", 4)], starts(0, 0, 0, 0, 0, 0))
    with pytest.raises(RunError, match=r"rule .*rules_of_mine:brittle.*: raised ValueError: not after ten minutes"):
        stepped(of, 1)
    calm = flow({"m": {"tools": 1, "rule": MINE["brittle"]}}, [step("a", "m", 4)], starts(0, 0, 20))
    assert stepped(calm, 1).lots_out == 9


def test_queues_are_sorted_by_rules_that_look_at_the_lot_alone() -> None:
    alone = {rule.function.__name__ for rule in engine_of_all() if rule.lot_only}
    assert alone == {"first_come", "last_come", "earliest_due", "least_left", "hot"}
    compiled = compile_line(ruled(three_tools(), m="first_come", n="longest_wait"), engine_of_all())
    sort = compiled.arrays.group[:, f.G_SORT].tolist()
    assert sort == [f.RANK_OWN + NAMES.index(MINE["first_come"]), f.RANK_NONE]


def test_a_rule_behind_the_first_rank_is_asked() -> None:
    # the first lot is taken as it comes, the others wait and go by the rule: the last one first
    rule = ["priority", "rules_of_mine:last_come"]
    release = starts(0, 1, 2, 3)
    run = simulate(flow({"a": {"rule": rule}}, [step("s", "a", 5)], release), horizon="60 min", warmup=0.0, seed=1,
                   replications=1, device="cpu", log=True)  # fmt: skip
    log = run.log
    assert log[log["what"] == "load"]["lot"].tolist() == [1, 4, 3, 2]


def test_every_module_that_a_rule_is_called_through_is_copied() -> None:
    package = Path(twin.__file__).parent / "engine"
    imports = {
        file.stem: set(re.findall(r"from twin\.engine\.(\w+) import", file.read_text(encoding="utf-8")))
        for file in package.glob("*.py")
    }
    through = {"own"}
    while more := {name for name, of in imports.items() if of & through} - through:
        through |= more
    assert through - set(OWN_COPY) <= {"compose"}, "these would call the engine's own rules, of which there are none"
