"""The gradient of a recurrent network's loss with respect to its weights, in NumPy.

Back-propagation through time (Werbos 1990) written out for the cells of `recurrent.py`; what it is
for is said in `gradients`. An update of `petit` on a line of text takes some 15 ms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from moliere_core.networks.arrays import Array, Weights, along, outer
from moliere_core.networks.recurrent import Layer, LayerState, RecurrentNetwork, State, sigmoid
from moliere_core.text.vocabulary import Ids

CANDIDATE = 2  # its place among an LSTM's gates: the one with a hyperbolic tangent


@dataclass(frozen=True)
class LayerPass:
    """What a layer computed over a window; time comes first, then streams.

    Attributes:
        inputs: shape (time, streams, inputs).
        gates: after their non-linearities, in the order of the weights, (time, streams, gates *
            units); a GRU's are followed by the recurrent part of its candidate, and an RNN has its
            hidden state there.
        memory: an LSTM's cell, else the hidden state, (time + 1, streams, units): first the one
            before the window.
        hidden: (time + 1, streams, units), likewise.
    """

    inputs: Array
    gates: Array
    memory: Array
    hidden: Array


@dataclass(frozen=True)
class RecurrentPass:
    """What a network computed over a window, and all that its gradient needs.

    Attributes:
        ids: the symbols read, shape (streams, time).
        logits: of the symbol after each, shape (streams, time, vocab_size).
        state: the last state.
    """

    ids: Ids
    logits: Array
    state: State
    layers: tuple[LayerPass, ...]


def weights_of(network: RecurrentNetwork) -> Weights:
    """The network's weights by their names: its own arrays, not copies."""
    named = {"embedding": network.embedding}
    for number, layer in enumerate(network.layers):
        prefix = f"{network.cell}_{number}"
        named[f"{prefix}.kernel"] = layer.kernel
        named[f"{prefix}.recurrent_kernel"] = layer.recurrent
        named[f"{prefix}.bias"] = layer.bias
    return {**named, "dense.kernel": network.dense, "dense.bias": network.dense_bias}


def forward(network: RecurrentNetwork, ids: Ids, state: State) -> RecurrentPass:
    """Read a window and keep what `backward` needs.

    Args:
        network: what reads.
        ids: shape (streams, time).
        state: the state before; no gradient flows into it (truncated).
    """
    layers = layers_forward(network, network.embedding[ids.T], state)
    last = [
        (seen.hidden[-1], seen.memory[-1]) if layer.is_lstm else (seen.hidden[-1],)
        for layer, seen in zip(network.layers, layers, strict=True)
    ]
    logits = along(layers[-1].hidden[1:], network.dense) + network.dense_bias
    return RecurrentPass(ids, logits.swapaxes(0, 1), tuple(last), layers)


def layers_forward(
    network: RecurrentNetwork, vectors: Array, state: State
) -> tuple[LayerPass, ...]:
    """Read vectors, and keep what `gates_backward` needs.

    Args:
        network: what reads.
        vectors: what stands for embeddings, shape (time, streams, embedding).
        state: the state before; no gradient flows into it.

    Returns:
        One pass a layer; the last one's `hidden` but the first row goes into the dense layer.
    """
    found: list[LayerPass] = []
    for layer, before in zip(network.layers, state, strict=True):
        found.append(_forward(layer, found[-1].hidden[1:] if found else vectors, before))
    return tuple(found)


def gates_backward(
    network: RecurrentNetwork, layers: Sequence[LayerPass], d_hidden: Array
) -> Array:
    """The derivatives by what the vectors put into the gates of the first layer.

    Args:
        network: what read.
        layers: from `layers_forward`.
        d_hidden: what reaches the last layer's hidden states from above, (time, streams, units).

    Returns:
        Shape (time, streams, gates * units); times the transposed kernel of that layer, they are
        the derivatives by the vectors.
    """
    pairs = list(zip(network.layers, layers, strict=True))
    for layer, seen in reversed(pairs[1:]):
        d_hidden = along(layer_backward(layer, seen, d_hidden)[0], layer.kernel.T)
    return layer_backward(*pairs[0], d_hidden)[0]


