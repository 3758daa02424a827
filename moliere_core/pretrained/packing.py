"""Arrays on their way through lines of JSON: as the letters of base64, not as numbers in words.

What 12 heads look at over 200 tokens is half a million numbers, 4 MB in words and a fifth of that
here. Attention has packing of its own: it is 0 ahead of each token, and five digits are enough.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moliere_core.networks.arrays import Array

_ARRAY = frozenset({"dtype", "shape", "data"})
_STEPS = np.float32(65_535)  # of a share of attention: an error of 8e-6 at most


def packed(value: Any) -> Any:
    """Ready for JSON: arrays as dictionaries, dataclasses as those of their fields."""
    if isinstance(value, np.ndarray):
        return {
            "dtype": value.dtype.str,
            "shape": list(value.shape),
            "data": base64.b64encode(np.ascontiguousarray(value).tobytes()).decode(),
        }
    if is_dataclass(value):
        return {field.name: packed(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, list | tuple):
        return [packed(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value


def unpacked(data: Any) -> Any:
    """The inverse of `packed`, but that dataclasses stay dictionaries, and tuples lists.

    Raises:
        ValueError: an array has not the size that its shape says.
    """
    if isinstance(data, Mapping):
        if data.keys() == _ARRAY:
            values = np.frombuffer(base64.b64decode(data["data"]), np.dtype(data["dtype"]))
            return values.reshape(data["shape"])
        return {name: unpacked(value) for name, value in data.items()}
    return [unpacked(item) for item in data] if isinstance(data, list) else data


def pack_attention(weights: Array) -> Any:
    """Attention of shape (..., time, time), 0 ahead of each row's place, ready for JSON."""
    rows, columns = np.tril_indices(weights.shape[-1])
    shares = np.rint(weights[..., rows, columns] * _STEPS).astype("<u2")
    return {"time": weights.shape[-1], "shares": packed(shares)}


def unpack_attention(data: Mapping[str, Any]) -> Array:
    """The inverse, within 8e-6; shape (..., time, time)."""
    time, shares = int(data["time"]), unpacked(data["shares"])
    weights: NDArray[np.float32] = np.zeros((*shares.shape[:-1], time, time), np.float32)
    rows, columns = np.tril_indices(time)
    weights[..., rows, columns] = shares / _STEPS
    return weights
