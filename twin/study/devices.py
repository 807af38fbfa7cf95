"""Which device steps the worlds, and whether it is there."""

from __future__ import annotations

import time
from collections.abc import Sequence

from twin.line import LineError
from twin.line.own_rules import OwnRule

DEVICES = ("auto", "cpu", "gpu")


def choose_device(asked: str) -> str:
    """`cpu` or `gpu`. `auto` is the CPU: where a card would win has not been measured yet, so nothing is guessed.

    raises LineError for a device that is not there
    """
    if asked not in DEVICES:
        raise LineError(f"device {asked!r} is unknown; write one of: {', '.join(DEVICES)}")
    if asked == "gpu":
        if reason := gpu_missing():
            raise LineError(f"device gpu: {reason}")
        return "gpu"
    return "cpu"


def gpu_missing() -> str | None:
    """Why there is no GPU to run on, in words; None where there is one."""
    try:
        import numba_cuda  # noqa: F401
        from numba import cuda
    except ImportError:
        return "numba-cuda is not installed; pip install 'twin[gpu]'"
    if not cuda.is_available():  # type: ignore[no-untyped-call]
        return "no NVIDIA GPU with a working driver was found; use --device cpu"
    return None


def compile_seconds(device: str, rules: Sequence[OwnRule] = ()) -> float:
    """Have the engine compiled, or loaded from the cache; returns how long that took [s].

    rules: dispatch rules of the user's own to compile in
    """
    from twin.engine.compose import engine_module

    began = time.perf_counter()
    engine_module(device, rules).warm_up()
    return time.perf_counter() - began
