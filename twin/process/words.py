"""Words that choose one of several sets of constants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")


def word(name: str, value: str, choices: Mapping[str, T]) -> T:
    """What a word stands for; raises ValueError that names the argument, the word and those there are."""
    if value not in choices:
        raise ValueError(f"{name} {value!r} is unknown; write {' or '.join(map(repr, choices))}")
    return choices[value]
