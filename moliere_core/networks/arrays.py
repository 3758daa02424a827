"""What the networks in NumPy share: the type of their arrays, a matrix product, the softmax."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

FEW_ROWS = 8


def product(rows: Array, matrix: Array) -> Array:
    """Rows @ matrix; BLAS rearranges the whole matrix first, which few rows do not repay.

    Args:
        rows: shape (rows, inputs).
        matrix: shape (inputs, outputs).

    Returns:
        Shape (rows, outputs).
    """
    if 1 < len(rows) <= FEW_ROWS:
        return np.concatenate([row @ matrix for row in rows[:, None]])
    return rows @ matrix


def softmax(logits: Array, out: Array | None = None) -> Array:
    """Probabilities over the last axis, which sum to 1; same shape; -inf gives exactly 0.

    Args:
        logits: of any shape.
        out: where they are written, which may be `logits`; by default a new array.
    """
    probs = np.subtract(logits, logits.max(axis=-1, keepdims=True), out=out)
    np.exp(probs, out=probs)
    probs /= probs.sum(axis=-1, keepdims=True)
    return probs
