"""SciPy's special functions for arrays of either device."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from twin.process.arrays import namespace


def special(*arrays: Any) -> Any:
    """The module of special functions that fits these arrays: `cupyx.scipy.special` or `scipy.special`."""
    return import_module("scipy.special" if namespace(*arrays) is np else "cupyx.scipy.special")
