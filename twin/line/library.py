"""The library of models: documents that come with twin, found by name."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import yaml

from .faults import LineError, did_you_mean, show
from .sheets_read import is_tables

SUFFIXES = (".yaml", ".yml")
WORKBOOK = ".xlsx"
EMPTY_CURE = "'twin new NAME' writes one to start from"


class Model(NamedTuple):
    """A model of the library and what it says of itself."""

    name: str
    about: str


def library_folder(kind: str = "models") -> Path:
    """Folder of the library's documents: inside an installed package, or beside it in a source checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "library" / kind
    return installed if installed.is_dir() else package.parent / kind


def model_files() -> dict[str, Path]:
    """File of every model of the library, by its name such as `fab/mini_fab`."""
    folder = library_folder()
    files = sorted(path for suffix in SUFFIXES for path in folder.rglob(f"*{suffix}"))
    return {path.relative_to(folder).with_suffix("").as_posix(): path for path in files}


def list_models() -> list[Model]:
    """Models of the library; only the head of each document is read."""
    return [Model(name, _about(path)) for name, path in model_files().items()]


def _about(path: Path) -> str:
    """The document's `about`, found without reading past it."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    depth, words = 0, []
    try:
        with path.open(encoding="utf-8") as text:
            for event in yaml.parse(text, Loader=loader):
                if isinstance(event, yaml.CollectionEndEvent):
                    depth -= 1
                elif isinstance(event, yaml.CollectionStartEvent):
                    depth += 1
                    if depth == 2:
                        words.append("")
                elif isinstance(event, yaml.ScalarEvent | yaml.AliasEvent) and depth == 1:
                    words.append(getattr(event, "value", ""))
                    if len(words) % 2 == 0 and words[-2] == "about":
                        return " ".join(words[-1].split())
    except (OSError, ValueError, yaml.YAMLError):
        pass
    return ""


def find(name: str | Path) -> Path:
    """The file of a document or the folder of its tables: a path if it exists, else a model of the library."""
    text = str(name)
    path = Path(text).expanduser()
    try:
        is_folder = path.is_dir()
        if path.exists() and (not is_folder or is_tables(path)):
            return path
        for candidate in (Path(f"{path}{suffix}") for suffix in (*SUFFIXES, WORKBOOK)):
            if candidate.is_file():
                return candidate
    except (OSError, ValueError):  # a name no file system takes
        is_folder = False
    models = model_files()
    plain = text.removesuffix(".yaml").removesuffix(".yml")
    short = [model for model in models if model.rpartition("/")[2] == plain]
    if plain in models:
        return models[plain]
    if len(short) == 1:
        return models[short[0]]
    if is_folder:
        what = "is a folder without tables such as routes.csv; name the YAML file or the workbook in it"
        raise LineError(f"{text}: {what}")
    words = [*models, *(model.rpartition("/")[2] for model in models), *_neighbours(path)]
    cure = did_you_mean(plain, words, "write one with 'twin new NAME'")
    raise LineError(f"there is no file and no model {show(text)}, {cure} ('twin models' lists the library)")


def _neighbours(path: Path) -> list[str]:
    """Documents in the folder where the named one was looked for."""
    try:
        found = [p for suffix in (*SUFFIXES, WORKBOOK) for p in path.parent.glob(f"*{suffix}")]
        return [str(p if p.suffix == WORKBOOK else p.with_suffix("")) for p in found]
    except (OSError, ValueError):
        return []


def read_text(path: Path, shown: str, cure: str = EMPTY_CURE) -> str:
    """The text of a document; `cure` is what to do where the file holds none."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise LineError(
            f"{shown}: cannot be read: {error.strerror or error}; is it a file you may read?"
        ) from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        byte = show(data[error.start : error.start + 1])
        what = f"byte {byte} is no UTF-8 text; is this a YAML file saved as UTF-8?"
        raise LineError(f"{shown}:{line}:{column}: {what}") from None
    if not text.strip():
        raise LineError(f"{shown}:1:1: the file is empty; {cure}")
    return text
