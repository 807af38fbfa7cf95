"""An imported line document: written, read back, and only then put in its place."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from .faults import LineError


def place(out: Path, text: str, cure: str, beside: Sequence[tuple[Path, str]] = ()) -> None:
    """Write the line document `out` whole or not at all: read back in a folder of its own, then moved.

    beside: files of the same folder that the document names, and their texts; cure: the sentence that ends the
    faults of a document that `read` refuses

    raises LineError
    """
    from .reader import read

    files = (*beside, (out, text))  # the document comes last
    home = out.absolute().parent
    with tempfile.TemporaryDirectory(dir=home, prefix=f".{out.name}.") as folder:
        for path, words in files:
            (Path(folder) / path.name).write_text(words, encoding="utf-8", newline="\n")
        draft = Path(folder) / out.name
        try:
            read(draft)
        except LineError as error:
            told = str(error).replace(str(draft), str(out)).replace(folder, str(out.parent))
            raise LineError(f"{told}\n{cure}") from None
        for path, _ in files:
            os.replace(Path(folder) / path.name, path)
