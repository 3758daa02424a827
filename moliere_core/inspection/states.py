"""The memory of a network over a long text, read in several pieces side by side."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from moliere_core.models.protocol import CONTEXT_START
from moliere_core.networks.arrays import Array
from moliere_core.networks.recurrent import RecurrentNetwork
from moliere_core.text.vocabulary import Ids, Vocabulary

STREAMS = 32  # pieces read side by side: eight times faster than one
WARM_UP = 512  # characters that each piece reads first, so that it begins as if it followed
CHUNK = 64  # steps handed over at a time; a multiple of 8, so that packed bits line up
GRAIN = 8  # the pieces' lengths are multiples of it

Positions = NDArray[np.int64]


def total_units(network: RecurrentNetwork) -> int:
    """Units of all layers together; the first layer's come first."""
    return sum(layer.units for layer in network.layers)


def locate(network: RecurrentNetwork, number: int) -> tuple[int, int]:
    """Layer and unit, both from 0, of a number among `total_units`."""
    for depth, layer in enumerate(network.layers):
        if number < layer.units:
            return depth, number
        number -= layer.units
    raise IndexError(number)


def weights_digest(network: RecurrentNetwork) -> str:
    """Of the weights: another epoch, another index."""
    digest = hashlib.sha256()
    layers = [part for layer in network.layers for part in (layer.kernel, layer.recurrent)]
    for weights in (network.embedding, network.dense, *layers):
        digest.update(weights.tobytes())
    return digest.hexdigest()[:12]


def piece_length(chars: int, streams: int) -> int:
    """Characters of each piece but the last: `chars` divided by `streams`, rounded up to 8."""
    return -(-chars // (streams * GRAIN)) * GRAIN


def memories(
    network: RecurrentNetwork, vocabulary: Vocabulary, text: str, streams: int = STREAMS
) -> Iterator[tuple[Positions, Array]]:
    """The memory of every unit after each character of `text`.

    An LSTM's memory is its cell, a GRU's its hidden state. Each piece but the first begins after
    reading the `WARM_UP` characters before it, which stands for all that came before.

    Yields:
        positions in `text`, shape (streams, steps), which run past its end in the last pieces,
        and the memories, shape (steps, streams, total units). The array is used again.
    """
    ids = vocabulary.encode(CONTEXT_START + text)
    length = piece_length(len(text), streams)
    starts = np.arange(streams) * length
    state = network.zero_state(streams)
    for t in range(-min(WARM_UP, length), 1):  # up to the character before each piece
        state = network.step(_at(ids, starts + t), state)[1]
        if t < 0:
            for part in (part for layer in state for part in layer):
                part[0] = 0  # the first piece has only the line break before it
    out = np.empty((CHUNK, streams, total_units(network)), np.float32)
    for offset in range(0, length, CHUNK):
        steps = min(CHUNK, length - offset)
        at = starts[:, None] + np.arange(offset, offset + steps)
        for t in range(steps):
            state = network.step(_at(ids, at[:, t] + 1), state)[1]
            np.concatenate([layer[-1] for layer in state], axis=1, out=out[t])
        yield at, out[:steps]


def _at(ids: Ids, positions: Positions) -> Ids:
    return ids[positions.clip(0, len(ids) - 1)]
