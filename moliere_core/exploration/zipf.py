"""Zipf's law: how often a word occurs, against its rank."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moliere_core.exploration.index import Part

FIRST_RANK, LAST_RANK = 10, 1000  # between them the law holds best; the fit looks at no others
FEWEST_RANKS = 50  # that a line can be fitted to


@dataclass(frozen=True, eq=False)
class Zipf:
    """Frequencies by rank, and the line fitted to their logarithms.

    Attributes:
        words: (types,) numbers of the words, the commonest first.
        counts: (types,) their counts.
        slope: of ln(count) over ln(rank); None where there are too few words.
        intercept: ln(count) of the line at rank 1.
        ranks: the first and the last rank of the fit.
    """

    words: NDArray[np.intp]
    counts: NDArray[np.int32]
    slope: float | None
    intercept: float
    ranks: tuple[int, int]

    def fitted(self, rank: float) -> float:
        """The count that the line gives to a rank."""
        return float(np.exp(self.intercept + (self.slope or 0.0) * np.log(rank)))


def zipf(part: Part) -> Zipf:
    """Fit Zipf's law by least squares over ranks 10 to 1000, each rank counting the same."""
    words = np.argsort(-part.counts, kind="stable")
    words = words[part.counts[words] > 0]
    counts = part.counts[words]
    last = min(LAST_RANK, len(counts))
    ranks = np.arange(FIRST_RANK, last + 1)
    slope, intercept = None, 0.0
    if len(ranks) >= FEWEST_RANKS:
        fit = np.polyfit(np.log(ranks), np.log(counts[ranks - 1]), 1)
        slope, intercept = float(fit[0]), float(fit[1])
    return Zipf(words, counts, slope, intercept, (FIRST_RANK, last))
