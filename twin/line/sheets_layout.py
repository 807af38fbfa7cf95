"""Which sheets a line's tables have and which columns, drawn from the models of the document.

A sheet holds the parts of one kind, a row each. A header is a word of the document, or several joined by
dots: `batch.min`, `time.uniform.low`. So a new word of a model has its place here without being named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

from .document import Document
from .faults import OTHER_WORDS, did_you_mean, nearest, show
from .laws import LISTED, PARAMETERS, PLAIN, Law
from .line import Line
from .units import NAME_SCHEMA, SHARE_SCHEMA, positive_seconds, seconds, share, signed_seconds, tick_seconds

TIMES = "times"  # the sheet of measured times, which laws name by column
WORDS = "words"  # the sheet that explains the others
TITLES: dict[tuple[str, ...], str] = {("setups", "changes"): "setups", ("release", "schedule"): "starts"}
# Words that a part must have, and that other cells may say: the product, rows of `starts` or `shifts`, an availability,
# a conveyor.
_MAY_BE_BLANK = {
    "wip": {"units", "priority"}, "products": {"release"}, "failures": {"mtbf", "mttr"}, "routes": {"time"},
    "calendars": {"shifts"},
}  # fmt: skip
_SECONDS = {seconds, positive_seconds, signed_seconds, tick_seconds}


class Leaf(Enum):
    """What the cells of a column hold."""

    TEXT = "a text or a name"
    WORDS = "words with commas between them"
    TIME = "a time"
    SHARE = "a share"
    LAW = "a time or a law"
    QUANTITY = "a quantity with its unit"
    VALUE = "a number, a word or a value as the document writes it"


@dataclass(frozen=True)
class Sheet:
    """One kind of sheet.

    owners:  columns that name the part a row belongs to: a toolgroup; a route; a route and its step
    section: key of the document that holds the parts, none for the head
    below:   keys from the owner down to the row's list
    shape:   pairs: a key and its value each row; named: the owner is the row; listed: rows in order;
             mapped: a name and its value each row
    model:   the part that a row describes
    """

    title: str
    owners: tuple[str, ...]
    section: str
    below: tuple[str, ...]
    shape: Literal["pairs", "named", "listed", "mapped"]
    model: type[Document]

    @property
    def fixed(self) -> tuple[str, ...]:
        """Columns that are no words of the row's part."""
        more = {"pairs": ("key", "value"), "mapped": ("setup", "lots")}
        return (*self.owners, *more.get(self.shape, ()))

    def needed(self) -> list[str]:
        """Columns without which no row is whole."""
        if self.shape in {"pairs", "mapped"}:
            return list(self.fixed)
        fields = self.model.model_fields.items()
        needed = [field.alias or name for name, field in fields if field.is_required()]
        may = _MAY_BE_BLANK.get(self.title, set())
        return [*self.owners, *(name for name in needed if name not in may and name not in self.model.hidden)]


class Core(NamedTuple):
    """A type without `None`, and what validates it besides."""

    type: Any
    metadata: tuple[Any, ...]


def core(annotation: Any, metadata: tuple[Any, ...] = ()) -> Core:
    """What is left of a field's type when `None` and metadata are taken off."""
    while True:
        if hasattr(annotation, "__metadata__"):
            metadata = (*metadata, *annotation.__metadata__)
            annotation = annotation.__origin__
            continue
        if get_origin(annotation) in (Union, UnionType):
            kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
            if len(kinds) == 1:
                annotation = kinds[0]
                continue
        return Core(annotation, metadata)


def _is_part(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Document) and not issubclass(kind, Law)


def _is_law(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Law)


def _field(model: type[Document], key: str) -> Core | None:
    """The type of a key, None for a key that is no field."""
    for name, field in model.model_fields.items():
        if key == (field.alias or name):
            return core(field.annotation, tuple(field.metadata))
    return None


def _element(kind: Any) -> Any:
    """What a tuple or a mapping of this type holds."""
    inside = [arg for arg in get_args(kind) if arg is not Ellipsis]
    return core(inside[-1]).type if inside and get_origin(kind) in (tuple, dict) else None


@cache
def sheets() -> dict[str, Sheet]:
    """Every kind of sheet, by its title."""
    found = [Sheet("line", (), "", (), "pairs", Line)]
    for key in Line.known_keys():
        field = _field(Line, key)
        if field is None:
            continue
        owner = key.removesuffix("s")
        held = _element(field.type)
        if get_origin(field.type) is dict and _is_part(held):
            found.append(Sheet(key, (owner,), key, (), "named", held))
            found += _children(held, (owner,), key, ())
        elif get_origin(field.type) is dict and _is_part(_element(held)):
            step = _element(held)
            found.append(Sheet(key, (owner,), key, (), "listed", step))
            found += _children(step, (owner, "step"), key, ())
        elif _is_part(held):
            found.append(Sheet(key, (), key, (), "listed", held))
    titles: dict[str, Sheet] = {}
    for sheet in found:
        title = sheet.title if sheet.title not in titles else f"{sheet.owners[-1]}_{sheet.title}"
        titles[title] = Sheet(title, sheet.owners, sheet.section, sheet.below, sheet.shape, sheet.model)
    return titles


