"""Errors meant for the engineer: told in their own words on stderr, exit code 2, never a traceback."""

from __future__ import annotations

import sys

# Where each class lives; an error of a room that was never loaded cannot have been raised.
TOLD = {
    "twin.cli.errors": "Refused",
    "twin.line": "LineError",
    "twin.engine": "RunError",
    "twin.results": "ResultsError",
    "twin.scene": "SceneUnavailable",
}


class Refused(Exception):
    """A command that cannot be done as asked; `str()` is the message."""


def message(error: Exception) -> str | None:
    """What to print for an error; None if it is none of ours and deserves its traceback."""
    for room, name in TOLD.items():
        known = getattr(sys.modules.get(room), name, None)
        if known is not None and isinstance(error, known):
            return str(error)
    if isinstance(error, BrokenPipeError):
        return None
    if isinstance(error, OSError):
        what = error.strerror or str(error)
        return f"{error.filename}: {what}" if error.filename else what
    if isinstance(error, MemoryError):
        return "not enough memory; take fewer --replications or a shorter --horizon"
    return None
