"""How the engine is compiled: one decorator, one cache folder named after the sources.

Numba's cache does not notice an edit in a function that is called from another file, so the folder carries a
hash of every source the engine is made of: an edit makes a new folder, never an old result.
"""

import hashlib
import os
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numba
import numpy as np

from twin.engine.once import Inside

Function = TypeVar("Function", bound=Callable[..., Any])
Memory = Any
"""A world's or a line's memory: a pointer on the CPU, an array on the GPU and in plain Python."""


Int = int | np.int64
"""A whole number: int64 once compiled."""
Flag = bool | np.bool_
"""Yes or no."""


class Compile(Protocol):
    """A decorator that keeps a function's type."""

    def __call__(self, function: Function, /) -> Function: ...


_OPTIONS: dict[str, Any] = {
    "error_model": "numpy",
    "nogil": True,
    "_nrt": False,  # nothing is allocated; counting references made up a quarter of an event
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
    "pipeline_class": Inside,
}

njit: Compile = numba.njit(**_OPTIONS, forceinline=True)
"""A function of the engine on the path of every event: scalars and flat memory only, on both devices."""

njit_apart: Compile = numba.njit(**_OPTIONS, forceinline=False)  # said, or it is taken over from the caller
"""A function of the engine that few events need: compiled once, called, so that the rest compiles faster."""


def cache_folder() -> Path:
    """Where compiled engines are kept: TWIN_CACHE_DIR, else the user's cache folder."""
    if named := os.environ.get("TWIN_CACHE_DIR"):
        return Path(named)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return base / "twin"


@lru_cache(maxsize=1)
def sources_hash() -> str:
    """A name for the engine as it stands: a hash over its sources, those of its records, and Numba's version."""
    package = Path(__file__).parent.parent
    digest = hashlib.blake2b(numba.__version__.encode(), digest_size=8)
    for room in ("engine", "arrays", "process"):
        for source in sorted((package / room).glob("*.py")):
            digest.update(source.name.encode())
            digest.update(source.read_bytes())
    return digest.hexdigest()


def cached_njit(function: Function) -> Function:
    """Compile an entry point of the engine and keep it on disk; without a writable folder, compile every time."""
    folder = cache_folder() / f"engine-{sources_hash()}"
    config: Any = numba.config
    before = config.CACHE_DIR
    compiled: Any
    try:
        folder.mkdir(parents=True, exist_ok=True)
        config.CACHE_DIR = str(folder)
        compiled = numba.njit(error_model="numpy", nogil=True, cache=True)(function)
    except (OSError, RuntimeError):
        compiled = numba.njit(error_model="numpy", nogil=True)(function)
    finally:
        config.CACHE_DIR = before
    typed: Function = compiled
    return typed
