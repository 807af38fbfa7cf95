"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of published data and exact values: `TWIN_SHARED`, or `shared` beside the repository."""
    folder = Path(os.environ.get("TWIN_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        pytest.skip(f"no validation data at {folder}; name the folder in TWIN_SHARED")
    return folder
