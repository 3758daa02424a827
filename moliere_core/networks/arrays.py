"""What the networks in NumPy have in common: the type of their arrays, and their matrix product."""

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
