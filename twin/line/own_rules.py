"""Dispatch rules of the user's own: one function, named in the document as `package.module:function` or handed in.

A document names a function that is installed where twin runs; it never holds one.
"""

from __future__ import annotations

import dis
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import FunctionType
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from .faults import LineError, did_you_mean, show

if TYPE_CHECKING:
    from .line import Line

SIGNATURE = "score(lot, tool, state)"


@dataclass(frozen=True)
class OwnRule:
    """A dispatch rule of the user's own.

    name:     as the document writes it
    function: `score(lot, tool, state) -> int`, smaller goes first; plain Python, to be compiled with the engine
    lot_only: whether it looks at nothing but the lot, so that a lot's score holds while it waits
    """

    name: str
    function: FunctionType
    lot_only: bool


_handed: dict[str, Callable[..., Any]] = {}
"""Functions handed in by the script that runs, by the names they got."""


def is_own(name: str) -> bool:
    """Whether a rule's name is that of a function."""
    return ":" in name


def hand_in(function: Callable[..., Any]) -> str:
    """The name under which a rule may use a function of the running program.

    raises ValueError for what is no rule
    """
    plain = getattr(function, "py_func", function)
    if not inspect.isfunction(plain):
        raise ValueError(f"a rule is a function {SIGNATURE}, not {show(function)}")
    first = name = f"{plain.__module__}:{plain.__qualname__}"
    count = 1
    while name in _handed and _plain(_handed[name]) is not plain:
        count += 1
        name = f"{first}~{count}"
    _checked(name, plain)
    _handed[name] = function
    return name


def own_rule(name: str) -> OwnRule:
    """The rule of this name.

    raises ValueError: not installed, no function, another signature, a function that raises
    """
    plain = _plain(_handed[name] if name in _handed else _installed(name))
    if not inspect.isfunction(plain):
        raise ValueError(f"rule {name}: is a {type(plain).__name__}, not a function {SIGNATURE}")
    _checked(name, plain)
    return OwnRule(name, plain, _looks_at_the_lot_alone(plain))


def _plain(function: Any) -> Any:
    return getattr(function, "py_func", function)


def _installed(name: str) -> Any:
    module, _, attribute = name.partition(":")
    if not attribute or not all(part.isidentifier() for part in [*module.split("."), *attribute.split(".")]):
        raise ValueError(f"rule {name}: write package.module:function, such as my_rules:oldest_first")
    try:
        found: Any = import_module(module)
    except ModuleNotFoundError as error:
        if error.name is not None and f"{module}.".startswith(f"{error.name}."):
            raise ValueError(
                f"rule {name}: there is no module {error.name!r} where twin runs; install the package that holds it"
            ) from None
        raise ValueError(f"rule {name}: its module needs {error.name!r}, which is not installed") from None
    except Exception as error:
        raise ValueError(f"rule {name}: its module cannot be imported: {type(error).__name__}: {error}") from None
    for part in attribute.split("."):
        if not hasattr(found, part):
            known = [key for key, value in vars(found).items() if callable(value)]
            raise ValueError(f"rule {name}: {module} has no {part!r}; {did_you_mean(part, known)}")
        found = getattr(found, part)
    return found


def _checked(name: str, function: FunctionType) -> None:
    """Refuse what could never be compiled into the engine, in the engineer's words."""
    parameters = inspect.signature(function).parameters.values()
    plain = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if len(plain) != 3 or len(plain) != len(parameters):
        raise ValueError(
            f"rule {name}: takes ({', '.join(map(str, parameters))}); a rule is {SIGNATURE} and returns a whole number"
        )
    if inspect.isgeneratorfunction(function) or inspect.iscoroutinefunction(function):
        raise ValueError(f"rule {name}: returns no number at once; write a plain function {SIGNATURE}")
    line = function.__code__.co_firstlineno
    for instruction in dis.get_instructions(function):
        line = _line_of(instruction) or line
        if instruction.opname == "RAISE_VARARGS":
            raise ValueError(
                f"rule {name}: raises in line {line} of {function.__code__.co_filename}; a rule returns a number for "
                "every lot, a GPU has no exceptions"
            )


def _line_of(instruction: Any) -> int | None:
    """The source line of an instruction, if it begins one."""
    start = instruction.starts_line  # up to 3.12 the number itself, since 3.13 whether there is one
    return getattr(instruction, "line_number", None) if start is True else start or None


def _looks_at_the_lot_alone(function: FunctionType) -> bool:
    """Whether tool and state are never read."""
    others = set(function.__code__.co_varnames[1:3])
    for instruction in dis.get_instructions(function):
        read = instruction.argval if isinstance(instruction.argval, tuple) else (instruction.argval,)
        if others & {word for word in read if isinstance(word, str)} and instruction.opname != "LOAD_ATTR":
            return False
    return True


def with_rules(line: Line, rules: Mapping[str, Any]) -> Line:
    """The line with other dispatch rules: of a toolgroup, names and functions, ranked.

    raises LineError
    """
    faults = []
    groups = dict(line.toolgroups)
    for group, ranks in rules.items():
        if group not in groups:
            faults.append(f"rules: the line has no toolgroup {show(group)}; {did_you_mean(str(group), groups)}")
            continue
        if groups[group].sequence is not None:
            faults.append(f"rules.{group}: its tools take lots by their sequence; leave the rule out")
            continue
        listed = list(ranks) if isinstance(ranks, list | tuple) else [ranks]
        try:
            names = [rank if isinstance(rank, str) else hand_in(rank) for rank in listed]
            checked = type(groups[group]).model_validate({"rule": names}).rule
        except ValueError as error:
            what = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
            faults.append(f"rules.{group}: {what.removeprefix('Value error, ')}")
            continue
        groups[group] = groups[group].model_copy(update={"rule": checked})
    if faults:
        raise LineError("\n".join(faults))
    return line.model_copy(update={"toolgroups": groups})