def backward(network: RecurrentNetwork, seen: RecurrentPass, d_logits: Array) -> Weights:
    """The gradient of a loss with respect to each weight.

    Args:
        network: what read.
        seen: from `forward`.
        d_logits: the loss' derivatives by the logits, shape (streams, time, vocab_size).

    Returns:
        An array for each name of `weights_of`, of the same shape.
    """
    d_out = d_logits.swapaxes(0, 1)  # (time, streams, vocab_size)
    top = seen.layers[-1].hidden[1:]
    found = {"dense.kernel": outer(top, d_out), "dense.bias": d_out.sum(axis=(0, 1))}
    d_hidden = along(d_out, network.dense.T)
    for number in reversed(range(len(network.layers))):
        layer, passed = network.layers[number], seen.layers[number]
        d_below, d_recurrent = layer_backward(layer, passed, d_hidden)
        prefix = f"{network.cell}_{number}"
        found[f"{prefix}.kernel"] = outer(passed.inputs, d_below)
        found[f"{prefix}.recurrent_kernel"] = outer(passed.hidden[:-1], d_recurrent)
        bias = d_below.sum(axis=(0, 1))
        if layer.is_gru:
            bias = np.stack([bias, d_recurrent.sum(axis=(0, 1))])
        found[f"{prefix}.bias"] = bias
        d_hidden = along(d_below, layer.kernel.T)
    embedding = np.zeros_like(network.embedding)
    np.add.at(embedding, seen.ids.T, d_hidden)
    return {"embedding": embedding, **found}


def layer_backward(layer: Layer, seen: LayerPass, d_hidden: Array) -> tuple[Array, Array]:
    """What reaches the inputs of a layer's gates from the loss.

    Args:
        layer: what read.
        seen: what it computed.
        d_hidden: what reaches each hidden state from above, (time, streams, units); what reaches it
            from the next step is added here.

    Returns:
        For the part of the inputs that comes from below and for that which comes from the state,
        shape (time, streams, gates * units) each; they differ in a GRU, by the reset gate.
    """
    if layer.is_lstm:
        return _lstm_backward(layer, seen, d_hidden)
    return (_gru_backward if layer.is_gru else _rnn_backward)(layer, seen, d_hidden)


def _room(inputs: Array, before: LayerState) -> tuple[Array, Array]:
    """Empty arrays for the memory and the hidden states of a window, but for the first."""
    time, streams = inputs.shape[:2]
    memory, hidden = np.empty((2, time + 1, streams, before[0].shape[1]), inputs.dtype)
    memory[0], hidden[0] = before[-1], before[0]
    return memory, hidden


def _forward(layer: Layer, inputs: Array, before: LayerState) -> LayerPass:
    if layer.is_lstm:
        return _lstm_forward(layer, inputs, before)
    return (_gru_forward if layer.is_gru else _rnn_forward)(layer, inputs, before)


def _lstm_forward(layer: Layer, inputs: Array, before: LayerState) -> LayerPass:
    units = layer.units
    gates = layer.project(inputs)  # in place from here on: pages of new memory are dear
    cells, hidden = _room(inputs, before)
    # A sigmoid is (1 + tanh(x / 2)) / 2: with these, gates and candidate are one tanh.
    half = np.full(4 * units, 0.5, inputs.dtype)
    half[CANDIDATE * units : (CANDIDATE + 1) * units] = 1
    shift = 1 - half
    for t, z in enumerate(gates):
        z += hidden[t] @ layer.recurrent
        z *= half
        np.tanh(z, out=z)
        z *= half
        z += shift
        i, f, g, o = z.reshape(len(z), 4, units).swapaxes(0, 1)
        np.multiply(f, cells[t], out=cells[t + 1])
        cells[t + 1] += i * g
        np.tanh(cells[t + 1], out=hidden[t + 1])
        hidden[t + 1] *= o
    return LayerPass(inputs, gates, cells, hidden)


