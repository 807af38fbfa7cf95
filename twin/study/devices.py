"""Which device steps the worlds, and whether it is there."""

from __future__ import annotations

import time

from twin.line import LineError

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


def compile_seconds(device: str) -> float:
    """Have the engine compiled, or loaded from the cache; returns how long that took [s]."""
    began = time.perf_counter()
    if device == "gpu":
        from twin.engine.gpu import warm_up
    else:
        from twin.engine.cpu import warm_up
    warm_up()
    return time.perf_counter() - began
