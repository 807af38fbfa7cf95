"""YAML as the documents use it: version 1.2's plain words, keys only once, every fault with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import yaml

from .faults import show

if TYPE_CHECKING:
    from yaml import SafeLoader as BaseLoader
else:
    BaseLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

DEEPEST = 100
_LONGEST_INT = 4000  # digits; the interpreter refuses to read longer ones


@dataclass(frozen=True)
class Spot:
    """A fault of the text itself; line and column count from 0."""

    line: int
    column: int
    what: str


class TextFaults(ValueError):
    """Faults that keep a text from being read as YAML."""

    def __init__(self, spots: list[Spot], data: Any = None) -> None:
        super().__init__(spots[0].what)
        self.spots = spots
        self.data = data


class Loader(BaseLoader):
    """A safe loader whose plain `no`, `on`, `12:30` and `2026-01-01` stay texts, as in YAML 1.2."""

    # Begins empty, without the version 1.1 words of the base.
    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}  # type: ignore[misc]

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.spots: list[Spot] = []

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """A mapping; a key that stands twice or cannot be one is noted, and the rest read on."""
        seen: set[str] = set()
        usable = []
        for key_node, value_node in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                usable.append((key_node, value_node))
                continue
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, dict | list | set):
                self._note(key_node, "a key is a plain name; is a '{' or '[' in the wrong place?")
            elif str(key) in seen:  # names of digits are names too
                self._note(key_node, f"the key {show(key)} stands twice; rename one or leave it out")
            else:
                seen.add(str(key))
                usable.append((key_node, value_node))
        node.value = usable
        self.flatten_mapping(node)
        mapping: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            mapping[self.construct_object(key_node, deep=True)] = self.construct_object(value_node, deep=deep)
        return mapping

    def _note(self, node: yaml.Node, what: str) -> None:
        spot = Spot(node.start_mark.line, node.start_mark.column, what)
        if spot not in self.spots:
            self.spots.append(spot)


def _construct_int(loader: Loader, node: yaml.ScalarNode) -> Any:
    text = loader.construct_scalar(node)
    if len(text) > _LONGEST_INT:
        return text
    return int(text, 0) if text[:2] in {"0o", "0x"} else int(text)


def _construct_float(loader: Loader, node: yaml.ScalarNode) -> float:
    text = loader.construct_scalar(node).lower()
    return float(text.replace(".inf", "inf").replace(".nan", "nan")) if text[-1] in "fn" else float(text)


_PLAIN = {
    "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "int": (r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    "float": (
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        "-+.0123456789",
    ),
    "null": (r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    "merge": (r"<<", "<"),
}
for _tag, (_pattern, _first) in _PLAIN.items():
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), list(_first))
Loader.add_constructor("tag:yaml.org,2002:int", _construct_int)
Loader.add_constructor("tag:yaml.org,2002:float", _construct_float)


def load(text: str) -> Any:
    """The data of a YAML text. Raises TextFaults; those of keys alone hold the data read in spite of them."""
    _refuse_depth(text)
    loader = None
    try:
        loader = Loader(text)
        data = loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        spots = loader.spots if loader is not None else []
        raise TextFaults([*spots, _spot(error, text)]) from None
    except yaml.reader.ReaderError:
        raise TextFaults([_character_spot(text)]) from None
    except (RecursionError, ValueError) as error:
        raise TextFaults([Spot(0, 0, f"cannot be read as YAML: {error}")]) from None
    finally:
        if loader is not None:
            loader.dispose()
    if loader.spots:
        raise TextFaults(loader.spots, data)
    return data


def compose(text: str) -> yaml.Node | None:
    """The text's nodes with their places; slower to use than the data, so only for telling faults."""
    try:
        loader = Loader(text)
        try:
            return loader.get_single_node()
        finally:
            loader.dispose()
    except (yaml.YAMLError, RecursionError, ValueError):
        return None


