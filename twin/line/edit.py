"""Changes of a document by path: `toolgroups.oven.tools=3`, `routes.main.bake.time=2 min`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .faults import OTHER_WORDS, LineError, Loc, did_you_mean, show
from .laws import LAWS, PARAMETERS
from .line import Line
from .printer import Edit
from .products import KINDS
from .yaml_reader import TextFaults, scalar

SECTIONS = ("toolgroups", "products", "routes")
_EXCLUSIVE: tuple[tuple[str, ...], ...] = (LAWS, KINDS, ("mtbf", "availability"))


def edited(document: dict[Any, Any], changes: Mapping[str, Any]) -> tuple[dict[Any, Any], list[Edit]]:
    """A copy of the document with `changes` made, and where each was made. Texts are read as YAML scalars."""
    edits, faults = [], []
    for path, value in changes.items():
        try:
            content = scalar(value) if isinstance(value, str) else value
            document, loc = _changed(document, path, content)
        except TextFaults as error:
            faults.append(f"--set {path}={value}: {error.spots[0].what}")
        except ValueError as error:
            faults.append(f"--set {path}={value}: {error}")
        else:
            edits.append(Edit(path, str(value), loc))
    if faults:
        raise LineError("\n".join(faults))
    return document, edits


def _changed(document: dict[Any, Any], path: str, content: Any) -> tuple[dict[Any, Any], Loc]:
    """The document with one value changed, and the topmost place that was changed or made.

    Containers along the path are copied, because anchors may share them with other parts.
    """
    words = path.split(".")
    if not all(words):
        raise ValueError("a path is keys joined by dots, such as toolgroups.oven.tools")
    top: dict[Any, Any] = dict(document)
    here: Any = top
    loc: list[str | int] = []
    made: int | None = None
    while words:
        key, used, exists = _step_down(here, words, loc, made is not None)
        words = words[used:]
        loc.append(OTHER_KEYS.get(key, key) if isinstance(here, dict) else key)
        if not exists:
            made = len(loc) if made is None else made
            _make_room(here, str(key))
        if not words:
            here[key] = content
            break
        inner = here[key] if exists else {}
        if not isinstance(inner, dict | list):
            made, inner = len(loc) if made is None else made, {}
        here[key] = inner.copy()
        here = here[key]
    return top, tuple(loc[:made] if made is not None else loc)


OTHER_KEYS: dict[Any, str] = {other: word for word, other in OTHER_WORDS.items()}


def _step_down(here: Any, words: list[str], loc: list[str | int], free: bool) -> tuple[Any, int, bool]:
    """The key that the next words name, how many words it took, and whether it is there already."""
    where = ".".join(map(str, loc)) or "the document"
    if isinstance(here, list):
        return _place_in_list(here, words, loc, where)
    for used in range(len(words), 0, -1):  # names may hold dots themselves
        wanted = ".".join(words[:used])
        for key in (wanted, OTHER_WORDS.get(wanted), *here):
            if key is not None and key in here and (str(key) == wanted or key == OTHER_WORDS.get(wanted)):
                return key, used, True
    word = words[0]
    if not loc and word not in Line.known_keys():
        raise ValueError(f"a line has no {show(word)}; {did_you_mean(word, Line.known_keys())}")
    if not loc and word in SECTIONS:
        raise ValueError(f"the document has no {word}; write them in the file")
    if len(loc) == 1 and loc[0] in SECTIONS and not free:
        raise ValueError(f"{where} has no {show(word)}; {did_you_mean(word, map(str, here))}")
    return word, 1, False


def _place_in_list(
    here: list[Any], words: list[str], loc: list[str | int], where: str
) -> tuple[int, int, bool]:
    names = [str(part.get("step")) if isinstance(part, dict) else None for part in here]
    for used in range(len(words), 0, -1):
        wanted = ".".join(words[:used])
        if loc[0] == "routes" and wanted in names:
            return names.index(wanted), used, True
    word = words[0]
    parameters = PARAMETERS.get(str(loc[-1]), ())
    if word in parameters and parameters.index(word) < len(here):
        return parameters.index(word), 1, True
    if word.isdecimal() and int(word) < len(here):
        return int(word), 1, True
    if loc[0] == "routes" and len(loc) == 2:
        raise ValueError(f"{where} has no step {show(word)}; {_nearest_of(word, names)}")
    last = len(here) - 1
    raise ValueError(
        f"{where} is a list; write {where}.0{f' to {where}.{last}' if last > 0 else ''}, not {show(word)}"
    )


def _nearest_of(word: str, names: Iterable[str | None]) -> str:
    return did_you_mean(word, [name for name in names if name])


def _make_room(here: dict[Any, Any], key: str) -> None:
    """A new law, release or failure replaces what cannot stand beside it."""
    for group in _EXCLUSIVE:
        if key in group:
            for other in group:
                here.pop(other, None)
