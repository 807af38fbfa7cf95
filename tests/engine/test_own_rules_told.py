"""Dispatch rules of the user's own: what is refused and how, and runs whose rule is gone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from word_lines import flow, for_a_time, starts, step

from twin.engine import RunError
from twin.line import Line, LineError, own_rules
from twin.results import Results, ResultsError
from twin.study.simulate import simulate

MADE = "rules_made_for_a_test"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """Write a module of rules that documents can name, gone after the test."""
    monkeypatch.setattr(own_rules, "_handed", {})

    def write(source: str, name: str = MADE) -> ModuleType:
        module = ModuleType(name)
        exec(compile(source, f"{name}.py", "exec"), vars(module))
        monkeypatch.setitem(sys.modules, name, module)
        return module

    return write


def ruled(rule: Any) -> Line:
    return flow({"m": {"tools": 1, "rule": rule}}, [step("a", "m", 4)], starts(0, 0, 0))


def plain() -> Line:
    return ruled("fifo")


# --- what is refused ------------------------------------------------------------------------------

REFUSED = {
    "raises": ("def rule(lot, tool, state):\n  if lot.units > 9:\n    raise ValueError('many')\n  return 1",
               r"raises in line 3 of .*rules_made_for_a_test.py; a rule returns a number for every lot"),
    "asserts": ("def rule(lot, tool, state):\n  assert lot.units\n  return 1", "raises in line 2"),
    "two arguments": ("def rule(lot, tool):\n  return 1", r"takes \(lot, tool\); a rule is score\(lot, tool, state\)"),
    "four arguments": ("def rule(lot, tool, state, more=1):\n  return 1", "a rule is score"),
    "any arguments": ("def rule(*all):\n  return 1", r"takes \(\*all\)"),
    "key words": ("def rule(lot, tool, *, state):\n  return 1", "a rule is score"),
    "yields": ("def rule(lot, tool, state):\n  yield 1", "returns no number at once"),
    "a class": ("class rule:\n  pass", "is a type, not a function"),
    "a number": ("rule = 3", "is a int, not a function"),
}  # fmt: skip
UNCOMPILED = {
    "text": ("return 'a'", "returns text; return a whole number, smaller first"),
    "a float": ("return lot.queued / 2", r"returns float64; round it: int\(...\)"),
    "nothing": ("pass", "returns nothing; return a whole number"),
    "nothing at times": ("if lot.units > 1:\n    return 1", "returns nothing where none of its returns is reached"),
    "an unknown field": ("return lot.colour", "cannot be compiled: Unknown attribute 'colour' of type Lot"),
    "an unknown name": ("return nobody(lot)", "cannot be compiled: NameError: name 'nobody' is not defined"),
    "a plain helper": ("return helper(lot.queued)", "write @numba.njit above the function that it calls"),
    "a list": ("return min([lot.queued, lot.due])", "it makes no lists, arrays or texts"),
    "an array": ("return np.zeros(3, np.int64)[lot.step]", "it makes no lists, arrays or texts"),
}
BODY = "import numpy as np\ndef helper(x):\n  return x\ndef rule(lot, tool, state):\n  {}"


@pytest.mark.parametrize("source", [pytest.param(part, id=name) for name, part in REFUSED.items()])
def test_what_can_be_no_rule_is_refused_where_it_is_written(
    source: tuple[str, str], made: Callable[[str], ModuleType]
) -> None:
    module = made(source[0])
    with pytest.raises(LineError, match=source[1]) as named:
        ruled(f"{MADE}:rule")
    assert len(named.value.faults) == 1
    assert named.value.faults[0].loc == ("toolgroups", "m", "rule", 0)
    if callable(module.rule):
        with pytest.raises(LineError, match=r"^rules\.m: ") as handed:
            simulate(plain(), rules={"m": module.rule})
        assert "\n" not in str(handed.value)


@pytest.mark.parametrize("source", [pytest.param(part, id=name) for name, part in UNCOMPILED.items()])
def test_what_cannot_be_compiled_is_told_in_a_line(
    source: tuple[str, str], made: Callable[[str], ModuleType]
) -> None:
    module = made(BODY.format(source[0]))
    named = ruled(f"{MADE}:rule")
    for run in (lambda: simulate(plain(), rules={"m": ["priority", module.rule]}), lambda: simulate(named)):
        with pytest.raises(RunError, match=source[1]) as told:
            run()
        assert f"rule {MADE}:rule: " in str(told.value)
        assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("no_such_package:rule", "there is no module 'no_such_package' where twin runs; install the package"),
        ("twin.nowhere:rule", "there is no module 'twin.nowhere'"),
        ("json:rule", "json has no 'rule'"),
        ("json:dump", r"a rule is score\(lot, tool, state\)"),
        ("json:", "write package.module:function"),
        (":rule", "write package.module:function"),
        ("my rules:rule", "write package.module:function"),
        (f"{MADE}:queued", f"{MADE} has no 'queued'; did you mean 'queue_time'"),
    ],
)
def test_a_name_that_leads_to_no_rule(name: str, told: str, made: Callable[[str], ModuleType]) -> None:
    made("def queue_time(lot, tool, state):\n  return lot.queued")
    with pytest.raises(LineError, match=told):
        ruled(name)


def test_modules_that_cannot_be_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken_rules.py").write_text("1 / 0\n")
    (tmp_path / "poor_rules.py").write_text("import surely_not_installed\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(LineError, match="its module cannot be imported: ZeroDivisionError"):
        ruled("broken_rules:rule")
    with pytest.raises(LineError, match="its module needs 'surely_not_installed', which is not installed"):
        ruled("poor_rules:rule")


def test_what_is_handed_in_is_looked_at() -> None:
    for rule in (partial(max, 1), 3, "nonsense", ["fifo", 3]):
        with pytest.raises(LineError, match=r"^rules\.m: "):
            simulate(plain(), rules={"m": rule})
    with pytest.raises(LineError, match="the line has no toolgroup 'n'"):
        simulate(plain(), rules={"n": "fifo"})


def test_the_command_line_tells_the_place(tmp_path: Path) -> None:
    text = "twin: 1\nline: l\nabout: x\ntoolgroups:\n  m:\n    tools: 1\n    rule: [priority, {}]\n"
    rest = "products:\n  p: {route: r, release: {wip: 1}}\nroutes:\n  r:\n    - {step: a, toolgroup: m, time: 1 min}\n"
    short = ["--horizon", "1 h", "--warmup", "0 h"]
    (tmp_path / "rules_of_a_folder.py").write_text("def half(lot, tool, state):\n    return lot.queued / 2\n")
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    for rule, told in (
        ("nowhere:rule", "line.yaml:7:22: toolgroups.m.rule.1: rule nowhere:rule: there is no module 'nowhere'"),
        ("rules_of_a_folder:half", "rule rules_of_a_folder:half: returns float64; round it: int(...)"),
    ):
        (tmp_path / "line.yaml").write_text(text.replace("{}", rule) + rest)
        command = [sys.executable, "-m", "twin.cli", "run", str(tmp_path / "line.yaml"), *short]
        run = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        assert run.returncode == 2
        assert told in run.stderr.replace("\n", "")
        assert "Traceback" not in run.stderr


# --- saved runs -----------------------------------------------------------------------------------


def test_a_run_under_a_rule_that_is_gone_is_shown_and_not_repeated(
    made: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made("def rule(lot, tool, state):\n  return lot.queued\ndef other(lot, tool, state):\n  return lot.due")
    results = simulate(plain(), horizon="1 h", replications=2)
    document = plain().to_document()
    document["toolgroups"]["m"]["rule"] = [f"{MADE}:rule"]
    document["transients"] = [for_a_time(f"toolgroups.m.rule={MADE}:other", 5, 9)]
    results.line = Line.from_document(document)
    results.save(tmp_path / "run")
    assert Results.load(tmp_path / "run").line == results.line

    monkeypatch.delitem(sys.modules, MADE)
    loaded = Results.load(tmp_path / "run")
    assert loaded.line == results.line
    assert str(loaded) == str(results)
    assert len(loaded.line.phases()) == 3
    from twin.results.record import line_and_settings

    with pytest.raises(ResultsError, match=rf"rule {MADE}:rule: there is no module .*; the run was made with it"):
        line_and_settings(tmp_path / "run")
    with pytest.raises(LineError, match=f"rule {MADE}:rule: there is no module"):
        simulate(loaded.line)
    command = [sys.executable, "-m", "twin.cli", "run", str(tmp_path / "run")]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert "there is no module" in run.stderr and "Traceback" not in run.stderr


def test_a_function_that_was_refused_leaves_no_trace(made: Callable[[str], ModuleType]) -> None:
    module = made("def rule(lot, tool):\n  return 1")
    with pytest.raises(LineError, match="a rule is score"):
        plain().with_rules({"m": module.rule})
    exec("def rule(lot, tool, state):\n  return 1", vars(module))
    assert ruled(f"{MADE}:rule").toolgroups["m"].rule == (f"{MADE}:rule",)


def test_functions_of_one_name_are_kept_apart(made: Callable[[str], ModuleType]) -> None:
    module = made("def rule(lot, tool, state):\n  return 1")
    first = plain().with_rules({"m": module.rule})
    exec("def rule(lot, tool, state):\n  return 2", vars(module))
    second = plain().with_rules({"m": [module.rule]})
    ranks = [of.toolgroups["m"].rule[0] for of in (first, second)]
    assert ranks == [f"{MADE}:rule", f"{MADE}:rule~2"]
    assert [own_rules.own_rule(rank).function(0, 0, 0) for rank in ranks] == [1, 2]
    assert Line.from_document(second.to_document()) == second
