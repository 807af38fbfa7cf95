"""Dispatch rules of the user's own: what is refused and how, what keeps a compiled engine, and saved runs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from enum import IntEnum
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numba
import numpy as np
import pytest
from word_lines import flow, for_a_time, starts, step

import twin
from twin.engine import RunError, jit
from twin.engine.compose import engine_module
from twin.engine.fingerprint import fingerprint
from twin.line import Line, LineError
from twin.line.own_rules import hand_in, own_rule
from twin.results import Results, ResultsError
from twin.study.simulate import simulate

MADE = "rules_made_for_a_test"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """Write a module of rules that documents can name, gone after the test."""

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
    for run in (lambda: simulate(plain(), rules={"m": ["priority", module.rule]}), lambda: simulate(ruled(f"{MADE}:rule"))):
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
    text = "twin: 1\nline: l\nabout: A rule that is nowhere.\ntoolgroups:\n  m:\n    tools: 1\n    rule: [priority, {}]\n"
    rest = "products:\n  p: {route: r, release: {wip: 1}}\nroutes:\n  r:\n    - {step: a, toolgroup: m, time: 1 min}\n"
    (tmp_path / "rules_of_a_folder.py").write_text("def half(lot, tool, state):\n    return lot.queued / 2\n")
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    for rule, told in (
        ("nowhere:rule", "line.yaml:7:22: toolgroups.m.rule.1: rule nowhere:rule: there is no module 'nowhere'"),
        ("rules_of_a_folder:half", "rule rules_of_a_folder:half: returns float64; round it: int(...)"),
    ):
        (tmp_path / "line.yaml").write_text(text.replace("{}", rule) + rest)
        command = [sys.executable, "-m", "twin.cli", "run", str(tmp_path / "line.yaml"), "--horizon", "1 h", "--warmup", "0 h"]
        run = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        assert run.returncode == 2
        assert told in run.stderr.replace("\n", "")
        assert "Traceback" not in run.stderr


# --- what keeps a compiled engine -----------------------------------------------------------------


def name_of(function: Any) -> str:
    return fingerprint([function], "")[0]


def function(source: str, **known: Any) -> Any:
    names = {"__name__": MADE, "njit": numba.njit, "np": np} | known
    exec(source, names)
    return names["rule"]


SCORE = "def rule(lot, tool, state):\n  return "


class Steps(IntEnum):
    first = 3


class OtherSteps(IntEnum):
    first = 4


def module_with(**values: Any) -> ModuleType:
    module = ModuleType("weights_of_mine")
    vars(module).update(values)
    return module


def closure(weight: Any) -> Any:
    return function("def make(w):\n  def rule(lot, tool, state):\n    return lot.queued * w\n  return rule\nrule = make(W)", W=weight)


HELPED = "@njit\ndef helper(x{}):\n  return x * {}\n" + SCORE + "helper(lot.queued)"
DEEPER = "@njit\ndef deep(x):\n  return x + {}\n@njit\ndef helper(x):\n  return deep(x)\n" + SCORE + "helper(lot.queued)"
DIFFER = {
    "numbers that read alike in a row": (function(SCORE + "lot.queued * 1 + lot.units * 12"),
                                         function(SCORE + "lot.queued * 11 + lot.units * 2")),
    "constants that read alike in a row": (function(SCORE + "lot.queued * A + lot.units * B", A=1, B=12),
                                           function(SCORE + "lot.queued * A + lot.units * B", A=11, B=2)),
    "which constant is which": (function(SCORE + "lot.queued * A + lot.units * B", A=3, B=5),
                                function(SCORE + "lot.queued * A + lot.units * B", A=5, B=3)),
    "which field": (function(SCORE + "lot.queued"), function(SCORE + "lot.due")),
    "one and true": (function(SCORE + "A", A=1), function(SCORE + "A", A=True)),
    "a float": (function(SCORE + "int(lot.queued * A)", A=0.1), function(SCORE + "int(lot.queued * A)", A=0.1 + 1e-16 * 2)),
    "a closure": (closure(3), closure(4)),
    "a table": (function(SCORE + "T[lot.step]", T=(1, 2)), function(SCORE + "T[lot.step]", T=(2, 1))),
    "an array": (function(SCORE + "T[lot.step]", T=np.arange(2000)),
                 function(SCORE + "T[lot.step]", T=np.where(np.arange(2000) == 1000, 7, np.arange(2000)))),
    "an array's kind": (function(SCORE + "T[lot.step]", T=np.arange(4)),
                        function(SCORE + "T[lot.step]", T=np.arange(4, dtype=np.int32))),
    "a NumPy number": (function(SCORE + "A", A=np.int64(1)), function(SCORE + "A", A=np.int64(2))),
    "a choice": (function(SCORE + "lot.queued * S.first", S=Steps), function(SCORE + "lot.queued * S.first", S=OtherSteps)),
    "a module's constant": (function(SCORE + "lot.queued * m.W", m=module_with(W=3)),
                            function(SCORE + "lot.queued * m.W", m=module_with(W=4))),
    "a module in a module": (function(SCORE + "lot.queued * m.sub.W", m=module_with(sub=module_with(W=3))),
                             function(SCORE + "lot.queued * m.sub.W", m=module_with(sub=module_with(W=4)))),
    "a helper": (function(HELPED.format("", 3)), function(HELPED.format("", 4))),
    "a helper's default": (function(HELPED.format(", w=3", "w")), function(HELPED.format(", w=4", "w"))),
    "a helper's helper": (function(DEEPER.format(3)), function(DEEPER.format(4))),
    "a library's function": (function(SCORE + "int(h(lot.queued))", h=np.floor),
                             function(SCORE + "int(h(lot.queued))", h=np.ceil)),
    "an object": (function(SCORE + "A", A=object()), function(SCORE + "A", A=object())),
}  # fmt: skip


@pytest.mark.parametrize("pair", [pytest.param(pair, id=name) for name, pair in DIFFER.items()])
def test_another_rule_is_another_engine(pair: tuple[Any, Any]) -> None:
    first, second = pair
    assert name_of(first) != name_of(second)
    assert name_of(first) == name_of(first)


def test_the_same_rule_is_the_same_engine_in_every_process() -> None:
    source = HELPED.format(", w=A", "w + T[0] + m.W")
    known = "dict(A=3, T=np.arange(5), m=module_with(W=3, N=np))"
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        f"from test_own_rules_told import *\nprint(name_of(function({source!r}, **{known})))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
        ).stdout.strip()
        for seed in ("1", "2")
    }  # fmt: skip
    assert found == {name_of(function(source, A=3, T=np.arange(5), m=module_with(W=3, N=np)))}


def test_what_a_rule_is_called_and_where_it_stands_is_no_matter() -> None:
    assert name_of(function(SCORE + "lot.queued")) == name_of(function('"a text"\n\n' + SCORE + "lot.queued"))
    recursive = function("def rule(lot, tool, state):\n  return other(lot)\ndef other(lot):\n  return rule(lot, 1, 1)")
    assert name_of(recursive) == name_of(recursive)


def score(rule: Any, step_ticks: int = 0) -> int:
    """What an engine with this rule makes of a lot that has waited since tick 7, compiled."""
    package = engine_module("cpu", [own_rule(hand_in(rule))]).__package__
    own_value = sys.modules[f"{package}.own"].own_value
    ask = numba.njit(lambda L, S: own_value(L, S, 0, 64, 128, 256, 0, 0))
    from twin.arrays import fields as f

    line, world = np.zeros(512, dtype=np.int64), np.zeros(512, dtype=np.int64)
    world[128 + f.LOT_SINCE] = 7
    return int(ask(line, world))


def test_a_constant_that_changes_changes_the_engine(made: Callable[[str], ModuleType]) -> None:
    source = "from numba import njit\nW = 3\n@njit\ndef helper(x):\n  return x * W\n"
    module = made(source + "def rule(lot, tool, state):\n  return lot.queued * W\n"
                  "def helped(lot, tool, state):\n  return helper(lot.queued)\n")  # fmt: skip
    for rule in (module.rule, module.helped):
        module.W = 3
        assert score(rule) == 21
        module.W = 5
        assert score(rule) == 35
        module.W = 3
        assert score(rule) == 21


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("TWIN_CACHE_DIR", str(tmp_path / "file" / "cache"))
    assert score(function(SCORE + "lot.queued * 1001")) == 7007
    assert jit.cached_njit(function("def rule(a):\n  return a + 1"))(2) == 3
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from test_own_rules_told import *\n"
        "import numpy; numpy.seterr(over='ignore')\n"
        "r = simulate(plain(), horizon='1 h', rules={'m': function(SCORE + 'lot.queued')}, replications=1)\n"
        "print(r.totals.product[0, 0, 1])"
    )
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1"}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "3"


def test_nothing_unfinished_is_left_in_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWIN_CACHE_DIR", str(tmp_path))
    package = engine_module("cpu", [own_rule(hand_in(function(SCORE + "lot.queued * 1002")))]).__package__
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith("engine-")] == [package]


@pytest.mark.slow
def test_the_second_process_finds_the_compiled_engine(tmp_path: Path) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from rules_of_mine import first_come\nfrom test_own_rules_told import *\n"
        "r = simulate(plain(), horizon='1 h', rules={'m': first_come}, replications=1)\n"
        "print(r.timing.compile_s, r.totals.product[0, 0, 1])"
    )
    found = [
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            env=os.environ | {"TWIN_CACHE_DIR": str(tmp_path)},
        ).stdout.split()
        for _ in range(2)
    ]  # fmt: skip
    assert [out for _, out in found] == ["3", "3"]
    assert float(found[1][0]) < float(found[0][0]) / 2


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


def test_a_line_read_with_a_rule_of_a_script_is_run_by_that_script() -> None:
    rule = function(SCORE + "lot.queued")
    line = plain().with_rules({"m": rule})
    assert Line.from_document(line.to_document()) == line
    assert twin.read  # the name that scripts use