def scalar(text: str) -> Any:
    """The value of one YAML scalar or flow collection, as after `--set path=`."""
    return load(text) if text.strip() else ""


def _refuse_depth(text: str) -> None:
    """Deep nesting would overrun the C parser's stack; count it where the text makes it possible."""
    depth = most = 0
    for bracket in re.finditer(r"[\[\]{}]", text):
        depth = depth + 1 if bracket[0] in "[{" else max(0, depth - 1)
        most = max(most, depth)
    if most <= DEEPEST and not re.search(rf"(?m)^ {{{DEEPEST},}}\S|(?:[-?:] +){{{DEEPEST},}}", text):
        return
    depth = 0
    try:
        for event in yaml.parse(text, Loader=BaseLoader):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > DEEPEST:
                    line, column = _start(event.start_mark)
                    raise TextFaults([Spot(line, column, "nested more deeply than any line; a stray '['?")])
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
    except yaml.YAMLError:
        return  # told with its place when the text is loaded


def _start(mark: Any) -> tuple[int, int]:
    return (mark.line, mark.column) if mark is not None else (0, 0)


def _spot(error: yaml.MarkedYAMLError, text: str) -> Spot:
    line, column = _start(error.problem_mark or error.context_mark)
    lines = text.splitlines() or [""]
    problem = error.problem or "cannot be read as YAML"
    opened = error.context_mark
    if "<stream end>" in problem or (line >= len(lines) and "expected" in problem):
        bracket = _open_bracket(lines)
        if bracket is not None:
            what = f"the text ends inside the {bracket[0]!r} of line {bracket[1] + 1}; was it cut short?"
        elif opened is not None and "quoted" in (error.context or ""):
            what = f"the text ends inside the quotes of line {opened.line + 1}; was it cut short?"
        else:
            what = "the text ends too early; was it cut short?"
        return Spot(len(lines) - 1, len(lines[-1]), what)
    return Spot(
        line, column, _cure(problem, error.context or "", lines[line] if line < len(lines) else "", column)
    )


def _open_bracket(lines: list[str]) -> tuple[str, int] | None:
    """The innermost bracket that is never closed, and its line."""
    stack: list[tuple[str, int]] = []
    for number, line in enumerate(lines):
        plain = re.sub(r"\"(?:\\.|[^\"\\])*\"|'[^']*'|(?:^|\s)#.*", "", line)
        for character in plain:
            if character in "[{":
                stack.append((character, number))
            elif character in "]}" and stack:
                stack.pop()
    return stack[-1] if stack else None


def _cure(problem: str, context: str, source: str, column: int) -> str:
    """The parser's problem at this place, with what most likely mends it."""
    if source[column : column + 1] == "\t" or "\t" in source[: len(source) - len(source.lstrip())]:
        return "a tab cannot indent YAML; use spaces"
    if "single document" in context:
        return "a second document begins here; write one line a file and leave '---' out"
    if "could not determine a constructor" in problem:
        tag = problem.split("'")[1].replace("tag:yaml.org,2002:", "!!")
        return f"tags such as {tag} are not used here; leave it out"
    if "mapping values are not allowed" in problem:
        if ":" in source[:column]:
            return "a second ':' in this line; put the text in quotes, or begin a new line"
        return "this line is indented unlike the one above; give keys of one part the same indentation"
    if "expected ',' or" in problem:
        return f"{problem}; is a comma or a closing bracket missing before here?"
    if "undefined alias" in problem:
        return f"{problem}; write the anchor (&name) before it, or put a text that begins with '*' in quotes"
    return f"{problem}; is the indentation that of the line above, with a space after each ':' and '-'?"


def _character_spot(text: str) -> Spot:
    odd = re.search(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
    place = odd.start() if odd else 0
    line = text.count("\n", 0, place)
    column = place - (text.rfind("\n", 0, place) + 1)
    return Spot(line, column, "a character that no text holds; is this a YAML file?")
