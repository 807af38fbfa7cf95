"""An engine with the user's own dispatch rules compiled in.

Numba binds what a function calls when it compiles it, and keeps no closure on disk. So the engine's modules are
copied into the cache folder, beside a module that calls the rules, as a package named by a hash of all of it: one
compile, kept across processes, and the engine without rules pays nothing.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import tempfile
import uuid
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from numba.core import types, utils

from twin.engine.errors import RunError
from twin.engine.fingerprint import fingerprint
from twin.engine.jit import cache_folder, njit, sources_hash
from twin.engine.views import Lot, State, Tool
from twin.line.own_rules import OwnRule

OWN_COPY = (
    "advance", "calls", "choice", "cpu", "gpu", "late", "load", "own", "parts", "phase", "queue", "saturated",
    "section", "work",
)  # fmt: skip
"""Modules that call what calls a rule, themselves or through others; a test sees that none is missing."""

_given: dict[str, list[FunctionType]] = {}

_HEAD = '''"""The line's own dispatch rules: written by twin, together with a copy of its engine."""

import numpy as np

from twin.engine.compose import given
from twin.engine.jit import njit
from twin.engine.views import lot_view, state_view, tool_view

RULES = [njit(rule) for rule in given("{name}")]
'''
_VALUE = '''

@njit
def own_value(L, S, now, g, lot, tool, setup_ticks, which):
    a = lot_view(L, S, lot)
    b = tool_view(L, S, g, tool, setup_ticks)
    c = state_view(S, now, g, tool)
'''


def engine_module(kind: str, rules: Sequence[OwnRule] = ()) -> ModuleType:
    """The driver (`cpu` or `gpu`) of an engine with these rules, as their functions stand now.

    raises RunError for a rule that cannot be compiled
    """
    return import_module(f"{_composed(rules) if rules else 'twin.engine'}.{kind}")


def _composed(rules: Sequence[OwnRule]) -> str:
    """The package of the engine with these rules, checked, written and imported."""
    functions = [rule.function for rule in rules]
    hashed, helpers = fingerprint(functions, sources_hash())
    name = f"twin_own_{hashed}"
    if name not in sys.modules:
        for helper in helpers:
            if getattr(helper, "overloads", None):
                helper.recompile()  # it may have been compiled when a constant that it reads was another
        for rule in rules:
            check_rule(rule)
        _given[name] = functions
        _load(name, len(rules))
    return name


def given(name: str) -> list[FunctionType]:
    """The functions an engine was composed of."""
    return _given[name]


def check_rule(rule: OwnRule) -> None:
    """Refuse a function that cannot be compiled or returns no whole number.

    raises RunError
    """
    signature = tuple(
        types.NamedUniTuple(types.int64, len(view._fields), view)  # type: ignore[no-untyped-call]
        for view in (Lot, Tool, State)
    )
    compiled: Any = njit(rule.function)
    if not hasattr(compiled, "compile"):  # NUMBA_DISABLE_JIT
        return
    try:
        compiled.compile(signature)
    except Exception as error:  # Numba tells what it cannot do in many ways
        raise RunError(f"rule {rule.name}: cannot be compiled: {_first_words(error)}") from None
    returned = compiled.overloads[signature].signature.return_type
    if not isinstance(returned, types.Integer | types.Boolean):
        cure = "round it: int(...)" if isinstance(returned, types.Float) else "return a whole number, smaller first"
        raise RunError(f"rule {rule.name}: returns {_plain_type(returned)}; {cure}")


def _plain_type(kind: Any) -> str:
    if isinstance(kind, types.StringLiteral | types.UnicodeType):
        return "text"
    if isinstance(kind, types.Optional):
        return "nothing where none of its returns is reached"
    return {"none": "nothing"}.get(str(kind), str(kind))


def _first_words(error: Exception) -> str:
    """What is wrong and where, without the compiler's inner life, and a cure where one is known."""
    lines = [line.strip() for line in str(error).splitlines()]
    what = next((line for line in lines if line and not line.startswith(("Failed in", "Compilation"))), "unknown")
    places = [line for line in lines if line.startswith('File "') and "site-packages" not in line]
    told = f"{what} {places[0] if places else ''}".strip().rstrip(":")
    if "<class 'function'>" in what:
        return f"{told}; write @numba.njit above the function that it calls"
    if what.startswith("No implementation of function"):
        return f"{told}; a rule reckons with numbers alone, it makes no lists, arrays or texts"
    return told


def _load(name: str, count: int) -> None:
    """Write the package unless it is there, and import it."""
    # Code kept of a rule that no module holds, as one from `runpy` or `exec`, asks for a module of this name.
    sys.modules.setdefault(utils._dynamic_modname, utils._dynamic_module)
    try:
        package = _written(cache_folder(), name, count)
    except OSError:
        package = _written(Path(tempfile.mkdtemp(prefix="twin-")), name, count)
    spec = importlib.util.spec_from_file_location(
        name, package / "__init__.py", submodule_search_locations=[str(package)]
    )
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


def _written(base: Path, name: str, count: int) -> Path:
    """The package's folder, complete or not there at all."""
    package = base / name
    files = {f"{module}.py" for module in (*OWN_COPY, "__init__")}
    if package.is_dir():
        if files <= {file.name for file in package.iterdir()}:
            return package
        shutil.rmtree(package)  # somebody tidied up in it
    made = base / f".{name}.{uuid.uuid4().hex[:8]}"
    made.mkdir(parents=True, mode=0o700)
    here = Path(__file__).parent
    for module in OWN_COPY:
        text = (here / f"{module}.py").read_text(encoding="utf-8")
        for other in OWN_COPY:
            text = text.replace(f"from twin.engine.{other} import", f"from {name}.{other} import")
        (made / f"{module}.py").write_text(text, encoding="utf-8")
    (made / "own.py").write_text(_own_source(name, count), encoding="utf-8")
    (made / "__init__.py").write_text('"""A copy of twin\'s engine with dispatch rules of the user\'s own."""\n')
    try:
        os.replace(made, package)
    except OSError:
        shutil.rmtree(made, ignore_errors=True)
        if not package.is_dir():  # else somebody was faster: theirs is the same
            raise
    return package


def _own_source(name: str, count: int) -> str:
    """The module that calls the rules."""
    bound = "".join(f"rule_{k} = RULES[{k}]\n" for k in range(count))
    calls = "".join(f"    if which == {k}:\n        return np.int64(rule_{k}(a, b, c))\n" for k in range(count))
    return _HEAD.format(name=name) + bound + _VALUE + calls + "    return np.int64(0)\n"
