"""Hashes of all runs of so many characters in a text, the same on every machine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd: a polynomial in it modulo 2**64 loses nothing


def gram_hashes(text: str, size: int) -> NDArray[np.uint64]:
    """A 64-bit hash of each run of `size` characters, shape (len(text) - size + 1,), or (0,)."""
    codes = np.frombuffer(text.encode("utf-32-le", errors="replace"), np.uint32).astype(np.uint64)
    count = max(0, len(codes) - size + 1)
    hashes = np.zeros(count, np.uint64)
    with np.errstate(over="ignore"):  # arithmetic modulo 2**64 is meant
        for place in range(size):
            hashes = hashes * _BASE + codes[place : place + count] + np.uint64(1)
        return _mixed(hashes)


def _mixed(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SplitMix64's finaliser (Steele, Lea and Flood 2014): each bit depends on all."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