def _lstm_backward(layer: Layer, seen: LayerPass, d_hidden: Array) -> tuple[Array, Array]:
    time, streams, units = d_hidden.shape
    d_z = np.empty_like(seen.gates)
    d_h, d_c = np.zeros_like(d_hidden[0]), np.zeros_like(d_hidden[0])
    transposed = np.ascontiguousarray(layer.recurrent.T)
    # Step by step, within the caches: for a whole window at once, new memory costs more than sums.
    for t in range(time - 1, -1, -1):
        i, f, g, o = seen.gates[t].reshape(streams, 4, units).swapaxes(0, 1)
        tanh_c = np.tanh(seen.memory[t + 1])
        d_h += d_hidden[t]
        d_c += d_h * o * (1 - tanh_c * tanh_c)
        parts = (
            d_c * g * i * (1 - i),
            d_c * seen.memory[t] * f * (1 - f),
            d_c * i * (1 - g * g),
            d_h * tanh_c * o * (1 - o),
        )
        np.concatenate(parts, axis=1, out=d_z[t])
        d_h = d_z[t] @ transposed
        d_c *= f
    return d_z, d_z


def _gru_forward(layer: Layer, inputs: Array, before: LayerState) -> LayerPass:
    units = layer.units
    gates = np.empty((*inputs.shape[:2], 4 * units), inputs.dtype)
    memory, hidden = _room(inputs, before)
    for t, x in enumerate(layer.project(inputs)):
        r = hidden[t] @ layer.recurrent + layer.bias[1]
        gates[t, :, : 2 * units] = sigmoid(x[:, : 2 * units] + r[:, : 2 * units])
        z, reset, candidate, recalled = np.split(gates[t], 4, axis=1)
        recalled[:] = r[:, 2 * units :]
        candidate[:] = np.tanh(x[:, 2 * units :] + reset * recalled)
        hidden[t + 1] = candidate + z * (hidden[t] - candidate)
    return LayerPass(inputs, gates, memory, hidden)


def _gru_backward(layer: Layer, seen: LayerPass, d_hidden: Array) -> tuple[Array, Array]:
    z, r, g, recalled = np.split(seen.gates, 4, axis=2)
    by_z, by_g = (seen.hidden[:-1] - g) * z * (1 - z), (1 - z) * (1 - g**2)
    by_r = recalled * r * (1 - r)
    below = np.empty((*d_hidden.shape[:2], 3 * layer.units), d_hidden.dtype)
    recurrent = np.empty_like(below)
    d_h = np.zeros_like(d_hidden[0])
    transposed = np.ascontiguousarray(layer.recurrent.T)
    for t in range(len(d_hidden) - 1, -1, -1):
        d_h = d_h + d_hidden[t]
        d_g = d_h * by_g[t]
        gates = (d_h * by_z[t], d_g * by_r[t])
        np.concatenate((*gates, d_g), axis=1, out=below[t])
        np.concatenate((*gates, d_g * r[t]), axis=1, out=recurrent[t])
        d_h = d_h * z[t] + recurrent[t] @ transposed
    return below, recurrent


def _rnn_forward(layer: Layer, inputs: Array, before: LayerState) -> LayerPass:
    gates = layer.project(inputs)
    memory, hidden = _room(inputs, before)
    for t, z in enumerate(gates):
        z += hidden[t] @ layer.recurrent
        hidden[t + 1] = np.tanh(z, out=z)
    return LayerPass(inputs, gates, memory, hidden)


def _rnn_backward(layer: Layer, seen: LayerPass, d_hidden: Array) -> tuple[Array, Array]:
    slope = 1 - seen.gates**2
    d_z = np.empty_like(d_hidden)
    d_h = np.zeros_like(d_hidden[0])
    transposed = np.ascontiguousarray(layer.recurrent.T)
    for t in range(len(d_hidden) - 1, -1, -1):
        d_z[t] = (d_h + d_hidden[t]) * slope[t]
        d_h = d_z[t] @ transposed
    return d_z, d_z
