"""The interface of a network of tokens, and the implementation that needs no framework."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from threadpoolctl import ThreadpoolController

from moliere_core.errors import ModelError
from moliere_core.networks.arrays import Array
from moliere_core.networks.transformer import TransformerConfig, TransformerNetwork
from moliere_core.pretrained.folders import configuration
from moliere_core.pretrained.weights import read_weights
from moliere_core.system.machine import free_cores, threads

# Parameters below which a second thread only waits for the first.
ONE_THREAD = 20_000_000

# Keys and values of what was read, a pair a layer, each of shape (rows, heads, tokens, size):
# arrays of NumPy or tensors of torch, which are cut alike. Empty: nothing to go on from.
Past = Sequence[tuple[Any, Any]]


class Network(Protocol):
    """A causal network over tokens.

    Attributes:
        vocab_size: rows of its output; a tokenizer may have fewer tokens.
        context_length: tokens that it was trained to read at once; 0 where that is not known.
        parameters: trained numbers.
    """

    vocab_size: int
    context_length: int
    parameters: int

    def forward(
        self, rows: Sequence[Sequence[int]], past: Past, keep: int = 1
    ) -> tuple[Array, Past]:
        """Read rows of equal length, each after its own past.

        Returns:
            Logits after each of the last `keep` tokens, shape (rows, keep, vocab_size), and the new
            past: empty where what was read cannot be taken up again.
        """

    def stacked(self, pasts: Sequence[Past]) -> Past:
        """The pasts of contexts of one length, stacked into one past of as many rows."""

    def attention(self, ids: Sequence[int]) -> Array:
        """Where each token looks, shape (layers, heads, tokens, tokens); a row sums to 1."""


class PlainNetwork:
    """GPT-2 and its like, read and run by NumPy; see `Network`.

    Attributes:
        transformer: what runs, for who looks inside (`inspection`).

    Args:
        reference: for messages.
        folder: where its files are.

    Raises:
        ModelError: its files cannot be read, or are of another architecture.
    """

    def __init__(self, reference: str, folder: Path) -> None:
        config = TransformerConfig.of(configuration(folder))
        if config is None:
            raise ModelError(
                "{reference} is of an architecture that is not read here: choose a GPT-2",
                reference=reference,
            )
        try:
            self.transformer = TransformerNetwork(read_weights(folder, reference), config)
        except ModelError as error:
            if "reference" in error.values:
                raise
            raise ModelError(
                "{reference} cannot be run: {reason}", reference=reference, reason=error
            ) from error
        self.vocab_size = self.transformer.vocab_size
        self.context_length = self.transformer.context_length
        self.parameters = self.transformer.parameters
        self._pool = ThreadpoolController()
        self._threads = 1 if self.parameters < ONE_THREAD else threads()

    def _limited(self) -> AbstractContextManager[Any]:
        """Limit BLAS to the free cores: one thread without a core keeps all the others waiting.

        So a prompt of 100 tokens took two threads 0.2 s on two idle cores and 2 s beside a busy
        process, where one thread took 0.3 to 0.5 s.
        """
        return self._pool.limit(limits=free_cores(self._threads), user_api="blas")

    def forward(
        self, rows: Sequence[Sequence[int]], past: Past, keep: int = 1
    ) -> tuple[Array, Past]:
        """See `Network`."""
        with self._limited():
            stream, after = self.transformer.run(np.array(rows, np.int64), tuple(past))
            return self.transformer.logits(stream[:, -keep:]), after

    def stacked(self, pasts: Sequence[Past]) -> Past:
        """See `Network`."""
        if len(pasts) == 1:
            return pasts[0]
        layers = zip(*pasts, strict=True)
        return tuple(
            (np.concatenate([k for k, _ in layer]), np.concatenate([v for _, v in layer]))
            for layer in layers
        )

    def attention(self, ids: Sequence[int]) -> Array:
        """See `Network`."""
        watched: list[Array] = []
        with self._limited():
            self.transformer.run(np.array([ids], np.int64), watched=watched)
        return np.stack([weights[0] for weights in watched])
