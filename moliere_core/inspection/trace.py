"""Everything a network computes while it reads a text: gates, candidate, cell, hidden state."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from moliere_core.models.protocol import CONTEXT_START
from moliere_core.models.references import RecurrentModel
from moliere_core.networks.arrays import Array, log_softmax
from moliere_core.networks.recurrent import Layer, LayerState, RecurrentNetwork, sigmoid
from moliere_core.system.progress import Progress
from moliere_core.text.normalise import normalise
from moliere_core.text.vocabulary import UNKNOWN, Ids

LSTM_SERIES = ("forget", "input", "output", "candidate", "cell", "hidden")
GRU_SERIES = ("update", "reset", "candidate", "hidden")
RNN_SERIES = ("hidden",)
CHUNK = 64  # characters of a layer between two reports of progress


@dataclass(frozen=True)
class LayerTrace:
    """What one layer computed; the series of every name have shape (time, units).

    Attributes:
        series: `LSTM_SERIES` of an LSTM, `GRU_SERIES` of a GRU, `RNN_SERIES` of a plain RNN, in
            that order. Gates are between 0 and 1, the candidate and the hidden state between -1
            and 1; a cell has no bounds.
        inputs: what the layer read, shape (time, inputs).
        before: the state before the first character.
    """

    series: dict[str, Array]
    inputs: Array
    before: LayerState

    @property
    def memory(self) -> Array:
        """What the layer carries on: an LSTM's cells, else the hidden state; (time, units)."""
        return self.series.get("cell", self.series["hidden"])

    @property
    def kept(self) -> Array:
        """Share of the memory that each step keeps: the forget gate, or a GRU's update gate.

        Nothing of a plain RNN's, which has no gate: each step writes its state anew.
        """
        nothing = np.zeros_like(self.series["hidden"])
        return self.series.get("forget", self.series.get("update", nothing))

    def previous(self, name: str) -> Array:
        """The series "hidden" or "cell" one step earlier, shape (time, units)."""
        first = self.before[0 if name == "hidden" else 1]
        return np.concatenate([first, self.series[name][:-1]])


@dataclass(frozen=True)
class Trace:
    """What a network computed over a text of `time` symbols.

    Attributes:
        ids: the symbols read, shape (time,).
        layers: one a recurrent layer.
        logits: of the symbol after each, shape (time, vocab_size).
    """

    ids: Ids
    layers: tuple[LayerTrace, ...]
    logits: Array

    def first(self, count: int) -> Trace:
        """What was computed over the first `count` symbols: later ones change nothing of it."""
        layers = tuple(
            replace(
                layer,
                series={name: values[:count] for name, values in layer.series.items()},
                inputs=layer.inputs[:count],
            )
            for layer in self.layers
        )
        return Trace(self.ids[:count], layers, self.logits[:count])

    @property
    def log_probs(self) -> Array:
        """Natural logarithms of the next character's probabilities, shape (time, vocab_size).

        The unknown symbol is never drawn: its own is -inf.
        """
        known = self.logits.copy()
        known[:, UNKNOWN] = -np.inf
        return log_softmax(known)


def read(model: RecurrentModel, text: str, progress: Progress | None = None) -> tuple[str, Trace]:
    """The context that `model` reads before `text` ends, and what it computes.

    The context is a line break and the normalised text: position 0 of the trace is the line break.
    """
    context = CONTEXT_START + normalise(text)
    return context, trace(model.network, model.vocabulary.encode(context), progress=progress)


def trace(
    network: RecurrentNetwork,
    ids: Ids,
    vectors: Array | None = None,
    progress: Progress | None = None,
) -> Trace:
    """Read `ids`, shape (time,), from the zero state, and keep everything.

    Args:
        network: what reads.
        ids: the symbols.
        vectors: what stands for their embeddings, shape (time, embedding); its precision is that
            of all that is computed.
        progress: told the share done, from 0 to 1.
    """
    inputs = network.embedding[ids] if vectors is None else vectors
    layers: list[LayerTrace] = []

    def told(share: float) -> None:
        if progress is not None:
            progress((len(layers) + share) / len(network.layers))

    for layer in network.layers:
        layers.append(_read_layer(layer, inputs, told))
        inputs = layers[-1].series["hidden"]
    return Trace(ids, tuple(layers), inputs @ network.dense + network.dense_bias)


def _read_layer(layer: Layer, inputs: Array, told: Progress) -> LayerTrace:
    projected = layer.project(inputs)
    before = tuple(part.astype(inputs.dtype) for part in layer.zero_state(1))
    states, state = [], before
    for at, row in enumerate(projected[:, None]):
        state = layer.step(row, state)
        states.append(state)
        if at % CHUNK == 0:
            told(at / len(projected))
    hidden = np.concatenate([s[0] for s in states])
    if not layer.is_lstm and not layer.is_gru:
        return LayerTrace(dict(zip(RNN_SERIES, (hidden,), strict=True)), inputs, before)
    # The engine's step keeps no gate; all steps' gates at once cost one product more.
    recurrent = np.concatenate([before[0], hidden[:-1]]) @ layer.recurrent
    if layer.is_lstm:
        i, f, g, o = np.split(projected + recurrent, 4, axis=1)
        gates = (sigmoid(f), sigmoid(i), sigmoid(o), np.tanh(g))
        series = (*gates, np.concatenate([s[1] for s in states]), hidden)
        return LayerTrace(dict(zip(LSTM_SERIES, series, strict=True)), inputs, before)
    x_z, x_r, x_g = np.split(projected, 3, axis=1)
    h_z, h_r, h_g = np.split(recurrent + layer.bias[1], 3, axis=1)
    reset = sigmoid(x_r + h_r)
    values = (sigmoid(x_z + h_z), reset, np.tanh(x_g + reset * h_g), hidden)
    return LayerTrace(dict(zip(GRU_SERIES, values, strict=True)), inputs, before)
