"""An engine with the user's own dispatch rules compiled in.

Numba binds what a function calls when it compiles it, and keeps no closure on disk. So the engine's modules are
copied into the cache folder, beside a module that calls the rules, as a package named by a hash of all of it: one
compile, kept across processes, and the engine without rules pays nothing.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import tempfile
import uuid
from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numba
from numba.core import types
from numba.core.errors import NumbaError

from twin.engine.errors import RunError
from twin.engine.jit import cache_folder, sources_hash
from twin.engine.views import Lot, State, Tool
from twin.line.own_rules import OwnRule

OWN_COPY = (
    "advance", "clocks", "cpu", "gpu", "load", "lots", "moves", "own", "phase", "process", "queue", "saturated", "work",
)  # fmt: skip
"""Modules that call what calls a rule, and what they share with them."""

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
    c = state_view(S, now, g)
'''


def engine_module(kind: str, rules: Sequence[OwnRule] = ()) -> ModuleType:
    """The driver (`cpu` or `gpu`) of an engine with these rules.

    raises RunError for a rule that cannot be compiled
    """
    return import_module(f"{_composed(tuple(rules)) if rules else 'twin.engine'}.{kind}")


@lru_cache(maxsize=64)
def _composed(rules: tuple[OwnRule, ...]) -> str:
    """The package of the engine with these rules, checked, written and imported."""
    for rule in rules:
        check_rule(rule)
    name = f"twin_own_{_fingerprint(rules)}"
    if name not in sys.modules:
        _given[name] = [rule.function for rule in rules]
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
    compiled: Any = numba.njit(error_model="numpy")(rule.function)
    try:
        compiled.compile(signature)
    except NumbaError as error:
        raise RunError(f"rule {rule.name}: cannot be compiled: {_first_words(error)}") from None
    returned = compiled.overloads[signature].signature.return_type
    if not isinstance(returned, types.Integer | types.Boolean):
        cure = "round it: int(...)" if isinstance(returned, types.Float) else "return a whole number, smaller first"
        raise RunError(f"rule {rule.name}: returns {_plain_type(returned)}; {cure}")


def _plain_type(kind: Any) -> str:
    text = {"none": "nothing", "unicode_type": "text"}.get(str(kind), str(kind))
    return "text" if isinstance(kind, types.StringLiteral | types.UnicodeType) else text


def _first_words(error: NumbaError) -> str:
    """What is wrong and where, without the compiler's inner life."""
    lines = [line.strip() for line in str(error).splitlines()]
    what = next((line for line in lines if line and not line.startswith(("Failed in", "Compilation"))), "unknown")
    where = next((line for line in lines if line.startswith('File "')), "")
    return f"{what} {where}".strip().rstrip(":")


def _fingerprint(rules: Sequence[OwnRule]) -> str:
    """A name for the engine with these rules, by all the code they are made of."""
    digest = hashlib.blake2b(sources_hash().encode(), digest_size=8)
    digest.update(sys.version.encode())
    for rule in rules:
        _digest_function(digest, rule.function, set())
    return digest.hexdigest()


def _digest_function(digest: Any, function: FunctionType, seen: set[int]) -> None:
    """Add a function's code, and what it reads from its module and its closure."""
    if id(function) in seen:
        return
    seen.add(id(function))
    _digest_code(digest, function.__code__)
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    read = [function.__globals__[name] for name in _names(function.__code__) if name in function.__globals__]
    for value in [*cells, *read]:
        plain = getattr(value, "py_func", value)
        if isinstance(plain, FunctionType):
            _digest_function(digest, plain, seen)
        elif isinstance(plain, bool | int | float | str | bytes | tuple | frozenset | type(None)):
            digest.update(repr(plain).encode())
        elif isinstance(plain, ModuleType | type):
            digest.update(plain.__name__.encode())
        else:
            digest.update(uuid.uuid4().bytes)  # an array, say: whether it changed cannot be told, so compile anew


def _names(code: CodeType) -> list[str]:
    inner = [name for const in code.co_consts if isinstance(const, CodeType) for name in _names(const)]
    return [*code.co_names, *inner]


def _digest_code(digest: Any, code: CodeType) -> None:
    digest.update(code.co_code)
    digest.update(repr(code.co_names).encode())
    for const in code.co_consts:
        if isinstance(const, CodeType):
            _digest_code(digest, const)
        else:
            digest.update(repr(const).encode())


def _load(name: str, count: int) -> None:
    """Write the package unless it is there, and import it."""
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
    if package.is_dir():
        return package
    made = base / f".{name}.{uuid.uuid4().hex[:8]}"
    made.mkdir(parents=True)
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
        if not package.is_dir():  # somebody else was faster: theirs is the same
            raise
    return package


def _own_source(name: str, count: int) -> str:
    """The module that calls the rules."""
    bound = "".join(f"rule_{k} = RULES[{k}]\n" for k in range(count))
    calls = "".join(f"    if which == {k}:\n        return np.int64(rule_{k}(a, b, c))\n" for k in range(count))
    return _HEAD.format(name=name) + bound + _VALUE + calls + "    return np.int64(0)\n"
