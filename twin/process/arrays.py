"""Arrays of either device: NumPy's, or CuPy's where an argument lies on the GPU."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np


def namespace(*arrays: Any) -> Any:
    """The module whose functions fit these arrays: `cupy` if one of them is CuPy's, else `numpy`."""
    cupy = sys.modules.get("cupy")  # whoever holds a CuPy array has imported it
    if cupy is not None and any(isinstance(a, cupy.ndarray) for a in arrays):
        return cupy
    return np
