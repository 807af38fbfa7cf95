"""Changes of a document by path: `toolgroups.oven.tools=3`, `routes.main.bake.time=2 min`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .change_text import Timed, timed
from .faults import OTHER_WORDS, LineError, Loc, did_you_mean, show
from .laws import LAWS, PARAMETERS
from .printer import Edit, plain_message
from .products import KINDS
from .yaml_reader import TextFaults, scalar

if TYPE_CHECKING:
    from .line import Line

SECTIONS = ("toolgroups", "products", "routes")
TEXTS = ("line", "about")  # free texts: `from 2020 on` is no time in them
Changes = Mapping[str, Any] | Iterable[tuple[str, Any]]
"""Values by path, or pairs of path and value where a path may come again with another time."""
_EXCLUSIVE: tuple[tuple[str, ...], ...] = (LAWS, KINDS, ("mtbf", "availability", "bernoulli"))


def pairs_of(changes: Changes) -> list[tuple[str, Any]]:
    """Changes as pairs of path and value."""
    return list(changes.items() if isinstance(changes, Mapping) else changes)


def edited(
    document: dict[Any, Any], changes: Changes, said: str = "--set ", *, fixed: bool = False
) -> tuple[dict[Any, Any], list[Edit]]:
    """A copy of the document with `changes` made, and where each was made.

    Texts are read as YAML scalars; one that ends in `from TIME to TIME` becomes one of the document's
    `transients`. `said` begins the words of a change in messages; `fixed` is as of `changed`.
    """
    edits, faults = [], []
    for path, value in pairs_of(changes):
        try:
            when = timed(value) if isinstance(value, str) and path not in TEXTS else None
            if when is not None:
                document, loc = _with_transient(document, path, when)
            else:
                content = scalar(value) if isinstance(value, str) else value
                document, loc = changed(document, path, content, fixed=fixed)
        except TextFaults as error:
            faults.append(f"{said}{path}={value}: {error.spots[0].what}")
        except ValueError as error:
            faults.append(f"{said}{path}={value}: {error}")
        else:
            edits.append(Edit(path, str(value), loc))
    if faults:
        raise LineError("\n".join(faults))
    return document, edits


def varied(line: Line, changes: Changes, said: str = "") -> Line:
    """Another line with `changes` made; messages begin with `said` and the change at fault.

    raises LineError, which tells every fault
    """
    document, edits = edited(line.to_document(), changes, said, fixed=True)
    folder = line.source.parent if line.source is not None else Path()
    try:
        other = type(line).from_document(document, folder)
    except LineError as error:
        told = []
        for fault in error.faults:
            edit = next((edit for edit in edits if fault.loc[: len(edit.loc)] == edit.loc), None)
            words = f"{edit.path}={edit.text}: {fault.what}" if edit else plain_message([fault], document)
            told.append(f"{said}{words}")
        raise LineError("\n".join(dict.fromkeys(told)), error.faults) from None
    other._source = line._source
    return other


def _with_transient(document: dict[Any, Any], path: str, when: Timed) -> tuple[dict[Any, Any], Loc]:
    """The document with one more change for a time, and its place."""
    given = document.get("transients") or []
    listed = list(given) if isinstance(given, list | tuple) else [given]
    entry = {"change": f"{path}={when.value}", "from": when.begins}
    listed.append(entry if when.ends is None else entry | {"to": when.ends})
    return {**document, "transients": listed}, ("transients", len(listed) - 1)


def changed(
    document: dict[Any, Any], path: str, content: Any, *, fixed: bool = False
) -> tuple[dict[Any, Any], Loc]:
    """The document with one value changed, and the topmost place that was changed or made.

    fixed: the document is in the fixed words, which write a list where one part may stand alone; the path may, too
    Containers along the path are copied, because anchors may share them with other parts.
    raises ValueError for a path that leads nowhere
    """
    words = path.split(".")
    if not all(words):
        raise ValueError("a path is keys joined by dots, such as toolgroups.oven.tools")
    top: dict[Any, Any] = dict(document)
    here: Any = top
    loc: list[str | int] = []
    made: int | None = None
    while words:
        if fixed and isinstance(here, list) and len(here) == 1 and _stands_alone(here[0], words[0], loc):
            words = ["0", *words]
        key, used, exists = _step_down(here, words, loc, made is not None)
        words = words[used:]
        loc.append(OTHER_KEYS.get(key, key) if isinstance(here, dict) else key)
        if not exists:
            made = len(loc) if made is None else made
            _make_room(here, str(key))
        if not words:
            is_crew = loc[0] == "crews" and len(loc) == 2 and exists and isinstance(here[key], dict)
            count_alone = is_crew and not isinstance(content, dict)  # which leaves the crew its calendar
            here[key] = here[key] | {"count": content} if count_alone else content
            break
        inner = here[key] if exists else {}
        if not isinstance(inner, dict | list):
            made, inner = len(loc) if made is None else made, {}
        here[key] = inner.copy()
        here = here[key]
    return top, tuple(loc[:made] if made is not None else loc)


def _stands_alone(part: Any, word: str, loc: list[str | int]) -> bool:
    """Whether the only part of a list is meant by a path that leaves its number out; steps have names instead."""
    return isinstance(part, dict) and not word.isdecimal() and not (loc[0] == "routes" and len(loc) == 2)


def _keys_of_a_line() -> list[str]:
    from .line import Line  # which reads its own changes for a time by path

    return Line.known_keys()


OTHER_KEYS: dict[Any, str] = {other: word for word, other in OTHER_WORDS.items()}


def _step_down(here: Any, words: list[str], loc: list[str | int], free: bool) -> tuple[Any, int, bool]:
    """The key that the next words name, how many words it took, and whether it is there already."""
    where = ".".join(map(str, loc)) or "the document"
    if isinstance(here, list):
        return _place_in_list(here, words, loc, where)
    for used in range(len(words), 0, -1):  # names may hold dots themselves
        wanted = ".".join(words[:used])
        meant = (wanted, OTHER_WORDS.get(wanted), OTHER_KEYS.get(wanted))
        for key in (*meant, *here):
            if key is not None and key in here and (str(key) == wanted or key in meant):
                return key, used, True
    word = words[0]
    if not loc and word not in (known := _keys_of_a_line()):
        found = [section for section in SECTIONS if word in (here.get(section) or {})]
        cure = f"did you mean {'.'.join([found[0], *words])}?" if found else did_you_mean(word, known)
        raise ValueError(f"a line has no {show(word)}; {cure}")
    if not loc and word in SECTIONS:
        raise ValueError(f"the document has no {word}; write them in the file")
    if len(loc) == 1 and loc[0] in (*SECTIONS, "crews", "carriers") and not free:
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
    if len(here) == 1 and isinstance(here[0], dict) and not word.isdecimal():
        return 0, 0, True  # one part may stand for its list, in a path as in a document
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
