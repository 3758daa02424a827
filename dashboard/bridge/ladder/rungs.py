"""One step of the ladder: what a model writes after the prompt, and what it expects first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from moliere_core.pretrained import Generation, NextChars

CHARS = 130  # written by each: two lines of a projector
BARS = 5


@dataclass(frozen=True)
class Rung:
    """What a model has to say after a prompt.

    Attributes:
        text: what it writes, as far as it is written.
        bars: the most probable next characters and their probabilities as learned.
    """

    text: str
    bars: tuple[tuple[str, float], ...]


def rung(written: Generation, following: NextChars) -> Rung:
    """The rung of a model, of characters or of tokens."""
    order = np.argsort(-following.probs, kind="stable")[:BARS]
    bars = ((following.chars[i], round(float(following.probs[i]), 4)) for i in order)
    return Rung(written.text, tuple(bars) if following.probs.any() else ())
