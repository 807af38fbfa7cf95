"""The event engine: `@njit` functions on flat integer memory, written once, with a thin driver for each device."""

from twin.engine.errors import RunError

__all__ = ["RunError"]
