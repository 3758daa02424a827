"""The gradient of a network's loss with respect to its weights, in NumPy.

Keras trains; this is for the updates that are made while the class looks on, where no framework is
wanted: a network that learns while it reads, that is nudged by votes, or that is specialised. Each
kind of network has its own module: `recurrent_gradients`, `transformer_gradients`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from moliere_core.networks import recurrent_gradients as recurrent
from moliere_core.networks.arrays import Array, Weights
from moliere_core.networks.loading import CharNetwork
from moliere_core.networks.recurrent import RecurrentNetwork
from moliere_core.networks.recurrent_gradients import RecurrentPass
from moliere_core.networks.transformer_gradients import (
    WindowedPass,
    transformer_weights,
    windowed_backward,
    windowed_forward,
)
from moliere_core.networks.window import WindowedTransformer
from moliere_core.text.vocabulary import UNKNOWN, Ids

Pass = RecurrentPass | WindowedPass


def forward(network: CharNetwork, ids: Ids, state: Any) -> Pass:
    """Read a window and keep what `backward` needs.

    Args:
        network: what reads.
        ids: shape (streams, time).
        state: the state before; no gradient flows into it (truncated).
    """
    if isinstance(network, WindowedTransformer):
        return windowed_forward(network, ids, state)
    return recurrent.forward(network, ids, state)


def backward(network: CharNetwork, seen: Pass, d_logits: Array) -> Weights:
    """The gradient of a loss with respect to each weight.

    Args:
        network: what read.
        seen: from `forward`.
        d_logits: the loss' derivatives by the logits, shape (streams, time, vocab_size).

    Returns:
        An array for each name of `weights_of`, of the same shape.
    """
    if isinstance(network, WindowedTransformer):
        assert isinstance(seen, WindowedPass)
        return windowed_backward(network, seen, d_logits)
    assert isinstance(seen, RecurrentPass)
    return recurrent.backward(network, seen, d_logits)


def weights_of(network: CharNetwork) -> Weights:
    """The network's weights by their names: its own arrays, not copies."""
    if isinstance(network, WindowedTransformer):
        return transformer_weights(network.transformer)
    return recurrent.weights_of(network)


def with_weights(network: CharNetwork, weights: Weights) -> CharNetwork:
    """A network of the same architecture with other weights."""
    if isinstance(network, WindowedTransformer):
        return WindowedTransformer(weights, network.config)
    return RecurrentNetwork(weights)


def next_log_probs(seen: Pass, targets: Ids) -> tuple[Array, Array]:
    """How probable the targets were, and how that changes with the logits.

    The unknown symbol is never drawn: it has no share of the probability, and as a target neither
    a log-probability (0) nor a gradient.

    Args:
        seen: from `forward`.
        targets: the symbols that came, shape (streams, time).

    Returns:
        Natural logarithms of their probabilities, shape (streams, time), and the derivatives of
        each by the logits of its place, shape (streams, time, vocab_size): one-hot less softmax.
    """
    known = seen.logits.copy()
    known[..., UNKNOWN] = -np.inf
    known -= known.max(axis=-1, keepdims=True)
    probs = np.exp(known)
    total = probs.sum(axis=-1, keepdims=True)
    probs /= total
    at = targets[..., None]
    counted = targets != UNKNOWN
    chosen = np.take_along_axis(known, at, axis=-1) - np.log(total)
    slope = -probs
    np.put_along_axis(slope, at, np.take_along_axis(slope, at, axis=-1) + 1, axis=-1)
    return np.where(counted, chosen[..., 0], 0), slope * counted[..., None]


def clipped(gradient: Weights, norm: float) -> Weights:
    """The gradient, scaled down where its Euclidean length over all weights is above `norm`."""
    length = float(np.sqrt(sum(float((g * g).sum()) for g in gradient.values())))
    if length <= norm:
        return gradient
    return {name: g * np.float32(norm / length) for name, g in gradient.items()}


class Adam:
    """Adam (Kingma and Ba 2015), with the weight decay of Loshchilov and Hutter (2019).

    Args:
        rate: the learning rate.
        decay: share of each weight that an update takes away, over the rate.
    """

    memory, spread, small = np.float32(0.9), np.float32(0.999), np.float32(1e-8)

    def __init__(self, rate: float, decay: float = 0.0) -> None:
        self.rate, self.decay, self.updates = rate, decay, 0
        self._moments: dict[str, tuple[Array, Array]] = {}

    def updated(self, weights: Weights, gradient: Weights, share: float = 1.0) -> Weights:
        """The weights after one update, for those that have a gradient.

        Args:
            weights: by their names.
            gradient: for some of them, or all.
            share: of the learning rate.
        """
        self.updates += 1
        rate = np.float32(self.rate * share)
        kept = np.float32(1 - self.rate * share * self.decay)
        after = {}
        for name, g in gradient.items():
            mean, square = self._moments.get(name, (np.zeros_like(g), np.zeros_like(g)))
            mean = self.memory * mean + (1 - self.memory) * g
            square = self.spread * square + (1 - self.spread) * g * g
            self._moments[name] = mean, square
            size = np.sqrt(square / (1 - self.spread**self.updates)) + self.small
            step = rate * (mean / (1 - self.memory**self.updates)) / size
            after[name] = kept * weights[name] - step
        return {**weights, **after}
