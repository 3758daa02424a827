"""The text that Home plays, with the choice behind each of its characters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dashboard.shared import cached
from moliere_core.config import SamplingConfig
from moliere_core.models.protocol import CharModel
from moliere_core.models.sampling import next_distribution, write_with_logits
from moliere_core.networks.arrays import Array
from moliere_core.system.progress import Progress

BARS = 8  # characters beside the text


@dataclass(frozen=True)
class Performance:
    """What is being written: the same performance gives the same text."""

    reference: str
    prompt: str
    config: SamplingConfig
    seed: int


@dataclass(frozen=True)
class Playback:
    """A text and, for each of its characters, the choice it was drawn from.

    Attributes:
        text: the characters drawn.
        candidates: BARS characters for each of them, the most probable first.
        chances: their probabilities, in ten-thousandths.
        drawn: the probability of each character drawn, in ten-thousandths.
    """

    text: str
    candidates: str
    chances: tuple[int, ...]
    drawn: tuple[int, ...]


@cached.computed(max_entries=64)
def playback(
    reference: str, prompt: str, config: SamplingConfig, seed: int, chars: int
) -> cached.Task[Playback]:
    """A text of `chars` characters after `prompt`, kept for all who play the same."""
    model = cached.model(reference)
    return lambda progress: record(model, prompt, config, seed, chars, progress)


def record(
    model: CharModel,
    prompt: str,
    config: SamplingConfig,
    seed: int,
    chars: int,
    progress: Progress | None = None,
) -> Playback:
    """Write `chars` characters after `prompt` and keep the choice behind each."""
    logits, ids = write_with_logits(model, [prompt], [config], [seed], chars, progress)
    probs = next_distribution(logits[:, 0], config)  # (chars, vocab_size)
    top = np.argsort(-probs, axis=-1, kind="stable")[:, :BARS]
    return Playback(
        text=model.vocabulary.decode(ids[:, 0]),
        candidates=model.vocabulary.decode(top.ravel()),
        chances=_ten_thousandths(np.take_along_axis(probs, top, axis=-1)),
        drawn=_ten_thousandths(np.take_along_axis(probs, ids, axis=-1)),
    )


def _ten_thousandths(probs: Array) -> tuple[int, ...]:
    return tuple(np.rint(probs * 10_000).astype(int).ravel().tolist())
