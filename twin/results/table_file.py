"""A table as a file of its own: CSV or parquet, written whole or not at all."""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from twin.results.settings import ResultsError

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = (".csv", ".parquet")


def check_table(file: str | os.PathLike[str]) -> None:
    """Refuse a file that could not be written, before any work is done."""
    path = Path(file)
    if path.suffix.lower() not in SUFFIXES:
        raise ResultsError(f"{path}: a table's name ends in one of {', '.join(SUFFIXES)}")
    if path.is_dir():
        raise ResultsError(f"{path}: is a folder; name a file in it")
    if not path.absolute().parent.is_dir():
        raise ResultsError(f"{path}: there is no folder {path.parent}")


def write_table(frame: pd.DataFrame, file: str | os.PathLike[str]) -> None:
    """Write a table, its index left out, over whatever file is there.

    raises ResultsError
    """
    check_table(file)
    path = Path(file)
    made = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        if path.suffix.lower() == ".csv":
            frame.to_csv(made, index=False, lineterminator="\n")
        else:
            frame.to_parquet(made, index=False, compression="zstd")
        made.replace(path)
    finally:
        made.unlink(missing_ok=True)
