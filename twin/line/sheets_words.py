"""The sheet that explains the others, so that they can be kept without a manual."""

from __future__ import annotations

from typing import Any

from .diagnose import flow
from .document import Document
from .laws import PARAMETERS
from .products import FULL, Product
from .sheets_layout import TIMES, Leaf, Sheet, leaf, part_at, sheets

HEADS = ["sheet", "column", "needed", "meaning", "example"]
_ABOUT = (
    ("", "", "", "Columns may stand in any order; those that are not needed may be left out, and blank cells.", ""),
    ("", "", "", "Times: a number where the header names the unit, else a text with its own.", "time [min], 90 s"),
    ("", "", "", "Laws stand in a cell, or in columns by their parameters.", "uniform: [11 h, 16.5 h]"),
    ("", "", "", "The same law in columns that Excel can reckon with.", "time.uniform.low [h], time.uniform.high [h]"),
    ("", "", "", "Shares: a number from 0 to 1, or per cent.", "2 %"),
    ("", "", "", "A sheet or a header that begins with # is passed over, and so is a row of one such cell.", "# why"),
    ("", "", "", "A change without touching a cell, for one run.", "twin run FILE --set toolgroups.weld.tools=3"),
)  # fmt: skip
_OF_SHEETS = {
    "line": "The head: what the line is, how long it is run.",
    "toolgroups": "Interchangeable tools behind one buffer, a row each.",
    "products": "What is made, a row each.",
    "routes": "The steps in order, a row each.",
    "starts": "Planned releases of a product, in place of a release in its own row.",
    "wip": "Lots in the line at the start.",
    "tool_states": "Tools that are down or set up at the start.",
    TIMES: "Measured times, a column each, named by laws.",
}
_OF_RELEASES = {  # words of the document that no field describes
    "release": "saturated: a lot is always ready; mix: by the line's mix.",
    "release.every": "From one release to the next.",
    "release.start": "When the first lot comes.",
    "release.wip": "Lots always in the line: one in for one out.",
    "release.full": FULL,
}
_OWNERS = {
    "toolgroup": "The toolgroup it belongs to.",
    "product": "The product it belongs to.",
    "route": "The route it belongs to.",
    "step": "The step of the route.",
    "setup": "The setup.",
    "lots": "Lots to run in the setup before the tool may leave it.",
    "key": "What is said: a word of the document, joined by dots.",
    "value": "What it is.",
}


def meaning(model: type[Document], path: tuple[str, ...]) -> str:
    """What the document's word at a path means."""
    if model is Product and ".".join(path[:2]) in _OF_RELEASES:
        return " ".join([_OF_RELEASES[".".join(path[:2])], *_parameter(path[2:])])
    for n in range(len(path) - 1, 0, -1):
        if part_at(model, path[:n]) is not None:
            return _described(part_at(model, path[:n]), path[n:])
    return _described(model, path)


def _described(model: type[Document] | None, path: tuple[str, ...]) -> str:
    return " ".join([_field_words(model, path[0]), *_parameter(path[1:])]).strip()


def _parameter(law: tuple[str, ...]) -> list[str]:
    """Which parameter of which law a column holds, in words; nothing for the law itself."""
    if not law:
        return []
    return [f"The {law[1] if len(law) > 1 else PARAMETERS[law[0]][0]} of law {law[0]}."]


def _field_words(model: type[Document] | None, key: str) -> str:
    if model is None:
        return ""
    for name, field in model.model_fields.items():
        if key == (field.alias or name) and field.description:
            return field.description
    return str(model.words.get(key, {}).get("description", ""))


def _example(model: type[Document], path: tuple[str, ...]) -> str:
    holder = part_at(model, path[:-1]) if len(path) > 1 else model
    for name, field in holder.model_fields.items() if holder is not None else ():
        if path[-1] == (field.alias or name) and field.examples:
            return in_cell(field.examples[0])
    words = holder.words.get(path[-1], {}) if holder is not None else {}
    return in_cell(words["examples"][0]) if "examples" in words else ""


def in_cell(value: Any) -> str:
    """A value as one may write it in a cell: a mapping of one key without its braces."""
    text = flow(value)
    return text[1:-1] if isinstance(value, dict) and len(value) == 1 else text


def note(sheet: Sheet | None, path: tuple[str, ...]) -> str:
    """What a column holds, as a note on its header."""
    if sheet is None or path[0].startswith("#"):
        return ""
    if path[0] in sheet.fixed:
        named = sheet.shape == "named" and path == sheet.owners
        return "Its name." if named else _OWNERS.get(path[0], "")
    words = meaning(sheet.model, path)
    if leaf(sheet.model, path) is Leaf.TIME:
        return f"{words} A number of the unit in the header, or a text such as 90 s."
    if leaf(sheet.model, path) is Leaf.LAW:
        return f"{words} A number of the unit in the header, or a text: 90 s, or a law, uniform: [11 h, 16.5 h]."
    return words


def words_rows() -> list[list[str]]:
    """Every sheet and column there may be, what it means and an example."""
    rows = [list(row) for row in _ABOUT]
    for sheet in sheets().values():
        rows.append([sheet.title, "", "", _of_sheet(sheet), ""])
        needed = sheet.needed()
        rows += [[sheet.title, name, "yes", note(sheet, (name,)), ""] for name in sheet.fixed]
        if sheet.shape == "mapped":
            continue
        for path in _paths(sheet):
            example = _example(sheet.model, path)
            title = ".".join(path)
            rows.append([sheet.title, title, "yes" if title in needed else "", meaning(sheet.model, path), example])
    rows.append([TIMES, "", "", _OF_SHEETS[TIMES], "trace: {sheet: times, column: press_3}"])
    return rows


def _of_sheet(sheet: Sheet) -> str:
    if sheet.title in _OF_SHEETS:
        return _OF_SHEETS[sheet.title]
    if not sheet.below:
        return meaning(sheets()["line"].model, (sheet.section,))
    return meaning(sheets()[sheet.section].model, sheet.below)


def _paths(sheet: Sheet) -> list[tuple[str, ...]]:
    """The columns a sheet may have, without the parameters of laws; what has a sheet of its own left out."""
    other = {child.below for child in sheets().values() if child.section == sheet.section and child.below}
    sections = set(sheets()) if sheet.shape == "pairs" else set()
    found: list[tuple[str, ...]] = []
    front = [(key,) for key in sheet.model.known_keys() if key not in sections and key not in sheet.model.words]
    front += [(key,) for key in sheet.model.words if key in {"every", "first", "availability"}]
    for path in front:
        inner = part_at(sheet.model, path)
        if not sheet.below and path in other:
            continue
        if inner is None:
            found.append(path)
        else:
            found += [path] if path == ("release",) else []
            keys = [key for key in inner.known_keys() if key not in inner.words]
            found += [(*path, key) for key in keys if sheet.below or (*path, key) not in other]
    return found
