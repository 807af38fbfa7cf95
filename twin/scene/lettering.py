"""Widths of the letters VTK draws, so that labels can be placed and tested without drawing them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# Hundredths of the letter size for the characters from space to ~, measured from VTK's own "Arial"; in hex.
_REGULAR = bytes.fromhex(
    "1c 1e 1f 37 37 4e 4c 14 25 25 2a 3d 1c 21 1c 2c 37 37 37 37 37 37 37 37 37 37 1c 1c 3d 3d 3d 3b"
    "57 4a 39 51 4a 36 30 57 44 17 30 3b 2e 5c 4a 57 3b 57 3d 32 2b 42 46 60 3d 3b 30 23 3c 23 3d 32"
    "26 44 44 41 44 41 1f 43 3d 14 14 32 14 5e 3d 42 44 44 1e 27 22 3d 37 53 30 36 2a 23 43 23 3d"
)
_BOLD = bytes.fromhex(
    "1c 1c 24 38 38 56 44 16 26 26 2c 3c 1c 2a 1c 2e 38 38 38 38 38 38 38 38 38 38 1c 1c 3c 3c 3c 38"
    "4a 4a 3a 4e 46 34 30 54 44 1c 30 3e 2c 5a 4a 54 38 54 3a 34 2a 40 46 5a 44 3e 32 20 40 20 3c 32"
    "2a 42 42 40 42 40 1c 42 3c 18 1a 3a 18 5e 3c 40 42 42 20 2c 1e 3c 38 50 38 3a 2e 22 3c 22 3c"
)
_OTHER = {"·": 28, "°": 40, "—": 100, "–": 50, "…": 100}


_larger: ContextVar[float] = ContextVar("larger", default=1.0)


@contextmanager
def larger(factor: float) -> Iterator[None]:
    """Letters, and what keeps them apart, larger by a factor: for a picture that is a part of a page."""
    token = _larger.set(factor)
    try:
        yield
    finally:
        _larger.reset(token)


def pixel(size: tuple[int, int]) -> float:
    """Pixels of the picture for one of the design, which is 1080 lines high and not narrow."""
    return _larger.get() * min(size[1] / 1080.0, size[0] / 1600.0)


def letters(size: float) -> int:
    """The letter size drawn: whole pixels, and readable."""
    return max(6, round(size))


def width(text: str, size: float, bold: bool = False) -> float:
    """Width of one line of text [px] at a letter size [px]; characters unknown count as wide ones."""
    table = _BOLD if bold else _REGULAR
    hundredths = 0
    for letter in text:
        place = ord(letter) - 32
        hundredths += table[place] if 0 <= place < len(table) else _OTHER.get(letter, 70)
    return hundredths * letters(size) / 100.0


def shorten(text: str, size: float, room: float, bold: bool = False) -> str:
    """The text, its end cut to an ellipsis where it is wider than `room` [px]."""
    if width(text, size, bold) <= room:
        return text
    while text and width(text + "…", size, bold) > room:
        text = text[:-1]
    return text.rstrip(" ·_-") + "…"
