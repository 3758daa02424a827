"""A network that learns while it reads, beside the same one that does not.

Dynamic evaluation (Mikolov et al. 2010; Krause, Kahembwe, Murray and Renals 2018, "Dynamic
Evaluation of Neural Sequence Models"): the text is read in segments; each is predicted first, and
only then learned from, by one step of gradient descent,

    w <- w - rate * gradient + decay * (w0 - w)

where the gradient is that of the segment's mean loss and w0 are the weights before the text. A
name that was dear the first time is cheap the third. What such a network scores is no figure for
the axis of the others: it learns from the very text that it is measured on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moliere_core.config import check_range
from moliere_core.errors import CorpusError
from moliere_core.models.networks import NetworkModel, surprisal_bits
from moliere_core.models.protocol import CONTEXT_START
from moliere_core.networks.arrays import Weights
from moliere_core.networks.gradients import (
    backward,
    clipped,
    forward,
    next_log_probs,
    weights_of,
    with_weights,
)
from moliere_core.networks.loading import CharNetwork
from moliere_core.text.normalise import normalise

SEGMENT = 32  # characters between two updates
RATE, DECAY, CLIP = 0.1, 0.005, 1.0


@dataclass(frozen=True)
class Segment:
    """A piece of the text as both networks read it.

    Attributes:
        start: of its first character, in the normalised text.
        stop: behind its last.
        frozen: bits of each character for the network that does not learn, shape (chars,).
        adapting: the same for the one that has learned from the segments before.
    """

    start: int
    stop: int
    frozen: NDArray[np.float64]
    adapting: NDArray[np.float64]


def adapt(
    model: NetworkModel,
    text: str,
    rate: float = RATE,
    decay: float = DECAY,
    segment: int = SEGMENT,
) -> Iterator[Segment]:
    """Read the normalised `text` with both networks, segment after segment.

    Args:
        model: whose weights both begin with; it is not changed.
        text: what is read, after a line break.
        rate: of the descent, at least 0; 0 learns nothing.
        decay: share of the way back to the first weights after each segment, from 0 to 1.
        segment: characters of a segment.

    Raises:
        ConfigError: a setting out of its range.
        CorpusError: the text is empty.
    """
    check_range("rate", rate, 0, 10)
    check_range("decay", decay, 0, 1)
    check_range("segment", segment, 1, 1_000)
    text = normalise(text)
    if not text:
        raise CorpusError("the text to read is empty: give at least one character")
    ids = model.vocabulary.encode(CONTEXT_START + text)
    return _segments(model, ids, rate, decay, segment)


def _segments(
    model: NetworkModel, ids: NDArray[np.int32], rate: float, decay: float, length: int
) -> Iterator[Segment]:
    first, network = weights_of(model.network), model.network
    state: Any = network.zero_state(1)
    still: Any = state
    last = len(ids) - 1
    for start in range(0, last, length):
        stop = min(start + length, last)
        window, targets = ids[None, start:stop], ids[None, start + 1 : stop + 1]
        unmoved, still = model.network.run(window, still)
        seen = forward(network, window, state)
        state = seen.state
        yield Segment(
            start,
            stop,
            surprisal_bits(unmoved[0], targets[0]),
            surprisal_bits(seen.logits[0], targets[0]),
        )
        if stop < last:  # nothing is read any more with what the last segment would teach
            slope = next_log_probs(seen, targets)[1]
            gradient = backward(network, seen, slope / np.float32(start - stop))
            network = _moved(network, first, clipped(gradient, CLIP), rate, decay)


def _moved(
    network: CharNetwork, first: Weights, gradient: Weights, rate: float, decay: float
) -> CharNetwork:
    down, back = np.float32(rate), np.float32(decay)
    moved = {
        name: now - down * gradient[name] + back * (first[name] - now)
        for name, now in weights_of(network).items()
    }
    return with_weights(network, moved)
