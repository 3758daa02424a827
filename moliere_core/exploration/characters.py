"""The characters of a text: what a character model has for an alphabet."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np
import pandas as pd

from moliere_core.text.kinds import kind


@dataclass(frozen=True, eq=False)
class Alphabet:
    """Counts of characters.

    Attributes:
        table: columns `char`, `name` (Unicode's, in English), `kind`, `count`, `share` and
            `cumulative` share, the commonest first.
        entropy_bits: of these shares; what an ideal code spends on a character, whatever the ones
            before it.
    """

    table: pd.DataFrame
    entropy_bits: float

    @property
    def uniform_bits(self) -> float:
        """What a model spends on a character that knows the alphabet and nothing else."""
        return float(np.log2(max(len(self.table), 1)))


def alphabet(text: str) -> Alphabet:
    """Count the characters of a text."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    counts = np.bincount(points)
    known = np.flatnonzero(counts)
    known = known[np.argsort(-counts[known], kind="stable")]
    shares = counts[known] / max(len(points), 1)
    chars = [chr(point) for point in known]
    table = pd.DataFrame(
        {
            "char": chars,
            "name": [unicodedata.name(c, "line feed" if c == "\n" else "").lower() for c in chars],
            "kind": [kind(c) for c in chars],
            "count": counts[known],
            "share": shares,
            "cumulative": np.cumsum(shares),
        }
    )
    return Alphabet(table, float(-(shares * np.log2(shares)).sum()) if len(shares) else 0.0)
