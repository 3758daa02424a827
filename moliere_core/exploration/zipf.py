"""Zipf's law: how often a word occurs, against its rank."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from moliere_core.exploration.index import Part

FIRST_RANK, LAST_RANK = 10, 1000  # between them the law holds best; the fit looks at no others
FEWEST_RANKS = 50  # that a line can be fitted to


@dataclass(frozen=True, eq=False)
class Zipf:
    """Frequencies by rank, and the line fitted to their logarithms.

    Attributes:
        ranks: (types,) from 1, the commonest word's.
        words: (types,) the word of each rank.
        counts: (types,) how often it occurs.
        slope: of ln(count) over ln(rank); None where there are too few words.
        intercept: ln(count) of the line at rank 1.
        fit: the first and the last rank of the fit.
    """

    ranks: NDArray[np.int64]
    words: tuple[str, ...]
    counts: NDArray[np.int64]
    slope: float | None
    intercept: float
    fit: tuple[int, int]

    def fitted(self, ranks: NDArray[np.int64]) -> NDArray[np.float64]:
        """(ranks,) the counts that the line gives to these ranks."""
        return np.exp(self.intercept + (self.slope or 0.0) * np.log(ranks))

    def thinned(self, points: int) -> Zipf:
        """The law at no more than so many ranks, at even steps of their logarithm.

        The tail would be ten thousand points on one spot of a figure.
        """
        ranks = np.unique(np.geomspace(1, max(len(self.ranks), 1), points).round().astype(np.int64))
        places = ranks[ranks <= len(self.ranks)] - 1
        words = tuple(self.words[place] for place in places)
        return replace(self, ranks=self.ranks[places], words=words, counts=self.counts[places])


def zipf(part: Part) -> Zipf:
    """Fit Zipf's law by least squares over ranks 10 to 1000, each rank counting the same."""
    numbers = np.argsort(-part.counts, kind="stable")
    numbers = numbers[part.counts[numbers] > 0]
    counts = part.counts[numbers].astype(np.int64)
    last = min(LAST_RANK, len(counts))
    ranks = np.arange(FIRST_RANK, last + 1)
    slope, intercept = None, 0.0
    if len(ranks) >= FEWEST_RANKS:
        line = np.polyfit(np.log(ranks), np.log(counts[ranks - 1]), 1)
        slope, intercept = float(line[0]), float(line[1])
    words = tuple(part.index.types[number] for number in numbers)
    every = np.arange(1, len(counts) + 1)
    return Zipf(every, words, counts, slope, intercept, (FIRST_RANK, last))
