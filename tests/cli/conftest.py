"""What every test of the command line may ask for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from twin.cli import app

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """Run a command in this process: exit code, stdout, stderr."""

    def run(*words: object) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            app([str(word) for word in words], prog_name="twin")
        code = ended.value.code
        told = capsys.readouterr()
        return code if isinstance(code, int) else 0, told.out, told.err

    return run
