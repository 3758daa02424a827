"""All that a transformer computes over a text: the residual stream and where each head looks.

The sibling of `trace.py`, on `networks.transformer`. Whatever cut the text, into characters or into
tokens, is not known here: what is read is indices, and what is shown beside them is the caller's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from moliere_core.errors import ModelError
from moliere_core.networks.arrays import Array
from moliere_core.networks.transformer import Ids, TransformerNetwork

MOST_TOKENS = 256  # looked at at once: what heads look at grows with the square


@dataclass(frozen=True)
class TransformerTrace:
    """What a network computes over `ids`.

    Attributes:
        ids: the symbols read, shape (time,).
        stream: the residual stream: row 0 is tokens plus positions, row k what it is after k
            blocks, before any last norm; shape (layers + 1, time, width).
        middle: the same inside each block, between attention and the network of each token, shape
            (layers, time, width).
        weights: what each token takes from which, a row summing to 1, shape (layers, heads, time,
            time).
        logits: scores of the symbol that follows each, shape (time, vocab_size).
    """

    ids: Ids
    stream: Array
    middle: Array
    weights: Array
    logits: Array

    def first(self, count: int) -> TransformerTrace:
        """What was computed over the first `count` symbols: later ones change nothing of it."""
        return TransformerTrace(
            self.ids[:count],
            self.stream[:, :count],
            self.middle[:, :count],
            self.weights[:, :, :count, :count],
            self.logits[:count],
        )


def read(
    network: TransformerNetwork, ids: Sequence[int] | Ids, vectors: Array | None = None
) -> TransformerTrace:
    """Read `ids`, shape (time,), at positions 0, 1, ..., and keep everything.

    Args:
        network: what reads.
        ids: the symbols, from 1 to `MOST_TOKENS` of them.
        vectors: what stands for their embeddings, shape (time, width); its precision is that of
            all that is computed.

    Raises:
        ModelError: there are none, or more than the network or this reads.
    """
    ids = np.asarray(ids, np.int64)
    limit = min(network.context_length, MOST_TOKENS)
    if not 0 < len(ids) <= limit:
        raise ModelError(
            "{count} tokens cannot be looked at, but from 1 to {limit}: shorten the text",
            count=len(ids),
            limit=limit,
        )
    x = (network.tokens[ids] if vectors is None else vectors) + network.positions[: len(ids)]
    x = x[None]
    stream, middle, looked = [x[0]], [], []
    for block in network.blocks:
        moved, _, weights = block.attend(block.norm_1(x), None)
        x = x + moved
        middle.append(x[0])
        x = x + block.think(x)
        stream.append(x[0])
        looked.append(weights[0])
    logits = network.logits(network.norm(x))[0]
    return TransformerTrace(ids, np.stack(stream), np.stack(middle), np.stack(looked), logits)


def weights_digest(network: TransformerNetwork) -> str:
    """Of the weights: another epoch, other heads."""
    digest = hashlib.sha256()
    for block in network.blocks:
        digest.update(block.query_key_value.weight.tobytes())
        digest.update(block.widen.weight.tobytes())
    for table in (network.tokens, network.positions):
        digest.update(table.tobytes())
    return digest.hexdigest()[:12]
