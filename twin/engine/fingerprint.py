"""A name for functions by everything that goes into their compiled code.

Numba takes what a function reads from its module and its closure as constants. An engine that is kept on disk under
this name must therefore have another one as soon as any of them changes, in helpers and in modules too.
"""

from __future__ import annotations

import hashlib
import sys
import uuid
from collections.abc import Iterable, Sequence
from enum import Enum, EnumMeta
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

LIBRARIES = frozenset({*sys.stdlib_module_names, "numpy", "numba", "llvmlite", "scipy", "twin"} - {"__main__", "test"})
"""Packages whose functions do not change while their version stays."""
PLAIN = bool | int | float | complex | str | bytes | np.generic | None

_process = uuid.uuid4().hex
_strangers: list[Any] = []
"""Values of which nothing can be told but whether they are the same ones; kept, so that no other takes their place."""


def fingerprint(functions: Sequence[FunctionType], base: str) -> tuple[str, tuple[Any, ...]]:
    """A name for functions, and the compiled helpers that they call, a helper's own before it.

    base: what else the name stands for
    """
    digest = _Digest()
    digest.put(base, sys.version)
    for function in functions:
        digest.function(function)
    return digest.name(), tuple(digest.helpers)


class _Digest:
    """A hash over values, each with its length, so that no two sequences of them read alike."""

    def __init__(self) -> None:
        self._hash = hashlib.blake2b(digest_size=8)
        self._seen: dict[Any, int] = {}
        self.helpers: list[Any] = []

    def name(self) -> str:
        return self._hash.hexdigest()

    def put(self, *parts: Any) -> None:
        for part in parts:
            data = part if isinstance(part, bytes) else repr(part).encode()
            self._hash.update(len(data).to_bytes(8, "little"))
            self._hash.update(data)

    def function(self, function: FunctionType) -> None:
        """A function's code, its defaults, and what it reads from its closure and its module."""
        if self._known(id(function)):
            return
        self.put(_home(function))
        self._code(function.__code__)
        names = _names(function.__code__)
        self.put(len(function.__defaults__ or ()), sorted(function.__kwdefaults__ or ()))
        for value in (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()):
            self.value(value, names)
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
            self.put(name)
            self.value(_content(cell), names)
        for name in names:
            if name in function.__globals__:
                self.put(name)
                self.value(function.__globals__[name], names)

    def value(self, value: Any, names: Iterable[str]) -> None:
        """A value that a function reads.

        names: what the function may read from it, if it is a module or a class
        """
        plain = getattr(value, "py_func", value)
        kind = type(plain)
        if isinstance(plain, FunctionType) and not _of_library(plain):
            self.function(plain)
            self.put(repr(sorted(getattr(value, "targetoptions", {}).items())))
            if plain is not value and value not in self.helpers:
                self.helpers.append(value)
        elif isinstance(plain, Enum | EnumMeta):
            members = [plain] if isinstance(plain, Enum) else list(plain)
            self.put("enum", [(str(member), member.value) for member in members])
        elif isinstance(plain, tuple):
            self.put(kind.__qualname__, len(plain))
            for part in plain:
                self.value(part, names)
        elif isinstance(plain, PLAIN):
            self.put(kind.__qualname__, plain)
        elif isinstance(plain, np.ndarray) and not plain.dtype.hasobject:
            self.put("array", plain.dtype.str, plain.shape, plain.tobytes())
        elif isinstance(plain, ModuleType | type) and not _of_library(plain):
            self._members(plain, names)
        elif _of_library(plain):
            package = sys.modules.get(_module_of(plain).partition(".")[0])
            self.put(_module_of(plain), getattr(plain, "__qualname__", repr(plain)), getattr(package, "__version__", 0))
        else:
            self._stranger(plain)

    def _members(self, owner: Any, names: Iterable[str]) -> None:
        """What a function may read from a module or a class."""
        self.put(owner.__name__, getattr(owner, "_fields", ()), getattr(owner, "_field_defaults", ()))
        if self._known((id(owner), tuple(names))):
            return
        for name in names:
            if name in vars(owner):
                self.put(name)
                self.value(vars(owner)[name], names)

    def _stranger(self, value: Any) -> None:
        """An object: the same one as before in this process, another one in every other."""
        if not any(value is known for known in _strangers):
            _strangers.append(value)
        self.put("object", _process, next(k for k, known in enumerate(_strangers) if known is value))

    def _known(self, key: Any) -> bool:
        """Whether something was put before; if so, which it was is put."""
        first = key not in self._seen
        number = self._seen.setdefault(key, len(self._seen))
        self.put("first" if first else "again", number)
        return not first

    def _code(self, code: CodeType) -> None:
        self.put(code.co_code, code.co_names, code.co_freevars, len(code.co_consts))
        for const in code.co_consts:
            if isinstance(const, CodeType):
                self._code(const)
            else:
                self.put(type(const).__name__, const)


def _names(code: CodeType) -> list[str]:
    """Names that a function and those inside it look up, each once, in order."""
    inner = [name for const in code.co_consts if isinstance(const, CodeType) for name in _names(const)]
    return list(dict.fromkeys([*code.co_names, *inner]))


def _content(cell: Any) -> Any:
    """What a closure holds; None while it holds nothing."""
    try:
        return cell.cell_contents
    except ValueError:
        return None


def _module_of(value: Any) -> str:
    return str(value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None) or "")


def _home(function: FunctionType) -> str:
    """The module that what is compiled of a function asks for when it is loaded; none if nobody can import it."""
    return getattr(sys.modules.get(function.__module__), "__name__", "")


def _of_library(value: Any) -> bool:
    """Whether a function, a class or a module is part of a library; a value of a library's class is not."""
    named = isinstance(value, ModuleType | type) or callable(value)
    return named and _module_of(value).partition(".")[0] in LIBRARIES
