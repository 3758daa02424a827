"""The protocol of every model of the next character."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from moliere_core.networks.arrays import Array
from moliere_core.system.progress import Progress
from moliere_core.text.vocabulary import Ids, Vocabulary

CONTEXT_START = "\n"  # every context begins with a line break, as if a cue had just ended

# What a character outside the alphabet is charged: a uniform choice among Unicode's code points.
# The same flat fee for all character models, so that none gains by a smaller alphabet.
UNKNOWN_BITS = float(np.log2(0x110000))


class CharModel(Protocol):
    """What sampling, inspection and evaluation ask of a model of the next character."""

    reference: str
    vocabulary: Vocabulary
    parameters: int

    def start(self, prompts: Sequence[str]) -> tuple[Array, Any]:
        """Logits of the next character, shape (prompts, vocab_size), and the state, after each."""

    def step(self, ids: Ids, state: Any) -> tuple[Array, Any]:
        """The same after one more character a stream, `ids` of shape (streams,)."""

    def surprisal(self, text: str, progress: Progress | None = None) -> NDArray[np.float64]:
        """Bits of each character of `text` given those before it, shape (len(text),)."""
