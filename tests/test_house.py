"""The house rules that a reader relies on: imports point down, rooms are small, the front door is light."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOMS = ("process", "line", "arrays", "engine", "results", "scene", "study", "live", "cli")
LIBRARIES = {"numpy", "numba", "scipy", "pandas", "pyarrow", "pyvista", "vtkmodules", "cupy", "matplotlib"}
HEAVY = {*LIBRARIES, "pydantic", "yaml", "rich"}
PACKAGE = Path(__file__).resolve().parents[1] / "twin"
FILES = sorted(PACKAGE.rglob("*.py"))
LONGEST_FILE, LONGEST_FUNCTION = 400, 60


def room_of(file: Path) -> str | None:
    """The room a file lies in, None for the front door."""
    first = file.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return None if first == "__init__" else first


def modules_imported_by(tree: ast.Module, package: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Dotted names of all imports of a file, lazy ones too, relative ones made absolute."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = (*base, *(node.module.split(".") if node.module else ()))
            # `from twin import line` names a room in its list
            yield from ((*module, alias.name) if len(module) == 1 else module for alias in node.names)


def upward_imports(file: Path, room: str) -> list[str]:
    package = ("twin", *file.relative_to(PACKAGE).parts[:-1])
    names = set(modules_imported_by(ast.parse(file.read_text(encoding="utf-8")), package))
    return sorted(
        ".".join(name)
        for name in names
        if name[0] == "twin"
        and (len(name) < 2 or name[1] not in ROOMS or ROOMS.index(name[1]) > ROOMS.index(room))
    )


def test_every_file_is_in_a_room() -> None:
    assert FILES
    strangers = {room_of(file) for file in FILES} - {*ROOMS, None}
    assert not strangers, f"no such room: {strangers}"


def test_imports_only_go_down() -> None:
    faults = {
        str(file.relative_to(PACKAGE)): up
        for file in FILES
        if (room := room_of(file)) is not None and (up := upward_imports(file, room))
    }
    assert not faults


def test_an_upward_import_would_be_seen(tmp_path: Path) -> None:
    source = "from ..results import Results\ndef late():\n    from twin.scene import show\n    import numpy\n"
    found = set(modules_imported_by(ast.parse(source), ("twin", "line")))
    assert found == {("twin", "results"), ("twin", "scene"), ("numpy",)}


def test_rooms_are_small() -> None:
    long = [f"{file.relative_to(PACKAGE)}: {lines}" for file in FILES
            if (lines := file.read_text(encoding="utf-8").count("\n")) > LONGEST_FILE]  # fmt: skip
    assert not long
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                assert lines <= LONGEST_FUNCTION, f"{file.name}: {node.name} has {lines} lines"


def test_front_door_is_small_and_every_name_opens() -> None:
    import twin

    assert len(twin.__all__) <= 20
    assert len(set(twin.__all__)) == len(twin.__all__)
    assert set(twin.__all__) <= set(dir(twin))
    for name in twin.__all__:
        assert getattr(twin, name) is not None


@pytest.mark.parametrize("module", ["twin", "twin.cli"])
def test_nothing_heavy_is_loaded_before_it_is_needed(module: str) -> None:
    code = f"import {module}, sys; print(*sorted(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {name.partition(".")[0] for name in run.stdout.split()} & HEAVY
    assert not heavy, f"import {module} loads {heavy}"
