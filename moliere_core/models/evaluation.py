"""Bits per character: the one axis on which all models stand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moliere_core.errors import CorpusError
from moliere_core.models.protocol import CharModel
from moliere_core.system.progress import Progress
from moliere_core.text.normalise import normalise


@dataclass(frozen=True)
class Score:
    """How well a model predicts a text.

    Attributes:
        bits: surprisal of each character of the normalised text, in bits, shape (chars,).
        unknown_chars: how many of them are outside the model's alphabet; each is charged
            `protocol.UNKNOWN_BITS`, and counted in `bits_per_char`.
    """

    bits: NDArray[np.float64]
    unknown_chars: int

    @property
    def chars(self) -> int:
        """Number of characters scored: code points of the normalised text."""
        return len(self.bits)

    @property
    def bits_per_char(self) -> float:
        """Mean surprisal: -(1 / N) sum log2 p(t_j | newline, t_1 ... t_{j-1})."""
        return float(self.bits.mean())


def score(model: CharModel, text: str, progress: Progress | None = None) -> Score:
    """Score `text`, normalised, in one pass with the state carried; CorpusError if it is empty."""
    text = normalise(text)
    if not text:
        raise CorpusError("the text to score is empty: give at least one character")
    unknown = sum(text.count(char) for char in model.vocabulary.unknown_in(text))
    return Score(model.surprisal(text, progress), unknown)
