"""Two models at once: at each character, a weighted mean of their two distributions.

Linear interpolation (Jelinek and Mercer 1980): p(w|h) = (1 - share) p1(w|h) + share p2(w|h). What
both get wrong in different places, the mixture gets less wrong: its curve of bits over the share
bends below both ends. It is no model of its own to compare with the others: it has the parameters
of two, and the best share is found on the very text that it is measured on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moliere_core.config import check_range
from moliere_core.errors import ModelError
from moliere_core.models.protocol import UNKNOWN_BITS, CharModel
from moliere_core.networks.arrays import Array, log_softmax
from moliere_core.system.progress import Progress
from moliere_core.text.vocabulary import UNKNOWN, Ids


class Mixture:
    """Two models of one alphabet, as a `CharModel`.

    Args:
        first: one model.
        second: the other, of the same alphabet.
        share: of the second, from 0 to 1.

    Raises:
        ConfigError: the share is out of its range.
        ModelError: the alphabets differ.
    """

    def __init__(self, first: CharModel, second: CharModel, share: float) -> None:
        check_range("share", share, 0, 1)
        if first.vocabulary != second.vocabulary:
            raise ModelError(
                "{first} and {second} have different alphabets and cannot be mixed: choose two "
                "models trained on the same text",
                first=first.reference,
                second=second.reference,
            )
        self.first, self.second, self.share = first, second, share
        self.reference = f"{first.reference} + {second.reference}"
        self.vocabulary = first.vocabulary
        self.parameters = first.parameters + second.parameters

    def start(self, prompts: Sequence[str]) -> tuple[Array, Any]:
        """Logits (here logarithms of the mixed probabilities) and state; see `CharModel`."""
        (one, mine), (two, theirs) = self.first.start(prompts), self.second.start(prompts)
        return self._mixed(one, two), (mine, theirs)

    def step(self, ids: Ids, state: Any) -> tuple[Array, Any]:
        """The same after one more character a stream; see `CharModel`."""
        one, mine = self.first.step(ids, state[0])
        two, theirs = self.second.step(ids, state[1])
        return self._mixed(one, two), (mine, theirs)

    def surprisal(self, text: str, progress: Progress | None = None) -> NDArray[np.float64]:
        """Bits of each character of `text`; see `CharModel`."""
        told = progress or (lambda _: None)
        one = self.first.surprisal(text, lambda done: told(done / 2))
        two = self.second.surprisal(text, lambda done: told((1 + done) / 2))
        return mixed_bits(one, two, self.share)

    def _mixed(self, one: Array, two: Array) -> Array:
        known = UNKNOWN + 1
        with np.errstate(divide="ignore"):  # a share of 0 is a logarithm of minus infinity
            mine = log_softmax(one[:, known:]) + np.log1p(np.float32(-self.share))
            theirs = log_softmax(two[:, known:]) + np.log(np.float32(self.share))
        mixed = np.full_like(one, -np.inf)
        np.logaddexp(mine, theirs, out=mixed[:, known:])
        return mixed


def mixed_bits(
    first: NDArray[np.float64], second: NDArray[np.float64], share: float
) -> NDArray[np.float64]:
    """Bits of each character for the mixture, from those of its two models; same shape.

    A character that is in neither's alphabet costs its fee, which mixing does not lower.
    """
    with np.errstate(divide="ignore"):
        bits = -np.logaddexp2(np.log2(1 - share) - first, np.log2(share) - second)
    return np.where((first == UNKNOWN_BITS) & (second == UNKNOWN_BITS), UNKNOWN_BITS, bits)


def curve(
    first: NDArray[np.float64], second: NDArray[np.float64], shares: Sequence[float]
) -> NDArray[np.float64]:
    """Mean bits per character at each share of the second model, shape (shares,)."""
    return np.array([mixed_bits(first, second, share).mean() for share in shares])