def _children(
    model: type[Document], owners: tuple[str, ...], section: str, below: tuple[str, ...]
) -> Iterator[Sheet]:
    """Sheets of the lists that a part holds, the lists of its own parts included."""
    for key in model.known_keys():
        field = _field(model, key)
        if field is None:
            continue
        path, held = (*below, key), _element(field.type)
        title = TITLES.get(path, key)
        if _is_part(held) and get_origin(field.type) is tuple:
            yield Sheet(title, owners, section, path, "listed", held)
        elif get_origin(field.type) is dict and held is int:
            yield Sheet(title, owners, section, path, "mapped", model)
        elif _is_part(field.type):
            yield from _children(field.type, owners, section, path)


def sheet_of(title: str) -> Sheet | None:
    """The sheet that a title names, `stations` and capitals included."""
    plain = _plain(title)
    known = sheets()
    other = {other: word for word, other in OTHER_WORDS.items()}
    return known.get(other.get(plain, plain))


def _plain(word: str) -> str:
    return "_".join(word.replace("-", " ").replace("_", " ").split()).casefold()


def leaf(model: type[Document], path: tuple[str, ...]) -> Leaf:
    """What a column of a part holds. Raises a ValueError with the cure for a path that leads nowhere."""
    key, rest = path[0], path[1:]
    if key not in model.known_keys():
        raise ValueError(f"unknown word {show('.'.join(path))}; {did_you_mean(key, model.known_keys())}")
    field = _field(model, key)
    if field is None or key in model.hidden:
        kind = _leaf_of_word(model.words.get(key, {}), field)
    elif _is_law(field.type):
        return _leaf_of_law(rest) if rest else Leaf.LAW
    elif _is_part(field.type):
        return leaf(field.type, rest) if rest else Leaf.VALUE
    else:
        kind = _leaf_of_field(field)
        if rest and get_origin(field.type) is dict:
            return _leaf_of_field(core(get_args(field.type)[1])) if len(rest) == 1 else Leaf.VALUE
    if rest:
        raise ValueError(f"unknown word {show('.'.join(path))}; {key} holds {kind.value}: write {show(key)}")
    return kind


def part_at(model: type[Document], path: tuple[str, ...]) -> type[Document] | None:
    """The part that a part holds at a path, None for anything that has no words of its own.

    A process law brings words that no model knows, so that it is written as one text.
    """
    for key in path:
        field = _field(model, key)
        if field is None or not _is_part(field.type):
            return None
        model = field.type
    is_open = any(core(field.annotation).type is Any for field in model.model_fields.values())
    return None if is_open else model


def _leaf_of_word(schema: dict[str, Any], field: Core | None) -> Leaf:
    """What a key holds that the document writes in other words than the model's fields."""
    if schema.get("type") == NAME_SCHEMA["type"]:
        return Leaf.TEXT
    if schema.get("anyOf") == SHARE_SCHEMA["anyOf"]:
        return Leaf.SHARE
    return _leaf_of_field(field) if field is not None else Leaf.VALUE


def _leaf_of_field(field: Core) -> Leaf:
    readers = [getattr(part, "func", None) for part in field.metadata]
    if any(reader in _SECONDS for reader in readers):
        return Leaf.TIME
    if share in readers:
        return Leaf.SHARE
    written = [getattr(part, "json_schema", {}) for part in field.metadata]
    if any(schema.get("type") == "string" and "examples" in schema for schema in written if isinstance(schema, dict)):
        return Leaf.QUANTITY
    if get_origin(field.type) is tuple and _element(field.type) is str:
        return Leaf.WORDS
    if field.type is str or get_origin(field.type) is Literal:
        return Leaf.TEXT
    return Leaf.LAW if _is_law(field.type) else Leaf.VALUE


def _leaf_of_law(path: tuple[str, ...]) -> Leaf:
    """What a column below a law holds: `uniform.low`, `exponential`."""
    kind, rest = path[0], path[1:]
    known = [law for law in PARAMETERS if law != "constant"]
    if kind in LISTED:
        raise ValueError(f"{kind} has no columns of its own; write '{kind}: {{sheet: {TIMES}, column: a}}' in a cell")
    if kind not in known:
        raise ValueError(f"unknown law {show(kind)}; {did_you_mean(kind, known)}")
    names = PARAMETERS[kind]
    if len(names) == 1 and not rest:
        return Leaf.TIME
    if len(rest) != 1 or rest[0] not in names or len(names) == 1:
        columns = " and ".join(f"{kind}.{name}" for name in names) if len(names) > 1 else kind
        raise ValueError(f"a law's columns end in {columns}; write those")
    return Leaf.VALUE if rest[0] in PLAIN else Leaf.TIME


def meant_path(sheet: Sheet, header: str) -> tuple[str, ...]:
    """The path of a header: its own words, or, if they are unknown, the same in small letters and underscores."""
    path = tuple(part.strip() for part in header.split("."))
    plain = tuple(_plain(part) for part in path)
    known = (*sheet.fixed, *sheet.model.known_keys())
    other = {other: word for word, other in OTHER_WORDS.items()}
    if other.get(plain[0]) in known:
        return (other[plain[0]], *plain[1:])
    return path if path[0] in known or plain[0] not in known else plain


def likely_path(sheet: Sheet, path: tuple[str, ...], taken: list[tuple[str, ...]]) -> tuple[str, ...] | None:
    """The column that an unknown one was probably meant to be, if there is none of that name yet."""
    known = [*sheet.fixed, *(sheet.model.known_keys() if sheet.shape != "pairs" else [])]
    near = nearest(path[0], known)
    found = None if near is None or near == path[0] else (near, *path[1:])
    return found if found is not None and found not in taken else None
