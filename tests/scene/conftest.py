"""What every test of the pictures may ask for."""

from __future__ import annotations

import pytest

from twin.scene import SceneUnavailable, opengl


@pytest.fixture(scope="session")
def gl() -> None:
    """Skip where VTK cannot draw."""
    try:
        with opengl.headless():
            opengl.require_opengl()
    except SceneUnavailable as error:
        pytest.skip(str(error))
