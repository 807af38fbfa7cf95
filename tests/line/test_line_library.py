"""The library of models, the schema editors use, the document to start from."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator as Validator
from spoiled import SOUND
from test_line_words import ISSUE

from twin.line import Line, json_schema, library_folder, list_models, read, template
from twin.line.library import model_files
from twin.line.yaml_reader import load


@pytest.fixture(scope="module")
def schema() -> Validator:
    document = json_schema()
    Validator.check_schema(document)
    return Validator(document)


def told(schema: Validator, document: Any) -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in schema.iter_errors(document)]


@pytest.mark.parametrize("name", sorted(model_files()))
def test_models_read_and_fit_the_schema(name: str, schema: Validator) -> None:
    line = read(name)
    assert line.about and line.source == model_files()[name]
    assert told(schema, load(model_files()[name].read_text(encoding="utf-8"))) == []


def test_documents_fit_the_schema_as_written_and_as_written_back(schema: Validator, tmp_path: Path) -> None:
    assert told(schema, load(ISSUE)) == []
    assert told(schema, load(SOUND)) == []
    (tmp_path / "line.yaml").write_text(template("my_line"))
    assert told(schema, read(tmp_path / "line.yaml").to_document()) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [("tools: 2,", "tols: 2,"), ("load: 1 min", "load: 1 mins"), ("exponential: 8 h", "exponental: 8 h"),
     ("[50 s, 70 s]", "[50 s]"), ("start: 1 h", "wip: 3"), ("[priority, fifo]", "[fifo_]")],
)  # fmt: skip
def test_the_schema_refuses_what_the_reader_refuses(schema: Validator, old: str, new: str) -> None:
    assert told(schema, load(SOUND.replace(old, new)))


def test_every_word_of_the_schema_is_described() -> None:
    schema = json_schema()
    parts = {"Line": schema, **schema["$defs"]}
    bare = [
        f"{part}.{key}"
        for part, content in parts.items()
        for key, word in content.get("properties", {}).items()
        if not word.get("description")
    ]
    assert not bare


def test_models_are_listed_with_what_they_say_of_themselves() -> None:
    models = list_models()
    assert {model.name for model in models} == set(model_files())
    assert all(model.about for model in models)


def test_a_model_is_found_by_name_short_name_and_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    by_name = read("fab/mini_fab")
    assert read("mini_fab") == by_name == read(library_folder() / "fab" / "mini_fab.yaml")
    (tmp_path / "mini_fab.yaml").write_text(template("mine"))
    assert read("mini_fab").line == "mine"  # a path goes before the library


@pytest.mark.parametrize("name", ["my_line", "Halle 3 / Süd", "true", "12", "a: b", "x{y}"])
def test_the_document_to_start_from_reads_as_it_stands(name: str, tmp_path: Path) -> None:
    path = tmp_path / "line.yaml"
    path.write_text(template(name), encoding="utf-8")
    line = read(path)
    assert line.line == name and Line.from_document(line.to_document()) == line


def test_reading_loads_no_numerical_library() -> None:
    code = "import twin.line, sys; print({'numpy', 'numba', 'scipy', 'pandas'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
