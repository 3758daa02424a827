"""What models of characters answer, in the same terms as those of tokens."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from moliere_core.config import SamplingConfig
from moliere_core.models.protocol import CharModel
from moliere_core.models.sampling import generate, next_distribution
from moliere_core.pretrained import Generation, NextChars, Piece
from moliere_core.system.progress import Progress
from moliere_core.text.normalise import normalise


def write(
    model: CharModel,
    prompt: str,
    config: SamplingConfig,
    seed: int,
    chars: int,
    progress: Progress | None = None,
) -> Generation:
    """A text whose tokens are characters."""
    began = time.perf_counter()
    [text] = generate(model, [prompt], [config], [seed], chars, progress)
    seconds = time.perf_counter() - began
    return Generation(
        tuple(map(Piece, normalise(prompt))), tuple(map(Piece, text)), chars, seconds, "length"
    )


def following(model: CharModel, text: str, alphabet: Sequence[str]) -> NextChars:
    """The next character over an alphabet; what the model can write beyond it is unknown to it."""
    began = time.perf_counter()
    probs = next_distribution(model.start([text])[0][0], SamplingConfig()).astype(np.float64)
    known = dict(zip(model.vocabulary.chars, probs[1:], strict=True))
    shown = np.array([known.get(char, 0.0) for char in alphabet])
    unknown = max(1.0 - float(shown.sum()), 0.0) if set(known) - set(alphabet) else 0.0
    return NextChars(tuple(alphabet), shown, unknown, seconds=time.perf_counter() - began)
