"""A tensor that lies in a file: what its numbers are, where they begin, and how to read them.

Formats of weights differ in how they say this (`weights`, `torch_files`) and not in what they
hold: numbers side by side, without compression. So a file is described first, every size checked
against what is there, and memory is asked for only by `read`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from io import BufferedReader
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from moliere_core.errors import N_, MoliereError

# As safetensors calls them, little-endian. NumPy has no bfloat16: the upper half of a float32.
BFLOAT16 = "BF16"
DTYPES: dict[str, np.dtype[Any]] = {
    "F64": np.dtype("<f8"),
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    BFLOAT16: np.dtype("<u2"),
    "I64": np.dtype("<i8"),
    "I32": np.dtype("<i4"),
    "I16": np.dtype("<i2"),
    "I8": np.dtype("i1"),
    "U8": np.dtype("u1"),
    "BOOL": np.dtype("?"),
}
MAX_AXES = 16


class Unreadable(MoliereError):
    """Why a file of weights is not read; the message is a clause, not a whole sentence."""


@dataclass(frozen=True)
class Tensor:
    """Where a tensor lies in its file.

    Attributes:
        dtype: of its numbers, one of `DTYPES`.
        shape: sizes of its axes.
        begin: of its first number, in bytes from the beginning of the file.
        strides: from one index to the next on each axis, in numbers; None where they lie in order.
    """

    dtype: str
    shape: tuple[int, ...]
    begin: int
    strides: tuple[int, ...] | None = None

    @property
    def size(self) -> int:
        """How many numbers it has."""
        return math.prod(self.shape)

    @property
    def bytes(self) -> int:
        """Bytes of its numbers, as they are stored."""
        return self.size * DTYPES[self.dtype].itemsize

    @property
    def extent(self) -> int:
        """Numbers from its first to its last in the file, both counted; 0 where it has none."""
        if self.strides is None or not self.size:
            return self.size
        steps = zip(self.shape, self.strides, strict=True)
        return 1 + sum((size - 1) * stride for size, stride in steps)

    def read(self, file: BufferedReader) -> NDArray[Any]:
        """Its numbers: float32 for every kind of float, otherwise as they are stored.

        Returns:
            A new array of its shape, in order. At most one and a half times its size is taken
            meanwhile where it is stored in half precision.

        Raises:
            Unreadable: the file ends before it does.
        """
        stored = np.empty(self.extent, DTYPES[self.dtype])
        file.seek(self.begin)
        if file.readinto(stored.view(np.uint8).data) != stored.nbytes:
            raise Unreadable(N_("it ends too early"))
        if self.strides is not None and self.size:
            steps = tuple(stride * stored.itemsize for stride in self.strides)
            stored = np.lib.stride_tricks.as_strided(stored, self.shape, steps, writeable=False)
        return _usual(stored, self.dtype).reshape(self.shape)


def checked(dtype: object, shape: object, begin: int, strides: object = None) -> Tensor:
    """The tensor that a file describes; Unreadable where the description makes no sense."""
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise Unreadable(N_("its numbers are of a kind that is not read here"))
    if not _sizes(shape) or not (strides is None or _sizes(strides)):
        raise Unreadable(N_("the shape of a tensor makes no sense"))
    tensor = Tensor(dtype, tuple(shape), begin, None if strides is None else tuple(strides))
    if tensor.strides is not None:
        if len(tensor.strides) != len(tensor.shape):
            raise Unreadable(N_("the shape of a tensor makes no sense"))
        if tensor.size > tensor.extent:  # one number that stands for a million
            raise Unreadable(N_("a tensor has more numbers than are stored"))
        if tensor.strides == _in_order(tensor.shape):
            return Tensor(dtype, tensor.shape, begin)
    return tensor


def _sizes(value: object) -> TypeGuard[Sequence[int]]:
    """Whether something is a list of sizes: no more than `MAX_AXES`, none negative."""
    return (
        isinstance(value, list | tuple)
        and len(value) <= MAX_AXES
        and all(type(n) is int and 0 <= n < 2**63 for n in value)
    )


def _in_order(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The strides of numbers that lie in order, the last axis first."""
    return tuple(math.prod(shape[axis + 1 :]) for axis in range(len(shape)))


def _usual(stored: NDArray[Any], dtype: str) -> NDArray[Any]:
    """Numbers as NumPy computes with them, contiguous."""
    if dtype == BFLOAT16:
        wide = stored.astype(np.uint32, order="C")
        wide <<= np.uint32(16)
        return wide.view(np.float32)
    if dtype.startswith("F"):
        with np.errstate(over="ignore"):  # what becomes infinite is found by who asks
            return stored.astype(np.float32, order="C", copy=False)
    return np.ascontiguousarray(stored)
