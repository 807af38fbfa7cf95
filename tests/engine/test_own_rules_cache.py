"""Dispatch rules of the user's own: which engine is theirs, when it is compiled anew, and where it is kept."""

from __future__ import annotations

import os
import subprocess
import sys
from enum import IntEnum
from pathlib import Path
from types import ModuleType
from typing import Any

import numba
import numpy as np
import pytest
from word_lines import flow, starts, step

from twin.arrays import fields as f
from twin.engine import jit
from twin.engine.compose import engine_module
from twin.engine.fingerprint import fingerprint
from twin.line import Line
from twin.line.own_rules import hand_in, own_rule

MADE = "rules_made_for_a_test"


def plain() -> Line:
    return flow({"m": {"tools": 1}}, [step("a", "m", 4)], starts(0, 0, 0))


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
    made = "def make(w):\n  def rule(lot, tool, state):\n    return lot.queued * w\n  return rule\nrule = make(W)"
    return function(made, W=weight)


HELPED = "@njit\ndef helper(x{}):\n  return x * {}\n" + SCORE + "helper(lot.queued)"
DEEPER = "@njit\ndef deep(x):\n  return x + {}\n@njit\ndef helper(x):\n  return deep(x)\n" + SCORE + "helper(1)"
QUEUED_BY = SCORE + "lot.queued * "
DIFFER = {
    "numbers that read alike in a row": (function(SCORE + "lot.queued * 1 + lot.units * 12"),
                                         function(SCORE + "lot.queued * 11 + lot.units * 2")),
    "constants that read alike in a row": (function(SCORE + "lot.queued * A + lot.units * B", A=1, B=12),
                                           function(SCORE + "lot.queued * A + lot.units * B", A=11, B=2)),
    "which constant is which": (function(SCORE + "lot.queued * A + lot.units * B", A=3, B=5),
                                function(SCORE + "lot.queued * A + lot.units * B", A=5, B=3)),
    "which field": (function(SCORE + "lot.queued"), function(SCORE + "lot.due")),
    "one and true": (function(SCORE + "A", A=1), function(SCORE + "A", A=True)),
    "a float": (function(SCORE + "int(lot.queued * A)", A=0.3), function(SCORE + "int(lot.queued * A)", A=0.1 * 3)),
    "a closure": (closure(3), closure(4)),
    "a table": (function(SCORE + "T[lot.step]", T=(1, 2)), function(SCORE + "T[lot.step]", T=(2, 1))),
    "an array": (function(SCORE + "T[lot.step]", T=np.arange(2000)),
                 function(SCORE + "T[lot.step]", T=np.where(np.arange(2000) == 1000, 7, np.arange(2000)))),
    "an array's kind": (function(SCORE + "T[lot.step]", T=np.arange(4)),
                        function(SCORE + "T[lot.step]", T=np.arange(4, dtype=np.int32))),
    "a NumPy number": (function(SCORE + "A", A=np.int64(1)), function(SCORE + "A", A=np.int64(2))),
    "a choice": (function(QUEUED_BY + "S.first", S=Steps), function(QUEUED_BY + "S.first", S=OtherSteps)),
    "a module's constant": (function(QUEUED_BY + "m.W", m=module_with(W=3)),
                            function(QUEUED_BY + "m.W", m=module_with(W=4))),
    "a module in a module": (function(QUEUED_BY + "m.sub.W", m=module_with(sub=module_with(W=3))),
                             function(QUEUED_BY + "m.sub.W", m=module_with(sub=module_with(W=4)))),
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
        f"from test_own_rules_cache import *\nprint(name_of(function({source!r}, **{known})))"
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


def score(rule: Any) -> int:
    """What an engine with this rule makes of a lot that has waited since tick 7, compiled."""
    package = engine_module("cpu", [own_rule(hand_in(rule))]).__package__
    own_value = sys.modules[f"{package}.own"].own_value
    ask = numba.njit(lambda L, S: own_value(L, S, 0, 64, 128, 256, 0, 0))
    line, world = np.zeros(512, dtype=np.int64), np.zeros(512, dtype=np.int64)
    world[128 + f.LOT_SINCE] = 7
    return int(ask(line, world))


@pytest.mark.parametrize("source", [SCORE + "lot.queued * W", HELPED.format("", "W"), QUEUED_BY + "m.W"])
def test_a_constant_that_changes_changes_the_engine(source: str) -> None:
    module = module_with(W=3)
    rule = function(source, W=3, m=module)
    for weight in (3, 5, 3):
        rule.__globals__["W"] = module.W = weight
        assert score(rule) == 7 * weight


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("TWIN_CACHE_DIR", str(tmp_path / "file" / "cache"))
    assert score(function(SCORE + "lot.queued * 1001")) == 7007
    assert jit.cached_njit(function("def rule(a):\n  return a + 1"))(2) == 3
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from test_own_rules_cache import *\nfrom twin.study.simulate import simulate\n"
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


ASKS = """
import sys
import numba, numpy as np
from test_own_rules_cache import SCORE, function
from twin.engine.compose import engine_module
from twin.engine.jit import cached_njit
from twin.line.own_rules import hand_in, own_rule

if sys.argv[1] == "second":  # Numba numbers what it compiles
    numba.njit(lambda a: a + 1)(1)
rule = function(SCORE + "lot.queued * 1003")
assert rule.__module__ not in sys.modules
package = engine_module("cpu", [own_rule(hand_in(rule))]).__package__
own_value = sys.modules[f"{package}.own"].own_value

@cached_njit
def ask(L, S):
    return own_value(L, S, 0, 64, 128, 256, 0, 0)

ask(np.zeros(512, dtype=np.int64), np.zeros(512, dtype=np.int64))
print(sum(ask.stats.cache_hits.values()))
"""


def test_the_engine_of_a_rule_that_no_module_holds_is_found_by_the_next_process(tmp_path: Path) -> None:
    (tmp_path / "asks.py").write_text(ASKS)
    environment = os.environ | {"TWIN_CACHE_DIR": str(tmp_path), "PYTHONPATH": str(Path(__file__).parent)}
    found = [
        subprocess.run(
            [sys.executable, str(tmp_path / "asks.py"), name], env=environment, capture_output=True, text=True,
            check=True,
        ).stdout.strip()
        for name in ("first", "second")
    ]  # fmt: skip
    assert found == ["0", "1"]


def test_an_engine_is_kept_apart_where_its_rule_is_held_by_another_module(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = function(SCORE + "lot.queued * 1004")
    nowhere = name_of(rule)
    monkeypatch.setitem(sys.modules, MADE, ModuleType(MADE))
    assert name_of(rule) != nowhere


@pytest.mark.slow
def test_the_second_process_finds_the_compiled_engine(tmp_path: Path) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from rules_of_mine import first_come\nfrom test_own_rules_cache import *\n"
        "from twin.study.simulate import simulate\n"
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
