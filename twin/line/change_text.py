"""Changes in words: `PATH=VALUE`, `... from TIME to TIME` or `for TIME`, several with `;` between, a name before."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from .faults import show

EXAMPLE = "toolgroups.oven.tools=3"
_CLOSING = {"[": "]", "{": "}", "(": ")"}
_TIME = r"\s+(?=[-+.\d])"  # a name may hold the words `from` and `to`, so a number must follow
_FROM, _TO, _FOR = (re.compile(rf"\s{word}{_TIME}") for word in ("from", "to", "for"))


@dataclass(frozen=True)
class Timed:
    """A value that holds for a time: its text, and when it begins and ends (None: never), as texts."""

    value: str
    begins: str
    ends: str | None


def _outside(text: str) -> list[bool]:
    """Whether each character lies outside quotes and brackets."""
    found, quote, closing, before = [], "", [""], " "
    for letter in text:
        found.append(not quote and len(closing) == 1)
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'" and before in " \t=:;,[{(":  # else an apostrophe
            quote = letter
            found[-1] = False
        elif letter in _CLOSING:
            closing.append(_CLOSING[letter])
        elif letter == closing[-1]:
            closing.pop()
        before = letter
    return found


def _place(text: str, sign: str) -> int:
    """The first place of a sign outside quotes and brackets, -1 for none."""
    outside = _outside(text)
    return next((i for i, letter in enumerate(text) if letter == sign and outside[i]), -1)


def timed(text: str) -> Timed | None:
    """The parts of `VALUE from TIME to TIME`, or `from TIME for TIME`; None for a value without a time.

    raises ValueError for an end without a beginning
    """
    outside = _outside(text)
    begin = next((match for match in _FROM.finditer(text) if outside[match.start()]), None)
    if begin is None:
        end = next((match for match in _TO.finditer(text) if outside[match.start()]), None)
        if end is not None:
            when = text[end.end() :].strip()
            raise ValueError(f"ends at {show(when)} and begins at no time; write 'from 0 d to {when}'")
        return None
    value, times = text[: begin.start()].strip(), text[begin.end() :]
    starts, *lasts = _FOR.split(times, maxsplit=1)
    if lasts:
        return Timed(value, starts.strip(), f"{starts.strip()} {lasts[0].strip()}")  # quantities in a row are a sum
    starts, *ends = _TO.split(times, maxsplit=1)
    return Timed(value, starts.strip(), ends[0].strip() if ends else None)


def split_change(text: str) -> tuple[str, str]:
    """Path and value of `PATH=VALUE`, the value with its times.

    raises ValueError
    """
    path, sign, value = text.partition("=")
    if not sign or not path.strip():
        raise ValueError(f"{show(text.strip())} is no change; write PATH=VALUE, such as {EXAMPLE}")
    return path.strip(), value.strip()


def split_changes(text: str) -> list[tuple[str, str]]:
    """Paths and values of `PATH=VALUE; PATH=VALUE from TIME to TIME`.

    raises ValueError
    """
    outside = _outside(text)
    cuts = [-1, *(i for i, letter in enumerate(text) if letter == ";" and outside[i]), len(text)]
    parts = [text[a + 1 : b].strip() for a, b in pairwise(cuts)]
    return [split_change(part) for part in parts if part]


def split_scenario(text: str) -> tuple[str, str]:
    """Name and changes of `NAME: PATH=VALUE; ...`.

    raises ValueError
    """
    place, equals = _place(text, ":"), _place(text, "=")
    name = text[:place].strip() if place >= 0 else ""
    if name[:1] in {'"', "'"} and name[-1:] == name[:1] and len(name) > 1:
        name = name[1:-1].strip()
    if place < 0 or not name or 0 <= equals < place:
        raise ValueError(f"{show(text)} has no name; write 'NAME: PATH=VALUE', such as 'third oven: {EXAMPLE}'")
    return name, text[place + 1 :].strip()
