"""What all networks in NumPy use: their type of array, a matrix product, softmax and logarithms."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Weights = dict[str, Array]  # under the names that a network reads them by

FEW_ROWS = 8


def product(rows: Array, matrix: Array) -> Array:
    """Rows @ matrix, in which each of a few rows has the numbers that it would have alone.

    A text written beside others is thereby, letter for letter, the text written alone: BLAS sums a
    product of several rows in another order than that of one. Up to `FEW_ROWS` it costs, in
    comparison, twice the time or more where the matrix fits a processor's caches, and two or three
    rows take a third less where it does not, since BLAS rearranges the matrix first.

    Args:
        rows: shape (rows, inputs).
        matrix: shape (inputs, outputs).

    Returns:
        Shape (rows, outputs).
    """
    if 1 < len(rows) <= FEW_ROWS:
        return np.concatenate([row @ matrix for row in rows[:, None]])
    return rows @ matrix


def along(x: Array, matrix: Array) -> Array:
    """X @ matrix over the last axis, as one product: NumPy's own is one for each of the first axis.

    Args:
        x: shape (..., inputs).
        matrix: shape (inputs, outputs).

    Returns:
        Shape (..., outputs).
    """
    return (x.reshape(-1, x.shape[-1]) @ matrix).reshape(*x.shape[:-1], -1)


def outer(left: Array, right: Array) -> Array:
    """The sum of outer products over all axes but the last, as one product.

    Args:
        left: shape (..., inputs).
        right: shape (..., outputs).

    Returns:
        Shape (inputs, outputs).
    """
    return left.reshape(-1, left.shape[-1]).T @ right.reshape(-1, right.shape[-1])


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


def log_sum_exp(logits: Array | NDArray[np.float64]) -> NDArray[np.float64]:
    """The logarithm of what a softmax divides by: ln of the sum of exp, over the last axis.

    The surprisal of a symbol, in nats, is this less the symbol's logit.

    Args:
        logits: shape (..., symbols); -inf counts for nothing.

    Returns:
        Shape (...), float64: thousands of small terms are summed in double precision.
    """
    peak = logits.max(axis=-1)
    return np.asarray(np.log(np.exp(logits - peak[..., None]).sum(axis=-1, dtype=float)) + peak)


def log_softmax(logits: Array) -> Array:
    """Natural logarithms of `softmax`, over the last axis; same shape."""
    total = log_sum_exp(logits)[..., None]
    return np.subtract(logits, total, out=np.empty_like(logits), casting="same_kind")
