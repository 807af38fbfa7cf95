"""Memory handed to the engine as a bare pointer: one word an argument instead of an array's seven.

Passing array structures from function to function made up half the time of an event and doubled the compile
time. Indexing is the same, so the engine does not know; the GPU and plain Python hand it arrays.
"""

from typing import Any

import numba
import numpy as np
from numba.core import types
from numba.extending import intrinsic


def _build_pointer(typing_context: Any, address: Any) -> Any:
    """An address as a pointer to int64."""

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.inttoptr(args[0], context.get_value_type(signature.return_type))

    pointer: Any = types.CPointer
    return pointer(types.int64)(types.uintp), build


_as_pointer: Any = intrinsic(_build_pointer)


def row_pointer(array: Any, offset: int) -> Any:
    """The memory of a C-contiguous int64 array from word `offset` on; the caller keeps the array alive."""
    return array.reshape(-1)[offset:]


@numba.extending.overload(row_pointer)
def _row_pointer(array: Any, offset: Any) -> Any:
    def build(array: Any, offset: Any) -> Any:
        return _as_pointer(np.uintp(array.ctypes.data + offset * 8))

    return build
